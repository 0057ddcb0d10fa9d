/**
 * What became of a claim's lines, in the words HL7, CARIN and X12 have for it.
 *
 * Amounts stand under HL7's adjudication categories, and under CARIN Blue Button's where HL7 has none (coinsurance,
 * discount, noncovered, memberliability). What the plan does not pay says why: X12's group code, `CO` for what the
 * provider loses and `PR` for what the patient pays, and its claim adjustment reason code (CARC), by number, with words
 * of our own. So for each line `submitted = benefit + all CO + all PR`, to the token unit.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import type { LineOutcome, ServiceLine } from "../insurance/line.js";

// The CARC of a denial nobody explained.
const UNEXPLAINED = "A1";

const REDUCTIONS: Partial<Record<AdjudicatedState["status"], string>> = {
  Decided: "The insurer took this off the claim; provider and patient may appeal.",
  Appealed: "The insurer took this off the claim; an arbitrator will rule on it.",
};

/** A claim as the chain and the claim's document know it together. Amounts in token units, times in Unix seconds. */
export type AdjudicatedClaim = {
  chainId: bigint;
  id: Hex;
  /** The insurance policy's id. */
  policy: Hex;
  patient: Address;
  provider: Address;
  insurer: Address;
  /** What kind of claim its document says it is. */
  type?: "institutional" | "oral" | "pharmacy" | "professional" | "vision";
  submittedAt: number;
  state: AdjudicatedState;
  /** The ISO 4217 code of the money the token stands for. */
  currency: string;
  /** The token's. */
  decimals: number;
  lines: readonly AdjudicatedLine[];
  decision?: InsurerDecision;
  /** When the provider was last paid. */
  paidAt?: number;
};

/** How far a claim has come. */
export type AdjudicatedState = {
  status: "Unacknowledged" | "Pending" | "Decided" | "Appealed" | "Final" | "Reversed";
  /** What the plan pays, as far as the claim has come. */
  benefit: bigint;
  /** What the insurer took off and is not final yet. */
  disputed: bigint;
  /** Whether the reserve could bind nothing for it yet. */
  unfunded: boolean;
  /** Whether it was approved by the plan's limits. */
  automatic: boolean;
};

/** A line of an adjudicated claim. */
export type AdjudicatedLine = Omit<ServiceLine, "billed"> & {
  billed: bigint;
  /** What becomes of it by the plan's rules. An unacknowledged claim is not adjudicated yet. */
  outcome?: LineOutcome;
  inNetwork: boolean;
  cover: "Covered" | "Excluded";
  preauthorization: "notNeeded" | "missing" | "given";
};

/** What the insurer said when it decided. */
export type InsurerDecision = {
  time: number;
  /** The digest of its ClaimResponse. */
  response?: Hex;
  /** Its CARC; without one `A1`, which says no more than that it was denied. */
  reasonCode?: string;
  /** Its reason in words. */
  text?: string;
};

/** Why the plan does not pay an amount, and who bears it. */
export type Reason = { group: "CO" | "PR"; code: string; text: string };

/** An amount in token units, what it is, and why the plan does not pay it. */
export type Entry = { category: Category; amount: bigint; reason?: Reason };

/** What an amount is. */
export type Category =
  | "submitted"
  | "eligible"
  | "copay"
  | "deductible"
  | "coinsurance"
  | "discount"
  | "noncovered"
  | "memberliability"
  | "benefit";

/**
 * What the insurer took off after the plan's rules, in token units: disputed or final.
 *
 * @throws {@link OutcomeInconsistentError} when the state is not that of these lines.
 */
export function reductionOf({ state: { status, benefit, disputed }, lines }: AdjudicatedClaim): bigint {
  // Neither has amounts in its state: one is not adjudicated yet, the other counts for nothing any more.
  if (status === "Unacknowledged" || status === "Reversed") return 0n;
  const adjudicated = sumOf(lines.map(({ outcome }) => outcome?.benefit ?? 0n));
  const open = status === "Decided" || status === "Appealed";
  const consistent = benefit <= adjudicated && disputed === (open ? adjudicated - benefit : 0n);
  if (!consistent || (status === "Pending" && benefit !== adjudicated)) {
    throw new OutcomeInconsistentError("The claim's benefit and dispute are not what its lines come to");
  }
  return adjudicated - benefit;
}

/** Whether a claim is denied for good: then it counts for nothing, its patient's cost sharing neither. */
export function isDenied(claim: AdjudicatedClaim): boolean {
  return claim.state.status === "Final" && claim.state.benefit === 0n && reductionOf(claim) > 0n;
}

/**
 * What becomes of a claim's line. Nothing is adjudicated on an unacknowledged claim, so there it is only submitted.
 *
 * @throws {@link OutcomeInconsistentError} when it lacks its outcome, or the outcome does not add up.
 */
