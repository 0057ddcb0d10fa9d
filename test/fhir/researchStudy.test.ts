import { expect } from "chai";
import type { Group, GroupCharacteristic, ResearchStudy } from "fhir/r4.js";

import { criteriaOfGroup, groupOfCriteria } from "../../src/fhir/eligibilityGroup.js";
import { parseResource } from "../../src/fhir/resource.js";
import {
  ResearchStudyStatusError,
  researchStudyOf,
  studyPartsOf,
  type StudyStanding,
} from "../../src/fhir/researchStudy.js";
import { fhirPathOf, requireCriteria, type Criterion } from "../../src/research/criteria.js";
import { readStudyFile } from "../../src/research/studyFile.js";
import { changed, HYPERTENSION, STEWARD, studyFile } from "../research/studies.js";
import { example, examplesOf } from "./examples.js";

const LOINC = "http://loinc.org";
const UCUM = "http://unitsofmeasure.org";

/** HL7's example, as it was before the study was completed. */
function exampleStudy(more: Partial<ResearchStudy> = {}): ResearchStudy {
  return { ...example<ResearchStudy>("ResearchStudy-example"), status: "in-review", ...more };
}

function group(...characteristic: GroupCharacteristic[]): Group {
  return { resourceType: "Group", type: "person", actual: false, characteristic };
}

function coded(system: string, code: string, more: Partial<GroupCharacteristic>): GroupCharacteristic {
  return { code: { coding: [{ system, code, display: "It" }] }, exclude: false, ...more };
}

const years = (value: number) => ({ value, system: UCUM, code: "a" });

describe("studyPartsOf", () => {
  it("refuses HL7's example as it is, for it is completed", () => {
    expect(() => studyPartsOf(example<ResearchStudy>("ResearchStudy-example"))).to.throw(
      ResearchStudyStatusError,
      "The ResearchStudy is completed, so it is not proposed.",
    );
  });

  it("takes only what is yet to begin or runs", () => {
    for (const status of ["active", "approved", "in-review"] as const) studyPartsOf(exampleStudy({ status }));
    for (const status of [
      "administratively-completed",
      "closed-to-accrual",
      "closed-to-accrual-and-intervention",
      "disapproved",
      "temporarily-closed-to-accrual",
      "temporarily-closed-to-accrual-and-intervention",
      "withdrawn",
    ] as const) {
      expect(() => studyPartsOf(exampleStudy({ status })), status).to.throw(ResearchStudyStatusError);
    }
  });

  it("lists all that HL7's example lacks, and makes up none of it", () => {
    const { file, lacking, hints, unread } = studyPartsOf(exampleStudy());
    expect([file, hints, unread]).to.deep.equal([{}, [], []]);
    expect(lacking.map(({ part }) => part).sort()).to.deep.equal(Object.keys(studyFile()).sort());
    expect(lacking.find(({ part }) => part === "purpose")!.advice).to.match(/^write one purpose of use of HL7/);
  });

  it("gives title, registration, end and criteria, with hints for the rest", () => {
    const study = exampleStudy({
      title: "Blood pressure at home",
      identifier: [{ value: "local 5" }, { value: "NCT01234567" }],
      period: { start: "2027-01-01", end: "2027-12-31" },
      condition: [{ coding: [{ ...HYPERTENSION }] }],
      focus: [{ text: "Home monitoring" }],
      primaryPurposeType: { coding: [{ code: "treatment" }] },
      sponsor: { display: "A hospital" },
      principalInvestigator: { display: "Dr A" },
      enrollment: [{ reference: "#who" }, { reference: "Group/more" }, { reference: "Group/none" }],
      contained: [{ ...group(coded(LOINC, "30525-0", { valueRange: { low: years(18) } })), id: "who" }],
    });
    const more = { ...group(coded("http://a", "1", { valueBoolean: true })), id: "more" };
    const { file, lacking, hints, unread } = studyPartsOf(study, [more]);
    expect(file).to.deep.equal({
      title: "Blood pressure at home",
      registration: "NCT01234567",
      endsAt: "2028-01-01T00:00:00Z",
      criteria: [{ text: "It", age: { min: 18 } }],
    });
    expect(lacking.map(({ part }) => part)).to.include.members(["steward", "token", "rewards", "protocol"]);
    expect(lacking.map(({ part }) => part)).not.to.include.members(Object.keys(file));
    expect(hints.map(({ path, text }) => `${path}: ${text}`)).to.deep.equal([
      "ResearchStudy.primaryPurposeType: treatment",
      "ResearchStudy.condition[0]: Hypertension",
      "ResearchStudy.focus[0]: Home monitoring",
      "ResearchStudy.sponsor: A hospital",
      "ResearchStudy.principalInvestigator: Dr A",
      "ResearchStudy.period.start: 2027-01-01",
    ]);
    expect(unread.map(({ path }) => path)).to.deep.equal(["ResearchStudy.enrollment[2]", "Group.characteristic[0]"]);
  });

  it("gives a study file once what it lacks is added", () => {
    const { file, lacking } = studyPartsOf(exampleStudy({ title: "Blood pressure at home" }));
    const added = Object.fromEntries(lacking.map(({ part }) => [part, studyFile()[part]]));
    expect(readStudyFile({ ...file, ...added })).to.deep.equal(readStudyFile(studyFile()));
  });

  it("takes the number of a known registry, or the only number there is, and guesses none", () => {
    const registration = (...values: string[]) =>
      studyPartsOf(exampleStudy({ identifier: values.map((value) => ({ value })) })).file.registration;
    for (const known of ["2022-500000-00-00", "2004-123456-12", "ISRCTN12345678", "U1111-1234-5678"]) {
      expect(registration("local", known, "other")).to.equal(known);
    }
    expect(registration("local 5")).to.equal("local 5");
    expect(registration("local", "other")).to.equal(undefined);
    expect(registration("NCT01234567", "NCT01234568")).to.equal(undefined);
    expect(registration("a".repeat(33), "é")).to.equal(undefined);
    const uri = [{ system: "urn:ietf:rfc:3986", value: "urn:oid:1.2.3" }];
    expect(studyPartsOf(exampleStudy({ identifier: uri })).file).to.deep.equal({});
  });
});

