/**
 * The check digit at the end of every GS1 key: modulo 10 with weights 3 and 1 (GS1 General Specifications 7.9.1).
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/**
 * A GS1 key with its check digit: the digits given and one more.
 *
 * @example
 * withCheckDigit("950600013435"); // "9506000134352"
 *
 * @param digits the key without its check digit: digits only.
 */
export function withCheckDigit(digits: string): string {
  return digits + checkDigitOf(digits);
}

/** Whether the last digit is the check digit of those before it. False for anything but digits. */
export function hasCheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && checkDigitOf(digits.slice(0, -1)) === Number(digits.at(-1));
}

/**
 * The same digits, once their check digit is right.
 *
 * @throws {@link CheckDigitError} when it is not.
 */
export function checkedDigits(digits: string): string {
  if (!hasCheckDigit(digits)) throw new CheckDigitError(checkDigitOf(digits.slice(0, -1)), Number(digits.at(-1)));
  return digits;
}

function checkDigitOf(digits: string): number {
  // The weights count from the right, so leading zeros change nothing.
  const sum = [...digits].reverse().reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return (10 - (sum % 10)) % 10;
}

/** The last digit of a GS1 key does not belong to the others: a digit was misread or mistyped. */
export class CheckDigitError extends AcesoError {
  override name = "CheckDigitError";
  constructor(
    /** The check digit the other digits ask for. */
    readonly expected: number,
    readonly found: number,
  ) {
    super(
      `The check digit is ${found}, where the other digits ask for ${expected}.`,
      "Scan or type the number again: one of its digits is wrong.",
    );
  }
}
