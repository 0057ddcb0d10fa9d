import { expect } from "chai";
import { id, ZeroAddress } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, LABORATORY, licensed, loadFixture, MEDICATIONS, time, UNRESTRICTED } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const EVIDENCE = id("unconscious after a fall");
const REASONS = id("reasons");
const FOUR_HOURS = 4 * 60 * 60;
const PRIVACY_OFFICER = roleNumber("PrivacyOfficer");
const [PENDING, JUSTIFIED, UNJUSTIFIED] = [1, 2, 3];

/** The doctor broke the glass for the patient. */
async function opened() {
  const house = await licensed();
  const { emergencies, doctor, patient } = house;
  await emergencies.connect(doctor).open(patient, EVIDENCE);
  const isOpen = () => emergencies.isOpen(patient, doctor, LABORATORY);
  return { ...house, openedAt: await time.latest(), isOpen };
}

/** The doctor broke the glass twice: the first case is an hour old. */
async function openedTwice() {
  const house = await opened();
  const { emergencies, doctor, patient } = house;
  await time.increase(60 * 60);
  await emergencies.connect(doctor).open(patient, EVIDENCE);
  return { ...house, reopenedAt: await time.latest() };
}

describe("EmergencyAccess", () => {
  describe("review", () => {
    it("finds a case justified once its access is over", async () => {
      const { emergencies, doctor, officer, patient, openedAt } = await loadFixture(opened);
      await time.setNextBlockTimestamp(openedAt + FOUR_HOURS);
      await expect(emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS))
        .to.emit(emergencies, "EmergencyReviewed")
        .withArgs(patient, doctor, officer, openedAt, true, REASONS);
      expect(await emergencies.caseOf(patient, doctor, openedAt)).to.deep.equal([ZeroAddress, JUSTIFIED, false]);
      expect(await emergencies.emergencyOf(patient, doctor)).to.deep.equal([
        openedAt,
        openedAt + FOUR_HOURS,
        UNRESTRICTED,
        0,
        2,
      ]);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(0);
    });

    it("rejects finding it justified while the patient may still contest it, in its last second too", async () => {
      const { emergencies, doctor, officer, patient, openedAt } = await loadFixture(opened);
      for (const second of [openedAt + 1, openedAt + FOUR_HOURS - 1]) {
        await time.setNextBlockTimestamp(second);
        await expect(emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS))
          .to.be.revertedWithCustomError(emergencies, "EmergencyStillOpen")
          .withArgs(patient, doctor, openedAt + FOUR_HOURS);
      }
    });

    it("finds a case justified as soon as the patient contested it", async () => {
      const { emergencies, doctor, officer, patient, openedAt } = await loadFixture(opened);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS);
      expect(await emergencies.caseOf(patient, doctor, openedAt)).to.deep.equal([ZeroAddress, JUSTIFIED, true]);
    });

    it("finds an older case justified while a newer one is open", async () => {
      const { emergencies, doctor, officer, patient, openedAt, isOpen } = await loadFixture(openedTwice);
      await emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS);
      expect((await emergencies.caseOf(patient, doctor, openedAt)).verdict).to.equal(JUSTIFIED);
      expect(await isOpen()).to.be.true;
    });

    it("finds a case unjustified and closes it at once", async () => {
      const { emergencies, doctor, officer, patient, openedAt, isOpen } = await loadFixture(opened);
      const now = openedAt + 100;
      await time.setNextBlockTimestamp(now);
      await expect(emergencies.connect(officer).review(patient, doctor, openedAt, false, REASONS))
        .to.emit(emergencies, "EmergencyReviewed")
        .withArgs(patient, doctor, officer, openedAt, false, REASONS);
      expect(await emergencies.caseOf(patient, doctor, openedAt)).to.deep.equal([ZeroAddress, UNJUSTIFIED, false]);
      expect(await emergencies.emergencyOf(patient, doctor)).to.deep.equal([openedAt, now, UNRESTRICTED, 0, 2]);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(0);
      expect(await isOpen()).to.be.false;
    });

    it("does not move the end of a case that is over", async () => {
      const { emergencies, doctor, officer, patient, openedAt } = await loadFixture(opened);
      await time.increaseTo(openedAt + FOUR_HOURS + 100);
      await emergencies.connect(officer).review(patient, doctor, openedAt, false, REASONS);
      expect((await emergencies.emergencyOf(patient, doctor)).until).to.equal(openedAt + FOUR_HOURS);
    });

    it("keeps cases apart: an unjustified one does not close the one after it", async () => {
      const { emergencies, doctor, officer, patient, openedAt, reopenedAt, isOpen } = await loadFixture(openedTwice);
      await emergencies.connect(officer).review(patient, doctor, openedAt, false, REASONS);
      expect(await isOpen()).to.be.true;
      expect((await emergencies.caseOf(patient, doctor, reopenedAt)).verdict).to.equal(PENDING);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(1);
      await emergencies.connect(officer).review(patient, doctor, reopenedAt, false, REASONS);
      expect(await isOpen()).to.be.false;
      expect(await emergencies.unreviewedOf(doctor)).to.equal(0);
    });

    it("counts once, whatever the second verdict", async () => {
      const { emergencies, doctor, officer, patient, openedAt } = await loadFixture(openedTwice);
      await emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS);
      for (const justified of [true, false]) {
        await expect(emergencies.connect(officer).review(patient, doctor, openedAt, justified, REASONS))
          .to.be.revertedWithCustomError(emergencies, "EmergencyReviewedAlready")
          .withArgs(patient, doctor, openedAt);
      }
    });

    it("rejects a case that does not exist", async () => {
      const { emergencies, doctor, colleague, officer, patient, openedAt } = await loadFixture(opened);
      await expect(emergencies.connect(officer).review(patient, doctor, openedAt - 1, true, REASONS))
        .to.be.revertedWithCustomError(emergencies, "EmergencyCaseUnknown")
        .withArgs(patient, doctor, openedAt - 1);
      await expect(emergencies.connect(officer).review(patient, colleague, openedAt, true, REASONS))
        .to.be.revertedWithCustomError(emergencies, "EmergencyCaseUnknown")
        .withArgs(patient, colleague, openedAt);
    });

    it("rejects whoever is no PrivacyOfficer, the patient and a suspended officer among them", async () => {
      const { accreditation, emergencies, doctor, colleague, officer, patient, openedAt } = await loadFixture(opened);
      await accreditation.suspend(officer, PRIVACY_OFFICER);
      for (const reviewer of [patient, colleague, officer]) {
        await expect(emergencies.connect(reviewer).review(patient, doctor, openedAt, true, REASONS))
          .to.be.revertedWithCustomError(emergencies, "EmergencyReviewerInvalid")
          .withArgs(reviewer);
      }
    });

    it("rejects the patient, the opener and the countersigner, though they be PrivacyOfficers", async () => {
      const { accreditation, emergencies, doctor, colleague, officer, patient } = await loadFixture(licensed);
      const words = { patient: patient.address, clinician: doctor.address, version: 0, evidence: EVIDENCE };
      const countersigned = await authorize(emergencies, colleague, "CountersignEmergency", words);
      await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...countersigned);
      const openedAt = await time.latest();
      for (const reviewer of [patient, doctor, colleague]) {
        await accreditation.accredit(reviewer, PRIVACY_OFFICER, FAR);
        await expect(emergencies.connect(reviewer).review(patient, doctor, openedAt, true, REASONS))
          .to.be.revertedWithCustomError(emergencies, "EmergencyReviewerInvalid")
          .withArgs(reviewer);
      }
      await emergencies.connect(officer).review(patient, doctor, openedAt, false, REASONS);
      expect((await emergencies.caseOf(patient, doctor, openedAt)).countersigner).to.equal(colleague);
    });
  });

  describe("contest", () => {
    it("closes the clinician's access at once", async () => {
      const { emergencies, doctor, patient, openedAt, isOpen } = await loadFixture(opened);
      const now = openedAt + 100;
      await time.setNextBlockTimestamp(now);
      await expect(emergencies.connect(patient).contest(patient, doctor, openedAt))
        .to.emit(emergencies, "EmergencyContested")
        .withArgs(patient, doctor, openedAt, patient);
      expect(await emergencies.caseOf(patient, doctor, openedAt)).to.deep.equal([ZeroAddress, PENDING, true]);
      expect(await emergencies.emergencyOf(patient, doctor)).to.deep.equal([openedAt, now, UNRESTRICTED, 1, 2]);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(1);
      expect(await isOpen()).to.be.false;
    });

    it("leaves other clinicians' emergencies alone", async () => {
      const { emergencies, doctor, colleague, patient, openedAt } = await loadFixture(opened);
      await emergencies.connect(colleague).open(patient, EVIDENCE);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      expect(await emergencies.isOpen(patient, colleague, LABORATORY)).to.be.true;
    });

    it("does not move the end of a case that is over", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      await time.increaseTo(openedAt + FOUR_HOURS + 100);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      expect((await emergencies.emergencyOf(patient, doctor)).until).to.equal(openedAt + FOUR_HOURS);
    });

    it("closes access in its last second too", async () => {
      const { emergencies, doctor, patient, openedAt, isOpen } = await loadFixture(opened);
      await time.setNextBlockTimestamp(openedAt + FOUR_HOURS - 1);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      expect(await isOpen()).to.be.false;
      expect((await emergencies.emergencyOf(patient, doctor)).until).to.equal(openedAt + FOUR_HOURS - 1);
    });

    it("makes the clinician need a countersignature for this patient, until the case is reviewed", async () => {
      const { emergencies, doctor, officer, patient, stranger, openedAt, isOpen } = await loadFixture(opened);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyNeedsCountersignature")
        .withArgs(doctor, 1);
      await emergencies.connect(doctor).open(stranger, EVIDENCE);
      await emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await isOpen()).to.be.true;
    });

    it("does not keep a countersigned clinician from the patient", async () => {
      const { emergencies, doctor, colleague, patient, openedAt, isOpen } = await loadFixture(opened);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      const words = { patient: patient.address, clinician: doctor.address, version: 2, evidence: EVIDENCE };
      const countersigned = await authorize(emergencies, colleague, "CountersignEmergency", words);
      await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...countersigned);
      expect(await isOpen()).to.be.true;
      expect((await emergencies.emergencyOf(patient, doctor)).contestedPending).to.equal(1);
    });

    it("closes the access of today by contesting an older case", async () => {
      const { emergencies, doctor, patient, openedAt, reopenedAt, isOpen } = await loadFixture(openedTwice);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      expect(await isOpen()).to.be.false;
      expect((await emergencies.caseOf(patient, doctor, openedAt)).contested).to.be.true;
      expect((await emergencies.caseOf(patient, doctor, reopenedAt)).contested).to.be.false;
    });

    it("counts each case: the countersignature is needed until both are reviewed", async () => {
      const { emergencies, doctor, officer, patient, openedAt, reopenedAt } = await loadFixture(openedTwice);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await emergencies.connect(patient).contest(patient, doctor, reopenedAt);
      for (const [reviewed, unreviewed] of [
        [openedAt, 1],
        [reopenedAt, 0],
      ] as const) {
        await expect(emergencies.connect(doctor).open(patient, EVIDENCE)).to.be.revertedWithCustomError(
          emergencies,
          "EmergencyNeedsCountersignature",
        );
        await emergencies.connect(officer).review(patient, doctor, reviewed, false, REASONS);
        expect((await emergencies.emergencyOf(patient, doctor)).contestedPending).to.equal(unreviewed);
      }
      await emergencies.connect(doctor).open(patient, EVIDENCE);
    });

    it("closes the access of today by contesting a reviewed case, which then waits for nothing", async () => {
      const { emergencies, doctor, officer, patient, openedAt, isOpen } = await loadFixture(openedTwice);
      await emergencies.connect(officer).review(patient, doctor, openedAt, true, REASONS);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      expect(await isOpen()).to.be.false;
      expect((await emergencies.emergencyOf(patient, doctor)).contestedPending).to.equal(0);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
    });

    it("counts once", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await expect(emergencies.connect(patient).contest(patient, doctor, openedAt))
        .to.be.revertedWithCustomError(emergencies, "EmergencyContestedAlready")
        .withArgs(patient, doctor, openedAt);
    });

    it("rejects a case that does not exist", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      await expect(emergencies.connect(patient).contest(patient, doctor, openedAt + 1))
        .to.be.revertedWithCustomError(emergencies, "EmergencyCaseUnknown")
        .withArgs(patient, doctor, openedAt + 1);
    });

    it("is a delegate's right when its mask covers what is open, who is then the actor", async () => {
      const { consents, emergencies, doctor, guardian, patient, openedAt, isOpen } = await loadFixture(opened);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY | MEDICATIONS);
      await expect(emergencies.connect(guardian).contest(patient, doctor, openedAt))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, guardian);
      await consents.connect(patient).setDelegate(guardian, FAR, UNRESTRICTED);
      await expect(emergencies.connect(guardian).contest(patient, doctor, openedAt))
        .to.emit(emergencies, "EmergencyContested")
        .withArgs(patient, doctor, openedAt, guardian);
      expect(await isOpen()).to.be.false;
    });

    it("rejects everyone else, the clinician among them", async () => {
      const { emergencies, doctor, officer, patient, stranger, openedAt } = await loadFixture(opened);
      for (const caller of [doctor, officer, stranger]) {
        await expect(emergencies.connect(caller).contest(patient, doctor, openedAt))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, caller);
      }
    });
  });

  describe("contestBySig", () => {
    itTakesOnlyTheSignersWord(async ({ emergencies, doctor, relayer }, account) => {
      await emergencies.connect(doctor).open(account, EVIDENCE);
      const openedAt = await time.latest();
      return {
        contract: emergencies,
        message: "ContestEmergency",
        words: { patient: account, clinician: doctor.address, openedAt },
        send: (...authorized) => emergencies.connect(relayer).contestBySig(account, doctor, openedAt, ...authorized),
        isDone: async () => (await emergencies.caseOf(account, doctor, openedAt)).contested,
      };
    });

    it("names the signer as the actor, patient or delegate, not the relayer", async () => {
      const { consents, emergencies, doctor, guardian, patient, relayer, openedAt, reopenedAt, isOpen } =
        await loadFixture(openedTwice);
      await consents.connect(patient).setDelegate(guardian, FAR, UNRESTRICTED);
      for (const [signer, contested] of [
        [patient, openedAt],
        [guardian, reopenedAt],
      ] as const) {
        const words = { patient: patient.address, clinician: doctor.address, openedAt: contested };
        const authorized = await authorize(emergencies, signer, "ContestEmergency", words);
        await expect(emergencies.connect(relayer).contestBySig(patient, doctor, contested, ...authorized))
          .to.emit(emergencies, "EmergencyContested")
          .withArgs(patient, doctor, contested, signer);
      }
      expect(await isOpen()).to.be.false;
    });

    it("counts once", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      const words = { patient: patient.address, clinician: doctor.address, openedAt };
      const authorized = await authorize(emergencies, patient, "ContestEmergency", words);
      await emergencies.contestBySig(patient, doctor, openedAt, ...authorized);
      await expect(emergencies.contestBySig(patient, doctor, openedAt, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "EmergencyContestedAlready")
        .withArgs(patient, doctor, openedAt);
    });

    it("rejects a stranger, a delegate beyond its mask and a removed one, who sign in their own names", async () => {
      const { consents, emergencies, doctor, guardian, nurse, patient, stranger, openedAt } = await loadFixture(opened);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      await consents.connect(patient).setDelegate(nurse, FAR, UNRESTRICTED);
      await consents.connect(patient).setDelegate(nurse, 0, 0);
      const words = { patient: patient.address, clinician: doctor.address, openedAt };
      for (const signer of [stranger, guardian, nurse]) {
        const authorized = await authorize(emergencies, signer, "ContestEmergency", words);
        await expect(emergencies.contestBySig(patient, doctor, openedAt, ...authorized))
          .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
          .withArgs(patient, signer);
      }
    });
  });
});
