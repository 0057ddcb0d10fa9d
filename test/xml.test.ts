import { expect } from "chai";
import fc from "fast-check";
import { NotXmlError, parseXml, XmlEntityError, XmlTooDeepError } from "../src/xml.js";

const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);

describe("parseXml", () => {
  it("resolves names to their namespaces, whatever the prefix", () => {
    const { namespace, children } = parseXml(
      '<p:a xmlns:p="urn:one"><b xmlns="urn:two"><p:c/><d/></b><e/><p:f xmlns:p="urn:three"/></p:a>',
    );
    expect(namespace).to.equal("urn:one");
    expect(children.map((each) => each.namespace)).to.deep.equal(["urn:two", "", "urn:three"]);
    expect(children[0]!.children.map((each) => [each.name, each.namespace])).to.deep.equal([
      ["c", "urn:one"],
      ["d", "urn:two"],
    ]);
  });

  it("keeps attributes without a prefix, and leaves the others", () => {
    const { attributes } = parseXml('<a id="1" x:id="2" xmlns:x="urn:x" xmlns="urn:y"/>');
    expect([...attributes]).to.deep.equal([["id", "1"]]);
  });

  it("gives back any text as it was, numbers and times too", () => {
    const character = fc.constantFrom("&", "<", '"', "0", "7", "e", ".", "ß", "🧬", " ");
    fc.assert(
      fc.property(fc.array(character), (characters) => {
        const text = `x${characters.join("")}x`;
        const { text: read, attributes } = parseXml(`<a b="${escaped(text)}">${escaped(text)}</a>`);
        expect([read, attributes.get("b")]).to.deep.equal([text, text]);
      }),
    );
    expect(parseXml("<a>007.50</a>").text).to.equal("007.50");
  });

  it("decodes XML's own entities once, and nothing in CDATA", () => {
    expect(parseXml("<a>&amp;lt; &#x41;&#66; <![CDATA[&amp; <b>]]> c<!-- d --></a>").text).to.equal(
      "&lt; AB &amp; <b> c",
    );
  });

  it("refuses a DOCTYPE and entities that are not XML's own", () => {
    for (const xml of [
      '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      '<!doctype a [<!ENTITY b "c">]><a>&b;</a>',
      "<a>&nbsp;</a>",
      '<a b="&file;"/>',
      "<a>&constructor;</a>",
    ]) {
      expect(() => parseXml(xml), xml).to.throw(XmlEntityError);
    }
  });

  it("refuses elements that nest deeper than 64", () => {
    expect(parseXml(nested(64)).name).to.equal("a");
    expect(() => parseXml(nested(70))).to.throw(XmlTooDeepError);
    expect(() => parseXml(nested(1_000_000))).to.throw(XmlTooDeepError);
  });

  it("refuses what is not well-formed, and names the line", () => {
    expect(() => parseXml("<a>\n<b></a>"))
      .to.throw(NotXmlError)
      .with.property("line", 2);
    for (const xml of [
      "",
      "a",
      "<a/><b/>",
      "<a",
      "<a b></a>",
      "<p:a/>",
      "<a>&#0;</a>",
      "<a>&#xD800;</a>",
      "<__proto__/>",
    ]) {
      expect(() => parseXml(xml), xml).to.throw(NotXmlError);
    }
  });
});
