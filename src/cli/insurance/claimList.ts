/**
 * `aceso claim list`: the claims of a plan, a policy, a provider or a patient.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { claimsOf, type ClaimHistory } from "../../insurance/claim.js";
import { policyId } from "../../insurance/policyKey.js";
import { policiesOf } from "../../insurance/policyState.js";
import { decimalOf } from "../../token/amount.js";
import { tokenDecimals } from "../../token/token.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { UsageError } from "../usage.js";
import { plan } from "./arguments.js";
import { HOSPITAL } from "./claimOptions.js";
import { PLAN } from "./options.js";
import { policyNamed } from "./policyFile.js";

type AskedOptions = { plan?: Hex; policy?: string; provider?: Address; patient?: Address };

type ListOptions = AskedOptions & { waiting?: boolean };

/** Adds the verb that lists claims. */
export function listVerb(domain: Command, io: Io): void {
  domain
    .command("list")
    .description("list claims with what became of them, oldest first")
    .option("--plan <plan>", "those of a plan, by its id", plan)
    .option("--policy <policy>", "those under a policy: its file, its quote, or its id")
    .option("--provider <address>", "those of a provider", address("--provider"))
    .option("--patient <address>", "those of a patient", address("--patient"))
    .option("--waiting", "only those the insurer has to decide, accept or fund, the nearest deadline first")
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso claim list --plan ${PLAN} --waiting\n  $ aceso claim list --provider ${HOSPITAL}`,
    )
    .action(acting(io, list));
}

async function list(context: Context, { waiting, ...asked }: ListOptions): Promise<void> {
  if (Object.values(asked).length !== 1) {
    throw new UsageError("One list is asked for.", "Pass --plan, --policy, --provider or --patient.");
  }
  const aceso = await reading(context);
  const all = await askedClaims(context, aceso, asked);
  const claims = waiting ? waitingIn(all) : all;
  const decimalsOf = decimalsByPlan(aceso);
  const listed = await Promise.all(
    claims.map(async (claim) => listedOf(claim, await decimalsOf(claim.claim.policy.plan))),
  );
  const rows = listed.map(({ id, status, unfunded, submittedAt, provider, billed, benefit, paid, deadline }) => {
    const until = deadline === 0 ? "" : timeText(deadline);
    return [
      id,
      unfunded ? `${status}, unfunded` : status,
      timeText(submittedAt),
      provider,
      billed,
      benefit,
      paid,
      until,
    ];
  });
  const head = ["claim", "status", "submitted", "provider", "billed", "benefit", "paid", "waits until"];
  answer(context, listed, tableOf(head, rows, waiting ? "No claim waits for the insurer." : "No claim was submitted."));
}

async function askedClaims(
  { io }: Context,
  aceso: Aceso,
  { plan, policy, provider, patient }: AskedOptions,
): Promise<ClaimHistory[]> {
  if (plan !== undefined) return claimsOf(aceso, { plan });
  if (policy !== undefined) return claimsOf(aceso, { policy: policyId(await policyNamed(io, aceso, policy)) });
  if (provider !== undefined) return claimsOf(aceso, { provider });
  const policies = await policiesOf(aceso, { patient: patient! });
  const claims = await Promise.all(policies.map(({ id }) => claimsOf(aceso, { policy: id })));
  return claims.flat().sort((one, other) => one.submittedAt - other.submittedAt);
}

/** What the insurer has to decide, accept or fund: by its deadline, and what has none at the end. */
function waitingIn(claims: readonly ClaimHistory[]): ClaimHistory[] {
  const until = ({ state }: ClaimHistory): number => state.deadline || Number.MAX_SAFE_INTEGER;
  return claims
    .filter(({ status, state }) => status === "Pending" || status === "Unacknowledged" || state.unfunded)
    .sort((one, other) => until(one) - until(other));
}

function listedOf({ id, policy, claim, submittedAt, status, state, paid }: ClaimHistory, decimals: number) {
  const billed = claim.lines.reduce((sum, line) => sum + line.billed, 0n);
  return {
    ...{
      id,
      status,
      unfunded: state.unfunded,
      submittedAt,
      policy,
      patient: claim.policy.patient,
      provider: claim.provider,
    },
    billed: decimalOf(billed, decimals),
    benefit: decimalOf(state.benefit, decimals),
    disputed: decimalOf(state.disputed, decimals),
    paid: decimalOf(paid, decimals),
    deadline: state.deadline,
  };
}

/** A function that gives the decimals of a plan's token, asking the chain once a plan. */
function decimalsByPlan(aceso: Aceso): (plan: Hex) => Promise<number> {
  const known = new Map<Hex, Promise<number>>();
  return (plan) => {
    const decimals =
      known.get(plan) ??
      aceso.contracts.plans.termsOf(plan).then(({ token }) => tokenDecimals(aceso, token as Address));
    known.set(plan, decimals);
    return decimals;
  };
}
