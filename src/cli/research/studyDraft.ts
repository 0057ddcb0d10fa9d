/**
 * `aceso study template` and `draft`: study files to begin with, from nothing or from a FHIR ResearchStudy.
 *
 * @module
 */
import type { Command } from "commander";
import type { Group, ResearchStudy } from "fhir/r4.js";

import { AcesoError } from "../../errors.js";
import { fullEntriesOf, parseBundle, parseResource, type FhirResource } from "../../fhir/resource.js";
import { studyPartsOf } from "../../fhir/researchStudy.js";
import { acting, type Context } from "../context.js";
import { jsonText, readText } from "../files.js";
import type { Io } from "../io.js";
import { answer, note } from "../output.js";
import { studyFileTemplate } from "./studyTemplate.js";

/** Adds the verbs that make study files. */
export function draftVerbs(domain: Command, io: Io): void {
  domain
    .command("template")
    .description("print a study file to begin with")
    .addHelpText("after", "\nExample:\n  $ aceso study template > study.json")
    .action(acting(io, template));

  domain
    .command("draft")
    .description("print what a FHIR R4 ResearchStudy gives for a study file, and list what is to be added")
    .argument("<file>", "a ResearchStudy, or a Bundle with one and the Groups it enrols; - for stdin")
    .addHelpText("after", "\nExample:\n  $ aceso study draft ResearchStudy.json > study.json")
    .action(acting(io, draft));
}

async function template({ io }: Context): Promise<void> {
  io.stdout.write(jsonText(studyFileTemplate()));
}

async function draft(context: Context, path: string): Promise<void> {
  const resources = resourcesOf(parseResource(await readText(context.io, path)));
  const studies = resources.filter((each): each is ResearchStudy => each.resourceType === "ResearchStudy");
  const [study, ...others] = studies;
  if (study === undefined || others.length > 0) throw new ResearchStudyCountError(studies.length);
  const groups = resources.filter((each): each is Group => each.resourceType === "Group");
  const parts = studyPartsOf(study, groups);
  const { file, lacking, hints, unread } = parts;
  // What is printed is the file alone, so that it can go into one.
  answer(context, parts, jsonText(file).trimEnd());
  const told = [
    ...lacking.map(({ part, advice }) => `Add ${part}: ${advice}.`),
    ...hints.map(({ path: at, text }) => `It says: ${text} (${at}).`),
    ...unread.map(({ path: at, reason }) => `Not read: ${at} ${reason}.`),
  ];
  if (told.length > 0) note(context, told.join("\n"));
}

function resourcesOf(resource: FhirResource): FhirResource[] {
  if (resource.resourceType !== "Bundle") return [resource];
  return fullEntriesOf(parseBundle(resource)).map((entry) => entry.resource);
}

/** A file holds no ResearchStudy, or several. */
export class ResearchStudyCountError extends AcesoError {
  override name = "ResearchStudyCountError";
  constructor(readonly count: number) {
    super(
      `The file holds ${count === 0 ? "no ResearchStudy" : `${count} ResearchStudies`}.`,
      "Pass one FHIR R4 ResearchStudy, alone or in a Bundle with the Groups it enrols.",
    );
  }
}
