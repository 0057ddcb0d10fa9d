/**
 * `aceso claim reverse`: a provider takes a claim back.
 *
 * @module
 */
import type { Command } from "commander";

import { repaymentOf, reverse } from "../../insurance/reversal.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { afterApproval, carryOutAll } from "../steps.js";
import { writes, type WriteOptions } from "../write.js";
import { claimNamed } from "./claimNamed.js";
import { CLAIM_FILE, ofClaim } from "./claimOptions.js";

/** Adds the verb that takes claims back. */
export function reverseVerb(domain: Command, io: Io): void {
  writes(ofClaim(domain.command("reverse")))
    .description("as its provider, take a claim back, so that a corrected one may follow")
    .addHelpText(
      "after",
      `\nWhat was paid is paid back: the escrow is approved for exactly that first. Staff can't do that for the provider, which
approves the escrow itself before.

Example:
  $ aceso claim reverse ${CLAIM_FILE}`,
    )
    .action(acting(io, reverseClaim));
}

async function reverseClaim(context: Context, named: string, options: WriteOptions): Promise<void> {
  const aceso = await signing(context);
  const { id, claim, token, ...money } = await claimNamed(context.io, aceso, named);
  const repaid = await repaymentOf(aceso, id);
  // The token is taken from the provider, whoever of its staff reverses.
  const amount = claim.provider === aceso.account ? repaid : 0n;
  await carryOutAll(context, options, {
    prepare: () => {
      return afterApproval(
        aceso,
        { token, amount, spender: aceso.deployment.claimEscrow },
        { name: "Reversal", prepared: reverse(aceso, { claim }) },
      );
    },
    said: () => `Took claim ${id} back, and paid back ${amountText(repaid, money)}: its lines may be claimed again.`,
    told: () => ({ id, repaid: decimalOf(repaid, money.decimals) }),
  });
}
