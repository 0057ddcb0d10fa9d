/**
 * Files the command reads and writes.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

import { textOf } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import type { Io } from "./io.js";

/** Stands for stdin where a file is read, and for stdout where one is written. */
export const STANDARD = "-";

const OWNER_ONLY = 0o600;

/**
 * The bytes of a file, or of stdin for {@link STANDARD}.
 *
 * @throws {@link InputFileError} when it cannot be read.
 */
export async function readBytes(io: Io, path: string): Promise<Uint8Array> {
  if (path === STANDARD) return readStandard(io);
  try {
    return new Uint8Array(await readFile(resolve(io.cwd, path)));
  } catch (cause) {
    throw new InputFileError(path, systemCodeOf(cause));
  }
}

/**
 * The text of a file, without the byte order mark some editors put before it.
 *
 * @throws {@link InputFileError}; {@link NotUtf8Error}.
 */
export async function readText(io: Io, path: string): Promise<string> {
  return textOf(await readBytes(io, path)).replace(/^\uFEFF/, "");
}

/**
 * The JSON value in a file.
 *
 * @throws {@link InputFileError}; {@link NotUtf8Error}; {@link JsonFileError} when it is no JSON.
 */
export async function readJson(io: Io, path: string): Promise<unknown> {
  const text = await readText(io, path);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's message quotes the text, which may be a patient's data.
    throw new JsonFileError(path);
  }
}

/** A file that was made empty, to be filled or, when there is nothing to put in, taken away. */
export type NewFile = { fill: (text: string) => Promise<void>; remove: () => Promise<void> };

/**
 * Makes a new file, readable by its owner only, before the work whose result goes in it.
 *
 * @throws {@link FileExistsError}; {@link OutputFileError} when it cannot be made.
 */
export async function makeFile(io: Io, path: string): Promise<NewFile> {
  const absolute = resolve(io.cwd, path);
  const file = await open(absolute, "wx", OWNER_ONLY).catch((cause: unknown) => {
    const code = systemCodeOf(cause);
    throw code === "EEXIST" ? new FileExistsError(path) : new OutputFileError(path, code);
  });
  return {
    fill: async (text) => {
      try {
        await file.writeFile(text);
        await file.sync();
      } catch (cause) {
        await rm(absolute, { force: true });
        throw new OutputFileError(path, systemCodeOf(cause));
      } finally {
        await file.close();
      }
    },
    remove: async () => {
      await file.close();
      await rm(absolute, { force: true });
    },
  };
}

/**
 * Fills a new file with what a task answers; without an answer there is no file.
 *
 * @throws as {@link makeFile}, before the task begins.
 */
export async function fillingFile<T>(io: Io, path: string, task: (fill: NewFile["fill"]) => Promise<T>): Promise<T> {
  const file = await makeFile(io, path);
  let isFilled = false;
  try {
    return await task(async (text) => {
      isFilled = true;
      await file.fill(text);
    });
  } finally {
    if (!isFilled) await file.remove();
  }
}

/**
 * Writes a new file, readable by its owner only.
 *
 * @throws {@link FileExistsError}; {@link OutputFileError}.
 */
export async function writeNewFile(io: Io, path: string, text: string): Promise<void> {
  await fillingFile(io, path, (fill) => fill(text));
}

/**
 * Replaces a file, whole or not at all.
 *
 * @throws {@link OutputFileError}.
 */
export async function replaceFile(io: Io, path: string, text: string): Promise<void> {
  const absolute = resolve(io.cwd, path);
  const temporary = join(dirname(absolute), `.${randomUUID()}.tmp`);
  try {
    await writeNewFile(io, temporary, text);
    await rename(temporary, absolute);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause instanceof AcesoError ? cause : new OutputFileError(path, systemCodeOf(cause));
  }
}

/** A value as the text of a JSON file. */
export function jsonText(value: unknown): string {
  const plain = (_key: string, member: unknown): unknown => (typeof member === "bigint" ? member.toString() : member);
  return `${JSON.stringify(value, plain, 2)}\n`;
}

/** The system's code of a file operation's failure, such as `ENOENT`. */
export function systemCodeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? "unknown cause";
}

async function readStandard(io: Io): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** A file cannot be read. */
export class InputFileError extends AcesoError {
  override name = "InputFileError";
  constructor(
    readonly path: string,
    /** The system's error code, such as `ENOENT`. */
    readonly code: string,
  ) {
    super(`${path} can't be read (${code}).`, "Check the path, and that it is a file this user may read.");
  }
}

/** A file is no JSON. */
export class JsonFileError extends AcesoError {
  override name = "JsonFileError";
  constructor(readonly path: string) {
    super(`${path} is no JSON.`, "Pass the file as it was written; it may be cut off or in another format.");
  }
}

/** A file that was to be made is there already. */
export class FileExistsError extends AcesoError {
  override name = "FileExistsError";
  constructor(readonly path: string) {
    super(`${path} is there already, and is not overwritten.`, "Name another file, or move this one away first.");
  }
}

/** A file cannot be written. */
export class OutputFileError extends AcesoError {
  override name = "OutputFileError";
  constructor(
    readonly path: string,
    /** The system's error code, such as `ENOSPC`. */
    readonly code: string,
  ) {
    super(`${path} can't be written (${code}).`, "Name a file in a folder this user may write, on a disk with room.");
  }
}
