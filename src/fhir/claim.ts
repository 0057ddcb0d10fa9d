/**
 * FHIR R4 Claims → the lines of a claim, with every gap that was filled and everything that can't be billed.
 *
 * @module
 */
import type { Claim, ClaimInsurance, Reference } from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import type { ServiceLine } from "../insurance/line.js";
import { decimalOf } from "../token/amount.js";
import { claimContext, type ClaimContext } from "./claimContext.js";
import { dayOf, sumOf, withMedicine, withoutDiagnoses, withPrices } from "./claimGaps.js";
import { amountOf, asksOf, currencyIn, elements, MalformedClaimError, type Ask } from "./claimItems.js";
import { applied, UNBILLABLE_REASONS, type AppliedRule, type Unbillable, type UnbillableReason } from "./claimRules.js";
import type { FhirResource } from "./resource.js";

/** How a claim is read. */
export type ClaimOptions = {
  /** The bundle it came in, for its ExplanationOfBenefit and what it refers to. */
  context?: ClaimContext;
  /** The plan's currency (ISO 4217), if claims in others are to be refused. */
  currency?: string;
  /** The places of the currency's minor unit: two unless told. */
  decimals?: number;
};

/** What a claim asks for. Each part of it is in one line, in one unbillable, or billed with the part around it. */
export type ReadClaim = {
  lines: ServiceLine[];
  unbillable: Unbillable[];
  /** The rules that filled gaps, the claim's own first. */
  applied: AppliedRule[];
  /** ISO 4217, or undefined when no amount names one. */
  currency?: string;
  /** The claim's own total, a decimal in its currency. */
  total?: string;
  /** As the claim refers to them: a reference, else `system|value` of an identifier, else the display. */
  patient?: string;
  provider?: string;
  /** The coverage billed. */
  coverage?: string;
  created?: string;
  use?: string;
  /** The preauthorisations the billed coverage names. */
  preAuthRef: string[];
  /** How many diagnoses it has; which stays in the document. */
  diagnosisCount: number;
};

/**
 * The lines of a FHIR R4 Claim, for a plan to adjudicate.
 *
 * Money is never invented: a price is the item's own, what its ExplanationOfBenefit says was submitted, or the rest of
 * the claim's total where only one line has none. Claims that are not active, or ask for no payment, have no lines.
 *
 * @example
 * const context = claimContext(bundle);
 * const { lines, unbillable, applied } = claimLines(claim, { context });
 *
 * @throws {@link NotAClaimError} when the resource is of another type.
 * @throws {@link MissingItemsError} when it has no item.
 * @throws {@link MalformedClaimError} when an element is no list, or no number, where R4 says so.
 * @throws {@link NegativeTotalError} when its total is negative.
 * @throws {@link ForeignCurrencyError} when it is in another currency than the plan.
 */
export function claimLines(claim: FhirResource, options: ClaimOptions = {}): ReadClaim {
  if (claim.resourceType !== "Claim") throw new NotAClaimError(claim.resourceType);
  const items = elements(claim.item, "item");
  if (items.length === 0) throw new MissingItemsError();
  const { context = claimContext(), decimals = 2 } = options;
  const benefits = context.benefitsOf(claim).flatMap(({ item }) => elements(item, "ExplanationOfBenefit's item"));
  const currency = claim.total?.currency ?? currencyIn(items) ?? currencyIn(benefits) ?? options.currency;
  if (options.currency !== undefined && currency !== options.currency) throw new ForeignCurrencyError(options.currency);
  const money = { currency, decimals };
  const total = amountOf(claim.total, "total", money);
  if (total && total.value.digits < 0n) throw new NegativeTotalError();

  const { insurance, rules } = coverageOf(claim);
  const preAuthRef = insurance?.preAuthRef ?? [];
  if (!Array.isArray(preAuthRef)) throw new MalformedClaimError("preAuthRef");
  if (preAuthRef.length > 1) rules.push(applied("preauthorization-unassigned"));
  const refusal = refusalOf(claim);
  const services = () => withMedicine(withoutDiagnoses(asksOf(items, money), claim, context), claim, context);
  const asks = refusal ? asksOf(items, money) : withPrices(services(), total?.units, benefits, money);
  if (!refusal && total && total.units !== sumOf(asks)) rules.push(applied("total-differs"));

  const read = asks.map((ask) =>
    lineOf(ask, refusal, preAuthRef, decimals, () => dayOf(ask, claim, context, benefits)),
  );
  return {
    lines: read.flatMap(({ line }) => line ?? []),
    unbillable: read.flatMap(({ unbillable }) => unbillable ?? []),
    applied: [...rules, ...read.flatMap(({ rules }) => rules)],
    ...(currency !== undefined && { currency }),
    ...(total && { total: decimalOf(total.units, decimals) }),
    ...textOf("patient", claim.patient),
    ...textOf("provider", claim.provider),
    ...textOf("coverage", insurance?.coverage),
    ...(claim.created && { created: claim.created }),
    ...(claim.use && { use: claim.use }),
    preAuthRef,
    diagnosisCount: elements(claim.diagnosis, "diagnosis").length,
  };
}

