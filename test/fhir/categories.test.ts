import { expect } from "chai";
import fc from "fast-check";
import type { FhirResource } from "fhir/r4.js";
import { DATA_CATEGORIES } from "../../src/consent/category.js";
import { categoriesOf } from "../../src/fhir/categories.js";
import { TooDeepError } from "../../src/fhir/resource.js";
import { defaultCategoriesOf, isPatientData, RESOURCE_TYPES } from "../../src/fhir/resourceTypes.js";
import { example, patientExamples, syntheaBundles } from "./examples.js";

// Each read by hand in HL7's examples.
const EXPECTED: Record<string, string> = {
  "Patient-example": "demographics",
  "Person-example": "demographics",
  "RelatedPerson-peter": "demographics",
  "AllergyIntolerance-example": "allergies",
  "AllergyIntolerance-medication": "allergies",
  "Condition-example": "conditions",
  "Condition-stroke": "conditions",
  "MedicationRequest-medrx0302": "medications",
  "MedicationStatement-example001": "medications",
  "Medication-med0301": "medications",
  "Immunization-example": "immunizations",
  "Observation-f001": "laboratory",
  "Observation-bgpanel": "laboratory",
  "Observation-unsat": "laboratory",
  "Specimen-101": "laboratory",
  "DiagnosticReport-gingival-mass": "laboratory",
  "Observation-blood-pressure": "vitalSigns",
  "Observation-example": "vitalSigns",
  "Observation-satO2": "vitalSigns deviceReadings",
  "Observation-656": "deviceReadings",
  "DeviceMetric-example": "deviceReadings",
  "DiagnosticReport-ultrasound": "imaging",
  "Observation-bmd": "imaging",
  "ImagingStudy-example": "imaging",
  "ServiceRequest-di": "imaging",
  "Procedure-example": "procedures",
  "Encounter-example": "encounters",
  "Observation-abdo-tender": "clinicalNotes",
  "Composition-example": "conditions clinicalNotes familyHistory",
  "List-current-allergies": "allergies clinicalNotes",
  "CarePlan-f001": "carePlans",
  "Observation-secondsmoke": "socialHistory",
  "FamilyMemberHistory-father": "familyHistory",
  "MolecularSequence-example": "genomics",
  "Observation-example-genetics-1": "genomics",
  "DiagnosticReport-example-pgx": "genomics",
  "Coverage-9876B1": "coverage",
  "Claim-100150": "claims",
  "ClaimResponse-R3500": "claims",
  "ResearchSubject-example": "research",
  "Consent-consent-example-notThem": "demographics",
  // Labelled: very restricted, and about a sexually transmitted disease.
  "AuditEvent-example-disclosure": "encounters restricted",
  "DocumentReference-example": "clinicalNotes restricted",
  // Labelled: taboo.
  "Condition-f202": "conditions restricted",
  "Consent-consent-example-pkb": "demographics restricted",
  // Pregnancy and birth.
  "CarePlan-preg": "conditions carePlans restricted",
  "Procedure-ob": "procedures restricted",
  "ServiceRequest-ob": "procedures restricted",
  "Observation-date-lastmp": "clinicalNotes restricted",
  // Alcohol, benzodiazepines in a contained medication, gender identity, a psychiatric hospital in the narrative.
  "Observation-alcohol-type": "socialHistory restricted",
  "MedicationRequest-medrx0305": "medications restricted",
  "Claim-760151": "claims restricted",
  "Observation-clinical-gender": "socialHistory restricted",
  "Consent-consent-example-basic": "demographics restricted",
  "HealthcareService-example": "demographics restricted",
};

