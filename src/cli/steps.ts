/**
 * Several writes in a row: a large plan's draft, a payment after its approval.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { Prepared, Sent } from "../prepare.js";
import { ContractError } from "../revert.js";
import { approve } from "../token/token.js";
import type { Context } from "./context.js";
import { answer, gasText } from "./output.js";
import { withProgress } from "./progress.js";
import type { WriteOptions } from "./write.js";

/** Writes in their order, and how the last one's result is told. */
export type Steps<T> = {
  prepare: () => Promise<Step<T>[]>;
  /** Stores what must be there before the first is sent; not called when that would be refused. */
  keep?: () => Promise<void>;
  /** What was done, in a sentence. */
  said: (result: T) => string;
  /** What a program is told beside the transactions. */
  told: (result: T) => object;
};

/** A write, and what it is for. */
export type Step<T> = { name: string; prepared: Prepared<T> | Prepared };

/** What a token refuses with while the contract is not approved to take its money. */
const UNAPPROVED = ["ERC20InsufficientAllowance", "SafeERC20FailedOperation"];

/** Sends writes one after another, or only shows them. */
export async function carryOutAll<T>(context: Context, { dryRun }: WriteOptions, write: Steps<T>): Promise<void> {
  const steps = await write.prepare();
  if (dryRun) return showAll(context, steps);
  const sent: Sent<T>[] = [];
  await withProgress(context, "Waiting for the chain", async (report) => {
    await steps[0]!.prepared.simulate();
    await write.keep?.();
    for (const { prepared } of steps) {
      sent.push((await prepared.send()) as Sent<T>);
      report(sent.length / steps.length);
    }
  });
  const { result } = sent.at(-1)!;
  const transactions = sent.map(({ transaction, block, gasUsed }, at) => {
    return { step: steps[at]!.name, transaction, block, gasUsed: Number(gasUsed) };
  });
  const lines = transactions.map(({ step, transaction, block, gasUsed }) => {
    return `${step}: transaction ${transaction}, block ${block}, ${gasText(BigInt(gasUsed))}.`;
  });
  answer(context, { transactions, ...write.told(result) }, [write.said(result), ...lines].join("\n"));
}

/**
 * A payment to a contract, after its approval for exactly the amount. Nothing is to be approved for nothing.
 *
 * @param payment.spender the contract.
 * @throws {@link ContractError} when the payment would be refused for another reason than the missing approval, so that
 * nothing is approved for it.
 */
export async function afterApproval<T>(
  aceso: Aceso,
  { token, amount, spender }: { token: Address; amount: bigint; spender: Address },
  payment: { name: string; prepared: Prepared<T> },
): Promise<Step<T>[]> {
  if (amount === 0n) return [payment];
  try {
    await payment.prepared.simulate();
  } catch (error) {
    if (error instanceof ContractError && !UNAPPROVED.includes(error.error)) throw error;
  }
  return [{ name: "Approval", prepared: approve(aceso, { token, spender, amount }) }, payment];
}

/** A write that stores something before it is sent, but not when it would be refused. */
export function keepingFirst<T>(prepared: Prepared<T>, keep: () => Promise<void>): Prepared<T> {
  const send = async (): Promise<Sent<T>> => {
    await prepared.simulate();
    await keep();
    return prepared.send();
  };
  return { ...prepared, send };
}

async function showAll(context: Context, steps: readonly Step<unknown>[]): Promise<void> {
  const [first, ...others] = steps;
  const gas = await first!.prepared.estimate();
  const calls: { step: string; to: Address; data: Hex; gas?: number }[] = [
    { ...callOf(first!), gas: Number(gas) },
    ...others.map(callOf),
  ];
  const lines = calls.map(({ step, to, data }) => `${step}\nto    ${to}\ndata  ${data}`);
  const after = others.length === 0 ? "" : " The others build on it.";
  answer(
    context,
    { calls },
    [`Nothing was sent. The first call would use about ${gasText(gas)}.${after}`, ...lines].join("\n"),
  );
}

function callOf({ name, prepared: { to, data } }: Step<unknown>): { step: string; to: Address; data: Hex } {
  return { step: name, to, data };
}
