import { expect } from "chai";
import fc from "fast-check";
import { MalformedDateError } from "../../src/gs1/date.js";
import { CheckCharacterError, MalformedUdiError, parseHibcc, parseIsbt128 } from "../../src/gs1/udi.js";

const NOW = Date.UTC(2026, 0, 1) / 1000;
const MOD_43 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/** The data and its check character, found by trying. */
function checked(data: string): string {
  const found = [...MOD_43].find((character) => {
    try {
      return parseHibcc(data + character, NOW);
    } catch (error) {
      if (error instanceof CheckCharacterError) return false;
      throw error;
    }
  });
  return data + found;
}

const lastUsable = (date: string, hour = 24) => ({
  date,
  expiresAt: Date.parse(`${date}T00:00:00Z`) / 1000 + hour * 3600,
});

describe("parseHibcc", () => {
  const product = { hibcc: "X999123ABC0" };
  for (const [text, expiry] of [
    ["+X999123ABC0/$$05191234AB/S5678EDFG/16D20151001A", lastUsable("2019-05-31")],
    ["+X999123ABC0/$$20515191234AB/S5678EDFG/16D20151001I", lastUsable("2019-05-15")],
    ["+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J", lastUsable("2019-05-15")],
    ["+X999123ABC0/$$4190515211234AB/S5678EDFG/16D20151001N", lastUsable("2019-05-15", 22)],
    ["+X999123ABC0/$$5191351234AB/S5678EDFG/16D20151001J", lastUsable("2019-05-15")],
    ["+X999123ABC0/$$619135211234AB/S5678EDFG/16D20151001N", lastUsable("2019-05-15", 22)],
    ["+X999123ABC0/$1234AB/S5678EDFG/16D20151001/14D20190515.", lastUsable("2019-05-15")],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(parseHibcc(text, NOW)).to.deep.equal({ product, lot: "1234AB", serial: "5678EDFG", expiry });
    });
  }

  it("reads the device identifier by itself, in asterisks too", () => {
    for (const text of ["+A123BJC5D6E71G", "*+A123BJC5D6E71G*"]) {
      expect(parseHibcc(text, NOW)).to.deep.equal({ product: { hibcc: "A123BJC5D6E71" } });
    }
  });

  for (const [production, says] of [
    ["$+SER1", { serial: "SER1" }],
    ["$$+3261231SER1", { serial: "SER1", expiry: lastUsable("2026-12-31") }],
    ["$$+7SER1", { serial: "SER1" }],
    ["$$7LOT1", { lot: "LOT1" }],
    ["$$3261231", { expiry: lastUsable("2026-12-31") }],
    ["$$8243261231LOT1/Q24", { lot: "LOT1", expiry: lastUsable("2026-12-31") }],
    ["$$9000240126LOT1", { lot: "LOT1", expiry: lastUsable("2026-01-31") }],
    ["$LOT1/14D20261231", { lot: "LOT1", expiry: lastUsable("2026-12-31") }],
    ["$LOT1/S2/S2", { lot: "LOT1", serial: "2" }],
    ["S2", { serial: "2" }],
  ] as const) {
    it(`reads ${production}`, () => {
      expect(parseHibcc(checked(`+X999123ABC0/${production}`), NOW)).to.deep.equal({ product, ...says });
    });
  }

  it("takes an underscore for a check character that is a space", () => {
    const data = Array.from({ length: 43 }, (_, at) => checked(`+A123B${at}1`)).find((text) => text.endsWith(" "))!;
    expect(parseHibcc(`*${data.slice(0, -1)}_*`, NOW)).to.deep.equal(parseHibcc(data, NOW));
  });

  it("names the check character it expects", () => {
    expect(() => parseHibcc("+A123BJC5D6E71H", NOW))
      .to.throw(CheckCharacterError)
      .with.property("expected", "G");
  });

  it("catches every error in one character", () => {
    const text = "+X999123ABC0/$$31905151234AB/S5678EDFG/16D20151001J";
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...MOD_43), (at, wrong) => {
        const misread = text.slice(0, at) + wrong + text.slice(at + 1);
        if (misread !== text) expect(() => parseHibcc(misread, NOW)).to.throw(CheckCharacterError);
      }),
    );
  });

  it("refuses what is no UDI", () => {
    for (const data of [
      "A123BJC5D6E71",
      "+1123BJC5D6E71",
      "+A1231",
      "+A123BJC5D6E7X",
      "+X999123ABC0/LOT1",
      "+X999123ABC0/$$1",
      "+X999123ABC0/$$9",
      "+X999123ABC0/$LOT1/$LOT2",
      "+X999123ABC0/$LOT1/16D2015",
      "+X999123ABC0/$LOT1/S",
      `+X999123ABC0/$${"1".repeat(19)}`,
      "+X999123ABC0/$A%B",
      "+X999123ABC0/$+S1/S2",
      "+X999123ABC0/$$3261231/14D20261230",
      "+X999123ABC0/S1/S2/S1",
    ]) {
      expect(() => checked(data), data).to.throw(MalformedUdiError);
    }
    expect(() => parseHibcc("+a123bjc5d6e71G", NOW)).to.throw(MalformedUdiError);
    expect(() => checked("+X999123ABC0/$$3261331")).to.throw(MalformedDateError);
  });
});

describe("parseIsbt128", () => {
  const text = "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123";
  const product = { iccbba: "A9999XYZ100T0944" };

  it("reads the FDA's example: the serial is the donation and its division", () => {
    const udi = { product, serial: "A999713123456000025", lot: "000000000000XYZ123", expiry: lastUsable("2014-02-01") };
    expect(parseIsbt128(text)).to.deep.equal(udi);
    expect(parseIsbt128(`=+05000${text}`)).to.deep.equal(udi);
  });

  it("reads the parts that are there", () => {
    expect(parseIsbt128("=/A9999XYZ100T0944")).to.deep.equal({ product });
    expect(parseIsbt128("=,000025=/A9999XYZ100T0944")).to.deep.equal({ product, serial: "000025" });
    expect(parseIsbt128("=A99971312345600=/A9999XYZ100T0944")).to.deep.equal({ product, serial: "A999713123456" });
    expect(parseIsbt128("=/A9999XYZ100T0944=>999365").expiry).to.deep.equal(lastUsable("1999-12-31"));
  });

  it("refuses what is no UDI", () => {
    for (const wrong of [
      "",
      "=,000025",
      text.slice(0, -1),
      `${text}X`,
      "=/A9999XYZ100T0944=<E0001V00",
      "=/A9999XYZ100T0944=,000025=,000026",
      "=/A9999XYZ100T0944=O9997131234560",
    ]) {
      expect(() => parseIsbt128(wrong), wrong).to.throw(MalformedUdiError);
    }
    expect(() => parseIsbt128("=/A9999XYZ100T0944=>027366")).to.throw(MalformedDateError);
  });
});
