/**
 * Real FHIR R4 to test with: HL7's examples, and the Synthea bundles where the environment names them.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bundle } from "fhir/r4.js";
import { parseBundle, parseResource, type FhirResource } from "../../src/fhir/resource.js";
import { isPatientData, isResourceType } from "../../src/fhir/resourceTypes.js";

const FOLDER = fileURLToPath(new URL("../../node_modules/hl7.fhir.r4.examples/", import.meta.url));

/** The JSON text of an HL7 example, such as `Patient-example`. */
export function exampleText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.json`), "utf8");
}

/** An HL7 example. */
export function example<T extends FhirResource = FhirResource>(name: string): T {
  return parseResource(exampleText(name)) as T;
}

/** The names of HL7's examples of types that are about patients. */
export function patientExamples(): string[] {
  return exampleNames().filter((name) => {
    const type = name.slice(0, name.indexOf("-"));
    return type !== "Bundle" && isResourceType(type) && isPatientData(type);
  });
}

/** The names of HL7's examples of a type. */
export function examplesOf(type: string): string[] {
  return exampleNames().filter((name) => name.startsWith(`${type}-`));
}

/** HL7's example bundles, but for the largest, which hold definitions only and would take seconds. */
export function exampleBundles(): Bundle[] {
  return examplesOf("Bundle")
    .filter((name) => statSync(join(FOLDER, `${name}.json`)).size < 500_000)
    .map((name) => parseBundle(exampleText(name)));
}

/** Synthea's patients, or none where ACESO_DATA is unset. */
export function syntheaBundles(): Bundle[] {
  const folder = join(process.env.ACESO_DATA ?? "", "fhir");
  if (process.env.ACESO_DATA === undefined || !existsSync(folder)) return [];
  return readdirSync(folder).map((file) => parseBundle(readFileSync(join(folder, file), "utf8")));
}

function exampleNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length));
}
