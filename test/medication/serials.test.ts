import { expect } from "chai";
import fc from "fast-check";
import {
  DuplicateSerialError,
  generateSerials,
  isSerial,
  MalformedSerialError,
  MAX_UNITS,
  numberSerials,
  SerialLengthError,
  UnitCountError,
} from "../../src/medication/serials.js";
import { errorOf } from "../crypto/errorOf.js";

describe("generateSerials", () => {
  it("gives as many different serial numbers as asked for, of the length asked for", () => {
    for (const length of [6, 13, 20]) {
      const serials = generateSerials(5000, { length });
      expect(new Set(serials).size).to.equal(5000);
      expect(serials.every((serial) => serial.length === length && isSerial(serial))).to.be.true;
    }
  });

  it("uses 20 characters, none of them a look-alike, and others each time", () => {
    const [serials, others] = [generateSerials(1000), generateSerials(1000)];
    expect(serials.every((serial) => /^[2-9A-HJ-NP-Z]{20}$/.test(serial))).to.be.true;
    expect(new Set(serials.join("")).size).to.equal(32);
    expect(new Set([...serials, ...others]).size).to.equal(2000);
  });

  it("refuses serial numbers that a guess in ten thousand would find, and those GS1 has no room for", () => {
    // 32^4 is 104 times ten thousand.
    expect(generateSerials(104, { length: 4 })).to.have.length(104);
    expect(() => generateSerials(105, { length: 4 })).to.throw(SerialLengthError, "5 to 20");
    for (const length of [0, -1, 21, 12.5, NaN]) {
      expect(() => generateSerials(1, { length }), `${length}`).to.throw(SerialLengthError);
    }
  });

  it("refuses a count no batch has", () => {
    for (const count of [0, -1, 1.5, NaN, MAX_UNITS + 1, Infinity]) {
      expect(() => generateSerials(count), `${count}`).to.throw(UnitCountError);
    }
  });
});

describe("numberSerials", () => {
  it("numbers the units in the order of their serial numbers", async () => {
    expect([...(await numberSerials(["B", "A"]))]).to.deep.equal([
      ["B", 0],
      ["A", 1],
    ]);
    expect((await numberSerials(["B", "A"], 7)).get("A")).to.equal(8);
  });

  it("takes them as they come", async () => {
    async function* lines() {
      yield "A";
      yield "B";
    }
    expect((await numberSerials(lines())).get("B")).to.equal(1);
  });

  it("names both units with the same serial number", async () => {
    const error = await errorOf(numberSerials(["A", "B", "C", "B"]));
    expect(error).to.be.instanceOf(DuplicateSerialError).that.includes({ unit: 1, duplicate: 3 });
    expect(error).to.have.property("message").that.includes("Units 1 and 3");
  });

  it("names the line of what is no serial number", async () => {
    for (const text of ["", "A".repeat(21), "A B", "Ä", "A#", "A\n", "A$"]) {
      const error = await errorOf(numberSerials(["A", text], 10));
      expect(error, text).to.be.instanceOf(MalformedSerialError).that.includes({ unit: 11, line: 2 });
    }
  });

  it("refuses an empty batch, and a unit beyond 24 bits", async () => {
    expect(await errorOf(numberSerials([]))).to.be.instanceOf(UnitCountError);
    expect(await errorOf(numberSerials(["A", "B"], MAX_UNITS - 1))).to.be.instanceOf(UnitCountError);
  });
});

describe("isSerial", () => {
  it("takes 1 to 20 characters of the 82 of GS1, and no others", () => {
    const ascii = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    expect(ascii.filter(isSerial)).to.have.length(82);
    fc.assert(fc.property(fc.nat(40), (length) => isSerial("7".repeat(length)) === (length >= 1 && length <= 20)));
  });
});
