import { expect } from "chai";
import { isLoinc, safeCoding } from "../../src/fhir/safeHarborCodes.js";

const HL7 = "http://terminology.hl7.org/CodeSystem/";

describe("safeCoding", () => {
  it("keeps the system and code of well-known terminologies", () => {
    for (const [system, codes] of [
      ["http://snomed.info/sct", "44054006 428191000124101 22298006"],
      ["http://loinc.org", "718-7 8302-2 85354-9 LA6568-5"],
      ["http://unitsofmeasure.org", "mg/dL"],
      ["http://www.nlm.nih.gov/research/umls/rxnorm", "316052 7980"],
      ["http://hl7.org/fhir/sid/cvx", "140"],
      ["http://hl7.org/fhir/sid/ndc", "0069-2587-10 50580-506-02 00069258710"],
      ["http://hl7.org/fhir/sid/icd-10-cm", "E11.9 C50.911 U07.1"],
      ["http://hl7.org/fhir/sid/icd-9-cm", "250.00 V22.2"],
      ["http://www.ama-assn.org/go/cpt", "99213 0001F"],
      ["http://www.whocc.no/atc", "C10AA05"],
      ["http://dicom.nema.org/resources/ontology/DCM", "CT 113014"],
      ["urn:ietf:bcp:47", "en en-US"],
      ["urn:oid:2.16.840.1.113883.6.238", "2028-9"],
      [`${HL7}v3-ActCode`, "AMB IMP"],
      [`${HL7}v3-Race`, "2028-9"],
      [`${HL7}ex-revenue-center`, "0010"],
      [`${HL7}condition-clinical`, "active"],
      ["http://hl7.org/fhir/administrative-gender", "female"],
    ] as const) {
      for (const code of codes.split(" ")) {
        expect(safeCoding({ system, code, display: "Ottoline", version: "Ottoline" }), code).to.deep.equal({
          system,
          code,
        });
      }
    }
  });

  it("drops a code that is not in its terminology's form", () => {
    for (const [system, codes] of [
      ["http://snomed.info/sct", "44054007 6175550199 219099999 44054006a"],
      ["http://loinc.org", "718-8 219-09-9999 1962-03 617-5550199"],
      ["http://unitsofmeasure.org", "Ottoline {Ottoline} mg{Ottoline}"],
      ["http://www.nlm.nih.gov/research/umls/rxnorm", "6175550199 219-09-9999"],
      ["http://hl7.org/fhir/sid/ndc", "617-555-0199 6175550199 219-09-9999"],
      ["http://hl7.org/fhir/sid/icd-10-cm", "Ottoline 1962-03-17"],
      ["urn:iso:std:iso:3166", "US-MA-Cambridge"],
      ["urn:ietf:bcp:47", "en-x-ottoline"],
      [`${HL7}v3-ActCode`, "Ottoline ott@example.org 02139 1962-03-17 617-555-0199 MRN-12345 a1b2c3d4e5"],
    ] as const) {
      for (const code of codes.split(" "))
        expect(safeCoding({ system, code }), `${system} ${code}`).to.equal(undefined);
    }
  });

  it("drops codes of other systems, or of none", () => {
    for (const system of [
      undefined,
      "",
      "http://hospital.example/codes",
      "http://hl7.org/fhir/sid/us-ssn",
      "http://hl7.org/fhir/sid/us-mbi",
      `${HL7}ottoline@example.org`,
      "https://terminology.hl7.org.example/CodeSystem/x",
      "constructor",
    ]) {
      expect(safeCoding({ ...(system !== undefined && { system }), code: "active" }), system).to.equal(undefined);
    }
    expect(safeCoding({ system: "http://loinc.org" })).to.equal(undefined);
    expect(safeCoding({ system: ["http://loinc.org"], code: { a: 1 } } as never)).to.equal(undefined);
  });
});

describe("isLoinc", () => {
  it("asks for the right check digit", () => {
    const right = Array.from({ length: 10 }, (_, digit) => `8302-${digit}`).filter(isLoinc);
    expect(right).to.deep.equal(["8302-2"]);
  });
});
