import { expect } from "chai";
import fc from "fast-check";
import { hasCheckDigit } from "../../src/gs1/checkDigit.js";
import { AmbiguousNdcError, gtinOfNdc, MalformedNdcError, ndcsOfGtin, NotAnNdcError } from "../../src/gs1/ndc.js";
import { digits } from "./arbitraries.js";

describe("gtinOfNdc", () => {
  it("puts 03 before an NDC of ten digits, and a check digit after it", () => {
    for (const [ndc, gtin] of [
      ["0777-3105-02", "00307773105025"],
      ["12345-678-90", "00312345678906"],
      ["12345-6789-0", "00312345678906"],
      ["1234567890", "00312345678906"],
    ] as const) {
      expect(gtinOfNdc(ndc)).to.equal(gtin);
      expect(hasCheckDigit(gtin)).to.be.true;
    }
  });

  it("takes the indicator of the packaging level", () => {
    expect(gtinOfNdc("12345-678-90", 5)).to.equal("50312345678901");
  });

  it("leaves the filled-up zero out of eleven digits", () => {
    for (const [billed, ndc] of [
      ["00777-3105-02", "0777-3105-02"],
      ["00777-0105-02", "0777-0105-02"],
      ["00777310502", "0777-3105-02"],
      ["12345-0678-90", "12345-678-90"],
      ["12345-6789-00", "12345-6789-0"],
    ] as const) {
      expect(gtinOfNdc(billed), billed).to.equal(gtinOfNdc(ndc));
    }
  });

  it("refuses to guess which of two zeros was filled up", () => {
    expect(() => gtinOfNdc("12345-0678-09"))
      .to.throw(AmbiguousNdcError)
      .with.deep.property("candidates", ["12345-678-09", "12345-0678-9"]);
  });

  it("refuses any other form", () => {
    for (const ndc of [
      "",
      "123-4567-890",
      "123456789",
      "12345-678-9",
      "1234-56789-0",
      "12345-6789-10",
      "12345-678-9X",
    ]) {
      expect(() => gtinOfNdc(ndc), ndc).to.throw(MalformedNdcError);
    }
    for (const indicator of [-1, 9, 0.5])
      expect(() => gtinOfNdc("12345-678-90", indicator)).to.throw(MalformedNdcError);
  });
});

describe("ndcsOfGtin", () => {
  it("gives the three ways to put the hyphens", () => {
    expect(ndcsOfGtin("00307773105025")).to.deep.equal(["0777-3105-02", "07773-105-02", "07773-1050-2"]);
  });

  it("finds the NDC a GTIN was made of", () => {
    fc.assert(
      fc.property(digits(10), fc.nat(2), fc.nat(8), (ndc, form, indicator) => {
        const hyphenated = ndcsOfGtin(gtinOfNdc(ndc))[form]!;
        expect(ndcsOfGtin(gtinOfNdc(hyphenated, indicator))).to.include(hyphenated);
      }),
    );
  });

  it("refuses a GTIN without an NDC", () => {
    expect(() => ndcsOfGtin("09506000134352")).to.throw(NotAnNdcError);
  });
});
