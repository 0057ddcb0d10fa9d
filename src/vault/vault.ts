/**
 * Where ciphertext and wrapped keys live: what every vault does, and the checks all of them share.
 *
 * @module
 */
import { isHexString } from "ethers";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { sha256, toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";

/** A record's content key (or other secret) wrapped for one reader. */
export type WrappedKey = {
  patient: Address;
  /** Who wrote the record: its own key outlives revocation and erasure. */
  author: Address;
  /** The record's id: 32 bytes. */
  record: Hex;
  reader: Address;
  /** What `wrap` gave: a compact JWE. */
  jwe: string;
};

/** Which wrapped keys to list: those that match every part given, all of them when none is. */
export type KeyFilter = { patient?: Address; record?: Hex; reader?: Address };

/**
 * A store of ciphertext by its sha-256 digest, and of wrapped keys by record and reader. Every part of it may be
 * deleted for good. Addresses, records and digests are taken in any case and returned in one: addresses checksummed,
 * hex in lower case.
 *
 * Each method throws {@link MalformedDigestError}, {@link MalformedRecordError} or {@link MalformedAddressError} for an
 * argument that is none.
 */
export type Vault = {
  /**
   * Stores ciphertext under its digest. Storing it again changes nothing.
   *
   * @throws {@link DigestMismatchError} when the bytes have another digest.
   */
  putBlob(digest: Hex, bytes: Uint8Array): Promise<void>;
  /** The ciphertext with a digest, or undefined when it is not here. */
  getBlob(digest: Hex): Promise<Uint8Array | undefined>;
  /** Deletes ciphertext, if it is here. */
  deleteBlob(digest: Hex): Promise<void>;
  /**
   * Stores a wrapped key, in place of the one the reader had for the record.
   *
   * @throws {@link MalformedWrappedKeyError} when its `jwe` is no compact JWE.
   */
  putKey(key: WrappedKey): Promise<void>;
  /** A reader's wrapped key for a record, or undefined when there is none. */
  getKey(record: Hex, reader: Address): Promise<WrappedKey | undefined>;
  /** The wrapped keys that match, ordered by record, then reader. */
  listKeys(filter: KeyFilter): Promise<WrappedKey[]>;
  /** Deletes a wrapped key, if it is here. */
  deleteKey(record: Hex, reader: Address): Promise<void>;
};

const RECORD_BYTES = 32;
const COMPACT_JWE = /^[\w-]+(\.[\w-]*){4}$/;

/**
 * A copy of the bytes, which nobody can change between this check and their storing.
 *
 * @throws {@link DigestMismatchError} when they do not have the digest.
 */
export async function checkedBlob(digest: Hex, bytes: Uint8Array): Promise<Uint8Array> {
  const expected = toDigest(digest);
  // Not slice, which in a Node.js Buffer copies nothing.
  const copy = new Uint8Array(bytes);
  if ((await sha256(copy)) !== expected) throw new DigestMismatchError();
  return copy;
}

/**
 * A record's id in lower case.
 *
 * @throws {@link MalformedRecordError} when it is not 32 bytes in hex.
 */
export function toRecord(record: string): Hex {
  if (!isHexString(record, RECORD_BYTES)) throw new MalformedRecordError();
  return record.toLowerCase() as Hex;
}

/**
 * A wrapped key in its one form.
 *
 * @throws {@link MalformedAddressError} | {@link MalformedRecordError} | {@link MalformedWrappedKeyError}
 */
export function checkedKey({ patient, author, record, reader, jwe }: WrappedKey): WrappedKey {
  if (typeof jwe !== "string" || !COMPACT_JWE.test(jwe)) throw new MalformedWrappedKeyError();
  return {
    patient: toAddress(patient),
    author: toAddress(author),
    record: toRecord(record),
    reader: toAddress(reader),
    jwe,
  };
}

/**
 * A filter in its one form, only with the parts that were given.
 *
 * @throws {@link MalformedAddressError} | {@link MalformedRecordError}
 */
export function checkedFilter({ patient, record, reader }: KeyFilter): KeyFilter {
  return {
    ...(patient !== undefined && { patient: toAddress(patient) }),
    ...(record !== undefined && { record: toRecord(record) }),
    ...(reader !== undefined && { reader: toAddress(reader) }),
  };
}

/** The keys that match a checked filter, ordered by record, then reader. */
export function selected(keys: readonly WrappedKey[], filter: KeyFilter): WrappedKey[] {
  const matches = (key: WrappedKey): boolean =>
    (["patient", "record", "reader"] as const).every((part) => (filter[part] ?? key[part]) === key[part]);
  return keys.filter(matches).sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ record, reader }: WrappedKey): string {
  return `${record}${reader.toLowerCase()}`;
}

/** Bytes do not have the digest they were to be stored under. */
export class DigestMismatchError extends AcesoError {
  override name = "DigestMismatchError";
  constructor() {
    super(
      "The bytes do not have the digest they are to be stored under.",
      "Pass the ciphertext whose sha256 is the digest; fetch it again if it was changed on the way.",
    );
  }
}

/** A record's id is not 32 bytes in hex. */
export class MalformedRecordError extends AcesoError {
  override name = "MalformedRecordError";
  constructor() {
    super("The record's id is not 0x and 64 hex digits.", "Pass the id RecordRegistry gives the record.");
  }
}

/** A wrapped key's text is no compact JWE. */
export class MalformedWrappedKeyError extends AcesoError {
  override name = "MalformedWrappedKeyError";
  constructor() {
    super("The wrapped key is no compact JWE.", "Pass the text exactly as wrap gave it.");
  }
}
