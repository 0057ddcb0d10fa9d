/**
 * The lines of a claim: as a billing office writes them, and as the contract takes them.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";

/** One line as a billing office writes it. */
export type ServiceLine = {
  /** Where it stands in the claim's document, such as `2`, or `2.1` for a detail. */
  sequence: string;
  /** The code system's URI and the code, such as `http://www.ama-assn.org/go/cpt` and `99213`. */
  system: string;
  code: string;
  display?: string;
  /** The day of the service, `YYYY-MM-DD`. */
  day: string;
  /** A decimal with at most three places, such as `1` or `0.5`. */
  quantity: string;
  /** What is asked for the whole line, a decimal in the plan's currency, such as `125.00`. */
  billed: string;
  /** The insurer's preauthorisation number, where the claim names one. */
  preAuthRef?: string;
};

/** One line as the contract takes it. */
export type Line = {
  /** The service's key in the plan. */
  service: Hex;
  /** The day of the service, counted from 1970-01-01. */
  day: number;
  /** The provider's number of the line within policy and day, 0 to 255. */
  number: number;
  /** In thousandths. */
  quantity: bigint;
  /** In token units. */
  billed: bigint;
};

/** What becomes of one line, in token units. `billed = benefit + patientShare + writeOff`. */
export type LineOutcome = {
  /** What the plan's rules apply to. */
  eligible: bigint;
  copay: bigint;
  /** What counts towards the deductible. */
  deductible: bigint;
  coinsurance: bigint;
  /** What the plan pays. */
  benefit: bigint;
  /** What the patient pays, copay, deductible and coinsurance included. */
  patientShare: bigint;
  /** What the provider loses. */
  writeOff: bigint;
};
