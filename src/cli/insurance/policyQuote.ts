/**
 * `aceso policy quote`, `issue` and `buy`: how policies come to be.
 *
 * @module
 */
import type { Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { dateOf } from "../../insurance/day.js";
import { QUOTE } from "../../insurance/messages.js";
import type { Plan } from "../../insurance/plan.js";
import { issue } from "../../insurance/policy.js";
import { policyFrom, policyId, type Policy, type PolicyMessage } from "../../insurance/policyKey.js";
import { purchase, signQuote } from "../../insurance/quote.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { end, type Moment } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, readJson, type NewFile } from "../files.js";
import type { Io } from "../io.js";
import { note } from "../output.js";
import type { SaltedDigest } from "../saltedDigest.js";
import { signing } from "../session.js";
import { parseSigned } from "../signedMessage.js";
import { afterApproval, carryOutAll, keepingFirst } from "../steps.js";
import { carryOut, handOver, signedBefore, writes, type WriteOptions } from "../write.js";
import { ofPlan, PATIENT, PLAN } from "./options.js";
import { planNamed } from "./planNamed.js";
import { policyText } from "./policyFile.js";
import { policyFor, takesTerms, type TermsOptions } from "./policyTerms.js";

const EXAMPLE = `${PLAN} --patient ${PATIENT} \\\n      --from 2027-01-01 --to 2027-12-31 --premium 400.00`;

type KeepOptions = WriteOptions & { out?: string };

/** Adds the verbs by which policies come to be. */
export function quoteVerbs(domain: Command, io: Io): void {
  takesTerms(ofPlan(domain.command("quote")))
    .description("as the plan's insurer, sign a personal quote: its holder, and nobody else, may buy with it, once")
    .requiredOption("--out <file>", "where the quote goes: a new file, for the holder; - for stdout")
    .option("--deadline <time>", "the last moment the quote counts (default: in an hour)", end)
    .addHelpText("after", `\nExample:\n  $ aceso policy quote ${EXAMPLE} --deadline 14d --out quote.json`)
    .action(acting(io, quote));

  keepsPolicy(takesTerms(ofPlan(domain.command("issue"))))
    .description("as the plan's insurer, issue a policy whose premium is settled elsewhere")
    .addHelpText("after", `\nExample:\n  $ aceso policy issue ${EXAMPLE} --out policy.json`)
    .action(acting(io, issuePolicy));

  keepsPolicy(domain.command("buy"))
    .description("as its holder, buy a quoted policy: approve the escrow for exactly the premium, then purchase it")
    .argument("<quote>", "the insurer's quote; - for stdin")
    .addHelpText("after", "\nExample:\n  $ aceso policy buy quote.json --out policy.json")
    .action(acting(io, buy));
}

function keepsPolicy(command: Command): Command {
  return writes(command).option("--out <file>", "where the policy goes, for those who claim: a new file");
}

async function quote(
  context: Context,
  id: Hex,
  { out, deadline, ...terms }: TermsOptions & { out: string; deadline?: Moment },
): Promise<void> {
  const aceso = await signing(context);
  const plan = await planNamed(aceso, id);
  const { policy, salted } = await policyFor(context.io, aceso, plan, terms);
  const sign = async (until: { deadline?: number }) => {
    const signed = await signQuote(aceso, { policy, ...until });
    await salted?.keep();
    return signed;
  };
  await handOver(context, out, () => signedBefore(aceso, deadline, sign), toldPolicy(policy, plan, salted));
  noteSalt(context, salted);
}

async function issuePolicy(context: Context, id: Hex, options: TermsOptions & KeepOptions): Promise<void> {
  const aceso = await signing(context);
  const plan = await planNamed(aceso, id);
  const { policy, salted } = await policyFor(context.io, aceso, plan, options);
  await keeping(context, options, async (fill) => {
    const keep = async (): Promise<void> => {
      await salted?.keep();
      await fill(policyText(policy));
    };
    await carryOut(context, options, {
      prepare: () => keepingFirst(issue(aceso, { policy }), keep),
      said: (policyId) => `Issued policy ${policyId}, ${termText(policy)}.`,
      told: () => toldPolicy(policy, plan, salted),
    });
  });
  if (!options.dryRun) noteSalt(context, salted);
}

async function buy(context: Context, path: string, options: KeepOptions): Promise<void> {
  const signed = parseSigned<PolicyMessage>(await readJson(context.io, path), [{ types: QUOTE }]);
  const policy = policyFrom(signed.message);
  const aceso = await signing(context);
  const plan = await planNamed(aceso, policy.plan);
  const { token } = plan.terms;
  const { premium: amount } = policy;
  const text = amountText(amount, plan);
  await keeping(context, options, (fill) =>
    carryOutAll(context, options, {
      prepare: () =>
        afterApproval(
          aceso,
          { token, amount, spender: aceso.deployment.claimEscrow },
          { name: "Purchase", prepared: purchase(aceso, signed) },
        ),
      keep: () => fill(policyText(policy)),
      said: (id) => {
        const approved = amount === 0n ? "" : `Approved the escrow for exactly ${text} of ${token}. `;
        return `${approved}Bought policy ${id} for ${text}, ${termText(policy)}.`;
      },
      told: () => toldPolicy(policy, plan),
    }),
  );
}

/** A task that may fill a new file, where one is wanted. */
async function keeping(
  { io }: Context,
  { out }: KeepOptions,
  task: (fill: NewFile["fill"]) => Promise<void>,
): Promise<void> {
  if (out === undefined) return task(async () => undefined);
  await fillingFile(io, out, task);
}

function termText({ patient, firstDay, endDay }: Policy): string {
  return `which covers ${patient} from ${dateOf(firstDay)} to ${dateOf(endDay - 1)}`;
}

function toldPolicy(policy: Policy, { name, decimals }: Plan, salted?: SaltedDigest): object {
  const { plan, patient, holder, firstDay, endDay, premium, document } = policy;
  return {
    policy: policyId(policy),
    ...{ plan, planName: name, patient, holder, from: dateOf(firstDay), to: dateOf(endDay - 1) },
    premium: decimalOf(premium, decimals),
    document,
    ...(salted && { salt: salted.salt, saltFile: salted.saltFile }),
  };
}

function noteSalt(context: Context, salted: SaltedDigest | undefined): void {
  if (salted === undefined) return;
  note(context, `Salt ${salted.salt}, kept in ${salted.saltFile}: keep it with the Coverage, and hand both over.`);
}
