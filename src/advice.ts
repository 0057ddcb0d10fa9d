/**
 * What each error of the contracts means and what to do about it.
 *
 * @module
 */
import { roleOf } from "./accreditation/role.js";
import { categoriesIn } from "./consent/category.js";
import { isPurposeBit, purposeOfBit } from "./consent/purpose.js";

/** A sentence on what was wrong, and one on what to do. */
export type Advice = { message: string; advice: string };

type Args = Readonly<Record<string, unknown>>;

const SIGN_AGAIN = "Sign a new message; signing reads the current state from the chain.";
const ASK_ACCREDITOR = "Ask an accreditor of the role to accredit or reinstate the participant.";

const ADVICE: Readonly<Record<string, (args: Args) => Advice>> = {
  AccreditorNotAllowed: ({ role, caller }) => ({
    message: `${caller} may not accredit in the role ${name(role)}.`,
    advice: "Use an account the admin has appointed for this role (setAccreditor).",
  }),
  LicenceNotYours: ({ participant, role, accreditor }) => ({
    message: `The ${name(role)} licence of ${participant} belongs to ${accreditor}.`,
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

  RecordRoleInvalid: ({ role }) => ({
    message: `Health records are not authored in the role ${name(role)}.`,
    advice: "Name the role the author is licensed in, such as Provider, Practitioner or Laboratory.",
  }),
  RecordUnauthorized: ({ author, caller, role }) => ({
    message: `${caller} may not act for ${author} as ${name(role)}.`,
    advice: "The author needs a live licence in the role, and the caller a live membership of its staff.",
  }),
  RecordDigestInvalid: () => ({
    message: "The digest is no sha-256 of a ciphertext.",
    advice: "Take the digest with sha256.",
  }),
  RecordExists: ({ id }) => ({
    message: `Record ${id} is anchored already.`,
    advice: "Amend it instead, or add it with a new salt.",
  }),
  RecordUnknown: ({ id }) => ({
    message: `Record ${id} is not anchored by itself.`,
    advice: "Anchor it first; a record under a root is replaced by anchoring it.",
  }),
  RecordIsErased: ({ id }) => ({
    message: `The patient erased record ${id}.`,
    advice: "Erasure is final. What is newly recorded becomes a new record.",
  }),
  RecordNotOfPatient: ({ id }) => ({
    message: `Record ${id} is another patient's.`,
    advice: "Name only records of the patient who erases them.",
  }),
  RecordNotSelfAuthored: ({ id }) => ({
    message: `The signer is not both patient and author of record ${id}.`,
    advice: "Signed messages anchor what patients record about themselves; authors send their own transactions.",
  }),
  RecordStale: ({ id }) => ({
    message: `Record ${id} has changed since the amendment was prepared or signed.`,
    advice: "Prepare or sign it again, on top of the current version.",
  }),
  RootInvalid: () => ({
    message: "The root is zero, or covers no record.",
    advice: "Build the root from at least one record.",
  }),
  RootExists: ({ root }) => ({
    message: `The author anchored root ${root} already.`,
    advice: "There is nothing to do: its records are anchored.",
  }),
  AccessCallerInvalid: ({ grantee, caller }) => ({
    message: `${caller} is neither ${grantee} nor on its staff.`,
    advice: "Log an access from the grantee's own account or a member's (setMember).",
  }),
  AccessNotPermitted: ({ grantee, purpose, categories }) => ({
    message: `${grantee} is not permitted to use ${categoryNames(categories)} for ${purposeName(purpose)} now.`,
    advice: "Ask the patient for consent, or ask for less; in an emergency, open one first.",
  }),

  KeyZero: () => ({
    message: "The zero key is no X25519 public key.",
    advice: "Publish the public key of generateEncryptionKey.",
  }),
  KeyStale: () => ({
    message: "Another key was published since the message was signed.",
    advice: SIGN_AGAIN,
  }),
  SignatureExpired: ({ deadline }) => ({
    message: `The message counted until ${date(deadline)}.`,
    advice: "Sign a new message with a later deadline.",
  }),
  SignatureInvalid: ({ signer }) => ({
    message: `The signature is not ${signer}'s over this message on this chain and contract.`,
    advice: "Check the chain, the deployment and who signs, and that the message was not changed, then sign again.",
  }),

  AccessManagedUnauthorized: ({ caller }) => ({
    message: `${caller} is no admin.`,
    advice: "Use the admin's account; under a delay, schedule the call first.",
  }),
  AccessManagerNotScheduled: () => ({
    message: "The admin call has not been scheduled.",
    advice: "Schedule it with the AccessManager, wait out the delay, then send it.",
  }),
  AccessManagerNotReady: () => ({
    message: "The admin call's delay has not passed.",
    advice: "Wait until the delay has passed, then send it again.",
  }),
  AccessManagerExpired: () => ({
    message: "The admin call lapsed: it was not sent within a week after its delay.",
    advice: "Schedule it again, wait out the delay, then send it.",
  }),
};

/** Every contract error there is advice on. */
export const ADVISED_ERRORS: readonly string[] = Object.keys(ADVICE);

/** What an error of the contracts means, with its arguments. */
export function adviceOn(error: string, args: Args): Advice {
  return (
    ADVICE[error]?.(args) ?? {
      message: "The contract refused the call.",
      advice: "Look the error up in the contract's documentation.",
    }
  );
}

function name(role: unknown): string {
  return roleOf(role as bigint);
}

function categoryNames(mask: unknown): string {
  return categoriesIn(mask as bigint).join(", ") || "anything";
}

function purposeName(bit: unknown): string {
  return isPurposeBit(bit as bigint) ? purposeOfBit(bit as bigint) : `unknown purpose ${bit}`;
}

function date(seconds: unknown): string {
  const milliseconds = Number(seconds) * 1000;
  return milliseconds <= 8.64e15 ? new Date(milliseconds).toISOString() : `second ${seconds}`;
}
