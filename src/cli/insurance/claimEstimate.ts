/**
 * `aceso claim estimate`: what a patient would pay, before anything is sent.
 *
 * @module
 */
import type { Command } from "commander";

import type { Estimate } from "../../insurance/estimate.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer } from "../output.js";
import { reading } from "../session.js";
import { billedSource, billingOf, requireOneClaim, type BilledSource, type Billing } from "./claimBilling.js";
import { claimsIn } from "./claimDocument.js";
import { bills, HOSPITAL, type BillingOptions } from "./claimOptions.js";
import { appliedText, explainedTold, linesTable, notBilledText, plain, reasonsText } from "./claimText.js";

/** Adds the verb that estimates. */
export function estimateVerb(domain: Command, io: Io): void {
  bills(domain.command("estimate"))
    .description("show what the plan and the patient would pay for FHIR Claims submitted now; nothing is sent")
    .argument("<claim>", "a FHIR Claim, or a Bundle with Claims and what they refer to; - for stdin")
    .addHelpText(
      "after",
      `\nOf several claims each is estimated as if it were the next.

Example:
  $ aceso claim estimate claim.json --policy policy.json --secret silver.secret.json --currency USD \\
      --provider ${HOSPITAL}`,
    )
    .action(acting(io, estimateClaims));
}

async function estimateClaims(context: Context, path: string, options: BillingOptions): Promise<void> {
  const sources = claimsIn(await readText(context.io, path), options.claim);
  requireOneClaim(sources, options);
  const aceso = await reading(context);
  const billing = await billingOf(context, aceso, options);
  const billed: BilledSource[] = [];
  for (const source of sources) billed.push(await billedSource(aceso, source, billing));
  const { currency, provider } = billing;
  answer(
    context,
    { provider, currency, claims: billed.map(billedTold) },
    billed.map((each) => billedText(each, billing)).join("\n\n"),
  );
}

/** A Claim as it would be billed, for programs. */
export function billedTold({ source, estimate, notBilled, applied }: BilledSource): object {
  return { claim: source.name, ...(estimate && estimateTold(estimate)), notBilled, applied };
}

/** A Claim as it would be billed, for people. */
export function billedText({ source, estimate, notBilled, applied }: BilledSource, { currency }: Billing): string {
  return [
    plain(source.name),
    ...(estimate ? estimateText(estimate, currency) : ["Nothing of it can be billed."]),
    ...appliedText(applied),
    ...notBilledText(notBilled),
  ].join("\n");
}

function estimateTold({ outcome, lines, settlement, reserveDry, decimals }: Estimate): object {
  const told = { outcome: inDecimals(outcome, decimals), lines: explainedTold(lines, { decimals }) };
  return { ...told, settlement, reserveDry };
}

function estimateText({ outcome, lines, settlement, reserveDry, decimals }: Estimate, currency: string): string[] {
  const money = { decimals, currency };
  const paid = `The plan would pay ${amountText(outcome.benefit, money)}`;
  const reasons = reasonsText(lines, money);
  return [
    linesTable(lines, money),
    `${paid}, the patient ${amountText(outcome.patientShare, money)}.`,
    settlement === "at once"
      ? "It would be paid at once when the patient acknowledges it."
      : "The insurer would decide on it.",
    ...(reserveDry ? ["The plan's reserve holds too little now: it is paid once somebody fills it."] : []),
    ...(reasons.length > 0 ? ["Why the plan does not pay the rest:", ...reasons] : []),
  ];
}
