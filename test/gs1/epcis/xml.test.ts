import { expect } from "chai";
import { EpcisInvalidError } from "../../../src/gs1/epcis/check.js";
import { UnknownEpcisRootError } from "../../../src/gs1/epcis/document.js";
import { EpcisTooLargeError } from "../../../src/gs1/epcis/json.js";
import { parseEpcis } from "../../../src/gs1/epcis/parse.js";
import { parseEpcisXml } from "../../../src/gs1/epcis/xml.js";
import { NotXmlError, XmlEntityError } from "../../../src/xml.js";
import { documentWith, objectEvent, samples } from "./samples.js";

const TIME = "<eventTime>2023-03-27T06:45:16.5-05:00</eventTime><eventTimeZoneOffset>-05:00</eventTimeZoneOffset>";
const OBJECT = `${TIME}<epcList><epc>urn:e:1</epc></epcList><action>ADD</action>`;

const document = (events: string, header = "", version = "1.2") =>
  `<?xml version="1.0"?><!-- a shipment -->
  <e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:1" xmlns:mda="urn:epcglobal:cbv:mda" xmlns:v="https://example.com/"
    schemaVersion="${version}" creationDate="2023-04-01T08:45:16Z">${header}
    <EPCISBody><EventList>${events}</EventList></EPCISBody></e:EPCISDocument>`;
const eventsOf = (events: string) => parseEpcisXml(document(events)).events;

