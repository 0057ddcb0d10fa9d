import { expect } from "chai";
import type { Bundle, CodeSystem } from "fhir/r4.js";
import {
  DuplicateEntriesError,
  EmptyBundleError,
  MAX_DEPTH,
  NotABundleError,
  NotFhirError,
  NotJsonError,
  parseBundle,
  parseResource,
  TooDeepError,
  UnknownResourceTypeError,
  UnsafeKeyError,
} from "../../src/fhir/resource.js";
import { defaultCategoriesOf, isDefinition, isPatientData, RESOURCE_TYPES } from "../../src/fhir/resourceTypes.js";
import { example, exampleBundles, exampleText } from "./examples.js";

const bundle = (...entry: object[]) => ({ resourceType: "Bundle", type: "collection", entry });
const patient = (id: string, more: object = {}) => ({ resourceType: "Patient", id, ...more });

function nested(depth: number): object {
  return depth === 0 ? {} : { extension: [nested(depth - 1)] };
}

describe("RESOURCE_TYPES", () => {
  it("are the concrete types of HL7's own list", () => {
    const types = example<CodeSystem>("CodeSystem-resource-types").concept!.map(({ code }) => code);
    expect(RESOURCE_TYPES).to.have.members(types.filter((type) => !["Resource", "DomainResource"].includes(type)));
  });

  it("each have a category of their own, never restricted", () => {
    for (const type of RESOURCE_TYPES) {
      expect(defaultCategoriesOf(type), type).not.to.be.empty;
      expect(defaultCategoriesOf(type), type).not.to.include("restricted");
    }
  });

  it("are patient data wherever HL7's patient compartment has them, but for schedules", () => {
    const compartment = JSON.parse(exampleText("CompartmentDefinition-patient")) as {
      resource: { code: (typeof RESOURCE_TYPES)[number]; param?: string[] }[];
    };
    const types = compartment.resource.filter(({ param }) => param).map(({ code }) => code);
    expect(types.filter((type) => !isPatientData(type))).to.deep.equal(["Schedule"]);
  });

  it("are definitions only where they are no patient data", () => {
    expect(RESOURCE_TYPES.filter((type) => isPatientData(type) && isDefinition(type))).to.be.empty;
    expect(isDefinition("ValueSet")).to.be.true;
    expect(isDefinition("Organization")).to.be.false;
    expect(isPatientData("Organization")).to.be.false;
  });
});

describe("parseResource", () => {
  it("reads text and objects alike", () => {
    expect(parseResource('{"resourceType":"Patient","id":"a"}')).to.deep.equal(patient("a"));
    expect(parseResource(patient("a"))).to.deep.equal(patient("a"));
  });

  it("refuses text that is not JSON, without quoting it", () => {
    expect(() => parseResource("<Patient>Ann Secret</Patient>"))
      .to.throw(NotJsonError)
      .that.satisfies((error: Error) => !`${error.message}${String(error.cause)}`.includes("Secret"));
  });

  for (const [what, input] of [
    ["null", null],
    ["a number", 7],
    ["a list", []],
    ["an object without resourceType", { id: "a" }],
    ["a resourceType that is no text", { resourceType: 7 }],
    ["a contained object without resourceType", patient("a", { contained: [{}] })],
    ["contained resources that are no list", patient("a", { contained: {} })],
    ["an entry that holds no resource", bundle({ resource: { id: "a" } })],
    ["an entry that is no object", bundle("x" as unknown as object)],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => parseResource(input)).to.throw(NotFhirError);
    });
  }

  it("refuses types that are none of R4's, in entries and contained resources too", () => {
    for (const alien of [
      { resourceType: "Human" },
      { resourceType: "toString" },
      bundle({ resource: { resourceType: "Human" } }),
      patient("a", { contained: [{ resourceType: "Human" }] }),
    ]) {
      expect(() => parseResource(alien)).to.throw(UnknownResourceTypeError);
    }
  });

  it("refuses absurd nesting, and cycles, instead of overflowing", () => {
    expect(() => parseResource(patient("a", nested(MAX_DEPTH / 2 - 1)))).not.to.throw();
    expect(() => parseResource(patient("a", nested(MAX_DEPTH / 2 + 1)))).to.throw(TooDeepError);
    expect(() => parseResource(`{"resourceType":"Patient","x":${"[".repeat(1e5)}${"]".repeat(1e5)}}`)).to.throw(
      TooDeepError,
    );
    const cycle: Record<string, unknown> = patient("a");
    cycle.self = cycle;
    expect(() => parseResource(cycle)).to.throw(TooDeepError);
  });

  for (const key of ["__proto__", "constructor", "prototype"]) {
    it(`refuses the key ${key}, and leaves prototypes alone`, () => {
      expect(() => parseResource(`{"resourceType":"Patient","name":[{"${key}":{"polluted":true}}]}`)).to.throw(
        UnsafeKeyError,
      );
      expect({}).not.to.have.property("polluted");
    });
  }
});

