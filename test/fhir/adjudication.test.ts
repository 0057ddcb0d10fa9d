import { expect } from "chai";
import fc from "fast-check";
import {
  claimEntries,
  isDenied,
  isPatients,
  lineEntries,
  OutcomeInconsistentError,
  reductionOf,
  type AdjudicatedClaim,
  type AdjudicatedLine,
  type Entry,
} from "../../src/fhir/adjudication.js";
import { anyClaim, cents, claimOf, line, outcomeOf } from "./adjudicatedClaims.js";

const BILLED = cents(12_500);

const short = ({ category, amount, reason }: Entry) =>
  reason ? [category, amount, `${reason.group}-${reason.code}`] : [category, amount];

const adjustments = (of: AdjudicatedLine, claim: AdjudicatedClaim = claimOf([of])) =>
  lineEntries(claim, of)
    .filter(({ reason }) => reason)
    .map(short);

const sum = (entries: readonly Entry[]) => entries.reduce((total, { amount }) => total + amount, 0n);

describe("lineEntries", () => {
  it("says what was submitted, is eligible, the patient owes and the plan pays", () => {
    const of = line({ outcome: outcomeOf(BILLED, { eligible: cents(10_000), copay: cents(2_000) }) });
    expect(lineEntries(claimOf([of]), of).map(short)).to.deep.equal([
      ["submitted", cents(12_500)],
      ["eligible", cents(10_000)],
      ["discount", cents(2_500), "CO-45"],
      ["copay", cents(2_000), "PR-3"],
      ["memberliability", cents(2_000)],
      ["benefit", cents(8_000)],
    ]);
  });

  it("gives copay, deductible and coinsurance to the patient, each by its reason", () => {
    const outcome = outcomeOf(BILLED, { copay: cents(2_000), deductible: cents(5_000), coinsurance: cents(1_100) });
    expect(adjustments(line({ outcome }))).to.deep.equal([
      ["copay", cents(2_000), "PR-3"],
      ["deductible", cents(5_000), "PR-1"],
      ["coinsurance", cents(1_100), "PR-2"],
    ]);
  });

  it("gives what is over the annual limit to the patient", () => {
    const outcome = outcomeOf(BILLED, { copay: cents(2_000), benefit: cents(4_000) });
    expect(adjustments(line({ outcome }))).to.deep.equal([
      ["copay", cents(2_000), "PR-3"],
      ["noncovered", cents(6_500), "PR-119"],
    ]);
  });

  it("gives the charge above what is allowed to the patient out of network", () => {
    const outcome = outcomeOf(BILLED, { eligible: cents(10_000), writeOff: 0n });
    expect(adjustments(line({ inNetwork: false, outcome }))).to.deep.equal([["noncovered", cents(2_500), "PR-45"]]);
  });

  it("does not call a whole charge above what is allowed, which CARC 45 must not be", () => {
    const inside = line({ outcome: outcomeOf(BILLED, { eligible: 0n }) });
    const outside = line({ inNetwork: false, outcome: outcomeOf(BILLED, { eligible: 0n, writeOff: 0n }) });
    expect(adjustments(inside)).to.deep.equal([["noncovered", BILLED, "CO-256"]]);
    expect(adjustments(outside)).to.deep.equal([["noncovered", BILLED, "PR-242"]]);
  });

  it("lets a missing preauthorisation cost the provider in network and the patient outside", () => {
    const missing = { preauthorization: "missing" as const };
    const inside = line({ ...missing, outcome: outcomeOf(BILLED, { eligible: 0n }) });
    const outside = line({ ...missing, inNetwork: false, outcome: outcomeOf(BILLED, { eligible: 0n, writeOff: 0n }) });
    expect(adjustments(inside)).to.deep.equal([["noncovered", BILLED, "CO-197"]]);
    expect(adjustments(outside)).to.deep.equal([["noncovered", BILLED, "PR-197"]]);
  });

  it("gives an excluded service to the patient, in network too, preauthorised or not", () => {
    for (const preauthorization of ["notNeeded", "missing"] as const) {
      const outcome = outcomeOf(BILLED, { eligible: 0n, writeOff: 0n });
      const of = line({ cover: "Excluded", preauthorization, outcome });
      expect(adjustments(of)).to.deep.equal([["noncovered", BILLED, "PR-204"]]);
    }
  });

  it("only says what was submitted where nobody acknowledged the claim", () => {
    const { outcome: _, ...of } = line();
    expect(lineEntries(claimOf([line()], { status: "Unacknowledged" }), of).map(short)).to.deep.equal([
      ["submitted", BILLED],
    ]);
  });

  it("denies what is eligible, its cost sharing with it, of a claim denied for good", () => {
    const outcome = outcomeOf(BILLED, { eligible: cents(10_000), copay: cents(2_000) });
    const of = line({ outcome });
    const decision = { time: 0, reasonCode: "50" };
    expect(adjustments(of, claimOf([of], { benefit: 0n }, { decision }))).to.deep.equal([
      ["discount", cents(2_500), "CO-45"],
      ["noncovered", cents(10_000), "CO-50"],
    ]);
    const outside = line({ inNetwork: false });
    expect(adjustments(outside, claimOf([outside], { benefit: 0n }))).to.deep.equal([["noncovered", BILLED, "PR-A1"]]);
  });

  it("adds up to what was submitted, to the unit, for any claim", () => {
    fc.assert(
      fc.property(anyClaim, (claim) => {
        if (claim.state.status === "Unacknowledged") return;
        for (const of of claim.lines) {
          const entries = lineEntries(claim, of);
          const amount = (name: string) => sum(entries.filter(({ category }) => category === name));
          const unpaid = sum(entries.filter(({ reason }) => reason));
          expect(amount("submitted")).to.equal(of.billed);
          expect(amount("benefit") + unpaid).to.equal(of.billed);
          expect(amount("memberliability")).to.equal(sum(entries.filter(isPatients)));
          if (isDenied(claim)) continue;
          const { benefit, patientShare, writeOff } = of.outcome!;
          expect([amount("benefit"), amount("memberliability")]).to.deep.equal([benefit, patientShare]);
          expect(unpaid - amount("memberliability")).to.equal(writeOff);
        }
      }),
    );
  });

  const inconsistent: Record<string, Partial<AdjudicatedLine>> = {
    "more is eligible than billed": { outcome: outcomeOf(BILLED, { eligible: BILLED + 1n, benefit: BILLED }) },
    "more is shared than eligible": { outcome: outcomeOf(BILLED, { copay: cents(9_000), benefit: cents(5_000) }) },
    "the copay is negative": { outcome: outcomeOf(BILLED, { copay: -1n, benefit: BILLED }) },
    "the parts do not sum up": { outcome: { ...outcomeOf(BILLED), patientShare: 1n } },
    "the excess is not written off": { outcome: outcomeOf(BILLED, { eligible: 5n, writeOff: 0n }) },
    "an excess is written off out of network": { inNetwork: false, outcome: outcomeOf(BILLED, { eligible: 5n }) },
    "an excluded service is eligible": { cover: "Excluded" },
    "a service is eligible without its preauthorisation": { preauthorization: "missing" },
  };
  for (const [why, parts] of Object.entries(inconsistent)) {
    it(`refuses an outcome where ${why}`, () => {
      const of = line(parts);
      expect(() => lineEntries(claimOf([of]), of)).to.throw(OutcomeInconsistentError, "line 1 do not add up");
    });
  }

  it("refuses a line without outcome, once the claim is adjudicated", () => {
    const { outcome: _, ...of } = line();
    expect(() => lineEntries(claimOf([line()]), of)).to.throw(OutcomeInconsistentError, "Line 1 has no outcome");
  });
});

