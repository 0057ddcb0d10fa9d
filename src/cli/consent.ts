/**
 * `aceso consent`: who may use a patient's data, for what and until when.
 *
 * @module
 */
import type { Command } from "commander";

import type { DataCategory } from "../consent/category.js";
import * as consent from "../consent/consent.js";
import { setDelegate, signSetDelegate } from "../consent/delegate.js";
import { at, list, type StandingConsent } from "../consent/history.js";
import { explain, type Terms } from "../consent/terms.js";
import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import { now } from "../signing.js";
import { address, categories, end, past, type Moment } from "./arguments.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { answer, categoriesText, note, policyText, purposesText, tableOf, timeText } from "./output.js";
import { CLINIC, grantVerb, withParties, type PartyOptions } from "./consentGrant.js";
import { accountOr, reading, signing } from "./session.js";
import { fhirTerms, takesTerms, termsFromOptions, termsInWords, type TermsOptions } from "./terms.js";
import { UsageError } from "./usage.js";
import { decide, decides, type DecisionOptions } from "./write.js";

/** Adds the verbs of consent. */
export function consentVerbs(program: Command, io: Io): void {
  const domain = program.command("consent").description("who may use a patient's data, for what and until when");

  grantVerb(domain, io);

  withParties(decides(domain.command("revoke")))
    .description("end a consent now")
    .addHelpText("after", `\nExample:\n  $ aceso consent revoke --grantee ${CLINIC}`)
    .action(acting(io, revoke));

  decides(domain.command("revoke-all"))
    .description("end every consent and delegate of the configured account now")
    .addHelpText("after", "\nExample:\n  $ aceso consent revoke-all --sign revocation.json")
    .action(acting(io, revokeAll));

  decides(domain.command("delegate"))
    .description("let somebody, such as a guardian, decide for the configured account")
    .argument("<delegate>", "the account to decide", address("The delegate"))
    .option("--categories <names>", "the data they decide on", categories)
    .option("--until <time>", "when the delegation ends", end)
    .option("--remove", "end the delegation now")
    .addHelpText("after", `\nExample:\n  $ aceso consent delegate ${CLINIC} --categories all-unrestricted --until 1y`)
    .action(acting(io, delegate));

  domain
    .command("list")
    .description("list the consents that stand")
    .option("--patient <address>", "the patient (default: the configured account)", address("--patient"))
    .addHelpText("after", `\nExample:\n  $ aceso consent list --patient ${CLINIC}`)
    .action(acting(io, listNow));

  domain
    .command("at")
    .description("list who was permitted at a time, from the chain's events alone")
    .argument("<time>", "a date, date-time, Unix seconds, or a duration back from now", past)
    .option("--patient <address>", "the patient (default: the configured account)", address("--patient"))
    .addHelpText("after", `\nExample:\n  $ aceso consent at 2026-03-01T09:30Z --patient ${CLINIC}`)
    .action(acting(io, listAt));

  withParties(takesTerms(domain.command("explain")))
    .description("say all that terms, or a standing consent, cover and do not cover; sends nothing")
    .addHelpText(
      "after",
      `\nExample:
  $ aceso consent explain --purposes HRESCH --categories laboratory --until 1y
  $ aceso consent explain --grantee ${CLINIC}`,
    )
    .action(acting(io, explainTerms));
}

async function revoke(context: Context, { grantee, ...options }: PartyOptions & DecisionOptions): Promise<void> {
  if (grantee === undefined) {
    throw new UsageError("A revocation needs a grantee.", "Pass --grantee, or use revoke-all.");
  }
  const aceso = await signing(context, { vault: "if there" });
  const { patient = aceso.account, policy = consent.NO_POLICY } = options;
  const key = { patient, grantee, policy };
  const consents = await list(aceso, { patient });
  const before = consents.filter((each) => each.grantee === grantee && each.status !== "over");
  const others = before.filter((each) => each.policy !== policy).map((each) => each.policy);
  await decide(context, aceso, options, {
    prepare: () => consent.revoke(aceso, key),
    sign: (deadline) => consent.signRevoke(aceso, { ...key, ...deadline }),
    said: () => `Revoked: ${grantee} may no longer use the data under policy ${policyText(policy)}.`,
    told: () => ({ ...key, stillStanding: others }),
  });
  if (others.length === before.length) {
    note(context, "No consent stood under this policy; grants signed before are stale.");
  }
  if (others.length > 0) {
    note(
      context,
      `Still standing for this grantee, under other policies:\n${others.map((each) => `  ${policyText(each)}`).join("\n")}`,
    );
  }
}

