/**
 * FHIR dates and times ↔ Unix seconds.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

const DATE_TIME =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?$/;

// The end of the year 9999.
const LATEST = Date.UTC(10_000, 0, 1) / 1000 - 1;

/**
 * Unix seconds as FHIR writes an instant, in UTC.
 *
 * @throws {@link YearOutOfRangeError} when they lie before 1970 or after the year 9999.
 */
export function dateTimeOf(seconds: number): string {
  if (!(seconds >= 0 && seconds <= LATEST)) throw new YearOutOfRangeError();
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** The first Unix second not before a FHIR date or time, or undefined when it is none. Dates are taken in UTC. */
export function firstSecondOf(dateTime: string): number | undefined {
  const parsed = parse(dateTime);
  return parsed && Math.ceil(parsed.start / 1000);
}

/**
 * The first Unix second after all a FHIR date or time covers, or undefined when it is none. The end of a FHIR period is
 * inclusive: `2026-01` covers all of January, a time its whole second. Dates are taken in UTC.
 *
 * @example
 * secondAfter("2026-01-31") === secondAfter("2026-01"); // both 2026-02-01T00:00:00Z
 */
export function secondAfter(dateTime: string): number | undefined {
  return parse(dateTime)?.after;
}

function parse(dateTime: string): { start: number; after: number } | undefined {
  const [, year, month, day, hour] = DATE_TIME.exec(dateTime) ?? [];
  if (year === undefined) return undefined;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  // Date rolls 30 February over into March; FHIR has no such day.
  if (new Date(Date.UTC(y, m, d)).getUTCDate() !== d) return undefined;
  if (hour !== undefined) {
    const start = Date.parse(dateTime.replace(/:60(?=[.Z+-])/, ":59"));
    return { start, after: Math.floor(start / 1000) + 1 };
  }
  const after = day !== undefined ? [y, m, d + 1] : month !== undefined ? [y, m + 1, 1] : [y + 1, 0, 1];
  return { start: Date.UTC(y, m, d), after: Date.UTC(after[0]!, after[1]!, after[2]!) / 1000 };
}

/** A time FHIR cannot write. */
export class YearOutOfRangeError extends AcesoError {
  override name = "YearOutOfRangeError";
  constructor() {
    super("The time lies before 1970 or after the year 9999.", "Give it in Unix seconds, not milliseconds.");
  }
}
