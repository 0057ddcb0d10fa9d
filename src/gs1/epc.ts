/**
 * Electronic Product Codes, the identifiers of EPCIS events: `urn:epc:…` (GS1 EPC Tag Data Standard, section 6) and
 * Digital Links.
 *
 * A URN splits keys after the GS1 Company Prefix, leaves out the check digit, and puts the first digit of a GTIN or SSCC
 * behind the prefix.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { withCheckDigit } from "./checkDigit.js";
import { parseDigitalLink } from "./digitalLink.js";
import { elementList, elementsOf, keyOf, type Elements } from "./elements.js";

type Scheme = {
  /** The digits of company prefix and reference together. */
  digits: number;
  /** What they and the part after them, if any, say. */
  read: (prefix: string, reference: string, rest: string | undefined) => Elements | undefined;
};

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  [
    "id:sgtin",
    {
      digits: 13,
      read: (prefix, item, serial) => (serial ? { gtin: indicatorFirst(prefix, item), serial } : undefined),
    },
  ],
  [
    "class:lgtin",
    { digits: 13, read: (prefix, item, lot) => (lot ? { gtin: indicatorFirst(prefix, item), lot } : undefined) },
  ],
  [
    "idpat:sgtin",
    { digits: 13, read: (prefix, item, any) => (any === "*" ? { gtin: indicatorFirst(prefix, item) } : undefined) },
  ],
  [
    "id:sscc",
    {
      digits: 17,
      read: (prefix, serial, rest) => (rest === undefined ? { sscc: indicatorFirst(prefix, serial) } : undefined),
    },
  ],
  ["id:sgln", { digits: 12, read: place }],
  [
    "id:pgln",
    {
      digits: 12,
      read: (prefix, party, rest) => (rest === undefined ? { partyGln: withCheckDigit(prefix + party) } : undefined),
    },
  ],
]);

/**
 * What an EPC says: an SGTIN, LGTIN, SSCC, SGLN or PGLN, a pattern of all SGTINs of a GTIN, or a Digital Link.
 *
 * @example
 * parseEpc("urn:epc:id:sgtin:030001.0012345.11"); // { gtin: "00300010123455", serial: "11" }
 *
 * @throws {@link MalformedEpcError} when it is none of these.
 * @throws what {@link parseDigitalLink} and {@link elementsOf} throw.
 */
export function parseEpc(uri: string): Elements {
  if (/^https?:/i.test(uri)) return parseDigitalLink(uri);
  const [, scheme, prefix, reference, rest] = /^urn:epc:(\w+:\w+):(\d{6,12})\.(\d*)(?:\.(.+))?$/.exec(uri) ?? [];
  if (scheme === undefined || prefix === undefined || reference === undefined) throw new MalformedEpcError();
  const { digits, read } = SCHEMES.get(scheme) ?? {};
  if (prefix.length + reference.length !== digits) throw new MalformedEpcError();
  const elements = read?.(prefix, reference, rest === undefined ? undefined : unescaped(rest));
  if (elements === undefined) throw new MalformedEpcError();
  return elementsOf(elementList(elements));
}

/**
 * The URN of elements: an SGTIN where there is a serial, else an LGTIN where there is a lot, else the pattern of all
 * SGTINs of the GTIN; an SSCC; an SGLN; a PGLN. What the URN has no place for is left out. `digitalLink` needs no company
 * prefix and leaves nothing out.
 *
 * @example
 * epcUrn({ gtin: "00300010123455", serial: "11" }, 6); // "urn:epc:id:sgtin:030001.0012345.11"
 *
 * @param companyPrefixDigits how many digits the GS1 Company Prefix of the key has, 6 to 12. The key does not tell.
 * @throws {@link CompanyPrefixError} when it is none of 6 to 12.
 * @throws {@link NotOneKeyError} when the elements identify nothing, or several things.
 * @throws what {@link elementsOf} throws.
 */
export function epcUrn(elements: Elements, companyPrefixDigits: number): string {
  if (!Number.isInteger(companyPrefixDigits) || companyPrefixDigits < 6 || companyPrefixDigits > 12) {
    throw new CompanyPrefixError();
  }
  const values = new Map(elementList(elements));
  const key = keyOf(elements);
  const digits = values.get(key)!.slice(0, -1);
  const split = (text: string) => `${text.slice(0, companyPrefixDigits)}.${text.slice(companyPrefixDigits)}`;
  const indicatorMoved = `${digits.slice(1, companyPrefixDigits + 1)}.${digits[0]}${digits.slice(companyPrefixDigits + 1)}`;
  const [serial, lot, extension = "0"] = ["21", "10", "254"].map((identifier) => values.get(identifier));
  switch (key) {
    case "00":
      return `urn:epc:id:sscc:${indicatorMoved}`;
    case "01":
      if (serial !== undefined) return `urn:epc:id:sgtin:${indicatorMoved}.${escaped(serial)}`;
      if (lot !== undefined) return `urn:epc:class:lgtin:${indicatorMoved}.${escaped(lot)}`;
      return `urn:epc:idpat:sgtin:${indicatorMoved}.*`;
    case "414":
      return `urn:epc:id:sgln:${split(digits)}.${escaped(extension)}`;
    case "417":
      return `urn:epc:id:pgln:${split(digits)}`;
  }
}

function indicatorFirst(prefix: string, reference: string): string {
  return withCheckDigit(reference.slice(0, 1) + prefix + reference.slice(1));
}

function place(prefix: string, location: string, extension: string | undefined): Elements | undefined {
  if (extension === undefined) return undefined;
  const gln = withCheckDigit(prefix + location);
  return extension === "0" ? { gln } : { gln, glnExtension: extension };
}

function escaped(value: string): string {
  return value.replace(/["%&/<>?]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescaped(value: string): string {
  // What must be escaped has been, so none of it stands by itself.
  if (/["&/<>?]|%(?![0-9a-f]{2})/i.test(value)) throw new MalformedEpcError();
  return value.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** A text is no EPC of a product, lot, container, place or party. */
export class MalformedEpcError extends AcesoError {
  override name = "MalformedEpcError";
  constructor() {
    super(
      "The text is no SGTIN, LGTIN, SSCC, SGLN or PGLN in EPC URN form, nor a Digital Link.",
      "Pass an identifier such as urn:epc:id:sgtin:030001.0012345.11, escaped as the Tag Data Standard says.",
    );
  }
}

/** A GS1 Company Prefix cannot have so many digits. */
export class CompanyPrefixError extends AcesoError {
  override name = "CompanyPrefixError";
  constructor() {
    super(
      "A GS1 Company Prefix has 6 to 12 digits.",
      "Give the length of the prefix that GS1 licensed to the company, or write a Digital Link, which needs none.",
    );
  }
}
