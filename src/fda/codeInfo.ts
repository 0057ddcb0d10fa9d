/**
 * The free text in which a recall notice names its lots, read with care: what is not surely a lot or its expiry is given
 * back as it stands, for a person to read.
 *
 * @module
 */
import type { RecallExpiry } from "./expiry.js";
import { itemsOf, type Item } from "./items.js";
import { hasDigit, isLot, isLotOfLetters, isOtherCode, isPlainlyLot } from "./lotWord.js";
import type { Token } from "./tokens.js";

/** A recalled lot, as printed. */
export type RecalledLot = { lot: string; expiry?: RecallExpiry };

/**
 * What code information says; every word of it with a digit is in a lot, in an expiry or in `unread`.
 *
 * `allLots` tells that it recalls all lots; what it restricts them by is in `unread`. `unread` is what could not be read
 * as lots or expiries, verbatim: products, ranges of lots, other codes.
 */
export type CodeInfo = { lots: RecalledLot[]; allLots: boolean; unread: string[] };

/**
 * Where reading stands. `list`: whether words are items of a list of lots, after a label or at the very start. `pending`:
 * lots an expiry to come belongs to. `isHeader`: a label of lots came, and nothing after it yet.
 */
type State = {
  text: string;
  lots: RecalledLot[];
  pending: RecalledLot[];
  list: "none" | "start" | "labelled";
  depth: number;
  isHeader: boolean;
  unread: [start: number, end: number][];
};

type DateToken = Token & { kind: "date" };

const ALL_LOTS = /\ball[ \t]+(?:lots?|batch(?:es)?|codes)(?:[ \t]+(?:numbers?|codes?))?\b([^.,;\n]*)/gi;
const WITHIN_EXPIRY = /^\s*(?:(?:that|which) are )?(?:still )?within (?:their |the |its )?(?:expiry|expiration)\b/i;

/**
 * Reads code information.
 *
 * An expiry belongs to the lots before it that have none, back to the last expiry, label or end of line; in parentheses
 * or without a label, only to the lot just before it. As many expiries as lots belong to them in turn.
 *
 * @example
 * readCodeInfo("Lot #: RB81031, Exp 01/13").lots; // [{ lot: "RB81031", expiry: { text: "01/13", date: "2013-01" } }]
 * readCodeInfo("Lot numbers 12A3 through 12A9").unread; // ["12A3 through 12A9"]
 */
export function readCodeInfo(text: string): CodeInfo {
  const unread: State["unread"] = [];
  let allLots = false;
  // What is read as "all lots" is blanked, so that places in the text stay the same.
  const rest = text.replace(ALL_LOTS, (clause: string, restriction: string, place: number) => {
    const isRestricted = restriction.trim() !== "";
    if (isRestricted) unread.push([place, place + clause.length]);
    allLots ||= !isRestricted || WITHIN_EXPIRY.test(restriction);
    return clause.replace(/\S/g, " ");
  });

  const state: State = { text: rest, lots: [], pending: [], list: "start", depth: 0, isHeader: false, unread: [] };
  const items = itemsOf(rest);
  for (let place = 0; place < items.length; place += readItem(state, items, place));
  const lots = new Map(state.lots.map((lot) => [`${lot.lot} ${lot.expiry?.date ?? ""}`, lot]));
  const places = [...unread, ...state.unread].sort(([a], [b]) => a - b);
  const pieces = places.map(([start, end]) => text.slice(start, end).trim());
  const worded = pieces.filter((piece) => /[\p{L}\p{N}]/u.test(piece));
  return { lots: [...lots.values()], allLots, unread: [...new Set(worded)] };
}

/** Reads the item at a place, and returns how many were read. */
function readItem(state: State, items: readonly Item[], place: number): number {
  const item = items[place]!;
  const { tokens, label, startsLine } = item;
  if (startsLine) state.pending = [];
  if (label === "lot") Object.assign(state, { list: "labelled", pending: [], depth: item.depth, isHeader: true });
  const first = tokens[0];
  if (first === undefined) return 1;
  const isColumnName = label === "expiry" && state.isHeader && first.kind !== "date";
  state.isHeader = false;
  if (label === "expiry" && !isColumnName) return readExpiries(state, items, place);
  readWords(state, item);
  return 1;
}

