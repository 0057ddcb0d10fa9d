import { expect } from "chai";
import fc from "fast-check";
import { readCodeInfo } from "../../src/fda/codeInfo.js";

/** Lots as `lot` or `lot@expiry`. */
const lotsOf = (text: string) =>
  readCodeInfo(text).lots.map(({ lot, expiry }) => (expiry === undefined ? lot : `${lot}@${expiry.date}`));

const LISTS: [text: string, lots: string[], unread: string[]][] = [
  ["Lot #: RB81031, Exp 01/13", ["RB81031@2013-01"], []],
  ["Lot #: A, B, C; Exp 01/13", ["A@2013-01", "B@2013-01", "C@2013-01"], []],
  ["Lots: 1234 (Exp. 05/2024), 1235", ["1234@2024-05", "1235"], []],
  ["Lots: 1234, 1235 (05/2024)", ["1234", "1235@2024-05"], []],
  ["LOT 42", ["42"], []],
  ["Lot #S1234 Exp. Date: May 2024", ["S1234@2024-05"], []],
  ["Batch numbers A-1 and B.2 & C/3", ["A-1", "B.2", "C/3"], []],
  ["(Lot 1234, 1235)", ["1234", "1235"], []],
  ["B1234, B1235", ["B1234", "B1235"], []],
  ["Lots 1234 1235 1236", ["1234", "1235", "1236"], []],
  ["Lots 1234 exp 01/13 1235 exp 02/13", ["1234@2013-01", "1235@2013-02"], []],
  ["Lots: A1, B2; Exp 01/13, 02/13", ["A1@2013-01", "B2@2013-02"], []],
  ["Lots: A1, B2; Exp 01/13, 02/13, 03/13", ["A1", "B2"], ["Exp 01/13, 02/13, 03/13"]],
  ["Lots: A1,\nB2; Exp 01/13\nC3\nD4 exp 02/13", ["A1@2013-01", "B2@2013-01", "C3", "D4@2013-02"], []],
  [
    "Lot Number and Expiration Date: 10108716  31-Mar-2013,\n10111510  30-Apr-2013",
    ["10108716@2013-03-31", "10111510@2013-04-30"],
    [],
  ],
  ["Lot: 1234 (100 count), 1235 (50 count), Exp 05/24", ["1234@2024-05", "1235@2024-05"], ["100 count", "50 count"]],
  ["Lot: A1, A1, Exp 1/14", ["A1@2014-01"], []],
];

const NO_LISTS: [text: string, lots: string[], unread: string[]][] = [
  ["Lot numbers 12A3 through 12A9", [], ["12A3 through 12A9"]],
  ["Lots: A1, NP-2406A to NP-2407F, B2 exp 01/13", ["A1@2013-01", "B2@2013-01"], ["NP-2406A to NP-2407F"]],
  ["Lots 24A01-24A45, 1000-1020, 12A3 – 12A9", [], ["24A01-24A45, 1000-1020, 12A3 – 12A9"]],
  ["Lots: 1234 -\n1240", [], ["1234 -", "1240"]],
  ["Lots: A12, B23 Exp 01/2013 - 05/2013", ["A12", "B23"], ["Exp 01/2013 - 05/2013"]],
  ["Lots: A12, exp 13/13", ["A12"], ["exp 13/13"]],
  ["Exp 30JUN13 Lot 5 Exp 06-2024", ["5@2024-06"], ["Exp 30JUN13"]],
  ["Lot ABC-123; UPC 123456789012, 45678", ["ABC-123"], ["UPC 123456789012, 45678"]],
  ["NDC 0024-0590-10 Exp 02/2012", [], ["NDC 0024-0590-10 Exp 02/2012"]],
  ["UDI-DI 00812345678; Serial Numbers: 1234, 1235", [], ["UDI-DI 00812345678; Serial Numbers: 1234, 1235"]],
  ["Serial 12345 05/2024", [], ["Serial 12345 05/2024"]],
  ["Lot: 50mg", [], ["50mg"]],
  ["Lot: 2012", [], ["2012"]],
  ["Lot: 0024-0590-10", [], ["0024-0590-10"]],
  ["Lot: EXP0113", [], ["EXP0113"]],
  ["Lot: 5/24-6/24", [], ["5/24-6/24"]],
  ["Lot: 24A01-24A45", [], ["24A01-24A45"]],
  ["Lot: 1000-1020", [], ["1000-1020"]],
  ["Lot: NDC", [], ["NDC"]],
  ["Lot: N/A", [], ["N/A"]],
  ["Lot 1234 50 mg, 1235", ["1234"], ["50 mg, 1235"]],
  ["Lots 12-2034, 13-2035", [], ["12-2034, 13-2035"]],
  ["Lots: A1, shipped in 2012 to 50 pharmacies. 1235", ["A1"], ["shipped in 2012 to 50 pharmacies. 1235"]],
  ["Lot: UNKNOWN", [], ["UNKNOWN"]],
  ["A1", [], ["A1"]],
];

