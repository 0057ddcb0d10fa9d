/**
 * An adjudicated claim in the elements ExplanationOfBenefit and ClaimResponse share: items, totals, payment, notes.
 *
 * @module
 */
import { formatUnits } from "ethers";
import type {
  ClaimResponseItemAdjudication,
  ClaimResponsePayment,
  ClaimResponseProcessNote,
  ClaimResponseTotal,
  CodeableConcept,
  Identifier,
  Money,
  Reference,
} from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import { accountIdentifier, URI_SYSTEM } from "./account.js";
import {
  claimEntries,
  isDenied,
  isPatients,
  lineEntries,
  OutcomeInconsistentError,
  type AdjudicatedClaim,
  type AdjudicatedLine,
  type AdjudicatedState,
  type Category,
  type Entry,
} from "./adjudication.js";
import { coverageIdentifier } from "./coverage.js";
import { dateTimeOf } from "./time.js";

const TERMINOLOGY = "http://terminology.hl7.org/CodeSystem";
const CARIN = "http://hl7.org/fhir/us/carin-bb/CodeSystem";
const X12 = "https://x12.org/codes";

// In the order in which totals are listed.
const CATEGORIES: readonly { code: Category; system: string; display: string }[] = [
  { code: "submitted", system: `${TERMINOLOGY}/adjudication`, display: "Submitted Amount" },
  { code: "eligible", system: `${TERMINOLOGY}/adjudication`, display: "Eligible Amount" },
  { code: "copay", system: `${TERMINOLOGY}/adjudication`, display: "CoPay" },
  { code: "deductible", system: `${TERMINOLOGY}/adjudication`, display: "Deductible" },
  { code: "coinsurance", system: `${CARIN}/C4BBAdjudication`, display: "Co-insurance" },
  { code: "discount", system: `${CARIN}/C4BBAdjudication`, display: "Discount" },
  { code: "noncovered", system: `${CARIN}/C4BBAdjudication`, display: "Noncovered" },
  { code: "memberliability", system: `${CARIN}/C4BBAdjudication`, display: "Member liability" },
  { code: "benefit", system: `${TERMINOLOGY}/adjudication`, display: "Benefit Amount" },
];

const OUTCOMES = {
  Unacknowledged: "queued",
  Pending: "partial",
  Decided: "partial",
  Appealed: "partial",
  Final: "complete",
  Reversed: "complete",
} as const satisfies Record<AdjudicatedState["status"], string>;

const DISPOSITIONS: Record<AdjudicatedState["status"], string> = {
  Unacknowledged: "The claim waits for the insurer; it lapses when the insurer is silent.",
  Pending: "The claim is adjudicated and waits for the insurer's decision.",
  Decided: "The insurer took something off the claim; provider and patient may appeal.",
  Appealed: "The claim is appealed and waits for a ruling.",
  Final: "The claim is settled.",
  Reversed: "The provider took the claim back.",
};

// A double keeps any decimal of 15 digits (DBL_DIG), and so does a JSON number.
const MAX_DIGITS = 15;
// FHIR nests item, detail and subDetail.
const SEQUENCE = /^[1-9]\d{0,8}(\.[1-9]\d{0,8}){0,2}$/;

/** A line, or a group of lines numbered below it, with its adjudication. */
export type SettledItem = {
  sequence: number;
  /** The line, where it stands for itself; a group has details. */
  line?: AdjudicatedLine;
  /** What is asked for it: a group's details together. */
  net: Money;
  /** The first and the last day of its services. */
  period: { start: string; end: string };
  adjudication: ClaimResponseItemAdjudication[];
  /** Which process notes explain it. */
  noteNumber?: number[];
  details: SettledItem[];
};

/** What ExplanationOfBenefit and ClaimResponse have in common. */
export type Settlement = {
  /** The elements both have under one name and in one shape. */
  common: {
    identifier: Identifier[];
    status: "active" | "cancelled";
    type: CodeableConcept;
    use: "claim";
    patient: Reference;
    created: string;
    insurer: Reference;
    outcome: "queued" | "complete" | "partial";
    disposition: string;
    adjudication?: ClaimResponseItemAdjudication[];
    total: ClaimResponseTotal[];
    payment?: ClaimResponsePayment;
    processNote?: ClaimResponseProcessNote[];
  };
  items: SettledItem[];
  claim: Reference;
  coverage: Reference;
  provider: Reference;
  payeeType: CodeableConcept;
};

