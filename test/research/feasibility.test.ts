import { expect } from "chai";
import fc from "fast-check";

import { fullEntriesOf, type FhirResource } from "../../src/fhir/resource.js";
import { CriteriaError, type Criterion } from "../../src/research/criteria.js";
import type { Fit } from "../../src/research/eligibility.js";
import {
  feasibility,
  FeasibilityThresholdError,
  type Count,
  type Feasibility,
} from "../../src/research/feasibility.js";
import { syntheaBundles } from "../fhir/examples.js";
import { HYPERTENSION, NEW_YEAR, patient } from "./studies.js";

const FITS: readonly Fit[] = ["fits", "does not fit", "unknown"];

/** A person by their fit with each of two criteria. */
function person(...fits: [Fit, Fit]): FhirResource[] {
  const answer = { fits: true, "does not fit": false, unknown: undefined };
  return fits.flatMap((fit, at) => {
    const active = answer[fit];
    return active === undefined ? [] : [{ resourceType: "Patient", id: String(at), active } as FhirResource];
  });
}

const criteria: Criterion[] = [
  { text: "First", fhirPath: "Patient.where(id = '0').active" },
  { text: "Second", fhirPath: "Patient.where(id = '1').active" },
];

function crowd(counts: readonly number[]): FhirResource[][] {
  const kinds = FITS.flatMap((first) => FITS.map((second) => person(first, second)));
  return counts.flatMap((count, at) => Array<FhirResource[]>(count).fill(kinds[at]!));
}

/** Every count that is told, in the order in which the groups are within each other. */
function countsIn({ people, criteria, fits }: Feasibility): Count[] {
  return [people, ...criteria.map(({ left }) => left), fits];
}

describe("feasibility", () => {
  it("counts in steps of eleven whom each criterion leaves, and who fits all", () => {
    // Both fit 25; the first alone 12; the first, with the second unknown, 8; neither 30.
    const people = crowd([25, 12, 8, 0, 30, 0, 0, 0, 0]);
    expect(feasibility(people, criteria)).to.deep.equal({
      threshold: 11,
      people: 66,
      criteria: [
        { text: "First", excludes: false, left: 44 },
        { text: "Second", excludes: false, left: 33 },
      ],
      fits: 22,
    });
  });

  it("leaves those whose records do not say, and counts them nowhere as fitting", () => {
    const unknown = feasibility(crowd([0, 0, 0, 0, 0, 0, 0, 0, 40]), criteria);
    expect(countsIn(unknown)).to.deep.equal([33, 33, 33, "<11"]);
    const excluding = criteria.map((criterion) => ({ ...criterion, exclude: true }));
    expect(countsIn(feasibility(crowd([40]), excluding))).to.deep.equal([33, "<11", "<11", "<11"]);
    expect(feasibility(crowd([40]), []).fits).to.equal(33);
  });

  it("says the same of nobody and of few", () => {
    const [none, few] = [feasibility([], criteria), feasibility(crowd([10, 0, 0, 0, 0, 0, 0, 0, 0]), criteria)];
    expect(few).to.deep.equal(none);
    expect(new Set(countsIn(few))).to.deep.equal(new Set(["<11"]));
    expect(feasibility(crowd([11]), criteria).fits).to.equal(11);
  });

  it("never tells a number of people between none and the threshold, nor lets it be computed", () => {
    const counts = fc.array(fc.nat(30), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 5, max: 20 }), (sizes, threshold) => {
        const told = countsIn(feasibility(crowd(sizes), criteria, { threshold }));
        const steps = told.map((count) => (typeof count === "number" ? count : 0));
        // Sums and differences of multiples are multiples, and zero is told as the threshold is.
        for (const step of steps) expect(step % threshold).to.equal(0);
        expect(told.map((count) => count === `<${threshold}`)).to.deep.equal(steps.map((step) => step === 0));
        expect(steps).to.deep.equal(steps.toSorted((one, other) => other - one));
      }),
      { numRuns: 15 },
    );
  });

  it("fits other people as well: all groups as small as their steps allow, or all as large", () => {
    const counts = fc.array(fc.nat(30), { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(counts, (sizes) => {
        const table = feasibility(crowd(sizes), criteria);
        const least = countsIn(table).map((count) => (typeof count === "number" ? count : 0));
        for (const more of [0, 10]) {
          const [people, first, second, fits] = least.map((count) => count + more) as [number, number, number, number];
          // Those who fit both, who may fit, whom the second rules out, and whom the first does.
          const others = crowd([fits, first - second, second - fits, 0, people - first, 0, 0, 0, 0]);
          expect(feasibility(others, criteria)).to.deep.equal(table);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("throws nothing that depends on anybody's data", () => {
    const named: Criterion[] = [{ text: "Named", fhirPath: "iif(Patient.active = false, 'x', true)" }];
    const people = [...Array<FhirResource[]>(20).fill([patient({ active: true })]), [patient({ active: false })]];
    expect(feasibility(people, named)).to.include({ people: 11, fits: 11 });
  });

  it("refuses a threshold that protects nobody, and criteria that cannot be used", () => {
    for (const threshold of [0, 1, 4, 11.5, -11, NaN, Infinity]) {
      expect(() => feasibility([], criteria, { threshold }), String(threshold)).to.throw(FeasibilityThresholdError);
    }
    expect(feasibility([], criteria, { threshold: 5 }).fits).to.equal("<5");
    expect(() => feasibility([], [{ text: "It", fhirPath: "(" }])).to.throw(CriteriaError);
  });

  it("counts Synthea's patients, at the day asked about", function () {
    const people = syntheaBundles().map((bundle) => fullEntriesOf(bundle).map(({ resource }) => resource));
    if (people.length === 0) this.skip();
    const hypertensive: Criterion[] = [{ text: "Hypertension", condition: { codes: [HYPERTENSION] } }];
    expect(feasibility(people, hypertensive, { on: NEW_YEAR }).fits).to.equal("<11");
    const many = Array(10).fill(people).flat() as FhirResource[][];
    expect(feasibility(many, hypertensive, { on: NEW_YEAR })).to.include({ people: 22, fits: 11 });
  });
});
