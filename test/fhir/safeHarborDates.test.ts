import { expect } from "chai";
import fc from "fast-check";
import { earliestYearIn, inYears, isAge, safeYear } from "../../src/fhir/safeHarborDates.js";
import { safeNumber, safeQuantity } from "../../src/fhir/safeHarborQuantities.js";
import type { FhirResource } from "../../src/fhir/resource.js";

const UCUM = "http://unitsofmeasure.org";
const NINETY = { value: 90, comparator: ">=", unit: "a", system: UCUM, code: "a" };

describe("safeYear", () => {
  it("keeps the year of dates, times and instants", () => {
    for (const date of ["1974", "1974-12", "1974-12-25", "1974-12-25T14:35:45-05:00", "1974-12-25T14:35:45.123Z"]) {
      expect(safeYear(date, 2026), date).to.equal("1974");
    }
  });

  it("drops the years of those who are over 89, or will be within the year", () => {
    expect(safeYear("1937-01-01", 2026)).to.equal("1937");
    expect(safeYear("1936-12-31", 2026)).to.equal(undefined);
    expect(safeYear("1899", 2026)).to.equal(undefined);
  });

  it("drops what is no date", () => {
    for (const text of ["", "Ottoline", "1974-12-25 Ottoline", "19741225", "12/25/1974", "1974-Xmas", 1974, null, {}]) {
      expect(safeYear(text, 2026), String(text)).to.equal(undefined);
    }
    fc.assert(fc.property(fc.string(), (text) => /^(\d{4})?$/.test(safeYear(text, 2026) ?? "")));
  });
});

describe("earliestYearIn", () => {
  it("finds the earliest plausible date anywhere", () => {
    const resource = { resourceType: "Condition", recordedDate: "1990-01-01", onsetPeriod: { start: "1985-06" } };
    expect(earliestYearIn(resource as unknown as FhirResource, 2026)).to.equal(1985);
    expect(earliestYearIn({ ...resource, id: "0061", onsetPeriod: {} } as unknown as FhirResource, 2026)).to.equal(
      1990,
    );
    expect(earliestYearIn({ resourceType: "Patient" }, 2026)).to.equal(undefined);
  });
});

describe("inYears", () => {
  it("converts units of time, and no others", () => {
    expect(inYears(95, "a")).to.equal(95);
    expect(inYears(1080, "mo")).to.equal(90);
    expect(inYears(90, "Years")).to.equal(90);
    expect(inYears(90 * 365, "d")).to.equal(90);
    expect(inYears(95, "kg")).to.equal(undefined);
  });
});

describe("isAge", () => {
  it("tells ages by LOINC and SNOMED CT, and survives codes that are none", () => {
    expect(isAge({ code: { coding: [{ code: "8302-2" }, { code: "30525-0" }] } })).to.equal(true);
    expect(isAge({ code: { coding: [{ code: "8302-2" }] } })).to.equal(false);
    for (const code of [undefined, null, "text", { coding: "text" }, { coding: [null] }]) {
      expect(isAge({ code } as never)).to.equal(false);
    }
  });
});

describe("safeNumber", () => {
  it("keeps measurements, and none of seven digits", () => {
    for (const value of [0, -3.5, 42, 999_999]) expect(safeNumber(value)).to.equal(value);
    for (const value of [1_000_000, 5_550_199, 219_099_999, NaN, Infinity, "42", null, {}]) {
      expect(safeNumber(value), String(value)).to.equal(undefined);
    }
  });

  it("makes ages over 89 to 90, and drops those of people who are over 89 by now", () => {
    expect(safeNumber(89, 0)).to.equal(89);
    expect(safeNumber(90, 0)).to.equal(90);
    expect(safeNumber(103, 0)).to.equal(90);
    expect(safeNumber(1931, 0)).to.equal(undefined);
    expect(safeNumber(60, 29)).to.equal(60);
    expect(safeNumber(60, 30)).to.equal(undefined);
    expect(safeNumber(60, Infinity)).to.equal(undefined);
  });
});

describe("safeQuantity", () => {
  it("keeps value, comparator and a known unit, as UCUM or as text", () => {
    const quantity = { value: 5.4, comparator: "<" as const };
    expect(safeQuantity({ ...quantity, unit: "Ottoline", system: UCUM, code: "mmol/L" })).to.deep.equal({
      ...quantity,
      system: UCUM,
      code: "mmol/L",
    });
    expect(safeQuantity({ ...quantity, unit: "mmol/L" })).to.deep.equal({ ...quantity, unit: "mmol/L" });
    expect(safeQuantity({ value: 3 })).to.deep.equal({ value: 3 });
    expect(safeQuantity({ value: 1e9, unit: "10*3/uL" })).to.deep.equal({ value: 1e9, unit: "10*3/uL" });
  });

  it("drops it with an unknown unit, whatever the value would mean then", () => {
    for (const unit of ["Ottoline", "deg", "yo", "phone"]) expect(safeQuantity({ value: 3, unit })).to.equal(undefined);
    expect(safeQuantity({ value: 3, system: "http://hospital.example", code: "active" })).to.equal(undefined);
    expect(safeQuantity({ value: 3, unit: {} } as never)).to.equal(undefined);
  });

  it("drops long numbers without a unit, and other comparators", () => {
    expect(safeQuantity({ value: 5_550_199 })).to.equal(undefined);
    expect(safeQuantity({ value: 3, comparator: "Ottoline" as never })).to.deep.equal({ value: 3 });
    expect(safeQuantity({ value: "3" } as never)).to.equal(undefined);
  });

  it("makes every time of 90 years and more to >= 90 years", () => {
    for (const quantity of [
      { value: 90, unit: "years" },
      { value: 97, system: UCUM, code: "a" },
      { value: 1100, system: UCUM, code: "mo" },
      { value: 33_000, unit: "d" },
    ]) {
      expect(safeQuantity(quantity)).to.deep.equal(NINETY);
    }
    expect(safeQuantity({ value: 97, unit: "kg" })).to.deep.equal({ value: 97, unit: "kg" });
  });

  it("drops what is longer than a life, as the year of a birth in years", () => {
    expect(safeQuantity({ value: 1931, unit: "a" })).to.equal(undefined);
    expect(safeQuantity({ value: 1931 }, 0)).to.equal(undefined);
  });

  it("takes an age without a unit for years", () => {
    expect(safeQuantity({ value: 97 }, 0)).to.deep.equal(NINETY);
    expect(safeQuantity({ value: 89 }, 0)).to.deep.equal({ value: 89 });
  });

  it("drops ages of people who are over 89 by now, and ages in units of something else", () => {
    expect(safeQuantity({ value: 60, unit: "a" }, 29)).to.deep.equal({ value: 60, unit: "a" });
    expect(safeQuantity({ value: 60, unit: "a" }, 30)).to.equal(undefined);
    expect(safeQuantity({ value: 6, unit: "mo" }, Infinity)).to.equal(undefined);
    expect(safeQuantity({ value: 60, unit: "kg" }, 0)).to.equal(undefined);
    expect(safeQuantity({ value: 97, unit: "a" }, Infinity)).to.deep.equal(NINETY);
  });
});
