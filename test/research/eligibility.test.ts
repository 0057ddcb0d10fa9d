import { expect } from "chai";
import fc from "fast-check";
import type { Condition } from "fhir/r4.js";

import { fullEntriesOf, type FhirResource } from "../../src/fhir/resource.js";
import type { Criterion, CriterionKind } from "../../src/research/criteria.js";
import { CriteriaError } from "../../src/research/criteria.js";
import { CriterionNotBooleanError, eligibility, screenOf, type Fit } from "../../src/research/eligibility.js";
import { syntheaBundles } from "../fhir/examples.js";
import { cholesterol, condition, HYPERTENSION, NEW_YEAR, patient } from "./studies.js";

const DAY = 86_400;

function fitOf(kind: CriterionKind, resources: readonly FhirResource[], on = NEW_YEAR): Fit {
  return eligibility([{ text: "It", ...kind }], resources, { on }).fit;
}

function reasonOf(kind: CriterionKind, resources: readonly FhirResource[], on = NEW_YEAR): string {
  return eligibility([{ text: "It", ...kind }], resources, { on }).criteria[0]!.reason;
}

describe("eligibility", () => {
  describe("by age", () => {
    const age = { min: 18, max: 75 };

    it("counts whole years, to the day before the next birthday", () => {
      const born = (birthDate: string): Fit => fitOf({ age }, [patient({ birthDate })]);
      expect(["2008-01-01", "2008-01-02"].map(born)).to.deep.equal(["fits", "does not fit"]);
      expect(["1950-01-02", "1950-01-01"].map(born)).to.deep.equal(["fits", "does not fit"]);
      expect(fitOf({ age: { max: 75 } }, [patient({ birthDate: "1950-01-01" })], NEW_YEAR - DAY)).to.equal("fits");
    });

    it("is unknown without a birth date, or with one not exact enough", () => {
      expect(fitOf({ age }, [])).to.equal("unknown");
      expect(reasonOf({ age }, [])).to.equal("The records hold no birth date.");
      expect(fitOf({ age }, [{ resourceType: "Patient" }])).to.equal("unknown");
      expect(fitOf({ age }, [patient({ birthDate: "2008" })])).to.equal("unknown");
      expect(reasonOf({ age }, [patient({ birthDate: "2008" })])).to.contain("not exact enough");
      expect(fitOf({ age }, [patient({ birthDate: "2007" })])).to.equal("fits");
      expect(fitOf({ age }, [patient({ birthDate: "2008-02" })])).to.equal("does not fit");
    });

    it("takes one birth date in several hospitals' records, and is unknown when they differ", () => {
      const born = (birthDate: string, id: string) => patient({ birthDate, id });
      expect(fitOf({ age }, [born("1980-03-05", "a"), born("1980-03-05", "b")])).to.equal("fits");
      expect(fitOf({ age }, [born("1980-03-05", "a"), born("1981-03-05", "b")])).to.equal("unknown");
    });

    it("is unknown, and no error, when the birth date is no date", () => {
      for (const birthDate of ["5 March", "", 1980]) {
        expect(fitOf({ age }, [patient({ birthDate: birthDate as string })])).to.equal("unknown");
      }
    });
  });

  it("by sex is unknown when the records do not say, or say two things", () => {
    expect(fitOf({ sex: "female" }, [patient()])).to.equal("fits");
    expect(fitOf({ sex: "male" }, [patient()])).to.equal("does not fit");
    expect(fitOf({ sex: "female" }, [patient({ gender: "unknown" })])).to.equal("unknown");
    expect(reasonOf({ sex: "female" }, [patient({ gender: "unknown" })])).to.equal("The records do not say.");
    expect(fitOf({ sex: "female" }, [patient(), patient({ gender: "unknown" })])).to.equal("fits");
    expect(fitOf({ sex: "female" }, [patient(), patient({ gender: "male" })])).to.equal("unknown");
    expect(reasonOf({ sex: "female" }, [patient(), patient({ gender: "male" })])).to.contain("contradict");
  });

  describe("by condition", () => {
    const asked = { condition: { codes: [{ system: "http://a", code: "1" }, HYPERTENSION] } };
    const ever = { condition: { ...asked.condition, ever: true } };
    const status = (clinical: string, verification = "confirmed"): Condition =>
      condition({
        clinicalStatus: { coding: [{ code: clinical }] },
        verificationStatus: { coding: [{ code: verification }] },
      });
    const other = condition({ code: { coding: [{ system: "http://a", code: HYPERTENSION.code }] } });

    it("finds any of the codes in its system, while active", () => {
      for (const clinical of ["active", "recurrence", "relapse"]) {
        expect(fitOf(asked, [other, status(clinical)]), clinical).to.equal("fits");
      }
      for (const clinical of ["inactive", "remission", "resolved"]) {
        expect(fitOf(asked, [status(clinical)]), clinical).to.equal("does not fit");
        expect(fitOf(ever, [status(clinical)]), clinical).to.equal("fits");
      }
      expect(fitOf(asked, [other])).to.equal("does not fit");
    });

    it("is unknown where the records hold no condition at all", () => {
      expect(fitOf(asked, [patient()])).to.equal("unknown");
      expect(reasonOf(asked, [patient()])).to.contain("no conditions at all");
    });

    it("is unknown while unconfirmed, and absent when refuted or entered in error", () => {
      for (const unsure of ["unconfirmed", "provisional", "differential"]) {
        expect(fitOf(asked, [status("active", unsure)]), unsure).to.equal("unknown");
        expect(fitOf(asked, [status("resolved", unsure)]), unsure).to.equal("does not fit");
        expect(fitOf(ever, [status("resolved", unsure)]), unsure).to.equal("unknown");
        expect(fitOf(asked, [status("active", unsure), status("active")]), unsure).to.equal("fits");
      }
      for (const wrong of ["refuted", "entered-in-error"]) {
        expect(fitOf(asked, [status("active", wrong)]), wrong).to.equal("does not fit");
        expect(fitOf(ever, [status("active", wrong)]), wrong).to.equal("does not fit");
      }
    });

    it("is unknown when it does not say whether it is active", () => {
      const { clinicalStatus: _, ...silent } = condition();
      expect(fitOf(asked, [silent])).to.equal("unknown");
      expect(reasonOf(asked, [silent])).to.contain("does not say whether it is active");
      expect(fitOf(ever, [silent])).to.equal("fits");
    });

    it("excludes those who have it, and not those of whom that is unknown", () => {
      const criteria: Criterion[] = [{ text: "No hypertension", exclude: true, ...asked }];
      expect(eligibility(criteria, [condition()]).fit).to.equal("does not fit");
      expect(eligibility(criteria, [other]).fit).to.equal("fits");
      expect(eligibility(criteria, []).fit).to.equal("unknown");
      expect(eligibility(criteria, [condition()]).criteria).to.deep.equal([
        {
          text: "No hypertension",
          excludes: true,
          fit: "does not fit",
          reason: "The records hold such a condition.",
        },
      ]);
    });
  });

  describe("by laboratory result", () => {
    const asked = (comparator: "<" | "<=" | ">=" | ">", value: string, unit = "mg/dL", withinDays?: number) => ({
      laboratory: { loinc: "2093-3", comparator, value, unit, ...(withinDays !== undefined && { withinDays }) },
    });

    it("compares, bounds included or not", () => {
      const results: [Fit, Fit, Fit, Fit] = ["does not fit", "fits", "fits", "does not fit"];
      (["<", "<=", ">=", ">"] as const).forEach((comparator, at) => {
        expect(fitOf(asked(comparator, "200"), [cholesterol()]), comparator).to.equal(results[at]);
      });
      expect(fitOf(asked(">", "199.9999"), [cholesterol()])).to.equal("fits");
      expect(fitOf(asked(">", "-1"), [cholesterol()])).to.equal("fits");
    });

    it("converts units as UCUM does", () => {
      expect(fitOf(asked(">=", "2", "g/L"), [cholesterol()])).to.equal("fits");
      expect(fitOf(asked(">", "2.01", "g/L"), [cholesterol()])).to.equal("does not fit");
    });

    it("is unknown, and says so, in a unit that does not convert, in none, or in words", () => {
      const unclear = "The latest result has no value that converts to mmol/L.";
      const { valueQuantity: _, ...unmeasured } = cholesterol();
      for (const result of [
        cholesterol(),
        cholesterol({ code: "x" }),
        cholesterol({ code: "mg per dL" }),
        cholesterol({ system: "http://a" }),
        cholesterol({ comparator: "<" }),
        { ...unmeasured, valueQuantity: { value: 5, unit: "mmol/L" } },
        { ...unmeasured, valueString: "high" },
        unmeasured,
      ]) {
        expect(fitOf(asked(">=", "5.2", "mmol/L"), [result]), JSON.stringify(result)).to.equal("unknown");
        expect(reasonOf(asked(">=", "5.2", "mmol/L"), [result])).to.equal(unclear);
      }
    });

    it("writes nobody's units to the console", () => {
      const { log } = console;
      const written: unknown[] = [];
      console.log = (...words) => void written.push(...words);
      try {
        fitOf(asked(">=", "5.2", "mmol/L"), [cholesterol({ code: "mg per dL" })]);
      } finally {
        console.log = log;
      }
      expect(written).to.deep.equal([]);
    });

    it("takes the latest result, whatever the order, and nothing of the future", () => {
      const on = (effectiveDateTime: string, value: number) => cholesterol({ value }, { effectiveDateTime });
      const results = [
        on("2024", 100),
        on("2025-06-01", 300),
        on("2026-01-02", 100),
        on("2025-05", 100),
        cholesterol({ value: 100 }, { effectiveDateTime: "some day" }),
      ];
      for (const order of [results, results.toReversed()]) {
        expect(fitOf(asked(">=", "200"), order)).to.equal("fits");
        expect(fitOf(asked(">=", "200"), order, NEW_YEAR + DAY)).to.equal("does not fit");
      }
    });

    it("takes a time, an instant or the start of a period, on the day it was there", () => {
      const { effectiveDateTime: _, ...timeless } = cholesterol();
      for (const dated of [
        { effectiveDateTime: "2026-01-01T23:59:59-12:00" },
        { effectiveInstant: "2026-01-01T10:00:00Z" },
        { effectivePeriod: { start: "2025-12-20", end: "2026-02-01" } },
      ]) {
        expect(fitOf(asked(">=", "200"), [{ ...timeless, ...dated }]), JSON.stringify(dated)).to.equal("fits");
      }
      expect(fitOf(asked(">=", "200"), [timeless]), "without a time").to.equal("unknown");
    });

    it("is unknown when the latest is too old, or not final", () => {
      const within = (days: number) => asked(">=", "200", "mg/dL", days);
      const old = cholesterol({}, { effectiveDateTime: "2025-12-02T10:00:00Z" });
      expect(fitOf(within(30), [old])).to.equal("fits");
      expect(fitOf(within(29), [old])).to.equal("unknown");
      expect(reasonOf(within(29), [old])).to.equal("The records hold no result of the last 29 days for LOINC 2093-3.");
      for (const status of ["registered", "preliminary", "cancelled", "entered-in-error", "unknown"] as const) {
        expect(fitOf(asked(">=", "200"), [cholesterol({}, { status })]), status).to.equal("unknown");
      }
      for (const status of ["amended", "corrected"] as const) {
        expect(fitOf(asked(">=", "200"), [cholesterol({}, { status })]), status).to.equal("fits");
      }
    });
  });

  describe("by FHIRPath", () => {
    it("takes no answer for unknown", () => {
      const fhirPath = "Patient.deceased.ofType(boolean) = false";
      expect(fitOf({ fhirPath }, [patient({ deceasedBoolean: false })])).to.equal("fits");
      expect(fitOf({ fhirPath }, [patient({ deceasedBoolean: true })])).to.equal("does not fit");
      expect(fitOf({ fhirPath }, [patient()])).to.equal("unknown");
    });

    it("takes data it cannot compare for unknown", () => {
      expect(fitOf({ fhirPath: "Observation.value > 1 'mg/dL'" }, [cholesterol({ comparator: "<" })])).to.equal(
        "unknown",
      );
    });

    it("sees the latest observation first, and the day asked about as today", () => {
      const later = cholesterol({}, { effectiveDateTime: "2025-12-31T20:00:00Z", id: "later" });
      expect(fitOf({ fhirPath: "Observation.first().id = 'later'" }, [cholesterol(), later])).to.equal("fits");
      expect(fitOf({ fhirPath: "today() = @2026-01-01" }, [], NEW_YEAR + DAY - 1)).to.equal("fits");
      expect(fitOf({ fhirPath: "today() + 1 month = @2026-02-01" }, [])).to.equal("fits");
    });

    it("names the criterion that answers neither true nor false", () => {
      const criteria = (fhirPath: string): Criterion[] => [
        { text: "Adults", age: { min: 18 } },
        { text: "Named", fhirPath },
      ];
      for (const fhirPath of ["Patient.birthDate", "1", "(Patient.active | true | false)"]) {
        expect(() => eligibility(criteria(fhirPath), [patient()]), fhirPath).to.throw(
          CriterionNotBooleanError,
          'Criterion /1 ("Named") answers neither true nor false.',
        );
        expect(screenOf(criteria(fhirPath))([patient()]).criteria[1]!.fit).to.equal("unknown");
      }
    });

    it("never says more of a person in an error than the criterion", () => {
      const criteria: Criterion[] = [{ text: "Named", fhirPath: "Patient.birthDate" }];
      expect(() => eligibility(criteria, [patient()])).to.throw(/^(?!.*1980)/);
    });
  });

  it("fits when all do, does not when one does not, and is unknown otherwise", () => {
    const answers = { fits: "true", "does not fit": "false", unknown: "{}" };
    const fit = fc.constantFrom<Fit>("fits", "does not fit", "unknown");
    fc.assert(
      fc.property(fc.array(fit, { maxLength: 5 }), (fits) => {
        const criteria = fits.map((each) => ({ text: "It", fhirPath: answers[each] }));
        const expected = fits.includes("does not fit") ? "does not fit" : fits.includes("unknown") ? "unknown" : "fits";
        expect(eligibility(criteria, []).fit).to.equal(expected);
      }),
      { numRuns: 30 },
    );
  });

  it("refuses criteria that cannot be used", () => {
    expect(() => eligibility([{ text: "It", fhirPath: "resolve()" }], [])).to.throw(CriteriaError, "resolve()");
  });

  it("leaves the resources as they were", () => {
    const resources = [patient(), cholesterol(), condition(), cholesterol()];
    const before = structuredClone(resources);
    for (const kind of [{ age: { min: 1 } }, { condition: { codes: [HYPERTENSION] } }]) fitOf(kind, resources);
    expect(resources).to.deep.equal(before);
  });

  it("takes the longest of expressions over five hundred resources", () => {
    const resources = Array.from({ length: 500 }, (_, at) => condition({ id: String(at) }));
    const nested = `${"Condition.where(".repeat(50)}id = '1'${")".repeat(50)}.exists()`;
    const unions = `(${"Condition|".repeat(95)}Condition).count() = 500`;
    for (const fhirPath of [nested, unions]) expect(fitOf({ fhirPath }, resources)).to.equal("fits");
  }).timeout(60_000);

  it("finds Synthea's patients by their conditions and laboratory results", function () {
    const people = syntheaBundles().map((bundle) => fullEntriesOf(bundle).map(({ resource }) => resource));
    if (people.length === 0) this.skip();
    const on = Date.UTC(2018, 11, 1) / 1000;
    const fits = (kind: CriterionKind) => people.map((person) => fitOf(kind, person, on)).sort();
    expect(fits({ condition: { codes: [HYPERTENSION] } })).to.deep.equal(["does not fit", "fits", "fits"]);
    expect(fits({ sex: "female" })).to.deep.equal(["does not fit", "does not fit", "fits"]);
    expect(fits({ age: { min: 30 } })).to.deep.equal(["does not fit", "fits", "fits"]);
    // Total cholesterol of 184.8, of 166.0, and none.
    const total = { loinc: "2093-3", comparator: ">=", value: "1.7", unit: "g/L", withinDays: 180 } as const;
    expect(fits({ laboratory: total })).to.deep.equal(["does not fit", "fits", "unknown"]);
    expect(fits({ laboratory: { ...total, withinDays: 30 } })).to.deep.equal(Array(3).fill("unknown"));
  });
});
