/**
 * Claims as they stand, with their whole history.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { paidBy, stepsOf, submittedIds, type AskedClaims, type ClaimStep, type StepOf } from "./claimHistory.js";
import type { BilledClaim } from "./claimKey.js";
import { stateFrom, type ClaimState, type ClaimStatus } from "./outcome.js";
import type { Policy } from "./policyKey.js";
import { policyKeys } from "./policyState.js";

/** A claim and what became of it. Amounts in token units, times in Unix seconds. */
export type ClaimHistory = {
  id: Hex;
  /** The policy's id. */
  policy: Hex;
  /** What was billed: what every further step takes. */
  claim: BilledClaim;
  /** The patient or delegate who acknowledged it. */
  acknowledgedBy?: Address;
  submittedAt: number;
  /** As the chain has it, or `Lapsed` when it is no more. */
  status: Exclude<ClaimStatus, "None"> | "Lapsed";
  state: ClaimState;
  /** What became of it by the plan's rules, of all lines; an unacknowledged claim is not adjudicated yet. */
  adjudicated?: StepOf<"adjudicated">;
  /** The preauthorisations it was adjudicated with, by the places of their lines. */
  preauthorized: StepOf<"preauthorized">[];
  /** What the insurer decided. */
  decision?: StepOf<"decided">;
  /** What the provider was paid, without what it paid back. */
  paid: bigint;
  /** When the provider was last paid. */
  paidAt?: number;
  /** All that happened, in order. Of a claim that lapsed and came again, since it came again. */
  steps: ClaimStep[];
};

/** A claim by its id; undefined when none was submitted. */
export async function claimOf(aceso: Aceso, id: Hex): Promise<ClaimHistory | undefined> {
  const steps = (await stepsOf(aceso, [id])).get(id)!;
  return steps.length === 0 ? undefined : historyOf(aceso, { id, steps, policies: policyKeys(aceso) });
}

/** The claims of a policy, a provider or a plan, oldest first. */
export async function claimsOf(aceso: Aceso, asked: AskedClaims): Promise<ClaimHistory[]> {
  const steps = await stepsOf(aceso, await submittedIds(aceso, asked));
  const policies = policyKeys(aceso);
  return Promise.all([...steps].map(([id, each]) => historyOf(aceso, { id, steps: each, policies })));
}

type Told = { id: Hex; steps: readonly ClaimStep[]; policies: (id: Hex) => Promise<Policy> };

async function historyOf(aceso: Aceso, { id, steps: all, policies }: Told): Promise<ClaimHistory> {
  const state = stateFrom(await aceso.contracts.escrow.claimOf(id));
  const steps = all.slice(all.findLastIndex(({ kind }) => kind === "submitted"));
  const { policy, provider, lines, documents, acknowledgedBy, time: submittedAt } = lastOf(steps, "submitted")!;
  const adjudicated = lastOf(steps, "adjudicated");
  const decision = lastOf(steps, "decided");
  const paidAt = lastOf(steps, "paid")?.time;
  return {
    id,
    policy,
    claim: { policy: await policies(policy), provider, documents, lines },
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
    submittedAt,
    status: statusIn(state, steps),
    state,
    ...(adjudicated && { adjudicated }),
    preauthorized: steps.filter(
      (step): step is StepOf<"preauthorized"> =>
        step.kind === "preauthorized" && step.transaction === adjudicated?.transaction,
    ),
    ...(decision && { decision }),
    paid: steps.reduce((sum, step) => sum + paidBy(step), 0n),
    ...(paidAt !== undefined && { paidAt }),
    steps,
  };
}

/** The chain forgets claims nobody acknowledged when they lapse or are taken back. */
function statusIn({ status }: ClaimState, steps: readonly ClaimStep[]): ClaimHistory["status"] {
  if (status !== "None") return status;
  return lastOf(steps, "reversed") ? "Reversed" : "Lapsed";
}

function lastOf<Kind extends ClaimStep["kind"]>(steps: readonly ClaimStep[], kind: Kind): StepOf<Kind> | undefined {
  return steps.findLast((step): step is StepOf<Kind> => step.kind === kind);
}
