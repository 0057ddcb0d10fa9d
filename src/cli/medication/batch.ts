/**
 * `aceso batch`: lots from commissioning to recall.
 *
 * @module
 */
import type { Command } from "commander";

import { refresh } from "../../medication/batch.js";
import { batchId, type Batch } from "../../medication/item.js";
import { BatchNotCommissionedError, parcelsOf } from "../../medication/lineage.js";
import { holdBatch, recall, releaseBatch, rescindRecall, terminateRecall } from "../../medication/recall.js";
import { standingOf, type BatchStanding } from "../../medication/standing.js";
import { RECALL_CLASSES, RECALL_DEPTHS } from "../../medication/states.js";
import { lastDay } from "../../medication/verdict.js";
import { acting, type Context } from "../context.js";
import { digestOf, withDocument } from "../documents.js";
import type { Io } from "../io.js";
import { answer } from "../output.js";
import { reading, signing } from "../session.js";
import { type ActingOptions, acts, carryOut, type WriteOptions, writes } from "../write.js";
import { oneOf } from "./arguments.js";
import { commissionVerb, excerptVerb } from "./commission.js";
import { parcelName } from "./items.js";
import { LOT, noticeDigest, PRODUCT, withNotice, type NoticeOptions } from "./options.js";
import { ofProduct } from "./product.js";

type RecallOptions = ActingOptions &
  NoticeOptions & { class: (typeof RECALL_CLASSES)[number]; depth: (typeof RECALL_DEPTHS)[number] };

/** Adds the verbs of batches. */
export function batchVerbs(program: Command, io: Io): void {
  const domain = program.command("batch").description("lots: commissioned, held, recalled");

  commissionVerb(domain, io);

  ofBatch(domain.command("show"))
    .description("show a batch as it stands, and the parcels it was split into")
    .addHelpText("after", example("show"))
    .action(acting(io, show));

  withNotice(acts(ofBatch(domain.command("recall"))))
    .description("as its manufacturer or a Regulator, recall a batch, raise its recall, or classify it")
    .requiredOption("--depth <depth>", `down to whom it goes: ${RECALL_DEPTHS.join(", ")}`, oneOf(RECALL_DEPTHS))
    .option("--class <class>", "how dangerous it is: I, II, III, unclassified", oneOf(RECALL_CLASSES), "unclassified")
    .addHelpText("after", example("recall", "--class II --depth retail --notice notice.txt"))
    .action(acting(io, recallBatch));

  ends(domain, io, "terminate", {
    description: "as a Regulator, close a recall; the units stay unsaleable",
    prepare: terminateRecall,
    done: "Terminated the recall",
  });
  ends(domain, io, "rescind", {
    description: "as a Regulator, take back a recall declared in error; the units may be sold again",
    prepare: rescindRecall,
    done: "Rescinded the recall",
  });
  holds(domain, io, "hold", {
    description: "as a Regulator, hold a whole batch: nothing of it is dispensed",
    prepare: holdBatch,
    done: "Held",
  });
  holds(domain, io, "release", {
    description: "as a Regulator, release a batch that is held",
    prepare: releaseBatch,
    done: "Released",
  });

  ofBatch(writes(domain.command("refresh")))
    .description("bring a batch up to date with its product's authorisation: on prescription only, or no longer")
    .addHelpText("after", example("refresh"))
    .action(acting(io, refreshBatch));

  excerptVerb(domain, io);
}

/** Adds the arguments that name a batch. */
export function ofBatch(command: Command): Command {
  return ofProduct(command).argument("<lot>", "its lot number (GS1 AI 10)");
}

function example(verb: string, options = ""): string {
  return `\nExample:\n  $ aceso batch ${verb} ${PRODUCT} ${LOT} ${options}`.trimEnd();
}