describe("claimEntries", () => {
  const inside = line({ sequence: "1" });
  const outside = line({ sequence: "2", inNetwork: false });

  it("has nothing where the insurer took nothing off", () => {
    expect(claimEntries(claimOf([inside]))).to.deep.equal([]);
  });

  it("is the provider's loss in network and the patient's outside, by the insurer's reason", () => {
    const decision = { time: 0, reasonCode: "50" };
    const reduced = (of: AdjudicatedLine) => claimOf([of], { benefit: cents(10_000) }, { decision });
    expect(claimEntries(reduced(inside)).map(short)).to.deep.equal([["noncovered", cents(2_500), "CO-50"]]);
    expect(claimEntries(reduced(outside)).map(short)).to.deep.equal([["noncovered", cents(2_500), "PR-50"]]);
  });

  it("spares the patient as far as lines in network go, where only some are", () => {
    const reduced = claimOf([inside, outside], { benefit: cents(10_000) });
    expect(claimEntries(reduced).map(short)).to.deep.equal([
      ["noncovered", cents(12_500), "CO-A1"],
      ["noncovered", cents(2_500), "PR-A1"],
    ]);
  });

  it("says whether it is open, appealed or final", () => {
    const disputed = cents(2_500);
    const texts = (["Decided", "Appealed", "Final"] as const).map((status) => {
      const state = { status, benefit: cents(10_000), disputed: status === "Final" ? 0n : disputed };
      return claimEntries(claimOf([inside], state))[0]!.reason!.text;
    });
    expect(texts[0]).to.match(/may appeal/);
    expect(texts[1]).to.match(/arbitrator/);
    expect(texts[2]).not.to.match(/appeal|arbitrator/);
  });

  it("leaves a claim denied for good to its lines", () => {
    expect(claimEntries(claimOf([inside], { benefit: 0n }))).to.deep.equal([]);
  });
});

