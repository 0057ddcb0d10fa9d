/**
 * Wrapping a secret for one reader: a compact JWE with `ECDH-ES+A256KW` on X25519 and `A256GCM`.
 *
 * @module
 */
import { CompactEncrypt, compactDecrypt, errors, type CompactDecryptResult } from "jose";
import { AcesoError } from "../errors.js";
import { textOf, utf8, type Hex } from "./bytes.js";
import { importPrivateKey, importPublicKey, type EncryptionKey } from "./encryptionKey.js";

const ALGORITHM = "ECDH-ES+A256KW";
const ENCRYPTION = "A256GCM";

/**
 * Wraps a payload so that only the holder of the reader's private key reads it.
 *
 * @example
 * const jwe = await wrap({ contentKey: hexlify(contentKey) }, await directory.keyOf(reader));
 *
 * @param payload anything JSON can say.
 * @param readerPublicKey 32 bytes, as `KeyDirectory` holds them.
 * @throws {@link MalformedPublicKeyError} when the public key is not 32 bytes in hex.
 * @throws {@link WeakPublicKeyError} when the public key is zero or another point of low order.
 * @throws {@link NotJsonError} when JSON cannot say the payload.
 */
export async function wrap(payload: unknown, readerPublicKey: Hex): Promise<string> {
  const reader = await importPublicKey(readerPublicKey);
  const encrypting = new CompactEncrypt(utf8(jsonOf(payload)));
  encrypting.setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION });
  try {
    return await encrypting.encrypt(reader);
  } catch {
    // WebCrypto refuses a shared secret of zeros, and nothing else can fail with a fresh key of our own.
    throw new WeakPublicKeyError();
  }
}

/**
 * Reads what was wrapped for a key.
 *
 * @throws {@link MalformedPrivateKeyError} when the private key is not 32 bytes in hex.
 * @throws {@link NotWrappedError} when the text is no JWE that {@link wrap} could have made.
 * @throws {@link UnwrapError} when it was wrapped for another key, or altered.
 */
export async function unwrap(jwe: string, key: EncryptionKey): Promise<unknown> {
  const { plaintext } = await decrypt(jwe, await importPrivateKey(key.privateKey));
  try {
    return JSON.parse(textOf(plaintext));
  } catch {
    throw new NotWrappedError();
  }
}

async function decrypt(jwe: string, privateKey: CryptoKey): Promise<CompactDecryptResult> {
  try {
    return await compactDecrypt(jwe, privateKey, {
      keyManagementAlgorithms: [ALGORITHM],
      contentEncryptionAlgorithms: [ENCRYPTION],
      maxDecompressedLength: 0,
    });
  } catch (cause) {
    throw cause instanceof errors.JWEDecryptionFailed ? new UnwrapError() : new NotWrappedError();
  }
}

function jsonOf(payload: unknown): string {
  // JSON.stringify answers undefined for functions and undefined, and throws for bigints and circles.
  const json = stringified(payload);
  if (json === undefined) throw new NotJsonError();
  return json;
}

function stringified(payload: unknown): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch {
    return undefined;
  }
}

/** A public key is zero or another point of low order, which would make the wrapped secret everybody's. */
export class WeakPublicKeyError extends AcesoError {
  override name = "WeakPublicKeyError";
  constructor() {
    super(
      "The public key is zero or a point of low order: what is wrapped for it would be no secret.",
      "Ask the reader to publish a key made with generateEncryptionKey.",
    );
  }
}

/** A payload cannot be said in JSON. */
export class NotJsonError extends AcesoError {
  override name = "NotJsonError";
  constructor() {
    super("The payload cannot be said in JSON.", "Pass objects, arrays, texts, numbers, booleans or null.");
  }
}

/** A text is no wrapped key. */
export class NotWrappedError extends AcesoError {
  override name = "NotWrappedError";
  constructor() {
    super(
      `The text is no JWE with ${ALGORITHM} on X25519, ${ENCRYPTION} and a JSON payload.`,
      "Pass the text exactly as wrap gave it.",
    );
  }
}

/** A wrapped key does not open: AES-GCM cannot tell a wrong key from altered bytes. */
export class UnwrapError extends AcesoError {
  override name = "UnwrapError";
  constructor() {
    super(
      "The wrapped key does not open: it was wrapped for another key, or altered.",
      "Use the private key of the account it was wrapped for; if that key was replaced, have it wrapped again.",
    );
  }
}
