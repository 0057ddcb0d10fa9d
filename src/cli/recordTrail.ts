/**
 * `aceso record log` and `accounting`: the trail of who opened records.
 *
 * @module
 */
import type { Command } from "commander";
import type { Bundle } from "fhir/r4.js";

import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { accountingOf, type Accounting } from "../fhir/accounting.js";
import { auditEventOf } from "../fhir/auditEvent.js";
import { log as accesses, type Access } from "../records/access.js";
import { now } from "../signing.js";
import { address, past, pastEnd, words, type Moment } from "./arguments.js";
import { acting, type Context } from "./context.js";
import { jsonText } from "./files.js";
import type { Io } from "./io.js";
import { answer, categoriesText, policyText, tableOf, timeText } from "./output.js";
import { recipientNames } from "./recipients.js";
import { PATIENT } from "./recordOptions.js";
import { accountOr, reading } from "./session.js";

/** Adds the verbs that read the trail. */
export function trailVerbs(domain: Command, io: Io): void {
  domain
    .command("log")
    .description("list who opened the records, when and on what basis")
    .option("--patient <address>", "whose records (default: the configured account's)", address("--patient"))
    .option("--grantee <address>", "who opened them", address("--grantee"))
    .option("--fhir", "as a bundle of FHIR AuditEvents")
    .addHelpText("after", `\nExample:\n  $ aceso record log --patient ${PATIENT} --fhir`)
    .action(acting(io, listAccesses));

  domain
    .command("accounting")
    .description("account for disclosures under HIPAA (45 CFR 164.528)")
    .option("--patient <address>", "the patient (default: the configured account)", address("--patient"))
    .option("--from <time>", "start of the period (default: six years ago); a duration goes back from now", past)
    .option("--to <time>", "end of the period (default: now)", pastEnd)
    .option("--names <file>", 'recipients by account, in JSON: {"0x…": {"name": "…", "address": "…"}}')
    .option("--all", "list treatment, payment and operations, too")
    .option("--authorizations <policies>", "policies that are authorisations under 164.508", words("--authorizations"))
    .addHelpText("after", `\nExample:\n  $ aceso record accounting --patient ${PATIENT} --from 1y --all`)
    .action(acting(io, account));
}

async function listAccesses(
  context: Context,
  { grantee, fhir, ...options }: { patient?: Address; grantee?: Address; fhir?: boolean },
): Promise<void> {
  const patient = options.patient ?? (grantee === undefined ? await accountOr(context, undefined) : undefined);
  const found = await accesses(await reading(context), { ...(patient && { patient }), ...(grantee && { grantee }) });
  if (fhir) return void context.io.stdout.write(jsonText(auditBundleOf(found)));
  const rows = found.map(({ time, patient, grantee, purpose, categories, policy, transaction }) => [
    timeText(time),
    patient,
    grantee,
    purpose,
    categoriesText(categories),
    policyText(policy),
    transaction,
  ]);
  const head = ["time", "patient", "grantee", "purpose", "data", "policy", "transaction"];
  answer(context, found, tableOf(head, rows, "No access was logged."));
}

function auditBundleOf(found: readonly Access[]): Bundle {
  const entry = found.map((access) => ({ resource: auditEventOf(access) }));
  // FHIR has no empty lists.
  return { resourceType: "Bundle", type: "collection", ...(entry.length > 0 && { entry }) };
}

type AccountOptions = {
  patient?: Address;
  from?: Moment;
  to?: Moment;
  names?: string;
  all?: boolean;
  authorizations?: Hex[];
};

async function account(context: Context, options: AccountOptions): Promise<void> {
  const { from, to, names, all = false, authorizations } = options;
  const patient = await accountOr(context, options.patient);
  const recipients = names === undefined ? undefined : await recipientNames(context.io, names);
  const aceso = await reading(context);
  const time = await now(aceso);
  const accounting = accountingOf(await accesses(aceso, { patient }), {
    patient,
    // The chain's newest second is part of a period that ends now.
    to: to?.(time) ?? time + 1,
    includeTreatmentPaymentOperations: all,
    ...(from && { from: from(time) }),
    ...(recipients && { names: recipients }),
    ...(authorizations && { authorizations }),
  });
  answer(context, accounting, accountingText(accounting));
}

function accountingText({ patient, from, to, disclosures, excluded }: Accounting): string {
  const rows = disclosures.map(({ date, recipient, description, statement, count, last }) => [
    date,
    [recipient.name, recipient.address, recipient.account].filter((part) => part !== undefined).join(", "),
    description,
    statement,
    count === 1 ? "once" : `${count} times, last ${last}`,
  ]);
  return [
    `Accounting of disclosures (45 CFR 164.528) of ${patient}, ${from} to ${to}`,
    "",
    tableOf(["date", "recipient", "description", "purpose", "how often"], rows, "No disclosure is to be listed."),
    ...(excluded.length > 0 ? ["", "Not listed:"] : []),
    ...excluded.map(({ rule, reason, count }) => `  ${count} ${reason} (45 CFR ${rule})`),
  ].join("\n");
}
