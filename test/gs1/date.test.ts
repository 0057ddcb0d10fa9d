import { expect } from "chai";
import fc from "fast-check";
import { expiryOf, expiryOfIsoDate, expiryOfYymmdd, fullYear, MalformedDateError } from "../../src/gs1/date.js";

const NOW = Date.UTC(2026, 6, 1) / 1000;

describe("expiryOfYymmdd", () => {
  for (const [text, date, [year, month, day]] of [
    ["261231", "2026-12-31", [2027, 0, 1]],
    ["280200", "2028-02-29", [2028, 2, 1]],
    ["270200", "2027-02-28", [2027, 2, 1]],
    ["261200", "2026-12-31", [2027, 0, 1]],
    ["000229", "2000-02-29", [2000, 2, 1]],
  ] as const) {
    it(`lets ${text} expire with the second after ${date}`, () => {
      expect(expiryOfYymmdd(text, NOW)).to.deep.equal({ date, expiresAt: Date.UTC(year, month, day) / 1000 });
    });
  }

  it("refuses days no calendar has", () => {
    for (const text of ["270229", "261301", "260001", "260431", "260132", "26123", "2612311", "26-1-1", ""]) {
      expect(() => expiryOfYymmdd(text, NOW), text).to.throw(MalformedDateError);
    }
  });
});

describe("fullYear", () => {
  it("takes two digits for the year from 49 before now to 50 after", () => {
    expect([76, 77, 99, 0, 26, 75].map((yy) => fullYear(yy, NOW))).to.deep.equal([2076, 1977, 1999, 2000, 2026, 2075]);
    const in2080 = Date.UTC(2080, 0, 1) / 1000;
    expect([30, 31, 99, 0, 29].map((yy) => fullYear(yy, in2080))).to.deep.equal([2130, 2031, 2099, 2100, 2129]);
  });

  it("never leaves that window", () => {
    fc.assert(
      fc.property(fc.nat(99), fc.integer({ min: 2000, max: 2200 }), (yy, thisYear) => {
        const year = fullYear(yy, Date.UTC(thisYear, 5, 1) / 1000);
        expect(year % 100).to.equal(yy);
        expect(year - thisYear).to.be.within(-49, 50);
      }),
    );
  });
});

describe("expiryOfIsoDate", () => {
  it("reads the dates of EPCIS", () => {
    expect(expiryOfIsoDate("2025-03-27")).to.deep.equal({
      date: "2025-03-27",
      expiresAt: Date.UTC(2025, 2, 28) / 1000,
    });
  });

  it("says the same as YYMMDD for any day", () => {
    const days = fc.date({ min: new Date("1980-01-01"), max: new Date("2070-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        expect(expiryOfYymmdd(iso.slice(2).replaceAll("-", ""), NOW)).to.deep.equal(expiryOfIsoDate(iso));
      }),
    );
  });

  it("refuses anything else", () => {
    for (const text of ["", "2025-02-29", "2025-02-00", "2025-2-1", "2025-02", "2025-02-01T00:00:00Z", "0001-01-01"]) {
      expect(() => expiryOfIsoDate(text), text).to.throw(MalformedDateError);
    }
  });
});

describe("expiryOf", () => {
  it("takes a day of the year", () => {
    expect(expiryOf({ year: 2028, dayOfYear: 366 }).date).to.equal("2028-12-31");
    expect(expiryOf({ year: 2027, dayOfYear: 60 }).date).to.equal("2027-03-01");
    for (const dayOfYear of [0, 366]) expect(() => expiryOf({ year: 2027, dayOfYear })).to.throw(MalformedDateError);
  });

  it("takes an hour, which is still usable", () => {
    expect(expiryOf({ year: 2027, month: 5, day: 15, hour: 21 })).to.deep.equal({
      date: "2027-05-15",
      expiresAt: Date.UTC(2027, 4, 15, 22) / 1000,
    });
    expect(() => expiryOf({ year: 2027, month: 5, day: 15, hour: 24 })).to.throw(MalformedDateError);
  });
});
