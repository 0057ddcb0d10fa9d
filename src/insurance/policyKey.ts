/**
 * Insurance policies by their keys.
 *
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import type { PolicyStructOutput } from "../generated/contracts/insurance/ClaimEscrow.js";
import { requireUnits } from "../token/amount.js";
import { dateOf } from "./day.js";

/** What makes a policy this policy. Days are counted from 1970-01-01, in UTC. */
export type Policy = {
  /** The plan's id. */
  plan: Hex;
  /** Who is insured: an account of its own for each insurer, so that nothing links them. */
  patient: Address;
  /** Who pays the premium and may buy: the patient, an employer, a parent. */
  holder: Address;
  /** The first day whose services it covers. */
  firstDay: number;
  /** The first day whose services it covers no more: at most 366 later. */
  endDay: number;
  /** In token units. */
  premium: bigint;
  /** The salted digest of the contract's document, such as a FHIR Coverage; it also tells two equal quotes apart. */
  document: Hex;
};

/** A policy as plain JSON: the premium is decimal text, in token units. */
export type PolicyMessage = Omit<Policy, "premium"> & { premium: string };

/** A policy's key as ABI encoders take it. */
export const POLICY_TUPLE =
  "tuple(bytes32 plan,address patient,address holder,uint24 firstDay,uint24 endDay,uint96 premium,bytes32 document)";

/** The most days a policy covers. */
export const MAX_TERM_DAYS = 366;

/**
 * A policy's id: the hash of its key.
 *
 * @throws as {@link toPolicy} does.
 */
export function policyId(policy: Policy): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode([POLICY_TUPLE], [toPolicy(policy)])) as Hex;
}

/**
 * A policy's key, checked.
 *
 * @throws {@link MalformedAddressError}, {@link MalformedDigestError}, {@link NegativeAmountError},
 * {@link AmountTooLargeError}; {@link DayOutOfRangeError}; {@link PolicyTermError} when it does not cover 1 to
 * {@link MAX_TERM_DAYS} days.
 */
export function toPolicy({ plan, patient, holder, firstDay, endDay, premium, document }: Policy): Policy {
  const days = requireDay(endDay) - requireDay(firstDay);
  if (days < 1 || days > MAX_TERM_DAYS) throw new PolicyTermError();
  return {
    plan: toDigest(plan),
    patient: toAddress(patient),
    holder: toAddress(holder),
    firstDay,
    endDay,
    premium: requireUnits(premium, "premium"),
    document: toDigest(document),
  };
}

/**
 * A day counted from 1970-01-01, checked.
 *
 * @throws {@link DayOutOfRangeError} when it is no whole day up to the end of the year 9999.
 */
export function requireDay(day: number): number {
  dateOf(day);
  return day;
}

/** A policy as plain JSON. */
export function policyMessage(policy: Policy): PolicyMessage {
  return { ...toPolicy(policy), premium: policy.premium.toString() };
}

/**
 * The policy {@link policyMessage} wrote.
 *
 * @throws as {@link toPolicy} does, {@link PolicyPremiumError} when the premium is no whole number in text.
 */
export function policyFrom(message: PolicyMessage): Policy {
  if (!/^\d{1,30}$/.test(message.premium)) throw new PolicyPremiumError();
  return toPolicy({ ...message, premium: BigInt(message.premium) });
}

/** A policy's key as an event has it. */
export function policyIn(key: PolicyStructOutput): Policy {
  return {
    plan: key.plan as Hex,
    patient: key.patient as Address,
    holder: key.holder as Address,
    firstDay: Number(key.firstDay),
    endDay: Number(key.endDay),
    premium: key.premium,
    document: key.document as Hex,
  };
}

/** A policy covers no day, or too many. */
export class PolicyTermError extends AcesoError {
  override name = "PolicyTermError";
  constructor() {
    super(
      `A policy covers 1 to ${MAX_TERM_DAYS} days; these are none, or more.`,
      "Name its first day, and the first day it covers no more.",
    );
  }
}

/** A policy's premium is no whole number in text. */
export class PolicyPremiumError extends AcesoError {
  override name = "PolicyPremiumError";
  constructor() {
    super("The policy's premium is no whole number of token units in text.", "Take the policy as it was handed over.");
  }
}
