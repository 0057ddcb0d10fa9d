/**
 * Which batch and unit a scanned pack is, by the serial trees at hand.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { fromBytes32 } from "../gs1/characters.js";
import type { Scan } from "../gs1/scan.js";
import { batchId } from "./item.js";
import { unitOf, type SerialTree } from "./tree.js";
import type { SerialFact } from "./verdict.js";

/** A scan of a pack or of a lot. */
export type PackScan = Extract<Scan, { kind: "unit" | "product" }>;

/** A unit, and the tree that holds its serial number. */
export type Located = { tree: SerialTree; unit: number };

/** The batch of a product and lot. */
export function batchOfLot(scan: PackScan, lot: string): Hex {
  return batchId({ product: fromBytes32(scan.product), lot });
}

/** The unit with a serial number in the trees of a batch, or how far they say that there is none. */
export function locate(
  trees: readonly SerialTree[],
  batch: Hex,
  serial: string,
): Located | Exclude<SerialFact, "proven"> {
  const own = trees.filter((tree) => tree.batch.toLowerCase() === batch);
  for (const tree of own) {
    const unit = unitOf(tree, serial);
    if (unit !== undefined) return { tree, unit };
  }
  if (own.length === 0) return "TreeMissing";
  return own.some(({ serials, units }) => serials.length === units) ? "SerialUnknown" : "SerialUnlisted";
}

/** The batches, by id, in whose trees a serial number is. */
export function batchesWith(trees: readonly SerialTree[], serial: string): Hex[] {
  const found = trees.filter((tree) => unitOf(tree, serial) !== undefined);
  return [...new Set(found.map(({ batch }) => batch.toLowerCase() as Hex))];
}

/** A scan has no lot, and nothing at hand tells which it is. */
export class LotMissingError extends AcesoError {
  override name = "LotMissingError";
  constructor() {
    super(
      "The barcode does not say which lot it is, and no serial tree at hand has its serial number.",
      "Give the lot as printed beside it, or the serial trees to look through.",
    );
  }
}

/** A serial number is in the trees of several batches of the product. */
export class LotAmbiguousError extends AcesoError {
  override name = "LotAmbiguousError";
  constructor(readonly lots: readonly string[]) {
    super(
      `The barcode does not say which lot it is, and its serial number is in several: ${lots.join(", ")}.`,
      "Give the lot as printed beside it.",
    );
  }
}

/** A lot was given that is not the one in the barcode. */
export class LotDiffersError extends AcesoError {
  override name = "LotDiffersError";
  constructor() {
    super(
      "The lot given is not the one in the barcode.",
      "If the pack really bears two lots, set it apart as suspect; otherwise leave the lot out.",
    );
  }
}

/** A location was scanned where a pack or container was asked for. */
export class LocationScannedError extends AcesoError {
  override name = "LocationScannedError";
  constructor() {
    super("It names a location (AI 414).", "Scan the barcode of a pack or a container.");
  }
}

/** A serial tree is not what its batch was commissioned with. */
export class TreeNotCommittedError extends AcesoError {
  override name = "TreeNotCommittedError";
  constructor(readonly batch: Hex) {
    super(
      `The serial tree given for batch ${batch} is not the one it was commissioned with.`,
      "Do not trust it: ask the manufacturer for the serial tree of this batch.",
    );
  }
}
