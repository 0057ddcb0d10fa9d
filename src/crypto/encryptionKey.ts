/**
 * X25519 key pairs, by which an account reads what is wrapped for it.
 *
 * @module
 */
import { base64url } from "jose";
import { concat, getBytes, hexlify, isHexString, randomBytes } from "ethers";
import { AcesoError } from "../errors.js";
import type { Hex } from "./bytes.js";

/** An X25519 key pair, each half 32 raw bytes. The public half is what `KeyDirectory` publishes. */
export type EncryptionKey = { publicKey: Hex; privateKey: Hex };

const KEY_BYTES = 32;

// RFC 8410: what precedes the 32 bytes of an X25519 private key in PKCS #8, the only raw form WebCrypto takes.
const PKCS8_PREFIX = "0x302e020100300506032b656e04220420";

/** A new random key pair. Only its owner ever holds it; nothing recovers it but a slot of a sealed key. */
export async function generateEncryptionKey(): Promise<EncryptionKey> {
  return encryptionKeyFrom(hexlify(randomBytes(KEY_BYTES)) as Hex);
}

/**
 * The key pair of a private key.
 *
 * @throws {@link MalformedPrivateKeyError} when it is not 32 bytes in hex.
 */
export async function encryptionKeyFrom(privateKey: Hex): Promise<EncryptionKey> {
  const { x } = await crypto.subtle.exportKey("jwk", await importPrivateKey(privateKey));
  return { publicKey: hexlify(base64url.decode(x!)) as Hex, privateKey: privateKey.toLowerCase() as Hex };
}

/**
 * A private key as WebCrypto uses it.
 *
 * @throws {@link MalformedPrivateKeyError} when it is not 32 bytes in hex.
 */
export async function importPrivateKey(privateKey: Hex): Promise<CryptoKey> {
  if (!isHexString(privateKey, KEY_BYTES)) throw new MalformedPrivateKeyError();
  const pkcs8 = new Uint8Array(getBytes(concat([PKCS8_PREFIX, privateKey])));
  return crypto.subtle.importKey("pkcs8", pkcs8, "X25519", true, ["deriveBits"]);
}

/**
 * A public key as WebCrypto uses it.
 *
 * @throws {@link MalformedPublicKeyError} when it is not 32 bytes in hex.
 */
export async function importPublicKey(publicKey: Hex): Promise<CryptoKey> {
  if (!isHexString(publicKey, KEY_BYTES)) throw new MalformedPublicKeyError();
  return crypto.subtle.importKey("raw", new Uint8Array(getBytes(publicKey)), "X25519", true, []);
}

/** A private key is not 32 bytes in hex. */
export class MalformedPrivateKeyError extends AcesoError {
  override name = "MalformedPrivateKeyError";
  constructor() {
    super("The private key is not 0x and 64 hex digits.", "Pass a private key as generateEncryptionKey gave it.");
  }
}

/** A public key is not 32 bytes in hex. */
export class MalformedPublicKeyError extends AcesoError {
  override name = "MalformedPublicKeyError";
  constructor() {
    super("The public key is not 0x and 64 hex digits.", "Pass the reader's key as KeyDirectory holds it.");
  }
}
