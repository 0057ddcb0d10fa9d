/**
 * The elements HIPAA Safe Harbor leaves of a resource, told by their FHIR types: an element stays only by a rule here.
 *
 * @module
 */
import type { Address, Coding, Extension, Meta, Quantity, Reference } from "fhir/r4.js";
import r4 from "fhirpath/fhir-context/r4";
import type { FhirResource } from "./resource.js";
import { isResourceType } from "./resourceTypes.js";
import { isRequiredCode } from "./requiredCodes.js";
import { isLoinc, safeCoding } from "./safeHarborCodes.js";
import { isAge, safeYear } from "./safeHarborDates.js";
import { safeAddress } from "./safeHarborPlaces.js";
import { safeNumber, safeQuantity } from "./safeHarborQuantities.js";
import { classOf, type SafeHarborReport } from "./safeHarborReport.js";

/** What the rules need to know of the resource an element is in. */
export type Surroundings = {
  asOfYear: number;
  report: SafeHarborReport;
  /** What stands for a literal reference, or undefined when it cannot be told what it refers to. */
  pseudonymOfReference: (reference: string) => string | undefined;
  /** What is left of a contained resource. */
  contained: (resource: FhirResource) => FhirResource | undefined;
  /**
   * How many years ago an age told here may have been reached, at the most; Infinity for those known to be over 89.
   */
  yearsSince: number;
};

type Visit = Surroundings & {
  /** Numbers without a unit are ages here. */
  isAge: boolean;
};
type Rule = (value: never, visit: Visit, place: string) => unknown;

// Structures of elements that each have a rule.
const STRUCTURES = new Set([
  "BackboneElement",
  "Element",
  "Period",
  "Range",
  "Ratio",
  "Timing",
  "Dosage",
  "CodeableConcept",
]);
// Whose elements the tables name by the place they are at, not by their type.
const INLINE = new Set(["BackboneElement", "Element"]);

// Places that say what a range is: an age.
const AGE_RANGE = /\.(?:onset|abatement|age|deceased|performed|when)(?:Range|Age)$/;
// Places where a question asked elsewhere says what a number is: a phone number, a ZIP code, an age.
const ANSWER_NUMBER =
  /^(?:QuestionnaireResponse\.item\.answer|Task\.(?:input|output))\.value(?:Integer|Decimal|\w+Int)$/;
// The point on a map, the weekday of a date, and relatives, who are no part of a data set.
const WITHHELD_PLACE = /^(?:Location\.position\.\w+|Timing\.repeat\.dayOfWeek|Patient\.contact)$/;

const number: Rule = (value: unknown, { isAge, yearsSince }, place) =>
  ANSWER_NUMBER.test(place) ? undefined : safeNumber(value, isAge ? yearsSince : undefined);
const date: Rule = (value: unknown, { asOfYear }) => safeYear(value, asOfYear);
const quantity: Rule = (value: Quantity, { isAge, yearsSince }) => safeQuantity(value, isAge ? yearsSince : undefined);
const age: Rule = (value: Quantity, { yearsSince }) => safeQuantity(value, yearsSince);

const RULES: Record<string, Rule> = {
  boolean: (value: unknown) => (typeof value === "boolean" ? value : undefined),
  integer: number,
  positiveInt: number,
  unsignedInt: number,
  decimal: number,
  code: (value: unknown) => (typeof value === "string" && isRequiredCode(value) ? value : undefined),
  date,
  dateTime: date,
  instant: date,
  Quantity: quantity,
  Duration: quantity,
  Count: quantity,
  Distance: quantity,
  Age: age,
  Money: ({ value, currency }: { value?: unknown; currency?: unknown }) => safeMoney(value, currency),
  Coding: (value: Coding) => safeCoding(value),
  Address: (value: Address) => safeAddress(value),
  Reference: (value: Reference, visit) => safeReference(value, visit),
  Extension: (value: Extension) => safeExtension(value),
  Meta: (value: Meta) => safeMeta(value),
  Resource: (value: FhirResource, { contained }) => contained(value),
  // Of all strings only the one that names a question, where LOINC does.
  string: (value: unknown, _, place) =>
    /^QuestionnaireResponse\..*\.linkId$/.test(place) ? safeLinkId(value) : undefined,
};

/** What is left of a resource's elements, its id excepted. */
export function safeElements(resource: FhirResource, surroundings: Surroundings): Record<string, unknown> {
  const { resourceType, id: _, ...elements } = resource;
  return membersOf(elements, resourceType, { ...surroundings, isAge: false }) ?? {};
}

