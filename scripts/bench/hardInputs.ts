/**
 * Inputs as dear as they come: no zero byte where the protocol allows any, so they cost the same in every run.
 *
 * @module
 */
import { getBytes, hexlify, Wallet } from "ethers";

import { toAddress, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { BREAK_THE_GLASS, purposeMask, PURPOSES } from "../../src/consent/purpose.js";
import { categoryMask, DATA_CATEGORIES } from "../../src/consent/category.js";

/** Every purpose a consent can grant, as a mask. */
export const ALL_PURPOSES = purposeMask(PURPOSES.filter((purpose) => purpose !== BREAK_THE_GLASS));

/** Every data category, as a mask. */
export const ALL_CATEGORIES = categoryMask(DATA_CATEGORIES);

/** Starts and ends far ahead, in Unix seconds (2065 and 2096): four bytes each, none of them zero. */
export const FAR_START = 2_999_999_999;
export const FAR = 3_999_999_999;

/** Random bytes without a zero among them. */
export function denseBytes(count: number): Hex {
  return hexlify(crypto.getRandomValues(new Uint8Array(count)).map((byte) => byte || 0xff)) as Hex;
}

/** A random address without a zero byte. */
export function denseAddress(): Address {
  return toAddress(denseBytes(20));
}

/** A random wallet whose address has no zero byte. */
export function denseWallet(): Wallet {
  const wallet = new Wallet(denseBytes(32));
  return isDense(wallet.address) ? wallet : denseWallet();
}

/** True when no byte is zero. */
export function isDense(hex: string): boolean {
  return !getBytes(hex).includes(0);
}
