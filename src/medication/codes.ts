/**
 * The words of the contracts' enums as numbers; those of batches and items are in `states`.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** What kind of medical product it is, in the order of the contract's enum: never reorder, only append. */
export const PRODUCT_KINDS = ["drug", "biologic", "device", "investigational"] as const;
export type ProductKind = (typeof PRODUCT_KINDS)[number];

/** How well a product can be had, in the order of the contract's enum: never reorder, only append. */
export const AVAILABILITIES = ["available", "limited", "unavailable", "discontinued"] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/**
 * A word's number on chain.
 *
 * @example
 * codeOf(RECALL_CLASSES, "I"); // 3
 *
 * @param words in the order of the contract's enum.
 * @throws {@link UnknownWordError} when it is none of them.
 */
export function codeOf<Word extends string>(words: readonly Word[], word: Word): number {
  const code = words.indexOf(word);
  if (code < 0) throw new UnknownWordError(word, words);
  return code;
}

/** A word is none of those a contract knows. */
export class UnknownWordError extends AcesoError {
  override name = "UnknownWordError";
  constructor(
    readonly word: string,
    readonly words: readonly string[],
  ) {
    super(`"${word}" is no word for this.`, `Use one of: ${words.join(", ")}.`);
  }
}
