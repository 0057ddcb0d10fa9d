/**
 * Which codes are vocabulary, not somebody's number or words: codes of well-known terminologies, in the form those
 * write them.
 *
 * A form is as much as can be checked without the terminology itself. SNOMED CT and LOINC have check digits, so a
 * number of another kind passes for one of theirs once in ten times or less.
 *
 * @module
 */
import type { Coding } from "fhir/r4.js";
import { unitOf } from "./units.js";

type Form = RegExp | ((code: string) => boolean);

const ICD_9 = /^(?:\d{3}|V\d{2}|E\d{3})(?:\.\d{1,2})?$/;
const ICD_10 = /^[A-Z]\d[\dA-Z](?:\.[\dA-Z]{1,4})?$/;

const FORMS: Record<string, Form> = {
  "http://snomed.info/sct": isSnomedCt,
  "http://loinc.org": isLoinc,
  "http://unitsofmeasure.org": (code) => unitOf(code) === code,
  "http://www.nlm.nih.gov/research/umls/rxnorm": /^[1-9]\d{0,6}$/,
  "http://hl7.org/fhir/sid/cvx": /^\d{1,3}$/,
  "http://hl7.org/fhir/sid/mvx": /^[A-Z]{1,3}$/,
  "http://hl7.org/fhir/sid/ndc": /^(?:(?:\d{4}-\d{4}|\d{5}-(?:\d{3}|\d{4}))-\d{1,2}|\d{11})$/,
  "http://hl7.org/fhir/sid/icd-9": ICD_9,
  "http://hl7.org/fhir/sid/icd-9-cm": ICD_9,
  "http://hl7.org/fhir/sid/icd-10": ICD_10,
  "http://hl7.org/fhir/sid/icd-10-cm": ICD_10,
  "http://www.ama-assn.org/go/cpt": /^\d{4}[\dFTU]$/,
  "http://www.whocc.no/atc": /^[A-V](?:\d{2}(?:[A-Z](?:[A-Z](?:\d{2})?)?)?)?$/,
  "http://dicom.nema.org/resources/ontology/DCM": /^(?:[A-Z]{2,4}|1[123]\d{4})$/,
  "http://www.genenames.org": /^(?:HGNC:)?\d{1,5}$/,
  "http://nucc.org/provider-taxonomy": /^\d{3}[\dA-Z]{6}X$/,
  "urn:iso:std:iso:3166": /^US$/,
  "urn:ietf:bcp:47": /^[a-z]{2}(?:-[A-Z]{2})?$/,
  // Race and ethnicity, by the Centers for Disease Control.
  "urn:oid:2.16.840.1.113883.6.238": /^[12]\d{3}-\d$/,
};
const HL7_SYSTEM = /^http:\/\/(?:terminology\.hl7\.org\/CodeSystem|hl7\.org\/fhir)\/[a-z][A-Za-z0-9-]{1,60}$/;
// Mnemonics such as `UNK` or `vital-signs`, in one case, unlike a name, and with four digits at most, unlike a date or
// a telephone; the numbers of a few tables of HL7 v2; and those of race and ethnicity.
const HL7_CODE = /^(?!(?:.*\d){5})(?:[a-z][a-z0-9-]{0,39}|[A-Z][A-Z0-9_-]{0,39}|\d{1,4})$|^[12]\d{3}-\d$/;

/** The system and code of a coding where they are vocabulary, and nothing else of it; undefined where they are not. */
export function safeCoding({ system, code }: Coding): Coding | undefined {
  if (typeof system !== "string" || typeof code !== "string") return undefined;
  const form = Object.hasOwn(FORMS, system) ? FORMS[system] : HL7_SYSTEM.test(system) ? HL7_CODE : undefined;
  if (form === undefined) return undefined;
  const fits = form instanceof RegExp ? form.test(code) : form(code);
  return fits ? { system, code } : undefined;
}

/** True for a LOINC code: digits, a hyphen and the right check digit (Luhn's); parts and answers by their form. */
export function isLoinc(code: string): boolean {
  const [, digits, check] = /^(\d{1,7})-(\d)$/.exec(code) ?? [];
  if (digits === undefined) return /^L[APG]\d{1,7}-\d$/.test(code);
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const weighed = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return (10 - (sum % 10)) % 10 === Number(check);
}

// The multiplication of the dihedral group of ten elements, and the permutation of Verhoeff's check digit.
const DIHEDRAL =
  "0123456789 1234067895 2340178956 3401289567 4012395678 5987604321 6598710432 7659821043 8765932104 9876543210".split(
    " ",
  );
const PERMUTED = "0123456789 1576283094 5803796142 8916043527 9453126870 4286573901 2793806415 7046913258".split(" ");

/** True for the id of a SNOMED CT concept: its partition says concept, and its check digit (Verhoeff's) is right. */
function isSnomedCt(code: string): boolean {
  if (!/^[1-9]\d{2,14}[01]0\d$/.test(code)) return false;
  const remainder = [...code]
    .reverse()
    .reduce((sum, digit, at) => Number(DIHEDRAL[sum]![Number(PERMUTED[at % 8]![Number(digit)])]), 0);
  return remainder === 0;
}
