/**
 * `aceso plan show`: a plan's terms, reserve, policies and benefits.
 *
 * @module
 */
import type { Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { dateOf } from "../../insurance/day.js";
import type { Plan } from "../../insurance/plan.js";
import { readPlanFile, type PlanDraft } from "../../insurance/planFile.js";
import { COVERS, type Benefit } from "../../insurance/planTerms.js";
import { policiesOf, type PolicyState } from "../../insurance/policyState.js";
import type { Service } from "../../insurance/service.js";
import { decimalOf } from "../../token/amount.js";
import { amountText, type Money } from "../amounts.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf } from "../output.js";
import { reading } from "../session.js";
import { UsageError } from "../usage.js";
import { services } from "./arguments.js";
import { ofPlan, PLAN } from "./options.js";
import { planNamed } from "./planNamed.js";
import { readPlanSecret } from "./planSecret.js";

type ShowOptions = { file?: string; secret?: string; service?: Service[] };

const DAY_SECONDS = 86_400n;

/** Adds the verb that shows a plan. */
export function showVerb(domain: Command, io: Io): void {
  ofPlan(domain.command("show"))
    .description("show a plan's terms, its reserve and policies and, with its secret, what it pays for services")
    .option("--secret <file>", "the file of the plan's secret, to ask what it pays for services")
    .option("--file <file>", "with --secret: the plan file, whose services are asked for; also says the currency")
    .option("--service <service>", "with --secret: a service as system|code; repeat for more", services)
    .addHelpText("after", `\nExample:\n  $ aceso plan show ${PLAN} --file silver.json --secret silver.secret.json`)
    .action(acting(io, show));
}

async function show(context: Context, id: Hex, { file, secret: secretFile, service }: ShowOptions): Promise<void> {
  const { io } = context;
  if (service !== undefined && secretFile === undefined) {
    throw new UsageError("What a plan pays for services is hidden by its secret.", "Pass --secret, too.");
  }
  const draft = file === undefined ? undefined : readPlanFile(await readText(io, file));
  const secret = secretFile === undefined ? undefined : await readPlanSecret(io, secretFile);
  const asked = [...(service ?? []), ...(draft?.services ?? [])];
  const aceso = await reading(context);
  const plan = await planNamed(aceso, id, secret && { secret, services: asked });
  if (draft && (draft.name !== plan.name || draft.terms.token !== plan.terms.token)) throw new OtherPlanFileError();
  const policies = await policiesOf(aceso, { plan: id });
  const money = { decimals: plan.decimals, ...(draft && { currency: draft.currency }) };
  const parts = [
    termsText(plan, money),
    tableOf(
      ["policy", "patient", "from", "to", "benefits so far"],
      policies.map((each) => policyRow(each, money)),
      "No policy.",
    ),
    ...(plan.services.length === 0 ? [] : [benefitsTable(plan, money, draft)]),
  ];
  answer(context, toldPlan(plan, policies, money), parts.join("\n\n"));
}

function termsText({ id, name, published, insurer, terms, reserve, decimals }: Plan, money: Money): string {
  const amount = (units: bigint): string => amountText(units, money);
  const { annualLimit, responseWindow, appealWindow, rulingWindow } = terms;
  const days = (seconds: bigint): bigint => seconds / DAY_SECONDS;
  return [
    `${name}, ${published ? "published" : "a draft, not published"}: plan ${id}`,
    `insurer        ${insurer}`,
    `token          ${terms.token}, ${decimals} decimals`,
    `deductible     ${amount(terms.deductible)}`,
    `out of pocket  at most ${amount(terms.outOfPocketMax)}`,
    `annual limit   ${annualLimit === 0n ? "none" : amount(annualLimit)}`,
    `paid at once   up to ${amount(terms.autoApproveClaim)} a claim, ${amount(terms.autoApproveYear)} a policy`,
    `windows        ${days(responseWindow)} days to decide, ${days(appealWindow)} to appeal, ${days(rulingWindow)} to rule`,
    `arbitrators    ${terms.arbitrator}, else ${terms.fallbackArbitrator}`,
    `ruling fee     ${amount(terms.rulingFee)}`,
    `collateral     ${amount(terms.collateral)} a policy`,
    `reserve        ${amount(reserve.free)} free; ${amount(reserve.unfunded)} owed that it could not bind`,
    `policies       ${reserve.policies} live`,
  ].join("\n");
}

function policyRow({ id, policy, endDay, closed, benefit }: PolicyState, money: Money): string[] {
  const to = closed ? `${lastDayOf(endDay)}, closed` : lastDayOf(endDay);
  return [id, policy.patient, dateOf(policy.firstDay), to, amountText(benefit, money)];
}

function benefitsTable({ services: found }: Plan, money: Money, draft?: PlanDraft): string {
  const displays = new Map(draft?.services.map(({ system, code, display }) => [`${system}|${code}`, display]));
  const rows = found.map(({ system, code, benefit }) => [
    displays.get(`${system}|${code}`) ?? system,
    code,
    ...benefitCells(benefit, money),
  ]);
  return tableOf(["service", "code", "allowed", "copay", "coinsurance", "deductible", "preauthorisation"], rows, "");
}

function benefitCells(benefit: Benefit, money: Money): string[] {
  const cover = COVERS[Number(benefit.cover)]!;
  if (cover !== "covered") return [cover === "excluded" ? "not covered" : "not listed", "", "", "", ""];
  const { allowed, copay, coinsuranceBps, deductibleApplies, needsPreauthorization } = benefit;
  return [
    amountText(allowed, money),
    amountText(copay, money),
    percentage(coinsuranceBps),
    deductibleApplies ? "applies" : "",
    needsPreauthorization ? "needed" : "",
  ];
}

function percentage(bps: bigint): string {
  return `${decimalOf(bps, 2).replace(/\.?0+$/, "")}%`;
}

/** The last day something covers, from the first it covers no more. */
function lastDayOf(endDay: number): string {
  return dateOf(endDay - 1);
}

function toldPlan(plan: Plan, policies: readonly PolicyState[], { decimals, currency }: Money): object {
  const amount = (units: bigint): string => decimalOf(units, decimals);
  const { terms, reserve, services: found, ...rest } = plan;
  return {
    ...rest,
    ...(currency && { currency }),
    terms: {
      token: terms.token,
      deductible: amount(terms.deductible),
      outOfPocketMax: amount(terms.outOfPocketMax),
      annualLimit: terms.annualLimit === 0n ? "none" : amount(terms.annualLimit),
      autoApprove: { claim: amount(terms.autoApproveClaim), year: amount(terms.autoApproveYear) },
      windows: {
        response: Number(terms.responseWindow / DAY_SECONDS),
        appeal: Number(terms.appealWindow / DAY_SECONDS),
        ruling: Number(terms.rulingWindow / DAY_SECONDS),
      },
      arbitrators: { primary: terms.arbitrator, fallback: terms.fallbackArbitrator },
      rulingFee: amount(terms.rulingFee),
      collateral: amount(terms.collateral),
    },
    reserve: { free: amount(reserve.free), unfunded: amount(reserve.unfunded), policies: reserve.policies },
    policies: policies.map(({ id, policy, endDay, closed, benefit }) => ({
      id,
      patient: policy.patient,
      from: dateOf(policy.firstDay),
      to: lastDayOf(endDay),
      closed,
      benefit: amount(benefit),
    })),
    services: found.map(({ system, code, benefit }) => ({ system, code, ...toldBenefit(benefit, amount) })),
  };
}

function toldBenefit(benefit: Benefit, amount: (units: bigint) => string): object {
  const cover = COVERS[Number(benefit.cover)]!;
  if (cover !== "covered") return { cover };
  const { allowed, copay, coinsuranceBps, deductibleApplies, needsPreauthorization } = benefit;
  const coinsurance = percentage(coinsuranceBps);
  return {
    cover,
    allowed: amount(allowed),
    copay: amount(copay),
    coinsurance,
    deductibleApplies,
    needsPreauthorization,
  };
}

/** A plan file is of another plan: it would tell amounts in a currency that may be wrong. */
export class OtherPlanFileError extends AcesoError {
  override name = "OtherPlanFileError";
  constructor() {
    super("The file is of a plan with another name or token.", "Pass the file this plan was drafted from.");
  }
}
