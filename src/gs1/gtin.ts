/**
 * Global Trade Item Numbers: which product, at which packaging level (GS1 General Specifications 3.3.2).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { checkedDigits } from "./checkDigit.js";

/**
 * A GTIN-8, -12, -13 or -14 in its 14 digits.
 *
 * @example
 * toGtin14("9506000134352"); // "09506000134352"
 *
 * @throws {@link MalformedGtinError} when it is not 8, 12, 13 or 14 digits.
 * @throws {@link CheckDigitError} when its last digit is wrong.
 */
export function toGtin14(text: string): string {
  if (!/^(\d{8}|\d{12,14})$/.test(text)) throw new MalformedGtinError();
  return checkedDigits(text).padStart(14, "0");
}

/** A text is no GTIN. */
export class MalformedGtinError extends AcesoError {
  override name = "MalformedGtinError";
  constructor() {
    super("The GTIN is not 8, 12, 13 or 14 digits.", "Give every digit of it, the check digit too, without spaces.");
  }
}
