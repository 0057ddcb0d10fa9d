import { expect } from "chai";
import fc from "fast-check";
import { checkEpcis, EpcisInvalidError } from "../../../src/gs1/epcis/check.js";
import type { CommonEvent, EpcisDocument, EpcisEvent } from "../../../src/gs1/epcis/event.js";
import { parseEpcis } from "../../../src/gs1/epcis/parse.js";
import { parseEpcisJson } from "../../../src/gs1/epcis/json.js";
import { writeEpcis } from "../../../src/gs1/epcis/write.js";
import { documentWith, objectEvent, officialSchema, samples } from "./samples.js";

const uri = fc.integer({ min: 1, max: 999 }).map((number) => `urn:x:${number}`);
const optional = { requiredKeys: [] as never[] };
const seconds = fc.integer({ min: 0, max: 2_000_000_000 });
const uris = fc.uniqueArray(uri, { minLength: 1, maxLength: 3 });
const quantities = fc.array(
  fc.record({ epcClass: uri, quantity: fc.integer(), uom: fc.constant("KGM") }, { requiredKeys: ["epcClass"] }),
  { maxLength: 2 },
);
const party = (...types: string[]) =>
  fc.array(fc.record({ type: fc.constantFrom(...types), id: uri }), { maxLength: 2 });
const ilmd = fc.constantFrom({ lot: "A1" }, { expiry: "2027-01-31" }, { lot: "A1", expiry: "2027-01-31" });

const common = seconds.chain((time) =>
  fc
    .record(
      {
        eventId: uri,
        errorDeclaration: fc.record(
          {
            time: seconds,
            reason: fc.constantFrom("did_not_occur", "https://example.com/why"),
            correctiveEventIds: uris,
          },
          { requiredKeys: ["time", "correctiveEventIds"] },
        ),
        bizStep: fc.constantFrom("shipping", "https://example.com/step"),
        disposition: fc.constantFrom("in_transit", "https://example.com/state"),
        readPoint: uri,
        bizLocation: uri,
      },
      optional,
    )
    .chain((some) =>
      fc
        .record({
          bizTransactions: party("po", "desadv"),
          sources: party("owning_party"),
          destinations: party("location"),
          quantities,
        })
        .map((lists): CommonEvent => ({
          time,
          timeText: new Date(time * 1000).toISOString(),
          timeZoneOffset: "+01:00",
          epcs: [],
          children: [],
          ...some,
          ...lists,
        })),
    ),
);
const action = fc.constantFrom("ADD", "OBSERVE", "DELETE");
const events: fc.Arbitrary<EpcisEvent> = fc
  .tuple(common, action, uris, uri, ilmd)
  .chain(([event, action, some, id, ilmd]) =>
    fc.constantFrom<EpcisEvent>(
      { ...event, type: "ObjectEvent", action, epcs: some },
      { ...event, type: "ObjectEvent", action: "ADD", ilmd },
      { ...event, type: "AggregationEvent", action, parent: id, children: some },
      { ...event, type: "AssociationEvent", action: "DELETE", parent: id },
      { ...event, type: "TransactionEvent", action, epcs: some, bizTransactions: [{ id }] },
      {
        ...event,
        type: "TransformationEvent",
        epcs: some,
        ilmd,
        transformationId: id,
        outputs: { epcs: some, quantities: event.quantities },
      },
    ),
  );
const documents: fc.Arbitrary<EpcisDocument> = fc.record(
  {
    version: fc.constant("2.0"),
    created: seconds,
    sender: uri,
    receiver: uri,
    statement: fc.constantFrom({ affirmed: true }, { affirmed: false, legalNotice: "None." }),
    masterData: fc.dictionary(
      uri,
      fc.record({
        vocabularies: fc.subarray(["EPCClass", "Location", "https://example.com/kind"], { minLength: 1 }),
        attributes: fc.constantFrom({}, { name: ["One", "Two"], "https://example.com/more": ["3"] }),
      }),
      { minKeys: 1, maxKeys: 3 },
    ),
    events: fc.array(events, { maxLength: 3 }),
  },
  { requiredKeys: ["version", "created", "events"] },
);

describe("writeEpcis", () => {
  it("writes what reads as the same document again", () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(parseEpcis(JSON.stringify(writeEpcis(document)))).to.deep.equal(document);
      }),
      { numRuns: 50 },
    );
  });

  it("writes what GS1's official schema accepts", function () {
    const schema = officialSchema();
    if (!schema) return this.skip();
    fc.assert(
      fc.property(documents, (document) => checkEpcis(writeEpcis(document), schema)),
      { numRuns: 50 },
    );
  });

  it("keeps the events of GS1's own files, in XML and JSON, as the official schema has them", function () {
    const schema = officialSchema();
    if (!schema) return this.skip();
    for (const [name, text] of [...samples("", /\.(?:json|xml)$/), ...samples("event-hash", /\.jsonld$/)]) {
      const document = parseEpcis(text);
      const written = writeEpcis(document);
      checkEpcis(written, schema);
      expect(parseEpcisJson(written), name).to.deep.equal({ ...document, version: "2.0" });
    }
  });
});

describe("checkEpcis", () => {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    required: ["sender"],
    properties: { creationDate: { type: "string", format: "date" } },
  };

  it("holds a document against the schema it is given", () => {
    checkEpcis({ creationDate: "2026-03-01", sender: "urn:s:1" }, schema);
    expect(() => checkEpcis(documentWith([objectEvent()]), schema))
      .to.throw(EpcisInvalidError)
      .with.deep.property("paths", ["/sender", "/creationDate"]);
  });

  it("refuses with the official schema what it refuses by its own", function () {
    const official = officialSchema();
    if (!official) return this.skip();
    for (const [name, text] of samples("invalid", /\.json$/)) {
      expect(() => checkEpcis(JSON.parse(text), official), name).to.throw(EpcisInvalidError);
    }
  });
});
