import { expect } from "chai";
import fc from "fast-check";
import type { Patient } from "fhir/r4.js";
import { InvalidThresholdError, kAnonymity } from "../../src/research/kAnonymity.js";

const woman: Patient = {
  resourceType: "Patient",
  gender: "female",
  birthDate: "1974",
  address: [{ state: "MA", postalCode: "021", country: "US" }],
};
const named = (people: Patient[]) => people.map((person, at): Patient => ({ ...person, id: `p${at}` }));

function withRace(person: Patient, code: string, name: "race" | "ethnicity" = "race"): Patient {
  const valueCoding = { system: "urn:oid:2.16.840.1.113883.6.238", code };
  const url = `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;
  return { ...person, extension: [{ url, extension: [{ url: "ombCategory", valueCoding }] }] };
}

describe("kAnonymity", () => {
  it("finds the smallest class, who is alone, and who is under the threshold", () => {
    const people = [woman, woman, woman, { ...woman, birthDate: "1975" }, { ...woman, gender: "male" as const }];
    expect(kAnonymity(named(people), { threshold: 3 })).to.deep.equal({
      people: 5,
      k: 1,
      classes: 3,
      unique: 2,
      below: { threshold: 3, classes: 2, people: 2 },
    });
    expect(kAnonymity(named([woman, woman]), { threshold: 2 })).to.deep.include({ k: 2, unique: 0, classes: 1 });
  });

  it("tells people apart by each quasi-identifier, and by those asked for only", () => {
    const others = {
      gender: { ...woman, gender: "male" as const },
      birthYear: { ...woman, birthDate: "1975" },
      zipPrefix: { ...woman, address: [{ state: "MA", postalCode: "018" }] },
      race: withRace(woman, "2028-9"),
      ethnicity: withRace(woman, "2135-2", "ethnicity"),
    };
    for (const [name, other] of Object.entries(others)) {
      const people = named([woman, other]);
      expect(kAnonymity(people).k, name).to.equal(1);
      expect(kAnonymity(people, { by: [name as "gender"] }).k, name).to.equal(1);
      const rest = (Object.keys(others) as (keyof typeof others)[]).filter((each) => each !== name);
      expect(kAnonymity(people, { by: rest }).k, name).to.equal(2);
    }
    expect(kAnonymity(named([woman, { ...woman, address: [{ state: "NH", postalCode: "021" }] }])).k).to.equal(1);
  });

  it("makes a class of those of whom something is not told", () => {
    const { birthDate: _, ...ageless } = woman;
    expect(kAnonymity(named([woman, ageless, ageless]))).to.deep.include({ k: 1, classes: 2 });
  });

  it("counts a person once, however often they are there, and nothing but people", () => {
    const again: Patient = { ...woman, id: "p1" };
    expect(kAnonymity([again, again, { resourceType: "Group", type: "person", actual: true }]).people).to.equal(1);
    expect(kAnonymity([woman, { ...woman }]).people).to.equal(2);
  });

  it("is 0 of nobody, and takes 11 for enough", () => {
    expect(kAnonymity([])).to.deep.equal({
      people: 0,
      k: 0,
      classes: 0,
      unique: 0,
      below: { threshold: 11, classes: 0, people: 0 },
    });
    expect(kAnonymity(named(Array<Patient>(10).fill(woman))).below.people).to.equal(10);
    expect(kAnonymity(named(Array<Patient>(11).fill(woman))).below.people).to.equal(0);
  });

  it("agrees with counting one by one", () => {
    const person = fc.record({
      gender: fc.constantFrom("male", "female"),
      birthDate: fc.constantFrom("1970", "1971", "1972"),
    });
    fc.assert(
      fc.property(fc.array(person, { minLength: 1, maxLength: 30 }), (looks) => {
        const people = named(looks.map((look) => ({ resourceType: "Patient", ...look }) as Patient));
        const alike = looks.map((one) => looks.filter((other) => JSON.stringify(other) === JSON.stringify(one)).length);
        const { k, unique, below } = kAnonymity(people, { threshold: 4 });
        expect({ k, unique, small: below.people }).to.deep.equal({
          k: Math.min(...alike),
          unique: alike.filter((size) => size === 1).length,
          small: alike.filter((size) => size < 4).length,
        });
      }),
    );
  });

  it("rejects a threshold that is no size", () => {
    for (const threshold of [0, -1, 2.5, NaN])
      expect(() => kAnonymity([], { threshold })).to.throw(InvalidThresholdError);
  });
});
