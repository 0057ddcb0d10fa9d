/**
 * Unique Device Identifiers of the two agencies beside GS1: HIBCC and ICCBBA (UDI formats by FDA-accredited issuing
 * agency, version 1.3; ANSI/HIBC 2.6; ISBT 128 Standard Technical Specification).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { expiryOf, fullYear, type DayParts, type Expiry } from "./date.js";
import type { Product } from "./productId.js";

/** What the UDI on a device says. */
export type Udi = { product: Product; lot?: string; serial?: string; expiry?: Expiry };

const MOD_43 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

// After `$$`, and after `$$+`: what the digit before an expiry says of its form. Without one it is a month and a year.
const HIBCC_EXPIRY = [
  /^(?<month>[01]\d)(?<year>\d\d)/,
  /^2(?<month>\d\d)(?<day>\d\d)(?<year>\d\d)/,
  /^3(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)/,
  /^4(?<year>\d\d)(?<month>\d\d)(?<day>\d\d)(?<hour>\d\d)/,
  /^5(?<year>\d\d)(?<dayOfYear>\d{3})/,
  /^6(?<year>\d\d)(?<dayOfYear>\d{3})(?<hour>\d\d)/,
  /^7/,
];

/**
 * Reads the UDI in a HIBCC barcode: device identifier and production identifiers in one, with their check character. The
 * asterisks that readable text puts around it may stay.
 *
 * @example
 * parseHibcc("+A123BJC5D6E71G", now); // { product: { hibcc: "A123BJC5D6E71" } }
 *
 * @param now Unix seconds, for the century of years of two digits.
 * @throws {@link CheckCharacterError} when its last character does not belong to the others.
 * @throws {@link MalformedUdiError} when it is no such UDI.
 * @throws what {@link expiryOf} throws.
 */
export function parseHibcc(text: string, now: number): Udi {
  // Readable text shows a check character that is a space as an underscore.
  const data = text.replace(/^\*(.*)\*$/s, "$1").replace(/_$/, " ");
  const [primary = "", ...secondary] = withoutCheckCharacter(data).split("/");
  if (!/^\+[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}\d$/.test(primary)) throw new MalformedUdiError();
  const parts = secondary.map((part, at) =>
    at === 0 && part.startsWith("$") ? lotOrSerial(part, now) : supplement(part),
  );
  return { product: { hibcc: primary.slice(1) }, ...united(parts) };
}

/**
 * Reads the UDI of a product of human origin in ISBT 128, with or without the head of a compound message.
 *
 * A division number counts the parts of one donation, so the serial is the donation identification number (13 characters,
 * without its flags) and the division (6) after it; either by itself where the other is absent.
 *
 * @example
 * parseIsbt128("=/A9999XYZ100T0944=,000025=A99971312345600=>014032");
 *
 * @throws {@link MalformedUdiError} when it is no such UDI.
 * @throws what {@link expiryOf} throws.
 */
export function parseIsbt128(text: string): Udi {
  const parts: { [name: string]: string } = {};
  const structure =
    /=\/(?<iccbba>[A-Z0-9]{16})|=,(?<division>[A-Z0-9]{6})|=(?<donation>[A-NP-Z1-9][A-Z0-9]{4}\d{8})[A-Z0-9]{2}|=>(?<expiry>\d{6})|=\}\d{6}|&,1(?<lot>[A-Z0-9]{18})/y;
  structure.lastIndex = /^=\+\d{5}/.test(text) ? 7 : 0;
  while (structure.lastIndex < text.length) {
    const { groups } = structure.exec(text) ?? {};
    if (groups === undefined) throw new MalformedUdiError();
    for (const [name, value] of Object.entries(groups) as [string, string | undefined][]) {
      if (value === undefined) continue;
      if ((parts[name] ?? value) !== value) throw new MalformedUdiError();
      parts[name] = value;
    }
  }
  const { iccbba, division = "", donation = "", expiry, lot } = parts;
  if (iccbba === undefined) throw new MalformedUdiError();
  const serial = donation + division;
  return {
    product: { iccbba },
    ...(serial && { serial }),
    ...(lot !== undefined && { lot }),
    ...(expiry !== undefined && { expiry: isbt128Expiry(expiry) }),
  };
}

