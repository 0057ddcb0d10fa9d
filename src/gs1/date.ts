/**
 * Expiry dates of products, as GS1, HIBCC, ISBT 128 and EPCIS write them.
 *
 * A product is usable through its expiry day, so it expires with the first second after it, in UTC.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** When a product expires. */
export type Expiry = {
  /** The last day on which it is usable, as `YYYY-MM-DD`. */
  date: string;
  /** The first Unix second at which it has expired. */
  expiresAt: number;
};

/** A day as labels name it. */
export type DayParts = {
  year: number;
  /** 1 to 12. */
  month?: number;
  /** 1 to 31; 0 or absent for the last day of the month. */
  day?: number;
  /** 1 to 366, instead of month and day. */
  dayOfYear?: number;
  /** 0 to 23: the last hour in which the product is usable. */
  hour?: number;
};

/**
 * An expiry (AI 17) in `YYMMDD`; day `00` is the last of its month (GS1 General Specifications 3.4.7).
 *
 * @example
 * expiryOfYymmdd("280200", now); // { date: "2028-02-29", expiresAt: 1835481600 }
 *
 * @param now Unix seconds: years of two digits mean those from 49 years before to 50 years after this.
 * @throws {@link MalformedDateError} when there is no such day.
 */
export function expiryOfYymmdd(text: string, now: number): Expiry {
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  if (year === undefined) throw new MalformedDateError();
  return expiryOf({ year: fullYear(Number(year), now), month: Number(month), day: Number(day) });
}

/**
 * An expiry in `YYYY-MM-DD`, as EPCIS writes `itemExpirationDate`.
 *
 * @throws {@link MalformedDateError} when there is no such day.
 */
export function expiryOfIsoDate(text: string): Expiry {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(0[1-9]|[12]\d|3[01])$/.exec(text) ?? [];
  if (year === undefined) throw new MalformedDateError();
  return expiryOf({ year: Number(year), month: Number(month), day: Number(day) });
}

/**
 * The expiry on a day, or with an hour of it.
 *
 * @throws {@link MalformedDateError} when there is no such day or hour.
 */
export function expiryOf({ year, month, day = 0, dayOfYear, hour = 23 }: DayParts): Expiry {
  const [monthOfDay, dayOfMonth] = dayOfYear === undefined ? [month ?? 0, day] : [1, dayOfYear];
  const start = new Date(Date.UTC(year, dayOfMonth === 0 ? monthOfDay : monthOfDay - 1, dayOfMonth));
  const [sameYear, sameMonth] = [start.getUTCFullYear() === year, start.getUTCMonth() === monthOfDay - 1];
  // Date rolls 30 February over into March, and the 366th day of a common year into the next.
  const exists = dayOfYear === undefined ? sameYear && sameMonth : sameYear && dayOfYear > 0;
  if (!exists || hour > 23) throw new MalformedDateError();
  return { date: start.toISOString().slice(0, 10), expiresAt: start.getTime() / 1000 + (hour + 1) * 3600 };
}

/**
 * The year that two digits stand for: from 49 years before now to 50 years after (GS1 General Specifications 7.12).
 *
 * @param now Unix seconds.
 */
export function fullYear(yy: number, now: number): number {
  const thisYear = new Date(now * 1000).getUTCFullYear();
  const ahead = yy - (thisYear % 100);
  const century = thisYear - (thisYear % 100);
  return century + yy + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
}

/** A date no calendar has, or in another form than its place asks for. */
export class MalformedDateError extends AcesoError {
  override name = "MalformedDateError";
  constructor() {
    super("The date is not in the form its place asks for, or there is no such day.", "Read it off the label again.");
  }
}
