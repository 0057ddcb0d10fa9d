/**
 * Which parcels and containers there are: the keys behind the ids of the ledger, from its events.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { eventsOf, inOrder } from "../events.js";
import { isParcel, itemId, type Container, type Item, type Parcel } from "./item.js";
import { eventsAbout } from "./ledgerEvents.js";

/** Where in the order of all events something happened. */
export type Place = { blockNumber: number; index: number };

/** A parcel a unit was in. */
export type Generation = {
  id: Hex;
  parcel: Parcel;
  /** The split that made it; none made the whole batch. */
  from?: Place;
  /** The split that ended it. */
  until?: Place;
};

/** An item, and the container it is directly inside. */
export type Inside = { id: Hex; item: Item; container: Hex };

/**
 * The parcels a batch has now, in the order of its units.
 *
 * @throws {@link BatchNotCommissionedError}.
 */
export async function parcelsOf(aceso: Aceso, batch: Hex): Promise<Parcel[]> {
  const whole = await wholeOf(aceso, batch);
  const parts = await partsOfSplit(aceso, [batch]);
  const now: Parcel[] = [];
  const waiting = [whole];
  for (let parcel = waiting.pop(); parcel !== undefined; parcel = waiting.pop()) {
    const split = parts.get(itemId(parcel));
    if (split === undefined) now.push(parcel);
    else waiting.push(...split.parts);
  }
  return now.sort((a, b) => a.first - b.first);
}

/**
 * The parcel a unit is in now.
 *
 * @throws {@link BatchNotCommissionedError} or {@link UnitNotInBatchError}.
 */
export async function parcelWith(aceso: Aceso, batch: Hex, unit: number): Promise<Parcel> {
  return (await generationsOf(aceso, batch, unit)).at(-1)!.parcel;
}

/**
 * Every parcel a unit was in: from the whole batch to the one it is in now.
 *
 * @throws {@link BatchNotCommissionedError} or {@link UnitNotInBatchError}.
 */
export async function generationsOf(aceso: Aceso, batch: Hex, unit: number): Promise<Generation[]> {
  const whole = await wholeOf(aceso, batch);
  if (!Number.isInteger(unit) || unit < 0 || unit >= whole.count) throw new UnitNotInBatchError(unit, whole.count);
  const splits = await partsOfSplit(aceso, [batch]);
  const generations: Generation[] = [];
  let [parcel, from]: [Parcel, Place | undefined] = [whole, undefined];
  for (;;) {
    const id = itemId(parcel);
    const split = splits.get(id);
    generations.push({ id, parcel, ...(from && { from }), ...(split && { until: split.at }) });
    if (split === undefined) return generations;
    parcel = split.parts.find(({ first, count }) => first <= unit && unit < first + count)!;
    from = split.at;
  }
}

/** Every container that was ever made under a label, oldest first; it may be emptied by now. */
export async function containersLabelled(aceso: Aceso, label: Hex): Promise<(Container & { id: Hex })[]> {
  const { batches } = aceso.contracts;
  const made = await eventsOf(aceso, batches, batches.filters.ContainerMade(undefined, label));
  // One that was emptied and packed again was made twice.
  const byId = new Map(made.map(({ args }) => [args.id as Hex, containerFrom(args)]));
  return [...byId].map(([id, container]) => ({ ...container, id }));
}

/**
 * The keys of items named by id, as handovers name them.
 *
 * @param options.batches of which the parcels among them are; all batches are looked through when not given.
 * @throws {@link ItemsUnknownError} when an id is no parcel's and no container's.
 */
export async function itemsById(
  aceso: Aceso,
  ids: readonly Hex[],
  { batches }: { batches?: readonly Hex[] } = {},
): Promise<Map<Hex, Item>> {
  const asked = [...new Set(ids.map((id) => id.toLowerCase() as Hex))];
  const containers = await containersById(aceso, asked);
  const others = asked.filter((id) => !containers.has(id));
  const parcels = others.length > 0 ? await everyParcel(aceso, batches) : new Map<Hex, Parcel>();
  const unknown = others.filter((id) => !parcels.has(id));
  if (unknown.length > 0) throw new ItemsUnknownError(unknown);
  return new Map(asked.map((id) => [id, containers.get(id) ?? parcels.get(id)!]));
}

/**
 * Everything inside containers now, at any depth: packed, and not unpacked since.
 *
 * @param containers by id.
 */
export async function contentsOf(aceso: Aceso, containers: readonly Hex[]): Promise<Inside[]> {
  const found: { id: Hex; container: Hex }[] = [];
  let level: readonly Hex[] = containers;
  while (level.length > 0) {
    const packed = await packedIn(aceso, level);
    found.push(...packed);
    level = packed.map(({ id }) => id);
  }
  const outer = [...(await containersById(aceso, containers)).values()];
  const batches = [...new Set(outer.flatMap((container) => container.batches))];
  const ids = found.map(({ id }) => id);
  const items = await itemsById(aceso, ids, { batches });
  return found.map(({ id, container }) => ({ id, item: items.get(id)!, container }));
}