/**
 * The settlement of a claim.
 *
 * Lines numbered below one, such as `2.1` and `2.2`, are details of an item 2 with their sums, as in HL7's examples.
 * Totals are those of the lines and of what the insurer took off the claim. A reversed claim is `cancelled`: it keeps the
 * amounts of its lines, and no payment.
 *
 * @throws {@link OutcomeInconsistentError} when amounts do not add up, or a line lacks its outcome.
 * @throws {@link LineSequenceError} when lines are not numbered as FHIR nests them.
 * @throws {@link CurrencyCodeError} when the currency is no ISO 4217 code.
 * @throws {@link AmountTooPreciseError} when an amount has more digits than JSON numbers keep.
 * @throws {@link YearOutOfRangeError} when a time is none FHIR can write.
 */
export function settlementOf(claim: AdjudicatedClaim): Settlement {
  const { chainId, id, policy, patient, provider, insurer, type, state, submittedAt, decision, paidAt, lines } = claim;
  if (!/^[A-Z]{3}$/.test(claim.currency)) throw new CurrencyCodeError();
  if (lines.length === 0) throw new OutcomeInconsistentError("The claim has no lines");
  const reductions = claimEntries(claim);
  const entries = [...lines.flatMap((line) => lineEntries(claim, line)), ...reductions];
  const notes = [...new Set(entries.flatMap(({ reason }) => reason?.text ?? []))];
  const processNote = [...notes, ...(decision?.text === undefined ? [] : [decision.text])].map(noteOf);
  const identifier = { system: URI_SYSTEM, value: `urn:aceso:claim:${id}` };
  return {
    common: {
      identifier: [identifier],
      status: state.status === "Reversed" ? "cancelled" : "active",
      type: type === undefined ? conceptOf("data-absent-reason", "unknown") : conceptOf("claim-type", type),
      use: "claim",
      patient: { type: "Patient", identifier: accountIdentifier(chainId, patient) },
      created: dateTimeOf(Math.max(submittedAt, decision?.time ?? 0, paidAt ?? 0)),
      insurer: { type: "Organization", identifier: accountIdentifier(chainId, insurer) },
      outcome: OUTCOMES[state.status],
      disposition: dispositionOf(claim),
      ...(reductions.length > 0 && { adjudication: reductions.map((entry) => adjudicationOf(claim, entry)) }),
      total: totalsOf(claim, entries, reductions),
      ...paymentOf(claim),
      ...(processNote.length > 0 && { processNote }),
    },
    items: itemsOf(claim, notes, lines, 0),
    claim: { type: "Claim", identifier },
    coverage: { type: "Coverage", identifier: coverageIdentifier(policy) },
    provider: { identifier: accountIdentifier(chainId, provider) },
    payeeType: conceptOf("payeetype", "provider"),
  };
}

function itemsOf(
  claim: AdjudicatedClaim,
  notes: readonly string[],
  lines: readonly AdjudicatedLine[],
  depth: number,
): SettledItem[] {
  const groups = new Map<number, AdjudicatedLine[]>();
  for (const line of lines) {
    if (!SEQUENCE.test(line.sequence)) throw new LineSequenceError();
    const sequence = Number(line.sequence.split(".")[depth]);
    groups.set(sequence, [...(groups.get(sequence) ?? []), line]);
  }
  return [...groups].map(([sequence, group]) => {
    const own = group.find((line) => line.sequence.split(".").length === depth + 1);
    if (own !== undefined && group.length > 1) throw new LineSequenceError();
    const entries = summed(group.flatMap((line) => lineEntries(claim, line)));
    const noteNumber = entries.flatMap(({ reason }) => (reason ? notes.indexOf(reason.text) + 1 : []));
    const days = group.map(({ day }) => day).sort();
    return {
      sequence,
      ...(own !== undefined && { line: own }),
      net: moneyOf(claim, sumOf(group.map(({ billed }) => billed))),
      period: { start: days[0]!, end: days.at(-1)! },
      adjudication: [...entries.map((entry) => adjudicationOf(claim, entry)), ...networkOf(group)],
      ...(noteNumber.length > 0 && { noteNumber: [...new Set(noteNumber)] }),
      details: own === undefined ? itemsOf(claim, notes, group, depth + 1) : [],
    };
  });
}

/** Entries of one category and reason as one. */
function summed(entries: readonly Entry[]): Entry[] {
  const sums = new Map<string, Entry>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.category, entry.reason]);
    sums.set(key, { ...entry, amount: entry.amount + (sums.get(key)?.amount ?? 0n) });
  }
  return [...sums.values()];
}

