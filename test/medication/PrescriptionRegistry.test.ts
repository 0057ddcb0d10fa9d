import { expect } from "chai";
import { encodeBytes32String, id, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { FAR, loadFixture, setAccreditor, time } from "../fixtures.js";
import { batchId, CLASS, DEPTH, EVIDENCE, LOT, NOBODY, OPIOID, parcelId, TABLET, unitIn } from "./ledger.js";
import { commitment, dispensaries, OPENING, prescribed, prescriptionId, SALT } from "./pharmacies.js";

const PRACTITIONER = roleNumber("Practitioner");
const PHARMACY = roleNumber("Pharmacy");

type House = Awaited<ReturnType<typeof prescribed>>;

/** {@link prescribed} with the pharmacy's first pack filled, for two of the three doses. */
async function filled() {
  const house = await loadFixture(prescribed);
  await fill(house, 2);
  return house;
}

function fill({ prescriptions, pharmacy, prescription, pack }: House, doses: number, number = 0, by = pharmacy) {
  return prescriptions.connect(by).fill(prescription, doses, pack(number), OPENING);
}

function takeBack({ prescriptions, pharmacy, prescription, pack }: House, doses: number, number = 0, by = pharmacy) {
  return prescriptions.connect(by).returnToStock(prescription, doses, pack(number), OPENING, by);
}

describe("PrescriptionRegistry", () => {
  describe("issue", () => {
    it("issues a prescription to the pharmacy named", async () => {
      const { prescriptions, patient, doctor, pharmacy, prescription, key } = await loadFixture(dispensaries);
      await expect(prescriptions.connect(doctor).issue(prescription, pharmacy))
        .to.emit(prescriptions, "PrescriptionIssued")
        .withArgs(key, patient, doctor, Object.values(prescription), pharmacy, doctor);
      expect(await prescriptions.prescriptionOf(key)).to.deep.equal([
        ...[pharmacy.address, 0n, 0n, true, false, 0n, 0n],
      ]);
    });

    it("takes the prescriber's staff, until the second its membership ends", async () => {
      const { accreditation, prescriptions, patient, doctor, nurse, pharmacy, prescription, key } =
        await loadFixture(dispensaries);
      const end = (await time.latest()) + 100;
      await accreditation.connect(doctor).setMember(nurse, end);
      await time.setNextBlockTimestamp(end);
      await expect(prescriptions.connect(nurse).issue(prescription, pharmacy))
        .to.be.revertedWithCustomError(prescriptions, "PrescriberInvalid")
        .withArgs(doctor, nurse);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      await expect(prescriptions.connect(nurse).issue(prescription, pharmacy))
        .to.emit(prescriptions, "PrescriptionIssued")
        .withArgs(key, patient, doctor, Object.values(prescription), pharmacy, nurse);
    });

    it("rejects who is no practitioner, in their own name and in the doctor's", async () => {
      const { prescriptions, patient, doctor, pharmacy, prescription } = await loadFixture(dispensaries);
      for (const [caller, prescriber] of [
        [patient, patient],
        [patient, doctor],
        [pharmacy, pharmacy],
        [pharmacy, doctor],
      ] as const) {
        const forged = { ...prescription, prescriber: prescriber.address };
        await expect(prescriptions.connect(caller).issue(forged, pharmacy))
          .to.be.revertedWithCustomError(prescriptions, "PrescriberInvalid")
          .withArgs(prescriber, caller);
      }
    });

    it("rejects a practitioner who is suspended, whose licence is over, or whose accreditor was dismissed", async () => {
      const house = await loadFixture(dispensaries);
      const { accreditation, admin, prescriptions, doctor, pharmacy, prescription } = house;
      const refused = () =>
        expect(prescriptions.connect(doctor).issue(prescription, pharmacy))
          .to.be.revertedWithCustomError(prescriptions, "PrescriberInvalid")
          .withArgs(doctor, doctor);
      await accreditation.suspend(doctor, PRACTITIONER);
      await refused();
      const end = (await time.latest()) + 100;
      await accreditation.accredit(doctor, PRACTITIONER, end);
      await time.setNextBlockTimestamp(end);
      await refused();
      await accreditation.accredit(doctor, PRACTITIONER, FAR);
      await setAccreditor(house, "Practitioner", admin, false);
      await refused();
    });

    it("rejects a prescription for nobody, of nothing, or of no doses", async () => {
      const { prescriptions, doctor, pharmacy, prescription } = await loadFixture(dispensaries);
      for (const nothing of [{ patient: NOBODY }, { product: ZeroHash }, { doses: 0 }]) {
        const empty = { ...prescription, ...nothing };
        await expect(prescriptions.connect(doctor).issue(empty, pharmacy))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionEmpty")
          .withArgs(empty.patient, empty.product, empty.doses);
      }
    });

    it("rejects a prescription that ends this second", async () => {
      const { prescriptions, doctor, pharmacy, prescription } = await loadFixture(dispensaries);
      const { validUntil } = prescription;
      await time.setNextBlockTimestamp(validUntil);
      await expect(prescriptions.connect(doctor).issue(prescription, pharmacy))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionEndPast")
        .withArgs(validUntil);
    });

    it("rejects a pharmacy without a live licence as one", async () => {
      const { accreditation, prescriptions, doctor, pharmacy, wholesaler, prescription } =
        await loadFixture(dispensaries);
      await accreditation.suspend(pharmacy, PHARMACY);
      for (const unlicensed of [pharmacy.address, wholesaler.address, NOBODY]) {
        await expect(prescriptions.connect(doctor).issue(prescription, unlicensed))
          .to.be.revertedWithCustomError(prescriptions, "RoutePharmacyUnlicensed")
          .withArgs(unlicensed);
      }
    });

    it("rejects the same key again: new, spent or cancelled", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, doctor, branch, prescription, key } = house;
      const refused = () =>
        expect(prescriptions.connect(doctor).issue(prescription, branch))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionExists")
          .withArgs(key);
      await refused();
      await fill(house, 3);
      await refused();
      await prescriptions.connect(doctor).cancel(prescription);
      await refused();
    });

    it("takes another salt for the same again", async () => {
      const { prescriptions, doctor, pharmacy, prescription } = await loadFixture(prescribed);
      const again = { ...prescription, product: commitment(OPIOID, id("another salt")) };
      await prescriptions.connect(doctor).issue(again, pharmacy);
      expect((await prescriptions.prescriptionOf(prescriptionId(again))).issued).to.be.true;
    });
  });

  describe("cancel", () => {
    it("cancels what is left, and keeps what was filled", async () => {
      const { prescriptions, doctor, prescription, key } = await filled();
      const before = await prescriptions.prescriptionOf(key);
      await expect(prescriptions.connect(doctor).cancel(prescription))
        .to.emit(prescriptions, "PrescriptionCancelled")
        .withArgs(key, doctor, doctor);
      expect(await prescriptions.prescriptionOf(key)).to.deep.equal([...before.slice(0, 4), true, ...before.slice(5)]);
    });

    it("lets a prescriber who lost the licence cancel, and the staff", async () => {
      const { accreditation, prescriptions, doctor, nurse, prescription, key } = await loadFixture(prescribed);
      await accreditation.connect(doctor).setMember(nurse, FAR);
      await accreditation.revoke(doctor, PRACTITIONER);
      await expect(prescriptions.connect(nurse).cancel(prescription))
        .to.emit(prescriptions, "PrescriptionCancelled")
        .withArgs(key, doctor, nurse);
    });

    it("rejects the patient, the pharmacy, another doctor, and staff whose membership is over", async () => {
      const { accreditation, prescriptions, doctor, patient, colleague, nurse, pharmacy, prescription } =
        await loadFixture(prescribed);
      await accreditation.accredit(colleague, PRACTITIONER, FAR);
      const end = (await time.latest()) + 100;
      await accreditation.connect(doctor).setMember(nurse, end);
      await time.setNextBlockTimestamp(end);
      for (const caller of [nurse, patient, pharmacy, colleague]) {
        await expect(prescriptions.connect(caller).cancel(prescription))
          .to.be.revertedWithCustomError(prescriptions, "PrescriberInvalid")
          .withArgs(doctor, caller);
      }
    });

    it("rejects what was never issued, or is cancelled", async () => {
      const { prescriptions, doctor, prescription, key } = await loadFixture(prescribed);
      const other = { ...prescription, doses: 4 };
      await expect(prescriptions.connect(doctor).cancel(other))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionUnknown")
        .withArgs(prescriptionId(other));
      await prescriptions.connect(doctor).cancel(prescription);
      await expect(prescriptions.connect(doctor).cancel(prescription))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionIsCancelled")
        .withArgs(key);
    });
  });

  describe("route", () => {
    it("chooses another pharmacy, which fills what is left", async () => {
      const house = await filled();
      const { prescriptions, patient, pharmacy, branch, prescription, key } = house;
      const before = await prescriptions.prescriptionOf(key);
      await expect(prescriptions.connect(patient).route(prescription, branch))
        .to.emit(prescriptions, "PrescriptionRouted")
        .withArgs(key, patient, branch);
      expect(await prescriptions.prescriptionOf(key)).to.deep.equal([
        ...[branch.address, 2n, 1n, true, false],
        ...before.slice(5),
      ]);
      await expect(fill(house, 1, 1))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionNotYours")
        .withArgs(key, branch, pharmacy);
      await fill(house, 1, 10, branch);
    });

    it("rejects everybody but the patient, their staff too", async () => {
      const { accreditation, prescriptions, patient, doctor, pharmacy, branch, guardian, prescription, key } =
        await loadFixture(prescribed);
      await accreditation.connect(patient).setMember(guardian, FAR);
      for (const caller of [doctor, pharmacy, branch, guardian]) {
        await expect(prescriptions.connect(caller).route(prescription, branch))
          .to.be.revertedWithCustomError(prescriptions, "PatientInvalid")
          .withArgs(key, patient, caller);
      }
    });

    it("rejects a pharmacy without a live licence as one", async () => {
      const { accreditation, prescriptions, patient, branch, clinic, prescription } = await loadFixture(prescribed);
      await accreditation.suspend(branch, PHARMACY);
      for (const unlicensed of [branch.address, clinic.address, NOBODY]) {
        await expect(prescriptions.connect(patient).route(prescription, unlicensed))
          .to.be.revertedWithCustomError(prescriptions, "RoutePharmacyUnlicensed")
          .withArgs(unlicensed);
      }
    });

    it("rejects what was never issued, or is cancelled", async () => {
      const { prescriptions, patient, doctor, branch, prescription, key } = await loadFixture(prescribed);
      const other = { ...prescription, doses: 4 };
      await expect(prescriptions.connect(patient).route(other, branch))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionUnknown")
        .withArgs(prescriptionId(other));
      await prescriptions.connect(doctor).cancel(prescription);
      await expect(prescriptions.connect(patient).route(prescription, branch))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionIsCancelled")
        .withArgs(key);
    });
  });

  describe("fill", () => {
    it("dispenses packs and counts the doses down", async () => {
      const house = await loadFixture(prescribed);
      const { batches, prescriptions, pharmacy, key } = house;
      for (const [number, doses, left] of [
        [0, 2, 1],
        [1, 1, 0],
      ] as const) {
        const filling = fill(house, doses, number);
        await expect(filling)
          .to.emit(prescriptions, "PrescriptionFilled")
          .withArgs(key, pharmacy, doses, left, pharmacy);
        await expect(filling)
          .to.emit(batches, "UnitDispensed")
          .withArgs(batchId(OPIOID), number, pharmacy, encodeBytes32String(`S${number}`), key, prescriptions);
        expect(await batches.isDispensed(batchId(OPIOID), number)).to.be.true;
      }
      expect((await prescriptions.prescriptionOf(key)).filled).to.equal(3);
    });

    it("fills what needs no prescription too", async () => {
      const { batches, prescriptions, doctor, pharmacy, prescription, tree, whole } = await loadFixture(prescribed);
      const tablets = { ...prescription, product: commitment(TABLET) };
      await prescriptions.connect(doctor).issue(tablets, pharmacy);
      const opening = { product: TABLET, salt: SALT, lot: LOT };
      await prescriptions.connect(pharmacy).fill(tablets, 1, unitIn(whole, 0, tree), opening);
      expect(await batches.isDispensed(batchId(), 0)).to.be.true;
    });

    it("takes the pharmacy's staff, until the second its membership ends", async () => {
      const house = await loadFixture(prescribed);
      const { accreditation, prescriptions, pharmacy, clerk, key } = house;
      await expect(fill(house, 1, 0, clerk))
        .to.emit(prescriptions, "PrescriptionFilled")
        .withArgs(key, pharmacy, 1, 2, clerk);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end);
      await expect(fill(house, 1, 1, clerk))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionNotYours")
        .withArgs(key, pharmacy, clerk);
    });

    it("rejects a pharmacy it is not routed to, the prescriber and the patient", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, doctor, pharmacy, branch, key } = house;
      for (const caller of [branch, patient, doctor]) {
        await expect(fill(house, 1, 10, caller))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionNotYours")
          .withArgs(key, pharmacy, caller);
      }
    });

    it("rejects a prescription never issued, such as one with a word changed", async () => {
      const { prescriptions, pharmacy, stranger, prescription, pack } = await loadFixture(prescribed);
      for (const change of [
        { doses: 4 },
        { validUntil: FAR },
        { patient: stranger.address },
        { prescriber: stranger.address },
      ]) {
        const forged = { ...prescription, ...change };
        await expect(prescriptions.connect(pharmacy).fill(forged, 1, pack(0), OPENING))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionUnknown")
          .withArgs(prescriptionId(forged));
      }
    });

    it("rejects a cancelled prescription", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, doctor, prescription, key } = house;
      await prescriptions.connect(doctor).cancel(prescription);
      await expect(fill(house, 1))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionIsCancelled")
        .withArgs(key);
    });

    it("fills in the last second before the end, and not in that second", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, prescription, key } = house;
      await time.setNextBlockTimestamp(prescription.validUntil - 1);
      await fill(house, 1);
      await time.setNextBlockTimestamp(prescription.validUntil);
      await expect(fill(house, 1, 1))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionExpired")
        .withArgs(key, prescription.validUntil);
    });

    it("rejects more doses than are left, and none", async () => {
      const house = await filled();
      const { prescriptions, key } = house;
      const refused = (left: number, doses: number) =>
        expect(fill(house, doses, 1))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionSpent")
          .withArgs(key, left, doses);
      await refused(1, 2);
      await refused(1, 0);
      await refused(1, 65_535);
      await fill(house, 1, 1);
      await refused(0, 1);
    });

    it("rejects another product, and a wrong salt", async () => {
      const { prescriptions, pharmacy, prescription, key, pack, tree, whole } = await loadFixture(prescribed);
      for (const [unit, opening] of [
        [unitIn(whole, 0, tree), { ...OPENING, product: TABLET }],
        [pack(0), { ...OPENING, salt: id("guess") }],
      ] as const) {
        await expect(prescriptions.connect(pharmacy).fill(prescription, 1, unit, opening))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionProductMismatch")
          .withArgs(key, opening.product);
      }
    });

    it("rejects a pack of another product or lot than opened", async () => {
      const { prescriptions, pharmacy, prescription, pack, tree, whole } = await loadFixture(prescribed);
      const lot = encodeBytes32String("B456");
      for (const [unit, opening, actual] of [
        [unitIn(whole, 0, tree), OPENING, batchId()],
        [pack(0), { ...OPENING, lot }, batchId(OPIOID)],
      ] as const) {
        await expect(prescriptions.connect(pharmacy).fill(prescription, 1, unit, opening))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionBatchMismatch")
          .withArgs(batchId(OPIOID, opening.lot), actual);
      }
    });

    it("rejects a pack of another pharmacy's, and counts nothing", async () => {
      const house = await loadFixture(prescribed);
      const { batches, prescriptions, pharmacy, theirs, key } = house;
      await expect(fill(house, 1, 10))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(parcelId(theirs), pharmacy);
      expect((await prescriptions.prescriptionOf(key)).filled).to.equal(0);
    });

    it("rejects a pack that was dispensed, also on another prescription", async () => {
      const house = await filled();
      const { batches, prescriptions, doctor, pharmacy } = house;
      const prescription = { ...house.prescription, doses: 9 };
      await prescriptions.connect(doctor).issue(prescription, pharmacy);
      for (const again of [house, { ...house, prescription }]) {
        await expect(fill(again, 1))
          .to.be.revertedWithCustomError(batches, "UnitAlreadyDispensed")
          .withArgs(batchId(OPIOID), 0);
      }
    });

    it("rejects a pack that is recalled", async () => {
      const house = await loadFixture(prescribed);
      const { batches, maker } = house;
      await batches.connect(maker).recall(batchId(OPIOID), maker, CLASS.I, DEPTH.Retail, EVIDENCE);
      await expect(fill(house, 1)).to.be.revertedWithCustomError(batches, "BatchIsRecalled").withArgs(batchId(OPIOID));
    });

    it("rejects a pharmacy that did not opt in, or whose licence lapsed after the issue", async () => {
      const house = await loadFixture(prescribed);
      const { accreditation, batches, prescriptions, pharmacy } = house;
      await accreditation.suspend(pharmacy, PHARMACY);
      await expect(fill(house, 1))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, prescriptions);
      await accreditation.reinstate(pharmacy, PHARMACY);
      await batches.connect(pharmacy).setService(prescriptions, false);
      await expect(fill(house, 1))
        .to.be.revertedWithCustomError(batches, "ServiceInvalid")
        .withArgs(pharmacy, prescriptions);
    });

    it("fills what a doctor prescribed before losing the licence", async () => {
      const house = await loadFixture(prescribed);
      await house.accreditation.revoke(house.doctor, PRACTITIONER);
      await fill(house, 3);
    });
  });

  describe("returnToStock", () => {
    it("takes the last fill back: the pack is stock and its doses are the patient's again", async () => {
      const house = await filled();
      const { batches, prescriptions, pharmacy, key } = house;
      const returning = takeBack(house, 2);
      await expect(returning).to.emit(prescriptions, "FillReversed").withArgs(key, pharmacy, 2, 3, pharmacy);
      await expect(returning)
        .to.emit(batches, "UnitReturned")
        .withArgs(batchId(OPIOID), 0, pharmacy, key, prescriptions);
      expect(await batches.isDispensed(batchId(OPIOID), 0)).to.be.false;
      expect(await prescriptions.prescriptionOf(key)).to.deep.equal([
        ...[pharmacy.address, 0n, 0n, true, false, 0n, 0n],
      ]);
      await fill(house, 3, 1);
    });

    it("does so once", async () => {
      const house = await filled();
      const { prescriptions, key } = house;
      await takeBack(house, 2);
      await expect(takeBack(house, 2)).to.be.revertedWithCustomError(prescriptions, "FillUnknown").withArgs(key);
    });

    it("does not take a pack back a second time, though it was filled again", async () => {
      const house = await filled();
      const { batches, prescriptions, key } = house;
      await takeBack(house, 2);
      await fill(house, 2);
      await expect(takeBack(house, 2))
        .to.be.revertedWithCustomError(batches, "UnitReturnedBefore")
        .withArgs(batchId(OPIOID), 0);
      expect((await prescriptions.prescriptionOf(key)).filled).to.equal(2);
    });

    it("rejects all but the last fill, and other doses than it counted for", async () => {
      const house = await filled();
      const { prescriptions, key } = house;
      const refused = (doses: number, number: number) =>
        expect(takeBack(house, doses, number))
          .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
          .withArgs(key);
      for (const doses of [0, 1, 3]) await refused(doses, 0);
      await refused(2, 1);
      await fill(house, 1, 1);
      await refused(2, 0);
      await takeBack(house, 1, 1);
      await refused(2, 0);
    });

    it("rejects a pack of another product or lot, though number and doses are those of the last fill", async () => {
      const house = await filled();
      const { prescriptions, pharmacy, prescription, key, whole, tree, pack } = house;
      const back = (unit: ReturnType<typeof pack>, opening: typeof OPENING) =>
        prescriptions.connect(pharmacy).returnToStock(prescription, 2, unit, opening, pharmacy);
      const tablet = unitIn(whole, 0, tree);
      await expect(back(tablet, OPENING))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionBatchMismatch")
        .withArgs(batchId(OPIOID), batchId());
      await expect(back(tablet, { ...OPENING, product: TABLET }))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionProductMismatch")
        .withArgs(key, TABLET);
    });

    it("rejects a prescription nothing was filled on, and the fill of another", async () => {
      const house = await filled();
      const { prescriptions, doctor, pharmacy } = house;
      const prescription = { ...house.prescription, doses: 9 };
      const key = prescriptionId(prescription);
      await prescriptions.connect(doctor).issue(prescription, pharmacy);
      await expect(takeBack({ ...house, prescription }, 2))
        .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
        .withArgs(key);
      await fill({ ...house, prescription }, 1, 1);
      await expect(takeBack({ ...house, prescription }, 2))
        .to.be.revertedWithCustomError(prescriptions, "FillUnknown")
        .withArgs(key);
    });

    it("rejects a prescription never issued", async () => {
      const house = await filled();
      const prescription = { ...house.prescription, doses: 4 };
      await expect(takeBack({ ...house, prescription }, 2))
        .to.be.revertedWithCustomError(house.prescriptions, "PrescriptionUnknown")
        .withArgs(prescriptionId(prescription));
    });

    it("takes it back after the patient went elsewhere, by the pharmacy that dispensed and no other", async () => {
      const house = await filled();
      const { batches, prescriptions, patient, pharmacy, branch, mine, prescription, key } = house;
      await prescriptions.connect(patient).route(prescription, branch);
      await expect(takeBack(house, 2, 0, branch))
        .to.be.revertedWithCustomError(batches, "ItemNotHeldBy")
        .withArgs(parcelId(mine), branch);
      await expect(takeBack(house, 2)).to.emit(prescriptions, "FillReversed").withArgs(key, pharmacy, 2, 3, pharmacy);
      const state = await prescriptions.prescriptionOf(key);
      expect([state.pharmacy, state.filled, state.version]).to.deep.equal([branch.address, 0n, 1n]);
    });

    it("takes it back after the prescription was cancelled, or has ended", async () => {
      const house = await filled();
      const { batches, prescriptions, doctor, prescription, key } = house;
      await prescriptions.connect(doctor).cancel(prescription);
      await time.increaseTo(prescription.validUntil);
      await takeBack(house, 2);
      expect(await batches.isDispensed(batchId(OPIOID), 0)).to.be.false;
      expect((await prescriptions.prescriptionOf(key)).cancelled).to.be.true;
    });

    it("finds the pack in the smaller parcel after a split", async () => {
      const house = await filled();
      const { batches, prescriptions, pharmacy, mine, opioidTree, prescription } = house;
      await batches.connect(pharmacy).split(mine, [1, 9]);
      const pack = unitIn({ ...mine, count: 1 }, 0, opioidTree);
      await prescriptions.connect(pharmacy).returnToStock(prescription, 2, pack, OPENING, pharmacy);
      expect(await batches.isDispensed(batchId(OPIOID), 0)).to.be.false;
    });

    it("takes the pharmacy's staff, and rejects others in its name and staff whose membership is over", async () => {
      const house = await filled();
      const { accreditation, prescriptions, patient, pharmacy, branch, clerk, prescription, key, pack } = house;
      const act = (caller: typeof clerk) =>
        prescriptions.connect(caller).returnToStock(prescription, 2, pack(0), OPENING, pharmacy);
      const refused = (caller: typeof clerk) =>
        expect(act(caller))
          .to.be.revertedWithCustomError(prescriptions, "PrescriptionNotYours")
          .withArgs(key, pharmacy, caller);
      await refused(branch);
      await refused(patient);
      const end = (await time.latest()) + 100;
      await accreditation.connect(pharmacy).setMember(clerk, end);
      await time.setNextBlockTimestamp(end);
      await refused(clerk);
      await accreditation.connect(pharmacy).setMember(clerk, FAR);
      await expect(act(clerk)).to.emit(prescriptions, "FillReversed").withArgs(key, pharmacy, 2, 3, clerk);
    });

    it("rejects a pharmacy whose licence lapsed", async () => {
      const house = await filled();
      const { accreditation, batches, prescriptions, pharmacy } = house;
      await accreditation.suspend(pharmacy, PHARMACY);
      await expect(takeBack(house, 2))
        .to.be.revertedWithCustomError(batches, "PharmacyInvalid")
        .withArgs(pharmacy, prescriptions);
    });
  });

  describe("multicall", () => {
    it("fills several packs, or none", async () => {
      const { batches, prescriptions, pharmacy, prescription, key, pack } = await loadFixture(prescribed);
      const calls = (...numbers: number[]) =>
        numbers.map((number) =>
          prescriptions.interface.encodeFunctionData("fill", [prescription, 1, pack(number), OPENING]),
        );
      await expect(prescriptions.connect(pharmacy).multicall(calls(0, 1, 2, 3)))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionSpent")
        .withArgs(key, 0, 1);
      await expect(prescriptions.connect(pharmacy).multicall(calls(0, 0)))
        .to.be.revertedWithCustomError(batches, "UnitAlreadyDispensed")
        .withArgs(batchId(OPIOID), 0);
      expect(await batches.isDispensed(batchId(OPIOID), 0)).to.be.false;
      await prescriptions.connect(pharmacy).multicall(calls(0, 1, 2));
      expect((await prescriptions.prescriptionOf(key)).filled).to.equal(3);
    });
  });
});
