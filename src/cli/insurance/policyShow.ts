/**
 * `aceso policy show`: a policy's year so far.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import { coverageOf } from "../../fhir/coverage.js";
import type { ClaimHistory } from "../../insurance/claim.js";
import { dateOf } from "../../insurance/day.js";
import { policyId } from "../../insurance/policyKey.js";
import { statement, type Statement } from "../../insurance/statement.js";
import { now } from "../../signing.js";
import { decimalOf } from "../../token/amount.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import { jsonText, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { ofPolicy } from "./options.js";
import { policyNamed } from "./policyFile.js";

const DAY_SECONDS = 86_400;

/** Adds the verb that shows a policy. */
export function statementVerb(domain: Command, io: Io): void {
  ofPolicy(domain.command("show"))
    .description("show a policy's year so far: what was met of its limits, what is left, and every claim")
    .option("--coverage <file>", "also write it as a FHIR R4 Coverage: a new file")
    .addHelpText("after", "\nExample:\n  $ aceso policy show policy.json --coverage coverage.json")
    .action(acting(io, show));
}

async function show(context: Context, named: string, { coverage: path }: { coverage?: string }): Promise<void> {
  const aceso = await reading(context);
  const policy = await policyNamed(context.io, aceso, named);
  const found = await statement(aceso, { policy: policyId(policy) });
  if (path !== undefined) await writeCoverage(context, aceso, found, path);
  answer(context, { ...toldStatement(found), ...(path !== undefined && { coverage: path }) }, statementText(found));
}

async function writeCoverage({ io }: Context, aceso: Aceso, { policy, plan }: Statement, path: string): Promise<void> {
  const { insurer, name: planName } = plan;
  const today = Math.floor((await now(aceso)) / DAY_SECONDS);
  const covered = { id: policy.id, ...policy.policy, planName, insurer };
  const coverage = coverageOf(covered, { chainId: aceso.chainId, today, endDay: policy.endDay });
  await writeNewFile(io, path, jsonText(coverage));
}

type Limit = { met: bigint; of?: bigint; left?: bigint };

/** What was met of each limit, and what is left. */
function limitsOf({
  policy,
  plan,
  left,
}: Statement): Record<"deductible" | "outOfPocket" | "benefit" | "atOnce", Limit> {
  const { deductible, outOfPocketMax, annualLimit, autoApproveYear } = plan.terms;
  return {
    deductible: { met: policy.deductible, of: deductible, left: left.deductible },
    outOfPocket: { met: policy.outOfPocket, of: outOfPocketMax, left: left.outOfPocket },
    benefit: { met: policy.benefit, ...(left.benefit !== undefined && { of: annualLimit, left: left.benefit }) },
    atOnce: { met: policy.autoApproved, of: autoApproveYear, left: left.autoApproved },
  };
}

function statementText(found: Statement): string {
  const { policy, plan, claims, totals } = found;
  const { patient, holder, firstDay, endDay, premium } = policy.policy;
  const amount = (units: bigint): string => amountText(units, plan);
  const days = `${dateOf(firstDay)} to ${dateOf(policy.endDay - 1)}`;
  const ended = policy.endDay < endDay ? `, ended early (was to ${dateOf(endDay - 1)})` : "";
  const limits = limitsOf(found);
  const row = (name: string, { met, of, left }: Limit): string[] => [
    name,
    amount(met),
    of === undefined ? "no limit" : amount(of),
    left === undefined ? "" : amount(left),
  ];
  return [
    [
      `Policy ${policy.id}${policy.closed ? ", closed" : ""}`,
      `plan     ${plan.name}, ${plan.id}`,
      `patient  ${patient}`,
      `holder   ${holder}`,
      `covers   ${days}${ended}`,
      `premium  ${amount(premium)}`,
    ].join("\n"),
    tableOf(
      ["the year so far", "met", "of", "left"],
      [
        row("deductible", limits.deductible),
        row("out of pocket", limits.outOfPocket),
        row("plan pays", limits.benefit),
        row("paid at once", limits.atOnce),
      ],
      "",
    ),
    tableOf(
      ["claim", "submitted", "status", "billed", "plan pays", "patient pays", "disputed", "paid"],
      claims.map((claim) => claimRow(claim, amount)),
      "No claim yet.",
    ),
    `Claims that count: billed ${amount(totals.billed)}; the plan pays ${amount(totals.benefit)}, the patient ` +
      `${amount(totals.patientShare)}; written off ${amount(totals.writeOff)}; disputed ${amount(totals.disputed)}; ` +
      `paid so far ${amount(totals.paid)}.`,
  ].join("\n\n");
}

function claimRow(claim: ClaimHistory, amount: (units: bigint) => string): string[] {
  const { id, submittedAt, status, state, adjudicated, paid } = claim;
  const { billed, patientShare } = adjudicated?.outcome ?? {};
  return [
    id,
    timeText(submittedAt).slice(0, "YYYY-MM-DD".length),
    status,
    billed === undefined ? "" : amount(billed),
    amount(state.benefit),
    patientShare === undefined ? "" : amount(patientShare),
    amount(state.disputed),
    amount(paid),
  ];
}

function toldStatement(found: Statement): object {
  const { policy, plan, claims, totals } = found;
  const { decimals } = plan;
  const { patient, holder, firstDay, premium, document } = policy.policy;
  return {
    id: policy.id,
    ...{ plan: plan.id, planName: plan.name, insurer: plan.insurer, patient, holder },
    ...{ from: dateOf(firstDay), to: dateOf(policy.endDay - 1), closed: policy.closed },
    premium: decimalOf(premium, decimals),
    document,
    limits: inDecimals(limitsOf(found), decimals),
    claims: claims.map(({ id, claim, submittedAt, status, state, adjudicated, paid }) => ({
      ...{ id, provider: claim.provider, submittedAt, status },
      ...inDecimals({ ...adjudicated?.outcome, benefit: state.benefit, disputed: state.disputed, paid }, decimals),
      ...(state.deadline > 0 && { deadline: state.deadline }),
    })),
    totals: inDecimals(totals, decimals),
  };
}
