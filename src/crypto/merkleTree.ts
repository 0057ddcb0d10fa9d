/**
 * Merkle trees as OpenZeppelin's `StandardMerkleTree` builds them of unsorted leaves, of any size.
 *
 * The nodes are kept as bytes in one piece, so that a million leaves fit. Of some neighbouring leaves only, with the
 * nodes that lead from them to the root, a tree proves those as well.
 *
 * @module
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { getBytes, hexlify, isHexString } from "ethers";
import type { Hex } from "./bytes.js";
import { above, beside, layoutOf, nodeOf, slotOf, type Layout } from "./merkleLayout.js";

/** What is known of a tree's nodes. */
export type KnownNodes = {
  layout: Layout;
  /** {@link NODE_BYTES} each, in the slots the layout says. */
  nodes: Uint8Array<ArrayBuffer>;
};

/** Neighbouring leaves of a tree, and what does not follow from them. */
export type KnownLeaves = {
  /** How many leaves the whole tree has: at least one. */
  leafCount: number;
  /** The first of the known ones. */
  first: number;
  /** How many are known. */
  count: number;
  /** Their hashes, of {@link hashLeaf}, in their order. */
  hashes: Iterable<Uint8Array>;
  /** In the order of {@link Layout.given}, and as many: none when all leaves are known. */
  given: readonly Hex[];
};

/** Told how much of the work is done: 0 to 1. */
export type OnProgress = (done: number) => void;

/** What one node of a tree takes. */
export const NODE_BYTES = 32;

// About 60 ms of work, after which others get a turn.
const HASHES_A_TURN = 8192;

/** Computes the nodes of a tree from its known leaves and the nodes that do not follow from them. */
export async function growNodes(
  { leafCount, first, count, hashes, given }: KnownLeaves,
  onProgress?: OnProgress,
): Promise<KnownNodes & { root: Hex }> {
  const layout = layoutOf(leafCount, first, count);
  const nodes = new Uint8Array(layout.size * NODE_BYTES);
  layout.given.forEach((node, place) => nodes.set(getBytes(given[place]!), slotOf(layout, node) * NODE_BYTES));

  // A leaf each, and a pair for each node that follows from two.
  const work = count + (layout.size - 1) / 2;
  let done = 0;
  const giveTurn = (): Promise<void> => {
    onProgress?.(done / work);
    return new Promise((resolve) => setTimeout(resolve));
  };
  let leaf = first;
  for (const hash of hashes) {
    nodes.set(hash, slotOf(layout, nodeOf(leafCount, leaf++)) * NODE_BYTES);
    if (++done % HASHES_A_TURN === 0) await giveTurn();
  }
  const hashPair = pairHasher();
  for (const run of layout.runs) {
    if (run.from === 0) break;
    // The nodes above a run are neighbours too.
    let target = slotOf(layout, above(run.from)) * NODE_BYTES;
    const end = (run.slot + run.to - run.from) * NODE_BYTES;
    for (let at = run.slot * NODE_BYTES; at < end; at += 2 * NODE_BYTES, target += NODE_BYTES) {
      nodes.set(
        hashPair(nodes.subarray(at, at + NODE_BYTES), nodes.subarray(at + NODE_BYTES, at + 2 * NODE_BYTES)),
        target,
      );
      if (++done % HASHES_A_TURN === 0) await giveTurn();
    }
  }
  onProgress?.(1);
  return { layout, nodes, root: hexlify(nodes.subarray(-NODE_BYTES)) as Hex };
}

/** A known node. */
export function nodeIn({ layout, nodes }: KnownNodes, node: number): Hex {
  const at = slotOf(layout, node) * NODE_BYTES;
  return hexlify(nodes.subarray(at, at + NODE_BYTES)) as Hex;
}

/** The nodes beside the way from a known leaf up to the root. */
export function proofIn(known: KnownNodes, leafCount: number, leaf: number): Hex[] {
  const proof: Hex[] = [];
  for (let node = nodeOf(leafCount, leaf); node > 0; node = above(node)) proof.push(nodeIn(known, beside(node)));
  return proof;
}

/**
 * Whether a proof leads from a leaf to a root, as OpenZeppelin's `MerkleProof` answers on chain; not when a part of it is
 * no node.
 *
 * @param claim.hash of {@link hashLeaf}.
 */
export function isProven({ root, hash, proof }: { root: Hex; hash: Uint8Array; proof: readonly Hex[] }): boolean {
  if (!proof.every((node) => isHexString(node, NODE_BYTES))) return false;
  const hashPair = pairHasher();
  const top = proof.reduce((node, other) => hashPair(node, getBytes(other)), hash);
  return hexlify(top) === root.toLowerCase();
}

/**
 * The node of a leaf: hashed twice, so that no pair of nodes passes for one.
 *
 * @param encoded the leaf's values, as `abi.encode` writes them.
 */
export function hashLeaf(encoded: Uint8Array): Uint8Array {
  return keccak_256(keccak_256(encoded));
}

// The lower one first, so that a proof need not say which side it is on.
function pairHasher(): (a: Uint8Array, b: Uint8Array) => Uint8Array {
  const pair = new Uint8Array(2 * NODE_BYTES);
  return (a, b) => {
    const inOrder = isLower(a, b);
    pair.set(inOrder ? a : b);
    pair.set(inOrder ? b : a, NODE_BYTES);
    return keccak_256(pair);
  };
}

function isLower(a: Uint8Array, b: Uint8Array): boolean {
  let at = 0;
  while (at < NODE_BYTES - 1 && a[at] === b[at]) at++;
  return a[at]! < b[at]!;
}
