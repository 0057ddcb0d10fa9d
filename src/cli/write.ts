/**
 * Carrying out a decision: sent, signed for somebody to relay, or only shown.
 *
 * @module
 */
import { Option, type Command } from "commander";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { Prepared } from "../prepare.js";
import { now, type Signed } from "../signing.js";
import { address, end, type Moment } from "./arguments.js";
import type { Context } from "./context.js";
import { fillingFile, jsonText, STANDARD } from "./files.js";
import { answer, gasText, timeText } from "./output.js";
import { withProgress } from "./progress.js";
import type { Session } from "./session.js";
import { UsageError } from "./usage.js";

/** The options of every verb that writes on chain. */
export type WriteOptions = { dryRun?: boolean };

/** The options of every verb an organisation acts with. */
export type ActingOptions = WriteOptions & { as?: Address };

/** The options of every verb that a patient decides. */
export type DecisionOptions = WriteOptions & { sign?: string; deadline?: Moment };

/** What a write is, and how its result is told. */
export type Write<T> = {
  prepare: () => Prepared<T> | Promise<Prepared<T>>;
  /** What was done, in a sentence. */
  said: (result: T) => string | Promise<string>;
  /** What a program is told beside the transaction. */
  told?: (result: T) => object | Promise<object>;
};

/** What was signed: one message, or several that are sent together. */
export type Messages = Signed<unknown> | readonly Signed<unknown>[];

/** Signs, with a deadline if one is given. */
export type Sign = (deadline: { deadline?: number }) => Promise<Messages>;

/** A write that may be signed instead. */
export type Decision<T> = Write<T> & {
  sign: Sign;
  /** What a program is told beside where the signed message is. */
  signedTold?: object;
};

/** Adds the options of a verb that writes on chain. */
export function writes(command: Command): Command {
  return command.option("--dry-run", "show the prepared call and its gas; send and store nothing");
}

/** Adds the options of a verb an organisation acts with. */
export function acts(command: Command): Command {
  return writes(command).option(
    "--as <organisation>",
    "the organisation this account acts for (default: itself)",
    address("--as"),
  );
}

/** Adds the options of a verb that a patient decides. */
export function decides(command: Command): Command {
  return writes(command)
    .addOption(
      new Option("--sign <file>", "sign for somebody to relay instead of sending; - for stdout").conflicts("dryRun"),
    )
    .option("--deadline <time>", "with --sign: the last moment the message counts (default: in an hour)", end);
}

/** Sends a write, or only shows it. */
export async function carryOut<T>(context: Context, { dryRun }: WriteOptions, write: Write<T>): Promise<void> {
  const prepared = await write.prepare();
  if (dryRun) return show(context, prepared);
  const { result, transaction, block, gasUsed } = await withProgress(context, "Waiting for the chain", prepared.send);
  const told = { transaction, block, gasUsed: Number(gasUsed), ...(await write.told?.(result)) };
  answer(
    context,
    told,
    `${await write.said(result)}\nTransaction ${transaction}, block ${block}, ${gasText(gasUsed)}.`,
  );
}

/** Sends a decision, signs it for somebody to relay, or only shows it. */
export async function decide<T>(
  context: Context,
  session: Session,
  options: DecisionOptions,
  decision: Decision<T>,
): Promise<void> {
  const { sign, deadline } = options;
  if (sign === undefined && deadline !== undefined) {
    throw new UsageError("--deadline is the deadline of a signed message.", "Add --sign FILE, or leave it out.");
  }
  if (sign === undefined) return carryOut(context, options, decision);
  const message = (): Promise<Messages> => signedBefore(session, deadline, decision.sign);
  await handOver(context, sign, message, decision.signedTold);
}

/** Writes a signed message to a file, or to stdout. The file is made first, so a signature is never lost. */
export async function handOver(
  context: Context,
  path: string,
  sign: () => Promise<Messages>,
  told: object = {},
): Promise<void> {
  if (path === STANDARD) return void context.io.stdout.write(jsonText(await sign()));
  const signed = await fillingFile(context.io, path, async (fill) => {
    const message = await sign();
    await fill(jsonText(message));
    return message;
  });
  const { type, deadline, signer } = [signed].flat()[0]!;
  answer(
    context,
    { signed: path, type, deadline, signer, ...told },
    `Signed ${type} as ${signer} in ${path}. It counts until ${timeText(deadline)}; ${nextStep(type, path)}.`,
  );
}

/** Signs with a deadline, if one was given. */
export async function signedBefore(session: Session, deadline: Moment | undefined, sign: Sign): Promise<Messages> {
  return sign(deadline === undefined ? {} : { deadline: deadline(await now(session)) });
}

function nextStep(type: string, path: string): string {
  switch (type) {
    case "CountersignEmergency":
      return `the clinician opens with \`aceso emergency open --countersignature ${path}\``;
    case "EnrolParticipant":
      return `once the patient consented, anybody sends it with \`aceso relay ${path}\`, or the patient enrols with it`;
    case "Quote":
      return `its holder buys with \`aceso policy buy ${path}\``;
    default:
      return `anybody sends it with \`aceso relay ${path}\``;
  }
}

/** Shows a prepared call, with the gas it would use; throws what sending would throw. */
export async function show(
  context: Context,
  { to, data, estimate }: { to: Address; data: Hex; estimate: () => Promise<bigint> },
): Promise<void> {
  const gas = await estimate();
  answer(
    context,
    { to, data, gas: Number(gas) },
    `Nothing was sent. The call would use about ${gasText(gas)}.\nto    ${to}\ndata  ${data}`,
  );
}
