import { expect } from "chai";
import fc from "fast-check";
import {
  claimLines,
  ForeignCurrencyError,
  MissingItemsError,
  NegativeTotalError,
  NotAClaimError,
} from "../../src/fhir/claim.js";
import { claimContext } from "../../src/fhir/claimContext.js";
import { MalformedClaimError } from "../../src/fhir/claimItems.js";
import { CLAIM_RULES, UNBILLABLE_REASONS } from "../../src/fhir/claimRules.js";
import { fullEntriesOf } from "../../src/fhir/resource.js";
import { thousandths } from "../../src/insurance/quantity.js";
import { tokenUnits } from "../../src/token/amount.js";
import { billedIn, claimOf, coded, item, read, refusedIn, rulesOf, usd } from "./claims.js";
import { example, examplesOf, syntheaBundles } from "./examples.js";

const priced = item(1, { net: usd(125) });
const centsOf = (amounts: readonly string[]) => amounts.reduce((sum, each) => sum + BigInt(each.replace(".", "")), 0n);

describe("claimLines", () => {
  it("reads a complete claim without applying any rule", () => {
    const full = item(1, { unitPrice: usd(50), quantity: { value: 2.5 }, factor: 1, net: usd(125) });
    const claim = read(claimOf([full], { total: usd(125), diagnosis: [{ sequence: 1 }] }));
    expect(claim).to.deep.equal({
      lines: [
        {
          sequence: "1",
          system: "http://www.ama-assn.org/go/cpt",
          code: "99213",
          day: "2026-03-02",
          quantity: "2.5",
          billed: "125.00",
        },
      ],
      unbillable: [],
      applied: [],
      currency: "USD",
      total: "125.00",
      patient: "Patient/p",
      provider: "Organization/o",
      coverage: "Coverage/v",
      created: "2026-03-09",
      use: "claim",
      preAuthRef: [],
      diagnosisCount: 1,
    });
  });

  it("computes a net from unit price, quantity and factor, exactly, and says so", () => {
    const given = item(1, { unitPrice: usd(1.1), quantity: { value: 1.1 }, factor: 3 });
    const claim = read(claimOf([given]));
    expect(billedIn(claim)).to.deep.equal(["1 3.63"]);
    expect(rulesOf(claim)).to.deep.equal(["net-computed"]);
  });

  it("bills the net where it differs from its factors, and says so", () => {
    const claim = read(claimOf([item(1, { unitPrice: usd(250), quantity: { value: 24 }, net: usd(250) })]));
    expect(billedIn(claim)).to.deep.equal(["1 250.00"]);
    expect(rulesOf(claim)).to.deep.equal(["net-differs"]);
  });

  it("rounds half up at the currency's places, and says so", () => {
    const billed = (value: number, decimals = 2) => {
      const claim = read(claimOf([item(1, { net: usd(value) })]), [], { decimals });
      return [claim.lines[0]!.billed, ...rulesOf(claim)];
    };
    expect(billed(129.16000000000003)).to.deep.equal(["129.16", "rounded"]);
    expect(billed(0.125)).to.deep.equal(["0.13", "rounded"]);
    expect(billed(129.5, 0)).to.deep.equal(["130", "rounded"]);
    expect(billed(129.5)).to.deep.equal(["129.50"]);
  });

  it("takes one for a missing quantity and rounds to thousandths, and says so", () => {
    const claim = read(
      claimOf([
        item(1, { net: usd(1), quantity: undefined }),
        item(2, { net: usd(1), quantity: { value: 0.30000000000000004 } }),
      ]),
    );
    expect(claim.lines.map(({ quantity }) => quantity)).to.deep.equal(["1", "0.3"]);
    expect(rulesOf(claim)).to.deep.equal(["quantity-one", "quantity-rounded"]);
  });

  it("keeps the zeros of a whole quantity", () => {
    expect(read(claimOf([item(1, { net: usd(1), quantity: { value: 100 } })])).lines[0]!.quantity).to.equal("100");
  });

  it("takes the claim's currency for an amount without one, and says so", () => {
    const claim = read(claimOf([item(1, { net: { value: 5 } })], { total: usd(5) }));
    expect(rulesOf(claim)).to.deep.equal(["currency-assumed"]);
  });

  it("bills the details instead of a line they add up to", () => {
    const detail = [
      item(1, { net: usd(100) }),
      item(2, { subDetail: [item(1, { net: usd(20) }), item(2, { net: usd(5) })] }),
    ];
    const claim = read(claimOf([item(1, { net: usd(125), detail })], { total: usd(125) }));
    expect(billedIn(claim)).to.deep.equal(["1.1 100.00", "1.2.1 20.00", "1.2.2 5.00"]);
    expect(claim.applied).to.deep.equal([]);
  });

  it("bills the line as one where a detail has no price, no code, a negative price, or the sum differs", () => {
    const others = [{}, { net: usd(25), productOrService: {} }, { net: usd(-25) }, { net: usd(26) }];
    for (const other of others) {
      const detail = [item(1, { net: usd(100) }), item(2, other)];
      const claim = read(claimOf([item(1, { net: usd(125), detail })]));
      expect(billedIn(claim)).to.deep.equal(["1 125.00"]);
      expect(rulesOf(claim)).to.deep.equal(["whole-line"]);
    }
  });

  it("bills the details of a line without a price, and the line where no detail has one", () => {
    const some = [item(1, { net: usd(100) }), item(2)];
    expect(billedIn(read(claimOf([item(1, { detail: some })])))).to.deep.equal(["1.1 100.00"]);
    expect(billedIn(read(claimOf([item(1, { detail: [item(1), item(2)] })], { total: usd(7) })))).to.deep.equal([
      "1 7.00",
    ]);
  });

  it("numbers lines as they stand where numbers repeat or are missing, and says so", () => {
    for (const second of [1, undefined]) {
      const claim = read(claimOf([priced, item(1, { sequence: second, net: usd(1) })]));
      expect(claim.lines.map(({ sequence }) => sequence)).to.deep.equal(["1", "2"]);
      expect(rulesOf(claim)).to.deep.equal(["renumbered"]);
    }
  });

  it("bills the focal of two coverages, else the first, and says so", () => {
    const coverages = (...focal: boolean[]) =>
      focal.map((focal, place) => ({ sequence: 2 - place, focal, coverage: { reference: `Coverage/${2 - place}` } }));
    const focal = read(claimOf([priced], { insurance: coverages(true, false) }));
    expect([focal.coverage, ...rulesOf(focal)]).to.deep.equal(["Coverage/2", "focal-coverage"]);
    const none = read(claimOf([priced], { insurance: coverages(false, false) }));
    expect([none.coverage, ...rulesOf(none)]).to.deep.equal(["Coverage/1", "first-coverage"]);
  });

  it("gives every line the one preauthorisation, and none of several", () => {
    const withRefs = (preAuthRef: string[]) =>
      read(claimOf([priced], { insurance: [{ sequence: 1, focal: true, coverage: {}, preAuthRef }] }));
    expect(withRefs(["PA1"]).lines[0]!.preAuthRef).to.equal("PA1");
    const two = withRefs(["PA1", "PA2"]);
    expect(two.lines[0]).not.to.have.property("preAuthRef");
    expect(two.preAuthRef).to.deep.equal(["PA1", "PA2"]);
    expect(rulesOf(two)).to.deep.equal(["preauthorization-unassigned"]);
  });

  it("names parties by identifier or display where there is no reference", () => {
    const claim = read(
      claimOf([priced], { patient: { identifier: { system: "s", value: "v" } }, provider: { display: "Clinic" } }),
    );
    expect(claim).to.include({ patient: "s|v", provider: "Clinic" });
  });

  it("reports a total that differs from the lines, and bills the lines", () => {
    const claim = read(claimOf([priced], { total: usd(100) }));
    expect(billedIn(claim)).to.deep.equal(["1 125.00"]);
    expect(rulesOf(claim)).to.deep.equal(["total-differs"]);
  });

  it("lists what can't be billed, with the reason and what it asked for", () => {
    const claim = read(
      claimOf([
        item(1, { net: usd(5), productOrService: { coding: [{ code: "1200" }] } }),
        item(2, { net: usd(-5) }),
        item(3, { net: { value: 5, currency: "EUR" } }),
        item(4, { net: usd(5), quantity: { value: 0 } }),
        item(5, { unitPrice: usd(5), quantity: { value: -1 } }),
        item(6, { unitPrice: usd(5), factor: -1 }),
        item(7, { net: usd(0) }),
        item(8),
        item(9, { net: usd(5), quantity: { value: 100_000.001 } }),
        item(10, { net: usd(5), unitPrice: usd(-5) }),
        item(11, { net: usd(5), unitPrice: { value: 5, currency: "EUR" } }),
      ]),
    );
    expect(claim.lines).to.deep.equal([]);
    expect(claim.unbillable.map(({ reason, amount }) => [reason, amount])).to.deep.equal([
      ["no-code", "5.00"],
      ["negative-price", "-5.00"],
      ["foreign-currency", undefined],
      ["bad-quantity", "5.00"],
      ["bad-quantity", undefined],
      ["negative-price", undefined],
      ["no-charge", "0.00"],
      ["no-price", undefined],
      ["bad-quantity", "5.00"],
      ["negative-price", "5.00"],
      ["foreign-currency", undefined],
    ]);
    for (const { reason, sentence } of claim.unbillable) expect(sentence).to.equal(UNBILLABLE_REASONS[reason]);
  });

  it("bills nothing of a claim that is not active or asks for no payment", () => {
    for (const status of ["cancelled", "draft", "entered-in-error", undefined]) {
      expect(refusedIn(read(claimOf([priced], { status })))).to.deep.equal(["1 not-active"]);
    }
    for (const use of ["preauthorization", "predetermination", undefined]) {
      expect(refusedIn(read(claimOf([priced], { use })))).to.deep.equal(["1 not-for-payment"]);
    }
  });

  it("rejects what is no Claim, has no items, a negative total, or another currency than the plan", () => {
    expect(() => claimLines({ resourceType: "Patient" })).to.throw(NotAClaimError);
    for (const items of [[], undefined]) expect(() => read(claimOf(items as [])), "items").to.throw(MissingItemsError);
    expect(() => read(claimOf([priced], { total: usd(-1) }))).to.throw(NegativeTotalError);
    expect(() => read(claimOf([priced]), [], { currency: "EUR" })).to.throw(ForeignCurrencyError);
    expect(read(claimOf([priced]), [], { currency: "USD" }).lines).to.have.length(1);
  });

  it("rejects numbers and lists that are none", () => {
    const items = [
      { net: usd("12" as unknown as number) },
      { net: 12 },
      { quantity: 24 },
      { quantity: { value: "2" } },
      { unitPrice: usd(NaN) },
      { factor: "1" },
      { detail: {} },
      { detail: [null] },
      { productOrService: { coding: "x" } },
    ];
    for (const more of items) expect(() => read(claimOf([item(1, more)]))).to.throw(MalformedClaimError);
    for (const more of [{ item: {} }, { insurance: {} }, { total: 5 }, { diagnosis: [null] }]) {
      expect(() => read(claimOf([priced], more)), JSON.stringify(more)).to.throw(MalformedClaimError);
    }
    const insurance = [{ sequence: 1, focal: true, coverage: {}, preAuthRef: "PA1" }];
    expect(() => read(claimOf([priced], { insurance }))).to.throw(MalformedClaimError);
  });

  it("accounts for every item once, and for every cent, never beyond a total the items don't exceed", () => {
    const money = fc.integer({ min: -5, max: 500 }).map((cents) => usd(cents / 100));
    const part = fc.record(
      {
        net: money,
        productOrService: fc.constantFrom(coded("1"), {}),
        quantity: fc.constantFrom({ value: 2 }, { value: 0 }),
      },
      { requiredKeys: [] },
    );
    const withDetails = fc.tuple(part, fc.array(part, { maxLength: 3 })).map(([more, details]) => ({
      ...more,
      ...(details.length > 0 && { detail: details.map((each, place) => item(place + 1, each)) }),
    }));
    const items = fc.array(withDetails, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(items, fc.option(fc.integer({ min: 0, max: 2000 })), (parts, cents) => {
        const asked = parts.map((more, place) => item(place + 1, more));
        const claim = read(claimOf(asked, cents === null ? {} : { total: usd(cents / 100) }));
        const listed = [...claim.lines, ...claim.unbillable].map(({ sequence }) => sequence);
        expect(new Set(listed).size).to.equal(listed.length);
        for (const { sequence, detail = [] } of asked) {
          const own = listed.includes(`${sequence}`);
          const inner = detail.filter((each) => listed.includes(`${sequence}.${each.sequence}`)).length;
          expect(inner, "a line or its details").to.equal(own ? 0 : detail.length);
          if (detail.length === 0) expect(own).to.equal(true);
        }

        const billed = centsOf(claim.lines.map(({ billed }) => billed));
        const accounted = billed + centsOf(claim.unbillable.flatMap(({ amount }) => amount ?? []));
        const stated = asked.reduce((sum, { net, detail = [] }) => {
          const inner = detail.reduce((sum, { net }) => sum + Math.round((net?.value ?? 0) * 100), 0);
          return sum + (net ? Math.round(net.value! * 100) : inner);
        }, 0);
        const isFromTotal = rulesOf(claim).includes("price-from-total");
        expect(accounted).to.equal(BigInt(isFromTotal ? cents! : stated));
        const isDifferent = cents !== null && accounted !== BigInt(cents);
        expect(rulesOf(claim).includes("total-differs")).to.equal(isDifferent);
      }),
    );
  });

  it("reads HL7's examples: lines, or the reason for each item", () => {
    const claims = examplesOf("Claim").map((name) => claimLines(example(name)));
    expect(claims).to.have.length(17);
    for (const claim of claims) expect(claim.lines.length + claim.unbillable.length).to.be.greaterThan(0);
    const reasons = new Set(claims.flatMap(({ unbillable }) => unbillable.map(({ reason }) => reason)));
    expect([...reasons].sort()).to.deep.equal(["no-code", "not-for-payment"]);
    expect(centsOf(claims.flatMap(({ lines }) => lines.map(({ billed }) => billed)))).to.equal(1_725_497n);
  });

  it("bills all Synthea's patients were charged, to the cent, and lists their diagnoses", function () {
    const bundles = syntheaBundles();
    if (bundles.length === 0) return this.skip();
    const claims = bundles.flatMap((bundle) => {
      const context = claimContext(bundle);
      return fullEntriesOf(bundle).flatMap(({ resource }) =>
        resource.resourceType === "Claim" ? claimLines(resource, { context }) : [],
      );
    });
    expect(claims).to.have.length(20);
    for (const { lines, unbillable, total, applied } of claims) {
      expect(centsOf(lines.map(({ billed }) => billed))).to.equal(centsOf([total!]));
      for (const { reason } of unbillable) expect(reason).to.equal("diagnosis");
      for (const { rule, sentence } of applied) expect(sentence).to.equal(CLAIM_RULES[rule]);
      for (const { billed, quantity } of lines)
        expect(tokenUnits(billed, 6) * thousandths(quantity)).to.be.greaterThan(0n);
    }
    expect(claims.flatMap(({ lines }) => lines)).to.have.length(41);
  });
});
