/**
 * What stands beside a claim in its bundle: its ExplanationOfBenefit, and what it refers to.
 *
 * @module
 */
import type { Bundle, Claim, ExplanationOfBenefit, Identifier, Reference } from "fhir/r4.js";
import { resolverOf } from "./references.js";
import { fullEntriesOf, nameOf, type FhirResource } from "./resource.js";

/** A bundle, indexed once for any number of its claims. */
export type ClaimContext = {
  /** The resource another refers to, contained ones included, or undefined unless there is exactly one. */
  find(source: FhirResource, target: Reference | undefined): FhirResource | undefined;
  /** The claim's ExplanationsOfBenefit: active, and of processing that came to an end. */
  benefitsOf(claim: Claim): ExplanationOfBenefit[];
};

/**
 * The context of the claims in a bundle.
 *
 * An ExplanationOfBenefit is of the claim its `claim` refers to. One without that reference is of the claim, of the same
 * patient, whose id or identifier it carries as an identifier. Equal ids alone prove nothing: servers number each type.
 */
export function claimContext(bundle?: Bundle): ClaimContext {
  const entries = bundle ? fullEntriesOf(bundle) : [];
  const places = resolverOf(entries);
  const resolve = (reference: string) => [...new Set(places(reference))].map((place) => entries[place]!.resource);
  const benefits = new Map<FhirResource | string, ExplanationOfBenefit[]>();
  for (const { resource } of entries) {
    if (resource.resourceType !== "ExplanationOfBenefit" || !isProcessed(resource)) continue;
    for (const key of claimsNamedBy(resource, resolve)) benefits.set(key, [...(benefits.get(key) ?? []), resource]);
  }
  return {
    find(source, target) {
      const reference = typeof target?.reference === "string" ? target.reference : "";
      const contained = "contained" in source ? ((source.contained ?? []) as FhirResource[]) : [];
      const found = reference.startsWith("#")
        ? contained.filter(({ id }) => id === reference.slice(1))
        : resolve(reference);
      return found.length === 1 ? found[0] : undefined;
    },
    benefitsOf: (claim) => [...new Set(keysOf(claim).flatMap((key) => benefits.get(key) ?? []))],
  };
}

function isProcessed({ status, use, outcome }: ExplanationOfBenefit): boolean {
  return status === "active" && use === "claim" && (outcome === "complete" || outcome === "partial");
}

function claimsNamedBy(
  { claim, identifier, patient }: ExplanationOfBenefit,
  resolve: (reference: string) => FhirResource[],
): (FhirResource | string)[] {
  const reference = claim?.reference;
  if (reference === undefined) {
    return [...identifierKeys("id", identifier, patient), ...identifierKeys("identifier", identifier, patient)];
  }
  const named = resolve(reference);
  if (named.length === 0)
    return [
      reference
        .replace(/\/_history\/[^/]*$/, "")
        .split("/")
        .slice(-2)
        .join("/"),
    ];
  return named.flatMap((resource) => [resource, nameOf(resource)]);
}

function keysOf(claim: Claim): (FhirResource | string)[] {
  const { id, identifier, patient } = claim;
  const own = identifierKeys("identifier", identifier, patient);
  return id === undefined
    ? [claim, ...own]
    : [claim, nameOf(claim), ...identifierKeys("id", [{ value: id }], patient), ...own];
}

/** Keys with spaces, which keep them apart from references; none without a patient. */
function identifierKeys(kind: "id" | "identifier", identifiers: Identifier[] = [], patient?: Reference): string[] {
  if (patient?.reference === undefined) return [];
  return identifiers.flatMap(({ system = "", value }) =>
    value === undefined ? [] : [`${kind} ${kind === "id" ? "" : system} ${value} ${patient.reference}`],
  );
}
