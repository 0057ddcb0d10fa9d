/**
 * `aceso epcis import`: an EPCIS document becomes ledger calls.
 *
 * @module
 */
import { resolve } from "node:path";

import type { Command } from "commander";

import type { EpcisDocument } from "../../gs1/epcis/event.js";
import { parseEpcis } from "../../gs1/epcis/parse.js";
import { importEpcis, type Imported } from "../../medication/epcis/import.js";
import { readParties } from "../../medication/epcis/parties.js";
import { planEpcis, type Plan } from "../../medication/epcis/plan.js";
import { buildTree, type SerialTree } from "../../medication/tree.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer, note } from "../output.js";
import { withProgress } from "../progress.js";
import { exists } from "../settings.js";
import { writes, type WriteOptions } from "../write.js";
import { eventsText, toldEvents } from "./epcisText.js";
import {
  connectionsFor,
  PARTIES_HELP,
  readPartyFile,
  withParties,
  type PartiesOption,
  type PartyFile,
} from "./partyFile.js";
import { keepTrees, readTrees } from "./treeFiles.js";

type ImportOptions = WriteOptions & PartiesOption & { trees: string; before?: readonly string[] };

/** Adds the verb that imports. */
export function importVerb(domain: Command, io: Io): void {
  writes(withParties(domain.command("import")))
    .description("send what an EPCIS document tells as ledger calls, for each organisation of yours in it")
    .argument("<file>", "the document, XML or JSON-LD; - for stdin")
    .option("--trees <folder>", "where serial trees are kept, and looked for", "trees")
    .option(
      "--before <file>",
      "a document imported earlier, which this one goes on from; repeat, in their order",
      (path: string, earlier: readonly string[] = []) => [...earlier, path],
    )
    .addHelpText(
      "after",
      `\nThe serial trees are written before anything is sent: keep them, and keep them to yourself. What is on the ledger already
is skipped, so an interrupted import goes on when it is run again.
${PARTIES_HELP}

Example:
  $ aceso epcis import shipment.xml --parties parties.json --trees trees --keystore maker.keystore.json`,
    )
    .action(acting(io, importDocument));
}

async function importDocument(context: Context, path: string, options: ImportOptions): Promise<void> {
  const file = await readPartyFile(context, options);
  const before = await Promise.all((options.before ?? []).map((earlier) => readDocument(context, earlier)));
  const document = await readDocument(context, path);
  const { trees } = await treesIn(context, options);
  const plan = planEpcis(document, { parties: file.book, before, trees });
  const events = toldEvents(document.events, plan);
  const { of } = readParties(file.book);
  if (!context.json) {
    context.io.stdout.write(`${eventsText(events, (account) => `${of(account)?.role ?? "account"} ${account}`)}\n\n`);
  }
  const unmapped = plan.unmapped.length;
  const left = unmapped === 0 ? "" : ` ${unmapped} remarks on what means nothing to the ledger are above.`;
  if (options.dryRun) {
    const text = `Nothing was sent. It would be ${plan.steps.length} calls.${left}`;
    return answer(context, { events, calls: plan.steps.length }, text);
  }
  const { imported, files } = await send(context, plan, file, options.trees);
  const { sent, skipped } = imported;
  answer(
    context,
    {
      events,
      trees: files,
      sent: sent.map(({ step, transaction }) => ({ call: step.call, by: step.by, transaction })),
      skipped: skipped.map(({ call, by }) => ({ call, by })),
    },
    `Sent ${sent.length} calls; ${skipped.length} were on the ledger already.${left}`,
  );
}

async function send(
  context: Context,
  plan: Plan,
  file: PartyFile,
  folder: string,
): Promise<{ imported: Imported; files: string[] }> {
  const connectionOf = await connectionsFor(context, [...new Set(plan.steps.map(({ by }) => by))], file);
  const { steps, trees } = await withTreesBuilt(context, plan.steps);
  const files = await keepTrees(context, folder, { trees, cases: plan.cases });
  if (files.length > 0)
    note(context, `Serial trees: ${files.join(", ")}. Keep them; nothing on chain brings them back.`);
  const imported = await withProgress(context, "Sending ledger calls", (report) =>
    importEpcis(connectionOf, { ...plan, steps }, { onProgress: ({ done, total }) => report(done / total) }),
  );
  return { imported, files };
}

/** The steps with the serial tree of each batch they commission. */
async function withTreesBuilt(context: Context, steps: Plan["steps"]) {
  const trees: { key: { product: string; lot: string }; tree: SerialTree }[] = [];
  const built: Plan["steps"] = [];
  for (const step of steps) {
    if (step.call !== "commission") {
      built.push(step);
      continue;
    }
    const { id, product, lot, serials, tree: given } = step.batch;
    const tree =
      given ??
      (await withProgress(context, "Building the serial tree", (onProgress) =>
        buildTree({ batch: id, serials, onProgress }),
      ));
    trees.push({ key: { product, lot }, tree });
    built.push({ ...step, batch: { ...step.batch, tree } });
  }
  return { steps: built, trees };
}

async function treesIn(context: Context, { trees: folder }: ImportOptions) {
  const isThere = await exists(resolve(context.io.cwd, folder));
  return readTrees(context, { tree: isThere ? [folder] : [] });
}

async function readDocument({ io }: Context, path: string): Promise<EpcisDocument> {
  return parseEpcis(await readText(io, path));
}
