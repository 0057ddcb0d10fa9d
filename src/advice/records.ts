/**
 * Advice on the errors of `RecordRegistry`.
 *
 * @module
 */
import { categoryNames, purposeName, roleName, type AdviceByError } from "./words.js";

export const RECORDS: AdviceByError = {
  RecordRoleInvalid: ({ role }) => ({
    message: `Health records are not authored in the role ${roleName(role)}.`,
    advice: "Name the role the author is licensed in, such as Provider, Practitioner or Laboratory.",
  }),
  RecordUnauthorized: ({ author, caller, role }) => ({
    message: `${caller} may not act for ${author} as ${roleName(role)}.`,
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
};