describe("reductionOf", () => {
  it("is what the lines come to less what the claim does", () => {
    const state = { status: "Decided", benefit: cents(10_000), disputed: cents(2_500) } as const;
    expect(reductionOf(claimOf([line()], state))).to.equal(cents(2_500));
  });

  it("is nothing before adjudication and after reversal, when the state has no amounts", () => {
    for (const status of ["Unacknowledged", "Reversed"] as const) {
      expect(reductionOf(claimOf([line()], { status, benefit: 0n }))).to.equal(0n);
    }
  });

  const states = {
    "more is paid than adjudicated": { benefit: BILLED + 1n },
    "a final claim is disputed": { benefit: BILLED - 1n, disputed: 1n },
    "less is disputed than was taken off": { status: "Decided", benefit: BILLED - 2n, disputed: 1n },
    "an appeal is about nothing": { status: "Appealed", benefit: BILLED - 1n, disputed: 0n },
    "a pending claim is reduced": { status: "Pending", benefit: BILLED - 1n },
  } as const;
  for (const [why, state] of Object.entries(states)) {
    it(`refuses a claim where ${why}`, () => {
      expect(() => reductionOf(claimOf([line()], state))).to.throw(OutcomeInconsistentError, "benefit and dispute");
    });
  }
});

describe("isDenied", () => {
  it("takes a final claim of which nothing is left, and no other", () => {
    expect(isDenied(claimOf([line()], { benefit: 0n }))).to.be.true;
    expect(isDenied(claimOf([line()], { benefit: 1n }))).to.be.false;
    expect(isDenied(claimOf([line()], { status: "Decided", benefit: 0n, disputed: BILLED }))).to.be.false;
  });

  it("is not a claim for which the plan's rules paid nothing", () => {
    expect(isDenied(claimOf([line({ outcome: outcomeOf(BILLED, { deductible: BILLED }) })]))).to.be.false;
  });
});

describe("isPatients", () => {
  it("takes what group PR says, and no plain amount", () => {
    const entries = lineEntries(claimOf([line()]), line());
    expect(entries.some(isPatients)).to.be.false;
    expect(isPatients({ category: "copay", amount: 1n, reason: { group: "PR", code: "3", text: "" } })).to.be.true;
    expect(isPatients({ category: "discount", amount: 1n, reason: { group: "CO", code: "45", text: "" } })).to.be.false;
  });
});
