import { expect } from "chai";
import fc from "fast-check";
import { parseUnits } from "ethers";
import type { ClaimResponseItemAdjudication, CodeableConcept, CodeSystem, Coding, Money } from "fhir/r4.js";
import { OutcomeInconsistentError } from "../../src/fhir/adjudication.js";
import {
  AmountTooPreciseError,
  CurrencyCodeError,
  LineSequenceError,
  settlementOf,
  type SettledItem,
} from "../../src/fhir/settlement.js";
import { anyClaim, CLAIM_ID, cents, claimOf, line, outcomeOf, PATIENT, SUBMITTED } from "./adjudicatedClaims.js";
import { example } from "./examples.js";

const HL7_SYSTEMS: Record<string, string> = {
  "http://terminology.hl7.org/CodeSystem/adjudication": "CodeSystem-adjudication",
  "http://terminology.hl7.org/CodeSystem/claim-type": "CodeSystem-claim-type",
  "http://terminology.hl7.org/CodeSystem/data-absent-reason": "CodeSystem-data-absent-reason",
  "http://terminology.hl7.org/CodeSystem/ex-paymenttype": "CodeSystem-ex-paymenttype",
  "http://terminology.hl7.org/CodeSystem/payeetype": "CodeSystem-payeetype",
};

const BILLED = cents(12_500);
const PAID = SUBMITTED + 86_400;
const shared = outcomeOf(BILLED, { eligible: cents(10_000), copay: cents(2_000) });

const codeOf = ({ coding }: CodeableConcept) => coding!.at(-1)!.code;
const units = ({ value }: Money) => parseUnits(String(value), 6);
const totalOf = (claim: Parameters<typeof settlementOf>[0], name: string) =>
  settlementOf(claim).common.total.find(({ category }) => codeOf(category) === name)?.amount.value;
const unitsOf = (adjudication: readonly ClaimResponseItemAdjudication[], name: string) =>
  adjudication.filter(({ category }) => codeOf(category) === name).reduce((sum, each) => sum + units(each.amount!), 0n);

function unpaidUnits(adjudication: readonly ClaimResponseItemAdjudication[] = [], groups = ["CO", "PR"]): bigint {
  return adjudication
    .filter(({ reason }) => groups.includes(reason?.coding?.[0]?.code ?? ""))
    .reduce((sum, { amount }) => sum + units(amount!), 0n);
}

function codingsIn(value: unknown): Coding[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "code" in value && "system" in value ? [value as Coding] : [];
  return [...own, ...Object.values(value).flatMap(codingsIn)];
}

const leaves = (items: readonly SettledItem[]): SettledItem[] =>
  items.flatMap((item) => (item.line ? [item] : leaves(item.details)));

