/**
 * `aceso claim show`: a claim as it stands, also as FHIR ExplanationOfBenefit and ClaimResponse.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { AdjudicatedClaim } from "../../fhir/adjudication.js";
import { claimResponse } from "../../fhir/claimResponse.js";
import { explanationOfBenefit } from "../../fhir/explanationOfBenefit.js";
import { adjudicatedClaim, ClaimUnknownError } from "../../insurance/adjudicated.js";
import { claimOf, type ClaimHistory } from "../../insurance/claim.js";
import { dateOf } from "../../insurance/day.js";
import { decimalOf } from "../../token/amount.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import { jsonText, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { UsageError } from "../usage.js";
import { claimNamed, type NamedClaim } from "./claimNamed.js";
import { CLAIM_FILE, ofClaim } from "./claimOptions.js";
import { stepsTable, stepTold } from "./claimSteps.js";
import { linesTable } from "./claimText.js";

type ShowOptions = { eob?: string; response?: string; carc?: string; reason?: string };

/** Adds the verb that shows a claim. */
export function showVerb(domain: Command, io: Io): void {
  ofClaim(domain.command("show"))
    .description("show a claim as it stands, with all that happened to it")
    .option("--eob <file>", "with a claim file: where its FHIR ExplanationOfBenefit goes: a new file")
    .option("--response <file>", "with a claim file: where its FHIR ClaimResponse goes: a new file")
    .option("--carc <code>", "the insurer's claim adjustment reason code for what it took off, which is not on chain")
    .option("--reason <text>", "the insurer's reason in words")
    .addHelpText("after", `\nExample:\n  $ aceso claim show ${CLAIM_FILE} --eob eob.json`)
    .action(acting(io, show));
}

async function show(context: Context, named: string, options: ShowOptions): Promise<void> {
  const { io } = context;
  const { eob, response, carc, reason } = options;
  const wantsFhir = eob !== undefined || response !== undefined;
  if (!wantsFhir && (carc !== undefined || reason !== undefined)) {
    throw new UsageError("--carc and --reason are told in FHIR.", "Add --eob FILE or --response FILE.");
  }
  const aceso = await reading(context);
  const claim = await claimNamed(io, aceso, named);
  if (wantsFhir && claim.file === undefined) {
    throw new UsageError("The chain does not tell what was done.", "Name the claim by its file, which has the codes.");
  }
  const history = await claimOf(aceso, claim.id);
  if (history === undefined) throw new ClaimUnknownError(claim.id);
  const adjudicated = await withCodes(aceso, claim, history, options);
  if (adjudicated && eob !== undefined) await writeNewFile(io, eob, jsonText(explanationOfBenefit(adjudicated)));
  if (adjudicated && response !== undefined) await writeNewFile(io, response, jsonText(claimResponse(adjudicated)));
  const written = { ...(eob !== undefined && { eob }), ...(response !== undefined && { response }) };
  answer(context, { ...told(claim, history, adjudicated), ...written }, text(claim, history, adjudicated));
}

/** A claim with its codes, where its file tells them and the chain still knows it. */
async function withCodes(
  aceso: Aceso,
  { file }: NamedClaim,
  { status }: ClaimHistory,
  { eob, response, carc, reason }: ShowOptions,
): Promise<AdjudicatedClaim | undefined> {
  const isGone = status === "Lapsed" && eob === undefined && response === undefined;
  if (file === undefined || isGone) return undefined;
  return adjudicatedClaim(aceso, {
    file,
    ...(carc !== undefined && { reasonCode: carc }),
    ...(reason !== undefined && { text: reason }),
  });
}

function told({ decimals, currency }: NamedClaim, history: ClaimHistory, adjudicated?: AdjudicatedClaim): object {
  const { id, policy, claim, acknowledgedBy, submittedAt, status, state, paid, paidAt, steps } = history;
  const { benefit, disputed, deadline, unfunded, automatic } = state;
  const lines = claim.lines.map(({ day, quantity, billed, ...line }) => {
    return { ...line, day: dateOf(day), quantity: decimalOf(quantity, 3), billed: decimalOf(billed, decimals) };
  });
  return {
    ...{ id, policy, patient: claim.policy.patient, provider: claim.provider, documents: claim.documents, status },
    ...{ submittedAt, deadline, unfunded, automatic, ...(acknowledgedBy && { acknowledgedBy }) },
    ...inDecimals({ benefit, disputed, paid }, decimals),
    ...(paidAt !== undefined && { paidAt }),
    ...(currency !== undefined && { currency }),
    ...(history.adjudicated && { outcome: inDecimals(history.adjudicated.outcome, decimals) }),
    lines: adjudicated ? inDecimals(adjudicated.lines, decimals) : lines,
    steps: steps.map((step) => stepTold(step, decimals)),
  };
}

function text(named: NamedClaim, history: ClaimHistory, adjudicated?: AdjudicatedClaim): string {
  const { id, policy, claim, submittedAt, status, state, paid, steps } = history;
  const { benefit, disputed, deadline, unfunded } = state;
  const outcome = history.adjudicated?.outcome;
  const rows = claim.lines.map(({ service, day, quantity, billed }) => {
    return [service, dateOf(day), decimalOf(quantity, 3), decimalOf(billed, named.decimals)];
  });
  return [
    `Claim ${id}, ${status}`,
    `policy     ${policy}`,
    `patient    ${claim.policy.patient}`,
    `provider   ${claim.provider}`,
    `submitted  ${timeText(submittedAt)}`,
    `benefit    ${amountText(benefit, named)}${disputed > 0n ? `, and ${amountText(disputed, named)} disputed` : ""}`,
    `paid       ${amountText(paid, named)}`,
    ...(outcome ? [`share      the patient pays ${amountText(outcome.patientShare, named)} by the plan's rules`] : []),
    ...(deadline > 0 ? [`waits      until ${timeText(deadline)}`] : []),
    ...(unfunded ? ["The plan's reserve does not hold what it owes: `aceso claim fund` when somebody filled it."] : []),
    "",
    adjudicated ? linesTable(adjudicated.lines, named) : tableOf(["service", "day", "quantity", "billed"], rows, ""),
    "",
    stepsTable(steps, named),
  ].join("\n");
}
