/**
 * What one operation costs, beside its floor.
 *
 * @module
 */
import { dataLength } from "ethers";

import type { Hex } from "../../src/crypto/bytes.js";
import { AcesoError } from "../../src/errors.js";
import type { Bench, BenchContracts } from "./bench.js";
import type { OperationName } from "./budgets.js";
import { floorOf } from "./floor.js";
import type { Operation, WrittenSlot } from "./operation.js";
import { kindOf, traceChanges, type SlotChange } from "./trace.js";

/** The price of one operation, in gas and bytes; of a batch, one of its kind's share, rounded up. */
export type Price = {
  operation: OperationName;
  gas: number;
  calldataBytes: number;
  floor: number;
  /** Gas over floor, to three decimals. */
  ratio: number;
};

/**
 * Does the operation once more, and prices it.
 *
 * @throws {@link SlotsUnexplainedError} when it changed other slots than it says.
 */
export async function priceOf(bench: Bench, operation: Operation): Promise<Price> {
  const call = await operation.next();
  const transaction = await bench.send(call);
  const receipt = await bench.provider.getTransactionReceipt(transaction);
  const { gasUsed, logs } = receipt!;
  const changes = await traceChanges(bench.request, transaction);
  requireExplained(bench.contracts, operation, changes);

  const gas = Number(gasUsed);
  const floor = floorOf({ calldata: call.data as Hex, changes, logs });
  const share = (whole: number): number => Math.ceil(whole / (operation.batch ?? 1));
  return {
    operation: operation.name,
    gas: share(gas),
    calldataBytes: share(dataLength(call.data)),
    floor: share(floor),
    ratio: Number((gas / floor).toFixed(3)),
  };
}

function requireExplained(contracts: BenchContracts, operation: Operation, changes: readonly SlotChange[]): void {
  const batch = operation.batch ?? 1;
  const each = operation.slots.flatMap((slot) => Array<string>(batch).fill(describe(slot, contracts)));
  const said = [...each, ...(operation.sharedSlots ?? []).map((slot) => describe(slot, contracts))];
  const traced = changes.map((change) => `${kindOf(change)} ${change.account}`);
  if (said.sort().join() !== traced.sort().join()) throw new SlotsUnexplainedError(operation.name, said, traced);
}

function describe({ contract, kind }: WrittenSlot, contracts: BenchContracts): string {
  return `${kind} ${String(contracts[contract].target).toLowerCase()}`;
}

/** A transaction changed other slots than its operation gives reasons for. */
export class SlotsUnexplainedError extends AcesoError {
  override name = "SlotsUnexplainedError";
  constructor(operation: OperationName, said: readonly string[], traced: readonly string[]) {
    super(
      `${operation} changed these slots: ${traced.join(", ") || "none"}; it explains these: ${said.join(", ") || "none"}.`,
      "Say in the operation's `slots` what each slot it changes is for, or stop changing it.",
    );
  }
}