function readExpiries(state: State, items: readonly Item[], place: number): number {
  const { tokens, start, depth } = items[place]!;
  const [date, ...rest] = tokens;
  if (date?.kind !== "date" || rest.length > 0) {
    leaveUnread(state, [{ start, end: tokens.at(-1)!.end }], true);
    state.pending = [];
    return 1;
  }
  const more = datesAfter(items, place);
  const owners = depth > state.depth && more.length === 0 ? state.pending.slice(-1) : state.pending;
  const isSure = owners.length > 0 && (more.length === 0 || owners.length === 1 + more.length);
  if (isSure) owners.forEach((lot, index) => (lot.expiry = (more[index - 1] ?? date).expiry));
  else leaveUnread(state, [{ start, end: (more.at(-1) ?? date).end }], true);
  state.pending = [];
  return 1 + more.length;
}

function datesAfter(items: readonly Item[], place: number): DateToken[] {
  const dates: DateToken[] = [];
  for (let next = place + 1; next < items.length; next += 1) {
    const { tokens, label, startsLine, depth } = items[next]!;
    const [date] = tokens;
    if (label || startsLine || depth !== items[place]!.depth || tokens.length !== 1 || date?.kind !== "date") break;
    dates.push(date);
  }
  return dates;
}

function readWords(state: State, item: Item): void {
  const tokens = item.tokens.slice(item.tokens.findIndex(({ kind }) => kind !== "range"));
  const isAside = item.depth > state.depth;
  const words = tokens.map(({ start, end }) => state.text.slice(start, end));
  // What a range runs through is not named, but the list goes on after a range of codes.
  if (tokens.some(({ kind }) => kind === "range"))
    return leaveUnread(state, tokens, isAside || hasDigit(words.at(-1)!));
  const last = tokens.at(-1)!;
  if (last.kind === "date") return readDated(state, tokens, words, last, isAside);
  if (areLots(state, words, isAside)) return addLots(state, words);
  if (item.label !== "lot" || !isLot(words[0]!)) return leaveUnread(state, tokens, isAside);
  addLots(state, words.slice(0, 1));
  leaveUnread(state, tokens.slice(1), false);
}

/** Reads words that end in a date: a lot, perhaps after something else, or nothing but the date. */
function readDated(state: State, tokens: Token[], words: string[], { expiry }: DateToken, isAside: boolean): void {
  const lot = words.at(-2);
  if (lot === undefined) {
    const owner = state.pending.at(-1);
    // Only digits and hyphens may be a lot itself.
    if (owner === undefined || !(isAside || /[^\d\s.-]/.test(expiry.text))) return leaveUnread(state, tokens, isAside);
    owner.expiry = expiry;
  } else {
    const before = words.slice(0, -2);
    if (!isLotBefore(state, before, lot)) return leaveUnread(state, tokens, isAside);
    if (areLots(state, before, isAside)) addLots(state, before);
    else leaveUnread(state, tokens.slice(0, -2), isAside);
    state.lots.push({ lot, expiry });
  }
  state.pending = [];
}

function isLotBefore(state: State, before: readonly string[], word: string): boolean {
  if (before.length === 0 && state.list === "labelled") return isLot(word);
  return isPlainlyLot(word) && !isOtherCode(before.at(-1) ?? "");
}

function areLots({ list }: State, words: readonly string[], isAside: boolean): boolean {
  if (list === "none" || isAside || words.length === 0) return false;
  const [only] = words;
  if (list === "labelled" && words.length === 1) return isLot(only!) || isLotOfLetters(only!);
  return words.every(isPlainlyLot);
}

function addLots(state: State, words: readonly string[]): void {
  const lots = words.map((lot) => ({ lot }));
  state.lots.push(...lots);
  state.pending.push(...lots);
}

/** Leaves tokens unread; what follows is no longer sure to be lots unless the list is kept. */
function leaveUnread(state: State, tokens: readonly { start: number; end: number }[], keepsList: boolean): void {
  const [start, end] = [tokens[0]?.start, tokens.at(-1)?.end];
  if (start === undefined || end === undefined) return;
  const last = state.unread.at(-1);
  if (last !== undefined && /^[^\p{L}\p{N}\n]*$/u.test(state.text.slice(last[1], start))) last[1] = end;
  else state.unread.push([start, end]);
  if (!keepsList) state.list = "none";
}
