/**
 * Studies and their participants as they stand, read from the chain.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import { studyKeyFrom, type StudyKey } from "./studyKey.js";
import { termsIn, type StudyTerms } from "./studyTerms.js";

/** What boards and sponsors make of a study, in the order of the contract's enum. */
const STATUSES = ["unknown", "proposed", "approved", "suspended"] as const;

/** Whether somebody takes part, in the order of the contract's enum. */
const PARTICIPATIONS = ["not enrolled", "enrolled", "withdrawn"] as const;

/** A study's money. In token units. */
export type StudyMoney = {
  /** What was paid in and not taken back. */
  funded: bigint;
  /** What participants earned, paid or not. */
  credited: bigint;
  /** What participants were paid. */
  paid: bigint;
  /** What they earned and were not paid yet. */
  owed: bigint;
  /** What nobody earned yet. */
  free: bigint;
  /** What is missing before anybody enrols or is credited under the terms in force. */
  missing: bigint;
};

/** A study as it stands. Times in Unix seconds. */
export type StudyState = {
  id: Hex;
  study: StudyKey;
  status: (typeof STATUSES)[number];
  /** Whose approval it has, or needs again; undefined before the first. */
  board?: Address;
  /** The first second the approval no longer counts. */
  approvedUntil: number;
  /** Counts the approvals of other terms. */
  version: number;
  /** Whether the sponsor ended recruiting. */
  closed: boolean;
  /** When results were published, and how late; undefined when they were not. */
  results?: { at: number; lateBy: number; digest: Hex };
  /** How many ever enrolled, and how many of them withdrew. */
  enrolled: number;
  withdrawn: number;
  /** How many may still enrol: none before it is funded for its terms. */
  seatsLeft: number;
  /** The terms in force; undefined before the first approval. */
  terms?: StudyTerms;
  /** The terms that wait for a board. */
  proposed?: StudyTerms;
  money: StudyMoney;
};

/** A participant as it stands. Amounts in token units. */
export type ParticipantState = {
  participant: Address;
  status: (typeof PARTICIPATIONS)[number];
  earned: bigint;
  paid: bigint;
  /** The numbers of the milestones reached. */
  milestones: number[];
};

/**
 * A study as it stands, with its enrolment, spend and liabilities; undefined when there is none.
 *
 * @example
 * const state = await status(aceso, studyId({ sponsor, registration: "NCT01234567" }));
 * state?.money.owed;
 */
export async function status(aceso: Aceso, id: Hex): Promise<StudyState | undefined> {
  const { studies } = aceso.contracts;
  const proposals = (await eventsOf(aceso, studies, studies.filters.StudyProposed(id))).sort(inOrder);
  const [first] = proposals;
  if (first === undefined) return undefined;
  const [state, inForce, proposedHash, withdrawals, results] = await Promise.all([
    studies.studyOf(id),
    studies.termsOf(id),
    studies.proposedHashOf(id),
    eventsOf(aceso, studies, studies.filters.ParticipantWithdrawn(id)),
    eventsOf(aceso, studies, studies.filters.ResultsPublished(id)),
  ]);
  const [terms, waiting] = [termsIn(inForce), proposals.findLast(({ args }) => args.termsHash === proposedHash)];
  const proposed = waiting && termsIn(waiting.args.terms);
  const [published] = results;
  const enrolled = Number(state.seats - state.seatsLeft);
  return {
    id,
    study: studyKeyFrom(first.args),
    status: STATUSES[Number(state.status)]!,
    ...(BigInt(state.board) !== 0n && { board: toAddress(state.board) }),
    approvedUntil: Number(state.approvedUntil),
    version: Number(state.version),
    closed: state.closed,
    ...(published && {
      results: {
        at: Number(state.resultsAt),
        lateBy: Number(published.args.lateBy),
        digest: published.args.results as Hex,
      },
    }),
    enrolled,
    withdrawn: withdrawals.length,
    seatsLeft: Number(state.seatsLeft),
    ...(terms && { terms }),
    ...(proposed && { proposed }),
    money: await moneyOf(aceso, { id, version: state.version, enrolled }, terms),
  };
}

/** A participant of a study as it stands. */
export async function participantOf(
  aceso: Aceso,
  { study, participant: named }: { study: Hex; participant: Address },
): Promise<ParticipantState> {
  const participant = toAddress(named);
  const state = await aceso.contracts.studies.participantOf(study, participant);
  const reached = Array.from({ length: 32 }, (_, milestone) => milestone);
  return {
    participant,
    status: PARTICIPATIONS[Number(state.status)]!,
    earned: state.earned,
    paid: state.paid,
    milestones: reached.filter((milestone) => (state.milestones >> BigInt(milestone)) & 1n),
  };
}

/** Who ever enrolled in a study, in that order. */
export async function participantsOf(aceso: Aceso, study: Hex): Promise<Address[]> {
  const { studies } = aceso.contracts;
  const enrolments = await eventsOf(aceso, studies, studies.filters.ParticipantEnrolled(study));
  return enrolments.sort(inOrder).map(({ args }) => toAddress(args.participant));
}

async function moneyOf(
  aceso: Aceso,
  { id, version, enrolled }: { id: Hex; version: bigint; enrolled: number },
  terms: StudyTerms | undefined,
): Promise<StudyMoney> {
  const { studies } = aceso.contracts;
  const [books, payments] = await Promise.all([
    studies.booksOf(id),
    eventsOf(aceso, studies, studies.filters.RewardPaid(id)),
  ]);
  const { funded, credited } = books;
  const paid = payments.reduce((sum, { args }) => sum + args.amount, 0n);
  const isFunded = terms === undefined || books.version === version;
  const seats = terms && (terms.capacity > enrolled ? terms.capacity : BigInt(enrolled));
  const needed = isFunded ? 0n : terms.cap * seats!;
  const missing = needed > funded ? needed - funded : 0n;
  return { funded, credited, paid, owed: credited - paid, free: funded - credited, missing };
}
