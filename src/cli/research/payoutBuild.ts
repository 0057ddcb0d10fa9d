/**
 * `aceso payout build`: a round from a CSV file.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

import type { Command } from "commander";

import { NotDeployedError } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { RpcUnreachableError } from "../../provider.js";
import type { CsvSource } from "../../research/csvRows.js";
import type { BadRow } from "../../research/payoutCsv.js";
import { BadRowsError, build, type PayoutRound } from "../../research/payouts.js";
import { saveRound, type RoundFile } from "../../research/roundFile.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { address, count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, InputFileError, STANDARD, systemCodeOf } from "../files.js";
import type { Io } from "../io.js";
import { answer, note } from "../output.js";
import { withProgress } from "../progress.js";
import { DeploymentNotFoundError, reading } from "../session.js";
import { requireToken } from "../tokenNamed.js";
import { UsageError } from "../usage.js";
import { countText, TOKEN } from "./payoutOptions.js";
import { rowsText, toldRows } from "./payoutRows.js";

type BuildOptions = { token: Address; decimals?: number; out?: string; skipBadRows?: boolean };

/** What a round is paid in, and where. */
type Place = Omit<RoundFile, "round">;

/** Adds the verb that builds. */
export function buildVerb(domain: Command, io: Io): void {
  domain
    .command("build")
    .description("make a round of a CSV file with the columns account and amount; nothing is sent")
    .argument("<csv>", "the payees, amounts as decimals of the token; - for stdin")
    .requiredOption("--token <address>", "the ERC-20 they are paid in", address("--token"))
    .option("--decimals <count>", "the token's decimals (default: asked of the chain, which is not needed then)", count)
    .option("--out <file>", "where the round goes: a new file (default: beside the CSV file, ending in .round.json)")
    .option("--skip-bad-rows", "leave out the rows that cannot be paid, and build the rest")
    .addHelpText(
      "after",
      `\nOne row that cannot be paid builds nothing: all of them are listed by their lines. The round says who is paid how much;
its payees find their payouts in it.

Example:
  $ aceso payout build may.csv --token ${TOKEN} --decimals 6`,
    )
    .action(acting(io, buildFile));
}

async function buildFile(context: Context, csv: string, { out, skipBadRows, ...paid }: BuildOptions): Promise<void> {
  const path = out ?? outBeside(csv);
  const { source, size } = await sourceOf(context.io, csv);
  const place = await placeOf(context, paid);
  const options = {
    decimals: place.decimals,
    ...(size !== undefined && { size }),
    ...(skipBadRows && { skipBadRows }),
  };
  const { round, badRows } = await fillingFile(context.io, path, async (fill) => {
    const built = await listingBadRows(context, () =>
      withProgress(context, "Building the round", (onProgress) => build(source, { ...options, onProgress })),
    );
    await fill(saveRound({ round: built.round, ...place }));
    return built;
  });
  tell(context, { round, badRows, place, path });
}

function tell(
  context: Context,
  { round, badRows, place, path }: { round: PayoutRound; badRows: readonly BadRow[]; place: Place; path: string },
): void {
  const { token, decimals } = place;
  const { payees, total, root } = round;
  const told = { payees: payees.length, total: decimalOf(total, decimals), token, decimals, root, file: path };
  const lines = [
    `Built a round of ${countText(payees.length, "payee")}, ${amountText(total, { decimals })} in all of ${token}.`,
    `root  ${root}`,
    `file  ${path}`,
    ...(badRows.length === 0 ? [] : [`Left out ${countText(badRows.length, "row")}:`, rowsText(badRows)]),
  ];
  answer(context, { ...told, badRows: toldRows(badRows) }, lines.join("\n"));
}

/** A program finds the rows in the error. */
async function listingBadRows<T>(context: Context, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof BadRowsError) {
      const { badRows, rowCount } = error;
      const of = `${countText(badRows.length, "row")} of ${rowCount.toLocaleString("en")}`;
      note(context, `${of} cannot be paid:\n${rowsText(badRows)}\nWith --skip-bad-rows the rest is built.\n`);
    }
    throw error;
  }
}

function outBeside(csv: string): string {
  if (csv === STANDARD) throw new UsageError("A list from stdin has no place beside it for the round.", "Pass --out.");
  return `${csv.replace(/\.csv$/i, "")}.round.json`;
}

async function sourceOf(io: Io, csv: string): Promise<{ source: CsvSource; size?: number }> {
  if (csv === STANDARD) return { source: io.stdin };
  const path = resolve(io.cwd, csv);
  try {
    const { size } = await stat(path);
    return { source: chunksOf(path, csv), size };
  } catch (cause) {
    throw new InputFileError(csv, systemCodeOf(cause));
  }
}

async function* chunksOf(path: string, csv: string): AsyncIterable<Uint8Array> {
  const stream = createReadStream(path);
  try {
    yield* stream.iterator() as AsyncIterable<Uint8Array>;
  } catch (cause) {
    throw cause instanceof AcesoError ? cause : new InputFileError(csv, systemCodeOf(cause));
  }
}

/** Without the chain, the round does not say where it is to be published. */
async function placeOf(
  context: Context,
  { token, decimals }: Pick<BuildOptions, "token" | "decimals">,
): Promise<Place> {
  if (decimals !== undefined) return { token, decimals };
  try {
    const aceso = await reading(context);
    return {
      token,
      decimals: await requireToken(aceso, { token }),
      chainId: aceso.chainId,
      distributor: aceso.deployment.rewardDistributor,
    };
  } catch (error) {
    const isAway = [RpcUnreachableError, DeploymentNotFoundError, NotDeployedError].some((one) => error instanceof one);
    throw isAway ? new DecimalsUnknownError(error as AcesoError) : error;
  }
}

/** The token's decimals were not given, and there is no chain to ask. */
export class DecimalsUnknownError extends AcesoError {
  override name = "DecimalsUnknownError";
  constructor(override readonly cause: AcesoError) {
    super(
      `The token's decimals are not known: ${cause.message}`,
      "Pass --decimals to build without a chain, or --rpc of the token's.",
      { cause },
    );
  }
}
