/**
 * Estimates: what a patient would pay, before anything is sent.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { refusedByName } from "../revert.js";
import { tokenDecimals } from "../token/token.js";
import { requireLineCount } from "./claimFile.js";
import { explainedLines, adjudicatedLine, type ExplainedLine } from "./explained.js";
import type { ServiceLine } from "./line.js";
import { listedBenefits } from "./listed.js";
import { toLine } from "./numbering.js";
import { lineOutcomeFrom, outcomeFrom, type ClaimOutcome } from "./outcome.js";
import { policyId, type Policy } from "./policyKey.js";
import { placedPreauthorizations, type SignedPreauthorization } from "./preauthorization.js";
import { serviceKey } from "./service.js";

/** What would become of a claim that is submitted now. Amounts in token units. */
export type Estimate = {
  /** `outcome.patientShare` is what the patient would pay in all. */
  outcome: ClaimOutcome;
  /** Each line with what becomes of it, and why. */
  lines: ExplainedLine[];
  /** Whether an acknowledged claim would be paid at once, or waits for the insurer's decision. */
  settlement: "at once" | "insurer decides";
  /** Whether the plan's reserve holds too little now: then it is paid once somebody fills it. */
  reserveDry: boolean;
  /** The token's. */
  decimals: number;
};

/**
 * What a patient would pay for these services, by the contract's own arithmetic and with what the policy's earlier claims
 * came to. Nothing is sent.
 *
 * @example
 * const { outcome, decimals } = await estimate(aceso, { policy, provider, secret, services });
 * decimalOf(outcome.patientShare, decimals); // "35.00"
 *
 * @param secret the plan's.
 * @param preauthorizations the insurer's promises; without them lines that need one pay nothing.
 * @throws {@link LineCountError}, {@link UnknownPolicyError}, {@link ServiceDayOutsideError},
 * {@link UnlistedServicesError}, {@link PreauthorizationUnplacedError}; as {@link toLine} and {@link serviceKey} do; {@link ContractError}
 * `ClaimTooLarge`.
 */
export async function estimate(
  aceso: Aceso,
  {
    policy,
    provider,
    secret,
    services,
    preauthorizations = [],
  }: {
    policy: Policy;
    provider: Address;
    secret: Hex;
    services: readonly ServiceLine[];
    preauthorizations?: readonly SignedPreauthorization[];
  },
): Promise<Estimate> {
  requireLineCount(services.length);
  const { escrow, plans } = aceso.contracts;
  const id = policyId(policy);
  const [terms, before] = await Promise.all([plans.termsOf(policy.plan), escrow.policyOf(id)]);
  if (before.endDay === 0n) throw new UnknownPolicyError(id);
  const decimals = await tokenDecimals(aceso, terms.token as Address);
  const keyed = services.map((line) => ({ ...line, service: serviceKey(secret, line), number: 0 }));
  const lines = keyed.map((line) => toLine(line, decimals));
  const isOutside = (day: number): boolean => day < policy.firstDay || day >= Number(before.endDay);
  const outside = services.filter((_, at) => isOutside(lines[at]!.day)).map(({ sequence }) => sequence);
  if (outside.length > 0) throw new ServiceDayOutsideError(outside);
  const benefits = await listedBenefits(aceso, policy.plan, keyed);

  const by = toAddress(provider);
  const named = lines.map(({ service, day }, at) => ({ service, day, preAuthRef: services[at]!.preAuthRef }));
  const placed = placedPreauthorizations(aceso, preauthorizations, { policy: id, provider: by, lines: named });
  const authorized = lines.map((_, at) => placed.find(({ line }) => line === at)?.amount ?? 0n);
  const { deductible, outOfPocket, benefit } = before;
  const [{ outcome, outcomes }, networkEnd, reserve] = await Promise.all([
    refusedByName(plans.adjudicate(policy.plan, by, { deductible, outOfPocket, benefit }, lines, authorized)),
    plans.networkEndOf(policy.plan, by),
    escrow.reserveOf(policy.plan),
  ]);
  const isWithin =
    outcome.benefit <= terms.autoApproveClaim && before.autoApproved + outcome.benefit <= terms.autoApproveYear;
  return {
    outcome: outcomeFrom(outcome),
    lines: explainedLines(
      services.map((line, at) => {
        const { billed, day } = lines[at]!;
        const ruled = { billed, benefit: benefits[at]!, outcome: lineOutcomeFrom(outcomes[at]!) };
        const inNetwork = day < Number(networkEnd);
        return { ...adjudicatedLine(line, { ...ruled, inNetwork }), outcome: ruled.outcome };
      }),
    ),
    settlement: isWithin ? "at once" : "insurer decides",
    reserveDry: reserve.free < outcome.benefit,
    decimals,
  };
}

/** There is no such policy. */
export class UnknownPolicyError extends AcesoError {
  override name = "UnknownPolicyError";
  constructor(readonly id: Hex) {
    super(`There is no policy ${id}.`, "Take its key as the insurer handed it over, and check the chain.");
  }
}

/** Services lie outside of the policy's days. `sequences` says which lines. */
export class ServiceDayOutsideError extends AcesoError {
  override name = "ServiceDayOutsideError";
  constructor(readonly sequences: readonly string[]) {
    super(
      `The policy does not cover the day of line ${sequences.join(", ")}.`,
      "Check the days; bill them under the policy of that time.",
    );
  }
}