/** Items, and all parcels they were ever split into, by id. */
export async function itemsWithin(aceso: Aceso, items: readonly Item[]): Promise<Map<Hex, Item>> {
  const batches = new Set(items.filter(isParcel).map(({ batch }) => batch));
  const splits = await partsOfSplit(aceso, [...batches]);
  const found = new Map<Hex, Item>();
  const waiting = [...items];
  for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) {
    const id = itemId(item);
    found.set(id, item);
    waiting.push(...(splits.get(id)?.parts ?? []));
  }
  return found;
}

/** The parcels among what is inside. */
export function parcelsAmong(inside: readonly Inside[]): Parcel[] {
  return inside.map(({ item }) => item).filter(isParcel);
}

async function wholeOf(aceso: Aceso, batch: Hex): Promise<Parcel> {
  const { units } = await aceso.contracts.batches.batchOf(batch);
  if (units === 0n) throw new BatchNotCommissionedError();
  return { batch, first: 0, count: Number(units) };
}

async function packedIn(aceso: Aceso, containers: readonly Hex[]): Promise<{ id: Hex; container: Hex }[]> {
  const { batches } = aceso.contracts;
  const [packed, unpacked] = await Promise.all([
    eventsAbout(containers, (any) => eventsOf(aceso, batches, batches.filters.ItemPacked(any))),
    eventsAbout(containers, (any) => eventsOf(aceso, batches, batches.filters.ItemUnpacked(any))),
  ]);
  const inside = new Map<string, { id: Hex; container: Hex }>();
  const steps = [
    ...packed.map((event) => ({ event, apply: put(event.args) })),
    ...unpacked.map((event) => ({ event, apply: () => void inside.delete(keyOf(event.args)) })),
  ].sort((a, b) => inOrder(a.event, b.event));
  for (const { apply } of steps) apply();
  return [...inside.values()];

  function put(args: { container: string; item: string }): () => void {
    return () => void inside.set(keyOf(args), { id: args.item as Hex, container: args.container as Hex });
  }
}

function keyOf({ container, item }: { container: string; item: string }): string {
  return `${container} ${item}`;
}

async function containersById(aceso: Aceso, ids: readonly Hex[]): Promise<Map<Hex, Container>> {
  const { batches } = aceso.contracts;
  const made = await eventsAbout(ids, (any) => eventsOf(aceso, batches, batches.filters.ContainerMade(any)));
  return new Map(made.map(({ args }) => [args.id as Hex, containerFrom(args)]));
}

function containerFrom(args: { packer: string; label: string; batches: readonly string[] }): Container {
  return { packer: args.packer as Address, label: args.label as Hex, batches: [...args.batches] as Hex[] };
}

async function everyParcel(aceso: Aceso, of?: readonly Hex[]): Promise<Map<Hex, Parcel>> {
  const { batches } = aceso.contracts;
  const ask = (any?: Hex) => eventsOf(aceso, batches, batches.filters.BatchCommissioned(any));
  const [commissioned, splits] = await Promise.all([of ? eventsAbout(of, ask) : ask(), partsOfSplit(aceso, of)]);
  const wholes = commissioned.map(({ args }) => {
    return { batch: args.id as Hex, first: 0, count: Number(args.commissioned.units) };
  });
  const parcels = [...wholes, ...[...splits.values()].flatMap(({ parts }) => parts)];
  return new Map(parcels.map((parcel) => [itemId(parcel), parcel]));
}

/** What each parcel that was split was split into, by its id. */
async function partsOfSplit(aceso: Aceso, of?: readonly Hex[]): Promise<Map<Hex, { at: Place; parts: Parcel[] }>> {
  const { batches } = aceso.contracts;
  const ask = (any?: Hex) => eventsOf(aceso, batches, batches.filters.ParcelSplit(any));
  const events = await (of ? eventsAbout(of, ask) : ask());
  return new Map(
    events.map((event) => {
      const { batch, parcel, first, counts } = event.args;
      let next = Number(first);
      const parts = counts.map((count) => {
        const part = { batch: batch as Hex, first: next, count: Number(count) };
        next += part.count;
        return part;
      });
      return [parcel as Hex, { at: event, parts }];
    }),
  );
}

/** There is no such batch. */
export class BatchNotCommissionedError extends AcesoError {
  override name = "BatchNotCommissionedError";
  constructor() {
    super(
      "No batch of this product and lot was commissioned.",
      "Check product and lot; if they are right, treat the goods as suspect and ask the manufacturer.",
    );
  }
}

/** A batch has no unit of that number. */
export class UnitNotInBatchError extends AcesoError {
  override name = "UnitNotInBatchError";
  constructor(
    readonly unit: number,
    readonly units: number,
  ) {
    super(`The batch has units 0 to ${units - 1}, not ${unit}.`, "Look the unit's number up in the serial tree.");
  }
}

/** Ids are those of no parcel and no container. */
export class ItemsUnknownError extends AcesoError {
  override name = "ItemsUnknownError";
  constructor(readonly ids: readonly Hex[]) {
    super(
      `No parcel or container has the id ${ids.join(", ")}.`,
      "Take ids from the ledger's events, and name all batches they may be of.",
    );
  }
}
