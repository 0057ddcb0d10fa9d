/**
 * `aceso study propose` and `amend`: what a sponsor asks its board to approve.
 *
 * @module
 */
import type { Command } from "commander";

import { AcesoError } from "../../errors.js";
import { sealStudy } from "../../research/announcement.js";
import { StudyNotApprovedError } from "../../research/contribution.js";
import { propose } from "../../research/study.js";
import { readStudyFile } from "../../research/studyFile.js";
import { studyId } from "../../research/studyKey.js";
import { status } from "../../research/studyState.js";
import { acting, type Context } from "../context.js";
import { fillingFile, jsonText, readText } from "../files.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { keepingFirst } from "../steps.js";
import { type ActingOptions, acts, carryOut } from "../write.js";
import { requireDecimals } from "./studyNamed.js";
import { besideStudy, NEW, saltsFor } from "./studySecret.js";
import { changesOf, changesText } from "./studyText.js";

type ProposalOptions = ActingOptions & { secret: string; announce?: string };

/** Adds the verbs that propose. */
export function proposeVerbs(domain: Command, io: Io): void {
  seals(domain.command("propose"))
    .description("as a Researcher, propose a study from its file: its protocol sealed, its announcement for everybody")
    .addHelpText(
      "after",
      `\nThe secret holds the salt of the sealed protocol: without it you cannot prove what you had planned. Show it to the
board with the protocol, and to nobody else before you publish. The announcement is for all who may take part.

Example:
  $ aceso study propose study.json --secret ${NEW}`,
    )
    .action(acting(io, proposeStudy));

  seals(domain.command("amend"))
    .description(
      "as its sponsor, propose other terms for an approved study, under another form: everybody consents again",
    )
    .addHelpText("after", "\nExample:\n  $ aceso study amend study-2.json --secret study.secret.json")
    .action(acting(io, amendStudy));
}

function seals(command: Command): Command {
  return acts(command)
    .argument("<file>", "the study file; - for stdin")
    .requiredOption(
      "--secret <file>",
      `the file of the study's salts; ${NEW} makes one beside the study file, ending in .secret.json`,
    )
    .option(
      "--announce <file>",
      "where the announcement goes: a new file (default: beside, ending in .announcement.json)",
    );
}

async function proposeStudy(context: Context, path: string, options: ProposalOptions): Promise<void> {
  await proposeFrom(context, path, options, false);
}

async function amendStudy(context: Context, path: string, options: ProposalOptions): Promise<void> {
  await proposeFrom(context, path, options, true);
}

async function proposeFrom(
  context: Context,
  path: string,
  { as, secret: named, announce, ...options }: ProposalOptions,
  amends: boolean,
): Promise<void> {
  const { io } = context;
  const draft = readStudyFile(await readText(io, path));
  const { registration, title, decimals } = draft;
  const announcementFile = announce ?? besideStudy(path, "announcement");
  const { salts, secretFile, keep } = await saltsFor(io, { path, named, study: registration, amends });
  const aceso = await signing(context);
  const sponsor = as ?? aceso.account;
  const id = studyId({ sponsor, registration });
  const inForce = (await status(aceso, id))?.terms;
  if (amends && inForce === undefined) throw new StudyNotApprovedError(id);
  if (!amends && inForce !== undefined) throw new StudyInForceError();
  await requireDecimals(aceso, draft);
  const { terms, announcement } = await sealStudy(draft, sponsor, salts);
  const changes = inForce && changesOf(inForce, terms, decimals);
  await fillingFile(io, announcementFile, async (fill) => {
    const store = async (): Promise<void> => {
      await keep();
      await fill(jsonText(announcement));
    };
    await carryOut(context, options, {
      prepare: () => keepingFirst(propose(aceso, { study: { sponsor, registration }, terms }), store),
      said: () =>
        [
          `Proposed ${changes ? "an amendment of" : "study"} ${registration}, ${title}: study ${id}.`,
          ...(changes ? ["What changes, beside what only the announcements tell:", changesText(changes)] : []),
          `Its board approves by the announcement in ${announcementFile}; the salts are in ${secretFile}.`,
        ].join("\n"),
      told: ({ termsHash }) => {
        const files = { announcement: announcementFile, secretFile };
        return { study: id, sponsor, registration, termsHash, form: terms.form, ...files, ...(changes && { changes }) };
      },
    });
  });
}

/** A study to be proposed has terms in force. */
export class StudyInForceError extends AcesoError {
  override name = "StudyInForceError";
  constructor() {
    super(
      "The study was approved already, so other terms are an amendment.",
      "Use `aceso study amend`, or propose a new study under another registration number.",
    );
  }
}
