import { expect } from "chai";
import { id, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ALL_CATEGORIES, BTG, FAR, LABORATORY, licensed, loadFixture, MEDICATIONS, POLICY } from "../fixtures.js";
import { RESEARCH, RESTRICTED, TERMS, time, TREAT, UNRESTRICTED } from "../fixtures.js";

const FOUR_HOURS = 4 * 60 * 60;

/** The hospital, whose staff the nurse is, may use the patient's laboratory results and medications to treat. */
async function consented() {
  const house = await licensed();
  const { consents, records, patient, hospital } = house;
  await consents.connect(patient).grant(patient, hospital, POLICY, TERMS);
  const access = {
    patient: patient.address,
    grantee: hospital.address,
    policy: POLICY,
    purpose: TREAT,
    categories: LABORATORY,
    records: id("what was opened"),
    actor: id("who opened it"),
  };
  const refusesTo = (changes: Partial<typeof access>, caller = hospital) =>
    expect(records.connect(caller).logAccess({ ...access, ...changes }))
      .to.be.revertedWithCustomError(records, "AccessNotPermitted")
      .withArgs(
        changes.patient ?? access.patient,
        changes.grantee ?? access.grantee,
        changes.purpose ?? access.purpose,
        changes.categories ?? access.categories,
      );
  return { ...house, access, refusesTo };
}

/** {@link consented}, and the doctor broke the glass. */
async function emergency() {
  const house = await consented();
  const { emergencies, patient, doctor, access } = house;
  await emergencies.connect(doctor).open(patient, id("unconscious after a fall"));
  const breaking = { ...access, grantee: doctor.address, policy: ZeroHash, purpose: BTG };
  return { ...house, breaking, openedAt: await time.latest() };
}

