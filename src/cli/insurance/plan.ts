/**
 * `aceso plan`: insurance plans, drafted, published, funded.
 *
 * @module
 */
import type { Command } from "commander";

import type { Hex } from "../../crypto/bytes.js";
import { create, planId, publish } from "../../insurance/plan.js";
import { planFileTemplate, readPlanFile } from "../../insurance/planFile.js";
import { newPlanSecret } from "../../insurance/service.js";
import { acting, type Context } from "../context.js";
import { jsonText, readText, STANDARD, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOutAll } from "../steps.js";
import { UsageError } from "../usage.js";
import { type ActingOptions, acts, carryOut, type WriteOptions, writes } from "../write.js";
import { ofPlan, PLAN } from "./options.js";
import { moneyVerbs } from "./planMoney.js";
import { planNamed } from "./planNamed.js";
import { planSecretText, readPlanSecret } from "./planSecret.js";
import { showVerb } from "./planShow.js";
import { simulateVerb } from "./planSimulate.js";

const NEW = "new";

/** Adds the verbs of plans. */
export function planVerbs(program: Command, io: Io): void {
  const domain = program.command("plan").description("insurance plans: drafted, tried, published, funded");

  domain
    .command("template")
    .description("print a plan file to begin with")
    .addHelpText("after", "\nExample:\n  $ aceso plan template > silver.json")
    .action(acting(io, template));

  simulateVerb(domain, io);

  acts(domain.command("create"))
    .description("as an Insurer, draft a plan from its file, or change the draft into exactly this")
    .argument("<file>", "the plan file; - for stdin")
    .requiredOption(
      "--secret <file>",
      `the file of the plan's secret; ${NEW} makes one beside the plan file, ending in .secret.json`,
    )
    .addHelpText(
      "after",
      `\nThe secret hides on chain which services claims are for. Keep it: without it no claim can be made. Tell it the plan's
members and providers, and nobody else.

Example:
  $ aceso plan create silver.json --secret ${NEW}`,
    )
    .action(acting(io, createPlan));

  writes(ofPlan(domain.command("publish")))
    .description("as its insurer, publish a draft: from then on its terms and benefits are frozen")
    .addHelpText("after", `\nExample:\n  $ aceso plan publish ${PLAN}`)
    .action(acting(io, publishPlan));

  moneyVerbs(domain, io);
  showVerb(domain, io);
}

async function template({ io }: Context): Promise<void> {
  io.stdout.write(jsonText(planFileTemplate()));
}

async function createPlan(
  context: Context,
  path: string,
  { as, secret: named, ...options }: ActingOptions & { secret: string },
): Promise<void> {
  const draft = readPlanFile(await readText(context.io, path));
  const { secret, secretFile, keep } = await secretFor(context.io, { path, named, name: draft.name });
  const aceso = await signing(context);
  const insurer = as ?? aceso.account;
  const id = planId({ insurer, name: draft.name });
  await carryOutAll(context, options, {
    prepare: async () => {
      const steps = await create(aceso, { insurer, draft, secret });
      return steps.map((prepared, at) => ({ name: `Draft ${at + 1} of ${steps.length}`, prepared }));
    },
    keep,
    said: () => `Drafted plan ${id}, ${draft.name}: ${draft.services.length} services. Its secret is in ${secretFile}.`,
    told: () => ({ plan: id, name: draft.name, insurer, services: draft.services.length, secretFile }),
  });
}

type SecretFile = { secret: Hex; secretFile: string; keep: () => Promise<void> };

async function secretFor(
  io: Io,
  { path, named, name }: { path: string; named: string; name: string },
): Promise<SecretFile> {
  if (named !== NEW) {
    return { secret: await readPlanSecret(io, named), secretFile: named, keep: async () => undefined };
  }
  if (path === STANDARD) {
    throw new UsageError("A plan from stdin has no place beside it for its secret.", "Save the plan in a file.");
  }
  const secret = newPlanSecret();
  const secretFile = `${path.replace(/\.json$/, "")}.secret.json`;
  return { secret, secretFile, keep: () => writeNewFile(io, secretFile, planSecretText(name, secret)) };
}

async function publishPlan(context: Context, id: Hex, options: WriteOptions): Promise<void> {
  const aceso = await signing(context);
  const { insurer, name } = await planNamed(aceso, id);
  await carryOut(context, options, {
    prepare: () => publish(aceso, { insurer, name }),
    said: () => `Published ${name}: its terms and benefits are frozen. Fund it, then quote or issue policies.`,
    told: () => ({ plan: id, name, insurer }),
  });
}
