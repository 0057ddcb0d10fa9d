/**
 * A patient's data from a file, as it becomes records.
 *
 * @module
 */
import type { Bundle } from "fhir/r4.js";

import { emptyEntriesOf, patientOf, SeveralPatientsError } from "../fhir/bundle.js";
import { EmptyBundleError, fullEntriesOf, parseBundle, parseResource } from "../fhir/resource.js";
import { AcesoError } from "../errors.js";
import type { Context } from "./context.js";
import { readText } from "./files.js";
import { note } from "./output.js";

/**
 * The bundle in a file; a single resource becomes a bundle of one.
 *
 * @throws {@link EmptyBundleError}; {@link SeveralPatientsError}, because records go to one patient's account; what
 * reading and {@link parseBundle} throw.
 */
export async function readChart(context: Context, path: string): Promise<Bundle> {
  const resource = parseResource(await readText(context.io, path));
  const bundle: Bundle =
    resource.resourceType === "Bundle"
      ? parseBundle(resource)
      : { resourceType: "Bundle", type: "collection", entry: [{ resource }] };
  if (fullEntriesOf(bundle).length === 0) throw new EmptyBundleError();
  requireOnePatient(bundle);
  const left = emptyEntriesOf(bundle).length;
  if (left > 0) note(context, `${left} of the bundle's entries hold no resource (requests, responses): not kept.`);
  return bundle;
}

function requireOnePatient(bundle: Bundle): void {
  try {
    patientOf(bundle);
  } catch (error) {
    // A bundle need not hold its Patient, but must not hold two.
    if (error instanceof SeveralPatientsError || !(error instanceof AcesoError)) throw error;
  }
}
