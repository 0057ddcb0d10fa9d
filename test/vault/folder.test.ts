import { expect } from "chai";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { toAddress, type Address } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { cidOf, sha256 } from "../../src/crypto/digest.js";
import {
  DamagedBlobError,
  DamagedKeyError,
  folderVault,
  VaultFolderError,
  VaultReadError,
  VaultWriteError,
} from "../../src/vault/folder.js";
import type { WrappedKey } from "../../src/vault/vault.js";
import { errorOf } from "../crypto/errorOf.js";
import { behavesAsVault } from "./behaviour.js";

const BLOB = utf8("ciphertext");
const [ANN, CLINIC] = [toAddress(`0x${"a".repeat(40)}`), toAddress(`0x${"c".repeat(40)}`)] as [Address, Address];
const RECORD: Hex = `0x${"1a".repeat(32)}`;
const KEY: WrappedKey = { patient: ANN, author: CLINIC, record: RECORD, reader: CLINIC, jwe: "a.b.c.d.e" };

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const SDK = (module: string): string => JSON.stringify(new URL(`../../src/${module}.ts`, import.meta.url).href);

/** A program of its own that has the vault of `folder` as `vault`; `limit` is the largest file it may write, in bytes/512. */
function program(folder: string, code: string, limit = "unlimited"): [string, string[], { cwd: string }] {
  const script = `
    const { folderVault } = await import(${SDK("vault/folder")});
    const { sha256 } = await import(${SDK("crypto/digest")});
    const vault = await folderVault(${JSON.stringify(folder)}).catch(({ name, code }) => console.log(name, code));
    ${code}`;
  const command = `ulimit -f ${limit}; exec "$0" --import=tsx --input-type=module -e "$1"`;
  return ["sh", ["-c", command, process.execPath, script], { cwd: PROJECT }];
}

