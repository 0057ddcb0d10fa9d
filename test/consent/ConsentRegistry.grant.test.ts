import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { ALL_CATEGORIES, BTG, FAR, LABORATORY, loadFixture, MEDICATIONS, POLICY, RESTRICTED } from "../fixtures.js";
import { system, TERMS, time, TREAT } from "../fixtures.js";

/** The guardian decides for the patient on laboratory results only. */
async function guarded() {
  const house = await system();
  await house.consents.connect(house.patient).setDelegate(house.guardian, FAR, LABORATORY);
  return house;
}

describe("ConsentRegistry", () => {
  describe("grant", () => {
    it("lets the grantee use the data, from now on when no start is given", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(consents.connect(patient).grant(patient, clinic, POLICY, TERMS))
        .to.emit(consents, "ConsentGranted")
        .withArgs(patient, clinic, POLICY, [TERMS.purposes, TERMS.categories, now, FAR], patient);
      expect(await consents.consentOf(patient, clinic, POLICY)).to.deep.equal([
        TERMS.purposes,
        TERMS.categories,
        now,
        FAR,
        0,
        1,
      ]);
      expect(await consents.revisionOf(patient, clinic, POLICY)).to.equal(1);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("replaces the terms before", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, categories: MEDICATIONS });
      expect(await consents.permits(patient, clinic, POLICY, TREAT, MEDICATIONS)).to.be.true;
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.false;
      expect(await consents.revisionOf(patient, clinic, POLICY)).to.equal(2);
    });

    it("takes every known purpose but break the glass, and every category", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      const purposes = ((1n << 62n) - 1n) & ~(1n << BigInt(BTG));
      const terms = { ...TERMS, purposes, categories: ALL_CATEGORIES };
      await consents.connect(patient).grant(patient, clinic, POLICY, terms);
      expect(await consents.permits(patient, clinic, POLICY, 61, ALL_CATEGORIES)).to.be.true;
    });

    it("takes a start in this very second or later", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validFrom: now });
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validFrom: FAR - 1 });
      expect((await consents.consentOf(patient, clinic, POLICY)).validFrom).to.equal(FAR - 1);
    });

    it("rejects a start in the second before", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validFrom: now - 1 }))
        .to.be.revertedWithCustomError(consents, "ConsentStartPast")
        .withArgs(now - 1);
    });

    it("rejects an end that is not after the start", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      for (const validUntil of [FAR - 1, 0]) {
        await expect(
          consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validFrom: FAR - 1, validUntil }),
        )
          .to.be.revertedWithCustomError(consents, "ConsentEndNotAfterStart")
          .withArgs(FAR - 1, validUntil);
      }
    });

    it("rejects an end that is not in the future, when no start is given", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validUntil: now }))
        .to.be.revertedWithCustomError(consents, "ConsentEndNotAfterStart")
        .withArgs(now, now);
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validUntil: now + 2 });
    });

    it("rejects terms without a purpose or without a category", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      for (const empty of [{ purposes: 0 }, { categories: 0 }]) {
        await expect(
          consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, ...empty }),
        ).to.be.revertedWithCustomError(consents, "ConsentTermsEmpty");
      }
    });

    it("rejects break the glass, alone or among other purposes", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      for (const purposes of [1n << BigInt(BTG), TERMS.purposes | (1n << BigInt(BTG)), (1n << 80n) - 1n]) {
        await expect(
          consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, purposes }),
        ).to.be.revertedWithCustomError(consents, "ConsentBreaksGlass");
      }
    });

    it("rejects every bit that stands for no purpose", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      for (let bit = 62n; bit < 80n; ++bit) {
        const purposes = TERMS.purposes | (1n << bit);
        await expect(consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, purposes }))
          .to.be.revertedWithCustomError(consents, "ConsentPurposesUnknown")
          .withArgs(purposes);
      }
    });

    it("rejects every bit that stands for no category", async () => {
      const { consents, patient, clinic } = await loadFixture(system);
      for (let bit = 21n; bit < 48n; ++bit) {
        const categories = TERMS.categories | (1n << bit);
        await expect(consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, categories }))
          .to.be.revertedWithCustomError(consents, "ConsentCategoriesUnknown")
          .withArgs(categories);
      }
    });

    it("rejects the zero address as grantee", async () => {
      const { consents, patient } = await loadFixture(system);
      await expect(consents.connect(patient).grant(patient, ZeroAddress, POLICY, TERMS)).to.be.revertedWithCustomError(
        consents,
        "ConsentGranteeZero",
      );
    });

    it("rejects a caller who is neither the patient nor a delegate, the grantee above all", async () => {
      const { consents, patient, clinic, stranger } = await loadFixture(system);
      for (const caller of [clinic, stranger]) {
        await expect(consents.connect(caller).grant(patient, clinic, POLICY, TERMS))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, caller, TERMS.categories);
      }
    });
  });

  describe("grant, by a delegate", () => {
    const WITHIN = { ...TERMS, categories: LABORATORY };

    it("names the delegate as the actor", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      await expect(consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN))
        .to.emit(consents, "ConsentGranted")
        .withArgs(patient, clinic, POLICY, [WITHIN.purposes, LABORATORY, now, FAR], guardian);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
    });

    it("rejects categories beyond the delegate's mask", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      await expect(consents.connect(guardian).grant(patient, clinic, POLICY, TERMS))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, TERMS.categories);
    });

    it("rejects replacing terms beyond the delegate's mask, even before they start", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      for (const validFrom of [0, FAR - 1]) {
        await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, categories: RESTRICTED, validFrom });
        await expect(consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN))
          .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
          .withArgs(patient, guardian, LABORATORY | RESTRICTED);
      }
    });

    it("replaces terms beyond its mask from the second they have ended", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      const end = (await time.latest()) + 100;
      await consents.connect(patient).grant(patient, clinic, POLICY, { ...TERMS, validUntil: end });
      await time.setNextBlockTimestamp(end - 1);
      await expect(consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(patient, guardian, TERMS.categories);
      await time.setNextBlockTimestamp(end);
      await consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN);
    });

    it("replaces terms beyond its mask that a revocation of everything ended", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      await consents.connect(patient).grant(patient, clinic, POLICY, TERMS);
      await consents.connect(patient).revokeAll();
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      await consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN);
      expect(await consents.permits(patient, clinic, POLICY, TREAT, LABORATORY)).to.be.true;
      expect(await consents.permits(patient, clinic, POLICY, TREAT, MEDICATIONS)).to.be.false;
    });

    it("ends with the delegate's own power at the latest", async () => {
      const { consents, patient, guardian, clinic } = await loadFixture(guarded);
      await consents.connect(patient).setDelegate(guardian, FAR - 1, LABORATORY);
      await expect(consents.connect(guardian).grant(patient, clinic, POLICY, WITHIN))
        .to.be.revertedWithCustomError(consents, "ConsentOutlivesDelegate")
        .withArgs(FAR, FAR - 1);
      await consents.connect(guardian).grant(patient, clinic, POLICY, { ...WITHIN, validUntil: FAR - 1 });
      await consents.connect(patient).grant(patient, clinic, POLICY, WITHIN);
    });

    it("rejects the delegate of another patient", async () => {
      const { consents, guardian, clinic, stranger } = await loadFixture(guarded);
      await expect(consents.connect(guardian).grant(stranger, clinic, POLICY, WITHIN))
        .to.be.revertedWithCustomError(consents, "ConsentUnauthorized")
        .withArgs(stranger, guardian, LABORATORY);
    });
  });
});
