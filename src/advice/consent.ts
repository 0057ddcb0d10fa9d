/**
 * Advice on the errors of `ConsentRegistry`.
 *
 * @module
 */
import { categoryNames, date, SIGN_AGAIN, type AdviceByError } from "./words.js";

export const CONSENT: AdviceByError = {
  ConsentUnauthorized: ({ patient, actor, categories }) => ({
    message: `${actor} may not decide for ${patient} on ${categoryNames(categories)}.`,
    advice: "Use the patient's account, or a delegate's whose mask covers these categories and those it replaces.",
  }),
  ConsentStale: () => ({
    message: "The message was signed before a later grant or revocation, so it no longer counts.",
    advice: SIGN_AGAIN,
  }),
  ConsentGranteeZero: () => ({
    message: "A consent cannot be granted to the zero address.",
    advice: "Name the grantee's account.",
  }),
  ConsentTermsEmpty: () => ({
    message: "The terms name no purpose or no category.",
    advice: "Name at least one purpose and one data category.",
  }),
  ConsentBreaksGlass: () => ({
    message: "BTG (break the glass) cannot be granted: it is for those who are not permitted.",
    advice: "Leave BTG out; emergencies open through EmergencyAccess.",
  }),
  ConsentPurposesUnknown: () => ({
    message: "The purpose mask has bits that stand for no code of HL7 v3-ActReason.",
    advice: "Build the mask with purposeMask.",
  }),
  ConsentCategoriesUnknown: () => ({
    message: "The category mask is empty or has bits that stand for no category.",
    advice: "Build the mask with categoryMask.",
  }),
  ConsentStartPast: ({ validFrom }) => ({
    message: `A consent cannot start at ${date(validFrom)}, in the past.`,
    advice: "Leave the start out to start now.",
  }),
  ConsentEndNotAfterStart: ({ validFrom, validUntil }) => ({
    message: `A consent from ${date(validFrom)} cannot end at ${date(validUntil)}.`,
    advice: "Choose an end after the start and in the future.",
  }),
  ConsentOutlivesDelegate: ({ until }) => ({
    message: `The delegate acts until ${date(until)} and cannot grant for longer.`,
    advice: "Choose an end within the delegation, or have the patient grant it.",
  }),
  DelegateInvalid: ({ delegate }) => ({
    message: `${delegate} cannot be a delegate of this patient.`,
    advice: "Name another account than the patient's own.",
  }),
  DelegateEndPast: ({ until }) => ({
    message: `A delegate cannot act until ${date(until)}, which is not in the future.`,
    advice: "Choose an end in the future, or zero to remove the delegate.",
  }),
};
