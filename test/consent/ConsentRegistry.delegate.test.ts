import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ALL_CATEGORIES, FAR, LABORATORY, loadFixture, MEDICATIONS, RESTRICTED, system, time } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const EPOCH = 1n << 24n;

/** The guardian decides for the patient on laboratory results only. */
async function guarded() {
  const house = await system();
  await house.consents.connect(house.patient).setDelegate(house.guardian, FAR, LABORATORY);
  return house;
}

describe("ConsentRegistry", () => {
  describe("setDelegate", () => {
    it("lets the delegate decide within its mask", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      await expect(consents.connect(patient).setDelegate(guardian, FAR, LABORATORY))
        .to.emit(consents, "DelegateSet")
        .withArgs(patient, guardian, FAR, LABORATORY);
      expect(await consents.delegateOf(patient, guardian)).to.deep.equal([LABORATORY, FAR, 0, 1]);
      expect(await consents.delegateRevisionOf(patient, guardian)).to.equal(1);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
    });

    it("replaces the mask and the end before", async () => {
      const { consents, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).setDelegate(guardian, FAR - 1, MEDICATIONS);
      expect(await consents.delegateOf(patient, guardian)).to.deep.equal([MEDICATIONS, FAR - 1, 0, 2]);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.false;
    });

    it("removes the delegate, whatever the mask says", async () => {
      const { consents, patient, guardian } = await loadFixture(guarded);
      for (const categories of [0n, LABORATORY, 1n << 47n]) {
        await expect(consents.connect(patient).setDelegate(guardian, 0, categories))
          .to.emit(consents, "DelegateSet")
          .withArgs(patient, guardian, 0, categories);
        expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.false;
        expect(await consents.mayDecide(patient, guardian, 0)).to.be.false;
      }
    });

    it("takes every category", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      expect(await consents.mayDecide(patient, guardian, RESTRICTED)).to.be.true;
    });

    it("names the delegate again after everything was revoked", async () => {
      const { consents, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).revokeAll();
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      expect(await consents.delegateOf(patient, guardian)).to.deep.equal([LABORATORY, FAR, 1, 2]);
      expect(await consents.delegateRevisionOf(patient, guardian)).to.equal(EPOCH + 2n);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
    });

    it("is for the caller only, so a delegate names no delegates of the patient", async () => {
      const { consents, patient, guardian, stranger } = await loadFixture(guarded);
      await consents.connect(guardian).setDelegate(stranger, FAR, LABORATORY);
      expect(await consents.mayDecide(patient, stranger, LABORATORY)).to.be.false;
      expect(await consents.mayDecide(guardian, stranger, LABORATORY)).to.be.true;
    });

    it("rejects the zero address and the patient", async () => {
      const { consents, patient } = await loadFixture(system);
      for (const delegate of [ZeroAddress, patient.address]) {
        await expect(consents.connect(patient).setDelegate(delegate, FAR, LABORATORY))
          .to.be.revertedWithCustomError(consents, "DelegateInvalid")
          .withArgs(delegate);
      }
    });

    it("rejects an end that is not in the future", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      const end = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(end);
      await expect(consents.connect(patient).setDelegate(guardian, end, LABORATORY))
        .to.be.revertedWithCustomError(consents, "DelegateEndPast")
        .withArgs(end);
    });

    it("takes an end one second ahead", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      const end = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(end - 1);
      await consents.connect(patient).setDelegate(guardian, end, LABORATORY);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
    });

    it("rejects an empty mask and unknown categories", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      for (const categories of [0n, LABORATORY | (1n << 21n), 1n << 47n]) {
        await expect(consents.connect(patient).setDelegate(guardian, FAR, categories))
          .to.be.revertedWithCustomError(consents, "ConsentCategoriesUnknown")
          .withArgs(categories);
      }
    });
  });

  describe("setDelegateBySig", () => {
    itTakesOnlyTheSignersWord(async ({ consents, guardian, relayer }, account) => ({
      contract: consents,
      message: "SetDelegate",
      words: { patient: account, delegate: guardian.address, until: FAR, categories: LABORATORY, revision: 0 },
      send: (...authorized) => consents.connect(relayer).setDelegateBySig(guardian, FAR, LABORATORY, 0, ...authorized),
      isDone: () => consents.mayDecide(account, guardian, LABORATORY),
    }));

    /** The patient signed the guardian's appointment, which nobody has relayed. */
    async function signedAppointment() {
      const house = await system();
      const { consents, patient, guardian } = house;
      const appointing = {
        patient: patient.address,
        delegate: guardian.address,
        until: FAR,
        categories: LABORATORY,
        revision: 0,
      };
      const authorized = await authorize(consents, patient, "SetDelegate", appointing);
      const relay = () => consents.setDelegateBySig(guardian, FAR, LABORATORY, 0, ...authorized);
      return { ...house, appointing, relay };
    }

    it("names the signer's delegate, not the relayer's", async () => {
      const { consents, patient, guardian, relay } = await loadFixture(signedAppointment);
      await expect(relay()).to.emit(consents, "DelegateSet").withArgs(patient, guardian, FAR, LABORATORY);
      expect(await consents.delegateOf(patient, guardian)).to.deep.equal([LABORATORY, FAR, 0, 1]);
    });

    it("does not bring a removed delegate back", async () => {
      const { consents, patient, guardian, relay } = await loadFixture(signedAppointment);
      await relay();
      await consents.connect(patient).setDelegate(guardian, 0, 0);
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, 2);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.false;
    });

    it("does not appoint, unsent, whom the patient removed or ended with everything", async () => {
      const { consents, patient, guardian, relay } = await loadFixture(signedAppointment);
      await consents.connect(patient).setDelegate(guardian, 0, 0);
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, 1);
      await consents.connect(patient).revokeAll();
      await expect(relay())
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(0, EPOCH + 1n);
    });

    it("does not come back after everything was revoked, though nobody was ever named", async () => {
      const { consents, patient, relay } = await loadFixture(signedAppointment);
      await consents.connect(patient).revokeAll();
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, EPOCH);
    });

    it("rejects a delegate who signs for the patient", async () => {
      const { consents, patient, guardian, stranger, appointing } = await loadFixture(signedAppointment);
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      const words = { ...appointing, delegate: stranger.address };
      const [authorization, signature] = await authorize(consents, guardian, "SetDelegate", words);
      for (const signer of [guardian, patient]) {
        await expect(consents.setDelegateBySig(stranger, FAR, LABORATORY, 0, { ...authorization, signer }, signature))
          .to.be.revertedWithCustomError(consents, "SignatureInvalid")
          .withArgs(signer);
      }
    });

    it("takes a message of the current revision", async () => {
      const { consents, patient, guardian, appointing } = await loadFixture(signedAppointment);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      await consents.connect(patient).revokeAll();
      const revision = await consents.delegateRevisionOf(patient, guardian);
      const authorized = await authorize(consents, patient, "SetDelegate", { ...appointing, revision });
      await consents.setDelegateBySig(guardian, FAR, LABORATORY, revision, ...authorized);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
    });

    it("rejects an appointment nobody could make directly", async () => {
      const { consents, patient, appointing } = await loadFixture(signedAppointment);
      const words = { ...appointing, delegate: patient.address };
      const authorized = await authorize(consents, patient, "SetDelegate", words);
      await expect(consents.setDelegateBySig(patient, FAR, LABORATORY, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "DelegateInvalid")
        .withArgs(patient);
    });
  });

  describe("mayDecide", () => {
    it("is true of the patient, whatever is asked", async () => {
      const { consents, patient } = await loadFixture(system);
      for (const categories of [0n, ALL_CATEGORIES, (1n << 48n) - 1n]) {
        expect(await consents.mayDecide(patient, patient, categories)).to.be.true;
      }
    });

    it("is true of a delegate within its mask only, which the empty mask is not", async () => {
      const { consents, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY | MEDICATIONS);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
      expect(await consents.mayDecide(patient, guardian, LABORATORY | MEDICATIONS)).to.be.true;
      expect(await consents.mayDecide(patient, guardian, 0)).to.be.false;
      expect(await consents.mayDecide(patient, guardian, LABORATORY | RESTRICTED)).to.be.false;
      expect(await consents.mayDecide(patient, guardian, LABORATORY | (1n << 47n))).to.be.false;
    });

    it("is false of a stranger, even of the empty mask", async () => {
      const { consents, patient, stranger } = await loadFixture(guarded);
      expect(await consents.mayDecide(patient, stranger, LABORATORY)).to.be.false;
      expect(await consents.mayDecide(patient, stranger, 0)).to.be.false;
    });

    it("is false the other way round, and for other patients", async () => {
      const { consents, patient, guardian, stranger } = await loadFixture(guarded);
      expect(await consents.mayDecide(guardian, patient, LABORATORY)).to.be.false;
      expect(await consents.mayDecide(stranger, guardian, LABORATORY)).to.be.false;
    });

    it("ends with the delegate, to the second", async () => {
      const { consents, patient, guardian } = await loadFixture(system);
      const end = (await time.latest()) + 1000;
      await consents.connect(patient).setDelegate(guardian, end, LABORATORY);
      await time.increaseTo(end - 1);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
      await time.increaseTo(end);
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.false;
    });
  });
});
