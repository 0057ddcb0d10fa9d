/**
 * Taking part in a study, and leaving it.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { ENROL, WITHDRAW } from "./messages.js";

/** An investigator's countersignature, as signed. */
export type EnrolmentMessage = { study: Hex; participant: Address; form: Hex };

/** A withdrawal, as signed. */
export type WithdrawalMessage = { study: Hex; participant: Address };

/**
 * Signs, for the steward, that somebody may take part: the investigator saw that the criteria fit and the form was
 * understood. The participant's own consent stands on chain.
 *
 * @param enrolment.study its id. The message is for the terms in force now: an amendment needs a new one.
 * @param enrolment.deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 */
export async function signEnrolment(
  aceso: Aceso,
  { study, participant, deadline }: { study: Hex; participant: Address; deadline?: number },
): Promise<Signed<EnrolmentMessage>> {
  const { studies } = aceso.contracts;
  const { form } = await studies.termsOf(study);
  return sign(aceso, studies, ENROL, { study, participant: toAddress(participant), form: form as Hex }, deadline);
}

/**
 * Prepares the enrolment of somebody who consented to the study's steward, under its form, for its purpose and all its
 * categories. By anybody.
 *
 * @param signed the steward's, or its staff's.
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} `StudyNotRecruiting`, `StudyUnderfunded`,
 * `StudyFull`, `ParticipantKnown`, `StewardUnauthorized`, `ConsentMissing`, `SignatureExpired` or `SignatureInvalid`.
 */
export function enrol(aceso: Aceso, signed: Signed<EnrolmentMessage>): Prepared {
  const { studies } = aceso.contracts;
  const authorization = authorizationOf(aceso, studies, ENROL, signed);
  const { study, participant } = signed.message;
  const call = [study, participant, authorization, signed.signature] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("enrol", [...call]));
}

/** Who leaves a study. */
export type Leaving = {
  study: Hex;
  /** The connection's account when not given; or the patient it is a delegate of, for research. */
  participant?: Address;
};

/**
 * Prepares a withdrawal, for good. What was earned stays payable. The steward's consent ends by revoking it.
 *
 * @throws on sending {@link ContractError} `WithdrawalUnauthorized` or `ParticipantInvalid`.
 */
export function withdraw(aceso: Aceso, { study, participant = accountOf(aceso) }: Leaving): Prepared {
  const { studies } = aceso.contracts;
  const data = studies.interface.encodeFunctionData("withdraw", [study, toAddress(participant)]);
  return prepare(aceso, studies, data);
}

/**
 * Signs a withdrawal for anybody to relay.
 *
 * @param leaving.deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 */
export async function signWithdrawal(
  aceso: Aceso,
  { study, participant = accountOf(aceso), deadline }: Leaving & { deadline?: number },
): Promise<Signed<WithdrawalMessage>> {
  const message = { study, participant: toAddress(participant) };
  return sign(aceso, aceso.contracts.studies, WITHDRAW, message, deadline);
}

/**
 * Prepares the relay of a signed withdrawal.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link withdraw}, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function withdrawBySig(aceso: Aceso, signed: Signed<WithdrawalMessage>): Prepared {
  const { studies } = aceso.contracts;
  const authorization = authorizationOf(aceso, studies, WITHDRAW, signed);
  const { study, participant } = signed.message;
  const call = [study, participant, authorization, signed.signature] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("withdrawBySig", [...call]));
}
