/**
 * Serial trees in files, for the verbs that commission and dispense.
 *
 * @module
 */
import type { Hex } from "../../crypto/bytes.js";
import { openTree } from "../../medication/excerpt.js";
import { generateSerials } from "../../medication/serials.js";
import { buildTree, type SerialTree } from "../../medication/tree.js";
import type { Context } from "../context.js";
import { readText } from "../files.js";
import { withProgress } from "../progress.js";

/** Where the serial numbers of a new batch come from. */
export type SerialOptions = { serials?: string; units?: number };

/**
 * The serial tree in a file's text.
 *
 * @throws what {@link openTree} throws.
 */
export async function treeIn(context: Context, text: string): Promise<SerialTree> {
  return withProgress(context, "Checking the serial tree", (report) => openTree(text, report));
}

/**
 * The serial tree in a file.
 *
 * @throws {@link InputFileError}; what {@link openTree} throws.
 */
export async function readTree(context: Context, path: string): Promise<SerialTree> {
  return treeIn(context, await readText(context.io, path));
}

/**
 * The serial tree of a new batch: of the serial numbers in a file, one a line, or of generated ones.
 *
 * @throws {@link InputFileError}; what {@link buildTree} and {@link generateSerials} throw.
 */
export async function newTree(
  context: Context,
  batch: Hex,
  { serials: path, units = 0 }: SerialOptions,
): Promise<SerialTree> {
  const serials = path === undefined ? generateSerials(units) : linesOf(await readText(context.io, path));
  return withProgress(context, "Building the serial tree", (onProgress) => buildTree({ batch, serials, onProgress }));
}

function linesOf(text: string): string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}
