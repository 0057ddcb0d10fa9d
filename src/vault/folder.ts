/**
 * A vault in a folder, for Node.js. Nothing in it is readable by other users of the machine.
 *
 * ```
 * blobs/<cid>                            ciphertext
 * keys/<record>/<reader>.json            wrapped keys
 * patients/<patient>/<record>.<reader>   empty: which wrapped keys concern a patient,
 * readers/<reader>/<record>.<reader>     and which a reader has
 * tmp/                                   files not yet written to their end
 * ```
 *
 * A file appears under its name only once it is whole and on disk. A key is marked before it is written and unmarked
 * after it is deleted, so neither a crash nor another process leaves a key without marks. Marks without a key can be
 * left; listing passes over them. Any number of processes may share the folder.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { cidOf, sha256, toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import {
  checkedBlob,
  checkedFilter,
  checkedKey,
  selected,
  toRecord,
  type KeyFilter,
  type Vault,
  type WrappedKey,
} from "./vault.js";

type KeyName = { record: Hex; reader: Address };

const SUBFOLDERS = ["blobs", "keys", "patients", "readers", "tmp"];
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const STALE_AFTER_MS = 3_600_000;
const RECORD_NAME = /^0x[0-9a-f]{64}$/;
const KEY_NAME = /^(0x[0-9a-f]{64})\.(0x[0-9a-f]{40})$/;

/**
 * The vault in a folder, which is made if it is not there.
 *
 * @example
 * const vault = await folderVault("/var/lib/aceso");
 *
 * @throws {@link VaultFolderError} when the folder can't be made or written. Later, the vault's methods throw
 * {@link VaultWriteError}, {@link VaultReadError}, {@link DamagedBlobError} and, when one key is asked for,
 * {@link DamagedKeyError}; a list leaves damaged keys out.
 */
export async function folderVault(path: string): Promise<Vault> {
  const root = resolve(path);
  await prepareFolder(root);

  const blobPath = (digest: Hex): string => join(root, "blobs", cidOf(digest));
  const keyPath = ({ record, reader }: KeyName): string => join(root, "keys", record, `${lower(reader)}.json`);
  const marksOf = (key: WrappedKey): string[] => {
    const name = `${key.record}.${lower(key.reader)}`;
    return [join(root, "patients", lower(key.patient), name), join(root, "readers", lower(key.reader), name)];
  };

  async function readKey(name: KeyName): Promise<WrappedKey | undefined> {
    const json = await readWhole(keyPath(name), root);
    return json && keyIn(json, name);
  }

  async function mark(key: WrappedKey): Promise<void> {
    for (const path of marksOf(key)) await ensureEmptyFile(path);
  }

  async function unmark(key: WrappedKey): Promise<void> {
    for (const path of marksOf(key)) await removeWithEmptyFolder(path);
    // Another process may have put the key back between its deletion and this.
    const current = await readKey(key);
    if (current !== undefined) await mark(current);
  }

  // A damaged key can still be replaced and deleted.
  async function knownKey(name: KeyName): Promise<WrappedKey | undefined> {
    try {
      return await readKey(name);
    } catch (cause) {
      if (cause instanceof DamagedKeyError) return undefined;
      throw cause;
    }
  }

  async function namesFor({ patient, record, reader }: KeyFilter): Promise<KeyName[]> {
    if (record !== undefined) return namesOfRecord(record);
    if (patient !== undefined) return namesMarked(await list(join(root, "patients", lower(patient)), root));
    if (reader !== undefined) return namesMarked(await list(join(root, "readers", lower(reader)), root));
    const names: KeyName[] = [];
    for (const found of await list(join(root, "keys"), root)) {
      if (RECORD_NAME.test(found)) names.push(...(await namesOfRecord(found)));
    }
    return names;
  }

  async function namesOfRecord(record: string): Promise<KeyName[]> {
    const files = await list(join(root, "keys", record), root);
    return namesMarked(files.map((file) => `${record}.${file.replace(/\.json$/, "")}`));
  }

  return {
    async putBlob(digest, bytes) {
      const blob = await checkedBlob(digest, bytes);
      await writing(root, () => writeAtomically(root, blobPath(digest), blob));
    },
    async getBlob(digest) {
      const expected = toDigest(digest);
      const bytes = await readWhole(blobPath(expected), root);
      if (bytes !== undefined && (await sha256(bytes)) !== expected) throw new DamagedBlobError(cidOf(expected));
      return bytes;
    },
    async deleteBlob(digest) {
      const path = blobPath(digest);
      await writing(root, () => removeFile(path));
    },
    async putKey(unchecked) {
      const key = checkedKey(unchecked);
      const before = await knownKey(key);
      await writing(root, async () => {
        await mark(key);
        await writeAtomically(root, keyPath(key), Buffer.from(JSON.stringify(key)));
        // A deletion running at the same time may have taken the marks away.
        await mark(key);
        if (before !== undefined && before.patient !== key.patient) await unmark(before);
      });
    },
    async getKey(record, reader) {
      return readKey({ record: toRecord(record), reader: toAddress(reader) });
    },
    async listKeys(unchecked) {
      const filter = checkedFilter(unchecked);
      const keys: WrappedKey[] = [];
      for (const name of await namesFor(filter)) {
        // A damaged key opens nothing and must not hide the others.
        const key = await knownKey(name);
        if (key !== undefined) keys.push(key);
      }
      return selected(keys, filter);
    },
    async deleteKey(record, reader) {
      const name = { record: toRecord(record), reader: toAddress(reader) };
      const key = await knownKey(name);
      await writing(root, async () => {
        await removeWithEmptyFolder(keyPath(name));
        if (key !== undefined) await unmark(key);
      });
    },
  };
}

