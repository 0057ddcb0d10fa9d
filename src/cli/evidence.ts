/**
 * Evidence: what somebody wrote down, of which only a salted digest goes on chain.
 *
 * @module
 */
import { Option, type Command } from "commander";

import type { Hex } from "../crypto/bytes.js";
import { word } from "./arguments.js";
import type { Context } from "./context.js";
import { readBytes } from "./files.js";
import { note } from "./output.js";
import { saltedDigestOf, type SaltedDigest } from "./saltedDigest.js";
import { UsageError } from "./usage.js";
import type { WriteOptions } from "./write.js";

/** The options that say what was written down. */
export type EvidenceOptions = { evidence?: Hex; note?: string; saltFile?: string };

/** Adds the options that say what was written down. */
export function withEvidence(command: Command, what: string): Command {
  return command
    .addOption(
      new Option("--note <file>", `${what}: its salted digest goes on chain, never its text`).conflicts("evidence"),
    )
    .option("--salt-file <file>", "with --note: where the salt is kept (default: beside the note)")
    .option("--evidence <digest>", "the salted digest itself", word("--evidence"));
}

/**
 * The digest of what was written down, and its salt where a note is named.
 *
 * @throws {@link UsageError} when neither is given; what {@link saltedDigestOf} throws.
 */
export async function evidenceOf(
  { io }: Context,
  { evidence, note: path, saltFile }: EvidenceOptions,
): Promise<{ evidence: Hex; salted?: SaltedDigest }> {
  if (evidence !== undefined) return { evidence };
  if (path === undefined) {
    throw new UsageError("A reason must be written down.", "Pass --note FILE, or --evidence DIGEST.");
  }
  const salted = await saltedDigestOf(io, { path, saltFile, document: await readBytes(io, path), form: "document" });
  return { evidence: salted.digest, salted };
}

/** Tells a person where the salt of what was sent or signed is kept. */
export function tellSalt(context: Context, salted: SaltedDigest | undefined, { dryRun }: WriteOptions): void {
  if (salted && !dryRun) {
    note(context, `Evidence ${salted.digest}; its salt is kept in ${salted.saltFile}: keep it with the note.`);
  }
}
