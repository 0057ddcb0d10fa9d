import { expect } from "chai";
import { concat, id, ZeroAddress, ZeroHash } from "ethers";

import { type Deployment, FAR, LABORATORY, loadFixture, POLICY, system, TERMS, time, TREAT } from "../fixtures.js";
import { authorize, hostileAccount, itTakesOnlyTheSignersWord } from "../sign.js";

const EPOCH = 1n << 24n;

/** The guardian decides for the patient on laboratory results only. */
async function guarded() {
  const house = await system();
  await house.consents.connect(house.patient).setDelegate(house.guardian, FAR, LABORATORY);
  return house;
}

/** The words of the usual grant. */
function granting({ patient, clinic }: Deployment, changes: Record<string, unknown> = {}) {
  return { patient: patient.address, grantee: clinic.address, policy: POLICY, terms: TERMS, revision: 0, ...changes };
}

describe("ConsentRegistry", () => {
  describe("grantBySig", () => {
    itTakesOnlyTheSignersWord(async (house, account) => {
      const { consents, clinic, relayer } = house;
      return {
        contract: consents,
        message: "GrantConsent",
        words: granting(house, { patient: account }),
        send: (...authorized) => consents.connect(relayer).grantBySig(account, clinic, POLICY, TERMS, 0, ...authorized),
        isDone: () => consents.permits(account, clinic, POLICY, TREAT, TERMS.categories),
      };
    });

    it("names the patient as the actor, not the relayer, and starts when it is relayed", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic, relayer } = house;
      const authorized = await authorize(consents, patient, "GrantConsent", granting(house));
      const relayedAt = (await time.latest()) + 1000;
      await time.setNextBlockTimestamp(relayedAt);
      await expect(consents.connect(relayer).grantBySig(patient, clinic, POLICY, TERMS, 0, ...authorized))
        .to.emit(consents, "ConsentGranted")
        .withArgs(patient, clinic, POLICY, [TERMS.purposes, TERMS.categories, relayedAt, FAR], patient);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("takes a delegate's signature within its mask and names the delegate as the actor", async () => {
      const house = await loadFixture(guarded);
      const { consents, patient, guardian, clinic } = house;
      const terms = { ...TERMS, categories: LABORATORY, validFrom: FAR - 1 };
      const authorized = await authorize(consents, guardian, "GrantConsent", granting(house, { terms }));
      await expect(consents.grantBySig(patient, clinic, POLICY, terms, 0, ...authorized))
        .to.emit(consents, "ConsentGranted")
        .withArgs(patient, clinic, POLICY, [terms.purposes, LABORATORY, FAR - 1, FAR], guardian);
    });

    it("rejects a delegate's signature beyond its mask", async () => {
      const house = await loadFixture(guarded);
      const { consents, patient, guardian, clinic } = house;
      const authorized = await authorize(consents, guardian, "GrantConsent", granting(house));
      await expect(consents.grantBySig(patient, clinic, POLICY, TERMS, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, TERMS.categories);
    });

    it("rejects the signature of a delegate who was removed or is over", async () => {
      const house = await loadFixture(guarded);
      const { consents, patient, guardian, clinic } = house;
      const terms = { ...TERMS, categories: LABORATORY };
      const authorized = await authorize(consents, guardian, "GrantConsent", granting(house, { terms }));
      const refused = () =>
        expect(consents.grantBySig(patient, clinic, POLICY, terms, 0, ...authorized))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, guardian, LABORATORY);
      const end = (await time.latest()) + 100;
      await consents.connect(patient).setDelegate(guardian, end, LABORATORY);
      await time.setNextBlockTimestamp(end);
      await refused();
      await consents.connect(patient).setDelegate(guardian, 0, 0);
      await refused();
    });

    it("rejects the signature of a delegate whom a revocation of everything ended", async () => {
      const house = await loadFixture(guarded);
      const { consents, patient, guardian, clinic } = house;
      await consents.connect(patient).revokeAll();
      const terms = { ...TERMS, categories: LABORATORY };
      const authorized = await authorize(
        consents,
        guardian,
        "GrantConsent",
        granting(house, { terms, revision: EPOCH }),
      );
      await expect(consents.grantBySig(patient, clinic, POLICY, terms, EPOCH, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, LABORATORY);
    });

    it("rejects a stranger who signs in their own name", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic, stranger } = house;
      const authorized = await authorize(consents, stranger, "GrantConsent", granting(house));
      await expect(consents.grantBySig(patient, clinic, POLICY, TERMS, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, stranger, TERMS.categories);
    });

    it("rejects nobody's signature, for the patient nobody is", async () => {
      const { consents, clinic } = await loadFixture(system);
      const authorization = { signer: ZeroAddress, deadline: FAR };
      const signature = concat([ZeroHash, ZeroHash, "0x1b"]);
      await expect(consents.grantBySig(ZeroAddress, clinic, POLICY, TERMS, 0, authorization, signature))
        .to.be.revertedWithCustomError(consents, "SignatureInvalid")
        .withArgs(ZeroAddress);
    });

    it("counts once", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic } = house;
      const authorized = await authorize(consents, patient, "GrantConsent", granting(house));
      await consents.grantBySig(patient, clinic, POLICY, TERMS, 0, ...authorized);
      await expect(consents.grantBySig(patient, clinic, POLICY, TERMS, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentStale")
        .withArgs(0, 1);
      await expect(consents.grantBySig(patient, clinic, POLICY, TERMS, 1, ...authorized))
        .to.be.revertedWithCustomError(consents, "SignatureInvalid")
        .withArgs(patient);
    });

    it("rejects a revision that is yet to come", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic } = house;
      for (const revision of [1n, EPOCH]) {
        const authorized = await authorize(consents, patient, "GrantConsent", granting(house, { revision }));
        await expect(consents.grantBySig(patient, clinic, POLICY, TERMS, revision, ...authorized))
          .to.be.revertedWithCustomError(consents, "ConsentStale")
          .withArgs(revision, 0);
      }
    });

    it("takes a message of the current epoch and version", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic } = house;
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      await consents.connect(patient).revokeAll();
      const revision = await consents.revisionOf(patient, clinic, POLICY);
      expect(revision).to.equal(EPOCH + 1n);
      const authorized = await authorize(consents, patient, "GrantConsent", granting(house, { revision }));
      await consents.grantBySig(patient, clinic, POLICY, TERMS, revision, ...authorized);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("rejects signed terms a patient could not grant directly", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic } = house;
      const terms = { ...TERMS, validFrom: (await time.latest()) + 100 };
      const authorized = await authorize(consents, patient, "GrantConsent", granting(house, { terms }));
      await time.setNextBlockTimestamp(terms.validFrom + 1);
      await expect(consents.grantBySig(patient, clinic, POLICY, terms, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "ConsentStartPast")
        .withArgs(terms.validFrom);
    });

    it("rejects a signed revocation passed off as a grant", async () => {
      const house = await loadFixture(system);
      const { consents, patient, clinic } = house;
      const { terms, ...words } = granting(house);
      const authorized = await authorize(consents, patient, "RevokeConsent", words);
      await expect(consents.grantBySig(patient, clinic, POLICY, terms, 0, ...authorized))
        .to.be.revertedWithCustomError(consents, "SignatureInvalid")
        .withArgs(patient);
    });

    it("gives a wallet no chance to call back while its signature is checked", async () => {
      const house = await loadFixture(system);
      const { consents, clinic } = house;
      const wallet = await hostileAccount(house, "Reenters");
      const authorization = { signer: wallet, deadline: FAR };
      await consents.grantBySig(wallet, clinic, POLICY, TERMS, 0, authorization, id("anything"), {
        gasLimit: 1_000_000,
      });
      expect(await consents.epochOf(wallet)).to.equal(0);
      expect(await consents.permits(wallet, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });
  });
});
