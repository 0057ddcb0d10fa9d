/**
 * One event's turn while a document is planned.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { EpcisEvent } from "../../gs1/epcis/event.js";
import { EpcisConflictError } from "./conflict.js";
import { divide, parcelAt, type Goods, type GoodsNode, type ParcelNode } from "./goods.js";
import type { Foresight } from "./foresight.js";
import type { Parties } from "./parties.js";
import type { Call } from "./step.js";
import { thingOf, type NamedThing } from "./thing.js";

/** What planning an event works with. */
export type Turn = {
  event: EpcisEvent;
  /** The event's place in the document's list. */
  place: number;
  /** The event's place in time. */
  rank: number;
  goods: Goods;
  sight: Foresight;
  parties: Parties;
  send: (call: Call, by: Address, events?: readonly number[]) => void;
  /** Notes what of the event, or that all of it, has no meaning to the ledger. */
  leave: (reason: string, epcs?: readonly string[]) => void;
};

/** Goods an event names, each with the EPC that names it. */
export type Taken = ReadonlyMap<GoodsNode, string>;

/** How many parts a split makes, and how many items a call takes, so that each fits a transaction. */
export const MAX_ITEMS = 200;

/** The units and containers among EPCs; notes the others. */
export function thingsOf(turn: Turn, epcs: readonly string[]): NamedThing[] {
  const named = epcs.map((epc) => [epc, thingOf(epc)] as const);
  const others = named.filter(([, thing]) => thing === undefined).map(([epc]) => epc);
  if (others.length > 0) turn.leave("The ledger has units and containers only, by SGTIN or SSCC.", others);
  return [...new Map(named.flatMap(([, thing]) => (thing ? [[thing.key, thing] as const] : []))).values()];
}

/**
 * The goods an event names. Parcels are split so that they hold nothing else; what is in a container that is named too
 * goes with it.
 *
 * @throws {@link EpcisConflictError} when they were never commissioned or packed, are packed elsewhere, or dispensed.
 */
export function take(turn: Turn, named: readonly NamedThing[]): Taken {
  const { containers, units } = turn.goods;
  const keys = new Set(named.map(({ key }) => key));
  const taken = new Map<GoodsNode, string>();
  const wanted = new Map<ParcelNode, Map<number, string>>();
  for (const { key, epc } of named) {
    const unit = units.get(key);
    const node = containers.get(key) ?? (unit && parcelAt(unit.stock, unit.number));
    if (node === undefined) throw conflict(turn, epc, "was never commissioned or packed here");
    if (isWithinAny(node, keys)) continue;
    requireLoose(turn, node, epc);
    if (!("stock" in node)) taken.set(node, epc);
    else {
      if (unit!.stock.dispensed.has(unit!.number)) throw conflict(turn, epc, "is dispensed");
      wanted.set(node, (wanted.get(node) ?? new Map<number, string>()).set(unit!.number, epc));
    }
  }
  for (const [parcel, numbers] of wanted) {
    for (const part of carve(turn, parcel, numbers)) taken.set(part, numbers.get(part.first)!);
  }
  return taken;
}

/**
 * Splits units off a parcel, and with them all that later events of the document will ask for.
 *
 * @returns the parcels of the units.
 */
export function carve(turn: Turn, parcel: ParcelNode, units: ReadonlyMap<number, string>): ParcelNode[] {
  const counts = groupsIn(turn, parcel);
  if (counts.length === 1) return [parcel];
  const [epc] = units.values();
  if (parcel.status !== "in custody") {
    throw conflict(turn, epc!, `is ${parcel.status} in one parcel of ${parcel.count} units: name all of them`);
  }
  const split =
    counts.length <= MAX_ITEMS ? counts : [...counts.slice(0, MAX_ITEMS - 1), sum(counts.slice(MAX_ITEMS - 1))];
  const { batch } = parcel.stock;
  turn.send(
    { call: "split", parcel: { batch: batch.id, first: parcel.first, count: parcel.count }, counts: split },
    parcel.holder,
  );
  const parts = divide(parcel, split);
  const rest = split === counts ? undefined : parts.pop();
  const carved = parts.filter(({ first }) => units.has(first));
  if (rest === undefined || ![...units.keys()].some((unit) => unit >= rest.first)) return carved;
  return [...carved, ...carve(turn, rest, units)];
}

/** @throws {@link EpcisConflictError} when a node is in a container. */
export function requireLoose(turn: Turn, { within }: GoodsNode, epc: string): void {
  if (within !== undefined) throw conflict(turn, epc, `is packed in ${within.epc}`);
}

/** @throws {@link EpcisConflictError} when a node is not in custody, or not in that of the holder given. */
export function requireHeld(turn: Turn, node: GoodsNode, epc: string, holder: Address = node.holder): void {
  if (node.status !== "in custody") throw conflict(turn, epc, `is ${node.status}`);
  if (node.holder !== holder) throw conflict(turn, epc, `is held by ${node.holder}, not by ${holder}`);
}

/** The error that an event contradicts those before it. */
export function conflict({ place }: Pick<Turn, "place">, epc: string, fault: string): EpcisConflictError {
  return new EpcisConflictError(place, epc, fault);
}

// How many neighbouring units each are next asked for together.
function groupsIn({ sight, rank }: Turn, { stock, first, count }: ParcelNode): number[] {
  const counts: number[] = [];
  let last: string | undefined;
  for (const key of stock.keys.slice(first, first + count)) {
    const group = sight.groupOf(key, rank);
    if (group === last) counts[counts.length - 1]!++;
    else counts.push(1);
    last = group;
  }
  return counts;
}

function isWithinAny({ within }: GoodsNode, keys: ReadonlySet<string>): boolean {
  return within !== undefined && (keys.has(within.key) || isWithinAny(within, keys));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
