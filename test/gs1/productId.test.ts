import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import fc from "fast-check";
import { NotBytes32TextError, toBytes32 } from "../../src/gs1/characters.js";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { MalformedProductError, parseProductId, productId, type Product } from "../../src/gs1/productId.js";
import { gtin } from "./arbitraries.js";

const matching = (form: RegExp) => fc.stringMatching(form);
const products: fc.Arbitrary<Product> = fc.oneof(
  fc.record({ gtin }),
  fc.record({ hibcc: matching(/^[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]$/) }),
  fc.record({ iccbba: matching(/^[A-Z0-9]{16}$/) }),
);

describe("productId", () => {
  it("writes one identifier for one product", () => {
    const same = encodeBytes32String("gtin:09506000134352");
    expect(productId({ gtin: "9506000134352" })).to.equal(same);
    expect(productId("gtin:9506000134352")).to.equal(same);
    expect(productId({ hibcc: "+A123BJC5D6E71" })).to.equal(encodeBytes32String("hibcc:A123BJC5D6E71"));
    expect(productId({ iccbba: "=/A9999XYZ100T0944" })).to.equal(encodeBytes32String("iccbba:A9999XYZ100T0944"));
  });

  it("refuses numbers in a form their issuer does not have", () => {
    for (const text of [
      "",
      "9506000134352",
      "ndc:0777-3105-02",
      "hibcc:A1231",
      "hibcc:1123ABC1",
      "hibcc:A123ABCD",
      "hibcc:a123abc1",
      `hibcc:A123${"A".repeat(19)}1`,
      "iccbba:A9999XYZ100T094",
      "iccbba:A9999XYZ100T0944X",
    ]) {
      expect(() => productId(text), text).to.throw(MalformedProductError);
    }
    expect(() => productId("gtin:9506000134353")).to.throw(CheckDigitError);
  });
});

describe("parseProductId", () => {
  it("gives any product back", () => {
    fc.assert(
      fc.property(products, (product) => {
        expect(parseProductId(productId(product))).to.deep.equal(product);
      }),
    );
  });

  it("refuses what productId does not write", () => {
    for (const text of ["gtin:9506000134352", "hibcc:+A123BJC5D6E71", "iccbba:=/A9999XYZ100T0944", "", "x:1"]) {
      expect(() => parseProductId(toBytes32(text)), text).to.throw(MalformedProductError);
    }
    expect(() => parseProductId("0x")).to.throw(NotBytes32TextError);
  });
});
