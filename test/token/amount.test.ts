import { expect } from "chai";
import fc from "fast-check";

import {
  AmountTooLargeError,
  decimalOf,
  NegativeAmountError,
  NotADecimalError,
  requireUnits,
  TokenDecimalsError,
  tokenUnits,
} from "../../src/token/amount.js";

const MOST = 2n ** 96n - 1n;

const NOT_DECIMALS = ["", " 1", "1 ", "+1", ".5", "1.", "1,5", "1,000.00", "007", "1e3", "0x10", "NaN", "1.2.3", "١"];

describe("tokenUnits", () => {
  for (const [amount, decimals, units] of [
    ["125.00", 6, 125_000_000n],
    ["125", 0, 125n],
    ["0", 18, 0n],
    ["0.000001", 6, 1n],
    ["79228162514264337593543950335", 0, MOST],
    ["79228162514.264337593543950335", 18, MOST],
  ] as const) {
    it(`takes ${amount} at ${decimals} decimals for ${units}`, () => {
      expect(tokenUnits(amount, decimals)).to.equal(units);
    });
  }

  for (const [amount, decimals, units] of [
    ["0.125", 2, 13n],
    ["0.1249999999999999999", 2, 12n],
    ["0.5", 0, 1n],
    ["0.4999", 0, 0n],
    ["9.999999999999999", 2, 1000n],
    ["12.340000000000002", 2, 1234n],
  ] as const) {
    it(`rounds ${amount} half up to ${units} at ${decimals} decimals`, () => {
      expect(tokenUnits(amount, decimals)).to.equal(units);
    });
  }

  it("is never further from the amount than half a unit, and a half goes up", () => {
    const digits = fc.bigInt({ min: 0n, max: 10n ** 16n });
    fc.assert(
      fc.property(digits, fc.nat(12), fc.nat(12), (value, places, decimals) => {
        const shared = 10n ** BigInt(Math.max(places, decimals));
        const exact = value * (shared / 10n ** BigInt(places));
        const rounded = tokenUnits(plain(value, places), decimals) * (shared / 10n ** BigInt(decimals));
        const error = 2n * (rounded - exact);
        const unit = shared / 10n ** BigInt(decimals);
        expect(error > -unit && error <= unit).to.be.true;
      }),
    );
  });

  it("refuses what is no decimal text, and names the field without quoting it", () => {
    for (const text of NOT_DECIMALS) {
      expect(() => tokenUnits(text, 2, "copay"), text).to.throw(NotADecimalError, "copay");
    }
    for (const other of [5, 1.5, 5n, null, undefined, {}, ["5"]]) {
      expect(() => tokenUnits(other as string, 2)).to.throw(NotADecimalError);
    }
  });

  it("refuses amounts below zero", () => {
    for (const text of ["-1", "-0.01", "-0"]) {
      expect(() => tokenUnits(text, 2, "net"), text).to.throw(NegativeAmountError, "net");
    }
  });

  it("refuses amounts the contracts cannot hold, also when only rounding takes them there", () => {
    for (const [text, decimals] of [
      ["79228162514264337593543950336", 0],
      ["79228162514264337593543950335.5", 0],
      ["1", 29],
      ["1".repeat(100_000), 0],
    ] as const) {
      expect(() => tokenUnits(text, decimals, "deductible")).to.throw(AmountTooLargeError, "deductible");
    }
  });

  it("refuses decimals no token has", () => {
    for (const decimals of [-1, 1.5, 256, NaN]) {
      expect(() => tokenUnits("1", decimals)).to.throw(TokenDecimalsError);
      expect(() => decimalOf(1n, decimals)).to.throw(TokenDecimalsError);
    }
  });
});

describe("decimalOf", () => {
  for (const [units, decimals, text] of [
    [125_000_000n, 6, "125.00"],
    [1_234_500n, 6, "1.2345"],
    [1_500_000n, 6, "1.50"],
    [1n, 18, "0.000000000000000001"],
    [0n, 18, "0.00"],
    [0n, 0, "0"],
    [70n, 0, "70"],
    [70n, 1, "7.0"],
    [100n, 2, "1.00"],
    [-1n, 2, "-0.01"],
  ] as const) {
    it(`writes ${units} at ${decimals} decimals as ${text}`, () => {
      expect(decimalOf(units, decimals)).to.equal(text);
    });
  }

  it("loses nothing: tokenUnits reads the same units back", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MOST }), fc.nat(30), (units, decimals) => {
        expect(tokenUnits(decimalOf(units, decimals), decimals)).to.equal(units);
      }),
    );
  });
});

describe("requireUnits", () => {
  it("passes on what fits an amount of the contracts", () => {
    expect([0n, MOST].map((units) => requireUnits(units))).to.deep.equal([0n, MOST]);
  });

  it("refuses what does not", () => {
    expect(() => requireUnits(-1n, "premium")).to.throw(NegativeAmountError, "premium");
    expect(() => requireUnits(MOST + 1n, "premium")).to.throw(AmountTooLargeError, "premium");
  });
});

/** A decimal with that many places, written out. */
function plain(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, "0");
  const point = digits.length - places;
  return places === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}
