/**
 * What an organisation holds now.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { eventsOf } from "../events.js";
import { now as clock } from "../signing.js";
import { dispensedUnits } from "./dispensed.js";
import { isParcel, type Container, type Item, type Parcel } from "./item.js";
import { contentsOf, itemsById, itemsWithin, parcelsAmong, type Inside } from "./lineage.js";
import { standingsOf, type BatchStanding } from "./standing.js";
import { batchFindings, custodyFindings, judged, type Finding, type Verdict } from "./verdict.js";
import { whereaboutsOf, type Whereabouts } from "./whereabouts.js";

/** An item an organisation holds, in no container. */
export type Stocked = {
  id: Hex;
  item: Item;
  custody: Whereabouts;
  /** What is inside a container, at any depth. */
  contents: Inside[];
  /** The batches of it, as they stand. */
  batches: BatchStanding[];
  /** How many units are in it and not dispensed. */
  unitsLeft: number;
  /** The first second any of it is expired, in Unix seconds. */
  expiry: number;
  /** Whether any of it expires within the days asked about, or is expired. */
  nearsExpiry: boolean;
  /** The worst of the findings; `genuine` when there are none. */
  verdict: Verdict;
  /** Recalls, holds, expiries and conditions, the worst first. */
  findings: Finding[];
};

const DAY = 24 * 60 * 60;

/**
 * Every parcel and container an organisation holds now, the first to expire first. What is missing, destroyed, or on
 * its way is not held.
 *
 * @param options.nearExpiryDays how soon is near: 90 days when not given.
 * @throws {@link MalformedAddressError} or {@link NearExpiryError}.
 */
export async function stock(
  aceso: Aceso,
  holder: Address,
  { nearExpiryDays = 90 }: { nearExpiryDays?: number } = {},
): Promise<Stocked[]> {
  if (!(nearExpiryDays >= 0)) throw new NearExpiryError();
  const near = (await clock(aceso)) + nearExpiryDays * DAY;
  const held = await heldBy(aceso, toAddress(holder));
  const contents = await Promise.all(
    held.map(({ id, item }) => (isParcel(item) ? ([] as Inside[]) : contentsOf(aceso, [id]))),
  );
  const ofItem = held.map(({ item }) => batchesOf(item));
  const [standings, dispensed] = await Promise.all([
    standingsOf(aceso, ofItem.flat()),
    dispensedUnits(aceso, [...new Set(ofItem.flat())]),
  ]);
  const now = await clock(aceso);
  return held
    .map(({ id, item, custody }, place): Stocked => {
      const batches = ofItem[place]!.flatMap((batch) => standings.get(batch) ?? []);
      const expiry = Math.min(...batches.map((standing) => standing.expiry));
      const inside = isParcel(item) ? [item] : parcelsAmong(contents[place]!);
      const found = [...custodyFindings(custody), ...batches.flatMap((standing) => batchFindings(standing, now))];
      return {
        id,
        item,
        custody,
        contents: contents[place]!,
        batches,
        unitsLeft: inside.reduce((sum, parcel) => sum + unitsLeft(parcel, dispensed), 0),
        expiry,
        nearsExpiry: expiry <= near,
        ...judged(found),
      };
    })
    .sort((a, b) => a.expiry - b.expiry);
}

/** How many units of a parcel are not dispensed. */
export function unitsLeft({ batch, first, count }: Parcel, dispensed: ReadonlyMap<Hex, ReadonlySet<number>>): number {
  const gone = [...(dispensed.get(batch) ?? [])].filter((unit) => first <= unit && unit < first + count);
  return count - gone.length;
}

type Held = { id: Hex; item: Item; custody: Whereabouts };

async function heldBy(aceso: Aceso, holder: Address): Promise<Held[]> {
  const items = await everHeldBy(aceso, holder);
  const held = await Promise.all(
    [...items].map(async ([id, item]) => ({ id, item, custody: await whereaboutsOf(aceso, id) })),
  );
  return held.filter(({ custody }) => {
    const isHere = custody.status === "in custody" || custody.status === "opened";
    return isHere && custody.holder === holder && custody.container === undefined;
  });
}

/** What an organisation made, received, took out of a container or got by splitting. */
async function everHeldBy(aceso: Aceso, holder: Address): Promise<Map<Hex, Item>> {
  const { batches } = aceso.contracts;
  const { filters } = batches;
  const [made, received, unpacked, commissioned] = await Promise.all([
    eventsOf(aceso, batches, filters.ContainerMade(undefined, undefined, holder)),
    eventsOf(aceso, batches, filters.ItemReceived(undefined, undefined, holder)),
    eventsOf(aceso, batches, filters.ItemUnpacked(undefined, undefined, holder)),
    eventsOf(aceso, batches, filters.BatchCommissioned(undefined, undefined, holder)),
  ]);
  const ids = [...made.map(({ args }) => args.id), ...[...received, ...unpacked].map(({ args }) => args.item)];
  const wholes = commissioned.map(({ args }) => {
    return { batch: args.id as Hex, first: 0, count: Number(args.commissioned.units) };
  });
  const items = await itemsById(aceso, ids as Hex[]);
  return itemsWithin(aceso, [...items.values(), ...wholes]);
}

function batchesOf(item: Container | Parcel): readonly Hex[] {
  return isParcel(item) ? [item.batch] : item.batches;
}

/** A number of days is none. */
export class NearExpiryError extends AcesoError {
  override name = "NearExpiryError";
  constructor() {
    super("The number of days before expiry is not zero or more.", "Give how soon is near, in days, such as 90.");
  }
}