async function revokeAll(context: Context, options: DecisionOptions): Promise<void> {
  const aceso = await signing(context, { vault: "if there" });
  await decide(context, aceso, options, {
    prepare: () => consent.revokeAll(aceso),
    sign: (deadline) => consent.signRevokeAll(aceso, deadline),
    said: () => `Revoked every consent and delegate of ${aceso.account}.`,
    told: () => ({ patient: aceso.account }),
  });
}

async function delegate(
  context: Context,
  account: Address,
  {
    categories = [],
    until,
    remove,
    ...options
  }: { categories?: DataCategory[]; until?: Moment; remove?: boolean } & DecisionOptions,
): Promise<void> {
  const isComplete = until !== undefined && categories.length > 0;
  if (remove ? until !== undefined || categories.length > 0 : !isComplete) {
    throw new UsageError(
      "A delegation needs categories and an end, or is removed.",
      "Pass either --categories and --until, or --remove.",
    );
  }
  const aceso = await signing(context);
  const delegation = { delegate: account, categories, until: until?.(await now(aceso)) ?? 0 };
  await decide(context, aceso, options, {
    prepare: () => setDelegate(aceso, delegation),
    sign: (deadline) => signSetDelegate(aceso, { ...delegation, ...deadline }),
    said: () =>
      remove
        ? `${account} no longer decides for ${aceso.account}.`
        : `${account} decides for ${aceso.account} on ${categoriesText(categories)} until ${timeText(delegation.until)}.`,
    told: () => ({ patient: aceso.account, ...delegation }),
  });
}

async function listNow(context: Context, options: { patient?: Address }): Promise<void> {
  const patient = await accountOr(context, options.patient);
  tell(context, await list(await reading(context), { patient }), `No consent of ${patient} stands.`);
}

async function listAt(context: Context, moment: Moment, options: { patient?: Address }): Promise<void> {
  const patient = await accountOr(context, options.patient);
  const aceso = await reading(context);
  const time = moment(await now(aceso));
  tell(context, await at(aceso, { patient, time }), `Nobody was permitted by ${patient} at ${timeText(time)}.`);
}

function tell(context: Context, consents: readonly StandingConsent[], none: string): void {
  const rows = consents.map(({ grantee, status, terms, policy }) => [
    grantee,
    status,
    purposesText(terms.purposes),
    categoriesText(terms.categories),
    timeText(terms.validFrom!),
    timeText(terms.validUntil),
    policyText(policy),
  ]);
  answer(context, consents, tableOf(["grantee", "status", "purposes", "data", "from", "until", "policy"], rows, none));
}

async function explainTerms(context: Context, options: TermsOptions & PartyOptions): Promise<void> {
  const terms = await termsToExplain(context, options);
  answer(context, explain(terms), termsInWords(terms));
}

async function termsToExplain(context: Context, options: TermsOptions & PartyOptions): Promise<Terms> {
  if (options.fhir !== undefined) return (await fhirTerms(context.io, { ...options, fhir: options.fhir })).terms;
  const terms = termsFromOptions(options, Math.floor(Date.now() / 1000));
  if (terms !== undefined) return terms;
  const { grantee, policy = consent.NO_POLICY } = options;
  if (grantee === undefined) {
    throw new UsageError(
      "There is nothing to explain.",
      "Pass --purposes, --categories and --until; or --fhir; or --grantee for a consent that stands.",
    );
  }
  const patient = await accountOr(context, options.patient);
  const standing = await list(await reading(context), { patient });
  const found = standing.find((each) => each.grantee === grantee && each.policy === policy);
  if (found === undefined) throw new ConsentNotFoundError();
  return found.terms;
}

/** No consent stands between a patient and a grantee under a policy. */
export class ConsentNotFoundError extends AcesoError {
  override name = "ConsentNotFoundError";
  constructor() {
    super(
      "No consent stands between this patient and grantee under this policy.",
      "Take grantee and policy from `aceso consent list`.",
    );
  }
}
