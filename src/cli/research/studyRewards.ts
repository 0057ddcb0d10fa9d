/**
 * `aceso study milestone` and `claim`: what participants earn besides contributions, and its payment.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { claim, recordMilestone } from "../../research/reward.js";
import { participantOf } from "../../research/studyState.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { ofStudy, PARTICIPANT, STUDY } from "./studyOptions.js";
import { studyInForce, studyNamed } from "./studyNamed.js";

/** Adds the verbs that credit milestones and pay. */
export function rewardVerbs(domain: Command, io: Io): void {
  writes(ofStudy(domain.command("milestone")))
    .description("as the steward's staff, record a milestone that a participant reached, which credits its reward")
    .requiredOption("--participant <address>", "who reached it", address("--participant"))
    .requiredOption("--number <number>", "its place in the study file's list, counted from 0", milestoneNumber)
    .addHelpText("after", `\nExample:\n  $ aceso study milestone ${STUDY} --participant ${PARTICIPANT} --number 0`)
    .action(acting(io, milestone));

  writes(ofStudy(domain.command("claim")))
    .description("as anybody, have a participant paid what a study owes; it goes to nobody else")
    .option("--participant <address>", "who is paid (default: the configured account)", address("--participant"))
    .addHelpText("after", `\nExample:\n  $ aceso study claim ${STUDY} --participant ${PARTICIPANT}`)
    .action(acting(io, claimReward));
}

async function milestone(
  context: Context,
  named: string,
  { participant, number, ...options }: WriteOptions & { participant: Address; number: number },
): Promise<void> {
  const { id: study, announced } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  const { decimals } = await studyInForce(aceso, study);
  const earned = async (): Promise<bigint> => (await participantOf(aceso, { study, participant })).earned;
  const before = await earned();
  const name = announced?.study.milestones[number];
  await carryOut(context, options, {
    prepare: () => recordMilestone(aceso, { study, participant, milestone: number }),
    said: async () =>
      `Milestone ${number}${name ? ` (${name})` : ""} of ${participant}: credited ${amountText((await earned()) - before, { decimals })}.`,
    told: async () => ({
      ...{ study, participant, milestone: number },
      credited: decimalOf((await earned()) - before, decimals),
    }),
  });
}

async function claimReward(
  context: Context,
  named: string,
  { participant: whose, ...options }: WriteOptions & { participant?: Address },
): Promise<void> {
  const { id: study } = await studyNamed(context.io, named);
  const aceso = await signing(context);
  const participant = whose ?? aceso.account;
  const { terms, decimals } = await studyInForce(aceso, study);
  const { earned, paid } = await participantOf(aceso, { study, participant });
  const owed = earned - paid;
  await carryOut(context, options, {
    prepare: () => claim(aceso, { study, participant }),
    said: () => `Paid ${amountText(owed, { decimals })} of ${terms.token} to ${participant}.`,
    told: () => ({ study, participant, token: terms.token, amount: decimalOf(owed, decimals) }),
  });
}

function milestoneNumber(text: string): number {
  if (!/^\d{1,2}$/.test(text.trim())) {
    throw new UsageError(
      "--number is no whole number.",
      "Give the milestone's place in the study file's list, from 0.",
    );
  }
  return Number(text.trim());
}
