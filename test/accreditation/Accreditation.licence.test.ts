import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ROLES, roleNumber } from "../../src/accreditation/role.js";
import { ethers, FAR, loadFixture, setAccreditor, system, time } from "../fixtures.js";

const PRACTITIONER = roleNumber("Practitioner");
const PHARMACY = roleNumber("Pharmacy");

/** The doctor practises by a licence of the admin; the registrar is a second accreditor of Practitioners. */
async function twoAccreditors() {
  const house = await system();
  await setAccreditor(house, "Practitioner", house.registrar, true);
  await house.accreditation.accredit(house.doctor, PRACTITIONER, FAR);
  return house;
}

/** {@link twoAccreditors}, with the doctor's licence about to end. */
async function endingLicence() {
  const house = await twoAccreditors();
  const end = (await time.latest()) + 1000;
  await house.accreditation.accredit(house.doctor, PRACTITIONER, end);
  return { ...house, end };
}

describe("Accreditation", () => {
  describe("accredit", () => {
    it("licenses a participant in one role", async () => {
      const { accreditation, admin, doctor } = await loadFixture(system);
      await expect(accreditation.accredit(doctor, PRACTITIONER, FAR))
        .to.emit(accreditation, "Accredited")
        .withArgs(doctor, PRACTITIONER, admin, FAR);
      expect(await accreditation.licenceOf(doctor, PRACTITIONER)).to.deep.equal([admin.address, FAR, false]);
      for (const [number, role] of ROLES.entries()) {
        expect(await accreditation.isLive(doctor, number), role).to.equal(number === PRACTITIONER);
      }
    });

    it("licenses nobody else", async () => {
      const { accreditation, stranger } = await loadFixture(twoAccreditors);
      expect(await accreditation.licenceOf(stranger, PRACTITIONER)).to.deep.equal([ZeroAddress, 0, false]);
      expect(await accreditation.isLive(stranger, PRACTITIONER)).to.be.false;
    });

    it("renews the accreditor's own licence, for longer or shorter", async () => {
      const { accreditation, doctor } = await loadFixture(twoAccreditors);
      await accreditation.accredit(doctor, PRACTITIONER, FAR + 1);
      expect((await accreditation.licenceOf(doctor, PRACTITIONER)).validUntil).to.equal(FAR + 1);
      await accreditation.accredit(doctor, PRACTITIONER, FAR - 1);
      expect((await accreditation.licenceOf(doctor, PRACTITIONER)).validUntil).to.equal(FAR - 1);
    });

    it("ends the accreditor's own suspension", async () => {
      const { accreditation, doctor } = await loadFixture(twoAccreditors);
      await accreditation.suspend(doctor, PRACTITIONER);
      await accreditation.accredit(doctor, PRACTITIONER, FAR);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });

    it("rejects a caller who is no accreditor", async () => {
      const { accreditation, doctor, stranger } = await loadFixture(system);
      await expect(accreditation.connect(stranger).accredit(doctor, PRACTITIONER, FAR))
        .to.be.revertedWithCustomError(accreditation, "AccreditorNotAllowed")
        .withArgs(PRACTITIONER, stranger);
    });

    it("rejects an accreditor of another role", async () => {
      const { accreditation, registrar, stranger } = await loadFixture(twoAccreditors);
      await expect(accreditation.connect(registrar).accredit(stranger, PHARMACY, FAR))
        .to.be.revertedWithCustomError(accreditation, "AccreditorNotAllowed")
        .withArgs(PHARMACY, registrar);
    });

    it("rejects a dismissed accreditor", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, registrar, stranger } = house;
      await setAccreditor(house, "Practitioner", registrar, false);
      await expect(accreditation.connect(registrar).accredit(stranger, PRACTITIONER, FAR))
        .to.be.revertedWithCustomError(accreditation, "AccreditorNotAllowed")
        .withArgs(PRACTITIONER, registrar);
    });

    it("rejects the zero address", async () => {
      const { accreditation } = await loadFixture(system);
      await expect(accreditation.accredit(ZeroAddress, PRACTITIONER, FAR)).to.be.revertedWithCustomError(
        accreditation,
        "AccreditationAddressZero",
      );
    });

    it("rejects a role that does not exist", async () => {
      const { accreditation, doctor } = await loadFixture(system);
      await expect(accreditation.accredit(doctor, ROLES.length, FAR)).to.be.revertedWithoutReason(ethers);
    });

    it("rejects an end that is not in the future", async () => {
      const { accreditation, doctor } = await loadFixture(system);
      const end = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(end);
      await expect(accreditation.accredit(doctor, PRACTITIONER, end))
        .to.be.revertedWithCustomError(accreditation, "LicenceEndPast")
        .withArgs(end);
    });

    it("takes an end one second ahead", async () => {
      const { accreditation, doctor } = await loadFixture(system);
      const end = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(end - 1);
      await accreditation.accredit(doctor, PRACTITIONER, end);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });

    it("rejects taking over a live licence of another accreditor", async () => {
      const { accreditation, admin, doctor, registrar } = await loadFixture(twoAccreditors);
      await expect(accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR))
        .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
        .withArgs(doctor, PRACTITIONER, admin);
    });

    it("rejects lifting another's suspension by a new licence, even after the licence ended", async () => {
      const { accreditation, admin, doctor, registrar, end } = await loadFixture(endingLicence);
      await accreditation.suspend(doctor, PRACTITIONER);
      const refused = () =>
        expect(accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR))
          .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
          .withArgs(doctor, PRACTITIONER, admin);
      await refused();
      await time.increaseTo(end);
      await refused();
    });

    it("takes over another's licence from the second it has ended", async () => {
      const { accreditation, admin, doctor, registrar, end } = await loadFixture(endingLicence);
      await time.setNextBlockTimestamp(end - 1);
      await expect(accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR))
        .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
        .withArgs(doctor, PRACTITIONER, admin);
      await time.setNextBlockTimestamp(end);
      await accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR);
      expect((await accreditation.licenceOf(doctor, PRACTITIONER)).accreditor).to.equal(registrar);
    });

    it("takes over the licence of a dismissed accreditor, who does not get it back when appointed again", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, admin, doctor, registrar } = house;
      await setAccreditor(house, "Practitioner", admin, false);
      await accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR);
      await setAccreditor(house, "Practitioner", admin, true);
      await expect(accreditation.suspend(doctor, PRACTITIONER))
        .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
        .withArgs(doctor, PRACTITIONER, registrar);
    });

    it("takes over a licence that a dismissed accreditor left suspended", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, admin, doctor, registrar } = house;
      await accreditation.suspend(doctor, PRACTITIONER);
      await setAccreditor(house, "Practitioner", admin, false);
      await accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });
  });

  describe("suspend", () => {
    it("ends a licence until it is reinstated", async () => {
      const { accreditation, admin, doctor } = await loadFixture(twoAccreditors);
      await expect(accreditation.suspend(doctor, PRACTITIONER))
        .to.emit(accreditation, "LicenceSuspended")
        .withArgs(doctor, PRACTITIONER, admin);
      expect(await accreditation.licenceOf(doctor, PRACTITIONER)).to.deep.equal([admin.address, FAR, true]);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.false;
    });

    it("leaves the participant's other roles alone", async () => {
      const { accreditation, doctor } = await loadFixture(twoAccreditors);
      await accreditation.accredit(doctor, PHARMACY, FAR);
      await accreditation.suspend(doctor, PRACTITIONER);
      expect(await accreditation.isLive(doctor, PHARMACY)).to.be.true;
    });
  });

  describe("reinstate", () => {
    it("ends a suspension", async () => {
      const { accreditation, admin, doctor } = await loadFixture(twoAccreditors);
      await accreditation.suspend(doctor, PRACTITIONER);
      await expect(accreditation.reinstate(doctor, PRACTITIONER))
        .to.emit(accreditation, "LicenceReinstated")
        .withArgs(doctor, PRACTITIONER, admin);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });

    it("does not bring back a licence that ended meanwhile", async () => {
      const { accreditation, doctor, end } = await loadFixture(endingLicence);
      await accreditation.suspend(doctor, PRACTITIONER);
      await time.increaseTo(end);
      await accreditation.reinstate(doctor, PRACTITIONER);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.false;
    });
  });

  describe("revoke", () => {
    it("removes a licence", async () => {
      const { accreditation, admin, doctor } = await loadFixture(twoAccreditors);
      await expect(accreditation.revoke(doctor, PRACTITIONER))
        .to.emit(accreditation, "LicenceRevoked")
        .withArgs(doctor, PRACTITIONER, admin);
      expect(await accreditation.licenceOf(doctor, PRACTITIONER)).to.deep.equal([ZeroAddress, 0, false]);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.false;
    });

    it("frees the participant for another accreditor", async () => {
      const { accreditation, doctor, registrar } = await loadFixture(twoAccreditors);
      await accreditation.revoke(doctor, PRACTITIONER);
      await accreditation.connect(registrar).accredit(doctor, PRACTITIONER, FAR);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });

    it("is left to a dismissed accreditor", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, admin, doctor } = house;
      await setAccreditor(house, "Practitioner", admin, false);
      await accreditation.revoke(doctor, PRACTITIONER);
      expect(await accreditation.licenceOf(doctor, PRACTITIONER)).to.deep.equal([ZeroAddress, 0, false]);
    });
  });

  for (const action of ["suspend", "reinstate", "revoke"] as const) {
    describe(`${action}, by anyone but the licence's accreditor`, () => {
      it("rejects another accreditor of the role", async () => {
        const { accreditation, admin, doctor, registrar } = await loadFixture(twoAccreditors);
        await accreditation.suspend(doctor, PRACTITIONER);
        await expect(accreditation.connect(registrar)[action](doctor, PRACTITIONER))
          .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
          .withArgs(doctor, PRACTITIONER, admin);
      });

      it("rejects the participant", async () => {
        const { accreditation, admin, doctor } = await loadFixture(twoAccreditors);
        await expect(accreditation.connect(doctor)[action](doctor, PRACTITIONER))
          .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
          .withArgs(doctor, PRACTITIONER, admin);
      });

      it("rejects a licence nobody holds", async () => {
        const { accreditation, stranger } = await loadFixture(twoAccreditors);
        await expect(accreditation[action](stranger, PRACTITIONER))
          .to.be.revertedWithCustomError(accreditation, "LicenceNotYours")
          .withArgs(stranger, PRACTITIONER, ZeroAddress);
      });
    });
  }

  describe("isLive", () => {
    it("ends with the licence, to the second", async () => {
      const { accreditation, doctor, end } = await loadFixture(endingLicence);
      await time.increaseTo(end - 1);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
      await time.increaseTo(end);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.false;
    });

    it("ends with the accreditor's dismissal and comes back with its appointment", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, admin, doctor } = house;
      await setAccreditor(house, "Practitioner", admin, false);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.false;
      await setAccreditor(house, "Practitioner", admin, true);
      expect(await accreditation.isLive(doctor, PRACTITIONER)).to.be.true;
    });

    it("keeps licences of other roles when an accreditor is dismissed from one", async () => {
      const house = await loadFixture(twoAccreditors);
      const { accreditation, admin, doctor } = house;
      await accreditation.accredit(doctor, PHARMACY, FAR);
      await setAccreditor(house, "Practitioner", admin, false);
      expect(await accreditation.isLive(doctor, PHARMACY)).to.be.true;
    });
  });
});
