import { expect } from "chai";
import type { Bundle, Observation, Patient } from "fhir/r4.js";
import { generatePseudonymKey, PseudonymKeyLengthError } from "../../src/fhir/pseudonym.js";
import { NotFhirError, UnknownResourceTypeError, type FhirResource } from "../../src/fhir/resource.js";
import { deidentify, InvalidAsOfError } from "../../src/fhir/safeHarbor.js";
import { example } from "./examples.js";

const key = generatePseudonymKey();
const asOf = Date.UTC(2026, 10, 1) / 1000;
const UCUM = "http://unitsofmeasure.org";

/** What is left of resources given as plain data. */
function left(...resources: object[]): Record<string, unknown>[] {
  return deidentify(resources as FhirResource[], { key, asOf }).resources as unknown as Record<string, unknown>[];
}

function observation(elements: object): Record<string, unknown> {
  return left({ resourceType: "Observation", status: "final", ...elements })[0]!;
}

describe("deidentify", () => {
  it("keeps of HL7's example patient that he is an active man born in 1974 who lives", () => {
    const [patient] = left(example("Patient-example")) as unknown as [Patient];
    const { id, managingOrganization, ...rest } = patient;
    expect(rest).to.deep.equal({
      resourceType: "Patient",
      active: true,
      gender: "male",
      birthDate: "1974",
      deceasedBoolean: false,
    });
    expect(id).to.match(/^[a-p]{32}$/);
    expect(managingOrganization?.reference).to.match(/^Organization\/[a-p]{32}$/);
  });

  it("keeps what was measured, when by the year, and in which codes", () => {
    const [glucose] = left(example("Observation-f001")) as unknown as [Observation];
    expect(glucose.code).to.deep.equal({ coding: [{ system: "http://loinc.org", code: "15074-8" }] });
    expect(glucose.valueQuantity).to.deep.equal({ value: 6.3, system: UCUM, code: "mmol/L" });
    expect(glucose.effectivePeriod).to.deep.equal({ start: "2013" });
    expect(glucose.interpretation).to.deep.equal([
      { coding: [{ system: "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", code: "H" }] },
    ]);
  });

  it("leaves its input as it is", () => {
    const input = example("Patient-example");
    const before = structuredClone(input);
    left(input);
    expect(input).to.deep.equal(before);
  });

  it("drops values of types that can hold anything", () => {
    for (const value of [
      { valueString: "Ottoline" },
      { valueTime: "08:30:00" },
      { valueSampledData: { origin: { value: 0 }, period: 10, dimensions: 1, data: "1 2 3" } },
      { component: [{ valueString: "Ottoline" }] },
      { note: [{ text: "Ottoline", time: "2020-01-01" }] },
      { _status: { id: "Ottoline", extension: [{ url: "http://example.org", valueString: "Ottoline" }] } },
      { language: "Ottoline" },
      { device: { display: "Ottoline", identifier: { value: "Ottoline" } } },
      { subject: { reference: "Patient?identifier=Ottoline" } },
      { code: { text: "Ottoline" } },
      { valueQuantity: 5 },
      { valueBoolean: "Ottoline" },
      { effectiveDateTime: "Ottoline" },
      { status: "Ottoline" },
    ]) {
      expect(observation(value)).to.satisfy((rest: object) => !/Ottoline|08|1 2 3/.test(JSON.stringify(rest)));
      expect(Object.keys(observation(value)), JSON.stringify(value)).to.have.length.at.most(2);
    }
  });

  it("keeps values of types that are vocabulary or measurement", () => {
    for (const value of [
      { valueInteger: 7 },
      { valueBoolean: false },
      { valueDateTime: "2020" },
      { valueRange: { low: { value: 1 }, high: { value: 2 } } },
      { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } },
      { valuePeriod: { start: "2019", end: "2020" } },
      { component: [{ valueQuantity: { value: 5, unit: "mg" } }] },
      { component: [{ referenceRange: [{ low: { value: 5, unit: "mg" } }] }] },
    ]) {
      expect(observation(value)).to.deep.equal({ resourceType: "Observation", status: "final", ...value });
    }
  });

  it("drops points on a map, weekdays, relatives, and numbers of devices and lots", () => {
    const [location, device, patient, request, immunization] = left(
      { resourceType: "Location", status: "active", position: { longitude: -71.1, latitude: 42.4 } },
      {
        resourceType: "Device",
        serialNumber: "S1",
        lotNumber: "L1",
        udiCarrier: [{ carrierHRF: "(01)", issuer: "u:x" }],
      },
      { resourceType: "Patient", active: true, contact: [{ gender: "female", name: { text: "Ottoline" } }] },
      {
        resourceType: "MedicationRequest",
        dosageInstruction: [{ timing: { repeat: { dayOfWeek: ["mon"], count: 3 } } }],
      },
      { resourceType: "Immunization", lotNumber: "AAJN11K", primarySource: true },
    );
    expect(location).to.deep.equal({ resourceType: "Location", status: "active" });
    expect(device).to.deep.equal({ resourceType: "Device" });
    expect(patient).to.deep.equal({ resourceType: "Patient", active: true });
    expect(request?.dosageInstruction).to.deep.equal([{ timing: { repeat: { count: 3 } } }]);
    expect(immunization).to.deep.equal({ resourceType: "Immunization", primarySource: true });
  });

  it("keeps questions LOINC names, and of answers no number or text", () => {
    const [response] = left({
      resourceType: "QuestionnaireResponse",
      status: "completed",
      questionnaire: "http://hospital.example/q",
      item: [
        {
          linkId: "/93025-5",
          text: "Ottoline",
          answer: [{ valueCoding: { system: "http://loinc.org", code: "LA33-6" } }],
        },
        { linkId: "phone", answer: [{ valueInteger: 5550199 }, { valueDecimal: 97.5 }, { valueString: "Ottoline" }] },
      ],
    });
    expect(response).to.deep.equal({
      resourceType: "QuestionnaireResponse",
      status: "completed",
      item: [{ linkId: "/93025-5", answer: [{ valueCoding: { system: "http://loinc.org", code: "LA33-6" } }] }],
    });
  });

  it("keeps race, ethnicity and birth sex by US Core, and no other extension", () => {
    const core = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";
    const white = { system: "urn:oid:2.16.840.1.113883.6.238", code: "2106-3" };
    const [patient] = left({
      resourceType: "Patient",
      extension: [
        {
          url: `${core}race`,
          extension: [
            { url: "ombCategory", valueCoding: { ...white, display: "Ottoline" } },
            { url: "text", valueString: "Ottoline" },
          ],
        },
        { url: `${core}ethnicity`, extension: [{ url: "text", valueString: "Ottoline" }] },
        { url: `${core}birthsex`, valueCode: "F" },
        { url: `${core}genderIdentity`, valueCode: "F" },
        { url: "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", valueAddress: { city: "Cambridge" } },
      ],
    });
    expect(patient?.extension).to.deep.equal([
      { url: `${core}race`, extension: [{ url: "ombCategory", valueCoding: white }] },
      { url: `${core}birthsex`, valueCode: "F" },
    ]);
  });

  it("keeps HL7's profiles and security labels of meta", () => {
    const profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
    const label = { system: "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", code: "R" };
    const meta = {
      profile: [profile, "http://hospital.example/StructureDefinition/ward-7"],
      security: [{ ...label, display: "Ottoline" }],
      tag: [label],
      source: "http://hospital.example",
      versionId: "7",
      lastUpdated: "2020-01-01T00:00:00Z",
    };
    expect(left({ resourceType: "Patient", meta })[0]).to.deep.equal({
      resourceType: "Patient",
      meta: { profile: [profile], security: [label] },
    });
    expect(left({ resourceType: "Patient", meta: { versionId: "7" } })[0]).to.deep.equal({ resourceType: "Patient" });
  });

  it("keeps money, but no sum of seven digits", () => {
    const total = (value: unknown, currency: string) =>
      left({ resourceType: "Claim", total: { value, currency } })[0]?.total;
    expect(total(129.16, "USD")).to.deep.equal({ value: 129.16, currency: "USD" });
    expect(total(129.16, "Ottoline")).to.deep.equal({ value: 129.16 });
    expect(total(5_550_199, "USD")).to.equal(undefined);
  });
});

