/**
 * Announcements of studies: what those who may take part are told, and how they see that it is what a board approved.
 *
 * What a participant consents to (`form` on chain) is a salted digest of all that is announced: the consent form's own
 * digest, title, criteria, milestones, rewards and dates, in canonical JSON. So nobody can be shown other criteria than
 * the approved ones, and every amendment is another form. The protocol and analysis plan have their own salted digest
 * (`protocol` on chain), under a salt that the sponsor keeps until it shows what it was.
 *
 * @module
 */
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { newSalt, saltedDigest } from "../crypto/saltedDigest.js";
import { AcesoError } from "../errors.js";
import { canonicalJson } from "../fhir/canonicalJson.js";
import { formOf, isChecksummed, jsonOf, listed, members, oneAPlace, valueAt, type FormProblem } from "../form/form.js";
import { ADDRESS } from "../form/shapes.js";
import {
  announcedFileFrom,
  announcedStudyOf,
  NotStudyJsonError,
  type AnnouncedFile,
  type AnnouncedStudy,
  type StudyDraft,
} from "./studyFile.js";
import { announcedProblems } from "./studyRules.js";
import type { StudyTerms } from "./studyTerms.js";

/** The salts of a study's two digests, 32 bytes each. */
export type StudySalts = {
  /** Told everybody who may take part. */
  form: Hex;
  /** Secret. Without it the sponsor cannot prove what it had planned. */
  protocol: Hex;
};

/** An announcement, as it is shared: JSON. */
export type Announcement = {
  /** Who answers for the study and pays. With the registration it is the study's key on chain. */
  sponsor: Address;
  /** The salt of the form. */
  salt: Hex;
  study: AnnouncedFile;
};

/** An announcement as read. */
export type Announced = { sponsor: Address; salt: Hex; study: AnnouncedStudy };

const PARTS = {
  sponsor: ADDRESS,
  salt: { type: "string", pattern: "^0x[0-9a-fA-F]{64}$", description: "the form's salt: 0x and 64 hex digits" },
  study: { description: "what is announced of the study: an object" },
};

const formProblems = formOf(members("an announcement: an object with sponsor, salt and study", PARTS));

/** Fresh salts for a study, or for an amendment of it. Keep them: the protocol's is secret. */
export function newStudySalts(): StudySalts {
  return { form: newSalt(), protocol: newSalt() };
}

/**
 * A draft's terms as they are proposed, and its announcement.
 *
 * @example
 * const { terms, announcement } = await sealStudy(readStudyFile(text), sponsor, newStudySalts());
 */
export async function sealStudy(
  draft: StudyDraft,
  sponsor: Address,
  salts: StudySalts,
): Promise<{ terms: StudyTerms; announcement: Announcement }> {
  const { protocol, ...study } = draft;
  const [form, sealed] = await Promise.all([formDigest(study, salts.form), digestOf(protocol, salts.protocol)]);
  const announcement = { sponsor: toAddress(sponsor), salt: salts.form, study: announcedFileFrom(study) };
  return { terms: { ...draft.terms, form, protocol: sealed }, announcement };
}

/**
 * The policy of every consent to a study: the salted digest of all that is announced of it.
 *
 * @param salt the form's.
 */
export async function formDigest(study: AnnouncedStudy, salt: Hex): Promise<Hex> {
  return digestOf(announcedFileFrom(study), salt);
}

/**
 * Reads an announcement from its JSON text, or what it stands for. That it is what a board approved is another question:
 * ask {@link requireApproved}.
 *
 * @throws {@link NotStudyJsonError} when a text is no JSON.
 * @throws {@link AnnouncementError} with everything that is wrong, each with its place and what to do.
 */
export function readAnnouncement(input: unknown): Announced {
  const data = jsonOf(input);
  if (data === undefined) throw new NotStudyJsonError();
  const problems = problemsOf(data);
  if (problems.length > 0) throw new AnnouncementError(problems);
  const { sponsor, salt, study } = data as Announcement;
  return { sponsor: toAddress(sponsor), salt: salt.toLowerCase() as Hex, study: announcedStudyOf(study) };
}

/**
 * That what is announced is what a board approved: the form, which has the criteria, and each term.
 *
 * @param terms the terms in force of the study with this sponsor and registration, as the contract answers.
 * @throws {@link AnnouncementMismatchError} when anything differs.
 */
export async function requireApproved({ study, salt }: Announced, terms: StudyTerms): Promise<void> {
  const announced: Partial<StudyTerms> = { ...study.terms, form: await formDigest(study, salt) };
  const differing = Object.entries(announced)
    .filter(([name, value]) => !isSame(value, terms[name as keyof StudyTerms]))
    .map(([name]) => name);
  if (differing.length > 0) throw new AnnouncementMismatchError(differing);
}

function isSame(one: bigint | string, other: bigint | string): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}

async function digestOf(document: unknown, salt: Hex): Promise<Hex> {
  return saltedDigest(new TextEncoder().encode(canonicalJson(document)), salt);
}

function problemsOf(data: unknown): FormProblem[] {
  const study = valueAt(data, "/study");
  const within = study === undefined ? [] : announcedProblems(study);
  return oneAPlace([
    ...formProblems(data),
    ...(isChecksummed(valueAt(data, "/sponsor"))
      ? []
      : [{ path: "/sponsor", problem: "has a wrong checksum: copy the address again" }]),
    ...within.map(({ path, problem }) => ({ path: `/study${path}`, problem })),
  ]);
}

/** An announcement cannot be read. `problems` has all that is wrong; the message lists up to 20. */
export class AnnouncementError extends AcesoError {
  override name = "AnnouncementError";
  constructor(readonly problems: readonly FormProblem[]) {
    super(
      `The announcement cannot be used: ${listed(problems, "the announcement")}.`,
      "Ask whoever announces the study for a correct one; nothing of yours was sent.",
    );
  }
}

/** An announcement differs from what a board approved. */
export class AnnouncementMismatchError extends AcesoError {
  override name = "AnnouncementMismatchError";
  constructor(
    /** The terms that differ, `form` among them when the criteria or anything else that is announced do. */
    readonly terms: readonly string[],
  ) {
    super(
      `The announcement is not what was approved: ${terms.join(", ")} differ.`,
      "Do not consent by it. Ask for the announcement of the terms in force: the study may have been amended.",
    );
  }
}
