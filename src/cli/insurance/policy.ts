/**
 * `aceso policy`: insurance policies, quoted, bought or issued, shown, ended.
 *
 * @module
 */
import type { Command } from "commander";

import { dateOf } from "../../insurance/day.js";
import { close, signTerminate, terminate } from "../../insurance/policy.js";
import { policyId } from "../../insurance/policyKey.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOut, decide, decides, writes, type DecisionOptions, type WriteOptions } from "../write.js";
import { dayAfter } from "./arguments.js";
import { ofPolicy } from "./options.js";
import { policyNamed } from "./policyFile.js";
import { quoteVerbs } from "./policyQuote.js";
import { statementVerb } from "./policyShow.js";

/** Adds the verbs of policies. */
export function policyVerbs(program: Command, io: Io): void {
  const domain = program.command("policy").description("insurance policies: quoted, bought, issued, ended");

  quoteVerbs(domain, io);
  statementVerb(domain, io);

  ofPolicy(decides(domain.command("terminate")))
    .description("end a policy early: as the patient from tomorrow on, as the insurer with 30 days' notice")
    .requiredOption("--to <date>", "the last day it covers", dayAfter)
    .addHelpText("after", "\nExample:\n  $ aceso policy terminate policy.json --to 2027-06-30 --sign end.json")
    .action(acting(io, terminatePolicy));

  ofPolicy(writes(domain.command("close")))
    .description("close a policy no more claims may come for, which frees its collateral; anybody may")
    .addHelpText("after", "\nExample:\n  $ aceso policy close policy.json")
    .action(acting(io, closePolicy));
}

async function terminatePolicy(
  context: Context,
  named: string,
  { to: endDay, ...options }: DecisionOptions & { to: number },
): Promise<void> {
  const aceso = await signing(context);
  const policy = await policyNamed(context.io, aceso, named);
  const id = policyId(policy);
  const to = dateOf(endDay - 1);
  await decide(context, aceso, options, {
    prepare: () => terminate(aceso, { policy, endDay }),
    sign: (deadline) => signTerminate(aceso, { policy, endDay, ...deadline }),
    said: () => `Policy ${id} ends: it covers services up to ${to}.`,
    told: () => ({ policy: id, to }),
  });
}

async function closePolicy(context: Context, named: string, options: WriteOptions): Promise<void> {
  const aceso = await signing(context);
  const policy = await policyNamed(context.io, aceso, named);
  const id = policyId(policy);
  await carryOut(context, options, {
    prepare: () => close(aceso, { policy }),
    said: () => `Closed policy ${id}: its collateral is free.`,
    told: () => ({ policy: id }),
  });
}
