/**
 * FDA recall notices → recalls on the ledger.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf } from "../events.js";
import type { RecallNotice } from "../fda/recall.js";
import { fromBytes32 } from "../gs1/characters.js";
import { gtinOfNdc } from "../gs1/ndc.js";
import { batchOf } from "./batch.js";
import { codeOf } from "./codes.js";
import { documentDigest } from "./document.js";
import { batchId, type Batch } from "./item.js";
import { recall } from "./recall.js";
import { RECALL_CLASSES, RECALL_DEPTHS } from "./states.js";

/** A recall of one batch, as a notice asks for it. */
export type PlannedRecall = Batch & {
  /** The notice's number. */
  number: string;
  recallClass: (typeof RECALL_CLASSES)[number];
  depth: (typeof RECALL_DEPTHS)[number];
  /** Digest of the notice in canonical JSON, from `documentDigest`. */
  notice: Hex;
};

/** What notices amount to on the ledger. A notice is in `recalls`, in `absent` or in `unread`, or in several of them. */
export type RecallPlan = {
  /** The mildest first, so that none lowers another. */
  recalls: PlannedRecall[];
  /** Lots of which no batch of the notice's products is on the ledger; no lot where a notice recalls all of them. */
  absent: { number: string; lot?: string; ndcs: readonly string[] }[];
  /** What only a person can read: parts of the code information, and NDCs that may stand for two products. Verbatim. */
  unread: { number: string; text: string }[];
};

/**
 * Finds the batches that notices recall, by lot and NDC. An NDC has a GTIN for each packaging level, and a notice may
 * leave out the package: all products whose GTIN holds its digits are meant.
 *
 * As long as `unread` is not empty, more may be recalled than `recalls`.
 *
 * @example
 * const plan = await planRecalls(parseRecalls(text), { batches: await batchesOnLedger(aceso), depth: "retail" });
 *
 * @param batches those on the ledger.
 * @param depth down to whom: notices do not say, recall letters do.
 */
export async function planRecalls(
  notices: readonly RecallNotice[],
  { batches, depth }: { batches: readonly Batch[]; depth: PlannedRecall["depth"] },
): Promise<RecallPlan> {
  const plan: RecallPlan = { recalls: [], absent: [], unread: [] };
  for (const notice of notices) {
    const { number, ndcs, lots, allLots } = notice;
    const recallClass: PlannedRecall["recallClass"] = notice.classification ?? "unclassified";
    const digest = await documentDigest(notice);
    const beginnings = ndcs.map((ndc) => [ndc, digitsOf(ndc)] as const);
    const known = beginnings.flatMap(([, digits]) => digits ?? []);
    const ofProducts = batches.filter(({ product }) => known.some((digits) => isPackOf(product, digits)));
    const isRecalled = ({ lot }: Batch) => allLots || lots.some((recalled) => recalled.lot === lot);
    const recalled = ofProducts.filter(isRecalled);
    plan.recalls.push(
      ...recalled.map(({ product, lot }) => ({ product, lot, number, recallClass, depth, notice: digest })),
    );
    const onLedger = new Set(recalled.map(({ lot }) => lot));
    plan.absent.push(...lots.filter(({ lot }) => !onLedger.has(lot)).map(({ lot }) => ({ number, lot, ndcs })));
    if (allLots && recalled.length === 0) plan.absent.push({ number, ndcs });
    const unclear = beginnings.filter(([, digits]) => digits === undefined).map(([ndc]) => ndc);
    plan.unread.push(...[...notice.unread, ...unclear].map((text) => ({ number, text })));
  }
  plan.recalls.sort((a, b) => codeOf(RECALL_CLASSES, a.recallClass) - codeOf(RECALL_CLASSES, b.recallClass));
  return plan;
}

/** Every batch that was ever commissioned, by product and lot. */
export async function batchesOnLedger(aceso: Aceso): Promise<Batch[]> {
  const { batches } = aceso.contracts;
  const commissioned = await eventsOf(aceso, batches, batches.filters.BatchCommissioned());
  return commissioned.map(({ args }) => ({ product: fromBytes32(args.product), lot: fromBytes32(args.lot) }));
}

/**
 * Sends a plan's recalls one after another. A batch that is recalled already, at least as far and as dangerous, is
 * skipped; a recall that was closed is opened again only by a notice of a higher class or depth.
 *
 * @param organisation the manufacturer of all the batches, or a licensed Regulator, that the connection's account is or
 * acts for.
 * @returns what was sent, and what was skipped.
 * @throws what {@link recall} throws on sending.
 */
export async function sendRecalls(
  aceso: Aceso,
  { recalls }: Pick<RecallPlan, "recalls">,
  { organisation }: { organisation?: Address } = {},
): Promise<{ sent: { recall: PlannedRecall; transaction: Hex }[]; skipped: PlannedRecall[] }> {
  const sent: { recall: PlannedRecall; transaction: Hex }[] = [];
  const skipped: PlannedRecall[] = [];
  for (const planned of recalls) {
    const { notice } = planned;
    const batch = batchId(planned);
    const state = await batchOf(aceso, batch);
    const earlier = state === undefined || state.recall === "none" ? [] : [state];
    // A batch already called back further, or as more dangerous, is not lowered.
    const recallClass = last(RECALL_CLASSES, [planned.recallClass, ...earlier.map((recalled) => recalled.recallClass)]);
    const depth = last(RECALL_DEPTHS, [planned.depth, ...earlier.map(({ recallDepth }) => recallDepth)]);
    if (earlier.some((recalled) => recalled.recallClass === recallClass && recalled.recallDepth === depth)) {
      skipped.push(planned);
      continue;
    }
    const call = { batch, recallClass, depth, notice, ...(organisation && { organisation }) };
    const { transaction } = await recall(aceso, call).send();
    sent.push({ recall: { ...planned, recallClass, depth }, transaction });
  }
  return { sent, skipped };
}

function last<Word extends string>(ascending: readonly Word[], words: readonly Word[]): Word {
  return ascending[Math.max(...words.map((word) => codeOf(ascending, word)))]!;
}

// Of a labeler and product without the package, eight or nine; undefined where it may be two.
function digitsOf(ndc: string): string | undefined {
  if (/^(?:\d{4}-\d{4}|\d{5}-\d{3,4})$/.test(ndc)) return ndc.replace("-", "");
  try {
    return NDC_IN_GTIN.exec(gtinOfNdc(ndc))![1]!;
  } catch {
    return undefined;
  }
}

function isPackOf(product: string, digits: string): boolean {
  const [, ndc] = NDC_IN_GTIN.exec(product.replace(/^gtin:/, "")) ?? [];
  return ndc !== undefined && ndc.startsWith(digits);
}

const NDC_IN_GTIN = /^\d03(\d{10})\d$/;
