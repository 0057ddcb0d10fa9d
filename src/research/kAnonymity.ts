/**
 * k-anonymity: how well each person of a data set hides among others who look the same (Sweeney, 2002).
 *
 * @module
 */
import type { Patient } from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import type { FhirResource } from "../fhir/resource.js";

/** What of a person others may know already. */
export const QUASI_IDENTIFIERS = ["gender", "birthYear", "zipPrefix", "race", "ethnicity"] as const;

/** One of {@link QUASI_IDENTIFIERS}. */
export type QuasiIdentifier = (typeof QUASI_IDENTIFIERS)[number];

/** How anonymous a data set is. A class is everybody with the same quasi-identifiers. */
export type Anonymity = {
  /** How many people there are: Patients, each counted once. */
  people: number;
  /** The k of k-anonymity: the size of the smallest class; 0 when there is nobody. */
  k: number;
  /** How many classes there are. */
  classes: number;
  /** How many people are alone in their class. */
  unique: number;
  /** How many people are in classes smaller than the threshold, and how many such classes there are. */
  below: { threshold: number; classes: number; people: number };
};

/**
 * Measures the k-anonymity of the Patients of a de-identified data set.
 *
 * People whose gender, birth year, ZIP prefix, race or ethnicity is not told form classes of their own: that is what
 * an onlooker sees. Not covered: what else is known of somebody (a diagnosis, the year of a death), and classes whose
 * people all share one secret (l-diversity).
 *
 * @param threshold the smallest class that is enough; 11 is what the Centers for Medicare & Medicaid Services publish.
 * @param by the quasi-identifiers to go by, when not all.
 * @throws {@link InvalidThresholdError} when the threshold is no whole number above zero.
 */
export function kAnonymity(
  resources: readonly FhirResource[],
  { threshold = 11, by = QUASI_IDENTIFIERS }: { threshold?: number; by?: readonly QuasiIdentifier[] } = {},
): Anonymity {
  if (!Number.isSafeInteger(threshold) || threshold < 1) throw new InvalidThresholdError();
  const people = new Map<unknown, Patient>();
  for (const resource of resources) {
    if (resource.resourceType === "Patient") people.set(resource.id ?? resource, resource);
  }
  const sizes = new Map<string, number>();
  for (const person of people.values()) {
    const look = JSON.stringify(by.map((each) => LOOKS[each](person)));
    sizes.set(look, (sizes.get(look) ?? 0) + 1);
  }
  const classes = [...sizes.values()];
  const small = classes.filter((size) => size < threshold);
  return {
    people: people.size,
    k: classes.length === 0 ? 0 : classes.reduce((least, size) => Math.min(least, size)),
    classes: classes.length,
    unique: classes.filter((size) => size === 1).length,
    below: { threshold, classes: small.length, people: small.reduce((sum, size) => sum + size, 0) },
  };
}

const LOOKS: Record<QuasiIdentifier, (person: Patient) => unknown> = {
  gender: ({ gender }) => gender,
  birthYear: ({ birthDate }) => birthDate?.slice(0, 4),
  // The state too, which is all an address has without a ZIP code.
  zipPrefix: ({ address = [] }) =>
    address.map(({ state, postalCode }) => [state, postalCode?.slice(0, 3)].join()).sort(),
  race: (person) => usCoreCodes(person, "race"),
  ethnicity: (person) => usCoreCodes(person, "ethnicity"),
};

function usCoreCodes({ extension = [] }: Patient, name: "race" | "ethnicity"): string[] {
  const url = `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;
  const parts = extension.filter((each) => each.url === url).flatMap((each) => each.extension ?? []);
  return parts.flatMap(({ valueCoding }) => valueCoding?.code ?? []).sort();
}

/** A threshold is no size of a class. */
export class InvalidThresholdError extends AcesoError {
  override name = "InvalidThresholdError";
  constructor() {
    super(
      "The threshold is no whole number above zero.",
      "Pass the size of the smallest class that is enough, such as 11.",
    );
  }
}
