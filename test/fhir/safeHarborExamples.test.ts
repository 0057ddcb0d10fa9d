import { expect } from "chai";
import fc from "fast-check";
import { NotFhirError, type FhirResource } from "../../src/fhir/resource.js";
import { generatePseudonymKey } from "../../src/fhir/pseudonym.js";
import { deidentify } from "../../src/fhir/safeHarbor.js";
import { RESOURCE_TYPES } from "../../src/fhir/resourceTypes.js";
import { example, exampleBundles, examplesOf, patientExamples, syntheaBundles } from "./examples.js";
import { leavesOf, survivors } from "./identifiers.js";

const options = { key: generatePseudonymKey(), asOf: Date.UTC(2026, 10, 1) / 1000 };
const SUPPORTING = ["Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Substance"];

describe("deidentify, of HL7's examples", () => {
  it("lets no identifier of the eighteen survive in any resource about patients or what supports them", () => {
    const names = [...patientExamples(), ...SUPPORTING.flatMap((type) => examplesOf(type))];
    let texts = 0;
    for (const name of names) {
      const input = example(name);
      const { resources } = deidentify([input], options);
      expect(survivors(input, resources), name).to.deep.equal([]);
      const leaves = leavesOf(resources);
      // Whoever lived in 1936 is over 89 in 2026.
      const telling = leaves.filter(
        ({ key, value }) =>
          key !== "code" && typeof value === "string" && /^(?:1[0-8]\d\d|19[0-2]\d|193[0-6])$/.test(value),
      );
      expect(telling, name).to.deep.equal([]);
      texts += leaves.length;
    }
    expect(names).to.have.length.above(400);
    // Something is left: a de-identification that drops everything would pass too.
    expect(texts).to.be.above(5 * names.length);
  });

  it("lets none survive in bundles", () => {
    const bundles = exampleBundles();
    for (const bundle of bundles) {
      expect(survivors(bundle, deidentify([bundle], options).resources), bundle.id).to.deep.equal([]);
    }
    expect(bundles).to.have.length.above(10);
  });

  it("accounts for every resource: kept, or refused by type", () => {
    const resources = patientExamples().map((name) => example(name));
    const { report } = deidentify(resources, options);
    // Refused contained resources count too, so these are the outer ones only where nothing is contained.
    const refused = report.refused.reduce((sum, { count }) => sum + count, 0);
    expect(report.kept + refused).to.be.at.least(resources.length);
    expect(report.refused.map(({ resourceType }) => resourceType)).to.include.members([
      "Binary",
      "Parameters",
      "Contract",
    ]);
    for (const { resourceType } of report.refused) expect(RESOURCE_TYPES).to.include(resourceType);
  });
});

describe("deidentify, of Synthea's patients", () => {
  it("lets no identifier survive, and every reference meet its resource still", function () {
    const bundles = syntheaBundles();
    if (bundles.length === 0) this.skip();
    const { resources, report } = deidentify(bundles, options);
    expect(survivors(bundles, resources)).to.deep.equal([]);
    expect(report.refused).to.deep.equal([]);
    const ids = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    const references = leavesOf(resources).filter(
      ({ key, value }) => key === "reference" && !String(value).startsWith("#"),
    );
    expect(references).to.have.length.above(500);
    for (const { value } of references) expect(ids).to.include(value);
  });
});

const SECRETS = [
  "Quillfeather",
  "Ottoline Quillfeather",
  "12 Wisteria Lane",
  "Little Whinging",
  "02139-4307",
  "1962-03-17",
  "1962-03-17T08:30:00Z",
  "(617) 555-0199",
  "617-555-0199",
  "ottoline@example.org",
  "219-09-9999",
  "MRN-0012345",
  "1EG4-TE5-MK73",
  "8HGCM82633A004352",
  "https://quillfeather.example/me",
  "192.168.14.233",
  "2001:db8::8a2e:370:7334",
  "iVBORw0KGgoAAAANSUhEUg",
  "He says he lives by the old mill.",
];
const HOSTS = ["Patient-example", "Observation-f001", "Claim-100150", "MedicationRequest-medrx0302", "Encounter-f203"];

