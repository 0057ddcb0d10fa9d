/**
 * The accounting of disclosures a patient may ask for under HIPAA (45 CFR 164.528), from the log on chain.
 *
 * @module
 */
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import { BREAK_THE_GLASS, purposeDisplay, purposeParent, type Purpose } from "../consent/purpose.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import type { Access } from "../records/access.js";
import { dateTimeOf } from "./time.js";

/** A rule of 45 CFR 164.528 by which an access is not listed. */
export type AccountingRule =
  | "164.528(a)(1)" // more than six years before the request
  | "164.528(a)(1)(i)" // treatment, payment, health care operations
  | "164.528(a)(1)(ii)" // to the individual
  | "164.528(a)(1)(iv)" // by an authorisation
  | "164.528(a)(3)"; // outside the shorter period asked for

/** Who an account is, as far as the covered entity knows. */
export type RecipientName = { name: string; address?: string };

/** What to account for. Times are Unix seconds. */
export type AccountingOptions = {
  /** Whose disclosures these are, for the case that there are none; by default read from the accesses. */
  patient?: Address;
  /** First second of the period, at most six years before `to`; by default six years. */
  from?: number;
  /** First second after the period; by default now. */
  to?: number;
  /** Recipients by account, in any case. */
  names?: ReadonlyMap<string, RecipientName> | Readonly<Record<string, RecipientName>>;
  /** True to list treatment, payment and operations too, which many patients ask for and no rule forbids. */
  includeTreatmentPaymentOperations?: boolean;
  /** Policies that are authorisations under 164.508, whose disclosures need no accounting. */
  authorizations?: readonly Hex[];
};

/** Disclosures to one recipient for one purpose: 164.528(b)(2), and (b)(3) where there are several. */
export type Disclosure = {
  /** When it was first made in the period, as FHIR writes an instant. */
  date: string;
  recipient: { account: Address } & Partial<RecipientName>;
  /** Brief description: the categories in words. */
  description: string;
  /** All categories disclosed in the period. */
  categories: DataCategory[];
  purpose: Purpose;
  /** Brief statement of the purpose: HL7's words for it. */
  statement: string;
  /** How often in the period. */
  count: number;
  /** When it was last made, if several times. */
  last?: string;
  /** Each of them, with the transaction that proves it. */
  occurrences: { date: string; transaction: Hex; logIndex: number }[];
};

/** An accounting. `excluded` says how many accesses are not listed and by which rule. */
export type Accounting = {
  patient?: Address;
  from: string;
  to: string;
  disclosures: Disclosure[];
  excluded: { rule: AccountingRule; reason: string; count: number }[];
};

const REASONS: Record<AccountingRule, string> = {
  "164.528(a)(1)": "more than six years before the accounting",
  "164.528(a)(1)(i)": "for treatment, payment or health care operations",
  "164.528(a)(1)(ii)": "to the patient",
  "164.528(a)(1)(iv)": "by the patient's authorisation",
  "164.528(a)(3)": "outside the period asked for",
};

const SIX_YEARS = 6;
const TREATMENT_PAYMENT_OPERATIONS: readonly Purpose[] = ["TREAT", "HPAYMT", "HOPERAT"];

// HL7 files these below treatment, payment and operations, but HIPAA permits them, if at all, by other rules: research,
// 164.512 (courts, government, military, decedents, organ donation), or not at all (BTG). Listing one too many harms nobody.
const NOT_OPERATIONS: readonly Purpose[] = [
  BREAK_THE_GLASS,
  "CLINTRL",
  "DONAT",
  "GOV",
  "HDECD",
  "HDIRECT",
  "HLEGAL",
  "MILCDM",
  "MILDCRG",
  "MLTRAINING",
];

/**
 * The accounting of one patient's disclosures, from the accesses logged on chain.
 *
 * The chain decides who received what categories, when and for which stated purpose. So it can exclude by the six years,
 * by purpose (a)(1)(i), and what went to the patient's own account (ii). Only the caller knows which policies are
 * authorisations (iv). Not decided, therefore listed: incidental disclosures (iii), facility directories and family (v),
 * national security (vi), prisons and police (vii), limited data sets (viii), and suspensions under (a)(2). Not seen:
 * disclosures outside this system, and other accounts of the patient.
 *
 * Repeated disclosures are summarised as (b)(3) allows, with each still listed as an occurrence. Doubles of one log entry
 * count once.
 *
 * @example
 * const { disclosures, excluded } = accountingOf(accesses, { names: { [clinic]: { name: "Good Health Clinic" } } });
 *
 * @throws {@link AccountingPeriodError} when the period is empty or turned round.
 * @throws {@link SeveralSubjectsError} when the accesses are to data of more than one patient.
 */
