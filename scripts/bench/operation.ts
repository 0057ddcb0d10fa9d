/**
 * What the bench prices: an operation it can do any number of times.
 *
 * @module
 */
import type { Address } from "../../src/crypto/address.js";
import type { BenchContracts } from "./bench.js";
import type { OperationName } from "./budgets.js";
import type { ChangeKind } from "./trace.js";

/** A transaction to be sent. */
export type Call = { from: Address; to: Address; data: string };

/** A slot an operation changes, and why it must. */
export type WrittenSlot = { contract: keyof BenchContracts; slot: string; kind: ChangeKind; why: string };

/** An operation to be priced. */
export type Operation = {
  name: OperationName;
  /** How many of its kind one transaction does; the price is of one. 1 when not given. */
  batch?: number;
  /** Every slot that one of its kind changes; checked against the trace. */
  slots: readonly WrittenSlot[];
  /** Every slot that a batch changes once, however many of its kind are in it. */
  sharedSlots?: readonly WrittenSlot[];
  /**
   * Brings about what must stand before, and gives the call that does it for somebody new. Every call finds slots in
   * the same state, so calls differ only in how much happened earlier.
   */
  next: () => Promise<Call>;
};
