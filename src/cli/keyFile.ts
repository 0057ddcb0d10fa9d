/**
 * The encryption key's file: a sealed key, and the ways to unlock it.
 *
 * @module
 */
import type { Signer } from "ethers";

import type { EncryptionKey } from "../crypto/encryptionKey.js";
import { MalformedSealedKeyError, unlockKey, type SealedKey } from "../crypto/sealedKey.js";
import { unlockMessage, type Unlock } from "../crypto/slot.js";
import { AcesoError } from "../errors.js";
import { configuredAccount, walletOf } from "./accounts.js";
import type { Context } from "./context.js";
import { readJson } from "./files.js";
import type { Io } from "./io.js";
import { passphraseOf } from "./passphrase.js";
import { withProgress } from "./progress.js";
import { given } from "./settings.js";

const PASSPHRASE = "ACESO_KEY_PASSPHRASE";
const NEW_PASSPHRASE = "ACESO_NEW_KEY_PASSPHRASE";

/**
 * A sealed key from its file. Unlocking checks it to the end.
 *
 * @throws {@link InputFileError}; {@link JsonFileError}; {@link MalformedSealedKeyError}.
 */
export async function readKeyFile(io: Io, path: string): Promise<SealedKey> {
  const sealed = (await readJson(io, path)) as SealedKey | null;
  const isList = Array.isArray(sealed?.slots) && sealed.slots.every((slot) => typeof slot?.id === "string");
  if (!isList || typeof sealed.publicKey !== "string") throw new MalformedSealedKeyError();
  return sealed;
}

/**
 * The configured encryption key, unlocked.
 *
 * @throws {@link NoKeyFileError} when none is configured; as {@link readKeyFile} and {@link unlockOf}; what
 * {@link unlockKey} throws.
 */
export async function unlockedKey(context: Context, wallet?: Signer): Promise<EncryptionKey> {
  const path = keyFileOf(context);
  const sealed = await readKeyFile(context.io, path);
  const unlock = await unlockOf(context, { sealed, path, ...(wallet && { wallet }) });
  return withProgress(context, "Unlocking the encryption key", () => unlockKey(sealed, unlock));
}

/**
 * The path of the configured key file.
 *
 * @throws {@link NoKeyFileError} when none is configured.
 */
export function keyFileOf({ settings }: Context): string {
  if (settings.encryptionKey === undefined) throw new NoKeyFileError();
  return settings.encryptionKey;
}

/**
 * What unlocks a sealed key: its passphrase, else the wallet's signature.
 *
 * @param wallet the configured account, if it is unlocked already.
 * @throws {@link PassphraseMissingError}; {@link KeyFileLockedError} when it has a slot for neither.
 */
export async function unlockOf(
  context: Context,
  { sealed, path, wallet }: { sealed: SealedKey; path: string; wallet?: Signer },
): Promise<Unlock> {
  const account = await configuredAccount(context);
  const hasWallet = sealed.slots.some((slot) => slot.kind === "signature" && slot.account === account);
  const hasPassphrase = sealed.slots.some(({ kind }) => kind === "passphrase");
  const isPassphraseAtHand = given(context.io, PASSPHRASE) !== undefined || context.io.ask !== undefined;
  if (hasPassphrase && (isPassphraseAtHand || !hasWallet)) return passphraseUnlock(context, path);
  if (!hasWallet) throw new KeyFileLockedError(path);
  return walletUnlock(wallet ?? (await walletOf(context)));
}

/** Unlocking by passphrase: from the environment, or asked. */
export async function passphraseUnlock({ io }: Context, path: string): Promise<Unlock> {
  return { kind: "passphrase", passphrase: await passphraseOf(io, PASSPHRASE, `Passphrase of ${path}`) };
}

/** Unlocking by a wallet's signature. */
export async function walletUnlock(wallet: Signer): Promise<Unlock> {
  const account = (await wallet.getAddress()) as `0x${string}`;
  return { kind: "signature", signature: (await wallet.signMessage(unlockMessage(account))) as `0x${string}` };
}

/** The passphrase for the first slot of a new key file: from the environment, or asked twice. */
export async function firstPassphrase(io: Io): Promise<string> {
  return chosenPassphrase(io, PASSPHRASE);
}

/** The passphrase for a further slot: from the environment, or asked twice. */
export async function furtherPassphrase(io: Io): Promise<string> {
  return chosenPassphrase(io, NEW_PASSPHRASE);
}

async function chosenPassphrase(io: Io, variable: string): Promise<string> {
  const passphrase = await passphraseOf(io, variable, "New passphrase");
  const isTyped = given(io, variable) === undefined;
  if (isTyped && (await io.ask!("The same again")) !== passphrase) throw new PassphrasesDifferError();
  return passphrase;
}

/** The verb needs the encryption key, and no file is configured. */
export class NoKeyFileError extends AcesoError {
  override name = "NoKeyFileError";
  constructor() {
    super(
      "No encryption key is configured.",
      "Pass --encryption-key with the file of `aceso keys create` (or set it in the config file).",
    );
  }
}

/** A key file has no slot that this account or a passphrase opens. */
export class KeyFileLockedError extends AcesoError {
  override name = "KeyFileLockedError";
  constructor(readonly path: string) {
    super(
      `${path} has neither a passphrase slot nor one for this account's wallet.`,
      "Configure the account whose wallet opens it, or have a guardian add a slot: `aceso keys add-slot`.",
    );
  }
}

/** A new passphrase was typed differently the second time. */
export class PassphrasesDifferError extends AcesoError {
  override name = "PassphrasesDifferError";
  constructor() {
    super("The two passphrases differ.", "Run the command again and type the same one twice; nothing was written.");
  }
}
