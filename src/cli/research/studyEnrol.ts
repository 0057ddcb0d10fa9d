/**
 * `aceso study countersign` and `enrol`: the investigator's word, and the participant's.
 *
 * @module
 */
import type { Command } from "commander";

import { grant, signGrant } from "../../consent/consent.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { enrol, signEnrolment, type EnrolmentMessage } from "../../research/enrolment.js";
import { ENROL } from "../../research/messages.js";
import { ContractError } from "../../revert.js";
import type { Signed } from "../../signing.js";
import { address, end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { readJson } from "../files.js";
import type { Io } from "../io.js";
import { note, timeText } from "../output.js";
import { signing, type Session } from "../session.js";
import { parseSigned } from "../signedMessage.js";
import { type Step, carryOutAll } from "../steps.js";
import { termsInWords } from "../terms.js";
import { UsageError } from "../usage.js";
import { decide, decides, handOver, signedBefore, type DecisionOptions } from "../write.js";
import { consentFor, isConsented, type StudyConsent } from "./studyConsent.js";
import { approvedIn, requireConsentForm, type ApprovedStudy } from "./studyNamed.js";
import { ANNOUNCEMENT, ofAnnouncement, PARTICIPANT } from "./studyOptions.js";
import { announcementText } from "./studyText.js";

/** Adds the verbs by which people take part. */
export function enrolVerbs(domain: Command, io: Io): void {
  ofAnnouncement(domain.command("countersign"))
    .description("as the steward's investigator, sign that somebody fits the criteria and understood the form")
    .requiredOption("--participant <address>", "who enrols", address("--participant"))
    .requiredOption("--sign <file>", "where the countersignature goes: a new file; - for stdout")
    .option("--deadline <time>", "the last moment it counts (default: in an hour)", end)
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso study countersign ${ANNOUNCEMENT} --participant ${PARTICIPANT} --sign enrolment.json`,
    )
    .action(acting(io, countersign));

  decides(ofAnnouncement(domain.command("enrol")))
    .description(
      "as a patient, consent to a study under its form and, with the countersignature, enrol; shows all of it",
    )
    .option("--consent-form <file>", "the consent form you read, to be compared with the one that is announced")
    .option("--countersigned <file>", "the investigator's countersignature, from `study countersign`")
    .option("--until <time>", "when the consent ends (default: with the study)", end)
    .addHelpText(
      "after",
      `\nWithout ether: sign the consent with --sign; anybody sends it, and then the countersignature, with \`aceso relay\`.

Example:
  $ aceso study enrol ${ANNOUNCEMENT} --dry-run
  $ aceso study enrol ${ANNOUNCEMENT} --countersigned enrolment.json`,
    )
    .action(acting(io, enrolInStudy));
}

async function countersign(
  context: Context,
  path: string,
  { participant, sign: file, deadline }: { participant: Address; sign: string; deadline?: Moment },
): Promise<void> {
  const aceso = await signing(context);
  const { id: study, terms } = await approvedIn(context.io, aceso, path);
  await requireSteward(aceso, terms.steward);
  const sign = (until: { deadline?: number }) => signEnrolment(aceso, { study, participant, ...until });
  await handOver(context, file, () => signedBefore(aceso, deadline, sign), { study, participant });
}

/** Another's countersignature would only be refused when it is sent. */
async function requireSteward({ account, contracts }: Session, steward: Address): Promise<void> {
  if (account === steward || (await contracts.accreditation.actsFor(account, steward))) return;
  throw new NotStewardError(steward);
}

type EnrolOptions = DecisionOptions & { consentForm?: string; countersigned?: string; until?: Moment };

async function enrolInStudy(
  context: Context,
  path: string,
  { consentForm, countersigned, until, ...options }: EnrolOptions,
): Promise<void> {
  const aceso = await signing(context);
  const approved = await approvedIn(context.io, aceso, path);
  await requireConsentForm(context.io, approved.announced, consentForm);
  const consent = await consentFor(aceso, aceso.account, approved.terms, until);
  note(context, `${announcementText(approved.announced)}\n\nThe consent:\n${termsInWords(consent.terms)}\n`);
  const told = { study: approved.id, consent };
  if (countersigned !== undefined) return enrolNow(context, aceso, approved, { countersigned, consent, options });
  await decide(context, aceso, options, {
    prepare: () => grant(aceso, consent),
    sign: (deadline) => signGrant(aceso, { ...consent, ...deadline }),
    said: () =>
      `Consented to ${nameOf(approved)}${untilText(consent)}. You take part once the investigator's countersignature is sent.`,
    told: () => told,
    signedTold: told,
  });
}