describe("deidentify, of people over 89", () => {
  const old = { resourceType: "Patient", id: "old", birthDate: "1936-03-17", deceasedDateTime: "2021-05-05" };
  const onset = {
    resourceType: "Condition",
    subject: { reference: "Patient/old" },
    onsetAge: { value: 60, unit: "a" },
  };

  it("keeps neither the year of birth nor of death, only that they died", () => {
    const [patient] = left(old);
    expect(patient).to.include({ deceasedBoolean: true }).and.not.to.have.any.keys("birthDate", "deceasedDateTime");
    const { id: _, ...nameless } = old;
    expect(left(nameless)).to.deep.equal([{ resourceType: "Patient", deceasedBoolean: true }]);
    expect(left({ ...old, birthDate: "1937-03-17" })[0]).to.include({ birthDate: "1937", deceasedDateTime: "2021" });
  });

  it("drops their ages at anything, which with a year would tell the birth", () => {
    expect(left(old, onset)[1]).not.to.have.property("onsetAge");
    expect(left({ ...old, birthDate: "1980" }, onset)[1]).to.have.property("onsetAge");
    expect(left({ ...onset, contained: [old], subject: { reference: "#old" } })[0]).not.to.have.property("onsetAge");
  });

  it("drops an age when the resource's own years tell that the person is over 89 by now", () => {
    const condition = { resourceType: "Condition", onsetAge: { value: 60, unit: "a" } };
    expect(left({ ...condition, recordedDate: "1996-12-31" })[0]).not.to.have.property("onsetAge");
    expect(left({ ...condition, recordedDate: "1997-01-01" })[0]).to.have.property("onsetAge");
  });

  it("makes ages over 89 to 90: ages, ranges of ages, observed ages, years of anything", () => {
    const ninety = { value: 90, comparator: ">=", unit: "a", system: UCUM, code: "a" };
    const [range, family, smoking] = left(
      { resourceType: "Condition", onsetRange: { low: { value: 88 }, high: { value: 93 } } },
      { resourceType: "FamilyMemberHistory", deceasedAge: { value: 101, unit: "years", system: UCUM, code: "a" } },
      { resourceType: "Observation", valueQuantity: { value: 95, unit: "years" } },
    );
    expect(range?.onsetRange).to.deep.equal({ low: { value: 88 }, high: ninety });
    expect(family?.deceasedAge).to.deep.equal(ninety);
    expect(smoking?.valueQuantity).to.deep.equal(ninety);
    const age = { code: { coding: [{ system: "http://loinc.org", code: "30525-0" }] } };
    expect(observation({ ...age, valueQuantity: { value: 95 } }).valueQuantity).to.deep.equal(ninety);
    expect(observation({ ...age, valueInteger: 95 }).valueInteger).to.equal(90);
    expect(observation({ component: [{ ...age, valueInteger: 95 }] }).component).to.deep.include({
      ...age,
      valueInteger: 90,
    });
    expect(observation({ valueInteger: 95 }).valueInteger).to.equal(95);
  });

  it("drops years in which only they were alive, of anything", () => {
    expect(left({ resourceType: "Condition", onsetDateTime: "1936", recordedDate: "1937" })[0]).to.deep.equal({
      resourceType: "Condition",
      recordedDate: "1937",
    });
  });
});

