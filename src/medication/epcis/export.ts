/**
 * What the ledger knows of a batch → an EPCIS 2.0 document.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { AcesoError } from "../../errors.js";
import { blockTimes } from "../../events.js";
import { writeEpcis } from "../../gs1/epcis/write.js";
import { parseProductId } from "../../gs1/productId.js";
import { now } from "../../signing.js";
import { batchId, batchKey, type Batch } from "../item.js";
import { BatchNotCommissionedError } from "../lineage.js";
import type { SerialTree } from "../tree.js";
import { requireTreeOf } from "../unit.js";
import { ledgerHistory, type Happening } from "./ledgerHistory.js";
import { namingOf } from "./naming.js";
import { readParties, UnknownPartyError, type PartyBook } from "./parties.js";
import { accountsIn, eventOf, hasWords } from "./written.js";

/** What an export needs besides the batch. */
export type ExportOptions = {
  /** The serial tree of the whole batch: the ledger has no serials but those dispensed. */
  tree: SerialTree;
  /** Who the accounts are: the first entry of each names it in the document. */
  parties: PartyBook;
  /** Cases that are labelled by an SGTIN, such as the `cases` of a plan: their labels on the ledger are hashes. */
  cases?: readonly { gtin: string; serial: string }[];
};

/**
 * Writes everything the ledger knows of a batch as EPCIS 2.0 in JSON-LD, with EPCs as Digital Links.
 *
 * Planning the document again gives the steps the ledger was asked, as far as EPCIS has words for them. It has none for a
 * recall's class, depth and closing, for goods being suspect or illegitimate beyond being on hold, for a judgement on
 * goods somebody else holds, for a receiver's refusal (it is a void shipment), and for what partners reported about
 * units. Digests of documents are among the business transactions, as `ni` URIs (RFC 6920).
 *
 * @example
 * JSON.stringify(await exportEpcis(aceso, { product, lot }, { tree, parties, cases }));
 *
 * @throws {@link BatchNotCommissionedError}, {@link WrongTreeError}, {@link UnitNotInTreeError},
 * {@link MalformedPartyError}; {@link NoGtinError} when the product has no GTIN; {@link UnknownPartyError} with all
 * accounts that the book lacks; {@link UnknownLabelError} with all labels that are of no case given.
 */
export async function exportEpcis(
  aceso: Aceso,
  batch: Batch,
  { tree, parties: book, cases = [] }: ExportOptions,
): Promise<Record<string, unknown>> {
  const { uriOf } = readParties(book);
  const id = batchId(batch);
  requireTreeOf(tree, id);
  const product = parseProductId(batchKey(batch).product);
  if (!("gtin" in product)) throw new NoGtinError();
  const history = await ledgerHistory(aceso, id);
  if (history === undefined) throw new BatchNotCommissionedError();
  const told = history.happenings.filter(hasWords);
  const unknown = [...new Set(told.flatMap(accountsIn))].filter((account) => uriOf(account) === undefined);
  if (unknown.length > 0) throw new UnknownPartyError(unknown);
  const naming = await namingOf(aceso, history, { gtin: product.gtin, lot: batch.lot, tree, cases });
  const { expiry, units } = history.commissioned;
  const ilmd = { lot: batch.lot, expiry: lastDay(expiry) };
  const timeOf = blockTimes(aceso);
  const events = [...Map.groupBy(told, actOf).values()].map(async (group) => {
    const time = await timeOf(group[0]!.event.blockNumber);
    return eventOf(group, { time, uriOf, naming, ilmd, units });
  });
  return writeEpcis({ version: "2.0", created: await now(aceso), events: await Promise.all(events) });
}

// What one transaction did alike, such as shipping several items, is one event.
function actOf({ event, what, by, from, to, container, condition, reason, document }: Happening): string {
  return [event.transactionHash, what, by, from, to, container, condition, reason, document].join();
}

// The expiry is the first second after it.
function lastDay(expiry: number): string {
  return new Date((expiry - 1) * 1000).toISOString().slice(0, 10);
}

/** A product has no GTIN, so its units have no EPC. */
export class NoGtinError extends AcesoError {
  override name = "NoGtinError";
  constructor() {
    super("The product has no GTIN, so EPCIS has no name for its units.", "Export batches of products with a GTIN.");
  }
}
