/**
 * JSON files that are named, or found in folders.
 *
 * @module
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import { AcesoError } from "../../errors.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";

/** A file of a folder that cannot be used. */
export type UnreadFile = { file: string; error: string; message: string };

/**
 * What files hold, and those of folders, and which files of folders could not be read.
 *
 * @param parse of one file's text.
 * @throws for a file that was named itself: {@link InputFileError}; {@link NotUtf8Error}; what the parser throws.
 */
export async function readFiles<T>(
  io: Io,
  paths: readonly string[],
  parse: (text: string) => T,
): Promise<{ read: { file: string; value: T }[]; unread: UnreadFile[] }> {
  const files = (await Promise.all(paths.map((path) => filesIn(io, path)))).flat();
  const read: { file: string; value: T }[] = [];
  const unread: UnreadFile[] = [];
  for (const { file, isNamed } of files) {
    try {
      read.push({ file, value: parse(await readText(io, file)) });
    } catch (error) {
      if (isNamed || !(error instanceof AcesoError)) throw error;
      unread.push({ file, error: error.name, message: error.message });
    }
  }
  return { read, unread };
}

async function filesIn(io: Io, path: string): Promise<{ file: string; isNamed: boolean }[]> {
  const entries = await readdir(resolve(io.cwd, path), { recursive: true }).catch(() => undefined);
  if (entries === undefined) return [{ file: path, isNamed: true }];
  return entries
    .filter((name) => name.toLowerCase().endsWith(".json"))
    .sort()
    .map((name) => ({ file: join(path, name), isNamed: false }));
}
