/**
 * A plan's terms and benefits as the contract holds them: what its functions answer, and what they take.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";

/** Whether a plan covers a service, in the order of the contract's enum: never reorder, only append. */
export const COVERS = ["unlisted", "covered", "excluded"] as const;
export type Cover = (typeof COVERS)[number];

/** A plan's terms as the contract holds them. Amounts in token units, windows in seconds. */
export type PlanTerms = {
  token: Address;
  deductible: bigint;
  outOfPocketMax: bigint;
  /** Zero for none. */
  annualLimit: bigint;
  /** Up to which benefit a claim is paid at once. */
  autoApproveClaim: bigint;
  /** Up to which benefit a policy's claims are paid at once in all. */
  autoApproveYear: bigint;
  responseWindow: bigint;
  appealWindow: bigint;
  /** For each of the two arbitrators. */
  rulingWindow: bigint;
  arbitrator: Address;
  fallbackArbitrator: Address;
  rulingFee: bigint;
  /** How much of the reserve each live policy binds. */
  collateral: bigint;
};

/** What a plan pays for a service, as the contract holds it. Amounts in token units. */
export type Benefit = {
  /** The most that is eligible, for one unit of the service. */
  allowed: bigint;
  /** What the patient pays of each line first. */
  copay: bigint;
  /** The patient's part of what is left after copay and deductible; 10,000 is all of it. */
  coinsuranceBps: bigint;
  /** The place in {@link COVERS}. */
  cover: bigint;
  deductibleApplies: boolean;
  /** Whether a line lacking the insurer's preauthorisation pays nothing. */
  needsPreauthorization: boolean;
};
