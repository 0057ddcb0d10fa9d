/**
 * Quotes: an insurer's signed personal offer, and the purchase of the policy with it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { QUOTE } from "./messages.js";
import { policyFrom, policyId, policyMessage, type Policy, type PolicyMessage } from "./policyKey.js";

/** A signed quote, as plain JSON for the holder: the message is the policy. */
export type SignedQuote = Signed<PolicyMessage>;

/**
 * Signs a personal quote: its holder, and nobody else, may buy this policy with it, once.
 *
 * @example
 * const quote = await signQuote(insurer, { policy });
 * await approve(holder, { token, amount: policy.premium }).send();
 * await purchase(holder, quote).send();
 *
 * @param policy the connection's account is its plan's licensed insurer, or acts for it.
 * @param deadline the last second the quote counts, in Unix seconds; an hour from now when not given.
 * @throws as {@link toPolicy} does.
 */
export async function signQuote(
  aceso: Aceso,
  { policy, deadline }: { policy: Policy; deadline?: number },
): Promise<SignedQuote> {
  return sign(aceso, aceso.contracts.escrow, QUOTE, policyMessage(policy), deadline);
}

/**
 * Prepares the purchase of a quoted policy: the premium goes into the plan's reserve; {@link approve} it first. Its result
 * is the policy's id.
 *
 * @param quote the connection's account is its holder, or acts for it.
 * @throws {@link SignedForElsewhereError}; as {@link toPolicy} does; on sending {@link ContractError} `QuoteNotYours`,
 * `QuoteSignerUnauthorized`, `SignatureExpired`, `SignatureInvalid`, `PlanNotPublished`, `PolicyPartyZero`,
 * `PolicyTermInvalid`, `PolicyExists`, `ReserveShort`, `TokenTookFee` or `EnforcedPause`, or the token's own.
 */
export function purchase(aceso: Aceso, quote: SignedQuote): Prepared<Hex> {
  const { escrow } = aceso.contracts;
  const authorization = authorizationOf(aceso, escrow, QUOTE, quote);
  const policy = policyFrom(quote.message);
  const data = escrow.interface.encodeFunctionData("purchase", [policy, authorization, quote.signature]);
  return prepare(aceso, escrow, data, { after: () => policyId(policy) });
}
