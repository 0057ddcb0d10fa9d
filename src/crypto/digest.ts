/**
 * Digests of ciphertext, as `RecordRegistry` anchors them, and the CIDs that name the same bytes in a vault.
 *
 * @module
 */
import { getBytes, hexlify, isHexString } from "ethers";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as multihash from "multiformats/hashes/digest";
import { AcesoError } from "../errors.js";
import { unshared, type Hex } from "./bytes.js";

const DIGEST_BYTES = 32;
const SHA2_256 = 0x12;

/**
 * The sha-256 digest of bytes: `0x` and 64 hex digits.
 *
 * @example
 * await sha256(new Uint8Array()); // "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
 */
export async function sha256(bytes: Uint8Array): Promise<Hex> {
  return hexlify(new Uint8Array(await crypto.subtle.digest("SHA-256", unshared(bytes)))) as Hex;
}

/**
 * A sha-256 digest in lower case.
 *
 * @throws {@link MalformedDigestError} when it is not `0x` and 64 hex digits.
 */
export function toDigest(digest: string): Hex {
  if (!isHexString(digest, DIGEST_BYTES)) throw new MalformedDigestError();
  return digest.toLowerCase() as Hex;
}

/**
 * The CID of the bytes with this sha-256 digest: version 1, codec raw.
 *
 * @example
 * cidOf(await sha256(new Uint8Array())); // "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
 *
 * @throws {@link MalformedDigestError} when the digest is not `0x` and 64 hex digits.
 */
export function cidOf(digest: Hex): string {
  return CID.createV1(raw.code, multihash.create(SHA2_256, getBytes(toDigest(digest)))).toString();
}

/**
 * The sha-256 digest a CID names.
 *
 * @throws {@link MalformedCidError} when the text is no CID.
 * @throws {@link ForeignCidError} when it is a CID of another version, codec or hash.
 */
export function digestOfCid(cid: string): Hex {
  const { code, multihash: hash } = parsed(cid);
  // A CID of version 0 never has the codec raw.
  const isOurs = code === raw.code && hash.code === SHA2_256 && hash.size === DIGEST_BYTES;
  if (!isOurs) throw new ForeignCidError(cid);
  return hexlify(hash.digest) as Hex;
}

function parsed(cid: string): CID {
  try {
    return CID.parse(cid);
  } catch {
    throw new MalformedCidError();
  }
}

/** A digest is not `0x` and 64 hex digits. */
export class MalformedDigestError extends AcesoError {
  override name = "MalformedDigestError";
  constructor() {
    super("The digest is not 0x and 64 hex digits.", "Pass the sha-256 digest of the ciphertext, as sha256 gives it.");
  }
}

/** A text is no CID. */
export class MalformedCidError extends AcesoError {
  override name = "MalformedCidError";
  constructor() {
    super("The text is no CID.", "Pass a CID as cidOf gives it, starting with bafkrei.");
  }
}

/** A CID names something else than raw bytes by sha-256. */
export class ForeignCidError extends AcesoError {
  override name = "ForeignCidError";
  constructor(readonly cid: string) {
    super(
      `${cid} does not name raw bytes by their sha-256 digest.`,
      "Pass a CID of version 1 with codec raw and hash sha2-256, as cidOf gives it.",
    );
  }
}
