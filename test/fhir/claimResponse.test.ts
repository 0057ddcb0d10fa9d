import { expect } from "chai";
import fc from "fast-check";
import { claimResponse } from "../../src/fhir/claimResponse.js";
import { parseResource } from "../../src/fhir/resource.js";
import {
  anyClaim,
  cents,
  CLAIM_ID,
  claimOf,
  INSURER,
  line,
  PATIENT,
  POLICY_ID,
  PROVIDER,
} from "./adjudicatedClaims.js";

const identified = (value: string) => ({ system: "urn:ietf:rfc:3986", value });
const account = (address: string) => identified(`did:pkh:eip155:11155111:${address}`);

describe("claimResponse", () => {
  it("answers the claim: who asked, under which coverage, who is paid", () => {
    const { item: _, total: __, ...response } = claimResponse(claimOf([line()], {}, { type: "professional" }));
    expect(response).to.deep.equal({
      resourceType: "ClaimResponse",
      identifier: [identified(`urn:aceso:claim:${CLAIM_ID}`)],
      status: "active",
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/claim-type", code: "professional" }] },
      use: "claim",
      patient: { type: "Patient", identifier: account(PATIENT) },
      created: "2026-03-01T12:00:00Z",
      insurer: { type: "Organization", identifier: account(INSURER) },
      requestor: { identifier: account(PROVIDER) },
      request: { type: "Claim", identifier: identified(`urn:aceso:claim:${CLAIM_ID}`) },
      outcome: "complete",
      disposition: "The claim is settled.",
      payeeType: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/payeetype", code: "provider" }] },
      insurance: [
        {
          sequence: 1,
          focal: true,
          coverage: { type: "Coverage", identifier: identified(`urn:aceso:coverage:${POLICY_ID}`) },
        },
      ],
    });
  });

  it("has items, details and subDetails by the numbers of the claim's document", () => {
    const lines = ["3", "5.2", "5.4.1"].map((sequence) => line({ sequence, inNetwork: false }));
    const { item } = claimResponse(claimOf(lines, { benefit: 1n }));
    expect(item!.map(({ itemSequence }) => itemSequence)).to.deep.equal([3, 5]);
    expect(item![0]).not.to.have.any.keys("detail", "noteNumber");
    expect(item![1]!.detail!.map(({ detailSequence }) => detailSequence)).to.deep.equal([2, 4]);
    expect(item![1]!.detail![0]).not.to.have.property("subDetail");
    expect(item![1]!.detail![1]!.subDetail!.map(({ subDetailSequence }) => subDetailSequence)).to.deep.equal([1]);
    expect(item![1]!.detail![1]!.subDetail![0]!.adjudication).to.deep.equal(item![0]!.adjudication);
  });

  it("says at the head what the insurer took off, and explains lines by notes", () => {
    const claim = claimOf([line()], { status: "Decided", benefit: cents(5_000), disputed: cents(7_500) });
    const { adjudication, processNote, outcome } = claimResponse(claim);
    expect(adjudication!.map(({ amount }) => amount)).to.deep.equal([{ value: 75, currency: "USD" }]);
    expect([processNote![0]!.text, outcome]).to.deep.equal([adjudication![0]!.reason!.text, "partial"]);
    const denied = claimResponse(claimOf([line()], { benefit: 0n }));
    expect(denied.item![0]!.noteNumber).to.deep.equal([1]);
  });

  it("is a FHIR resource that its JSON gives back, for any claim", () => {
    fc.assert(
      fc.property(anyClaim, (claim) => {
        const response = claimResponse(claim);
        expect(parseResource(JSON.stringify(response))).to.deep.equal(response);
      }),
      { numRuns: 30 },
    );
  });
});
