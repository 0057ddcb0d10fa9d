/**
 * `aceso keys`: the encryption key, its file, and the directory of public ones.
 *
 * @module
 */
import { Option, type Command } from "commander";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { generateEncryptionKey } from "../crypto/encryptionKey.js";
import { addSlot, removeSlot, sealKey, type SealedKey } from "../crypto/sealedKey.js";
import { unlockMessage, type SealedSlot, type Slot, type Unlock } from "../crypto/slot.js";
import { KeyNotPublishedError, publish, publishedKey, signPublish } from "../keys/keys.js";
import type { Aceso } from "../aceso.js";
import { configuredAccount, walletOf } from "./accounts.js";
import { address } from "./arguments.js";
import { acting, type Context } from "./context.js";
import { fillingFile, jsonText, replaceFile } from "./files.js";
import type { Io } from "./io.js";
import {
  firstPassphrase,
  furtherPassphrase,
  keyFileOf,
  passphraseUnlock,
  readKeyFile,
  unlockedKey,
  unlockOf,
  walletUnlock,
} from "./keyFile.js";
import { answer, note, tableOf } from "./output.js";
import { withProgress } from "./progress.js";
import { reading, signing } from "./session.js";
import { UsageError } from "./usage.js";
import { decide, decides, type DecisionOptions } from "./write.js";

const ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

type UnlockBy = { unlock?: "passphrase" | "wallet" | "guardian" };
type NewSlot = { passphrase?: boolean; wallet?: boolean; guardian?: Address };

/** Adds the verbs of keys. */
export function keysVerbs(program: Command, io: Io): void {
  const domain = program.command("keys").description("the key that opens records, and the directory of public keys");

  domain
    .command("create")
    .description("make an encryption key, sealed under a passphrase in a new file")
    .requiredOption("--out <file>", "the new file")
    .addHelpText("after", "\nExample:\n  $ aceso keys create --out key.json")
    .action(acting(io, create));

  decides(domain.command("publish"))
    .description("publish the configured key's public half as the configured account's")
    .addHelpText("after", "\nExample:\n  $ aceso keys publish --encryption-key key.json --sign publication.json")
    .action(acting(io, publishKey));

  domain
    .command("show")
    .description("show an account's published key, and the configured key file's slots")
    .argument("[account]", "the account (default: the configured one)", address("The account"))
    .addHelpText("after", `\nExample:\n  $ aceso keys show ${ACCOUNT}`)
    .action(acting(io, showKeys));

  domain
    .command("add-slot")
    .description("add a way to unlock a key file, so that losing one loses nothing")
    .argument("[file]", "the key file (default: the configured one)")
    .option("--passphrase", "a further passphrase")
    .addOption(
      new Option("--wallet", "the configured account's wallet, by a signature").conflicts(["passphrase", "guardian"]),
    )
    .addOption(
      new Option("--guardian <address>", "somebody who can open it for you, by their published key")
        .argParser(address("--guardian"))
        .conflicts("passphrase"),
    )
    .addOption(unlockOption())
    .addHelpText(
      "after",
      `\nA guardian opens another's file with their own --encryption-key: add-slot FILE --unlock guardian --passphrase.\n
Example:
  $ aceso keys add-slot key.json --guardian ${ACCOUNT}`,
    )
    .action(acting(io, addKeySlot));

  domain
    .command("remove-slot")
    .description("remove a way to unlock a key file; copies made before keep it")
    .argument("<id>", "the slot's id, from `aceso keys show`")
    .argument("[file]", "the key file (default: the configured one)")
    .addHelpText("after", "\nExample:\n  $ aceso keys remove-slot 5f0c3a54-8c1e-4d8e-9d0e-0d6f2f6f0a11 key.json")
    .action(acting(io, removeKeySlot));
}

function unlockOption(): Option {
  return new Option("--unlock <how>", "how to unlock the file (default: passphrase, else wallet)").choices([
    "passphrase",
    "wallet",
    "guardian",
  ]);
}

async function create(context: Context, { out }: { out: string }): Promise<void> {
  const sealed = await fillingFile(context.io, out, async (fill) => {
    const passphrase = await firstPassphrase(context.io);
    const key = await generateEncryptionKey();
    const sealed = await withProgress(context, "Sealing the key", () =>
      sealKey(key, { kind: "passphrase", passphrase }),
    );
    await fill(jsonText(sealed));
    return sealed;
  });
  const { publicKey } = sealed;
  answer(
    context,
    { file: out, publicKey },
    [
      `Made ${out}. Its public key is ${publicKey}.`,
      "Without the file and its passphrase nobody can open what is encrypted for it: keep a copy, or add a slot.",
      `Publish it with \`aceso keys publish --encryption-key ${out}\`.`,
    ].join("\n"),
  );
}

