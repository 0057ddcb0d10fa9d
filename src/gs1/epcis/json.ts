/**
 * EPCIS 2.0 in its JSON-LD form, read.
 *
 * @module
 */
import { AcesoError } from "../../errors.js";
import { documentOf } from "./document.js";
import type { EpcisDocument } from "./event.js";

/** How long an EPCIS text may be, in characters. */
export type EpcisLimit = { maxLength?: number };

const MAX_LENGTH = 64 * 1024 * 1024;

/**
 * An EPCIS document from its JSON-LD text or object.
 *
 * @example
 * const { events } = parseEpcisJson(text);
 *
 * @throws {@link EpcisTooLargeError} when a text is longer than the limit, 64 Mi characters unless given.
 * @throws {@link NotEpcisJsonError} when a text is no JSON.
 * @throws {@link UnknownEpcisRootError} when it is no EPCISDocument or EPCISQueryDocument.
 * @throws {@link EpcisInvalidError} with the paths that are not as EPCIS 2.0 says.
 */
export function parseEpcisJson(input: unknown, limit: EpcisLimit = {}): EpcisDocument {
  if (typeof input !== "string") return documentOf(input);
  assertNotTooLarge(input, limit);
  return documentOf(dataOf(input));
}

/** @throws {@link EpcisTooLargeError} when a text is longer than the limit. */
export function assertNotTooLarge(text: string, { maxLength = MAX_LENGTH }: EpcisLimit): void {
  if (text.length > maxLength) throw new EpcisTooLargeError(maxLength);
}

function dataOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The engine's message quotes the text.
    throw new NotEpcisJsonError();
  }
}

/** An EPCIS text is longer than the limit. */
export class EpcisTooLargeError extends AcesoError {
  override name = "EpcisTooLargeError";
  constructor(readonly maxLength: number) {
    super(`The EPCIS text is longer than ${maxLength} characters.`, "Ask for the events in several documents.");
  }
}

/** A text is neither JSON nor XML. */
export class NotEpcisJsonError extends AcesoError {
  override name = "NotEpcisJsonError";
  constructor() {
    super("The text is not JSON.", "Pass a whole EPCIS document, in JSON-LD or XML.");
  }
}
