import { expect } from "chai";
import { id, ZeroAddress } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ADMIN_DELAY, ALL_CATEGORIES, ethers, FAR, LABORATORY, licensed, loadFixture } from "../fixtures.js";
import { RESTRICTED, time, UNRESTRICTED } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const EVIDENCE = id("unconscious after a fall");
const FOUR_HOURS = 4 * 60 * 60;
const PRACTITIONER = roleNumber("Practitioner");
const PENDING = 1;

/** The doctor broke the glass for the patient. */
async function opened() {
  const house = await licensed();
  const { emergencies, doctor, patient } = house;
  await emergencies.connect(doctor).open(patient, EVIDENCE);
  return { ...house, openedAt: await time.latest() };
}

/** Three of the doctor's cases, of three patients, wait for review. */
async function busy() {
  const house = await licensed();
  const { emergencies, doctor, clinic, hospital, nurse } = house;
  for (const patient of [clinic, hospital, nurse]) await emergencies.connect(doctor).open(patient, EVIDENCE);
  return house;
}

describe("EmergencyAccess", () => {
  it("signs as Aceso EmergencyAccess, version 1, and knows its contracts and limits", async () => {
    const { emergencies, accreditation, consents } = await loadFixture(licensed);
    const { name, version } = await emergencies.eip712Domain();
    expect([name, version]).to.deep.equal(["Aceso EmergencyAccess", "1"]);
    expect(await emergencies.ACCREDITATION()).to.equal(accreditation);
    expect(await emergencies.CONSENTS()).to.equal(consents);
    expect(await emergencies.DURATION()).to.equal(FOUR_HOURS);
    expect(await emergencies.UNREVIEWED_LIMIT()).to.equal(3);
  });

  describe("open", () => {
    it("opens everything but restricted data to the clinician for four hours", async () => {
      const { emergencies, doctor, patient } = await loadFixture(licensed);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.emit(emergencies, "EmergencyOpened")
        .withArgs(patient, doctor, ZeroAddress, now, now + FOUR_HOURS, UNRESTRICTED, EVIDENCE);
      expect(await emergencies.emergencyOf(patient, doctor)).to.deep.equal([now, now + FOUR_HOURS, UNRESTRICTED, 0, 1]);
      expect(await emergencies.caseOf(patient, doctor, now)).to.deep.equal([ZeroAddress, PENDING, false]);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(1);
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.true;
      expect(await emergencies.isOpen(patient, doctor, RESTRICTED)).to.be.false;
    });

    it("opens what the patient set beforehand, restricted data too", async () => {
      const { emergencies, doctor, patient } = await loadFixture(licensed);
      await emergencies.connect(patient).setPreference(patient, LABORATORY | RESTRICTED);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY | RESTRICTED)).to.be.true;
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.false;
    });

    it("rejects a patient who opted out", async () => {
      const { emergencies, doctor, patient } = await loadFixture(licensed);
      await emergencies.connect(patient).setPreference(patient, 0);
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyOptedOut")
        .withArgs(patient);
    });

    it("rejects whoever is no Practitioner, such as other roles and a Practitioner's staff", async () => {
      const { accreditation, emergencies, patient, doctor, hospital, officer, nurse } = await loadFixture(licensed);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      for (const caller of [patient, hospital, officer, nurse]) {
        await expect(emergencies.connect(caller).open(patient, EVIDENCE))
          .to.be.revertedWithCustomError(emergencies, "EmergencyNotPractitioner")
          .withArgs(caller);
      }
    });

    it("rejects a Practitioner whose licence is suspended, or over in this second", async () => {
      const { accreditation, emergencies, doctor, colleague, patient } = await loadFixture(licensed);
      await accreditation.suspend(doctor, PRACTITIONER);
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyNotPractitioner")
        .withArgs(doctor);
      const end = (await time.latest()) + 100;
      await accreditation.accredit(colleague, PRACTITIONER, end);
      await time.setNextBlockTimestamp(end);
      await expect(emergencies.connect(colleague).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyNotPractitioner")
        .withArgs(colleague);
    });

    it("opens again a second later as a case of its own, and rejects the same second", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      await expect(emergencies.connect(doctor).open.staticCall(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyOpenedAlready")
        .withArgs(patient, doctor, openedAt);
      await time.setNextBlockTimestamp(openedAt + 1);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await emergencies.caseOf(patient, doctor, openedAt)).to.deep.equal([ZeroAddress, PENDING, false]);
      expect(await emergencies.caseOf(patient, doctor, openedAt + 1)).to.deep.equal([ZeroAddress, PENDING, false]);
      expect((await emergencies.emergencyOf(patient, doctor)).until).to.equal(openedAt + 1 + FOUR_HOURS);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(2);
    });

    it("covers, when opened again, what the patient has set meanwhile", async () => {
      const { emergencies, doctor, patient } = await loadFixture(opened);
      await emergencies.connect(patient).setPreference(patient, LABORATORY);
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.true;
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.false;
    });

    it("needs a countersignature from the fourth unreviewed case on, whoever the patient", async () => {
      const { emergencies, doctor, colleague, patient } = await loadFixture(busy);
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyNeedsCountersignature")
        .withArgs(doctor, 3);
      await emergencies.connect(colleague).open(patient, EVIDENCE);
    });

    it("needs none once a case was reviewed", async () => {
      const { emergencies, doctor, officer, patient, nurse } = await loadFixture(busy);
      const { openedAt } = await emergencies.emergencyOf(nurse, doctor);
      await emergencies.connect(officer).review(nurse, doctor, openedAt, false, EVIDENCE);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(3);
    });
  });

  describe("openCountersigned", () => {
    itTakesOnlyTheSignersWord(async ({ accreditation, emergencies, patient, doctor }, account) => {
      await accreditation.accredit(account, PRACTITIONER, FAR);
      return {
        contract: emergencies,
        message: "CountersignEmergency",
        words: { patient: patient.address, clinician: doctor.address, version: 0, evidence: EVIDENCE },
        send: (...authorized) => emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...authorized),
        isDone: () => emergencies.isOpen(patient, doctor, UNRESTRICTED),
      };
    });

    /** The busy doctor, with what a second Practitioner signs for the doctor's next case of the patient. */
    async function countersigning() {
      const house = await busy();
      const { emergencies, patient, doctor, colleague } = house;
      const words = { patient: patient.address, clinician: doctor.address, version: 0, evidence: EVIDENCE };
      const countersign = (changes: Record<string, unknown> = {}, signer = colleague) =>
        authorize(emergencies, signer, "CountersignEmergency", { ...words, ...changes });
      return { ...house, countersign };
    }

    it("opens to the clinician and names both", async () => {
      const { emergencies, doctor, colleague, patient, countersign } = await loadFixture(countersigning);
      const now = (await time.latest()) + 100;
      const authorized = await countersign();
      await time.setNextBlockTimestamp(now);
      await expect(emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...authorized))
        .to.emit(emergencies, "EmergencyOpened")
        .withArgs(patient, doctor, colleague, now, now + FOUR_HOURS, UNRESTRICTED, EVIDENCE);
      expect(await emergencies.caseOf(patient, doctor, now)).to.deep.equal([colleague.address, PENDING, false]);
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.true;
      expect(await emergencies.isOpen(patient, colleague, UNRESTRICTED)).to.be.false;
      expect(await emergencies.unreviewedOf(doctor)).to.equal(4);
      expect(await emergencies.unreviewedOf(colleague)).to.equal(0);
    });

    it("is never refused for being busy: a mass casualty is treated", async () => {
      const { emergencies, doctor, countersign } = await loadFixture(countersigning);
      for (let casualty = 0; casualty < 10; ++casualty) {
        const patient = ethers.Wallet.createRandom().address;
        await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...(await countersign({ patient })));
        expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.true;
      }
      expect(await emergencies.unreviewedOf(doctor)).to.equal(13);
    });

    it("counts once", async () => {
      const { emergencies, doctor, colleague, patient, countersign } = await loadFixture(countersigning);
      const authorized = await countersign();
      await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...authorized);
      await expect(emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "SignatureInvalid")
        .withArgs(colleague);
    });

    it("is void once the patient contested, or an officer reviewed, after it was signed", async () => {
      const { emergencies, doctor, colleague, officer, patient, countersign } = await loadFixture(countersigning);
      const open = (authorized: Awaited<ReturnType<typeof countersign>>) =>
        emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...authorized);
      await open(await countersign());
      const openedAt = await time.latest();
      const beforeContest = await countersign({ version: 1 });
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      const beforeReview = await countersign({ version: 2 });
      await expect(open(beforeContest))
        .to.be.revertedWithCustomError(emergencies, "SignatureInvalid")
        .withArgs(colleague);
      await emergencies.connect(officer).review(patient, doctor, openedAt, false, EVIDENCE);
      await expect(open(beforeReview))
        .to.be.revertedWithCustomError(emergencies, "SignatureInvalid")
        .withArgs(colleague);
      await open(await countersign({ version: 3 }));
      expect(await emergencies.isOpen(patient, doctor, UNRESTRICTED)).to.be.true;
    });

    it("takes a new signature for the case after, in a later second", async () => {
      const { emergencies, doctor, patient, countersign } = await loadFixture(countersigning);
      await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...(await countersign()));
      const openedAt = await time.latest();
      const next = await countersign({ version: 1 });
      await expect(emergencies.connect(doctor).openCountersigned.staticCall(patient, EVIDENCE, ...next))
        .to.be.revertedWithCustomError(emergencies, "EmergencyOpenedAlready")
        .withArgs(patient, doctor, openedAt);
      await emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...next);
      expect(await emergencies.unreviewedOf(doctor)).to.equal(5);
    });

    it("rejects a signature for another clinician", async () => {
      const { accreditation, emergencies, colleague, patient, stranger, countersign } =
        await loadFixture(countersigning);
      await accreditation.accredit(stranger, PRACTITIONER, FAR);
      await expect(emergencies.connect(stranger).openCountersigned(patient, EVIDENCE, ...(await countersign())))
        .to.be.revertedWithCustomError(emergencies, "SignatureInvalid")
        .withArgs(colleague);
    });

    it("rejects the clinician's own countersignature", async () => {
      const { emergencies, doctor, patient, countersign } = await loadFixture(countersigning);
      await expect(emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...(await countersign({}, doctor))))
        .to.be.revertedWithCustomError(emergencies, "EmergencyCountersignedByOpener")
        .withArgs(doctor);
    });

    it("rejects a countersigner who is no Practitioner, or no longer", async () => {
      const { accreditation, emergencies, doctor, colleague, officer, patient, countersign } =
        await loadFixture(countersigning);
      await accreditation.suspend(colleague, PRACTITIONER);
      for (const signer of [officer, colleague]) {
        await expect(
          emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...(await countersign({}, signer))),
        )
          .to.be.revertedWithCustomError(emergencies, "EmergencyNotPractitioner")
          .withArgs(signer);
      }
    });

    it("rejects a clinician who is no Practitioner, whoever countersigns", async () => {
      const { emergencies, patient, stranger, countersign } = await loadFixture(countersigning);
      const authorized = await countersign({ clinician: stranger.address });
      await expect(emergencies.connect(stranger).openCountersigned(patient, EVIDENCE, ...authorized))
        .to.be.revertedWithCustomError(emergencies, "EmergencyNotPractitioner")
        .withArgs(stranger);
    });

    it("rejects a patient who opted out, whoever countersigns", async () => {
      const { emergencies, doctor, patient, countersign } = await loadFixture(countersigning);
      await emergencies.connect(patient).setPreference(patient, 0);
      await expect(emergencies.connect(doctor).openCountersigned(patient, EVIDENCE, ...(await countersign())))
        .to.be.revertedWithCustomError(emergencies, "EmergencyOptedOut")
        .withArgs(patient);
    });
  });

  describe("isOpen", () => {
    it("ends after four hours, to the second", async () => {
      const { emergencies, doctor, patient, openedAt } = await loadFixture(opened);
      await time.increaseTo(openedAt + FOUR_HOURS - 1);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
      await time.increaseTo(openedAt + FOUR_HOURS);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.false;
    });

    it("needs every category asked, and at least one", async () => {
      const { emergencies, doctor, patient } = await loadFixture(opened);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
      for (const categories of [0n, ALL_CATEGORIES, LABORATORY | (1n << 21n), 1n << 47n]) {
        expect(await emergencies.isOpen(patient, doctor, categories)).to.be.false;
      }
    });

    it("is false of other clinicians, other patients and nobody's emergency", async () => {
      const { emergencies, doctor, colleague, patient, stranger } = await loadFixture(opened);
      expect(await emergencies.isOpen(patient, colleague, LABORATORY)).to.be.false;
      expect(await emergencies.isOpen(stranger, doctor, LABORATORY)).to.be.false;
      expect(await emergencies.emergencyOf(stranger, doctor)).to.deep.equal([0, 0, 0, 0, 0]);
    });

    it("ends with the clinician's licence, suspended in the middle of the emergency", async () => {
      const { accreditation, emergencies, doctor, patient } = await loadFixture(opened);
      await accreditation.suspend(doctor, PRACTITIONER);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.false;
      await accreditation.reinstate(doctor, PRACTITIONER);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
    });

    it("ends with the dismissal of the clinician's accreditor in the middle of the emergency", async () => {
      const { accessManager, accreditation, admin, emergencies, doctor, patient } = await loadFixture(licensed);
      const dismissal = accreditation.interface.encodeFunctionData("setAccreditor", [
        PRACTITIONER,
        admin.address,
        false,
      ]);
      await accessManager.schedule(accreditation, dismissal, 0);
      await time.increase(ADMIN_DELAY);
      await emergencies.connect(doctor).open(patient, EVIDENCE);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
      await accessManager.execute(accreditation, dismissal);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.false;
    });

    it("outlasts an opt-out that came after it, which stops the next", async () => {
      const { emergencies, doctor, patient } = await loadFixture(opened);
      await emergencies.connect(patient).setPreference(patient, 0);
      expect(await emergencies.isOpen(patient, doctor, LABORATORY)).to.be.true;
      await expect(emergencies.connect(doctor).open(patient, EVIDENCE))
        .to.be.revertedWithCustomError(emergencies, "EmergencyOptedOut")
        .withArgs(patient);
    });
  });
});
