/**
 * Looking at a transaction that the SDK sends within a longer task.
 *
 * @module
 */
import { AbstractSigner, type TransactionRequest } from "ethers";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { Session } from "./session.js";

/** A call as it would have been sent. */
export type Call = { to: Address; data: Hex };

/** The first transaction a task would send, or undefined when it sends none. Nothing is sent. */
export async function intercept(
  session: Session,
  task: (session: Session) => Promise<unknown>,
): Promise<Call | undefined> {
  try {
    await task({ ...session, signer: new InterceptingSigner(session.account) });
    return undefined;
  } catch (error) {
    if (error instanceof Intercepted) return error.call;
    throw error;
  }
}

class InterceptingSigner extends AbstractSigner {
  constructor(readonly account: Address) {
    super();
  }

  override async getAddress(): Promise<string> {
    return this.account;
  }

  override async sendTransaction({ to, data }: TransactionRequest): Promise<never> {
    throw new Intercepted({ to: to as Address, data: data as Hex });
  }

  override connect(): never {
    throw new Error("Not connected.");
  }
  override signTransaction(): never {
    throw new Error("Not signed.");
  }
  override signMessage(): never {
    throw new Error("Not signed.");
  }
  override signTypedData(): never {
    throw new Error("Not signed.");
  }
}

class Intercepted extends Error {
  constructor(readonly call: Call) {
    super("Intercepted.");
  }
}
