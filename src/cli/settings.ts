/**
 * Settings: from flags, else the environment, else a config file, else defaults.
 *
 * @module
 */
import { access } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { AcesoError } from "../errors.js";
import { readJson } from "./files.js";
import type { Io } from "./io.js";

/** The flags every verb takes. */
export type GlobalFlags = {
  json?: boolean;
  config?: string;
  rpc?: string;
  vault?: string;
  deployment?: string;
  keystore?: string;
  encryptionKey?: string;
};

/** The account that signs: a keystore's path, or the private key in the environment. */
export type AccountSource = { keystore: string } | "environment";

/** What the command works with. Paths are absolute. */
export type Settings = {
  rpc: string;
  vault: string;
  deployment?: string;
  account?: AccountSource;
  /** A sealed key file. */
  encryptionKey?: string;
};

/** The config file that is read when none is named and it is there. */
export const DEFAULT_CONFIG = "aceso.config.json";

/** Holds a private key in hex. It is read from nowhere else, so it is in no file and no list of processes. */
export const PRIVATE_KEY_VARIABLE = "ACESO_PRIVATE_KEY";

const VARIABLES = {
  rpc: "ACESO_RPC",
  vault: "ACESO_VAULT",
  deployment: "ACESO_DEPLOYMENT",
  keystore: "ACESO_KEYSTORE",
  encryptionKey: "ACESO_ENCRYPTION_KEY_FILE",
} as const;

type Key = keyof typeof VARIABLES;
type Values = Partial<Record<Key, string>>;

const KEYS = Object.keys(VARIABLES) as Key[];
const DEFAULTS = { rpc: "http://127.0.0.1:8545", vault: ".aceso/vault" };

/**
 * The settings that flags, environment and config file add up to.
 *
 * @throws {@link ConfigMalformedError} | {@link UnknownSettingError} | {@link InputFileError} | {@link JsonFileError}
 * for the config file; {@link RpcUrlError}; {@link AmbiguousAccountError}.
 */
export async function settingsFrom(io: Io, flags: GlobalFlags): Promise<Settings> {
  const config = await configOf(io, flags.config ?? given(io, "ACESO_CONFIG"));
  const environment = Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = given(io, VARIABLES[key]);
      return value === undefined ? [] : [[key, key === "rpc" ? value : resolve(io.cwd, value)]];
    }),
  ) as Values;
  const flagged = Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = flags[key];
      return value === undefined ? [] : [[key, key === "rpc" ? value : resolve(io.cwd, value)]];
    }),
  ) as Values;
  const { keystore: _, ...values } = { ...config, ...environment, ...flagged };
  const rpc = values.rpc ?? DEFAULTS.rpc;
  if (!/^https?:\/\/./.test(rpc) || !URL.canParse(rpc)) throw new RpcUrlError();
  const account = accountSource(io, { config, environment, flagged });
  return { ...values, rpc, vault: values.vault ?? resolve(io.cwd, DEFAULTS.vault), ...(account && { account }) };
}

function accountSource(
  io: Io,
  { config, environment, flagged }: Record<"config" | "environment" | "flagged", Values>,
): AccountSource | undefined {
  if (flagged.keystore !== undefined) return { keystore: flagged.keystore };
  const hasPrivateKey = given(io, PRIVATE_KEY_VARIABLE) !== undefined;
  // Which of two accounts signs must never be a guess.
  if (hasPrivateKey && environment.keystore !== undefined) throw new AmbiguousAccountError();
  if (hasPrivateKey) return "environment";
  const keystore = environment.keystore ?? config.keystore;
  return keystore === undefined ? undefined : { keystore };
}

async function configOf(io: Io, named: string | undefined): Promise<Values> {
  const path = resolve(io.cwd, named ?? DEFAULT_CONFIG);
  if (named === undefined && !(await exists(path))) return {};
  const config = await readJson(io, path);
  if (typeof config !== "object" || config === null || Array.isArray(config)) throw new ConfigMalformedError(path);
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (!KEYS.includes(key as Key)) throw new UnknownSettingError(key, path);
      if (typeof value !== "string" || value === "") throw new ConfigMalformedError(path, key);
      return [key, key === "rpc" ? value : resolve(dirname(path), value)];
    }),
  ) as Values;
}

/** A variable of the environment, where empty is as good as unset. */
export function given(io: Io, variable: string): string | undefined {
  return io.env[variable] || undefined;
}

/** True when there is a file or folder at a path. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A config file is no object of texts. */
export class ConfigMalformedError extends AcesoError {
  override name = "ConfigMalformedError";
  constructor(path: string, key?: string) {
    super(
      key === undefined ? `${path} is no JSON object.` : `"${key}" in ${path} is no text.`,
      `Write an object with any of: ${KEYS.join(", ")}; each a text.`,
    );
  }
}

/** A config file has a key that means nothing. */
export class UnknownSettingError extends AcesoError {
  override name = "UnknownSettingError";
  constructor(
    readonly key: string,
    path: string,
  ) {
    super(
      `"${key.slice(0, 64)}" in ${path} is no setting.`,
      `Use any of: ${KEYS.join(", ")}. Private keys and passphrases never go into it.`,
    );
  }
}

/** The RPC setting is no URL. */
export class RpcUrlError extends AcesoError {
  override name = "RpcUrlError";
  constructor() {
    super("The RPC setting is no http or https URL.", "Pass the node's URL, such as http://127.0.0.1:8545.");
  }
}

/** The environment names two accounts. */
export class AmbiguousAccountError extends AcesoError {
  override name = "AmbiguousAccountError";
  constructor() {
    super(
      `The environment has both ${PRIVATE_KEY_VARIABLE} and ${VARIABLES.keystore}.`,
      "Unset one of them, or name the account with --keystore.",
    );
  }
}
