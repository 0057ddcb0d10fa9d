/**
 * `aceso emergency`: breaking the glass, and answering for it.
 *
 * @module
 */
import { Option, type Command } from "commander";

import type { DataCategory } from "../consent/category.js";
import type { Address } from "../crypto/address.js";
import * as emergency from "../emergency/emergency.js";
import { COUNTERSIGN } from "../emergency/messages.js";
import { coveredCategories, setPreference, signSetPreference } from "../emergency/preference.js";
import { AcesoError } from "../errors.js";
import { now } from "../signing.js";
import { address, categoriesOrNone, end, past, type Moment } from "./arguments.js";
import { acting, type Context } from "./context.js";
import { caseMeant } from "./emergencyCase.js";
import { evidenceOf, tellSalt, withEvidence, type EvidenceOptions } from "./evidence.js";
import { readJson } from "./files.js";
import type { Io } from "./io.js";
import { answer, categoriesText, tableOf, timeText } from "./output.js";
import { keepingSalt } from "./saltedDigest.js";
import { accountOr, reading, signing } from "./session.js";
import { parseSigned } from "./signedMessage.js";
import { UsageError } from "./usage.js";
import {
  carryOut,
  decide,
  decides,
  handOver,
  signedBefore,
  writes,
  type DecisionOptions,
  type WriteOptions,
} from "./write.js";

const PATIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const DOCTOR = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

type CaseOptions = { patient?: Address; clinician: Address; openedAt?: Moment };

