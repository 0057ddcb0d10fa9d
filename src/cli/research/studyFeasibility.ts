/**
 * `aceso study feasibility`: how many people a study's criteria fit, in counts that say nothing about a few.
 *
 * @module
 */
import type { Command } from "commander";

import { AcesoError } from "../../errors.js";
import { patientOf, SeveralPatientsError } from "../../fhir/bundle.js";
import { fullEntriesOf, parseBundle, type FhirResource } from "../../fhir/resource.js";
import { readAnnouncement } from "../../research/announcement.js";
import { authoredPeople } from "../../research/authored.js";
import type { Criterion } from "../../research/criteria.js";
import { feasibility, type Feasibility } from "../../research/feasibility.js";
import { readStudyFile } from "../../research/studyFile.js";
import { acting, type Context } from "../context.js";
import { readJson } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, tableOf } from "../output.js";
import { withProgress } from "../progress.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { readFiles } from "./jsonFiles.js";
import { unreadText } from "./studyRecruit.js";

/** Adds the verb that counts. */
export function feasibilityVerb(domain: Command, io: Io): void {
  domain
    .command("feasibility")
    .description("count how many people a study's criteria fit; nobody's data leave this machine, nor any small number")
    .argument("<study>", "the study file, or an announcement; - for stdin")
    .option(
      "--bundles <folder>",
      "people as FHIR R4 bundles, a file each (default: those this account wrote records of)",
    )
    .option(
      "--threshold <number>",
      "the smallest number that is told, and the step of the counts (default: 11)",
      threshold,
    )
    .addHelpText("after", "\nExample:\n  $ aceso study feasibility study.json --bundles patients")
    .action(acting(io, showFeasibility));
}

async function showFeasibility(
  context: Context,
  path: string,
  { bundles, threshold: least }: { bundles?: string; threshold?: number },
): Promise<void> {
  const criteria = criteriaIn(await readJson(context.io, path));
  const people = await withProgress(context, "Reading the records", () =>
    bundles === undefined ? peopleWritten(context) : peopleIn(context, bundles),
  );
  const counted = feasibility(people, criteria, { ...(least !== undefined && { threshold: least }) });
  answer(context, counted, feasibilityText(counted));
}

function criteriaIn(json: unknown): Criterion[] {
  const isAnnouncement = typeof json === "object" && json !== null && "study" in json;
  return isAnnouncement ? readAnnouncement(json).study.criteria : readStudyFile(json).criteria;
}

async function peopleWritten(context: Context): Promise<FhirResource[][]> {
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const { people, unread } = await authoredPeople(aceso);
  if (unread > 0) note(context, `Left out: ${unread} records that are erased, not anchored or do not open.`);
  return people;
}

async function peopleIn(context: Context, folder: string): Promise<FhirResource[][]> {
  const { read, unread } = await readFiles(context.io, [folder], personIn);
  if (unread.length > 0) note(context, unreadText(unread));
  if (read.length === 0) throw new NoPeopleError();
  return read.map(({ value }) => value);
}

function personIn(text: string): FhirResource[] {
  const bundle = parseBundle(text);
  try {
    patientOf(bundle);
  } catch (error) {
    if (error instanceof SeveralPatientsError || !(error instanceof AcesoError)) throw error;
  }
  return fullEntriesOf(bundle).map(({ resource }) => resource);
}

function feasibilityText({ threshold: least, people, criteria, fits }: Feasibility): string {
  const rows = criteria.map(({ text, excludes, left }) => [`${excludes ? "not: " : ""}${text}`, String(left)]);
  return [
    tableOf(["after this criterion", "are left"], [["Everybody", String(people)], ...rows], ""),
    "",
    `Fit all, as their records say: ${fits}. Counts are rounded down to multiples of ${least}.`,
  ].join("\n");
}

function threshold(text: string): number {
  const trimmed = text.trim();
  if (!/^\d{1,6}$/.test(trimmed))
    throw new UsageError("--threshold is no whole number.", "Give one of at least 5, such as 11.");
  return Number(trimmed);
}

/** A folder holds nobody's records. */
export class NoPeopleError extends AcesoError {
  override name = "NoPeopleError";
  constructor() {
    super(
      "There is no FHIR bundle in the folder.",
      "Pass a folder with a .json file for each person: a FHIR R4 Bundle.",
    );
  }
}
