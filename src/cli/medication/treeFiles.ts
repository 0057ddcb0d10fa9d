/**
 * Serial trees at hand: files, and folders that `aceso epcis import` fills.
 *
 * @module
 */
import { mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import type { Command } from "commander";

import { saveTree } from "../../medication/excerpt.js";
import { sgtinLabel, type Batch } from "../../medication/item.js";
import type { SerialTree } from "../../medication/tree.js";
import type { Context } from "../context.js";
import { OutputFileError, readJson, replaceFile, systemCodeOf, writeNewFile } from "../files.js";
import { exists } from "../settings.js";
import { readTree } from "./serialTree.js";

/** A case with a GTIN and serial of its own: on the ledger its label is a hash. */
export type Case = { gtin: string; serial: string };

/** The option that names serial trees. */
export type TreesOption = { tree?: readonly string[] };

/** What serial trees, and the names of cases beside them, tell. */
export type TreeFiles = { trees: SerialTree[]; cases: Case[] };

/** How the file of a serial tree ends, in a folder. */
const TREE_ENDING = ".tree.json";

/** The file, beside serial trees, with the names of cases. */
const CASES = "cases.json";

/** Adds the option that names serial trees. */
export function withTrees(command: Command): Command {
  return command.option(
    "--tree <file>",
    `a serial tree, an excerpt of one, or a folder of them (*${TREE_ENDING}); repeat for more`,
    (path: string, earlier: readonly string[] = []) => [...earlier, path],
  );
}

/**
 * The serial trees in files and folders, and the cases named beside them.
 *
 * @throws {@link InputFileError}; what {@link openTree} throws.
 */
export async function readTrees(context: Context, { tree: named = [] }: TreesOption): Promise<TreeFiles> {
  const found = await Promise.all(named.map((path) => filesIn(context, path)));
  const trees: SerialTree[] = [];
  for (const path of found.flat()) trees.push(await readTree(context, path));
  const folders = [...new Set(found.flat().map((path) => dirname(path)))];
  const cases = await Promise.all(folders.map((folder) => casesIn(context, folder)));
  return { trees, cases: cases.flat() };
}

/**
 * The cases named in a folder; none when it names none.
 *
 * @throws {@link JsonFileError} | {@link InputFileError}.
 */
export async function casesIn(context: Context, folder: string): Promise<Case[]> {
  const path = join(folder, CASES);
  return (await exists(resolve(context.io.cwd, path))) ? readCases(context, path) : [];
}

/** The cases named in a file. Throws {@link JsonFileError} | {@link InputFileError}. */
export async function readCases({ io }: Context, path: string): Promise<Case[]> {
  return (await readJson(io, path)) as Case[];
}

/**
 * Puts serial trees, and the names of cases, in a folder, which is made if it is not there. A tree that is in it is left
 * alone: it is the same, or planning would have refused it.
 *
 * @returns the files of the trees, in their order.
 * @throws {@link OutputFileError}.
 */
export async function keepTrees(
  context: Context,
  folder: string,
  { trees, cases }: { trees: readonly { key: Batch; tree: SerialTree }[]; cases: readonly Case[] },
): Promise<string[]> {
  const { io } = context;
  try {
    await mkdir(resolve(io.cwd, folder), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new OutputFileError(folder, systemCodeOf(cause));
  }
  const files: string[] = [];
  for (const { key, tree } of trees) {
    const path = join(folder, `${key.product.replace(/^gtin:/, "")}-${encodeURIComponent(key.lot)}${TREE_ENDING}`);
    if (!(await exists(resolve(io.cwd, path)))) await writeNewFile(io, path, saveTree(tree, key));
    files.push(path);
  }
  if (cases.length === 0) return files;
  const earlier = await casesIn(context, folder);
  const known = new Set(earlier.map(sgtinLabel));
  const all = [...earlier, ...cases.filter((one) => !known.has(sgtinLabel(one)))];
  if (all.length > earlier.length) await replaceFile(io, join(folder, CASES), JSON.stringify(all));
  return files;
}

async function filesIn({ io }: Context, path: string): Promise<string[]> {
  const names = await readdir(resolve(io.cwd, path)).catch(() => undefined);
  if (names === undefined) return [path];
  return names
    .filter((name) => name.endsWith(TREE_ENDING))
    .sort()
    .map((name) => join(path, name));
}
