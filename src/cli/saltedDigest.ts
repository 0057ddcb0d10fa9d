/**
 * Salted digests of documents: what the chain holds of a policy or of evidence.
 *
 * The digest is `sha256(salt || document)` with a salt of 32 bytes. Without the salt nobody can prove what was agreed to,
 * so it is kept in a file beside the document, and the same document has the same digest whenever it is used again.
 *
 * @module
 */
import { isHexString } from "ethers";
import { resolve } from "node:path";

import type { Hex } from "../crypto/bytes.js";
import { newSalt, saltedDigest } from "../crypto/saltedDigest.js";
import { AcesoError } from "../errors.js";
import type { Prepared, Sent } from "../prepare.js";
import { jsonText, readJson, STANDARD, writeNewFile } from "./files.js";
import type { Io } from "./io.js";
import { exists } from "./settings.js";
import { UsageError } from "./usage.js";

/** A document's digest, the salt in it, and the file that keeps both. */
export type SaltedDigest = {
  digest: Hex;
  salt: Hex;
  saltFile: string;
  /** Writes the salt file, if it is not there yet. */
  keep: () => Promise<void>;
};

/** Which document, where its salt is kept, and how its bytes were taken from the file. */
export type SaltedDocument = { path: string; document: Uint8Array; form: string; saltFile?: string | undefined };

/**
 * A document's salted digest: the kept one, else one with a new salt, which {@link SaltedDigest.keep} keeps.
 *
 * @throws {@link SaltFileError}; {@link DocumentChangedError} when the kept salt belongs to another content;
 * {@link UsageError} when the document comes from stdin and no salt file is named.
 */
export async function saltedDigestOf(
  io: Io,
  { path, document, form, saltFile = beside(path) }: SaltedDocument,
): Promise<SaltedDigest> {
  if (await exists(resolve(io.cwd, saltFile))) {
    return { ...(await keptDigest(io, saltFile, document)), saltFile, keep: async () => undefined };
  }
  const salt = newSalt();
  const digest = await saltedDigest(document, salt);
  const kept = { digest, salt, document: path, scheme: `sha256(salt || ${form})` };
  return { digest, salt, saltFile, keep: () => writeNewFile(io, saltFile, jsonText(kept)) };
}

/** A write that keeps its digest's salt before it is sent, but not when it would be refused. */
export function keepingSalt<T>(salted: SaltedDigest | undefined, prepared: Prepared<T>): Prepared<T> {
  if (salted === undefined) return prepared;
  const send = async (): Promise<Sent<T>> => {
    await prepared.simulate();
    await salted.keep();
    return prepared.send();
  };
  return { ...prepared, send };
}

async function keptDigest(io: Io, saltFile: string, document: Uint8Array): Promise<{ digest: Hex; salt: Hex }> {
  const { digest, salt } = ((await readJson(io, saltFile)) ?? {}) as Record<string, unknown>;
  if (!isHexString(digest, 32) || !isHexString(salt, 32)) throw new SaltFileError(saltFile);
  if ((await saltedDigest(document, salt as Hex)) !== digest) throw new DocumentChangedError(saltFile);
  return { digest: digest as Hex, salt: salt as Hex };
}

function beside(path: string): string {
  if (path === STANDARD) {
    throw new UsageError("A document from stdin has no place beside it for its salt.", "Name one with --salt-file.");
  }
  return `${path}.salt.json`;
}

/** A file does not hold a salt and a digest. */
export class SaltFileError extends AcesoError {
  override name = "SaltFileError";
  constructor(readonly path: string) {
    super(`${path} holds no salt and digest.`, "Restore it from a copy, or name another with --salt-file.");
  }
}

/** A document is no longer the one its salt was kept for. */
export class DocumentChangedError extends AcesoError {
  override name = "DocumentChangedError";
  constructor(readonly path: string) {
    super(
      `The document is not the one that ${path} was made for.`,
      "A changed document is a new one: save it under a new name, and keep the old one with its salt.",
    );
  }
}
