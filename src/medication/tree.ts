/**
 * The serial tree of a batch: which serial number is which unit's, committed to by one root.
 *
 * The tree is OpenZeppelin's `StandardMerkleTree` of `(bytes32 batch, uint24 unit, bytes32 serial)`, leaves in the order
 * of the units; but its nodes are kept as bytes in one piece, so that a million units fit. An excerpt is a serial tree
 * too: of some units only, with the nodes that lead from them to the root.
 *
 * @module
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { getBytes, hexlify, isHexString } from "ethers";
import { utf8, type Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { above, beside, layoutOf, nodeOf, slotOf, type Layout } from "./layout.js";
import { isSerial, MAX_UNITS, numberSerials } from "./serials.js";

/** A batch's serial numbers, all or those of some neighbouring units, and how they lead to the root. */
export type SerialTree = {
  /** The batch's id: `keccak256(abi.encode(product, lot))`. */
  batch: Hex;
  /** How many units the batch has. */
  units: number;
  root: Hex;
  /** The first unit whose serial number is here: 0 in the tree of a whole batch. */
  first: number;
  /** The unit of each serial number that is here, in the order of the units. */
  unitOfSerial: ReadonlyMap<string, number>;
  /** The same serial numbers, from that of unit `first` on. */
  serials: readonly string[];
  layout: Layout;
  /** The known nodes, {@link NODE_BYTES} each, in the slots the layout says. */
  nodes: Uint8Array<ArrayBuffer>;
};

/** Told how much of the work is done: 0 to 1. */
export type OnProgress = (done: number) => void;

/** What one node of the tree takes. */
export const NODE_BYTES = 32;

// About 60 ms of work, after which others get a turn.
const HASHES_A_TURN = 8192;

/**
 * Builds the serial tree of a batch.
 *
 * @example
 * const tree = await buildTree({ batch, serials: generateSerials(1000) });
 * tree.root; // what the batch is commissioned with
 *
 * @param serials one a unit, from unit 0 on.
 * @throws {@link MalformedSerialError}, {@link DuplicateSerialError} or {@link UnitCountError}.
 */
export async function buildTree({
  batch,
  serials,
  onProgress,
}: {
  /** 32 bytes: `keccak256(abi.encode(product, lot))`. */
  batch: Hex;
  serials: Iterable<string> | AsyncIterable<string>;
  onProgress?: OnProgress;
}): Promise<SerialTree> {
  const unitOfSerial = await numberSerials(serials);
  const units = unitOfSerial.size;
  return growTree({ batch, units, first: 0, unitOfSerial, given: [] }, onProgress);
}

/**
 * Computes the nodes of a tree from its units and the nodes that do not follow from them.
 *
 * @param seed.given in the order of {@link Layout.given}, and as many.
 */
export async function growTree(
  seed: Pick<SerialTree, "batch" | "units" | "first" | "unitOfSerial"> & { given: readonly Hex[] },
  onProgress?: OnProgress,
): Promise<SerialTree> {
  const { batch, units, first, unitOfSerial, given } = seed;
  const layout = layoutOf(units, first, unitOfSerial.size);
  const nodes = new Uint8Array(layout.size * NODE_BYTES);
  layout.given.forEach((node, place) => nodes.set(getBytes(given[place]!), slotOf(layout, node) * NODE_BYTES));

  // A leaf each unit, and a pair for each node that follows from two.
  const work = unitOfSerial.size + (layout.size - 1) / 2;
  let done = 0;
  const giveTurn = (): Promise<void> => {
    onProgress?.(done / work);
    return new Promise((resolve) => setTimeout(resolve));
  };
  const hashLeaf = leafHasher(batch);
  for (const [serial, unit] of unitOfSerial) {
    nodes.set(hashLeaf(unit, serial), slotOf(layout, nodeOf(units, unit)) * NODE_BYTES);
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
  const root = hexlify(nodes.subarray(-NODE_BYTES)) as Hex;
  return { batch, units, root, first, unitOfSerial, serials: [...unitOfSerial.keys()], layout, nodes };
}

/**
 * The serial number of a unit.
 *
 * @throws {@link UnitNotInTreeError} when the tree does not hold it.
 */
export function serialOf(tree: SerialTree, unit: number): string {
  const serial = tree.serials[unit - tree.first];
  if (serial === undefined) throw new UnitNotInTreeError(unit, tree);
  return serial;
}

/** The unit with a serial number, if the tree holds it. */
export function unitOf(tree: SerialTree, serial: string): number | undefined {
  return tree.unitOfSerial.get(serial);
}

/**
 * The proof that a unit has its serial number: the nodes beside the way to the root, from the leaf up.
 *
 * @throws {@link UnitNotInTreeError} when the tree does not hold the unit.
 */
export function proofOf(tree: SerialTree, unit: number): Hex[] {
  serialOf(tree, unit);
  const proof: Hex[] = [];
  for (let node = nodeOf(tree.units, unit); node > 0; node = above(node)) proof.push(nodeIn(tree, beside(node)));
  return proof;
}

/** A known node of a tree. */
export function nodeIn({ layout, nodes }: SerialTree, node: number): Hex {
  const at = slotOf(layout, node) * NODE_BYTES;
  return hexlify(nodes.subarray(at, at + NODE_BYTES)) as Hex;
}

/**
 * Whether a unit of a batch has a serial number, according to the root the batch was commissioned with. As `Batches`
 * answers on chain; a text that is no serial number is nobody's.
 */
export function verifySerial({
  root,
  batch,
  unit,
  serial,
  proof,
}: {
  root: Hex;
  batch: Hex;
  unit: number;
  serial: string;
  proof: readonly Hex[];
}): boolean {
  if (!isSerial(serial) || !Number.isInteger(unit) || unit < 0 || unit >= MAX_UNITS) return false;
  if (!proof.every((node) => isHexString(node, NODE_BYTES))) return false;
  const hashPair = pairHasher();
  const top = proof.reduce((node, other) => hashPair(node, getBytes(other)), leafHasher(batch)(unit, serial));
  return hexlify(top) === root.toLowerCase();
}

// abi.encode(bytes32 batch, uint24 unit, bytes32 serial), hashed twice: a pair of nodes is shorter, and hashed once.
function leafHasher(batch: Hex): (unit: number, serial: string) => Uint8Array {
  const encoded = new Uint8Array(3 * NODE_BYTES);
  encoded.set(getBytes(batch));
  const number = new DataView(encoded.buffer, 2 * NODE_BYTES - 4);
  const text = encoded.subarray(2 * NODE_BYTES);
  return (unit, serial) => {
    number.setUint32(0, unit);
    text.fill(0).set(utf8(serial));
    return keccak_256(keccak_256(encoded));
  };
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

/** A unit's serial number is not in the tree. */
export class UnitNotInTreeError extends AcesoError {
  override name = "UnitNotInTreeError";
  constructor(
    readonly unit: number,
    { first, serials }: Pick<SerialTree, "first" | "serials">,
  ) {
    super(
      `The serial tree holds units ${first} to ${first + serials.length - 1}, not unit ${unit}.`,
      "Ask whoever shipped it for an excerpt with this unit, or the manufacturer for the tree of the whole batch.",
    );
  }
}
