import { expect } from "chai";
import fc from "fast-check";
import type { Coverage } from "fhir/r4.js";
import {
  coverageIdentifier,
  CoverageNotInsurableError,
  coverageOf,
  policyFromCoverage,
  type CoveredPolicy,
} from "../../src/fhir/coverage.js";
import { parseResource } from "../../src/fhir/resource.js";
import { YearOutOfRangeError } from "../../src/fhir/time.js";
import { INSURER, PATIENT, POLICY_ID, PROVIDER } from "./adjudicatedClaims.js";
import { example, examplesOf } from "./examples.js";

const FIRST = Date.UTC(2026, 0, 1) / 86_400_000;
const PLAN = `0x${"a1".repeat(32)}` as const;
const BOOK = { chainId: 1n };
// EIP-55 has this account in mixed case.
const PAYOR = "0xde709f2102306220921060314715629080e2fb77";

const policy: CoveredPolicy = {
  id: POLICY_ID,
  plan: PLAN,
  planName: "Silver 2026",
  patient: PATIENT,
  holder: PROVIDER,
  insurer: INSURER,
  firstDay: FIRST,
  endDay: FIRST + 365,
};
const coverage = coverageOf(policy, { chainId: 1n, today: FIRST });
const did = (address: string, chain = "1") => ({
  identifier: { system: "urn:ietf:rfc:3986", value: `did:pkh:eip155:${chain}:${address}` },
});
const planClass = (value: string, system = "http://terminology.hl7.org/CodeSystem/coverage-class", code = "plan") => ({
  type: { coding: [{ system, code }] },
  value,
});

function reasonsAgainst(parts: Partial<Coverage>): string[] {
  try {
    policyFromCoverage({ ...coverage, ...parts }, BOOK);
  } catch (error) {
    expect(error).to.be.instanceOf(CoverageNotInsurableError);
    return (error as CoverageNotInsurableError).reasons.map(({ path, reason }) => `${path} ${reason}`);
  }
  return [];
}

describe("coverageIdentifier", () => {
  it("is the policy's id as a URI", () => {
    expect(coverageIdentifier(POLICY_ID)).to.deep.equal({
      system: "urn:ietf:rfc:3986",
      value: `urn:aceso:coverage:${POLICY_ID}`,
    });
  });
});

describe("coverageOf", () => {
  it("says who is insured, by whom, for whom, when and how", () => {
    expect(coverage).to.deep.equal({
      resourceType: "Coverage",
      identifier: [coverageIdentifier(POLICY_ID)],
      status: "active",
      policyHolder: did(PROVIDER),
      beneficiary: { type: "Patient", ...did(PATIENT) },
      period: { start: "2026-01-01", end: "2026-12-31" },
      payor: [{ type: "Organization", ...did(INSURER) }],
      class: [{ ...planClass(PLAN), name: "Silver 2026" }],
    });
    expect(parseResource(JSON.stringify(coverage))).to.deep.equal(coverage);
  });

  it("names no plan that has no name", () => {
    const { planName: _, ...nameless } = policy;
    expect(coverageOf(nameless, { chainId: 1n, today: FIRST }).class![0]).not.to.have.property("name");
  });

  it("stays active after its term, and is cancelled from the last day on when terminated", () => {
    const stands = (today: number, endDay?: number) => {
      const { status, period } = coverageOf(policy, { chainId: 1n, today, ...(endDay !== undefined && { endDay }) });
      return [status, period?.end];
    };
    expect(stands(FIRST + 400)).to.deep.equal(["active", "2026-12-31"]);
    expect(stands(FIRST + 9, FIRST + 10)).to.deep.equal(["active", "2026-01-10"]);
    expect(stands(FIRST + 10, FIRST + 10)).to.deep.equal(["cancelled", "2026-01-10"]);
    expect(stands(FIRST - 20, FIRST)).to.deep.equal(["cancelled", undefined]);
    expect(stands(FIRST - 20, FIRST - 5)).to.deep.equal(["cancelled", undefined]);
  });

  it("refuses a day FHIR cannot write", () => {
    const far = { ...policy, firstDay: 2 ** 23, endDay: 2 ** 23 + 1 };
    expect(() => coverageOf(far, { chainId: 1n, today: FIRST })).to.throw(YearOutOfRangeError);
  });
});

