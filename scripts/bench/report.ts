/**
 * The figures as tables on a screen.
 *
 * @module
 */
import Table from "cli-table3";

import { budgetOf } from "./budgets.js";
import { FEW, MANY, type Flatness, type Measured } from "./flatness.js";
import type { SerialTrees, TreeBuilt } from "./serials.js";
import type { Comparison, Throughput } from "./throughput.js";

/** A table: its columns, each with how it is aligned, and its rows. */
export type Rows = { head: readonly string[]; aligns: readonly ("left" | "right")[]; rows: string[][] };

/** A whole number with thousands apart. */
export function gasText(gas: number): string {
  return gas.toLocaleString("en");
}

/** What each operation costs. */
export function priceRows(measured: readonly Pick<Measured, "operation" | "price">[]): Rows {
  return {
    head: ["operation", "gas", "calldata bytes", "floor", "ratio", "budget", "the usual way"],
    aligns: ["left", "right", "right", "right", "right", "right", "left"],
    rows: measured.map(({ operation: { name, batch }, price }) => {
      const budget = budgetOf(name);
      return [
        batch === undefined ? name : `${name}, one of ${batch}`,
        gasText(price.gas),
        gasText(price.calldataBytes),
        gasText(price.floor),
        price.ratio.toFixed(3),
        gasText(budget.gas),
        budget.usualWay ?? "",
      ];
    }),
  };
}

/** What each operation costs after few and after many of its kind. */
export function flatnessRows(flatness: readonly Flatness[]): Rows {
  return {
    head: ["operation", `gas after ${FEW}`, `after ${gasText(MANY)}`, "ratio"],
    aligns: ["left", "right", "right", "right"],
    rows: flatness.map(({ operation, few, many, ratio }) => [operation, gasText(few), gasText(many), ratio.toFixed(3)]),
  };
}

/** How fast the SDK seals and opens. */
export function throughputRows(throughput: Throughput): Rows {
  return {
    head: ["10 MB", "SDK MB/s, best", "median", "AES-GCM alone MB/s, best", "median", "ratio of best"],
    aligns: ["left", "right", "right", "right", "right", "right"],
    rows: [comparisonRow("seal", throughput.seal), comparisonRow("open", throughput.open)],
  };
}

/** How a batch's serials become one root, and a CSV file's payees a round with their proofs. */
export function serialRows({ million, ours, openZeppelin, payees }: SerialTrees): Rows {
  const row = (name: string, { units, seconds, peakBytes }: TreeBuilt): string[] => [
    name,
    gasText(units),
    seconds.toFixed(1),
    gasText(Math.round(peakBytes / 1024 ** 2)),
  ];
  return {
    head: ["to a root", "leaves", "seconds", "peak MiB"],
    aligns: ["left", "right", "right", "right"],
    rows: [
      row("serials", million),
      row("serials", ours),
      row("serials, by @openzeppelin/merkle-tree", openZeppelin),
      row("payees from CSV, with every proof", payees),
    ],
  };
}

/** The table as text. */
export function onScreen({ head, aligns, rows }: Rows): string {
  const table = new Table({ head: [...head], colAligns: [...aligns], style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}

function comparisonRow(name: string, { sdk, raw, ratio }: Comparison): string[] {
  const speeds = [sdk.best, sdk.median, raw.best, raw.median].map((speed) => gasText(Math.round(speed)));
  return [name, ...speeds, ratio.toFixed(2)];
}
