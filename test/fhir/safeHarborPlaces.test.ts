import { expect } from "chai";
import fc from "fast-check";
import { safeAddress, zipPrefixOf } from "../../src/fhir/safeHarborPlaces.js";

describe("zipPrefixOf", () => {
  it("keeps three digits of a ZIP code of five or nine", () => {
    expect(zipPrefixOf("02139")).to.equal("021");
    expect(zipPrefixOf("02139-4307")).to.equal("021");
    expect(zipPrefixOf("021394307")).to.equal("021");
  });

  it("is 000 for the 17 areas of HHS's guidance, from the 2000 census", () => {
    const listed = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split(" ");
    expect(listed).to.have.length(17);
    for (const prefix of listed) expect(zipPrefixOf(`${prefix}01`), prefix).to.equal("000");
  });

  it("is 000 for the 18 areas of 20,000 people or fewer by the 2020 census", () => {
    const small = "036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893".split(" ");
    expect(small).to.have.length(18);
    for (const prefix of small) expect(zipPrefixOf(`${prefix}01`), prefix).to.equal("000");
  });

  it("keeps the 876 other areas where people live by the 2020 census, but for five of the guidance", () => {
    // 1,000 prefixes, of which the 2020 census counts people, or none, in 894.
    const kept = Array.from({ length: 1000 }, (_, at) => String(at).padStart(3, "0")).filter(
      (prefix) => prefix !== "000" && zipPrefixOf(`${prefix}01`) === prefix,
    );
    expect(kept).to.have.length(894 - 18 - 5);
    for (const prefix of ["000", "001", "099", "213", "963", "987"]) expect(kept).not.to.include(prefix);
    for (const prefix of ["006", "100", "414", "576", "902", "999"]) expect(kept).to.include(prefix);
  });

  it("knows no other text", () => {
    for (const text of ["", "0213", "021390", "02139-43", "9132 HC", "SW1A 1AA", "021", "O2139"]) {
      expect(zipPrefixOf(text), text).to.equal(undefined);
    }
    fc.assert(fc.property(fc.string(), (text) => (zipPrefixOf(text) ?? "000").length === 3));
  });
});

describe("safeAddress", () => {
  const address = {
    line: ["12 Wisteria Lane"],
    city: "Cambridge",
    district: "Middlesex",
    text: "…",
    postalCode: "02139",
  };

  it("keeps state, ZIP prefix and country, and nothing else", () => {
    const safe = { state: "MA", postalCode: "021", country: "US" };
    expect(safeAddress({ ...address, state: "MA", country: "US" })).to.deep.equal(safe);
    expect(safeAddress({ ...address, state: " massachusetts ", country: "USA" })).to.deep.equal(safe);
    expect(safeAddress({ ...address, state: "MA" })).to.deep.equal(safe);
    expect(safeAddress({ ...address, country: "us" })).to.deep.equal({ postalCode: "021", country: "US" });
  });

  it("keeps no state it does not know", () => {
    expect(safeAddress({ state: "Little Whinging", country: "US" })).to.deep.equal({ country: "US" });
  });

  it("keeps nothing of addresses elsewhere, whose postal codes it does not know", () => {
    expect(safeAddress({ ...address, state: "MA", country: "DE" })).to.equal(undefined);
    expect(safeAddress(address)).to.equal(undefined);
    expect(safeAddress({ ...address, state: "Vic" })).to.equal(undefined);
  });

  it("reads nothing but text", () => {
    expect(safeAddress({ state: ["MA"], postalCode: 2139, country: {} } as never)).to.equal(undefined);
  });
});
