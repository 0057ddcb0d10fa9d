/**
 * FHIR Claims in files: alone, or in a Bundle with what they refer to.
 *
 * @module
 */
import type { Claim } from "fhir/r4.js";

import { AcesoError } from "../../errors.js";
import { claimContext, type ClaimContext } from "../../fhir/claimContext.js";
import { elements } from "../../fhir/claimItems.js";
import { fullEntriesOf, nameOf, parseBundle, parseResource, type FhirResource } from "../../fhir/resource.js";
import type { ClaimFile } from "../../insurance/claimFile.js";

/** A FHIR Claim, and what stands beside it. */
export type ClaimSource = {
  /** Its type and id, such as `Claim/1`. */
  name: string;
  resource: FhirResource;
  context: ClaimContext;
};

const CLAIM_TYPE = "http://terminology.hl7.org/CodeSystem/claim-type";
const TYPES = ["institutional", "oral", "pharmacy", "professional", "vision"] as const;

/** Whether a text is FHIR, and no claim file. */
export function isFhir(text: string): boolean {
  try {
    return typeof (JSON.parse(text) as { resourceType?: unknown } | null)?.resourceType === "string";
  } catch {
    return false;
  }
}

/**
 * The Claims in a FHIR file.
 *
 * @param id only that of this id.
 * @throws as {@link parseResource} and {@link parseBundle} do; {@link ClaimNotInFileError}.
 */
export function claimsIn(text: string, id?: string): ClaimSource[] {
  const resource = parseResource(text);
  if (resource.resourceType !== "Bundle" && id === undefined) return [sourceOf(resource, claimContext())];
  const bundle = resource.resourceType === "Bundle" ? parseBundle(resource) : undefined;
  const context = claimContext(bundle);
  const all = bundle ? fullEntriesOf(bundle).map(({ resource }) => resource) : [resource];
  const claims = all.filter(({ resourceType }) => resourceType === "Claim").map((each) => sourceOf(each, context));
  const found = claims.filter(({ name }) => id === undefined || name === id || name === `Claim/${id}`);
  if (found.length === 0) throw new ClaimNotInFileError();
  return found;
}

/** Where the file of each of several Claims goes: of one alone to the path itself, of others to `-1`, `-2` and so on. */
export function pathsFor(sources: readonly ClaimSource[], out: string): string[] {
  if (sources.length === 1) return [out];
  return sources.map((_, at) => out.replace(/(\.json)?$/, `-${at + 1}$1`));
}

/** What kind of claim a Claim says it is. */
export function typeOf({ type }: Claim): ClaimFile["type"] {
  const codings = elements(type?.coding, "type");
  return TYPES.find((name) => codings.some(({ system, code }) => system === CLAIM_TYPE && code === name));
}

function sourceOf(resource: FhirResource, context: ClaimContext): ClaimSource {
  return { name: nameOf(resource), resource, context };
}

/** A file holds no such Claim. */
export class ClaimNotInFileError extends AcesoError {
  override name = "ClaimNotInFileError";
  constructor() {
    super("The file holds no such Claim.", "Check --claim against the ids in the file, and that it holds Claims.");
  }
}
