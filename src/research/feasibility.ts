/**
 * How many people criteria fit, in counts that say nothing about a few.
 *
 * Two things make that hold. Every count is rounded down to a multiple of the threshold, below which it only reads as
 * below it, so no sum or difference of counts is a number between zero and the threshold. And the counts are those of
 * ever smaller groups, each within the one before: how many people there are, how many the first criterion leaves, how
 * many the second leaves of those, and so on. So all of them may stand at the lower end of their steps, or all at the
 * upper end, and no bound that follows from another narrows one down; counts of each criterion alone would, as people
 * left out by all are no more than the sum of those left out by each. The default threshold of 11 is the smallest
 * number of people the Centers for Medicare & Medicaid Services let a table show.
 *
 * It protects one table, not many: somebody who may ask again and again, with criteria of their own, can find the
 * question at which a count takes a step, and so learn about one person. Whoever holds the data runs this, and decides
 * which counts to hand on; let nobody else choose the questions unseen.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import type { FhirResource } from "../fhir/resource.js";
import type { Criterion } from "./criteria.js";
import { screenOf, type EligibilityOptions } from "./eligibility.js";

const DEFAULT_THRESHOLD = 11;
const LEAST_THRESHOLD = 5;

/** "<11", or a multiple of the threshold: as many people or more, but not up to the next multiple. */
export type Count = number | `<${number}`;

/** What {@link feasibility} tells: counts of groups, each within the one before. */
export type Feasibility = {
  threshold: number;
  /** How many people there are. */
  people: Count;
  /** After each criterion, how many neither it nor one before it rules out: they fit, or their records do not say. */
  criteria: { text: string; excludes: boolean; left: Count }[];
  /** How many fit all criteria, as their records say. */
  fits: Count;
};

/** How {@link feasibility} counts. */
export type FeasibilityOptions = EligibilityOptions & {
  /** Below how many people nothing is told, and what counts are rounded down to. At least 5; 11 when not given. */
  threshold?: number;
};

/**
 * How many people fit criteria, one after the other. Nobody's data leave this machine, and no error tells of them.
 *
 * @example
 * feasibility(people, criteria).fits; // 220: from 220 to 230 people
 *
 * @param people each person's resources, in their newest versions.
 * @throws {@link CriteriaError} when the criteria cannot be used.
 * @throws {@link FeasibilityThresholdError} when the threshold is no whole number of at least 5.
 */
export function feasibility(
  people: Iterable<readonly FhirResource[]>,
  criteria: readonly Criterion[],
  { threshold = DEFAULT_THRESHOLD, ...options }: FeasibilityOptions = {},
): Feasibility {
  if (!Number.isSafeInteger(threshold) || threshold < LEAST_THRESHOLD) throw new FeasibilityThresholdError();
  const screen = screenOf(criteria, options);
  const left = criteria.map(() => 0);
  let [count, fits] = [0, 0];
  for (const resources of people) {
    const screened = screen(resources);
    const ruledOut = screened.criteria.findIndex(({ fit }) => fit === "does not fit");
    const passed = ruledOut === -1 ? criteria.length : ruledOut;
    for (let at = 0; at < passed; at++) left[at]!++;
    if (screened.fit === "fits") fits++;
    count++;
  }
  return {
    threshold,
    people: coarse(count, threshold),
    criteria: criteria.map(({ text, exclude: excludes = false }, at) => ({
      text,
      excludes,
      left: coarse(left[at]!, threshold),
    })),
    fits: coarse(fits, threshold),
  };
}

function coarse(count: number, threshold: number): Count {
  return count < threshold ? `<${threshold}` : count - (count % threshold);
}

/** The threshold of {@link feasibility} protects nobody. */
export class FeasibilityThresholdError extends AcesoError {
  override name = "FeasibilityThresholdError";
  constructor() {
    super(
      `The threshold is no whole number of at least ${LEAST_THRESHOLD}.`,
      `Leave it out for ${DEFAULT_THRESHOLD}, or ask for more.`,
    );
  }
}
