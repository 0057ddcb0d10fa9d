/**
 * Which storage slots a transaction changed, from its own trace.
 *
 * @module
 */
import type { Hex } from "../../src/crypto/bytes.js";

/** A slot whose value after the transaction is another than before it. */
export type SlotChange = { account: string; slot: string; before: bigint; after: bigint };

/** Filling a slot (zero before) costs most; changing one less; clearing one (zero after) gives gas back. */
export type ChangeKind = "fill" | "change" | "clear";

/** What `debug_traceTransaction` answers for `prestateTracer` in `diffMode`. A value of zero is left out. */
export type StateDiff = { pre: Accounts; post: Accounts };

type Accounts = Record<string, { storage?: Record<string, string> }>;

/** Asks a node over JSON-RPC. */
export type Request = (method: string, params: unknown[]) => Promise<unknown>;

/**
 * Every slot a transaction changed, once each. What it wrote and restored, or wrote in a call that reverted, is no
 * change: the tracer compares the state before and after.
 */
export async function traceChanges(request: Request, transaction: Hex): Promise<SlotChange[]> {
  const options = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };
  return changesIn((await request("debug_traceTransaction", [transaction, options])) as StateDiff);
}

/** The slots of a state diff whose values differ. */
export function changesIn({ pre, post }: StateDiff): SlotChange[] {
  const accounts = union(pre, post);
  return accounts.flatMap((account) => {
    const before = pre[account]?.storage ?? {};
    const after = post[account]?.storage ?? {};
    return union(before, after)
      .map((slot) => ({ account, slot, before: BigInt(before[slot] ?? 0), after: BigInt(after[slot] ?? 0) }))
      .filter((change) => change.before !== change.after);
  });
}

/** What kind of change it is. */
export function kindOf({ before, after }: SlotChange): ChangeKind {
  if (before === 0n) return "fill";
  return after === 0n ? "clear" : "change";
}

function union(a: object, b: object): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
