import { expect } from "chai";
import fc from "fast-check";
import { claimResponse } from "../../src/fhir/claimResponse.js";
import { explanationOfBenefit } from "../../src/fhir/explanationOfBenefit.js";
import { parseResource } from "../../src/fhir/resource.js";
import { anyClaim, CLAIM_ID, claimOf, INSURER, line, PATIENT, POLICY_ID, PROVIDER } from "./adjudicatedClaims.js";

const identified = (value: string) => ({ system: "urn:ietf:rfc:3986", value });
const account = (address: string) => identified(`did:pkh:eip155:11155111:${address}`);

describe("explanationOfBenefit", () => {
  it("has all a FHIR R4 ExplanationOfBenefit requires, and whom it is about", () => {
    const { item: _, total: __, ...benefit } = explanationOfBenefit(claimOf([line()]));
    expect(benefit).to.deep.equal({
      resourceType: "ExplanationOfBenefit",
      identifier: [identified(`urn:aceso:claim:${CLAIM_ID}`)],
      status: "active",
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/data-absent-reason", code: "unknown" }] },
      use: "claim",
      patient: { type: "Patient", identifier: account(PATIENT) },
      created: "2026-03-01T12:00:00Z",
      insurer: { type: "Organization", identifier: account(INSURER) },
      provider: { identifier: account(PROVIDER) },
      claim: { type: "Claim", identifier: identified(`urn:aceso:claim:${CLAIM_ID}`) },
      outcome: "complete",
      disposition: "The claim is settled.",
      payee: {
        type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/payeetype", code: "provider" }] },
        party: { identifier: account(PROVIDER) },
      },
      insurance: [
        { focal: true, coverage: { type: "Coverage", identifier: identified(`urn:aceso:coverage:${POLICY_ID}`) } },
      ],
      billablePeriod: { start: "2026-02-27", end: "2026-02-27" },
    });
  });

  it("says of each line which service, when, how much of it and for how much", () => {
    const { display: _, ...bare } = line({ sequence: "2", quantity: "0.125", day: "2026-02-20" });
    const { item, billablePeriod } = explanationOfBenefit(claimOf([line(), bare]));
    const { adjudication: __, ...first } = item![0]!;
    expect(first).to.deep.equal({
      sequence: 1,
      productOrService: {
        coding: [{ system: "http://www.ama-assn.org/go/cpt", code: "99213", display: "Office visit" }],
      },
      servicedDate: "2026-02-27",
      quantity: { value: 1 },
      net: { value: 125, currency: "USD" },
    });
    expect(item![1]!.quantity).to.deep.equal({ value: 0.125 });
    expect(item![1]!.productOrService.coding![0]).not.to.have.property("display");
    expect(billablePeriod).to.deep.equal({ start: "2026-02-20", end: "2026-02-27" });
  });

  it("groups details and subDetails under items that have no service of their own", () => {
    const lines = [line({ sequence: "1.1" }), line({ sequence: "1.2.1", day: "2026-02-25" }), line({ sequence: "2" })];
    const [group, single] = explanationOfBenefit(claimOf(lines)).item!;
    expect(group!.productOrService).to.deep.equal({ text: "Several services" });
    expect(group).not.to.have.any.keys("quantity", "servicedDate", "noteNumber");
    expect(group!.servicedPeriod).to.deep.equal({ start: "2026-02-25", end: "2026-02-27" });
    const [detail, nested] = group!.detail!;
    expect([detail!.sequence, detail!.quantity]).to.deep.equal([1, { value: 1 }]);
    expect(detail).not.to.have.property("subDetail");
    expect(nested!.subDetail!.map(({ sequence, net }) => [sequence, net!.value])).to.deep.equal([[1, 125]]);
    expect(single).not.to.have.property("detail");
  });

  it("names each preauthorisation once", () => {
    const lines = ["PA-1", "PA-2", "PA-1"].map((preAuthRef, i) => line({ sequence: `${i + 1}`, preAuthRef }));
    expect(explanationOfBenefit(claimOf(lines)).insurance[0]!.preAuthRef).to.deep.equal(["PA-1", "PA-2"]);
  });

  it("names the insurer's ClaimResponse by its digest, and none by a digest of zeros", () => {
    const responseOf = (digit: string) => {
      const decision = { time: 0, response: `0x${digit.repeat(64)}` } as const;
      return explanationOfBenefit(claimOf([line()], {}, { decision })).claimResponse;
    };
    expect(responseOf("d")!.identifier).to.deep.equal(identified(`urn:aceso:claim-response:0x${"d".repeat(64)}`));
    expect(responseOf("0")).to.be.undefined;
  });

  it("is a FHIR resource that its JSON gives back, and says what the ClaimResponse says, for any claim", () => {
    fc.assert(
      fc.property(anyClaim, (claim) => {
        const benefit = explanationOfBenefit(claim);
        expect(parseResource(JSON.stringify(benefit))).to.deep.equal(benefit);
        const { adjudication, total, processNote, item } = claimResponse(claim);
        expect(benefit).to.deep.include({ total });
        expect([benefit.adjudication, benefit.processNote]).to.deep.equal([adjudication, processNote]);
        expect(benefit.item!.map((each) => [each.sequence, each.adjudication, each.noteNumber])).to.deep.equal(
          item!.map((each) => [each.itemSequence, each.adjudication, each.noteNumber]),
        );
      }),
      { numRuns: 30 },
    );
  });
});
