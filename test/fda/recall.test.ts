import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NotARecallError, parseRecalls, RecallIncompleteError, RecallTooLargeError } from "../../src/fda/recall.js";
import { NotXmlError, XmlEntityError } from "../../src/xml.js";

const xml = (members: Record<string, string> = {}) => {
  const elements = {
    status: "Ongoing",
    "recalling-firm": "Salt &amp; Water Inc.",
    classification: "Class II",
    "product-description": "Salt, NDC 0001-0123-45",
    "code-info": "Lot A12 exp 05/24, bottle 7",
    "reason-for-recall": "Subpotent.",
    "recall-initiation-date": "02/06/2012",
    ...members,
  };
  const children = Object.entries(elements).map(([name, text]) => `<${name}>${text}</${name}>`);
  return `<recall-number id="D-1-2012">${children.join("\n")}</recall-number>`;
};
const result = (members: object = {}) => ({
  recall_number: "D-2-2024",
  status: "Terminated",
  recalling_firm: "Water Inc.",
  classification: "Class I",
  product_description: "Water",
  code_info: "All lots",
  reason_for_recall: "Contaminated.",
  recall_initiation_date: "20240229",
  openfda: { package_ndc: ["55555-123-01", "55555-123-02"] },
  ...members,
});
const fromJson = (data: unknown) => parseRecalls(JSON.stringify(data));
const fromFile = (name: string) => {
  const path = join(process.env.ACESO_DATA ?? "", "fda", name);
  return process.env.ACESO_DATA !== undefined && existsSync(path)
    ? parseRecalls(readFileSync(path, "utf8"))[0]
    : undefined;
};

describe("parseRecalls", () => {
  const notice = {
    number: "D-1-2012",
    status: "Ongoing",
    classification: "II",
    firm: "Salt & Water Inc.",
    product: "Salt, NDC 0001-0123-45",
    ndcs: ["0001-0123-45"],
    reason: "Subpotent.",
    initiated: Date.UTC(2012, 1, 6) / 1000,
    lots: [{ lot: "A12", expiry: { text: "05/24", date: "2024-05" } }],
    allLots: false,
    unread: ["bottle 7"],
  };

  it("reads XML of one notice, of several, and in a root", () => {
    expect(parseRecalls(xml())).to.deep.equal([notice]);
    expect(parseRecalls(`${xml()}\n${xml()}`)).to.deep.equal([notice, notice]);
    const rooted = `\uFEFF<?xml version="1.0" encoding="UTF-8"?>\n<report><week>${xml()}</week>${xml()}</report>`;
    expect(parseRecalls(rooted)).to.deep.equal([notice, notice]);
  });

  it("reads openFDA's answers and single results", () => {
    const [read] = fromJson(result());
    expect(read).to.deep.equal({
      number: "D-2-2024",
      status: "Terminated",
      classification: "I",
      firm: "Water Inc.",
      product: "Water",
      ndcs: ["55555-123-01", "55555-123-02"],
      reason: "Contaminated.",
      initiated: Date.UTC(2024, 1, 29) / 1000,
      lots: [],
      allLots: true,
      unread: [],
    });
    expect(fromJson({ meta: {}, results: [result(), result({ openfda: undefined })] })).to.deep.equal([
      read,
      { ...read, ndcs: [] },
    ]);
    expect(fromJson({ results: [] })).to.be.empty;
  });

  it("leaves the class out until there is one", () => {
    expect(fromJson(result({ classification: "Not Yet Classified" }))[0]).not.to.have.property("classification");
    expect(fromJson(result({ classification: undefined }))[0]).not.to.have.property("classification");
    expect(fromJson(result({ classification: "Class III" }))[0]!.classification).to.equal("III");
  });

  it("takes the NDCs that are printed, each once, before those openFDA adds", () => {
    const ndcsOf = (product_description: string) => fromJson(result({ product_description }))[0]!.ndcs;
    expect(ndcsOf("NDC 0001-0123-45, 12345-678-90, 12345-6789-1; NDC: 0001-0123-45")).to.deep.equal([
      "0001-0123-45",
      "12345-678-90",
      "12345-6789-1",
    ]);
    expect(ndcsOf("Salt (NDC 12345-678), call 1-800-555-1234, ZIP 08807-1234")).to.deep.equal(["12345-678"]);
  });

  it("names the fields a notice lacks", () => {
    expect(() => parseRecalls(xml({ "code-info": " ", "reason-for-recall": "" })))
      .to.throw(RecallIncompleteError, "D-1-2012")
      .with.deep.property("fields", ["reason_for_recall", "code_info"]);
    for (const date of ["02/30/2012", "2012", "20241301"]) {
      expect(() => fromJson(result({ recall_initiation_date: date })), date)
        .to.throw(RecallIncompleteError, "D-2-2024")
        .with.deep.property("fields", ["recall_initiation_date"]);
    }
  });

  it("refuses what is no recall notice, has entities, is malformed or too long", () => {
    for (const text of ["", "recall", "[]", "null", '{"error":{}}', '{"results":{}}', '{"results":[1]}', "<a/>"]) {
      expect(() => parseRecalls(text), text).to.throw(NotARecallError);
    }
    expect(() => parseRecalls(`<!DOCTYPE a>${xml()}`)).to.throw(XmlEntityError);
    expect(() => parseRecalls(xml({ status: "&status;" }))).to.throw(XmlEntityError);
    expect(() => parseRecalls(`${xml()}<recall-number>`)).to.throw(NotXmlError);
    expect(() => parseRecalls(xml(), { maxLength: 50 })).to.throw(RecallTooLargeError);
  });

  it("reads exactly the seven lots of a notice that lists them in prose", function () {
    const notice = fromFile("recall-ndc-4-4-2.xml");
    if (!notice) return this.skip();
    expect(notice.lots.map(({ lot, expiry }) => [lot, expiry!.date])).to.deep.equal([
      ["AE41", "2012-02"],
      ["CA02B", "2012-02"],
      ["AE27", "2012-02"],
      ["BL18B", "2012-06"],
      ["CB13B", "2012-06"],
      ["CD65B", "2014-01"],
      ["CE39B", "2014-01"],
    ]);
    expect(notice.unread).to.deep.equal(["Eloxatin  (OXALIplatin injection) 50mg vial"]);
    expect(notice).to.deep.include({ number: "D-1407-2012", classification: "II", ndcs: ["0024-0590-10"] });
  });

  it("reads the lot of a notice that names it with its expiry", function () {
    const notice = fromFile("recall-ndc-5-3-2.xml");
    if (!notice) return this.skip();
    expect(notice.lots).to.deep.equal([{ lot: "RB81031", expiry: { text: "01/13", date: "2013-01" } }]);
    expect(notice).to.deep.include({ unread: [], classification: "III", ndcs: ["10631-106-08"] });
  });
});
