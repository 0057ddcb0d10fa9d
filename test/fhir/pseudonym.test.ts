import { expect } from "chai";
import fc from "fast-check";
import { generatePseudonymKey, pseudonymOf, PseudonymKeyLengthError, pseudonymUrn } from "../../src/fhir/pseudonym.js";

const key = generatePseudonymKey();

describe("generatePseudonymKey", () => {
  it("makes 32 bytes, others each time", () => {
    expect(key).to.have.length(32);
    expect(generatePseudonymKey()).not.to.deep.equal(key);
  });
});

describe("pseudonymOf", () => {
  it("is the same for the same name and key, and another for another name or key", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        fc.pre(one !== other);
        expect(pseudonymOf(one, key)).to.equal(pseudonymOf(one, key));
        expect(pseudonymOf(one, key)).not.to.equal(pseudonymOf(other, key));
        expect(pseudonymOf(one, key)).not.to.equal(pseudonymOf(one, generatePseudonymKey()));
      }),
    );
  });

  it("is the HMAC-SHA-256 of RFC 4231's kind, each half byte a letter", () => {
    // HMAC-SHA-256 of "Patient/example" under 32 zeros, from OpenSSL.
    expect(pseudonymOf("Patient/example", new Uint8Array(32))).to.equal("ipnfdekcjmaokkdmcjkgnhombjcdpnpp");
  });

  it("is a FHIR id that looks like no number or date", () => {
    expect(pseudonymOf("Patient/1", key)).to.match(/^[a-p]{32}$/);
  });

  it("rejects a key of another length", () => {
    for (const length of [0, 31, 33]) {
      expect(() => pseudonymOf("Patient/1", new Uint8Array(length))).to.throw(
        PseudonymKeyLengthError,
        `${length} bytes`,
      );
    }
  });
});

describe("pseudonymUrn", () => {
  it("is the same urn:uuid for the same URN", () => {
    const urn = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    expect(pseudonymUrn(urn, key)).to.match(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(pseudonymUrn(urn, key)).to.equal(pseudonymUrn(urn, key));
    expect(pseudonymUrn(urn, generatePseudonymKey())).not.to.equal(pseudonymUrn(urn, key));
  });
});
