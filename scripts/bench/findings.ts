/**
 * What is wrong with the figures, if anything.
 *
 * @module
 */
import { budgetOf } from "./budgets.js";
import { FEW, FLAT_UP_TO, MANY, type Flatness } from "./flatness.js";
import { gasText } from "./report.js";
import { SERIALS_WITHIN, type SerialTrees } from "./serials.js";
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

/** A sentence for a tree of serials that takes too much memory, or has another root than OpenZeppelin's. */
export function serialFaults({ million, ours, openZeppelin }: Omit<SerialTrees, "payees">): string[] {
  const faults: string[] = [];
  if (million.peakBytes > SERIALS_WITHIN) {
    faults.push(`${gasText(million.units)} serials took ${gasText(million.peakBytes)} bytes of memory.`);
  }
  if (ours.root !== openZeppelin.root) faults.push("The tree of serials has another root than OpenZeppelin's.");
  return faults;
}

/** A sentence when sealing is too slow. */
export function slowness({ seal }: Pick<Throughput, "seal">): string[] {
  if (seal.ratio >= SEALING_AT_LEAST) return [];
  return [`Sealing runs at ${seal.ratio.toFixed(2)} of the cipher's speed, under ${SEALING_AT_LEAST}.`];
}
