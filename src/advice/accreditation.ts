/**
 * Advice on the errors of `Accreditation`.
 *
 * @module
 */
import { date, roleName, type AdviceByError } from "./words.js";

export const ACCREDITATION: AdviceByError = {
  AccreditorNotAllowed: ({ role, caller }) => ({
    message: `${caller} may not accredit in the role ${roleName(role)}.`,
    advice: "Use an account the admin has appointed for this role (setAccreditor).",
  }),
  LicenceNotYours: ({ participant, role, accreditor }) => ({
    message: `The ${roleName(role)} licence of ${participant} belongs to ${accreditor}.`,
    advice: "Only the accreditor that issued a licence changes it; a licence of zero does not exist yet.",
  }),
  LicenceEndPast: ({ validUntil }) => ({
    message: `A licence cannot end at ${date(validUntil)}, which is not in the future.`,
    advice: "Choose an end in the future, in Unix seconds.",
  }),
  AccreditationAddressZero: () => ({
    message: "The zero address can be neither participant, accreditor nor member.",
    advice: "Name the account.",
  }),
};
