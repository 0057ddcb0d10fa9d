/**
 * Medicines for the bench: a trading partner, a product, and batches whose serials take a proof of depth 20.
 *
 * @module
 */
import { concat, encodeBytes32String, keccak256 } from "ethers";

import { roleNumber, type Role } from "../../src/accreditation/role.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { batchId, batchKey, type Parcel } from "../../src/medication/item.js";
import { buildTree, proofOf, serialOf, type SerialTree } from "../../src/medication/tree.js";
import { participant, type Bench } from "./bench.js";
import { denseBytes, FAR, isDense } from "./hardInputs.js";

/** How deep a proof is in a batch of a million units. */
const DEPTH = 20;

/** Two products: one anybody may buy, one on prescription only. */
export const OVER_THE_COUNTER = "gtin:99999999999997";
export const ON_PRESCRIPTION = "gtin:88888888888884";

/** A batch as the bench knows it: its one parcel, and its units as the contracts take them. */
export type BenchBatch = { whole: Parcel; lot: string; unit: (number: number) => BenchUnit };

/** A unit in the batch's one parcel. */
export type BenchUnit = { parcel: Parcel; number: number; serial: string; proof: Hex[] };

let lots = 0;

/** An account licensed to make, trade and dispense, and authorised to make a product. */
export async function maker(bench: Bench, product: string): Promise<Address> {
  const account = await participant(bench, "Manufacturer");
  for (const role of ["Distributor", "Pharmacy"] as const) await license(bench, account, role);
  const regulator = await participant(bench, "Regulator");
  const { target, interface: abi } = bench.contracts.products;
  const prescriptionOnly = product === ON_PRESCRIPTION;
  const authorisation = { manufacturer: account, until: FAR, kind: 0, prescriptionOnly, coldChain: true };
  const key = batchKey({ product, lot: "1" }).product;
  const data = abi.encodeFunctionData("authorise", [key, authorisation, regulator]);
  await bench.send({ from: regulator, to: target as Address, data });
  return account;
}

/** A licence in one more role. */
export async function license({ contracts, accreditor, send }: Bench, account: Address, role: Role): Promise<void> {
  const { target, interface: abi } = contracts.accreditation;
  const data = abi.encodeFunctionData("accredit", [account, roleNumber(role), FAR]);
  await send({ from: accreditor, to: target as Address, data });
}

/** The call that commissions a batch under a lot of its own, of as many characters as a lot may have. */
export function commissionOf(
  { contracts }: Bench,
  { product = OVER_THE_COUNTER, units, root }: { product?: string; units: number; root?: Hex },
): { id: Hex; data: string; to: Address } {
  const name = { product, lot: nextLot(product) };
  const commissioned = { expiry: FAR, units, root: root ?? denseBytes(32) };
  const data = contracts.batches.interface.encodeFunctionData("commission", [batchKey(name), commissioned]);
  return { id: batchId(name), data, to: contracts.batches.target as Address };
}

/** Commissions a batch of units that can be proven; the last of them at the same price in every batch. */
export async function commissioned(
  bench: Bench,
  from: Address,
  { units, product = OVER_THE_COUNTER }: { units: number; product?: string },
): Promise<BenchBatch> {
  const lot = nextLot(product);
  const name = { product, lot };
  const id = batchId(name);
  const serials = Array.from({ length: units }, (_, unit) => String(unit).padStart(20, "S"));
  const tree = await buildTree({ batch: id, serials });
  if (!isSteady(tree)) return commissioned(bench, from, { units, product });
  // Deeper than its units need: each node on top stands for the rest of a million.
  const tops = Array.from(
    { length: DEPTH - proofOf(tree, 0).length },
    () => concat(["0xffffffff", denseBytes(28)]) as Hex,
  );
  const root = tops.reduce((below, top) => keccak256(concat([below, top])) as Hex, tree.root);
  const data = bench.contracts.batches.interface.encodeFunctionData("commission", [
    batchKey(name),
    { expiry: FAR, units, root },
  ]);
  await bench.send({ from, to: bench.contracts.batches.target as Address, data });
  const whole = { batch: id, first: 0, count: units };
  const unit = (number: number): BenchUnit => ({
    parcel: whole,
    number,
    serial: encodeBytes32String(serialOf(tree, number)),
    proof: [...proofOf(tree, number), ...tops],
  });
  return { whole, lot, unit };
}

// A proof costs a little less by a zero byte, and by a sibling that comes first when the two are hashed.
function isSteady(tree: SerialTree): boolean {
  const [sibling] = proofOf(tree, tree.units - 1);
  if (sibling === undefined || tree.units > 2) return true;
  const [other] = proofOf(tree, 0);
  return isDense(sibling) && BigInt(sibling) > BigInt(other!);
}

// A batch's id is part of most calls: none with a zero byte, so that they all cost the same.
function nextLot(product: string): string {
  const lot = String(++lots).padStart(20, "L");
  return isDense(batchId({ product, lot })) ? lot : nextLot(product);
}
