/**
 * `aceso claim preauthorize`: an insurer's signed promise for a line to come.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { dateOf, dayNumber } from "../../insurance/day.js";
import { policyId } from "../../insurance/policyKey.js";
import { signPreauthorization } from "../../insurance/preauthorization.js";
import { serviceKey, type Service } from "../../insurance/service.js";
import { decimalOf, tokenUnits } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile, jsonText } from "../files.js";
import type { Io } from "../io.js";
import { answer } from "../output.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { services } from "./arguments.js";
import { HOSPITAL } from "./claimOptions.js";
import { planNamed } from "./planNamed.js";
import { readPlanSecret } from "./planSecret.js";
import { policyNamed } from "./policyFile.js";

type PreauthorizeOptions = {
  policy: string;
  secret: string;
  provider: Address;
  service: Service[];
  amount: string;
  until: number;
  ref: string;
  out: string;
};

/** Adds the verb that preauthorises. */
export function preauthorizeVerb(domain: Command, io: Io): void {
  domain
    .command("preauthorize")
    .description("as the insurer, promise to a provider that a service is eligible; nothing is sent")
    .requiredOption("--policy <file>", "the policy's file, its quote, or its id")
    .requiredOption("--secret <file>", "the file of the plan's secret")
    .requiredOption("--provider <address>", "who may bill it", address("--provider"))
    .requiredOption("--service <service>", "its code system's URI, a bar, and its code", services)
    .requiredOption("--amount <amount>", "the most that is eligible, in the plan's currency, such as 9000.00")
    .requiredOption("--until <date>", "the last day of service it counts for", lastDay)
    .requiredOption("--ref <number>", "the insurer's number for it, which the claim names (Claim.insurance.preAuthRef)")
    .requiredOption("--out <file>", "where the signed promise goes: a new file")
    .addHelpText(
      "after",
      `\nExample:
  $ aceso claim preauthorize --policy policy.json --secret silver.secret.json --provider ${HOSPITAL} \\
      --service 'http://www.ama-assn.org/go/cpt|27447' --amount 9000.00 --until 2030-12-31 --ref PA-118 --out pa-118.json`,
    )
    .action(acting(io, preauthorize));
}

async function preauthorize(
  context: Context,
  { policy: named, secret, provider, service: all, amount: typed, until, ref, out }: PreauthorizeOptions,
): Promise<void> {
  const { io } = context;
  const [service, ...others] = all;
  if (service === undefined || others.length > 0) {
    throw new UsageError("A preauthorisation is for one service.", "Sign one for each.");
  }
  const aceso = await signing(context);
  const policy = await policyNamed(io, aceso, named);
  const plan = await planNamed(aceso, policy.plan);
  const amount = tokenUnits(typed, plan.decimals);
  const key = serviceKey(await readPlanSecret(io, secret), service);
  const signed = await fillingFile(io, out, async (fill) => {
    const promise = { policy: policyId(policy), provider, service: key, amount, lastDay: until, preAuthRef: ref };
    const message = await signPreauthorization(aceso, promise);
    await fill(jsonText(message));
    return message;
  });
  const { type, signer } = signed;
  const told = { policy: policyId(policy), provider, amount: decimalOf(amount, plan.decimals), lastDay: dateOf(until) };
  answer(
    context,
    { signed: out, type, signer, ...told, preAuthRef: ref },
    `Signed ${type} as ${signer} in ${out}: up to ${amountText(amount, plan)} of ${service.code} to ${dateOf(until)}. ` +
      `The provider submits the claim with --preauthorization ${out}.`,
  );
}

function lastDay(text: string): number {
  return dayNumber(text.trim());
}
