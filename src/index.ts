/**
 * Aceso: health data that belongs to the patient, on any EVM chain.
 *
 * One object a domain, under the names the contracts and the CLI use; every type by its own name. The vault in a folder
 * needs Node.js and has an entry of its own: `aceso/vault/folder`.
 *
 * @example
 * import { connect, consent, records } from "aceso";
 *
 * const aceso = await connect(signer, { vault, encryptionKey });
 * await consent.grant(aceso, { grantee: clinic, terms: { purposes: ["TREAT"], categories: ["laboratory"], validUntil } }).send();
 *
 * @module
 */
import * as licences from "./accreditation/accreditation.js";
import * as roles from "./accreditation/role.js";
import * as categories from "./consent/category.js";
import * as grants from "./consent/consent.js";
import * as delegates from "./consent/delegate.js";
import * as standing from "./consent/history.js";
import * as purposes from "./consent/purpose.js";
import * as terms from "./consent/terms.js";
import * as emergencies from "./emergency/emergency.js";
import * as preferences from "./emergency/preference.js";
import * as accountings from "./fhir/accounting.js";
import * as auditEvents from "./fhir/auditEvent.js";
import * as bundles from "./fhir/bundle.js";
import * as resourceCategories from "./fhir/categories.js";
import * as fhirConsents from "./fhir/consent.js";
import * as histories from "./fhir/history.js";
import * as resources from "./fhir/resource.js";
import * as directory from "./keys/keys.js";
import * as accesses from "./records/access.js";
import * as actors from "./records/actor.js";
import * as additions from "./records/add.js";
import * as amendments from "./records/amend.js";
import * as anchors from "./records/anchored.js";
import * as erasures from "./records/erase.js";
import * as recordKeys from "./records/key.js";
import * as selfAuthored from "./records/selfAuthored.js";
import * as openings from "./records/open.js";
import * as handovers from "./records/share.js";
import * as sweeping from "./records/sweep.js";
import * as reasons from "./records/withheld.js";

/** Who is licensed to act in which role, and who is on whose staff. */
export const accreditation = { ...licences, ...roles };

/** Who may use a patient's data, for what and until when. */
export const consent = {
  ...grants,
  ...delegates,
  ...standing,
  ...terms,
  ...purposes,
  ...categories,
};

/** Breaking the glass, and answering for it. */
export const emergency = { ...emergencies, ...preferences };

/** Encrypted records: add, share, release, open, amend, erase, and the trail of who opened them. */
export const records = {
  ...actors,
  ...additions,
  ...amendments,
  ...handovers,
  ...openings,
  ...selfAuthored,
  ...erasures,
  ...accesses,
  ...anchors,
  ...recordKeys,
  ...reasons,
  ...sweeping,
};

/** The directory of public encryption keys. */
export const keys = { ...directory };

/** HL7 FHIR R4 at the edges. */
export const fhir = {
  ...resources,
  ...resourceCategories,
  ...bundles,
  ...histories,
  ...fhirConsents,
  ...auditEvents,
  ...accountings,
};

export {
  connect,
  NoEncryptionKeyError,
  NoProviderError,
  NoSignerError,
  NotDeployedError,
  NoVaultError,
} from "./aceso.js";
export { deploymentOn, MalformedDeploymentError, NoDeploymentError, parseDeployment } from "./deployment.js";
export { AcesoError } from "./errors.js";
export { NotMinedError, TransactionFailedError } from "./prepare.js";
export { rpcProvider, RpcUnreachableError } from "./provider.js";
export { SignedForElsewhereError, SignerMismatchError } from "./signing.js";
export { ContractError, InsufficientFundsError, UnknownRevertError } from "./revert.js";
export { encryptionKeyFrom, generateEncryptionKey } from "./crypto/encryptionKey.js";
export { addSlot, removeSlot, sealKey, unlockKey } from "./crypto/sealedKey.js";
export { memoryVault } from "./vault/memory.js";

export type { Aceso, ConnectOptions, Contracts } from "./aceso.js";
export type { Deployment } from "./deployment.js";
export type { Around, Prepared, Sent } from "./prepare.js";
export type { MessageTypes, Signed } from "./signing.js";
export type { Licence, Participation } from "./accreditation/accreditation.js";
export type { Role } from "./accreditation/role.js";
export type { DataCategory } from "./consent/category.js";
export type { ConsentKey, GrantMessage, RevokeAllMessage, RevokeMessage } from "./consent/consent.js";
export type { Delegation, SetDelegateMessage } from "./consent/delegate.js";
export type { StandingConsent } from "./consent/history.js";
export type { Purpose } from "./consent/purpose.js";
export type { Explanation, Terms, TermsMessage } from "./consent/terms.js";
export type { Address } from "./crypto/address.js";
export type { Hex } from "./crypto/bytes.js";
export type { EncryptionKey } from "./crypto/encryptionKey.js";
export type { SealedKey } from "./crypto/sealedKey.js";
export type { SealedSlot, Slot, Unlock } from "./crypto/slot.js";
export type { CaseKey, ContestMessage, CountersignMessage, EmergencyCase, Opened } from "./emergency/emergency.js";
export type { Preference, SetPreferenceMessage } from "./emergency/preference.js";
export type { Accounting, AccountingOptions, AccountingRule, Disclosure, RecipientName } from "./fhir/accounting.js";
export type { EmptyEntry, FhirRecord } from "./fhir/bundle.js";
export type { ConsentParts, ConsentReason, ConsentTerms } from "./fhir/consent.js";
export type { HistoryPart } from "./fhir/history.js";
export type { FullEntry } from "./fhir/resource.js";
export type { PublishKeyMessage } from "./keys/keys.js";
export type { Access } from "./records/access.js";
export type { AddedRecord, Authorship, Chart, SealedRecord } from "./records/add.js";
export type { Amendment } from "./records/amend.js";
export type { AnchoredRecord } from "./records/anchored.js";
export type { Envelope, ReadEnvelope, RootProof, Version } from "./records/envelope.js";
export type { EraseMessage, SignedErase } from "./records/erase.js";
export type { RecordKey } from "./records/key.js";
export type { OpenedChart, Opening } from "./records/open.js";
export type { Basis } from "./records/permitted.js";
export type { AnchorMessage, SignedAnchor } from "./records/selfAuthored.js";
export type { Handover } from "./records/share.js";
export type { SweptKey } from "./records/sweep.js";
export type { Withheld } from "./records/withheld.js";
export type { KeyFilter, Vault, WrappedKey } from "./vault/vault.js";
