/**
 * Advice on the errors of `EmergencyAccess`.
 *
 * @module
 */
import { ASK_ACCREDITOR, date, SIGN_AGAIN, type AdviceByError } from "./words.js";

export const EMERGENCY: AdviceByError = {
  EmergencyNotPractitioner: ({ account }) => ({
    message: `${account} holds no live Practitioner licence.`,
    advice: ASK_ACCREDITOR,
  }),
  EmergencyOpenedAlready: ({ openedAt }) => ({
    message: `This clinician opened this patient's records at ${date(openedAt)}, in this very second, already.`,
    advice: "Use the case that is open.",
  }),
  EmergencyOptedOut: ({ patient }) => ({
    message: `${patient} opted out of emergency access.`,
    advice: "Ask the patient for consent; nothing opens these records without it.",
  }),
  EmergencyNeedsCountersignature: ({ unreviewed }) => ({
    message: `${unreviewed} of this clinician's cases wait for review, or this patient contested one.`,
    advice: "Have a second Practitioner countersign (signCountersignature), or have the cases reviewed.",
  }),
  EmergencyCountersignedByOpener: () => ({
    message: "The countersignature is the clinician's own.",
    advice: "Have another Practitioner countersign.",
  }),
  EmergencyReviewerInvalid: ({ reviewer }) => ({
    message: `${reviewer} may not review this case.`,
    advice: "Use an accredited PrivacyOfficer who neither opened nor countersigned it, nor is the patient.",
  }),
  EmergencyCaseUnknown: ({ clinician, openedAt }) => ({
    message: `${clinician} opened no emergency for this patient at ${date(openedAt)}.`,
    advice: "Take the patient, clinician and opening time from the list of cases.",
  }),
  EmergencyStillOpen: ({ until }) => ({
    message: `Access is open until ${date(until)}, so the patient may still contest it.`,
    advice: "Find it unjustified now, which closes it, or justified after its end.",
  }),
  EmergencyReviewedAlready: () => ({
    message: "The case has been reviewed already.",
    advice: "A verdict stands; there is nothing to do.",
  }),
  EmergencyContestedAlready: () => ({
    message: "The case has been contested already.",
    advice: "Access is closed; there is nothing to do.",
  }),
  EmergencyUnauthorized: ({ patient, actor }) => ({
    message: `${actor} may not decide for ${patient} on what the emergency covers.`,
    advice: "Use the patient's account, or a delegate's whose mask covers it.",
  }),
  EmergencyCategoriesUnknown: () => ({
    message: "The category mask has bits that stand for no category.",
    advice: "Build the mask with categoryMask.",
  }),
  EmergencyPreferenceStale: () => ({
    message: "The message was signed before a later change of the preference, so it no longer counts.",
    advice: SIGN_AGAIN,
  }),
};
