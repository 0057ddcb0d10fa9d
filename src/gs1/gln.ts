/**
 * Global Location Numbers: which party or place (GS1 General Specifications 3.7.5).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { checkedDigits } from "./checkDigit.js";

/**
 * A GLN, checked.
 *
 * @throws {@link MalformedGlnError} when it is not 13 digits.
 * @throws {@link CheckDigitError} when its last digit is wrong.
 */
export function toGln(text: string): string {
  if (!/^\d{13}$/.test(text)) throw new MalformedGlnError();
  return checkedDigits(text);
}

/** A text is no GLN. */
export class MalformedGlnError extends AcesoError {
  override name = "MalformedGlnError";
  constructor() {
    super("The GLN is not 13 digits.", "Give every digit of it, the check digit too, without (414) before it.");
  }
}
