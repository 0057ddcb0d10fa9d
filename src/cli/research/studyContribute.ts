/**
 * `aceso study contribute`: records for a study, credited by the contract.
 *
 * @module
 */
import type { Command } from "commander";

import { signGrant, type GrantMessage } from "../../consent/consent.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { share } from "../../records/share.js";
import { contributeRecords, contributionsOf, NothingToContributeError } from "../../research/contribution.js";
import { participantOf } from "../../research/studyState.js";
import type { Signed } from "../../signing.js";
import { end, words, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, jsonText, STANDARD } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, timeText } from "../output.js";
import { withProgress } from "../progress.js";
import { counted } from "../recordOptions.js";
import { signing, type Session } from "../session.js";
import { UsageError } from "../usage.js";
import { decides, signedBefore, type DecisionOptions } from "../write.js";
import type { ContributionFile } from "./contributionFile.js";
import { creditsText, toldCredits, toldUnfit, unfitText } from "./contributionText.js";
import { ANNOUNCEMENT, ofAnnouncement } from "./studyOptions.js";
import { consentFor, isConsented } from "./studyConsent.js";
import { approvedIn, type ApprovedStudy } from "./studyNamed.js";

type ContributeOptions = DecisionOptions & { records?: Hex[]; until?: Moment };

type Wanted = { study: Hex; records?: readonly Hex[] };

/** Adds the verb that contributes. */
export function contributeVerb(domain: Command, io: Io): void {
  decides(ofAnnouncement(domain.command("contribute")))
    .description(
      "as a participant, share records with a study's steward and be credited for each; consents where needed",
    )
    .option("--records <ids>", "only these, separated by commas (default: all that fit)", words("--records"))
    .option("--until <time>", "when a new consent ends (default: with the study)", end)
    .addHelpText(
      "after",
      `\nWithout ether: with --sign, the contributions go into a file that anybody sends with \`aceso relay\`.

Example:
  $ aceso study contribute ${ANNOUNCEMENT} --sign contributions.json`,
    )
    .action(acting(io, contributeToStudy));
}

async function contributeToStudy(
  context: Context,
  path: string,
  { records, until, ...options }: ContributeOptions,
): Promise<void> {
  if (options.sign === undefined && options.deadline !== undefined) {
    throw new UsageError("--deadline is the deadline of a signed consent.", "Add --sign FILE, or leave it out.");
  }
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const approved = await approvedIn(context.io, aceso, path);
  await requireEnrolled(aceso, approved.id);
  const wanted = { study: approved.id, ...(records && { records }) };
  try {
    if (options.dryRun) return await showFit(context, aceso, wanted);
    if (options.sign !== undefined) {
      return await signContributions(context, aceso, approved, { ...options, sign: options.sign, wanted, until });
    }
    await contributeNow(context, aceso, approved, { wanted, until });
  } catch (error) {
    if (error instanceof NothingToContributeError && error.unfit.length > 0) note(context, unfitText(error.unfit));
    throw error;
  }
}

/** Nothing is to be consented to or shared for contributions that would be refused. */
async function requireEnrolled(aceso: Session, study: Hex): Promise<void> {
  const { status } = await participantOf(aceso, { study, participant: aceso.account });
  if (status !== "enrolled") throw new NotEnrolledError(status);
}

async function contributeNow(
  context: Context,
  aceso: Session,
  { announced, terms }: ApprovedStudy,
  { wanted, until }: { wanted: Wanted; until: Moment | undefined },
): Promise<void> {
  const { validUntil } = (await consentFor(aceso, aceso.account, terms, until)).terms;
  const { credits, unfit, consent, transactions } = await withProgress(context, "Waiting for the chain", () =>
    contributeRecords(aceso, { ...wanted, validUntil }),
  );
  const { decimals } = announced.study;
  const told = { study: wanted.study, credits: toldCredits(credits, decimals), unfit: toldUnfit(unfit), transactions };
  const lines = [
    ...(consent ? [`Consented until ${timeText(validUntil)}: transaction ${consent.transaction}.`] : []),
    creditsText(credits, decimals),
    ...(unfit.length > 0 ? [`Not contributed:\n${unfitText(unfit)}`] : []),
    ...transactions.map((transaction) => `Transaction ${transaction}.`),
  ];
  answer(context, { ...told, ...(consent && { consent: consent.transaction }) }, lines.join("\n"));
}

async function signContributions(
  context: Context,
  aceso: Session,
  { terms }: ApprovedStudy,
  {
    sign: file,
    deadline,
    wanted,
    until,
  }: { sign: string; deadline?: Moment; wanted: Wanted; until: Moment | undefined },
): Promise<void> {
  const { contributions, unfit } = await contributionsOf(aceso, wanted);
  if (contributions.length === 0) throw new NothingToContributeError(unfit);
  const wantedConsent = await consentFor(aceso, aceso.account, terms, until);
  const make = async (): Promise<ContributionFile> => {
    await share(aceso, { grantee: terms.steward, records: contributions.map(({ record }) => record) });
    if (await isConsented(aceso, wantedConsent)) return { contributions };
    const sign = (last: { deadline?: number }) => signGrant(aceso, { ...wantedConsent, ...last });
    return { contributions, consent: (await signedBefore(aceso, deadline, sign)) as Signed<GrantMessage> };
  };
  if (file === STANDARD) return void context.io.stdout.write(jsonText(await make()));
  const { consent } = await fillingFile(context.io, file, async (fill) => {
    const made = await make();
    await fill(jsonText(made));
    return made;
  });
  const records = contributions.map(({ record }) => record);
  const counts = consent === undefined ? "" : ` The consent in it counts until ${timeText(consent.deadline)}.`;
  answer(
    context,
    {
      signed: file,
      study: wanted.study,
      records,
      unfit: toldUnfit(unfit),
      ...(consent && { deadline: consent.deadline }),
    },
    [
      `${counted(records.length)} for the study in ${file}: anybody sends it with \`aceso relay ${file}\`.${counts}`,
      ...(unfit.length > 0 ? [`Not contributed:\n${unfitText(unfit)}`] : []),
    ].join("\n"),
  );
}

async function showFit(context: Context, aceso: Session, wanted: Wanted): Promise<void> {
  const { contributions, unfit } = await contributionsOf(aceso, wanted);
  const records = contributions.map(({ record }) => record);
  answer(
    context,
    { study: wanted.study, records, unfit: toldUnfit(unfit) },
    [
      `Nothing was sent or shared. ${counted(records.length)} would be contributed.`,
      ...records.map((record) => `  ${record}`),
      ...(unfit.length > 0 ? [unfitText(unfit)] : []),
    ].join("\n"),
  );
}

/** Who would contribute to a study does not take part in it. */
export class NotEnrolledError extends AcesoError {
  override name = "NotEnrolledError";
  constructor(status: "not enrolled" | "withdrawn") {
    super(
      `This account is ${status}, so its records earn nothing in the study.`,
      status === "withdrawn"
        ? "Nothing was sent or shared. Leaving is final; what was earned before stays payable."
        : "Nothing was sent or shared. Enrol first, with the investigator's countersignature (`aceso study enrol`).",
    );
  }
}
