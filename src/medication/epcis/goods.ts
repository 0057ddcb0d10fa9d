/**
 * Where goods are while events are planned: the ledger's parcels and containers, in memory.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import type { Container, Item } from "../item.js";
import type { PlannedBatch } from "./step.js";

type Custody = {
  /** Who holds, last held, or sent it. */
  holder: Address;
  status: "in custody" | "on its way" | "missing" | "destroyed";
  /** Who is to receive it, on its way. */
  to?: Address;
  isOnHold: boolean;
  within?: ContainerNode;
};

/** A parcel. */
export type ParcelNode = Custody & { stock: Stock; first: number; count: number };

/** A container. */
export type ContainerNode = Custody & {
  key: string;
  epc: string;
  packer: Address;
  label: Hex;
  batches: ReadonlySet<Hex>;
  contents: Set<GoodsNode>;
};

/** What custody is kept of. */
export type GoodsNode = ParcelNode | ContainerNode;

/** A commissioned batch: its parcels by their first unit, and the keys of its units by their number. */
export type Stock = {
  batch: PlannedBatch;
  maker: Address;
  parcels: ParcelNode[];
  keys: readonly (string | undefined)[];
  dispensed: Set<number>;
  isRecalled: boolean;
};

/** All goods. `cases` are the GTINs of cases, whose instances are containers. */
export type Goods = {
  stocks: Map<Hex, Stock>;
  units: Map<string, { stock: Stock; number: number }>;
  containers: Map<string, ContainerNode>;
  cases: Set<string>;
};

/** Before the first event. */
export function noGoods(): Goods {
  return { stocks: new Map(), units: new Map(), containers: new Map(), cases: new Set() };
}

/** The parcel a unit is in. */
export function parcelAt({ parcels }: Stock, unit: number): ParcelNode {
  let [low, high] = [0, parcels.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (parcels[middle]!.first <= unit) low = middle;
    else high = middle - 1;
  }
  return parcels[low]!;
}

/** Puts parts in the place of a parcel, in the same custody, and returns them. */
export function divide(parcel: ParcelNode, counts: readonly number[]): ParcelNode[] {
  let { first } = parcel;
  const parts = counts.map((count) => {
    const part = { ...parcel, first, count };
    first += count;
    return part;
  });
  const { parcels } = parcel.stock;
  parcels.splice(parcels.indexOf(parcel), 1, ...parts);
  return parts;
}

/** A node as the ledger names it. */
export function itemOf(node: GoodsNode): Item {
  if (!("stock" in node)) return containerOf(node);
  return { batch: node.stock.batch.id, first: node.first, count: node.count };
}

/** A container as the ledger names it. */
export function containerOf({ packer, label, batches }: ContainerNode): Container {
  return { packer, label, batches: [...batches].sort() };
}

/** The batches that may be in a node. */
export function batchesIn(node: GoodsNode): Iterable<Hex> {
  return "stock" in node ? [node.stock.batch.id] : node.batches;
}

/** Levels of items inside a node. */
export function heightOf(node: GoodsNode): number {
  return "stock" in node ? 0 : 1 + Math.max(0, ...[...node.contents].map(heightOf));
}
