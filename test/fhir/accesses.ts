/**
 * Logged accesses to test with.
 *
 * @module
 */
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import type { Access } from "../../src/records/access.js";

export const PATIENT: Address = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
export const CLINIC: Address = "0xbE0eB53F46cd790Cd13851d5EFf43D12404d33E8";
export const GATEWAY: Address = "0x00000000219ab540356cBB839Cbe05303d7705Fa";
export const REGISTRY: Address = "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2";
export const ZERO: Hex = `0x${"00".repeat(32)}`;

let logIndex = 0;

/** An access of its own log entry: public health, laboratory, noon of 1 March 2026. */
export function access(more: Partial<Access> = {}): Access {
  return {
    patient: PATIENT,
    grantee: CLINIC,
    policy: ZERO,
    purpose: "PUBHLTH",
    categories: ["laboratory"],
    records: `0x${"cd".repeat(32)}`,
    actor: `0x${"ef".repeat(32)}`,
    caller: GATEWAY,
    time: Date.UTC(2026, 2, 1, 12) / 1000,
    block: 19_000_000,
    transaction: `0x${"12".repeat(32)}`,
    logIndex: logIndex++,
    chainId: 11_155_111n,
    contract: REGISTRY,
    ...more,
  };
}
