/**
 * Writes, prepared before they are sent: inspect, estimate, simulate, then send, or hand `to` and `data` to a relayer,
 * a multisig or a browser wallet.
 *
 * @module
 */
import type { BaseContract, TransactionReceipt } from "ethers";

import { signerOf, type Aceso } from "./aceso.js";
import type { Address } from "./crypto/address.js";
import type { Hex } from "./crypto/bytes.js";
import { AcesoError } from "./errors.js";
import { asNamedError } from "./revert.js";

/** A transaction ready to be looked at and sent. */
export type Prepared<T = void> = {
  to: Address;
  data: Hex;
  /** The gas it would use now. */
  estimate: () => Promise<bigint>;
  /** Runs it without sending; throws what sending would throw. */
  simulate: () => Promise<void>;
  /** Sends it with the connection's signer and waits until it is in a block. */
  send: () => Promise<Sent<T>>;
};

/** A transaction in a block. */
export type Sent<T = void> = {
  transaction: Hex;
  block: number;
  gasUsed: bigint;
  /** What the call was for, read from what happened. */
  result: T;
};

/** What happens around sending: `before` may store, `undo` takes that back when nothing was sent, `after` reads. */
export type Around<T> = {
  before?: () => Promise<void>;
  undo?: () => Promise<void>;
  after: (receipt: TransactionReceipt) => Promise<T> | T;
};

/** Prepares a call of one of the deployment's contracts. */
export function prepare<T>(aceso: Aceso, contract: BaseContract, data: string, around: Around<T>): Prepared<T>;
export function prepare(aceso: Aceso, contract: BaseContract, data: string): Prepared;
export function prepare<T>(
  aceso: Aceso,
  contract: BaseContract,
  data: string,
  around?: Around<T>,
): Prepared<T | undefined> {
  const to = contract.target as Address;
  const request = { to, data, ...(aceso.account && { from: aceso.account }) };
  return {
    to,
    data: data as Hex,
    estimate: () => named(aceso.provider.estimateGas(request)),
    simulate: async () => {
      await named(aceso.provider.call(request));
    },
    send: async () => {
      const signer = signerOf(aceso);
      // A refusal shows here, with its name, before anything is stored or paid for.
      await named(aceso.provider.call(request));
      await around?.before?.();
      const receipt = await named(submit(signer.sendTransaction({ to, data }))).catch(async (error: unknown) => {
        await around?.undo?.();
        throw error;
      });
      return {
        transaction: receipt.hash as Hex,
        block: receipt.blockNumber,
        gasUsed: receipt.gasUsed,
        result: await around?.after(receipt),
      };
    },
  };
}

async function submit(
  sending: Promise<{ hash: string; wait: () => Promise<TransactionReceipt | null> }>,
): Promise<TransactionReceipt> {
  const response = await sending;
  const receipt = await response.wait();
  if (receipt === null) throw new NotMinedError(response.hash);
  return receipt;
}

async function named<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw asNamedError(error);
  }
}

/** A transaction was sent but not found in a block. */
export class NotMinedError extends AcesoError {
  override name = "NotMinedError";
  constructor(readonly transaction: string) {
    super(`Transaction ${transaction} was sent but is in no block yet.`, "Look it up later before sending it again.");
  }
}
