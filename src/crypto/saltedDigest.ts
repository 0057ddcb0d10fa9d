/**
 * Salted digests of documents: what the chain holds of a document that a few guesses could find.
 *
 * @module
 */
import { concat, getBytes, hexlify } from "ethers";

import type { Hex } from "./bytes.js";
import { sha256 } from "./digest.js";

const SALT_BYTES = 32;

/** A fresh salt: 32 random bytes. Without it nobody can prove what a salted digest is of, so keep it. */
export function newSalt(): Hex {
  return hexlify(crypto.getRandomValues(new Uint8Array(SALT_BYTES))) as Hex;
}

/** The salted digest of a document: `sha256(salt || document)`. */
export async function saltedDigest(document: Uint8Array, salt: Hex): Promise<Hex> {
  return sha256(getBytes(concat([salt, document])));
}
