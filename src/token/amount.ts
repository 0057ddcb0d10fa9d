/**
 * Amounts of a token: decimal text at the edges, whole token units within, never a float.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** The most token units an amount of the contracts holds. */
export const MAX_UNITS = 2n ** 96n - 1n;

// FHIR's decimal, without an exponent.
const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * An amount in token units, rounded half up where it has more places than the token.
 *
 * @example
 * tokenUnits("125.00", 6); // 125_000_000n
 * tokenUnits("0.125", 2); // 13n
 *
 * @param amount a decimal such as `125.00`; never a number, which has lost what it was.
 * @param decimals the token's, as ERC-20 defines them: 0 to 255.
 * @param field what an error calls the amount.
 * @throws {@link NotADecimalError} when it is no decimal text, {@link NegativeAmountError} when it is below zero,
 * {@link AmountTooLargeError} when the contracts cannot hold it.
 * @throws {@link TokenDecimalsError} when no token has such decimals.
 */
export function tokenUnits(amount: string, decimals: number, field = "amount"): bigint {
  requireDecimals(decimals);
  const { whole, fraction } = decimalParts(amount, field);
  const kept = fraction.slice(0, decimals).padEnd(decimals, "0");
  const roundsUp = (fraction[decimals] ?? "0") >= "5";
  return requireUnits(BigInt(whole + kept) + (roundsUp ? 1n : 0n), field);
}

/**
 * An amount in token units as a decimal, exactly: with all places it needs, and two where the token has as many.
 *
 * @example
 * decimalOf(125_000_000n, 6); // "125.00"
 * decimalOf(1_234_500n, 6); // "1.2345"
 *
 * @throws {@link TokenDecimalsError} when no token has such decimals.
 */
export function decimalOf(units: bigint, decimals: number): string {
  requireDecimals(decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  const fraction = digits.slice(point).replace(/0+$/, "").padEnd(Math.min(2, decimals), "0");
  return `${units < 0n ? "-" : ""}${digits.slice(0, point)}${fraction && "."}${fraction}`;
}

/**
 * An amount that is in token units already, checked.
 *
 * @throws {@link NegativeAmountError} when it is below zero, {@link AmountTooLargeError} when the contracts cannot hold
 * it.
 */
export function requireUnits(units: bigint, field = "amount"): bigint {
  if (units < 0n) throw new NegativeAmountError(field);
  if (units > MAX_UNITS) throw new AmountTooLargeError(field);
  return units;
}

/**
 * The digits of a decimal before and after its point.
 *
 * @throws {@link NotADecimalError} when it is no decimal text, {@link NegativeAmountError} when it is below zero.
 */
export function decimalParts(text: string, field: string): { whole: string; fraction: string } {
  // A number would be read as its text, which may already be wrong.
  const [, sign, whole, fraction = ""] = (typeof text === "string" && DECIMAL.exec(text)) || [];
  if (whole === undefined) throw new NotADecimalError(field);
  if (sign === "-") throw new NegativeAmountError(field);
  return { whole, fraction };
}

/**
 * Checks a token's decimals.
 *
 * @throws {@link TokenDecimalsError} when no token has such.
 */
export function requireDecimals(decimals: number): void {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > 255) throw new TokenDecimalsError();
}

/** What should be a decimal is none, or a number instead of text. */
export class NotADecimalError extends AcesoError {
  override name = "NotADecimalError";
  constructor(readonly field: string) {
    super(
      `The ${field} is no decimal in text.`,
      'Write digits with a point, such as "125.00": no signs, separators or exponents, and never a number.',
    );
  }
}

/** An amount or quantity is below zero. */
export class NegativeAmountError extends AcesoError {
  override name = "NegativeAmountError";
  constructor(readonly field: string) {
    super(`The ${field} is below zero.`, "Give it without a sign; what was paid in error is taken back by a reversal.");
  }
}

/** An amount is more than the contracts hold. */
export class AmountTooLargeError extends AcesoError {
  override name = "AmountTooLargeError";
  constructor(readonly field: string) {
    super(
      `The ${field} is above 2^96 - 1 token units, the most the contracts hold.`,
      "Check the amount and the token's decimals.",
    );
  }
}

/** A token has no such number of decimals. */
export class TokenDecimalsError extends AcesoError {
  override name = "TokenDecimalsError";
  constructor() {
    super("A token's decimals are a whole number from 0 to 255.", "Pass what the token's decimals() answers.");
  }
}
