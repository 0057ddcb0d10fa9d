import { expect } from "chai";
import { id, ZeroHash } from "ethers";

import { loadFixture, system } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const KEY = id("a public key");
const NEXT_KEY = id("the next public key");

describe("KeyDirectory", () => {
  it("signs as Aceso KeyDirectory, version 1", async () => {
    const { keys } = await loadFixture(system);
    const { name, version } = await keys.eip712Domain();
    expect([name, version]).to.deep.equal(["Aceso KeyDirectory", "1"]);
  });

  describe("publish", () => {
    it("publishes the caller's key", async () => {
      const { keys, patient } = await loadFixture(system);
      await expect(keys.connect(patient).publish(KEY)).to.emit(keys, "KeyPublished").withArgs(patient, KEY);
      expect(await keys.keyOf(patient)).to.equal(KEY);
    });

    it("replaces the key before", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      await keys.connect(patient).publish(NEXT_KEY);
      expect(await keys.keyOf(patient)).to.equal(NEXT_KEY);
    });

    it("leaves the keys of others alone", async () => {
      const { keys, patient, stranger } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      await keys.connect(stranger).publish(NEXT_KEY);
      expect(await keys.keyOf(patient)).to.equal(KEY);
    });

    it("rejects the zero key", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      await expect(keys.connect(patient).publish(ZeroHash)).to.be.revertedWithCustomError(keys, "KeyZero");
    });
  });

  describe("publishBySig", () => {
    itTakesOnlyTheSignersWord(async ({ keys, relayer }, account) => ({
      contract: keys,
      message: "PublishKey",
      words: { account, key: KEY, previous: ZeroHash, nonce: 0 },
      send: (...authorized) => keys.connect(relayer).publishBySig(KEY, ZeroHash, ...authorized),
      isDone: async () => (await keys.keyOf(account)) === KEY,
    }));

    it("publishes the signer's key, not the relayer's", async () => {
      const { keys, patient, relayer } = await loadFixture(system);
      const words = { account: patient.address, key: KEY, previous: ZeroHash, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await expect(keys.connect(relayer).publishBySig(KEY, ZeroHash, ...authorized))
        .to.emit(keys, "KeyPublished")
        .withArgs(patient, KEY);
      expect(await keys.keyOf(patient)).to.equal(KEY);
      expect(await keys.keyOf(relayer)).to.equal(ZeroHash);
    });

    it("counts once", async () => {
      const { keys, patient } = await loadFixture(system);
      const words = { account: patient.address, key: KEY, previous: ZeroHash, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await keys.publishBySig(KEY, ZeroHash, ...authorized);
      await keys.connect(patient).publish(NEXT_KEY);
      await expect(keys.publishBySig(KEY, ZeroHash, ...authorized))
        .to.be.revertedWithCustomError(keys, "KeyStale")
        .withArgs(ZeroHash, NEXT_KEY);
      await expect(keys.publishBySig(KEY, NEXT_KEY, ...authorized))
        .to.be.revertedWithCustomError(keys, "SignatureInvalid")
        .withArgs(patient);
    });

    it("counts once, though the key it replaced is back", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      const words = { account: patient.address, key: NEXT_KEY, previous: KEY, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await keys.publishBySig(NEXT_KEY, KEY, ...authorized);
      expect(await keys.nonces(patient)).to.equal(1);
      await keys.connect(patient).publish(KEY);
      await expect(keys.publishBySig(NEXT_KEY, KEY, ...authorized))
        .to.be.revertedWithCustomError(keys, "SignatureInvalid")
        .withArgs(patient);
      const again = await authorize(keys, patient, "PublishKey", { ...words, nonce: 1 });
      await keys.publishBySig(NEXT_KEY, KEY, ...again);
      expect(await keys.keyOf(patient)).to.equal(NEXT_KEY);
    });

    it("does not replace, unsent, a key published after signing", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      const words = { account: patient.address, key: id("a lost key"), previous: KEY, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await keys.connect(patient).publish(NEXT_KEY);
      await expect(keys.publishBySig(id("a lost key"), KEY, ...authorized))
        .to.be.revertedWithCustomError(keys, "KeyStale")
        .withArgs(KEY, NEXT_KEY);
      expect(await keys.keyOf(patient)).to.equal(NEXT_KEY);
    });

    it("replaces the key the message names", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      const words = { account: patient.address, key: NEXT_KEY, previous: KEY, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await keys.publishBySig(NEXT_KEY, KEY, ...authorized);
      expect(await keys.keyOf(patient)).to.equal(NEXT_KEY);
    });

    it("rejects the zero key", async () => {
      const { keys, patient } = await loadFixture(system);
      await keys.connect(patient).publish(KEY);
      const words = { account: patient.address, key: ZeroHash, previous: KEY, nonce: 0 };
      const authorized = await authorize(keys, patient, "PublishKey", words);
      await expect(keys.publishBySig(ZeroHash, KEY, ...authorized)).to.be.revertedWithCustomError(keys, "KeyZero");
    });
  });
});
