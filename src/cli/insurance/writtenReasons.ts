/**
 * What is written about a claim: a ClaimResponse, an appeal's grounds, a ruling's reasons. Only a salted digest goes on
 * chain.
 *
 * @module
 */
import { isHexString } from "ethers";
import { Option, type Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import type { Context } from "../context.js";
import { readBytes } from "../files.js";
import type { Io } from "../io.js";
import { note } from "../output.js";
import { saltedDigestOf, type SaltedDigest } from "../saltedDigest.js";
import { UsageError } from "../usage.js";
import type { WriteOptions } from "../write.js";

/** Where the salt of what was written is kept. */
export type SaltOptions = { saltFile?: string };

/** The digest of what was written, and its salt where a file was named. */
export type WrittenReasons = { digest: Hex; salted?: SaltedDigest };

/** Adds the option that says where the salt is kept. */
export function keepsSalt(command: Command): Command {
  return command.option("--salt-file <file>", "where the document's salt is kept (default: beside the document)");
}

/** The option that names what was written. */
export function writtenOption(flag: string, what: string): Option {
  return new Option(`--${flag} <file>`, `${what}: a file, whose salted digest goes on chain, or 0x and that digest`);
}

/**
 * The salted digest of what was written.
 *
 * @param named its file, or 0x and the digest.
 * @throws {@link UsageError} when a salt file goes with a digest; {@link InputFileError}; what {@link saltedDigestOf}
 * throws.
 */
export async function writtenReasons(io: Io, named: string, { saltFile }: SaltOptions): Promise<WrittenReasons> {
  if (isHexString(named, 32)) {
    if (saltFile !== undefined) throw new UsageError("--salt-file goes with a document.", "Leave it out.");
    return { digest: named.toLowerCase() as Hex };
  }
  const document = await readBytes(io, named);
  const salted = await saltedDigestOf(io, { path: named, saltFile, document, form: "document" });
  return { digest: salted.digest, salted };
}

/** The salt and where it is kept, for programs. */
export function saltTold({ salted }: WrittenReasons): object {
  return salted === undefined ? {} : { salt: salted.salt, saltFile: salted.saltFile };
}

/** Tells a person where the salt of what was sent or signed is kept. */
export function noteSalt(context: Context, { salted }: WrittenReasons, { dryRun }: WriteOptions): void {
  if (salted === undefined || dryRun) return;
  note(context, `Salt ${salted.salt}, kept in ${salted.saltFile}: hand it over with the document, and keep both.`);
}
