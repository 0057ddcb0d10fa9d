/**
 * `aceso epcis`: documents of the supply chain checked, and written from the ledger.
 *
 * @module
 */
import { dirname } from "node:path";

import type { Command } from "commander";

import { checkEpcis } from "../../gs1/epcis/check.js";
import type { EpcisDocument } from "../../gs1/epcis/event.js";
import { parseEpcis } from "../../gs1/epcis/parse.js";
import { writeEpcis } from "../../gs1/epcis/write.js";
import { exportEpcis } from "../../medication/epcis/export.js";
import { acting, type Context } from "../context.js";
import { jsonText, readJson, readText, writeNewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, timeText } from "../output.js";
import { reading } from "../session.js";
import { ofBatch } from "./batch.js";
import { importVerb } from "./epcisImport.js";
import { LOT, PRODUCT } from "./options.js";
import { PARTIES_HELP, readPartyFile, withParties, type PartiesOption } from "./partyFile.js";
import { readTree } from "./serialTree.js";
import { casesIn, readCases } from "./treeFiles.js";

type SchemaOption = { schema?: string };
type ExportOptions = SchemaOption & PartiesOption & { tree: string; cases?: string; out?: string };

/** Adds the verbs of EPCIS documents. */
export function epcisVerbs(program: Command, io: Io): void {
  const domain = program.command("epcis").description("EPCIS documents: checked, sent as ledger calls, and written");

  importVerb(domain, io);

  withSchema(withParties(ofBatch(domain.command("export"))))
    .description("write what the ledger knows of a batch as an EPCIS 2.0 document, in JSON-LD")
    .requiredOption("--tree <file>", "the serial tree of the whole batch: the ledger has no serial numbers")
    .option("--cases <file>", "the names of cases (default: the cases.json beside the tree that `epcis import` wrote)")
    .option("--out <file>", "where it goes: a new file (default: stdout)")
    .addHelpText(
      "after",
      `${PARTIES_HELP}\n\nExample:\n  $ aceso epcis export ${PRODUCT} ${LOT} --tree trees/${PRODUCT}-${LOT}.tree.json --parties parties.json`,
    )
    .action(acting(io, exportBatch));

  withSchema(domain.command("check"))
    .description("check an EPCIS document: XML of EPCIS 1.x, or JSON-LD of EPCIS 2.0")
    .argument("<file>", "the document; - for stdin")
    .addHelpText("after", "\nExample:\n  $ aceso epcis check shipment.xml")
    .action(acting(io, check));
}

function withSchema(command: Command): Command {
  return command.option("--schema <file>", "a JSON schema to hold it against, such as GS1's official one");
}

async function exportBatch(
  context: Context,
  product: string,
  lot: string,
  { tree: path, cases: named, out, ...options }: ExportOptions,
): Promise<void> {
  const { io } = context;
  const { book: parties } = await readPartyFile(context, options);
  const schema = await schemaOf(context, options);
  const cases = await (named === undefined ? casesIn(context, dirname(path)) : readCases(context, named));
  const tree = await readTree(context, path);
  const document = await exportEpcis(await reading(context), { product, lot }, { tree, parties, cases });
  if (schema !== undefined) checkEpcis(document, schema);
  const held = schema === undefined ? "" : ` It matches the schema ${options.schema!}.`;
  if (out === undefined) {
    if (held !== "") note(context, held.trim());
    return void io.stdout.write(jsonText(document));
  }
  await writeNewFile(io, out, jsonText(document));
  const { events } = parseEpcis(JSON.stringify(document));
  answer(context, { out, events: events.length }, `Wrote ${events.length} events to ${out}.${held}`);
}

async function check(context: Context, path: string, options: SchemaOption): Promise<void> {
  const text = await readText(context.io, path);
  const schema = await schemaOf(context, options);
  const document = parseEpcis(text);
  if (schema !== undefined) checkEpcis(document.version === "2.0" ? JSON.parse(text) : writeEpcis(document), schema);
  const { version, created, sender, receiver, statement, events } = document;
  const steps = Object.entries(Object.groupBy(events, ({ type, bizStep }) => `${type} ${bizStep ?? ""}`.trim()));
  const lines = [
    `EPCIS ${version}, written ${timeText(created)}: ${events.length} events`,
    ...steps.map(([step, found]) => `  ${found!.length} ${step}`),
    ...(sender === undefined ? [] : [`from ${sender}`]),
    ...(receiver === undefined ? [] : [`to ${receiver}`]),
    ...(statement === undefined ? [] : [`transaction statement ${statement.affirmed ? "affirmed" : "not affirmed"}`]),
    ...(schema === undefined ? [] : [schemaText(document, options)]),
  ];
  answer(context, { version, created, sender, receiver, statement, events: events.length }, lines.join("\n"));
}

function schemaText({ version }: EpcisDocument, { schema }: SchemaOption): string {
  return version === "2.0"
    ? `It matches the schema ${schema!}.`
    : `Written as EPCIS 2.0, it matches the schema ${schema!}.`;
}

async function schemaOf({ io }: Context, { schema }: SchemaOption): Promise<object | undefined> {
  return schema === undefined ? undefined : ((await readJson(io, schema)) as object);
}
