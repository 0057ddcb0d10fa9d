import { expect } from "chai";
import fc from "fast-check";
import type { Bundle, BundleEntry } from "fhir/r4.js";
import { recordsOf } from "../../src/fhir/bundle.js";
import { canonicalJson } from "../../src/fhir/canonicalJson.js";
import { historyOf, type HistoryPart } from "../../src/fhir/history.js";
import { parseBundle } from "../../src/fhir/resource.js";
import { anyBundle } from "./arbitraries.js";
import { exampleBundles, syntheaBundles } from "./examples.js";

const part = (entry: object, source?: string): HistoryPart => ({
  bundle: { resourceType: "Bundle", type: "collection", entry: [entry as BundleEntry] },
  ...(source !== undefined && { source }),
});
const patient = (more: object = {}, id = "1") => ({ resourceType: "Patient", id, ...more });

function contentsOf(bundle: Bundle): string[] {
  const contents = (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [canonicalJson(resource)] : []));
  return [...new Set(contents)].sort();
}

function expectOrderIndependent(parts: readonly HistoryPart[]): void {
  expect(historyOf([...parts].reverse())).to.deep.equal(historyOf(parts));
}

describe("historyOf", () => {
  it("gives the same result for any order and any doubling of the parts", () => {
    const parts = fc.array(
      fc.record({ bundle: anyBundle, source: fc.constantFrom("a", "b") }, { requiredKeys: ["bundle"] }),
      { maxLength: 4 },
    );
    const shuffled = parts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
    );
    fc.assert(
      fc.property(shuffled, ([list, mixed]) => {
        expect(historyOf(mixed)).to.deep.equal(historyOf(list));
      }),
    );
  });

  it("gives every entry of a name or fullUrl its own identity, so that it can be parsed again", () => {
    fc.assert(
      fc.property(fc.array(anyBundle, { maxLength: 4 }), (bundles) => {
        const history = historyOf(bundles.map((bundle) => ({ bundle })));
        if (history.entry === undefined) return;
        parseBundle(history);
        const fullUrls = history.entry.flatMap(({ fullUrl }) => fullUrl ?? []);
        expect(new Set(fullUrls).size).to.equal(fullUrls.length);
      }),
    );
  });

  it("never drops a content but for a newer version, and makes none up", () => {
    fc.assert(
      fc.property(fc.array(anyBundle, { maxLength: 4 }), (bundles) => {
        const input = bundles.flatMap(contentsOf);
        const output = contentsOf(historyOf(bundles.map((bundle) => ({ bundle }))));
        expect(input).to.include.members(output);
        const kept = output.map((text) => JSON.parse(text) as { resourceType: string; id?: string; meta?: object });
        for (const text of input.filter((text) => !output.includes(text))) {
          const { resourceType, id, meta } = JSON.parse(text) as (typeof kept)[number];
          expect(meta).not.to.be.undefined;
          expect(kept.some((other) => other.resourceType === resourceType && other.id === id && other.meta)).to.be.true;
        }
      }),
    );
  });

  it("settles: the history of a history is itself", () => {
    fc.assert(
      fc.property(anyBundle, (bundle) => {
        const history = historyOf([{ bundle }]);
        expect(historyOf([{ bundle: history }])).to.deep.equal(history);
      }),
    );
  });

  it("puts back together what recordsOf took apart, for HL7's bundles and Synthea's", () => {
    // But for the one in which a patient comes in two versions.
    const examples = exampleBundles().filter(({ id }) => id !== "bundle-references");
    expect(examples).to.have.length.above(20);
    for (const bundle of [...examples, ...syntheaBundles()]) {
      const history = historyOf(recordsOf(bundle));
      expect(contentsOf(history)).to.deep.equal(contentsOf(bundle));
    }
  });

  it("keeps equal content once, under one fullUrl", () => {
    const [one, other] = [
      part({ fullUrl: "urn:uuid:2", resource: patient() }),
      part({ fullUrl: "urn:uuid:1", resource: patient() }),
    ];
    expect(historyOf([one, other, part({ resource: patient() })]).entry).to.deep.equal([
      { fullUrl: "urn:uuid:1", resource: patient() },
    ]);
  });

  it("keeps an equal copy's other fullUrl where something refers to it", () => {
    const claim = { resourceType: "Claim", id: "c", patient: { reference: "urn:uuid:2" } };
    const parts = [
      part({ fullUrl: "urn:uuid:1", resource: patient() }),
      part({ fullUrl: "urn:uuid:2", resource: patient() }),
      part({ resource: claim }),
    ];
    expect(historyOf(parts).entry!.map(({ fullUrl }) => fullUrl)).to.deep.equal([
      undefined,
      "urn:uuid:1",
      "urn:uuid:2",
    ]);
  });

  it("keeps equal contents without id apart, because references tell them apart", () => {
    const resource = { resourceType: "Observation", status: "final" };
    const parts = [part({ fullUrl: "urn:uuid:1", resource }), part({ fullUrl: "urn:uuid:2", resource })];
    expect(historyOf(parts).entry).to.have.length(2);
  });

  for (const [what, older, newer] of [
    ["lastUpdated", { lastUpdated: "2020-12-31T23:30:00-02:00" }, { lastUpdated: "2021-01-01T01:30:01Z" }],
    ["versionId, as a number", { versionId: "9" }, { versionId: "10" }],
  ] as const) {
    it(`keeps the newer version by ${what}`, () => {
      const parts = [part({ resource: patient({ meta: newer }) }), part({ resource: patient({ meta: older }) })];
      expectOrderIndependent(parts);
      expect(historyOf(parts).entry).to.deep.equal([{ resource: patient({ meta: newer }) }]);
    });
  }

  for (const [what, one, other] of [
    ["that say nothing of versions", {}, { gender: "male" }],
    [
      "whose versions contradict each other",
      { meta: { versionId: "1", lastUpdated: "2021-01-01T00:00:00Z" } },
      { meta: { versionId: "2", lastUpdated: "2020-01-01T00:00:00Z" } },
    ],
    ["whose version ids are no numbers", { meta: { versionId: "a" } }, { meta: { versionId: "b" } }],
  ] as const) {
    it(`keeps both of two contents ${what}, under distinct fullUrls`, () => {
      const fullUrl = "http://a/Patient/1";
      const parts = [part({ fullUrl, resource: patient(one) }), part({ fullUrl, resource: patient(other) })];
      expectOrderIndependent(parts);
      const fullUrls = historyOf(parts).entry!.map((entry) => entry.fullUrl!);
      expect(fullUrls).to.have.length(2).and.include(fullUrl);
      expect(fullUrls.find((each) => each !== fullUrl)).to.match(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    });
  }

  it("keeps all versions that outdate each other in a circle", () => {
    const metas = [
      { lastUpdated: "2023-01-01T00:00:00Z", versionId: "1" },
      { lastUpdated: "2022-01-01T00:00:00Z" },
      { lastUpdated: "2021-01-01T00:00:00Z", versionId: "3" },
      { versionId: "2" },
    ];
    const parts = metas.map((meta) => part({ resource: patient({ meta }) }));
    expectOrderIndependent(parts);
    expect(historyOf(parts).entry).to.have.length(4);
  });

  it("does not take resources of other servers or sources for versions", () => {
    const [older, newer] = [patient({ meta: { versionId: "1" } }), patient({ meta: { versionId: "2" } })];
    const servers = [
      part({ fullUrl: "http://a/Patient/1", resource: older }),
      part({ fullUrl: "http://b/Patient/1", resource: newer }),
    ];
    expect(historyOf(servers).entry).to.have.length(2);
    expect(historyOf([part({ resource: older }, "a"), part({ resource: newer }, "b")]).entry).to.have.length(2);
    expect(historyOf([part({ resource: older }, "a"), part({ resource: newer }, "a")]).entry).to.have.length(1);
  });

  it("sorts by type, date and id", () => {
    const resources = [
      { resourceType: "Patient", id: "1" },
      { resourceType: "Observation", id: "b", effectivePeriod: { start: "2021" } },
      { resourceType: "Observation", id: "a", effectiveDateTime: "2021" },
      { resourceType: "Observation", id: "c", effectiveDateTime: "2020-02-01" },
    ];
    const ids = historyOf(resources.map((resource) => part({ resource }))).entry!.map(({ resource }) => resource!.id);
    expect(ids).to.deep.equal(["c", "a", "b", "1"]);
  });

  it("has no entries, rather than an empty list, for nothing", () => {
    expect(historyOf([])).to.deep.equal({ resourceType: "Bundle", type: "collection" });
  });
});
