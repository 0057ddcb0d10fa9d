/**
 * Whether a person fits a study's criteria, by their own records, on this machine.
 *
 * Missing data are not the same as not fitting: a criterion that the records do not answer is unknown, and so is a
 * person whom no criterion excludes while one is unknown.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import type { FhirResource } from "../fhir/resource.js";
import { fhirPathOf, requireCriteria, type Criterion } from "./criteria.js";
import { evaluator, latestFirst, type Answer } from "./expression.js";
import { reasonFor } from "./reason.js";

/** Whether something fits. */
export type Fit = "fits" | "does not fit" | "unknown";

/** Whether a person fits a criterion. */
export type CriterionFit = {
  /** The criterion in words. */
  text: string;
  /** Whether it excludes those whom it describes. */
  excludes: boolean;
  fit: Fit;
  /** Why, in a sentence. */
  reason: string;
};

/** Whether a person fits a study. */
export type Eligibility = { fit: Fit; criteria: CriterionFit[] };

/** Asks about one person after the other; the criteria are read once. */
export type Screen = (resources: readonly FhirResource[]) => Eligibility;

/** When eligibility is asked about. */
export type EligibilityOptions = {
  /** In Unix seconds; now when not given. Its day in UTC counts. */
  on?: number;
};

/**
 * Whether a person fits criteria.
 *
 * The resources are all of one person's, each in its newest version. Nothing is sent anywhere.
 *
 * @example
 * eligibility([{ text: "Adults", age: { min: 18 } }], bundle.entry.map(({ resource }) => resource)).fit; // "fits"
 *
 * @throws {@link CriteriaError} when the criteria cannot be used.
 * @throws {@link CriterionNotBooleanError} when a criterion in FHIRPath answers neither true nor false.
 */
export function eligibility(
  criteria: readonly Criterion[],
  resources: readonly FhirResource[],
  options: EligibilityOptions = {},
): Eligibility {
  return screenWith(criteria, options, (text, at) => {
    throw new CriterionNotBooleanError(text, at);
  })(resources);
}

/**
 * As {@link eligibility}, for many people. A criterion that answers neither true nor false is unknown, so that nobody's
 * data decide whether there is an error.
 *
 * @throws {@link CriteriaError} when the criteria cannot be used.
 */
export function screenOf(criteria: readonly Criterion[], options: EligibilityOptions = {}): Screen {
  return screenWith(criteria, options, () => undefined);
}

function screenWith(
  criteria: readonly Criterion[],
  { on = Math.floor(Date.now() / 1000) }: EligibilityOptions,
  onNotBoolean: (text: string, at: number) => undefined,
): Screen {
  const tests = requireCriteria(criteria).map((criterion, at) => {
    const { expression, evidence } = fhirPathOf(criterion);
    const answer = evaluator(expression, on);
    const hasEvidence = evidence === undefined ? () => true : evaluator(evidence, on);
    return (ordered: readonly FhirResource[]): CriterionFit => {
      const answered = answer(ordered);
      const known = answered === "not boolean" ? onNotBoolean(criterion.text, at) : answered;
      const { text, exclude: excludes = false } = criterion;
      const reason = reasonFor(criterion, known, hasEvidence(ordered) === true);
      return { text, excludes, fit: fitOf(known, excludes), reason };
    };
  });
  return (resources) => {
    const ordered = latestFirst(resources);
    const fits = tests.map((test) => test(ordered));
    return { fit: together(fits.map(({ fit }) => fit)), criteria: fits };
  };
}

function fitOf(answer: Exclude<Answer, "not boolean">, excludes: boolean): Fit {
  if (answer === undefined) return "unknown";
  return answer === excludes ? "does not fit" : "fits";
}

function together(fits: readonly Fit[]): Fit {
  if (fits.includes("does not fit")) return "does not fit";
  return fits.includes("unknown") ? "unknown" : "fits";
}

/** A criterion in FHIRPath answers neither true nor false. */
export class CriterionNotBooleanError extends AcesoError {
  override name = "CriterionNotBooleanError";
  constructor(
    readonly criterion: string,
    /** Its place among the criteria, from 0. */
    readonly place: number,
  ) {
    super(
      `Criterion /${place} ("${criterion}") answers neither true nor false.`,
      "End its FHIRPath expression in a comparison, or in a function such as exists().",
    );
  }
}
