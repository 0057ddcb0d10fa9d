/**
 * Acknowledgements: a patient confirms the lines of a claim, which lets it be paid at once or reserved.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { sign, type Signed } from "../signing.js";
import { billedClaim, requireServices, type ClaimFile } from "./claimFile.js";
import type { BilledClaim } from "./claimKey.js";
import { ACKNOWLEDGE } from "./messages.js";
import { policyId } from "./policyKey.js";

/** An acknowledgement's message, as signed. */
export type AcknowledgeMessage = {
  /** The policy's id. */
  policy: Hex;
  provider: Address;
  /** Days from 1970-01-01, quantities in thousandths, amounts in token units as decimal text. */
  lines: { service: Hex; day: number; number: number; quantity: number; billed: string }[];
  documents: Hex;
};

/** A signed acknowledgement, for the provider. */
export type SignedAcknowledgement = Signed<AcknowledgeMessage>;

/**
 * Signs a claim as the patient, or a delegate for claims. It counts once, and only for exactly this claim.
 *
 * @param secret the plan's: with it, the lines' services are checked to be those they name.
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 * @throws {@link ServiceKeyMismatchError}; as {@link billedClaim} does.
 */
export async function signAcknowledgement(
  aceso: Aceso,
  { file, secret, deadline }: { file: ClaimFile; secret?: Hex; deadline?: number },
): Promise<SignedAcknowledgement> {
  if (secret !== undefined) requireServices(file, secret);
  return sign(aceso, aceso.contracts.escrow, ACKNOWLEDGE, acknowledgementOf(billedClaim(file)), deadline);
}

/** What is acknowledged of a claim. */
export function acknowledgementOf({ policy, provider, documents, lines }: BilledClaim): AcknowledgeMessage {
  return {
    policy: policyId(policy),
    provider,
    lines: lines.map(({ service, day, number, quantity, billed }) => ({
      service,
      day,
      number,
      quantity: Number(quantity),
      billed: billed.toString(),
    })),
    documents,
  };
}
