/**
 * The items of a recall notice's code information: what stands between its commas, brackets, labels and line ends.
 *
 * @module
 */
import { tokensOf, type Token } from "./tokens.js";

/**
 * Tokens between separators. `start` is where their label begins, or they do. `depth` counts the brackets around them;
 * `startsLine` says that a line ended before them, and not after a comma.
 */
export type Item = { tokens: Token[]; label?: "lot" | "expiry"; start: number; depth: number; startsLine: boolean };

/** The items of a text, in order. */
export function itemsOf(text: string): Item[] {
  const items: Item[] = [];
  let current: Item | undefined;
  let depth = 0;
  let isNewLine = false;
  let before: Token | undefined;
  const begin = ({ start }: Token, label?: "lot" | "expiry") => {
    current = { tokens: [], ...(label && { label }), start, depth, startsLine: isNewLine };
    isNewLine = false;
    items.push(current);
    return current;
  };
  for (const token of tokensOf(text)) {
    switch (token.kind) {
      case "lotLabel":
        begin(token, "lot");
        break;
      case "expiryLabel":
        begin(token, "expiry");
        break;
      case "word":
      case "date":
      case "range":
        // A date ends what it dates, unless a range goes on from it.
        if (current?.tokens.at(-1)?.kind === "date" && token.kind !== "range") current = undefined;
        (current ?? begin(token)).tokens.push(token);
        break;
      default:
        current = undefined;
        if (token.kind === "open") depth += 1;
        if (token.kind === "close") depth = Math.max(depth - 1, 0);
        if (token.kind === "line") isNewLine ||= before?.kind !== "break";
    }
    if (token.kind !== "line") before = token;
  }
  return items;
}
