/**
 * The ERC-20 that benefits and rewards are paid in.
 *
 * @module
 */
import { Contract, isError } from "ethers";

import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { prepare, type Prepared } from "../prepare.js";
import { requireUnits } from "./amount.js";

const ERC20 = [
  "function approve(address spender, uint256 amount) returns (bool)",
  "function decimals() view returns (uint8)",
  "function balanceOf(address account) view returns (uint256)",
];

/**
 * Prepares the approval of what a contract may take from the connection's account: before a deposit, a purchase, a
 * reversal, a study's funding, a round. It replaces the last one; some tokens want that to be zero first.
 *
 * @param payment.spender the contract, such as `aceso.contracts.escrow.target`.
 * @param payment.amount in token units.
 * @throws {@link NegativeAmountError} or {@link AmountTooLargeError}.
 */
export function approve(
  aceso: Aceso,
  { token, spender, amount }: { token: Address; spender: Address; amount: bigint },
): Prepared {
  const contract = new Contract(toAddress(token), ERC20, aceso.provider);
  const call = [toAddress(spender), requireUnits(amount)];
  return prepare(aceso, contract, contract.interface.encodeFunctionData("approve", call));
}

/** What an account holds of a token, in token units. */
export async function balanceOf(
  aceso: Aceso,
  { token, account }: { token: Address; account: Address },
): Promise<bigint> {
  const contract = new Contract(toAddress(token), ERC20, aceso.provider);
  return (await contract.getFunction("balanceOf").staticCall(toAddress(account))) as bigint;
}

/** A token's decimals; 0 when it does not say, as ERC-20 lets it, so that its amounts are in token units. */
export async function tokenDecimals(aceso: Aceso, token: Address): Promise<number> {
  const contract = new Contract(toAddress(token), ERC20, aceso.provider);
  try {
    return Number(await contract.getFunction("decimals").staticCall());
  } catch (error) {
    // A token without the function answers nothing or reverts, which not every node says as ethers does; any other
    // failure says nothing about it.
    if (isError(error, "BAD_DATA") || /revert/i.test(String(error))) return 0;
    throw error;
  }
}
