/**
 * The GS1 Application Identifiers (AIs) this package understands, and the lengths of those it only passes on (GS1
 * General Specifications 3.2 and 7.8.5).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { AI_CHARACTERS, toLotOrSerial } from "./characters.js";
import { toGln } from "./gln.js";
import { toGtin14 } from "./gtin.js";
import { toSscc } from "./sscc.js";

/** What a GS1 barcode, Digital Link or EPC says. */
export type Elements = {
  /** AI 00: a logistic unit, 18 digits. */
  sscc?: string;
  /** AI 01: a product, 14 digits. */
  gtin?: string;
  /** AI 414: a location, 13 digits. */
  gln?: string;
  /** AI 417: a party, 13 digits. */
  partyGln?: string;
  /** AI 11, `YYMMDD`. */
  productionDate?: string;
  /** AI 17, `YYMMDD`. */
  expirationDate?: string;
  /** AI 10. */
  lot?: string;
  /** AI 21. */
  serial?: string;
  /** AI 254: a place within a location. */
  glnExtension?: string;
  /** The values of all other AIs, by AI. */
  others?: { readonly [identifier: string]: string };
};

/** An AI and its value. */
export type Element = readonly [identifier: string, value: string];

/** The AIs that say what is identified; all others are attributes of it. */
export type Key = "00" | "01" | "414" | "417";

type Named = { name: Exclude<keyof Elements, "others">; check: (value: string) => string };

const NAMED: ReadonlyMap<string, Named> = new Map<string, Named>([
  ["00", { name: "sscc", check: toSscc }],
  ["01", { name: "gtin", check: toGtin14 }],
  ["414", { name: "gln", check: toGln }],
  ["417", { name: "partyGln", check: toGln }],
  ["11", { name: "productionDate", check: toYymmdd }],
  ["17", { name: "expirationDate", check: toYymmdd }],
  ["10", { name: "lot", check: toLotOrSerial }],
  ["21", { name: "serial", check: toLotOrSerial }],
  ["254", { name: "glnExtension", check: toLotOrSerial }],
]);

const KEYS: readonly Key[] = ["00", "01", "414", "417"];

// By the first two digits of an AI: how many digits it has.
const IDENTIFIER_DIGITS: readonly (readonly [digits: number, beginnings: string])[] = [
  [2, "00 01 02 03 04 10 11 12 13 14 15 16 17 18 19 20 21 22 30 37 90 91 92 93 94 95 96 97 98 99"],
  [3, "23 24 25 40 41 42 71"],
  [4, "31 32 33 34 35 36 39 43 70 72 80 81 82"],
];

// By the first two digits of an AI: the predefined length of AI and value together, which need no separator after them.
const PREDEFINED_LENGTHS: readonly (readonly [length: number, beginnings: string])[] = [
  [4, "20"],
  [8, "11 12 13 14 15 16 17 18 19"],
  [10, "31 32 33 34 35 36"],
  [16, "01 02 03 41"],
  [18, "04"],
  [20, "00"],
];

const DIGITS_BY_BEGINNING = byBeginning(IDENTIFIER_DIGITS);
const LENGTH_BY_BEGINNING = byBeginning(PREDEFINED_LENGTHS);

/**
 * How many digits the AI has with which a text begins.
 *
 * @throws {@link UnknownIdentifierError} when GS1 has none that begins so.
 */
export function identifierDigits(text: string): number {
  const digits = DIGITS_BY_BEGINNING.get(text.slice(0, 2));
  if (digits === undefined || !/^\d+$/.test(text.slice(0, digits))) throw new UnknownIdentifierError();
  return digits;
}

/** The predefined length of an AI and its value, or undefined when a separator ends the value. */
export function predefinedLength(identifier: string): number | undefined {
  return LENGTH_BY_BEGINNING.get(identifier.slice(0, 2));
}

/**
 * What a list of elements says.
 *
 * @throws {@link UnknownIdentifierError} when GS1 has no such AI.
 * @throws {@link MalformedElementError} when a value is empty, too short or long, or has foreign characters.
 * @throws {@link ContradictoryElementsError} when an AI comes with two values.
 * @throws what {@link toSscc}, {@link toGtin14}, {@link toGln} and {@link toLotOrSerial} throw.
 */
