/**
 * `aceso record`: encrypted records and the trail of who opened them.
 *
 * @module
 */
import type { Command } from "commander";

import { NoEncryptionKeyError } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { add, type AddedRecord } from "../records/add.js";
import { amend } from "../records/amend.js";
import { erase, signErase } from "../records/erase.js";
import { signAdd } from "../records/selfAuthored.js";
import { memoryVault } from "../vault/memory.js";
import { address, word, words } from "./arguments.js";
import { readChart } from "./chart.js";
import { acting, type Context } from "./context.js";
import type { Io } from "./io.js";
import { answer, categoriesText, tableOf } from "./output.js";
import { withProgress } from "./progress.js";
import { handoverVerbs } from "./recordHandover.js";
import { recordsKnown } from "./recordList.js";
import { openVerb } from "./recordOpen.js";
import { byAuthor, counted, ofPatient, PATIENT, type AuthorOptions, type PatientOption } from "./recordOptions.js";
import { trailVerbs } from "./recordTrail.js";
import { accountOr, reading, signing } from "./session.js";
import { carryOut, decide, decides, writes, type DecisionOptions, type WriteOptions } from "./write.js";

const RECORD = `0x${"5e".repeat(32)}`;

/** Adds the verbs of records. */
export function recordVerbs(program: Command, io: Io): void {
  const domain = program.command("record").description("encrypted records, and the trail of who opened them");

  ofPatient(byAuthor(decides(domain.command("add"))))
    .description(
      "encrypt a FHIR bundle into records, store them in the vault and anchor them; patients may sign for their own",
    )
    .argument("<file>", "a FHIR R4 bundle or resource in JSON; - for stdin")
    .addHelpText("after", `\nExample:\n  $ aceso record add bundle.json --patient ${PATIENT} --role Provider`)
    .action(acting(io, addRecords));

  openVerb(domain, io);
  handoverVerbs(domain, io);

  ofPatient(byAuthor(writes(domain.command("amend"))))
    .description("replace a record's content by a new version")
    .argument("<file>", "the whole new content: a FHIR R4 bundle or resource in JSON; - for stdin")
    .requiredOption("--record <id>", "the record", word("--record"))
    .addHelpText("after", `\nExample:\n  $ aceso record amend new.json --record ${RECORD} --patient ${PATIENT}`)
    .action(acting(io, amendRecord));

  decides(domain.command("erase"))
    .description("erase records of the configured account, for good")
    .argument("<records...>", "the records' ids", words("The record"))
    .addHelpText("after", `\nExample:\n  $ aceso record erase ${RECORD} --sign erasure.json`)
    .action(acting(io, eraseRecords));

  domain
    .command("list")
    .description("list a patient's records, and whose keys to them are in the vault")
    .option("--patient <address>", "the patient (default: the configured account)", address("--patient"))
    .option("--details", "open this account's keys, too, to say what each record holds")
    .addHelpText("after", "\nExample:\n  $ aceso record list --details")
    .action(acting(io, listRecords));

  trailVerbs(domain, io);
}

async function addRecords(
  context: Context,
  file: string,
  options: PatientOption & AuthorOptions & DecisionOptions,
): Promise<void> {
  const { patient, role, author } = options;
  const bundle = await readChart(context, file);
  const aceso = await signing(context, { vault: "made" });
  if (options.sign !== undefined && [patient, author ?? patient].some((each) => each !== aceso.account)) {
    throw new NotSelfAuthoredError();
  }
  const chart = { patient, bundle, ...(role && { role }), ...(author && { author }) };
  await decide(context, aceso, options, {
    sign: (deadline) => signAdd(aceso, { bundle, ...deadline }),
    prepare: () => withProgress(context, "Encrypting the records", () => add(aceso, chart)),
    said: (added) => `Added ${counted(added.length)} of ${patient}:\n${addedTable(added)}`,
    told: (added) => ({ records: added }),
  });
}

function addedTable(added: readonly AddedRecord[]): string {
  return tableOf(
    ["record", "data"],
    added.map(({ record, categories }) => [record, categoriesText(categories)]),
    "",
  );
}

async function amendRecord(
  context: Context,
  file: string,
  options: PatientOption & AuthorOptions & WriteOptions & { record: Hex },
): Promise<void> {
  const { patient, record, role, author } = options;
  const bundle = await readChart(context, file);
  const aceso = await signing(context, { vault: "there", encryptionKey: true });
  const version = { patient, record, bundle, ...(role && { role }), ...(author && { author }) };
  await carryOut(context, options, {
    prepare: () => withProgress(context, "Encrypting the new version", () => amend(aceso, version)),
    said: ({ readersToRenew }) =>
      [
        `Amended ${record}.`,
        ...(readersToRenew.length > 0 ? ["Readers of the old version, to release or share it to again:"] : []),
        ...readersToRenew.map((reader) => `  ${reader}`),
      ].join("\n"),
    told: (amendment) => amendment,
  });
}

async function eraseRecords(context: Context, records: Hex[], options: DecisionOptions): Promise<void> {
  // A record under a root is found by the patient's own key to it; others need none.
  const encryptionKey = context.settings.encryptionKey !== undefined;
  const connected = await signing(context, { vault: "if there", encryptionKey });
  const aceso = { ...connected, vault: connected.vault ?? memoryVault() };
  await decide(context, aceso, options, {
    prepare: () => erase(aceso, { records }).catch(explainMissingKey),
    sign: (deadline) => signErase(aceso, { records, ...deadline }).catch(explainMissingKey),
    said: () =>
      `Erased ${counted(records.length)}, for good. An author's own copy stays under its legal retention date.`,
    told: () => ({ records }),
  });
}

function explainMissingKey(error: unknown): never {
  throw error instanceof NoEncryptionKeyError ? new RecordNotAnchoredError() : error;
}

async function listRecords(context: Context, options: { patient?: Address; details?: boolean }): Promise<void> {
  const patient = await accountOr(context, options.patient);
  const aceso = options.details
    ? await signing(context, { vault: "there", encryptionKey: true })
    : await reading(context, { vault: "if there" });
  const records = await recordsKnown(aceso, patient);
  const rows = records.map(({ record, status, author = "", readers, categories }) => [
    record,
    status,
    author,
    readers.map((reader) => (reader === patient ? "patient" : reader === author ? "author" : reader)).join("\n"),
    categories ? categoriesText(categories) : "",
  ]);
  answer(
    context,
    records,
    tableOf(["record", "status", "author", "keys in the vault", "data"], rows, `No record of ${patient} is known.`),
  );
}

/** Records were to be added by signature, and not by their patient. */
export class NotSelfAuthoredError extends AcesoError {
  override name = "NotSelfAuthoredError";
  constructor() {
    super(
      "Only patients sign for records, and only for those they write about themselves.",
      "Leave --sign out to send it, or configure the patient's account.",
    );
  }
}

/** A record to be erased is not anchored by itself, and there is no key to find it otherwise. */
export class RecordNotAnchoredError extends AcesoError {
  override name = "RecordNotAnchoredError";
  constructor() {
    super(
      "Not every one of these records of this account is anchored by itself.",
      "Check the ids with `aceso record list`; a record added among many takes your --encryption-key and the vault.",
    );
  }
}
