/**
 * `aceso study fund` and `refund`: money into a study's rewards, and back what nobody earned.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { fund, refund } from "../../research/study.js";
import { decimalOf, tokenUnits } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { afterApproval, carryOutAll } from "../steps.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { studyInForce, studyNamed } from "./studyNamed.js";
import { ofStudy, STUDY } from "./studyOptions.js";

/** Adds the verbs that move a study's money. */
export function moneyVerbs(domain: Command, io: Io): void {
  writes(ofStudy(domain.command("fund")))
    .description(
      "pay into a study's rewards: approve for exactly the amount, then pay; nobody enrols before all is there",
    )
    .option("--amount <amount>", "how much, such as 500.00 (default: all that is missing; never more)")
    .addHelpText("after", `\nExample:\n  $ aceso study fund ${STUDY}`)
    .action(acting(io, fundStudy));

  writes(ofStudy(domain.command("refund")))
    .description("as its sponsor, take back what nobody earned, once the study and its claim window are over")
    .addHelpText("after", `\nExample:\n  $ aceso study refund ${STUDY}`)
    .action(acting(io, refundStudy));
}

async function fundStudy(
  context: Context,
  named: string,
  { amount: typed, ...options }: WriteOptions & { amount?: string },
): Promise<void> {
  const { id } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  const { state, terms, decimals } = await studyInForce(aceso, id);
  const { missing } = state.money;
  const wanted = typed === undefined ? missing : tokenUnits(typed, decimals);
  const amount = wanted < missing ? wanted : missing;
  const left = missing - amount;
  const spender = aceso.contracts.studies.target as Address;
  const payment = { name: "Payment", prepared: fund(aceso, { id, amount }) };
  await carryOutAll(context, options, {
    prepare: () => afterApproval(aceso, { token: terms.token, amount, spender }, payment),
    said: () => {
      const paid = `Paid ${amountText(amount, { decimals })} of ${terms.token} into the rewards of ${state.study.registration}.`;
      return left === 0n
        ? `${paid} All that it promises is there: people may enrol.`
        : `${paid} ${amountText(left, { decimals })} is missing before anybody enrols.`;
    },
    told: () => ({
      study: id,
      token: terms.token,
      amount: decimalOf(amount, decimals),
      missing: decimalOf(left, decimals),
    }),
  });
}

async function refundStudy(context: Context, named: string, options: WriteOptions): Promise<void> {
  const { id } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  const { state, terms, decimals } = await studyInForce(aceso, id);
  const { study, money } = state;
  await carryOut(context, options, {
    prepare: () => refund(aceso, { study }),
    said: () =>
      `Paid ${amountText(money.free, { decimals })} of ${terms.token}, which nobody earned, to ${study.sponsor}.`,
    told: () => ({ study: id, token: terms.token, amount: decimalOf(money.free, decimals), to: study.sponsor }),
  });
}
