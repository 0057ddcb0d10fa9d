/**
 * What the ledger knows of a batch: what happened to it, to all its parcels, and to the containers around them.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { eventsOf, inOrder } from "../../events.js";
import { itemsWithin, type Place } from "../lineage.js";
import type { Item } from "../item.js";
import type { Untimed } from "../trace.js";
import { itemSteps } from "../traceItems.js";

/** One event on the ledger; `number` is a unit's. */
export type Happening = Untimed & { number?: number };

/** A batch's history, oldest first, and every parcel it ever had, by id. */
export type LedgerHistory = {
  commissioned: { manufacturer: Address; expiry: number; units: number };
  parcels: ReadonlyMap<Hex, Item>;
  happenings: Happening[];
};

/** The history of a batch; undefined when it was never commissioned. */
export async function ledgerHistory(aceso: Aceso, batch: Hex): Promise<LedgerHistory | undefined> {
  const { batches } = aceso.contracts;
  const [event] = await eventsOf(aceso, batches, batches.filters.BatchCommissioned(batch));
  if (event === undefined) return undefined;
  const manufacturer = event.args.manufacturer as Address;
  const [expiry, units] = [Number(event.args.commissioned.expiry), Number(event.args.commissioned.units)];
  const parcels = await itemsWithin(aceso, [{ batch, first: 0, count: units }]);
  const ofItems = await itemSteps(
    aceso,
    [...parcels.keys()].map((id) => ({ id })),
  );
  const actor = event.args.actor as Address;
  const commissioning: Happening = { what: "commissioned", event, by: manufacturer, actor };
  const all = [commissioning, ...ofItems, ...(await ofUnitsAndBatch(aceso, batch))];
  // A container is found once for each way into it.
  const distinct = new Map(all.map((happening) => [placeOf(happening.event), happening]));
  const happenings = [...distinct.values()].sort((a, b) => inOrder(a.event, b.event));
  return { commissioned: { manufacturer, expiry, units }, parcels, happenings };
}

async function ofUnitsAndBatch(aceso: Aceso, batch: Hex): Promise<Happening[]> {
  const { batches } = aceso.contracts;
  const { filters } = batches;
  const [dispensed, returned, recalled, rescinded, held] = await Promise.all([
    eventsOf(aceso, batches, filters.UnitDispensed(batch)),
    eventsOf(aceso, batches, filters.UnitReturned(batch)),
    eventsOf(aceso, batches, filters.BatchRecalled(batch)),
    eventsOf(aceso, batches, filters.RecallRescinded(batch)),
    eventsOf(aceso, batches, filters.BatchHoldSet(batch)),
  ]);
  return [
    ...dispensed.map((event) => ({
      ...happening("dispensed", event, event.args.pharmacy),
      number: Number(event.args.number),
    })),
    ...returned.map((event) => ({
      ...happening("returned to stock", event, event.args.pharmacy),
      number: Number(event.args.number),
    })),
    ...recalled.map((event) => happening("recalled", event, event.args.organisation, event.args.notice)),
    ...rescinded.map((event) => happening("recall rescinded", event, event.args.regulator, event.args.notice)),
    ...held.map((event) => {
      const { regulator, held: isHeld, evidence } = event.args;
      return happening(isHeld ? "batch held" : "batch released", event, regulator, evidence);
    }),
  ];
}

function happening(
  what: Happening["what"],
  event: Happening["event"] & { args: { actor: string } },
  by: string,
  document?: string,
): Happening {
  const actor = event.args.actor as Address;
  return { what, event, by: by as Address, ...(document !== undefined && { document: document as Hex }), actor };
}

/** A text that tells where something happened. */
export function placeOf({ blockNumber, index }: Place): string {
  return `${blockNumber} ${index}`;
}
