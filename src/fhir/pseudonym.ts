/**
 * Pseudonyms: what stands for a resource's id where its own must not be known.
 *
 * A pseudonym is an HMAC-SHA-256 under a random key made for one export, so nobody without the key can find it from the
 * id or match two exports, which is what 45 CFR 164.514(c) asks of a code for re-identification.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { AcesoError } from "../errors.js";
import { utf8 } from "../crypto/bytes.js";

const KEY_BYTES = 32;
const PSEUDONYM_BYTES = 16;

/**
 * A new random key of pseudonyms: 32 bytes. Make one an export. Whoever holds it can test which id a pseudonym stands
 * for, so keep it from those who receive the data; throw it away unless the export will be continued.
 */
export function generatePseudonymKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/**
 * The pseudonym of a name: 32 letters from a to p, a valid FHIR id. Letters only, so that none can be mistaken for a
 * date or a number of any kind.
 *
 * @throws {@link PseudonymKeyLengthError} when the key is not 32 bytes.
 */
export function pseudonymOf(name: string, key: Uint8Array): string {
  return [...digestOf(name, key)].map((byte) => letter(byte >> 4) + letter(byte & 15)).join("");
}

/**
 * The pseudonym of a URN, as a `urn:uuid:` itself (a version 8 UUID, RFC 9562).
 *
 * @throws {@link PseudonymKeyLengthError} when the key is not 32 bytes.
 */
export function pseudonymUrn(urn: string, key: Uint8Array): string {
  const digits = [...digestOf(urn, key)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(digits)!;
  return `urn:uuid:${a}-${b}-8${c}-a${d}-${e}`;
}

/** Throws {@link PseudonymKeyLengthError} when a key of pseudonyms is not 32 bytes. */
export function requirePseudonymKey(key: Uint8Array): void {
  if (key.length !== KEY_BYTES) throw new PseudonymKeyLengthError(key.length);
}

function digestOf(name: string, key: Uint8Array): Uint8Array {
  requirePseudonymKey(key);
  return hmac(sha256, key, utf8(name)).subarray(0, PSEUDONYM_BYTES);
}

function letter(nibble: number): string {
  return String.fromCharCode("a".charCodeAt(0) + nibble);
}

/** A key of pseudonyms has the wrong length. */
export class PseudonymKeyLengthError extends AcesoError {
  override name = "PseudonymKeyLengthError";
  constructor(readonly byteCount: number) {
    super(`The key of pseudonyms has ${byteCount} bytes, not ${KEY_BYTES}.`, "Make one with generatePseudonymKey().");
  }
}
