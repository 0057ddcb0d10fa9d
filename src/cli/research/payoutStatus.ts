/**
 * `aceso payout status`: what was claimed of a round, and what is left.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import { eventsOf } from "../../events.js";
import type { Payee } from "../../research/payee.js";
import { claimedIn, roundOf, type RoundState } from "../../research/round.js";
import { now } from "../../signing.js";
import { tokenDecimals } from "../../token/token.js";
import { amountText, inDecimals } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { UsageError } from "../usage.js";
import { countText } from "./payoutOptions.js";
import { readPublished } from "./payoutRound.js";

type StatusOptions = { unclaimed?: boolean };

/** A round, and what became of its money. */
type Standing = {
  state: RoundState;
  decimals: number;
  standing: "open" | "ended" | "taken back";
  claimed: bigint;
  reclaimed: bigint;
  /** How many were paid. */
  claims: number;
  /** Who was not, where the file tells. */
  unclaimed?: Payee[];
};

/** Adds the verb that tells how a round stands. */
export function statusVerb(domain: Command, io: Io): void {
  domain
    .command("status")
    .description("tell what was claimed of a round, and what is left")
    .argument("<round>", "the round's file, or its number")
    .option("--unclaimed", "list who has not claimed, which takes the file")
    .addHelpText("after", "\nExample:\n  $ aceso payout status may.round.json --unclaimed")
    .action(acting(io, status));
}

async function status(context: Context, round: string, { unclaimed: listed = false }: StatusOptions): Promise<void> {
  const isNumber = /^\d+$/.test(round);
  if (isNumber && listed) throw new UsageError("The chain does not know who is paid.", "Pass the round's file.");
  const aceso = await reading(context);
  const standings = isNumber ? [await ofNumber(aceso, Number(round))] : await ofFile(context, aceso, round);
  answer(
    context,
    { rounds: standings.map((standing) => toldOf(standing, listed)) },
    standings.map((standing) => textOf(standing, listed)).join("\n\n"),
  );
}

async function ofNumber(aceso: Aceso, number: number): Promise<Standing> {
  const state = await roundOf(aceso, number);
  const decimals = await tokenDecimals(aceso, state.token);
  return standingOf(aceso, { state, decimals, spent: await claimedIn(aceso, number) });
}

async function ofFile(context: Context, aceso: Aceso, path: string): Promise<Standing[]> {
  const { file, states } = await readPublished(context, aceso, path);
  return Promise.all(
    states.map(async (state) => {
      const spent = await claimedIn(aceso, state.round);
      const unclaimed = file.round.payees.filter((_, index) => !spent.has(index));
      return { ...(await standingOf(aceso, { state, decimals: file.decimals, spent })), unclaimed };
    }),
  );
}

async function standingOf(
  aceso: Aceso,
  { state, decimals, spent }: { state: RoundState; decimals: number; spent: ReadonlySet<number> },
): Promise<Standing> {
  const { distributor } = aceso.contracts;
  const [taken] = await eventsOf(aceso, distributor, distributor.filters.RoundReclaimed(state.round));
  const reclaimed = taken?.args.amount ?? 0n;
  const hasEnded = state.expiry <= (await now(aceso));
  const standing = taken !== undefined ? "taken back" : hasEnded ? "ended" : "open";
  const claimed = state.total - state.left - reclaimed;
  return { state, decimals, standing, claimed, reclaimed, claims: spent.size };
}

function toldOf({ state, decimals, standing, claimed, reclaimed, claims, unclaimed }: Standing, listed: boolean) {
  const { round, publisher, token, root, expiry, total, left } = state;
  return {
    ...{ round, standing, publisher, token, root, expiry, decimals, claims },
    ...(unclaimed && { payees: claims + unclaimed.length }),
    ...inDecimals({ total, claimed, left, reclaimed }, decimals),
    ...(listed && { unclaimed: inDecimals(unclaimed, decimals) }),
  };
}

function textOf(
  { state, decimals, standing, claimed, reclaimed, claims, unclaimed }: Standing,
  listed: boolean,
): string {
  const { round, publisher, token, root, expiry, total, left } = state;
  const amount = (units: bigint): string => amountText(units, { decimals });
  const of = unclaimed && ` of ${countText(claims + unclaimed.length, "payee")}`;
  const by = `${claims.toLocaleString("en")}${of ?? ""}`;
  const lines = [
    `Round ${round}, ${standing}`,
    `publisher   ${publisher}`,
    `token       ${token}`,
    `root        ${root}`,
    `total       ${amount(total)}`,
    `claimed     ${amount(claimed)}, by ${by}`,
    `left        ${amount(left)}`,
    ...(reclaimed > 0n ? [`taken back  ${amount(reclaimed)}`] : []),
    `${standing === "open" ? "until " : "ended "}      ${timeText(expiry)}`,
  ];
  if (!listed) return lines.join("\n");
  const rows = (unclaimed ?? []).map((payee) => [payee.account, amount(payee.amount)]);
  return [...lines, "", tableOf(["not claimed", "amount"], rows, "Everybody has claimed.")].join("\n");
}
