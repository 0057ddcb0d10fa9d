import { expect } from "chai";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as multihash from "multiformats/hashes/digest";
import { createHash } from "node:crypto";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import {
  cidOf,
  digestOfCid,
  ForeignCidError,
  MalformedCidError,
  MalformedDigestError,
  sha256,
  toDigest,
} from "../../src/crypto/digest.js";

const DIGEST = "0x2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
const CID_OF_HELLO = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";

describe("sha256", () => {
  it("gives the digest of FIPS 180 in hex", async () => {
    expect(await sha256(utf8("hello"))).to.equal(DIGEST);
  });

  it("agrees with another implementation on any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (bytes) => {
        expect(await sha256(bytes)).to.equal(`0x${createHash("sha256").update(bytes).digest("hex")}`);
      }),
    );
  });
});

describe("toDigest", () => {
  it("gives a digest in lower case", () => {
    expect(toDigest(`0x${DIGEST.slice(2).toUpperCase()}`)).to.equal(DIGEST);
  });
});

describe("cidOf", () => {
  it("gives the CID that IPFS gives the bytes as a raw block", () => {
    expect(cidOf(DIGEST)).to.equal(CID_OF_HELLO);
  });

  it("takes a digest in any case", () => {
    expect(cidOf(`0x${DIGEST.slice(2).toUpperCase()}`)).to.equal(CID_OF_HELLO);
  });

  it("refuses what is no digest", () => {
    for (const digest of ["0x", "0x1234", `${DIGEST}00`, DIGEST.slice(2), `0x${"zz".repeat(32)}`, "../../etc"]) {
      expect(() => cidOf(digest as Hex), digest).to.throw(MalformedDigestError);
    }
  });
});

describe("digestOfCid", () => {
  it("undoes cidOf for any digest", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const digest: Hex = `0x${Buffer.from(bytes).toString("hex")}`;
        expect(digestOfCid(cidOf(digest))).to.equal(digest);
      }),
    );
  });

  it("refuses a text that is no CID", () => {
    for (const text of ["", "hello", CID_OF_HELLO.slice(0, -1), `${CID_OF_HELLO}a`, "b", "../../etc"]) {
      expect(() => digestOfCid(text), text).to.throw(MalformedCidError);
    }
  });

  const hash = multihash.create(0x12, Buffer.from(DIGEST.slice(2), "hex"));
  const short = multihash.create(0x12, new Uint8Array(20));
  const blake = multihash.create(0x1e, new Uint8Array(32));
  const foreign = [
    { what: "of version 0", cid: CID.createV0(hash) },
    { what: "of another codec", cid: CID.createV1(0x70, hash) },
    { what: "of another hash", cid: CID.createV1(raw.code, blake) },
    { what: "of a digest that was cut", cid: CID.createV1(raw.code, short) },
  ];
  for (const { what, cid } of foreign) {
    it(`refuses a CID ${what}`, () => {
      expect(() => digestOfCid(cid.toString())).to.throw(ForeignCidError, cid.toString());
    });
  }
});
