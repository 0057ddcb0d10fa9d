/**
 * Payees for tests.
 *
 * @module
 */
import { toBeHex } from "ethers";
import { toAddress, type Address } from "../../src/crypto/address.js";
import type { Payee } from "../../src/research/payee.js";

/** The account of a number, each its own and with letters in it. */
export function accountAt(number: number): Address {
  return toAddress(`0xabcdef${toBeHex(number + 1, 17).slice(2)}`);
}

/** So many payees, each paid its own number of token units. */
export function payeesOf(count: number): Payee[] {
  return Array.from({ length: count }, (_, index) => ({ account: accountAt(index), amount: BigInt(index + 1) }));
}
