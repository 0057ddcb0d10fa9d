/**
 * Payees of a round, and what keeps one from being paid.
 *
 * @module
 */
import { ZeroAddress } from "ethers";
import { toAddress, type Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import { MAX_UNITS } from "../token/amount.js";

/** Who is paid, and how much in token units. */
export type Payee = { account: Address; amount: bigint };

/** What is wrong with an account. */
export type AccountFault = "notAnAddress" | "wrongChecksum" | "zeroAddress" | "duplicate";

/** The most payees one round has: what fits into memory and one file with ease. */
export const MAX_PAYEES = 1_000_000;

/** The checksummed account in a text, or what is wrong with it. */
export function accountIn(text: string): { account: Address } | { reason: Exclude<AccountFault, "duplicate"> } {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return { reason: "notAnAddress" };
  if (text === ZeroAddress) return { reason: "zeroAddress" };
  try {
    return { account: toAddress(text) };
  } catch {
    return { reason: "wrongChecksum" };
  }
}

/**
 * What payees are paid in all, in token units.
 *
 * @throws {@link RoundTooLargeError} when the contract cannot hold it.
 */
export function totalOf(payees: readonly Payee[]): bigint {
  const total = payees.reduce((sum, { amount }) => sum + amount, 0n);
  if (total > MAX_UNITS) throw new RoundTooLargeError();
  return total;
}

/** There are more payees than one round has. */
export class TooManyPayeesError extends AcesoError {
  override name = "TooManyPayeesError";
  constructor() {
    super(`There are more than ${MAX_PAYEES} payees.`, "Split them into rounds: several are claimed in one transfer.");
  }
}

/** Payees sum to more than a round holds. */
export class RoundTooLargeError extends AcesoError {
  override name = "RoundTooLargeError";
  constructor() {
    super(
      "The payees sum to more than 2^96 - 1 token units, the most a round holds.",
      "Check the amounts and the token's decimals, or split the payees into rounds.",
    );
  }
}