describe("deidentify, of ids and references", () => {
  const patient = { resourceType: "Patient", id: "p1" };
  const subjectOf = (resource: Record<string, unknown> | undefined) =>
    (resource?.subject as { reference?: string }).reference;

  it("gives an id the same pseudonym wherever it is referred to", () => {
    const references = ["Patient/p1", "Patient/p1/_history/3", "http://hospital.example/fhir/Patient/p1"];
    const [{ id } = {}, ...rest] = left(
      patient,
      ...references.map((reference) => ({ resourceType: "Condition", subject: { reference, type: "Patient" } })),
    );
    for (const resource of rest) expect(subjectOf(resource)).to.equal(`Patient/${String(id)}`);
    expect(rest[0]?.subject).to.have.property("type", "Patient");
    expect(left(patient)[0]?.id).to.equal(id);
  });

  it("gives another key, another scope, another type another pseudonym", () => {
    const idOf = (resource: object, options: Parameters<typeof deidentify>[1]) =>
      deidentify([resource as FhirResource], options).resources[0]!.id;
    const ids = [
      idOf(patient, { key, asOf }),
      idOf(patient, { key: generatePseudonymKey(), asOf }),
      idOf(patient, { key, asOf, scope: "hospital" }),
      idOf(patient, { key, asOf, scope: "clinic" }),
      idOf({ resourceType: "Group", id: "p1" }, { key, asOf }),
    ];
    expect(new Set(ids)).to.have.property("size", ids.length);
  });

  it("finds what a bundle's fullUrl stands for, in this bundle or another, with an id or without", () => {
    const urn = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
    const bundle = (...entry: object[]) => ({ resourceType: "Bundle", type: "collection", entry });
    const referring = { resource: { resourceType: "Condition", subject: { reference: urn } } };
    for (const resource of [patient, { resourceType: "Patient" }]) {
      const [person, condition] = left(bundle({ fullUrl: urn, resource }), bundle(referring));
      expect(subjectOf(condition)).to.equal(`Patient/${String(person?.id)}`);
    }
    const nested = left(bundle({ resource: bundle({ fullUrl: urn, resource: patient }, referring) }));
    expect(subjectOf(nested[1])).to.equal(`Patient/${String(nested[0]?.id)}`);
  });

  it("keeps of a URN nobody has here a URN of its own, the same for the same", () => {
    const urn = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
    const condition = { resourceType: "Condition", subject: { reference: urn } };
    const [one, other] = left(condition, condition).map(subjectOf);
    expect(one)
      .to.match(/^urn:uuid:[0-9a-f-]{36}$/)
      .and.not.to.equal(urn);
    expect(other).to.equal(one);
    const scoped = deidentify([condition as never as FhirResource], { key, asOf, scope: "clinic" }).resources[0];
    expect(subjectOf(scoped as never)).not.to.equal(one);
  });

  it("keeps contained resources under pseudonyms that differ from container to container", () => {
    const request = (id: string) => ({
      resourceType: "MedicationRequest",
      id,
      contained: [{ resourceType: "Medication", id: "med", status: "active", text: { div: "Ottoline" } }],
      medicationReference: { reference: "#med" },
    });
    const [one, other] = left(request("1"), request("2")) as [Record<string, unknown>, Record<string, unknown>];
    const [{ id, ...medication }] = one.contained as [{ id: string }];
    expect(medication).to.deep.equal({ resourceType: "Medication", status: "active" });
    expect(one.medicationReference).to.deep.equal({ reference: `#${id}` });
    expect(other.medicationReference).not.to.deep.equal(one.medicationReference);
  });

  it("lets contained resources refer to each other and to their container", () => {
    const [carePlan] = left({
      resourceType: "CarePlan",
      contained: [
        { resourceType: "Goal", id: "g", addresses: [{ reference: "#c" }, { reference: "#" }] },
        { resourceType: "Condition", id: "c" },
      ],
    });
    const [goal, condition] = carePlan?.contained as [{ addresses: object[] }, { id: string }];
    expect(goal.addresses).to.deep.equal([{ reference: `#${condition.id}` }, { reference: "#" }]);
  });
});

