/**
 * `aceso study approve`: a board's word on exactly what it read.
 *
 * @module
 */
import type { Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { sealStudy, type Announced } from "../../research/announcement.js";
import { approve } from "../../research/study.js";
import type { StudyState } from "../../research/studyState.js";
import { termsHash, type StudyTerms } from "../../research/studyTerms.js";
import { now } from "../../signing.js";
import { end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { digestOf } from "../documents.js";
import type { Io } from "../io.js";
import { note, timeText } from "../output.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { type ActingOptions, acts, carryOut } from "../write.js";
import {
  announcementIn,
  idOf,
  requireConsentForm,
  requireDecimals,
  studyFound,
  termsThatDiffer,
} from "./studyNamed.js";
import { ANNOUNCEMENT, ofAnnouncement } from "./studyOptions.js";
import { protocolSaltIn } from "./studySecret.js";
import { announcementText, changesOf, changesText } from "./studyText.js";

type ProtocolOptions = { protocol?: string; analysisPlan?: string; secret?: string };

type ApproveOptions = ActingOptions & ProtocolOptions & { until: Moment; consentForm?: string };

/** Adds the verb that approves. */
export function approveVerb(domain: Command, io: Io): void {
  acts(ofAnnouncement(domain.command("approve")))
    .description(
      "as an EthicsBoard, approve exactly what the announcement says, or prolong it; shows the terms in words",
    )
    .requiredOption("--until <time>", "when the approval ends", end)
    .option("--consent-form <file>", "the consent form you read, or 0x and its sha-256 digest, to be compared")
    .option("--protocol <file>", "the protocol you read, or 0x and its sha-256 digest")
    .option("--analysis-plan <file>", "the analysis plan you read, or 0x and its sha-256 digest")
    .option("--secret <file>", "the sponsor's file of salts, which proves that these two are what was sealed")
    .addHelpText(
      "after",
      `\nThe hash that is approved is computed from the announcement. The protocol in it is the sealed one that was proposed:
pass --protocol, --analysis-plan and --secret to check that it is what you read.

Example:
  $ aceso study approve ${ANNOUNCEMENT} --until 1y --protocol protocol.pdf --analysis-plan plan.pdf \\
      --secret study.secret.json`,
    )
    .action(acting(io, approveStudy));
}

async function approveStudy(
  context: Context,
  path: string,
  { as, until, consentForm, protocol, analysisPlan, secret, ...options }: ApproveOptions,
): Promise<void> {
  const { io } = context;
  const announced = await announcementIn(io, path);
  await requireConsentForm(io, announced, consentForm);
  const sealed = await sealedProtocol(io, announced, {
    ...(protocol !== undefined && { protocol }),
    ...(analysisPlan !== undefined && { analysisPlan }),
    ...(secret !== undefined && { secret }),
  });
  const aceso = await signing(context);
  const board = as ?? aceso.account;
  const id = idOf(announced);
  const state = await studyFound(aceso, id);
  const terms = await decidedOn(announced, state);
  await requireDecimals(aceso, announced.study);
  if (sealed !== undefined && sealed !== terms.protocol) throw new ProtocolMismatchError();
  const { title, registration, decimals } = announced.study;
  const changes = state.terms && changesOf(state.terms, terms, decimals);
  note(context, announcementText(announced));
  if (changes !== undefined && changes.length > 0) note(context, `What changes:\n${changesText(changes)}`);
  if (sealed === undefined) note(context, `The protocol was not checked: it is sealed as ${terms.protocol}.`);
  const approval = { id, board, termsHash: termsHash(terms), until: until(await now(aceso)) };
  await carryOut(context, options, {
    prepare: () => approve(aceso, approval),
    said: () => `Approved ${registration}, ${title}, until ${timeText(approval.until)}: study ${id}.`,
    told: () => {
      const { id: study, ...approved } = approval;
      return { study, ...approved, checkedProtocol: sealed !== undefined, ...(changes && { changes }) };
    },
  });
}

/** The terms that wait, or else those in force, as long as the announcement tells them. */
async function decidedOn(announced: Announced, { proposed, terms }: StudyState): Promise<StudyTerms> {
  // A board may prolong what is in force, whatever waits.
  const [last, ...others] = [proposed, terms].filter((each) => each !== undefined);
  for (const candidate of others) {
    if ((await termsThatDiffer(announced, candidate)).length === 0) return candidate;
  }
  const names = await termsThatDiffer(announced, last!);
  if (names.length > 0) throw new ProposalMismatchError(names);
  return last!;
}

/** What the documents that were read seal to; undefined when none is named. */
async function sealedProtocol(
  io: Io,
  { sponsor, salt, study }: Announced,
  { protocol, analysisPlan, secret }: ProtocolOptions,
): Promise<Hex | undefined> {
  if (protocol === undefined && analysisPlan === undefined && secret === undefined) return undefined;
  if (protocol === undefined || analysisPlan === undefined || secret === undefined) {
    throw new UsageError(
      "The sealed protocol is checked by both documents and the salt.",
      "Pass --protocol, --analysis-plan and --secret, or none of them.",
    );
  }
  const salts = { form: salt, protocol: await protocolSaltIn(io, secret, study.registration) };
  const documents = { document: await digestOf(io, protocol), analysisPlan: await digestOf(io, analysisPlan) };
  return (await sealStudy({ ...study, protocol: documents }, sponsor, salts)).terms.protocol;
}

/** What is proposed is not what the announcement says. */
export class ProposalMismatchError extends AcesoError {
  override name = "ProposalMismatchError";
  constructor(
    /** The terms that differ, `form` among them when criteria or anything else that is announced do. */
    readonly terms: readonly string[],
  ) {
    super(
      `What is proposed on chain is not what the announcement says: ${terms.join(", ")} differ.`,
      "Approve nothing. Ask the sponsor for the announcement of what it proposed last.",
    );
  }
}

/** The sealed protocol is not the one that was read. */
export class ProtocolMismatchError extends AcesoError {
  override name = "ProtocolMismatchError";
  constructor() {
    super(
      "The sealed protocol is not of these documents, or not under this salt.",
      "Approve nothing. Ask the sponsor for the protocol, the analysis plan and the salts it proposed with.",
    );
  }
}
