import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ArtifactResolver, deploy } from "@nomicfoundation/ignition-core";
import { expect } from "chai";
import { type BaseContract, id } from "ethers";
import { artifacts, network } from "hardhat";

import Handover from "../deploy/modules/Handover.js";
import System from "../deploy/modules/System.js";
import { ROLES, roleNumber } from "../src/accreditation/role.js";
import { AccessManager__factory, Accreditation__factory } from "../src/generated/index.js";
import { ADMIN_DELAY, ethers, FAR, ignition, LABORATORY, licensed, loadFixture, POLICY } from "./fixtures.js";
import { record, setAccreditor, system, TERMS, time, TREAT } from "./fixtures.js";

const ADMIN_ROLE = 0;
const WEEK = 7 * 24 * 60 * 60;
const PHARMACY = roleNumber("Pharmacy");
const PRACTITIONER = roleNumber("Practitioner");
const PROVIDER = roleNumber("Provider");

/** An admin action is due: to appoint the registrar. */
async function appointing() {
  const house = await system();
  const { accessManager, accreditation, admin, registrar } = house;
  const action = accreditation.interface.encodeFunctionData("setAccreditor", [PHARMACY, registrar.address, true]);
  const operation = await accessManager.hashOperation(admin, accreditation, action);
  return { ...house, action, operation };
}

/** {@link appointing}, scheduled: `ready` is the first second it may be executed. */
async function scheduled() {
  const house = await appointing();
  await house.accessManager.schedule(house.accreditation, house.action, 0);
  return { ...house, ready: (await time.latest()) + ADMIN_DELAY };
}

/** A patient with a consent, a delegate, a record and an open emergency. */
async function livedIn() {
  const house = await licensed();
  const { consents, emergencies, records, patient, guardian, hospital, doctor } = house;
  const { key, id: recordId } = record(patient, hospital);
  await consents.connect(patient).grant(patient, hospital, POLICY, TERMS);
  await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
  await emergencies.connect(patient).setPreference(patient, LABORATORY);
  await emergencies.connect(doctor).open(patient, id("unconscious after a fall"));
  await records.connect(hospital).anchor(PROVIDER, key, id("ciphertext"));
  const state = async () => [
    await consents.consentOf(patient, hospital, POLICY),
    await consents.delegateOf(patient, guardian),
    await consents.permits(patient, hospital, POLICY, TREAT, LABORATORY),
    await emergencies.preferenceOf(patient),
    await emergencies.emergencyOf(patient, doctor),
    await records.digestOf(recordId),
  ];
  return { ...house, key, recordId, openedAt: (await emergencies.emergencyOf(patient, doctor)).openedAt, state };
}

/** The account that deploys, and another. */
async function deployers() {
  const [deployer, other] = await ethers.getSigners();
  return [deployer!, other!] as const;
}

/** The contracts the admin acts on, of a deployment. */
async function adminOf(deployment: Promise<{ accessManager: BaseContract; accreditation: BaseContract }>) {
  const deployed = await deployment;
  const [deployer] = await deployers();
  return {
    accessManager: AccessManager__factory.connect(deployed.accessManager.target as string, deployer),
    accreditation: Accreditation__factory.connect(deployed.accreditation.target as string, deployer),
  };
}

/** Has the admin act on any contract: scheduled, waited for, executed. */
async function actAsAdmin({ accessManager }: Awaited<ReturnType<typeof system>>, target: string, action: string) {
  await accessManager.schedule(target, action, 0);
  await time.increase(ADMIN_DELAY);
  return accessManager.execute(target, action);
}

