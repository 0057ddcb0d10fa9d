/**
 * Documents whose digests go on chain.
 *
 * @module
 */
import { isHexString } from "ethers";
import type { Command } from "commander";

import type { Hex } from "../crypto/bytes.js";
import { documentDigest } from "../medication/document.js";
import { readBytes } from "./files.js";
import type { Io } from "./io.js";

/** Adds the option that names a document. */
export function withDocument(command: Command, flag: string, what: string): Command {
  return command.requiredOption(`--${flag} <file>`, documentHelp(what));
}

/**
 * The digest of a document.
 *
 * @param named its file, or 0x and the digest.
 * @throws {@link InputFileError} when the file cannot be read.
 */
export async function digestOf(io: Io, named: string): Promise<Hex> {
  if (isHexString(named, 32)) return named.toLowerCase() as Hex;
  return documentDigest(await readBytes(io, named));
}

/** What an option that names a document says of itself. */
export function documentHelp(what: string): string {
  return `${what}: a file, whose sha-256 goes on chain (- for stdin), or 0x and that digest`;
}
