/**
 * Days of services and policies: `YYYY-MM-DD` ↔ whole UTC days counted from 1970-01-01, as the contracts hold them.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { firstSecondOf } from "../fhir/time.js";

const DAY_SECONDS = 86_400;

// 9999-12-31, the last day FHIR can write.
const LAST_DAY = 2_932_896;

/**
 * A day counted from 1970-01-01.
 *
 * @example
 * dayNumber("2027-01-15"); // 20833
 *
 * @throws {@link NotADayError} when the text is not `YYYY-MM-DD` or there is no such day, such as 30 February.
 * @throws {@link DayOutOfRangeError} when it lies before 1970.
 */
export function dayNumber(date: string): number {
  const second = /^\d{4}-\d\d-\d\d$/.test(date) ? firstSecondOf(date) : undefined;
  if (second === undefined) throw new NotADayError();
  // Years below 100 would be taken for those of the last century.
  if (date < "1970") throw new DayOutOfRangeError();
  return second / DAY_SECONDS;
}

/**
 * A day counted from 1970-01-01 as `YYYY-MM-DD`.
 *
 * @throws {@link DayOutOfRangeError} when it is no whole day up to the end of the year 9999.
 */
export function dateOf(day: number): string {
  if (!Number.isInteger(day) || day < 0 || day > LAST_DAY) throw new DayOutOfRangeError();
  return new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/**
 * The day of a FHIR date or time as `YYYY-MM-DD`, as it was written where the service was: the clock there counts, so
 * no time zone moves it.
 *
 * @example
 * dayOfDateTime("2027-01-15T23:30:00-08:00"); // "2027-01-15"
 *
 * @throws {@link NotADayError} when the text is no FHIR date or time, or names only a month or year.
 * @throws {@link DayOutOfRangeError} when it lies before 1970.
 */
export function dayOfDateTime(dateTime: string): string {
  if (firstSecondOf(dateTime) === undefined) throw new NotADayError();
  const date = dateTime.slice(0, 10);
  dayNumber(date);
  return date;
}

/** A text names no day. */
export class NotADayError extends AcesoError {
  override name = "NotADayError";
  constructor() {
    super(
      "The date is not in the form YYYY-MM-DD, or there is no such day, such as 30 February.",
      "Name the day in full, such as 2027-01-15.",
    );
  }
}

/** A day outside of what insurance counts. */
export class DayOutOfRangeError extends AcesoError {
  override name = "DayOutOfRangeError";
  constructor() {
    super("The day lies before 1970 or after the year 9999.", "Check the year.");
  }
}
