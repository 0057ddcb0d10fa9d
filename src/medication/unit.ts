/**
 * One unit, such as a pack, with the proof that its serial number was committed.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { toBytes32 } from "../gs1/characters.js";
import type { Parcel } from "./item.js";
import { proofOf, serialOf, unitOf, type SerialTree } from "./tree.js";

/** A unit by its number or its serial number, and where both are committed. */
export type Pack = {
  /** The parcel it is in. */
  parcel: Parcel;
  /** The serial tree of the parcel's batch, or an excerpt that holds the unit. */
  tree: SerialTree;
} & (
  | {
      /** Its number within the batch. */
      unit: number;
      serial?: never;
    }
  | {
      /** Its serial number (GS1 AI 21), as scanned. */
      serial: string;
      unit?: never;
    }
);

/** A unit as the contracts take it. */
export type ProvenUnit = { parcel: Parcel; number: number; serial: Hex; proof: Hex[] };

/**
 * A unit as the contracts take it: its number, its serial number in 32 bytes, and the proof that they belong together.
 *
 * @throws {@link WrongTreeError} when the tree is of another batch than the parcel.
 * @throws {@link SerialNotInTreeError} or {@link UnitNotInTreeError} when the tree does not hold the unit.
 */
export function unitIn({ parcel, tree, unit, serial }: Pack): ProvenUnit {
  requireTreeOf(tree, parcel.batch);
  const number = unit ?? unitOf(tree, serial);
  if (number === undefined) throw new SerialNotInTreeError(tree);
  return { parcel, number, serial: toBytes32(serialOf(tree, number)), proof: proofOf(tree, number) };
}

/** @throws {@link WrongTreeError} when the tree is of another batch. */
export function requireTreeOf(tree: SerialTree, batch: Hex): void {
  if (tree.batch.toLowerCase() !== batch.toLowerCase()) throw new WrongTreeError("it is of another batch");
}

/** A serial tree is not the one that is needed. */
export class WrongTreeError extends AcesoError {
  override name = "WrongTreeError";
  constructor(fault: string) {
    super(
      `This is not the serial tree that is needed: ${fault}.`,
      "Open the file of this very batch: the whole tree to commission it, an excerpt with the unit to dispense it.",
    );
  }
}

/** No unit of a serial tree has this serial number. */
export class SerialNotInTreeError extends AcesoError {
  override name = "SerialNotInTreeError";
  constructor({ first, serials }: Pick<SerialTree, "first" | "serials">) {
    super(
      `None of the units ${first} to ${first + serials.length - 1} of the serial tree has this serial number.`,
      "Scan it again; if it is in no file of the batch, do not dispense the pack: quarantine and investigate it.",
    );
  }
}
