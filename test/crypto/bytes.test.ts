import { expect } from "chai";
import fc from "fast-check";
import {
  base64UrlLength,
  decodeBase64Url,
  encodeBase64Url,
  NotBase64UrlError,
  NotUtf8Error,
  textOf,
  unshared,
  utf8,
} from "../../src/crypto/bytes.js";

const NodeBuffer = Buffer;

/** Runs as an engine without Node.js's Buffer would, or with a browser's stand-in for it. */
function withBuffer<T>(buffer: unknown, run: () => T): T {
  try {
    globalThis.Buffer = buffer as typeof Buffer;
    return run();
  } finally {
    globalThis.Buffer = NodeBuffer;
  }
}

const engines = [
  { engine: "Node.js's Buffer", buffer: NodeBuffer },
  { engine: "no Buffer", buffer: undefined },
  { engine: "a Buffer that knows no base64url", buffer: { isEncoding: () => false } },
];

for (const { engine, buffer } of engines) {
  describe(`base64url with ${engine}`, () => {
    const encode = (bytes: Uint8Array): string => withBuffer(buffer, () => textOf(encodeBase64Url(bytes)));
    const decode = (text: string | Uint8Array): Uint8Array =>
      withBuffer(buffer, () => decodeBase64Url(typeof text === "string" ? utf8(text) : text));

    it("writes the examples of RFC 4648 without padding", () => {
      const examples = {
        "": "",
        f: "Zg",
        fo: "Zm8",
        foo: "Zm9v",
        foob: "Zm9vYg",
        fooba: "Zm9vYmE",
        foobar: "Zm9vYmFy",
      };
      for (const [text, encoded] of Object.entries(examples)) {
        expect(encode(utf8(text))).to.equal(encoded);
        expect(textOf(decode(encoded))).to.equal(text);
      }
      expect(encode(new Uint8Array([0xfb, 0xff]))).to.equal("-_8");
    });

    it("gives back any bytes, at any offset in their memory", () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (bytes, offset) => {
          const placed = new Uint8Array(bytes.length + 8).subarray(offset, offset + bytes.length);
          placed.set(bytes);
          const encoded = encode(placed);
          expect(encoded).to.equal(NodeBuffer.from(bytes).toString("base64url"));
          expect(encoded).to.have.length(base64UrlLength(bytes.length));
          expect(decode(encoded)).to.deep.equal(bytes);
        }),
      );
    });

    it("joins long bytes without a seam", () => {
      const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => (at * at) >> 3);
      const encoded = encode(bytes);
      expect(encoded === NodeBuffer.from(bytes).toString("base64url")).to.equal(true);
      expect(NodeBuffer.compare(decode(encoded), bytes)).to.equal(0);
    });

    it("refuses every byte outside the alphabet, wherever it stands", () => {
      for (const at of [0, 3, 4, 5]) {
        for (let byte = 0; byte < 256; byte++) {
          if (/[\w-]/.test(String.fromCharCode(byte))) continue;
          expect(() => decode(utf8("AAAAAA").with(at, byte)), `${byte} at ${at}`).to.throw(NotBase64UrlError);
        }
      }
    });

    it("refuses letters beyond ASCII that end in the same byte as an allowed one", () => {
      expect(() => decode("ŁQ")).to.throw(NotBase64UrlError);
      expect(() => decode("ŁQQQ")).to.throw(NotBase64UrlError);
    });

    it("refuses a length no bytes have", () => {
      expect(() => decode("A")).to.throw(NotBase64UrlError);
      expect(() => decode("AAAAA")).to.throw(NotBase64UrlError);
    });

    it("refuses padding", () => {
      expect(() => decode("Zg==")).to.throw(NotBase64UrlError);
      expect(() => decode("Zm8=")).to.throw(NotBase64UrlError);
    });

    it("refuses a second way to write the same bytes", () => {
      expect(() => decode("Zh")).to.throw(NotBase64UrlError);
      expect(() => decode("Zm9")).to.throw(NotBase64UrlError);
    });
  });
}

describe("textOf", () => {
  it("gives back any text", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => textOf(utf8(text)) === text));
  });

  it("keeps a byte order mark", () => {
    expect(textOf(utf8("\ufeffa"))).to.equal("\ufeffa");
  });

  it("refuses bytes that are no UTF-8", () => {
    expect(() => textOf(new Uint8Array([0xff]))).to.throw(NotUtf8Error);
  });
});

describe("unshared", () => {
  it("leaves plain memory where it is", () => {
    const bytes = new Uint8Array([1, 2]);
    expect(unshared(bytes)).to.equal(bytes);
  });

  it("copies memory shared between threads", () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(2)).fill(7);
    expect(unshared(bytes).buffer).to.be.instanceOf(ArrayBuffer);
    expect([...unshared(bytes)]).to.deep.equal([7, 7]);
  });
});
