/**
 * Expiry dates as recall notices print them.
 *
 * @module
 */

/** An expiry: as printed, and as an ISO 8601 month (`2013-01`, its last day counts) or date. */
export type RecallExpiry = { text: string; date: string };

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|" +
  "nov(?:ember)?|dec(?:ember)?)\\.?";
const SEPARATOR = "[ \\t]*[-/.][ \\t]*";

// Month names that touch a year of two digits (MAR24) are left out: so do lots.
const FORMS = [
  "20\\d\\d[-/.]\\d\\d?(?:[-/.]\\d\\d?)?",
  `\\d\\d?${SEPARATOR}\\d\\d?${SEPARATOR}(?:20\\d\\d|\\d\\d)`,
  `\\d\\d?${SEPARATOR}20\\d\\d`,
  "\\d\\d?[ \\t]*/[ \\t]*\\d\\d",
  `\\d\\d?[ \\t-]{0,2}${MONTH}[ \\t/-]{0,2}20\\d\\d`,
  `${MONTH}[ \\t]*[-/,]?[ \\t]*(?:\\d\\d?,?[ \\t]+)?20\\d\\d`,
  `(?:\\d\\d?-)?${MONTH}[-/]\\d\\d`,
];

/** Finds what looks like a date; {@link expiryOf} says whether it is one. */
export const DATE = new RegExp(FORMS.map((form) => `(?:${form})(?![\\w/]|-\\w|\\.\\d)`).join("|"), "iy");

/**
 * The expiry a printed date stands for, or undefined when it is no date. Month comes before day, as the FDA writes;
 * years of two digits are of this century.
 *
 * @example
 * expiryOf("01/13"); // { text: "01/13", date: "2013-01" }
 * expiryOf("31-Mar-2013"); // { text: "31-Mar-2013", date: "2013-03-31" }
 */
export function expiryOf(text: string): RecallExpiry | undefined {
  const [first = "", second = "", third] = text.match(/\d+|[a-z]+/gi) ?? [];
  const parts = [first, second, third];
  const named = parts.findIndex((part) => part !== undefined && /^[a-z]/i.test(part));
  if (named >= 0) {
    const [one = "", other] = parts.filter((part, place) => part !== undefined && place !== named) as string[];
    return dated(text, other ?? one, monthOf(parts[named]!), other === undefined ? undefined : one);
  }
  if (first.length === 4) return dated(text, first, second, third);
  return third === undefined ? dated(text, second, first) : dated(text, third, first, second);
}

function monthOf(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function dated(text: string, year: string, month: string, day?: string): RecallExpiry | undefined {
  const iso = [year.padStart(4, "20"), month.padStart(2, "0"), ...(day === undefined ? [] : [day.padStart(2, "0")])];
  const date = iso.join("-");
  const read = new Date(`${date}${day === undefined ? "-01" : ""}T00:00:00Z`);
  // Date rolls 30 February over into March.
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(date) ? { text, date } : undefined;
}
