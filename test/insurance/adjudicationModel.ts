/**
 * Adjudication as its specification reads, in TypeScript: what becomes of each line of a claim. Written without the
 * contracts, so that the two can be held against each other.
 *
 * A line is a ruler as long as what is eligible of it. Copay, deductible and coinsurance are marks on it; the patient
 * has what lies before the last mark, and the plan what lies behind.
 *
 * @module
 */
import type { Line, LineOutcome } from "../../src/insurance/line.js";

/** Places of the contract's enum. */
export const COVER = { Unlisted: 0, Covered: 1, Excluded: 2 } as const;

/** The most token units anything holds. */
export const MAX_UINT96 = 2n ** 96n - 1n;

/** In token units. */
export type Limits = {
  deductible: bigint;
  outOfPocketMax: bigint;
  /** Zero for no limit. */
  annualLimit: bigint;
};

/** What a policy's earlier claims came to, in token units. */
export type Accumulators = { deductible: bigint; outOfPocket: bigint; benefit: bigint };

/** What a plan pays for a service, in token units for one unit of it. */
export type Benefit = {
  allowed: bigint;
  copay: bigint;
  coinsuranceBps: bigint;
  cover: number;
  deductibleApplies: boolean;
  needsPreauthorization: boolean;
};

/** A claim and all that decides about it. A benefit and a preauthorised amount (zero for none) for each line. */
export type Adjudicable = {
  limits: Limits;
  before: Accumulators;
  /** The first day out of network. */
  networkEnd: number;
  benefits: readonly Benefit[];
  lines: readonly Line[];
  authorized: readonly bigint[];
};

/** The sums of a claim's lines, in token units. */
export type Outcome = {
  billed: bigint;
  benefit: bigint;
  patientShare: bigint;
  writeOff: bigint;
  deductible: bigint;
  outOfPocket: bigint;
};

/** What becomes of a claim. */
export type Adjudicated = { outcome: Outcome; outcomes: LineOutcome[] };

/** Adjudicates a claim whose lines together fit the contract's `uint96`. */
export function adjudicate({ limits, before, networkEnd, benefits, lines, authorized }: Adjudicable): Adjudicated {
  const outcomes: LineOutcome[] = [];
  for (const [place, line] of lines.entries()) {
    const year = afterwards(before, sumOf(outcomes));
    const benefit = benefits[place]!;
    const eligible = eligibleOf(line, benefit, authorized[place]!);
    const shares = divide(eligible, benefit, leftOf(limits, year));
    const isWriteOff = benefit.cover === COVER.Covered && line.day < networkEnd;
    const excess = line.billed - eligible;
    outcomes.push({
      ...shares,
      eligible,
      patientShare: eligible - shares.benefit + (isWriteOff ? 0n : excess),
      writeOff: isWriteOff ? excess : 0n,
    });
  }
  return { outcome: sumOf(outcomes), outcomes };
}

/** What a policy's claims come to after one more. */
export function afterwards(before: Accumulators, outcome: Outcome): Accumulators {
  return {
    deductible: before.deductible + outcome.deductible,
    outOfPocket: before.outOfPocket + outcome.outOfPocket,
    benefit: before.benefit + outcome.benefit,
  };
}

/** What is left until each limit; without an annual limit, all that a policy's benefits can be counted in. */
export function leftOf(limits: Limits, year: Accumulators) {
  return {
    deductible: limits.deductible - year.deductible,
    outOfPocket: limits.outOfPocketMax - year.outOfPocket,
    benefit: (limits.annualLimit || MAX_UINT96) - year.benefit,
  };
}

function eligibleOf({ billed, quantity }: Line, benefit: Benefit, authorized: bigint): bigint {
  if (benefit.cover !== COVER.Covered) return 0n;
  const atPlanPrice = (benefit.allowed * quantity) / 1_000n;
  // Without a promise, nothing was promised.
  const ceilings = benefit.needsPreauthorization ? [billed, atPlanPrice, authorized] : [billed, atPlanPrice];
  return least(...ceilings);
}

function divide(eligible: bigint, benefit: Benefit, left: ReturnType<typeof leftOf>) {
  const copayMark = least(benefit.copay, eligible);
  const deductibleMark = benefit.deductibleApplies ? least(copayMark + left.deductible, eligible) : copayMark;
  const coinsuranceMark = deductibleMark + ((eligible - deductibleMark) * benefit.coinsuranceBps) / 10_000n;
  // The patient pays no further along the ruler than the out-of-pocket maximum reaches.
  const [first, second, third] = [copayMark, deductibleMark, coinsuranceMark].map((mark) =>
    least(mark, left.outOfPocket),
  ) as [bigint, bigint, bigint];
  return {
    copay: first,
    deductible: second - first,
    coinsurance: third - second,
    benefit: least(eligible - third, left.benefit),
  };
}

function sumOf(outcomes: readonly LineOutcome[]): Outcome {
  const total = (amountOf: (outcome: LineOutcome) => bigint) =>
    outcomes.reduce((sum, outcome) => sum + amountOf(outcome), 0n);
  return {
    billed: total(({ benefit, patientShare, writeOff }) => benefit + patientShare + writeOff),
    benefit: total(({ benefit }) => benefit),
    patientShare: total(({ patientShare }) => patientShare),
    writeOff: total(({ writeOff }) => writeOff),
    deductible: total(({ deductible }) => deductible),
    outOfPocket: total(({ copay, deductible, coinsurance }) => copay + deductible + coinsurance),
  };
}

function least(...amounts: bigint[]): bigint {
  return amounts.reduce((least, amount) => (amount < least ? amount : least));
}