function keyIn(json: Uint8Array, { record, reader }: KeyName): WrappedKey {
  try {
    const key = checkedKey(JSON.parse(new TextDecoder().decode(json)) as WrappedKey);
    if (key.record === record && key.reader === reader) return key;
  } catch {
    // Told below, without what the file holds.
  }
  throw new DamagedKeyError();
}

function namesMarked(names: readonly string[]): KeyName[] {
  return names.flatMap((name) => {
    const [, record, reader] = KEY_NAME.exec(name) ?? [];
    return record && reader ? [{ record: record as Hex, reader: toAddress(reader) }] : [];
  });
}

async function prepareFolder(root: string): Promise<void> {
  try {
    for (const name of SUBFOLDERS) await mkdir(join(root, name), { recursive: true, mode: FOLDER_MODE });
    await syncFolder(root);
    await removeStale(join(root, "tmp"));
    await rm(await writeTemporary(root, Buffer.from("Can this folder be written?")));
  } catch (cause) {
    throw new VaultFolderError(root, codeOf(cause));
  }
}

// What a crash left. Younger files may be another process's, still being written.
async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_AFTER_MS) await rm(path, { force: true });
  }
}

async function writeAtomically(root: string, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = await writeTemporary(root, bytes);
  try {
    await inFolderOf(path, () => rename(temporary, path));
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(dirname(path));
}

async function writeTemporary(root: string, bytes: Uint8Array): Promise<string> {
  const path = join(root, "tmp", randomUUID());
  try {
    const file = await open(path, "wx", FILE_MODE);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return path;
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  }
}

async function ensureEmptyFile(path: string): Promise<void> {
  try {
    const file = await inFolderOf(path, () => open(path, "wx", FILE_MODE));
    await file.close();
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return;
    throw cause;
  }
  await syncFolder(dirname(path));
}

// A deletion may take the empty folder away between its making and its use, so this tries again.
async function inFolderOf<T>(path: string, action: () => Promise<T>, attempts = 50): Promise<T> {
  try {
    const created = await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
    if (created !== undefined) await syncFolder(dirname(created));
    return await action();
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT" || attempts === 1) throw cause;
    return inFolderOf(path, action, attempts - 1);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
    await syncFolder(dirname(path));
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT") throw cause;
  }
}

// The folder's name is an address or a record, which must not outlive what it held.
async function removeWithEmptyFolder(path: string): Promise<void> {
  await removeFile(path);
  const folder = dirname(path);
  try {
    await rmdir(folder);
    await syncFolder(dirname(folder));
  } catch (cause) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(cause))) throw cause;
  }
}

// What makes a new or removed name survive a crash. Windows has no such call and needs none.
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch (cause) {
    // Deleted meanwhile, with the name that was to survive.
    if (codeOf(cause) !== "ENOENT") throw cause;
  }
}

async function readWhole(path: string, root: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new VaultReadError(root, codeOf(cause));
  }
}

async function list(folder: string, root: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw new VaultReadError(root, codeOf(cause));
  }
}

async function writing(root: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    throw cause instanceof AcesoError ? cause : new VaultWriteError(root, codeOf(cause));
  }
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? "unknown cause";
}

function lower(address: Address): string {
  return address.toLowerCase();
}

/** A vault's folder can't be made or written. */
export class VaultFolderError extends AcesoError {
  override name = "VaultFolderError";
  constructor(
    readonly folder: string,
    /** The system's error code, such as `EACCES`. */
    readonly code: string,
  ) {
    super(
      `The vault's folder ${folder} can't be made or written (${code}).`,
      "Choose a folder this user may write, on a disk with room, with no file in the way.",
    );
  }
}

/** The disk refused a write. What was to be replaced is as it was. */
export class VaultWriteError extends AcesoError {
  override name = "VaultWriteError";
  constructor(
    readonly folder: string,
    /** The system's error code, such as `ENOSPC`. */
    readonly code: string,
  ) {
    super(
      `The vault in ${folder} could not be written (${code}).`,
      "Make room on the disk or give this user the right to write, then try again; nothing half-written is left.",
    );
  }
}

/** The disk refused a read. */
export class VaultReadError extends AcesoError {
  override name = "VaultReadError";
  constructor(
    readonly folder: string,
    /** The system's error code, such as `EIO`. */
    readonly code: string,
  ) {
    super(
      `The vault in ${folder} could not be read (${code}).`,
      "Give this user the right to read the folder, or check the disk.",
    );
  }
}

/** A stored blob is no longer what it was: its bytes do not match its CID. */
export class DamagedBlobError extends AcesoError {
  override name = "DamagedBlobError";
  constructor(readonly cid: string) {
    super(
      `The stored blob ${cid} is damaged: its bytes do not match its CID.`,
      "Put it again from another copy, which replaces it, or delete it; then check the disk.",
    );
  }
}

/** A stored wrapped key is no longer readable as one. */
export class DamagedKeyError extends AcesoError {
  override name = "DamagedKeyError";
  constructor() {
    super(
      "A stored wrapped key is damaged: its file does not hold the key its name says.",
      "Wrap the record's content key for the reader again, which replaces it, or delete it; then check the disk.",
    );
  }
}
