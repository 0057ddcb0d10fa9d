/**
 * Rows of a CSV file that cannot be paid, in plain words.
 *
 * @module
 */
import type { BadRow } from "../../research/payoutCsv.js";

const ACCOUNT_FAULTS = {
  notAnAddress: "the account is no address: 0x and 40 hex digits",
  wrongChecksum: "the account's capitals do not fit its digits: it was mistyped",
  zeroAddress: "the account is the zero address, which is nobody's",
} as const;

const AMOUNT_FAULTS = {
  notADecimal: "the amount is no decimal such as 12.50",
  negative: "the amount is below zero",
  zero: "the amount is zero",
  tooManyDecimals: "the amount has more decimal places than the token",
  tooLarge: "the amount is more than any round holds",
} as const;

/** What is wrong with a row. Its text is not repeated: nobody knows what stands in a wrong column. */
function faultIn(row: BadRow): string {
  if (row.field === "row") return "the row has more or fewer fields than the header";
  if (row.field === "amount") return AMOUNT_FAULTS[row.reason];
  if (row.reason === "duplicate") return `the account is paid on line ${row.firstLine} already`;
  return ACCOUNT_FAULTS[row.reason];
}

/** A row as a program is told of it. */
export type ToldRow = BadRow & { fault: string };

/** Rows as a program is told of them. */
export function toldRows(rows: readonly BadRow[]): ToldRow[] {
  return rows.map((row) => ({ ...row, fault: faultIn(row) }));
}

/** Rows as people read them, one a line. */
export function rowsText(rows: readonly BadRow[]): string {
  const width = String(rows.at(-1)?.line).length;
  return rows.map((row) => `  line ${String(row.line).padStart(width)}: ${faultIn(row)}`).join("\n");
}
