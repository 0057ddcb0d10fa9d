import { expect } from "chai";
import { id, MaxUint256, toBeHex, ZeroHash } from "ethers";

import { type Role, ROLES, roleNumber } from "../../src/accreditation/role.js";
import type { RecordRegistry } from "../../src/generated/index.js";
import { FAR, licensed, loadFixture, record, time } from "../fixtures.js";

const PROVIDER = roleNumber("Provider");
const DIGEST = id("ciphertext");
const NEXT_DIGEST = id("amended ciphertext");
const ALL_ONES = toBeHex(MaxUint256);

const AUTHOR_ROLES: Role[] = [
  "Practitioner",
  "Provider",
  "Laboratory",
  "Pharmacy",
  "Insurer",
  "Researcher",
  "DeviceOperator",
  "PrescriptionService",
];

/** A result of the patient by the hospital, and a note of the patient's own. */
async function authored() {
  const house = await licensed();
  return { ...house, result: record(house.patient, house.hospital), own: record(house.patient, house.patient) };
}

/** {@link authored}, both anchored. */
async function anchored() {
  const house = await authored();
  await house.records.connect(house.hospital).anchor(PROVIDER, house.result.key, DIGEST);
  await house.records.connect(house.patient).anchor(PROVIDER, house.own.key, DIGEST);
  return house;
}

