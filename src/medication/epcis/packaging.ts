/**
 * Commissioning, packing and unpacking, planned.
 *
 * @module
 */
import { sgtinLabel, ssccLabel } from "../item.js";
import {
  batchesIn,
  containerOf,
  heightOf,
  itemOf,
  parcelAt,
  type ContainerNode,
  type GoodsNode,
  type ParcelNode,
  type Stock,
} from "./goods.js";
import { unitsIn, type Lot } from "./lots.js";
import { carve, conflict, requireHeld, requireLoose, take, thingsOf, type Turn } from "./turn.js";
import { thingOf, type NamedThing } from "./thing.js";

const MAX_HEIGHT = 4;

/** Commissions the batches of an event's units. Cases and pallets come to be when they are packed. */
export function commission(turn: Turn): void {
  const { goods, sight, place } = turn;
  const units = unitsIn(turn.event, place, goods);
  const keys = new Set(units.map(({ key }) => key));
  const containers = thingsOf(turn, turn.event.epcs).filter(({ key }) => !keys.has(key));
  if (containers.length > 0) {
    turn.leave("Containers are on the ledger from when they are packed.", epcsOf(containers));
  }
  const known: string[] = [];
  for (const { batch, key, epc } of units) {
    const lot = sight.lots.get(batch);
    if (lot !== undefined && !goods.stocks.has(batch)) commissionLot(turn, lot);
    if (goods.units.get(key)?.stock.batch.id !== batch) {
      throw conflict(turn, epc, "was not among the units its lot was commissioned with");
    }
    if (lot === undefined) known.push(epc);
  }
  if (known.length > 0) turn.leave("They were commissioned before.", known);
}

function commissionLot({ goods, send }: Turn, { batch, maker, units, places }: Lot): void {
  const count = batch.tree?.units ?? units.size;
  const keys = new Array<string | undefined>(count);
  for (const [key, number] of units) keys[number] = key;
  const stock: Stock = { batch, maker, parcels: [], keys: [...keys], dispensed: new Set(), isRecalled: false };
  stock.parcels.push({ stock, first: 0, count, holder: maker, status: "in custody", isOnHold: false });
  for (const [key, number] of units) goods.units.set(key, { stock, number });
  goods.stocks.set(batch.id, stock);
  send({ call: "commission", batch }, maker, places);
}

/** Packs children into a parent. */
export function pack(turn: Turn): void {
  const parent = parentOf(turn);
  const children = thingsOf(turn, turn.event.children);
  if (parent === undefined || children.length === 0) return;
  if (turn.goods.units.has(parent.key)) throw conflict(turn, parent.epc, "is a unit, which holds nothing");
  const taken = take(turn, children);
  const [first] = taken.keys();
  const container = turn.goods.containers.get(parent.key) ?? newContainer(turn, parent, first!);
  requireLoose(turn, container, parent.epc);
  requireHeld(turn, container, parent.epc, first!.holder);
  for (const [node, epc] of taken) {
    requireHeld(turn, node, epc, container.holder);
    if (node === container) throw conflict(turn, epc, "is packed in itself");
    if (node.isOnHold || container.isOnHold) throw conflict(turn, epc, "is packed while on hold");
    if (heightOf(node) >= MAX_HEIGHT) throw conflict(turn, epc, `is packed more than ${MAX_HEIGHT} levels deep`);
    if (![...batchesIn(node)].every((batch) => container.batches.has(batch))) {
      throw conflict(turn, epc, `is of a batch that ${parent.epc} was not made for`);
    }
  }
  putIn(turn, container, [...taken.keys()]);
}

/** Takes children, or all that is inside, out of a parent. */
export function unpack(turn: Turn): void {
  const parent = parentOf(turn);
  if (parent === undefined) return;
  const container = turn.goods.containers.get(parent.key);
  if (container === undefined) throw conflict(turn, parent.epc, "was never packed here");
  requireLoose(turn, container, parent.epc);
  requireHeld(turn, container, parent.epc);
  if (turn.event.children.length === 0) {
    // Counted children come out by class: which ones they are, the event does not tell.
    if (turn.event.quantities.length === 0) takeOut(turn, container, [...container.contents]);
    return;
  }
  const children = thingsOf(turn, turn.event.children);
  if (children.length === 0) return;
  const { whole, broken } = childrenIn(turn, container, children);
  takeOut(turn, container, [...whole, ...broken.keys()]);
  // A parcel is in one place as a whole: what stays goes back in.
  const staying = [...broken].flatMap(([parcel, units]) => {
    const { stock, first, count } = parcel;
    const carved = new Set(carve(turn, parcel, units));
    return stock.parcels.filter((part) => part.first >= first && part.first < first + count && !carved.has(part));
  });
  if (staying.length === 0) return;
  if (container.isOnHold) throw conflict(turn, parent.epc, "is on hold: take the whole of its parcels out");
  const { key, batches, holder } = container;
  const again = turn.goods.containers.get(key) ?? { ...container, packer: holder, batches, contents: new Set() };
  turn.goods.containers.set(key, again);
  putIn(turn, again, staying);
}

function childrenIn(turn: Turn, container: ContainerNode, children: readonly NamedThing[]) {
  const whole = new Set<GoodsNode>();
  const broken = new Map<ParcelNode, Map<number, string>>();
  for (const { key, epc } of children) {
    const unit = turn.goods.units.get(key);
    const node = turn.goods.containers.get(key) ?? (unit && parcelAt(unit.stock, unit.number));
    if (node?.within !== container) throw conflict(turn, epc, `is not in ${container.epc}`);
    if (!("stock" in node)) whole.add(node);
    else broken.set(node, (broken.get(node) ?? new Map<number, string>()).set(unit!.number, epc));
  }
  for (const [parcel, units] of broken) {
    if (units.size !== parcel.count) continue;
    whole.add(parcel);
    broken.delete(parcel);
  }
  return { whole, broken };
}

function putIn(turn: Turn, container: ContainerNode, nodes: readonly GoodsNode[]): void {
  for (const node of nodes) {
    node.within = container;
    container.contents.add(node);
  }
  turn.send({ call: "pack", container: containerOf(container), items: nodes.map(itemOf) }, container.holder);
}

function takeOut(turn: Turn, container: ContainerNode, nodes: readonly GoodsNode[]): void {
  const { holder, isOnHold } = container;
  for (const node of nodes) {
    delete node.within;
    // What was held as a whole stays so in parts.
    Object.assign(node, { holder, isOnHold });
    container.contents.delete(node);
  }
  turn.send({ call: "unpack", container: containerOf(container), items: nodes.map(itemOf) }, holder);
  if (container.contents.size === 0) turn.goods.containers.delete(container.key);
}

function newContainer({ goods, sight }: Turn, { key, epc, thing }: NamedThing, { holder }: GoodsNode): ContainerNode {
  const container: ContainerNode = {
    ...{ key, epc, holder, packer: holder, status: "in custody", isOnHold: false },
    label: "sscc" in thing ? ssccLabel(thing.sscc) : sgtinLabel(thing),
    batches: sight.batchesOf(key),
    contents: new Set(),
  };
  goods.containers.set(key, container);
  return container;
}

function parentOf(turn: Turn): NamedThing | undefined {
  const { parent } = turn.event;
  const named = parent === undefined ? undefined : thingOf(parent);
  if (named === undefined) turn.leave("Its parent is no container with an SSCC or SGTIN.");
  return named;
}

function epcsOf(things: readonly NamedThing[]): string[] {
  return things.map(({ epc }) => epc);
}
