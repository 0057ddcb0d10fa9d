/**
 * What the verbs of medication have in common: examples, and recall notices.
 *
 * @module
 */
import { Option, type Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { documentDigest } from "../../medication/document.js";
import { digestOf, documentHelp } from "../documents.js";
import type { Io } from "../io.js";
import { UsageError } from "../usage.js";

/** A product and a lot for examples. */
export const PRODUCT = "00300010123455";
export const LOT = "A123";

/** Accounts for examples. */
export const WHOLESALER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const PHARMACY = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

/** The option that names a recall notice. */
export type NoticeOptions = { notice?: string; noticeText?: string };

/** Adds the options that name a recall notice. */
export function withNotice(command: Command): Command {
  return command
    .addOption(new Option("--notice <file>", documentHelp("the notice")).conflicts("noticeText"))
    .option("--notice-text <text>", "the notice itself, when it is no file");
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
