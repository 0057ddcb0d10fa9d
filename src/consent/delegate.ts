/**
 * Delegates: somebody, such as a guardian, who decides for a patient within a mask.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { prepare, type Prepared } from "../prepare.js";
import { ownAuthorizationOf, sign, type Signed } from "../signing.js";
import { categoryMask, type DataCategory } from "./category.js";
import { SET_DELEGATE } from "./messages.js";

/** Whom a patient lets decide, on what, until when. */
export type Delegation = {
  delegate: Address;
  categories: readonly DataCategory[];
  /** The first second the delegate no longer acts, in Unix seconds; 0 removes the delegate. */
  until: number;
};

/** A delegation's message, as signed. */
export type SetDelegateMessage = {
  patient: Address;
  delegate: Address;
  until: number;
  categories: number;
  revision: string;
};

/**
 * Prepares the naming or, with `until` 0, the removal of a delegate of the connection's account. A delegate can neither
 * name delegates, nor revoke everything, nor erase records.
 *
 * @throws {@link UnknownCategoryError}; on sending {@link ContractError} `DelegateInvalid` or `DelegateEndPast`.
 */
export function setDelegate(aceso: Aceso, { delegate, categories, until }: Delegation): Prepared {
  const { consents } = aceso.contracts;
  const call = [toAddress(delegate), until, categoryMask(categories)] as const;
  return prepare(aceso, consents, consents.interface.encodeFunctionData("setDelegate", [...call]));
}

/**
 * Signs the naming or removal of a delegate for anybody to relay.
 *
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 */
export async function signSetDelegate(
  aceso: Aceso,
  { delegate, categories, until, deadline }: Delegation & { deadline?: number },
): Promise<Signed<SetDelegateMessage>> {
  const patient = accountOf(aceso);
  const { consents } = aceso.contracts;
  const checked = toAddress(delegate);
  const revision = (await consents.delegateRevisionOf(patient, checked)).toString();
  const message = {
    patient,
    delegate: checked,
    until,
    categories: Number(categoryMask(categories)),
    revision,
  };
  return sign(aceso, consents, SET_DELEGATE, message, deadline);
}

/**
 * Prepares the relay of a signed delegation.
 *
 * @throws {@link SignedForElsewhereError}, {@link SignerMismatchError}; on sending {@link ContractError} `ConsentStale`, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function setDelegateBySig(aceso: Aceso, signed: Signed<SetDelegateMessage>): Prepared {
  const { consents } = aceso.contracts;
  const authorization = ownAuthorizationOf(aceso, consents, SET_DELEGATE, signed, signed.message.patient);
  const { delegate, until, categories, revision } = signed.message;
  const call = [delegate, until, categories, revision, authorization, signed.signature] as const;
  return prepare(aceso, consents, consents.interface.encodeFunctionData("setDelegateBySig", [...call]));
}

/** Whether an actor may decide for a patient on all these categories now. */
export async function mayDecide(
  aceso: Aceso,
  { patient, actor, categories }: { patient: Address; actor: Address; categories: readonly DataCategory[] },
): Promise<boolean> {
  return aceso.contracts.consents.mayDecide(patient, actor, categoryMask(categories));
}