describe("settlementOf", () => {
  it("says of each line what it is, why, and whether it is in network, with a note for each reason", () => {
    const { items, common } = settlementOf(claimOf([line({ outcome: shared })]));
    const [{ sequence, net, noteNumber, adjudication }] = items as [SettledItem];
    expect({ sequence, net, noteNumber }).to.deep.equal({
      sequence: 1,
      net: { value: 125, currency: "USD" },
      noteNumber: [1, 2],
    });
    expect(adjudication.map(({ category, amount }) => [codeOf(category), amount?.value])).to.deep.equal([
      ["submitted", 125],
      ["eligible", 100],
      ["discount", 25],
      ["copay", 20],
      ["memberliability", 20],
      ["benefit", 80],
      ["benefitpaymentstatus", undefined],
    ]);
    expect(adjudication[3]!.reason!.coding).to.deep.equal([
      { system: "https://x12.org/codes/claim-adjustment-group-codes", code: "PR" },
      { system: "https://x12.org/codes/claim-adjustment-reason-codes", code: "3" },
    ]);
    expect(codeOf(adjudication[6]!.reason!)).to.equal("innetwork");
    expect(common.processNote).to.deep.equal([
      { number: 1, type: "display", text: adjudication[2]!.reason!.text },
      { number: 2, type: "display", text: adjudication[3]!.reason!.text },
    ]);
  });

  it("says out of network where a line is", () => {
    const [item] = settlementOf(claimOf([line({ inNetwork: false })])).items;
    expect(codeOf(item!.adjudication.at(-1)!.reason!)).to.equal("outofnetwork");
  });

  it("has no notes where there is nothing to explain", () => {
    const { items, common } = settlementOf(claimOf([line()]));
    expect(common).not.to.have.any.keys("processNote", "adjudication", "payment");
    expect(items[0]).not.to.have.property("noteNumber");
  });

  it("uses HL7's codes and displays", () => {
    const denied = claimOf([line({ outcome: shared })], {}, { type: "professional", paidAt: PAID });
    const known = codingsIn([settlementOf(denied), settlementOf(claimOf([line()]))]).filter(
      ({ system }) => HL7_SYSTEMS[system!],
    );
    expect(new Set(known.map(({ system }) => system)).size).to.equal(Object.keys(HL7_SYSTEMS).length);
    for (const { system, code, display } of known) {
      const { concept = [] } = example<CodeSystem>(HL7_SYSTEMS[system!]!);
      const found = concept.find((each) => each.code === code);
      expect(found, `${system}|${code}`).not.to.be.undefined;
      if (display !== undefined) expect(found!.display).to.equal(display);
    }
  });

  it("totals each category, in one order", () => {
    const lines = [line({ outcome: shared }), line({ sequence: "2" })];
    const totals = settlementOf(claimOf(lines)).common.total;
    expect(totals.map(({ category, amount }) => [codeOf(category), amount.value])).to.deep.equal([
      ["submitted", 250],
      ["eligible", 225],
      ["copay", 20],
      ["discount", 25],
      ["memberliability", 20],
      ["benefit", 205],
    ]);
  });

  it("takes what the insurer took off from the claim's benefit, at the patient's cost out of network only", () => {
    const reduced = (inNetwork: boolean) => claimOf([line({ inNetwork })], { benefit: cents(10_000) });
    expect(settlementOf(reduced(true)).common.adjudication!.map(({ amount }) => amount!.value)).to.deep.equal([25]);
    const totals = ["benefit", "noncovered", "memberliability"];
    expect(totals.map((name) => totalOf(reduced(true), name))).to.deep.equal([100, 25, 0]);
    expect(totals.map((name) => totalOf(reduced(false), name))).to.deep.equal([100, 25, 25]);
  });

  it("has only what was submitted before adjudication", () => {
    const { common, items } = settlementOf(claimOf([line()], { status: "Unacknowledged", benefit: 0n }));
    expect(common.total.map(({ category }) => codeOf(category))).to.deep.equal(["submitted"]);
    expect(common.outcome).to.equal("queued");
    expect(items[0]!.adjudication.map(({ category }) => codeOf(category))).to.deep.equal([
      "submitted",
      "benefitpaymentstatus",
    ]);
  });

  it("says for each status how far processing is", () => {
    const outcomes = {
      Unacknowledged: "queued",
      Pending: "partial",
      Decided: "partial",
      Appealed: "partial",
      Final: "complete",
      Reversed: "complete",
    } as const;
    for (const [status, outcome] of Object.entries(outcomes)) {
      const { common } = settlementOf(claimOf([line()], { status: status as keyof typeof outcomes }));
      expect(common.outcome, status).to.equal(outcome);
      expect(common.status, status).to.equal(status === "Reversed" ? "cancelled" : "active");
    }
  });

  it("says in a sentence what happened: denied, at once, or waiting for the reserve", () => {
    const dispositionOf = (...parts: Parameters<typeof claimOf>) => settlementOf(claimOf(...parts)).common.disposition;
    expect(dispositionOf([line()])).to.equal("The claim is settled.");
    expect(dispositionOf([line()], { automatic: true })).to.equal("The claim was approved at once.");
    expect(dispositionOf([line()], { automatic: true, status: "Reversed" })).to.match(/took the claim back/);
    expect(dispositionOf([line()], { benefit: 0n })).to.equal("The claim is denied.");
    expect(dispositionOf([line()], { automatic: true, unfunded: true })).to.match(/settled.*cannot pay it yet/);
  });

  it("names the payment: complete when final, partial while something is disputed, none when taken back", () => {
    const paid = (state: Parameters<typeof claimOf>[1]) =>
      settlementOf(claimOf([line()], state, { paidAt: PAID })).common.payment;
    expect(paid({})).to.deep.equal({
      type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/ex-paymenttype", code: "complete" }] },
      date: "2026-03-02",
      amount: { value: 125, currency: "USD" },
    });
    const partial = paid({ status: "Decided", benefit: cents(10_000), disputed: cents(2_500) })!;
    expect([codeOf(partial.type), partial.amount.value]).to.deep.equal(["partial", 100]);
    expect(paid({ status: "Reversed" })).to.be.undefined;
  });

  it("is created with the latest that is known", () => {
    const created = (parts: Parameters<typeof claimOf>[2]) => settlementOf(claimOf([line()], {}, parts)).common.created;
    expect(created({})).to.equal("2026-03-01T12:00:00Z");
    expect(created({ decision: { time: SUBMITTED + 60 } })).to.equal("2026-03-01T12:01:00Z");
    expect(created({ decision: { time: SUBMITTED + 60 }, paidAt: PAID })).to.equal("2026-03-02T12:00:00Z");
  });

  it("notes the insurer's own words last", () => {
    const decision = { time: SUBMITTED, text: "Two visits on one day." };
    const { processNote } = settlementOf(claimOf([line({ outcome: shared })], {}, { decision })).common;
    expect(processNote!.at(-1)).to.deep.equal({ number: 3, type: "display", text: "Two visits on one day." });
  });

  it("names accounts, claim and policy by URI", () => {
    const { common, claim, coverage } = settlementOf(claimOf([line()]));
    expect(common.patient.identifier!.value).to.equal(`did:pkh:eip155:11155111:${PATIENT}`);
    expect(claim.identifier!.value).to.equal(`urn:aceso:claim:${CLAIM_ID}`);
    expect(coverage.identifier!.value).to.match(/^urn:aceso:coverage:0x/);
  });

  it("nests lines as their numbers do, each group with the sums of its lines", () => {
    const lines = ["1", "2.1", "2.3.1", "2.3.2"].map((sequence) => line({ sequence, outcome: shared }));
    const { items } = settlementOf(claimOf(lines));
    const shapeOf = ({ sequence, net, noteNumber, details }: SettledItem): unknown => [
      sequence,
      net.value,
      noteNumber,
      details.map(shapeOf),
    ];
    expect(items.map(shapeOf)).to.deep.equal([
      [1, 125, [1, 2], []],
      [
        2,
        375,
        [1, 2],
        [
          [1, 125, [1, 2], []],
          [
            3,
            250,
            [1, 2],
            [
              [1, 125, [1, 2], []],
              [2, 125, [1, 2], []],
            ],
          ],
        ],
      ],
    ]);
    expect(unitsOf(items[1]!.adjudication, "copay")).to.equal(cents(6_000));
    expect(items[1]!.adjudication.length).to.equal(items[0]!.adjudication.length);
  });

  it("keeps the first and the last day of a group, and both networks", () => {
    const lines = [
      line({ sequence: "1.1", day: "2026-02-28" }),
      line({ sequence: "1.2", day: "2026-02-26", inNetwork: false }),
    ];
    const [item] = settlementOf(claimOf(lines)).items;
    expect(item!.period).to.deep.equal({ start: "2026-02-26", end: "2026-02-28" });
    expect(item!.adjudication.slice(-2).map(({ reason }) => codeOf(reason!))).to.deep.equal([
      "innetwork",
      "outofnetwork",
    ]);
  });

  it("names a note once, where one text explains two amounts", () => {
    const lines = [line({ sequence: "1.1" }), line({ sequence: "1.2", inNetwork: false })];
    const { items } = settlementOf(claimOf(lines, { benefit: 0n }));
    expect(items[0]!.noteNumber).to.deep.equal([1]);
  });

  for (const sequences of [
    ["0"],
    ["1.0"],
    ["a"],
    ["1.1.1.1"],
    ["1", "1"],
    ["1", "1.1"],
    ["1.1", "1"],
    ["2.1", "2.1"],
  ]) {
    it(`refuses lines numbered ${sequences.join(" and ")}`, () => {
      const lines = sequences.map((sequence) => line({ sequence }));
      expect(() => settlementOf(claimOf(lines))).to.throw(LineSequenceError);
    });
  }

  it("refuses a claim without lines", () => {
    expect(() => settlementOf(claimOf([]))).to.throw(OutcomeInconsistentError, "no lines");
  });

  it("writes amounts with all their decimals, however small", () => {
    const billed = 1_234_567n;
    expect(totalOf(claimOf([line({ billed })]), "submitted")).to.equal(1.234567);
    expect(totalOf(claimOf([line({ billed: 1n })], {}, { decimals: 18 }), "submitted")).to.equal(1e-18);
    expect(totalOf(claimOf([line({ billed: 7n * 10n ** 27n })], {}, { decimals: 0 }), "submitted")).to.equal(7e27);
    expect(totalOf(claimOf([line({ billed: 999_999_999_999_999n })]), "submitted")).to.equal(999_999_999.999999);
  });

  it("refuses amounts JSON numbers do not keep", () => {
    for (const billed of [1_000_000_000_000_001n, 123_456_789_012_345_678n]) {
      expect(() => settlementOf(claimOf([line({ billed })]))).to.throw(AmountTooPreciseError);
    }
  });

  it("refuses a currency that is no ISO 4217 code", () => {
    for (const currency of ["USDC", "usd", ""]) {
      expect(() => settlementOf(claimOf([line()], {}, { currency }))).to.throw(CurrencyCodeError);
    }
  });

  it("adds up for any claim: lines, groups, totals, and what the claim pays", () => {
    fc.assert(
      fc.property(anyClaim, (claim) => {
        const { common, items } = settlementOf(claim);
        const total = (name: string) =>
          common.total.filter(({ category }) => codeOf(category) === name).map(({ amount }) => units(amount))[0] ?? 0n;
        if (claim.state.status === "Unacknowledged") {
          expect(common.total).to.have.lengthOf(1);
          return;
        }
        for (const { adjudication } of [...items, ...leaves(items)]) {
          const paid = unitsOf(adjudication, "benefit") + unpaidUnits(adjudication);
          expect(paid).to.equal(unitsOf(adjudication, "submitted"));
          expect(unpaidUnits(adjudication, ["PR"])).to.equal(unitsOf(adjudication, "memberliability"));
        }
        for (const groups of [["CO", "PR"], ["PR"]]) {
          const of = (each: readonly SettledItem[]) =>
            each.reduce((sum, { adjudication }) => sum + unpaidUnits(adjudication, groups), 0n);
          expect(of(items)).to.equal(of(leaves(items)));
          const unpaid = of(items) + unpaidUnits(common.adjudication, groups);
          const stated = groups.length === 1 ? total("memberliability") : total("submitted") - total("benefit");
          expect(unpaid).to.equal(stated);
        }
        if (claim.state.status !== "Reversed") expect(total("benefit")).to.equal(claim.state.benefit);
      }),
    );
  });
});
