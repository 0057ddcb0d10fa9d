import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import type { Io } from "../../src/cli/io.js";
import {
  AmbiguousAccountError,
  ConfigMalformedError,
  RpcUrlError,
  settingsFrom,
  UnknownSettingError,
  type GlobalFlags,
  type Settings,
} from "../../src/cli/settings.js";
import { InputFileError, JsonFileError } from "../../src/cli/files.js";
import { newFolder } from "./commandLine.js";

describe("settingsFrom", () => {
  let cwd: string;

  beforeEach(async () => {
    cwd = await newFolder();
  });

  const settings = (flags: GlobalFlags = {}, env: Record<string, string> = {}): Promise<Settings> =>
    settingsFrom({ cwd, env } as unknown as Io, flags);
  const config = (content: unknown, name = "aceso.config.json"): Promise<void> =>
    writeFile(join(cwd, name), typeof content === "string" ? content : JSON.stringify(content));

  it("has a default for the node and the vault, and nothing else", async () => {
    expect(await settings()).to.deep.equal({ rpc: "http://127.0.0.1:8545", vault: join(cwd, ".aceso/vault") });
  });

  it("takes flags before the environment before the config file", async () => {
    await config({ rpc: "http://config", vault: "config", deployment: "config" });
    const found = await settings(
      { rpc: "http://flag" },
      { ACESO_RPC: "http://environment", ACESO_VAULT: "environment" },
    );
    expect(found.rpc).to.equal("http://flag");
    expect(found.vault).to.equal(join(cwd, "environment"));
    expect(found.deployment).to.equal(join(cwd, "config"));
  });

  it("takes an empty variable for an unset one", async () => {
    await config({ vault: "config" });
    expect((await settings({}, { ACESO_VAULT: "" })).vault).to.equal(join(cwd, "config"));
  });

  it("takes the paths of a config file from its own folder", async () => {
    await mkdir(join(cwd, "elsewhere"));
    await config({ vault: "v", encryptionKey: "/abs/key.json" }, "elsewhere/c.json");
    const found = await settings({ config: "elsewhere/c.json" });
    expect(found.vault).to.equal(join(cwd, "elsewhere/v"));
    expect(found.encryptionKey).to.equal("/abs/key.json");
    expect(await settings({}, { ACESO_CONFIG: "elsewhere/c.json" })).to.deep.equal(found);
  });

  it("takes the account from the flag, else the environment, else the config file", async () => {
    await config({ keystore: "config" });
    const secret = { ACESO_PRIVATE_KEY: "0x01" };
    expect((await settings()).account).to.deep.equal({ keystore: join(cwd, "config") });
    expect((await settings({}, { ACESO_KEYSTORE: "variable" })).account).to.deep.equal({
      keystore: join(cwd, "variable"),
    });
    expect((await settings({}, secret)).account).to.equal("environment");
    expect((await settings({ keystore: "flag" }, secret)).account).to.deep.equal({ keystore: join(cwd, "flag") });
  });

  it("refuses an environment with two accounts", async () => {
    const env = { ACESO_PRIVATE_KEY: "0x01", ACESO_KEYSTORE: "k.json" };
    await rejects(settings({}, env), AmbiguousAccountError);
  });

  it("refuses a key it does not know, with a word on secrets", async () => {
    await config({ privateKey: "0x01" });
    const error = await rejects(settings(), UnknownSettingError);
    expect(error).to.have.property("advice").that.contains("passphrases never");
  });

  for (const content of [[], null, "text", 1]) {
    it(`refuses ${JSON.stringify(content)} for a config file`, async () => {
      await config(JSON.stringify(content));
      await rejects(settings(), ConfigMalformedError);
    });
  }

  for (const rpc of [1, "", null, ["http://x"]]) {
    it(`refuses ${JSON.stringify(rpc)} for a setting`, async () => {
      await config({ rpc });
      await rejects(settings(), ConfigMalformedError);
    });
  }

  it("refuses a config file that is no JSON, without quoting it", async () => {
    await config('{"rpc": secret');
    const error = await rejects(settings(), JsonFileError);
    expect(error.message).to.not.contain("secret");
  });

  it("refuses a named config file that is not there", async () => {
    await rejects(settings({ config: "missing.json" }), InputFileError);
  });

  for (const rpc of ["localhost:8545", "ftp://node", "http://", "ws://node", "node"]) {
    it(`refuses "${rpc}" for the node`, async () => void (await rejects(settings({ rpc }), RpcUrlError)));
  }
});

async function rejects<E extends Error>(promise: Promise<unknown>, type: new (...args: never[]) => E): Promise<E> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(type);
  return error as E;
}
