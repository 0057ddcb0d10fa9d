/**
 * Reversals: a provider takes a claim back, so that a corrected one may follow.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { statusOf } from "./outcome.js";
import { claimKey, type BilledClaim } from "./claimKey.js";

/**
 * Prepares taking a claim back: what was paid is returned, and accumulators and lines are as if it never was.
 * {@link approve} what is {@link repaymentOf} first. A corrected claim has another document.
 *
 * @param claim the connection's account is its provider, or acts for it.
 * @throws on sending {@link ContractError} `ClaimNotYours`, `ClaimStatusInvalid`, `LinesMismatch` or `TokenTookFee`, or
 * the token's own.
 */
export function reverse(aceso: Aceso, { claim }: { claim: BilledClaim }): Prepared {
  const { escrow } = aceso.contracts;
  const lines = [...claim.lines];
  return prepare(aceso, escrow, escrow.interface.encodeFunctionData("reverse", [claimKey(claim), lines]));
}

/** What the provider pays back when it reverses a claim now, in token units. */
export async function repaymentOf(aceso: Aceso, id: Hex): Promise<bigint> {
  const { status, unfunded, benefit } = await aceso.contracts.escrow.claimOf(id);
  const isDue = !["None", "Unacknowledged", "Pending"].includes(statusOf(status));
  return isDue && !unfunded ? benefit : 0n;
}
