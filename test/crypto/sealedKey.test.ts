import { expect } from "chai";
import { Signature, Wallet } from "ethers";
import { base64url, CompactEncrypt } from "jose";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import {
  encryptionKeyFrom,
  generateEncryptionKey,
  MalformedPrivateKeyError,
  MalformedPublicKeyError,
  type EncryptionKey,
} from "../../src/crypto/encryptionKey.js";
import {
  addSlot,
  KeyMismatchError,
  LastSlotError,
  MalformedSealedKeyError,
  MAX_SLOTS,
  removeSlot,
  sealKey,
  TooManySlotsError,
  unlockKey,
  type SealedKey,
} from "../../src/crypto/sealedKey.js";
import {
  EmptyPassphraseError,
  IterationsError,
  MalformedSignatureError,
  MAX_PASSPHRASE_ITERATIONS,
  NoSuchSlotError,
  PASSPHRASE_ITERATIONS,
  unlockMessage,
  WrongGuardianKeyError,
  WrongPassphraseError,
  WrongSignatureError,
  type Slot,
  type Unlock,
} from "../../src/crypto/slot.js";
import { WeakPublicKeyError, wrap } from "../../src/crypto/wrap.js";
import { errorOf } from "./errorOf.js";

const PASSPHRASE = "correct horse battery staple";
const passphrase: Slot & Unlock = { kind: "passphrase", passphrase: PASSPHRASE, iterations: 10 };
const wallet = new Wallet(`0x${"11".repeat(32)}`);
const account = wallet.address as Address;

// Sealed once and kept: whatever changes, this must still open.
const FILE_OF_VERSION_1: SealedKey = {
  version: 1,
  publicKey: "0x0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20",
  privateKey:
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..KYAf9qiKmqJKgN1V.K1-FCxtOm8bBfyjEHtsD_LPXV6YgKLZYriMkWpOyxGY.inuHBVdrv3pduPE_E9YIpg",
  slots: [
    {
      id: "b5765c3b-8614-41a8-88b3-c799a31bb361",
      kind: "passphrase",
      jwe: "eyJhbGciOiJQQkVTMi1IUzUxMitBMjU2S1ciLCJlbmMiOiJBMjU2R0NNIiwicDJjIjoxMCwicDJzIjoiUGxvQzNpeTVuSzhhSTNHckRER0NXdyJ9.GbcwRsUzHMX6Lle87vUkt0zzAXV8zVafmuE18gNJzH2t-7Phh2ZZWw.aGdBlTjXimlnp68r.UqBLHkpxROjvDTyMVuCYPZQl_Tgjx-DBgucuC5k5Sac.KxvUuZe7VqlpMLxlh-ZUAw",
    },
    {
      id: "e6688090-364b-4124-b221-0fc08768149f",
      kind: "signature",
      account: "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A",
      salt: "0xcd0c10890ac0a5184a730f482a683262a7b4686832a66926c081b926fd13bc0d",
      jwe: "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..6CNQ3TCAPkGObEad.RlMW18z1GE82cZm_PawCiWcF_FC6VAB1-VazhcB1JiE.EJ6JTXX64njTFqZkRIkSXw",
    },
    {
      id: "27cc5556-705f-412d-a0bf-3d4354d2ee70",
      kind: "guardian",
      publicKey: "0x7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14",
      jwe: "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsieCI6ImVvZDRKRUZNOERMTEptY1V5cFhVUVMxdndGM2I0SFdYb092Z3NBcnRwQm8iLCJjcnYiOiJYMjU1MTkiLCJrdHkiOiJPS1AifX0.v_Xbh80Dna7cebdBHFOvD5vF3SM5vNBkKzpi3QIHX6W8fM5DRuDPUA.85VoQew35bsDoyex.QOcMH8KJXRaCwbxK347XbFp62sFtdo-7yvI26onOIcF3G6MjYEBo5euIUkRdl_yDaiNY_6RE37WjiPH6npE97TDqSZU.12GR_AsQ80YgVwPwAlNBYw",
    },
  ],
};

