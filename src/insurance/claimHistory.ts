/**
 * What happened to claims, step by step, as the escrow's events tell it.
 *
 * @module
 */
import { zeroPadValue, type TransactionReceipt } from "ethers";

import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf, inOrder } from "../events.js";
import type { TypedContractEvent, TypedDeferredTopicFilter } from "../generated/common.js";
import type {
  ClaimAcceptedEvent,
  ClaimAdjudicatedEvent,
  ClaimAppealedEvent,
  ClaimApprovedBySilenceEvent,
  ClaimDecidedEvent,
  ClaimFinalEvent,
  ClaimFundedEvent,
  ClaimPaidEvent,
  ClaimReversedEvent,
  ClaimRuledEvent,
  ClaimSubmittedEvent,
  PreauthorizationUsedEvent,
} from "../generated/contracts/insurance/ClaimEscrow.js";
import type { Line } from "./line.js";
import { outcomeFrom, type Accumulators, type ClaimOutcome } from "./outcome.js";

/** What happened to a claim. Amounts in token units, deadlines in Unix seconds. */
export type ClaimEvent =
  | {
      kind: "submitted";
      /** The policy's id. */
      policy: Hex;
      provider: Address;
      lines: Line[];
      documents: Hex;
      /** The patient or delegate who acknowledged it. */
      acknowledgedBy?: Address;
      actor: Address;
    }
  | { kind: "preauthorized"; line: number; amount: bigint; preAuthRef: Hex }
  | { kind: "accepted"; actor: Address }
  | { kind: "adjudicated"; outcome: ClaimOutcome; before: Accumulators; deadline: number; unfunded: boolean }
  | { kind: "decided"; benefit: bigint; disputed: bigint; response: Hex; deadline: number; actor: Address }
  | { kind: "approvedBySilence"; benefit: bigint }
  | { kind: "lapsed" }
  | { kind: "appealed"; appellant: Address; grounds: Hex; deadline: number; actor: Address }
  | { kind: "ruled"; arbitrator: Address; award: bigint; reasons: Hex; actor: Address }
  | { kind: "final"; benefit: bigint; released: bigint }
  | { kind: "funded"; amount: bigint }
  | { kind: "paid"; provider: Address; amount: bigint }
  | { kind: "reversed"; repaid: bigint; actor: Address };

/** A step of a claim, and when it happened, in Unix seconds. */
export type ClaimStep = ClaimEvent & { time: number; block: number; transaction: Hex };

/** A step of one kind. */
export type StepOf<Kind extends ClaimEvent["kind"]> = Extract<ClaimStep, { kind: Kind }>;

/** Which claims: of a policy, of a provider, or of a plan's policies, by their ids. */
export type AskedClaims = { policy: Hex } | { provider: Address } | { plan: Hex };

/** What a submission or an acceptance came to. Amounts in token units. */
export type Adjudicated = {
  /** The claim's id. */
  id: Hex;
  outcome: ClaimOutcome;
  /** `Final` when it was approved at once, `Pending` when it waits for the insurer. */
  status: "Final" | "Pending";
  /** The first second the insurer is too late to decide, in Unix seconds; 0 when it was approved at once. */
  deadline: number;
  /** Whether the reserve could bind nothing for it yet. */
  unfunded: boolean;
  /** What was paid in the same transaction. */
  paid: bigint;
};

const READERS = {
  ClaimSubmitted: (args: ClaimSubmittedEvent.OutputObject): ClaimEvent => ({
    kind: "submitted",
    policy: args.policy as Hex,
    provider: args.provider as Address,
    lines: args.lines.map(({ service, day, number, quantity, billed }) => ({
      service: service as Hex,
      day: Number(day),
      number: Number(number),
      quantity,
      billed,
    })),
    documents: args.documents as Hex,
    ...(BigInt(args.acknowledgedBy) !== 0n && { acknowledgedBy: args.acknowledgedBy as Address }),
    actor: args.actor as Address,
  }),
  ClaimAccepted: ({ actor }: ClaimAcceptedEvent.OutputObject): ClaimEvent => ({
    kind: "accepted",
    actor: actor as Address,
  }),
  PreauthorizationUsed: ({ line, amount, preAuthRef }: PreauthorizationUsedEvent.OutputObject): ClaimEvent => ({
    kind: "preauthorized",
    line: Number(line),
    amount,
    preAuthRef: preAuthRef as Hex,
  }),
  ClaimAdjudicated: ({ outcome, before, deadline, unfunded }: ClaimAdjudicatedEvent.OutputObject): ClaimEvent => ({
    kind: "adjudicated",
    outcome: outcomeFrom(outcome),
    before: { deductible: before.deductible, outOfPocket: before.outOfPocket, benefit: before.benefit },
    deadline: Number(deadline),
    unfunded,
  }),
  ClaimDecided: ({ benefit, disputed, response, deadline, actor }: ClaimDecidedEvent.OutputObject): ClaimEvent => ({
    kind: "decided",
    benefit,
    disputed,
    response: response as Hex,
    deadline: Number(deadline),
    actor: actor as Address,
  }),
  ClaimApprovedBySilence: ({ benefit }: ClaimApprovedBySilenceEvent.OutputObject): ClaimEvent => ({
    kind: "approvedBySilence",
    benefit,
  }),
  ClaimLapsed: (): ClaimEvent => ({ kind: "lapsed" }),
  ClaimAppealed: ({ appellant, grounds, deadline, actor }: ClaimAppealedEvent.OutputObject): ClaimEvent => ({
    kind: "appealed",
    appellant: appellant as Address,
    grounds: grounds as Hex,
    deadline: Number(deadline),
    actor: actor as Address,
  }),
  ClaimRuled: ({ arbitrator, award, reasons, actor }: ClaimRuledEvent.OutputObject): ClaimEvent => ({
    kind: "ruled",
    arbitrator: arbitrator as Address,
    award,
    reasons: reasons as Hex,
    actor: actor as Address,
  }),
  ClaimFinal: ({ benefit, released }: ClaimFinalEvent.OutputObject): ClaimEvent => ({
    kind: "final",
    benefit,
    released,
  }),
  ClaimFunded: ({ amount }: ClaimFundedEvent.OutputObject): ClaimEvent => ({ kind: "funded", amount }),
  ClaimPaid: ({ provider, amount }: ClaimPaidEvent.OutputObject): ClaimEvent => ({
    kind: "paid",
    provider: provider as Address,
    amount,
  }),
  ClaimReversed: ({ repaid, actor }: ClaimReversedEvent.OutputObject): ClaimEvent => ({
    kind: "reversed",
    repaid,
    actor: actor as Address,
  }),
};

