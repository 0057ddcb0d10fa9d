import { expect } from "chai";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { MalformedGlnError, toGln } from "../../src/gs1/gln.js";

describe("toGln", () => {
  it("gives a GLN back", () => {
    expect(toGln("0614141000012")).to.equal("0614141000012");
  });

  it("refuses a wrong check digit", () => {
    expect(() => toGln("0614141000013")).to.throw(CheckDigitError);
  });

  it("refuses any other form", () => {
    for (const text of ["", "614141000012", "00614141000012", "061414100001X"]) {
      expect(() => toGln(text), text).to.throw(MalformedGlnError);
    }
  });
});