async function show(context: Context, product: string, lot: string): Promise<void> {
  const id = batchId({ product, lot });
  const aceso = await reading(context);
  const standing = await standingOf(aceso, id);
  if (standing === undefined) throw new BatchNotCommissionedError();
  const parcels = (await parcelsOf(aceso, id)).map((parcel) => ({ ...parcel, name: parcelName(standing, parcel) }));
  const lines = [
    `Lot ${lot} of ${product}, batch ${id}`,
    `manufacturer  ${standing.manufacturer}`,
    `units         ${standing.units}, usable until ${lastDay(standing.expiry)}`,
    `standing      ${standingText(standing)}`,
    `parcels       ${parcels.map(({ name }) => name).join("\n              ")}`,
  ];
  answer(context, { ...standing, parcels }, lines.join("\n"));
}

function standingText({ recall, held, prescriptionOnly }: BatchStanding): string {
  const found = [
    ...(recall ? [`recall ${recall.status} (class ${recall.class}, ${recall.depth})`] : []),
    ...(held ? ["held by a regulator"] : []),
    ...(prescriptionOnly ? ["prescription only"] : []),
  ];
  return found.join(", ") || "nothing against it";
}

async function recallBatch(
  context: Context,
  product: string,
  lot: string,
  { as, class: recallClass, depth, ...options }: RecallOptions,
): Promise<void> {
  const batch = batchId({ product, lot });
  const notice = await noticeDigest(context.io, options);
  const aceso = await signing(context);
  const organisation = as ?? aceso.account;
  await carryOut(context, options, {
    prepare: () => recall(aceso, { batch, recallClass, depth, notice, organisation }),
    said: () =>
      `Recalled lot ${lot} of ${product} (class ${recallClass}) down to the ${depth} level. Notice ${notice}.`,
    told: () => ({ batch, organisation, recallClass, depth, notice }),
  });
}

function ends(
  domain: Command,
  io: Io,
  verb: string,
  { description, prepare, done }: { description: string; prepare: typeof terminateRecall; done: string },
): void {
  const end = async (
    context: Context,
    product: string,
    lot: string,
    { as, ...options }: ActingOptions & NoticeOptions,
  ): Promise<void> => {
    const batch = batchId({ product, lot });
    const notice = await noticeDigest(context.io, options);
    const aceso = await signing(context);
    await carryOut(context, options, {
      prepare: () => prepare(aceso, { batch, notice, ...(as && { regulator: as }) }),
      said: () => `${done} of lot ${lot} of ${product}. Notice ${notice}.`,
      told: () => ({ batch, notice }),
    });
  };
  withNotice(acts(ofBatch(domain.command(verb))))
    .description(description)
    .addHelpText("after", example(verb, "--notice notice.txt"))
    .action(acting(io, end));
}

function holds(
  domain: Command,
  io: Io,
  verb: string,
  { description, prepare, done }: { description: string; prepare: typeof holdBatch; done: string },
): void {
  const hold = async (
    context: Context,
    product: string,
    lot: string,
    { as, evidence: named, ...options }: ActingOptions & { evidence: string },
  ): Promise<void> => {
    const batch = batchId({ product, lot });
    const evidence = await digestOf(context.io, named);
    const aceso = await signing(context);
    await carryOut(context, options, {
      prepare: () => prepare(aceso, { batch, evidence, ...(as && { regulator: as }) }),
      said: () => `${done} lot ${lot} of ${product}. Evidence ${evidence}.`,
      told: () => ({ batch, evidence }),
    });
  };
  withDocument(acts(ofBatch(domain.command(verb))), "evidence", "why")
    .description(description)
    .addHelpText("after", example(verb, "--evidence reason.txt"))
    .action(acting(io, hold));
}

async function refreshBatch(context: Context, product: string, lot: string, options: WriteOptions): Promise<void> {
  const key: Batch = { product, lot };
  const batch = batchId(key);
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => refresh(aceso, key),
    said: () => `Lot ${lot} of ${product} is as its product's authorisation says.`,
    told: () => ({ batch }),
  });
}
