/**
 * Prescriptions by their keys, and what opens them: the slip a prescriber hands the patient, and the patient the
 * pharmacy.
 *
 * @module
 */
import { AbiCoder, isHexString, keccak256 } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { productId } from "../gs1/productId.js";

/** What makes a prescription this prescription. */
export type Prescription = {
  /** The patient's account: one of its own for each prescription, so that nothing links them. */
  patient: Address;
  prescriber: Address;
  /** The commitment to the product: without the opening nobody learns which it is. */
  product: Hex;
  /** How many doses in all, in units the prescriber and the pharmacy agree on: 1 to {@link MAX_DOSES}. */
  doses: number;
  /** The first second it is not filled any more, in Unix seconds. */
  validUntil: number;
};

/** What opens a prescription's commitment. Whoever has it knows what was prescribed. */
export type PrescriptionOpening = {
  /** Such as `gtin:00300010123455`. */
  product: string;
  /** 32 random bytes. */
  salt: Hex;
};

/** What the patient and the pharmacy need of a prescription. Plain JSON, for nobody else: it says what was prescribed. */
export type PrescriptionSlip = { prescription: Prescription; opening: PrescriptionOpening };

/** The most doses a prescription has. */
export const MAX_DOSES = 2 ** 16 - 1;

const coder = AbiCoder.defaultAbiCoder();

/** A prescription's id: the hash of its key. */
export function prescriptionId({ patient, prescriber, product, doses, validUntil }: Prescription): Hex {
  const key = [toAddress(patient), toAddress(prescriber), product, doses, validUntil];
  return keccak256(coder.encode(["address", "address", "bytes32", "uint16", "uint40"], key)) as Hex;
}

/**
 * The commitment to a product.
 *
 * @throws what {@link productId} throws.
 */
export function productCommitment({ product, salt }: PrescriptionOpening): Hex {
  return keccak256(coder.encode(["bytes32", "bytes32"], [productId(product), salt])) as Hex;
}

/**
 * Reads a prescription's slip, and checks that it opens the prescription's commitment. That the prescription was issued
 * only the chain says: `prescriptionOf`.
 *
 * @example
 * const { result } = await issue(aceso, { patient, product, doses: 3, validUntil, pharmacy }).send();
 * parseSlip(JSON.stringify(result));
 *
 * @throws {@link MalformedSlipError} when the text is no slip.
 * @throws {@link WrongOpeningError} when it opens another prescription.
 */
export function parseSlip(text: string): PrescriptionSlip {
  const { prescription: key, opening } = objectIn(() => JSON.parse(text));
  const { patient, prescriber, product: commitment, doses, validUntil } = objectIn(() => key);
  const { product, salt } = objectIn(() => opening);
  requireThat(isHexString(commitment, 32), "prescription.product is not 0x and 64 hex digits");
  requireThat(isHexString(salt, 32), "opening.salt is not 0x and 64 hex digits");
  requireThat(isDoseCount(doses), `prescription.doses is no whole number from 1 to ${MAX_DOSES}`);
  requireThat(isTime(validUntil), "prescription.validUntil is no time in Unix seconds");
  requireThat(isProduct(product), "opening.product is no product");
  const slip = {
    prescription: {
      patient: addressIn(patient, "patient"),
      prescriber: addressIn(prescriber, "prescriber"),
      product: commitment as Hex,
      doses,
      validUntil,
    },
    opening: { product, salt: salt as Hex },
  };
  if (productCommitment(slip.opening) !== commitment.toLowerCase()) throw new WrongOpeningError();
  return slip;
}

/** Whether a prescription, or a fill, may be of so many doses. */
export function isDoseCount(doses: unknown): doses is number {
  return Number.isInteger(doses) && (doses as number) >= 1 && (doses as number) <= MAX_DOSES;
}

function isTime(seconds: unknown): seconds is number {
  return Number.isInteger(seconds) && (seconds as number) >= 0 && (seconds as number) < 2 ** 40;
}

function isProduct(product: unknown): product is string {
  try {
    return typeof product === "string" && productId(product) !== undefined;
  } catch {
    return false;
  }
}

function addressIn(value: unknown, field: string): Address {
  try {
    return toAddress(String(value));
  } catch {
    throw new MalformedSlipError(`prescription.${field} is no address`);
  }
}

function objectIn(read: () => unknown): Record<string, unknown> {
  try {
    const value = read();
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // What is no JSON is no object either.
  }
  throw new MalformedSlipError("it is no JSON object with prescription and opening");
}

function requireThat(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new MalformedSlipError(fault);
}

/** A text is no prescription slip. */
export class MalformedSlipError extends AcesoError {
  override name = "MalformedSlipError";
  constructor(fault: string) {
    super(`The text is no prescription slip: ${fault}.`, "Take the slip as the prescriber handed it over.");
  }
}

/** A slip's opening does not open its prescription. */
export class WrongOpeningError extends AcesoError {
  override name = "WrongOpeningError";
  constructor() {
    super(
      "The slip names another product than the prescription commits to.",
      "Do not fill it: something in it was altered. Ask the prescriber for an untouched copy.",
    );
  }
}
