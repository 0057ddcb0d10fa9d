/**
 * Appeals against what an insurer took off a claim, and the arbitrators' rulings.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { requireUnits } from "../token/amount.js";
import {
  claimId,
  claimKey,
  claimKeyFrom,
  claimKeyMessage,
  type BilledClaim,
  type ClaimKeyMessage,
} from "./claimKey.js";
import { APPEAL } from "./messages.js";

/** An appeal, with the salted digest of what it is based on, from `saltedDigest`: keep the salt, and hand both over. */
export type Appeal = { claim: BilledClaim; grounds: Hex };

/** An appeal's message, as signed. */
export type AppealMessage = {
  /** The claim's id. */
  claim: Hex;
  grounds: Hex;
};

/** A signed appeal: the message, and the key the contract hashes to the claim's id. */
export type SignedAppeal = Signed<AppealMessage> & { key: ClaimKeyMessage };

/**
 * Prepares an appeal. The connection's account is the patient, a delegate for claims, or acts for the provider.
 *
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `AppealUnauthorized`, `ClaimStatusInvalid` or
 * `ClaimWindowOver`.
 */
export function appeal(aceso: Aceso, { claim, grounds }: Appeal): Prepared {
  const { escrow } = aceso.contracts;
  const call = [claimKey(claim), toDigest(grounds)] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("appeal", [...call]));
}

/**
 * Signs an appeal for anybody to relay: the patient (or delegate) needs no gas.
 *
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 * @throws {@link MalformedDigestError}.
 */
export async function signAppeal(
  aceso: Aceso,
  { claim, grounds, deadline }: Appeal & { deadline?: number },
): Promise<SignedAppeal> {
  const message = { claim: claimId(claim), grounds: toDigest(grounds) };
  const signed = await sign(aceso, aceso.contracts.escrow, APPEAL, message, deadline);
  return { ...signed, key: claimKeyMessage(claim) };
}

/**
 * Prepares the relay of a signed appeal.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link appeal}, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function appealBySig(aceso: Aceso, signed: SignedAppeal): Prepared {
  const { escrow } = aceso.contracts;
  const authorization = authorizationOf(aceso, escrow, APPEAL, signed);
  const call = [claimKeyFrom(signed.key), signed.message.grounds, authorization, signed.signature] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("appealBySig", [...call]));
}

/**
 * Prepares a ruling, which pays what is awarded. The connection's account is the plan's arbitrator, or acts for it; after
 * its window the fallback's.
 *
 * @param award how much of what was taken off the insurer has to pay, in token units.
 * @param reasons the salted digest of the reasons, from `saltedDigest`; keep the salt, and hand both over.
 * @throws {@link NegativeAmountError}, {@link AmountTooLargeError}, {@link MalformedDigestError}; on sending
 * {@link ContractError} `RulingUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver` or `AmountAboveClaim`.
 */
export function rule(
  aceso: Aceso,
  { claim, award, reasons }: { claim: BilledClaim; award: bigint; reasons: Hex },
): Prepared {
  const { escrow } = aceso.contracts;
  const call = [claimKey(claim), requireUnits(award), toDigest(reasons)] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("rule", [...call]));
}
