/**
 * A claim on chain and its file together, ready for FHIR: `explanationOfBenefit`, `claimResponse`.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { eventsOf, inOrder } from "../events.js";
import type { AdjudicatedClaim, InsurerDecision } from "../fhir/adjudication.js";
import { claimOf, type ClaimHistory } from "./claim.js";
import { billedClaim, type ClaimFile } from "./claimFile.js";
import { adjudicatedLine } from "./explained.js";
import type { LineOutcome } from "./line.js";
import { listedBenefits } from "./listed.js";
import { lineOutcomeFrom } from "./outcome.js";
import type { Benefit } from "./planTerms.js";

/**
 * A claim as it stands, with its codes.
 *
 * @example
 * const resource = explanationOfBenefit(await adjudicatedClaim(aceso, { file }));
 *
 * @param reasonCode the CARC of the insurer's decision, which is not on chain.
 * @param text the insurer's reason in words.
 * @throws {@link ClaimUnknownError} when it was never submitted, or lapsed; {@link UnlistedServicesError}; as
 * {@link billedClaim} does.
 */
export async function adjudicatedClaim(
  aceso: Aceso,
  { file, ...reason }: { file: ClaimFile } & Pick<InsurerDecision, "reasonCode" | "text">,
): Promise<AdjudicatedClaim> {
  const { plans } = aceso.contracts;
  const history = await claimOf(aceso, file.id);
  if (history === undefined || history.status === "Lapsed") throw new ClaimUnknownError(file.id);
  const { policy, provider, lines } = billedClaim(file);
  const benefits = await listedBenefits(aceso, policy.plan, file.lines);
  const networkEnd = await networkEndAt(aceso, { plan: policy.plan, provider, block: history.adjudicated?.block });
  const outcomes = await outcomesOf(aceso, history, { benefits, networkEnd });
  const { status, state, submittedAt, decision, paidAt } = history;
  return {
    chainId: aceso.chainId,
    id: file.id,
    policy: history.policy,
    patient: policy.patient,
    provider,
    insurer: (await plans.insurerOf(policy.plan)).insurer as Address,
    ...(file.type !== undefined && { type: file.type }),
    submittedAt,
    state: { ...state, status },
    currency: file.currency,
    decimals: file.decimals,
    lines: file.lines.map((line, at) =>
      adjudicatedLine(line, {
        billed: lines[at]!.billed,
        benefit: benefits[at]!,
        ...(outcomes && { outcome: outcomes[at]! }),
        inNetwork: lines[at]!.day < networkEnd,
      }),
    ),
    ...(decision && { decision: { time: decision.time, response: decision.response, ...reason } }),
    ...(paidAt !== undefined && { paidAt }),
  };
}

/** What became of each line: plans are frozen, so the contract's arithmetic tells it at any time. */
async function outcomesOf(
  aceso: Aceso,
  { claim, adjudicated, preauthorized }: ClaimHistory,
  { benefits, networkEnd }: { benefits: Benefit[]; networkEnd: number },
): Promise<LineOutcome[] | undefined> {
  if (adjudicated === undefined) return undefined;
  const { plans } = aceso.contracts;
  const { deductible, outOfPocketMax, annualLimit } = await plans.termsOf(claim.policy.plan);
  const { outcomes } = await plans.simulate(
    { deductible, outOfPocketMax, annualLimit },
    adjudicated.before,
    networkEnd,
    benefits,
    [...claim.lines],
    claim.lines.map((_, at) => preauthorized.find(({ line }) => line === at)?.amount ?? 0n),
  );
  return outcomes.map(lineOutcomeFrom);
}

/** The first day out of network as it stood in a block, or stands now; a plan's network grows after claims were paid. */
async function networkEndAt(
  aceso: Aceso,
  { plan, provider, block }: { plan: Hex; provider: Address; block: number | undefined },
): Promise<number> {
  const { plans } = aceso.contracts;
  const end = Number(await plans.networkEndOf(plan, provider));
  if (end === 0 || block === undefined) return end;
  const named = (await eventsOf(aceso, plans, plans.filters.NetworkSet(plan))).sort(inOrder);
  const last = named.findLast(({ args, blockNumber }) => blockNumber <= block && args.providers.includes(provider));
  return last?.args.member ? end : 0;
}

/** A claim is not on chain. */
export class ClaimUnknownError extends AcesoError {
  override name = "ClaimUnknownError";
  constructor(readonly id: Hex) {
    super(`Claim ${id} was never submitted, or lapsed.`, "Submit it, and check the chain and the deployment.");
  }
}
