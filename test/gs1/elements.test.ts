import { expect } from "chai";
import { CheckDigitError } from "../../src/gs1/checkDigit.js";
import {
  ContradictoryElementsError,
  elementList,
  elementsOf,
  identifierDigits,
  keyOf,
  MalformedElementError,
  NotOneKeyError,
  predefinedLength,
  UnknownIdentifierError,
} from "../../src/gs1/elements.js";

const GTIN = "09506000134352";

describe("elementsOf", () => {
  it("names the AIs it understands and keeps the others", () => {
    expect(
      elementsOf([
        ["00", "106141412345678908"],
        ["01", GTIN],
        ["414", "0614141000012"],
        ["417", "9501101530003"],
        ["11", "250100"],
        ["17", "261231"],
        ["10", "ABC"],
        ["21", "S1"],
        ["254", "12"],
        ["3103", "000750"],
        ["240", "REF"],
      ]),
    ).to.deep.equal({
      sscc: "106141412345678908",
      gtin: GTIN,
      gln: "0614141000012",
      partyGln: "9501101530003",
      productionDate: "250100",
      expirationDate: "261231",
      lot: "ABC",
      serial: "S1",
      glnExtension: "12",
      others: { "3103": "000750", "240": "REF" },
    });
  });

  it("takes an AI twice when it says the same", () => {
    expect(
      elementsOf([
        ["01", GTIN],
        ["01", "9506000134352"],
      ]),
    ).to.deep.equal({ gtin: GTIN });
  });

  it("refuses an AI with two values", () => {
    for (const identifier of ["10", "240"]) {
      expect(() =>
        elementsOf([
          [identifier, "A"],
          [identifier, "B"],
        ]),
      )
        .to.throw(ContradictoryElementsError)
        .with.property("identifier", identifier);
    }
  });

  it("refuses values the AI does not have", () => {
    for (const [identifier, value] of [
      ["11", "251301"],
      ["17", "261232"],
      ["17", "26123"],
      ["3103", "00075"],
      ["3103", "00075A"],
      ["240", ""],
      ["240", "A".repeat(91)],
      ["240", "A B"],
      ["91", "$"],
    ] as const) {
      expect(() => elementsOf([[identifier, value]]), `${identifier} ${value}`).to.throw(MalformedElementError);
    }
    expect(() => elementsOf([["01", "09506000134353"]])).to.throw(CheckDigitError);
  });

  it("refuses AIs that GS1 does not have", () => {
    for (const identifier of ["", "0", "05", "1", "010", "310", "31033", "99A", "9A", "__proto__"]) {
      expect(() => elementsOf([[identifier, "1"]]), identifier).to.throw(UnknownIdentifierError);
    }
  });
});

describe("elementList", () => {
  it("puts the key first and checks every value", () => {
    expect(elementList({ serial: "S1", others: { "20": "01" }, gtin: GTIN })).to.deep.equal([
      ["01", GTIN],
      ["21", "S1"],
      ["20", "01"],
    ]);
    expect(() => elementList({ gtin: GTIN, others: { "20": "1" } })).to.throw(MalformedElementError);
  });
});

describe("identifierDigits, predefinedLength", () => {
  it("know AIs of 2, 3 and 4 digits", () => {
    expect(["0109", "37", "414", "7112", "3103", "7003", "8200"].map(identifierDigits)).to.deep.equal([
      2, 2, 3, 3, 4, 4, 4,
    ]);
  });

  it("know the lengths that need no separator", () => {
    expect(["00", "01", "02", "11", "17", "20", "3103", "3569", "414"].map(predefinedLength)).to.deep.equal([
      20, 16, 16, 8, 8, 4, 10, 10, 16,
    ]);
    expect(["10", "21", "240", "3932", "422", "7003", "8008", "91"].map(predefinedLength).every((l) => l === undefined))
      .to.be.true;
  });
});

describe("keyOf", () => {
  it("finds the one key", () => {
    expect(keyOf({ gtin: GTIN, lot: "A" })).to.equal("01");
    expect(keyOf({ partyGln: "9501101530003" })).to.equal("417");
  });

  it("refuses none, and more than one", () => {
    expect(() => keyOf({ lot: "A" })).to.throw(NotOneKeyError, "no GTIN, SSCC or GLN");
    expect(() => keyOf({ gtin: GTIN, sscc: "106141412345678908" }))
      .to.throw(NotOneKeyError)
      .with.deep.property("keys", ["00", "01"]);
  });
});
