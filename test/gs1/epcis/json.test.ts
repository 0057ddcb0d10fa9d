import { expect } from "chai";
import { EpcisInvalidError } from "../../../src/gs1/epcis/check.js";
import { UnknownEpcisRootError } from "../../../src/gs1/epcis/document.js";
import { EpcisTooLargeError, NotEpcisJsonError, parseEpcisJson } from "../../../src/gs1/epcis/json.js";
import { documentWith, objectEvent, samples } from "./samples.js";

const eventWith = (members: object) => parseEpcisJson(documentWith([objectEvent(members)])).events[0]!;
const pathsOf = (...events: object[]) => {
  try {
    parseEpcisJson(documentWith(events));
  } catch (error) {
    return (error as EpcisInvalidError).paths.map((path) => path.replace("/epcisBody/eventList/", ""));
  }
  return [];
};

describe("parseEpcisJson", () => {
  it("reads an event with all its members", () => {
    const event = eventWith({
      eventID: "urn:uuid:1",
      bizStep: "commissioning",
      disposition: "active",
      readPoint: { id: "urn:epc:id:sgln:030001.111111.0" },
      bizLocation: { id: "urn:epc:id:sgln:030001.111111.1" },
      bizTransactionList: [{ type: "po", bizTransaction: "urn:order:1" }, { bizTransaction: "urn:order:2" }],
      sourceList: [{ type: "owning_party", source: "urn:from" + ":1" }],
      destinationList: [{ type: "location", destination: "urn:to:1" }],
      quantityList: [{ epcClass: "urn:class:1", quantity: 0.5, uom: "KGM" }, { epcClass: "urn:class:2" }],
      ilmd: { "cbvmda:lotNumber": "A123", "cbvmda:itemExpirationDate": "2027-02-28" },
      errorDeclaration: { declarationTime: "2026-03-02T00:00:00Z", reason: "did_not_occur" },
    });
    expect(event).to.deep.equal({
      type: "ObjectEvent",
      action: "ADD",
      eventId: "urn:uuid:1",
      time: Date.UTC(2026, 2, 1, 15) / 1000,
      timeText: "2026-03-01T10:00:00.75-05:00",
      timeZoneOffset: "-05:00",
      bizStep: "commissioning",
      disposition: "active",
      readPoint: "urn:epc:id:sgln:030001.111111.0",
      bizLocation: "urn:epc:id:sgln:030001.111111.1",
      bizTransactions: [{ type: "po", id: "urn:order:1" }, { id: "urn:order:2" }],
      sources: [{ type: "owning_party", id: "urn:from:1" }],
      destinations: [{ type: "location", id: "urn:to:1" }],
      epcs: ["urn:epc:id:sgtin:030001.0012345.11"],
      quantities: [{ epcClass: "urn:class:1", quantity: 0.5, uom: "KGM" }, { epcClass: "urn:class:2" }],
      children: [],
      ilmd: { lot: "A123", expiry: "2027-02-28" },
      errorDeclaration: { time: Date.UTC(2026, 2, 2) / 1000, reason: "did_not_occur", correctiveEventIds: [] },
    });
  });

  it("reads transformations and families", () => {
    const time = { eventTime: "2026-03-01T10:00:00Z", eventTimeZoneOffset: "+00:00" };
    const { events } = parseEpcisJson(
      documentWith([
        {
          type: "TransformationEvent",
          ...time,
          transformationID: "urn:t:1",
          inputEPCList: ["urn:in:1"],
          outputQuantityList: [{ epcClass: "urn:out", quantity: 2 }],
        },
        { type: "AggregationEvent", ...time, action: "DELETE", parentID: "urn:p:1" },
        { type: "AssociationEvent", ...time, action: "ADD", parentID: "urn:p:2", childEPCs: ["urn:c:1"] },
      ]),
    );
    expect(events[0]).to.deep.include({
      epcs: ["urn:in:1"],
      transformationId: "urn:t:1",
      outputs: { epcs: [], quantities: [{ epcClass: "urn:out", quantity: 2 }] },
    });
    expect(events[1]).to.deep.include({ action: "DELETE", parent: "urn:p:1", children: [] });
    expect(events[2]).to.deep.include({ action: "ADD", parent: "urn:p:2", children: ["urn:c:1"] });
  });

  it("makes words of the Core Business Vocabulary bare, and leaves others", () => {
    for (const form of ["", "urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-", "cbv:BizStep-"]) {
      expect(eventWith({ bizStep: `${form}shipping` }).bizStep).to.equal("shipping");
    }
    expect(eventWith({ disposition: "https://ref.gs1.org/cbv/Disp-in_transit" }).disposition).to.equal("in_transit");
    expect(eventWith({ bizStep: "https://example.com/steps/ashing" }).bizStep).to.equal(
      "https://example.com/steps/ashing",
    );
    for (const bizStep of [
      "ashing",
      "urn:epcglobal:cbv:bizstep:ashing",
      "urn:epcglobal:cbv:disp:active",
      "cbv:ashing",
    ]) {
      expect(pathsOf(objectEvent({ bizStep }))).to.deep.equal(["0/bizStep"]);
    }
  });

  it("finds lots under any prefix of their namespace, and nowhere else", () => {
    const event = objectEvent({ ilmd: { "mda:lotNumber": "B7", "other:itemExpirationDate": "never" } });
    const context = { "@context": [{ mda: { "@id": "urn:epcglobal:cbv:mda:" }, other: "https://example.com/" }] };
    expect(parseEpcisJson(documentWith([event], context)).events[0]!.ilmd).to.deep.equal({ lot: "B7" });
    expect(eventWith({ ilmd: { "urn:epcglobal:cbv:mda#lotNumber": "B8" } }).ilmd).to.deep.equal({ lot: "B8" });
    expect(eventWith({ ilmd: { "x:lotNumber": "B9" } })).not.to.have.property("ilmd");
  });

  it("takes a leap second as the second before it", () => {
    const { time } = eventWith({ eventTime: "2016-12-31T23:59:60Z" });
    expect(time).to.equal(Date.UTC(2016, 11, 31, 23, 59, 59) / 1000);
  });

  it("reads the events and master data of a query document", () => {
    const attribute = { id: "cbvmda:name", attribute: "Pharmacy" };
    const vocabularyList = [
      {
        type: "urn:epcglobal:epcis:vtype:Location",
        vocabularyElementList: [{ id: "urn:l:1", attributes: [attribute] }],
      },
      { type: "epcis:SourceDest", vocabularyElementList: [{ id: "urn:l:1", attributes: [attribute, attribute] }] },
    ];
    const { events, masterData } = parseEpcisJson(
      documentWith([], {
        type: "EPCISQueryDocument",
        epcisBody: { queryResults: { resultsBody: { eventList: [objectEvent()], vocabularyList } } },
      }),
    );
    expect(events).to.have.length(1);
    expect(masterData).to.deep.equal({
      "urn:l:1": { vocabularies: ["Location", "SourceDest"], attributes: { name: ["Pharmacy", "Pharmacy"] } },
    });
  });

  it("names the paths of what EPCIS does not allow", () => {
    const family = { parentID: "urn:p:1", childEPCs: ["urn:c:1"], epcList: undefined };
    const cases: [object, string][] = [
      [{ action: "CREATE" }, "0/action"],
      [{ action: undefined }, "0/action"],
      [{ eventTime: "2026-03-01 10:00:00Z" }, "0/eventTime"],
      [{ eventTime: "2026-03-01T10:00:00" }, "0/eventTime"],
      [{ eventTime: "2026-02-30T10:00:00Z" }, "0/eventTime"],
      [{ eventTimeZoneOffset: "+15:00" }, "0/eventTimeZoneOffset"],
      [{ epcList: ["no URI"] }, "0/epcList/0"],
      [{ epcList: ["urn:a:1", "urn:a:1"] }, "0/epcList"],
      [{ quantityList: [{ epcClass: "urn:c:1", quantity: "2" }] }, "0/quantityList/0/quantity"],
      [{ quantityList: [{ quantity: 2 }] }, "0/quantityList/0/epcClass"],
      [{ sourceList: [{ type: "owner", source: "urn:s:1" }] }, "0/sourceList/0/type"],
      [{ readPoint: {} }, "0/readPoint/id"],
      [{ errorDeclaration: {} }, "0/errorDeclaration/declarationTime"],
      [{ action: "OBSERVE", ilmd: { "cbvmda:lotNumber": "A" } }, "0/action"],
      [{ ilmd: { "cbvmda:lotNumber": 12 } }, "0/ilmd/lotNumber"],
      [{ ilmd: { "cbvmda:itemExpirationDate": "2026-02-30" } }, "0/ilmd/itemExpirationDate"],
      [{ ilmd: { "cbvmda:itemExpirationDate": "02/2026" } }, "0/ilmd/itemExpirationDate"],
      [{ type: "SensorEvent" }, "0"],
      [{ type: "TransactionEvent", bizTransactionList: [] }, "0/bizTransactionList"],
      [{ ...family, type: "AggregationEvent", parentID: undefined }, "0/parentID"],
      [{ ...family, type: "AggregationEvent", childEPCs: [] }, "0/childEPCs"],
      [{ ...family, type: "AssociationEvent", action: "DELETE", parentID: undefined }, "0/parentID"],
      [{ type: "TransformationEvent", inputEPCList: ["urn:i:1"] }, "0/outputEPCList"],
    ];
    for (const [members, path] of cases) {
      const event = JSON.parse(JSON.stringify(objectEvent(members))) as object;
      expect(pathsOf(event), JSON.stringify(members)).to.include(path);
    }
    for (const name of ["@context", "creationDate", "schemaVersion", "epcisBody"]) {
      const { [name as "type"]: _, ...rest } = documentWith([]) as { type: string };
      expect(() => parseEpcisJson(rest))
        .to.throw(EpcisInvalidError)
        .with.deep.property("paths", [`/${name}`]);
    }
  });

  it("refuses what is no such document, no JSON, or too long", () => {
    for (const data of [null, [], {}, 3, objectEvent()])
      expect(() => parseEpcisJson(data)).to.throw(UnknownEpcisRootError);
    expect(() => parseEpcisJson('{"type":')).to.throw(NotEpcisJsonError);
    const text = JSON.stringify(documentWith([]));
    expect(parseEpcisJson(`\uFEFF${text}`, { maxLength: text.length + 1 }).events).to.be.empty;
    expect(() => parseEpcisJson(text, { maxLength: text.length - 1 })).to.throw(EpcisTooLargeError);
  });

  it("is not brought down by a name or depth made to", () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const text = JSON.stringify(documentWith([objectEvent()])).replace(
      '"type"',
      `"__proto__":{"a":1},"x:y":${deep},"type"`,
    );
    expect(parseEpcisJson(text).events).to.have.length(1);
  });

  it("lists at most 20 paths", () => {
    const events = Array.from({ length: 30 }, () => objectEvent({ action: "CREATE" }));
    expect(pathsOf(...events)).to.have.length(20);
  });

  it("reads every valid file of GS1", function () {
    const files = [...samples("", /\.json$/), ...samples("event-hash", /\.jsonld$/)];
    if (files.length === 0) return this.skip();
    for (const [name, text] of files) expect(parseEpcisJson(text).events, name).not.to.be.empty;
  });

  it("refuses every invalid file of GS1", function () {
    const files = samples("invalid", /\.json$/);
    if (files.length === 0) return this.skip();
    for (const [name, text] of files) expect(() => parseEpcisJson(text), name).to.throw(EpcisInvalidError);
  });
});
