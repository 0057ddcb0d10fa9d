/**
 * Which resource types can be de-identified at all.
 *
 * @module
 */
import { isPatientData, type ResourceType } from "./resourceTypes.js";

// About patients, but nothing of them is left without what must go: documents and values of any meaning, the wording of
// contracts, logs of people and network addresses, and a genome, which is as unique as its owner. A bundle is taken
// apart before, so one that is left is where FHIR allows none.
const WITHHELD = new Set<ResourceType>([
  "AuditEvent",
  "Basic",
  "Binary",
  "Bundle",
  "Contract",
  "MolecularSequence",
  "Parameters",
]);

// Those records need to be understood. Messages, endpoints, timetables and definitions are about nobody: they need no
// de-identification, and are no part of a data set of people.
const SUPPORTING = new Set<ResourceType>([
  "HealthcareService",
  "Location",
  "Medication",
  "Organization",
  "OrganizationAffiliation",
  "Practitioner",
  "PractitionerRole",
  "Substance",
]);

/** True when resources of this type can be kept in part. */
export function isDeidentifiable(type: ResourceType): boolean {
  return (isPatientData(type) && !WITHHELD.has(type)) || SUPPORTING.has(type);
}