describe("criteriaOfGroup", () => {
  it("reads nothing of HL7's examples, which are herds and lists, and says so", () => {
    for (const name of examplesOf("Group")) {
      const { criteria, unread } = criteriaOfGroup(example<Group>(name));
      expect(criteria, name).to.deep.equal([]);
      expect(unread, name).to.have.length(1);
      expect(unread[0]!.reason, name).to.match(/animal, not of people$|^lists people instead of describing them$/);
    }
  });

  it("reads ages, sexes, conditions and results, by any of the codes for them", () => {
    const SNOMED_CT = "http://snomed.info/sct";
    const gender = { coding: [{ system: "http://hl7.org/fhir/administrative-gender", code: "female" }] };
    const glucose = { system: UCUM, code: "mmol/L" };
    const { criteria, unread } = criteriaOfGroup(
      group(
        coded(SNOMED_CT, "397669002", { valueRange: { low: years(18), high: years(75) } }),
        coded(LOINC, "76689-9", { valueCodeableConcept: gender }),
        coded(LOINC, "29308-4", { valueCodeableConcept: { coding: [HYPERTENSION] }, exclude: true }),
        coded(LOINC, "2345-7", { valueQuantity: { ...glucose, value: 7.5, comparator: "<" } }),
        coded(LOINC, "2345-7", {
          valueRange: { low: { ...glucose, value: 4 }, high: { ...glucose, value: 7.5 } },
        }),
      ),
    );
    expect(unread).to.deep.equal([]);
    const laboratory = (comparator: string, value: string) => ({
      text: "It",
      laboratory: { loinc: "2345-7", comparator, value, unit: "mmol/L" },
    });
    expect(criteria).to.deep.equal([
      { text: "It", age: { min: 18, max: 75 } },
      { text: "It: female", sex: "female" },
      { text: "It: Hypertension", exclude: true, condition: { codes: [HYPERTENSION] } },
      laboratory("<", "7.5"),
      laboratory(">=", "4"),
      laboratory("<=", "7.5"),
    ]);
  });

  it("leaves what a machine cannot ask of records, by its place", () => {
    const characteristics: GroupCharacteristic[] = [
      coded("http://a", "1", { valueBoolean: true }),
      { code: { text: "Able to walk" }, valueBoolean: true, exclude: false },
      coded(LOINC, "30525-0", { valueRange: { low: { value: 6, system: UCUM, code: "mo" } } }),
      coded(LOINC, "30525-0", { valueRange: {} }),
      coded(LOINC, "30525-0", { valueRange: { low: years(18.5) } }),
      coded(LOINC, "30525-0", { valueQuantity: years(18) }),
      coded(LOINC, "46098-0", { valueCodeableConcept: { text: "female" } }),
      coded(LOINC, "29308-4", { valueCodeableConcept: { text: "asthma" } }),
      coded(LOINC, "2345-7", { valueQuantity: { value: 7, system: UCUM, code: "mmol/L" } }),
      coded(LOINC, "2345-7", { valueQuantity: { value: 7, comparator: "<", unit: "mmol/L" } }),
      coded(LOINC, "2345-7", { valueQuantity: { value: 7, comparator: "<", system: UCUM, code: "mmol per l" } }),
      coded(LOINC, "2345-7", { valueCodeableConcept: { text: "high" } }),
      coded(LOINC, "30525-0", { valueRange: { low: years(18) }, period: { start: "2020" } }),
      coded(LOINC, "2345-7", {
        valueRange: {
          low: { value: 4, system: UCUM, code: "mmol/L" },
          high: { value: 7, system: UCUM, code: "mmol/L" },
        },
        exclude: true,
      }),
      {
        code: { text: "Of the server" },
        _valueBoolean: {
          extension: [
            {
              url: "http://hl7.org/fhir/StructureDefinition/cqf-expression",
              valueExpression: { language: "text/fhirpath", expression: "Patient.managingOrganization.resolve()" },
            },
          ],
        },
        exclude: false,
      },
    ];
    const { criteria, unread } = criteriaOfGroup(group(...characteristics));
    expect(criteria).to.deep.equal([]);
    expect(unread.map(({ path }) => path)).to.deep.equal(characteristics.map((_, at) => `Group.characteristic[${at}]`));
    expect(unread[1]!.reason).to.equal("(Able to walk) is nothing a machine reads: write it in FHIRPath");
    expect(unread[7]!.reason).to.contain("(It: asthma)");
  });
});

