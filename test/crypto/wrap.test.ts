import { expect } from "chai";
import fc from "fast-check";
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader, type CompactJWEHeaderParameters } from "jose";
import { textOf, utf8, type Hex } from "../../src/crypto/bytes.js";
import {
  generateEncryptionKey,
  importPrivateKey,
  importPublicKey,
  MalformedPrivateKeyError,
  MalformedPublicKeyError,
  type EncryptionKey,
} from "../../src/crypto/encryptionKey.js";
import { NotJsonError, NotWrappedError, unwrap, UnwrapError, WeakPublicKeyError, wrap } from "../../src/crypto/wrap.js";
import { errorOf } from "./errorOf.js";

const PAYLOAD = { contentKey: "0x1234", record: "r" };
const WRAPPING: CompactJWEHeaderParameters = { alg: "ECDH-ES+A256KW", enc: "A256GCM" };

// Every encoding of a point of low order: those of https://cr.yp.to/ecdh.html, with and without the bit X25519 ignores.
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].flatMap((point) => [point, point.slice(0, -2) + (parseInt(point.slice(-2), 16) | 0x80).toString(16)]);

describe("wrap and unwrap", () => {
  let reader: EncryptionKey;
  before(async () => {
    reader = await generateEncryptionKey();
  });

  async function wrapWithJose(header: CompactJWEHeaderParameters, payload = utf8("{}")): Promise<string> {
    const key = header.alg === "dir" ? new Uint8Array(32) : await importPublicKey(reader.publicKey);
    return new CompactEncrypt(payload).setProtectedHeader(header).encrypt(key);
  }

  describe("wrap", () => {
    it("gives a compact JWE that jose opens", async () => {
      const jwe = await wrap(PAYLOAD, reader.publicKey);
      expect(decodeProtectedHeader(jwe)).to.deep.include({ alg: "ECDH-ES+A256KW", enc: "A256GCM" });
      expect(decodeProtectedHeader(jwe)["epk"]).to.include({ kty: "OKP", crv: "X25519" });
      const { plaintext } = await compactDecrypt(jwe, await importPrivateKey(reader.privateKey));
      expect(JSON.parse(textOf(plaintext))).to.deep.equal(PAYLOAD);
    });

    it("gives another text each time", async () => {
      expect(await wrap(PAYLOAD, reader.publicKey)).to.not.equal(await wrap(PAYLOAD, reader.publicKey));
    });

    it("refuses a public key that is not 32 bytes in hex", async () => {
      for (const publicKey of ["0x", `${reader.publicKey}00`, reader.publicKey.slice(0, -2)]) {
        expect(await errorOf(wrap(PAYLOAD, publicKey as Hex))).to.be.instanceOf(MalformedPublicKeyError);
      }
    });

    it("refuses zero and every other point of low order, which would share the secret with everybody", async () => {
      for (const point of LOW_ORDER) {
        expect(await errorOf(wrap(PAYLOAD, `0x${point}`)), point).to.be.instanceOf(WeakPublicKeyError);
      }
    });

    it("refuses what JSON cannot say", async () => {
      const circle: unknown[] = [];
      circle.push(circle);
      for (const payload of [undefined, () => 1, 1n, circle]) {
        expect(await errorOf(wrap(payload, reader.publicKey))).to.be.instanceOf(NotJsonError);
      }
    });
  });

  describe("unwrap", () => {
    it("gives back any JSON", async () => {
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), async (payload) => {
          const said = JSON.parse(JSON.stringify(payload)) as unknown;
          expect(await unwrap(await wrap(payload, reader.publicKey), reader)).to.deep.equal(said);
        }),
        { numRuns: 50 },
      );
    });

    it("opens what jose wrapped", async () => {
      expect(await unwrap(await wrapWithJose(WRAPPING, utf8('{"a":1}')), reader)).to.deep.equal({ a: 1 });
    });

    it("refuses another reader's key", async () => {
      const stranger = await generateEncryptionKey();
      const error = await errorOf(unwrap(await wrap(PAYLOAD, reader.publicKey), stranger));
      expect(error).to.be.instanceOf(UnwrapError);
    });

    it("refuses a changed bit of header, key, vector, content or tag", async () => {
      const parts = (await wrap(PAYLOAD, reader.publicKey)).split(".");
      for (const [at, part] of parts.entries()) {
        const bytes = Buffer.from(part, "base64url");
        // The last byte but two: within the header, that is a character of the ephemeral key.
        bytes[bytes.length - 5]! ^= 1;
        const error = await errorOf(unwrap(parts.with(at, bytes.toString("base64url")).join("."), reader));
        expect(error, `part ${at}`).to.satisfy(
          (e: unknown) => e instanceof UnwrapError || e instanceof NotWrappedError,
        );
        if (at > 0) expect(error, `part ${at}`).to.be.instanceOf(UnwrapError);
      }
    });

    it("refuses a private key that is not 32 bytes in hex", async () => {
      const error = await errorOf(unwrap(await wrap(PAYLOAD, reader.publicKey), { ...reader, privateKey: "0x12" }));
      expect(error).to.be.instanceOf(MalformedPrivateKeyError);
    });

    it("refuses what is no wrapped key", async () => {
      const texts = [
        "",
        "hello",
        "....",
        await wrapWithJose({ alg: "dir", enc: "A256GCM" }),
        await wrapWithJose({ alg: "ECDH-ES", enc: "A256GCM" }),
        await wrapWithJose({ alg: "ECDH-ES+A128KW", enc: "A256GCM" }),
        await wrapWithJose({ alg: "ECDH-ES+A256KW", enc: "A128GCM" }),
        await wrapWithJose({ ...WRAPPING, zip: "DEF" }),
        await wrapWithJose(WRAPPING, utf8("no JSON")),
        await wrapWithJose(WRAPPING, new Uint8Array([0xff])),
      ];
      for (const text of texts) expect(await errorOf(unwrap(text, reader)), text).to.be.instanceOf(NotWrappedError);
    });

    it("refuses an ephemeral key of low order", async () => {
      const parts = (await wrap(PAYLOAD, reader.publicKey)).split(".");
      const epk = { kty: "OKP", crv: "X25519", x: Buffer.alloc(32).toString("base64url") };
      const header = Buffer.from(JSON.stringify({ ...WRAPPING, epk })).toString("base64url");
      expect(await errorOf(unwrap(parts.with(0, header).join("."), reader))).to.be.instanceOf(UnwrapError);
    });
  });
});
