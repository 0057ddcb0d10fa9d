/**
 * FHIR Coverage ↔ insurance policies.
 *
 * A policy has one patient, one holder, one insurer and whole UTC days. What else a Coverage says (groups, copays,
 * order) stays in its document, whose digest is part of the policy.
 *
 * @module
 */
import type { Coverage, Identifier, Reference } from "fhir/r4.js";
import { MalformedAddressError, toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { accountIdentifier, URI_SYSTEM } from "./account.js";
import { dateTimeOf, firstSecondOf, secondAfter } from "./time.js";

const COVERAGE_CLASS = "http://terminology.hl7.org/CodeSystem/coverage-class";
const SELF_PAY = "http://terminology.hl7.org/CodeSystem/coverage-selfpay";
const SECONDS_A_DAY = 86_400;
/** The most days a policy covers. */
const MAX_TERM_DAYS = 366;

/** A policy, as its Coverage says it. Days are counted from 1970-01-01, in UTC. */
export type CoveredPolicy = {
  /** The policy's id. */
  id: Hex;
  /** The plan's id. */
  plan: Hex;
  /** What the insurer calls the plan. */
  planName?: string;
  patient: Address;
  holder: Address;
  insurer: Address;
  /** The first day it covers. */
  firstDay: number;
  /** The first day it was issued to cover no more. */
  endDay: number;
};

/** Where and when a policy stands. */
export type PolicyStanding = {
  chainId: bigint;
  /** The day it is, counted from 1970-01-01. */
  today: number;
  /** The first day it covers no more as it stands, earlier when it was terminated; `policy.endDay` when absent. */
  endDay?: number;
};

/** What a Coverage says about a policy to be issued. */
export type PolicyDraft = {
  patient: Address;
  holder: Address;
  insurer: Address;
  firstDay: number;
  endDay: number;
  /** The plan's id, where the Coverage names the plan by it. */
  plan?: Hex;
  /** What the insurer calls the plan. */
  planName?: string;
};

/** Where accounts are found. */
export type AccountBook = {
  chainId: bigint;
  /** The accounts of parties that are named otherwise: by reference, URI, or `system|value`. */
  accounts?: Readonly<Record<string, Address>>;
};

/** Why a Coverage is no policy: `path` is the element's FHIRPath. */
export type CoverageReason = { path: string; reason: string };

type Refuse = (path: string, reason: string) => void;

/** The identifier of a policy's Coverage. */
export function coverageIdentifier(policy: Hex): Identifier {
  return { system: URI_SYSTEM, value: `urn:aceso:coverage:${policy}` };
}

/**
 * The FHIR R4 Coverage of a policy. Its period is the days covered, both included.
 *
 * A policy that was terminated is `cancelled` from its last day on; until then it is `active` for a shorter period. One
 * that was terminated before it began covers no day, so it is `cancelled` at once and has no period.
 *
 * @example
 * coverageOf(policy, { chainId: 1n, today: 20_500 }).period; // { start: "2026-01-01", end: "2026-12-31" }
 *
 * @throws {@link YearOutOfRangeError} when a day lies after the year 9999, which FHIR cannot write.
 */
export function coverageOf(
  policy: CoveredPolicy,
  { chainId, today, endDay = policy.endDay }: PolicyStanding,
): Coverage {
  const { id, plan, planName, patient, holder, insurer, firstDay } = policy;
  const covers = firstDay < endDay;
  const ended = endDay < policy.endDay && (!covers || endDay <= today);
  return {
    resourceType: "Coverage",
    identifier: [coverageIdentifier(id)],
    status: ended ? "cancelled" : "active",
    policyHolder: { identifier: accountIdentifier(chainId, holder) },
    beneficiary: { type: "Patient", identifier: accountIdentifier(chainId, patient) },
    ...(covers && { period: { start: dateOf(firstDay), end: dateOf(endDay - 1) } }),
    payor: [{ type: "Organization", identifier: accountIdentifier(chainId, insurer) }],
    class: [
      {
        type: { coding: [{ system: COVERAGE_CLASS, code: "plan" }] },
        value: plan,
        ...(planName !== undefined && { name: planName }),
      },
    ],
  };
}

/**
 * The policy a FHIR Coverage describes.
 *
 * The holder is `policyHolder`, else the subscriber, else the beneficiary. Parties are `did:pkh` accounts of the chain, or
 * found in `accounts`. Dates without a time zone are taken in UTC; a time of day must bound a whole day. A plan class
 * whose value is no plan id gives `planName`.
 *
 * @throws {@link CoverageNotInsurableError} when it is no policy, with all the reasons.
 */
export function policyFromCoverage(coverage: Coverage, book: AccountBook): PolicyDraft {
  const reasons: CoverageReason[] = [];
  const refuse: Refuse = (path, reason) => void reasons.push({ path: `Coverage.${path}`, reason });
  checkFrame(coverage, refuse);
  const { policyHolder, subscriber, beneficiary, payor = [] } = coverage;
  const holderPath = policyHolder ? "policyHolder" : subscriber ? "subscriber" : "beneficiary";
  const patient = accountOf(beneficiary, "beneficiary", book, refuse);
  const draft = {
    patient,
    holder: holderPath === "beneficiary" ? patient : accountOf(coverage[holderPath], holderPath, book, refuse),
    insurer: accountOf(payor[0], "payor[0]", book, refuse),
    ...daysOf(coverage, refuse),
    ...planOf(coverage, refuse),
  };
  if (reasons.length > 0) throw new CoverageNotInsurableError(reasons);
  return draft as PolicyDraft;
}

function checkFrame({ status, implicitRules, modifierExtension, type, payor = [] }: Coverage, refuse: Refuse): void {
  if (status !== "active") refuse("status", "is not active");
  if (implicitRules !== undefined) refuse("implicitRules", "changes the meaning by rules not known here");
  if (modifierExtension) refuse("modifierExtension", "changes the meaning");
  if (type?.coding?.some(({ system }) => system === SELF_PAY)) refuse("type", "is paid by the patient, not insured");
  if (payor.length > 1) refuse("payor", "names several insurers");
}

function daysOf({ period: { start, end } = {} }: Coverage, refuse: Refuse): { firstDay?: number; endDay?: number } {
  const firstDay = dayAt("period.start", start, firstSecondOf, refuse);
  const endDay = dayAt("period.end", end, secondAfter, refuse);
  if (firstDay === undefined || endDay === undefined) return {};
  if (endDay <= firstDay) refuse("period", "ends before it starts");
  if (endDay - firstDay > MAX_TERM_DAYS) refuse("period", `is longer than ${MAX_TERM_DAYS} days, both ends included`);
  return { firstDay, endDay };
}

function dayAt(
  path: string,
  dateTime: string | undefined,
  secondOf: (dateTime: string) => number | undefined,
  refuse: Refuse,
): number | undefined {
  if (dateTime === undefined) return void refuse(path, "is missing");
  const second = secondOf(dateTime);
  if (second === undefined) return void refuse(path, "is no date");
  if (second < 0) return void refuse(path, "is before 1970");
  if (second % SECONDS_A_DAY !== 0) return void refuse(path, "does not bound a whole day in UTC");
  return second / SECONDS_A_DAY;
}

function planOf({ class: classes = [] }: Coverage, refuse: Refuse): { plan?: Hex; planName?: string } {
  const plans = classes.filter(({ type }) =>
    type.coding?.some(({ system, code }) => system === COVERAGE_CLASS && code === "plan"),
  );
  if (plans.length > 1) refuse("class", "names several plans");
  const { value, name } = plans[0] ?? {};
  if (value === undefined) return {};
  if (!/^0x[0-9a-f]{64}$/i.test(value)) return { planName: value };
  return { plan: value.toLowerCase() as Hex, ...(name !== undefined && { planName: name }) };
}

function accountOf(
  party: Reference | undefined,
  path: string,
  { chainId, accounts = {} }: AccountBook,
  refuse: Refuse,
): Address | undefined {
  const name = nameOf(party);
  if (name === undefined) return void refuse(path, "names nobody");
  if (Object.hasOwn(accounts, name)) return accounts[name];
  const [, chain, address] = /^did:pkh:eip155:(\d+):(.*)$/s.exec(name) ?? [];
  if (address === undefined) return void refuse(path, "is no did:pkh account, and has none in the account book");
  if (chain !== String(chainId)) return void refuse(path, "is an account of another chain");
  try {
    return toAddress(address);
  } catch (error) {
    if (!(error instanceof MalformedAddressError)) throw error;
    return void refuse(path, "is an account whose address is malformed");
  }
}

function nameOf({ reference, identifier }: Reference = {}): string | undefined {
  if (reference !== undefined) return reference;
  if (identifier?.value === undefined) return undefined;
  return identifier.system === URI_SYSTEM ? identifier.value : `${identifier.system ?? ""}|${identifier.value}`;
}

function dateOf(day: number): string {
  return dateTimeOf(day * SECONDS_A_DAY).slice(0, "YYYY-MM-DD".length);
}

/** A FHIR Coverage describes no policy. `reasons` has all that stands against it. */
export class CoverageNotInsurableError extends AcesoError {
  override name = "CoverageNotInsurableError";
  constructor(readonly reasons: readonly CoverageReason[]) {
    super(
      `The Coverage is no policy: ${reasons.map(({ path, reason }) => `${path} ${reason}`).join("; ")}.`,
      "Name the account of each party, and a period of at most 366 whole days.",
    );
  }
}
