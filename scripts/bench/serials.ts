/**
 * How long a batch's serials take to become one root, and how much memory, beside OpenZeppelin's tree.
 *
 * @module
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** How much memory a million serials may take, in bytes. */
export const SERIALS_WITHIN = 2 * 1024 ** 3;

/** Units of a large batch. */
const MANY_UNITS = 1_000_000;

/** Units both trees are built of: OpenZeppelin's takes minutes for a million. */
const COMPARED_UNITS = 20_000;

/** A tree as it was built: how many units, in how long, with how much memory at most. */
export type TreeBuilt = { units: number; root: string; seconds: number; peakBytes: number };

/** A million serials, and the same smaller batch by both. */
export type SerialTrees = { million: TreeBuilt; ours: TreeBuilt; openZeppelin: TreeBuilt };

/** Builds all three, each in a process of its own, one after another. */
export async function measureSerials(): Promise<SerialTrees> {
  return {
    million: await build("aceso", MANY_UNITS),
    ours: await build("aceso", COMPARED_UNITS),
    openZeppelin: await build("openzeppelin", COMPARED_UNITS),
  };
}

async function build(builder: "aceso" | "openzeppelin", units: number): Promise<TreeBuilt> {
  const program = fileURLToPath(new URL("./serialTree.ts", import.meta.url));
  const call = ["--import", "tsx", program, builder, String(units)];
  const { stdout } = await promisify(execFile)(process.execPath, call);
  return JSON.parse(stdout) as TreeBuilt;
}
