/**
 * What de-identification took away, counted by the identifiers of 45 CFR 164.514(b)(2)(i).
 *
 * @module
 */
import type { ContactPoint, Identifier } from "fhir/r4.js";
import type { ResourceType } from "./resourceTypes.js";

/**
 * The eighteen identifiers, in the rule's order from (A) to (R), then what can hold any of them: free text (narrative,
 * strings, notes, documents), codes of no known vocabulary, and elements FHIR R4 does not define.
 */
export const IDENTIFIER_CLASSES = [
  "names",
  "places",
  "dates",
  "telephones",
  "faxes",
  "emails",
  "socialSecurityNumbers",
  "medicalRecordNumbers",
  "healthPlanNumbers",
  "accounts",
  "licences",
  "vehicles",
  "devices",
  "urls",
  "ips",
  "biometrics",
  "photographs",
  "others",
  "text",
  "codes",
  "undefined",
] as const;

/** A class of identifiers, or of elements that can hold any. */
export type IdentifierClass = (typeof IDENTIFIER_CLASSES)[number];

/**
 * What happened to an export. It holds counts and resource types only, so it may be published with the data.
 *
 * An element counts under one class, the likeliest; a dropped element counts once, whatever is in it.
 */
export type SafeHarborReport = {
  /** How many resources were kept, without contained ones. */
  kept: number;
  /** How many elements were left out. */
  dropped: Record<IdentifierClass, number>;
  /** How many were made coarser: dates to years, ages to 90, addresses to state and ZIP prefix. */
  generalized: Record<IdentifierClass, number>;
  /** How many ids and references were replaced by pseudonyms. */
  pseudonyms: number;
  /**
   * How many resources were left out whole, contained ones too: as `type` where nothing of the type can be kept, as
   * `modifier` where an extension or rule unknown here changes what the resource means.
   */
  refused: { resourceType: ResourceType; reason: "type" | "modifier"; count: number }[];
};

/** A report of nothing yet. */
export function emptyReport(): SafeHarborReport {
  const zeros = () =>
    Object.fromEntries(IDENTIFIER_CLASSES.map((each) => [each, 0])) as Record<IdentifierClass, number>;
  return { kept: 0, dropped: zeros(), generalized: zeros(), pseudonyms: 0, refused: [] };
}

/** What happened to two exports together. */
export function mergedReport(one: SafeHarborReport, other: SafeHarborReport): SafeHarborReport {
  const sum = (name: "dropped" | "generalized") =>
    Object.fromEntries(IDENTIFIER_CLASSES.map((each) => [each, one[name][each] + other[name][each]])) as Record<
      IdentifierClass,
      number
    >;
  const merged: SafeHarborReport = {
    kept: one.kept + other.kept,
    dropped: sum("dropped"),
    generalized: sum("generalized"),
    pseudonyms: one.pseudonyms + other.pseudonyms,
    refused: one.refused.map((row) => ({ ...row })),
  };
  for (const { resourceType, reason, count } of other.refused) countRefused(merged, resourceType, reason, count);
  return merged;
}

/** Counts resources left out whole. */
export function countRefused(
  { refused }: SafeHarborReport,
  resourceType: ResourceType,
  reason: "type" | "modifier",
  count = 1,
): void {
  const row = refused.find((each) => each.resourceType === resourceType && each.reason === reason);
  if (row === undefined) refused.push({ resourceType, reason, count });
  else row.count += count;
}

const CLASS_OF_TYPE = mapOf({
  HumanName: "names",
  Address: "places",
  date: "dates",
  dateTime: "dates",
  instant: "dates",
  time: "dates",
  Age: "dates",
  Reference: "others",
  id: "others",
  oid: "others",
  uuid: "others",
  uri: "urls",
  url: "urls",
  canonical: "urls",
  SampledData: "biometrics",
  Signature: "biometrics",
  code: "codes",
  Coding: "codes",
});

// What the systems of ContactPoint and the types of Identifier (HL7 v2 table 0203) stand for.
const CLASS_OF_CONTACT = mapOf({ fax: "faxes", email: "emails", url: "urls" });
const CLASS_OF_IDENTIFIER = mapOf({
  SS: "socialSecurityNumbers",
  SB: "socialSecurityNumbers",
  MR: "medicalRecordNumbers",
  MB: "healthPlanNumbers",
  MC: "healthPlanNumbers",
  MA: "healthPlanNumbers",
  SN: "healthPlanNumbers",
  AN: "accounts",
  BA: "accounts",
  DL: "licences",
  LN: "licences",
  PPN: "licences",
  MD: "licences",
  VIN: "vehicles",
  SNO: "devices",
  UDI: "devices",
});

/** The class an element counts under, by its place in FHIR (`Patient.photo`), its FHIR type and its own words. */
export function classOf(place: string, type: string | undefined, value: unknown): IdentifierClass {
  if (type === undefined) return "undefined";
  if (place.endsWith(".photo")) return "photographs";
  if (place === "Patient.contact") return "names";
  if (place.startsWith("Location.position.")) return "places";
  if (type === "ContactPoint")
    return CLASS_OF_CONTACT.get(String((value as ContactPoint | null)?.system)) ?? "telephones";
  if (type === "Identifier") return classOfIdentifier(value as Identifier | null);
  if (/^Device\./.test(place) && type === "string") return "devices";
  return CLASS_OF_TYPE.get(type) ?? "text";
}

function classOfIdentifier(identifier: Identifier | null): IdentifierClass {
  const coding: unknown = identifier?.type?.coding;
  const codes = Array.isArray(coding) ? coding.map((each: { code?: string } | null) => each?.code ?? "") : [];
  return codes.map((code) => CLASS_OF_IDENTIFIER.get(code)).find((each) => each !== undefined) ?? "others";
}

function mapOf(classes: Record<string, IdentifierClass>): Map<string, IdentifierClass> {
  return new Map(Object.entries(classes));
}
