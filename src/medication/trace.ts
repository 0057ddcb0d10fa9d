/**
 * The whole way of a pack, from the ledger's events: also what happened to the containers it was in, while it was.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, inOrder } from "../events.js";
import type { Happened } from "./ledgerEvents.js";
import { generationsOf, type Place } from "./lineage.js";
import type { Authority, Condition, Reason, REPORTS } from "./states.js";
import { batchSteps } from "./traceBatch.js";
import { itemSteps } from "./traceItems.js";

/** What happened. */
export type What =
  | "commissioned"
  | "split"
  | "packed"
  | "unpacked"
  | "shipped"
  | "received"
  | "rejected"
  | "cancelled"
  | "condition set"
  | "destroyed"
  | "missing"
  | "found"
  | "batch held"
  | "batch released"
  | "recalled"
  | "recall terminated"
  | "recall rescinded"
  | "dispensed"
  | "returned to stock"
  | "reported";

/** One step on the way of a pack. */
export type Step = Happened & {
  what: What;
  /** The parcel or container it happened to, by id; none when it happened to the unit, or to the whole batch. */
  item?: Hex;
  /** The container it was packed into or taken out of, by id. */
  container?: Hex;
  /** The organisation that did it. */
  by?: Address;
  from?: Address;
  to?: Address;
  /** Digest of the shipping document, recall notice or evidence. */
  document?: Hex;
  condition?: Condition;
  authority?: Authority;
  reason?: Reason;
  /** What a partner reported. */
  report?: (typeof REPORTS)[number];
  /** The prescription's id. */
  prescription?: Hex;
  /** Who acted for the organisation. */
  actor: Address;
};

/** A step before its time is known. */
export type Untimed = Omit<Step, keyof Happened> & { event: Place & { transactionHash: string } };

/**
 * Everything that happened to a pack, oldest first.
 *
 * @throws {@link BatchNotCommissionedError} or {@link UnitNotInBatchError}.
 */
export async function trace(aceso: Aceso, { batch, unit }: { batch: Hex; unit: number }): Promise<Step[]> {
  const generations = await generationsOf(aceso, batch, unit);
  const parts = await Promise.all([batchSteps(aceso, batch, unit), itemSteps(aceso, generations)]);
  const steps = parts.flat().sort((a, b) => inOrder(a.event, b.event));
  const timeOf = blockTimes(aceso);
  return Promise.all(
    steps.map(async ({ event, ...step }) => ({
      ...step,
      at: await timeOf(event.blockNumber),
      block: event.blockNumber,
      transaction: event.transactionHash as Hex,
    })),
  );
}