describe("deployment", () => {
  describe("System", () => {
    it("appoints the deployer accreditor of every role and puts it under a delay of two days", async () => {
      const { accessManager, accreditation, admin } = await loadFixture(system);
      for (const role of ROLES) expect(await accreditation.isAccreditor(roleNumber(role), admin), role).to.be.true;
      expect(await accessManager.hasRole(ADMIN_ROLE, admin)).to.deep.equal([true, ADMIN_DELAY]);
      expect(await accreditation.authority()).to.equal(accessManager);
    });

    it("appoints another accreditor and sets another delay when its parameters say so", async () => {
      const [deployer, accreditor] = await deployers();
      const parameters = { Core: { accreditor: accreditor.address }, System: { adminDelay: WEEK } };
      const { accessManager, accreditation } = await adminOf(ignition.deploy(System, { parameters }));
      for (const role of ROLES) {
        expect(await accreditation.isAccreditor(roleNumber(role), accreditor), role).to.be.true;
        expect(await accreditation.isAccreditor(roleNumber(role), deployer), role).to.be.false;
      }
      expect(await accessManager.hasRole(ADMIN_ROLE, deployer)).to.deep.equal([true, WEEK]);
    });

    it("changes nothing when it is run again into the same deployment", async () => {
      const { provider, ethers } = await network.create();
      const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
      const deploymentDir = await mkdtemp(join(tmpdir(), "deployment-"));
      const run = () =>
        deploy({
          artifactResolver,
          provider,
          deploymentDir,
          ignitionModule: System,
          deploymentParameters: {},
          accounts,
        });
      try {
        const first = await run();
        const block = await ethers.provider.getBlockNumber();
        expect(first).to.have.property("type", "SUCCESSFUL_DEPLOYMENT");
        expect(block).to.be.greaterThan(0);
        expect(await run()).to.deep.equal(first);
        expect(await ethers.provider.getBlockNumber()).to.equal(block);
      } finally {
        await rm(deploymentDir, { recursive: true });
      }
    });
  });

  describe("Handover", () => {
    it("makes another account the admin, under a delay, and leaves the deployer no power", async () => {
      const [deployer, multisig] = await deployers();
      const parameters = { Handover: { admin: multisig.address } };
      const { accessManager, accreditation } = await adminOf(ignition.deploy(Handover, { parameters }));
      expect(await accessManager.hasRole(ADMIN_ROLE, multisig)).to.deep.equal([true, ADMIN_DELAY]);
      expect(await accessManager.hasRole(ADMIN_ROLE, deployer)).to.deep.equal([false, 0]);
      await expect(accreditation.setAccreditor(PHARMACY, deployer, true))
        .to.be.revertedWithCustomError(accreditation, "AccessManagedUnauthorized")
        .withArgs(deployer);
      for (const role of ROLES) expect(await accreditation.isAccreditor(roleNumber(role), deployer), role).to.be.true;
    });

    it("sets another delay when its parameters say so", async () => {
      const [, multisig] = await deployers();
      const parameters = { Handover: { admin: multisig.address, adminDelay: WEEK } };
      const { accessManager } = await adminOf(ignition.deploy(Handover, { parameters }));
      expect(await accessManager.hasRole(ADMIN_ROLE, multisig)).to.deep.equal([true, WEEK]);
    });
  });

  describe("an admin action", () => {
    it("is refused when it was not scheduled, in a multicall too", async () => {
      const { accessManager, accreditation, registrar, action, operation } = await loadFixture(appointing);
      for (const attempt of [
        () => accreditation.setAccreditor(PHARMACY, registrar, true),
        () => accreditation.multicall([action]),
        () => accessManager.execute(accreditation, action),
      ]) {
        await expect(attempt())
          .to.be.revertedWithCustomError(accessManager, "AccessManagerNotScheduled")
          .withArgs(operation);
      }
    });

    it("waits for the delay, to the second", async () => {
      const { accessManager, accreditation, registrar, action, operation, ready } = await loadFixture(scheduled);
      await time.setNextBlockTimestamp(ready - 1);
      await expect(accessManager.execute(accreditation, action))
        .to.be.revertedWithCustomError(accessManager, "AccessManagerNotReady")
        .withArgs(operation);
      await time.setNextBlockTimestamp(ready);
      await accessManager.execute(accreditation, action);
      expect(await accreditation.isAccreditor(PHARMACY, registrar)).to.be.true;
    });

    it("counts once", async () => {
      const { accessManager, accreditation, action, operation, ready } = await loadFixture(scheduled);
      await time.increaseTo(ready);
      await accessManager.execute(accreditation, action);
      await expect(accessManager.execute(accreditation, action))
        .to.be.revertedWithCustomError(accessManager, "AccessManagerNotScheduled")
        .withArgs(operation);
    });

    it("lapses a week after it was due", async () => {
      const { accessManager, accreditation, action, operation, ready } = await loadFixture(scheduled);
      await time.setNextBlockTimestamp(ready + WEEK);
      await expect(accessManager.execute(accreditation, action))
        .to.be.revertedWithCustomError(accessManager, "AccessManagerExpired")
        .withArgs(operation);
    });

    it("can be taken back while it waits", async () => {
      const { accessManager, accreditation, admin, action, operation, ready } = await loadFixture(scheduled);
      await accessManager.cancel(admin, accreditation, action);
      await time.increaseTo(ready);
      await expect(accessManager.execute(accreditation, action))
        .to.be.revertedWithCustomError(accessManager, "AccessManagerNotScheduled")
        .withArgs(operation);
    });

    it("is the admin's alone, to schedule and to execute", async () => {
      const { accessManager, accreditation, registrar, stranger, action, ready } = await loadFixture(scheduled);
      const selector = accreditation.interface.getFunction("setAccreditor").selector;
      await time.increaseTo(ready);
      for (const caller of [registrar, stranger]) {
        const manager = accessManager.connect(caller);
        for (const attempt of [
          () => manager.schedule(accreditation, action, 0),
          () => manager.execute(accreditation, action),
        ]) {
          await expect(attempt())
            .to.be.revertedWithCustomError(accessManager, "AccessManagerUnauthorizedCall")
            .withArgs(caller, accreditation, selector);
        }
        await expect(accreditation.connect(caller).setAccreditor(PHARMACY, caller, true))
          .to.be.revertedWithCustomError(accreditation, "AccessManagedUnauthorized")
          .withArgs(caller);
      }
    });

    it("is what shortening the delay is too", async () => {
      const { accessManager, admin } = await loadFixture(system);
      await expect(accessManager.grantRole(ADMIN_ROLE, admin, 0)).to.be.revertedWithCustomError(
        accessManager,
        "AccessManagerNotScheduled",
      );
    });
  });

  describe("the admin's power", () => {
    it("ends at Accreditation: no other contract knows an authority", async () => {
      const { accreditation, consents, emergencies, records, keys } = await loadFixture(system);
      expect(accreditation.interface.getError("AccessManagedUnauthorized")).not.to.equal(null);
      for (const contract of [consents, emergencies, records, keys]) {
        expect(contract.interface.getError("AccessManagedUnauthorized")).to.equal(null);
        expect(contract.interface.hasFunction("setAuthority")).to.be.false;
      }
    });

    it("changes no consent, emergency or record by dismissing, closing or handing over", async () => {
      const house = await loadFixture(livedIn);
      const { accessManager, accreditation, admin, stranger, state } = house;
      const before = await state();
      for (const role of ROLES) await setAccreditor(house, role, admin, false);
      const successor = await new AccessManager__factory(admin).deploy(stranger);
      const manager = accessManager.interface;
      const target = accreditation.target as string;
      for (const action of [
        manager.encodeFunctionData("setTargetClosed", [target, true]),
        manager.encodeFunctionData("updateAuthority", [target, successor.target as string]),
      ]) {
        await accessManager.schedule(accessManager, action, 0);
        await time.increase(ADMIN_DELAY);
        await admin.sendTransaction({ to: accessManager, data: action });
      }
      expect(await accreditation.authority()).to.equal(successor);
      expect(await state()).to.deep.equal(before);
    });

    it("stops no exit: a patient revokes, contests and erases when nobody is accredited any more", async () => {
      const house = await loadFixture(livedIn);
      const { consents, emergencies, records, admin, patient, hospital, doctor, key, recordId, openedAt } = house;
      for (const role of ROLES) await setAccreditor(house, role, admin, false);
      await consents.connect(patient).revoke(patient, hospital, POLICY);
      await consents.connect(patient).revokeAll();
      await emergencies.connect(patient).contest(patient, doctor, openedAt);
      await emergencies.connect(patient).setPreference(patient, 0);
      await records.connect(patient).erase([key]);
      expect(await consents.permits(patient, hospital, POLICY, TREAT, LABORATORY)).to.be.false;
      expect(await records.isErased(recordId)).to.be.true;
    });

    it("stops no accreditor and no organisation, when the admin closes Accreditation to itself", async () => {
      const house = await loadFixture(livedIn);
      const { accessManager, accreditation, admin, hospital, nurse, stranger } = house;
      const target = accreditation.target as string;
      const closing = accessManager.interface.encodeFunctionData("setTargetClosed", [target, true]);
      await accessManager.schedule(accessManager, closing, 0);
      await time.increase(ADMIN_DELAY);
      await accessManager.setTargetClosed(target, true);
      await expect(accreditation.setAccreditor(PRACTITIONER, admin, false))
        .to.be.revertedWithCustomError(accreditation, "AccessManagedUnauthorized")
        .withArgs(admin);
      await accreditation.accredit(stranger, PRACTITIONER, FAR);
      await accreditation.suspend(stranger, PRACTITIONER);
      await accreditation.reinstate(stranger, PRACTITIONER);
      await accreditation.revoke(stranger, PRACTITIONER);
      await accreditation.connect(hospital).setMember(nurse, 0);
      expect(await accreditation.actsFor(nurse, hospital)).to.be.false;
    });

    it("is no patient's: what the AccessManager executes, it does in its own name", async () => {
      const house = await loadFixture(livedIn);
      const { accessManager, consents, emergencies, records, patient, hospital, doctor, key, recordId, openedAt } =
        house;
      const before = await house.state();
      const revoking = consents.interface.encodeFunctionData("revoke", [patient.address, hospital.address, POLICY]);
      await expect(actAsAdmin(house, consents.target as string, revoking))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, accessManager, TERMS.categories);
      const contesting = emergencies.interface.encodeFunctionData("contest", [
        patient.address,
        doctor.address,
        openedAt,
      ]);
      await expect(actAsAdmin(house, emergencies.target as string, contesting))
        .to.be.revertedWithCustomError(emergencies, "EmergencyUnauthorized")
        .withArgs(patient, accessManager);
      const erasing = records.interface.encodeFunctionData("erase", [[key]]);
      await expect(actAsAdmin(house, records.target as string, erasing))
        .to.be.revertedWithCustomError(records, "RecordNotOfPatient")
        .withArgs(recordId, accessManager);
      expect(await house.state()).to.deep.equal(before);
    });
  });
});

const artifactResolver: ArtifactResolver = {
  loadArtifact: (name) => artifacts.readArtifact(name),
  async getBuildInfo(name) {
    const buildInfo = await artifacts.getBuildInfoId(name);
    const path = buildInfo && (await artifacts.getBuildInfoPath(buildInfo));
    return path ? JSON.parse(await readFile(path, "utf8")) : undefined;
  },
};
