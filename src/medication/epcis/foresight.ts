/**
 * What a document's events will ask of goods: which lots they commission, in which order the units are best numbered, and
 * what is next asked for together.
 *
 * A parcel is a range of unit numbers, so units that are packed together must have neighbouring numbers. A container
 * names every batch that will be in it, so all of them must be known when it is first packed.
 *
 * @module
 */
import type { Hex } from "../../crypto/bytes.js";
import type { EpcisEvent } from "../../gs1/epcis/event.js";
import type { Goods } from "./goods.js";
import type { Lot } from "./lots.js";
import type { Meaning } from "./meaning.js";

/** An event with its place in the document's list, what it means, and the keys of what it names. */
export type RankedEvent = {
  event: EpcisEvent;
  place: number;
  meanings: readonly Meaning[];
  keys: readonly string[];
  parent?: string;
};

/** What is known ahead. */
export type Foresight = {
  lots: ReadonlyMap<Hex, Lot>;
  /** What tells from the event at a rank on which units stay together; the units of the event itself from all others. */
  groupOf: (unit: string | undefined, rank: number) => string;
  /** Every batch that will be in a container. */
  batchesOf: (container: string) => ReadonlySet<Hex>;
};

type Packing = { parent: string; child: string; rank: number };

/** What the events of a document, in their order in time, will ask of goods. */
export function foresee(events: readonly RankedEvent[], lots: ReadonlyMap<Hex, Lot>, goods: Goods): Foresight {
  const uses = usesIn(events);
  const packings = packingsIn(events);
  const batchOfUnit = new Map(
    [...lots].flatMap(([id, { units }]) => [...units.keys()].map((unit) => [unit, id] as const)),
  );
  const children = Map.groupBy(packings, ({ parent }) => parent);
  const batchesOf = (container: string, above: readonly string[] = []): ReadonlySet<Hex> => {
    if (above.includes(container)) return new Set();
    const inside = (children.get(container) ?? []).flatMap(({ child }): Hex[] => {
      const batch = batchOfUnit.get(child) ?? goods.units.get(child)?.stock.batch.id;
      if (batch !== undefined) return [batch];
      return [...(goods.containers.get(child)?.batches ?? []), ...batchesOf(child, [...above, container])];
    });
    return new Set(inside);
  };
  return {
    lots,
    batchesOf,
    groupOf: (unit, rank) => {
      const [next, after] = ((unit !== undefined && uses.get(unit)) || []).filter((use) => use >= rank);
      // What is shipped cannot be split until it is received.
      const isShipped = next !== undefined && events[next]!.meanings.includes("ship");
      return isShipped ? `${next} ${after}` : `${next}`;
    },
  };
}

/** Puts the units of a lot in the order of their numbers: what is packed together stays together. */
export function numbering(events: readonly RankedEvent[]): (units: Iterable<string>) => string[] {
  const uses = usesIn(events);
  const parents = new Map<string, string>();
  const packed = new Map<string, number>();
  for (const { parent, child, rank } of packingsIn(events)) {
    if (!parents.has(child)) parents.set(child, parent);
    if (!packed.has(parent)) packed.set(parent, rank);
  }
  // From the outermost container inwards, when each was first packed; of loose units, when they are first asked for.
  const paths = new Map<string, number[]>();
  const pathOf = (thing: string, below: readonly string[] = []): number[] => {
    const known = paths.get(thing);
    if (known) return known;
    const parent = parents.get(thing);
    const own = packed.get(thing) ?? (parent === undefined ? (uses.get(thing)?.[0] ?? Infinity) : undefined);
    const outer = parent === undefined || below.includes(parent) ? [] : pathOf(parent, [...below, thing]);
    const path = own === undefined ? outer : [...outer, own];
    paths.set(thing, path);
    return path;
  };
  return (units) => [...units].sort((a, b) => compared(pathOf(a), pathOf(b)));
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((step, depth) => step !== b[depth]);
  if (at < 0) return a.length - b.length;
  return at >= b.length ? 1 : a[at]! < b[at]! ? -1 : 1;
}

// By thing, the ranks of the events that need it by itself.
function usesIn(events: readonly RankedEvent[]): Map<string, number[]> {
  const uses = new Map<string, number[]>();
  events.forEach(({ keys, meanings }, rank) => {
    if (meanings.every((meaning) => WITHOUT_SPLIT.has(meaning))) return;
    for (const key of new Set(keys)) {
      const ranks = uses.get(key) ?? [];
      uses.set(key, ranks);
      ranks.push(rank);
    }
  });
  return uses;
}

// Dispensing leaves the parcel whole.
const WITHOUT_SPLIT: ReadonlySet<Meaning> = new Set<Meaning>(["commission", "dispense", "returnToStock", "recall"]);

function packingsIn(events: readonly RankedEvent[]): Packing[] {
  return events.flatMap(({ keys, parent, meanings }, rank) =>
    parent === undefined || !meanings.includes("pack") ? [] : keys.map((child) => ({ parent, child, rank })),
  );
}
