import { expect } from "chai";
import { id } from "ethers";

import { accountOf, encryptionKeyOf, NoSignerError } from "../../src/aceso.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import {
  KeyNotPublishedError,
  KeyUnusableError,
  publish,
  publishBySig,
  publishedKey,
  publishedKeys,
  signPublish,
} from "../../src/keys/keys.js";
import { share } from "../../src/records/share.js";
import { SignerMismatchError } from "../../src/signing.js";
import { refusal, revert, stage } from "../sdk.js";

const ZERO = `0x${"00".repeat(32)}` as Hex;

describe("publish", () => {
  it("publishes the account's own key, replacing the one before", async () => {
    const { clinic, patient } = await stage();
    const { publicKey } = await generateEncryptionKey();
    expect(await publishedKey(patient, accountOf(clinic))).to.equal(encryptionKeyOf(clinic).publicKey);
    await publish(clinic, { key: publicKey }).send();
    expect(await publishedKey(patient, accountOf(clinic))).to.equal(publicKey);
    expect(await publishedKey(patient, accountOf(patient))).to.equal(encryptionKeyOf(patient).publicKey);
  });

  it("refuses the zero key", async () => {
    const { clinic, relayer, patient } = await stage();
    await revert(publish(clinic, { key: ZERO }).send(), "KeyZero");
    await revert(publishBySig(relayer, await signPublish(patient, { key: ZERO })).send(), "KeyZero");
  });

  it("needs a signer to send and to sign", async () => {
    const { clinic } = await stage();
    const { signer: _signer, account: _account, ...reader } = clinic;
    await refusal(publish(reader, { key: ZERO }).send(), NoSignerError);
    await refusal(signPublish(reader, { key: ZERO }), NoSignerError);
  });
});

describe("publishBySig", () => {
  it("counts once, even when the key it replaced is back", async () => {
    const { patient, relayer } = await stage();
    const first = await signPublish(patient, { key: id("first") as Hex });
    await publishBySig(relayer, first).send();
    const back = await signPublish(patient, { key: first.message.previous });
    await revert(publishBySig(relayer, first).send(), "KeyStale");
    await publishBySig(relayer, back).send();
    await revert(publishBySig(relayer, first).send(), "SignatureInvalid");
  });

  it("is stale once another key was published", async () => {
    const { patient, relayer } = await stage();
    const [one, other] = ["one", "other"].map((key) => ({ key: id(key) as Hex }));
    const [first, second] = [await signPublish(patient, one!), await signPublish(patient, other!)];
    await publishBySig(relayer, first).send();
    const args = await revert(publishBySig(relayer, second).send(), "KeyStale");
    expect(args).to.deep.equal({ signed: second.message.previous, current: first.message.key });
  });

  it("refuses to relay a message that speaks of another account than signed it", async () => {
    const { patient, neighbour, relayer } = await stage();
    const signed = await signPublish(patient, { key: id("key") as Hex });
    const forged = { ...signed, message: { ...signed.message, account: accountOf(neighbour) } };
    const error = await refusal(() => publishBySig(relayer, forged), SignerMismatchError);
    expect(error).to.include({ signer: patient.account, account: neighbour.account });
  });
});

describe("publishedKey", () => {
  it("refuses an account that published none, by its address", async () => {
    const { clinic, stranger } = await stage();
    const error = await refusal(publishedKey(clinic, accountOf(stranger)), KeyNotPublishedError);
    expect(error.account).to.equal(stranger.account);
  });

  it("refuses a key of low order, for which anybody could unwrap, before anything is wrapped for it", async () => {
    const { patient, house, vault } = await stage();
    // Points of order one, two, four and eight (RFC 7748, section 7).
    for (const key of [
      "0x0100000000000000000000000000000000000000000000000000000000000000",
      "0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "0x5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "0xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ] as const) {
      await house.keys.connect(house.stranger).publish(key);
      const account = house.stranger.address as Address;
      expect(await refusal(publishedKey(patient, account), KeyUnusableError)).to.include({ account });
      await refusal(share(patient, { grantee: account }), KeyUnusableError);
      expect(await vault.listKeys({ reader: account })).to.deep.equal([]);
    }
  });

  it("takes addresses in any case, and refuses what is none", async () => {
    const { clinic } = await stage();
    const lower = accountOf(clinic).toLowerCase() as Address;
    expect(await publishedKey(clinic, lower)).to.equal(encryptionKeyOf(clinic).publicKey);
    await refusal(publishedKey(clinic, "0x12"), MalformedAddressError);
  });
});

describe("publishedKeys", () => {
  it("are those of every account, asked once each", async () => {
    const { clinic, doctor, hospital } = await stage();
    const accounts = [clinic, doctor, clinic].map(accountOf);
    const keys = await publishedKeys(hospital, accounts);
    expect([...keys]).to.deep.equal([
      [clinic.account, encryptionKeyOf(clinic).publicKey],
      [doctor.account, encryptionKeyOf(doctor).publicKey],
    ]);
    expect([...(await publishedKeys(hospital, []))]).to.deep.equal([]);
  });

  it("refuse when one has none", async () => {
    const { clinic, stranger } = await stage();
    const error = await refusal(publishedKeys(clinic, [clinic, stranger].map(accountOf)), KeyNotPublishedError);
    expect(error.account).to.equal(stranger.account);
  });
});
