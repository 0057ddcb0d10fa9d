/**
 * What becomes of a claim that waits: the insurer decides, a window ends, the reserve is filled.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { requireUnits } from "../token/amount.js";
import { claimKey, type BilledClaim } from "./claimKey.js";

/**
 * Prepares the insurer's decision on a pending claim: all of its benefit is approved, or something taken off. What is
 * taken off stays reserved, and the ruling's fee with it, until nobody can appeal any more.
 *
 * @param claim the connection's account is its plan's insurer, or acts for it.
 * @param benefit what is approved, in token units: at most what was adjudicated. Zero denies.
 * @param response the salted digest of the FHIR ClaimResponse, from `saltedDigest`; keep the salt, and hand both over.
 * @throws {@link NegativeAmountError}, {@link AmountTooLargeError}, {@link MalformedDigestError}; on sending
 * {@link ContractError} `InsurerUnauthorized`, `ClaimStatusInvalid`, `ClaimWindowOver`, `AmountAboveClaim` or
 * `RulingFeeUnfunded`.
 */
export function decide(
  aceso: Aceso,
  { claim, benefit, response }: { claim: BilledClaim; benefit: bigint; response: Hex },
): Prepared {
  const { escrow } = aceso.contracts;
  const call = [claimKey(claim), requireUnits(benefit), toDigest(response)] as const;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("decide", [...call]));
}

/**
 * Prepares the end of a window nobody used: a silent insurer approves, a silent appellant agrees, silent arbitrators
 * award. By anybody.
 *
 * @throws on sending {@link ContractError} `ClaimStatusInvalid` or `ClaimWindowOpen`.
 */
export function finalize(aceso: Aceso, { claim }: { claim: BilledClaim }): Prepared {
  const { escrow } = aceso.contracts;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("finalize", [claimKey(claim)]));
}

/**
 * Prepares the end of a claim nobody acknowledged and the insurer was silent on; its lines may be claimed again. By
 * anybody.
 *
 * @throws on sending {@link ContractError} `ClaimStatusInvalid`, `ClaimWindowOpen` or `LinesMismatch`.
 */
export function lapse(aceso: Aceso, { claim }: { claim: BilledClaim }): Prepared {
  const { escrow } = aceso.contracts;
  const lines = [...claim.lines];
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("lapse", [claimKey(claim), lines]));
}

/**
 * Prepares the binding of the plan's reserve to a claim that found it dry, which pays it if it is due. By anybody.
 *
 * @throws on sending {@link ContractError} `ClaimIsFunded` or `ReserveShort`.
 */
export function fund(aceso: Aceso, { claim }: { claim: BilledClaim }): Prepared {
  const { escrow } = aceso.contracts;
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("fund", [claimKey(claim)]));
}