/** Adds the verbs of emergencies. */
export function emergencyVerbs(program: Command, io: Io): void {
  const domain = program.command("emergency").description("break the glass, and answer for it");

  withEvidence(writes(domain.command("open")), "what you wrote down")
    .description("as a Practitioner, open a patient's records for four hours without consent")
    .option("--patient <address>", "the patient", address("--patient"))
    .addOption(
      new Option("--countersignature <file>", "a second Practitioner's, from `emergency countersign`").conflicts([
        "patient",
        "evidence",
        "note",
      ]),
    )
    .addHelpText("after", `\nExample:\n  $ aceso emergency open --patient ${PATIENT} --note note.txt`)
    .action(acting(io, open));

  withEvidence(domain.command("countersign"), "what the clinician wrote down")
    .description("as a second Practitioner, countersign that a clinician opens a patient's records once")
    .requiredOption("--patient <address>", "the patient", address("--patient"))
    .requiredOption("--clinician <address>", "the clinician who opens", address("--clinician"))
    .requiredOption("--sign <file>", "where the countersignature goes: a new file; - for stdout")
    .option("--deadline <time>", "the last moment it counts (default: in an hour)", end)
    .addHelpText(
      "after",
      `\nExample:
  $ aceso emergency countersign --patient ${PATIENT} \\
      --clinician ${DOCTOR} --evidence 0x${"e1".repeat(32)} --sign countersignature.json`,
    )
    .action(acting(io, countersign));

  withCase(withEvidence(writes(domain.command("review")), "the reasons"))
    .description("as a PrivacyOfficer, say whether a case was justified")
    .requiredOption("--patient <address>", "the patient", address("--patient"))
    .option("--justified", "it was justified; once the access has ended")
    .option("--unjustified", "it was not; closes the access if it is still open")
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso emergency review --patient ${PATIENT} --clinician ${DOCTOR} --justified --note reasons.txt`,
    )
    .action(acting(io, review));

  withCase(decides(domain.command("contest")))
    .description("as the patient, contest a case; closes the clinician's access at once")
    .option("--patient <address>", "the patient (default: the configured account)", address("--patient"))
    .addHelpText("after", `\nExample:\n  $ aceso emergency contest --clinician ${DOCTOR} --sign contest.json`)
    .action(acting(io, contest));

  domain
    .command("list")
    .description("list cases and what became of them")
    .option("--patient <address>", "of this patient (default: the configured account)", address("--patient"))
    .option("--clinician <address>", "of this clinician", address("--clinician"))
    .addHelpText("after", `\nExample:\n  $ aceso emergency list --clinician ${DOCTOR}`)
    .action(acting(io, list));

  decides(domain.command("preference"))
    .description("say what emergencies may open from now on, or show what they may")
    .option(
      "--categories <names>",
      "what they cover: names, all, all-unrestricted, or none to opt out",
      categoriesOrNone,
    )
    .option("--patient <address>", "whose preference (default: the configured account's)", address("--patient"))
    .addHelpText(
      "after",
      "\nExample:\n  $ aceso emergency preference --categories allergies,medications --sign preference.json",
    )
    .action(acting(io, preference));
}

function withCase(command: Command): Command {
  return command
    .requiredOption("--clinician <address>", "the clinician who opened", address("--clinician"))
    .option("--opened-at <time>", "when the case was opened, if there are several", past);
}

async function open(
  context: Context,
  {
    patient,
    countersignature,
    ...options
  }: EvidenceOptions & WriteOptions & { patient?: Address; countersignature?: string },
): Promise<void> {
  if (countersignature !== undefined) return openCountersigned(context, countersignature, options);
  if (patient === undefined) {
    throw new UsageError(
      "Whose records?",
      "Pass --patient, or --countersignature with a second Practitioner's signature.",
    );
  }
  const { evidence, salted } = await evidenceOf(context, options);
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => keepingSalt(salted, emergency.open(aceso, { patient, evidence })),
    said: openedSaid,
    told: (opened) => ({ ...opened, evidence }),
  });
  tellSalt(context, salted, options);
}

async function openCountersigned(context: Context, file: string, options: WriteOptions): Promise<void> {
  const json = await readJson(context.io, file);
  const signed = parseSigned<emergency.CountersignMessage>(json, [{ types: COUNTERSIGN }]);
  const aceso = await signing(context);
  if (signed.message.clinician !== aceso.account) throw new CountersignedForOtherError(signed.message.clinician);
  await carryOut(context, options, {
    prepare: () => emergency.openCountersigned(aceso, signed),
    said: openedSaid,
    told: (opened) => ({ ...opened, evidence: signed.message.evidence, countersigner: signed.signer }),
  });
}

function openedSaid({ patient, openedAt, until, categories }: emergency.Opened): string {
  return [
    `Opened ${categoriesText(categories)} of ${patient} from ${timeText(openedAt)} until ${timeText(until)} (case ${openedAt}).`,
    "A privacy officer will review it. Read with `aceso record open --purpose BTG`.",
  ].join("\n");
}

async function countersign(
  context: Context,
  {
    patient,
    clinician,
    sign,
    deadline,
    ...options
  }: EvidenceOptions & { patient: Address; clinician: Address; sign: string; deadline?: Moment },
): Promise<void> {
  const { evidence, salted } = await evidenceOf(context, options);
  const aceso = await signing(context);
  await handOver(context, sign, async () => {
    const signed = await signedBefore(aceso, deadline, (until) =>
      emergency.signCountersignature(aceso, { patient, clinician, evidence, ...until }),
    );
    await salted?.keep();
    return signed;
  });
  tellSalt(context, salted, {});
}

async function review(
  context: Context,
  {
    justified = false,
    unjustified = false,
    ...options
  }: CaseOptions & EvidenceOptions & WriteOptions & { patient: Address; justified?: boolean; unjustified?: boolean },
): Promise<void> {
  if (justified === unjustified) {
    throw new UsageError("A review has one verdict.", "Pass --justified or --unjustified.");
  }
  const { evidence, salted } = await evidenceOf(context, options);
  const aceso = await signing(context, { vault: "if there" });
  const { patient, clinician } = options;
  const openedAt = options.openedAt?.(await now(aceso));
  const reviewed = await caseMeant(aceso, { patient, clinician, openedAt }, ({ verdict }) => verdict === "pending");
  const verdict = justified ? "justified" : "unjustified";
  await carryOut(context, options, {
    prepare: () => keepingSalt(salted, emergency.review(aceso, { ...reviewed, justified, evidence })),
    said: () => `Found the case of ${clinician} at ${timeText(reviewed.openedAt)} ${verdict}.`,
    told: () => ({ ...reviewed, verdict, evidence }),
  });
  tellSalt(context, salted, options);
}

async function contest(context: Context, options: CaseOptions & DecisionOptions): Promise<void> {
  const aceso = await signing(context, { vault: "if there" });
  const { patient = aceso.account, clinician } = options;
  const openedAt = options.openedAt?.(await now(aceso));
  const contested = await caseMeant(aceso, { patient, clinician, openedAt }, (found) => !found.contested);
  await decide(context, aceso, options, {
    prepare: () => emergency.contest(aceso, contested),
    sign: (deadline) => emergency.signContest(aceso, { ...contested, ...deadline }),
    said: () => `Contested the case of ${clinician} at ${timeText(contested.openedAt)}; the access is closed.`,
    told: () => contested,
  });
}

async function list(context: Context, options: { patient?: Address; clinician?: Address }): Promise<void> {
  const { clinician } = options;
  const patient = options.patient ?? (clinician === undefined ? await accountOr(context, undefined) : undefined);
  const found = await emergency.cases(await reading(context), {
    ...(patient && { patient }),
    ...(clinician && { clinician }),
  });
  const rows = found.map(({ openedAt, patient, clinician, categories, until, verdict, contested, countersigner }) => [
    String(openedAt),
    timeText(openedAt),
    patient,
    clinician,
    categoriesText(categories),
    timeText(until),
    contested ? `${verdict}, contested` : verdict,
    countersigner ?? "",
  ]);
  const head = ["case", "opened", "patient", "clinician", "data", "until", "verdict", "countersigned by"];
  answer(context, found, tableOf(head, rows, "No emergency was opened."));
}

async function preference(
  context: Context,
  { categories, ...options }: { categories?: DataCategory[]; patient?: Address } & DecisionOptions,
): Promise<void> {
  if (categories === undefined) return showPreference(context, options);
  const aceso = await signing(context);
  const { patient = aceso.account } = options;
  await decide(context, aceso, options, {
    prepare: () => setPreference(aceso, { patient, categories }),
    sign: (deadline) => signSetPreference(aceso, { patient, categories, ...deadline }),
    said: () => coverageText(categories),
    told: () => ({ patient, categories }),
  });
}

async function showPreference(context: Context, options: { patient?: Address } & DecisionOptions): Promise<void> {
  if (options.sign !== undefined || options.dryRun) {
    throw new UsageError("There is no preference to set.", "Pass --categories.");
  }
  const patient = await accountOr(context, options.patient);
  const categories = await coveredCategories(await reading(context), { patient });
  answer(context, { patient, categories }, coverageText(categories));
}

function coverageText(categories: readonly DataCategory[]): string {
  return categories.length === 0
    ? "Emergencies open nothing: the patient opted out."
    : `Emergencies opened from now on cover ${categoriesText(categories)}.`;
}

/** A countersignature is for another clinician. */
export class CountersignedForOtherError extends AcesoError {
  override name = "CountersignedForOtherError";
  constructor(readonly clinician: Address) {
    super(
      `The countersignature lets ${clinician} open, which is not this account.`,
      "Use that clinician's account, or have it countersigned again for this one.",
    );
  }
}