describe("parseBundle", () => {
  it("reads each of HL7's bundles", () => {
    expect(exampleBundles()).to.have.length.above(30);
  });

  it("refuses another resource", () => {
    expect(() => parseBundle(patient("a"))).to.throw(NotABundleError);
  });

  it("refuses a bundle without entries", () => {
    expect(() => parseBundle({ resourceType: "Bundle", type: "collection" })).to.throw(EmptyBundleError);
    expect(() => parseBundle(bundle())).to.throw(EmptyBundleError);
  });

  it("refuses one Type/id with different contents, and names only that", () => {
    const clash = bundle({ resource: patient("a", { gender: "male" }) }, { resource: patient("a") });
    expect(() => parseBundle(clash))
      .to.throw(DuplicateEntriesError)
      .that.satisfies((error: DuplicateEntriesError) => {
        expect(error.entries).to.deep.equal(["Patient/a"]);
        return !error.message.includes("male");
      });
  });

  it("refuses one fullUrl with different contents", () => {
    const fullUrl = "urn:uuid:1";
    const clash = bundle({ fullUrl, resource: patient("a") }, { fullUrl, resource: patient("b") });
    expect(() => parseBundle(clash)).to.throw(DuplicateEntriesError);
  });

  it("refuses one Type/id with different contents where a fullUrl is missing", () => {
    const clash = bundle(
      { fullUrl: "urn:uuid:1", resource: patient("a", { gender: "male" }) },
      { resource: patient("a") },
    );
    expect(() => parseBundle(clash)).to.throw(DuplicateEntriesError);
  });

  it("takes equal contents, versions, other fullUrls and resources without id", () => {
    const version = (versionId: string) => ({ meta: { versionId } });
    for (const fine of [
      bundle({ resource: patient("a") }, { resource: patient("a") }),
      bundle({ resource: patient("a", version("1")) }, { resource: patient("a", version("2")) }),
      bundle(
        { fullUrl: "http://a/Patient/1", resource: patient("1") },
        { fullUrl: "http://b/Patient/1", resource: patient("1", { gender: "male" }) },
      ),
      bundle({ resource: { resourceType: "Patient" } }, { resource: { resourceType: "Patient", gender: "male" } }),
    ]) {
      expect(() => parseBundle(fine)).not.to.throw();
    }
  });

  it("refuses contents of equal version that differ", () => {
    const meta = { versionId: "1" };
    const clash = bundle({ resource: patient("a", { meta }) }, { resource: patient("a", { meta, gender: "male" }) });
    expect(() => parseBundle(clash)).to.throw(DuplicateEntriesError);
  });

  it("takes entries without a resource", () => {
    const requests: Bundle = parseBundle(exampleText("Bundle-bundle-request-simplesummary"));
    expect(requests.entry!.every(({ resource }) => resource === undefined)).to.be.true;
  });
});
