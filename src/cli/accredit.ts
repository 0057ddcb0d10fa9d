/**
 * `aceso accredit`: licences, and an organisation's staff.
 *
 * @module
 */
import type { Command } from "commander";

import * as accreditation from "../accreditation/accreditation.js";
import type { Role } from "../accreditation/role.js";
import type { Address } from "../crypto/address.js";
import { now } from "../signing.js";
import { address, end, role, type Moment } from "./arguments.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { answer, tableOf, timeText } from "./output.js";
import { reading, signing } from "./session.js";
import { UsageError } from "./usage.js";
import { carryOut, writes, type WriteOptions } from "./write.js";

const EXAMPLE_ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

const LICENSE_EXAMPLE = `\nExample:\n  $ aceso accredit ${EXAMPLE_ACCOUNT} --role Provider --until 2030-12-31`;

type RoleOption = { role: Role };

/** Adds the verbs of accreditation. */
export function accreditVerbs(program: Command, io: Io): void {
  const accredit = program
    .command("accredit")
    .usage("<participant> --role <role> --until <time>\n       aceso accredit <verb>")
    .description("who is licensed to act in which role, and who is on whose staff")
    .addHelpText("after", LICENSE_EXAMPLE);

  writes(accredit.command("license", { isDefault: true }))
    .description("license a participant in a role, or renew its licence; the word may be left out")
    .argument("<participant>", "the account to license", address("The participant"))
    // Not required for commander, whose complaint would hide a mistyped verb.
    .option("--role <role>", "the role, such as Provider or Practitioner", role)
    .option("--until <time>", "when the licence ends", end)
    .addHelpText("after", LICENSE_EXAMPLE)
    .action(acting(io, license));

  changes(accredit, io, "suspend", "Suspended");
  changes(accredit, io, "reinstate", "Reinstated");
  changes(accredit, io, "revoke", "Revoked");

  accredit
    .command("list")
    .description("list licences and whether they count")
    .argument("[participant]", "only this account's", address("The participant"))
    .addHelpText("after", `\nExample:\n  $ aceso accredit list ${EXAMPLE_ACCOUNT}`)
    .action(acting(io, list));

  writes(accredit.command("member"))
    .description("put an account on the staff of the configured account")
    .argument("<member>", "the account to act for the organisation", address("The member"))
    .option("--until <time>", "when the membership ends", end)
    .option("--remove", "end the membership now")
    .addHelpText("after", `\nExample:\n  $ aceso accredit member ${EXAMPLE_ACCOUNT} --until 1y`)
    .action(acting(io, member));
}

async function license(
  context: Context,
  participant: Address,
  { role, until, ...options }: Partial<RoleOption> & { until?: Moment } & WriteOptions,
): Promise<void> {
  if (role === undefined || until === undefined) {
    throw new UsageError("A licence has a role and an end.", "Pass --role and --until.");
  }
  const aceso = await signing(context);
  const validUntil = until(await now(aceso));
  await carryOut(context, options, {
    prepare: () => accreditation.accredit(aceso, { participant, role, validUntil }),
    said: () => `Licensed ${participant} as ${role} until ${timeText(validUntil)}.`,
    told: () => ({ participant, role, validUntil }),
  });
}

function changes(accredit: Command, io: Io, verb: "suspend" | "reinstate" | "revoke", done: string): void {
  const prepare = {
    suspend: accreditation.suspend,
    reinstate: accreditation.reinstate,
    revoke: accreditation.revokeLicence,
  }[verb];
  const change = async (
    context: Context,
    participant: Address,
    { role, ...options }: RoleOption & WriteOptions,
  ): Promise<void> => {
    const aceso = await signing(context);
    await carryOut(context, options, {
      prepare: () => prepare(aceso, { participant, role }),
      said: () => `${done} the ${role} licence of ${participant}.`,
      told: () => ({ participant, role }),
    });
  };
  writes(accredit.command(verb))
    .description(`${verb} a licence this account issued`)
    .argument("<participant>", "the licensed account", address("The participant"))
    .requiredOption("--role <role>", "the role of the licence", role)
    .addHelpText("after", `\nExample:\n  $ aceso accredit ${verb} ${EXAMPLE_ACCOUNT} --role Provider`)
    .action(acting(io, change));
}

async function list(context: Context, participant: Address | undefined): Promise<void> {
  const licences = await accreditation.licences(
    await reading(context),
    participant === undefined ? {} : { participant },
  );
  const rows = licences.map(({ participant, role, status, validUntil, accreditor }) => [
    participant,
    role,
    status,
    timeText(validUntil),
    accreditor,
  ]);
  answer(
    context,
    licences,
    tableOf(["participant", "role", "status", "until", "accreditor"], rows, "Nobody holds a licence."),
  );
}

async function member(
  context: Context,
  account: Address,
  { until, remove, ...options }: { until?: Moment; remove?: boolean } & WriteOptions,
): Promise<void> {
  if ((until === undefined) === (remove === undefined)) {
    throw new UsageError("A membership needs an end, or is removed.", "Pass either --until or --remove.");
  }
  const aceso = await signing(context);
  const validUntil = until?.(await now(aceso)) ?? 0;
  await carryOut(context, options, {
    prepare: () => accreditation.setMember(aceso, { member: account, until: validUntil }),
    said: () =>
      until
        ? `${account} acts for ${aceso.account} until ${timeText(validUntil)}.`
        : `${account} no longer acts for ${aceso.account}.`,
    told: () => ({ organisation: aceso.account, member: account, until: validUntil }),
  });
}
