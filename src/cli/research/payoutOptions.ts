/**
 * What the verbs of payouts have in common.
 *
 * @module
 */

/** A token for examples. */
export const TOKEN = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

/** So many of something, as people read it. */
export function countText(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