describe("folderVault", () => {
  let base: string;
  let folder: string;
  let made = 0;
  before(async () => {
    base = await mkdtemp(join(tmpdir(), "aceso-vault-"));
  });
  after(() => rm(base, { recursive: true, force: true }));
  beforeEach(() => {
    folder = join(base, `${made++}`, "vault");
  });

  const blobFile = async (): Promise<string> => join(folder, "blobs", cidOf(await sha256(BLOB)));
  const keyFile = (): string => join(folder, "keys", RECORD, `${CLINIC.toLowerCase()}.json`);
  async function everyFile(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  async function emptyFolder(path: string): Promise<void> {
    for (const name of await readdir(path)) await rm(join(path, name), { recursive: true });
  }

  behavesAsVault(() => folderVault(join(base, `${made++}`)));

  describe("the folder", () => {
    it("keeps what it holds for the next who opens it", async () => {
      const vault = await folderVault(folder);
      await vault.putBlob(await sha256(BLOB), BLOB);
      await vault.putKey(KEY);
      const again = await folderVault(folder);
      expect(await again.getBlob(await sha256(BLOB))).to.deep.equal(BLOB);
      expect(await again.listKeys({ patient: ANN })).to.deep.equal([KEY]);
    });

    it("names a blob by its CID and leaves nothing else behind", async () => {
      const vault = await folderVault(folder);
      await vault.putBlob(await sha256(BLOB), BLOB);
      expect(await everyFile()).to.deep.equal([await blobFile()]);
    });

    it("is closed to other users", async function () {
      if (process.platform === "win32") this.skip();
      const vault = await folderVault(folder);
      await vault.putBlob(await sha256(BLOB), BLOB);
      await vault.putKey(KEY);
      const entries = await readdir(folder, { recursive: true });
      expect(entries).to.have.length.above(10);
      for (const entry of [".", ...entries]) {
        const found = await stat(join(folder, entry));
        expect(found.mode & 0o777, entry).to.equal(found.isDirectory() ? 0o700 : 0o600);
      }
    });

    it("forgets the names of patient, record and reader with their last key", async () => {
      const vault = await folderVault(folder);
      await vault.putKey(KEY);
      await vault.deleteKey(RECORD, CLINIC);
      expect((await readdir(folder, { recursive: true })).sort()).to.deep.equal([
        "blobs",
        "keys",
        "patients",
        "readers",
        "tmp",
      ]);
    });

    it("passes over marks without a key, as a crash may leave them, and files of others", async () => {
      const vault = await folderVault(folder);
      await vault.putKey(KEY);
      await writeFile(join(folder, "patients", ANN.toLowerCase(), `0x${"2b".repeat(32)}.${CLINIC.toLowerCase()}`), "");
      await writeFile(join(folder, "patients", ANN.toLowerCase(), "notes.txt"), "");
      await writeFile(join(folder, "keys", "notes.txt"), "");
      expect(await vault.listKeys({ patient: ANN })).to.deep.equal([KEY]);
      expect(await vault.listKeys({})).to.deep.equal([KEY]);
    });

    it("clears away what a crash left, but not what another process is writing", async () => {
      await folderVault(folder);
      const [stale, fresh] = [join(folder, "tmp", "stale"), join(folder, "tmp", "fresh")] as [string, string];
      await writeFile(stale, "half");
      await writeFile(fresh, "half");
      const twoHoursAgo = Date.now() / 1000 - 7200;
      await utimes(stale, twoHoursAgo, twoHoursAgo);
      await folderVault(folder);
      expect(await everyFile()).to.deep.equal([fresh]);
    });

    it("refuses a path below a file", async () => {
      await mkdir(base, { recursive: true });
      await writeFile(join(base, "file"), "");
      const error = await errorOf(folderVault(join(base, "file", "vault")));
      expect(error).to.be.instanceOf(VaultFolderError).with.property("code", "ENOTDIR");
      expect(error).to.have.property("folder", join(base, "file", "vault"));
    });

    it("refuses a folder where no file can be written", async function () {
      this.timeout(20_000);
      if (process.platform === "win32") this.skip();
      await folderVault(folder);
      const { stdout } = await promisify(execFile)(...program(folder, "", "0"));
      expect(stdout.trim()).to.equal("VaultFolderError EFBIG");
      expect(await everyFile()).to.deep.equal([]);
    });
  });

  describe("putBlob", () => {
    it("leaves nothing half-written when the disk refuses on the way", async function () {
      this.timeout(20_000);
      if (process.platform === "win32") this.skip();
      const code = `
        const bytes = new Uint8Array(1_000_000);
        await vault.putBlob(await sha256(bytes), bytes).catch((error) => console.log(error.name, error.code));
        console.log(await vault.getBlob(await sha256(bytes)));`;
      const { stdout } = await promisify(execFile)(...program(folder, code, "100"));
      expect(stdout.trim()).to.equal("VaultWriteError EFBIG\nundefined");
      expect(await everyFile()).to.deep.equal([]);
    });

    it("shows no half-written blob after its process was killed", async function () {
      this.timeout(20_000);
      const code = `
        for (let n = 0; ; n++) {
          const bytes = new Uint8Array(3_000_000).fill(n);
          await vault.putBlob(await sha256(bytes), bytes);
          console.log(n);
        }`;
      const child = spawn(...program(folder, code));
      await once(child.stdout!, "data");
      await once(child.stdout!, "data");
      child.kill("SIGKILL");
      await once(child, "exit");
      const blobs = await readdir(join(folder, "blobs"));
      expect(blobs).to.have.length.above(0);
      for (const name of blobs) expect(cidOf(await sha256(await readFile(join(folder, "blobs", name))))).to.equal(name);
    });

    it("mends a damaged blob", async () => {
      const vault = await folderVault(folder);
      await vault.putBlob(await sha256(BLOB), BLOB);
      await writeFile(await blobFile(), "damaged");
      await vault.putBlob(await sha256(BLOB), BLOB);
      expect(await vault.getBlob(await sha256(BLOB))).to.deep.equal(BLOB);
    });

    it("tells of a disk that refuses to take the name, and clears away the bytes", async () => {
      const vault = await folderVault(folder);
      await mkdir(join(await blobFile(), "in the way"), { recursive: true });
      const error = await errorOf(vault.putBlob(await sha256(BLOB), BLOB));
      expect(error).to.be.instanceOf(VaultWriteError).with.property("folder", folder);
      expect(await everyFile()).to.deep.equal([]);
    });
  });

  describe("getBlob", () => {
    it("refuses a stored blob whose bytes were changed or cut", async () => {
      const vault = await folderVault(folder);
      await vault.putBlob(await sha256(BLOB), BLOB);
      for (const bytes of ["Ciphertext", "cipher", ""]) {
        await writeFile(await blobFile(), bytes);
        const error = await errorOf(vault.getBlob(await sha256(BLOB)));
        expect(error)
          .to.be.instanceOf(DamagedBlobError)
          .with.property("cid", cidOf(await sha256(BLOB)));
      }
    });

    it("tells of a disk that refuses to read", async () => {
      const vault = await folderVault(folder);
      await mkdir(await blobFile());
      const error = await errorOf(vault.getBlob(await sha256(BLOB)));
      expect(error).to.be.instanceOf(VaultReadError).with.property("code", "EISDIR");
    });
  });

  describe("deleteBlob", () => {
    it("tells of a disk that refuses to delete", async () => {
      const vault = await folderVault(folder);
      await mkdir(await blobFile());
      expect(await errorOf(vault.deleteBlob(await sha256(BLOB)))).to.be.instanceOf(VaultWriteError);
    });
  });

  describe("getKey", () => {
    const damages = {
      "that was cut": '{"patient":',
      "of another reader": JSON.stringify({ ...KEY, reader: ANN }),
      "of another record": JSON.stringify({ ...KEY, record: `0x${"2b".repeat(32)}` }),
      "with a malformed part": JSON.stringify({ ...KEY, jwe: "" }),
    };
    for (const [what, json] of Object.entries(damages)) {
      it(`refuses a file ${what}, which can still be replaced or deleted`, async () => {
        const vault = await folderVault(folder);
        await vault.putKey(KEY);
        await writeFile(keyFile(), json);
        expect(await errorOf(vault.getKey(RECORD, CLINIC))).to.be.instanceOf(DamagedKeyError);
        expect(await vault.listKeys({})).to.deep.equal([]);
        await vault.putKey(KEY);
        expect(await vault.getKey(RECORD, CLINIC)).to.deep.equal(KEY);
        await writeFile(keyFile(), json);
        await vault.deleteKey(RECORD, CLINIC);
        expect(await vault.getKey(RECORD, CLINIC)).to.equal(undefined);
      });
    }
  });

  describe("listKeys", () => {
    it("tells of a disk that refuses to list", async () => {
      const vault = await folderVault(folder);
      await writeFile(join(folder, "patients", ANN.toLowerCase()), "");
      const error = await errorOf(vault.listKeys({ patient: ANN }));
      expect(error).to.be.instanceOf(VaultReadError).with.property("code", "ENOTDIR");
    });
  });

  describe("putKey", () => {
    it("forgets the name of the patient it replaces", async () => {
      const vault = await folderVault(folder);
      await vault.putKey(KEY);
      await vault.putKey({ ...KEY, patient: CLINIC });
      expect(await readdir(join(folder, "patients"))).to.deep.equal([CLINIC.toLowerCase()]);
      expect(await readdir(join(folder, "readers"))).to.deep.equal([CLINIC.toLowerCase()]);
    });

    it("is found by patient and reader though another process took its marks while it was written", async function () {
      const vault = await folderVault(folder);
      const writing = async (): Promise<boolean> => (await readdir(join(folder, "tmp"))).length > 0;
      // Long, so that there is time.
      const putting = vault.putKey({ ...KEY, jwe: `a.b.c.d.${"e".repeat(10_000_000)}` });
      while (!(await writing()));
      for (const marks of ["patients", "readers"]) await emptyFolder(join(folder, marks));
      const wasInTime = await writing();
      await putting;
      if (!wasInTime) this.skip();
      for (const filter of [{ patient: ANN }, { reader: CLINIC }]) {
        expect(await vault.listKeys(filter)).to.have.length(1);
      }
    });

    it("tells of a disk that refuses to write", async () => {
      const vault = await folderVault(folder);
      await symlink(join(base, "nowhere", "at all"), join(folder, "patients", ANN.toLowerCase()));
      expect(await errorOf(vault.putKey(KEY))).to.be.instanceOf(VaultWriteError);
    });
  });
});
