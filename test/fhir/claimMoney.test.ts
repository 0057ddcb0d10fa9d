import { expect } from "chai";
import fc from "fast-check";
import { exactDecimal, isExact, multiply, roundDecimal } from "../../src/fhir/claimMoney.js";

describe("exactDecimal", () => {
  it("keeps every digit of a number, its noise too", () => {
    expect(exactDecimal(129.16000000000003)).to.deep.equal({ digits: 12916000000000003n, places: 14 });
  });

  it("reads exponents of both signs", () => {
    expect(exactDecimal(1e21)).to.deep.equal({ digits: 10n ** 21n, places: 0 });
    expect(exactDecimal(-1.5e-7)).to.deep.equal({ digits: -15n, places: 8 });
  });

  it("is the number again, whatever the number", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const { digits, places } = exactDecimal(value)!;
        expect(Number(`${digits}e-${places}`)).to.equal(value === 0 ? 0 : value);
      }),
    );
  });

  it("is undefined for what is no finite number", () => {
    for (const value of [NaN, Infinity, "1", null, undefined, {}]) expect(exactDecimal(value)).to.equal(undefined);
  });
});

describe("multiply", () => {
  it("multiplies exactly where floats do not", () => {
    expect(multiply({ digits: 11n, places: 1 }, { digits: 11n, places: 1 })).to.deep.equal({ digits: 121n, places: 2 });
  });
});

describe("roundDecimal", () => {
  it("rounds a half up and less down", () => {
    expect(roundDecimal({ digits: 1005n, places: 3 }, 2)).to.equal(101n);
    expect(roundDecimal({ digits: 1004999n, places: 6 }, 2)).to.equal(100n);
  });

  it("rounds a negative half away from zero", () => {
    expect(roundDecimal({ digits: -1005n, places: 3 }, 2)).to.equal(-101n);
  });

  it("widens exactly", () => {
    expect(roundDecimal({ digits: 125n, places: 0 }, 2)).to.equal(12500n);
  });
});

describe("isExact", () => {
  it("tells whether rounding changes a decimal", () => {
    expect(isExact({ digits: 1250n, places: 3 }, 2)).to.equal(true);
    expect(isExact({ digits: 1251n, places: 3 }, 2)).to.equal(false);
    expect(isExact({ digits: 5n, places: 0 }, 2)).to.equal(true);
  });
});
