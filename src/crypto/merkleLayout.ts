/**
 * Which nodes of a Merkle tree are known when only some of its leaves are.
 *
 * Nodes are numbered as in a heap: 0 is the root, and 2i + 1 and 2i + 2 are the pair below i. Of N leaves, leaf 0 is the
 * last node, 2N − 2, and leaf N − 1 is node N − 1: as OpenZeppelin's `StandardMerkleTree` lays out unsorted leaves.
 * Neighbouring leaves are neighbouring nodes, so what is known of a level is a run or two.
 *
 * @module
 */

/** Neighbouring nodes of one level, `from` the first to `to` the last. */
type Span = { from: number; to: number };

/** Known nodes, and the slot the first of them is kept in; the others follow. */
export type Run = Span & { slot: number };

/** What is known of a tree, and where it is kept. */
export type Layout = {
  /** From the leaves up. Below the root every run is of whole pairs. */
  runs: readonly Run[];
  /** The nodes that do not follow from the known leaves, so have to be given: from the leaves up, each level from the left. */
  given: readonly number[];
  /** How many nodes are known. */
  size: number;
};

/** The node of a leaf, in a tree of `leafCount`. */
export function nodeOf(leafCount: number, leaf: number): number {
  return 2 * leafCount - 2 - leaf;
}

/** The node above one that is not the root. */
export function above(node: number): number {
  return (node - 1) >> 1;
}

/** The other node of a pair. */
export function beside(node: number): number {
  return node % 2 === 1 ? node + 1 : node - 1;
}

/** The slot a known node is kept in. */
export function slotOf({ runs }: Layout, node: number): number {
  const { from, slot } = runs.find((run) => run.from <= node && node <= run.to)!;
  return slot + node - from;
}

/** The layout for the leaves from `first` to `first + count − 1` of a tree of `leafCount`. */
export function layoutOf(leafCount: number, first: number, count: number): Layout {
  const runs: Run[] = [];
  const given: number[] = [];
  let size = 0;
  let level: Span[] = [];
  for (let depth = 31 - Math.clz32(nodeOf(leafCount, first) + 1); depth >= 0; depth--) {
    // Leaves are on two levels at most, and on the upper one they are right of all that has something below.
    const leaves = {
      from: Math.max(nodeOf(leafCount, first + count - 1), 2 ** depth - 1),
      to: Math.min(nodeOf(leafCount, first), 2 ** (depth + 1) - 2),
    };
    const following = level.map(({ from, to }) => ({ from: above(from), to: above(to) }));
    if (leaves.from <= leaves.to) following.push(leaves);
    level = depth === 0 ? following : joined(following.map(wholePairs));
    for (const span of level) {
      runs.push({ ...span, slot: size });
      size += span.to - span.from + 1;
    }
    given.push(...missing(level, following));
  }
  return { runs, given, size };
}

function wholePairs({ from, to }: Span): Span {
  return { from: Math.min(from, beside(from)), to: Math.max(to, beside(to)) };
}

// At most two spans, the left one first; they may share a pair.
function joined([left, right]: Span[]): Span[] {
  if (right === undefined) return [left!];
  return left!.to < right.from ? [left!, right] : [{ from: left!.from, to: right.to }];
}

// Only ends of spans can be missing: whole pairs add no more than that.
function missing(level: readonly Span[], following: readonly Span[]): number[] {
  const follows = (node: number): boolean => following.some(({ from, to }) => from <= node && node <= to);
  const around = following.flatMap(({ from, to }) => [from - 1, to + 1]);
  const inLevel = (node: number): boolean => level.some(({ from, to }) => from <= node && node <= to);
  return [...new Set(around)].filter((node) => inLevel(node) && !follows(node));
}
