/**
 * Preauthorisations: an insurer's signed promise for one line of a claim to come.
 *
 * @module
 */
import { id as hashOf } from "ethers";

import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import type { PreauthorizationStruct } from "../generated/contracts/insurance/ClaimEscrow.js";
import { toBytes32 } from "../gs1/characters.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { requireUnits } from "../token/amount.js";
import { PREAUTHORIZE } from "./messages.js";
import { requireDay } from "./policyKey.js";

/** A preauthorisation's message, as signed. */
export type PreauthorizationMessage = {
  /** The policy's id. */
  policy: Hex;
  provider: Address;
  /** The service's key in the plan. */
  service: Hex;
  /** The most that is eligible, in token units. */
  amount: string;
  /** The last day of service it counts for, from 1970-01-01. */
  lastDay: number;
  /** The insurer's number for it as the contract has it: {@link preAuthRefKey}. */
  preAuthRef: Hex;
};

/** A signed preauthorisation, as plain JSON for the provider. It counts by days of service, so it has no deadline. */
export type SignedPreauthorization = Omit<Signed<PreauthorizationMessage>, "deadline">;

/** A line a preauthorisation may be for. */
type PromisedLine = { service: Hex; day: number; preAuthRef?: string | undefined };

/**
 * Signs a preauthorisation. It counts for one line, again when that line is corrected.
 *
 * @example
 * const service = serviceKey(secret, { system, code });
 * await signPreauthorization(insurer, { policy, provider, service, amount, lastDay, preAuthRef: "PA-2027-118" });
 *
 * @param policy the policy's id; the connection's account is its plan's insurer, or acts for it.
 * @param service the service's key in the plan.
 * @param amount the most that is eligible, in token units.
 * @param lastDay the last day of service it counts for, from 1970-01-01.
 * @param preAuthRef the insurer's number for it (FHIR `Claim.insurance.preAuthRef`); two equal promises differ in it.
 * @throws {@link MalformedAddressError}, {@link MalformedDigestError}, {@link NegativeAmountError},
 * {@link AmountTooLargeError}, {@link DayOutOfRangeError}.
 */
export async function signPreauthorization(
  aceso: Aceso,
  {
    policy,
    provider,
    service,
    amount,
    lastDay,
    preAuthRef,
  }: { policy: Hex; provider: Address; service: Hex; amount: bigint; lastDay: number; preAuthRef: string },
): Promise<SignedPreauthorization> {
  const message = {
    policy: toDigest(policy),
    provider: toAddress(provider),
    service: toDigest(service),
    amount: requireUnits(amount).toString(),
    lastDay: requireDay(lastDay),
    preAuthRef: preAuthRefKey(preAuthRef),
  };
  // The message's type has no deadline, so none is signed.
  const { deadline: _none, ...signed } = await sign(aceso, aceso.contracts.escrow, PREAUTHORIZE, message, 0);
  return signed;
}

/** An insurer's number for a preauthorisation as the contract has it: padded ASCII, or the keccak-256 of what is longer. */
export function preAuthRefKey(preAuthRef: string): Hex {
  return /^[ -~]{1,32}$/.test(preAuthRef) ? toBytes32(preAuthRef) : (hashOf(preAuthRef) as Hex);
}

/**
 * Preauthorisations at the places of their lines: each goes to the first line of its service and days that names its
 * number, else to the first that names none.
 *
 * @throws {@link SignedForElsewhereError}; {@link PreauthorizationUnplacedError} when there is no such line.
 */
export function placedPreauthorizations(
  aceso: Aceso,
  signed: readonly SignedPreauthorization[],
  claim: { policy: Hex; provider: Address; lines: readonly PromisedLine[] },
): PreauthorizationStruct[] {
  const free = new Set(claim.lines.keys());
  return signed.map((each) => {
    const { signer } = authorizationOf(aceso, aceso.contracts.escrow, PREAUTHORIZE, { ...each, deadline: 0 });
    const { policy, provider, service, amount, lastDay, preAuthRef } = each.message;
    const isOfClaim = policy === claim.policy && provider === claim.provider;
    const fitting = [...free].filter((at) => {
      const line = claim.lines[at]!;
      return isOfClaim && line.service === service && line.day <= lastDay;
    });
    const refOf = (at: number): string | undefined => claim.lines[at]!.preAuthRef;
    const line =
      fitting.find((at) => refOf(at) !== undefined && preAuthRefKey(refOf(at)!) === preAuthRef) ??
      fitting.find((at) => refOf(at) === undefined);
    if (line === undefined) throw new PreauthorizationUnplacedError(preAuthRef);
    free.delete(line);
    return { line, amount, lastDay, preAuthRef, signer, signature: each.signature };
  });
}

/** A preauthorisation fits no line of the claim. */
export class PreauthorizationUnplacedError extends AcesoError {
  override name = "PreauthorizationUnplacedError";
  constructor(readonly preAuthRef: Hex) {
    super(
      `Preauthorisation ${preAuthRef} is for no line of the claim: policy, provider, service, day or number is another.`,
      "Leave it out, or have the insurer sign one for the line; a line's preAuthRef must be the number it was given.",
    );
  }
}
