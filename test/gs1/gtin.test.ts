import { expect } from "chai";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { MalformedGtinError, toGtin14 } from "../../src/gs1/gtin.js";

describe("toGtin14", () => {
  for (const [text, gtin] of [
    ["95012346", "00000095012346"],
    ["614141000036", "00614141000036"],
    ["9506000134352", "09506000134352"],
    ["10614141000415", "10614141000415"],
  ] as const) {
    it(`fills ${text.length} digits up to 14`, () => {
      expect(toGtin14(text)).to.equal(gtin);
    });
  }

  it("refuses a wrong check digit", () => {
    expect(() => toGtin14("9506000134353")).to.throw(CheckDigitError);
  });

  it("refuses any other form", () => {
    for (const text of ["", "0095012346", "009506000134352", "9506000 134352", "950600013435X", "9506000134352\n"]) {
      expect(() => toGtin14(text), text).to.throw(MalformedGtinError);
    }
  });
});
