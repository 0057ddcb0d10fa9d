/**
 * Reading a contract's events, also where an endpoint limits how many blocks one question may span.
 *
 * @module
 */
import type { Aceso } from "./aceso.js";
import type { TypedContractEvent, TypedDeferredTopicFilter, TypedEventLog } from "./generated/common.js";

// Endpoints that limit the span allow at least this many blocks.
const SMALLEST_SPAN = 500;

type Reads<E extends TypedContractEvent> = {
  queryFilter: (filter: TypedDeferredTopicFilter<E>, from: number, to: number) => Promise<TypedEventLog<E>[]>;
};

/** Every event since the deployment that fits the filter, oldest first. */
export async function eventsOf<E extends TypedContractEvent>(
  aceso: Aceso,
  contract: Reads<E>,
  filter: TypedDeferredTopicFilter<E>,
): Promise<TypedEventLog<E>[]> {
  return between(contract, filter, aceso.deployment.fromBlock, await aceso.provider.getBlockNumber());
}

async function between<E extends TypedContractEvent>(
  contract: Reads<E>,
  filter: TypedDeferredTopicFilter<E>,
  from: number,
  to: number,
): Promise<TypedEventLog<E>[]> {
  try {
    return await contract.queryFilter(filter, from, to);
  } catch (error) {
    if (to - from < SMALLEST_SPAN) throw error;
    const middle = Math.floor((from + to) / 2);
    const older = await between(contract, filter, from, middle);
    return [...older, ...(await between(contract, filter, middle + 1, to))];
  }
}

/** A function that gives the time of a block in Unix seconds, asking the chain once a block. */
export function blockTimes(aceso: Aceso): (block: number) => Promise<number> {
  const times = new Map<number, Promise<number>>();
  return (block) => {
    const known = times.get(block) ?? aceso.provider.getBlock(block).then((found) => found!.timestamp);
    times.set(block, known);
    return known;
  };
}

/** Orders events as they happened. */
export function inOrder(a: { blockNumber: number; index: number }, b: { blockNumber: number; index: number }): number {
  return a.blockNumber - b.blockNumber || a.index - b.index;
}
