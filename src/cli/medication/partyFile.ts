/**
 * Party books in files, and the accounts that sign for their parties.
 *
 * @module
 */
import { dirname, resolve } from "node:path";

import { isHexString } from "ethers";
import type { Command } from "commander";

import { connect, type Aceso } from "../../aceso.js";
import { toAddress, type Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import type { ConnectionOf } from "../../medication/epcis/import.js";
import { MalformedPartyError, readParties, type PartyBook } from "../../medication/epcis/parties.js";
import { configuredAccount, walletOf } from "../accounts.js";
import type { Context } from "../context.js";
import { readJson } from "../files.js";
import { reading } from "../session.js";

/** The option that names a party book. */
export type PartiesOption = { parties: string };

/** A party book, and the keystores of its accounts that it names. */
export type PartyFile = { book: PartyBook; keystores: ReadonlyMap<Address, string> };

/** How a party book is written, for help. */
export const PARTIES_HELP = `
The party book says who is who, by GLN, SGLN or PGLN, and may name the keystore each signs with, beside it:
  { "urn:epc:id:sgln:030001.111111.0": { "account": "0x7099…", "role": "Manufacturer", "key": "maker.keystore.json" },
    "0399999999991": { "account": "0x3C44…", "role": "Distributor" } }`;

/** Adds the option that names a party book. */
export function withParties(command: Command): Command {
  return command.requiredOption("--parties <file>", "the party book: the accounts and roles behind locations");
}

/**
 * A party book from its file.
 *
 * @throws {@link InputFileError} | {@link JsonFileError}; {@link MalformedPartyError}; {@link InlineKeyError}.
 */
export async function readPartyFile({ io }: Context, { parties: path }: PartiesOption): Promise<PartyFile> {
  const entries = Object.entries(((await readJson(io, path)) ?? {}) as Record<string, { key?: unknown } | null>);
  const malformed = entries.filter(([, entry]) => typeof entry !== "object" || entry === null).map(([uri]) => uri);
  if (malformed.length > 0) throw new MalformedPartyError(malformed);
  const book = Object.fromEntries(entries) as PartyBook;
  readParties(book);
  const folder = dirname(resolve(io.cwd, path));
  const keystores = new Map<Address, string>();
  for (const [uri, entry] of entries) {
    const key = entry!.key;
    if (key === undefined) continue;
    if (typeof key !== "string") throw new MalformedPartyError([uri]);
    if (isHexString(key.startsWith("0x") ? key : `0x${key}`)) throw new InlineKeyError(uri);
    keystores.set(toAddress(book[uri]!.account), resolve(folder, key));
  }
  return { book, keystores };
}

/**
 * Connections for organisations: each with its own keystore, else with the configured account, if that is theirs or works
 * for them. Keystores are opened when they are first needed.
 *
 * @throws {@link PartyKeyMissingError} with every organisation nobody can sign for; what {@link reading} and, later on,
 * {@link walletOf} throw.
 */
export async function connectionsFor(
  context: Context,
  organisations: readonly Address[],
  { keystores }: PartyFile,
): Promise<ConnectionOf> {
  const aceso = await reading(context);
  const account = await configuredAccount(context);
  const isOwn = async (organisation: Address): Promise<boolean> =>
    account !== undefined && (await aceso.contracts.accreditation.actsFor(account, organisation));
  const missing: Address[] = [];
  for (const one of organisations) if (!keystores.has(one) && !(await isOwn(one))) missing.push(one);
  if (missing.length > 0) throw new PartyKeyMissingError(missing);
  const connections = new Map<string, Promise<Aceso>>();
  return (organisation) => {
    const keystore = keystores.get(organisation);
    const settings = { ...context.settings, ...(keystore !== undefined && { account: { keystore } }) };
    const opened = connections.get(keystore ?? "") ?? signingAs({ ...context, settings }, aceso);
    connections.set(keystore ?? "", opened);
    return opened;
  };
}

async function signingAs(context: Context, { provider, deployment }: Aceso): Promise<Aceso> {
  return connect((await walletOf(context)).connect(provider), { deployment });
}

/** A party book has a key in it, where it should name a file. */
export class InlineKeyError extends AcesoError {
  override name = "InlineKeyError";
  constructor(readonly party: string) {
    super(
      `The key of ${party} in the party book is no file's name.`,
      "Name the file of its keystore. A private key that was written there is to be taken for known to others.",
    );
  }
}

/** Organisations have steps to send, and nobody signs for them. */
export class PartyKeyMissingError extends AcesoError {
  override name = "PartyKeyMissingError";
  constructor(readonly organisations: readonly Address[]) {
    super(
      `There is no key to sign for ${organisations.join(", ")}.`,
      'Name its keystore as "key" in the party book, or configure its account; nothing was sent.',
    );
  }
}
