/**
 * Serial trees as files, and the part of one that travels with a shipment.
 *
 * There is one format: the tree of a whole batch is the excerpt of all its units, and needs no nodes beside them.
 *
 * @module
 */
import { concat, isHexString, keccak256 } from "ethers";
import type { Hex } from "../crypto/bytes.js";
import { layoutOf, slotOf } from "../crypto/merkleLayout.js";
import { NODE_BYTES, nodeIn, type OnProgress } from "../crypto/merkleTree.js";
import { AcesoError } from "../errors.js";
import { toBytes32 } from "../gs1/characters.js";
import { MAX_UNITS, numberSerials } from "./serials.js";
import { growTree, type SerialTree } from "./tree.js";

/** A serial tree as it is stored, in JSON. */
export type SerialTreeFile = {
  format: typeof FORMAT;
  version: 1;
  /** The product as the chain has it, such as `gtin:00300010123457`: for people, and with `lot` what `batch` is of. */
  product?: string;
  lot?: string;
  batch: Hex;
  units: number;
  root: Hex;
  /** The unit of the first serial number. */
  first: number;
  serials: readonly string[];
  /** The nodes that do not follow from the serial numbers: from the leaves up, each level from the left. */
  nodes: readonly Hex[];
};

const FORMAT = "aceso serial tree";

/**
 * The part of a serial tree that proves some neighbouring units: an excerpt of an excerpt is as good as one of the
 * whole.
 *
 * @throws {@link UnitsNotInTreeError} when the tree does not hold all of them, or there is none.
 */
export function excerptOf(tree: SerialTree, { first, count }: { first: number; count: number }): SerialTree {
  const from = first - tree.first;
  const isWithin = Number.isInteger(first) && Number.isInteger(count) && from >= 0 && count >= 1;
  if (!isWithin || from + count > tree.serials.length) throw new UnitsNotInTreeError(first, count, tree);
  const layout = layoutOf(tree.units, first, count);
  const nodes = new Uint8Array(layout.size * NODE_BYTES);
  for (const run of layout.runs) {
    const at = slotOf(tree.layout, run.from) * NODE_BYTES;
    nodes.set(tree.nodes.subarray(at, at + (run.to - run.from + 1) * NODE_BYTES), run.slot * NODE_BYTES);
  }
  const serials = tree.serials.slice(from, from + count);
  const unitOfSerial = new Map(serials.map((serial, place) => [serial, first + place]));
  return { ...tree, first, unitOfSerial, serials, layout, nodes };
}

/**
 * Writes a serial tree as text. Whoever reads it can sell a counterfeit under its serial numbers: keep it as the trade
 * secret it is.
 *
 * @param key the product, as the chain has it, and lot of the batch, for people who read the file.
 * @throws {@link MalformedTreeError} when they are those of another batch.
 */
export function saveTree(tree: SerialTree, key?: { product: string; lot: string }): string {
  const { batch, units, root, first, serials, layout } = tree;
  const nodes = layout.given.map((node) => nodeIn(tree, node));
  const file: SerialTreeFile = { format: FORMAT, version: 1, ...key, batch, units, root, first, serials, nodes };
  requireKeyOf(file);
  return JSON.stringify(file);
}

/**
 * Reads a serial tree, and computes its root again.
 *
 * The root, the batch and the number of units are what the file says of itself: the tree is the batch's when `Batches`
 * has the same.
 *
 * @throws {@link MalformedTreeError} when the text is no such file.
 * @throws {@link WrongRootError} when a serial number, or another part, is not what the root was computed from.
 * @throws {@link MalformedSerialError} or {@link DuplicateSerialError}; the line is the place in `serials`.
 */
export async function openTree(text: string, onProgress?: OnProgress): Promise<SerialTree> {
  const file = parsed(text);
  const { batch, units, root, first, serials, nodes } = file;
  const unitOfSerial = await numberSerials(serials, first);
  const tree = await growTree({ batch, units, first, unitOfSerial, given: nodes }, onProgress);
  if (tree.root !== root.toLowerCase()) throw new WrongRootError(root, tree.root);
  return tree;
}

function parsed(text: string): SerialTreeFile {
  const file = objectIn(text);
  requireThat(file["format"] === FORMAT && file["version"] === 1, `it is no ${FORMAT} of version 1`);
  const { batch, root, units, first, serials, nodes, product, lot } = file;
  requireThat(isHexString(batch, NODE_BYTES), "batch is not 0x and 64 hex digits");
  requireThat(isHexString(root, NODE_BYTES), "root is not 0x and 64 hex digits");
  requireThat(isWholeNumber(units, 1, MAX_UNITS), `units is no whole number from 1 to ${MAX_UNITS}`);
  requireThat(isListOf(isText, serials) && serials.length > 0, "serials is no list of texts");
  requireThat(isWholeNumber(first, 0, units - serials.length), "first and serials go beyond units");
  const count = layoutOf(units, first, serials.length).given.length;
  requireThat(isListOf(isNode, nodes) && nodes.length === count, `nodes is no list of ${count} times 32 bytes in hex`);
  requireThat(
    [product, lot].every((part) => part === undefined || isText(part)),
    "product or lot is no text",
  );
  requireKeyOf(file as SerialTreeFile);
  return file as SerialTreeFile;
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    throw new MalformedTreeError("it is no JSON");
  }
}

function requireKeyOf({ product, lot, batch }: SerialTreeFile): void {
  if (product === undefined && lot === undefined) return;
  const isPair = product !== undefined && lot !== undefined;
  const isKey = isPair && keccak256(concat([toBytes32(product), toBytes32(lot)])) === batch.toLowerCase();
  requireThat(isKey, "product and lot are not those of batch");
}

function requireThat(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new MalformedTreeError(fault);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isNode(value: unknown): value is Hex {
  return isHexString(value, NODE_BYTES);
}

function isListOf<T>(isItem: (value: unknown) => value is T, value: unknown): value is T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isWholeNumber(value: unknown, lowest: number, highest: number): value is number {
  return Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest;
}

/** A text is no serial tree. */
export class MalformedTreeError extends AcesoError {
  override name = "MalformedTreeError";
  constructor(fault: string) {
    super(`The file is no serial tree: ${fault}.`, "Take an untouched copy of the file that saveTree wrote.");
  }
}

/** A serial tree does not lead to the root it claims. */
export class WrongRootError extends AcesoError {
  override name = "WrongRootError";
  constructor(
    readonly claimed: Hex,
    readonly computed: Hex,
  ) {
    super(
      `The serial tree says its root is ${claimed}, but its serial numbers lead to ${computed}: something in it was altered.`,
      "Do not trust the shipment by this file; ask whoever sent it for an untouched copy.",
    );
  }
}

/** An excerpt was asked for units a serial tree does not hold. */
export class UnitsNotInTreeError extends AcesoError {
  override name = "UnitsNotInTreeError";
  constructor(
    readonly first: number,
    readonly count: number,
    tree: Pick<SerialTree, "first" | "serials">,
  ) {
    super(
      `The serial tree holds units ${tree.first} to ${tree.first + tree.serials.length - 1}, not ${count} from ${first} on.`,
      "Ask for at least one unit, all of them from this tree; another part of the batch is in another file.",
    );
  }
}
