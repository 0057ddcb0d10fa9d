import { expect } from "chai";
import fc from "fast-check";
import { canonicalJson } from "../../src/fhir/canonicalJson.js";

describe("canonicalJson", () => {
  it("sorts keys by UTF-16 code units, as RFC 8785 does in its example", () => {
    const data = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(canonicalJson(data)).to.equal(
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it("leaves undefined members out", () => {
    expect(canonicalJson({ a: undefined, b: [undefined, null] })).to.equal('{"b":[null,null]}');
  });

  it("says the same data, in one text whatever the order of keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, members) => {
        expect(JSON.parse(canonicalJson(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
        const reversed = Object.fromEntries(Object.entries(members).reverse());
        expect(canonicalJson(reversed)).to.equal(canonicalJson(members));
      }),
    );
  });
});