describe("policyFromCoverage", () => {
  it("gives back what coverageOf wrote, for any term", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 1, max: 366 }), (firstDay, days) => {
        const { id: _, ...draft } = { ...policy, firstDay, endDay: firstDay + days };
        const written = coverageOf({ ...draft, id: POLICY_ID }, { chainId: 1n, today: firstDay });
        expect(policyFromCoverage(written, BOOK)).to.deep.equal({ ...draft, insurer: PAYOR });
      }),
    );
  });

  it("takes the subscriber as holder, and without one the beneficiary", () => {
    const { policyHolder: _, ...unheld } = coverage;
    expect(policyFromCoverage(unheld, BOOK).holder).to.equal(PATIENT);
    expect(policyFromCoverage({ ...unheld, subscriber: did(INSURER) }, BOOK).holder).to.equal(PAYOR);
    expect(policyFromCoverage({ ...coverage, subscriber: did(INSURER) }, BOOK).holder).to.equal(PROVIDER);
  });

  it("finds parties in the account book, by reference, URI or system and value", () => {
    const named = {
      ...coverage,
      beneficiary: { reference: "Patient/5" },
      policyHolder: { identifier: { system: "urn:ietf:rfc:3986", value: "urn:oid:1.2" } },
      payor: [{ identifier: { system: "http://ehic.com/insurer", value: "123" } }],
    };
    const accounts = {
      "Patient/5": PATIENT,
      "urn:oid:1.2": PROVIDER,
      "http://ehic.com/insurer|123": INSURER,
    } as const;
    const { patient, holder, insurer } = policyFromCoverage(named, { ...BOOK, accounts });
    expect([patient, holder, insurer]).to.deep.equal([PATIENT, PROVIDER, INSURER]);
  });

  it("takes a plan by its id, and any other value as the plan's name", () => {
    const read = (classes: Coverage["class"]) => policyFromCoverage({ ...coverage, class: classes! }, BOOK);
    expect(read([planClass(PLAN.toUpperCase().replace("0X", "0x"))]))
      .to.include({ plan: PLAN })
      .and.not.have.property("planName");
    expect(read([planClass("BG4352")]))
      .to.include({ planName: "BG4352" })
      .and.not.have.property("plan");
    for (const none of [[], [planClass(PLAN, "http://other")], [planClass(PLAN, undefined, "group")]]) {
      expect(read(none)).not.to.have.any.keys("plan", "planName");
    }
  });

  it("takes times that bound whole days, in any time zone", () => {
    const period = { start: "2026-01-01T02:00:00+02:00", end: "2026-01-31T23:59:59Z" };
    const { firstDay, endDay } = policyFromCoverage({ ...coverage, period }, BOOK);
    expect([firstDay, endDay]).to.deep.equal([FIRST, FIRST + 31]);
    expect(policyFromCoverage({ ...coverage, period: { start: "2026", end: "2026" } }, BOOK).endDay).to.equal(
      FIRST + 365,
    );
  });

  const refused: [Partial<Coverage>, string][] = [
    [{ status: "cancelled" }, "Coverage.status is not active"],
    [{ implicitRules: "http://x" }, "Coverage.implicitRules changes the meaning by rules not known here"],
    [{ modifierExtension: [{ url: "http://x" }] }, "Coverage.modifierExtension changes the meaning"],
    [{ payor: [] }, "Coverage.payor[0] names nobody"],
    [{ payor: [did(INSURER), did(PATIENT)] }, "Coverage.payor names several insurers"],
    [{ beneficiary: {} }, "Coverage.beneficiary names nobody"],
    [{ beneficiary: { identifier: { system: "http://x" } } }, "Coverage.beneficiary names nobody"],
    [{ policyHolder: did(PATIENT, "5") }, "Coverage.policyHolder is an account of another chain"],
    [{ policyHolder: did("0x12") }, "Coverage.policyHolder is an account whose address is malformed"],
    [
      { payor: [{ reference: "toString" }] },
      "Coverage.payor[0] is no did:pkh account, and has none in the account book",
    ],
    [{ period: { start: "2026-01-01" } }, "Coverage.period.end is missing"],
    [{ period: { end: "2026-01-01" } }, "Coverage.period.start is missing"],
    [{ period: { start: "2026-02-30", end: "2026-03-01" } }, "Coverage.period.start is no date"],
    [{ period: { start: "1969-12-31", end: "1970-01-02" } }, "Coverage.period.start is before 1970"],
    [
      { period: { start: "2026-01-01T12:00:00Z", end: "2026-01-31" } },
      "Coverage.period.start does not bound a whole day in UTC",
    ],
    [
      { period: { start: "2026-01-01", end: "2026-01-31T12:00:00Z" } },
      "Coverage.period.end does not bound a whole day in UTC",
    ],
    [{ period: { start: "2026-01-02", end: "2026-01-01" } }, "Coverage.period ends before it starts"],
    [
      { period: { start: "2026-01-01", end: "2027-01-02" } },
      "Coverage.period is longer than 366 days, both ends included",
    ],
    [{ class: [planClass(PLAN), planClass("BG4352")] }, "Coverage.class names several plans"],
  ];
  for (const [parts, reason] of refused) {
    it(`refuses one where ${reason}`, () => expect(reasonsAgainst(parts)).to.deep.equal([reason]));
  }

  it("gives all the reasons at once", () => {
    expect(reasonsAgainst({ status: "draft", period: {}, payor: [] })).to.have.lengthOf(4);
  });

  it("refuses HL7's examples by name, even where their parties have accounts", () => {
    const accounts = {
      "Patient/4": PATIENT,
      "Patient/5": PATIENT,
      "http://benefitsinc.com/FHIR/Organization/CBI35": PROVIDER,
      "Organization/2": INSURER,
      "http://ehic.com/insurer|123456789": INSURER,
    } as const;
    const reasons = examplesOf("Coverage").map((name) => {
      const read = () => policyFromCoverage(example<Coverage>(name), { ...BOOK, accounts });
      expect(read).to.throw(CoverageNotInsurableError);
      try {
        return read();
      } catch (error) {
        return [name, ...(error as CoverageNotInsurableError).reasons.map(({ path }) => path)];
      }
    });
    expect(reasons).to.have.deep.members([
      ["Coverage-7546D", "Coverage.period"],
      ["Coverage-7547E", "Coverage.period.start"],
      ["Coverage-9876B1", "Coverage.period"],
      ["Coverage-SP1234", "Coverage.type", "Coverage.period.start"],
    ]);
  });

  it("reads an example of HL7 whose period is a year", () => {
    const read = policyFromCoverage(
      { ...example<Coverage>("Coverage-7546D"), period: { start: "2011-03-17", end: "2012-03-16" } },
      { ...BOOK, accounts: { "Patient/5": PATIENT, "Organization/2": INSURER } },
    );
    expect(read).to.deep.equal({
      patient: PATIENT,
      holder: PATIENT,
      insurer: INSURER,
      firstDay: 15_050,
      endDay: 15_416,
      planName: "BG4352",
    });
  });
});
