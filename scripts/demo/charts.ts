import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { Bundle } from "fhir/r4.js";

import { AcesoError } from "../../src/errors.js";
import { parseBundle, parseResource, type FhirResource } from "../../src/fhir/resource.js";
import { isPatientData } from "../../src/fhir/resourceTypes.js";

/** The patient of HL7's examples whose chart the story is told with. */
const EXAMPLE_PATIENT = "Patient/example";

/** A chart: the bundle in a file, or what HL7's R4 examples say of their example patient. */
export async function chartFrom(file: string | undefined): Promise<Bundle> {
  return file === undefined ? exampleChart() : parseBundle(await textOf(file));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new AcesoError(`${file} cannot be read.`, "Pass the path of a FHIR R4 bundle in JSON.", { cause });
  }
}

async function exampleChart(): Promise<Bundle> {
  const folder = dirname(createRequire(import.meta.url).resolve("hl7.fhir.r4.examples/package.json"));
  const names = (await readdir(folder)).filter((name) => /^[A-Z].*\.json$/.test(name)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
  const resources = texts
    .filter((text) => text.includes('"Patient/example"') || text.includes('"Patient"'))
    .map((text) => parseResource(text))
    .filter(isAboutExamplePatient);
  return {
    resourceType: "Bundle",
    type: "collection",
    entry: resources.map((resource) => ({ resource })),
  };
}

function isAboutExamplePatient(resource: FhirResource): boolean {
  if (!isPatientData(resource.resourceType)) return false;
  if (`${resource.resourceType}/${resource.id}` === EXAMPLE_PATIENT) return true;
  const { subject, patient } = resource as { subject?: { reference?: string }; patient?: { reference?: string } };
  return [subject?.reference, patient?.reference].includes(EXAMPLE_PATIENT);
}
