import { expect } from "chai";
import {
  ALL_CATEGORIES,
  ALL_PURPOSES,
  denseAddress,
  denseBytes,
  denseWallet,
  FAR,
  FAR_START,
  isDense,
} from "../../scripts/bench/hardInputs.js";

describe("hard inputs", () => {
  it("have no zero byte", () => {
    expect(isDense(denseBytes(10_000))).to.be.true;
    for (let round = 0; round < 20; round++) {
      expect(isDense(denseAddress())).to.be.true;
      expect(isDense(denseWallet().address)).to.be.true;
    }
    expect([FAR, FAR_START].map((time) => isDense(`0x${time.toString(16)}`))).to.deep.equal([true, true]);
  });

  it("cover every known category, and every purpose but BTG", () => {
    expect(ALL_CATEGORIES).to.equal((1n << 21n) - 1n);
    expect(ALL_PURPOSES).to.equal(((1n << 62n) - 1n) ^ (1n << 58n));
  });
});

describe("isDense", () => {
  it("looks at bytes, not at digits", () => {
    expect(isDense("0x1001")).to.be.true;
    expect(isDense("0x1100")).to.be.false;
  });
});
