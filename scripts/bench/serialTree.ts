/**
 * Builds a tree of serials in a process of its own, so that its peak memory is its own: prints seconds, bytes and root.
 *
 * Arguments: `aceso` or `openzeppelin`, and how many units.
 */
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { encodeBytes32String } from "ethers";

import { batchId } from "../../src/medication/item.js";
import { buildTree } from "../../src/medication/tree.js";
import type { TreeBuilt } from "./serials.js";

const [, , builder, count] = process.argv;
const units = Number(count);
const batch = batchId({ product: "gtin:99999999999997", lot: "BENCH" });
const serialAt = (unit: number): string => String(unit).padStart(20, "S");

const start = performance.now();
const root = builder === "aceso" ? await ours() : openZeppelins();
const built: TreeBuilt = {
  units,
  root,
  seconds: (performance.now() - start) / 1000,
  // Kibibytes on every platform Node.js runs on.
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(built));

async function ours(): Promise<string> {
  const serials = (function* () {
    for (let unit = 0; unit < units; unit++) yield serialAt(unit);
  })();
  return (await buildTree({ batch, serials })).root;
}

function openZeppelins(): string {
  const leaves = Array.from({ length: units }, (_, unit) => [batch, unit, encodeBytes32String(serialAt(unit))]);
  return StandardMerkleTree.of(leaves, ["bytes32", "uint24", "bytes32"], { sortLeaves: false }).root;
}
