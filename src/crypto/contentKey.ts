/**
 * Sealing a record's content under a key of its own: a compact JWE (RFC 7516) with `dir` and `A256GCM`, the form of
 * SMART Health Links files.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { base64UrlLength, decodeBase64Url, encodeBase64Url, textOf, unshared, utf8 } from "./bytes.js";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const IV_CHARACTERS = base64UrlLength(IV_BYTES);
const TAG_CHARACTERS = base64UrlLength(TAG_BYTES);

const DOT = ".".charCodeAt(0);
const HEADER = encodeBase64Url(utf8('{"alg":"dir","enc":"A256GCM"}'));
// header..iv.content.tag, where the empty second part is the encrypted key that `dir` has not.
const IV_AT = HEADER.length + 2;
const CONTENT_AT = IV_AT + IV_CHARACTERS + 1;

/** A new random content key: 32 bytes. */
export function generateContentKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

/**
 * Seals bytes under a content key: the ASCII bytes of a compact JWE.
 *
 * The text is put together here, because JOSE libraries go through long strings and take many times as long.
 *
 * @example
 * const contentKey = generateContentKey();
 * const ciphertext = await seal(utf8("…"), contentKey);
 *
 * @throws {@link ContentKeyLengthError} when the key is not 32 bytes.
 */
export async function seal(plaintext: Uint8Array, contentKey: Uint8Array): Promise<Uint8Array> {
  const key = await importKey(contentKey, "encrypt");
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const encrypting = crypto.subtle.encrypt(parameters(iv, HEADER), key, unshared(plaintext));
  // Filled while the cipher runs on another thread, so the memory is there when its result comes.
  const jwe = new Uint8Array(sealedLength(plaintext.length)).fill(DOT);
  const sealed = new Uint8Array(await encrypting);
  jwe.set(HEADER);
  encodeBase64Url(iv, jwe.subarray(IV_AT));
  encodeBase64Url(sealed.subarray(0, -TAG_BYTES), jwe.subarray(CONTENT_AT));
  encodeBase64Url(sealed.subarray(-TAG_BYTES), jwe.subarray(-TAG_CHARACTERS));
  return jwe;
}

/**
 * Opens what {@link seal} sealed.
 *
 * @throws {@link ContentKeyLengthError} when the key is not 32 bytes.
 * @throws {@link NotSealedError} when the bytes are no compact JWE of the `dir` form.
 * @throws {@link UnsupportedSealError} when the JWE uses another algorithm, compression or critical extensions.
 * @throws {@link OpenError} when the key is the wrong one or the ciphertext was altered.
 */
export async function open(ciphertext: Uint8Array, contentKey: Uint8Array): Promise<Uint8Array> {
  const key = await importKey(contentKey, "decrypt");
  const { header, iv, sealed } = disassemble(ciphertext);
  try {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, header), key, sealed));
  } catch {
    throw new OpenError();
  }
}

function importKey(contentKey: Uint8Array, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  if (contentKey.length !== KEY_BYTES) throw new ContentKeyLengthError(contentKey.length);
  return crypto.subtle.importKey("raw", unshared(contentKey), "AES-GCM", false, [usage]);
}

function parameters(iv: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData, tagLength: TAG_BYTES * 8 };
}

function sealedLength(plaintextBytes: number): number {
  return CONTENT_AT + base64UrlLength(plaintextBytes) + 1 + TAG_CHARACTERS;
}

type Parts = { header: Uint8Array<ArrayBuffer>; iv: Uint8Array<ArrayBuffer>; sealed: Uint8Array<ArrayBuffer> };

function disassemble(jwe: Uint8Array): Parts {
  const headerEnd = jwe.indexOf(DOT);
  const ivAt = headerEnd + 2;
  const contentAt = ivAt + IV_CHARACTERS + 1;
  const tagAt = jwe.length - TAG_CHARACTERS;
  const isCompact = contentAt < tagAt && [ivAt, contentAt, tagAt].every((at) => jwe[at - 1] === DOT);
  if (!isCompact) throw new NotSealedError();
  const header = jwe.slice(0, headerEnd);
  try {
    requireSupported(header);
    return {
      header,
      iv: decodeBase64Url(jwe.subarray(ivAt, contentAt - 1)),
      sealed: decodeSealed(jwe.subarray(contentAt, tagAt - 1), jwe.subarray(tagAt)),
    };
  } catch (cause) {
    throw cause instanceof UnsupportedSealError ? cause : new NotSealedError();
  }
}

// WebCrypto takes content and tag in one piece.
function decodeSealed(content: Uint8Array, tag: Uint8Array): Uint8Array<ArrayBuffer> {
  const contentBytes = Math.floor((content.length * 3) / 4);
  const sealed = new Uint8Array(contentBytes + TAG_BYTES);
  decodeBase64Url(content, sealed.subarray(0, contentBytes));
  decodeBase64Url(tag, sealed.subarray(contentBytes));
  return sealed;
}

function requireSupported(header: Uint8Array): void {
  const { alg, enc, zip, crit } = JSON.parse(textOf(decodeBase64Url(header))) as Record<string, unknown>;
  if (alg !== "dir" || enc !== "A256GCM" || zip !== undefined || crit !== undefined) throw new UnsupportedSealError();
}

/** A content key has the wrong length. */
export class ContentKeyLengthError extends AcesoError {
  override name = "ContentKeyLengthError";
  constructor(readonly bytes: number) {
    super(`The content key has ${bytes} bytes, not ${KEY_BYTES}.`, "Use a key from generateContentKey.");
  }
}

/** Bytes are no sealed content. */
export class NotSealedError extends AcesoError {
  override name = "NotSealedError";
  constructor() {
    super(
      "The bytes are no compact JWE with a direct key.",
      "Pass the ciphertext exactly as it was sealed; fetch it again if it was cut or changed on the way.",
    );
  }
}

/** Content was sealed in a way this package does not open. */
export class UnsupportedSealError extends AcesoError {
  override name = "UnsupportedSealError";
  constructor() {
    super(
      "The content is not sealed with dir and A256GCM alone.",
      "Seal it again with alg dir and enc A256GCM, without zip and crit.",
    );
  }
}

/** Sealed content does not open: AES-GCM cannot tell a wrong key from altered bytes. */
export class OpenError extends AcesoError {
  override name = "OpenError";
  constructor() {
    super(
      "The content does not open: the key is the wrong one or the ciphertext was altered.",
      "Check that the key is the one of this record and version, and the ciphertext against its digest.",
    );
  }
}
