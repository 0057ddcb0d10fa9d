/**
 * Consents: who may use a patient's data, for what and until when.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, ownAuthorizationOf, sign, type Signed } from "../signing.js";
import { forget } from "../vault/forget.js";
import { categoryMask, type DataCategory } from "./category.js";
import { GRANT, REVOKE, REVOKE_ALL } from "./messages.js";
import { purposeBit, type Purpose } from "./purpose.js";
import { termsMessage, type Terms, type TermsMessage } from "./terms.js";

/** The policy of a consent that agrees to no document. */
export const NO_POLICY: Hex = `0x${"00".repeat(32)}`;

/** Which consent: the patient, who may use the data, and the salted digest of the document agreed to. */
export type ConsentKey = {
  /** The connection's account when not given. */
  patient?: Address;
  grantee: Address;
  /** {@link NO_POLICY} when not given. */
  policy?: Hex;
};

/** A grant's message, as signed. */
export type GrantMessage = {
  patient: Address;
  grantee: Address;
  policy: Hex;
  terms: TermsMessage;
  revision: string;
};

/** A revocation's message, as signed. */
export type RevokeMessage = { patient: Address; grantee: Address; policy: Hex; revision: string };

/** The message that revokes everything, as signed. */
export type RevokeAllMessage = { patient: Address; epoch: number };

/**
 * Prepares the grant of a consent, which replaces what stands under the same patient, grantee and policy.
 *
 * @example
 * await grant(aceso, { grantee: clinic, terms: { purposes: ["TREAT"], categories: ["laboratory"], validUntil } }).send();
 *
 * @throws {@link EmptyTermsError}, {@link TermsTimeError}, {@link UnknownPurposeError}, {@link BreakTheGlassError},
 * {@link UnknownCategoryError} when the terms cannot be granted; {@link ContractError} `ConsentUnauthorized` on sending
 * when the account is neither the patient nor a delegate for these categories.
 */
export function grant(aceso: Aceso, { terms, ...key }: ConsentKey & { terms: Terms }): Prepared {
  const { patient, grantee, policy } = keyOf(aceso, key);
  const { consents } = aceso.contracts;
  const call = [patient, grantee, policy, termsMessage(terms)] as const;
  return prepare(aceso, consents, consents.interface.encodeFunctionData("grant", [...call]));
}

/**
 * Signs a grant for anybody to relay: the patient (or delegate) needs no gas.
 *
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 * @throws as {@link grant} for terms that cannot be granted.
 */
export async function signGrant(
  aceso: Aceso,
  { terms, deadline, ...key }: ConsentKey & { terms: Terms; deadline?: number },
): Promise<Signed<GrantMessage>> {
  const { patient, grantee, policy } = keyOf(aceso, key);
  const { consents } = aceso.contracts;
  const revision = (await consents.revisionOf(patient, grantee, policy)).toString();
  return sign(aceso, consents, GRANT, { patient, grantee, policy, terms: termsMessage(terms), revision }, deadline);
}

/**
 * Prepares the relay of a signed grant.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} `ConsentStale`, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function grantBySig(aceso: Aceso, signed: Signed<GrantMessage>): Prepared {
  const { consents } = aceso.contracts;
  const authorization = authorizationOf(aceso, consents, GRANT, signed);
  const { patient, grantee, policy, terms, revision } = signed.message;
  const call = [patient, grantee, policy, terms, revision, authorization, signed.signature] as const;
  return prepare(aceso, consents, consents.interface.encodeFunctionData("grantBySig", [...call]));
}

/**
 * Prepares the revocation of a consent. Sending it also deletes the grantee's wrapped keys to the patient's records
 * from the connection's vault, if it has one; what the grantee may still use under another policy is shared or released
 * again.
 *
 * @throws on sending {@link ContractError} `ConsentUnauthorized`.
 */
