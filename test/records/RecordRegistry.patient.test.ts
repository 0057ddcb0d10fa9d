import { expect } from "chai";
import { id, MaxUint256, toBeHex, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ALL_CATEGORIES, FAR, licensed, loadFixture, record } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const PROVIDER = roleNumber("Provider");
const DIGEST = id("ciphertext");
const NEXT_DIGEST = id("amended ciphertext");
const ALL_ONES = toBeHex(MaxUint256);

/** A result of the patient by the hospital, and a note of the patient's own, both anchored. */
async function anchored() {
  const house = await licensed();
  const { records, patient, hospital } = house;
  const [result, own] = [record(patient, hospital), record(patient, patient)];
  await records.connect(hospital).anchor(PROVIDER, result.key, DIGEST);
  await records.connect(patient).anchor(PROVIDER, own.key, DIGEST);
  return { ...house, result, own };
}

describe("RecordRegistry", () => {
  describe("anchorBySig", () => {
    itTakesOnlyTheSignersWord(async ({ records, relayer }, account) => {
      const own = record({ address: account }, { address: account });
      return {
        contract: records,
        message: "AnchorRecord",
        words: { id: own.id, digest: DIGEST, previous: ZeroHash },
        send: (...authorized) => records.connect(relayer).anchorBySig(own.key, DIGEST, ZeroHash, ...authorized),
        isDone: async () => (await records.digestOf(own.id)) === DIGEST,
      };
    });

    it("anchors a new record of the signer, who is the actor", async () => {
      const { records, patient, relayer } = await loadFixture(licensed);
      const own = record(patient, patient);
      const words = { id: own.id, digest: DIGEST, previous: ZeroHash };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.connect(relayer).anchorBySig(own.key, DIGEST, ZeroHash, ...authorized))
        .to.emit(records, "RecordAnchored")
        .withArgs(own.id, patient, patient, own.key.commitment, DIGEST, patient);
    });

    it("amends a record of the signer, who is the actor", async () => {
      const { records, patient, relayer, own } = await loadFixture(anchored);
      const words = { id: own.id, digest: NEXT_DIGEST, previous: DIGEST };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.connect(relayer).anchorBySig(own.key, NEXT_DIGEST, DIGEST, ...authorized))
        .to.emit(records, "RecordAmended")
        .withArgs(own.id, patient, patient, NEXT_DIGEST, patient);
      expect(await records.digestOf(own.id)).to.equal(NEXT_DIGEST);
    });

    it("rejects a record the signer did not author, or that is another's", async () => {
      const { records, patient, hospital, stranger } = await loadFixture(licensed);
      for (const { key, id: recordId } of [
        record(patient, hospital),
        record(stranger, patient),
        record(stranger, stranger),
      ]) {
        const words = { id: recordId, digest: DIGEST, previous: ZeroHash };
        const authorized = await authorize(records, patient, "AnchorRecord", words);
        await expect(records.anchorBySig(key, DIGEST, ZeroHash, ...authorized))
          .to.be.revertedWithCustomError(records, "RecordNotSelfAuthored")
          .withArgs(recordId);
      }
    });

    it("rejects a message that replaces another digest than the current one", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      const previous = id("another ciphertext");
      const words = { id: own.id, digest: NEXT_DIGEST, previous };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.anchorBySig(own.key, NEXT_DIGEST, previous, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordStale")
        .withArgs(own.id, previous, DIGEST);
    });

    it("rejects anchoring a record anchored already", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      const words = { id: own.id, digest: NEXT_DIGEST, previous: ZeroHash };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.anchorBySig(own.key, NEXT_DIGEST, ZeroHash, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordExists")
        .withArgs(own.id);
    });

    it("rejects amending what is not anchored", async () => {
      const { records, patient } = await loadFixture(licensed);
      const own = record(patient, patient);
      const words = { id: own.id, digest: NEXT_DIGEST, previous: DIGEST };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.anchorBySig(own.key, NEXT_DIGEST, DIGEST, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordUnknown")
        .withArgs(own.id);
    });

    it("rejects a replay", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      const words = { id: own.id, digest: NEXT_DIGEST, previous: DIGEST };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await records.anchorBySig(own.key, NEXT_DIGEST, DIGEST, ...authorized);
      await expect(records.anchorBySig(own.key, NEXT_DIGEST, DIGEST, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordStale")
        .withArgs(own.id, DIGEST, NEXT_DIGEST);
    });

    it("does not bring back, unsent, a record erased after signing", async () => {
      const { records, patient } = await loadFixture(licensed);
      const own = record(patient, patient);
      const words = { id: own.id, digest: DIGEST, previous: ZeroHash };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await records.connect(patient).erase([own.key]);
      await expect(records.anchorBySig(own.key, DIGEST, ZeroHash, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordIsErased")
        .withArgs(own.id);
    });

    it("does not replace an erasure, even when the signer says so", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      await records.connect(patient).erase([own.key]);
      const words = { id: own.id, digest: NEXT_DIGEST, previous: ALL_ONES };
      const authorized = await authorize(records, patient, "AnchorRecord", words);
      await expect(records.anchorBySig(own.key, NEXT_DIGEST, ALL_ONES, ...authorized))
        .to.be.revertedWithCustomError(records, "RecordIsErased")
        .withArgs(own.id);
    });

    it("rejects zero and all ones as digest", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      for (const digest of [ZeroHash, ALL_ONES]) {
        const words = { id: own.id, digest, previous: DIGEST };
        const authorized = await authorize(records, patient, "AnchorRecord", words);
        await expect(records.anchorBySig(own.key, digest, DIGEST, ...authorized))
          .to.be.revertedWithCustomError(records, "RecordDigestInvalid")
          .withArgs(digest);
      }
    });
  });

  describe("erase", () => {
    it("erases records of the caller, whoever wrote them", async () => {
      const { records, patient, hospital, result, own } = await loadFixture(anchored);
      const erasing = records.connect(patient).erase([result.key, own.key]);
      await expect(erasing).to.emit(records, "RecordErased").withArgs(result.id, patient, hospital);
      await expect(erasing).to.emit(records, "RecordErased").withArgs(own.id, patient, patient);
      for (const { id: recordId } of [result, own]) {
        expect(await records.isErased(recordId)).to.be.true;
        expect(await records.digestOf(recordId)).to.equal(ZeroHash);
      }
    });

    it("leaves other records alone", async () => {
      const { records, patient, result, own } = await loadFixture(anchored);
      await records.connect(patient).erase([own.key]);
      expect(await records.isErased(result.id)).to.be.false;
      expect(await records.digestOf(result.id)).to.equal(DIGEST);
    });

    it("is final: no author anchors or amends the record again", async () => {
      const { records, patient, hospital, result } = await loadFixture(anchored);
      await records.connect(patient).erase([result.key]);
      const author = records.connect(hospital);
      for (const attempt of [
        () => author.anchor(PROVIDER, result.key, NEXT_DIGEST),
        () => author.amend(PROVIDER, result.key, NEXT_DIGEST, DIGEST),
        () => author.amend(PROVIDER, result.key, NEXT_DIGEST, ALL_ONES),
      ]) {
        await expect(attempt()).to.be.revertedWithCustomError(records, "RecordIsErased").withArgs(result.id);
      }
    });

    it("erases what is not anchored yet, which then never will be", async () => {
      const { records, patient, hospital } = await loadFixture(anchored);
      const future = record(patient, hospital, "a result to come");
      await expect(records.connect(patient).erase([future.key]))
        .to.emit(records, "RecordErased")
        .withArgs(future.id, patient, hospital);
      await expect(records.connect(hospital).anchor(PROVIDER, future.key, DIGEST))
        .to.be.revertedWithCustomError(records, "RecordIsErased")
        .withArgs(future.id);
    });

    it("changes nothing the second time, and goes on with the rest", async () => {
      const { records, patient, result, own } = await loadFixture(anchored);
      await records.connect(patient).erase([result.key]);
      await expect(records.connect(patient).erase([result.key])).not.to.emit(records, "RecordErased");
      const receipt = await (await records.connect(patient).erase([result.key, own.key])).wait();
      expect(receipt!.logs).to.have.length(1);
      expect(await records.isErased(own.id)).to.be.true;
      expect(await records.isErased(result.id)).to.be.true;
    });

    it("takes an empty list, and a long one", async () => {
      const { records, patient, hospital } = await loadFixture(anchored);
      await expect(records.connect(patient).erase([])).not.to.emit(records, "RecordErased");
      const many = Array.from({ length: 100 }, (_, index) => record(patient, hospital, `result ${index}`));
      await records.connect(patient).erase(many.map(({ key }) => key));
      expect(await records.isErased(many[99]!.id)).to.be.true;
    });

    it("rejects the author, a delegate for every category and a stranger", async () => {
      const { consents, records, patient, guardian, hospital, stranger, result } = await loadFixture(anchored);
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      for (const caller of [hospital, guardian, stranger]) {
        await expect(records.connect(caller).erase([result.key]))
          .to.be.revertedWithCustomError(records, "RecordNotOfPatient")
          .withArgs(result.id, caller);
      }
    });

    it("erases nothing when one of the records is another's", async () => {
      const { records, patient, stranger, hospital, own } = await loadFixture(anchored);
      const other = record(stranger, hospital);
      await expect(records.connect(patient).erase([own.key, other.key]))
        .to.be.revertedWithCustomError(records, "RecordNotOfPatient")
        .withArgs(other.id, patient);
      expect(await records.isErased(own.id)).to.be.false;
    });
  });

  describe("eraseBySig", () => {
    itTakesOnlyTheSignersWord(async ({ records, hospital, relayer }, account) => {
      const erased = ["first", "second"].map((name) => record({ address: account }, hospital, name));
      const keys = erased.map(({ key }) => key);
      return {
        contract: records,
        message: "EraseRecords",
        words: { patient: account, ids: erased.map((one) => one.id) },
        send: (...authorized) => records.connect(relayer).eraseBySig(keys, ...authorized),
        isDone: async () => (await records.isErased(erased[0]!.id)) && (await records.isErased(erased[1]!.id)),
      };
    });

    it("erases records of the signer", async () => {
      const { records, patient, hospital, relayer, result } = await loadFixture(anchored);
      const words = { patient: patient.address, ids: [result.id] };
      const authorized = await authorize(records, patient, "EraseRecords", words);
      await expect(records.connect(relayer).eraseBySig([result.key], ...authorized))
        .to.emit(records, "RecordErased")
        .withArgs(result.id, patient, hospital);
      expect(await records.digestOf(result.id)).to.equal(ZeroHash);
    });

    it("rejects fewer, more or other records than were signed, or in another order", async () => {
      const { records, patient, hospital, result, own } = await loadFixture(anchored);
      const words = { patient: patient.address, ids: [result.id, own.id] };
      const authorized = await authorize(records, patient, "EraseRecords", words);
      const other = record(patient, hospital, "another result");
      for (const keys of [
        [],
        [result.key],
        [own.key, result.key],
        [result.key, other.key],
        [result.key, own.key, other.key],
      ]) {
        await expect(records.eraseBySig(keys, ...authorized))
          .to.be.revertedWithCustomError(records, "SignatureInvalid")
          .withArgs(patient);
      }
    });

    it("rejects the signature of a delegate for every category, or of the author, over the patient's records", async () => {
      const { consents, records, patient, guardian, hospital, result } = await loadFixture(anchored);
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      for (const signer of [guardian, hospital]) {
        const words = { patient: signer.address, ids: [result.id] };
        const authorized = await authorize(records, signer, "EraseRecords", words);
        await expect(records.eraseBySig([result.key], ...authorized))
          .to.be.revertedWithCustomError(records, "RecordNotOfPatient")
          .withArgs(result.id, signer);
      }
    });

    it("changes nothing when it is sent again", async () => {
      const { records, patient, result } = await loadFixture(anchored);
      const words = { patient: patient.address, ids: [result.id] };
      const authorized = await authorize(records, patient, "EraseRecords", words);
      await records.eraseBySig([result.key], ...authorized);
      await expect(records.eraseBySig([result.key], ...authorized)).not.to.emit(records, "RecordErased");
    });
  });
});
