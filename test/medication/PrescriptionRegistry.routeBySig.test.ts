import { expect } from "chai";
import { concat, ZeroAddress, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { type Deployment, FAR, loadFixture } from "../fixtures.js";
import { authorize, itTakesOnlyTheSignersWord } from "../sign.js";
import { commitment, OPENING, prescribed, prescriptionId } from "./pharmacies.js";

type House = Awaited<ReturnType<typeof prescribed>>;

/** The words of a routing to the branch. */
function routing({ key, branch }: House, changes: Record<string, unknown> = {}) {
  return { id: key, pharmacy: branch.address, version: 0, ...changes };
}

/** A prescription for an account, issued to the clinic, which is a pharmacy here; the hospital is another. */
async function issueTo({ accreditation, prescriptions, doctor, clinic, hospital }: Deployment, patient: string) {
  for (const pharmacy of [clinic, hospital]) await accreditation.accredit(pharmacy, roleNumber("Pharmacy"), FAR);
  const prescription = { patient, prescriber: doctor.address, product: commitment(), doses: 1, validUntil: FAR };
  await prescriptions.connect(doctor).issue(prescription, clinic);
  return prescription;
}

describe("PrescriptionRegistry", () => {
  describe("routeBySig", () => {
    itTakesOnlyTheSignersWord(async (house, account) => {
      const { prescriptions, hospital, relayer } = house;
      const prescription = await issueTo(house, account);
      const id = prescriptionId(prescription);
      return {
        contract: prescriptions,
        message: "RoutePrescription",
        words: { id, pharmacy: hospital.address, version: 0 },
        send: (...authorized) => prescriptions.connect(relayer).routeBySig(prescription, hospital, ...authorized),
        isDone: async () => (await prescriptions.prescriptionOf(id)).pharmacy === hospital.address,
      };
    });

    it("names the patient, not the relayer", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, branch, relayer, prescription, key } = house;
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      await expect(prescriptions.connect(relayer).routeBySig(prescription, branch, ...authorized))
        .to.emit(prescriptions, "PrescriptionRouted")
        .withArgs(key, patient, branch);
      expect((await prescriptions.prescriptionOf(key)).version).to.equal(1);
    });

    it("counts once, also after the patient routed elsewhere and back", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, pharmacy, branch, prescription, key } = house;
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      await prescriptions.routeBySig(prescription, branch, ...authorized);
      await prescriptions.connect(patient).route(prescription, pharmacy);
      await expect(prescriptions.routeBySig(prescription, branch, ...authorized))
        .to.be.revertedWithCustomError(prescriptions, "SignatureInvalid")
        .withArgs(patient);
      expect((await prescriptions.prescriptionOf(key)).pharmacy).to.equal(pharmacy);
      const next = await authorize(prescriptions, patient, "RoutePrescription", routing(house, { version: 2 }));
      await prescriptions.routeBySig(prescription, branch, ...next);
      expect((await prescriptions.prescriptionOf(key)).pharmacy).to.equal(branch);
    });

    it("rejects a signature that a routing by the patient's own hand overtook", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, pharmacy, branch, prescription } = house;
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      await prescriptions.connect(patient).route(prescription, pharmacy);
      await expect(prescriptions.routeBySig(prescription, branch, ...authorized))
        .to.be.revertedWithCustomError(prescriptions, "SignatureInvalid")
        .withArgs(patient);
    });

    it("outlives a fill: only a routing moves the version", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, pharmacy, branch, prescription, key, pack } = house;
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      await prescriptions.connect(pharmacy).fill(prescription, 1, pack(0), OPENING);
      await prescriptions.routeBySig(prescription, branch, ...authorized);
      const state = await prescriptions.prescriptionOf(key);
      expect([state.pharmacy, state.filled]).to.deep.equal([branch.address, 1n]);
    });

    it("rejects a signature for another pharmacy, or for another prescription of the patient's", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, doctor, pharmacy, branch, prescription } = house;
      const other = { ...prescription, doses: 4 };
      await prescriptions.connect(doctor).issue(other, pharmacy);
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      for (const [signed, to] of [
        [prescription, pharmacy],
        [other, branch],
      ] as const) {
        await expect(prescriptions.routeBySig(signed, to, ...authorized))
          .to.be.revertedWithCustomError(prescriptions, "SignatureInvalid")
          .withArgs(patient);
      }
    });

    it("rejects who signs in their own name: a stranger, the prescriber, the pharmacy", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, doctor, pharmacy, branch, stranger, prescription, key } = house;
      for (const signer of [stranger, doctor, pharmacy]) {
        const authorized = await authorize(prescriptions, signer, "RoutePrescription", routing(house));
        await expect(prescriptions.routeBySig(prescription, branch, ...authorized))
          .to.be.revertedWithCustomError(prescriptions, "PatientInvalid")
          .withArgs(key, patient, signer);
      }
    });

    it("rejects nobody's signature", async () => {
      const { prescriptions, branch, prescription } = await loadFixture(prescribed);
      const authorization = { signer: ZeroAddress, deadline: FAR };
      const signature = concat([ZeroHash, ZeroHash, "0x1b"]);
      await expect(
        prescriptions.routeBySig({ ...prescription, patient: ZeroAddress }, branch, authorization, signature),
      )
        .to.be.revertedWithCustomError(prescriptions, "SignatureInvalid")
        .withArgs(ZeroAddress);
    });

    it("rejects a prescription that was not issued, or was cancelled", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, doctor, branch, prescription, key } = house;
      const other = { ...prescription, doses: 4 };
      const id = prescriptionId(other);
      const early = await authorize(prescriptions, patient, "RoutePrescription", routing(house, { id }));
      await expect(prescriptions.routeBySig(other, branch, ...early))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionUnknown")
        .withArgs(id);
      const late = await authorize(prescriptions, patient, "RoutePrescription", routing(house));
      await prescriptions.connect(doctor).cancel(prescription);
      await expect(prescriptions.routeBySig(prescription, branch, ...late))
        .to.be.revertedWithCustomError(prescriptions, "PrescriptionIsCancelled")
        .withArgs(key);
    });

    it("rejects a pharmacy without a licence", async () => {
      const house = await loadFixture(prescribed);
      const { prescriptions, patient, stranger, prescription } = house;
      const words = routing(house, { pharmacy: stranger.address });
      const authorized = await authorize(prescriptions, patient, "RoutePrescription", words);
      await expect(prescriptions.routeBySig(prescription, stranger, ...authorized))
        .to.be.revertedWithCustomError(prescriptions, "RoutePharmacyUnlicensed")
        .withArgs(stranger);
    });
  });
});
