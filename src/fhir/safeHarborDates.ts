/**
 * What HIPAA Safe Harbor leaves of dates and ages: years, and no age over 89 nor a year that tells of one
 * (45 CFR 164.514(b)(2)(i)(C)).
 *
 * @module
 */
import type { CodeableConcept, Observation, ObservationComponent } from "fhir/r4.js";
import type { FhirResource } from "./resource.js";

/** The age that stands for all ages over 89, in years. */
export const OLDEST = 90;

/** What is more is no age of a person, in years. */
export const LONGEST_LIFE = 130;

// How many of a unit make a year, under the codes of UCUM and the words found in their place.
const PER_YEAR: readonly [number, string][] = [
  [1, "a y yo yr yrs year years"],
  [12, "mo mon month months"],
  [52, "wk week weeks"],
  [365, "d day days"],
  [365 * 24, "h hr hour hours"],
  [365 * 24 * 60, "min minute minutes"],
];
const UNITS_PER_YEAR = new Map(
  PER_YEAR.flatMap(([count, units]) => units.split(" ").map((unit): [string, number] => [unit, count])),
);

// LOINC: age, reported, calculated, estimated, current or at death, at the taking of a specimen, at death; year of
// birth. SNOMED CT: age, chronological age, age at onset.
const AGE_CODES = new Set(
  "30525-0 21612-7 29553-5 21611-9 63900-5 35659-2 39016-1 80904-6 397669002 424144002 445518008".split(" "),
);

/**
 * The year of a FHIR date or time, as a FHIR date; undefined when it is none, or so long ago that who lived then is
 * over 89 by the end of `asOfYear`.
 *
 * @example
 * safeYear("1974-12-25", 2026); // "1974"
 * safeYear("1936-12-25", 2026); // undefined
 */
export function safeYear(date: unknown, asOfYear: number): string | undefined {
  const year = yearOf(date);
  return year === undefined || isTelling(year, asOfYear) ? undefined : String(year);
}

/** True when somebody born in that year is, or would be, over 89 by the end of `asOfYear`. */
export function isTelling(year: number, asOfYear: number): boolean {
  return asOfYear - year >= OLDEST;
}

/** The year of a FHIR date or time, or undefined when it is none. */
export function yearOf(date: unknown): number | undefined {
  if (typeof date !== "string") return undefined;
  const [, year] = /^(\d{4})(?:-\d{2}(?:-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/.exec(date) ?? [];
  return year === undefined ? undefined : Number(year);
}

/** The earliest year among a resource's dates, or undefined when it has none. */
export function earliestYearIn(resource: FhirResource, asOfYear: number): number | undefined {
  const years = textsIn(resource).flatMap((text) => yearOf(text) ?? []);
  const plausible = years.filter((year) => year <= asOfYear && year > asOfYear - LONGEST_LIFE);
  return plausible.length === 0 ? undefined : Math.min(...plausible);
}

/** A length of time in years, or undefined when its unit is none of time. */
export function inYears(value: number, unit: string): number | undefined {
  const perYear = UNITS_PER_YEAR.get(unit.toLowerCase());
  return perYear === undefined ? undefined : value / perYear;
}

/** True when an observation, or a component of one, is coded as somebody's age or year of birth. */
export function isAge({ code }: Pick<Observation | ObservationComponent, "code">): boolean {
  const { coding } = ((code as CodeableConcept | undefined) ?? {}) as { coding?: unknown };
  return Array.isArray(coding) && coding.some((each: { code?: string } | null) => AGE_CODES.has(each?.code ?? ""));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
