/**
 * The serial tree of a batch: which serial number is which unit's, committed to by one root.
 *
 * The tree is OpenZeppelin's `StandardMerkleTree` of `(bytes32 batch, uint24 unit, bytes32 serial)`, leaves in the order
 * of the units; but its nodes are kept as bytes in one piece, so that a million units fit. An excerpt is a serial tree
 * too: of some units only, with the nodes that lead from them to the root.
 *
 * @module
 */
import { getBytes } from "ethers";
import { utf8, type Hex } from "../crypto/bytes.js";
import {
  growNodes,
  hashLeaf,
  isProven,
  NODE_BYTES,
  proofIn,
  type KnownNodes,
  type OnProgress,
} from "../crypto/merkleTree.js";
import { AcesoError } from "../errors.js";
import { isSerial, MAX_UNITS, numberSerials } from "./serials.js";

/** A batch's serial numbers, all or those of some neighbouring units, and how they lead to the root. */
export type SerialTree = KnownNodes & {
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
};

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
  const hashes = hashesOf(batch, unitOfSerial);
  const known = { leafCount: units, first, count: unitOfSerial.size, hashes, given };
  const { root, layout, nodes } = await growNodes(known, onProgress);
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
  return proofIn(tree, tree.units, unit);
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
  return isProven({ root, hash: leafHasher(batch)(unit, serial), proof });
}

function* hashesOf(batch: Hex, unitOfSerial: ReadonlyMap<string, number>): Iterable<Uint8Array> {
  const hash = leafHasher(batch);
  for (const [serial, unit] of unitOfSerial) yield hash(unit, serial);
}

// abi.encode(bytes32 batch, uint24 unit, bytes32 serial), in the same memory for all.
function leafHasher(batch: Hex): (unit: number, serial: string) => Uint8Array {
  const encoded = new Uint8Array(3 * NODE_BYTES);
  encoded.set(getBytes(batch));
  const number = new DataView(encoded.buffer, 2 * NODE_BYTES - 4);
  const text = encoded.subarray(2 * NODE_BYTES);
  return (unit, serial) => {
    number.setUint32(0, unit);
    text.fill(0).set(utf8(serial));
    return hashLeaf(encoded);
  };
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