export function accountingOf(accesses: readonly Access[], options: AccountingOptions = {}): Accounting {
  const { to = Math.floor(Date.now() / 1000), authorizations = [] } = options;
  const limit = Math.max(sixYearsBefore(to), 0);
  const from = Math.max(options.from ?? limit, limit);
  if (!(from < to)) throw new AccountingPeriodError();
  const patient = subjectOf(accesses, options.patient);

  const excluded = new Map<AccountingRule, number>();
  const listed = distinct(accesses).filter((access) => {
    const rule = exclusionOf(access, { from, to, limit, authorizations: authorizations.map(lowerCase) }, options);
    if (rule !== undefined) excluded.set(rule, (excluded.get(rule) ?? 0) + 1);
    return rule === undefined;
  });

  return {
    ...(patient !== undefined && { patient }),
    from: dateTimeOf(from),
    to: dateTimeOf(to),
    disclosures: grouped(listed).map((group) => disclosureOf(group, namesOf(options.names))),
    excluded: [...excluded].sort().map(([rule, count]) => ({ rule, reason: REASONS[rule], count })),
  };
}

type Bounds = { from: number; to: number; limit: number; authorizations: readonly string[] };

function exclusionOf(
  { grantee, patient, policy, purpose, time }: Access,
  { from, to, limit, authorizations }: Bounds,
  { includeTreatmentPaymentOperations }: AccountingOptions,
): AccountingRule | undefined {
  if (time < limit) return "164.528(a)(1)";
  if (time < from || time >= to) return "164.528(a)(3)";
  if (lowerCase(grantee) === lowerCase(patient)) return "164.528(a)(1)(ii)";
  if (isTreatmentPaymentOperations(purpose)) {
    return includeTreatmentPaymentOperations ? undefined : "164.528(a)(1)(i)";
  }
  return authorizations.includes(lowerCase(policy)) ? "164.528(a)(1)(iv)" : undefined;
}

function isTreatmentPaymentOperations(purpose: Purpose): boolean {
  if (NOT_OPERATIONS.includes(purpose)) return false;
  const parent = purposeParent(purpose);
  return (
    TREATMENT_PAYMENT_OPERATIONS.includes(purpose) || (parent !== undefined && isTreatmentPaymentOperations(parent))
  );
}

function distinct(accesses: readonly Access[]): Access[] {
  const byLogEntry = accesses.map(
    (access) => [`${access.chainId} ${lowerCase(access.transaction)} ${access.logIndex}`, access] as const,
  );
  return [...new Map(byLogEntry).values()].sort(
    (a, b) => a.time - b.time || a.block - b.block || a.logIndex - b.logIndex,
  );
}

function grouped(accesses: readonly Access[]): Access[][] {
  const groups = new Map<string, Access[]>();
  for (const access of accesses) {
    const key = `${lowerCase(access.grantee)} ${access.purpose}`;
    groups.set(key, [...(groups.get(key) ?? []), access]);
  }
  return [...groups.values()];
}

function disclosureOf(group: readonly Access[], names: ReadonlyMap<string, RecipientName>): Disclosure {
  const [first, last] = [group[0]!, group.at(-1)!];
  const categories = categoriesIn(categoryMask(group.flatMap(({ categories }) => categories)));
  return {
    date: dateTimeOf(first.time),
    recipient: { account: first.grantee, ...names.get(lowerCase(first.grantee)) },
    description: categories.map(inWords).join(", "),
    categories,
    purpose: first.purpose,
    statement: purposeDisplay(first.purpose),
    count: group.length,
    ...(group.length > 1 && { last: dateTimeOf(last.time) }),
    occurrences: group.map(({ time, transaction, logIndex }) => ({ date: dateTimeOf(time), transaction, logIndex })),
  };
}

function subjectOf(accesses: readonly Access[], patient: Address | undefined): Address | undefined {
  const subject = patient ?? accesses[0]?.patient;
  const isOther = (access: Access) => lowerCase(access.patient) !== lowerCase(subject!);
  if (accesses.some(isOther)) throw new SeveralSubjectsError();
  return subject;
}

function sixYearsBefore(time: number): number {
  const date = new Date(time * 1000);
  const month = date.getUTCMonth();
  date.setUTCFullYear(date.getUTCFullYear() - SIX_YEARS);
  // A 29 February rolled over into March would cost the patient a day.
  if (date.getUTCMonth() !== month) date.setUTCDate(0);
  return date.getTime() / 1000;
}

function namesOf(names: AccountingOptions["names"] = {}): ReadonlyMap<string, RecipientName> {
  const entries = names instanceof Map ? [...names] : Object.entries(names);
  return new Map(entries.map(([account, name]: [string, RecipientName]) => [lowerCase(account), name]));
}

function inWords(category: DataCategory): string {
  return category === "restricted"
    ? "specially protected data"
    : category.replace(/[A-Z]/g, (capital) => ` ${lowerCase(capital)}`);
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

/** An accounting's period holds no time. */
export class AccountingPeriodError extends AcesoError {
  override name = "AccountingPeriodError";
  constructor() {
    super("The accounting's period is empty.", "Let `from` lie before `to`, both in Unix seconds.");
  }
}

/** Accesses to several patients' data were to be accounted for as one. */
export class SeveralSubjectsError extends AcesoError {
  override name = "SeveralSubjectsError";
  constructor() {
    super("The accesses are to data of more than one patient.", "Account for each patient by itself.");
  }
}
