import { expect } from "chai";
import fc from "fast-check";
import type { Bundle, BundleEntry, Patient } from "fhir/r4.js";
import { categoryMask } from "../../src/consent/category.js";
import {
  emptyEntriesOf,
  NoPatientError,
  patientOf,
  recordsOf,
  SeveralPatientsError,
  type FhirRecord,
} from "../../src/fhir/bundle.js";
import { canonicalJson } from "../../src/fhir/canonicalJson.js";
import { categoriesOf } from "../../src/fhir/categories.js";
import { parseBundle, type FhirResource } from "../../src/fhir/resource.js";
import { anyBundle } from "./arbitraries.js";
import { exampleBundles, exampleText, syntheaBundles } from "./examples.js";

const bundleOf = (...resources: object[]) =>
  ({ resourceType: "Bundle", type: "collection", entry: resources.map((resource) => ({ resource })) }) as Bundle;
const restrictedCondition = { resourceType: "Condition", id: "c", code: { text: "HIV infection" } };

function contentOf({ fullUrl, resource }: BundleEntry): string {
  return canonicalJson({ fullUrl, resource });
}

function categoriesAt(bundle: Bundle, id: string): string[] {
  return recordsOf(bundle).find(({ bundle }) => bundle.entry!.some(({ resource }) => resource!.id === id))!.categories;
}

function expectNothingLost(bundle: Bundle, records: FhirRecord[]): void {
  const full = bundle.entry!.filter(({ resource }) => resource !== undefined);
  const recorded = records.flatMap(({ bundle }) => bundle.entry!);
  expect(recorded.map(contentOf).sort()).to.deep.equal(full.map(contentOf).sort());
  expect(emptyEntriesOf(bundle).length + recorded.length).to.equal(bundle.entry!.length);
}

