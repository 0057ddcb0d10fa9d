/**
 * The characters of lots and serials, and how they stand on chain.
 *
 * @module
 */
import { getBytes, hexlify } from "ethers";
import { utf8, type Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";

/** GS1 AI encodable character set 82 (GS1 General Specifications 7.11), with `#`, which set 39 adds for CPIDs. */
export const AI_CHARACTERS = /^[!-#%-?A-Z_a-z]+$/;

const LOT_OR_SERIAL = /^[!"%-?A-Z_a-z]{1,20}$/;

/**
 * A lot (AI 10) or serial (AI 21), checked: 1 to 20 characters of GS1 AI encodable character set 82.
 *
 * @throws {@link ForeignCharacterError} when it is not.
 */
export function toLotOrSerial(text: string): string {
  if (!LOT_OR_SERIAL.test(text)) throw new ForeignCharacterError();
  return text;
}

/**
 * A lot, serial or product identifier as contracts hold it: its ASCII characters, then zeros up to 32 bytes. Unlike
 * ethers' encodeBytes32String it may fill all 32 bytes. An empty text is 32 zeros.
 *
 * @throws {@link NotBytes32TextError} when it is longer, or not printable ASCII.
 */
export function toBytes32(text: string): Hex {
  if (!/^[ -~]{0,32}$/.test(text)) throw new NotBytes32TextError();
  const bytes = new Uint8Array(32);
  bytes.set(utf8(text));
  return hexlify(bytes) as Hex;
}

/**
 * The text {@link toBytes32} wrote.
 *
 * @throws {@link NotBytes32TextError} when it wrote no such bytes.
 */
export function fromBytes32(bytes32: string): string {
  if (!/^0x[0-9a-f]{64}$/i.test(bytes32)) throw new NotBytes32TextError();
  const bytes = getBytes(bytes32);
  const end = bytes.indexOf(0);
  const text = String.fromCharCode(...bytes.subarray(0, end < 0 ? 32 : end));
  // Writing it again finds what follows the first zero, and what is not ASCII.
  if (toBytes32(text) !== bytes32.toLowerCase()) throw new NotBytes32TextError();
  return text;
}

/** A lot or serial GS1 cannot carry. */
export class ForeignCharacterError extends AcesoError {
  override name = "ForeignCharacterError";
  constructor() {
    super(
      "The lot or serial is not 1 to 20 characters of GS1's set 82.",
      "Use letters, digits and !\"%&'()*+,-./:;<=>?_ without spaces; scan the label again when it came from one.",
    );
  }
}

/** A text does not fit a bytes32 of the contracts, or a bytes32 holds no text. */
export class NotBytes32TextError extends AcesoError {
  override name = "NotBytes32TextError";
  constructor() {
    super(
      "This is not up to 32 printable ASCII characters, or not the 32 bytes that stand for them.",
      "Shorten the text, or pass the bytes32 as the contract gave it.",
    );
  }
}
