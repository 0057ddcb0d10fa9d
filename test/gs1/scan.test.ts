import { expect } from "chai";
import fc from "fast-check";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { digitalLink } from "../../src/gs1/digitalLink.js";
import { NotOneKeyError } from "../../src/gs1/elements.js";
import { formatBracketed, formatElementString } from "../../src/gs1/elementString.js";
import { epcUrn } from "../../src/gs1/epc.js";
import { productId } from "../../src/gs1/productId.js";
import { parseScan, PartyScannedError, UnreadableScanError } from "../../src/gs1/scan.js";
import { gtin, lotOrSerial } from "./arbitraries.js";

const now = Date.UTC(2026, 0, 1) / 1000;
const scan = (text: string) => parseScan(text, { now });

const PACK = {
  kind: "unit",
  product: productId({ gtin: "09506000134352" }),
  gtin: "09506000134352",
  serial: "S1",
  lot: "ABC",
  expiry: { date: "2026-12-31", expiresAt: Date.UTC(2027, 0, 1) / 1000 },
};

describe("parseScan", () => {
  for (const text of [
    "]d201095060001343521726123110ABC\x1d21S1",
    "01095060001343521726123110ABC\x1d21S1\r\n",
    "(01)09506000134352(17)261231(10)ABC(21)S1",
    "https://example.com/01/09506000134352/10/ABC/21/S1?17=261231",
  ]) {
    it(`finds the unit in ${JSON.stringify(text)}`, () => {
      expect(scan(text)).to.deep.equal(PACK);
    });
  }

  it("finds the same unit in every form", () => {
    fc.assert(
      fc.property(gtin, lotOrSerial, (gtin, serial) => {
        const unit = { kind: "unit", product: productId({ gtin }), gtin, serial };
        const elements = { gtin, serial };
        for (const text of [
          formatElementString(elements),
          formatBracketed(elements),
          digitalLink(elements),
          epcUrn(elements, 7),
        ]) {
          expect(scan(text)).to.deep.equal(unit);
        }
      }),
    );
  });

  it("calls a GTIN without a serial a product", () => {
    const { serial: _, expiry: __, ...product } = { ...PACK, kind: "product" };
    expect(scan("(01)09506000134352(10)ABC")).to.deep.equal(product);
    expect(scan("urn:epc:class:lgtin:9506000.013435.ABC")).to.deep.equal(product);
  });

  it("finds containers and locations", () => {
    expect(scan("]C100106141412345678908")).to.deep.equal({ kind: "container", sscc: "106141412345678908" });
    expect(scan("urn:epc:id:sscc:0614141.1234567890")).to.deep.equal({ kind: "container", sscc: "106141412345678908" });
    expect(scan("(414)0614141000012(254)12")).to.deep.equal({ kind: "location", gln: "0614141000012" });
  });

  it("finds the units of HIBCC and ICCBBA in any symbology", () => {
    const hibcc = {
      kind: "unit",
      product: productId({ hibcc: "X999123ABC0" }),
      serial: "5678EDFG",
      lot: "1234AB",
      expiry: { date: "2019-05-15", expiresAt: Date.UTC(2019, 4, 16) / 1000 },
    };
    const text = "+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J";
    for (const start of ["", "]C0", "]d1", "]Q1"]) expect(scan(start + text), start).to.deep.equal(hibcc);
    expect(scan(`*${text}*`)).to.deep.equal(hibcc);
    expect(scan("+A123BJC5D6E71G")).to.deep.equal({ kind: "product", product: productId({ hibcc: "A123BJC5D6E71" }) });
    expect(scan("]d1=/A9999XYZ100T0944=,000025")).to.deep.equal({
      kind: "unit",
      product: productId({ iccbba: "A9999XYZ100T0944" }),
      serial: "000025",
    });
  });

  it("keeps a space that is a check character", () => {
    expect(scan("+A123B391 \r\n")).to.deep.include({ kind: "product" });
  });

  it("says why it cannot read a scan, and what to do", () => {
    for (const [text, cause] of [
      ["(01)09506000134353(21)S1", CheckDigitError],
      ["(01)09506000134352(00)106141412345678908", NotOneKeyError],
      ["(417)9501101530003", PartyScannedError],
      ["(10)ABC", NotOneKeyError],
    ] as const) {
      expect(() => scan(text), text)
        .to.throw(UnreadableScanError)
        .with.property("cause")
        .that.is.instanceOf(cause);
    }
    for (const text of ["", "hello", "]d10109506000134352", "urn:x", "(01)09506000134352(17)260230"]) {
      expect(() => scan(text), text)
        .to.throw(UnreadableScanError)
        .with.property("advice").that.is.not.empty;
    }
  });

  it("throws nothing but that, whatever is scanned", () => {
    const beginnings = fc.constantFrom("", "01", "(01)", "]d2", "+", "=/", "https://a/", "urn:epc:id:sgtin:");
    fc.assert(
      fc.property(beginnings, fc.string({ unit: "binary-ascii" }), (beginning, text) => {
        try {
          scan(beginning + text);
        } catch (error) {
          expect(error).to.be.instanceOf(UnreadableScanError);
        }
      }),
    );
  });
});