export function lineEntries(claim: AdjudicatedClaim, line: AdjudicatedLine): Entry[] {
  const { billed, inNetwork } = line;
  const submitted: Entry = { category: "submitted", amount: billed };
  if (claim.state.status === "Unacknowledged") return [submitted];
  const outcome = checkedOutcome(line);
  const { eligible } = outcome;
  const entries = [
    excessEntry(line, billed - eligible),
    ...(isDenied(claim)
      ? [takenOff(eligible, inNetwork, claim.decision, "The insurer denied the claim.")]
      : sharedEntries(outcome)),
  ].filter(({ amount }) => amount > 0n);
  return [
    submitted,
    { category: "eligible", amount: eligible },
    ...entries,
    { category: "memberliability", amount: sumOf(entries.map((each) => (isPatients(each) ? each.amount : 0n))) },
    { category: "benefit", amount: billed - sumOf(entries.map(({ amount }) => amount)) },
  ];
}

/**
 * What the insurer took off the claim as a whole. Which lines it meant is not on chain, so in the patient's favour it is
 * the provider's loss as far as lines in network would have been paid, and only beyond that the patient's.
 *
 * @throws {@link OutcomeInconsistentError} as {@link reductionOf}.
 */
export function claimEntries(claim: AdjudicatedClaim): Entry[] {
  if (isDenied(claim)) return [];
  const { lines, decision, state } = claim;
  const reduction = reductionOf(claim);
  const inNetwork = sumOf(lines.map((line) => (line.inNetwork ? (line.outcome?.benefit ?? 0n) : 0n)));
  const writtenOff = inNetwork < reduction ? inNetwork : reduction;
  const text = REDUCTIONS[state.status] ?? "The insurer took this off the claim.";
  return [takenOff(writtenOff, true, decision, text), takenOff(reduction - writtenOff, false, decision, text)].filter(
    ({ amount }) => amount > 0n,
  );
}

/** Whether an amount is the patient's to pay. */
export function isPatients({ reason }: Entry): boolean {
  return reason?.group === "PR";
}

// CARC 96 asks for a remark code and 45 must not be the whole charge: hence 204, and 256 or 242.
function excessEntry({ inNetwork, cover, preauthorization, billed }: AdjudicatedLine, amount: bigint): Entry {
  const entry = (group: Reason["group"], code: string, text: string, category: Category = "noncovered"): Entry => ({
    category,
    amount,
    reason: { group, code, text },
  });
  if (cover === "Excluded") return entry("PR", "204", "The plan does not cover the service; the patient pays it.");
  const group = inNetwork ? "CO" : "PR";
  const bearer = inNetwork ? "the provider may not bill it to the patient" : "out of network, the patient pays it";
  if (preauthorization === "missing") return entry(group, "197", `The insurer did not preauthorise it; ${bearer}.`);
  if (amount === billed) return entry(group, inNetwork ? "256" : "242", `The plan allows nothing for it; ${bearer}.`);
  const category = inNetwork ? "discount" : "noncovered";
  return entry(group, "45", `The charge is above what the plan allows; ${bearer}.`, category);
}

function sharedEntries({ eligible, copay, deductible, coinsurance, benefit }: LineOutcome): Entry[] {
  const entry = (category: Category, amount: bigint, code: string, text: string): Entry => ({
    category,
    amount,
    reason: { group: "PR", code, text },
  });
  return [
    entry("copay", copay, "3", "The patient pays a copay for the service."),
    entry("deductible", deductible, "1", "The patient pays until the deductible is met."),
    entry("coinsurance", coinsurance, "2", "The patient pays a percentage as coinsurance."),
    entry(
      "noncovered",
      eligible - copay - deductible - coinsurance - benefit,
      "119",
      "The plan has paid the most it pays in the policy's term; the patient pays the rest.",
    ),
  ];
}

function takenOff(amount: bigint, inNetwork: boolean, decision: InsurerDecision | undefined, text: string): Entry {
  const code = decision?.reasonCode ?? UNEXPLAINED;
  return { category: "noncovered", amount, reason: { group: inNetwork ? "CO" : "PR", code, text } };
}

function checkedOutcome({
  billed,
  outcome,
  sequence,
  inNetwork,
  cover,
  preauthorization,
}: AdjudicatedLine): LineOutcome {
  if (outcome === undefined) throw new OutcomeInconsistentError(`Line ${sequence} has no outcome`);
  const { eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff } = outcome;
  const excess = billed - eligible;
  const overLimit = eligible - copay - deductible - coinsurance - benefit;
  const paysNothing = cover === "Excluded" || preauthorization === "missing";
  const adds =
    [eligible, copay, deductible, coinsurance, benefit, excess, overLimit].every((amount) => amount >= 0n) &&
    writeOff === (cover === "Covered" && inNetwork ? excess : 0n) &&
    billed === benefit + patientShare + writeOff &&
    !(paysNothing && eligible > 0n);
  if (!adds) throw new OutcomeInconsistentError(`The amounts of line ${sequence} do not add up`);
  return outcome;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** A claim's amounts are not those of one adjudication. */
export class OutcomeInconsistentError extends AcesoError {
  override name = "OutcomeInconsistentError";
  constructor(what: string) {
    super(`${what}.`, "Read lines, outcomes and state of the same claim, from the same block.");
  }
}