// What each code or word says is in the code itself: these are examples of their kind, not of patients.
const PROTECTED: [string, object][] = [
  [
    "confidentiality restricted",
    { meta: { security: [{ system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code: "R" }] } },
  ],
  [
    "confidentiality very restricted",
    { meta: { security: [{ system: "urn:oid:2.16.840.1.113883.5.25", code: "V" }] } },
  ],
  ...[
    "ETH",
    "HIV",
    "PSY",
    "SDV",
    "SEX",
    "STD",
    "SUD",
    "SOC",
    "OPIOIDUD",
    "MH",
    "BH",
    "DVD",
    "PREGNANT",
    "SICKLE",
    "GDIS",
  ].map((code): [string, object] => [
    `sensitivity ${code}`,
    { meta: { security: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code }] } },
  ]),
  ["a label of a system unknown here", { meta: { security: [{ system: "http://example.org/labels", code: "PSY" }] } }],
  ...[
    "F01.50",
    "F32.1",
    "F99",
    "B20",
    "B24",
    "Z21",
    "O00.1",
    "O9A.2",
    "Z30.0",
    "Z39",
    "T74.11",
    "T76",
    "Y07.0",
    "A50",
    "A64",
    "Z11.4",
    "F321",
    "Z7141",
  ].map((code): [string, object] => [
    `ICD-10-CM ${code}`,
    { code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10-cm", code }] } },
  ]),
  ["ICD-10 by OID", { code: { coding: [{ system: "urn:oid:2.16.840.1.113883.6.90", code: "F20.0" }] } }],
  ["ICD-10 without a system", { code: { coding: [{ code: "F20.0" }] } }],
  ["ICD-9", { code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-9-cm", code: "296.3" }] } }],
  ["ICD-11", { code: { coding: [{ system: "http://id.who.int/icd/release/11/mms", code: "6A70" }] } }],
  ["SNOMED CT", { code: { coding: [{ system: "http://snomed.info/sct", code: "86406008" }] } }],
  [
    "SNOMED CT, postcoordinated",
    { code: { coding: [{ system: "http://snomed.info/sct", code: "13746004:246112005=24484000" }] } },
  ],
  ["SNOMED CT without a system", { code: { coding: [{ code: "370143000" }] } }],
  ["LOINC HIV test", { code: { coding: [{ system: "http://loinc.org", code: "56888-1" }] } }],
  ["LOINC drug screen", { code: { coding: [{ system: "http://loinc.org", code: "3397-7" }] } }],
  ["LOINC pregnancy test", { code: { coding: [{ system: "http://loinc.org", code: "2106-3" }] } }],
  ["LOINC PHQ-9", { code: { coding: [{ system: "http://loinc.org", code: "44261-6" }] } }],
  ["LOINC GAD-7", { code: { coding: [{ system: "http://loinc.org", code: "70274-6" }] } }],
  ["LOINC AUDIT-C", { code: { coding: [{ system: "http://loinc.org", code: "75626-2" }] } }],
  ["LOINC without a system", { code: { coding: [{ code: "44261-6" }] } }],
  ["RxNorm methadone", { code: { coding: [{ system: "http://www.nlm.nih.gov/research/umls/rxnorm", code: "6813" }] } }],
  ...["J05AR10", "N07BC02", "N07BB01", "N05BA12", "N06AB03", "G03AA07"].map((code): [string, object] => [
    `ATC ${code}`,
    { code: { coding: [{ system: "http://www.whocc.no/atc", code }] } },
  ]),
  ["ATC without a system", { code: { coding: [{ code: "N06AB03" }] } }],
  ["CPT psychotherapy", { code: { coding: [{ system: "http://www.ama-assn.org/go/cpt", code: "90834" }] } }],
  [
    "a word in a display",
    { code: { coding: [{ system: "http://example.org", code: "x", display: "Major depressive disorder" }] } },
  ],
  ["a word in a text", { code: { text: "Victim of domestic violence" } }],
  ["an acronym", { code: { text: "Died of AIDS" } }],
  ["a word in a note", { note: [{ text: "Lives with HIV since 2009" }] }],
  [
    "a word in the display of a reference",
    { subject: { reference: "Patient/1" }, performer: [{ display: "Psychiatric ward 3" }] },
  ],
  ["a word in the narrative", { text: { status: "generated", div: "<div><b>Preg</b>nancy: <i>pregnant</i></div>" } }],
  ["a word in an extension", { extension: [{ url: "http://example.org", valueString: "opioid use disorder" }] }],
  ["a word in camelCase", { code: { coding: [{ system: "http://example.org", code: "alcoholUse" }] } }],
  ["a reason", { reasonCode: [{ coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "F10.2" }] }] }],
  [
    "a contained medication",
    { contained: [{ resourceType: "Medication", id: "m", code: { text: "Emtricitabine / tenofovir" } }] },
  ],
  ["an attachment of text", { valueAttachment: { contentType: "text/plain", data: btoa("History of heroin use") } }],
];

const HARMLESS: [string, object][] = [
  ["an instruction about alcohol", { note: [{ text: "Avoid alcoholic drink" }] }],
  ["an electrocardiogram", { note: [{ text: "ST depression in V4, respiratory depression" }] }],
  ["hives", { code: { text: "Hives" } }],
  ["hearing aids", { code: { text: "Wears hearing aids" } }],
  [
    "confidentiality normal",
    { meta: { security: [{ system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code: "N" }] } },
  ],
  ["a code system's name", { code: { coding: [{ system: "http://example.org/psychiatry", code: "x" }] } }],
  ["an unreadable attachment", { valueAttachment: { contentType: "text/plain", data: "%%%" } }],
  ["an attached picture", { valueAttachment: { contentType: "image/png", data: btoa("heroin") } }],
  [
    "a code of another system that looks like ICD-10",
    { code: { coding: [{ system: "http://example.org", code: "F20" }] } },
  ],
  ["ICD-10 next to the ranges", { code: { coding: [{ system: "http://hl7.org/fhir/sid/icd-10", code: "G40.1" }] } }],
];

const observation = (more: object) =>
  ({ resourceType: "Observation", status: "final", ...more }) as unknown as FhirResource;

