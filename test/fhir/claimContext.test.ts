import { expect } from "chai";
import type { Bundle, Claim } from "fhir/r4.js";
import { claimContext } from "../../src/fhir/claimContext.js";
import { benefitOf, claimOf, item } from "./claims.js";

const claim = claimOf([item(1)], { identifier: [{ system: "http://clinic.example/claims", value: "17" }] });
const URN = "urn:uuid:5f1a3c52-4a3e-4f77-9d27-6d0f3f6a6f10";

function contextOf(...entry: object[]) {
  return claimContext({ resourceType: "Bundle", type: "collection", entry } as Bundle);
}

function isFoundFor(asked: Claim, more: object): boolean {
  return contextOf({ fullUrl: URN, resource: claim }, { resource: benefitOf([], more) }).benefitsOf(asked).length === 1;
}

describe("claimContext benefitsOf", () => {
  it("finds the benefit that refers to the claim, by fullUrl, relative or absolute, of whatever version", () => {
    for (const reference of [URN, "Claim/c", "Claim/c/_history/2", "https://fhir.example/Claim/c"]) {
      expect(isFoundFor(claim, { claim: { reference } }), reference).to.equal(true);
    }
  });

  it("finds it for an equal copy of the claim, and for a claim without an id", () => {
    expect(isFoundFor(structuredClone(claim), { claim: { reference: URN } })).to.equal(true);
    const { id, ...anonymous } = claim;
    const context = contextOf(
      { fullUrl: URN, resource: anonymous },
      { resource: benefitOf([], { claim: { reference: URN } }) },
    );
    expect(id).to.equal("c");
    expect(context.benefitsOf(anonymous)).to.have.length(1);
  });

  it("finds a reference to a claim that is not in the bundle", () => {
    const context = contextOf({ resource: benefitOf([], { claim: { reference: "https://fhir.example/Claim/c" } }) });
    expect(context.benefitsOf(claim)).to.have.length(1);
  });

  it("finds one without a reference by the claim's id or identifier", () => {
    expect(
      isFoundFor(claim, { claim: undefined, identifier: [{ system: "http://any.example", value: "c" }] }),
    ).to.equal(true);
    expect(isFoundFor(claim, { claim: undefined, identifier: claim.identifier! })).to.equal(true);
  });

  it("takes no identifier of another system, of another patient, or without a patient", () => {
    const identifier = [{ system: "http://other.example", value: "17" }];
    expect(isFoundFor(claim, { claim: undefined, identifier })).to.equal(false);
    for (const patient of [{ reference: "Patient/q" }, undefined]) {
      expect(isFoundFor(claim, { claim: undefined, identifier: claim.identifier!, patient })).to.equal(false);
    }
  });

  it("takes no identifier against a reference to another claim, and no equal id alone", () => {
    expect(isFoundFor(claim, { claim: { reference: "Claim/d" }, identifier: claim.identifier! })).to.equal(false);
    expect(isFoundFor(claim, { claim: undefined, id: "c" })).to.equal(false);
  });

  it("takes none that is cancelled, of a preauthorisation, or failed", () => {
    for (const more of [{ status: "cancelled" }, { use: "preauthorization" }, { outcome: "error" }]) {
      expect(isFoundFor(claim, more)).to.equal(false);
    }
    expect(isFoundFor(claim, { outcome: "partial" })).to.equal(true);
  });
});

describe("claimContext find", () => {
  const encounter = { resourceType: "Encounter", id: "e" };

  it("finds what the bundle or the resource itself holds", () => {
    const context = contextOf({ fullUrl: URN, resource: encounter });
    const holder = { ...claim, contained: [{ resourceType: "Encounter", id: "in" }] } as unknown as Claim;
    for (const reference of [URN, "Encounter/e"]) expect(context.find(claim, { reference })).to.equal(encounter);
    expect(context.find(holder, { reference: "#in" })).to.equal(holder.contained![0]);
  });

  it("finds nothing where there is none, or several", () => {
    const context = contextOf({ resource: encounter }, { resource: { ...encounter } });
    for (const reference of ["Encounter/e", "Encounter/x", "#e", ""]) {
      expect(context.find(claim, { reference }), reference).to.equal(undefined);
    }
    expect(context.find(claim, undefined)).to.equal(undefined);
  });
});