function isbt128Expiry(text: string): Expiry {
  const year = Number(text.slice(0, 3));
  // The thousands are left out; the standard is of 1994.
  return expiryOf({ year: year + (year >= 900 ? 1000 : 2000), dayOfYear: Number(text.slice(3)) });
}

function withoutCheckCharacter(data: string): string {
  const rest = data.slice(0, -1);
  if (![...data].every((character) => MOD_43.includes(character))) throw new MalformedUdiError();
  const sum = [...rest].reduce((total, character) => total + MOD_43.indexOf(character), 0);
  if (MOD_43[sum % 43] !== data.at(-1)) throw new CheckCharacterError(MOD_43[sum % 43]!);
  return rest;
}

/** `$LOT`, `$+SERIAL`, `$$` and an expiry and a lot, or `$$+` and an expiry and a serial. */
function lotOrSerial(text: string, now: number): Partial<Udi> {
  const [, doubled, plus, rest = ""] = /^\$(\$?)(\+?)(.*)$/s.exec(text) ?? [];
  const { expiry, value } = doubled ? dated(rest, now) : { value: rest };
  if (!/^[^$+%]{0,18}$/.test(value)) throw new MalformedUdiError();
  return { ...(value && { [plus ? "serial" : "lot"]: value }), ...(expiry && { expiry }) };
}

function dated(text: string, now: number): { expiry?: Expiry; value: string } {
  // A quantity of 2 or 5 digits may stand before the date.
  const rest = text.replace(/^(8\d{2}|9\d{5})/, "");
  const found = HIBCC_EXPIRY.map((form) => form.exec(rest)).find((match) => match !== null);
  if (!found) throw new MalformedUdiError();
  const value = rest.slice(found[0].length);
  if (!found.groups) return { value };
  const parts = Object.entries(found.groups).map(([name, digits]) => [name, Number(digits)] as const);
  const day = Object.fromEntries(parts) as DayParts;
  return { value, expiry: expiryOf({ ...day, year: fullYear(day.year, now) }) };
}

function supplement(text: string): Partial<Udi> {
  const { serial, year, month, day, ignored } =
    /^(?:S(?<serial>[^$+%]{1,18})|14D(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)|(?<ignored>16D\d{8}|Q\d{1,5}))$/.exec(
      text,
    )?.groups ?? {};
  if (serial !== undefined) return { serial };
  if (year !== undefined) return { expiry: expiryOf({ year: Number(year), month: Number(month), day: Number(day) }) };
  if (ignored === undefined) throw new MalformedUdiError();
  return {};
}

/** All parts in one, unless two contradict each other. Only one of them can name a lot. */
function united(parts: readonly Partial<Udi>[]): Partial<Udi> {
  const udi: Partial<Udi> = Object.assign({}, ...parts);
  for (const { serial = udi.serial, expiry = udi.expiry } of parts) {
    if (serial !== udi.serial || expiry?.expiresAt !== udi.expiry?.expiresAt) throw new MalformedUdiError();
  }
  return udi;
}

/** The check character of a HIBCC UDI does not belong to the other characters. */
export class CheckCharacterError extends AcesoError {
  override name = "CheckCharacterError";
  constructor(
    /** The check character the others ask for. */
    readonly expected: string,
  ) {
    super(
      `The check character is wrong: the others ask for "${expected}".`,
      "Scan the whole barcode again, or type its last character too.",
    );
  }
}

/** A text is no UDI of HIBCC or ICCBBA. */
export class MalformedUdiError extends AcesoError {
  override name = "MalformedUdiError";
  constructor() {
    super(
      "The text is no UDI with a device identifier in the form of HIBCC or of ICCBBA, or contradicts itself.",
      "Scan the barcode that holds device and production identifiers in one, beginning with + or =.",
    );
  }
}
