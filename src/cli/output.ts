/**
 * Answers: JSON for programs, sentences and tables for people.
 *
 * @module
 */
import Table from "cli-table3";

import type { Context } from "./context.js";
import { DATA_CATEGORIES, UNRESTRICTED, type DataCategory } from "../consent/category.js";
import { NO_POLICY } from "../consent/consent.js";
import { purposeWithDescendants, type Purpose } from "../consent/purpose.js";
import type { Hex } from "../crypto/bytes.js";
import { jsonText } from "./files.js";

/** Prints the answer of a verb: the value for a program, the text for a person. */
export function answer({ io, json }: Context, value: unknown, text: string): void {
  io.stdout.write(json ? jsonText(value) : `${text}\n`);
}

/** Prints, for a person only, what they should know beside the answer. */
export function note({ io, json }: Context, text: string): void {
  if (!json) io.stderr.write(`${text}\n`);
}

const NO_LINES = { "top-mid": "", "top-left": "", "top-right": "", "bottom-mid": "", "bottom-left": "" };
const BARE = {
  ...NO_LINES,
  ...{ top: "", bottom: "", left: "", right: "", middle: "  ", "bottom-right": "", "left-mid": "", "right-mid": "" },
  ...{ mid: "", "mid-mid": "" },
};

/** A table without lines, so that ids are copied whole; or the sentence for when there is no row. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return none;
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const table = new Table({ head: head.map((title) => title.toUpperCase()), chars: BARE, style });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A time as people read it, from Unix seconds. */
export function timeText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, -5).replace("T", " ")} UTC`;
}

/** Categories in few words. */
export function categoriesText(categories: readonly DataCategory[]): string {
  if (categories.length === DATA_CATEGORIES.length) return "all";
  if (categories.length === UNRESTRICTED.length && !categories.includes("restricted")) return "all but restricted";
  return categories.join(", ") || "nothing";
}

/** Purposes in few words: those that others bring along are not named. */
export function purposesText(purposes: readonly Purpose[]): string {
  const isWhole = (code: Purpose): boolean => purposeWithDescendants(code).every((below) => purposes.includes(below));
  const brings = (other: Purpose, code: Purpose): boolean =>
    other !== code && isWhole(other) && purposeWithDescendants(other).includes(code);
  return purposes
    .filter((code) => !purposes.some((other) => brings(other, code)))
    .map((code) => (isWhole(code) ? code : `${code} (itself only)`))
    .join(", ");
}

/** A policy, or that there is none. */
export function policyText(policy: Hex): string {
  return policy === NO_POLICY ? "none" : policy;
}

/** A gas amount with separators. */
export function gasText(gas: bigint): string {
  return `${gas.toLocaleString("en")} gas`;
}
