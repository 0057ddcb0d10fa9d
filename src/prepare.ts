/**
 * Writes, prepared before they are sent: inspect, estimate, simulate, then send, or hand `to` and `data` to a relayer,
 * a multisig or a browser wallet.
 *
 * @module
 */
import { isError, type BaseContract, type TransactionReceipt } from "ethers";

import { signerOf, type Aceso } from "./aceso.js";
import type { Address } from "./crypto/address.js";
import type { Hex } from "./crypto/bytes.js";
import { AcesoError } from "./errors.js";
import { refusedByName } from "./revert.js";

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
  /** For who sends `to` and `data` in another way: stores what must be there before the transaction, if anything. */
  store: () => Promise<void>;
  /** For who sent it in another way: does and tells what `send` would have once the transaction is in a block. */
  finish: (transaction: Hex) => Promise<Sent<T>>;
};

/** A transaction in a block. */
export type Sent<T = void> = {
  transaction: Hex;
  block: number;
  gasUsed: bigint;
  /** What the call was for, read from what happened. */
  result: T;
};

/**
 * What happens around a transaction: `before` stores, `undo` takes that back when it is certain that nothing gets on
 * chain, `after` cleans up and tells.
 */
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
  const simulate = async (): Promise<void> => {
    await refusedByName(aceso.provider.call(request));
  };
  const undo = async (): Promise<void> => around?.undo?.();
  const store = async (): Promise<void> => {
    try {
      await around?.before?.();
    } catch (error) {
      // What went wrong first is what the caller must hear of.
      await undo().catch(() => undefined);
      throw error;
    }
  };
  const settled = async (receipt: TransactionReceipt): Promise<Sent<T | undefined>> => {
    if (receipt.status === 0) {
      await undo();
      throw new TransactionFailedError(receipt.hash);
    }
    return {
      transaction: receipt.hash as Hex,
      block: receipt.blockNumber,
      gasUsed: receipt.gasUsed,
      result: await around?.after(receipt),
    };
  };

  return {
    to,
    data: data as Hex,
    estimate: () => refusedByName(aceso.provider.estimateGas(request)),
    simulate,
    store,
    send: async () => {
      const signer = signerOf(aceso);
      // A refusal shows here, with its name, before anything is stored or paid for.
      await simulate();
      await store();
      const response = await refusedByName(signer.sendTransaction({ to, data })).catch(async (error: unknown) => {
        if (isCertainlyNotSent(error)) await undo();
        throw error;
      });
      return settled(await receiptOf(response));
    },
    finish: async (transaction) => {
      const receipt = await refusedByName(aceso.provider.getTransactionReceipt(transaction));
      if (receipt === null) throw new NotMinedError(transaction);
      return settled(receipt);
    },
  };
}

type Response = { hash: string; wait: () => Promise<TransactionReceipt | null> };

async function receiptOf(response: Response): Promise<TransactionReceipt> {
  const receipt = await response.wait().catch((cause: unknown) => {
    if (isError(cause, "CALL_EXCEPTION") && cause.receipt) return cause.receipt;
    // Wallets replace a transaction by the same one with a higher fee.
    if (isError(cause, "TRANSACTION_REPLACED") && cause.reason === "repriced") return cause.receipt;
    // Any other error, such as a lost connection, says nothing of the transaction.
    throw new NotMinedError(response.hash, { cause });
  });
  if (receipt === null) throw new NotMinedError(response.hash);
  return receipt;
}

/** A lost connection while sending leaves open whether it was sent; a refusal does not. */
function isCertainlyNotSent(error: unknown): boolean {
  return error instanceof AcesoError || isError(error, "ACTION_REJECTED") || isError(error, "CALL_EXCEPTION");
}

/** A transaction was sent but not found in a block. */
export class NotMinedError extends AcesoError {
  override name = "NotMinedError";
  constructor(
    readonly transaction: string,
    options?: ErrorOptions,
  ) {
    super(
      `Transaction ${transaction} was sent but not found in a block.`,
      "Look it up later before sending it again; once it is in a block, pass it to finish.",
      options,
    );
  }
}

/** A transaction is in a block, and failed there. */
export class TransactionFailedError extends AcesoError {
  override name = "TransactionFailedError";
  constructor(readonly transaction: string) {
    super(
      `Transaction ${transaction} failed: the state changed between its simulation and its block.`,
      "Prepare it again: the simulation then names what refuses it.",
    );
  }
}
