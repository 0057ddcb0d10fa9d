import { expect } from "chai";
import type { AuditEvent, CodeSystem, CodeSystemConcept, Coding } from "fhir/r4.js";
import { auditEventOf } from "../../src/fhir/auditEvent.js";
import { categoriesOf } from "../../src/fhir/categories.js";
import { parseResource } from "../../src/fhir/resource.js";
import { YearOutOfRangeError } from "../../src/fhir/time.js";
import { access, CLINIC, GATEWAY, PATIENT, REGISTRY, ZERO } from "./accesses.js";
import { example } from "./examples.js";

const CODE_SYSTEMS: Record<string, string> = {
  "http://terminology.hl7.org/CodeSystem/audit-entity-type": "CodeSystem-audit-entity-type",
  "http://terminology.hl7.org/CodeSystem/dicom-audit-lifecycle": "CodeSystem-dicom-audit-lifecycle",
  "http://terminology.hl7.org/CodeSystem/extra-security-role-type": "CodeSystem-extra-security-role-type",
  "http://terminology.hl7.org/CodeSystem/object-role": "CodeSystem-object-role",
  "http://terminology.hl7.org/CodeSystem/security-source-type": "CodeSystem-audit-source-type",
  "http://terminology.hl7.org/CodeSystem/v3-Confidentiality": "CodeSystem-v3-Confidentiality",
  "http://hl7.org/fhir/restful-interaction": "CodeSystem-restful-interaction",
  "http://terminology.hl7.org/CodeSystem/v3-ActReason": "CodeSystem-v3-ActReason",
  "http://terminology.hl7.org/CodeSystem/v3-ParticipationType": "CodeSystem-v3-ParticipationType",
};

const account = (address: string) => ({
  identifier: { system: "urn:ietf:rfc:3986", value: `did:pkh:eip155:11155111:${address}` },
});

function codingsIn(value: unknown): Coding[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "code" in value && "system" in value ? [value as Coding] : [];
  return [...own, ...Object.values(value).flatMap(codingsIn)];
}

function displayOf(concepts: readonly CodeSystemConcept[] = [], code: string): string | undefined {
  const found = concepts.find((concept) => concept.code === code);
  return found?.display ?? concepts.map(({ concept }) => displayOf(concept, code)).find((display) => display);
}

describe("auditEventOf", () => {
  const event = auditEventOf(
    access({ logIndex: 7, policy: `0x${"a1".repeat(32)}`, categories: ["laboratory", "restricted"] }),
  );

  it("has all a FHIR R4 AuditEvent requires", () => {
    expect(parseResource(JSON.stringify(event))).to.deep.equal(event);
    expect([event.action, event.outcome, event.recorded]).to.deep.equal(["R", "0", "2026-03-01T12:00:00Z"]);
    expect(event.type.code).to.equal("110110");
    expect(event.source.observer).to.deep.include(account(REGISTRY));
    expect(event.source.site).to.equal("eip155:11155111");
  });

  it("uses codes and displays as HL7's code systems have them", () => {
    const codings = codingsIn(event);
    const known = codings.filter(({ system }) => CODE_SYSTEMS[system!]);
    expect(known.length).to.equal(codings.length - 2 - 2);
    for (const { system, code, display } of known) {
      const { concept } = example<CodeSystem>(CODE_SYSTEMS[system!]!);
      expect(displayOf(concept, code!), `${system}|${code}`).to.equal(display);
    }
  });

  it("names the grantee, the member of staff by digest, and the sender; the staff requested", () => {
    expect(event.agent.map(({ who, altId, requestor }) => [who ?? altId, requestor])).to.deep.equal([
      [account(CLINIC), false],
      [`0x${"ef".repeat(32)}`, true],
      [account(GATEWAY), false],
    ]);
    expect(event.agent[0]!.policy).to.deep.equal([`urn:aceso:policy:0x${"a1".repeat(32)}`]);
  });

  it("lets the grantee request where no member of staff is logged, and names no zero policy", () => {
    const { agent } = auditEventOf(access({ actor: ZERO }));
    expect(agent.map(({ requestor }) => requestor)).to.deep.equal([true, false]);
    expect(agent[0]).not.to.have.property("policy");
  });

  it("says the purpose, an emergency as BTG", () => {
    const codeOf = ({ purposeOfEvent }: AuditEvent) => purposeOfEvent![0]!.coding![0]!.code;
    expect(codeOf(event)).to.equal("PUBHLTH");
    expect(codeOf(auditEventOf(access({ purpose: "BTG" })))).to.equal("BTG");
  });

  it("names patient, records, labels and the proof", () => {
    const [patient, records] = event.entity!;
    expect(patient!.what).to.deep.equal(account(PATIENT));
    expect(records!.what!.identifier!.value).to.equal(`urn:aceso:records:0x${"cd".repeat(32)}`);
    expect(records!.securityLabel!.map(({ code }) => code)).to.deep.equal(["R", "laboratory", "restricted"]);
    expect(records!.detail).to.deep.equal([
      { type: "transaction", valueString: `0x${"12".repeat(32)}` },
      { type: "block", valueString: "19000000" },
      { type: "logIndex", valueString: "7" },
    ]);
  });

  it("is itself restricted exactly where the records are", () => {
    expect(categoriesOf(event)).to.deep.equal(["encounters", "restricted"]);
    expect(categoriesOf(auditEventOf(access()))).to.deep.equal(["encounters"]);
  });

  it("refuses a time FHIR cannot write", () => {
    expect(() => auditEventOf(access({ time: -1 }))).to.throw(YearOutOfRangeError);
  });
});