describe("deidentify, of identifiers in the wrong place", () => {
  // Every place of an example, as the keys that lead to it.
  function placesIn(value: unknown, path: string[] = []): string[][] {
    if (typeof value !== "object" || value === null) return [path];
    return [
      ...(path.length > 0 ? [path] : []),
      ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key])),
    ];
  }

  function withSecret(resource: FhirResource, path: string[], secret: unknown): FhirResource {
    const copy = structuredClone(resource) as unknown as Record<string, unknown>;
    let at: Record<string, unknown> = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1)!] = secret;
    return copy as unknown as FhirResource;
  }

  const hosts = HOSTS.map((name) => {
    const resource = example(name);
    return { resource, places: placesIn(resource).filter((path) => path.at(-1) !== "resourceType") };
  });
  const injection = fc.constantFrom(...hosts).chain(({ resource, places }) =>
    fc.record({
      resource: fc.constant(resource),
      path: fc.constantFrom(...places),
      secret: fc.constantFrom(...SECRETS),
      wrap: fc.constantFrom(
        (): unknown => null,
        (secret: string): unknown => secret,
        (secret: string): unknown => [null, { value: null }, secret],
        (secret: string): unknown => [secret],
        (secret: string): unknown => ({ value: secret }),
        (secret: string): unknown => ({
          text: secret,
          display: secret,
          coding: [{ system: "http://loinc.org", code: secret }],
        }),
        (secret: string): unknown => [{ system: "http://terminology.hl7.org/CodeSystem/v3-ActCode", code: secret }],
        (secret: string): unknown => ({ value: 3, system: "http://hl7.org/fhir/sid/cvx", code: secret }),
        (secret: string): unknown => [{ system: secret, code: "active", value: secret }],
        (secret: string): unknown => ({ reference: secret, display: secret, type: secret }),
        (secret: string): unknown => ({ value: 3, unit: secret, code: secret, system: "http://unitsofmeasure.org" }),
        (secret: string): unknown => ({ value: 3, unit: `{${secret}}` }),
        (secret: string): unknown => ({ extension: [{ url: "http://example.org/own", valueString: secret }] }),
        (secret: string): unknown => ({ state: secret, country: secret, postalCode: secret, city: secret }),
      ),
    }),
  );

  it("drops a secret put at any place, in any shape", () => {
    fc.assert(
      fc.property(injection, ({ resource, path, secret, wrap }) => {
        const told = () => JSON.stringify(deidentify([withSecret(resource, path, wrap(secret))], options));
        // An id that is no text, or a contained resource without a type, is refused by name.
        try {
          expect(told()).not.to.include(secret);
        } catch (error) {
          if (!(error instanceof NotFhirError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });

  it("drops a number as long as a telephone's or a person's at any place but a measured value", () => {
    const numbers = fc.record({
      host: fc.constantFrom(...hosts),
      at: fc.nat(),
      secret: fc.constantFrom(5_550_199, 219_099_999, 16_175_550_199, 19_620_317),
    });
    fc.assert(
      fc.property(numbers, ({ host: { resource, places }, at, secret }) => {
        const path = places[at % places.length]!;
        // A quantity in a known unit may be large: cells in a litre of blood.
        fc.pre(
          path.at(-1) !== "value" && !["id", "contained", "meta", "versionId", "lastUpdated"].includes(path.at(-1)!),
        );
        fc.pre(!/^\d+$/.test(path.at(-1)!) || path.at(-2) !== "contained");
        const { resources } = deidentify([withSecret(resource, path, secret)], options);
        expect(JSON.stringify(resources)).not.to.include(String(secret));
      }),
    );
  });

  it("drops a secret under a key FHIR does not define", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...hosts),
        fc.string({ minLength: 1 }),
        fc.constantFrom(...SECRETS),
        (host, key, secret) => {
          fc.pre(!["__proto__", "constructor", "prototype"].includes(key));
          for (const name of [key, `_${key}`, "_birthDate", "valueString", "constructor1"]) {
            if (["id", "resourceType", "contained", "meta"].includes(name)) continue;
            const { resources } = deidentify([withSecret(host.resource, [name], secret)], options);
            expect(JSON.stringify(resources)).not.to.include(secret);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
