/**
 * How `HostileToken` behaves.
 *
 * @module
 */

/** In the order of `HostileToken`. */
export const MANNERS = [
  "Plain",
  "AnswersNothing",
  "AnswersFalse",
  "AnswersTwo",
  "AnswersMuch",
  "Reverts",
  "RevertsWithMuch",
  "TakesFee",
] as const;

export type Manner = (typeof MANNERS)[number];

/** How a token refuses a payee. */
export const REFUSALS = ["AnswersFalse", "AnswersTwo", "AnswersMuch", "Reverts", "RevertsWithMuch"] as const;
