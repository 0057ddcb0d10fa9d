import { expect } from "chai";
import { dateTimeOf, firstSecondOf, secondAfter, YearOutOfRangeError } from "../../src/fhir/time.js";

const utc = (...parts: [number, number, number?, number?, number?, number?]) => Date.UTC(...parts) / 1000;

describe("firstSecondOf, secondAfter", () => {
  for (const [text, first, after] of [
    ["2024", utc(2024, 0, 1), utc(2025, 0, 1)],
    ["2024-02", utc(2024, 1, 1), utc(2024, 2, 1)],
    ["2024-02-29", utc(2024, 1, 29), utc(2024, 2, 1)],
    ["2024-12-31", utc(2024, 11, 31), utc(2025, 0, 1)],
    ["2016-06-23T17:32:33+10:00", utc(2016, 5, 23, 7, 32, 33), utc(2016, 5, 23, 7, 32, 34)],
    ["2016-06-23T17:32:33.5Z", utc(2016, 5, 23, 17, 32, 34), utc(2016, 5, 23, 17, 32, 34)],
    ["2016-12-31T23:59:60Z", utc(2016, 11, 31, 23, 59, 59), utc(2017, 0, 1)],
  ] as const) {
    it(`take ${text} for all it covers`, () => {
      expect([firstSecondOf(text), secondAfter(text)]).to.deep.equal([first, after]);
    });
  }

  for (const text of [
    "",
    "soon",
    "2023-02-29",
    "2024-13",
    "2024-1-1",
    "2024-01-01T10:00",
    "2024-01-01T10:00:00",
    "24",
  ]) {
    it(`refuse "${text}"`, () => {
      expect([firstSecondOf(text), secondAfter(text)]).to.deep.equal([undefined, undefined]);
    });
  }
});

describe("dateTimeOf", () => {
  it("writes whole seconds in UTC", () => {
    expect(dateTimeOf(1_800_000_000)).to.equal("2027-01-15T08:00:00Z");
  });

  it("refuses what FHIR cannot write", () => {
    expect(dateTimeOf(253_402_300_799)).to.equal("9999-12-31T23:59:59Z");
    for (const seconds of [-1, 253_402_300_800, NaN, Infinity]) {
      expect(() => dateTimeOf(seconds)).to.throw(YearOutOfRangeError);
    }
  });
});
