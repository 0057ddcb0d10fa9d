/**
 * Advice on the errors of `PrescriptionRegistry`.
 *
 * @module
 */
import { ASK_ACCREDITOR, date, type AdviceByError } from "./words.js";

export const PRESCRIPTIONS: AdviceByError = {
  PrescriberInvalid: ({ prescriber, caller }) => ({
    message: `${prescriber} holds no live Practitioner licence, or ${caller} does not act for it.`,
    advice: "To issue, the prescriber needs a live licence, and the caller a live membership of its staff.",
  }),
  PrescriptionEmpty: () => ({
    message: "The prescription lacks its patient, its product commitment or its doses.",
    advice: "Name the patient's account, the product, and at least one dose.",
  }),
  PrescriptionEndPast: ({ validUntil }) => ({
    message: `A prescription cannot end at ${date(validUntil)}, which is not in the future.`,
    advice: "Choose an end in the future, in Unix seconds.",
  }),
  PrescriptionExists: ({ id }) => ({
    message: `Prescription ${id} was issued already.`,
    advice: "Prepare it again: a new one has a new salt.",
  }),
  PrescriptionUnknown: ({ id }) => ({
    message: `Prescription ${id} was never issued.`,
    advice: "Take it from the slip as the prescriber handed it over, and check the chain and the deployment.",
  }),
  PrescriptionIsCancelled: ({ id }) => ({
    message: `Prescription ${id} was cancelled.`,
    advice: "Ask the prescriber for a new one.",
  }),
  PrescriptionExpired: ({ id, validUntil }) => ({
    message: `Prescription ${id} ended at ${date(validUntil)}.`,
    advice: "Ask the prescriber for a new one.",
  }),
  PrescriptionSpent: ({ id, left, doses }) => ({
    message: `Prescription ${id} has ${left} doses left, so ${doses} cannot be filled.`,
    advice: "Fill at least one dose and no more than are left, or ask the prescriber for a new prescription.",
  }),
  RoutePharmacyUnlicensed: ({ pharmacy }) => ({
    message: `${pharmacy} holds no live Pharmacy licence.`,
    advice: `Choose another pharmacy. ${ASK_ACCREDITOR}`,
  }),
  PatientInvalid: ({ id, caller }) => ({
    message: `${caller} is not the patient of prescription ${id}.`,
    advice: "Have the patient choose the pharmacy, or sign the choice (signRoute) for anybody to relay.",
  }),
  PrescriptionNotYours: ({ id, pharmacy, caller }) => ({
    message: `Prescription ${id} is ${pharmacy}'s to fill, for which ${caller} does not act.`,
    advice: "Have the patient route it to your pharmacy, and act as its staff.",
  }),
  PrescriptionProductMismatch: ({ id }) => ({
    message: `The opening does not open prescription ${id}: product or salt is another.`,
    advice: "Take the opening from the prescription's own slip, and dispense that product.",
  }),
  PrescriptionBatchMismatch: ({ actual }) => ({
    message: `The pack is of batch ${actual}, which is not the prescribed product's with this lot.`,
    advice: "Take the lot from the pack's barcode, and dispense a pack of the prescribed product.",
  }),
  FillUnknown: ({ id }) => ({
    message: `This is not the last fill of prescription ${id}, or it came back already.`,
    advice: "Name the pack and the doses of the last fill; earlier ones are not reversed.",
  }),
};
