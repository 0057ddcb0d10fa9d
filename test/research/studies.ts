/**
 * Study files and people to test studies with.
 *
 * @module
 */
import type { Condition, Observation, Patient } from "fhir/r4.js";
import type { StudyFile } from "../../src/research/studyFile.js";

export const STEWARD = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
export const TOKEN = `0x${"2".repeat(40)}`;
export const HYPERTENSION = { system: "http://snomed.info/sct", code: "38341003", display: "Hypertension" };

/** The first second of 2026. */
export const NEW_YEAR = Date.UTC(2026, 0, 1) / 1000;

/** A study file with nothing wrong, another object each time. */
export function studyFile(): StudyFile {
  return {
    registration: "NCT01234567",
    title: "Blood pressure at home",
    steward: STEWARD,
    purpose: "CLINTRCH",
    categories: ["laboratory", "vitalSigns"],
    token: TOKEN,
    decimals: 6,
    rewards: { contribution: "25.00", milestone: "40.00", cap: "200.00" },
    capacity: 120,
    milestones: ["Baseline visit", "Visit after twelve weeks"],
    enrolUntil: "2027-06-30",
    endsAt: "2027-12-31T17:00:00+01:00",
    refundAt: "2028-02-01",
    resultsDue: "2028-12-31",
    consentForm: `0x${"aB".repeat(32)}`,
    protocol: { document: `0x${"c".repeat(64)}`, analysisPlan: `0x${"d".repeat(64)}` },
    criteria: [
      { text: "Adults up to 75", age: { min: 18, max: 75 } },
      { text: "With hypertension", condition: { codes: [HYPERTENSION] } },
      {
        text: "No high cholesterol in the last year",
        exclude: true,
        laboratory: { loinc: "2093-3", comparator: ">=", value: "240", unit: "mg/dL", withinDays: 365 },
      },
    ],
  };
}

/** The study file, with the value at each JSON pointer replaced, or taken out when undefined. */
export function changed(...changes: [path: string, value: unknown][]): StudyFile {
  const file = studyFile();
  for (const [path, value] of changes) {
    const names = path.split("/").slice(1);
    const last = names.pop()!;
    const parent = names.reduce((each, name) => each[name], file as any);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return file;
}

export function patient(more: Partial<Patient> = {}): Patient {
  return { resourceType: "Patient", birthDate: "1980-03-05", gender: "female", ...more };
}

export function condition(more: Partial<Condition> = {}): Condition {
  return {
    resourceType: "Condition",
    subject: {},
    code: { coding: [HYPERTENSION] },
    clinicalStatus: { coding: [{ code: "active" }] },
    verificationStatus: { coding: [{ code: "confirmed" }] },
    ...more,
  };
}

/** A total cholesterol of 200 mg/dL, of the day before {@link NEW_YEAR}. */
export function cholesterol(value: Observation["valueQuantity"] = {}, more: Partial<Observation> = {}): Observation {
  return {
    resourceType: "Observation",
    status: "final",
    code: { coding: [{ system: "http://loinc.org", code: "2093-3" }] },
    effectiveDateTime: "2025-12-31T08:00:00-05:00",
    valueQuantity: { value: 200, unit: "mg/dL", system: "http://unitsofmeasure.org", code: "mg/dL", ...value },
    ...more,
  };
}
