/**
 * Accounts, contracts and policies of a chain as FHIR names them.
 *
 * @module
 */
import type { Coding, Identifier } from "fhir/r4.js";
import type { DataCategory } from "../consent/category.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";

/** The system FHIR gives identifiers that are themselves URIs. */
export const URI_SYSTEM = "urn:ietf:rfc:3986";

/**
 * The code system of data categories: its codes are the names in `DATA_CATEGORIES`. A URN, so that it belongs to no
 * host and stands for the same codes wherever the contracts are deployed.
 */
export const DATA_CATEGORY_SYSTEM = "urn:aceso:data-category";

/**
 * An account or contract as a FHIR identifier: its `did:pkh`, which is its CAIP-10 account id as a URI.
 *
 * @example
 * accountIdentifier(1n, account).value; // "did:pkh:eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb"
 */
export function accountIdentifier(chainId: bigint, account: Address): Identifier {
  return { system: URI_SYSTEM, value: `did:pkh:eip155:${chainId}:${account}` };
}

/** A policy's digest as a URI. */
export function policyUri(policy: Hex): string {
  return `urn:aceso:policy:${policy}`;
}

/** True for a digest of zeros, which stands for no document or nobody. */
export function isZero(digest: Hex): boolean {
  return /^0x0*$/.test(digest);
}

/** A data category as a FHIR coding. */
export function categoryCoding(category: DataCategory): Coding {
  return { system: DATA_CATEGORY_SYSTEM, code: category };
}
