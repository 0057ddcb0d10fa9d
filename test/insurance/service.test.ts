import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";
import fc from "fast-check";

import type { Hex } from "../../src/crypto/bytes.js";
import {
  newPlanSecret,
  PlanSecretError,
  ServiceCodeError,
  serviceKey,
  toPlanSecret,
} from "../../src/insurance/service.js";

const SECRET: Hex = `0x${"ab".repeat(32)}`;
const VISIT = { system: "http://www.ama-assn.org/go/cpt", code: "99213" };

describe("newPlanSecret", () => {
  it("makes another 32 bytes each time", () => {
    const secrets = [newPlanSecret(), newPlanSecret()];
    expect(new Set(secrets).size).to.equal(2);
    for (const secret of secrets) expect(secret).to.match(/^0x[0-9a-f]{64}$/);
  });
});

describe("toPlanSecret", () => {
  it("writes it in lower case", () => {
    expect(toPlanSecret(`0x${"AB".repeat(32)}`)).to.equal(SECRET);
  });

  it("refuses what is not 32 bytes in hex, without quoting it", () => {
    for (const text of ["", "0x", "ab".repeat(32), `0x${"ab".repeat(31)}`, `${SECRET}00`, `0x${"zz".repeat(32)}`]) {
      expect(() => toPlanSecret(text), text).to.throw(PlanSecretError, /^The plan's secret is not 0x and 64 hex/);
    }
  });
});

describe("serviceKey", () => {
  it("is the hash of the secret, the system and the code as Solidity encodes them", () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ["bytes32", "string", "string"],
      [SECRET, VISIT.system, VISIT.code],
    );
    expect(serviceKey(SECRET, VISIT)).to.equal(keccak256(encoded));
    expect(serviceKey(`0x${"AB".repeat(32)}`, VISIT)).to.equal(keccak256(encoded));
  });

  it("differs for each secret, system and code, also where they are shifted", () => {
    const keys = [
      serviceKey(SECRET, VISIT),
      serviceKey(newPlanSecret(), VISIT),
      serviceKey(SECRET, { system: `${VISIT.system}9`, code: "9213" }),
      serviceKey(SECRET, { ...VISIT, code: "99214" }),
      serviceKey(SECRET, { system: VISIT.code, code: VISIT.system }),
    ];
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it("takes codes with single spaces, in any script", () => {
    for (const code of ["a b", "Å1", "診察", "1.2.3"])
      expect(serviceKey(SECRET, { ...VISIT, code })).to.have.length(66);
  });

  it("refuses systems and codes with white space where FHIR allows none, which would make another key", () => {
    const white = fc.constantFrom(" ", "\t", "\n", "\u00a0");
    fc.assert(
      fc.property(white, (space) => {
        for (const code of ["", `${space}99213`, `99213${space}`, `99${space}${space}213`]) {
          expect(() => serviceKey(SECRET, { ...VISIT, code })).to.throw(ServiceCodeError);
        }
        for (const system of ["", `${VISIT.system}${space}`, `http://a${space}b`]) {
          expect(() => serviceKey(SECRET, { ...VISIT, system })).to.throw(ServiceCodeError);
        }
      }),
    );
  });

  it("refuses text that Unicode cannot write", () => {
    expect(() => serviceKey(SECRET, { ...VISIT, code: "\ud800" })).to.throw(ServiceCodeError);
    expect(() => serviceKey(SECRET, { ...VISIT, system: "urn:\udfff" })).to.throw(ServiceCodeError);
  });

  it("refuses a secret that is none", () => {
    expect(() => serviceKey("0x12", VISIT)).to.throw(PlanSecretError);
  });
});
