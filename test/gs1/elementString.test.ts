import { expect } from "chai";
import fc from "fast-check";
import { MalformedElementError, UnknownIdentifierError } from "../../src/gs1/elements.js";
import {
  CutShortError,
  formatBracketed,
  formatElementString,
  MalformedBracketsError,
  parseElementString,
} from "../../src/gs1/elementString.js";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import { ForeignCharacterError } from "../../src/gs1/characters.js";
import { attributes, elements, gtin, sscc } from "./arbitraries.js";

const PACK = { gtin: "09506000134352", expirationDate: "261231", lot: "ABC", serial: "S1" };

describe("parseElementString", () => {
  for (const start of ["", "\x1d", "]d2", "]C1", "]Q3", "]e0", "]d2\x1d"]) {
    it(`reads what a scanner sends after ${JSON.stringify(start)}`, () => {
      expect(parseElementString(`${start}01095060001343521726123110ABC\x1d21S1`)).to.deep.equal(PACK);
    });
  }

  it("takes separators where none is needed, and at the end", () => {
    expect(parseElementString("0109506000134352\x1d17261231\x1d10ABC\x1d21S1\x1d")).to.deep.equal(PACK);
  });

  it("reads brackets, with spaces between the elements", () => {
    expect(parseElementString("(01)09506000134352(17)261231(10)ABC(21)S1")).to.deep.equal(PACK);
    expect(parseElementString("(01) 09506000134352 (17) 261231 (10) ABC (21) S1 ")).to.deep.equal(PACK);
  });

  it("reads the FDA's example of a UDI", () => {
    expect(parseElementString("(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234")).to.deep.equal({
      gtin: "51022222233336",
      productionDate: "141231",
      expirationDate: "150707",
      lot: "A213B1",
      serial: "1234",
    });
  });

  it("passes AIs on that it does not understand, whatever their length", () => {
    expect(parseElementString("010950600013435231030007507112XYZ\x1d7003261231120021S1")).to.deep.equal({
      gtin: PACK.gtin,
      others: { "3103": "000750", "711": "2XYZ", "7003": "261231120021S1" },
    });
  });

  it("refuses a string that was cut short", () => {
    for (const text of ["", "]d2", "\x1d"]) expect(() => parseElementString(text)).to.throw(UnknownIdentifierError);
    for (const text of [
      "01",
      "01095060001343",
      "0109506000134352172612",
      "010950600013435210",
      "0109506\x1d000134352",
    ]) {
      expect(() => parseElementString(text), text).to.throw(CutShortError);
    }
  });

  it("never takes a part of a key of predefined length for the whole", () => {
    fc.assert(
      fc.property(fc.oneof(fc.record({ gtin }), fc.record({ sscc })), fc.nat(19), (key, length) => {
        const text = formatElementString(key);
        if (length < text.length) expect(() => parseElementString(text.slice(0, length))).to.throw();
      }),
    );
  });

  it("refuses symbologies that are not GS1's, two separators, and unknown bytes", () => {
    for (const text of ["]d10109506000134352", "0109506000134352\x1d\x1d10A", "0509506000134352"]) {
      expect(() => parseElementString(text), text).to.throw(UnknownIdentifierError);
    }
    for (const text of ["010950600013435210A B", "010950600013435210A\x1e21S1", "010950600013435210é"]) {
      expect(() => parseElementString(text), text).to.throw(ForeignCharacterError);
    }
    expect(() => parseElementString("01095060001343532110A")).to.throw(CheckDigitError);
    expect(() => parseElementString("240A\x00B")).to.throw(MalformedElementError);
  });

  it("refuses brackets around anything but AIs", () => {
    for (const text of ["(01", "(01)09506000134352(10)A(B)", "(01)09506000134352(10)A\\B", "(0a)1", "()", "(12345)1"]) {
      expect(() => parseElementString(text), text).to.throw(MalformedBracketsError);
    }
  });
});

describe("formatBracketed, formatElementString", () => {
  it("write what they read", () => {
    expect(formatBracketed(PACK)).to.equal("(01)09506000134352(17)261231(10)ABC(21)S1");
    expect(formatElementString(PACK)).to.equal("01095060001343521726123110ABC\x1d21S1");
    expect(formatBracketed({ lot: "A(10)B" })).to.equal("(10)A\\(10)B");
  });

  it("lose nothing", () => {
    fc.assert(
      fc.property(fc.oneof(elements, attributes), (any) => {
        if (Object.keys(any).length === 0) return;
        expect(parseElementString(formatBracketed(any))).to.deep.equal(any);
        expect(parseElementString(formatElementString(any))).to.deep.equal(any);
      }),
    );
  });

  it("refuse what GS1 cannot carry", () => {
    expect(() => formatElementString({ ...PACK, lot: "A\x1d21S2" })).to.throw(ForeignCharacterError);
  });
});
