/**
 * Statements: a policy's year so far.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { claimsOf, type ClaimHistory } from "./claim.js";
import { UnknownPolicyError } from "./estimate.js";
import { planOf, type Plan } from "./plan.js";
import { policyOf, type PolicyState } from "./policyState.js";

/** A policy's year so far. Amounts in token units. */
export type Statement = {
  /** The policy with its accumulators. */
  policy: PolicyState;
  plan: Plan;
  /** Every claim, oldest first. */
  claims: ClaimHistory[];
  left: {
    /** What the patient still pays before benefits, where the deductible applies. */
    deductible: bigint;
    /** The most the patient still pays as copay, deductible and coinsurance. */
    outOfPocket: bigint;
    /** What the plan still pays; undefined when it has no limit. */
    benefit?: bigint;
    /** Up to which benefit claims are still paid at once. */
    autoApproved: bigint;
  };
  /** The sums of the claims that count: adjudicated, and neither denied for good, reversed nor lapsed. */
  totals: {
    billed: bigint;
    /** What the plan pays, as far as the claims have come. */
    benefit: bigint;
    /** What the patient pays by the plan's rules. */
    patientShare: bigint;
    writeOff: bigint;
    /** What the insurer took off and is not final yet. */
    disputed: bigint;
    /** What providers were paid. */
    paid: bigint;
  };
};

/**
 * A policy's year so far: every claim with what became of it, and what is left of the plan's limits.
 *
 * @example
 * const { left, plan } = await statement(aceso, { policy });
 * decimalOf(left.deductible, plan.decimals); // "180.00"
 *
 * @param policy the policy's id.
 * @throws {@link UnknownPolicyError}.
 */
export async function statement(aceso: Aceso, { policy: id }: { policy: Hex }): Promise<Statement> {
  const policy = await policyOf(aceso, id);
  if (policy === undefined) throw new UnknownPolicyError(id);
  const [plan, claims] = await Promise.all([planOf(aceso, policy.policy.plan), claimsOf(aceso, { policy: id })]);
  // A policy is of a published plan.
  const { deductible, outOfPocketMax, annualLimit, autoApproveYear } = plan!.terms;
  const { deductible: met, outOfPocket, benefit, autoApproved } = policy;
  return {
    policy,
    plan: plan!,
    claims,
    left: {
      deductible: deductible - met,
      outOfPocket: outOfPocketMax - outOfPocket,
      ...(annualLimit !== 0n && { benefit: annualLimit - benefit }),
      autoApproved: autoApproveYear - autoApproved,
    },
    totals: totalsOf(claims),
  };
}

function totalsOf(claims: readonly ClaimHistory[]): Statement["totals"] {
  const counted = claims.filter(counts);
  const sum = (amount: (claim: ClaimHistory) => bigint): bigint =>
    counted.reduce((total, claim) => total + amount(claim), 0n);
  return {
    billed: sum(({ adjudicated }) => adjudicated!.outcome.billed),
    benefit: sum(({ state }) => state.benefit),
    patientShare: sum(({ adjudicated }) => adjudicated!.outcome.patientShare),
    writeOff: sum(({ adjudicated }) => adjudicated!.outcome.writeOff),
    disputed: sum(({ state }) => state.disputed),
    paid: sum(({ paid }) => paid),
  };
}

function counts({ status, state, adjudicated }: ClaimHistory): boolean {
  if (adjudicated === undefined || status === "Reversed" || status === "Lapsed") return false;
  return !(status === "Final" && state.benefit === 0n && adjudicated.outcome.benefit > 0n);
}
