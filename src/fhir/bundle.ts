/**
 * FHIR bundles → records: what is kept, encrypted, anchored and consented to as one piece.
 *
 * @module
 */
import type { Bundle, BundleEntry, Patient } from "fhir/r4.js";
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import { AcesoError } from "../errors.js";
import { canonicalJson } from "./canonicalJson.js";
import { categoriesOf } from "./categories.js";
import { referencesIn, resolverOf } from "./references.js";
import { fullEntriesOf, nameOf, type FullEntry } from "./resource.js";
import { isPatientData, type ResourceType } from "./resourceTypes.js";

/** Resources of exactly the same categories, in a bundle of type collection. */
export type FhirRecord = { categories: DataCategory[]; bundle: Bundle };

/** An entry that holds no resource: a request (a search, a deletion), a response, or nothing. */
export type EmptyEntry = { place: number; fullUrl?: string; request?: string; response?: string };

// What care happens in, rather than what it is about: one protected reason for a visit does not restrict all of it.
const CONTEXTS = new Set<ResourceType>([
  "Patient",
  "Person",
  "RelatedPerson",
  "Group",
  "Encounter",
  "EpisodeOfCare",
  "Coverage",
  "Account",
]);
// Restricted by their own content only, or a patient's psychiatrist would hide the patient's name.
const PEOPLE = new Set<ResourceType>(["Patient", "Person", "RelatedPerson", "Group"]);
// About their targets, whatever these are.
const TRAILS = new Set<ResourceType>(["Provenance", "AuditEvent"]);

/**
 * The records of a bundle: one a distinct set of categories, the set with the lowest mask first, entries in the order
 * of the bundle.
 *
 * Every entry with a resource is in exactly one record, with its fullUrl; those without one are in {@link emptyEntriesOf}.
 * Inside the bundle, what refers to a restricted resource is restricted too (a prescription of a restricted medicine,
 * a claim for a restricted diagnosis, the provenance of either), but not what only happened in the same encounter or to
 * the same patient. Practitioners, organisations and other supporting resources are restricted with the records that
 * refer to them when no other does.
 *
 * Splitting ends what only the whole bundle has: its identifier, signature, timestamp, and search scores.
 *
 * @example
 * for (const { categories, bundle } of recordsOf(parseBundle(text))) …
 */
export function recordsOf(bundle: Bundle): FhirRecord[] {
  const entries = fullEntriesOf(bundle);
  const groups = new Map<bigint, BundleEntry[]>();
  masksOf(entries).forEach((mask, place) => {
    const { fullUrl, link, resource } = entries[place]!;
    // A collection's entries carry neither request nor response nor search (bdl-2 to bdl-4).
    const entry = { ...(fullUrl !== undefined && { fullUrl }), ...(link !== undefined && { link }), resource };
    groups.set(mask, [...(groups.get(mask) ?? []), entry]);
  });
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([mask, entry]) => ({
      categories: categoriesIn(mask),
      bundle: { resourceType: "Bundle", type: "collection", entry },
    }));
}

/** The entries of a bundle that hold no resource, which no record keeps: requests, deletions and bare responses. */
export function emptyEntriesOf({ entry = [] }: Bundle): EmptyEntry[] {
  return entry.flatMap(({ fullUrl, resource, request, response }, place) => {
    if (resource !== undefined) return [];
    return {
      place,
      ...(fullUrl !== undefined && { fullUrl }),
      ...(request && { request: `${request.method} ${request.url}` }),
      ...(response && { response: response.status }),
    };
  });
}

/**
 * The one patient of a bundle. Equal copies and versions of one patient count once; the last in the bundle is returned.
 *
 * @param choice Which patient of several: a fullUrl, `Patient/id`, or id.
 * @throws {@link NoPatientError} when there is none, or none that was chosen.
 * @throws {@link SeveralPatientsError} when there are several.
 */
export function patientOf(bundle: Bundle, choice?: string): Patient {
  const patients = new Map<string, Patient>();
  for (const { fullUrl, resource } of fullEntriesOf(bundle)) {
    if (resource.resourceType !== "Patient") continue;
    const isChosen = choice === undefined || [fullUrl, nameOf(resource), resource.id].includes(choice);
    if (isChosen) patients.set(fullUrl ?? resource.id ?? canonicalJson(resource), resource);
  }
  const [patient] = patients.values();
  if (patient === undefined) throw new NoPatientError();
  if (patients.size > 1) throw new SeveralPatientsError(patients.size);
  return patient;
}

function masksOf(entries: readonly FullEntry[]): bigint[] {
  const masks = entries.map(({ resource }) => categoryMask(categoriesOf(resource)));
  const restricted = categoryMask(["restricted"]);
  const isRestricted = (place: number) => (masks[place]! & restricted) !== 0n;

  const resolve = resolverOf(entries);
  const targets = entries.map(({ resource }) => new Set(referencesIn(resource).flatMap(resolve)));
  const sources = entries.map((): number[] => []);
  targets.forEach((places, source) => places.forEach((place) => sources[place]!.push(source)));

  // Restricting one entry can restrict others, so repeat until nothing changes.
  for (let changed = true; changed;) {
    changed = false;
    entries.forEach(({ resource: { resourceType } }, place) => {
      if (isRestricted(place)) return;
      const restricting = [...targets[place]!].filter((target) => {
        const isContext = CONTEXTS.has(entries[target]!.resource.resourceType) && !TRAILS.has(resourceType);
        return isRestricted(target) && !isContext;
      });
      const byTarget = !PEOPLE.has(resourceType) && restricting.length > 0;
      const bySource =
        !isPatientData(resourceType) && sources[place]!.length > 0 && sources[place]!.every(isRestricted);
      if (!byTarget && !bySource) return;
      masks[place] = masks[place]! | restricted;
      changed = true;
    });
  }
  return masks;
}

/** A bundle has no Patient, or not the chosen one. */
export class NoPatientError extends AcesoError {
  override name = "NoPatientError";
  constructor() {
    super("The bundle has no such Patient.", "Pass a bundle with the Patient it is about, or choose one it has.");
  }
}

/** A bundle has several Patients. */
export class SeveralPatientsError extends AcesoError {
  override name = "SeveralPatientsError";
  constructor(readonly count: number) {
    super(`The bundle has ${count} Patients.`, "Choose one by its fullUrl or id, or split the bundle by patient.");
  }
}
