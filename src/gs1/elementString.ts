/**
 * Element strings: what a scanner reads from a GS1 DataMatrix, GS1-128, GS1 QR Code or GS1 DataBar symbol, and the same
 * with the AIs in brackets as people read it (GS1 General Specifications 7.8).
 *
 * A value may hold brackets itself. Written with the AIs in brackets, an opening one of its own is `\(`.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import {
  elementList,
  elementsOf,
  identifierDigits,
  predefinedLength,
  type Element,
  type Elements,
} from "./elements.js";

// FNC1 ends values without a predefined length; scanners send it as ASCII 29.
const FNC1 = "\x1d";

// GS1-128, GS1 DataMatrix, GS1 QR Code, GS1 DataBar: the symbologies that always carry element strings.
const SYMBOLOGY = /^\](C1|d2|Q3|e0)/;

/**
 * Reads an element string, raw or with its AIs in brackets.
 *
 * @example
 * parseElementString("]d201095060001343521726123110ABC\x1d21S1");
 * parseElementString("(01)09506000134352(17)261231(10)ABC(21)S1"); // the same
 *
 * @param text raw: FNC1 is ASCII 29; a symbology identifier (`]d2`, `]C1`, `]Q3`, `]e0`) or an FNC1 may stand first.
 * @throws {@link CutShortError} when it ends within an element.
 * @throws {@link MalformedBracketsError} when the brackets enclose anything but AIs.
 * @throws what {@link elementsOf} throws.
 */
export function parseElementString(text: string): Elements {
  const data = text.replace(SYMBOLOGY, "");
  return elementsOf(data.startsWith("(") ? bracketed(data) : separated(data));
}

/** Writes elements with their AIs in brackets. Throws what {@link elementsOf} throws. */
export function formatBracketed(elements: Elements): string {
  return elementList(elements)
    .map(([identifier, value]) => `(${identifier})${value.replaceAll("(", "\\(")}`)
    .join("");
}

/**
 * Writes elements as a scanner reads them: those of predefined length first, FNC1 as ASCII 29, no symbology identifier.
 * Throws what {@link elementsOf} throws.
 */
export function formatElementString(elements: Elements): string {
  const list = elementList(elements);
  const ofPredefinedLength = list.filter(([identifier]) => predefinedLength(identifier) !== undefined);
  const ended = list.filter(([identifier]) => predefinedLength(identifier) === undefined);
  return (
    ofPredefinedLength.map((element) => element.join("")).join("") + ended.map((element) => element.join("")).join(FNC1)
  );
}

function separated(data: string): Element[] {
  const list: Element[] = [];
  let at = data.startsWith(FNC1) ? 1 : 0;
  while (at < data.length || list.length === 0) {
    const digits = identifierDigits(data.slice(at));
    const identifier = data.slice(at, at + digits);
    const length = predefinedLength(identifier);
    const separator = data.indexOf(FNC1, at) < 0 ? data.length : data.indexOf(FNC1, at);
    const end = length === undefined ? separator : at + length;
    if (end > separator || end === at + digits) throw new CutShortError(identifier);
    list.push([identifier, data.slice(at + digits, end)]);
    // A separator may also stand where none is needed.
    at = end === separator ? end + 1 : end;
  }
  return list;
}

function bracketed(data: string): Element[] {
  const element = /\((\d{2,4})\)((?:\\\(|[^(\\])*)/y;
  const list: Element[] = [];
  while (element.lastIndex < data.length) {
    const [, identifier, value] = element.exec(data) ?? [];
    if (identifier === undefined || value === undefined) throw new MalformedBracketsError();
    // No value holds a space, but labels put them between elements.
    list.push([identifier, value.replaceAll("\\(", "(").trim()]);
  }
  return list;
}

/** An element string ends within an element. */
export class CutShortError extends AcesoError {
  override name = "CutShortError";
  constructor(readonly identifier: string) {
    super(`The element string ends within the value of AI ${identifier}.`, "Scan the whole barcode again.");
  }
}

/** Brackets of a readable element string enclose something that is no Application Identifier. */
export class MalformedBracketsError extends AcesoError {
  override name = "MalformedBracketsError";
  constructor() {
    super(
      "The brackets enclose anything but Application Identifiers, or one is missing.",
      "Write the AIs in brackets, as in (01)09506000134352(21)S1, and \\( for a bracket within a value.",
    );
  }
}
