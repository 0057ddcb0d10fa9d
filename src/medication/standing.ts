/**
 * A batch as it stands: what it is, and what is known against all of it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf } from "../events.js";
import { fromBytes32, NotBytes32TextError } from "../gs1/characters.js";
import { batchOf, type BatchState } from "./batch.js";
import type { RECALL_CLASSES, RECALL_DEPTHS } from "./states.js";

/** A batch as it stands. */
export type BatchStanding = {
  batch: Hex;
  /** As on chain, such as `gtin:` and 14 digits. */
  product: string;
  /** Its hex when it is no text: the ledger takes any bytes, and one odd batch must not hide the others. */
  lot: string;
  manufacturer: Address;
  units: number;
  /** The first second its units are expired, in Unix seconds. */
  expiry: number;
  prescriptionOnly: boolean;
  /** Whether a regulator holds all of it. */
  held: boolean;
  recall?: Recall;
};

/** A recall, as last raised or classified. */
export type Recall = {
  status: "ongoing" | "terminated";
  class: (typeof RECALL_CLASSES)[number];
  depth: (typeof RECALL_DEPTHS)[number];
  /** Digest of the recall notice. */
  notice: Hex;
  organisation: Address;
  /** When it was last raised or classified, in Unix seconds. */
  at: number;
};

/** A batch as it stands; undefined when it was never commissioned. */
export async function standingOf(aceso: Aceso, batch: Hex): Promise<BatchStanding | undefined> {
  const { batches } = aceso.contracts;
  const [state, [commissioned]] = await Promise.all([
    batchOf(aceso, batch),
    eventsOf(aceso, batches, batches.filters.BatchCommissioned(batch)),
  ]);
  if (state === undefined || commissioned === undefined) return undefined;
  const { manufacturer, units, expiry, prescriptionOnly, held } = state;
  return {
    batch: commissioned.args.id as Hex,
    product: readable(commissioned.args.product),
    lot: readable(commissioned.args.lot),
    manufacturer,
    units,
    expiry,
    prescriptionOnly,
    held,
    ...(state.recall !== "none" && { recall: await recallOf(aceso, batch, { ...state, recall: state.recall }) }),
  };
}

/** Several batches as they stand, by id; those never commissioned are left out. */
export async function standingsOf(aceso: Aceso, batches: Iterable<Hex>): Promise<Map<Hex, BatchStanding>> {
  const found = await Promise.all([...new Set(batches)].map((batch) => standingOf(aceso, batch)));
  return new Map(found.filter((standing) => standing !== undefined).map((standing) => [standing.batch, standing]));
}

function readable(bytes32: string): string {
  try {
    return fromBytes32(bytes32);
  } catch (error) {
    if (error instanceof NotBytes32TextError) return bytes32;
    throw error;
  }
}

async function recallOf(
  aceso: Aceso,
  batch: Hex,
  { recall, recallClass, recallDepth }: BatchState & { recall: Recall["status"] },
): Promise<Recall> {
  const { batches } = aceso.contracts;
  const last = (await eventsOf(aceso, batches, batches.filters.BatchRecalled(batch))).at(-1)!;
  return {
    status: recall,
    class: recallClass,
    depth: recallDepth,
    notice: last.args.notice as Hex,
    organisation: last.args.organisation as Address,
    at: await blockTimes(aceso)(last.blockNumber),
  };
}