function membersOf(value: object, path: string, visit: Visit): Record<string, unknown> | undefined {
  const coded = value as { code: never };
  const inside = path === "Observation" || path === "Observation.component" ? { ...visit, isAge: isAge(coded) } : visit;
  const kept = Object.entries(value).flatMap(([key, member]) => {
    const left = leftOf(member, `${path}.${key}`, inside);
    return left === undefined ? [] : [[key, left]];
  });
  return kept.length === 0 ? undefined : (Object.fromEntries(kept) as Record<string, unknown>);
}

function leftOf(value: unknown, at: string, visit: Visit): unknown {
  if (Array.isArray(value)) {
    const kept = value.flatMap((item) => leftOf(item, at, visit) ?? []);
    return kept.length === 0 ? undefined : kept;
  }
  const place = r4.pathsDefinedElsewhere[at] ?? at;
  const type = r4.path2Type[place];
  const left = type === undefined || WITHHELD_PLACE.test(place) ? undefined : byType(value, type, place, visit);
  count(value, left, place, type, visit);
  return left;
}

function byType(value: unknown, type: string, place: string, visit: Visit): unknown {
  if (!STRUCTURES.has(type)) {
    // Complex types in JSON are objects, primitive ones never are.
    const isObject = typeof value === "object" && value !== null;
    return isObject === /^[A-Z]/.test(type) ? RULES[type]?.(value as never, visit, place) : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const inside = AGE_RANGE.test(place) ? { ...visit, isAge: true } : visit;
  return membersOf(value, INLINE.has(type) ? place : type, inside);
}

function count(value: unknown, left: unknown, place: string, type: string | undefined, { report }: Visit): void {
  if (type !== undefined && (STRUCTURES.has(type) || type === "Resource") && !WITHHELD_PLACE.test(place)) return;
  const identifiers = classOf(place, type, value);
  if (left === undefined) report.dropped[identifiers]++;
  else if (type === "Reference") report.pseudonyms++;
  else if (["dates", "places"].includes(identifiers) && left !== value) report.generalized[identifiers]++;
}

function safeMoney(value: unknown, currency: unknown): unknown {
  const amount = safeNumber(value);
  if (amount === undefined) return undefined;
  return { value: amount, ...(typeof currency === "string" && /^[A-Z]{3}$/.test(currency) && { currency }) };
}

function safeReference({ reference, type }: Reference, visit: Visit): Reference | undefined {
  const pseudonym = typeof reference === "string" ? visit.pseudonymOfReference(reference) : undefined;
  if (pseudonym === undefined) return undefined;
  return { reference: pseudonym, ...(typeof type === "string" && isResourceType(type) && { type }) };
}

function safeLinkId(value: unknown): string | undefined {
  return typeof value === "string" && isLoinc(value.replace(/^\//, "")) ? value : undefined;
}

const US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";
const PROFILE = /^http:\/\/hl7\.org\/fhir\/(?:us\/core\/)?StructureDefinition\/[A-Za-z-]{1,64}$/;

/** Race, ethnicity and birth sex as US Core writes them; no other extension is known here. */
function safeExtension({ url, extension, valueCode }: Extension): Extension | undefined {
  if (url === `${US_CORE}birthsex`) {
    return typeof valueCode === "string" && isRequiredCode(valueCode) ? { url, valueCode } : undefined;
  }
  if (![`${US_CORE}race`, `${US_CORE}ethnicity`].includes(url) || !Array.isArray(extension)) return undefined;
  const parts = extension.flatMap((part) => {
    const coding = safeCoding(part?.valueCoding ?? {});
    return ["ombCategory", "detailed"].includes(part?.url) && coding ? [{ url: part.url, valueCoding: coding }] : [];
  });
  return parts.length === 0 ? undefined : { url, extension: parts };
}

/** HL7's own profiles, and security labels, which those who receive the data must still honour. */
function safeMeta({ profile, security }: Meta): Meta | undefined {
  const profiles = (Array.isArray(profile) ? profile : []).filter((each) => PROFILE.test(String(each)));
  const labels = (Array.isArray(security) ? security : []).flatMap((label) => safeCoding(label ?? {}) ?? []);
  if (profiles.length + labels.length === 0) return undefined;
  return { ...(profiles.length > 0 && { profile: profiles }), ...(labels.length > 0 && { security: labels }) };
}
