/**
 * Terms: what a patient agrees to, in words and as the masks `ConsentRegistry` takes.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { categoriesIn, categoryMask, type DataCategory } from "./category.js";
import {
  ONLY_WHEN_NAMED,
  purposeDisplay,
  purposeMask,
  purposesIn,
  purposeWithDescendants,
  type Purpose,
} from "./purpose.js";

/** What a patient agrees to. Times are Unix seconds. */
export type Terms = {
  /** Purposes of use; each covers all below it, but for those that must be named. */
  purposes: readonly Purpose[];
  categories: readonly DataCategory[];
  /** The first second it counts; now when not given. */
  validFrom?: number;
  /** The first second it no longer counts. */
  validUntil: number;
};

/** Terms as the contract takes them. The purposes, over 32 bits, are a decimal string. */
export type TermsMessage = { purposes: string; categories: number; validFrom: number; validUntil: number };

/** What a grant covers, spelled out. */
export type Explanation = {
  purposes: { code: Purpose; display: string; because: Purpose }[];
  /** Purposes below a named one that it does not bring along. */
  notCovered: { code: Purpose; display: string }[];
  categories: DataCategory[];
  /** Whether specially protected data (mental health, substance use, reproductive health, …) is covered. */
  coversRestricted: boolean;
  validFrom: number | undefined;
  validUntil: number;
};

/**
 * Terms as the contract takes them.
 *
 * @throws {@link EmptyTermsError} when no purpose or no category is named.
 * @throws {@link TermsTimeError} when the times are not whole seconds in order.
 * @throws {@link UnknownPurposeError}, {@link BreakTheGlassError}, {@link UnknownCategoryError}
 */
export function termsMessage({ purposes, categories, validFrom = 0, validUntil }: Terms): TermsMessage {
  if (purposes.length === 0 || categories.length === 0) throw new EmptyTermsError();
  const areTimes = [validFrom, validUntil].every((time) => Number.isSafeInteger(time) && time >= 0 && time < 2 ** 40);
  if (!areTimes || validUntil <= validFrom) throw new TermsTimeError(validFrom, validUntil);
  return {
    purposes: purposeMask(purposes).toString(),
    categories: Number(categoryMask(categories)),
    validFrom,
    validUntil,
  };
}

/** Terms in words, from the masks a consent or event carries. Every covered purpose is named. */
export function termsFrom(stored: {
  purposes: bigint;
  categories: bigint;
  validFrom: bigint;
  validUntil: bigint;
}): Terms {
  return {
    purposes: purposesIn(stored.purposes),
    categories: categoriesIn(stored.categories),
    validFrom: Number(stored.validFrom),
    validUntil: Number(stored.validUntil),
  };
}

/**
 * All that a grant of these terms covers, for a person to read before they agree.
 *
 * @example
 * explain({ purposes: ["HRESCH"], categories: ["laboratory"], validUntil: 1893456000 }).purposes.map((p) => p.code);
 * // ["HRESCH", "BIORCH", "CLINTRCH", …]
 *
 * @throws {@link EmptyTermsError}, {@link TermsTimeError}, {@link UnknownPurposeError}, {@link BreakTheGlassError},
 * {@link UnknownCategoryError} as granting would.
 */
export function explain(terms: Terms): Explanation {
  const covered = purposesIn(BigInt(termsMessage(terms).purposes));
  return {
    purposes: covered.map((code) => ({
      code,
      display: purposeDisplay(code),
      because: terms.purposes.find((named) => purposeWithDescendants(named).includes(code))!,
    })),
    notCovered: ONLY_WHEN_NAMED.filter((code) => !covered.includes(code)).map((code) => ({
      code,
      display: purposeDisplay(code),
    })),
    categories: categoriesIn(categoryMask(terms.categories)),
    coversRestricted: terms.categories.includes("restricted"),
    validFrom: terms.validFrom,
    validUntil: terms.validUntil,
  };
}

/** Terms name no purpose or no category. */
export class EmptyTermsError extends AcesoError {
  override name = "EmptyTermsError";
  constructor() {
    super("The terms name no purpose or no category.", "Name at least one purpose and one data category.");
  }
}

/** The times of terms are no times, or out of order. */
export class TermsTimeError extends AcesoError {
  override name = "TermsTimeError";
  constructor(validFrom: number, validUntil: number) {
    super(
      `Terms cannot count from ${validFrom} until ${validUntil}.`,
      "Give times in whole Unix seconds, the end after the start.",
    );
  }
}
