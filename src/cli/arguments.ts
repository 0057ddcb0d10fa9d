/**
 * What people type, as the SDK takes it.
 *
 * @module
 */
import { isHexString } from "ethers";

import { ROLES, UnknownRoleError, type Role } from "../accreditation/role.js";
import { DATA_CATEGORIES, UNRESTRICTED, UnknownCategoryError, type DataCategory } from "../consent/category.js";
import { isPurpose, UnknownPurposeError, type Purpose } from "../consent/purpose.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { firstSecondOf, secondAfter } from "../fhir/time.js";

/** A time that may count from now: gives Unix seconds for the Unix seconds that are now. */
export type Moment = (now: number) => number;

const UNITS: Readonly<Record<string, number>> = { min: 60, h: 3600, d: 86_400, w: 604_800, y: 365 * 86_400 };
const DURATION = /^(\d{1,6})(min|h|d|w|y)$/;
const SECONDS = /^\d+$/;
const DATE = /^\d{4}-\d\d(-\d\d)?$/;
// Wider than FHIR's: seconds may be left out.
const DATE_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
// 1973, and the last second the contracts can hold.
const EARLIEST = 1e8;
const LATEST = 2 ** 40 - 1;

/**
 * A parser of addresses.
 *
 * @param name of the argument, for the error. The value is not repeated: it may be a secret in the wrong place.
 * @throws from the parser {@link AddressArgumentError}.
 */
export function address(name: string): (text: string) => Address {
  return (text) => {
    try {
      return toAddress(text.trim());
    } catch {
      throw new AddressArgumentError(name);
    }
  };
}

/**
 * A parser of ids and digests: 32 bytes in hex.
 *
 * @throws from the parser {@link WordArgumentError}.
 */
export function word(name: string): (text: string) => Hex {
  return (text) => {
    const trimmed = text.trim();
    if (!isHexString(trimmed, 32)) throw new WordArgumentError(name);
    return trimmed.toLowerCase() as Hex;
  };
}

/** A parser of {@link word}s given one by one or separated by commas. */
export function words(name: string): (text: string, earlier?: Hex[]) => Hex[] {
  return (text, earlier = []) => [...earlier, ...listed(text).map(word(name))];
}

/**
 * A role in any case.
 *
 * @throws {@link UnknownRoleError}
 */
export function role(text: string): Role {
  const found = ROLES.find((name) => name.toLowerCase() === text.trim().toLowerCase());
  if (found === undefined) throw new UnknownRoleError(text);
  return found;
}

/**
 * One purpose in any case.
 *
 * @throws {@link UnknownPurposeError}
 */
export function purpose(text: string): Purpose {
  const code = text.trim().toUpperCase();
  if (!isPurpose(code)) throw new UnknownPurposeError(text);
  return code;
}

/**
 * Purposes, separated by commas.
 *
 * @throws {@link UnknownPurposeError}
 */
export function purposes(text: string): Purpose[] {
  return listed(text).map(purpose);
}

/**
 * Categories in any case, separated by commas; `all`, or `all-unrestricted` for all but `restricted`.
 *
 * @throws {@link UnknownCategoryError}
 */
export function categories(text: string): DataCategory[] {
  const named = listed(text).flatMap((name) => {
    if (name.toLowerCase() === "all") return DATA_CATEGORIES;
    if (name.toLowerCase() === "all-unrestricted") return UNRESTRICTED;
    const found = DATA_CATEGORIES.find((category) => category.toLowerCase() === name.toLowerCase());
    if (found === undefined) throw new UnknownCategoryError(name);
    return found;
  });
  return DATA_CATEGORIES.filter((category) => named.includes(category));
}

/** {@link categories}, or `none`. */
export function categoriesOrNone(text: string): DataCategory[] {
  return text.trim().toLowerCase() === "none" ? [] : categories(text);
}

/**
 * A time something ends: a date (which is still covered, in UTC), a date-time, Unix seconds, or a duration from now.
 *
 * @throws {@link TimeArgumentError}
 */
export function end(text: string): Moment {
  return moment(text, { ofDate: secondAfter, direction: 1 });
}

/**
 * A time something starts: as {@link end}, but a date counts from its first second.
 *
 * @throws {@link TimeArgumentError}
 */
export function start(text: string): Moment {
  return moment(text, { ofDate: firstSecondOf, direction: 1 });
}

/**
 * A time that was: as {@link start}, but a duration goes back from now.
 *
 * @throws {@link TimeArgumentError}
 */
export function past(text: string): Moment {
  return moment(text, { ofDate: firstSecondOf, direction: -1 });
}

/**
 * The end of a time that was: as {@link end}, but a duration goes back from now.
 *
 * @throws {@link TimeArgumentError}
 */
export function pastEnd(text: string): Moment {
  return moment(text, { ofDate: secondAfter, direction: -1 });
}

function moment(
  text: string,
  { ofDate, direction }: { ofDate: (date: string) => number | undefined; direction: 1 | -1 },
): Moment {
  const trimmed = text.trim();
  const [, count, unit] = DURATION.exec(trimmed) ?? [];
  if (count !== undefined) {
    const seconds = Number(count) * UNITS[unit!]!;
    return (now) => now + direction * seconds;
  }
  const time = SECONDS.test(trimmed) ? Number(trimmed) : DATE.test(trimmed) ? ofDate(trimmed) : dateTime(trimmed);
  if (time === undefined || time < EARLIEST || time > LATEST) throw new TimeArgumentError(text);
  return () => time;
}

function dateTime(text: string): number | undefined {
  const [, minutes, seconds = ":00", zone] = DATE_TIME.exec(text.toUpperCase()) ?? [];
  return minutes === undefined ? undefined : firstSecondOf(`${minutes}${seconds}${zone}`);
}

function listed(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/**
 * A whole number from 0 on.
 *
 * @throws {@link CountArgumentError}
 */
export function count(text: string): number {
  if (!/^\d{1,8}$/.test(text.trim())) throw new CountArgumentError(text);
  return Number(text);
}

/** An argument is no address. */
export class AddressArgumentError extends AcesoError {
  override name = "AddressArgumentError";
  constructor(readonly argument: string) {
    super(
      `${argument} is no address: 0x and 40 hex digits, with the right checksum if its case is mixed.`,
      "Copy the address again; in lower case it needs no checksum.",
    );
  }
}

/** An argument is no id or digest. */
export class WordArgumentError extends AcesoError {
  override name = "WordArgumentError";
  constructor(readonly argument: string) {
    super(`${argument} is not 0x and 64 hex digits.`, "Copy the whole value from where it was printed.");
  }
}

/** A text is no time. */
export class TimeArgumentError extends AcesoError {
  override name = "TimeArgumentError";
  constructor(readonly text: string) {
    super(
      `"${text.slice(0, 64)}" is no time.`,
      "Give a date (2030-12-31), a date-time with its zone (2030-12-31T18:00Z), Unix seconds, or a duration such as " +
        "90d (min, h, d, w, y).",
    );
  }
}

/** A text is no whole number. */
export class CountArgumentError extends AcesoError {
  override name = "CountArgumentError";
  constructor(readonly text: string) {
    super(`"${text.slice(0, 64)}" is no whole number.`, "Give digits only, such as 20.");
  }
}
