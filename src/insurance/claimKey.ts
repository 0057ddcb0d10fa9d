/**
 * Claims by their keys.
 *
 * @module
 */
import { AbiCoder, concat, keccak256, TypedDataEncoder, type TypedDataField } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import type { Line } from "./line.js";
import { ACKNOWLEDGE } from "./messages.js";
import { POLICY_TUPLE, policyFrom, policyMessage, toPolicy, type Policy, type PolicyMessage } from "./policyKey.js";

/** What was billed: all that the chain is told of a claim. */
export type BilledClaim = {
  policy: Policy;
  provider: Address;
  /** The salted digest of the claim's document, such as a FHIR Claim with its diagnoses. */
  documents: Hex;
  lines: readonly Line[];
};

/** What makes a claim this claim. */
export type ClaimKey = {
  policy: Policy;
  provider: Address;
  /** The EIP-712 hash of its lines. */
  lines: Hex;
  documents: Hex;
};

/** A claim's key as plain JSON. */
export type ClaimKeyMessage = Omit<ClaimKey, "policy"> & { policy: PolicyMessage };

const LINE = { Line: ACKNOWLEDGE["Line"] as TypedDataField[] };

/**
 * A claim's key.
 *
 * @throws {@link MalformedAddressError}, {@link MalformedDigestError}; as {@link toPolicy} does.
 */
export function claimKey({ policy, provider, documents, lines }: BilledClaim): ClaimKey {
  const encoder = TypedDataEncoder.from(LINE);
  return {
    policy: toPolicy(policy),
    provider: toAddress(provider),
    lines: keccak256(concat(lines.map((line) => encoder.hash(line)))) as Hex,
    documents: toDigest(documents),
  };
}

/**
 * A claim's id: the hash of its key.
 *
 * @throws as {@link claimKey} does.
 */
export function claimId(claim: BilledClaim): Hex {
  const type = `tuple(${POLICY_TUPLE} policy,address provider,bytes32 lines,bytes32 documents)`;
  return keccak256(AbiCoder.defaultAbiCoder().encode([type], [claimKey(claim)])) as Hex;
}

/** A claim's key as plain JSON. */
export function claimKeyMessage(claim: BilledClaim): ClaimKeyMessage {
  const key = claimKey(claim);
  return { ...key, policy: policyMessage(key.policy) };
}

/**
 * The key {@link claimKeyMessage} wrote.
 *
 * @throws as {@link policyFrom} does.
 */
export function claimKeyFrom({ policy, provider, lines, documents }: ClaimKeyMessage): ClaimKey {
  return { policy: policyFrom(policy), provider: toAddress(provider), lines, documents };
}
