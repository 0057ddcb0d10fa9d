/**
 * FHIR resource → data categories: what a consent must cover before the resource may be read.
 *
 * @module
 */
import type { FhirResource } from "fhir/r4.js";
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import {
  BY_CATEGORY,
  BY_CONSENT,
  BY_LOINC,
  BY_SECTION,
  DEVICE_SYSTEM,
  GENETIC,
  IMAGING,
  LABORATORY,
} from "./categoryCodes.js";
import { isProtected } from "./protection.js";
import { defaultCategoriesOf, isPatientData } from "./resourceTypes.js";

// Elements are read without trusting their shape: a resource nobody validated must not lose its category.
type Element = Readonly<Record<string, unknown>>;

/**
 * The data categories of a resource, in the order of their bits; never empty.
 *
 * The type decides first, then `category` and codes where a type spans several. Contained resources add theirs. Labels,
 * codes and words of specially protected data add `restricted`, see {@link isProtected}; when in doubt they do. A coding
 * nobody knows never costs a resource its category.
 *
 * @example
 * categoriesOf(bloodPressure); // ["vitalSigns"]
 * categoriesOf(hivTest); // ["laboratory", "restricted"]
 *
 * @throws {@link TooDeepError} when objects nest deeper than a parsed resource may.
 */
export function categoriesOf(resource: FhirResource): DataCategory[] {
  const isRestricted = isProtected(resource);
  const categories = contentCategoriesOf(resource);
  return categoriesIn(categoryMask(isRestricted ? [...categories, "restricted"] : categories));
}

function contentCategoriesOf(resource: FhirResource): DataCategory[] {
  const { contained } = elementOf(resource);
  // A contained practitioner or clinic is no data of its own; a contained medicine or patient is.
  const inner = resourcesAmong(contained).filter(
    ({ resourceType }) => isPatientData(resourceType) || resourceType === "Medication",
  );
  return [...ownCategoriesOf(resource), ...inner.flatMap(contentCategoriesOf)];
}

function ownCategoriesOf(resource: FhirResource): readonly DataCategory[] {
  const byDefault = defaultCategoriesOf(resource.resourceType);
  const element = elementOf(resource);
  switch (resource.resourceType) {
    case "Observation":
    case "DiagnosticReport":
    case "ServiceRequest":
      return observed(element, byDefault);
    case "RiskAssessment":
    case "FamilyMemberHistory":
      return isGenetic(element) ? [...byDefault, "genomics"] : byDefault;
    case "Composition":
    case "DocumentReference":
    case "DocumentManifest":
    case "List":
      return [...byDefault, ...sectionsOf(element)];
    case "Consent":
      return nonEmpty(foundIn(BY_CONSENT, element.scope, element.category), byDefault);
    case "Bundle":
      return nonEmpty(resourcesOf(element.entry).flatMap(contentCategoriesOf), byDefault);
    case "Parameters":
      return nonEmpty(resourcesOf(element.parameter).flatMap(contentCategoriesOf), byDefault);
    default:
      return byDefault;
  }
}

function observed(element: Element, byDefault: readonly DataCategory[]): readonly DataCategory[] {
  const categories = [...foundIn(BY_CATEGORY, element.category), ...foundIn(BY_LOINC, element.code)];
  const isFromDevice = codingsOf(element.code).some(({ system }) => DEVICE_SYSTEM.test(String(system)));
  if (isFromDevice || element.device !== undefined) categories.push("deviceReadings");
  if (isGenetic(element)) categories.push("genomics");
  return nonEmpty(categories, guessed(element, byDefault));
}

// Without a category or a known code, the words decide.
function guessed({ code, specimen }: Element, byDefault: readonly DataCategory[]): readonly DataCategory[] {
  const text = wordsOf(code);
  if (IMAGING.test(text)) return ["imaging"];
  return specimen !== undefined || LABORATORY.test(text) ? ["laboratory"] : byDefault;
}

function isGenetic({ code, meta, extension }: Element): boolean {
  const profiles = listOf(elementOf(meta).profile);
  const extensions = listOf(extension).map((each) => elementOf(each).url);
  return GENETIC.test([wordsOf(code), ...profiles, ...extensions].join(" "));
}

function sectionsOf({ category, type, code, section }: Element): DataCategory[] {
  return [...foundIn(BY_SECTION, category, type, code), ...listOf(section).map(elementOf).flatMap(sectionsOf)];
}

// The resources of a bundle's entries, or of parameters and their parts.
function resourcesOf(holders: unknown): FhirResource[] {
  return listOf(holders)
    .map(elementOf)
    .flatMap(({ resource, part }) => [...resourcesAmong(resource), ...resourcesOf(part)]);
}

function resourcesAmong(values: unknown): FhirResource[] {
  return listOf(values).filter((value) => elementOf(value).resourceType !== undefined) as FhirResource[];
}

function foundIn(categories: ReadonlyMap<unknown, DataCategory>, ...concepts: unknown[]): DataCategory[] {
  return concepts.flatMap(codingsOf).flatMap(({ code }) => categories.get(code) ?? []);
}

function wordsOf(concept: unknown): string {
  const texts = listOf(concept).map((each) => elementOf(each).text);
  return [...texts, ...codingsOf(concept).map(({ display }) => display)].join(" ");
}

function codingsOf(concepts: unknown): Element[] {
  return listOf(concepts).flatMap((concept) => listOf(elementOf(concept).coding).map(elementOf));
}

function elementOf(value: unknown): Element {
  return typeof value === "object" && value !== null ? (value as Element) : {};
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function nonEmpty(categories: readonly DataCategory[], otherwise: readonly DataCategory[]): readonly DataCategory[] {
  return categories.length > 0 ? categories : otherwise;
}
