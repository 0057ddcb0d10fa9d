/**
 * A study file to begin with.
 *
 * @module
 */
import type { StudyFile } from "../../research/studyFile.js";

const DAY_MS = 86_400_000;

/** A study file with nothing wrong in its form: addresses, digests and everything else are to be replaced. */
export function studyFileTemplate(): StudyFile {
  return {
    registration: "NCT01234567",
    title: "Blood pressure at home",
    steward: someone(1),
    purpose: "CLINTRCH",
    categories: ["laboratory"],
    token: someone(2),
    decimals: 6,
    rewards: { contribution: "25.00", milestone: "40.00", cap: "200.00" },
    capacity: 100,
    milestones: ["Baseline visit", "Visit after twelve weeks"],
    enrolUntil: dayIn(180),
    endsAt: dayIn(365),
    refundAt: dayIn(395),
    resultsDue: dayIn(730),
    consentForm: someDigest("a"),
    protocol: { document: someDigest("b"), analysisPlan: someDigest("c") },
    criteria: [
      { text: "Adults up to 75", age: { min: 18, max: 75 } },
      {
        text: "With hypertension",
        condition: { codes: [{ system: "http://snomed.info/sct", code: "38341003", display: "Hypertension" }] },
      },
      {
        text: "Cholesterol of 240 mg/dL or more in the last year",
        exclude: true,
        laboratory: { loinc: "2093-3", comparator: ">=", value: "240", unit: "mg/dL", withinDays: 365 },
      },
    ],
  };
}

function someone(digit: number): string {
  return `0x${String(digit).repeat(40)}`;
}

function someDigest(digit: string): string {
  return `0x${digit.repeat(64)}`;
}

function dayIn(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
}
