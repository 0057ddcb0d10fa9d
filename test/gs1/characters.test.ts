import { expect } from "chai";
import { encodeBytes32String } from "ethers";
import fc from "fast-check";
import {
  ForeignCharacterError,
  fromBytes32,
  NotBytes32TextError,
  toBytes32,
  toLotOrSerial,
} from "../../src/gs1/characters.js";

describe("toLotOrSerial", () => {
  it("takes the 82 characters GS1 allows, and no others", () => {
    const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    const taken = all.filter((character) => {
      try {
        return toLotOrSerial(character) === character;
      } catch {
        return false;
      }
    });
    expect(taken.join("")).to.equal(
      "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz",
    );
  });

  it("takes 1 to 20 characters", () => {
    expect(toLotOrSerial("A".repeat(20))).to.have.length(20);
    for (const text of ["", "A".repeat(21), "A\n"]) expect(() => toLotOrSerial(text)).to.throw(ForeignCharacterError);
  });
});

describe("toBytes32, fromBytes32", () => {
  const texts = fc.string({ unit: "grapheme-ascii", maxLength: 32 });

  it("give any text back", () => {
    fc.assert(fc.property(texts, (text) => fromBytes32(toBytes32(text)) === text));
  });

  it("write what ethers writes, where it can", () => {
    expect(toBytes32("gtin:09506000134352")).to.equal(encodeBytes32String("gtin:09506000134352"));
    expect(fromBytes32(toBytes32("A").replace("0x41", "0x4A").toUpperCase().replace("0X", "0x"))).to.equal("J");
  });

  it("refuse a text that does not fit", () => {
    for (const text of ["A".repeat(33), "A\n", "é", "A\0"]) {
      expect(() => toBytes32(text)).to.throw(NotBytes32TextError);
    }
  });

  it("refuse bytes that are no text", () => {
    const zeros = "00".repeat(30);
    for (const bytes of ["0x", `0x41${zeros}`, `0x0041${zeros}`, `0x410a${zeros}`, `0xc3a9${zeros}`, `4141${zeros}`]) {
      expect(() => fromBytes32(bytes), bytes).to.throw(NotBytes32TextError);
    }
    expect(() => fromBytes32(`0x4100${"00".repeat(29)}41`)).to.throw(NotBytes32TextError);
  });
});
