import { expect } from "chai";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { MalformedSsccError, toSscc } from "../../src/gs1/sscc.js";

describe("toSscc", () => {
  it("gives an SSCC back", () => {
    expect(toSscc("106141412345678908")).to.equal("106141412345678908");
  });

  it("refuses a wrong check digit", () => {
    expect(() => toSscc("106141412345678909")).to.throw(CheckDigitError);
  });

  it("refuses any other form", () => {
    for (const text of ["", "06141412345678908", "0106141412345678908", "10614141234567890X"]) {
      expect(() => toSscc(text), text).to.throw(MalformedSsccError);
    }
  });
});