describe("RecordRegistry", () => {
  describe("logAccess, on a consent", () => {
    it("writes the opening into the trail", async () => {
      const { records, patient, hospital, access } = await loadFixture(consented);
      await expect(records.connect(hospital).logAccess(access))
        .to.emit(records, "AccessLogged")
        .withArgs(patient, hospital, TREAT, POLICY, LABORATORY, access.records, access.actor, hospital);
    });

    it("names the member of staff who wrote it", async () => {
      const { records, patient, hospital, nurse, access } = await loadFixture(consented);
      const wide = { ...access, categories: LABORATORY | MEDICATIONS };
      await expect(records.connect(nurse).logAccess(wide))
        .to.emit(records, "AccessLogged")
        .withArgs(patient, hospital, TREAT, POLICY, wide.categories, access.records, access.actor, nurse);
    });

    it("rejects whoever frames a grantee: a stranger, the patient, the admin, another organisation", async () => {
      const { records, admin, patient, clinic, hospital, stranger, access } = await loadFixture(consented);
      for (const caller of [stranger, patient, admin, clinic]) {
        await expect(records.connect(caller).logAccess(access))
          .to.be.revertedWithCustomError(records, "AccessCallerInvalid")
          .withArgs(hospital, caller);
      }
    });

    it("rejects staff whose membership is over in this second", async () => {
      const { accreditation, records, hospital, nurse, access } = await loadFixture(consented);
      const end = (await time.latest()) + 100;
      await accreditation.connect(hospital).setMember(nurse, end);
      await time.setNextBlockTimestamp(end);
      await expect(records.connect(nurse).logAccess(access))
        .to.be.revertedWithCustomError(records, "AccessCallerInvalid")
        .withArgs(hospital, nurse);
    });

    it("rejects what the consent does not cover", async () => {
      const { stranger, refusesTo } = await loadFixture(consented);
      await refusesTo({ patient: stranger.address });
      await refusesTo({ policy: ZeroHash });
      for (const purpose of [RESEARCH, 62, 79, 80, 255]) await refusesTo({ purpose });
      for (const categories of [0n, LABORATORY | RESTRICTED, LABORATORY | (1n << 21n)]) await refusesTo({ categories });
    });

    it("rejects a grantee without a consent, in its own name", async () => {
      const { clinic, refusesTo } = await loadFixture(consented);
      await refusesTo({ grantee: clinic.address }, clinic);
    });

    it("counts from the first second of the consent to its last", async () => {
      const { consents, records, patient, hospital, access, refusesTo } = await loadFixture(consented);
      const validFrom = (await time.latest()) + 100;
      const validUntil = validFrom + 100;
      await consents.connect(patient).grant(patient, hospital, POLICY, { ...TERMS, validFrom, validUntil });
      await time.setNextBlockTimestamp(validFrom - 1);
      await refusesTo({});
      await time.setNextBlockTimestamp(validFrom);
      await records.connect(hospital).logAccess(access);
      await time.setNextBlockTimestamp(validUntil - 1);
      await records.connect(hospital).logAccess(access);
      await time.setNextBlockTimestamp(validUntil);
      await refusesTo({});
    });

    it("ends with a revocation", async () => {
      const { consents, patient, hospital, refusesTo } = await loadFixture(consented);
      await consents.connect(patient).revoke(patient, hospital, POLICY);
      await refusesTo({});
      await consents.connect(patient).grant(patient, hospital, POLICY, TERMS);
      await consents.connect(patient).revokeAll();
      await refusesTo({});
    });
  });

  describe("logAccess, in an emergency", () => {
    it("writes the opening into the trail as breaking the glass", async () => {
      const { records, patient, doctor, breaking } = await loadFixture(emergency);
      const wide = { ...breaking, categories: UNRESTRICTED };
      await expect(records.connect(doctor).logAccess(wide))
        .to.emit(records, "AccessLogged")
        .withArgs(patient, doctor, BTG, ZeroHash, UNRESTRICTED, breaking.records, breaking.actor, doctor);
    });

    it("lets the clinician's staff write it", async () => {
      const { accreditation, records, patient, doctor, nurse, breaking } = await loadFixture(emergency);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      await expect(records.connect(nurse).logAccess(breaking))
        .to.emit(records, "AccessLogged")
        .withArgs(patient, doctor, BTG, ZeroHash, LABORATORY, breaking.records, breaking.actor, nurse);
    });

    it("rejects breaking the glass without an emergency, a consent notwithstanding", async () => {
      const { refusesTo } = await loadFixture(consented);
      await refusesTo({ purpose: BTG });
    });

    it("rejects any other purpose without a consent, the emergency notwithstanding", async () => {
      const { doctor, breaking, refusesTo } = await loadFixture(emergency);
      await refusesTo({ ...breaking, purpose: TREAT }, doctor);
    });

    it("rejects another clinician and the organisation of the one who opened", async () => {
      const { accreditation, colleague, doctor, hospital, breaking, refusesTo } = await loadFixture(emergency);
      await accreditation.connect(hospital).setMember(doctor, FAR);
      await refusesTo({ ...breaking, grantee: colleague.address }, colleague);
      await refusesTo({ ...breaking, grantee: hospital.address }, doctor);
    });

    it("rejects restricted data and no data", async () => {
      const { doctor, breaking, refusesTo } = await loadFixture(emergency);
      for (const categories of [RESTRICTED, ALL_CATEGORIES, 0n]) await refusesTo({ ...breaking, categories }, doctor);
    });

    it("takes restricted data that the patient left open beforehand", async () => {
      const { emergencies, records, patient, doctor, breaking } = await loadFixture(emergency);
      await emergencies.connect(patient).setPreference(patient, RESTRICTED);
      await emergencies.connect(doctor).open(patient, ZeroHash);
      await records.connect(doctor).logAccess({ ...breaking, categories: RESTRICTED });
    });

    it("counts until the last second of the emergency", async () => {
      const { records, doctor, breaking, openedAt, refusesTo } = await loadFixture(emergency);
      await time.setNextBlockTimestamp(openedAt + FOUR_HOURS - 1);
      await records.connect(doctor).logAccess(breaking);
      await time.setNextBlockTimestamp(openedAt + FOUR_HOURS);
      await refusesTo(breaking, doctor);
    });

    it("ends when the patient contests or the licence is suspended", async () => {
      const { accreditation, emergencies, patient, doctor, breaking, openedAt, refusesTo } =
        await loadFixture(emergency);
      await accreditation.suspend(doctor, roleNumber("Practitioner"));
      await refusesTo(breaking, doctor);
      await accreditation.reinstate(doctor, roleNumber("Practitioner"));
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await refusesTo(breaking, doctor);
    });

    it("rejects whoever frames the clinician", async () => {
      const { records, doctor, colleague, breaking } = await loadFixture(emergency);
      await expect(records.connect(colleague).logAccess(breaking))
        .to.be.revertedWithCustomError(records, "AccessCallerInvalid")
        .withArgs(doctor, colleague);
    });
  });
});
