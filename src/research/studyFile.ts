/**
 * Study files: a study as researchers write it, in JSON, and as `StudyRegistry` takes it.
 *
 * The salts are no part of the file. That of the protocol stays secret until the sponsor opens it; that of the form is
 * told everybody who may take part, in the study's announcement.
 *
 * @module
 */
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import { purposeBit, purposeOfBit, type Purpose } from "../consent/purpose.js";
import { toAddress } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import { dateTimeOf, firstSecondOf } from "../fhir/time.js";
import { jsonOf, listed, type FormProblem } from "../form/form.js";
import { decimalOf, tokenUnits } from "../token/amount.js";
import type { Criterion } from "./criteria.js";
import { studyProblems } from "./studyRules.js";
import type { StudyTerms } from "./studyTerms.js";

/** What participants are told of a study. Amounts are decimal text in the token, times days or times with their zone. */
export type AnnouncedFile = {
  /** Its number in a public registry, such as `NCT01234567`: 1 to 32 printable ASCII characters. */
  registration: string;
  title: string;
  /** The investigator organisation that receives the data. */
  steward: string;
  /** The one purpose of use every consent must cover. */
  purpose: Exclude<Purpose, "BTG">;
  /** What is contributed. */
  categories: DataCategory[];
  /** The ERC-20 rewards are paid in. */
  token: string;
  /** The token's decimals. */
  decimals: number;
  /** What a contribution and a milestone earn, and the most a participant does. */
  rewards: { contribution: string; milestone: string; cap: string };
  /** How many participants enrol at most. */
  capacity: number;
  /** What each milestone is, such as a visit. */
  milestones: string[];
  /** From when on nobody enrols any more. A day stands for its first second in UTC, here and below. */
  enrolUntil: string;
  /** From when on nothing is contributed or recorded any more. */
  endsAt: string;
  /** From when on the sponsor may take back what nobody earned. */
  refundAt: string;
  /** When results are due. */
  resultsDue: string;
  /** The sha-256 digest of the consent form's document. */
  consentForm: string;
  /** Who may take part. */
  criteria: Criterion[];
};

/** A study file. */
export type StudyFile = AnnouncedFile & {
  /** The sha-256 digests of the protocol and of the statistical analysis plan. */
  protocol: { document: string; analysisPlan: string };
};

/** What is announced of a study, as read. */
export type AnnouncedStudy = {
  registration: string;
  title: string;
  /** The token's. */
  decimals: number;
  /** The milestones' names, in the order of their numbers. */
  milestones: string[];
  criteria: Criterion[];
  /** The sha-256 digest of the consent form's document. */
  consentForm: Hex;
  terms: Omit<StudyTerms, "form" | "protocol">;
};

/** A study as read from its file, ready to be sealed and proposed. */
export type StudyDraft = AnnouncedStudy & { protocol: { document: Hex; analysisPlan: Hex } };

/**
 * Reads a study from its file.
 *
 * @example
 * const draft = readStudyFile(await readFile("study.json", "utf8"));
 *
 * @param file the JSON text, or what it stands for: a {@link StudyFile}.
 * @throws {@link NotStudyJsonError} when a text is no JSON.
 * @throws {@link StudyFileError} with everything that is wrong, each with its place and what to do.
 */
export function readStudyFile(file: unknown): StudyDraft {
  const data = jsonOf(file);
  if (data === undefined) throw new NotStudyJsonError();
  const problems = studyProblems(data);
  if (problems.length > 0) throw new StudyFileError(problems);
  const { protocol, ...announced } = data as StudyFile;
  return {
    ...announcedStudyOf(announced),
    protocol: { document: toDigest(protocol.document), analysisPlan: toDigest(protocol.analysisPlan) },
  };
}

/** The file of a study, in its one normal form: read again it is the same draft. */
export function studyFileFrom({ protocol, ...announced }: StudyDraft): StudyFile {
  return { ...announcedFileFrom(announced), protocol: { ...protocol } };
}

/** What is announced of a study, from what was written and has no problem. */
export function announcedStudyOf(file: AnnouncedFile): AnnouncedStudy {
  const { registration, title, decimals, milestones, criteria, rewards } = file;
  const units = (amount: string): bigint => tokenUnits(amount, decimals);
  const seconds = (time: string): bigint => BigInt(firstSecondOf(time)!);
  return {
    registration,
    title,
    decimals,
    milestones: [...milestones],
    criteria: structuredClone(criteria),
    consentForm: toDigest(file.consentForm),
    terms: {
      steward: toAddress(file.steward),
      purpose: BigInt(purposeBit(file.purpose)),
      categories: categoryMask(file.categories),
      enrolUntil: seconds(file.enrolUntil),
      token: toAddress(file.token),
      reward: units(rewards.contribution),
      milestoneReward: units(rewards.milestone),
      cap: units(rewards.cap),
      capacity: BigInt(file.capacity),
      milestones: BigInt(milestones.length),
      endsAt: seconds(file.endsAt),
      refundAt: seconds(file.refundAt),
      resultsDue: seconds(file.resultsDue),
    },
  };
}

/** What is announced of a study, in its one normal form. */
export function announcedFileFrom(study: AnnouncedStudy): AnnouncedFile {
  const { registration, title, decimals, milestones, criteria, consentForm, terms } = study;
  const amount = (units: bigint): string => decimalOf(units, decimals);
  const time = (seconds: bigint): string => dateTimeOf(Number(seconds));
  return {
    registration,
    title,
    steward: terms.steward,
    purpose: purposeOfBit(terms.purpose) as AnnouncedFile["purpose"],
    categories: categoriesIn(terms.categories),
    token: terms.token,
    decimals,
    rewards: {
      contribution: amount(terms.reward),
      milestone: amount(terms.milestoneReward),
      cap: amount(terms.cap),
    },
    capacity: Number(terms.capacity),
    milestones: [...milestones],
    enrolUntil: time(terms.enrolUntil),
    endsAt: time(terms.endsAt),
    refundAt: time(terms.refundAt),
    resultsDue: time(terms.resultsDue),
    consentForm,
    criteria: structuredClone(criteria),
  };
}

/** A study file's or announcement's text is not JSON. */
export class NotStudyJsonError extends AcesoError {
  override name = "NotStudyJsonError";
  constructor() {
    super("The study file is not JSON.", "Mind commas and quotes; an editor for JSON marks them.");
  }
}

/** A study file is not what a study needs. `problems` has all that is wrong; the message lists up to 20. */
export class StudyFileError extends AcesoError {
  override name = "StudyFileError";
  constructor(readonly problems: readonly FormProblem[]) {
    super(`The study file cannot be used: ${listed(problems, "the file")}.`, "Correct these places; nothing was sent.");
  }
}
