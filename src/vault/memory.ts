/**
 * A vault in memory, gone with the process: for tests, demonstrations and browsers.
 *
 * @module
 */
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { checkedBlob, checkedFilter, checkedKey, selected, toRecord, type Vault, type WrappedKey } from "./vault.js";

/**
 * A new, empty vault in memory.
 *
 * @example
 * const vault = memoryVault();
 * await vault.putBlob(await sha256(ciphertext), ciphertext);
 */
export function memoryVault(): Vault {
  const blobs = new Map<Hex, Uint8Array>();
  const keys = new Map<string, WrappedKey>();
  const keyId = (record: Hex, reader: Address): string => `${toRecord(record)}.${toAddress(reader)}`;

  return {
    async putBlob(digest, bytes) {
      blobs.set(toDigest(digest), await checkedBlob(digest, bytes));
    },
    async getBlob(digest) {
      return blobs.get(toDigest(digest))?.slice();
    },
    async deleteBlob(digest) {
      blobs.delete(toDigest(digest));
    },
    async putKey(key) {
      keys.set(keyId(key.record, key.reader), checkedKey(key));
    },
    async getKey(record, reader) {
      const key = keys.get(keyId(record, reader));
      return key && { ...key };
    },
    async listKeys(filter) {
      return selected([...keys.values()], checkedFilter(filter)).map((key) => ({ ...key }));
    },
    async deleteKey(record, reader) {
      keys.delete(keyId(record, reader));
    },
  };
}