describe("categoriesOf", () => {
  for (const [name, categories] of Object.entries(EXPECTED)) {
    it(`finds ${categories.replaceAll(" ", ", ")} in HL7's ${name}`, () => {
      expect(categoriesOf(example(name)).join(" ")).to.equal(categories);
    });
  }

  for (const [what, more] of PROTECTED) {
    it(`restricts ${what}, and keeps the category`, () => {
      const category = [{ coding: [{ code: "laboratory" }] }];
      expect(categoriesOf(observation({ category, ...more }))).to.include.members(["laboratory", "restricted"]);
    });
  }

  for (const [what, more] of HARMLESS) {
    it(`leaves ${what} unrestricted`, () => {
      expect(categoriesOf(observation(more))).not.to.include("restricted");
    });
  }

  it("gives every patient-related example of HL7's a category, and restricts less than a tenth", () => {
    const all = patientExamples().map((name) => categoriesOf(example(name)));
    expect(all.length).to.be.above(450);
    for (const categories of all) expect(categories.filter((each) => each !== "restricted")).not.to.be.empty;
    const restricted = all.filter((categories) => categories.includes("restricted")).length;
    expect(restricted / all.length).to.be.within(0.05, 0.1);
  });

  it("restricts the sterilisation and its bills in Synthea's patients, and nothing else", function () {
    const bundles = syntheaBundles();
    if (bundles.length === 0) return this.skip();
    const resources = bundles.flatMap(({ entry = [] }) => entry.map(({ resource }) => resource as FhirResource));
    const restricted = resources.filter((resource) => categoriesOf(resource).includes("restricted"));
    expect(restricted.map(({ resourceType }) => resourceType)).to.have.members([
      "Procedure",
      "CarePlan",
      "Claim",
      "ExplanationOfBenefit",
    ]);
  });

  for (const [code, category] of [
    ["laboratory", "laboratory"],
    ["vital-signs", "vitalSigns"],
    ["activity", "vitalSigns"],
    ["imaging", "imaging"],
    ["social-history", "socialHistory"],
    ["survey", "clinicalNotes"],
    ["exam", "clinicalNotes"],
    ["procedure", "procedures"],
    ["therapy", "procedures"],
  ] as const) {
    it(`takes an observation of category ${code} for ${category}`, () => {
      expect(categoriesOf(observation({ category: [{ coding: [{ code }] }] }))).to.deep.equal([category]);
    });
  }

  it("takes a smoking status sent as a survey for social history too", () => {
    const category = [{ coding: [{ code: "survey" }] }];
    const code = { coding: [{ system: "http://loinc.org", code: "72166-2" }] };
    expect(categoriesOf(observation({ category, code }))).to.deep.equal(["clinicalNotes", "socialHistory"]);
  });

  it("takes advance directives by scope and category of the Consent", () => {
    for (const more of [{ scope: { coding: [{ code: "adr" }] } }, { category: [{ coding: [{ code: "dnr" }] }] }]) {
      const consent = { resourceType: "Consent", status: "active", ...more } as unknown as FhirResource;
      expect(categoriesOf(consent)).to.deep.equal(["advanceDirectives"]);
    }
  });

  it("joins what a bundle and parameters hold", () => {
    const entry = [{ resource: example("Claim-100150") }, { resource: example("Observation-blood-pressure") }];
    const bundle = { resourceType: "Bundle", type: "collection", entry } as FhirResource;
    expect(categoriesOf(bundle)).to.deep.equal(["vitalSigns", "claims"]);
    const parameter = [{ name: "a", part: [{ name: "b", resource: example("Claim-100150") }] }];
    expect(categoriesOf({ resourceType: "Parameters", parameter } as FhirResource)).to.deep.equal(["claims"]);
  });

  it("does not restrict a definition for the words in it", () => {
    const questionnaire = { resourceType: "Questionnaire", status: "active", title: "HIV risk" } as FhirResource;
    expect(categoriesOf(questionnaire)).to.deep.equal(["demographics"]);
    const entry = [{ resource: questionnaire }, { resource: example("Patient-example") }];
    expect(categoriesOf({ resourceType: "Bundle", type: "collection", entry })).to.deep.equal(["demographics"]);
  });

  it("never loses a type's category to content it cannot read", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RESOURCE_TYPES.filter(isPatientData)),
        fc.dictionary(
          fc.constantFrom("code", "category", "type", "section", "meta", "entry", "parameter"),
          fc.jsonValue(),
        ),
        (resourceType, content) => {
          const categories = categoriesOf({ resourceType, ...content } as unknown as FhirResource);
          expect(categories.filter((category) => category !== "restricted")).not.to.be.empty;
          expect(DATA_CATEGORIES).to.include.members(categories);
          expect(defaultCategoriesOf(resourceType)).not.to.be.empty;
        },
      ),
      { numRuns: 300 },
    );
  });

  it("takes linear time for text made to slow it down", function () {
    // Quadratic time would take many seconds, linear time a tenth of one.
    this.timeout(10_000);
    const slow = ["<", "< ", "self ", "alcohol a", "aA"].map((part) => part.repeat(50_000));
    const start = performance.now();
    for (const text of slow) categoriesOf(observation({ note: [{ text }] }));
    expect(performance.now() - start).to.be.below(2_000);
  });

  it("refuses nesting no parsed resource has", () => {
    const cycle: Record<string, unknown> = { resourceType: "Basic" };
    cycle.self = cycle;
    expect(() => categoriesOf(cycle as unknown as FhirResource)).to.throw(TooDeepError);
  });
});
