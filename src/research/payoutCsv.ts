/**
 * Payees in a CSV file: a header, then one row a payee.
 *
 * The header names the columns `account` and `amount`, in any order and any case of letters; further columns, such as a
 * reference, are nobody's business and not read. Amounts are decimals of the token, such as `12.50`.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import {
  AmountTooLargeError,
  decimalParts,
  NegativeAmountError,
  NotADecimalError,
  tokenUnits,
  requireDecimals,
} from "../token/amount.js";
import { readRows, type CsvSource } from "./csvRows.js";
import { accountIn, MAX_PAYEES, TooManyPayeesError, totalOf, type AccountFault, type Payee } from "./payee.js";

/** What is wrong with an amount. */
export type AmountFault = "notADecimal" | "negative" | "zero" | "tooManyDecimals" | "tooLarge";

/** A row that cannot be paid, and the first reason found: by its fields, its account, its amount. */
export type BadRow = {
  /** The line the row begins on, counted from 1, which is the header's unless blank lines come before it. */
  line: number;
  /** Where the row has one. */
  account?: Address;
} & (
  | { field: "row"; reason: "fieldCount" }
  | { field: "account"; reason: Exclude<AccountFault, "duplicate"> }
  | { field: "account"; reason: "duplicate"; firstLine: number }
  | { field: "amount"; reason: AmountFault }
);

/** What a CSV file says. */
export type ReadPayees = {
  /** Who can be paid, in the file's order. */
  payees: Payee[];
  /** What they are paid in all, in token units. */
  total: bigint;
  /** Who cannot, in the file's order. */
  badRows: BadRow[];
};

/** How a CSV file is read. */
export type ReadOptions = {
  /** The token's, as ERC-20 defines them. */
  decimals: number;
  /** Told how much was read: in bytes, or characters where the source is text. */
  onRead?: (read: number) => void;
};

const SEPARATORS = { semicolons: ";", tabs: "\t", bars: "|" } as const;

type Columns = { account: number; amount: number; count: number };

/**
 * Reads the payees of a CSV file, and collects the rows that cannot be paid. An amount with more places than the token
 * has is never rounded, and an account that stood in an earlier row, good or bad, is a duplicate.
 *
 * @throws {@link EmptyCsvError}, {@link SeparatorError}, {@link MissingColumnError}, {@link TooManyPayeesError},
 * {@link RoundTooLargeError}, and what {@link readRows} throws: the file as a whole is unfit.
 * @throws {@link TokenDecimalsError} when no token has such decimals.
 */
export async function readPayees(source: CsvSource, { decimals, onRead }: ReadOptions): Promise<ReadPayees> {
  requireDecimals(decimals);
  const payees: Payee[] = [];
  const badRows: BadRow[] = [];
  const lineOf = new Map<Address, number>();
  let columns: Columns | undefined;

  const readRow = (fields: readonly string[], line: number): void => {
    if (columns === undefined) {
      columns = columnsIn(fields);
      return;
    }
    if (payees.length + badRows.length === MAX_PAYEES) throw new TooManyPayeesError();
    const payee = payeeIn(fields, columns, { line, decimals, lineOf });
    if ("reason" in payee) badRows.push(payee);
    else payees.push(payee);
  };
  await readRows(source, readRow, onRead);
  if (columns === undefined) throw new EmptyCsvError();
  return { payees, total: totalOf(payees), badRows };
}

function columnsIn(header: readonly string[]): Columns {
  const names = header.map((name) => name.toLowerCase());
  const separator = Object.entries(SEPARATORS).find(([, sign]) => names.length === 1 && names[0]!.includes(sign));
  if (separator !== undefined) throw new SeparatorError(separator[0]);
  const placeOf = (name: string): number => {
    const place = names.indexOf(name);
    if (place === -1 || names.lastIndexOf(name) !== place) throw new MissingColumnError(name);
    return place;
  };
  return { account: placeOf("account"), amount: placeOf("amount"), count: names.length };
}

function payeeIn(
  fields: readonly string[],
  columns: Columns,
  { line, decimals, lineOf }: { line: number; decimals: number; lineOf: Map<Address, number> },
): Payee | BadRow {
  if (fields.length !== columns.count) return { line, field: "row", reason: "fieldCount" };
  const named = accountIn(fields[columns.account]!);
  if ("reason" in named) return { line, field: "account", reason: named.reason };
  const { account } = named;
  const firstLine = lineOf.get(account);
  if (firstLine !== undefined) return { line, account, field: "account", reason: "duplicate", firstLine };
  lineOf.set(account, line);
  const amount = amountIn(fields[columns.amount]!, decimals);
  return typeof amount === "bigint" ? { account, amount } : { line, account, field: "amount", reason: amount };
}

function amountIn(text: string, decimals: number): bigint | AmountFault {
  try {
    if (decimalParts(text, "amount").fraction.length > decimals) return "tooManyDecimals";
    return tokenUnits(text, decimals) || "zero";
  } catch (error) {
    if (error instanceof NotADecimalError) return "notADecimal";
    if (error instanceof NegativeAmountError) return "negative";
    if (error instanceof AmountTooLargeError) return "tooLarge";
    throw error;
  }
}

/** A CSV file has not even a header. */
export class EmptyCsvError extends AcesoError {
  override name = "EmptyCsvError";
  constructor() {
    super("The CSV file is empty.", "Begin it with the header account,amount, and give every payee a row.");
  }
}

/** The header of a CSV file does not name a column, or names it twice. */
export class MissingColumnError extends AcesoError {
  override name = "MissingColumnError";
  constructor(readonly column: string) {
    super(
      `The first row of the CSV file does not name one column ${column}.`,
      "Begin the file with a header that names account and amount once each, such as account,amount.",
    );
  }
}

/** The columns of a CSV file are separated by something other than commas. */
export class SeparatorError extends AcesoError {
  override name = "SeparatorError";
  constructor(
    /** What separates them. */
    readonly separator: string,
  ) {
    super(
      `The columns of the CSV file are separated by ${separator}.`,
      "Save it with commas between the columns, and amounts with a point, such as 12.50.",
    );
  }
}
