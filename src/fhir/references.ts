/**
 * References between the resources of a bundle.
 *
 * @module
 */
import { nameOf, type FhirResource, type FullEntry } from "./resource.js";

/** Finds the entries a reference stands for: by fullUrl, or by type and id, whatever the version. */
export type Resolve = (reference: string) => readonly number[];

/** Every reference in a resource, its contained resources included, but those to its own contained resources. */
export function referencesIn(resource: FhirResource): string[] {
  const references = new Set<string>();
  collect(resource, references);
  return [...references];
}

/** Resolves references among these entries, to their places in the list. */
export function resolverOf(entries: readonly FullEntry[]): Resolve {
  const places = new Map<string, number[]>();
  const add = (key: string, place: number) => places.set(key, [...(places.get(key) ?? []), place]);
  entries.forEach(({ fullUrl, resource }, place) => {
    if (fullUrl !== undefined) add(fullUrl, place);
    if (resource.id !== undefined) add(nameOf(resource), place);
  });
  return (reference) => {
    const unversioned = reference.replace(/\/_history\/[^/]*$/, "");
    return places.get(unversioned) ?? places.get(unversioned.split("/").slice(-2).join("/")) ?? [];
  };
}

function collect(value: unknown, references: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === "reference" && typeof member === "string" && !member.startsWith("#")) references.add(member);
    else collect(member, references);
  }
}
