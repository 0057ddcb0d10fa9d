/**
 * One pack, named by its barcode or by the parcel it is in.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import { toBytes32 } from "../../gs1/characters.js";
import { parseScan } from "../../gs1/scan.js";
import type { Batch, Parcel } from "../../medication/item.js";
import { BatchNotCommissionedError, parcelWith } from "../../medication/lineage.js";
import { LocationScannedError, type PackScan } from "../../medication/scanned.js";
import { standingOf } from "../../medication/standing.js";
import { unitOf, type SerialTree } from "../../medication/tree.js";
import { requireTreeOf, SerialNotInTreeError, WrongTreeError } from "../../medication/unit.js";
import type { Context } from "../context.js";
import { UsageError } from "../usage.js";
import { isParcelText, parcel, type NamedParcel } from "./arguments.js";
import { barcode } from "./barcode.js";
import { parcelName } from "./items.js";
import { readTree } from "./serialTree.js";

/** A pack as it was typed or scanned. */
export type NamedPack = NamedParcel | PackScan;

/** The options that say which pack of a parcel or product it is. */
export type PackOptions = { tree: string; serial?: string };

/** A pack, the proof of its serial number, and what a person is told it is. */
export type FoundPack = { batch: Batch; parcel: Parcel; tree: SerialTree; serial: string; name: string };

/** Adds the argument and options that name a pack. */
export function ofPack(command: Command): Command {
  return command
    .argument("<pack>", "the pack: its barcode, or the parcel it is in as product/lot#first+count", pack)
    .requiredOption("--tree <file>", "the serial tree of its batch, or the excerpt that came with it")
    .option("--serial <serial>", "its serial number, unless the barcode has it");
}

/**
 * A pack from its barcode (a GS1 element string, raw or bracketed, a Digital Link, an EPC URN or a UDI), or the parcel it
 * is in.
 *
 * @throws {@link UnreadableScanError}; {@link LocationScannedError}; {@link UsageError} for a container's barcode; what
 * {@link parcel} throws.
 */
export function pack(text: string): NamedPack {
  if (isParcelText(text)) return parcel(text);
  const scan = parseScan(barcode(text), { now: Math.floor(Date.now() / 1000) });
  if (scan.kind === "location") throw new LocationScannedError();
  if (scan.kind === "container") {
    throw new UsageError("It names a container (AI 00), not a pack.", "Scan the pack itself.");
  }
  return scan;
}

/**
 * The pack meant, in the parcel it is in now.
 *
 * @throws {@link UsageError} when its serial number is missing, or named twice; {@link WrongTreeError};
 * {@link SerialNotInTreeError}; {@link BatchNotCommissionedError}.
 */
export async function findPack(
  context: Context,
  aceso: Aceso,
  named: NamedPack,
  options: PackOptions,
): Promise<FoundPack> {
  const serial = serialOf(named, options.serial);
  const tree = await readTree(context, options.tree);
  const unit = unitOf(tree, serial);
  if (unit === undefined) throw new SerialNotInTreeError(tree);
  const found = { tree, serial };
  if (named.kind === "parcel") {
    requireTreeOf(tree, named.parcel.batch);
    return { ...found, batch: named.batch, parcel: named.parcel, name: `unit ${unit} of ${named.text}` };
  }
  const batch = await batchOfTree(aceso, named, tree);
  const inside = await parcelWith(aceso, tree.batch, unit);
  return { ...found, batch, parcel: inside, name: `unit ${unit} of ${parcelName(batch, inside)}` };
}

/** The serial number in the barcode or the option, which must not differ. */
export function serialOf(named: NamedPack, option: string | undefined): string {
  const scanned = named.kind === "unit" ? named.serial : undefined;
  const serial = scanned ?? option;
  if (serial === undefined) throw new UsageError("Which pack is it?", "Pass its serial number with --serial.");
  if (option !== undefined && option !== serial) {
    throw new UsageError("The barcode has another serial number than --serial.", "Leave --serial out.");
  }
  return serial;
}

async function batchOfTree(aceso: Aceso, scan: PackScan, tree: SerialTree): Promise<Batch> {
  const standing = await standingOf(aceso, tree.batch);
  if (standing === undefined) throw new BatchNotCommissionedError();
  const { product, lot } = standing;
  const isOfBatch = toBytes32(product) === scan.product && (scan.lot === undefined || scan.lot === lot);
  if (!isOfBatch) throw new WrongTreeError("it is of another batch");
  return { product, lot };
}
