/**
 * Whether an operation costs the same however much happened before.
 *
 * @module
 */
import type { Bench } from "./bench.js";
import type { OperationName } from "./budgets.js";
import type { Operation } from "./operation.js";
import { priceOf, type Price } from "./price.js";

/** How many earlier operations of the same kind the two prices are taken after. */
export const FEW = 10;
export const MANY = 1_000;

/** How much dearer an operation may be after {@link MANY} than after {@link FEW}. */
export const FLAT_UP_TO = 1.01;

/** An operation's gas after few and after many of its kind, and the second over the first. */
export type Flatness = { operation: OperationName; few: number; many: number; ratio: number };

/** An operation's price in a busy system, and how it got there. */
export type Measured = { operation: Operation; price: Price; flatness: Flatness };

/** Prices an operation after few and after many of its kind; the price that counts is the second. */
export async function measure(bench: Bench, operation: Operation): Promise<Measured> {
  await repeat(bench, operation, FEW);
  const { gas: few } = await priceOf(bench, operation);
  // The one just priced is an earlier one now.
  await repeat(bench, operation, MANY - FEW - 1);
  const price = await priceOf(bench, operation);
  const flatness = { operation: operation.name, few, many: price.gas, ratio: price.gas / few };
  return { operation, price, flatness };
}

async function repeat(bench: Bench, operation: Operation, times: number): Promise<void> {
  for (let done = 0; done < times; done++) await bench.send(await operation.next());
}