describe("groupOfCriteria", () => {
  it("writes a Group that reads as the same criteria, or as their FHIRPath where FHIR has no words", () => {
    const criteria = requireCriteria([
      { text: "Adults", age: { min: 18 } },
      { text: "Up to 75", age: { max: 75 } },
      { text: "No women", exclude: true, sex: "female" },
      { text: "Hypertension", condition: { codes: [HYPERTENSION, { system: "http://a", code: "1" }] } },
      { text: "Ever", condition: { codes: [HYPERTENSION], ever: true } },
      { text: "Any", laboratory: { loinc: "2093-3", comparator: "<", value: "5.25", unit: "mmol/L" } },
      {
        text: "Late",
        exclude: true,
        laboratory: { loinc: "1-8", comparator: ">=", value: "-1", unit: "%", withinDays: 9 },
      },
      { text: "Exact", laboratory: { loinc: "1-8", comparator: "<", value: "1.234567890123456789", unit: "%" } },
      { text: "Alive", exclude: true, fhirPath: "Patient.deceased.exists()" },
    ]);
    const written = groupOfCriteria(criteria);
    expect(parseResource(JSON.stringify(written))).to.deep.equal(written);
    const { criteria: read, unread } = criteriaOfGroup(written);
    expect(unread).to.deep.equal([]);
    const inFhirPath = ["Ever", "Late", "Exact"];
    const expected = criteria.map((criterion): Criterion => {
      const { text, exclude } = criterion;
      if (!inFhirPath.includes(text)) return criterion;
      return { text, ...(exclude && { exclude }), fhirPath: fhirPathOf(criterion).expression };
    });
    expect(read).to.deep.equal(expected);
  });

  it("is a Group without characteristics when everybody may take part", () => {
    expect(groupOfCriteria([])).to.deep.equal({ resourceType: "Group", type: "person", actual: false });
  });
});

describe("researchStudyOf", () => {
  const { protocol: _, ...study } = readStudyFile(changed());
  const { enrolUntil, endsAt } = study.terms;
  const standing: StudyStanding = {
    chainId: 1n,
    sponsor: STEWARD,
    now: Number(enrolUntil) - 1,
    status: "approved",
    approvedUntil: Number(endsAt) + 9,
    closed: false,
    hasResults: false,
    form: `0x${"f".repeat(64)}`,
  };

  it("says what a study is, with the Group its criteria describe", () => {
    const resource = researchStudyOf(study, standing);
    expect(parseResource(JSON.stringify(resource))).to.deep.equal(resource);
    expect(resource).to.deep.include({
      title: "Blood pressure at home",
      status: "active",
      identifier: [{ use: "official", value: "NCT01234567" }],
      period: { end: "2027-12-31T15:59:59Z" },
    });
    expect(resource.sponsor!.identifier!.value).to.equal(`did:pkh:eip155:1:${STEWARD}`);
    expect(resource.relatedArtifact![0]!.url).to.equal(`urn:aceso:policy:${standing.form}`);
  });

  it("reads as the parts it was written from", () => {
    const { file, unread } = studyPartsOf(
      researchStudyOf({ ...study, criteria: study.criteria.slice(0, 2) }, standing),
    );
    expect(unread).to.deep.equal([]);
    const { title, registration, criteria } = studyFile();
    expect(file).to.deep.equal({ title, registration, endsAt: "2027-12-31T16:00:00Z", criteria: criteria.slice(0, 2) });
  });

  it("has the status that stands", () => {
    const status = (more: Partial<StudyStanding>) => researchStudyOf(study, { ...standing, ...more }).status;
    const [recruitingOver, over] = [Number(enrolUntil), Number(endsAt)];
    const paused = "temporarily-closed-to-accrual-and-intervention";
    expect(status({ status: "proposed", approvedUntil: 0 })).to.equal("in-review");
    expect(status({})).to.equal("active");
    expect(status({ closed: true })).to.equal("closed-to-accrual");
    expect(status({ now: recruitingOver })).to.equal("closed-to-accrual");
    expect(status({ status: "suspended" })).to.equal(paused);
    expect(status({ status: "suspended", closed: true })).to.equal(paused);
    expect(status({ approvedUntil: standing.now + 1 })).to.equal("active");
    expect(status({ approvedUntil: standing.now })).to.equal(paused);
    expect(status({ now: over - 1 })).to.equal("closed-to-accrual");
    expect(status({ now: over })).to.equal("closed-to-accrual-and-intervention");
    expect(status({ now: over, status: "suspended" })).to.equal("closed-to-accrual-and-intervention");
    expect(status({ now: over, hasResults: true })).to.equal("completed");
    expect(status({ hasResults: true })).to.equal("active");
  });
});
