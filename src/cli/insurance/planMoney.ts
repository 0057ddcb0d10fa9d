/**
 * `aceso plan fund` and `withdraw`: money into a plan's reserve and out of it.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { deposit, withdraw } from "../../insurance/plan.js";
import { decimalOf, tokenUnits } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { afterApproval, carryOutAll } from "../steps.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { INSURER, ofPlan, PLAN } from "./options.js";
import { planNamed } from "./planNamed.js";

type AmountOptions = WriteOptions & { amount: string };

/** Adds the verbs that move money. */
export function moneyVerbs(domain: Command, io: Io): void {
  ofAmount(domain.command("fund"))
    .description("pay into a published plan's reserve: approve the escrow for exactly the amount, then deposit it")
    .addHelpText("after", `\nExample:\n  $ aceso plan fund ${PLAN} --amount 20000.00`)
    .action(acting(io, fund));

  ofAmount(domain.command("withdraw"))
    .description("as its insurer, take money out of a plan's reserve that is bound to nothing")
    .requiredOption("--to <address>", "who gets it", address("--to"))
    .addHelpText("after", `\nExample:\n  $ aceso plan withdraw ${PLAN} --amount 500.00 --to ${INSURER}`)
    .action(acting(io, withdrawReserve));
}

function ofAmount(command: Command): Command {
  return writes(ofPlan(command)).requiredOption(
    "--amount <amount>",
    "how much, in the plan's currency, such as 500.00",
  );
}

async function fund(context: Context, id: Hex, { amount: typed, ...options }: AmountOptions): Promise<void> {
  const aceso = await signing(context);
  const plan = await planNamed(aceso, id);
  const { token } = plan.terms;
  const amount = tokenUnits(typed, plan.decimals);
  const text = amountText(amount, plan);
  await carryOutAll(context, options, {
    prepare: () =>
      afterApproval(
        aceso,
        { token, amount, spender: aceso.deployment.claimEscrow },
        { name: "Deposit", prepared: deposit(aceso, { plan: id, amount }) },
      ),
    said: () => `Approved the escrow for exactly ${text} of ${token}, and paid that into the reserve of ${plan.name}.`,
    told: () => ({ plan: id, amount: decimalOf(amount, plan.decimals), token }),
  });
}

async function withdrawReserve(
  context: Context,
  id: Hex,
  { amount: typed, to, ...options }: AmountOptions & { to: Address },
): Promise<void> {
  const aceso = await signing(context);
  const plan = await planNamed(aceso, id);
  const amount = tokenUnits(typed, plan.decimals);
  await carryOut(context, options, {
    prepare: () => withdraw(aceso, { plan: id, amount, to }),
    said: () => `Paid ${amountText(amount, plan)} out of the reserve of ${plan.name} to ${to}.`,
    told: () => ({ plan: id, amount: decimalOf(amount, plan.decimals), token: plan.terms.token, to }),
  });
}
