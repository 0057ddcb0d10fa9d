/**
 * Finding the study somebody names: by its announcement, by sponsor and registration number, or by its id.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import {
  AnnouncementMismatchError,
  readAnnouncement,
  requireApproved,
  type Announced,
} from "../../research/announcement.js";
import { StudyNotApprovedError } from "../../research/contribution.js";
import { studyId } from "../../research/studyKey.js";
import { status, type StudyState } from "../../research/studyState.js";
import { termsIn, type StudyTerms } from "../../research/studyTerms.js";
import { tokenDecimals } from "../../token/token.js";
import { address } from "../arguments.js";
import { digestOf } from "../documents.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";

/** A study that was named, and its announcement where that named it. */
export type NamedStudy = { id: Hex; announced?: Announced };

/** An announcement, the study's id and its terms in force. */
export type ApprovedStudy = { id: Hex; announced: Announced; terms: StudyTerms };

/** A study as it stands, its terms in force and its token's decimals. */
export type StudyInForce = { state: StudyState; terms: StudyTerms; decimals: number };

const KEY = /^(0x[0-9a-fA-F]{40})\/(.+)$/;

/**
 * The study a text names.
 *
 * @param named its id, `sponsor/registration`, or the file of its announcement.
 * @throws {@link AddressArgumentError}; {@link NotBytes32TextError}; what {@link announcementIn} throws.
 */
export async function studyNamed(io: Io, named: string): Promise<NamedStudy> {
  if (isHexString(named, 32)) return { id: named.toLowerCase() as Hex };
  const [, sponsor, registration] = KEY.exec(named) ?? [];
  if (sponsor !== undefined)
    return { id: studyId({ sponsor: address("The sponsor")(sponsor), registration: registration! }) };
  const announced = await announcementIn(io, named);
  return { id: idOf(announced), announced };
}

/**
 * The announcement in a file.
 *
 * @throws {@link InputFileError}; {@link NotUtf8Error}; {@link NotStudyJsonError}; {@link AnnouncementError}.
 */
export async function announcementIn(io: Io, path: string): Promise<Announced> {
  return readAnnouncement(await readText(io, path));
}

/** The id of the study an announcement is of. */
export function idOf({ sponsor, study: { registration } }: Announced): Hex {
  return studyId({ sponsor, registration });
}

/**
 * A study as it stands.
 *
 * @throws {@link StudyNotFoundError} when it was never proposed.
 */
export async function studyFound(aceso: Aceso, id: Hex): Promise<StudyState> {
  const state = await status(aceso, id);
  if (state === undefined) throw new StudyNotFoundError();
  return state;
}

/**
 * A study whose terms are in force.
 *
 * @throws {@link StudyNotFoundError}; {@link StudyNotApprovedError}.
 */
export async function studyInForce(aceso: Aceso, id: Hex): Promise<StudyInForce> {
  const state = await studyFound(aceso, id);
  const { terms } = state;
  if (terms === undefined) throw new StudyNotApprovedError(id);
  return { state, terms, decimals: await tokenDecimals(aceso, terms.token as Address) };
}

/**
 * The announcement in a file, after checking that it tells the terms in force and counts as the token does.
 *
 * @throws {@link StudyNotApprovedError}; {@link AnnouncementMismatchError}; {@link StudyDecimalsError}; what
 * {@link announcementIn} throws.
 */
export async function approvedIn(io: Io, aceso: Aceso, path: string): Promise<ApprovedStudy> {
  const announced = await announcementIn(io, path);
  const id = idOf(announced);
  const terms = termsIn(await aceso.contracts.studies.termsOf(id));
  if (terms === undefined) throw new StudyNotApprovedError(id);
  await requireApproved(announced, terms);
  await requireDecimals(aceso, announced.study);
  return { id, announced, terms };
}

/**
 * Checks that somebody read the consent form that an announcement names.
 *
 * @param named its file, or `0x` and its sha-256 digest; nothing is checked without.
 * @throws {@link ConsentFormMismatchError}; {@link InputFileError}.
 */
export async function requireConsentForm(io: Io, { study }: Announced, named: string | undefined): Promise<void> {
  if (named !== undefined && (await digestOf(io, named)) !== study.consentForm) throw new ConsentFormMismatchError();
}

/** Which of these terms the announcement tells otherwise, `form` among them when criteria or titles do. */
export async function termsThatDiffer(announced: Announced, terms: StudyTerms): Promise<readonly string[]> {
  try {
    await requireApproved(announced, terms);
    return [];
  } catch (error) {
    if (error instanceof AnnouncementMismatchError) return error.terms;
    throw error;
  }
}

/**
 * Checks that a study counts with its token's decimals.
 *
 * @throws {@link StudyDecimalsError}
 */
export async function requireDecimals(
  aceso: Aceso,
  { decimals, terms: { token } }: { decimals: number; terms: { token: Address } },
): Promise<void> {
  const actual = await tokenDecimals(aceso, token);
  if (actual !== decimals) throw new StudyDecimalsError(decimals, actual);
}

/** A study was never proposed. */
export class StudyNotFoundError extends AcesoError {
  override name = "StudyNotFoundError";
  constructor() {
    super(
      "There is no such study.",
      "Name it by its announcement, its id, or SPONSOR/REGISTRATION, and check --rpc and --deployment.",
    );
  }
}

/** A document is not the consent form an announcement names. */
export class ConsentFormMismatchError extends AcesoError {
  override name = "ConsentFormMismatchError";
  constructor() {
    super(
      "The document is not the consent form that is announced.",
      "Agree to nothing by it. Ask for the form the announcement names, byte for byte.",
    );
  }
}

/** A study counts with other decimals than its token. */
export class StudyDecimalsError extends AcesoError {
  override name = "StudyDecimalsError";
  constructor(
    readonly said: number,
    readonly actual: number,
  ) {
    super(
      `The study counts with ${said} decimals, its token with ${actual}: its amounts are not what is paid.`,
      "Agree to nothing by it. Its sponsor corrects decimals in the study file, and proposes it again.",
    );
  }
}
