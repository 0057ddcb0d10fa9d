/**
 * `aceso study recruit`: which announced studies one's own records fit, told on one's own machine only.
 *
 * @module
 */
import type { Command } from "commander";
import type { Bundle } from "fhir/r4.js";

import { AcesoError } from "../../errors.js";
import { fullEntriesOf, type FhirResource } from "../../fhir/resource.js";
import { open } from "../../records/open.js";
import { readAnnouncement } from "../../research/announcement.js";
import { recruit, type Recruited } from "../../research/recruit.js";
import { readChart } from "../chart.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, note } from "../output.js";
import { signing } from "../session.js";
import { readFiles, type UnreadFile } from "./jsonFiles.js";
import { ANNOUNCEMENT } from "./studyOptions.js";

type Found = Recruited & { file: string };

/** Adds the verb that tells which studies fit. */
export function recruitVerb(domain: Command, io: Io): void {
  domain
    .command("recruit")
    .description("as a patient, see which open studies your own records fit, and why; nothing leaves this machine")
    .argument("<announcements...>", "announcements' files, or folders with them")
    .option("--bundle <file>", "your records as a FHIR R4 bundle (default: those in the vault)")
    .addHelpText(
      "after",
      `\nIt decides nothing: the investigator does. Whether a study still takes people, the chain says (\`study show\`).

Example:
  $ aceso study recruit ${ANNOUNCEMENT} announcements --bundle chart.json`,
    )
    .action(acting(io, recruitMe));
}

async function recruitMe(context: Context, paths: readonly string[], options: { bundle?: string }): Promise<void> {
  const { read, unread } = await readFiles(context.io, paths, readAnnouncement);
  if (read.length === 0) throw new NoAnnouncementsError(unread.length);
  const resources =
    options.bundle === undefined ? await ownResources(context) : await resourcesIn(context, options.bundle);
  const all = recruit(
    resources,
    read.map(({ value }) => value),
  ).map((each, at): Found => ({ file: read[at]!.file, ...each }));
  const studies = all.filter(({ isOpen }) => isOpen);
  const over = all.length - studies.length;
  answer(context, { studies, over, unread }, studies.map(studyText).join("\n\n") || "No announced study is open.");
  if (over > 0) note(context, `Left out: ${over} whose enrolment is over.`);
  if (unread.length > 0) note(context, unreadText(unread));
}

async function ownResources(context: Context): Promise<FhirResource[]> {
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const { bundle, withheld } = await open(aceso, { patient: aceso.account, purpose: "PATRQT" });
  if (withheld.length > 0)
    note(context, `${withheld.length} of your records could not be opened (\`aceso record open\`).`);
  return resourcesOf(bundle);
}

async function resourcesIn(context: Context, path: string): Promise<FhirResource[]> {
  return resourcesOf(await readChart(context, path));
}

function resourcesOf(bundle: Bundle): FhirResource[] {
  return fullEntriesOf(bundle).map(({ resource }) => resource);
}

function studyText({ file, registration, title, fit, criteria }: Found): string {
  const lines = criteria.map(({ text, excludes, fit: each, reason }) => {
    return `  ${each.padEnd(14)}${excludes ? "not: " : ""}${text}. ${reason}`;
  });
  return [`${fit.toUpperCase()}: ${title} (${registration}), ${file}`, ...lines].join("\n");
}

/** Files of folders that were passed over, for people. */
export function unreadText(unread: readonly UnreadFile[]): string {
  return [`Passed over ${unread.length} files:`, ...unread.map(({ file, error }) => `  ${file}: ${error}`)].join("\n");
}

/** No file holds an announcement. */
export class NoAnnouncementsError extends AcesoError {
  override name = "NoAnnouncementsError";
  constructor(files: number) {
    super(
      files === 0 ? "There is no .json file in the folder." : `None of ${files} files is a study's announcement.`,
      "Pass announcements as their sponsors hand them out, or a folder with such .json files.",
    );
  }
}
