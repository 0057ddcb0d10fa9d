/**
 * Serial Shipping Container Codes: which pallet, case or parcel (GS1 General Specifications 3.3.1).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { checkedDigits } from "./checkDigit.js";

/**
 * An SSCC, checked.
 *
 * @throws {@link MalformedSsccError} when it is not 18 digits.
 * @throws {@link CheckDigitError} when its last digit is wrong.
 */
export function toSscc(text: string): string {
  if (!/^\d{18}$/.test(text)) throw new MalformedSsccError();
  return checkedDigits(text);
}

/** A text is no SSCC. */
export class MalformedSsccError extends AcesoError {
  override name = "MalformedSsccError";
  constructor() {
    super("The SSCC is not 18 digits.", "Give every digit of it, the check digit too, without (00) before it.");
  }
}
