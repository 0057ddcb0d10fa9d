import { expect } from "chai";
import fc from "fast-check";
import { CheckDigitError, checkedDigits, hasCheckDigit, withCheckDigit } from "../../src/gs1/checkDigit.js";
import { digits } from "./arbitraries.js";

describe("withCheckDigit, hasCheckDigit", () => {
  // The worked examples of GS1's public pages: GTIN-8, -12, -13 and -14, GLN, SSCC.
  for (const key of [
    "95012346",
    "614141000036",
    "9506000134352",
    "6291041500213",
    "10614141000415",
    "9501101530003",
    "0614141000012",
    "376104250021234569",
    "106141412345678908",
  ]) {
    it(`know ${key}`, () => {
      expect(hasCheckDigit(key)).to.be.true;
      expect(withCheckDigit(key.slice(0, -1))).to.equal(key);
    });
  }

  it("catch every error in one digit", () => {
    fc.assert(
      fc.property(fc.constantFrom(7, 11, 12, 13, 17).chain(digits), (body) => {
        const key = withCheckDigit(body);
        for (const [at, digit] of [...key].entries()) {
          for (const wrong of "0123456789") {
            const misread = key.slice(0, at) + wrong + key.slice(at + 1);
            expect(hasCheckDigit(misread), misread).to.equal(wrong === digit);
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("find none in anything but digits", () => {
    for (const text of ["", "0", "950600013435X", " 9506000134352", "٩506000134352"]) {
      expect(hasCheckDigit(text), text).to.be.false;
    }
  });
});

describe("checkedDigits", () => {
  it("gives right digits back", () => {
    expect(checkedDigits("9506000134352")).to.equal("9506000134352");
  });

  it("names the digit it expects", () => {
    expect(() => checkedDigits("9506000134359"))
      .to.throw(CheckDigitError, "is 9, where the other digits ask for 2")
      .that.includes({ expected: 2, found: 9 });
  });
});
