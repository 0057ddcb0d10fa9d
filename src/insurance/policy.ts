/**
 * Insurance policies: issued, ended early, closed.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { TERMINATE } from "./messages.js";
import {
  policyFrom,
  policyId,
  policyMessage,
  requireDay,
  toPolicy,
  type Policy,
  type PolicyMessage,
} from "./policyKey.js";

/** The early end of a policy's message, as signed. */
export type TerminateMessage = { policy: Hex; endDay: number };

/** A signed early end: the message, and the key the contract hashes to the policy's id. */
export type SignedTermination = Signed<TerminateMessage> & { key: PolicyMessage };

/** An early end of a policy. */
export type Termination = {
  policy: Policy;
  /** The first day whose services it covers no more: by the patient at least tomorrow, by the insurer 30 days ahead. */
  endDay: number;
};

/**
 * Prepares a policy whose premium, if any, is settled elsewhere. Its result is the policy's id.
 *
 * @example
 * const { result: id } = await issue(aceso, { policy }).send();
 *
 * @param policy the connection's account is its plan's licensed insurer, or acts for it.
 * @throws as {@link toPolicy} does; on sending {@link ContractError} `PlanNotPublished`, `InsurerUnauthorized`,
 * `PolicyPartyZero`, `PolicyTermInvalid`, `PolicyExists`, `ReserveShort` or `EnforcedPause`.
 */
export function issue(aceso: Aceso, { policy }: { policy: Policy }): Prepared<Hex> {
  const { escrow } = aceso.contracts;
  const id = policyId(policy);
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("issue", [toPolicy(policy)]), { after: () => id });
}

/**
 * Prepares the early end of a policy, never in the past. The connection's account is the patient or the insurer.
 *
 * @throws as {@link toPolicy} does; {@link DayOutOfRangeError}; on sending {@link ContractError}
 * `PolicyUnknown`, `TerminationUnauthorized` or `TerminationDayInvalid`.
 */
export function terminate(aceso: Aceso, { policy, endDay }: Termination): Prepared {
  const { escrow } = aceso.contracts;
  const call = [toPolicy(policy), requireDay(endDay)] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("terminate", [...call]));
}

/**
 * Signs the early end of a policy for anybody to relay.
 *
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 * @throws as {@link terminate} for what cannot be signed.
 */
export async function signTerminate(
  aceso: Aceso,
  { policy, endDay, deadline }: Termination & { deadline?: number },
): Promise<SignedTermination> {
  const message = { policy: policyId(policy), endDay: requireDay(endDay) };
  const signed = await sign(aceso, aceso.contracts.escrow, TERMINATE, message, deadline);
  return { ...signed, key: policyMessage(policy) };
}

/**
 * Prepares the relay of a signed early end.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link terminate}, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function terminateBySig(aceso: Aceso, signed: SignedTermination): Prepared {
  const { escrow } = aceso.contracts;
  const authorization = authorizationOf(aceso, escrow, TERMINATE, signed);
  const call = [policyFrom(signed.key), signed.message.endDay, authorization, signed.signature] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("terminateBySig", [...call]));
}

/**
 * Prepares the closing of a policy whose run-off is over, which frees its collateral. By anybody.
 *
 * @throws as {@link toPolicy} does; on sending {@link ContractError} `PolicyUnknown`, `PolicyRunningOff` or
 * `PolicyIsClosed`.
 */
export function close(aceso: Aceso, { policy }: { policy: Policy }): Prepared {
  const { escrow } = aceso.contracts;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("close", [toPolicy(policy)]));
}
