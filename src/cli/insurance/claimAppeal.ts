/**
 * `aceso claim appeal` and `rule`: against what an insurer took off a claim.
 *
 * @module
 */
import type { Command } from "commander";

import { appeal, rule, signAppeal } from "../../insurance/appeal.js";
import { decimalOf, tokenUnits } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { keepingSalt } from "../saltedDigest.js";
import { signing } from "../session.js";
import { carryOut, decide, decides, writes, type DecisionOptions, type WriteOptions } from "../write.js";
import { claimNamed } from "./claimNamed.js";
import { CLAIM_FILE, ofClaim } from "./claimOptions.js";
import { standing, standingTold } from "./claimStanding.js";
import { keepsSalt, noteSalt, saltTold, writtenOption, writtenReasons, type SaltOptions } from "./writtenReasons.js";

/** Adds the verbs of appeals. */
export function appealVerbs(domain: Command, io: Io): void {
  keepsSalt(decides(ofClaim(domain.command("appeal"))))
    .description("as the patient or the provider, appeal against what the insurer took off")
    .addOption(writtenOption("grounds", "what it is based on").makeOptionMandatory())
    .addHelpText("after", `\nExample:\n  $ aceso claim appeal ${CLAIM_FILE} --grounds grounds.pdf --sign appeal.json`)
    .action(acting(io, appealClaim));

  keepsSalt(writes(ofClaim(domain.command("rule"))))
    .description("as the plan's arbitrator, rule on an appeal; what is awarded is paid")
    .requiredOption("--award <amount>", "how much of what was taken off is paid, such as 80.00, or 0")
    .addOption(writtenOption("reasons", "the reasons").makeOptionMandatory())
    .addHelpText("after", `\nExample:\n  $ aceso claim rule ${CLAIM_FILE} --award 80.00 --reasons ruling.pdf`)
    .action(acting(io, ruleOnClaim));
}

async function appealClaim(
  context: Context,
  named: string,
  { grounds: document, ...options }: DecisionOptions & SaltOptions & { grounds: string },
): Promise<void> {
  const written = await writtenReasons(context.io, document, options);
  const { digest: grounds, salted } = written;
  const aceso = await signing(context);
  const { id, claim } = await claimNamed(context.io, aceso, named);
  const told = { id, grounds, ...saltTold(written) };
  await decide(context, aceso, options, {
    prepare: () => keepingSalt(salted, appeal(aceso, { claim, grounds })),
    sign: async (deadline) => {
      await salted?.keep();
      return signAppeal(aceso, { claim, grounds, ...deadline });
    },
    said: () => `Appealed claim ${id}: the plan's arbitrator rules on it.`,
    told: () => told,
    signedTold: told,
  });
  noteSalt(context, written, options);
}

async function ruleOnClaim(
  context: Context,
  named: string,
  { award: typed, reasons: document, ...options }: WriteOptions & SaltOptions & { award: string; reasons: string },
): Promise<void> {
  const written = await writtenReasons(context.io, document, options);
  const { digest: reasons, salted } = written;
  const aceso = await signing(context);
  const { id, claim, ...money } = await claimNamed(context.io, aceso, named);
  const award = tokenUnits(typed, money.decimals, "award");
  await carryOut(context, options, {
    prepare: () => keepingSalt(salted, rule(aceso, { claim, award, reasons })),
    said: async () => `Awarded ${amountText(award, money)} on claim ${id}. ${await standing(aceso, id, money)}`,
    told: async () => {
      const ruled = { id, award: decimalOf(award, money.decimals), reasons, ...saltTold(written) };
      return { ...ruled, ...(await standingTold(aceso, id, money)) };
    },
  });
  noteSalt(context, written, options);
}