function totalsOf(
  claim: AdjudicatedClaim,
  entries: readonly Entry[],
  reductions: readonly Entry[],
): ClaimResponseTotal[] {
  const corrections = reductions.flatMap((each): Entry[] => [
    { category: "benefit", amount: -each.amount },
    ...(isPatients(each) ? [{ category: "memberliability", amount: each.amount } as const] : []),
  ]);
  const sums = summed([...entries, ...corrections].map(({ category, amount }) => ({ category, amount })));
  return CATEGORIES.flatMap(({ code }) => sums.filter(({ category }) => category === code)).map(
    ({ category, amount }) => ({ category: categoryOf(category), amount: moneyOf(claim, amount) }),
  );
}

function paymentOf(claim: AdjudicatedClaim): { payment?: ClaimResponsePayment } {
  const { state, paidAt } = claim;
  // What a provider took back, it has paid back.
  if (paidAt === undefined || state.status === "Reversed") return {};
  return {
    payment: {
      type: conceptOf("ex-paymenttype", state.status === "Final" ? "complete" : "partial"),
      date: dateTimeOf(paidAt).slice(0, "YYYY-MM-DD".length),
      amount: moneyOf(claim, state.benefit),
    },
  };
}

function dispositionOf(claim: AdjudicatedClaim): string {
  const { status, automatic, unfunded } = claim.state;
  if (isDenied(claim)) return "The claim is denied.";
  if (unfunded) return `${DISPOSITIONS[status]} The plan's reserve cannot pay it yet.`;
  return automatic && status === "Final" ? "The claim was approved at once." : DISPOSITIONS[status];
}

function adjudicationOf(claim: AdjudicatedClaim, { category, amount, reason }: Entry): ClaimResponseItemAdjudication {
  return {
    category: categoryOf(category),
    ...(reason && {
      reason: {
        coding: [
          { system: `${X12}/claim-adjustment-group-codes`, code: reason.group },
          { system: `${X12}/claim-adjustment-reason-codes`, code: reason.code },
        ],
        text: reason.text,
      },
    }),
    amount: moneyOf(claim, amount),
  };
}

/** Whether lines are in network, as CARIN says it. */
function networkOf(lines: readonly AdjudicatedLine[]): ClaimResponseItemAdjudication[] {
  const networks = new Set(lines.map(({ inNetwork }) => (inNetwork ? "innetwork" : "outofnetwork")));
  return [...networks].map((code) => ({
    category: { coding: [{ system: `${CARIN}/C4BBAdjudicationDiscriminator`, code: "benefitpaymentstatus" }] },
    reason: { coding: [{ system: `${CARIN}/C4BBPayerAdjudicationStatus`, code }] },
  }));
}

function categoryOf(category: Category): CodeableConcept {
  return { coding: CATEGORIES.filter(({ code }) => code === category).map((coding) => ({ ...coding })) };
}

function conceptOf(codeSystem: string, code: string): CodeableConcept {
  return { coding: [{ system: `${TERMINOLOGY}/${codeSystem}`, code }] };
}

function noteOf(text: string, index: number): ClaimResponseProcessNote {
  return { number: index + 1, type: "display", text };
}

function moneyOf({ currency, decimals }: AdjudicatedClaim, amount: bigint): Money {
  const decimal = formatUnits(amount, decimals);
  const significant = decimal.replace(".", "").replace(/^0+|0+$/g, "");
  if (significant.length > MAX_DIGITS) throw new AmountTooPreciseError();
  return { value: Number(decimal), currency };
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** An amount has more digits than JSON numbers keep. */
export class AmountTooPreciseError extends AcesoError {
  override name = "AmountTooPreciseError";
  constructor() {
    super(
      `An amount has more than ${MAX_DIGITS} significant digits, which FHIR's numbers in JSON do not keep.`,
      "Round the plan's amounts to its currency's decimals, and check the token's decimals.",
    );
  }
}

/** A currency is no ISO 4217 code. */
export class CurrencyCodeError extends AcesoError {
  override name = "CurrencyCodeError";
  constructor() {
    super("The currency is no ISO 4217 code of three capitals.", "Name the money the token stands for, such as USD.");
  }
}

/** Lines are not numbered as FHIR nests them. */
export class LineSequenceError extends AcesoError {
  override name = "LineSequenceError";
  constructor() {
    super(
      "A line's sequence is no 1, 1.2 or 1.2.3, or two lines are in one place.",
      "Number each line once, by its place in the claim's document, and groups by their lines only.",
    );
  }
}
