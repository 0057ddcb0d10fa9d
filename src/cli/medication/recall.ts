/**
 * `aceso recall`: notices of the FDA, and whom a recall concerns.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { NotDeployedError, type Aceso } from "../../aceso.js";
import { parseRecalls, type RecallNotice } from "../../fda/recall.js";
import { affected, type Affected } from "../../medication/affected.js";
import { batchId, type Batch } from "../../medication/item.js";
import { batchesOnLedger, planRecalls, sendRecalls, type RecallPlan } from "../../medication/recallNotice.js";
import { RECALL_DEPTHS } from "../../medication/states.js";
import { RpcUnreachableError } from "../../provider.js";
import { address } from "../arguments.js";
import { ChainCallError, withoutInternals } from "../chainCall.js";
import { acting, type Context } from "../context.js";
import { readText } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, timeText } from "../output.js";
import { withProgress } from "../progress.js";
import { DeploymentNotFoundError, reading, signing } from "../session.js";
import { UsageError } from "../usage.js";
import { oneOf } from "./arguments.js";
import { ofBatch } from "./batch.js";
import { parcelName } from "./items.js";
import { LOT, PRODUCT } from "./options.js";

type ImportOptions = { send?: boolean; as?: Address; depth?: (typeof RECALL_DEPTHS)[number] };

/** Adds the verbs of recalls. */
export function recallVerbs(program: Command, io: Io): void {
  const domain = program.command("recall").description("recall notices of the FDA, and whom a recall concerns");

  domain
    .command("import")
    .description("read the FDA's recall notices: list their lots, and with --send recall those on the ledger")
    .argument("<file>", "an enforcement report in XML, or openFDA's JSON; - for stdin")
    .option("--send", "recall the lots that are on the ledger")
    .option("--depth <depth>", `with --send: down to whom: ${RECALL_DEPTHS.join(", ")}`, oneOf(RECALL_DEPTHS))
    .option(
      "--as <organisation>",
      "the manufacturer or Regulator this account acts for (default: itself)",
      address("--as"),
    )
    .addHelpText(
      "after",
      "\nWithout --send nothing is sent, and no chain is needed.\n\nExample:\n  $ aceso recall import enforcement.xml --send --depth retail",
    )
    .action(acting(io, importNotices));

  ofBatch(domain.command("affected"))
    .description("list who has units of a batch: holders, shipments, what was dispensed, lost or destroyed")
    .addHelpText("after", `\nExample:\n  $ aceso recall affected ${PRODUCT} ${LOT}`)
    .action(acting(io, showAffected));
}

async function importNotices(context: Context, path: string, { send, as, depth }: ImportOptions): Promise<void> {
  const notices = parseRecalls(await readText(context.io, path));
  if (send && depth === undefined) {
    throw new UsageError("Notices do not say down to whom a recall goes.", "Pass --depth as the recall letter has it.");
  }
  const aceso = await (send ? signing(context) : readingIfThere(context));
  const batches = aceso === undefined ? [] : await batchesOnLedger(aceso);
  const plan = await planRecalls(notices, { batches, depth: depth ?? "wholesale" });
  const text = notices.map((notice) => noticeText(notice, aceso === undefined ? undefined : plan)).join("\n\n");
  if (!send) {
    const found = plan.recalls.length;
    const next =
      aceso === undefined
        ? "Whether any of them is on the ledger is not known: no chain was asked."
        : `${found} batches on the ledger are recalled by these notices. Nothing was sent.`;
    return answer(context, told(notices, plan, aceso !== undefined), `${text}\n\n${next}`);
  }
  const sending = () => sendRecalls(aceso!, plan, as === undefined ? {} : { organisation: as });
  const { sent, skipped } = await withProgress(context, "Sending recalls", sending);
  const lines = sent.map(({ recall: { product, lot, recallClass }, transaction }) => {
    return `Recalled lot ${lot} of ${product} (class ${recallClass}). Transaction ${transaction}.`;
  });
  answer(
    context,
    { ...told(notices, plan, true), sent, skipped },
    [text, "", ...lines, `${sent.length} recalled; ${skipped.length} were recalled before.`].join("\n"),
  );
}

