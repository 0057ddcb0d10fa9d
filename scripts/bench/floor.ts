/**
 * The least gas a transaction could have cost for what it did, whatever the code between.
 *
 * @module
 */
import { getBytes } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import { kindOf, type SlotChange } from "./trace.js";

/** A log as a transaction left it. */
export type Log = { topics: readonly string[]; data: string };

/** What a transaction brought and left: its calldata, the slots it changed, its logs. */
export type Footprint = { calldata: Hex; changes: readonly SlotChange[]; logs: readonly Log[] };

/** Gas prices of the Ethereum protocol, and where they are set. */
export const PRICES = {
  /** Any transaction (Yellow Paper, appendix G). */
  transaction: 21_000,
  /** A zero byte of calldata (EIP-2028). */
  zeroByte: 4,
  /** Any other byte of calldata (EIP-2028). */
  byte: 16,
  /** A token of calldata under the floor of EIP-7623: a zero byte is one token, any other byte four. */
  floorToken: 10,
  /** Looking at a slot for the first time in a transaction (EIP-2929). */
  coldSlot: 2_100,
  /** Zero to non-zero (EIP-2200). */
  fill: 20_000,
  /** Non-zero to anything else (EIP-2929). */
  change: 2_900,
  /** What comes back for a slot set to zero (EIP-3529). */
  clearRefund: 4_800,
  /** The part of the gas that may come back at most is one over this (EIP-3529). */
  refundQuotient: 5,
  /** A log, each of its topics, and each byte of its data (Yellow Paper, appendix G). */
  log: 375,
  topic: 375,
  logByte: 8,
} as const;

/**
 * The floor of a transaction, in gas: the transaction itself, its calldata, each slot it changed written once at the
 * cheapest, and its logs. A slot that is only read is not in it, nor any computation.
 *
 * @example
 * floorOf({ calldata: "0x", changes: [], logs: [] }); // 21000
 */
export function floorOf({ calldata, changes, logs }: Footprint): number {
  const bytes = getBytes(calldata);
  const zeroBytes = bytes.filter((byte) => byte === 0).length;
  const otherBytes = bytes.length - zeroBytes;
  const spent =
    PRICES.transaction +
    zeroBytes * PRICES.zeroByte +
    otherBytes * PRICES.byte +
    sum(changes.map(writeGas)) +
    sum(logs.map(logGas));
  const refund = changes.filter((change) => kindOf(change) === "clear").length * PRICES.clearRefund;
  const paid = spent - Math.min(refund, Math.floor(spent / PRICES.refundQuotient));
  return Math.max(paid, PRICES.transaction + (zeroBytes + 4 * otherBytes) * PRICES.floorToken);
}

function writeGas(change: SlotChange): number {
  return PRICES.coldSlot + (kindOf(change) === "fill" ? PRICES.fill : PRICES.change);
}

function logGas({ topics, data }: Log): number {
  return PRICES.log + topics.length * PRICES.topic + getBytes(data).length * PRICES.logByte;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
