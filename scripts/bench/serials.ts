/**
 * How long a batch's serials take to become one root, beside OpenZeppelin's tree, and a CSV file's payees to become a
 * round with everybody's proof; and how much memory.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** How much memory a million serials may take, in bytes. */
export const SERIALS_WITHIN = 2 * 1024 ** 3;

/** Payees of a large round. */
const MANY_PAYEES = 100_000;

/** Units of a large batch. */
const MANY_UNITS = 1_000_000;

/** Units both trees are built of: OpenZeppelin's takes minutes for a million. */
const COMPARED_UNITS = 20_000;

/** A tree as it was built: how many units, in how long, with how much memory at most. */
export type TreeBuilt = { units: number; root: string; seconds: number; peakBytes: number };

/** A million serials, the same smaller batch by both, and a round of payees. */
export type SerialTrees = { million: TreeBuilt; ours: TreeBuilt; openZeppelin: TreeBuilt; payees: TreeBuilt };

/** Builds all four, each in a process of its own, one after another. */
export async function measureSerials(): Promise<SerialTrees> {
  return {
    million: await build("serialTree.ts", "aceso", MANY_UNITS),
    ours: await build("serialTree.ts", "aceso", COMPARED_UNITS),
    openZeppelin: await build("serialTree.ts", "openzeppelin", COMPARED_UNITS),
    payees: await build("payeeRound.ts", MANY_PAYEES),
  };
}

async function build(program: string, ...args: (string | number)[]): Promise<TreeBuilt> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const call = ["--import", "tsx", path, ...args.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, call);
  return JSON.parse(stdout) as TreeBuilt;
}
