/**
 * Quantities of a service: decimal text at the edges, whole thousandths within, never a float.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { decimalParts } from "../token/amount.js";

/** The most of a service that one line may claim: 100,000, in thousandths. */
const MAX_QUANTITY = 100_000_000n;

const QUANTITY_PLACES = 3;

/**
 * A quantity in thousandths.
 *
 * @example
 * thousandths("0.5"); // 500n
 *
 * @param quantity a decimal such as `1` or `0.5`.
 * @throws {@link NotADecimalError} when it is no decimal text, {@link NegativeAmountError} when it is below zero.
 * @throws {@link QuantityZeroError}, {@link QuantityTooFineError} when it is not whole thousandths, which are never
 * rounded, or {@link QuantityTooLargeError} when it is above 100,000.
 */
export function thousandths(quantity: string, field = "quantity"): bigint {
  const { whole, fraction } = decimalParts(quantity, field);
  if (/[1-9]/.test(fraction.slice(QUANTITY_PLACES))) throw new QuantityTooFineError(field);
  const count = BigInt(whole + fraction.slice(0, QUANTITY_PLACES).padEnd(QUANTITY_PLACES, "0"));
  if (count === 0n) throw new QuantityZeroError(field);
  if (count > MAX_QUANTITY) throw new QuantityTooLargeError(field);
  return count;
}

/** A quantity is zero. */
export class QuantityZeroError extends AcesoError {
  override name = "QuantityZeroError";
  constructor(readonly field: string) {
    super(`The ${field} is zero.`, "Leave the line out, or say how much of the service there was.");
  }
}

/** A quantity is finer than thousandths. */
export class QuantityTooFineError extends AcesoError {
  override name = "QuantityTooFineError";
  constructor(readonly field: string) {
    super(`The ${field} has more than three decimal places.`, "Bill whole thousandths of the service's unit.");
  }
}

/** A quantity is more than one line may claim. */
export class QuantityTooLargeError extends AcesoError {
  override name = "QuantityTooLargeError";
  constructor(readonly field: string) {
    super(`The ${field} is above 100,000.`, "Check its unit, or bill the service on several lines.");
  }
}