function refusalOf({ status, use }: Claim): UnbillableReason | undefined {
  if (status !== "active") return "not-active";
  return use === "claim" ? undefined : "not-for-payment";
}

function coverageOf(claim: Claim): { insurance: ClaimInsurance | undefined; rules: AppliedRule[] } {
  const all = elements(claim.insurance, "insurance");
  const focal = all.filter((each) => each.focal);
  if (all.length < 2) return { insurance: all[0], rules: [] };
  const [insurance] = focal.length === 1 ? focal : [...all].sort((one, other) => one.sequence - other.sequence);
  return { insurance, rules: [applied(focal.length === 1 ? "focal-coverage" : "first-coverage")] };
}

function lineOf(
  ask: Ask,
  refusal: UnbillableReason | undefined,
  [preAuthRef, ...others]: readonly string[],
  decimals: number,
  findDay: () => ReturnType<typeof dayOf>,
): { line?: ServiceLine; unbillable?: Unbillable; rules: AppliedRule[] } {
  const { sequence, coding, price, quantity } = ask;
  const amount = price !== undefined && { amount: decimalOf(price, decimals) };
  const refuse = (reason: UnbillableReason) => ({
    unbillable: { sequence, reason, sentence: UNBILLABLE_REASONS[reason], ...amount },
    rules: refusal ? [] : ask.rules,
  });
  const reason = refusal ?? ask.fault;
  if (reason) return refuse(reason);
  if (!coding) return refuse("no-code");
  if (price === undefined) return refuse("no-price");
  if (price === 0n) return refuse("no-charge");
  const { day, rules } = findDay();
  if (day === undefined) return refuse("no-date");
  const line = {
    sequence,
    ...coding,
    day,
    quantity: decimalOf(quantity, 3).replace(/\.?0+$/, ""),
    billed: decimalOf(price, decimals),
    ...(preAuthRef !== undefined && others.length === 0 && { preAuthRef }),
  };
  return { line, rules: [...ask.rules, ...rules] };
}

function textOf<Key extends string>(key: Key, target?: Reference): { [key in Key]?: string } {
  const { reference, identifier, display } = target ?? {};
  const text = reference ?? (identifier?.value && `${identifier.system ?? ""}|${identifier.value}`) ?? display;
  return (text === undefined ? {} : { [key]: text }) as { [key in Key]?: string };
}

/** A resource is not a Claim. */
export class NotAClaimError extends AcesoError {
  override name = "NotAClaimError";
  constructor(readonly resourceType: string) {
    super(`The resource is a ${resourceType}, not a Claim.`, "Pass a Claim; in a bundle, each of its Claims.");
  }
}

/** A Claim has no item. */
export class MissingItemsError extends AcesoError {
  override name = "MissingItemsError";
  constructor() {
    super("The claim has no item.", "Add an item for each service that is to be paid.");
  }
}

/** A Claim's total is negative. */
export class NegativeTotalError extends AcesoError {
  override name = "NegativeTotalError";
  constructor() {
    super("The claim's total is negative.", "Reverse the claim that was paid too much, and submit a corrected one.");
  }
}

/** A Claim is in another currency than the plan. */
export class ForeignCurrencyError extends AcesoError {
  override name = "ForeignCurrencyError";
  constructor(readonly currency: string) {
    super(`The claim is not in the plan's currency, ${currency}.`, `Bill in ${currency}, or a plan in its currency.`);
  }
}
