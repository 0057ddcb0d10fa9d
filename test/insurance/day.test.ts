import { expect } from "chai";
import fc from "fast-check";

import { dateOf, DayOutOfRangeError, dayNumber, dayOfDateTime, NotADayError } from "../../src/insurance/day.js";

const LAST = 2_932_896;

describe("dayNumber", () => {
  for (const [date, day] of [
    ["1970-01-01", 0],
    ["1970-01-02", 1],
    ["2000-02-29", 11_016],
    ["2027-01-15", 20_833],
    ["9999-12-31", LAST],
  ] as const) {
    it(`counts ${date} as day ${day}`, () => {
      expect(dayNumber(date)).to.equal(day);
    });
  }

  it("is undone by dateOf, for every day", () => {
    fc.assert(
      fc.property(fc.nat(LAST), (day) => {
        expect(dayNumber(dateOf(day))).to.equal(day);
      }),
    );
  });

  it("refuses what is no day in full", () => {
    for (const text of ["", "2023-02-30", "2023-02-29", "2023-13-01", "2023-00-10", "2023-04-31", "2023-2-3"]) {
      expect(() => dayNumber(text), text).to.throw(NotADayError);
    }
    for (const text of ["2023", "2023-02", "20230203", "2023-02-03T10:00:00Z", "2023-02-03 ", "+012023-02-03"]) {
      expect(() => dayNumber(text), text).to.throw(NotADayError);
    }
  });

  it("refuses days before 1970", () => {
    for (const text of ["1969-12-31", "0070-01-01", "0099-12-31"]) {
      expect(() => dayNumber(text), text).to.throw(DayOutOfRangeError);
    }
  });
});

describe("dateOf", () => {
  it("refuses what is no day up to the end of the year 9999", () => {
    for (const day of [-1, 0.5, LAST + 1, 2 ** 24 - 1, NaN]) {
      expect(() => dateOf(day), String(day)).to.throw(DayOutOfRangeError);
    }
  });
});

describe("dayOfDateTime", () => {
  it("takes the day as it was written, whatever the time zone", () => {
    for (const text of [
      "2027-01-15",
      "2027-01-15T23:30:00-08:00",
      "2027-01-15T00:30:00+14:00",
      "2027-01-15T12:00:00.123Z",
    ]) {
      expect(dayOfDateTime(text), text).to.equal("2027-01-15");
    }
  });

  it("refuses what names no day", () => {
    for (const text of ["", "2027", "2027-01", "2027-02-30", "2027-02-30T10:00:00Z", "2027-01-15T25:00:00Z"]) {
      expect(() => dayOfDateTime(text), text).to.throw(NotADayError);
    }
  });

  it("refuses days before 1970", () => {
    expect(() => dayOfDateTime("1969-12-31T23:00:00-05:00")).to.throw(DayOutOfRangeError);
  });
});
