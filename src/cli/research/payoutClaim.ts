/**
 * `aceso payout claim`: an account's payouts of any number of rounds, in one transfer; or everybody's.
 *
 * @module
 */
import { Option, type Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import { AcesoError } from "../../errors.js";
import { payoutOf } from "../../research/payouts.js";
import { claim as claimOf, type RoundPayout } from "../../research/round.js";
import { now } from "../../signing.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { note, timeText } from "../output.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { BATCH, payEveryone } from "./payoutEveryone.js";
import { readPublished, type PublishedFile } from "./payoutRound.js";

type ClaimOptions = WriteOptions & { account?: Address; everyone?: boolean };

/** Adds the verb that claims. */
export function claimVerb(domain: Command, io: Io): void {
  writes(domain.command("claim"))
    .description("be paid what rounds of one token hold for an account, in one transfer")
    .argument("<file...>", "the rounds' files, as their publisher gave them out")
    .option("--account <address>", "who is paid (default: the configured account)", address("--account"))
    .addOption(
      new Option("--everyone", `pay everybody who was not paid yet, ${BATCH} a transaction`).conflicts("account"),
    )
    .addHelpText(
      "after",
      `\nAnybody may send it, and pays the gas; the money goes to the payee alone. With --everyone it goes on where it was
interrupted; accounts that the token refuses are listed at the end, and everybody else is paid.

Example:
  $ aceso payout claim april.round.json may.round.json`,
    )
    .action(acting(io, claim));
}

async function claim(
  context: Context,
  paths: readonly string[],
  { account: named, everyone, ...options }: ClaimOptions,
): Promise<void> {
  const aceso = await signing(context);
  const files: PublishedFile[] = [];
  for (const path of paths) files.push(await readPublished(context, aceso, path));
  const { token, decimals } = files[0]!.file;
  if (files.some(({ file }) => file.token !== token)) {
    throw new UsageError("The rounds are in several tokens.", "Claim those of each token by themselves.");
  }
  if (everyone) return payEveryone(context, aceso, files, options);
  const account = named ?? aceso.account;
  const { payouts, remarks } = await claimable(aceso, files, account);
  if (payouts.length === 0) throw new NothingToClaimError(account, remarks);
  for (const remark of remarks) note(context, remark);
  const sum = payouts.reduce((all, { amount }) => all + amount, 0n);
  const rounds = payouts.map(({ round }) => round);
  await carryOut(context, options, {
    prepare: () => claimOf(aceso, { account, payouts }),
    said: () =>
      `Paid ${amountText(sum, { decimals })} of ${token} to ${account}, of ` +
      `${rounds.length === 1 ? "round" : "rounds"} ${rounds.join(", ")} in one transfer.`,
    told: () => ({
      ...{ account, token, amount: decimalOf(sum, decimals) },
      payouts: payouts.map(({ round, index, amount }) => ({ round, index, amount: decimalOf(amount, decimals) })),
    }),
  });
}

/** What an account has left to claim, each round once, and why the rest is left out. */
async function claimable(
  aceso: Aceso,
  files: readonly PublishedFile[],
  account: Address,
): Promise<{ payouts: RoundPayout[]; remarks: string[] }> {
  const time = await now(aceso);
  const payouts = new Map<number, RoundPayout>();
  const remarks: string[] = [];
  for (const { file, states } of files) {
    const payout = payoutOf(file.round, account);
    for (const { round, expiry } of states) {
      if (await aceso.contracts.distributor.isClaimed(round, payout.index)) {
        remarks.push(`The payout of round ${round} was claimed already.`);
      } else if (expiry <= time) {
        remarks.push(`Round ${round} ended on ${timeText(expiry)}.`);
      } else payouts.set(round, { round, ...payout });
    }
  }
  return { payouts: [...payouts.values()], remarks };
}

/** Rounds hold nothing for an account any more. */
export class NothingToClaimError extends AcesoError {
  override name = "NothingToClaimError";
  constructor(account: Address, remarks: readonly string[]) {
    super(
      `There is nothing left to claim for ${account}. ${remarks.join(" ")}`,
      "There is nothing to do where it was claimed; otherwise ask the publisher for a new round.",
    );
  }
}
