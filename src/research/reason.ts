/**
 * Why a person fits a criterion or does not, in a sentence. It says no more of their data than the criterion asks for.
 *
 * @module
 */
import type { CriterionKind } from "./criteria.js";

type Reasons = {
  /** When the records say yes. */
  yes: string;
  no: string;
  /** When there is nothing to answer from. */
  nothing: string;
  /** When what there is does not decide it. */
  unclear: string;
};

/**
 * The reason for an answer.
 *
 * @param hasEvidence whether the records hold something to answer from.
 */
export function reasonFor(criterion: CriterionKind, answer: boolean | undefined, hasEvidence: boolean): string {
  const { yes, no, nothing, unclear } = reasonsFor(criterion);
  if (answer !== undefined) return answer ? yes : no;
  return hasEvidence ? unclear : nothing;
}

function reasonsFor(criterion: CriterionKind): Reasons {
  if ("age" in criterion) {
    return {
      yes: "The age is within these years.",
      no: "The age is not within these years.",
      nothing: "The records hold no birth date.",
      unclear: "The birth date is not exact enough, or the records hold several.",
    };
  }
  if ("sex" in criterion) {
    return {
      yes: "The records say so.",
      no: "The records say otherwise.",
      nothing: "The records do not say.",
      unclear: "The records contradict each other.",
    };
  }
  if ("condition" in criterion) {
    return {
      yes: "The records hold such a condition.",
      no: "The records hold conditions, but none such that counts.",
      nothing: "The records hold no conditions at all, so they do not say.",
      unclear: "The condition is not confirmed, or does not say whether it is active.",
    };
  }
  if ("laboratory" in criterion) {
    const { loinc, unit, withinDays } = criterion.laboratory;
    const when = withinDays === undefined ? "" : ` of the last ${withinDays} days`;
    return {
      yes: "The latest result is within these bounds.",
      no: "The latest result is not within these bounds.",
      nothing: `The records hold no result${when} for LOINC ${loinc}.`,
      unclear: `The latest result has no value that converts to ${unit}.`,
    };
  }
  return {
    yes: "The records say yes.",
    no: "The records say no.",
    nothing: "The records do not answer it.",
    unclear: "The records do not answer it.",
  };
}
