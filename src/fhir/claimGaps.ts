/**
 * Filling the gaps of a claim's lines: code, price and day from what stands beside them.
 *
 * @module
 */
import type { Claim, ClaimItem, Coding, ExplanationOfBenefitItem } from "fhir/r4.js";
import type { ClaimContext } from "./claimContext.js";
import { amountOf, codingOf, elements, type Ask, type Currency } from "./claimItems.js";
import { applied, type AppliedRule, type ClaimRule } from "./claimRules.js";
import { firstSecondOf } from "./time.js";

// ICD-10 and the United States' modification classify diseases; procedures have systems of their own.
const DIAGNOSIS_SYSTEMS = new Set(["http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm"]);

/** Marks the lines whose code is one of the claim's diagnoses, as some systems list them among the items. */
export function withoutDiagnoses(asks: readonly Ask[], claim: Claim, context: ClaimContext): Ask[] {
  const diagnoses = new Set(
    elements(claim.diagnosis, "diagnosis").flatMap(({ diagnosisCodeableConcept, diagnosisReference }) => {
      const condition = context.find(claim, diagnosisReference);
      const code = condition?.resourceType === "Condition" ? condition.code : diagnosisCodeableConcept;
      return elements(code?.coding, "diagnosis coding").map(({ system, code }) => `${system} ${code}`);
    }),
  );
  const isDiagnosis = ({ coding }: Ask) =>
    coding && (DIAGNOSIS_SYSTEMS.has(coding.system) || diagnoses.has(`${coding.system} ${coding.code}`));
  return asks.map((ask) => (!ask.fault && isDiagnosis(ask) ? { ...ask, fault: "diagnosis" } : ask));
}

/**
 * The only line of a claim for a prescription, under the medicine's code where it has none or, having no price of its
 * own, only names the visit.
 */
export function withMedicine(asks: readonly Ask[], claim: Claim, context: ClaimContext): Ask[] {
  const [ask] = asks;
  if (!ask || asks.length > 1 || ask.fault || !claim.prescription) return [...asks];
  const encounters = elements(ask.item.encounter, "encounter");
  if (ask.coding && (ask.price !== undefined || encounters.length === 0)) return [ask];
  const visits = encounters.map((encounter) => context.find(claim, encounter));
  const types = visits.flatMap((visit) => (visit?.resourceType === "Encounter" ? (visit.type ?? []) : []));
  const isVisit = types.flatMap(({ coding = [] }) => coding).some((coding) => isSame(coding, ask.coding));
  // A line that may be the visit is only billed when it is known to be something else.
  if (ask.coding && !isVisit && visits.every((visit) => visit?.resourceType === "Encounter")) return [ask];
  const medicine = medicineOf(claim, context);
  if (!medicine || (ask.coding && !isVisit && !isSame(medicine, ask.coding))) return [{ ...ask, fault: "no-medicine" }];
  return [{ ...ask, coding: medicine, rules: [...ask.rules, applied("code-from-prescription", ask.sequence)] }];
}

/**
 * Prices for lines that have a code and no price: what the ExplanationOfBenefit says was submitted, then, for the only one left, the
 * rest of the total. Together they never go beyond the total.
 */
export function withPrices(
  asks: readonly Ask[],
  total: bigint | undefined,
  benefits: readonly ExplanationOfBenefitItem[],
  money: Currency,
): Ask[] {
  const found = asks.map((ask) => (isOpen(ask) && ask.coding ? submittedFor(ask, benefits, money) : undefined));
  const submitted = found.reduce<bigint>((sum, each) => sum + (typeof each === "bigint" ? each : 0n), 0n);
  const isBeyond = total !== undefined && sumOf(asks) + submitted > total;
  const priced = asks.map((ask, place) => {
    const price = found[place];
    if (price === undefined) return ask;
    return typeof price === "bigint" && !isBeyond
      ? priceOf(ask, price, "price-from-eob")
      : note(ask, "eob-price-ignored");
  });

  const left = total === undefined ? 0n : total - sumOf(priced);
  const isCertain = priced.every(({ fault }) => fault === undefined || fault === "diagnosis");
  const [open, ...others] = priced.filter(isOpen);
  if (left <= 0n || !isCertain || !open?.coding || others.length > 0) return priced;
  return priced.map((ask) => (ask === open ? priceOf(ask, left, "price-from-total") : ask));
}

/** The sum of the prices lines have, in minor units. */
export function sumOf(asks: readonly Ask[]): bigint {
  return asks.reduce((sum, { price = 0n }) => sum + price, 0n);
}

/**
 * The day of a line's service, as the document writes it where the service was given, and the rules that gave it; no
 * day when there is none anywhere.
 */
