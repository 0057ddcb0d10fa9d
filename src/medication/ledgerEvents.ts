/**
 * Questions about many items at once, and what every answer from an event has in common.
 *
 * @module
 */
import { inOrder } from "../events.js";
import type { Hex } from "../crypto/bytes.js";

/** Where on chain something happened. */
export type Happened = {
  /** Unix seconds. */
  at: number;
  block: number;
  transaction: Hex;
};

type Logged = { blockNumber: number; index: number; transactionHash: string };

// Endpoints limit how long a question may be.
const MOST_IDS = 200;

/**
 * The events about any of some ids, oldest first; none when there are no ids.
 *
 * @param ask takes what an event filter takes for one id.
 */
export async function eventsAbout<E extends Logged>(
  ids: readonly Hex[],
  ask: (any: Hex) => Promise<readonly E[]>,
): Promise<E[]> {
  const found: E[] = [];
  for (let at = 0; at < ids.length; at += MOST_IDS) {
    // A filter takes a list of values too; the bindings' types know of one only.
    found.push(...(await ask(ids.slice(at, at + MOST_IDS) as unknown as Hex)));
  }
  return found.sort(inOrder);
}

/** When and where an event happened. */
export async function happened(event: Logged, timeOf: (block: number) => Promise<number>): Promise<Happened> {
  const { blockNumber: block, transactionHash } = event;
  return { at: await timeOf(block), block, transaction: transactionHash as Hex };
}
