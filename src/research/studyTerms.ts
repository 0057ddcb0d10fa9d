/**
 * A study's terms as the contract holds them: what its functions answer, and what they take.
 *
 * @module
 */
import { keccak256 } from "ethers";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { StudyTermsStructOutput } from "../generated/contracts/research/StudyRewards.js";
import { StudyRewards__factory } from "../generated/index.js";

/** A study's terms as the contract holds them. Amounts in token units, times in Unix seconds. */
export type StudyTerms = {
  /** The investigator organisation that receives the data: the grantee of every consent. */
  steward: Address;
  /** The bit of the purpose of use every consent must cover. */
  purpose: bigint;
  /** The mask of what is contributed. */
  categories: bigint;
  /** The first second nobody enrols any more. */
  enrolUntil: bigint;
  /** The salted digest of what participants agree to: the policy of every consent. */
  form: Hex;
  /** The salted digest of protocol and analysis plan. */
  protocol: Hex;
  /** The ERC-20 rewards are paid in. */
  token: Address;
  /** What a contribution earns. */
  reward: bigint;
  /** What a milestone earns. */
  milestoneReward: bigint;
  /** The most a participant earns. */
  cap: bigint;
  /** How many participants enrol at most. */
  capacity: bigint;
  /** How many milestones there are. */
  milestones: bigint;
  /** The first second nothing is contributed or recorded any more. */
  endsAt: bigint;
  /** From when the sponsor may take back what nobody earned. */
  refundAt: bigint;
  /** When the results are due. */
  resultsDue: bigint;
};

const abi = StudyRewards__factory.createInterface();

// The order of the contract's struct.
const FIELDS = abi.getFunction("termsOf").outputs[0]!.components!.map(({ name }) => name as keyof StudyTerms);

/** The hash of a study's terms, `keccak256(abi.encode(terms))`: what an approval names. */
export function termsHash(terms: StudyTerms): Hex {
  return keccak256(abi.encodeFunctionResult("termsOf", [FIELDS.map((field) => terms[field])])) as Hex;
}

/** Terms as the contract answers them; undefined when there are none. */
export function termsIn(answer: StudyTermsStructOutput): StudyTerms | undefined {
  const terms = Object.fromEntries(FIELDS.map((field) => [field, answer[field]])) as StudyTerms;
  return BigInt(terms.steward) === 0n ? undefined : terms;
}