type Enrolling = { countersigned: string; consent: StudyConsent; options: DecisionOptions };

async function enrolNow(
  context: Context,
  aceso: Session,
  approved: ApprovedStudy,
  { countersigned: file, consent, options }: Enrolling,
): Promise<void> {
  if (options.sign !== undefined || options.deadline !== undefined) {
    throw new UsageError(
      "With --sign only the consent is signed; the countersignature is a message of its own.",
      "Leave out --countersigned (or --sign and --deadline), and have both sent with `aceso relay`.",
    );
  }
  const signed = parseSigned<EnrolmentMessage>(await readJson(context.io, file), [{ types: ENROL }]);
  requireOurs(signed, approved, aceso.account);
  await requireSeat(aceso, approved);
  await carryOutAll(context, options, {
    prepare: () => enrolmentSteps(aceso, signed, consent),
    said: () => `You take part in ${nameOf(approved)}; consented${untilText(consent)}.`,
    told: () => ({ study: approved.id, participant: aceso.account, consent }),
  });
}

/** The consent, unless a live one covers it, and the enrolment. Nothing is consented to for one that would be refused. */
async function enrolmentSteps(
  aceso: Session,
  signed: Signed<EnrolmentMessage>,
  consent: StudyConsent,
): Promise<Step<void>[]> {
  const enrolment = { name: "Enrolment", prepared: enrol(aceso, signed) };
  if (await isConsented(aceso, consent)) return [enrolment];
  try {
    await enrolment.prepared.simulate();
  } catch (error) {
    if (!(error instanceof ContractError) || error.error !== "ConsentMissing") throw error;
  }
  return [{ name: "Consent", prepared: grant(aceso, consent) }, enrolment];
}

function requireOurs({ message }: Signed<EnrolmentMessage>, { id, terms }: ApprovedStudy, account: Address): void {
  if (message.study.toLowerCase() !== id) throw new CountersignatureMismatchError("study");
  if (message.participant !== account) throw new CountersignatureMismatchError("participant");
  if (message.form.toLowerCase() !== terms.form) throw new CountersignatureMismatchError("form");
}

/** The contract looks for a seat last, when the consent would stand already. */
async function requireSeat(aceso: Session, { id }: ApprovedStudy): Promise<void> {
  const { studies } = aceso.contracts;
  const [{ seatsLeft, version }, books] = await Promise.all([studies.studyOf(id), studies.booksOf(id)]);
  if (seatsLeft === 0n) throw new NoSeatError(books.version !== version);
}

function nameOf({ announced: { study } }: ApprovedStudy): string {
  return `${study.registration}, ${study.title}`;
}

function untilText({ terms }: StudyConsent): string {
  return ` until ${timeText(terms.validUntil)}`;
}

/** Who would countersign does not act for the study's steward. */
export class NotStewardError extends AcesoError {
  override name = "NotStewardError";
  constructor(readonly steward: Address) {
    super(
      `This account does not act for ${steward}, the study's steward.`,
      "Use the steward's account, or that of an investigator on its staff (`aceso accredit member`).",
    );
  }
}

/** A countersignature is for another study, participant or form. */
export class CountersignatureMismatchError extends AcesoError {
  override name = "CountersignatureMismatchError";
  constructor(readonly differs: "study" | "participant" | "form") {
    super(
      `The countersignature is for another ${differs}.`,
      "Ask the investigator for one for this account, under the study's terms in force.",
    );
  }
}

/** Nobody can enrol in a study now, for want of a seat. */
export class NoSeatError extends AcesoError {
  override name = "NoSeatError";
  constructor(readonly isUnderfunded: boolean) {
    super(
      isUnderfunded ? "Nobody enrols before the study is funded for its terms." : "Every seat of the study is taken.",
      "Nothing was consented to. Try again when its sponsor paid in, or when more people may take part.",
    );
  }
}
