/**
 * The account that signs and pays: from a keystore, or a private key in the environment.
 *
 * @module
 */
import { computeAddress, isKeystoreJson, Wallet } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import type { Context } from "./context.js";
import { readText } from "./files.js";
import { passphraseOf } from "./passphrase.js";
import { withProgress } from "./progress.js";
import { given, PRIVATE_KEY_VARIABLE, type AccountSource } from "./settings.js";

/**
 * The configured account's address, without unlocking it; undefined when none is configured.
 *
 * @throws {@link KeystoreMalformedError} | {@link PrivateKeyMalformedError}
 */
export async function configuredAccount(context: Context): Promise<Address | undefined> {
  const { account } = context.settings;
  if (account === undefined) return undefined;
  if (account === "environment") return computeAddress(privateKeyOf(context)) as Address;
  const { address } = JSON.parse(await keystoreOf(context, account)) as { address?: string };
  if (typeof address !== "string") throw new KeystoreMalformedError(account.keystore);
  return toAddress(address.startsWith("0x") ? address : `0x${address}`);
}

/**
 * The configured account, unlocked.
 *
 * @throws {@link NoAccountError} when none is configured; {@link KeystoreMalformedError} |
 * {@link KeystorePassphraseError} | {@link PassphraseMissingError} | {@link PrivateKeyMalformedError}.
 */
export async function walletOf(context: Context): Promise<Wallet> {
  const { account } = context.settings;
  if (account === undefined) throw new NoAccountError();
  if (account === "environment") return new Wallet(privateKeyOf(context));
  const json = await keystoreOf(context, account);
  const passphrase = await passphraseOf(context.io, "ACESO_PASSPHRASE", `Passphrase of ${account.keystore}`);
  return withProgress(context, "Unlocking the account", () => unlocked(json, passphrase, account.keystore));
}

function privateKeyOf({ io }: Context): string {
  const key = given(io, PRIVATE_KEY_VARIABLE)!.trim().replace(/^0x/, "");
  if (!/^[0-9a-f]{64}$/i.test(key)) throw new PrivateKeyMalformedError();
  return `0x${key}`;
}

async function keystoreOf({ io }: Context, { keystore }: Exclude<AccountSource, string>): Promise<string> {
  const json = await readText(io, keystore);
  if (!isKeystoreJson(json)) throw new KeystoreMalformedError(keystore);
  return json;
}

async function unlocked(json: string, passphrase: string, keystore: string): Promise<Wallet> {
  try {
    return (await Wallet.fromEncryptedJson(json, passphrase)) as Wallet;
  } catch (cause) {
    // ethers puts no better mark on it than these words.
    const isWrong = cause instanceof Error && /incorrect password/i.test(cause.message);
    throw isWrong ? new KeystorePassphraseError(keystore) : new KeystoreMalformedError(keystore);
  }
}

/** The verb needs an account, and none is configured. */
export class NoAccountError extends AcesoError {
  override name = "NoAccountError";
  constructor() {
    super(
      "No account is configured.",
      `Name a keystore with --keystore (or in the config file), or set ${PRIVATE_KEY_VARIABLE}.`,
    );
  }
}

/** The private key in the environment is none. */
export class PrivateKeyMalformedError extends AcesoError {
  override name = "PrivateKeyMalformedError";
  constructor() {
    super(`${PRIVATE_KEY_VARIABLE} is no private key.`, "Set it to 64 hex digits, or use --keystore instead.");
  }
}

/** A file is no keystore. */
export class KeystoreMalformedError extends AcesoError {
  override name = "KeystoreMalformedError";
  constructor(readonly keystore: string) {
    super(
      `${keystore} is no Ethereum JSON keystore.`,
      "Export the account from its wallet as a keystore (Web3 Secret Storage, version 3).",
    );
  }
}

/** A passphrase does not open the keystore. */
export class KeystorePassphraseError extends AcesoError {
  override name = "KeystorePassphraseError";
  constructor(readonly keystore: string) {
    super(`The passphrase does not open ${keystore}.`, "Type it again, minding capitals and the keyboard layout.");
  }
}
