/**
 * What items on the ledger are called, for people.
 *
 * @module
 */
import { fromBytes32 } from "../../gs1/characters.js";
import { isParcel, itemId, sgtinLabel, type Container, type Item } from "../../medication/item.js";
import type { Whereabouts } from "../../medication/whereabouts.js";
import { timeText } from "../output.js";
import { parcelName } from "./items.js";
import type { Case } from "./treeFiles.js";

/** Names items as they would be typed. */
export type ItemNames = (item: Item) => string;

/** A batch by id and name. */
type NamedBatch = { batch: string; product: string; lot: string };

/** Names items of some batches, and of some cases with a GTIN and serial of their own; others are called by their id. */
export function itemNames(batches: readonly NamedBatch[], cases: readonly Case[]): ItemNames {
  const batchOf = new Map(batches.map((batch) => [batch.batch, batch]));
  const caseOf = new Map(cases.map((one) => [sgtinLabel(one), `sgtin:${one.gtin}.${one.serial}`]));
  return (item) => {
    if (!isParcel(item)) return caseOf.get(item.label) ?? ssccOf(item) ?? itemId(item);
    const batch = batchOf.get(item.batch);
    return batch === undefined ? itemId(item) : parcelName(batch, item);
  };
}

/** Where something is, in a few words. */
export function whereaboutsText({ status, condition, holder, shipment, since }: Whereabouts): string {
  const where = shipment ? `${status} from ${shipment.from} to ${shipment.to}` : `${status}, held by ${holder}`;
  return `${where}, since ${timeText(since)}${condition === "sound" ? "" : `, ${condition}`}`;
}

function ssccOf({ label }: Container): string | undefined {
  try {
    return /^sscc:(.*)$/.exec(fromBytes32(label))?.[1];
  } catch {
    return undefined;
  }
}
