/**
 * Advice on the errors of `StudyRewards`.
 *
 * @module
 */
import { decodeBytes32String } from "ethers";
import { categoryNames, date, wordFor, type AdviceByError } from "./words.js";

const STATUS_WORDS = ["unknown", "proposed", "approved", "suspended"] as const;
const PARTICIPATION_WORDS = ["not enrolled", "enrolled", "withdrawn"] as const;

/** What the contract expects of the field of a study's terms it names. */
const TERMS_WORDS: Readonly<Record<string, string>> = {
  steward: "Name the organisation that receives the data.",
  form: "Give the salted digest of the consent form; an amendment has one that was never in force, so that everybody consents again.",
  protocol: "Give the salted digest of protocol and analysis plan.",
  purpose: "Name one known purpose of use; break-the-glass is never granted.",
  categories: "Name at least one data category, all of them known.",
  token: "Name the address of an ERC-20 on this chain.",
  capacity: "Give room for at least one participant.",
  cap: "It is at least what a contribution and a milestone earn, its product with the capacity is below 2^96 token units, an amendment never lowers it, and those enrolled together earn less than 2^96 token units.",
  milestones: "A study has at most 32 milestones.",
  dates: "The study ends in the future, not before enrolment does; the refund begins no earlier than it ends.",
};

