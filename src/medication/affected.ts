/**
 * Whom a recall reaches: every unit of a batch, wherever it is.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { dispensedOf, type Dispensed } from "./dispensed.js";
import { itemId, type Parcel } from "./item.js";
import { BatchNotCommissionedError, parcelsOf } from "./lineage.js";
import { standingOf, type BatchStanding } from "./standing.js";
import { unitsLeft } from "./stock.js";
import { whereaboutsOf, type Shipment, type Whereabouts } from "./whereabouts.js";

/** Units somewhere, and the parcels they are in. What was dispensed is not counted. */
export type Units = {
  units: number;
  parcels: Parcel[];
};

/** Every unit of a batch, by where it is. */
export type Affected = {
  standing: BatchStanding;
  /** Who holds units, also inside containers, the most first. */
  holders: (Units & { holder: Address })[];
  /** Shipments that were not received yet. */
  inTransit: (Units & Shipment)[];
  /** What patients have. */
  dispensed: Dispensed[];
  /** What was lost or stolen, by who last held it. */
  missing: (Units & { holder: Address })[];
  destroyed: (Units & { holder: Address })[];
};

/**
 * Every unit of a batch, by where it is now: whom to tell of a recall, and how many units each is to send back.
 *
 * @throws {@link BatchNotCommissionedError}.
 */
export async function affected(aceso: Aceso, batch: Hex): Promise<Affected> {
  const standing = await standingOf(aceso, batch);
  if (standing === undefined) throw new BatchNotCommissionedError();
  const parcels = await parcelsOf(aceso, standing.batch);
  const [dispensed, places] = await Promise.all([
    dispensedOf(aceso, [standing.batch]),
    Promise.all(parcels.map((parcel) => whereaboutsOf(aceso, itemId(parcel)))),
  ]);
  const gone = new Map([[standing.batch, new Set(dispensed.map(({ unit }) => unit))]]);
  const found = parcels.map((parcel, place) => ({
    parcel,
    units: unitsLeft(parcel, gone),
    custody: places[place]!,
  }));
  const byHolder = (...statuses: Whereabouts["status"][]) =>
    gathered(
      found.filter(({ custody }) => statuses.includes(custody.status)),
      ({ holder }) => ({ holder: holder! }),
    );
  return {
    standing,
    holders: byHolder("in custody", "opened"),
    inTransit: gathered(
      found.filter(({ custody }) => custody.status === "in transit"),
      ({ shipment }) => shipment!,
    ),
    dispensed,
    missing: byHolder("missing"),
    destroyed: byHolder("destroyed"),
  };
}

type Found = { parcel: Parcel; units: number; custody: Whereabouts };

function gathered<Where extends object>(
  found: readonly Found[],
  where: (custody: Whereabouts) => Where,
): (Units & Where)[] {
  const groups = new Map<string, Units & Where>();
  for (const { parcel, units, custody } of found) {
    if (units === 0) continue;
    const place = where(custody);
    const key = JSON.stringify(place);
    const group = groups.get(key) ?? { ...place, units: 0, parcels: [] };
    group.units += units;
    group.parcels.push(parcel);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.units - a.units);
}
