/**
 * Holds, losses, recalls and dispensing, planned.
 *
 * @module
 */
import type { Hex } from "../../crypto/bytes.js";
import { batchId } from "../item.js";
import { digestOfEvent } from "./digest.js";
import { batchesIn, itemOf, parcelAt, type GoodsNode, type ParcelNode, type Stock } from "./goods.js";
import type { CallOf } from "./step.js";
import { lotOf, type NamedThing } from "./thing.js";
import { conflict, requireHeld, requireLoose, take, thingsOf, type Taken, type Turn } from "./turn.js";

/** Puts an event's goods on hold. What was missing is thereby found again, and suspect. */
export function hold(turn: Turn): void {
  const taken = take(turn, thingsOf(turn, turn.event.epcs));
  const evidence = digestOfEvent(turn.event);
  const found = [...taken.keys()].filter(({ status }) => status === "missing");
  const others = [...taken].filter(([{ status }]) => status !== "missing");
  const held = others.filter(([{ isOnHold }]) => isOnHold).map(([, epc]) => epc);
  if (held.length > 0) turn.leave("They are on hold already.", held);
  const reason = turn.event.disposition === "damaged" ? "damage" : "other";
  const sound = others.filter(([{ isOnHold }]) => !isOnHold);
  sound.forEach(([node, epc]) => requireHeld(turn, node, epc));
  set(turn, found, { status: "in custody", isOnHold: true }, (items) => ({ call: "recover", items, evidence }));
  const nodes = sound.map(([node]) => node);
  set(turn, nodes, { isOnHold: true }, (items) => ({ call: "hold", items, reason, evidence }));
}

/** Releases an event's goods from hold. */
export function release(turn: Turn): void {
  const taken = take(turn, thingsOf(turn, turn.event.epcs));
  const evidence = digestOfEvent(turn.event);
  const sound = [...taken].filter(([{ isOnHold }]) => !isOnHold).map(([, epc]) => epc);
  if (sound.length > 0) turn.leave("They were not on hold.", sound);
  const nodes = [...taken.keys()].filter(({ isOnHold }) => isOnHold);
  set(turn, nodes, { isOnHold: false }, (items) => ({ call: "release", items, reason: "other", evidence }));
}

/** Destroys an event's goods. A container that is empty is not on the ledger any more. */
export function destroy(turn: Turn): void {
  const { containers, cases } = turn.goods;
  const isEmpty = ({ key, thing }: NamedThing) => !containers.has(key) && ("sscc" in thing || cases.has(thing.gtin));
  const things = thingsOf(turn, turn.event.epcs);
  const empty = things.filter(isEmpty).map(({ epc }) => epc);
  if (empty.length > 0) turn.leave("Empty containers are not on the ledger.", empty);
  lose(
    turn,
    take(
      turn,
      things.filter((thing) => !isEmpty(thing)),
    ),
    "destroy",
  );
}

/** Reports an event's goods missing. */
export function reportMissing(turn: Turn): void {
  lose(turn, take(turn, thingsOf(turn, turn.event.epcs)), "reportMissing");
}

function lose(turn: Turn, taken: Taken, call: "destroy" | "reportMissing"): void {
  const evidence = digestOfEvent(turn.event);
  for (const [node, epc] of taken) requireHeld(turn, node, epc);
  const status = call === "destroy" ? "destroyed" : "missing";
  set(turn, [...taken.keys()], { status }, (items) => ({ call, items, evidence }));
}

/** Dispenses an event's units. */
export function dispense(turn: Turn): void {
  for (const { stock, number, parcel, epc } of unitsOf(turn)) {
    if (stock.dispensed.has(number)) throw conflict(turn, epc, "is dispensed already");
    stock.dispensed.add(number);
    turn.send({ call: "dispense", parcel: parcelKey(parcel), number }, parcel.holder);
  }
}

/** Takes an event's units back to stock that were dispensed. */
export function returnToStock(turn: Turn): void {
  for (const { stock, number, parcel, epc } of unitsOf(turn)) {
    if (!stock.dispensed.delete(number)) throw conflict(turn, epc, "was not dispensed");
    turn.send({ call: "returnToStock", parcel: parcelKey(parcel), number }, parcel.holder);
  }
}

/**
 * Recalls the batches of an event's goods, or of the lots it counts. An event tells neither class nor depth: the recall is
 * unclassified until a notice says more.
 */
export function recall(turn: Turn): void {
  const { goods, event } = turn;
  const notice = digestOfEvent(event);
  const batches = new Map<Hex, string>();
  for (const { key, epc } of thingsOf(turn, event.epcs)) {
    const node = goods.containers.get(key);
    const inside = node ? batchesIn(node) : [goods.units.get(key)?.stock.batch.id];
    for (const batch of inside) {
      if (batch === undefined) throw conflict(turn, epc, "was never commissioned or packed here");
      batches.set(batch, epc);
    }
  }
  for (const { epcClass } of event.quantities) {
    const lot = lotOf(epcClass);
    if (lot) batches.set(batchId(lot), epcClass);
    else turn.leave("It names no lot: the ledger recalls lots.", [epcClass]);
  }
  for (const [batch, epc] of batches) {
    const stock = goods.stocks.get(batch);
    if (stock === undefined) throw conflict(turn, epc, "was never commissioned here");
    if (stock.isRecalled) turn.leave("Its lot is recalled already.", [epc]);
    else turn.send({ call: "recall", batch, notice }, stock.maker);
    stock.isRecalled = true;
  }
}

function set(
  turn: Turn,
  nodes: readonly GoodsNode[],
  known: Partial<Pick<GoodsNode, "status" | "isOnHold">>,
  call: (items: ReturnType<typeof itemOf>[]) => CallOf<"hold" | "release" | "destroy" | "reportMissing" | "recover">,
): void {
  for (const [holder, held] of Map.groupBy(nodes, (node) => node.holder)) {
    for (const node of held) Object.assign(node, known);
    turn.send(call(held.map(itemOf)), holder);
  }
}

type StockedUnit = { stock: Stock; number: number; parcel: ParcelNode; epc: string };

function unitsOf(turn: Turn): StockedUnit[] {
  return thingsOf(turn, turn.event.epcs).map(({ key, epc }) => {
    const unit = turn.goods.units.get(key);
    if (unit === undefined) throw conflict(turn, epc, "is no unit that was commissioned here");
    const parcel = parcelAt(unit.stock, unit.number);
    requireLoose(turn, parcel, epc);
    requireHeld(turn, parcel, epc);
    return { ...unit, parcel, epc };
  });
}

function parcelKey(parcel: ParcelNode) {
  return { batch: parcel.stock.batch.id, first: parcel.first, count: parcel.count };
}