describe("RecordRegistry", () => {
  it("signs as Aceso RecordRegistry, version 1, and knows its contracts", async () => {
    const { records, accreditation, consents, emergencies } = await loadFixture(licensed);
    const { name, version } = await records.eip712Domain();
    expect([name, version]).to.deep.equal(["Aceso RecordRegistry", "1"]);
    expect(await records.ACCREDITATION()).to.equal(accreditation);
    expect(await records.CONSENTS()).to.equal(consents);
    expect(await records.EMERGENCIES()).to.equal(emergencies);
  });

  describe("anchor", () => {
    it("anchors a record of an accredited author", async () => {
      const { records, patient, hospital, result } = await loadFixture(authored);
      expect(await records.digestOf(result.id)).to.equal(ZeroHash);
      await expect(records.connect(hospital).anchor(PROVIDER, result.key, DIGEST))
        .to.emit(records, "RecordAnchored")
        .withArgs(result.id, patient, hospital, result.key.commitment, DIGEST, hospital);
      expect(await records.digestOf(result.id)).to.equal(DIGEST);
      expect(await records.isErased(result.id)).to.be.false;
    });

    it("anchors by the author's staff and names them as the actor", async () => {
      const { records, patient, hospital, nurse, result } = await loadFixture(authored);
      await expect(records.connect(nurse).anchor(PROVIDER, result.key, DIGEST))
        .to.emit(records, "RecordAnchored")
        .withArgs(result.id, patient, hospital, result.key.commitment, DIGEST, nurse);
    });

    it("anchors by the patient as author without a licence, whatever role is named", async () => {
      const { records, patient, own } = await loadFixture(authored);
      await expect(records.connect(patient).anchor(roleNumber("Regulator"), own.key, DIGEST))
        .to.emit(records, "RecordAnchored")
        .withArgs(own.id, patient, patient, own.key.commitment, DIGEST, patient);
      expect(await records.digestOf(own.id)).to.equal(DIGEST);
    });

    it("takes the roles that write health records and no other", async () => {
      const { accreditation, records, patient, stranger: author } = await loadFixture(authored);
      for (const role of ROLES) {
        await accreditation.accredit(author, roleNumber(role), FAR);
        const { key, id } = record(patient, author, role);
        const anchoring = records.connect(author).anchor(roleNumber(role), key, DIGEST);
        if (AUTHOR_ROLES.includes(role)) await anchoring;
        else {
          await expect(anchoring)
            .to.be.revertedWithCustomError(records, "RecordRoleInvalid")
            .withArgs(roleNumber(role));
        }
        expect(await records.digestOf(id), role).to.equal(AUTHOR_ROLES.includes(role) ? DIGEST : ZeroHash);
      }
    });

    it("keeps records apart by patient, author and commitment", async () => {
      const { records, stranger, patient, clinic, hospital } = await loadFixture(anchored);
      for (const [author, other] of [
        [hospital, record(patient, hospital, "another result")],
        [hospital, record(stranger, hospital)],
        [clinic, record(patient, clinic)],
      ] as const) {
        await records.connect(author).anchor(PROVIDER, other.key, NEXT_DIGEST);
        expect(await records.digestOf(other.id)).to.equal(NEXT_DIGEST);
      }
      expect(await records.digestOf(record(patient, hospital).id)).to.equal(DIGEST);
    });

    it("rejects a record anchored already", async () => {
      const { records, hospital, result } = await loadFixture(anchored);
      await expect(records.connect(hospital).anchor(PROVIDER, result.key, NEXT_DIGEST))
        .to.be.revertedWithCustomError(records, "RecordExists")
        .withArgs(result.id);
    });

    it("rejects zero and all ones as digest", async () => {
      const { records, hospital, result } = await loadFixture(authored);
      for (const digest of [ZeroHash, ALL_ONES]) {
        await expect(records.connect(hospital).anchor(PROVIDER, result.key, digest))
          .to.be.revertedWithCustomError(records, "RecordDigestInvalid")
          .withArgs(digest);
      }
    });
  });

  describe("amend", () => {
    it("replaces the digest, by the author or its staff", async () => {
      const { records, patient, hospital, nurse, result } = await loadFixture(anchored);
      for (const [actor, digest, previous] of [
        [hospital, NEXT_DIGEST, DIGEST],
        [nurse, id("amended again"), NEXT_DIGEST],
      ] as const) {
        await expect(records.connect(actor).amend(PROVIDER, result.key, digest, previous))
          .to.emit(records, "RecordAmended")
          .withArgs(result.id, patient, hospital, digest, actor);
        expect(await records.digestOf(result.id)).to.equal(digest);
      }
    });

    it("replaces the digest of the patient's own record without a licence", async () => {
      const { records, patient, own, result } = await loadFixture(anchored);
      await expect(records.connect(patient).amend(PROVIDER, own.key, NEXT_DIGEST, DIGEST))
        .to.emit(records, "RecordAmended")
        .withArgs(own.id, patient, patient, NEXT_DIGEST, patient);
      expect(await records.digestOf(result.id)).to.equal(DIGEST);
    });

    it("rejects a record that is not anchored", async () => {
      const { records, hospital, result } = await loadFixture(authored);
      for (const previous of [ZeroHash, DIGEST]) {
        await expect(records.connect(hospital).amend(PROVIDER, result.key, NEXT_DIGEST, previous))
          .to.be.revertedWithCustomError(records, "RecordUnknown")
          .withArgs(result.id);
      }
    });

    it("rejects replacing another digest than the current one, so of two amendments at a time one is refused", async () => {
      const { records, hospital, nurse, result } = await loadFixture(anchored);
      await records.connect(hospital).amend(PROVIDER, result.key, NEXT_DIGEST, DIGEST);
      for (const previous of [DIGEST, ZeroHash]) {
        await expect(records.connect(nurse).amend(PROVIDER, result.key, id("amended too"), previous))
          .to.be.revertedWithCustomError(records, "RecordStale")
          .withArgs(result.id, previous, NEXT_DIGEST);
      }
    });

    it("rejects zero and all ones as digest, which would unwrite or erase the record", async () => {
      const { records, hospital, result } = await loadFixture(anchored);
      for (const digest of [ZeroHash, ALL_ONES]) {
        await expect(records.connect(hospital).amend(PROVIDER, result.key, digest, DIGEST))
          .to.be.revertedWithCustomError(records, "RecordDigestInvalid")
          .withArgs(digest);
      }
    });

    it("rejects a role that does not write health records", async () => {
      const { records, hospital, result } = await loadFixture(anchored);
      await expect(records.connect(hospital).amend(roleNumber("Regulator"), result.key, NEXT_DIGEST, DIGEST))
        .to.be.revertedWithCustomError(records, "RecordRoleInvalid")
        .withArgs(roleNumber("Regulator"));
    });
  });

  for (const action of ["anchor", "amend"] as const) {
    /** Anchors a record, or amends it. */
    const write = (records: RecordRegistry, role: number, { key }: ReturnType<typeof record>) =>
      action === "anchor" ? records.anchor(role, key, DIGEST) : records.amend(role, key, DIGEST, NEXT_DIGEST);

    describe(`${action}, by whom it should not be`, () => {
      it("rejects a stranger, another provider and the patient, who are not the author", async () => {
        const { records, patient, clinic, hospital, stranger, result } = await loadFixture(authored);
        for (const caller of [stranger, clinic, patient]) {
          await expect(write(records.connect(caller), PROVIDER, result))
            .to.be.revertedWithCustomError(records, "RecordUnauthorized")
            .withArgs(hospital, caller, PROVIDER);
        }
      });

      it("rejects an author without a licence who is not the patient", async () => {
        const { records, patient, stranger } = await loadFixture(authored);
        await expect(write(records.connect(stranger), PROVIDER, record(patient, stranger)))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(stranger, stranger, PROVIDER);
      });

      it("rejects writing in a patient's name about the patient", async () => {
        const { records, patient, hospital, own } = await loadFixture(authored);
        await expect(write(records.connect(hospital), PROVIDER, own))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(patient, hospital, PROVIDER);
      });

      it("rejects writing by the patient's staff in the patient's name", async () => {
        const { accreditation, records, patient, stranger, own } = await loadFixture(authored);
        await accreditation.connect(patient).setMember(stranger, FAR);
        await expect(write(records.connect(stranger), PROVIDER, own))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(patient, stranger, PROVIDER);
      });

      it("rejects a role the author is not licensed in", async () => {
        const { records, hospital, result } = await loadFixture(authored);
        await expect(write(records.connect(hospital), roleNumber("Laboratory"), result))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(hospital, hospital, roleNumber("Laboratory"));
      });

      it("rejects an author whose licence is suspended or over in this second", async () => {
        const { accreditation, records, hospital, result } = await loadFixture(authored);
        const refused = () =>
          expect(write(records.connect(hospital), PROVIDER, result))
            .to.be.revertedWithCustomError(records, "RecordUnauthorized")
            .withArgs(hospital, hospital, PROVIDER);
        const end = (await time.latest()) + 100;
        await accreditation.accredit(hospital, PROVIDER, end);
        await time.setNextBlockTimestamp(end);
        await refused();
        await accreditation.accredit(hospital, PROVIDER, FAR);
        await accreditation.suspend(hospital, PROVIDER);
        await refused();
      });

      it("rejects staff whose membership is over in this second", async () => {
        const { accreditation, records, hospital, nurse, result } = await loadFixture(authored);
        const end = (await time.latest()) + 100;
        await accreditation.connect(hospital).setMember(nurse, end);
        await time.setNextBlockTimestamp(end);
        await expect(write(records.connect(nurse), PROVIDER, result))
          .to.be.revertedWithCustomError(records, "RecordUnauthorized")
          .withArgs(hospital, nurse, PROVIDER);
      });
    });
  }

  describe("multicall", () => {
    it("acts as its caller in every call", async () => {
      const { records, patient, own } = await loadFixture(anchored);
      await records
        .connect(patient)
        .multicall([
          records.interface.encodeFunctionData("amend", [PROVIDER, own.key, NEXT_DIGEST, DIGEST]),
          records.interface.encodeFunctionData("erase", [[record(patient, patient, "another note").key]]),
        ]);
      expect(await records.digestOf(own.id)).to.equal(NEXT_DIGEST);
      expect(await records.isErased(record(patient, patient, "another note").id)).to.be.true;
    });

    it("gives a stranger no more rights", async () => {
      const { records, patient, stranger, own } = await loadFixture(anchored);
      await expect(records.connect(stranger).multicall([records.interface.encodeFunctionData("erase", [[own.key]])]))
        .to.be.revertedWithCustomError(records, "RecordNotOfPatient")
        .withArgs(own.id, stranger);
      await expect(
        records
          .connect(stranger)
          .multicall([records.interface.encodeFunctionData("amend", [PROVIDER, own.key, NEXT_DIGEST, DIGEST])]),
      )
        .to.be.revertedWithCustomError(records, "RecordUnauthorized")
        .withArgs(patient, stranger, PROVIDER);
    });
  });
});
