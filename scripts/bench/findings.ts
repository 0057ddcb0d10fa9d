/**
 * What is wrong with the figures, if anything.
 *
 * @module
 */
import { budgetOf } from "./budgets.js";
import { FEW, FLAT_UP_TO, MANY, type Flatness } from "./flatness.js";
import { gasText } from "./report.js";
import type { Price } from "./price.js";
import { SEALING_AT_LEAST, type Throughput } from "./throughput.js";

/** A sentence for each price over its budget. */
export function overruns(prices: readonly Price[]): string[] {
  return prices.flatMap(({ operation, gas }) => {
    const budget = budgetOf(operation).gas;
    if (gas <= budget) return [];
    return `${operation} costs ${gasText(gas)} gas, ${gasText(gas - budget)} over its budget of ${gasText(budget)}.`;
  });
}

/** A sentence for each operation that grows dearer with what happened before. */
export function growths(flatness: readonly Flatness[]): string[] {
  return flatness
    .filter(({ ratio }) => ratio > FLAT_UP_TO)
    .map(
      ({ operation, few, many }) =>
        `${operation} costs ${gasText(many)} gas after ${gasText(MANY)} earlier ones, ${gasText(few)} after ${FEW}.`,
    );
}

/** A sentence when sealing is too slow. */
export function slowness({ seal }: Pick<Throughput, "seal">): string[] {
  if (seal.ratio >= SEALING_AT_LEAST) return [];
  return [`Sealing runs at ${seal.ratio.toFixed(2)} of the cipher's speed, under ${SEALING_AT_LEAST}.`];
}