describe("recordsOf", () => {
  it("keeps every entry in exactly one record, whatever the bundle", () => {
    fc.assert(fc.property(anyBundle, (bundle) => expectNothingLost(bundle, recordsOf(bundle))));
  });

  it("makes one record a distinct set of categories, in the order of their masks", () => {
    fc.assert(
      fc.property(anyBundle, (bundle) => {
        const masks = recordsOf(bundle).map(({ categories }) => categoryMask(categories));
        expect(masks).to.deep.equal([...new Set(masks)].sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });

  it("never takes a category or a restriction away", () => {
    fc.assert(
      fc.property(anyBundle, (bundle) => {
        for (const { categories, bundle: record } of recordsOf(bundle)) {
          for (const { resource } of record.entry!) {
            expect([...categories, "restricted"]).to.include.members(categoriesOf(resource as FhirResource));
            if (!categories.includes("restricted")) {
              expect(categoriesOf(resource as FhirResource)).not.to.include("restricted");
            }
          }
        }
      }),
    );
  });

  for (const type of ["document", "message", "transaction", "collection", "searchset", "batch-response"] as const) {
    it(`splits HL7's bundles of type ${type} without loss`, () => {
      const bundles = exampleBundles().filter((bundle) => bundle.type === type);
      expect(bundles).not.to.be.empty;
      for (const bundle of bundles) expectNothingLost(bundle, recordsOf(bundle));
    });
  }

  it("splits Synthea's patients without loss, most of their data unrestricted", function () {
    const bundles = syntheaBundles();
    if (bundles.length === 0) return this.skip();
    for (const bundle of bundles) {
      const records = recordsOf(bundle);
      expectNothingLost(bundle, records);
      const restricted = records.filter(({ categories }) => categories.includes("restricted"));
      expect(restricted.flatMap(({ bundle }) => bundle.entry!).length).to.be.below(bundle.entry!.length / 10);
    }
  });

  it("keeps fullUrl and link, and drops what a collection cannot have", () => {
    const fullUrl = "urn:uuid:1";
    const link = [{ relation: "self", url: "http://example.org" }];
    const resource = { resourceType: "Patient" } as Patient;
    const request = { method: "POST" as const, url: "Patient" };
    const bundle: Bundle = {
      resourceType: "Bundle",
      type: "transaction",
      entry: [{ fullUrl, link, resource, request }],
    };
    expect(recordsOf(bundle)).to.deep.equal([
      {
        categories: ["demographics"],
        bundle: { resourceType: "Bundle", type: "collection", entry: [{ fullUrl, link, resource }] },
      },
    ]);
  });

  it("restricts what refers to a restricted resource, step by step", () => {
    const bundle = bundleOf(
      { resourceType: "Provenance", id: "p", target: [{ reference: "MedicationRequest/m" }] },
      { resourceType: "MedicationRequest", id: "m", reasonReference: [{ reference: "Condition/c" }] },
      restrictedCondition,
    );
    expect(recordsOf(bundle).every(({ categories }) => categories.includes("restricted"))).to.be.true;
  });

  it("restricts the prescription of a medication in another entry, found by fullUrl", () => {
    const medication = { resourceType: "Medication", code: { text: "Truvada" } } as FhirResource;
    const request = { resourceType: "MedicationRequest", id: "m", medicationReference: { reference: "urn:uuid:7" } };
    const bundle: Bundle = {
      resourceType: "Bundle",
      type: "collection",
      entry: [{ resource: request as FhirResource }, { fullUrl: "urn:uuid:7", resource: medication }],
    };
    expect(recordsOf(bundle).map(({ categories }) => categories)).to.deep.equal([["medications", "restricted"]]);
  });

  it("finds references with a server's address and a version", () => {
    const claim = {
      resourceType: "Claim",
      id: "x",
      diagnosis: [{ diagnosisReference: { reference: "http://a/fhir/Condition/c/_history/3" } }],
    };
    expect(categoriesAt(bundleOf(claim, restrictedCondition), "x")).to.deep.equal(["claims", "restricted"]);
  });

  it("does not restrict what happened in the same encounter or to the same patient", () => {
    const bundle = bundleOf(
      { resourceType: "Patient", id: "p", generalPractitioner: [{ reference: "Practitioner/d" }] },
      { resourceType: "Practitioner", id: "d", qualification: [{ code: { text: "Psychiatry" } }] },
      {
        resourceType: "Encounter",
        id: "e",
        reasonCode: [{ text: "Depressive disorder" }],
        subject: { reference: "Patient/p" },
      },
      {
        resourceType: "Immunization",
        id: "i",
        encounter: { reference: "Encounter/e" },
        patient: { reference: "Patient/p" },
      },
      { resourceType: "Provenance", id: "v", target: [{ reference: "Encounter/e" }] },
    );
    expect(categoriesAt(bundle, "e")).to.deep.equal(["encounters", "restricted"]);
    expect(categoriesAt(bundle, "i")).to.deep.equal(["immunizations"]);
    expect(categoriesAt(bundle, "p")).to.deep.equal(["demographics"]);
    expect(categoriesAt(bundle, "v")).to.deep.equal(["encounters", "restricted"]);
  });

  it("restricts supporting resources that only restricted ones refer to", () => {
    const condition = { ...restrictedCondition, asserter: { reference: "Practitioner/d" } };
    const doctor = { resourceType: "Practitioner", id: "d" };
    const allergy = { resourceType: "AllergyIntolerance", id: "a", asserter: { reference: "Practitioner/d" } };
    expect(categoriesAt(bundleOf(condition, doctor), "d")).to.deep.equal(["demographics", "restricted"]);
    expect(categoriesAt(bundleOf(condition, doctor, allergy), "d")).to.deep.equal(["demographics"]);
    expect(categoriesAt(bundleOf(restrictedCondition, doctor), "d")).to.deep.equal(["demographics"]);
  });
});

describe("emptyEntriesOf", () => {
  it("reports requests, deletions and bare responses with their place", () => {
    const bundle: Bundle = {
      resourceType: "Bundle",
      type: "history",
      entry: [
        { resource: { resourceType: "Patient" } as Patient },
        { fullUrl: "http://a/Patient/1", request: { method: "DELETE", url: "Patient/1" } },
        { response: { status: "204" } },
        {},
      ],
    };
    expect(emptyEntriesOf(bundle)).to.deep.equal([
      { place: 1, fullUrl: "http://a/Patient/1", request: "DELETE Patient/1" },
      { place: 2, response: "204" },
      { place: 3 },
    ]);
  });
});

describe("patientOf", () => {
  const ann = { resourceType: "Patient", id: "ann" } as Patient;
  const bob = { resourceType: "Patient", id: "bob" } as Patient;

  it("finds the one patient of HL7's document and of Synthea's bundles", () => {
    expect(patientOf(parseBundle(exampleText("Bundle-father"))).id).to.equal("d1");
    for (const bundle of syntheaBundles()) expect(patientOf(bundle).resourceType).to.equal("Patient");
  });

  it("counts copies and versions of one patient once, and gives the last", () => {
    const second = { ...ann, gender: "female" as const };
    expect(patientOf(bundleOf(ann, second))).to.equal(second);
  });

  it("refuses several patients, and says how many", () => {
    expect(() => patientOf(bundleOf(ann, bob)))
      .to.throw(SeveralPatientsError)
      .with.property("count", 2);
    expect(() =>
      patientOf(bundleOf({ resourceType: "Patient" }, { resourceType: "Patient", gender: "male" })),
    ).to.throw(SeveralPatientsError);
  });

  it("takes the one that is chosen, by id, Type/id or fullUrl", () => {
    expect(patientOf(bundleOf(ann, bob), "bob")).to.equal(bob);
    expect(patientOf(bundleOf(ann, bob), "Patient/bob")).to.equal(bob);
    const entry = [{ fullUrl: "urn:uuid:1", resource: ann }, { resource: bob }];
    expect(patientOf({ resourceType: "Bundle", type: "collection", entry }, "urn:uuid:1")).to.equal(ann);
  });

  it("refuses a bundle without a patient, or without the chosen one", () => {
    expect(() => patientOf(bundleOf(restrictedCondition))).to.throw(NoPatientError);
    expect(() => patientOf(bundleOf(ann), "bob")).to.throw(NoPatientError);
  });
});
