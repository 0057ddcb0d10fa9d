/**
 * What makes a study this study: who answers for it, and its number in a public registry.
 *
 * @module
 */
import { AbiCoder, keccak256 } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { fromBytes32, toBytes32 } from "../gs1/characters.js";

/** A study's key. */
export type StudyKey = {
  /** The licensed Researcher who answers for it and pays. */
  sponsor: Address;
  /** Its number in a public registry, such as `NCT01234567`: 1 to 32 printable ASCII characters. */
  registration: string;
};

/**
 * A study's id: `keccak256(abi.encode(sponsor, registration))`.
 *
 * @throws {@link MalformedAddressError}, {@link NotBytes32TextError}.
 */
export function studyId(study: StudyKey): Hex {
  const { sponsor, registration } = toStudyKey(study);
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [sponsor, registration])) as Hex;
}

/** A study's key as `StudyRewards` takes it. */
export function toStudyKey({ sponsor, registration }: StudyKey): { sponsor: Address; registration: Hex } {
  return { sponsor: toAddress(sponsor), registration: toBytes32(registration) };
}

/** A study's key from what the contract's events say. */
export function studyKeyFrom({ sponsor, registration }: { sponsor: string; registration: string }): StudyKey {
  return { sponsor: toAddress(sponsor), registration: fromBytes32(registration) };
}
