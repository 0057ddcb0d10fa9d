import { expect } from "chai";
import { id, ZeroHash } from "ethers";

import { FAR, LABORATORY, loadFixture, MEDICATIONS, POLICY, system, TERMS, time, TREAT } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";

const EPOCH = 1n << 24n;

/** The patient granted the clinic and the hospital; the guardian decides on laboratory results only. */
async function twoConsents() {
  const house = await system();
  const { consents, patient, guardian, clinic, hospital } = house;
  await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
  await consents.connect(patient).grant(patient, hospital, POLICY, { ...TERMS, categories: LABORATORY });
  await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
  const permits = (grantee: { address: string }) =>
    consents.permits(patient, grantee.address, POLICY, TREAT, LABORATORY);
  const revoking = { patient: patient.address, grantee: clinic.address, policy: POLICY, revision: 1 };
  return { ...house, permits, revoking };
}

describe("ConsentRegistry", () => {
  describe("revoke", () => {
    it("ends a consent at once, and leaves no terms behind", async () => {
      const { consents, patient, clinic, permits } = await loadFixture(twoConsents);
      await expect(consents.connect(patient).revoke(patient, clinic, POLICY))
        .to.emit(consents, "ConsentRevoked")
        .withArgs(patient, clinic, POLICY, patient);
      expect(await permits(clinic)).to.be.false;
      expect(await consents.consentOf(patient, clinic, POLICY)).to.deep.equal([0, 0, 0, 0, 0, 2]);
    });

    it("leaves other grantees, policies and patients alone", async () => {
      const { consents, patient, clinic, hospital, stranger, permits } = await loadFixture(twoConsents);
      await consents.connect(patient).grant(patient, clinic, ZeroHash, TERMS);
      await consents.connect(stranger).grant(stranger, clinic, POLICY, TERMS);
      await consents.connect(patient).revoke(patient, clinic, POLICY);
      expect(await permits(hospital)).to.be.true;
      expect(await consents.permits(patient, clinic, ZeroHash, TREAT, LABORATORY)).to.be.true;
      expect(await consents.permits(stranger, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("moves the version and the epoch of a consent, so that it can be granted again", async () => {
      const { consents, patient, clinic, permits } = await loadFixture(twoConsents);
      await consents.connect(patient).revokeAll();
      await consents.connect(patient).revoke(patient, clinic, POLICY);
      expect(await consents.consentOf(patient, clinic, POLICY)).to.deep.equal([0, 0, 0, 0, 1, 2]);
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      expect(await permits(clinic)).to.be.true;
    });

    it("is a delegate's right within its mask, who is then the actor", async () => {
      const { consents, patient, guardian, hospital, permits } = await loadFixture(twoConsents);
      await expect(consents.connect(guardian).revoke(patient, hospital, POLICY))
        .to.emit(consents, "ConsentRevoked")
        .withArgs(patient, hospital, POLICY, guardian);
      expect(await permits(hospital)).to.be.false;
    });

    it("rejects a delegate beyond its mask", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(twoConsents);
      await expect(consents.connect(guardian).revoke(patient, clinic, POLICY))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, TERMS.categories);
    });

    it("rejects a delegate where no consent stands: none given, revoked, or over in this second", async () => {
      const { consents, patient, guardian, clinic, hospital } = await loadFixture(twoConsents);
      const refuses = (grantee: { address: string }) =>
        expect(consents.connect(guardian).revoke(patient, grantee.address, POLICY))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, guardian, 0);
      await refuses(guardian);
      await consents.connect(patient).revoke(patient, clinic, POLICY);
      await refuses(clinic);
      const end = (await time.latest()) + 100;
      const terms = { ...TERMS, categories: LABORATORY, validUntil: end };
      await consents.connect(patient).grant(patient, hospital, POLICY, terms);
      await time.setNextBlockTimestamp(end);
      await refuses(hospital);
    });

    it("is a delegate's right in the last second of a consent", async () => {
      const { consents, patient, guardian, hospital } = await loadFixture(twoConsents);
      const end = (await time.latest()) + 100;
      const terms = { ...TERMS, categories: LABORATORY, validUntil: end };
      await consents.connect(patient).grant(patient, hospital, POLICY, terms);
      await time.setNextBlockTimestamp(end - 1);
      await consents.connect(guardian).revoke(patient, hospital, POLICY);
    });

    it("rejects the grantee and a stranger, for consents that stand and that do not", async () => {
      const { consents, patient, clinic, stranger } = await loadFixture(twoConsents);
      for (const caller of [clinic, stranger]) {
        await expect(consents.connect(caller).revoke(patient, clinic, POLICY))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, caller, TERMS.categories);
        await expect(consents.connect(caller).revoke(patient, clinic, ZeroHash))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, caller, 0);
      }
    });
  });

  describe("revokeBySig", () => {
    itTakesOnlyTheSignersWord(async ({ consents, clinic, relayer }, account) => ({
      contract: consents,
      message: "RevokeConsent",
      words: { patient: account, grantee: clinic.address, policy: POLICY, revision: 0 },
      send: (...authorized) => consents.connect(relayer).revokeBySig(account, clinic, POLICY, 0, ...authorized),
      isDone: async () => (await consents.revisionOf(account, clinic, POLICY)) === 1n,
    }));

    it("names the patient as the actor, not the relayer", async () => {
      const { consents, patient, clinic, relayer, permits, revoking } = await loadFixture(twoConsents);
      const authorized = await authorize(consents, patient, "RevokeConsent", revoking);
      await expect(consents.connect(relayer).revokeBySig(patient, clinic, POLICY, 1, ...authorized))
        .to.emit(consents, "ConsentRevoked")
        .withArgs(patient, clinic, POLICY, patient);
      expect(await permits(clinic)).to.be.false;
    });

    it("takes a delegate's signature within its mask only", async () => {
      const { consents, patient, guardian, clinic, hospital, revoking } = await loadFixture(twoConsents);
      const beyond = await authorize(consents, guardian, "RevokeConsent", revoking);
      await expect(consents.revokeBySig(patient, clinic, POLICY, 1, ...beyond))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, TERMS.categories);
      const words = { ...revoking, grantee: hospital.address };
      const within = await authorize(consents, guardian, "RevokeConsent", words);
      await expect(consents.revokeBySig(patient, hospital, POLICY, 1, ...within))
        .to.emit(consents, "ConsentRevoked")
        .withArgs(patient, hospital, POLICY, guardian);
    });

    it("rejects a stranger who signs in their own name", async () => {
      const { consents, patient, clinic, stranger, revoking } = await loadFixture(twoConsents);
      const authorized = await authorize(consents, stranger, "RevokeConsent", revoking);
      await expect(consents.revokeBySig(patient, clinic, POLICY, 1, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, stranger, TERMS.categories);
    });

    it("counts once, so it cannot end a consent granted after it", async () => {
      const { consents, patient, clinic, permits, revoking } = await loadFixture(twoConsents);
      const authorized = await authorize(consents, patient, "RevokeConsent", revoking);
      await consents.revokeBySig(patient, clinic, POLICY, 1, ...authorized);
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      await expect(consents.revokeBySig(patient, clinic, POLICY, 1, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(1, 3);
      expect(await permits(clinic)).to.be.true;
    });

    it("rejects a message of an earlier epoch", async () => {
      const { consents, patient, clinic, revoking } = await loadFixture(twoConsents);
      const authorized = await authorize(consents, patient, "RevokeConsent", revoking);
      await consents.connect(patient).revokeAll();
      await expect(consents.revokeBySig(patient, clinic, POLICY, 1, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(1, EPOCH + 1n);
    });
  });

  describe("revokeAll", () => {
    it("ends every consent the patient ever gave, in one write", async () => {
      const { consents, patient, clinic, hospital, permits } = await loadFixture(twoConsents);
      await expect(consents.connect(patient).revokeAll()).to.emit(consents, "AllConsentsRevoked").withArgs(patient, 1);
      expect(await consents.epochOf(patient)).to.equal(1);
      expect(await permits(clinic)).to.be.false;
      expect(await permits(hospital)).to.be.false;
    });

    it("ends every delegate", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(twoConsents);
      await consents.connect(patient).revokeAll();
      expect(await consents.mayDecide(patient, guardian, LABORATORY)).to.be.false;
      await expect(consents.connect(guardian).revoke(patient, clinic, POLICY))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, 0);
    });

    it("lets the patient grant again, and only what is granted again counts", async () => {
      const { consents, patient, clinic, hospital, permits } = await loadFixture(twoConsents);
      await consents.connect(patient).revokeAll();
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      expect(await permits(clinic)).to.be.true;
      expect(await permits(hospital)).to.be.false;
    });

    it("leaves other patients alone, so a delegate cannot revoke everything", async () => {
      const { consents, patient, guardian, clinic, permits } = await loadFixture(twoConsents);
      await consents.connect(guardian).revokeAll();
      expect(await consents.epochOf(patient)).to.equal(0);
      expect(await permits(clinic)).to.be.true;
    });
  });

  describe("revokeAllBySig", () => {
    itTakesOnlyTheSignersWord(async ({ consents, relayer }, account) => ({
      contract: consents,
      message: "RevokeAllConsents",
      words: { patient: account, epoch: 0 },
      send: (...authorized) => consents.connect(relayer).revokeAllBySig(0, ...authorized),
      isDone: async () => (await consents.epochOf(account)) === 1n,
    }));

    it("ends every consent of the signer", async () => {
      const { consents, patient, relayer, clinic, hospital, permits } = await loadFixture(twoConsents);
      const words = { patient: patient.address, epoch: 0 };
      const authorized = await authorize(consents, patient, "RevokeAllConsents", words);
      await expect(consents.connect(relayer).revokeAllBySig(0, ...authorized))
        .to.emit(consents, "AllConsentsRevoked")
        .withArgs(patient, 1);
      expect(await permits(clinic)).to.be.false;
      expect(await permits(hospital)).to.be.false;
    });

    it("rejects a delegate who signs for the patient", async () => {
      const { consents, patient, guardian, clinic, permits } = await loadFixture(twoConsents);
      const words = { patient: patient.address, epoch: 0 };
      const [authorization, signature] = await authorize(consents, guardian, "RevokeAllConsents", words);
      for (const signer of [guardian, patient]) {
        await expect(consents.revokeAllBySig(0, { ...authorization, signer }, signature))
          .to.be.revertedWithCustomError(consents, "SignatureInvalid")
          .withArgs(signer);
      }
      expect(await permits(clinic)).to.be.true;
    });

    it("counts once, and takes a message of the current epoch", async () => {
      const { consents, patient } = await loadFixture(twoConsents);
      const sign = (epoch: number) =>
        authorize(consents, patient, "RevokeAllConsents", { patient: patient.address, epoch });
      await consents.revokeAllBySig(0, ...(await sign(0)));
      await expect(consents.revokeAllBySig(0, ...(await sign(0))))
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(0, 1);
      await consents.revokeAllBySig(1, ...(await sign(1)));
      expect(await consents.epochOf(patient)).to.equal(2);
    });

    it("rejects an epoch that is yet to come", async () => {
      const { consents, patient } = await loadFixture(twoConsents);
      const words = { patient: patient.address, epoch: 1 };
      const authorized = await authorize(consents, patient, "RevokeAllConsents", words);
      await expect(consents.revokeAllBySig(1, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(1, 0);
    });
  });

  describe("a grant signed and not sent", () => {
    /** The patient signed a grant to a research study, which nobody has relayed. */
    async function signedGrant() {
      const house = await twoConsents();
      const { consents, patient, stranger: study } = house;
      const words = { patient: patient.address, grantee: study.address, policy: POLICY, terms: TERMS, revision: 0 };
      const authorized = await authorize(consents, patient, "GrantConsent", words);
      const relay = () => consents.grantBySig(patient, study, POLICY, TERMS, 0, ...authorized);
      return { ...house, study, relay };
    }

    it("does not come back after everything was revoked", async () => {
      const { consents, patient, study, relay, permits } = await loadFixture(signedGrant);
      await consents.connect(patient).revokeAll();
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, EPOCH);
      expect(await permits(study)).to.be.false;
    });

    it("does not come back after a revocation, though nothing was ever granted", async () => {
      const { consents, patient, study, relay, permits } = await loadFixture(signedGrant);
      await consents.connect(patient).revoke(patient, study, POLICY);
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, 1);
      expect(await permits(study)).to.be.false;
    });

    it("does not come back after a delegate's grant and revocation", async () => {
      const { consents, patient, guardian, study, relay } = await loadFixture(signedGrant);
      await consents.connect(guardian).grant(patient, study, POLICY, { ...TERMS, categories: LABORATORY });
      await consents.connect(guardian).revoke(patient, study, POLICY);
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, 2);
    });

    it("does not widen a narrower grant made after it", async () => {
      const { consents, patient, study, relay } = await loadFixture(signedGrant);
      await consents.connect(patient).grant(patient, study, POLICY, { ...TERMS, categories: LABORATORY });
      await expect(relay()).to.be.revertedWithCustomError(consents, "ConsentStale").withArgs(0, 1);
      expect(await consents.permits(patient, study, POLICY, TREAT, MEDICATIONS)).to.be.false;
    });

    it("is not in the way of other policies and grantees", async () => {
      const { consents, patient, clinic, study, relay, permits } = await loadFixture(signedGrant);
      await consents.connect(patient).revoke(patient, study, id("another policy"));
      await consents.connect(patient).revoke(patient, clinic, POLICY);
      await relay();
      expect(await permits(study)).to.be.true;
    });
  });
});
