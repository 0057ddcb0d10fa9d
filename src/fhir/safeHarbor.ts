/**
 * De-identification of FHIR R4 by HIPAA Safe Harbor (45 CFR 164.514(b)(2)): none of the eighteen identifiers of a
 * person, their relatives, employers or household stays.
 *
 * It works by a list of what may stay, not of what must go: an element is kept only where its FHIR type has a rule
 * ({@link deidentify} says which), so what nobody thought of is dropped.
 *
 * What it cannot do:
 *
 * 1. Safe Harbor also asks that whoever releases the data has no actual knowledge that it could identify somebody,
 *    alone or with other data. A rare disease, a public event or being alone in a class (`kAnonymity`) can.
 * 2. A number written where a measurement belongs, or a well-formed code abused to hold something else, cannot be told
 *    from a true one.
 * 3. Ids that two hospitals both use become one person's, unless `scope` tells them apart.
 * 4. The result need not pass a FHIR validator: required elements may be gone.
 *
 * @module
 */
import type { BundleEntry } from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import { pseudonymOf, pseudonymUrn, requirePseudonymKey } from "./pseudonym.js";
import { referencesIn } from "./references.js";
import { fullEntriesOf, nameOf, parseResource, type FhirResource } from "./resource.js";
import { isResourceType } from "./resourceTypes.js";
import { earliestYearIn, isTelling, yearOf } from "./safeHarborDates.js";
import { safeElements } from "./safeHarborElements.js";
import { countRefused, emptyReport, type SafeHarborReport } from "./safeHarborReport.js";
import { isDeidentifiable } from "./safeHarborTypes.js";

/** How to de-identify. */
export type Deidentification = {
  /** The export's key of pseudonyms, from `generatePseudonymKey`. */
  key: Uint8Array;
  /** The time of the export, in Unix seconds: who is over 89 is counted from its year. */
  asOf: number;
  /**
   * Whose ids these are, such as the account of the patient or hospital that contributed them. The same id in two
   * scopes gets two pseudonyms.
   */
  scope?: string;
};

/** De-identified resources, and what it took. */
export type Deidentified = { resources: FhirResource[]; report: SafeHarborReport };

type Entry = { name: string | undefined; resource: FhirResource };

/**
 * De-identifies resources together, so that references between them still meet. Bundles are taken apart: their entries'
 * resources are returned, of the bundle itself nothing.
 *
 * What stays: booleans; numbers and quantities in known units, but none of seven digits without a unit; codes of FHIR's
 * own required vocabularies; codings of well-known terminologies, without display; years, but none that tells of an age
 * over 89; ages up to 89, those over it as 90; the state and three digits of a ZIP code; money; US Core race, ethnicity
 * and birth sex; HL7's own profiles and security labels; ids and references as pseudonyms. All else goes: names,
 * contacts, identifiers, every string and text, documents, signals, links, unknown elements, and extensions.
 *
 * @example
 * const key = generatePseudonymKey();
 * const { resources, report } = deidentify([bundle], { key, asOf: Math.floor(Date.now() / 1000) });
 *
 * @throws {@link InvalidAsOfError} when `asOf` is no time.
 * @throws {@link PseudonymKeyLengthError} when the key is not 32 bytes.
 * @throws as `parseResource` does, when something is no FHIR resource.
 */
