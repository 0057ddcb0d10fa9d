/**
 * Bytes and the texts that stand for them: hex, UTF-8, base64url.
 *
 * Base64url here is strict (RFC 4648, section 5, no padding): one text for any bytes, so no altered text passes.
 *
 * @module
 */
import { base64url } from "jose";
import { AcesoError } from "../errors.js";

/** Bytes in hexadecimal: `0x` and two digits a byte. */
export type Hex = `0x${string}`;

// Whole groups of 3 bytes and 4 characters, so chunks join without a seam. Long enough for Node.js to keep the texts
// between outside its heap, where no garbage collection copies them: that doubles the speed.
const CHUNK_BYTES = 1_179_648;
const CHUNK_CHARACTERS = (CHUNK_BYTES / 3) * 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/**
 * The text of UTF-8 bytes.
 *
 * @throws {@link NotUtf8Error} when they are none.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotUtf8Error();
  }
}

/** The same bytes where WebCrypto takes them: it refuses memory shared between threads, so that is copied. */
export function unshared(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** How many base64url characters stand for `byteCount` bytes. */
export function base64UrlLength(byteCount: number): number {
  return Math.ceil((byteCount * 4) / 3);
}

/**
 * Encodes bytes as base64url.
 *
 * @example
 * encodeBase64Url(utf8("Hello")); // the ASCII bytes of "SGVsbG8"
 *
 * @param into where the ASCII characters go: {@link base64UrlLength} bytes, from its start.
 */
export function encodeBase64Url(
  bytes: Uint8Array,
  into: Uint8Array<ArrayBuffer> = new Uint8Array(base64UrlLength(bytes.length)),
): Uint8Array<ArrayBuffer> {
  codec().encode(bytes, into);
  return into;
}

/**
 * Decodes base64url.
 *
 * @param ascii the ASCII bytes of the text.
 * @param into where the bytes go: exactly as many as the text stands for.
 * @throws {@link NotBase64UrlError} when a character is outside the alphabet, or the text is not the one way to write
 * its bytes.
 */
export function decodeBase64Url(
  ascii: Uint8Array,
  into: Uint8Array<ArrayBuffer> = new Uint8Array(decodedLength(ascii)),
): Uint8Array<ArrayBuffer> {
  // Decoders skip what they do not know, so a foreign character shows in the count.
  if (codec().decode(ascii, into) !== decodedLength(ascii)) throw new NotBase64UrlError();
  // The last character may carry bits that stand for nothing; only zeros are the right ones.
  const group = encodeBase64Url(into.subarray(into.length - (into.length % 3)));
  if (group.some((character, at) => character !== ascii[ascii.length - group.length + at]))
    throw new NotBase64UrlError();
  return into;
}

function decodedLength(ascii: Uint8Array): number {
  if (ascii.length % 4 === 1) throw new NotBase64UrlError();
  return Math.floor((ascii.length * 3) / 4);
}

type Codec = {
  encode: (bytes: Uint8Array, into: Uint8Array<ArrayBuffer>) => void;
  /** Answers how many bytes the text stood for. */
  decode: (ascii: Uint8Array, into: Uint8Array<ArrayBuffer>) => number;
};

// The stand-ins for Buffer that bundlers bring to browsers do not know base64url.
function codec(): Codec {
  const buffer = globalThis.Buffer as typeof Buffer | undefined;
  return buffer?.isEncoding("base64url") ? bufferCodec(buffer) : PORTABLE;
}

function bufferCodec(buffer: typeof Buffer): Codec {
  const view = (bytes: Uint8Array): Buffer => buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    encode(bytes, into) {
      const [source, target] = [view(bytes), view(into)];
      for (let from = 0, to = 0; from < source.length; from += CHUNK_BYTES, to += CHUNK_CHARACTERS) {
        target.write(source.toString("base64url", from, from + CHUNK_BYTES), to, "latin1");
      }
    },
    decode(ascii, into) {
      const [source, target] = [view(ascii), view(into)];
      // Buffer reads the characters of plain base64 too.
      if (source.includes("+") || source.includes("/")) throw new NotBase64UrlError();
      let to = 0;
      for (let from = 0; from < source.length; from += CHUNK_CHARACTERS) {
        to += target.write(source.toString("latin1", from, from + CHUNK_CHARACTERS), to, "base64url");
      }
      return to;
    },
  };
}

// jose uses the engine's own base64 or, where there is none, a slower way.
const PORTABLE: Codec = {
  encode: (bytes, into) => encoder.encodeInto(base64url.encode(bytes), into),
  decode(ascii, into) {
    try {
      const bytes = base64url.decode(textOf(ascii));
      into.set(bytes);
      return bytes.length;
    } catch {
      throw new NotBase64UrlError();
    }
  },
};

/** Bytes are no UTF-8 text. */
export class NotUtf8Error extends AcesoError {
  override name = "NotUtf8Error";
  constructor() {
    super("The bytes are no UTF-8 text.", "Pass the bytes of a text in UTF-8.");
  }
}

/** A text is no base64url. */
export class NotBase64UrlError extends AcesoError {
  override name = "NotBase64UrlError";
  constructor() {
    super("The text is no base64url.", "Pass it as it was written: A-Z, a-z, 0-9, - and _, without padding or spaces.");
  }
}
