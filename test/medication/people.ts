/**
 * Everybody of the medication ledger's fixtures, connected with the SDK.
 *
 * @module
 */
import type { Signer } from "ethers";

import { accountOf, connect, type Aceso } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import type { Parcel } from "../../src/medication/item.js";
import { loadFixture } from "../fixtures.js";
import { deploymentOf, unfunded } from "../sdk.js";
import { commissioned, EVIDENCE, LOT, OPIOID, stocked, TABLET, type Trade } from "./ledger.js";

/** The fixtures' products and lot by name, and their digest of some evidence. */
export const TABLETS = { product: named(TABLET), lot: named(LOT) };
export const OPIOIDS = { product: named(OPIOID), lot: named(LOT) };
export const DIGEST = EVIDENCE as Hex;

async function connected(house: Trade) {
  const joined = async (signer: Signer): Promise<Aceso> => connect(signer, { deployment: deploymentOf(house) });
  return {
    admin: await joined(house.admin),
    regulator: await joined(house.regulator),
    maker: await joined(house.maker),
    rival: await joined(house.rival),
    wholesaler: await joined(house.wholesaler),
    pharmacy: await joined(house.pharmacy),
    branch: await joined(house.branch),
    /** The pharmacy's staff. */
    clerk: await joined(house.clerk),
    doctor: await joined(house.doctor),
    patient: await joined(unfunded("a patient")),
    relayer: await joined(house.relayer),
    stranger: await joined(house.stranger),
  };
}

type House = Awaited<ReturnType<typeof commissioned>>;

async function withPeople(house: House) {
  const { expiry, tree, opioidTree } = house;
  const [whole, opioids] = [house.whole as Parcel, house.opioids as Parcel];
  return { ...(await connected(house)), house, expiry, tree, opioidTree, whole, opioids };
}

async function peopleOfCommissioned() {
  return withPeople(await commissioned());
}

async function peopleOfStocked() {
  return withPeople(await stocked());
}

/** Everybody, with both batches in the maker's custody. */
export async function atMaker() {
  return loadFixture(peopleOfCommissioned);
}

/** Everybody, with both batches in the pharmacy's custody. */
export async function atPharmacy() {
  return loadFixture(peopleOfStocked);
}

/** What {@link atMaker} and {@link atPharmacy} give. */
export type People = Awaited<ReturnType<typeof atMaker>>;

/** The maker ships to the wholesaler. */
export function toWholesaler({ wholesaler }: People) {
  return {
    fromRole: "Manufacturer",
    to: accountOf(wholesaler),
    toRole: "Distributor",
    document: DIGEST,
  } as const;
}

function named(bytes32: string): string {
  return Buffer.from(bytes32.slice(2), "hex").toString().replace(/\0+$/, "");
}
