/**
 * A prescription of opioids and two pharmacies with opioids in stock, for the tests of prescriptions.
 *
 * @module
 */
import { AbiCoder, id, keccak256 } from "ethers";

import { time } from "../fixtures.js";
import { deliver, LOT, OPIOID, stocked, unitIn } from "./ledger.js";

const coder = AbiCoder.defaultAbiCoder();

export const SALT = id("salt");

/** What the prescriber committed to, opened, and the lot most packs here are of. */
export const OPENING = { product: OPIOID, salt: SALT, lot: LOT };

type Prescription = {
  patient: string;
  prescriber: string;
  product: string;
  doses: number;
  validUntil: number;
};

/** The commitment to a product. */
export function commitment(product: string = OPIOID, salt: string = SALT): string {
  return keccak256(coder.encode(["bytes32", "bytes32"], [product, salt]));
}

/** A prescription's id. */
export function prescriptionId({ patient, prescriber, product, doses, validUntil }: Prescription): string {
  return keccak256(
    coder.encode(
      ["address", "address", "bytes32", "uint16", "uint40"],
      [patient, prescriber, product, doses, validUntil],
    ),
  );
}

/** `stocked` with half of the opioids at the branch, and a prescription of three doses that nobody issued yet. */
export async function dispensaries() {
  const house = await stocked();
  const { batches, patient, doctor, pharmacy, branch, opioids, opioidTree } = house;
  const [mine, theirs] = [
    { ...opioids, count: 10 },
    { ...opioids, first: 10, count: 10 },
  ];
  await batches.connect(pharmacy).split(opioids, [10, 10]);
  await deliver(house, [theirs], { from: pharmacy, fromRole: "Pharmacy", to: branch, toRole: "Pharmacy" });
  const prescription: Prescription = {
    patient: patient.address,
    prescriber: doctor.address,
    product: commitment(),
    doses: 3,
    validUntil: (await time.latest()) + 30 * 24 * 60 * 60,
  };
  /** A pack of the pharmacy's or, from 10 on, of the branch's. */
  const pack = (number: number) => unitIn(number < 10 ? mine : theirs, number, opioidTree);
  return { ...house, mine, theirs, prescription, key: prescriptionId(prescription), pack };
}

/** {@link dispensaries} with the prescription issued, to the pharmacy. */
export async function prescribed() {
  const house = await dispensaries();
  const { prescriptions, doctor, pharmacy, prescription } = house;
  await prescriptions.connect(doctor).issue(prescription, pharmacy);
  return house;
}
