import { readFile } from "node:fs/promises";
import { expect } from "chai";
import fc from "fast-check";
import { ForeignCharacterError } from "../../src/gs1/characters.js";
import { CompanyPrefixError, epcUrn, MalformedEpcError, parseEpc } from "../../src/gs1/epc.js";
import { NotOneKeyError, type Elements } from "../../src/gs1/elements.js";
import { gln, gtin, lotOrSerial, sscc } from "./arbitraries.js";

// Examples of the EPC Tag Data Standard and of GS1 US, with the digits of their company prefix.
const EXAMPLES: readonly (readonly [urn: string, prefix: number, elements: Elements])[] = [
  ["urn:epc:id:sgtin:030001.0012345.11", 6, { gtin: "00300010123455", serial: "11" }],
  ["urn:epc:id:sgtin:0614141.112345.400", 7, { gtin: "10614141123459", serial: "400" }],
  ["urn:epc:id:sgtin:0614141.712345.32a%2Fb", 7, { gtin: "70614141123451", serial: "32a/b" }],
  ["urn:epc:class:lgtin:4012345.012345.998877", 7, { gtin: "04012345123456", lot: "998877" }],
  ["urn:epc:idpat:sgtin:0614141.112345.*", 7, { gtin: "10614141123459" }],
  ["urn:epc:id:sscc:0614141.1234567890", 7, { sscc: "106141412345678908" }],
  ["urn:epc:id:sscc:030001.41234567890", 6, { sscc: "403000112345678901" }],
  ["urn:epc:id:sgln:0614141.12345.400", 7, { gln: "0614141123452", glnExtension: "400" }],
  ["urn:epc:id:sgln:030001.111111.0", 6, { gln: "0300011111116" }],
  ["urn:epc:id:sgln:123456789012..0", 12, { gln: "1234567890128" }],
  ["urn:epc:id:pgln:0614141.00001", 7, { partyGln: "0614141000012" }],
];

describe("parseEpc", () => {
  for (const [urn, , elements] of EXAMPLES) {
    it(`reads ${urn}`, () => {
      expect(parseEpc(urn)).to.deep.equal(elements);
    });
  }

  it("reads Digital Links", () => {
    expect(parseEpc("https://id.gs1.org/01/10614141123459/21/400")).to.deep.equal(EXAMPLES[1]![2]);
  });

  it("keeps points and escaped characters in serials", () => {
    expect(parseEpc("urn:epc:id:sgtin:0614141.112345.1.%222%22%25").serial).to.equal('1."2"%');
  });

  it("refuses what is no such EPC", () => {
    for (const urn of [
      "",
      "urn:epc:id:sgtin:0614141.112345",
      "urn:epc:id:sgtin:0614141.112345.",
      "urn:epc:id:sgtin:0614141.11234.400",
      "urn:epc:id:sgtin:06141.11123456.400",
      "urn:epc:id:sgtin:0614141123450..400",
      "urn:epc:id:sgtin:0614141.112345.4/0",
      "urn:epc:id:sgtin:0614141.112345.4%0",
      "urn:epc:class:lgtin:0614141.112345",
      "urn:epc:idpat:sgtin:0614141.112345.4",
      "urn:epc:idpat:sgtin:0614141.*.*",
      "urn:epc:id:sscc:0614141.1234567890.1",
      "urn:epc:id:sgln:0614141.12345",
      "urn:epc:id:pgln:0614141.00001.0",
      "urn:epc:id:giai:0614141.12345400",
      "urn:epc:id:toString:0614141.12345",
    ]) {
      expect(() => parseEpc(urn), urn).to.throw(MalformedEpcError);
    }
    expect(() => parseEpc("urn:epc:id:sgtin:0614141.112345.4%20")).to.throw(ForeignCharacterError);
  });

  it("reads every product, container and place of the real EPCIS documents", async function () {
    const folder = process.env.ACESO_DATA;
    if (!folder) return this.skip();
    const text = await readFile(`${folder}/epcis/gs1-us-pharma-example.xml`, "utf8");
    const urns = text.match(/urn:epc:(id|class|idpat):(sgtin|lgtin|sscc|sgln|pgln):[^<"\s]+/g) ?? [];
    expect(urns).to.not.be.empty;
    for (const urn of urns) {
      const prefix = /:(\d+)\./.exec(urn)![1]!.length;
      expect(epcUrn(parseEpc(urn), prefix)).to.equal(urn);
    }
  });
});

describe("epcUrn", () => {
  for (const [urn, prefix, elements] of EXAMPLES) {
    it(`writes ${urn}`, () => {
      expect(epcUrn(elements, prefix)).to.equal(urn);
    });
  }

  it("loses no key, serial or lot, whatever the company prefix", () => {
    const named = fc.oneof(
      fc.record({ gtin, serial: lotOrSerial }),
      fc.record({ gtin, lot: lotOrSerial }),
      fc.record({ gtin }),
      fc.record({ sscc }),
      fc.record({ gln }),
      fc.record({ partyGln: gln }),
    );
    fc.assert(
      fc.property(named, fc.integer({ min: 6, max: 12 }), (elements, prefix) => {
        expect(parseEpc(epcUrn(elements, prefix))).to.deep.equal(elements);
      }),
    );
  });

  it("refuses impossible company prefixes, and elements without a key", () => {
    for (const prefix of [5, 13, 6.5, NaN])
      expect(() => epcUrn({ sscc: "106141412345678908" }, prefix)).to.throw(CompanyPrefixError);
    expect(() => epcUrn({ lot: "A" }, 7)).to.throw(NotOneKeyError);
  });
});
