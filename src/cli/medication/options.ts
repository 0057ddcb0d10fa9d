/**
 * What the verbs of medication have in common: for whom the account acts, and which documents their digests are of.
 *
 * @module
 */
import { isHexString } from "ethers";
import { Option, type Command } from "commander";

import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { documentDigest } from "../../medication/document.js";
import { address } from "../arguments.js";
import { readBytes } from "../files.js";
import type { Io } from "../io.js";
import { UsageError } from "../usage.js";
import { writes, type WriteOptions } from "../write.js";

/** A product and a lot for examples. */
export const PRODUCT = "00300010123455";
export const LOT = "A123";

/** Accounts for examples. */
export const WHOLESALER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const PHARMACY = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

/** The options of every verb an organisation acts with. */
export type ActingOptions = WriteOptions & { as?: Address };

/** Adds the options of a verb an organisation acts with. */
export function acts(command: Command): Command {
  return writes(command).option(
    "--as <organisation>",
    "the organisation this account acts for (default: itself)",
    address("--as"),
  );
}

/** The option that names a recall notice. */
export type NoticeOptions = { notice?: string; noticeText?: string };

/** Adds the options that name a recall notice. */
export function withNotice(command: Command): Command {
  return command
    .addOption(new Option("--notice <file>", documentHelp("the notice")).conflicts("noticeText"))
    .option("--notice-text <text>", "the notice itself, when it is no file");
}

/** Adds the option that names a document. */
export function withDocument(command: Command, flag: string, what: string): Command {
  return command.requiredOption(`--${flag} <file>`, documentHelp(what));
}

/**
 * The digest of a document.
 *
 * @param named its file, or 0x and the digest.
 * @throws {@link InputFileError} when the file cannot be read.
 */
export async function digestOf(io: Io, named: string): Promise<Hex> {
  if (isHexString(named, 32)) return named.toLowerCase() as Hex;
  return documentDigest(await readBytes(io, named));
}

/**
 * The digest of a notice.
 *
 * @throws {@link UsageError} when there is none; {@link InputFileError} when its file cannot be read.
 */
export async function noticeDigest(io: Io, { notice, noticeText }: NoticeOptions): Promise<Hex> {
  if (notice !== undefined) return digestOf(io, notice);
  if (noticeText === undefined || noticeText === "") {
    throw new UsageError("The notice is missing.", "Pass --notice FILE, or --notice-text TEXT.");
  }
  return documentDigest(noticeText);
}

function documentHelp(what: string): string {
  return `${what}: a file, whose sha-256 goes on chain (- for stdin), or 0x and that digest`;
}
