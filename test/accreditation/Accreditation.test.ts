import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, licensed, loadFixture, setAccreditor, system, time } from "../fixtures.js";

const PRACTITIONER = roleNumber("Practitioner");
const PHARMACY = roleNumber("Pharmacy");

describe("Accreditation", () => {
  describe("setMember", () => {
    it("puts a member on the caller's staff", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      await expect(accreditation.connect(hospital).setMember(nurse, FAR))
        .to.emit(accreditation, "MemberSet")
        .withArgs(hospital, nurse, FAR);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.true;
      expect(await accreditation.actsFor(nurse, hospital)).to.be.true;
    });

    it("removes a member", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      await accreditation.connect(hospital).setMember(nurse, FAR);
      await accreditation.connect(hospital).setMember(nurse, 0);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.false;
    });

    it("rejects the zero address", async () => {
      const { accreditation, hospital } = await loadFixture(system);
      await expect(accreditation.connect(hospital).setMember(ZeroAddress, FAR)).to.be.revertedWithCustomError(
        accreditation,
        "AccreditationAddressZero",
      );
    });
  });

  describe("actedForSince", () => {
    it("is true of the organisation itself, also when it named itself later", async () => {
      const { accreditation, hospital } = await loadFixture(system);
      expect(await accreditation.actedForSince(hospital, hospital, 0)).to.be.true;
      await accreditation.connect(hospital).setMember(hospital, FAR);
      expect(await accreditation.actedForSince(hospital, hospital, 0)).to.be.true;
    });

    it("is true of staff from the second it was named", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      await accreditation.connect(hospital).setMember(nurse, FAR);
      const named = await time.latest();
      expect(await accreditation.actedForSince(nurse, hospital, named)).to.be.true;
      expect(await accreditation.actedForSince(nurse, hospital, named - 1)).to.be.false;
      expect(await accreditation.actedForSince(hospital, nurse, named)).to.be.false;
    });

    it("keeps the beginning through a renewal, not through an end", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      await accreditation.connect(hospital).setMember(nurse, FAR);
      const named = await time.latest();
      await accreditation.connect(hospital).setMember(nurse, FAR + 1);
      expect(await accreditation.actedForSince(nurse, hospital, named)).to.be.true;
      await accreditation.connect(hospital).setMember(nurse, 0);
      expect(await accreditation.actedForSince(nurse, hospital, named)).to.be.false;
      await accreditation.connect(hospital).setMember(nurse, FAR);
      expect(await accreditation.actedForSince(nurse, hospital, named)).to.be.false;
    });

    it("is false of staff whose time is over", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      const until = (await time.latest()) + 100;
      await accreditation.connect(hospital).setMember(nurse, until);
      const named = await time.latest();
      await time.increaseTo(until);
      expect(await accreditation.actedForSince(nurse, hospital, named)).to.be.false;
    });
  });

  describe("actsFor", () => {
    it("is true of the organisation itself", async () => {
      const { accreditation, hospital } = await loadFixture(system);
      expect(await accreditation.actsFor(hospital, hospital)).to.be.true;
    });

    it("is false of a stranger, of another's staff and the other way round", async () => {
      const { accreditation, clinic, hospital, nurse, stranger } = await loadFixture(system);
      await accreditation.connect(hospital).setMember(nurse, FAR);
      expect(await accreditation.actsFor(stranger, hospital)).to.be.false;
      expect(await accreditation.actsFor(nurse, clinic)).to.be.false;
      expect(await accreditation.actsFor(hospital, nurse)).to.be.false;
    });

    it("ends with the membership, to the second", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      const end = (await time.latest()) + 1000;
      await accreditation.connect(hospital).setMember(nurse, end);
      await time.increaseTo(end - 1);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.true;
      await time.increaseTo(end);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.false;
    });
  });

  describe("mayAct", () => {
    it("needs both the membership and the organisation's licence", async () => {
      const { accreditation, doctor, nurse, stranger } = await loadFixture(licensed);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      await accreditation.connect(stranger).setMember(nurse, FAR);
      expect(await accreditation.mayAct(doctor, doctor, PRACTITIONER)).to.be.true;
      expect(await accreditation.mayAct(nurse, doctor, PRACTITIONER)).to.be.true;
      expect(await accreditation.mayAct(stranger, doctor, PRACTITIONER)).to.be.false;
      expect(await accreditation.mayAct(nurse, stranger, PRACTITIONER)).to.be.false;
      expect(await accreditation.mayAct(nurse, doctor, PHARMACY)).to.be.false;
    });

    it("does not lend the organisation the licence of its staff", async () => {
      const { accreditation, doctor, hospital } = await loadFixture(licensed);
      await accreditation.connect(hospital).setMember(doctor, FAR);
      expect(await accreditation.mayAct(doctor, hospital, PRACTITIONER)).to.be.false;
    });

    it("stops the staff with the organisation's licence", async () => {
      const { accreditation, doctor, nurse } = await loadFixture(licensed);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      await accreditation.suspend(doctor, PRACTITIONER);
      expect(await accreditation.mayAct(nurse, doctor, PRACTITIONER)).to.be.false;
    });
  });

  describe("setAccreditor", () => {
    it("appoints an accreditor of one role, and dismisses it", async () => {
      const house = await loadFixture(system);
      const { accreditation, registrar } = house;
      await expect(setAccreditor(house, "Pharmacy", registrar, true))
        .to.emit(accreditation, "AccreditorSet")
        .withArgs(PHARMACY, registrar, true);
      expect(await accreditation.isAccreditor(PHARMACY, registrar)).to.be.true;
      expect(await accreditation.isAccreditor(PRACTITIONER, registrar)).to.be.false;
      await expect(setAccreditor(house, "Pharmacy", registrar, false))
        .to.emit(accreditation, "AccreditorSet")
        .withArgs(PHARMACY, registrar, false);
      expect(await accreditation.isAccreditor(PHARMACY, registrar)).to.be.false;
    });

    it("rejects the zero address", async () => {
      const house = await loadFixture(system);
      await expect(setAccreditor(house, "Pharmacy", { address: ZeroAddress }, true)).to.be.revertedWithCustomError(
        house.accreditation,
        "AccreditationAddressZero",
      );
    });

    it("rejects an accreditor, and anyone else who is not the admin", async () => {
      const house = await loadFixture(system);
      const { accreditation, registrar, stranger } = house;
      await setAccreditor(house, "Pharmacy", registrar, true);
      for (const caller of [registrar, stranger]) {
        await expect(accreditation.connect(caller).setAccreditor(PHARMACY, caller, true))
          .to.be.revertedWithCustomError(accreditation, "AccessManagedUnauthorized")
          .withArgs(caller);
      }
    });
  });

  describe("multicall", () => {
    it("acts as its caller in every call", async () => {
      const { accreditation, hospital, nurse, doctor } = await loadFixture(system);
      const calls = [nurse, doctor].map(({ address }) =>
        accreditation.interface.encodeFunctionData("setMember", [address, FAR]),
      );
      await accreditation.connect(hospital).multicall(calls);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.true;
      expect(await accreditation.actsFor(doctor, hospital)).to.be.true;
    });

    it("does nothing when one of its calls fails, and gives no caller more rights", async () => {
      const { accreditation, hospital, nurse } = await loadFixture(system);
      const calls = [
        accreditation.interface.encodeFunctionData("setMember", [nurse.address, FAR]),
        accreditation.interface.encodeFunctionData("accredit", [hospital.address, PRACTITIONER, FAR]),
      ];
      await expect(accreditation.connect(hospital).multicall(calls))
        .to.be.revertedWithCustomError(accreditation, "AccreditorNotAllowed")
        .withArgs(PRACTITIONER, hospital);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.false;
      const appoint = accreditation.interface.encodeFunctionData("setAccreditor", [PHARMACY, hospital.address, true]);
      await expect(accreditation.connect(hospital).multicall([appoint]))
        .to.be.revertedWithCustomError(accreditation, "AccessManagedUnauthorized")
        .withArgs(hospital);
    });
  });
});
