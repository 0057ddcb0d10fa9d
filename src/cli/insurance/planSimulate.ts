/**
 * `aceso plan simulate`: what a plan would have paid for claims of the past.
 *
 * @module
 */
import type { Command } from "commander";

import type { AppliedRule } from "../../fhir/claimRules.js";
import type { ExplainedLine } from "../../insurance/explained.js";
import { readPlanFile, type PlanDraft } from "../../insurance/planFile.js";
import { simulate, type NotBilled, type SimulatedClaim, type Simulation } from "../../insurance/simulate.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf } from "../output.js";
import { withProgress } from "../progress.js";
import { reading } from "../session.js";
import { readPastClaims, type PastClaims, type UnreadFile } from "./pastClaims.js";

type SimulateOptions = { network?: readonly string[] };

/** Adds the verb that simulates. */
export function simulateVerb(domain: Command, io: Io): void {
  domain
    .command("simulate")
    .description("try a plan before it is published: what it would have paid for FHIR claims of the past, and why")
    .argument("<plan>", "the plan file; - for stdin")
    .argument("<claims...>", "FHIR R4 Claims or Bundles in JSON, or folders of them")
    .option(
      "--network <provider>",
      "a provider in network, as the claims name it; repeat for more (default: all)",
      (provider: string, earlier: readonly string[] = []) => [...earlier, provider],
    )
    .addHelpText(
      "after",
      `\nThe deployed contract's own code does the sums; nothing is sent. Deductible and limits are counted for each patient and
calendar year. Every claim is taken to be acknowledged, and every preauthorisation a claim names to be for all it asks.

Example:
  $ aceso plan simulate silver.json claims/`,
    )
    .action(acting(io, simulatePlan));
}

async function simulatePlan(
  context: Context,
  path: string,
  paths: readonly string[],
  { network }: SimulateOptions,
): Promise<void> {
  const { io } = context;
  const draft = readPlanFile(await readText(io, path));
  const past = await withProgress(context, "Reading claims", (report) => readPastClaims(io, paths, report));
  const aceso = await reading(context);
  const simulation = await withProgress(context, `Adjudicating ${past.claims.length} claims`, () =>
    simulate(aceso, { draft, claims: past.claims, ...(network && { network }) }),
  );
  const { decimals, currency } = draft;
  const told = { plan: draft.name, currency, ...inDecimals(simulation, decimals), unread: past.unread };
  answer(context, told, simulationText(simulation, draft, past));
}

function simulationText({ claims, totals }: Simulation, draft: PlanDraft, { files, unread }: PastClaims): string {
  const parts = claims.map((claim) => claimText(claim, draft));
  return [...parts, ...unreadText(unread), totalsText(totals, draft, files)].join("\n\n");
}

function claimText(simulated: SimulatedClaim, draft: PlanDraft): string {
  const { claim, patient, provider, years, lines, outcome, atOnce, notBilled, applied } = simulated;
  const parties = [...(patient ? [`of ${patient}`] : []), ...(provider ? [`by ${provider}`] : [])].join(" ");
  const settled = atOnce ? "at once" : "after the insurer's decision";
  const paid = `the plan pays ${amountText(outcome.benefit, draft)} of ${amountText(outcome.billed, draft)} ${settled}`;
  const title = `${claim} ${parties}`.trimEnd();
  return [
    `${title}${years.length > 1 ? `, in ${years.join(" and ")}` : ""}: ${lines.length > 0 ? paid : "nothing to bill"}`,
    ...(lines.length > 0 ? [linesTable(lines, draft)] : []),
    ...notBilled.map((each) => notBilledText(each)),
    ...appliedText(applied),
  ].join("\n");
}

function linesTable(lines: readonly ExplainedLine[], draft: PlanDraft): string {
  const amount = (units: bigint): string => amountText(units, { decimals: draft.decimals });
  const rows = lines.map(({ sequence, display, code, day, quantity, billed, outcome, entries }) => [
    sequence,
    display ?? code,
    day,
    quantity,
    amount(billed),
    amount(outcome.benefit),
    amount(outcome.patientShare),
    amount(outcome.writeOff),
    entries.flatMap(({ amount: part, reason }) => (reason ? [`${amount(part)}: ${reason.text}`] : [])).join("\n"),
  ]);
  return tableOf(["line", "service", "day", "quantity", "billed", "plan", "patient", "written off", "why"], rows, "");
}

function notBilledText({ sequence, sentence, amount }: NotBilled): string {
  return `${placeOf(sequence)} not billed${amount === undefined ? "" : ` (${amount})`}: ${sentence}`;
}

function placeOf(sequence: string): string {
  return sequence ? `Line ${sequence}` : "The claim";
}

/** The rules that filled gaps, each with the lines it did that for. */
function appliedText(applied: readonly AppliedRule[]): string[] {
  const places = new Map<string, string[]>();
  for (const { sequence, sentence } of applied) {
    places.set(sentence, [...(places.get(sentence) ?? []), ...(sequence === undefined ? [] : [sequence])]);
  }
  return [...places].map(([sentence, sequences]) => `${placeOf(sequences.join(", "))}: ${sentence}`);
}

function unreadText(unread: readonly UnreadFile[]): string[] {
  if (unread.length === 0) return [];
  return [["Files that could not be read:", ...unread.map(({ file, message }) => `  ${file}: ${message}`)].join("\n")];
}

function totalsText(totals: Simulation["totals"], draft: PlanDraft, files: number): string {
  const amount = (units: bigint): string => amountText(units, draft);
  return [
    `${draft.name}, in all`,
    `files        ${files}`,
    `claims       ${totals.claims}: ${totals.billedClaims} billed, ${totals.atOnce} of them paid at once`,
    `lines        ${totals.lines} billed, ${totals.notBilled} not`,
    `billed       ${amount(totals.billed)}`,
    `plan pays    ${amount(totals.benefit)}`,
    `patient      ${amount(totals.patientShare)}, of it ${amount(totals.outOfPocket)} copay, deductible and coinsurance`,
    `written off  ${amount(totals.writeOff)}`,
  ].join("\n");
}
