/**
 * The words of a recall notice's code information, told apart by what they mean there.
 *
 * @module
 */
import { DATE, expiryOf, type RecallExpiry } from "./expiry.js";

/** A piece of the text, from `start` to before `end`. */
export type Token = { start: number; end: number } & (
  | { kind: "lotLabel" | "expiryLabel" | "range" | "line" | "open" | "close" | "break" | "word" }
  | { kind: "date"; expiry: RecallExpiry }
);

// Takes no letter of the lot itself, as of S123 in "Lot #S123".
const NUMBER = "(?:[ \\t]*(?:(?:numbers?|codes?)(?![a-z0-9])|nos?(?![a-z0-9])\\.?|#(?:s(?![a-z0-9]))?|\\(s\\)))*";

// In order: the first that matches at a place wins.
const FORMS: [Exclude<Token["kind"], "date">, RegExp][] = [
  ["lotLabel", new RegExp(`\\b(?:lots?|batch(?:es)?)(?![a-z0-9])(?!-\\w)${NUMBER}[ \\t]*[:#.]*`, "iy")],
  [
    "expiryLabel",
    /\b(?:exp(?:\.|iry|ires?|iring|iration)?|use[ \t]by|best[ \t]by)(?![a-z0-9])(?!-\w)(?:[ \t]*(?:dates?|on)\b)*[ \t]*[:.]*/iy,
  ],
  ["range", /(?<=\s)-+(?=\s)|[–—]|\b(?:through|thru|to)\b(?!-)/iy],
  ["line", /[\r\n]/y],
  ["open", /[([]/y],
  ["close", /[)\]]/y],
  ["break", /[,;:/•]|\.+(?![^\s,;:()[\]•–—])|(?:\band\b(?!-)|&)/iy],
  ["word", /[^\s,;:()[\]•–—]+|\S/y],
];

/** All of a text but its blanks, in order. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let start = 0; start < text.length;) {
    const blank = matchAt(/[^\S\r\n]+/y, text, start);
    if (blank !== undefined) {
      start = blank;
      continue;
    }
    const token = dateAt(text, start, tokens.at(-1)?.end) ?? formAt(text, start);
    tokens.push(token);
    start = token.end;
  }
  return tokens;
}

function dateAt(text: string, start: number, before = 0): Token | undefined {
  // "A01/13" is a word, not a lot A and a date.
  const isApart = before < start || !/[\w/-]/.test(text[start - 1] ?? " ");
  const end = isApart ? matchAt(DATE, text, start) : undefined;
  const expiry = end === undefined ? undefined : expiryOf(text.slice(start, end));
  return expiry && { kind: "date", start, end: end!, expiry };
}

function formAt(text: string, start: number): Token {
  for (const [kind, form] of FORMS) {
    const end = matchAt(form, text, start);
    if (end !== undefined) return { kind, start, end: kind === "word" ? withoutDots(text, start, end) : end };
  }
  // The last form matches any character that is not blank.
  throw new RangeError();
}

/** The end of a word without the full stops after it, unless it is nothing else. */
function withoutDots(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && text[last - 1] === ".") last -= 1;
  return last > start ? last : end;
}

function matchAt(form: RegExp, text: string, start: number): number | undefined {
  form.lastIndex = start;
  return form.test(text) ? form.lastIndex : undefined;
}
