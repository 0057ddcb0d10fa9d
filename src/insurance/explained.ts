/**
 * What becomes of a claim's lines, with the reasons.
 *
 * @module
 */
import { lineEntries, type AdjudicatedClaim, type AdjudicatedLine, type Entry } from "../fhir/adjudication.js";
import type { LineOutcome, ServiceLine } from "./line.js";
import { coverOf } from "./listed.js";
import type { Benefit } from "./planTerms.js";

/** A line with what becomes of it, and why the plan does not pay the rest. Amounts in token units. */
export type ExplainedLine = AdjudicatedLine & { outcome: LineOutcome; entries: Entry[] };

type Ruled = {
  /** In token units. */
  billed: bigint;
  /** What the plan pays for its service. */
  benefit: Benefit;
  outcome?: LineOutcome;
  inNetwork: boolean;
};

/** A line and what the plan's rules make of it. */
export function adjudicatedLine(
  { sequence, system, code, display, day, quantity, preAuthRef }: ServiceLine,
  { billed, benefit, outcome, inNetwork }: Ruled,
): AdjudicatedLine {
  const given = outcome !== undefined && outcome.eligible > 0n;
  return {
    ...{ sequence, system, code, day, quantity, billed, inNetwork },
    ...(display !== undefined && { display }),
    ...(preAuthRef !== undefined && { preAuthRef }),
    ...(outcome && { outcome }),
    cover: coverOf(benefit) === "covered" ? "Covered" : "Excluded",
    preauthorization: !benefit.needsPreauthorization ? "notNeeded" : given ? "given" : "missing",
  };
}

/**
 * Lines with the reasons for what becomes of them, as if nothing more were decided.
 *
 * @throws {@link OutcomeInconsistentError} when an outcome does not add up.
 */
export function explainedLines(lines: readonly (AdjudicatedLine & { outcome: LineOutcome })[]): ExplainedLine[] {
  const benefit = lines.reduce((sum, { outcome }) => sum + outcome.benefit, 0n);
  const state = { status: "Final", benefit, disputed: 0n, unfunded: false, automatic: true } as const;
  // Of a claim, its lines' entries depend on its state and lines alone.
  const claim = { state, lines } as unknown as AdjudicatedClaim;
  return lines.map((line) => ({ ...line, entries: lineEntries(claim, line) }));
}