export function deidentify(resources: readonly FhirResource[], options: Deidentification): Deidentified {
  const { key, asOf, scope = "" } = options;
  if (!(asOf >= 0 && asOf < 253_402_300_800)) throw new InvalidAsOfError();
  requirePseudonymKey(key);
  const asOfYear = new Date(asOf * 1000).getUTCFullYear();
  const byFullUrl = new Map<string, { name: string; resourceType: string }>();
  const entries = resources.flatMap((resource) => entriesOf(parseResource(resource), byFullUrl));
  const report = emptyReport();

  const pseudonym = (name: string) => pseudonymOf(JSON.stringify([scope, name]), key);
  const targetOf = (reference: string) =>
    byFullUrl.get(unversioned(reference)) ?? literalTarget(unversioned(reference));
  const oldPeople = new Set(entries.filter(({ resource }) => isOld(resource, asOfYear)).map(({ name }) => name));

  // `home` is the name of the resource, or of the one that contains it, inside which its contained ids mean something.
  function safeResource(resource: FhirResource, home: string, isOfOld: boolean): FhirResource | undefined {
    const { resourceType } = resource;
    const isKept = isDeidentifiable(resourceType);
    if (!isKept || hasModifier(resource)) {
      countRefused(report, resourceType, isKept ? "modifier" : "type");
      return undefined;
    }
    const pseudonymOfReference = (reference: string): string | undefined => {
      if (reference.startsWith("#")) return reference === "#" ? "#" : `#${pseudonym(`${home}${reference}`)}`;
      const target = targetOf(reference);
      if (target !== undefined) return `${target.resourceType}/${pseudonym(target.name)}`;
      return /^urn:/.test(reference) ? pseudonymUrn(JSON.stringify([scope, reference]), key) : undefined;
    };
    const earliest = earliestYearIn(resource, asOfYear) ?? asOfYear;
    const elements = safeElements(resource, {
      asOfYear,
      report,
      pseudonymOfReference,
      yearsSince: isOfOld ? Infinity : asOfYear - earliest,
      contained: (inner) => {
        const left = safeResource(inner, home, isOfOld);
        return left && withId(left, inner.id === undefined ? undefined : pseudonym(`${home}#${inner.id}`));
      },
    });
    if (isOfOld && "deceasedDateTime" in elements) {
      delete elements.deceasedDateTime;
      elements.deceasedBoolean = true;
    }
    return { resourceType, ...elements } as FhirResource;
  }

  function withId(resource: FhirResource, id: string | undefined): FhirResource {
    if (id === undefined) return resource;
    report.pseudonyms++;
    const { resourceType, ...elements } = resource;
    return { resourceType, id, ...elements } as FhirResource;
  }

  const safe = entries.flatMap(({ name, resource }) => {
    const people = [name, ...referencesIn(resource).map((reference) => targetOf(reference)?.name)];
    const isOfOld = isOld(resource, asOfYear) || people.some((person) => person !== undefined && oldPeople.has(person));
    const left = safeResource(resource, name ?? "", isOfOld);
    return left === undefined ? [] : [withId(left, name === undefined ? undefined : pseudonym(name))];
  });
  report.kept = safe.length;
  return { resources: safe, report };
}

function entriesOf(resource: FhirResource, byFullUrl: Map<string, { name: string; resourceType: string }>): Entry[] {
  if (resource.resourceType !== "Bundle") {
    return [{ name: resource.id === undefined ? undefined : nameOf(resource), resource }];
  }
  return fullEntriesOf(resource).flatMap((entry: BundleEntry & { resource: FhirResource }) => {
    const { fullUrl, resource: inner } = entry;
    if (inner.resourceType === "Bundle") return entriesOf(inner, byFullUrl);
    const name = inner.id === undefined ? fullUrl : nameOf(inner);
    if (fullUrl !== undefined && name !== undefined) byFullUrl.set(fullUrl, { name, resourceType: inner.resourceType });
    return [{ name, resource: inner }];
  });
}

/** What `Type/id` names, alone or at the end of a URL. */
function literalTarget(reference: string): { name: string; resourceType: string } | undefined {
  const [, resourceType, id] = /^(?:https?:\/\/[^?#]*\/)?([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [];
  if (resourceType === undefined || !isResourceType(resourceType)) return undefined;
  return { name: `${resourceType}/${id}`, resourceType };
}

function unversioned(reference: string): string {
  return reference.replace(/\/_history\/[^/]*$/, "");
}

/** True when a resource is, or contains, a person over 89 by the end of the year, alive or not. */
function isOld(resource: FhirResource, asOfYear: number): boolean {
  const { birthDate } = resource as { birthDate?: unknown };
  const { contained = [] } = resource as { contained?: FhirResource[] };
  const year = yearOf(birthDate);
  return (year !== undefined && isTelling(year, asOfYear)) || contained.some((inner) => isOld(inner, asOfYear));
}

/** True when an extension or a rule, unknown here, changes what the resource means: read without it, it misleads. */
function hasModifier(resource: FhirResource): boolean {
  return resource.implicitRules !== undefined || modifies(resource);
}

function modifies(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, member]) => key === "modifierExtension" || modifies(member));
}

/** The time of an export is none. */
export class InvalidAsOfError extends AcesoError {
  override name = "InvalidAsOfError";
  constructor() {
    super(
      "The time of the export lies before 1970 or after the year 9999.",
      "Give it in Unix seconds, not milliseconds.",
    );
  }
}
