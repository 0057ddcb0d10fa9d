import { expect } from "chai";
import fc from "fast-check";
import { compactDecrypt, CompactEncrypt, type CompactJWEHeaderParameters } from "jose";
import { textOf, utf8 } from "../../src/crypto/bytes.js";
import {
  ContentKeyLengthError,
  generateContentKey,
  NotSealedError,
  open,
  OpenError,
  seal,
  UnsupportedSealError,
} from "../../src/crypto/contentKey.js";
import { errorOf } from "./errorOf.js";

const TEXT = utf8('{"resourceType":"Observation"}');
const key = generateContentKey();

function sealWithJose(header: CompactJWEHeaderParameters, contentKey = key): Promise<string> {
  return new CompactEncrypt(TEXT).setProtectedHeader(header).encrypt(contentKey);
}

describe("generateContentKey", () => {
  it("gives 32 bytes, other ones each time", () => {
    expect(key).to.have.length(32);
    expect(generateContentKey()).to.not.deep.equal(key);
  });
});

describe("seal", () => {
  it("gives a compact JWE that jose opens", async () => {
    const { plaintext, protectedHeader } = await compactDecrypt(textOf(await seal(TEXT, key)), key);
    expect(plaintext).to.deep.equal(TEXT);
    expect(protectedHeader).to.deep.equal({ alg: "dir", enc: "A256GCM" });
  });

  it("gives another ciphertext each time", async () => {
    expect(await seal(TEXT, key)).to.not.deep.equal(await seal(TEXT, key));
  });

  it("refuses a content key that is not 32 bytes", async () => {
    for (const length of [0, 16, 31, 33]) {
      const error = await errorOf(seal(TEXT, new Uint8Array(length)));
      expect(error).to.be.instanceOf(ContentKeyLengthError).with.property("bytes", length);
    }
  });
});

describe("open", () => {
  it("gives back any bytes, none too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(await open(await seal(bytes, key), key)).to.deep.equal(bytes);
      }),
    );
    expect(await open(await seal(new Uint8Array(), key), key)).to.have.length(0);
  });

  it("gives back a megabyte of any length", async () => {
    for (const length of [1_000_000, 1_000_001, 1_000_002]) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * at) >> 3);
      expect(Buffer.compare(await open(await seal(bytes, key), key), bytes)).to.equal(0);
    }
  });

  it("opens what stands within other memory, a Node.js Buffer or memory shared between threads", async () => {
    const sealed = await seal(TEXT, key);
    const shared = new Uint8Array(new SharedArrayBuffer(sealed.length));
    shared.set(sealed);
    for (const ciphertext of [Buffer.from(sealed), Buffer.concat([sealed, sealed]).subarray(sealed.length), shared]) {
      expect(await open(ciphertext, key)).to.deep.equal(TEXT);
    }
  });

  it("opens what jose sealed, with a content type too", async () => {
    for (const cty of [undefined, "application/fhir+json"]) {
      const jwe = await sealWithJose({ alg: "dir", enc: "A256GCM", ...(cty && { cty }) });
      expect(await open(utf8(jwe), key)).to.deep.equal(TEXT);
    }
  });

  it("refuses any changed bit, and the characters of plain base64", async () => {
    const sealed = await seal(TEXT, key);
    for (let at = 0; at < sealed.length; at++) {
      const changes = [..."+/=. "].map((character) => character.charCodeAt(0));
      for (let bit = 0; bit < 8; bit++) changes.push(sealed[at]! ^ (1 << bit));
      for (const change of changes.filter((byte) => byte !== sealed[at])) {
        const altered = sealed.with(at, change);
        expect(await errorOf(open(altered, key)), `${change} at ${at}`).to.satisfy(
          (error: unknown) =>
            error instanceof OpenError || error instanceof NotSealedError || error instanceof UnsupportedSealError,
        );
      }
    }
  });

  it("refuses - and _ written as in plain base64, which some decoders read as the same", async () => {
    const sealed = textOf(await seal(new Uint8Array(500), key));
    const altered = [sealed.replace("-", "+"), sealed.replace("_", "/")];
    for (const text of altered.filter((text) => text !== sealed)) {
      expect(await errorOf(open(utf8(text), key))).to.be.instanceOf(NotSealedError);
    }
  });

  it("refuses a ciphertext that was cut or has more behind it", async () => {
    const sealed = await seal(TEXT, key);
    for (let length = 0; length < sealed.length; length++) {
      expect(await errorOf(open(sealed.slice(0, length), key)), `${length}`).to.be.instanceOf(NotSealedError);
    }
    expect(await errorOf(open(utf8(`${textOf(sealed)}A`), key))).to.be.instanceOf(NotSealedError);
  });

  it("refuses a text that lacks a part, which an empty content would let pass", async () => {
    const withoutContent = textOf(await seal(new Uint8Array(), key)).replace(/\.\.(?=[^.]*$)/, ".");
    expect(withoutContent.split(".")).to.have.length(4);
    expect(await errorOf(open(utf8(withoutContent), key))).to.be.instanceOf(NotSealedError);
  });

  it("refuses another key", async () => {
    expect(await errorOf(open(await seal(TEXT, key), generateContentKey()))).to.be.instanceOf(OpenError);
  });

  it("refuses a content key that is not 32 bytes", async () => {
    expect(await errorOf(open(await seal(TEXT, key), key.slice(1)))).to.be.instanceOf(ContentKeyLengthError);
  });

  it("refuses bytes that are no compact JWE with a direct key", async () => {
    const [header, , iv, content, tag] = textOf(await seal(TEXT, key)).split(".");
    const wrapped = await sealWithJose({ alg: "A256KW", enc: "A256GCM" });
    const array = Buffer.from("null").toString("base64url");
    for (const text of ["", ".....", "hello", `${header}.${iv}.${content}.${tag}`, wrapped]) {
      expect(await errorOf(open(utf8(text), key)), text).to.be.instanceOf(NotSealedError);
    }
    for (const bad of ["", "e30=", Buffer.from("{").toString("base64url"), array]) {
      const error = await errorOf(open(utf8(`${bad}..${iv}.${content}.${tag}`), key));
      expect(error, bad).to.be.instanceOf(NotSealedError);
    }
  });

  it("refuses another algorithm, another encryption, compression and critical extensions", async () => {
    const [, , iv, content, tag] = textOf(await seal(TEXT, key)).split(".");
    const headers = [
      {},
      { alg: "A256KW", enc: "A256GCM" },
      { alg: "dir", enc: "A128CBC-HS256" },
      { alg: "dir", enc: "A256GCM", zip: "DEF" },
      { alg: "dir", enc: "A256GCM", crit: ["exp"], exp: 1 },
    ];
    for (const header of headers) {
      const encoded = Buffer.from(JSON.stringify(header)).toString("base64url");
      const error = await errorOf(open(utf8(`${encoded}..${iv}.${content}.${tag}`), key));
      expect(error, JSON.stringify(header)).to.be.instanceOf(UnsupportedSealError);
    }
  });
});
