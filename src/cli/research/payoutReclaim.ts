/**
 * `aceso payout reclaim`: what nobody claimed goes back to the publisher.
 *
 * @module
 */
import type { Command } from "commander";

import { reclaim, roundOf } from "../../research/round.js";
import { decimalOf } from "../../token/amount.js";
import { tokenDecimals } from "../../token/token.js";
import { amountText } from "../amounts.js";
import { count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut, writes, type WriteOptions } from "../write.js";

/** Adds the verb that takes back. */
export function reclaimVerb(domain: Command, io: Io): void {
  writes(domain.command("reclaim"))
    .description("as its publisher, take back what nobody claimed of a round that ended")
    .argument("<number>", "the round's number", count)
    .addHelpText("after", "\nExample:\n  $ aceso payout reclaim 12")
    .action(acting(io, reclaimRound));
}

async function reclaimRound(context: Context, round: number, options: WriteOptions): Promise<void> {
  const aceso = await signing(context);
  const { token, left } = await roundOf(aceso, round);
  const decimals = await tokenDecimals(aceso, token);
  await carryOut(context, options, {
    prepare: () => reclaim(aceso, { round }),
    said: () => `Took back ${amountText(left, { decimals })} of ${token}, which nobody claimed of round ${round}.`,
    told: () => ({ round, token, amount: decimalOf(left, decimals) }),
  });
}
