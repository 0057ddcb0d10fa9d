/**
 * What every vault must do, as tests.
 *
 * @module
 */
import { expect } from "chai";
import fc from "fast-check";
import { MalformedAddressError, toAddress, type Address } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { MalformedDigestError, sha256 } from "../../src/crypto/digest.js";
import {
  DigestMismatchError,
  MalformedRecordError,
  MalformedWrappedKeyError,
  type KeyFilter,
  type Vault,
  type WrappedKey,
} from "../../src/vault/vault.js";
import { errorOf } from "../crypto/errorOf.js";

const [ANN, BOB, CLINIC, STUDY] = ["a", "b", "c", "d"].map((digit) => toAddress(`0x${digit.repeat(40)}`)) as [
  Address,
  Address,
  Address,
  Address,
];
const [FIRST, SECOND] = [`0x${"1a".repeat(32)}`, `0x${"2b".repeat(32)}`] as [Hex, Hex];
const BLOB = utf8("ciphertext");

const upper = <T extends Hex>(hex: T): T => `0x${hex.slice(2).toUpperCase()}` as T;

/** The tests of a vault; `makeVault` gives an empty one each time. */
export function behavesAsVault(makeVault: () => Promise<Vault>): void {
  let vault: Vault;
  let digest: Hex;
  before(async () => {
    digest = await sha256(BLOB);
  });
  beforeEach(async () => {
    vault = await makeVault();
  });

  describe("putBlob", () => {
    it("stores ciphertext under its digest, in any case", async () => {
      await vault.putBlob(upper(digest), BLOB);
      expect(await vault.getBlob(digest)).to.deep.equal(BLOB);
      expect(await vault.getBlob(upper(digest))).to.deep.equal(BLOB);
    });

    it("stores no bytes at all", async () => {
      const nothing = new Uint8Array();
      await vault.putBlob(await sha256(nothing), nothing);
      expect(await vault.getBlob(await sha256(nothing))).to.deep.equal(nothing);
    });

    it("changes nothing when the blob is there", async () => {
      await vault.putBlob(digest, BLOB);
      await vault.putBlob(digest, BLOB);
      expect(await vault.getBlob(digest)).to.deep.equal(BLOB);
    });

    it("takes the same blob from many at once", async () => {
      await Promise.all(Array.from({ length: 20 }, () => vault.putBlob(digest, BLOB)));
      expect(await vault.getBlob(digest)).to.deep.equal(BLOB);
    });

    it("keeps the bytes as they were, whatever the caller then does to them", async () => {
      for (const bytes of [new Uint8Array(BLOB), Buffer.from(BLOB)]) {
        const putting = vault.putBlob(digest, bytes);
        bytes.fill(0);
        await putting;
        (await vault.getBlob(digest))!.fill(0);
        expect(await vault.getBlob(digest)).to.deep.equal(BLOB);
      }
    });

    it("refuses bytes that do not have the digest", async () => {
      expect(await errorOf(vault.putBlob(digest, utf8("other")))).to.be.instanceOf(DigestMismatchError);
      expect(await vault.getBlob(digest)).to.equal(undefined);
    });

    it("refuses what is no digest", async () => {
      for (const text of ["0x", "../../etc/passwd", `${digest}/x`]) {
        expect(await errorOf(vault.putBlob(text as Hex, BLOB)), text).to.be.instanceOf(MalformedDigestError);
      }
    });
  });

  describe("getBlob", () => {
    it("gives undefined for what is not here", async () => {
      expect(await vault.getBlob(digest)).to.equal(undefined);
    });

    it("refuses what is no digest", async () => {
      expect(await errorOf(vault.getBlob("../x" as Hex))).to.be.instanceOf(MalformedDigestError);
    });
  });

  describe("deleteBlob", () => {
    it("deletes ciphertext, and only that", async () => {
      const other = utf8("other");
      await vault.putBlob(digest, BLOB);
      await vault.putBlob(await sha256(other), other);
      await vault.deleteBlob(upper(digest));
      expect(await vault.getBlob(digest)).to.equal(undefined);
      expect(await vault.getBlob(await sha256(other))).to.deep.equal(other);
    });

    it("changes nothing when the blob is not here", async () => {
      await vault.deleteBlob(digest);
      await vault.deleteBlob(digest);
      expect(await vault.getBlob(digest)).to.equal(undefined);
    });

    it("refuses what is no digest", async () => {
      expect(await errorOf(vault.deleteBlob("../x" as Hex))).to.be.instanceOf(MalformedDigestError);
    });
  });

  const key: WrappedKey = { patient: ANN, author: BOB, record: FIRST, reader: CLINIC, jwe: "a.b.c.d.e" };

  describe("putKey", () => {
    it("stores a wrapped key and gives it in its one form", async () => {
      await vault.putKey({
        patient: upper(ANN),
        author: upper(BOB),
        record: upper(FIRST),
        reader: upper(CLINIC),
        jwe: key.jwe,
      });
      expect(await vault.getKey(FIRST, CLINIC)).to.deep.equal(key);
      expect(await vault.getKey(upper(FIRST), CLINIC.toLowerCase() as Address)).to.deep.equal(key);
    });

    it("replaces the key the reader had", async () => {
      await vault.putKey(key);
      await vault.putKey({ ...key, jwe: "f.g.h.i.j" });
      expect(await vault.listKeys({})).to.deep.equal([{ ...key, jwe: "f.g.h.i.j" }]);
    });

    it("replaces a key under another patient", async () => {
      await vault.putKey(key);
      await vault.putKey({ ...key, patient: BOB });
      expect(await vault.listKeys({ patient: ANN })).to.deep.equal([]);
      expect(await vault.listKeys({ patient: BOB })).to.deep.equal([{ ...key, patient: BOB }]);
      expect(await vault.listKeys({ reader: CLINIC })).to.deep.equal([{ ...key, patient: BOB }]);
    });

    it("keeps the key as it was, whatever the caller then does to it", async () => {
      const mine = { ...key };
      await vault.putKey(mine);
      mine.jwe = "f.g.h.i.j";
      (await vault.getKey(FIRST, CLINIC))!.jwe = "f.g.h.i.j";
      (await vault.listKeys({}))[0]!.jwe = "f.g.h.i.j";
      expect(await vault.getKey(FIRST, CLINIC)).to.deep.equal(key);
    });

    it("takes many keys, and the same key, at once", async () => {
      const readers = Array.from({ length: 20 }, (_, n) => toAddress(`0x${n.toString(16).padStart(40, "0")}`));
      await Promise.all([...readers, ...readers].map((reader) => vault.putKey({ ...key, reader })));
      expect((await vault.listKeys({ record: FIRST })).map(({ reader }) => reader)).to.deep.equal(readers);
    });

    it("refuses a malformed patient, record, reader or JWE", async () => {
      const malformed: [Partial<WrappedKey>, new () => Error][] = [
        [{ patient: "0x12" }, MalformedAddressError],
        [{ patient: "../../etc" as Address }, MalformedAddressError],
        [{ reader: `${CLINIC}/../x` }, MalformedAddressError],
        [{ record: "0x12" }, MalformedRecordError],
        [{ record: "../../etc" as Hex }, MalformedRecordError],
        [{ jwe: "" }, MalformedWrappedKeyError],
        [{ jwe: "a.b.c.d" }, MalformedWrappedKeyError],
        [{ jwe: "a.b.c.d.e\n" }, MalformedWrappedKeyError],
        [{ jwe: ["a.b.c.d.e"] as unknown as string }, MalformedWrappedKeyError],
      ];
      for (const [part, error] of malformed) {
        expect(await errorOf(vault.putKey({ ...key, ...part })), JSON.stringify(part)).to.be.instanceOf(error);
      }
      expect(await vault.listKeys({})).to.deep.equal([]);
    });
  });

  describe("getKey", () => {
    it("gives undefined for another record or reader", async () => {
      await vault.putKey(key);
      expect(await vault.getKey(SECOND, CLINIC)).to.equal(undefined);
      expect(await vault.getKey(FIRST, STUDY)).to.equal(undefined);
    });

    it("refuses a malformed record or reader", async () => {
      expect(await errorOf(vault.getKey("../x" as Hex, CLINIC))).to.be.instanceOf(MalformedRecordError);
      expect(await errorOf(vault.getKey(FIRST, "../x" as Address))).to.be.instanceOf(MalformedAddressError);
    });
  });

  describe("listKeys", () => {
    const all = [
      { ...key, reader: CLINIC },
      { ...key, reader: STUDY },
      { ...key, patient: BOB, record: SECOND },
    ];
    beforeEach(async () => {
      for (const one of all.toReversed()) await vault.putKey(one);
    });

    const filters: { by: string; filter: KeyFilter; found: WrappedKey[] }[] = [
      { by: "nothing", filter: {}, found: all },
      { by: "patient", filter: { patient: ANN }, found: [all[0]!, all[1]!] },
      { by: "patient in another case", filter: { patient: upper(BOB) }, found: [all[2]!] },
      { by: "record", filter: { record: upper(FIRST) }, found: [all[0]!, all[1]!] },
      { by: "reader", filter: { reader: CLINIC }, found: [all[0]!, all[2]!] },
      { by: "patient and reader", filter: { patient: ANN, reader: CLINIC }, found: [all[0]!] },
      { by: "record and reader", filter: { record: FIRST, reader: STUDY }, found: [all[1]!] },
      { by: "patient and another's record", filter: { patient: ANN, record: SECOND }, found: [] },
      { by: "all three", filter: { patient: BOB, record: SECOND, reader: CLINIC }, found: [all[2]!] },
      { by: "one who has none", filter: { reader: ANN }, found: [] },
    ];
    for (const { by, filter, found } of filters) {
      it(`filters by ${by}, in order`, async () => {
        expect(await vault.listKeys(filter)).to.deep.equal(found);
      });
    }

    it("refuses a malformed filter", async () => {
      expect(await errorOf(vault.listKeys({ patient: "../x" as Address }))).to.be.instanceOf(MalformedAddressError);
      expect(await errorOf(vault.listKeys({ reader: "0x" }))).to.be.instanceOf(MalformedAddressError);
      expect(await errorOf(vault.listKeys({ record: "0x" }))).to.be.instanceOf(MalformedRecordError);
    });
  });

  describe("deleteKey", () => {
    it("deletes a key, and only that", async () => {
      await vault.putKey(key);
      await vault.putKey({ ...key, reader: STUDY });
      await vault.deleteKey(upper(FIRST), upper(CLINIC));
      expect(await vault.getKey(FIRST, CLINIC)).to.equal(undefined);
      expect(await vault.listKeys({})).to.deep.equal([{ ...key, reader: STUDY }]);
      expect(await vault.listKeys({ reader: CLINIC })).to.deep.equal([]);
    });

    it("changes nothing when the key is not here", async () => {
      await vault.deleteKey(FIRST, CLINIC);
      await vault.deleteKey(FIRST, CLINIC);
      expect(await vault.listKeys({})).to.deep.equal([]);
    });

    it("lists what it holds after a key was put and deleted by many at once", async () => {
      for (let round = 0; round < 5; round++) {
        await Promise.all(
          Array.from({ length: 10 }, (_, n) => (n % 2 ? vault.deleteKey(FIRST, CLINIC) : vault.putKey(key))),
        );
        const held = await vault.getKey(FIRST, CLINIC);
        for (const filter of [{ record: FIRST }, { patient: ANN }, { reader: CLINIC }, {}]) {
          expect(await vault.listKeys(filter)).to.deep.equal(held ? [held] : []);
        }
      }
    });

    it("refuses a malformed record or reader", async () => {
      expect(await errorOf(vault.deleteKey("../x" as Hex, CLINIC))).to.be.instanceOf(MalformedRecordError);
      expect(await errorOf(vault.deleteKey(FIRST, "../x" as Address))).to.be.instanceOf(MalformedAddressError);
    });
  });

  it("agrees with a plain map after any sequence of calls", async function () {
    this.timeout(20_000);
    const address = fc.constantFrom(ANN, BOB, CLINIC);
    const record = fc.constantFrom(FIRST, SECOND);
    const text = fc.constantFrom("one", "two");
    const step = fc.oneof(
      fc.record({ call: fc.constant("putBlob" as const), text }),
      fc.record({ call: fc.constant("deleteBlob" as const), text }),
      fc.record({
        call: fc.constant("putKey" as const),
        key: fc.record({
          patient: address,
          author: address,
          record,
          reader: address,
          jwe: fc.constantFrom("a....", "b...."),
        }),
      }),
      fc.record({ call: fc.constant("deleteKey" as const), record, reader: address }),
    );
    const filter = fc.record({ patient: address, record, reader: address }, { requiredKeys: [] });

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), filter, async (steps, wanted) => {
        const tested = await makeVault();
        const blobs = new Set<string>();
        const keys = new Map<string, WrappedKey>();
        for (const one of steps) {
          switch (one.call) {
            case "putBlob":
              await tested.putBlob(await sha256(utf8(one.text)), utf8(one.text));
              blobs.add(one.text);
              break;
            case "deleteBlob":
              await tested.deleteBlob(await sha256(utf8(one.text)));
              blobs.delete(one.text);
              break;
            case "putKey":
              await tested.putKey(one.key);
              keys.set(one.key.record + one.key.reader, one.key);
              break;
            case "deleteKey":
              await tested.deleteKey(one.record, one.reader);
              keys.delete(one.record + one.reader);
          }
        }
        for (const text of ["one", "two"]) {
          const expected = blobs.has(text) ? utf8(text) : undefined;
          expect(await tested.getBlob(await sha256(utf8(text)))).to.deep.equal(expected);
        }
        for (const record of [FIRST, SECOND]) {
          for (const reader of [ANN, BOB, CLINIC]) {
            expect(await tested.getKey(record, reader)).to.deep.equal(keys.get(record + reader));
          }
        }
        const expected = [...keys.values()].filter(
          ({ patient, record, reader }) =>
            (wanted.patient ?? patient) === patient &&
            (wanted.record ?? record) === record &&
            (wanted.reader ?? reader) === reader,
        );
        expect(await tested.listKeys(wanted)).to.have.deep.members(expected);
      }),
      { numRuns: 40 },
    );
  });
}