// Nodes take up to 1,000 values for a topic.
const TOPICS_AT_ONCE = 1_000;

type Reader = (args: never) => ClaimEvent;
type Logged = { eventName: string; args: { id: Hex }; blockNumber: number; index: number; transactionHash: string };

/** The steps of claims in order, by the claims' ids. */
export async function stepsOf(aceso: Aceso, ids: readonly Hex[]): Promise<Map<Hex, ClaimStep[]>> {
  const steps = new Map<Hex, ClaimStep[]>(ids.map((id) => [id, []]));
  const { escrow } = aceso.contracts;
  const topics = Object.keys(READERS).map((name) => escrow.interface.getEvent(name as keyof typeof READERS).topicHash);
  // Every event on a claim has its id as its first topic, so one question finds them all.
  const logs = (await Promise.all(chunks(ids).map((some) => logsOf(aceso, [topics, some])))).flat();
  const timeOf = blockTimes(aceso);
  const times = await Promise.all(logs.map(({ blockNumber }) => timeOf(blockNumber)));
  for (const [at, { eventName, args, blockNumber: block, transactionHash }] of logs.entries()) {
    const event = readerOf(eventName)!(args as never);
    steps.get(args.id)!.push({ ...event, time: times[at]!, block, transaction: transactionHash as Hex });
  }
  return steps;
}

/** The ids of the claims that were ever submitted, oldest first. */
export async function submittedIds(aceso: Aceso, asked: AskedClaims): Promise<Hex[]> {
  const { escrow } = aceso.contracts;
  const topic = [escrow.interface.getEvent("ClaimSubmitted").topicHash];
  const logs = async (): Promise<Logged[]> => {
    if ("policy" in asked) return logsOf(aceso, [topic, null, [asked.policy]]);
    if ("provider" in asked) return logsOf(aceso, [topic, null, null, [zeroPadValue(toAddress(asked.provider), 32)]]);
    const issued = await eventsOf(aceso, escrow, escrow.filters.PolicyIssued(undefined, asked.plan));
    const policies = issued.map(({ args }) => args.id);
    return (await Promise.all(chunks(policies).map((some) => logsOf(aceso, [topic, null, some])))).flat();
  };
  return [...new Set((await logs()).sort(inOrder).map(({ args }) => args.id))];
}

/** What became of a claim in a transaction that adjudicated it; undefined in any other. */
export function adjudicationIn(aceso: Aceso, receipt: TransactionReceipt, id: Hex): Adjudicated | undefined {
  const { escrow } = aceso.contracts;
  const events = receipt.logs.flatMap((log): ClaimEvent[] => {
    const parsed = log.address === escrow.target ? escrow.interface.parseLog(log) : null;
    const read = parsed && readerOf(parsed.name);
    return read && parsed.args["id"] === id ? [read(parsed.args as never)] : [];
  });
  const adjudicated = events.find((event) => event.kind === "adjudicated");
  if (adjudicated === undefined) return undefined;
  const { outcome, deadline, unfunded } = adjudicated;
  const paid = events.reduce((sum, event) => sum + paidBy(event), 0n);
  return { id, outcome, status: deadline === 0 ? "Final" : "Pending", deadline, unfunded, paid };
}

/** What a step moved to the provider. */
export function paidBy(event: ClaimEvent): bigint {
  if (event.kind === "paid") return event.amount;
  return event.kind === "reversed" ? -event.repaid : 0n;
}

/** The escrow's logs with these topics, oldest first. The bindings' filters take only one value for each. */
async function logsOf(aceso: Aceso, topics: readonly (readonly string[] | null)[]): Promise<Logged[]> {
  const filter = topics as unknown as TypedDeferredTopicFilter<TypedContractEvent>;
  const logs = (await eventsOf(aceso, aceso.contracts.escrow, filter)) as unknown as Logged[];
  return logs.sort(inOrder);
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / TOPICS_AT_ONCE);
  return Array.from({ length: count }, (_, at) => items.slice(at * TOPICS_AT_ONCE, (at + 1) * TOPICS_AT_ONCE));
}

function readerOf(name: string): Reader | undefined {
  return (READERS as Record<string, Reader>)[name];
}
