/**
 * The lots a document commissions, each a batch on the ledger.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { expiryOfIsoDate } from "../../gs1/date.js";
import type { EpcisEvent } from "../../gs1/epcis/event.js";
import { batchId } from "../item.js";
import { unitOf, type SerialTree } from "../tree.js";
import { EpcisConflictError } from "./conflict.js";
import { numbering, type RankedEvent } from "./foresight.js";
import type { Goods } from "./goods.js";
import type { PlannedBatch } from "./step.js";
import { keyOfThing, thingOf, type NamedThing } from "./thing.js";

/** A lot: its batch, its maker, its units by key with their numbers, and the places of its events. */
export type Lot = {
  batch: PlannedBatch;
  maker: Address;
  units: ReadonlyMap<string, number>;
  places: readonly number[];
};

/** A unit among what an event commissions, and the batch it is of. */
export type CommissionedUnit = NamedThing & {
  serial: string;
  product: string;
  lot: string;
  expiry: number;
  batch: Hex;
};

type Draft = Omit<CommissionedUnit, keyof NamedThing | "serial"> & {
  maker: Address;
  serials: Map<string, { serial: string; place: number; epc: string }>;
  places: number[];
};

/**
 * The units an event commissions: the instances of trade items that are no cases.
 *
 * @throws {@link EpcisConflictError} when it gives them no lot or no expiry.
 */
export function unitsIn(event: EpcisEvent, place: number, { cases }: Goods): CommissionedUnit[] {
  const { lot, expiry } = event.ilmd ?? {};
  return event.epcs.flatMap((epc) => {
    const named = thingOf(epc);
    if (named === undefined || !("gtin" in named.thing) || cases.has(named.thing.gtin)) return [];
    if (lot === undefined || expiry === undefined) {
      throw new EpcisConflictError(place, epc, "is commissioned without a lot and an expiry");
    }
    const { gtin, serial } = named.thing;
    const product = `gtin:${gtin}`;
    const { expiresAt } = expiryOfIsoDate(expiry);
    return [{ ...named, serial, product, lot, expiry: expiresAt, batch: batchId({ product, lot }) }];
  });
}

/**
 * The lots that events commission and that were not commissioned before.
 *
 * @param makerAt who commissions at an event.
 * @throws {@link EpcisConflictError} when a unit is commissioned twice, a lot has two expiries or makers, or a unit is not
 * in the tree given for its batch.
 */
export function lotsIn(
  events: readonly RankedEvent[],
  goods: Goods,
  trees: readonly SerialTree[],
  makerAt: (event: EpcisEvent) => Address,
): Map<Hex, Lot> {
  const drafts = new Map<Hex, Draft>();
  for (const { event, place, meanings } of events) {
    if (!meanings.includes("commission")) continue;
    for (const { epc, key, serial, batch, product, lot, expiry } of unitsIn(event, place, goods)) {
      if (goods.stocks.has(batch)) continue;
      const maker = makerAt(event);
      const draft: Draft = drafts.get(batch) ?? { product, lot, expiry, batch, maker, serials: new Map(), places: [] };
      drafts.set(batch, draft);
      if (draft.serials.has(key)) throw new EpcisConflictError(place, epc, "is commissioned twice");
      if (draft.expiry !== expiry) throw new EpcisConflictError(place, epc, "has another expiry than its lot");
      if (draft.maker !== maker) throw new EpcisConflictError(place, epc, "has another maker than its lot");
      draft.serials.set(key, { serial, place, epc });
      if (draft.places.at(-1) !== place) draft.places.push(place);
    }
  }
  const inOrder = numbering(events);
  const treeOf = new Map(trees.map((tree) => [tree.batch.toLowerCase(), tree]));
  return new Map(
    [...drafts].map(([id, draft]) => {
      const tree = treeOf.get(id);
      return [id, tree ? lotOfTree(draft, tree) : lotOf(draft, inOrder(draft.serials.keys()))];
    }),
  );
}

function lotOf({ batch: id, product, lot, expiry, maker, serials, places }: Draft, keys: readonly string[]): Lot {
  const batch = { id, product, lot, expiry, serials: keys.map((key) => serials.get(key)!.serial) };
  return { batch, maker, places, units: new Map(keys.map((key, number) => [key, number])) };
}

// The tree has the units of the whole batch, the document perhaps only those it is about.
function lotOfTree({ batch: id, product, lot, expiry, maker, serials, places }: Draft, tree: SerialTree): Lot {
  for (const { serial, place, epc } of serials.values()) {
    if (unitOf(tree, serial) === undefined)
      throw new EpcisConflictError(place, epc, "is not in its batch's serial tree");
  }
  const gtin = product.slice("gtin:".length);
  const keyed = [...tree.unitOfSerial].map(([serial, unit]) => [keyOfThing({ gtin, serial }), unit] as const);
  return { batch: { id, product, lot, expiry, serials: tree.serials, tree }, maker, places, units: new Map(keyed) };
}
