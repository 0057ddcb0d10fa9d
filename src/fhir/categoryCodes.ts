/**
 * Codes and words that say which data category an observation, report, document or list belongs to.
 *
 * @module
 */
import type { DataCategory } from "../consent/category.js";

/** Categories of observations and reports: HL7 observation-category, v2-0074 (diagnostic service), SNOMED CT, LOINC. */
export const BY_CATEGORY = lookup({
  laboratory: `laboratory LAB CH HM MB BLB CP IMM MCB SR SP TX URN VR MYC PAT PF HEM PAR LP29693-6 LP7839-6 394595002
    108252007 26436-6`,
  vitalSigns: "vital-signs activity",
  imaging: "imaging RAD RX CT CTH NMR RUS OUS VUS CUS XRC NMS NRS RTX LP29684-5 394914008 363679005",
  socialHistory: "social-history sdoh",
  clinicalNotes: "survey exam clinical-note functional-status cognitive-status",
  procedures: "procedure therapy EC EN ICU OTH PHR PT RC RT SUR OSL CG LP29708-2 387713003",
  genomics: "genetics GE LP33251-3",
});

/** What documents, their sections and lists hold (LOINC, one SNOMED CT), as in HL7's C-CDA and International Patient Summary. */
export const BY_SECTION = lookup({
  allergies: "48765-2 52472-8",
  conditions: "11450-4 11348-0 10164-2 29299-5 46239-0 29308-4",
  medications: "10160-0 10183-2 29549-3 42346-7 57828-6 182836005",
  immunizations: "11369-6 82593-5",
  laboratory: "30954-2 11502-2 26436-6",
  vitalSigns: "8716-3",
  imaging: "18748-4 18726-0 68604-8",
  procedures: "47519-4 29554-3 28570-0",
  encounters: "46240-8",
  carePlans: "18776-5 61146-7 69730-0 62387-6",
  socialHistory: "29762-2 10167-5",
  familyHistory: "10157-6 8670-2",
  deviceReadings: "46264-8",
  coverage: "48768-6",
  advanceDirectives: "42348-3 75320-2 81334-5 45473-6 64298-3 92664-2 84095-9",
});

/** LOINC codes of vital signs, which many systems send without a category, and of tobacco use, often sent as a survey. */
export const BY_LOINC = lookup({
  vitalSigns: `8867-4 9279-1 8310-5 8331-1 8332-9 8302-2 8306-3 9843-4 8287-5 29463-7 3141-9 39156-5 59408-5 2708-6 85353-1
    85354-9 55284-4 35094-2 8480-6 8462-4 8478-0 8716-3 77606-2 59576-9 8289-1`,
  socialHistory: "72166-2 39243-1 63513-6 11366-2 11367-0 74010-0 81229-7 71802-3 93025-5 76513-1",
});

/** Consents about the treatment the patient wants or refuses, rather than about data. */
export const BY_CONSENT = lookup({ advanceDirectives: "acd dnr hcd polst adr 42348-3 75320-2 64298-3 81334-5" });

export const GENETIC =
  /\bgen(e|es|etics?|omics?|otypes?|otyping)\b|\b(hap|dip)lotype|\ballele|\bmutation|genetics|\bkaryotyp/i;

export const IMAGING =
  /\b(x-?rays?|radiolog\w*|radiograph\w*|ultraso\w+|tomograph\w*|CT|MRI|DXA|echo(cardio)?gra\w*|mammogra\w*)\b/i;

export const LABORATORY =
  /\[[^\]]*(mass|moles|#|presence|units|titer|volume|identif)[^\]]*\]|\b(blood|serum|plasma|urine|culture|assay)\b/i;

/** Systems of ISO/IEEE 11073, the language of personal health and bedside devices. */
export const DEVICE_SYSTEM = /11073|113883\.6\.24$/;

function lookup(codes: Partial<Record<DataCategory, string>>): ReadonlyMap<unknown, DataCategory> {
  const pairs = Object.entries(codes).flatMap(([category, list]) =>
    list.split(/\s+/).map((code) => [code, category as DataCategory] as const),
  );
  return new Map(pairs);
}