async function walletSlot(): Promise<Slot & Unlock & { kind: "signature" }> {
  return { kind: "signature", account, signature: (await wallet.signMessage(unlockMessage(account))) as Hex };
}

describe("sealed keys", () => {
  let key: EncryptionKey;
  let guardian: EncryptionKey;
  let sealed: SealedKey;
  before(async () => {
    [key, guardian] = [await generateEncryptionKey(), await generateEncryptionKey()];
    sealed = await sealKey(key, passphrase);
  });

  function withSlot(change: object, of = sealed): SealedKey {
    return { ...of, slots: [{ ...of.slots[0]!, ...change }] } as SealedKey;
  }

  describe("sealKey", () => {
    it("survives JSON and shows nothing of the private key", async () => {
      const json = JSON.stringify(sealed);
      expect(json).to.not.contain(key.privateKey.slice(2)).and.not.contain(PASSPHRASE);
      expect(await unlockKey(JSON.parse(json) as SealedKey, passphrase)).to.deep.equal(key);
    });

    it("names version, public key and slots", () => {
      expect(sealed).to.include({ version: 1, publicKey: key.publicKey });
      expect(sealed.slots.map(({ kind }) => kind)).to.deep.equal(["passphrase"]);
    });

    it("asks a passphrase for 600,000 rounds unless told otherwise", async function () {
      this.timeout(20_000);
      const { slots } = await sealKey(key, { kind: "passphrase", passphrase: PASSPHRASE });
      const header = JSON.parse(Buffer.from(slots[0]!.jwe.split(".")[0]!, "base64url").toString()) as object;
      expect(header).to.include({ alg: "PBES2-HS512+A256KW", enc: "A256GCM", p2c: 600_000 });
      expect(PASSPHRASE_ITERATIONS).to.equal(600_000);
    });

    it("refuses rounds outside what will be opened again", async () => {
      for (const iterations of [0, -1, 1.5, NaN, MAX_PASSPHRASE_ITERATIONS + 1]) {
        const error = await errorOf(sealKey(key, { kind: "passphrase", passphrase: PASSPHRASE, iterations }));
        expect(error, `${iterations}`).to.be.instanceOf(IterationsError);
      }
    });

    it("refuses halves that do not belong together", async () => {
      const mixed = { publicKey: guardian.publicKey, privateKey: key.privateKey };
      expect(await errorOf(sealKey(mixed, passphrase))).to.be.instanceOf(KeyMismatchError);
    });

    it("refuses an empty passphrase", async () => {
      const error = await errorOf(sealKey(key, { kind: "passphrase", passphrase: "" }));
      expect(error).to.be.instanceOf(EmptyPassphraseError);
    });

    it("refuses a signature that is none", async () => {
      for (const signature of ["0x", `0x${"11".repeat(63)}`, "11".repeat(65), `0x${"zz".repeat(65)}`]) {
        const error = await errorOf(sealKey(key, { kind: "signature", account, signature: signature as Hex }));
        expect(error, signature).to.be.instanceOf(MalformedSignatureError);
      }
    });

    it("refuses an account that is no address", async () => {
      const slot = { ...(await walletSlot()), account: "0x12" as Address };
      expect(await errorOf(sealKey(key, slot))).to.be.instanceOf(MalformedAddressError);
    });

    it("refuses a guardian's key that is malformed or weak", async () => {
      const malformed = await errorOf(sealKey(key, { kind: "guardian", publicKey: "0x12" }));
      expect(malformed).to.be.instanceOf(MalformedPublicKeyError);
      const weak = await errorOf(sealKey(key, { kind: "guardian", publicKey: `0x${"00".repeat(32)}` }));
      expect(weak).to.be.instanceOf(WeakPublicKeyError);
    });
  });

  describe("unlockKey", () => {
    it("unlocks by passphrase, however its letters are composed", async () => {
      const composed = await sealKey(key, { ...passphrase, passphrase: "caf\u00e9" } as Slot);
      expect(await unlockKey(composed, { kind: "passphrase", passphrase: "cafe\u0301" })).to.deep.equal(key);
    });

    it("unlocks by a wallet's signature, however the wallet writes it", async () => {
      const slot = await walletSlot();
      const bySignature = await sealKey(key, slot);
      const { r, s, yParity, compactSerialized } = Signature.from(slot.signature);
      const forms = [
        slot.signature,
        `${r}${s.slice(2)}0${yParity}`,
        `0x${slot.signature.slice(2).toUpperCase()}`,
        compactSerialized,
      ];
      for (const signature of forms as Hex[]) {
        expect(await unlockKey(bySignature, { kind: "signature", signature }), signature).to.deep.equal(key);
      }
    });

    it("unlocks a file made before, by each of its slots", async () => {
      const [kept, guardianKey] = [
        await encryptionKeyFrom(`0x${"22".repeat(32)}`),
        await encryptionKeyFrom(`0x${"33".repeat(32)}`),
      ];
      for (const unlock of [passphrase, await walletSlot(), { kind: "guardian", key: guardianKey } as const]) {
        expect(await unlockKey(FILE_OF_VERSION_1, unlock), unlock.kind).to.deep.equal(kept);
      }
    });

    it("unlocks by a contract wallet's long signature", async () => {
      const slot: Slot & Unlock = { kind: "signature", account, signature: `0x${"ab".repeat(300)}` };
      expect(await unlockKey(await sealKey(key, slot), slot)).to.deep.equal(key);
    });

    it("unlocks by a guardian's key", async () => {
      const byGuardian = await sealKey(key, { kind: "guardian", publicKey: guardian.publicKey });
      expect(await unlockKey(byGuardian, { kind: "guardian", key: guardian })).to.deep.equal(key);
    });

    it("tries every slot of the kind, or the one named", async () => {
      const second = { ...passphrase, passphrase: "second" } as Slot & Unlock;
      const two = await addSlot(sealed, passphrase, second);
      const [first] = two.slots;
      expect(await unlockKey(two, second)).to.deep.equal(key);
      expect(await unlockKey(two, { ...passphrase, slot: first!.id } as Unlock)).to.deep.equal(key);
      const named = await errorOf(unlockKey(two, { ...second, slot: first!.id } as Unlock));
      expect(named).to.be.instanceOf(WrongPassphraseError);
    });

    it("refuses a wrong passphrase, without repeating it", async () => {
      const error = await errorOf(unlockKey(sealed, { kind: "passphrase", passphrase: "Tr0ub4dor" }));
      expect(error).to.be.instanceOf(WrongPassphraseError);
      expect(JSON.stringify([error, String(error)])).to.not.contain("Tr0ub4dor");
    });

    it("refuses an empty passphrase", async () => {
      const error = await errorOf(unlockKey(sealed, { kind: "passphrase", passphrase: "" }));
      expect(error).to.be.instanceOf(EmptyPassphraseError);
    });

    it("refuses another wallet's signature, and one of another message", async () => {
      const bySignature = await sealKey(key, await walletSlot());
      const other = (await Wallet.createRandom().signMessage(unlockMessage(account))) as Hex;
      for (const signature of [other, (await wallet.signMessage("hello")) as Hex]) {
        const error = await errorOf(unlockKey(bySignature, { kind: "signature", signature }));
        expect(error).to.be.instanceOf(WrongSignatureError);
      }
      const malformed = await errorOf(unlockKey(bySignature, { kind: "signature", signature: "0x12" }));
      expect(malformed).to.be.instanceOf(MalformedSignatureError);
    });

    it("refuses another guardian's key", async () => {
      const byGuardian = await sealKey(key, { kind: "guardian", publicKey: guardian.publicKey });
      const wrong = await errorOf(unlockKey(byGuardian, { kind: "guardian", key }));
      expect(wrong).to.be.instanceOf(WrongGuardianKeyError);
      const bad = { ...guardian, privateKey: "0x12" as Hex };
      const malformed = await errorOf(unlockKey(byGuardian, { kind: "guardian", key: bad }));
      expect(malformed).to.be.instanceOf(MalformedPrivateKeyError);
    });

    it("refuses a kind or an id no slot has", async () => {
      const kind = await errorOf(unlockKey(sealed, { kind: "guardian", key: guardian }));
      expect(kind).to.be.instanceOf(NoSuchSlotError);
      const id = await errorOf(unlockKey(sealed, { ...passphrase, slot: "nowhere" } as Unlock));
      expect(id).to.be.instanceOf(NoSuchSlotError);
    });

    it("refuses a file that asks for more rounds than anybody needs, before doing them", async () => {
      const [header, ...rest] = sealed.slots[0]!.jwe.split(".");
      for (const p2c of [MAX_PASSPHRASE_ITERATIONS + 1, 2 ** 31 - 1, "many", null]) {
        const changed = { ...(JSON.parse(Buffer.from(header!, "base64url").toString()) as object), p2c };
        const jwe = [base64url.encode(JSON.stringify(changed)), ...rest].join(".");
        expect(await errorOf(unlockKey(withSlot({ jwe }), passphrase))).to.be.instanceOf(IterationsError);
      }
    });

    it("takes a slot that is no JWE for one that does not open", async () => {
      for (const jwe of ["", "hello", "e30...."]) {
        const error = await errorOf(unlockKey(withSlot({ jwe }), passphrase));
        expect(error, jwe).to.satisfy(
          (e: unknown) => e instanceof WrongPassphraseError || e instanceof IterationsError,
        );
      }
    });

    it("takes a guardian's slot that holds no key for one that does not open", async () => {
      const byGuardian = await sealKey(key, { kind: "guardian", publicKey: guardian.publicKey });
      const jwe = await wrap({ not: "hex" }, guardian.publicKey);
      const error = await errorOf(unlockKey(withSlot({ jwe }, byGuardian), { kind: "guardian", key: guardian }));
      expect(error).to.be.instanceOf(WrongGuardianKeyError);
    });

    it("refuses a public key that was swapped", async () => {
      const swapped = { ...sealed, publicKey: guardian.publicKey };
      expect(await errorOf(unlockKey(swapped, passphrase))).to.be.instanceOf(KeyMismatchError);
    });

    it("refuses a private key that was altered", async () => {
      const other = await sealKey(key, passphrase);
      const swapped = { ...sealed, privateKey: other.privateKey };
      expect(await errorOf(unlockKey(swapped, passphrase))).to.be.instanceOf(MalformedSealedKeyError);
    });

    it("refuses a slot that holds a key of another length", async () => {
      const jwe = await new CompactEncrypt(new Uint8Array(16))
        .setProtectedHeader({ alg: "PBES2-HS512+A256KW", enc: "A256GCM" })
        .setKeyManagementParameters({ p2c: 10 })
        .encrypt(utf8(PASSPHRASE));
      expect(await errorOf(unlockKey(withSlot({ jwe }), passphrase))).to.be.instanceOf(MalformedSealedKeyError);
    });

    it("refuses a file that is no sealed key", async () => {
      const [slot] = sealed.slots;
      const files: unknown[] = [
        undefined,
        null,
        "file",
        {},
        { ...sealed, version: 2 },
        { ...sealed, publicKey: "0x12" },
        { ...sealed, privateKey: 7 },
        { ...sealed, slots: undefined },
        { ...sealed, slots: [] },
        { ...sealed, slots: [null] },
        { ...sealed, slots: [slot, slot] },
        { ...sealed, slots: Array.from({ length: MAX_SLOTS + 1 }, (_, id) => ({ ...slot, id: `${id}` })) },
        withSlot({ id: 7 }),
        withSlot({ jwe: 7 }),
        withSlot({ kind: "fingerprint" }),
        withSlot({ kind: "signature", account: "0x12", salt: "0x12" }),
        withSlot({ kind: "signature", account, salt: "salt" }),
        withSlot({ kind: "guardian", publicKey: "0x12" }),
      ];
      for (const file of files) {
        const error = await errorOf(unlockKey(file as SealedKey, passphrase));
        expect(error, JSON.stringify(file)).to.be.instanceOf(MalformedSealedKeyError);
        expect(() => removeSlot(file as SealedKey, "id"), JSON.stringify(file)).to.throw(MalformedSealedKeyError);
      }
    });
  });

  describe("addSlot", () => {
    it("lets each slot unlock the same key", async () => {
      const signature = await walletSlot();
      let three = await addSlot(sealed, passphrase, signature);
      three = await addSlot(three, signature, { kind: "guardian", publicKey: guardian.publicKey });
      for (const unlock of [passphrase, signature, { kind: "guardian", key: guardian } as const]) {
        expect(await unlockKey(three, unlock)).to.deep.equal(key);
      }
    });

    it("leaves the file it was given as it is", async () => {
      const before = JSON.stringify(sealed);
      await addSlot(sealed, passphrase, passphrase);
      expect(JSON.stringify(sealed)).to.equal(before);
    });

    it("refuses one who cannot unlock", async () => {
      const error = await errorOf(addSlot(sealed, { kind: "passphrase", passphrase: "wrong" }, passphrase));
      expect(error).to.be.instanceOf(WrongPassphraseError);
    });

    it("refuses a file whose key does not open or belong", async () => {
      const other = await sealKey(key, passphrase);
      const altered = await errorOf(addSlot({ ...sealed, privateKey: other.privateKey }, passphrase, passphrase));
      expect(altered).to.be.instanceOf(MalformedSealedKeyError);
      const swapped = await errorOf(addSlot({ ...sealed, publicKey: guardian.publicKey }, passphrase, passphrase));
      expect(swapped).to.be.instanceOf(KeyMismatchError);
    });

    it("refuses a file that is no sealed key", async () => {
      const error = await errorOf(addSlot({} as SealedKey, passphrase, passphrase));
      expect(error).to.be.instanceOf(MalformedSealedKeyError);
    });

    it("refuses more slots than a file may have", async () => {
      const full = {
        ...sealed,
        slots: Array.from({ length: MAX_SLOTS }, (_, id) => ({ ...sealed.slots[0]!, id: `${id}` })),
      };
      expect(await errorOf(addSlot(full, passphrase, passphrase))).to.be.instanceOf(TooManySlotsError);
    });
  });

  describe("removeSlot", () => {
    it("shuts out the removed slot and keeps the others", async () => {
      const second = { ...passphrase, passphrase: "second" } as Slot & Unlock;
      const two = await addSlot(sealed, passphrase, second);
      const one = removeSlot(two, two.slots[0]!.id);
      expect(await unlockKey(one, second)).to.deep.equal(key);
      expect(await errorOf(unlockKey(one, passphrase))).to.be.instanceOf(WrongPassphraseError);
      expect(two.slots).to.have.length(2);
    });

    it("refuses to remove the last slot", () => {
      expect(() => removeSlot(sealed, sealed.slots[0]!.id)).to.throw(LastSlotError);
    });

    it("refuses an id no slot has", () => {
      expect(() => removeSlot(sealed, "nowhere")).to.throw(NoSuchSlotError, "nowhere");
    });

    it("refuses a file that is no sealed key", () => {
      expect(() => removeSlot({} as SealedKey, "nowhere")).to.throw(MalformedSealedKeyError);
    });
  });

  describe("unlockMessage", () => {
    it("names the account in its one form and says what the signature is for", () => {
      expect(unlockMessage(account.toLowerCase() as Address)).to.equal(unlockMessage(account));
      expect(unlockMessage(account)).to.contain(account).and.contain("read this account's health data");
    });

    it("never changes, or keys sealed before would not open", () => {
      expect(unlockMessage(account)).to.equal(
        [
          "Unlock my Aceso encryption key",
          "",
          "Account: 0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A",
          "",
          "Whoever holds this signature and the sealed key file can read this account's health data.",
          "Sign only in an application you trust. This sends no transaction and costs nothing.",
        ].join("\n"),
      );
    });

    it("refuses an account that is no address", () => {
      expect(() => unlockMessage("0x12")).to.throw(MalformedAddressError);
    });
  });
});
