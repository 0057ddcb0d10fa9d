/**
 * `aceso claim submit` and `accept`: a claim comes before its plan.
 *
 * @module
 */
import { Option, type Command } from "commander";

import { NO_POLICY } from "../../consent/consent.js";
import type { Hex } from "../../crypto/bytes.js";
import { parseClaimFile } from "../../insurance/claimFile.js";
import type { Adjudicated } from "../../insurance/claimHistory.js";
import { accept, submit, submitOnConsent, type BillingRole, type Presented } from "../../insurance/submission.js";
import { inDecimals, type Money } from "../amounts.js";
import { word } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { oneOf } from "../medication/arguments.js";
import { signing } from "../session.js";
import { UsageError } from "../usage.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { isFhir } from "./claimDocument.js";
import { claimNamed, filedClaim } from "./claimNamed.js";
import {
  CLAIM_FILE,
  mayBill,
  readAcknowledgement,
  readPreauthorizations,
  withPreauthorizations,
  type BillingOptions,
  type PreauthorizationOptions,
} from "./claimOptions.js";
import { submitOnFhir } from "./claimSubmitFhir.js";
import { adjudicatedText } from "./claimText.js";

const ROLES: readonly BillingRole[] = ["Provider", "Practitioner", "Laboratory", "Pharmacy"];

type SubmitOptions = WriteOptions &
  Partial<BillingOptions> & { acknowledgement?: string; consent?: Hex; role?: BillingRole; out?: string };

/** Adds the verbs that bring claims before their plans. */
export function submitVerbs(domain: Command, io: Io): void {
  mayBill(writes(domain.command("submit")))
    .description("as a provider, submit a claim the patient acknowledged, or consented to")
    .argument("<claim>", "the claim file; or, on consent, a FHIR Claim or a Bundle of Claims; - for stdin")
    .addOption(
      new Option("--acknowledgement <file>", "the patient's, signed for exactly this claim").conflicts("consent"),
    )
    .option("--consent <digest>", "the patient's standing consent to bill, by its policy, or none", consentPolicy)
    .option("--role <role>", "as what the provider is licensed (default: Provider)", oneOf(ROLES))
    .option("--out <file>", "with FHIR: where the claim file goes; of several claims, -1, -2 and so on is added")
    .addHelpText(
      "after",
      `\nAn acknowledged claim is paid at once within the plan's limits, and beyond them reserved. One on consent waits until
the insurer accepts it, and lapses otherwise.

Example:
  $ aceso claim submit ${CLAIM_FILE} --acknowledgement acknowledgement.json
  $ aceso claim submit bundle.json --consent none --policy policy.json --secret silver.secret.json \\
      --currency USD --leave-out --out claims.json`,
    )
    .action(acting(io, submitClaim));

  withPreauthorizations(writes(domain.command("accept")))
    .description("as the insurer, accept a claim nobody acknowledged, as if the patient had")
    .argument("<claim>", "the claim file, or the claim's id")
    .addHelpText("after", `\nExample:\n  $ aceso claim accept ${CLAIM_FILE}`)
    .action(acting(io, acceptClaim));
}

async function submitClaim(context: Context, path: string, options: SubmitOptions): Promise<void> {
  const { acknowledgement, consent, role } = options;
  if (acknowledgement === undefined && consent === undefined) {
    throw new UsageError(
      "A claim is submitted with the patient's acknowledgement, or on a consent.",
      "Pass --acknowledgement FILE, or --consent DIGEST.",
    );
  }
  const text = await readText(context.io, path);
  const as = role && { role };
  if (isFhir(text)) {
    if (consent === undefined) {
      throw new UsageError(
        "A patient acknowledges a claim file, not a FHIR Claim.",
        "Make one with `aceso claim draft`, have it acknowledged, and submit that.",
      );
    }
    return submitOnFhir(context, text, { ...options, ...as, consent });
  }
  for (const name of ["policy", "secret", "currency", "provider", "claim", "leaveOut", "out"] as const) {
    if (options[name] === undefined) continue;
    const flag = name === "leaveOut" ? "leave-out" : name;
    throw new UsageError(`--${flag} goes with a FHIR Claim.`, "A claim file has all that; leave it out.");
  }
  const aceso = await signing(context);
  const { file, ...money } = await filedClaim(aceso, parseClaimFile(text));
  const preauthorizations = await readPreauthorizations(context.io, options);
  const presented: Presented = { file, preauthorizations, ...as };
  if (acknowledgement === undefined) {
    return carryOut(context, options, {
      prepare: () => submitOnConsent(aceso, { ...presented, consent: consent! }),
      said: (id) => `Submitted claim ${id} on consent: it lapses unless the insurer accepts it.`,
      told: (id) => ({ id }),
    });
  }
  const signed = await readAcknowledgement(context.io, acknowledgement);
  await carryOut(context, options, {
    prepare: () => submit(aceso, { ...presented, acknowledgement: signed }),
    ...toldAdjudicated("Submitted", money),
  });
}

async function acceptClaim(
  context: Context,
  named: string,
  options: WriteOptions & PreauthorizationOptions,
): Promise<void> {
  const preauthorizations = await readPreauthorizations(context.io, options);
  const aceso = await signing(context);
  const { claim, ...money } = await claimNamed(context.io, aceso, named);
  await carryOut(context, options, {
    prepare: () => accept(aceso, { claim, preauthorizations }),
    ...toldAdjudicated("Accepted", money),
  });
}

function toldAdjudicated(done: string, money: Money) {
  return {
    said: (result: Adjudicated): string => `${done} claim ${result.id}. ${adjudicatedText(result, money)}`,
    told: (result: Adjudicated): object => inDecimals(result, money.decimals),
  };
}

/** A consent's policy, or `none`. */
function consentPolicy(text: string): Hex {
  return text.trim().toLowerCase() === "none" ? NO_POLICY : word("--consent")(text);
}