describe("deidentify, of what cannot be kept", () => {
  const report = (...resources: object[]) => deidentify(resources as FhirResource[], { key, asOf }).report;

  it("refuses documents, genomes, definitions and the like by type, contained ones too", () => {
    const binary = { resourceType: "Binary", contentType: "text/plain", data: "T3R0b2xpbmU=" };
    const types = ["Parameters", "Basic", "Contract", "MolecularSequence", "AuditEvent", "ValueSet", "Endpoint"];
    const resources = [binary, binary, ...types.map((resourceType) => ({ resourceType }))];
    expect(left(...resources)).to.deep.equal([]);
    expect(report(...resources)).to.deep.include({
      kept: 0,
      refused: [["Binary", 2] as const, ...types.map((type) => [type, 1] as const)].map(([resourceType, count]) => ({
        resourceType,
        reason: "type",
        count,
      })),
    });
    const container = { resourceType: "Media", status: "completed", contained: [binary] };
    expect(left(container)).to.deep.equal([{ resourceType: "Media", status: "completed" }]);
    expect(report(container).refused).to.deep.equal([{ resourceType: "Binary", reason: "type", count: 1 }]);
    const bundle = { resourceType: "Bundle", type: "batch-response", entry: [{ response: { outcome: {} } }] };
    expect(left({ ...container, contained: [bundle] })).to.deep.equal([{ resourceType: "Media", status: "completed" }]);
  });

  it("refuses a resource whose meaning an unknown extension or rule changes", () => {
    const modifierExtension = [{ url: "http://example.org/not", valueBoolean: true }];
    for (const elements of [
      { modifierExtension },
      { component: [{ modifierExtension }] },
      { implicitRules: "http://example.org/rules" },
    ]) {
      const resource = { resourceType: "Observation", status: "final", ...elements };
      expect(left(resource)).to.deep.equal([]);
      expect(report(resource).refused).to.deep.equal([{ resourceType: "Observation", reason: "modifier", count: 1 }]);
    }
  });

  it("counts what was dropped, made coarser and replaced, by the eighteen identifiers", () => {
    const { kept, dropped, generalized, pseudonyms, refused } = report({
      resourceType: "Patient",
      id: "p1",
      text: { status: "generated", div: "<div>Ottoline</div>" },
      name: [{ family: "Quillfeather" }, { text: "Ottoline" }],
      telecom: [
        { system: "phone" },
        { system: "fax" },
        { system: "email" },
        { system: "url" },
        { system: "constructor" },
      ],
      identifier: ["SS", "MR", "MB", "AN", "DL", "VIN", "SNO", "constructor"]
        .map((code): object => ({ type: { coding: [{ code }] }, value: "1" }))
        .concat({ value: "1" }),
      birthDate: "1974-12-25",
      address: [{ state: "MA", postalCode: "02139" }, { city: "Cambridge" }],
      photo: [{ data: "…" }],
      managingOrganization: { reference: "Organization/1" },
      generalPractitioner: [{ display: "Ottoline" }],
      maritalStatus: { coding: [{ system: "http://hospital.example", code: "M" }] },
      nickname: "Otto",
    });
    expect({ kept, refused, pseudonyms }).to.deep.equal({ kept: 1, refused: [], pseudonyms: 2 });
    const some = (counts: Record<string, number>) =>
      Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    expect(some(generalized)).to.deep.equal({ dates: 1, places: 1 });
    expect(some(dropped)).to.deep.equal({
      names: 2,
      places: 1,
      telephones: 2,
      faxes: 1,
      emails: 1,
      urls: 1,
      socialSecurityNumbers: 1,
      medicalRecordNumbers: 1,
      healthPlanNumbers: 1,
      accounts: 1,
      licences: 1,
      vehicles: 1,
      devices: 1,
      photographs: 1,
      others: 3,
      text: 1,
      codes: 1,
      undefined: 1,
    });
  });

  it("rejects what is no FHIR resource", () => {
    expect(() => left({})).to.throw(NotFhirError);
    expect(() => left({ resourceType: "Ottoline" })).to.throw(UnknownResourceTypeError);
    const bundle = { resourceType: "Bundle", type: "collection", entry: [{ resource: {} }] } as unknown as Bundle;
    expect(() => left(bundle)).to.throw(NotFhirError);
  });

  it("rejects a time that is none, and a key of another length", () => {
    for (const wrong of [NaN, -1, Infinity, Date.UTC(2026, 0)]) {
      expect(() => deidentify([], { key, asOf: wrong })).to.throw(InvalidAsOfError);
    }
    expect(() => deidentify([], { key: new Uint8Array(16), asOf })).to.throw(PseudonymKeyLengthError);
  });
});
