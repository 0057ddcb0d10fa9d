/**
 * `aceso study withdraw`: leaving a study for good, and taking back the consent to it.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import { revoke, signRevoke, type ConsentKey } from "../../consent/consent.js";
import { list } from "../../consent/history.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { eventsOf } from "../../events.js";
import { signWithdrawal, withdraw } from "../../research/enrolment.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { carryOutAll } from "../steps.js";
import { UsageError } from "../usage.js";
import { decides, handOver, signedBefore, type DecisionOptions } from "../write.js";
import { studyNamed } from "./studyNamed.js";
import { ANNOUNCEMENT, ofStudy } from "./studyOptions.js";

type WithdrawOptions = DecisionOptions & { participant?: Address; yes?: boolean };

/** Adds the verb that withdraws. */
export function withdrawVerb(domain: Command, io: Io): void {
  decides(ofStudy(domain.command("withdraw")))
    .description("as a participant, leave a study for good and revoke the consent to it; what was earned stays payable")
    .option(
      "--participant <address>",
      "who leaves, for a delegate (default: the configured account)",
      address("--participant"),
    )
    .option("--yes", "do not ask: nobody enrols twice")
    .addHelpText("after", `\nExample:\n  $ aceso study withdraw ${ANNOUNCEMENT} --yes --sign withdrawal.json`)
    .action(acting(io, withdrawFromStudy));
}

async function withdrawFromStudy(
  context: Context,
  named: string,
  { participant, yes, ...options }: WithdrawOptions,
): Promise<void> {
  const { sign, deadline, dryRun } = options;
  if (sign === undefined && deadline !== undefined) {
    throw new UsageError("--deadline is the deadline of signed messages.", "Add --sign FILE, or leave it out.");
  }
  const { id: study } = await studyNamed(context.io, named);
  if (!yes && !dryRun) await confirm(context.io);
  const aceso = await signing(context, { vault: "if there" });
  const patient = participant ?? aceso.account;
  const consents = await consentsTo(aceso, study, patient);
  const leaving = { study, participant: patient };
  const told = { ...leaving, revokes: consents };
  if (sign !== undefined) {
    const messages = (until: { deadline?: number }) =>
      Promise.all([
        signWithdrawal(aceso, { ...leaving, ...until }),
        ...consents.map((consent) => signRevoke(aceso, { ...consent, ...until })),
      ]);
    return handOver(context, sign, () => signedBefore(aceso, deadline, messages), told);
  }
  await carryOutAll<void>(context, options, {
    prepare: async () => [
      { name: "Withdrawal", prepared: withdraw(aceso, leaving) },
      ...consents.map((consent) => ({ name: "Revocation", prepared: revoke(aceso, consent) })),
    ],
    said: () => {
      const revoked = consents.length === 0 ? "No consent to it stood." : "The consent to it is revoked.";
      return `${patient} left the study for good. ${revoked} What was earned stays payable.`;
    },
    told: () => told,
  });
}

/** The consents that stand to a study's stewards, under any form it ever had. */
async function consentsTo(aceso: Aceso, study: Hex, patient: Address): Promise<Required<ConsentKey>[]> {
  const { studies } = aceso.contracts;
  const proposals = await eventsOf(aceso, studies, studies.filters.StudyProposed(study));
  const asked = new Set(proposals.map(({ args: { terms } }) => `${terms.steward} ${terms.form}`));
  return (await list(aceso, { patient }))
    .filter(({ grantee, policy, status }) => status !== "over" && asked.has(`${grantee} ${policy}`))
    .map(({ grantee, policy }) => ({ patient, grantee, policy }));
}

async function confirm({ ask }: Io): Promise<void> {
  const answer = await ask?.("Nobody enrols twice. Type yes to leave for good");
  if (answer?.trim().toLowerCase() === "yes") return;
  throw new UsageError("Leaving a study is final, and was not confirmed.", "Add --yes when you are sure.");
}