export const STUDIES: AdviceByError = {
  SponsorUnauthorized: ({ sponsor, caller }) => ({
    message: `${sponsor} holds no live Researcher licence, or ${caller} does not act for it.`,
    advice: "The sponsor needs a live licence, and who acts for it a live membership of its staff.",
  }),
  BoardUnauthorized: ({ board, caller }) => ({
    message: `${board} is no licensed ethics board unrelated to the sponsor, or ${caller} does not act for it.`,
    advice:
      "The board needs a live EthicsBoard licence, is not the steward, and neither it nor who acts for it may be on the sponsor's staff, nor the sponsor on its.",
  }),
  StudyUnknown: ({ id }) => ({
    message: `Study ${id} was never proposed.`,
    advice: "Check sponsor and registration number, and the chain and the deployment.",
  }),
  StudyTermsInvalid: ({ field }) => {
    const name = termName(field);
    return {
      message: `The study's terms are not sound: ${name}.`,
      advice: TERMS_WORDS[name] ?? "Correct it and propose again.",
    };
  },
  StudyTokenFixed: ({ token }) => ({
    message: `The study pays its rewards in ${token}, and no amendment changes that.`,
    advice: "Keep the token, or propose a new study under another registration number.",
  }),
  ApprovalMismatch: ({ proposed, approved }) => ({
    message: `The approval is for terms ${approved}; those that wait are ${proposed}.`,
    advice: "Read the proposed terms again; approve the hash they have now, if they are what the board decided on.",
  }),
  ApprovalEndPast: ({ until }) => ({
    message: `The approval ends at ${date(until)}, which is past.`,
    advice: "Approve until a time to come; what ended by itself need not be ended.",
  }),
  ApprovalOfAnother: ({ board, other }) => ({
    message: `The study is approved by ${board}, not by ${other}.`,
    advice: "Have the same board decide on amendments; another one may only when that has no live licence any more.",
  }),
  ApprovalStands: ({ board }) => ({
    message: `Board ${board} and the sponsor are licensed, so the approval ends when it says.`,
    advice: "The board itself may suspend the study.",
  }),
  StudyStatusInvalid: ({ id, status }) => ({
    message: `Study ${id} is ${wordFor(STATUS_WORDS, status)}.`,
    advice: "Only a proposed study is approved, an approved one suspended, a suspended one let go on.",
  }),
  StudyNotRecruiting: ({ id }) => ({
    message: `Nobody enrols in study ${id} now: it is not approved, suspended, closed or past its time.`,
    advice: "Look at it first (study show); the board may prolong its approval or let it go on.",
  }),
  StudyNotRunning: ({ id }) => ({
    message: `Nothing is credited in study ${id} now: it is not approved, suspended or past its time.`,
    advice: "Look at it first (study show). What is owed already stays payable.",
  }),
  ResultsMissing: () => ({
    message: "There is no digest of any results.",
    advice: "Give the sha-256 digest of the results' document.",
  }),
  ResultsExist: ({ id }) => ({
    message: `The results of study ${id} were published already.`,
    advice: "They stand as they are; say elsewhere what changed since.",
  }),
  StudyNotApproved: ({ id }) => ({
    message: `Study ${id} is not approved, so nobody knows yet what it promises.`,
    advice: "Pay in after its board approved it.",
  }),
  StudyFundedAlready: ({ id }) => ({
    message: `All that study ${id} promises is paid in.`,
    advice: "There is nothing to pay.",
  }),
  StudyUnderfunded: ({ id, funded }) => ({
    message: `Study ${id} has ${funded} token units, which is not all that its terms in force promise.`,
    advice: "Pay in what is missing (study fund); nobody enrols before, or is credited what others were promised.",
  }),
  StudyFull: ({ id, seats }) => ({
    message: `All ${seats} seats of study ${id} are taken.`,
    advice: "Withdrawing makes no room; its board may approve an amendment with more capacity.",
  }),
  ParticipantKnown: ({ participant, status }) => ({
    message: `${participant} is ${wordFor(PARTICIPATION_WORDS, status)} already.`,
    advice: "Nobody enrols twice, and a withdrawal is final.",
  }),
  ParticipantInvalid: ({ participant, status }) => ({
    message: `${participant} is ${wordFor(PARTICIPATION_WORDS, status)}.`,
    advice: "This is for those enrolled. What was earned stays payable.",
  }),
  WithdrawalUnauthorized: ({ participant, caller }) => ({
    message: `${caller} is neither ${participant} nor a delegate of theirs for research.`,
    advice: "Have the participant withdraw, or sign the withdrawal for anybody to relay.",
  }),
  StewardUnauthorized: ({ steward, signer }) => ({
    message: `${signer} does not act for ${steward}, the study's steward.`,
    advice: "Use the steward's account or that of its staff.",
  }),
  ConsentMissing: ({ participant, steward, form }) => ({
    message: `${participant} has no live consent to ${steward} under form ${form} that covers this.`,
    advice: "Have the participant consent under the study's present form; it may have expired or been revoked.",
  }),
  RecordCommitmentMismatch: ({ record }) => ({
    message: `Record ${record} is committed to other categories, or with another salt.`,
    advice: "Take both from the record's receipt or envelope, and check patient, author and commitment.",
  }),
  RecordCategoriesOutside: ({ categories }) => ({
    message: `The study does not ask for ${categoryNames(categories)}.`,
    advice: "Contribute records of the study's categories only.",
  }),
  RecordNotAnchored: ({ record }) => ({
    message: `Record ${record} is not anchored, or was erased or amended since.`,
    advice: "Have its author anchor it; one anchored under a root needs its proof.",
  }),
  RecordAuthorInvalid: ({ author }) => ({
    message: `${author} is the participant, the sponsor or the sponsor's staff, so the record earns nothing.`,
    advice: "Contribute what an author unrelated to the sponsor anchored.",
  }),
  RecordContributedBefore: ({ record }) => ({
    message: `Record ${record} was contributed to this study before.`,
    advice: "There is nothing to do: it was credited.",
  }),
  ParticipantCapReached: ({ participant }) => ({
    message: `${participant} earned all that one participant can.`,
    advice: "Records may be shared further, but nothing is credited.",
  }),
  MilestoneInvalid: ({ milestone }) => ({
    message: `There is no milestone ${milestone}, or it was recorded already.`,
    advice: "Milestones are counted from zero, each once a participant.",
  }),
  NothingOwed: ({ participant }) => ({
    message: `Nothing is owed to ${participant}.`,
    advice: "What was earned is paid already; look at it (study show).",
  }),
  RefundInvalid: ({ from, free }) => ({
    message: `${free} token units are free, and are refunded from ${date(from)} on.`,
    advice: "Wait until then; what participants earned is never refunded.",
  }),
  RefundUnauthorized: ({ sponsor, caller }) => ({
    message: `${caller} does not act for ${sponsor}, the study's sponsor.`,
    advice: "Use the sponsor's account or that of its staff.",
  }),
};

function termName(field: unknown): string {
  try {
    return decodeBytes32String(String(field));
  } catch {
    return String(field);
  }
}
