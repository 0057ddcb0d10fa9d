/**
 * Studies: proposed and paid for by their sponsor, decided on by their ethics board.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { requireUnits } from "../token/amount.js";
import { studyId, toStudyKey, type StudyKey } from "./studyKey.js";
import { termsHash, type StudyTerms } from "./studyTerms.js";

/** A proposal: the study, and the hash of its terms, which an approval names. */
export type Proposal = { id: Hex; termsHash: Hex };

/**
 * Prepares the proposal of a study, or of an amendment: what was approved stays in force until its board approves anew.
 *
 * @example
 * const { terms, announcement } = await sealStudy(readStudyFile(text), sponsor, salts);
 * const { result } = await propose(aceso, { study: { sponsor, registration }, terms }).send();
 *
 * @param study the connection's account is its sponsor, a licensed Researcher, or acts for it.
 * @param terms as {@link sealStudy} gives them. An amendment has another form, the same token and no lower cap.
 * @throws on sending {@link ContractError} `SponsorUnauthorized`, `StudyTermsInvalid` or `StudyTokenFixed`.
 */
export function propose(aceso: Aceso, { study, terms }: { study: StudyKey; terms: StudyTerms }): Prepared<Proposal> {
  const { studies } = aceso.contracts;
  const proposal = { id: studyId(study), termsHash: termsHash(terms) };
  const data = studies.interface.encodeFunctionData("propose", [toStudyKey(study), terms]);
  return prepare(aceso, studies, data, { after: () => proposal });
}

/**
 * Prepares a board's approval of exactly the terms that wait, or, while none do, of those in force for longer.
 *
 * @param approval.termsHash the hash of the terms the board decided on: compute it from what it read, with
 * {@link termsHash}, instead of asking the chain for it.
 * @param approval.until the first second the approval no longer counts, in Unix seconds.
 * @param approval.board a licensed EthicsBoard unrelated to the sponsor; the connection's account when not given.
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `StudyUnknown`, `SponsorUnauthorized`,
 * `BoardUnauthorized`, `ApprovalOfAnother`, `StudyStatusInvalid`, `ApprovalMismatch`, `ApprovalEndPast` or, when the
 * terms ended meanwhile or those enrolled could earn more than an amount holds, `StudyTermsInvalid`.
 */
export function approve(
  aceso: Aceso,
  { id, board, termsHash: hash, until }: { id: Hex; board?: Address; termsHash: Hex; until: number },
): Prepared {
  const { studies } = aceso.contracts;
  const call = [id, toAddress(board ?? accountOf(aceso)), toDigest(hash), until] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("approve", [...call]));
}

/**
 * Prepares the suspension of a study by its board: nobody enrols or is credited; what is owed stays payable.
 *
 * @param reasons the digest of the reasons, from `saltedDigest`.
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `StudyStatusInvalid` or `BoardUnauthorized`.
 */
export function suspend(aceso: Aceso, { id, reasons }: { id: Hex; reasons: Hex }): Prepared {
  return setSuspended(aceso, id, true, reasons);
}

/** Prepares the end of a suspension by the study's board; otherwise as {@link suspend}. */
export function reinstate(aceso: Aceso, { id, reasons }: { id: Hex; reasons: Hex }): Prepared {
  return setSuspended(aceso, id, false, reasons);
}

/**
 * Prepares the end of an approval whose board or sponsor has no live licence any more. By anybody.
 *
 * @throws on sending {@link ContractError} `StudyUnknown`, `ApprovalEndPast` or `ApprovalStands`.
 */
export function endApproval(aceso: Aceso, { id }: { id: Hex }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("endApproval", [id]));
}

/**
 * Prepares the end of recruiting, for good; those enrolled go on.
 *
 * @param study the connection's account is its sponsor, or acts for it.
 * @throws on sending {@link ContractError} `StudyUnknown`, `SponsorUnauthorized` or `StudyStatusInvalid`.
 */
export function close(aceso: Aceso, { study }: { study: StudyKey }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("close", [toStudyKey(study)]));
}

/**
 * Prepares the publication of a study's results, once; the chain says how late they are.
 *
 * @param study the connection's account is its sponsor, or acts for it.
 * @param results the sha-256 digest of the results, which anybody can compare with what is published elsewhere.
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `StudyUnknown`, `StudyStatusInvalid`,
 * `SponsorUnauthorized`, `ResultsMissing` or `ResultsExist`.
 */
export function publishResults(aceso: Aceso, { study, results }: { study: StudyKey; results: Hex }): Prepared {
  const { studies } = aceso.contracts;
  const call = [toStudyKey(study), toDigest(results)] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("publishResults", [...call]));
}

/**
 * Prepares a payment into a study's rewards, no more than is missing. By anybody. Nobody enrols before all is there.
 *
 * @param amount in token units; approve them first, with `approve` of the token.
 * @throws {@link NegativeAmountError}, {@link AmountTooLargeError}; on sending {@link ContractError}
 * `StudyNotApproved`, `StudyFundedAlready` or `TokenTookFee`, or the token's own.
 */
export function fund(aceso: Aceso, { id, amount }: { id: Hex; amount: bigint }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("fund", [id, requireUnits(amount)]));
}

/**
 * Prepares the return of what nobody earned to the sponsor, once the study and its claim window are over.
 *
 * @param study the connection's account is its sponsor, or acts for it.
 * @throws on sending {@link ContractError} `StudyNotApproved`, `RefundUnauthorized` or `RefundInvalid`, or the token's
 * own.
 */
export function refund(aceso: Aceso, { study }: { study: StudyKey }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("refund", [toStudyKey(study)]));
}

function setSuspended(aceso: Aceso, id: Hex, suspended: boolean, reasons: Hex): Prepared {
  const { studies } = aceso.contracts;
  const call = [id, suspended, toDigest(reasons)] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("setSuspended", [...call]));
}
