import { expect } from "chai";
import { ZeroHash } from "ethers";

import { PURPOSES } from "../../src/consent/purpose.js";
import { BTG, FAR, LABORATORY, loadFixture, MEDICATIONS, POLICY, RESEARCH, system, TERMS, time } from "../fixtures.js";
import { RESTRICTED, TREAT } from "../fixtures.js";
import { authorize } from "../sign.js";

/** The clinic may use laboratory results and medications for treatment. */
async function granted() {
  const house = await system();
  const { consents, patient, clinic } = house;
  await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
  const permits = (purpose: number, categories: bigint) =>
    consents.permits(patient, clinic, POLICY, purpose, categories);
  return { ...house, permits };
}

describe("ConsentRegistry", () => {
  it("signs as Aceso ConsentRegistry, version 1", async () => {
    const { consents } = await loadFixture(system);
    const { name, version } = await consents.eip712Domain();
    expect([name, version]).to.deep.equal(["Aceso ConsentRegistry", "1"]);
  });

  describe("permits", () => {
    it("is true of the purpose granted and of no other, known or not", async () => {
      const { permits } = await loadFixture(granted);
      for (let purpose = 0; purpose < 256; ++purpose) {
        expect(await permits(purpose, LABORATORY), `purpose ${purpose}`).to.equal(purpose === TREAT);
      }
    });

    it("is never true of break the glass, or of a purpose no mask can hold", async () => {
      const { consents, patient, clinic, permits } = await loadFixture(granted);
      const purposes = ((1n << BigInt(PURPOSES.length)) - 1n) & ~(1n << BigInt(BTG));
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, purposes });
      for (const purpose of [BTG, 62, 79, 80, 255]) expect(await permits(purpose, LABORATORY)).to.be.false;
      for (const purpose of [0, RESEARCH, 61]) expect(await permits(purpose, LABORATORY)).to.be.true;
    });

    it("needs every category asked, and at least one", async () => {
      const { permits } = await loadFixture(granted);
      expect(await permits(TREAT, MEDICATIONS)).to.be.true;
      expect(await permits(TREAT, LABORATORY | MEDICATIONS)).to.be.true;
      expect(await permits(TREAT, LABORATORY | RESTRICTED)).to.be.false;
      expect(await permits(TREAT, RESTRICTED)).to.be.false;
      expect(await permits(TREAT, LABORATORY | (1n << 21n))).to.be.false;
      expect(await permits(TREAT, 1n << 47n)).to.be.false;
      expect(await permits(TREAT, 0n)).to.be.false;
    });

    it("is false of another policy, grantee or patient", async () => {
      const { consents, patient, clinic, stranger } = await loadFixture(granted);
      expect(await consents.permits(patient, clinic, ZeroHash, TREAT, LABORATORY)).to.be.false;
      expect(await consents.permits(patient, stranger, POLICY, TREAT, LABORATORY)).to.be.false;
      expect(await consents.permits(stranger, clinic, POLICY, TREAT, LABORATORY)).to.be.false;
    });

    it("is false of the patient, who needs no consent and gave none", async () => {
      const { consents, patient } = await loadFixture(granted);
      expect(await consents.permits(patient, patient, POLICY, TREAT, LABORATORY)).to.be.false;
    });

    it("starts and ends to the second", async () => {
      const { consents, patient, clinic, permits } = await loadFixture(granted);
      const validFrom = (await time.latest()) + 1000;
      const validUntil = validFrom + 1000;
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validFrom, validUntil });
      for (const [second, permitted] of [
        [validFrom - 1, false],
        [validFrom, true],
        [validFrom + 1, true],
        [validUntil - 1, true],
        [validUntil, false],
        [validUntil + 1, false],
      ] as const) {
        await time.increaseTo(second);
        expect(await permits(TREAT, LABORATORY), `${second - validFrom} s after the start`).to.equal(permitted);
      }
    });

    it("counts for one second when the end is the second after the start", async () => {
      const { consents, patient, clinic, permits } = await loadFixture(granted);
      const validFrom = (await time.latest()) + 1000;
      const terms = { ...TERMS, validFrom, validUntil: validFrom + 1 };
      await consents.connect(patient).grant(patient, clinic, POLICY, terms);
      await time.increaseTo(validFrom);
      expect(await permits(TREAT, LABORATORY)).to.be.true;
      await time.increaseTo(validFrom + 1);
      expect(await permits(TREAT, LABORATORY)).to.be.false;
    });
  });

  describe("revisionOf", () => {
    it("keeps epoch and version apart", async () => {
      const { consents, patient, clinic, stranger } = await loadFixture(granted);
      for (let epoch = 0; epoch < 3; ++epoch) await consents.connect(patient).revokeAll();
      expect(await consents.revisionOf(patient, clinic, POLICY)).to.equal((3n << 24n) | 1n);
      expect(await consents.revisionOf(patient, stranger, POLICY)).to.equal(3n << 24n);
      expect(await consents.revisionOf(stranger, clinic, POLICY)).to.equal(0);
    });
  });

  describe("multicall", () => {
    it("acts as its caller in every call", async () => {
      const { consents, patient, clinic, hospital, guardian, permits } = await loadFixture(granted);
      await consents
        .connect(patient)
        .multicall([
          consents.interface.encodeFunctionData("revoke", [patient.address, clinic.address, POLICY]),
          consents.interface.encodeFunctionData("grant", [patient.address, hospital.address, POLICY, TERMS]),
          consents.interface.encodeFunctionData("setDelegate", [guardian.address, FAR, LABORATORY]),
        ]);
      expect(await permits(TREAT, LABORATORY)).to.be.false;
      expect(await consents.permits(patient, hospital, POLICY, TREAT, LABORATORY)).to.be.true;
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.true;
    });

    it("relays the messages of several patients in one transaction", async () => {
      const { consents, patient, stranger, clinic, relayer } = await loadFixture(system);
      const calls = await Promise.all(
        [patient, stranger].map(async (signer) => {
          const grant = { patient: signer.address, grantee: clinic.address, policy: POLICY, terms: TERMS, revision: 0 };
          const authorized = await authorize(consents, signer, "GrantConsent", grant);
          return consents.interface.encodeFunctionData("grantBySig", [
            signer.address,
            clinic.address,
            POLICY,
            TERMS,
            0,
            ...authorized,
          ]);
        }),
      );
      await consents.connect(relayer).multicall(calls);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
      expect(await consents.permits(stranger, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("gives a stranger no more rights, and does nothing when one of its calls fails", async () => {
      const { consents, patient, clinic, stranger } = await loadFixture(granted);
      const calls = [
        consents.interface.encodeFunctionData("revokeAll"),
        consents.interface.encodeFunctionData("revoke", [patient.address, clinic.address, POLICY]),
      ];
      await expect(consents.connect(stranger).multicall(calls))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, stranger, TERMS.categories);
      expect(await consents.epochOf(stranger)).to.equal(0);
    });
  });
});
