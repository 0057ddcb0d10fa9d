import { expect } from "chai";
import fc from "fast-check";
import { digitalLink, MalformedDigitalLinkError, parseDigitalLink } from "../../src/gs1/digitalLink.js";
import { ContradictoryElementsError, NotOneKeyError, UnknownIdentifierError } from "../../src/gs1/elements.js";
import { elements } from "./arbitraries.js";

const PACK = { gtin: "09506000134352", lot: "ABC", serial: "S1" };

describe("parseDigitalLink", () => {
  for (const uri of [
    "https://id.gs1.org/01/09506000134352/10/ABC/21/S1",
    "http://example.com/some/path/01/09506000134352/10/ABC/21/S1/",
    "HTTPS://example.com:8080/01/9506000134352/10/ABC/21/S1?linkType=gs1:pip#top",
    "https://example.com/gtin/09506000134352/lot/ABC/ser/S1",
    "https://example.com/01/01/01/09506000134352/21/S1/10/%41%42%43",
    "https://example.com/01/09506000134352?10=ABC&21=S1",
  ]) {
    it(`reads ${uri}`, () => {
      expect(parseDigitalLink(uri)).to.deep.equal(PACK);
    });
  }

  it("reads the other keys and attributes", () => {
    expect(parseDigitalLink("https://id.gs1.org/00/106141412345678908")).to.deep.equal({ sscc: "106141412345678908" });
    expect(parseDigitalLink("https://id.gs1.org/414/0614141000012/254/A%2F1")).to.deep.equal({
      gln: "0614141000012",
      glnExtension: "A/1",
    });
    expect(parseDigitalLink("https://id.gs1.org/417/9501101530003")).to.deep.equal({ partyGln: "9501101530003" });
    expect(parseDigitalLink("https://id.gs1.org/01/09506000134352/22/2A?17=261231;3103=000750&exp=1")).to.deep.equal({
      gtin: PACK.gtin,
      expirationDate: "261231",
      others: { "22": "2A", "3103": "000750" },
    });
  });

  it("keeps values that look like keys or steps of a path", () => {
    expect(parseDigitalLink("https://id.gs1.org/01/09506000134352/10/01/21/..")).to.deep.equal({
      gtin: PACK.gtin,
      lot: "01",
      serial: "..",
    });
    expect(parseDigitalLink("https://id.gs1.org/01/09506000134352/21/A+B").serial).to.equal("A+B");
  });

  it("refuses what is no Digital Link", () => {
    for (const uri of [
      "",
      "id.gs1.org/01/09506000134352",
      "ftp://id.gs1.org/01/09506000134352",
      "https://id.gs1.org",
      "https://id.gs1.org/",
      "https://id.gs1.org/01",
      "https://id.gs1.org/01/09506000134352/21",
      "https://id.gs1.org/01/09506000134352/99/A",
      "https://id.gs1.org/00/106141412345678908/21/S1",
      "https://id.gs1.org/01/09506000134352/21/%zz",
      "https://id.gs1.org/AQnYUc1gmiCNV4JG",
      "https://id.gs1.org/01/09506000134352/21/S 1",
    ]) {
      expect(() => parseDigitalLink(uri), uri).to.throw(MalformedDigitalLinkError);
    }
  });

  it("refuses attributes that contradict the path or are no AI", () => {
    const uri = "https://id.gs1.org/01/09506000134352/21/S1";
    expect(() => parseDigitalLink(`${uri}?21=S2`)).to.throw(ContradictoryElementsError);
    expect(() => parseDigitalLink(`${uri}?0555=1`)).to.throw(UnknownIdentifierError);
  });
});

describe("digitalLink", () => {
  it("writes the canonical form", () => {
    expect(
      digitalLink({ ...PACK, lot: "A/(B)'*!", expirationDate: "261231", others: { "22": "V", "11": "250101" } }),
    ).to.equal("https://id.gs1.org/01/09506000134352/22/V/10/A%2F%28B%29%27%2A%21/21/S1?11=250101&17=261231");
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(elements, (any) => {
        expect(parseDigitalLink(digitalLink(any))).to.deep.equal(any);
      }),
    );
  });

  it("needs one key", () => {
    expect(() => digitalLink({ lot: "A" })).to.throw(NotOneKeyError);
  });
});
