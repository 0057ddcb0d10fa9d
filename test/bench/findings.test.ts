import { expect } from "chai";
import { BUDGETS } from "../../scripts/bench/budgets.js";
import { growths, overruns, serialFaults, slowness } from "../../scripts/bench/findings.js";
import { SERIALS_WITHIN } from "../../scripts/bench/serials.js";

const price = { operation: "consent.grant", calldataBytes: 228, floor: 48_307, ratio: 1.1 } as const;
const flatness = { operation: "records.anchor", few: 50_000 } as const;
const speed = { best: 1, median: 1 };

describe("overruns", () => {
  it("names the operation, and by how much it is over", () => {
    expect(overruns([{ ...price, gas: 55_100 }])).to.deep.equal([
      "consent.grant costs 55,100 gas, 100 over its budget of 55,000.",
    ]);
  });

  it("allows the budget itself", () => {
    expect(overruns([{ ...price, gas: BUDGETS["consent.grant"].gas }])).to.deep.equal([]);
  });
});

describe("growths", () => {
  it("names the operation, and what it costs early and late", () => {
    expect(growths([{ ...flatness, many: 50_501, ratio: 1.01002 }])).to.deep.equal([
      "records.anchor costs 50,501 gas after 1,000 earlier ones, 50,000 after 10.",
    ]);
  });

  it("allows one hundredth", () => {
    expect(growths([{ ...flatness, many: 50_500, ratio: 1.01 }])).to.deep.equal([]);
  });
});

describe("serialFaults", () => {
  const built = { units: 1_000_000, root: "0x01", seconds: 1, peakBytes: SERIALS_WITHIN };

  it("says how much memory a million serials took beyond what they may", () => {
    const million = { ...built, peakBytes: SERIALS_WITHIN + 1 };
    expect(serialFaults({ million, ours: built, openZeppelin: built })).to.deep.equal([
      "1,000,000 serials took 2,147,483,649 bytes of memory.",
    ]);
  });

  it("tells a root that is not OpenZeppelin's", () => {
    const openZeppelin = { ...built, root: "0x02" };
    expect(serialFaults({ million: built, ours: built, openZeppelin })).to.deep.equal([
      "The tree of serials has another root than OpenZeppelin's.",
    ]);
  });

  it("allows two GiB, and the same root", () => {
    expect(serialFaults({ million: built, ours: built, openZeppelin: built })).to.deep.equal([]);
  });
});

describe("slowness", () => {
  it("says how slow sealing is under half the cipher's speed", () => {
    const seal = { sdk: speed, raw: speed, ratio: 0.49 };
    expect(slowness({ seal })).to.deep.equal(["Sealing runs at 0.49 of the cipher's speed, under 0.5."]);
  });

  it("allows half", () => {
    expect(slowness({ seal: { sdk: speed, raw: speed, ratio: 0.5 } })).to.deep.equal([]);
  });
});