export function elementsOf(list: Iterable<Element>): Elements {
  const values = new Map<string, string>();
  for (const [identifier, value] of list) {
    const checked = checkedValue(identifier, value);
    if ((values.get(identifier) ?? checked) !== checked) throw new ContradictoryElementsError(identifier);
    values.set(identifier, checked);
  }
  const elements: Elements = {};
  const others: Record<string, string> = {};
  for (const [identifier, value] of values) {
    const named = NAMED.get(identifier);
    if (named) elements[named.name] = value;
    else others[identifier] = value;
  }
  return Object.keys(others).length === 0 ? elements : { ...elements, others };
}

/**
 * The elements as a list, the key first, each AI once.
 *
 * @throws what {@link elementsOf} throws.
 */
export function elementList(elements: Elements): Element[] {
  const named = [...NAMED].flatMap(([identifier, { name }]): Element[] => {
    const value = elements[name];
    return value === undefined ? [] : [[identifier, value]];
  });
  return [...named, ...Object.entries(elements.others ?? {})].map(([identifier, value]) => [
    identifier,
    checkedValue(identifier, value),
  ]);
}

/**
 * The one AI that says what the elements identify.
 *
 * @throws {@link NotOneKeyError} when there is none, or more than one.
 */
export function keyOf(elements: Elements): Key {
  const keys = KEYS.filter((key) => elements[NAMED.get(key)!.name] !== undefined);
  if (keys[0] === undefined || keys.length > 1) throw new NotOneKeyError(keys);
  return keys[0];
}

function checkedValue(identifier: string, value: string): string {
  if (identifierDigits(identifier) !== identifier.length) throw new UnknownIdentifierError();
  const named = NAMED.get(identifier);
  if (named) return named.check(value);
  const length = predefinedLength(identifier);
  const fits =
    length === undefined
      ? value.length <= 90 && AI_CHARACTERS.test(value)
      : value.length === length - identifier.length && /^\d+$/.test(value);
  if (!fits) throw new MalformedElementError(identifier);
  return value;
}

function toYymmdd(value: string): string {
  if (!/^\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])$/.test(value)) throw new MalformedElementError("11 or 17");
  return value;
}

function byBeginning(table: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  return new Map(table.flatMap(([number, beginnings]) => beginnings.split(" ").map((two) => [two, number] as const)));
}

/** GS1 has no such Application Identifier. */
export class UnknownIdentifierError extends AcesoError {
  override name = "UnknownIdentifierError";
  constructor() {
    super(
      "An element begins with no Application Identifier of GS1.",
      "Scan again; set the scanner to keep the separators (FNC1, sent as ASCII 29).",
    );
  }
}

/** The value of an Application Identifier has a wrong length or foreign characters. */
export class MalformedElementError extends AcesoError {
  override name = "MalformedElementError";
  constructor(readonly identifier: string) {
    super(
      `The value of AI ${identifier} has a length, characters or a date that AI does not have.`,
      "Scan again, or compare it with the label.",
    );
  }
}

/** An Application Identifier comes with two values. */
export class ContradictoryElementsError extends AcesoError {
  override name = "ContradictoryElementsError";
  constructor(readonly identifier: string) {
    super(`AI ${identifier} comes with two values.`, "Scan one barcode at a time, and report a label that says both.");
  }
}

/** It is not clear what the elements identify. */
export class NotOneKeyError extends AcesoError {
  override name = "NotOneKeyError";
  constructor(
    /** The keys found: 00 for an SSCC, 01 for a GTIN, 414 and 417 for a GLN. */
    readonly keys: readonly Key[],
  ) {
    super(
      keys.length === 0
        ? "There is no GTIN, SSCC or GLN among the elements."
        : `The elements identify several things: AIs ${keys.join(", ")}.`,
      "Scan the barcode that has the GTIN, the SSCC or the GLN, and only one of them.",
    );
  }
}