function told(notices: readonly RecallNotice[], plan: RecallPlan, isAsked: boolean): object {
  const { recalls, absent, unread } = plan;
  return { notices, ...(isAsked ? { recalls, absent } : {}), unread };
}

function noticeText(notice: RecallNotice, plan: RecallPlan | undefined): string {
  const { number, classification, status, firm, product, ndcs, reason, initiated, lots, allLots } = notice;
  const own = plan?.recalls.filter((recall) => recall.number === number) ?? [];
  const onLedger = (lot: string): string => {
    if (plan === undefined) return "";
    const found = own.filter((recall) => recall.lot === lot).map(({ product: made }) => made);
    return `  ${found.length === 0 ? "not on the ledger" : `on the ledger as ${found.join(", ")}`}`;
  };
  const width = Math.max(3, ...lots.map(({ lot }) => lot.length));
  return [
    `${number}  ${classification === undefined ? "not classified yet" : `Class ${classification}`}  ${status}`,
    `firm       ${firm}`,
    `product    ${product}`,
    `NDC        ${ndcs.join(", ") || "none given"}`,
    `reason     ${reason}`,
    `initiated  ${timeText(initiated).slice(0, 10)}`,
    ...(allLots
      ? [`lots       all${own.length > 0 ? `; on the ledger: ${own.map(({ lot }) => lot).join(", ")}` : ""}`]
      : []),
    ...(lots.length > 0 ? [`lots       ${lots.length}`] : []),
    ...lots.map(({ lot, expiry }) => `  ${lot.padEnd(width)}  ${expiry?.date ?? "no expiry given"}${onLedger(lot)}`),
    ...unreadLines(notice, plan),
  ].join("\n");
}

function unreadLines({ number, unread }: RecallNotice, plan: RecallPlan | undefined): string[] {
  const texts = plan?.unread.filter((one) => one.number === number).map(({ text }) => text) ?? unread;
  if (texts.length === 0) return [];
  return ["Only a person can read this; more may be recalled:", ...texts.map((text) => `  "${text}"`)];
}

/** A connection, or none where there is no chain: notices are read without one, too. */
async function readingIfThere(context: Context): Promise<Aceso | undefined> {
  try {
    return await reading(context);
  } catch (cause) {
    const error = withoutInternals(cause);
    const kinds = [RpcUnreachableError, DeploymentNotFoundError, NotDeployedError, ChainCallError];
    if (!kinds.some((kind) => error instanceof kind)) throw cause;
    note(context, (error as Error).message);
    return undefined;
  }
}

async function showAffected(context: Context, product: string, lot: string): Promise<void> {
  const found = await affected(await reading(context), batchId({ product, lot }));
  answer(context, found, affectedText({ product, lot }, found));
}

function affectedText(batch: Batch, { standing, holders, inTransit, dispensed, missing, destroyed }: Affected): string {
  const { recall, units } = standing;
  const parcels = (all: Affected["holders"][number]["parcels"]): string =>
    all.map((parcel) => parcelName(batch, parcel)).join(", ");
  const at = (title: string, all: Affected["holders"]): string[] =>
    all.map((held) => `${title} ${held.holder}: ${held.units} units (${parcels(held.parcels)})`);
  const lines = [
    ...at("held by", holders),
    ...inTransit.map((way) => `on its way from ${way.from} to ${way.to}: ${way.units} units (${parcels(way.parcels)})`),
    ...at("missing, last held by", missing),
    ...at("destroyed by", destroyed),
    ...dispensed.map(({ unit, pharmacy, at: when, prescription }) => {
      const filled = prescription === undefined ? "" : ` on prescription ${prescription}`;
      return `dispensed by ${pharmacy}: unit ${unit}, ${timeText(when)}${filled}`;
    }),
  ];
  const recalled =
    recall === undefined ? "not recalled" : `recall ${recall.status}, class ${recall.class}, ${recall.depth} level`;
  return [`Lot ${batch.lot} of ${batch.product}: ${units} units, ${recalled}`, ...lines].join("\n");
}
