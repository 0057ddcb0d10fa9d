/**
 * Bundles for property tests: a few resources with colliding names, links between them and protected words.
 *
 * @module
 */
import fc from "fast-check";
import type { Bundle, BundleEntry } from "fhir/r4.js";
import type { FhirResource } from "../../src/fhir/resource.js";

const TYPES = ["Patient", "Observation", "Condition", "MedicationRequest", "Practitioner", "Claim", "Provenance"];
const NAMES = TYPES.flatMap((type) => ["1", "2"].map((id) => `${type}/${id}`));

const resource: fc.Arbitrary<FhirResource> = fc
  .record(
    {
      resourceType: fc.constantFrom(...TYPES),
      id: fc.constantFrom("1", "2"),
      meta: fc.record(
        {
          versionId: fc.constantFrom("1", "2", "10", "a"),
          lastUpdated: fc.constantFrom("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"),
        },
        { requiredKeys: [] },
      ),
      code: fc.constantFrom({ text: "HIV" }, { text: "Glucose [Mass/volume] in Blood" }, { text: "other" }),
      related: fc.array(
        fc.constantFrom(...NAMES, "urn:uuid:1").map((reference) => ({ reference })),
        { minLength: 1, maxLength: 2 },
      ),
      authoredOn: fc.constantFrom("2020-05-05", "2021-06"),
    },
    { requiredKeys: ["resourceType"] },
  )
  .map((each) => each as unknown as FhirResource);

const entry: fc.Arbitrary<BundleEntry> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      { fullUrl: fc.constantFrom("urn:uuid:1", "urn:uuid:2", "urn:uuid:3"), resource },
      { requiredKeys: ["resource"] },
    ),
  },
  { weight: 1, arbitrary: fc.constant<BundleEntry>({ request: { method: "DELETE", url: "Patient/9" } }) },
);

/** Bundles of any content, which need not pass `parseBundle`. */
export const anyBundle: fc.Arbitrary<Bundle> = fc
  .array(entry, { minLength: 1, maxLength: 10 })
  .map((entry) => ({ resourceType: "Bundle", type: "transaction", entry }));