describe("readCodeInfo", () => {
  for (const [text, lots, unread] of LISTS) {
    it(`reads ${JSON.stringify(text)}`, () => {
      expect([lotsOf(text), readCodeInfo(text).unread]).to.deep.equal([lots, unread]);
    });
  }

  for (const [text, lots, unread] of NO_LISTS) {
    it(`does not guess at ${JSON.stringify(text)}`, () => {
      expect([lotsOf(text), readCodeInfo(text).unread]).to.deep.equal([lots, unread]);
    });
  }

  it("knows when all lots are recalled, and what restricts that", () => {
    expect(readCodeInfo("All lots")).to.deep.equal({ lots: [], allLots: true, unread: [] });
    expect(readCodeInfo("ALL LOTS within expiry.")).to.deep.equal({
      lots: [],
      allLots: true,
      unread: ["ALL LOTS within expiry"],
    });
    expect(readCodeInfo("All lots beginning with 12A, e.g. lot 12A3")).to.deep.equal({
      lots: [{ lot: "12A3" }],
      allLots: false,
      unread: ["All lots beginning with 12A", "e.g"],
    });
  });

  it("keeps expiries as printed", () => {
    const [lot] = readCodeInfo("vial AE41 02/ 2012").lots;
    expect(lot).to.deep.equal({ lot: "AE41", expiry: { text: "02/ 2012", date: "2012-02" } });
  });

  it("drops no word with a digit, whatever the text", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "Lot",
        "Lots #:",
        "Lot No.",
        "Exp",
        "expires on",
        "All lots",
        "and",
        "through",
        "to",
        "vial",
        "NDC",
      ),
      fc.constantFrom(",", ";", " (", ")", ".", ":", "\n", " - ", "–", "/", "-", "&", "#", "•"),
      fc.constantFrom(
        "AE41",
        "1234",
        "50mg",
        "05/2024",
        "02/ 2012",
        "31-Mar-2013",
        "2024-05-31",
        "MAY 24",
        "0024-0590-10",
        "ü7",
      ),
      fc.string({ maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom("", " "), (pieces, glue) => {
        const text = pieces.join(glue);
        const { lots, unread } = readCodeInfo(text);
        const kept = [...lots.flatMap(({ lot, expiry }) => [lot, expiry?.text ?? ""]), ...unread].join("\n");
        for (const word of text.match(/[A-Za-z0-9]*\d[A-Za-z0-9]*/g) ?? []) expect(kept).to.include(word);
      }),
      { numRuns: 500 },
    );
  });

  it("reads long texts in reasonable time", () => {
    const many = Array.from({ length: 5_000 }, (_, place) => `L${place}X 05/2024`);
    expect(readCodeInfo(`Lots: ${many.join(" ")}`).lots).to.have.length(5_000);
    expect(readCodeInfo("Exp 05/2024, ".repeat(5_000)).lots).to.be.empty;
    expect(readCodeInfo(`Lot ${".".repeat(20_000)} A${".".repeat(20_000)}`).lots).to.deep.equal([{ lot: "A" }]);
    expect(readCodeInfo(`Lot ${"– ".repeat(20_000)}${" ".repeat(50_000)}`).unread).to.be.empty;
  });
});