describe("parseEpcisXml", () => {
  it("reads an object event with what its extension holds", () => {
    const [event] = eventsOf(`<ObjectEvent>${TIME}
      <baseExtension><eventID>urn:uuid:1</eventID><errorDeclaration>
        <declarationTime>2023-04-02T00:00:00Z</declarationTime><reason>urn:epcglobal:cbv:er:incorrect_data</reason>
        <correctiveEventIDs><correctiveEventID>urn:uuid:2</correctiveEventID></correctiveEventIDs>
      </errorDeclaration></baseExtension>
      <epcList><epc> urn:e:1 </epc><epc>urn:e:2</epc></epcList><action>ADD</action>
      <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
      <disposition>urn:epcglobal:cbv:disp:active</disposition>
      <readPoint><id>urn:l:1</id></readPoint><bizLocation><id>urn:l:2</id></bizLocation>
      <bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:o:1</bizTransaction>
        <bizTransaction>urn:o:2</bizTransaction></bizTransactionList>
      <extension>
        <quantityList><quantityElement><epcClass>urn:c:1</epcClass><quantity>012.50</quantity><uom>KGM</uom>
          </quantityElement></quantityList>
        <sourceList><source type="urn:epcglobal:cbv:sdt:owning_party">urn:s:1</source></sourceList>
        <destinationList><destination type="urn:epcglobal:cbv:sdt:location">urn:d:1</destination></destinationList>
        <ilmd><mda:lotNumber>0123</mda:lotNumber><v:lotNumber>other</v:lotNumber>
          <extension><mda:itemExpirationDate>2025-03-27</mda:itemExpirationDate></extension></ilmd>
      </extension>
      <v:action>DELETE</v:action></ObjectEvent>`);
    expect(event).to.deep.equal({
      type: "ObjectEvent",
      action: "ADD",
      eventId: "urn:uuid:1",
      errorDeclaration: {
        time: Date.UTC(2023, 3, 2) / 1000,
        reason: "incorrect_data",
        correctiveEventIds: ["urn:uuid:2"],
      },
      time: Date.UTC(2023, 2, 27, 11, 45, 16) / 1000,
      timeText: "2023-03-27T06:45:16.5-05:00",
      timeZoneOffset: "-05:00",
      bizStep: "commissioning",
      disposition: "active",
      readPoint: "urn:l:1",
      bizLocation: "urn:l:2",
      bizTransactions: [{ type: "po", id: "urn:o:1" }, { id: "urn:o:2" }],
      sources: [{ type: "owning_party", id: "urn:s:1" }],
      destinations: [{ type: "location", id: "urn:d:1" }],
      epcs: ["urn:e:1", "urn:e:2"],
      quantities: [{ epcClass: "urn:c:1", quantity: 12.5, uom: "KGM" }],
      children: [],
      ilmd: { lot: "0123", expiry: "2025-03-27" },
    });
  });

  it("reads the other kinds of event, in the list or in its extensions", () => {
    const family = `${TIME}<parentID>urn:p:1</parentID><childEPCs><epc>urn:e:1</epc></childEPCs><action>ADD</action>`;
    const quantity = "<quantityElement><epcClass>urn:c:1</epcClass></quantityElement>";
    const events = eventsOf(`
      <AggregationEvent>${family}<extension><childQuantityList>${quantity}</childQuantityList></extension></AggregationEvent>
      <TransactionEvent><bizTransactionList><bizTransaction>urn:o:1</bizTransaction></bizTransactionList>
        <parentID>urn:p:2</parentID>${OBJECT}</TransactionEvent>
      <extension><TransformationEvent>${TIME}<inputEPCList><epc>urn:e:1</epc></inputEPCList>
          <outputQuantityList>${quantity}</outputQuantityList><transformationID>urn:t:1</transformationID>
          <ilmd><mda:lotNumber>L</mda:lotNumber></ilmd></TransformationEvent>
        <extension><AssociationEvent>${family}</AssociationEvent></extension></extension>`);
    expect(events.map(({ type }) => type)).to.deep.equal([
      "AggregationEvent",
      "TransactionEvent",
      "TransformationEvent",
      "AssociationEvent",
    ]);
    expect(events[0]).to.deep.include({
      parent: "urn:p:1",
      children: ["urn:e:1"],
      quantities: [{ epcClass: "urn:c:1" }],
    });
    expect(events[1]).to.deep.include({ parent: "urn:p:2", epcs: ["urn:e:1"], bizTransactions: [{ id: "urn:o:1" }] });
    expect(events[2]).to.deep.include({
      epcs: ["urn:e:1"],
      outputs: { epcs: [], quantities: [{ epcClass: "urn:c:1" }] },
      transformationId: "urn:t:1",
      ilmd: { lot: "L" },
    });
    expect(events[3]).to.deep.include({ parent: "urn:p:1", children: ["urn:e:1"] });
  });

  it("reads who sent it to whom, what the seller affirms, and master data", () => {
    const header = `<EPCISHeader xmlns:h="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
        xmlns:us="http://epcis.gs1us.org/hc/ns">
      <h:StandardBusinessDocumentHeader><h:Sender><h:Identifier Authority="GS1">urn:s:1</h:Identifier></h:Sender>
        <h:Receiver><h:Identifier>urn:r:1</h:Identifier></h:Receiver></h:StandardBusinessDocumentHeader>
      <extension><EPCISMasterData><VocabularyList><Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass">
        <VocabularyElementList><VocabularyElement id="urn:epc:idpat:sgtin:030001.0012345.*">
          <attribute id="urn:epcglobal:cbv:mda#regulatedProductName">Salt &amp; Water</attribute>
          <attribute id="urn:epcglobal:cbv:mda#additionalTradeItemIdentification">0001-0123-45</attribute>
          <attribute id="urn:epcglobal:cbv:mda#additionalTradeItemIdentificationTypeCode">US_FDA_NDC</attribute>
        </VocabularyElement></VocabularyElementList></Vocabulary></VocabularyList></EPCISMasterData></extension>
      <us:dscsaTransactionStatement><us:affirmTransactionStatement>AFFIRMED</us:affirmTransactionStatement>
        <us:legalNotice>Complied.</us:legalNotice></us:dscsaTransactionStatement></EPCISHeader>`;
    const read = (affirmed: string) => parseEpcisXml(document("", header.replace("AFFIRMED", affirmed)));
    expect(read("true")).to.deep.equal({
      version: "1.2",
      created: Date.UTC(2023, 3, 1, 8, 45, 16) / 1000,
      sender: "urn:s:1",
      receiver: "urn:r:1",
      statement: { affirmed: true, legalNotice: "Complied." },
      masterData: {
        "urn:epc:idpat:sgtin:030001.0012345.*": {
          vocabularies: ["EPCClass"],
          attributes: {
            regulatedProductName: ["Salt & Water"],
            additionalTradeItemIdentification: ["0001-0123-45"],
            additionalTradeItemIdentificationTypeCode: ["US_FDA_NDC"],
          },
        },
      },
      events: [],
    });
    expect(read("1").statement!.affirmed).to.be.true;
    for (const text of ["false", "0", "", "untrue"]) expect(read(text).statement!.affirmed, text).to.be.false;
  });

  it("reads documents that put all of EPCIS in its namespace", () => {
    const qualified = document(`<ObjectEvent>${OBJECT}</ObjectEvent>`)
      .replace("xmlns:e=", "xmlns=")
      .replaceAll("e:EPCIS", "EPCIS");
    expect(parseEpcisXml(qualified).events).to.have.length(1);
  });

  it("reads query documents, and tells the versions apart", () => {
    const query = document(`<ObjectEvent>${OBJECT}</ObjectEvent>`)
      .replaceAll("e:EPCISDocument", "e:EPCISQueryDocument")
      .replace("<EventList>", "<e:QueryResults><resultsBody><EventList>")
      .replace("</EventList>", "</EventList></resultsBody></e:QueryResults>");
    expect(parseEpcisXml(query).events).to.have.length(1);
    expect(["1", "1.0", "1.1", "2.0"].map((version) => parseEpcisXml(document("", "", version)).version)).to.deep.equal(
      ["1.2", "1.2", "1.2", "2.0"],
    );
    expect(() => parseEpcisXml(document("", "", "3.0")))
      .to.throw(EpcisInvalidError)
      .with.deep.property("paths", ["/schemaVersion"]);
  });

  it("names the places of what EPCIS does not allow", () => {
    const quantity = (text: string) =>
      `<extension><quantityList><quantityElement><epcClass>urn:c:1</epcClass><quantity>${text}</quantity></quantityElement></quantityList></extension>`;
    const cases: [string, string][] = [
      [`<ObjectEvent>${OBJECT}${quantity("twenty")}</ObjectEvent>`, "/0/quantityList/0/quantity"],
      [`<ObjectEvent>${OBJECT}${quantity("0x10")}</ObjectEvent>`, "/0/quantityList/0/quantity"],
      [`<ObjectEvent>${OBJECT}<epcList><epc>urn:e:2</epc></epcList></ObjectEvent>`, "/0/epcList/0"],
      [`<ObjectEvent>${OBJECT}<action>DELETE</action></ObjectEvent>`, "/0/action"],
      [`<ObjectEvent>${TIME}</ObjectEvent>`, "/0/action"],
      [`<QuantityEvent>${OBJECT}</QuantityEvent>`, "/0"],
      [`<v:ObjectEvent>${OBJECT}</v:ObjectEvent>`, "/0"],
      [`<ObjectEvent>${OBJECT}<bizStep>urn:epcglobal:cbv:bizstep:ashing</bizStep></ObjectEvent>`, "/0/bizStep"],
    ];
    for (const [xml, path] of cases) {
      try {
        eventsOf(xml);
        expect.fail(xml);
      } catch (error) {
        expect((error as EpcisInvalidError).paths, xml).to.include(`/epcisBody/eventList${path}`);
      }
    }
  });

  it("refuses other roots, entities, what is malformed, and what is too long", () => {
    expect(() => parseEpcisXml("<recall/>")).to.throw(UnknownEpcisRootError, "recall");
    expect(() => parseEpcisXml('<EPCISDocument xmlns="https://example.com/"/>')).to.throw(UnknownEpcisRootError);
    expect(() => parseEpcisXml(`<!DOCTYPE x [<!ENTITY a "b">]>${document("")}`)).to.throw(XmlEntityError);
    expect(() => parseEpcisXml(document("<ObjectEvent>"))).to.throw(NotXmlError);
    expect(() => parseEpcisXml(document(""), { maxLength: 100 })).to.throw(EpcisTooLargeError);
  });

  it("reads GS1 US's shipment of twelve packs in three cases on a pallet", function () {
    const [file] = samples("", /pharma.*\.xml$/);
    if (!file) return this.skip();
    const { events, statement, sender, masterData } = parseEpcisXml(file[1]);
    expect(events.map(({ bizStep }) => bizStep)).to.deep.equal([
      ...["commissioning", "commissioning", "packing", "packing", "packing", "commissioning", "packing", "shipping"],
    ]);
    expect(events[0]!.epcs).to.have.length(12);
    expect(events[0]!.ilmd).to.deep.equal({ lot: "A123", expiry: "2025-03-27" });
    expect(events[7]!.destinations[0]).to.deep.equal({ type: "owning_party", id: "urn:epc:id:sgln:039999.999999.0" });
    expect([sender, statement!.affirmed]).to.deep.equal(["urn:epc:id:sgln:030001.111111.0", true]);
    expect(Object.keys(masterData!)).to.have.length(6);
  });
});

describe("parseEpcis", () => {
  it("reads XML and JSON alike", () => {
    const json = JSON.stringify(documentWith([objectEvent()]));
    expect(parseEpcis(` \n${json}`).version).to.equal("2.0");
    expect(parseEpcis(`\uFEFF${document("")}`).version).to.equal("1.2");
    for (const text of [json, document("")]) {
      expect(() => parseEpcis(text, { maxLength: 9 })).to.throw(EpcisTooLargeError);
    }
  });
});