export function dayOf(
  { item, sequence }: Ask,
  claim: Claim,
  context: ClaimContext,
  benefits: readonly ExplanationOfBenefitItem[],
): { day?: string; rules: AppliedRule[] } {
  const own = servicedOf(item);
  if (own.first) {
    const isLonger = own.last !== undefined && own.last !== own.first;
    return { day: own.first, rules: isLonger ? [applied("first-day", sequence)] : [] };
  }
  const { start, end } = claim.billablePeriod ?? {};
  const [first, last] = [calendarDay(start), calendarDay(end)];
  const days = new Set(benefits.filter((each) => isOf(each, item)).flatMap((each) => servicedOf(each).first ?? []));
  const [day] = days;
  const isWithin = day !== undefined && (!first || day >= first) && (!last || day <= last);
  if (isWithin && days.size === 1) return { day, rules: [applied("date-from-eob", sequence)] };

  const ignored = days.size > 0 ? [applied("eob-date-ignored", sequence)] : [];
  const visits = elements(item.encounter, "encounter").map((encounter) => context.find(claim, encounter));
  const [visit] = visits;
  const encounter = visits.length === 1 && visit?.resourceType === "Encounter" ? visit.period?.start : undefined;
  const sources: [ClaimRule, string | undefined][] = [
    ["date-from-encounter", calendarDay(encounter)],
    ["date-from-billable-period", first],
    ["date-from-created", calendarDay(claim.created)],
  ];
  for (const [rule, day] of sources) if (day) return { day, rules: [...ignored, applied(rule, sequence)] };
  return { rules: ignored };
}

function medicineOf(claim: Claim, context: ClaimContext): Ask["coding"] {
  const request = context.find(claim, claim.prescription);
  if (request?.resourceType !== "MedicationRequest") return undefined;
  const medication = context.find(request, request.medicationReference);
  const named = medication?.resourceType === "Medication" ? medication.code : undefined;
  return codingOf((request.medicationCodeableConcept ?? named)?.coding);
}

/** What was submitted for a whole item: an amount, nothing, or no one amount that could be billed. */
function submittedFor(
  ask: Ask,
  benefits: readonly ExplanationOfBenefitItem[],
  money: Currency,
): bigint | "unclear" | undefined {
  // The ExplanationOfBenefit counts as the claim does, so numbers given here mean nothing in it.
  if (ask.sequence.includes(".") || ask.rules.some(({ rule }) => rule === "renumbered")) return undefined;
  const amounts = benefits
    .filter((each) => isOf(each, ask.item))
    .flatMap(({ net, adjudication }) => {
      const submitted = elements(adjudication, "adjudication").find(({ category }) =>
        category?.coding?.some(({ code }) => code === "submitted"),
      );
      return amountOf(net ?? submitted?.amount, "ExplanationOfBenefit's amount", money) ?? [];
    });
  const [amount] = amounts;
  if (!amount) return undefined;
  const isClear = amounts.every(({ units, isForeign }) => units === amount.units && units >= 0n && !isForeign);
  return isClear ? amount.units : "unclear";
}

/** Whether an ExplanationOfBenefit's item is about this one: by sequence, and by code where both have one. */
function isOf({ sequence, productOrService }: ExplanationOfBenefitItem, item: ClaimItem): boolean {
  const [one, other] = [codingOf(productOrService?.coding), codingOf(item.productOrService?.coding)];
  return sequence === item.sequence && (one === undefined || other === undefined || isSame(one, other));
}

function isSame(one: Pick<Coding, "system" | "code"> | undefined, other: Ask["coding"]): boolean {
  return other !== undefined && one?.system === other.system && one.code === other.code;
}

function servicedOf({ servicedDate, servicedPeriod }: Pick<ClaimItem, "servicedDate" | "servicedPeriod">) {
  return { first: calendarDay(servicedDate ?? servicedPeriod?.start), last: calendarDay(servicedPeriod?.end) };
}

/** The calendar day of a date or time, or undefined when it names none, as `2026-03` does. */
function calendarDay(dateTime: string | undefined): string | undefined {
  return dateTime !== undefined && dateTime.length >= 10 && firstSecondOf(dateTime) !== undefined
    ? dateTime.slice(0, 10)
    : undefined;
}

const isOpen = ({ price, fault }: Ask) => price === undefined && fault === undefined;

const note = (ask: Ask, rule: ClaimRule): Ask => ({ ...ask, rules: [...ask.rules, applied(rule, ask.sequence)] });

const priceOf = (ask: Ask, price: bigint, rule: ClaimRule): Ask => ({ ...note(ask, rule), price });
