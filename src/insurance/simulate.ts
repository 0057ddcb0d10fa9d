/**
 * Simulations: what a plan would have paid for claims of the past, by the contract's own arithmetic, before the plan is
 * published or even drafted on chain.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { AcesoError } from "../errors.js";
import { claimLines, type ReadClaim } from "../fhir/claim.js";
import type { ClaimContext } from "../fhir/claimContext.js";
import type { AppliedRule } from "../fhir/claimRules.js";
import { nameOf, type FhirResource } from "../fhir/resource.js";
import { explainedLines, type ExplainedLine } from "./explained.js";
import { summedOutcomes, type ClaimOutcome } from "./outcome.js";
import type { PlanDraft } from "./planFile.js";
import { planRules, yearOf, type MemberYear } from "./simulated.js";

/** A claim of the past: a FHIR Claim, and the bundle it came in. */
export type PastClaim = { claim: FhirResource; context?: ClaimContext };

/** A line, or a part of a claim, that would not have been billed, with the reason in a sentence. */
export type NotBilled = {
  sequence: string;
  /** Why: a reason of `UNBILLABLE_REASONS`, `not-listed` where the plan lists no such service, or an error's name. */
  reason: string;
  sentence: string;
  /** What it asked for, a decimal in the claim's currency, where it said so. */
  amount?: string;
};

/** What would have become of a claim. Amounts in token units. */
export type SimulatedClaim = {
  /** The claim's type and id, such as `Claim/1`. */
  claim: string;
  /** As the claim refers to them. */
  patient?: string;
  provider?: string;
  /** Its own total, a decimal in its currency. */
  total?: string;
  /** The calendar years of its services: each is a policy of its own. */
  years: number[];
  /** What is billed, with what becomes of it and why; none when nothing could be billed. */
  lines: ExplainedLine[];
  outcome: ClaimOutcome;
  /** Whether all of it would have been paid at once. */
  atOnce: boolean;
  notBilled: NotBilled[];
  /** The rules that filled gaps in the claim. */
  applied: AppliedRule[];
};

/** What a plan would have paid. Amounts in token units. */
export type Simulation = {
  /** In the order of their services' days. */
  claims: SimulatedClaim[];
  totals: ClaimOutcome & {
    claims: number;
    /** How many claims had anything to bill. */
    billedClaims: number;
    lines: number;
    notBilled: number;
    /** How many of the billed claims would have been paid at once; the others wait for the insurer. */
    atOnce: number;
  };
};

type Read = { claim: FhirResource; read?: ReadClaim; refused?: AcesoError };

/**
 * Replays claims through a plan: the deployment's own contract code adjudicates each, one after another in the order of
 * their days, with deductible, out-of-pocket maximum and limits counted for each patient and calendar year.
 *
 * Every patient is taken to have acknowledged every claim and to be insured all year. A line that names a
 * preauthorisation is taken to have one for all it asks. What can't be billed, and services the plan does not list, are
 * reported with the reason.
 *
 * @example
 * const context = claimContext(bundle);
 * const claims = resources.map((claim) => ({ claim, context }));
 * const { totals } = await simulate(aceso, { draft: readPlanFile(text), claims });
 *
 * @param network the providers in network, as the claims name them; all when not given.
 */
export async function simulate(
  aceso: Aceso,
  { draft, claims, network }: { draft: PlanDraft; claims: readonly PastClaim[]; network?: readonly string[] },
): Promise<Simulation> {
  const rules = planRules(aceso, draft);
  const members = new Map<string, MemberYear>();
  const simulated: SimulatedClaim[] = [];
  const all = claims
    .map((each) => readClaim(each, draft))
    .sort((one, other) => compare(firstDay(one), firstDay(other)));
  for (const [at, one] of all.entries()) {
    // Claims without a patient are not taken for one person's.
    const member = one.read?.patient ?? `claim ${at}`;
    const inNetwork = network?.includes(one.read?.provider ?? "") ?? true;
    simulated.push(await replay(one, { rules, members, member, inNetwork }));
  }
  return { claims: simulated, totals: totalsOf(simulated) };
}

type Replay = {
  rules: ReturnType<typeof planRules>;
  /** What the claims of each patient and year came to so far. */
  members: Map<string, MemberYear>;
  member: string;
  inNetwork: boolean;
};

async function replay(
  { claim, read, refused }: Read,
  { rules, members, member, inNetwork }: Replay,
): Promise<SimulatedClaim> {
  if (read === undefined) return { ...nothingOf(claim), notBilled: [notBilled("", refused!)] };
  const { lines, unbillable, applied, patient, provider, total } = read;
  const { billable, refused: others } = rules.sorted(lines);
  const years = [...new Set(billable.map(yearOf))];
  const parts = [];
  for (const year of years) {
    const before = members.get(`${member} ${year}`);
    const ofYear = billable.filter((line) => yearOf(line) === year);
    const part = await rules.adjudicate(ofYear, { inNetwork, before });
    members.set(`${member} ${year}`, part.after);
    parts.push(part);
  }
  return {
    ...nothingOf(claim),
    ...(patient !== undefined && { patient }),
    ...(provider !== undefined && { provider }),
    ...(total !== undefined && { total }),
    years,
    lines: explainedLines(parts.flatMap(({ lines }) => lines)),
    outcome: summedOutcomes(parts.map(({ outcome }) => outcome)),
    atOnce: parts.length > 0 && parts.every(({ atOnce }) => atOnce),
    notBilled: [...unbillable, ...others],
    applied,
  };
}

/** What an error says of a part of a claim that is not billed. */
function notBilled(sequence: string, { name, message }: AcesoError): NotBilled {
  return { sequence, reason: name, sentence: message };
}

function readClaim({ claim, context }: PastClaim, { currency }: PlanDraft): Read {
  try {
    return { claim, read: claimLines(claim, { currency, ...(context && { context }) }) };
  } catch (error) {
    if (error instanceof AcesoError) return { claim, refused: error };
    throw error;
  }
}

function nothingOf(claim: FhirResource): SimulatedClaim {
  const nothing = { years: [], lines: [], notBilled: [], applied: [] };
  return { claim: nameOf(claim), ...nothing, outcome: summedOutcomes([]), atOnce: false };
}

function firstDay({ read }: Read): string {
  return read?.lines.map(({ day }) => day).sort()[0] ?? "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function totalsOf(claims: readonly SimulatedClaim[]): Simulation["totals"] {
  const billed = claims.filter(({ lines }) => lines.length > 0);
  return {
    ...summedOutcomes(billed.map(({ outcome }) => outcome)),
    claims: claims.length,
    billedClaims: billed.length,
    lines: billed.reduce((sum, { lines }) => sum + lines.length, 0),
    notBilled: claims.reduce((sum, { notBilled }) => sum + notBilled.length, 0),
    atOnce: billed.filter(({ atOnce }) => atOnce).length,
  };
}
