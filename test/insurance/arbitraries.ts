/**
 * Claims to adjudicate, dense where adjudication turns: at nothing, at a limit, a unit to either side of it.
 *
 * What is left of a limit is known only when the claims before are adjudicated. So an amount is drawn as an *aim*, and
 * becomes an amount when its claim's turn comes.
 *
 * @module
 */
import { id } from "ethers";
import fc from "fast-check";

import type { Hex } from "../../src/crypto/bytes.js";
import { COVER, leftOf, MAX_UINT96, type Accumulators, type Adjudicable, type Limits } from "./adjudicationModel.js";

const MAX_LINES = 50;

/** The day in the middle: a provider leaves the network around it. */
const DAY = 20_000;

/** How large a policy's amounts are, in token units: from a few, where every unit counts, to all that fits. */
const SCALES = [20n, 1_000n, 10n ** 9n, 10n ** 21n, MAX_UINT96];

/** A policy's year: its limits, what stands already, and claims. */
export type PolicyYear = { limits: Limits; before: Accumulators; claims: readonly ClaimDraft[] };

/** A claim whose amounts are aims. */
type ClaimDraft = { networkEnd: number; lines: readonly LineDraft[] };

/** Near which amount, how many units beside it, and on top of the copay or not. */
type Aim = { mark: Mark; beside: bigint; pastCopay: boolean };
type Mark =
  "nothing" | "anything" | "most" | "allowed" | "deductibleLeft" | "outOfPocketLeft" | "benefitLeft" | "billed";

type LineDraft = {
  billed: Aim;
  allowed: Aim;
  authorized: Aim;
  copay: bigint;
  anything: bigint;
  coinsuranceBps: bigint;
  quantity: bigint;
  day: number;
  cover: number;
  deductibleApplies: boolean;
  needsPreauthorization: boolean;
};

type Marks = Record<Mark, bigint>;

/** So many claims of one policy. */
export function policyYear(claims: number): fc.Arbitrary<PolicyYear> {
  return fc.constantFrom(...SCALES).chain((scale) =>
    limitsUpTo(scale).chain((limits) =>
      fc.record({
        limits: fc.constant(limits),
        before: reachable(limits),
        claims: fc.array(claimDraft(scale), { minLength: claims, maxLength: claims }),
      }),
    ),
  );
}

/** The claim when its turn comes. */
export function claimAt({ networkEnd, lines: drafts }: ClaimDraft, limits: Limits, before: Accumulators): Adjudicable {
  const left = leftOf(limits, before);
  const claim = { limits, before, networkEnd, benefits: [], lines: [], authorized: [] };
  const { benefits, lines, authorized }: Mutable<Pick<Adjudicable, "benefits" | "lines" | "authorized">> = claim;
  let room = MAX_UINT96;
  for (const [place, draft] of drafts.entries()) {
    const { copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization, quantity, day } = draft;
    const marks: Marks = {
      nothing: 0n,
      anything: draft.anything,
      most: MAX_UINT96,
      allowed: draft.anything,
      deductibleLeft: left.deductible,
      outOfPocketLeft: left.outOfPocket,
      benefitLeft: left.benefit,
      billed: draft.anything,
    };
    const allowed = amountAt(draft.allowed, marks, copay);
    marks.allowed = (allowed * quantity) / 1_000n;
    const billed = least(amountAt(draft.billed, marks, copay), room);
    marks.billed = billed;
    room -= billed;
    benefits.push({ allowed, copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization });
    lines.push({ service: SERVICE, day, number: place, quantity, billed });
    authorized.push(amountAt(draft.authorized, marks, copay));
  }
  return claim;
}

type Mutable<T> = { [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

const SERVICE = id("service") as Hex;

function limitsUpTo(scale: bigint): fc.Arbitrary<Limits> {
  return fc
    .tuple(fc.bigInt(0n, scale), fc.bigInt(0n, scale), fc.oneof(fc.constant(0n), fc.bigInt(0n, scale * 8n)))
    .map(([deductible, above, annualLimit]) => ({
      deductible,
      outOfPocketMax: least(deductible + above, MAX_UINT96),
      annualLimit: least(annualLimit, MAX_UINT96),
    }));
}

/** What claims can have come to: what counted towards the deductible counted as out of pocket, and no limit is passed. */
function reachable({ deductible, outOfPocketMax, annualLimit }: Limits): fc.Arbitrary<Accumulators> {
  const some = fc
    .record({ deductible: fc.bigInt(0n, deductible), benefit: fc.bigInt(0n, annualLimit) })
    .chain((accumulated) =>
      fc
        .bigInt(accumulated.deductible, outOfPocketMax)
        .map((outOfPocket): Accumulators => ({ ...accumulated, outOfPocket })),
    );
  const none = fc.constant({ deductible: 0n, outOfPocket: 0n, benefit: 0n });
  return fc.oneof({ weight: 3, arbitrary: none }, { weight: 1, arbitrary: some });
}

function claimDraft(scale: bigint): fc.Arbitrary<ClaimDraft> {
  const line = lineDraft(scale);
  return fc.record({
    networkEnd: fc.constantFrom(0, DAY, DAY + 1, 2 ** 24 - 1),
    lines: fc.oneof(
      { weight: 12, arbitrary: fc.array(line, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(line, { minLength: 1, maxLength: MAX_LINES }) },
    ),
  });
}

function lineDraft(scale: bigint): fc.Arbitrary<LineDraft> {
  // Small beside the limits, so that a year's claims come up to them and go past.
  const amount = fc.bigInt(0n, scale / 8n);
  const mostly = (weight: number, usual: boolean) =>
    fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(!usual) });
  return fc.record({
    billed: aim(12, "anything", "allowed", "deductibleLeft", "outOfPocketLeft", "benefitLeft", "nothing", "most"),
    allowed: aim(12, "anything", "deductibleLeft", "outOfPocketLeft", "benefitLeft", "nothing", "most"),
    authorized: aim(1, "anything", "nothing", "allowed", "billed", "most"),
    copay: fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt(0n, scale / 80n), amount),
    anything: amount,
    coinsuranceBps: fc.oneof(fc.constantFrom(0n, 1n, 9_999n, 10_000n), fc.bigInt(0n, 10_000n)),
    quantity: fc.oneof(
      { weight: 3, arbitrary: fc.constant(1_000n) },
      { weight: 2, arbitrary: fc.constantFrom(1n, 333n, 999n, 1_001n, 100_000_000n) },
      { weight: 1, arbitrary: fc.bigInt(1n, 100_000n) },
    ),
    day: fc.constantFrom(DAY - 1, DAY, DAY + 1),
    cover: fc.oneof(
      { weight: 9, arbitrary: fc.constant(COVER.Covered) },
      { weight: 1, arbitrary: fc.constant(COVER.Excluded) },
    ),
    deductibleApplies: mostly(3, true),
    needsPreauthorization: mostly(4, false),
  });
}

/** Mostly the first mark. */
function aim(weight: number, usual: Mark, ...marks: Mark[]): fc.Arbitrary<Aim> {
  return fc.record({
    mark: fc.constantFrom(...Array<Mark>(weight).fill(usual), ...marks),
    beside: fc.constantFrom(0n, 0n, -1n, 1n),
    pastCopay: fc.boolean(),
  });
}

function amountAt({ mark, beside, pastCopay }: Aim, marks: Marks, copay: bigint): bigint {
  const amount = marks[mark] + beside + (pastCopay ? copay : 0n);
  return amount < 0n ? 0n : least(amount, MAX_UINT96);
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
