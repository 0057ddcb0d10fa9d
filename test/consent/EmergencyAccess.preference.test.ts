import { expect } from "chai";

import { ALL_CATEGORIES, FAR, LABORATORY, licensed, loadFixture, RESTRICTED } from "../fixtures.js";
import { time, UNRESTRICTED } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const EPOCH = 1n << 24n;

/** The guardian decides for the patient on everything but restricted data. */
async function guarded() {
  const house = await licensed();
  const { consents, patient, guardian } = house;
  await consents.connect(patient).setDelegate(guardian, FAR, UNRESTRICTED);
  return house;
}

describe("EmergencyAccess", () => {
  describe("coveredCategories", () => {
    it("is everything but restricted data when the patient set nothing", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      expect(await emergencies.preferenceOf(patient)).to.deep.equal([false, 0, 0]);
      expect(await emergencies.coveredCategories(patient)).to.equal(UNRESTRICTED);
    });
  });

  describe("setPreference", () => {
    it("narrows, widens and opts out", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      for (const [version, categories] of [LABORATORY, ALL_CATEGORIES, RESTRICTED, 0n].entries()) {
        await expect(emergencies.connect(patient).setPreference(patient, categories))
          .to.emit(emergencies, "EmergencyPreferenceSet")
          .withArgs(patient, categories, patient);
        expect(await emergencies.coveredCategories(patient)).to.equal(categories);
        expect(await emergencies.preferenceOf(patient)).to.deep.equal([true, categories, version + 1]);
      }
    });

    it("leaves other patients alone", async () => {
      const { emergencies, patient, stranger } = await loadFixture(licensed);
      await emergencies.connect(patient).setPreference(patient, 0);
      expect(await emergencies.coveredCategories(stranger)).to.equal(UNRESTRICTED);
    });

    it("rejects unknown categories", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      for (const categories of [LABORATORY | (1n << 21n), 1n << 47n]) {
        await expect(emergencies.connect(patient).setPreference(patient, categories))
          .to.be.revertedWithCustomError(emergencies, "EmergencyCategoriesUnknown")
          .withArgs(categories);
      }
    });

    it("is a delegate's right when its mask covers what was and what will be open", async () => {
      const { emergencies, patient, guardian } = await loadFixture(guarded);
      await expect(emergencies.connect(guardian).setPreference(patient, LABORATORY))
        .to.emit(emergencies, "EmergencyPreferenceSet")
        .withArgs(patient, LABORATORY, guardian);
    });

    it("rejects a delegate who would open what lies beyond its mask", async () => {
      const { emergencies, patient, guardian } = await loadFixture(guarded);
      await expect(emergencies.connect(guardian).setPreference(patient, LABORATORY | RESTRICTED))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, guardian);
    });

    it("rejects a delegate who would close what the patient opened beyond its mask", async () => {
      const { emergencies, patient, guardian } = await loadFixture(guarded);
      await emergencies.connect(patient).setPreference(patient, RESTRICTED);
      for (const categories of [LABORATORY, 0n]) {
        await expect(emergencies.connect(guardian).setPreference(patient, categories))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, guardian);
      }
    });

    it("rejects a delegate who would narrow the default beyond its mask", async () => {
      const { consents, emergencies, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      await expect(emergencies.connect(guardian).setPreference(patient, LABORATORY))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, guardian);
    });

    it("rejects a delegate where nothing is open nor will be", async () => {
      const { emergencies, patient, guardian } = await loadFixture(guarded);
      await emergencies.connect(patient).setPreference(patient, 0);
      await expect(emergencies.connect(guardian).setPreference(patient, 0))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, guardian);
    });

    it("rejects everyone else", async () => {
      const { emergencies, patient, doctor, stranger } = await loadFixture(licensed);
      for (const caller of [doctor, stranger]) {
        await expect(emergencies.connect(caller).setPreference(patient, LABORATORY))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, caller);
      }
    });
  });

  describe("setPreferenceBySig", () => {
    itTakesOnlyTheSignersWord(async ({ emergencies, relayer }, account) => ({
      contract: emergencies,
      message: "SetEmergencyPreference",
      words: { patient: account, categories: RESTRICTED, revision: 0 },
      send: (...authorized) => emergencies.connect(relayer).setPreferenceBySig(account, RESTRICTED, 0, ...authorized),
      isDone: async () => (await emergencies.coveredCategories(account)) === RESTRICTED,
    }));

    it("names the patient as the actor, not the relayer", async () => {
      const { emergencies, patient, relayer } = await loadFixture(guarded);
      const words = { patient: patient.address, categories: 0, revision: 0 };
      const authorized = await authorize(emergencies, patient, "SetEmergencyPreference", words);
      await expect(emergencies.connect(relayer).setPreferenceBySig(patient, 0, 0, ...authorized))
        .to.emit(emergencies, "EmergencyPreferenceSet")
        .withArgs(patient, 0, patient);
    });

    it("takes a delegate's signature within its mask, who is then the actor", async () => {
      const { emergencies, patient, guardian } = await loadFixture(guarded);
      const words = { patient: patient.address, categories: LABORATORY, revision: 0 };
      const authorized = await authorize(emergencies, guardian, "SetEmergencyPreference", words);
      await expect(emergencies.setPreferenceBySig(patient, LABORATORY, 0, ...authorized))
        .to.emit(emergencies, "EmergencyPreferenceSet")
        .withArgs(patient, LABORATORY, guardian);
    });

    it("rejects a stranger, and a delegate beyond its mask, who sign in their own names", async () => {
      const { emergencies, patient, guardian, stranger } = await loadFixture(guarded);
      const words = { patient: patient.address, categories: ALL_CATEGORIES, revision: 0 };
      for (const signer of [guardian, stranger]) {
        const authorized = await authorize(emergencies, signer, "SetEmergencyPreference", words);
        await expect(emergencies.setPreferenceBySig(patient, ALL_CATEGORIES, 0, ...authorized))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, signer);
      }
    });

    it("rejects the signature of a delegate who is over or removed", async () => {
      const { consents, emergencies, patient, guardian } = await loadFixture(guarded);
      const words = { patient: patient.address, categories: LABORATORY, revision: 0 };
      const authorized = await authorize(emergencies, guardian, "SetEmergencyPreference", words);
      const refused = () =>
        expect(emergencies.setPreferenceBySig(patient, LABORATORY, 0, ...authorized))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, guardian);
      const end = (await time.latest()) + 100;
      await consents.connect(patient).setDelegate(guardian, end, UNRESTRICTED);
      await time.setNextBlockTimestamp(end);
      await refused();
      await consents.connect(patient).setDelegate(guardian, 0, 0);
      await refused();
    });

    it("rejects, of the current epoch, a delegate whom a revocation of everything ended", async () => {
      const { consents, emergencies, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).revokeAll();
      const words = { patient: patient.address, categories: LABORATORY, revision: EPOCH };
      const authorized = await authorize(emergencies, guardian, "SetEmergencyPreference", words);
      await expect(emergencies.setPreferenceBySig(patient, LABORATORY, EPOCH, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, guardian);
    });

    it("counts once, and takes a message of the current revision", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      const sign = (revision: number) =>
        authorize(emergencies, patient, "SetEmergencyPreference", {
          patient: patient.address,
          categories: RESTRICTED,
          revision,
        });
      await emergencies.setPreferenceBySig(patient, RESTRICTED, 0, ...(await sign(0)));
      await expect(emergencies.setPreferenceBySig(patient, RESTRICTED, 0, ...(await sign(0))))
        .to.be.revertedWithCustomError(emergencies, "EmergencyPreferenceStale")
        .withArgs(0, 1);
      await emergencies.setPreferenceBySig(patient, RESTRICTED, 1, ...(await sign(1)));
      expect((await emergencies.preferenceOf(patient)).version).to.equal(2);
    });

    it("does not open again, unsent, what the patient closed after signing", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      const words = { patient: patient.address, categories: ALL_CATEGORIES, revision: 0 };
      const authorized = await authorize(emergencies, patient, "SetEmergencyPreference", words);
      await emergencies.connect(patient).setPreference(patient, 0);
      await expect(emergencies.setPreferenceBySig(patient, ALL_CATEGORIES, 0, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "EmergencyPreferenceStale")
        .withArgs(0, 1);
      expect(await emergencies.coveredCategories(patient)).to.equal(0);
    });

    it("does not come back, unsent, after everything was revoked, the patient's word or a delegate's", async () => {
      const { consents, emergencies, patient, guardian } = await loadFixture(guarded);
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      const words = { patient: patient.address, categories: ALL_CATEGORIES, revision: 0 };
      const signed = [
        await authorize(emergencies, patient, "SetEmergencyPreference", words),
        await authorize(emergencies, guardian, "SetEmergencyPreference", words),
      ];
      await consents.connect(patient).revokeAll();
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES);
      for (const authorized of signed) {
        await expect(emergencies.setPreferenceBySig(patient, ALL_CATEGORIES, 0, ...authorized))
          .to.be.revertedWithCustomError(emergencies, "EmergencyPreferenceStale")
          .withArgs(0, EPOCH);
      }
    });

    it("takes a message of the current epoch and version", async () => {
      const { consents, emergencies, patient } = await loadFixture(licensed);
      await emergencies.connect(patient).setPreference(patient, LABORATORY);
      await consents.connect(patient).revokeAll();
      const revision = await emergencies.preferenceRevisionOf(patient);
      expect(revision).to.equal(EPOCH + 1n);
      const words = { patient: patient.address, categories: 0, revision };
      const authorized = await authorize(emergencies, patient, "SetEmergencyPreference", words);
      await emergencies.setPreferenceBySig(patient, 0, revision, ...authorized);
      expect(await emergencies.coveredCategories(patient)).to.equal(0);
    });

    it("rejects a revision that is yet to come", async () => {
      const { emergencies, patient } = await loadFixture(licensed);
      const words = { patient: patient.address, categories: 0, revision: 1 };
      const authorized = await authorize(emergencies, patient, "SetEmergencyPreference", words);
      await expect(emergencies.setPreferenceBySig(patient, 0, 1, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "EmergencyPreferenceStale")
        .withArgs(1, 0);
    });
  });
});
