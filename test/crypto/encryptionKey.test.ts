import { expect } from "chai";
import type { Hex } from "../../src/crypto/bytes.js";
import {
  encryptionKeyFrom,
  generateEncryptionKey,
  importPublicKey,
  MalformedPrivateKeyError,
  MalformedPublicKeyError,
} from "../../src/crypto/encryptionKey.js";
import { errorOf } from "./errorOf.js";

// RFC 7748, section 6.1.
const BOB = {
  privateKey: "0x5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb" as Hex,
  publicKey: "0xde9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f" as Hex,
};

const malformed = ["", "0x", "0x1234", BOB.privateKey.slice(2), `${BOB.privateKey}00`, `0x${"zz".repeat(32)}`];

describe("encryptionKeyFrom", () => {
  it("derives the public key of RFC 7748", async () => {
    expect(await encryptionKeyFrom(BOB.privateKey)).to.deep.equal(BOB);
  });

  it("takes hex in any case and gives it in lower case", async () => {
    expect(await encryptionKeyFrom(`0x${BOB.privateKey.slice(2).toUpperCase()}`)).to.deep.equal(BOB);
  });

  it("refuses what is not 32 bytes in hex, without repeating it", async () => {
    for (const text of malformed) {
      const error = await errorOf(encryptionKeyFrom(text as Hex));
      expect(error).to.be.instanceOf(MalformedPrivateKeyError);
      if (text.length > 2) expect(JSON.stringify([error, String(error)])).to.not.contain(text.slice(2));
    }
  });
});

describe("generateEncryptionKey", () => {
  it("gives a pair whose halves belong together, another one each time", async () => {
    const key = await generateEncryptionKey();
    expect(await encryptionKeyFrom(key.privateKey)).to.deep.equal(key);
    expect((await generateEncryptionKey()).privateKey).to.not.equal(key.privateKey);
  });
});

describe("importPublicKey", () => {
  it("refuses what is not 32 bytes in hex", async () => {
    for (const text of malformed) {
      expect(await errorOf(importPublicKey(text as Hex)), text).to.be.instanceOf(MalformedPublicKeyError);
    }
  });
});