export function revoke(aceso: Aceso, key: ConsentKey): Prepared {
  const { patient, grantee, policy } = keyOf(aceso, key);
  const { consents } = aceso.contracts;
  const data = consents.interface.encodeFunctionData("revoke", [patient, grantee, policy]);
  return prepare(aceso, consents, data, {
    after: () => forget(aceso.vault, { patient, reader: grantee }),
  });
}

/** Signs a revocation for anybody to relay. Where no consent stands, it makes grants signed before it stale. */
export async function signRevoke(
  aceso: Aceso,
  { deadline, ...key }: ConsentKey & { deadline?: number },
): Promise<Signed<RevokeMessage>> {
  const { patient, grantee, policy } = keyOf(aceso, key);
  const { consents } = aceso.contracts;
  const revision = (await consents.revisionOf(patient, grantee, policy)).toString();
  return sign(aceso, consents, REVOKE, { patient, grantee, policy, revision }, deadline);
}

/**
 * Prepares the relay of a signed revocation; on sending, wrapped keys go as with {@link revoke}.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link grantBySig}.
 */
export function revokeBySig(aceso: Aceso, signed: Signed<RevokeMessage>): Prepared {
  const { consents } = aceso.contracts;
  const authorization = authorizationOf(aceso, consents, REVOKE, signed);
  const { patient, grantee, policy, revision } = signed.message;
  const call = [patient, grantee, policy, revision, authorization, signed.signature] as const;
  const data = consents.interface.encodeFunctionData("revokeBySig", [...call]);
  return prepare(aceso, consents, data, {
    after: () => forget(aceso.vault, { patient, reader: grantee }),
  });
}

/**
 * Prepares the end of every consent and delegate of the connection's account, in one write. Sending it also deletes
 * every other account's wrapped keys to the patient's records from the connection's vault, but the authors' own.
 */
export function revokeAll(aceso: Aceso): Prepared {
  const patient = accountOf(aceso);
  const { consents } = aceso.contracts;
  const data = consents.interface.encodeFunctionData("revokeAll");
  return prepare(aceso, consents, data, { after: () => forget(aceso.vault, { patient }) });
}

/** Signs the end of every consent and delegate for anybody to relay. */
export async function signRevokeAll(
  aceso: Aceso,
  { deadline }: { deadline?: number } = {},
): Promise<Signed<RevokeAllMessage>> {
  const patient = accountOf(aceso);
  const { consents } = aceso.contracts;
  const epoch = Number(await consents.epochOf(patient));
  return sign(aceso, consents, REVOKE_ALL, { patient, epoch }, deadline);
}

/**
 * Prepares the relay of a signed end of everything; on sending, wrapped keys go as with {@link revokeAll}.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link grantBySig}.
 */
export function revokeAllBySig(aceso: Aceso, signed: Signed<RevokeAllMessage>): Prepared {
  const { consents } = aceso.contracts;
  const authorization = ownAuthorizationOf(aceso, consents, REVOKE_ALL, signed, signed.message.patient);
  const call = [signed.message.epoch, authorization, signed.signature] as const;
  const data = consents.interface.encodeFunctionData("revokeAllBySig", [...call]);
  return prepare(aceso, consents, data, {
    after: () => forget(aceso.vault, { patient: signed.message.patient }),
  });
}

/** Whether a grantee may use all these categories of a patient's data for a purpose now. */
export async function permits(
  aceso: Aceso,
  { purpose, categories, ...key }: ConsentKey & { purpose: Purpose; categories: readonly DataCategory[] },
): Promise<boolean> {
  const { patient, grantee, policy } = keyOf(aceso, key);
  return aceso.contracts.consents.permits(patient, grantee, policy, purposeBit(purpose), categoryMask(categories));
}

function keyOf(aceso: Aceso, { patient, grantee, policy = NO_POLICY }: ConsentKey): Required<ConsentKey> {
  return { patient: toAddress(patient ?? accountOf(aceso)), grantee: toAddress(grantee), policy };
}