async function publishKey(context: Context, options: DecisionOptions): Promise<void> {
  // Unlocked, because a file's public key is only a claim until its private key proves it.
  const aceso = await signing(context, { encryptionKey: true });
  const key = aceso.encryptionKey!.publicKey;
  const before = await published(aceso, aceso.account);
  if (before === key) {
    return answer(context, { account: aceso.account, key }, `${aceso.account} has published ${key} already.`);
  }
  if (before !== undefined) note(context, `It replaces ${before}: keep that key for what was wrapped for it.`);
  await decide(context, aceso, options, {
    prepare: () => publish(aceso, { key }),
    sign: (deadline) => signPublish(aceso, { key, ...deadline }),
    said: () => `${aceso.account} has published ${key}.`,
    told: () => ({ account: aceso.account, key }),
  });
}

async function showKeys(context: Context, named: Address | undefined): Promise<void> {
  const account = named ?? (await configuredAccount(context));
  const file = context.settings.encryptionKey;
  if (account === undefined && file === undefined) {
    throw new UsageError("There is nothing to show.", "Name an account, or a key file with --encryption-key.");
  }
  const key = account && (await published(await reading(context), account));
  const sealed = file === undefined ? undefined : await readKeyFile(context.io, file);
  answer(
    context,
    {
      ...(account && { account, key: key ?? null }),
      ...(sealed && { file, publicKey: sealed.publicKey, slots: told(sealed) }),
    },
    [
      ...(account ? [`${account} has published ${key ?? "no key"}.`] : []),
      ...(sealed
        ? [`${file} holds ${sealed.publicKey}${key === sealed.publicKey ? ", the same" : ""}.`, slotTable(sealed)]
        : []),
    ].join("\n"),
  );
}

function told({ slots }: SealedKey): { id: string; kind: string; opener?: string }[] {
  return slots.map((slot) => ({ id: slot.id, kind: slot.kind, ...openerOf(slot) }));
}

function openerOf(slot: SealedSlot): { opener?: string } {
  if (slot.kind === "signature") return { opener: slot.account };
  return slot.kind === "guardian" ? { opener: slot.publicKey } : {};
}

function slotTable(sealed: SealedKey): string {
  const rows = told(sealed).map(({ id, kind, opener = "" }) => [id, kind === "signature" ? "wallet" : kind, opener]);
  return tableOf(["slot", "opened by", ""], rows, "It has no slot.");
}

async function published(aceso: Aceso, account: Address): Promise<Hex | undefined> {
  try {
    return await publishedKey(aceso, account);
  } catch (error) {
    if (error instanceof KeyNotPublishedError) return undefined;
    throw error;
  }
}

async function addKeySlot(
  context: Context,
  file: string | undefined,
  { unlock: how, ...options }: NewSlot & UnlockBy,
): Promise<void> {
  if (!options.passphrase && !options.wallet && options.guardian === undefined) {
    throw new UsageError("Which slot?", "Pass --passphrase, --wallet or --guardian ADDRESS.");
  }
  const path = file ?? keyFileOf(context);
  const sealed = await readKeyFile(context.io, path);
  const unlock = await unlockBy(context, { how, sealed, path });
  const slot = await newSlot(context, options);
  const added = await withProgress(context, "Sealing the slot", () => addSlot(sealed, unlock, slot));
  await replaceFile(context.io, path, jsonText(added));
  const { id, kind } = added.slots.at(-1)!;
  answer(context, { file: path, slot: id, kind }, `Added slot ${id} to ${path}. It has ${added.slots.length} now.`);
}

async function unlockBy(
  context: Context,
  { how, sealed, path }: { how: UnlockBy["unlock"]; sealed: SealedKey; path: string },
): Promise<Unlock> {
  switch (how) {
    case "passphrase":
      return passphraseUnlock(context, path);
    case "wallet":
      return walletUnlock(await walletOf(context));
    case "guardian":
      return { kind: "guardian", key: await unlockedKey(context) };
    default:
      return unlockOf(context, { sealed, path });
  }
}

async function newSlot(context: Context, { wallet, guardian }: NewSlot): Promise<Slot> {
  if (guardian !== undefined) {
    return { kind: "guardian", publicKey: await publishedKey(await reading(context), guardian) };
  }
  if (!wallet) return { kind: "passphrase", passphrase: await furtherPassphrase(context.io) };
  const signer = await walletOf(context);
  const account = toAddress(signer.address);
  return { kind: "signature", account, signature: (await signer.signMessage(unlockMessage(account))) as Hex };
}

async function removeKeySlot(context: Context, id: string, file: string | undefined): Promise<void> {
  const path = file ?? keyFileOf(context);
  const left = removeSlot(await readKeyFile(context.io, path), id);
  await replaceFile(context.io, path, jsonText(left));
  answer(
    context,
    { file: path, slots: told(left) },
    `Removed slot ${id} from ${path}. It has ${left.slots.length} left.`,
  );
}
