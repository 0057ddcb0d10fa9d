/**
 * The ledger as its specification reads, in TypeScript: who holds what, in which condition, and what may follow. Written
 * without the contracts, so that the two can be held against each other.
 *
 * @module
 */
import { AUTHORITY, CONDITION, containerId, itemId, parcelId, STATUS, type Container, type Parcel } from "./ledger.js";

export type Item = Parcel | Container;
export type Roles = "Manufacturer" | "Distributor" | "Pharmacy" | "Provider" | "Regulator";

/** What the model knows of an item. */
export type Held = {
  holder: string;
  /** In transit: to whom. */
  to?: string;
  /** Packed: in which container. */
  within?: string;
  status: number;
  condition: number;
  heldBy: number;
  height: number;
  items: number;
};

export type BatchModel = {
  manufacturer: string;
  units: number;
  expiry: number;
  recall: number;
  recallClass: number;
  recallDepth: number;
  held: boolean;
  prescriptionOnly: boolean;
};

/** The whole ledger. */
export type Model = {
  items: Map<string, Held>;
  batches: Map<string, BatchModel>;
  dispensed: Set<string>;
  returned: Set<string>;
  licences: Map<string, Roles>;
  now: number;
};

/** The name of the error an action meets, or nothing when it was done. */
export type Outcome = string | undefined;

export type Judged = { organisation: string; authority: number };

const TRADES: readonly Roles[] = ["Manufacturer", "Distributor", "Pharmacy", "Provider"];

export function split(model: Model, actor: string, parcel: Parcel, counts: readonly number[]): Outcome {
  const held = model.items.get(parcelId(parcel));
  if (held === undefined) return "ItemUnknown";
  if (held.status !== STATUS.InCustody && held.status !== STATUS.Opened) return "ItemStatusInvalid";
  if (held.holder !== actor) return "CustodyUnauthorized";
  const total = counts.reduce((sum, count) => sum + count, 0);
  const isTooFew = counts.length < 2 && held.status !== STATUS.Opened;
  if (isTooFew || counts.includes(0) || total !== parcel.count) return "SplitInvalid";
  model.items.delete(parcelId(parcel));
  let first = parcel.first;
  for (const count of counts) {
    const part = { batch: parcel.batch, first, count };
    const isOpened = unitsOf(part).some((unit) => model.dispensed.has(unit));
    model.items.set(parcelId(part), { ...held, status: isOpened ? STATUS.Opened : STATUS.InCustody });
    first += count;
  }
  return undefined;
}

export function pack(model: Model, actor: string, container: Container, inside: readonly Item[]): Outcome {
  if (inside.length === 0) return "ItemsMissing";
  const id = containerId(container);
  const known = model.items.get(id);
  if (known === undefined) {
    if (container.packer !== actor) return "ContainerNotYours";
  } else {
    const refusal = mayMove(known, actor) ?? isSound(known);
    if (refusal !== undefined) return refusal;
  }
  const outer = known ?? inCustody(actor);
  let height = outer.height;
  const packed = new Set<string>();
  for (const item of inside) {
    if (itemId(item) === id) return "ContainerInItself";
    const held = model.items.get(itemId(item));
    if (held === undefined) return "ItemUnknown";
    const refusal = packed.has(itemId(item)) ? "ItemStatusInvalid" : (mayMove(held, actor) ?? isSound(held));
    if (refusal !== undefined) return refusal;
    if (!batchesOf(item).every((batch) => container.batches.includes(batch))) return "ContainerBatchMissing";
    if (held.height >= 4) return "ContainerTooDeep";
    height = Math.max(height, held.height + 1);
    packed.add(itemId(item));
  }
  for (const item of packed) {
    const held = model.items.get(item)!;
    model.items.set(item, { ...held, status: STATUS.Packed, within: id });
  }
  model.items.set(id, { ...outer, height, items: outer.items + inside.length });
  return undefined;
}

export function unpack(model: Model, actor: string, container: string, inside: readonly string[]): Outcome {
  if (inside.length === 0) return "ItemsMissing";
  const outer = model.items.get(container);
  if (outer === undefined) return "ItemUnknown";
  const refusal = mayMove(outer, actor);
  if (refusal !== undefined) return refusal;
  const taken = new Set<string>();
  for (const item of inside) {
    const held = model.items.get(item);
    if (held === undefined) return "ItemUnknown";
    if (held.within !== container || taken.has(item)) return "ItemNotInside";
    taken.add(item);
  }
  for (const item of taken) {
    const { within: _, ...held } = model.items.get(item)!;
    const { condition, heldBy } = outer;
    model.items.set(item, { ...held, status: STATUS.InCustody, holder: actor, condition, heldBy });
  }
  if (outer.items === taken.size) model.items.delete(container);
  else model.items.set(container, { ...outer, items: outer.items - taken.size });
  return undefined;
}

export function ship(
  model: Model,
  actor: string,
  shipped: readonly Item[],
  { from, fromRole, to, toRole }: { from: string; fromRole: Roles; to: string; toRole: Roles },
): Outcome {
  if (from === to) return "ConsigneeIsConsignor";
  if (actor !== from) return "CustodyUnauthorized";
  if (!trades(model, to, toRole)) return "PartnerInvalid";
  const isOnward = toRole === "Pharmacy" || toRole === "Provider";
  if (isOnward && !trades(model, from, fromRole)) return "PartnerInvalid";
  if (shipped.length === 0) return "ItemsMissing";
  const gone = new Set<string>();
  for (const item of shipped) {
    const held = model.items.get(itemId(item));
    if (held === undefined) return "ItemUnknown";
    const refusal = gone.has(itemId(item)) ? "ItemStatusInvalid" : mayMove(held, from);
    if (refusal !== undefined) return refusal;
    const mayReach = batchesOf(item).every((id) => {
      const batch = model.batches.get(id)!;
      const isSafe = held.condition === CONDITION.Sound && isSafeBatch(model, batch);
      return isSafe || toRole === "Distributor" || (toRole === "Manufacturer" && batch.manufacturer === to);
    });
    if (!mayReach) return "GoodsUnsafe";
    gone.add(itemId(item));
  }
  for (const item of gone) model.items.set(item, { ...model.items.get(item)!, status: STATUS.InTransit, to });
  return undefined;
}

export function receive(
  model: Model,
  actor: string,
  arrived: readonly string[],
  { from, to, toRole }: { from: string; to: string; toRole: Roles },
): Outcome {
  if (actor !== to || !trades(model, to, toRole)) return "PartnerInvalid";
  return arrive(model, arrived, from, to, to);
}

/** Refused by the receiver, or taken back by the sender. */
export function giveBack(
  model: Model,
  actor: string,
  items: readonly string[],
  from: string,
  to: string,
  by: string,
): Outcome {
  if (actor !== by) return "CustodyUnauthorized";
  return arrive(model, items, from, to, from);
}

export function judge(model: Model, actor: string, judged: readonly Item[], by: Judged, condition: number): Outcome {
  if (judged.length === 0) return "ItemsMissing";
  const changed = new Map(model.items);
  for (const item of judged) {
    const held = changed.get(itemId(item));
    if (held === undefined) return "ItemUnknown";
    if (held.status === STATUS.Packed || held.status === STATUS.Destroyed) return "ItemStatusInvalid";
    if (!hasAuthority(model, actor, held, item, by)) return "AuthorityInvalid";
    const { authority } = by;
    const isRelease = condition === CONDITION.Sound;
    const follows = [
      [CONDITION.Sound, CONDITION.OnHold],
      [CONDITION.Sound, CONDITION.Suspect],
      [CONDITION.OnHold, CONDITION.Suspect],
      [CONDITION.Suspect, CONDITION.Illegitimate],
      [CONDITION.OnHold, CONDITION.Sound],
      [CONDITION.Suspect, CONDITION.Sound],
    ].some(([before, after]) => before === held.condition && after === condition);
    const repeats = held.condition === condition && !isRelease && authority > held.heldBy;
    if (!follows && !repeats) return "ConditionInvalid";
    const isEnough = isRelease
      ? authority === held.heldBy || authority === AUTHORITY.Regulator
      : authority >= held.heldBy;
    if (!isEnough) return "AuthorityTooLow";
    changed.set(itemId(item), { ...held, condition, heldBy: isRelease ? AUTHORITY.None : authority });
  }
  model.items = changed;
  return undefined;
}

export function lose(model: Model, actor: string, items: readonly string[], status: number): Outcome {
  if (items.length === 0) return "ItemsMissing";
  const changed = new Map(model.items);
  for (const item of items) {
    const held = changed.get(item);
    if (held === undefined) return "ItemUnknown";
    const refusal = mayMove(held, actor);
    if (refusal !== undefined) return refusal;
    const isEvidence = held.heldBy > AUTHORITY.Holder && held.condition !== CONDITION.Illegitimate;
    if (status === STATUS.Destroyed && isEvidence) return "AuthorityTooLow";
    changed.set(item, { ...held, status });
  }
  model.items = changed;
  return undefined;
}

export function recover(model: Model, actor: string, items: readonly string[]): Outcome {
  if (items.length === 0) return "ItemsMissing";
  const changed = new Map(model.items);
  for (const item of items) {
    const held = changed.get(item);
    if (held === undefined) return "ItemUnknown";
    if (held.status !== STATUS.Missing) return "ItemStatusInvalid";
    if (held.holder !== actor) return "ItemNotHeldBy";
    const condition = Math.max(held.condition, CONDITION.Suspect);
    const heldBy = Math.max(held.heldBy, AUTHORITY.Holder);
    changed.set(item, { ...held, status: STATUS.InCustody, condition, heldBy });
  }
  model.items = changed;
  return undefined;
}

export function recall(
  model: Model,
  actor: string,
  id: string,
  { organisation, recallClass, recallDepth }: { organisation: string; recallClass: number; recallDepth: number },
): Outcome {
  const batch = model.batches.get(id)!;
  if (organisation === batch.manufacturer) {
    if (actor !== organisation) return "BatchUnauthorized";
    if (recallClass < batch.recallClass || recallDepth < batch.recallDepth) return "RecallLowered";
  } else if (!isRegulator(model, actor, organisation)) {
    return "BatchUnauthorized";
  }
  Object.assign(batch, { recall: 1, recallClass, recallDepth });
  return undefined;
}

export function endRecall(model: Model, actor: string, id: string, regulator: string, isRescinded: boolean): Outcome {
  const batch = model.batches.get(id)!;
  if (!isRegulator(model, actor, regulator)) return "BatchUnauthorized";
  if (isRescinded ? batch.recall === 0 : batch.recall !== 1) return "RecallMissing";
  Object.assign(batch, isRescinded ? { recall: 0, recallClass: 0, recallDepth: 0 } : { recall: 2 });
  return undefined;
}

export function holdBatch(model: Model, actor: string, id: string, regulator: string, held: boolean): Outcome {
  const batch = model.batches.get(id)!;
  if (!isRegulator(model, actor, regulator)) return "BatchUnauthorized";
  if (batch.held === held) return "BatchHoldUnchanged";
  batch.held = held;
  return undefined;
}

export function dispense(model: Model, actor: string, parcel: Parcel, number: number, isReturn: boolean): Outcome {
  const held = model.items.get(parcelId(parcel));
  if (held === undefined) return "ItemUnknown";
  if (held.status !== STATUS.InCustody && held.status !== STATUS.Opened) return "ItemStatusInvalid";
  if (number < parcel.first || number >= parcel.first + parcel.count) return "UnitNotInParcel";
  const batch = model.batches.get(parcel.batch)!;
  if (batch.prescriptionOnly) return "PrescriptionRequired";
  if (held.holder !== actor || model.licences.get(actor) !== "Pharmacy") return "PharmacyInvalid";
  const unit = unitName(parcel.batch, number);
  if (isReturn) {
    if (!model.dispensed.has(unit)) return "UnitNotDispensed";
    if (model.returned.has(unit)) return "UnitReturnedBefore";
    model.dispensed.delete(unit);
    model.returned.add(unit);
    return undefined;
  }
  if (held.condition !== CONDITION.Sound) return "ItemNotSound";
  if (batch.recall !== 0) return "BatchIsRecalled";
  if (batch.held) return "BatchIsHeld";
  if (model.now >= batch.expiry) return "BatchExpired";
  if (model.dispensed.has(unit)) return "UnitAlreadyDispensed";
  model.dispensed.add(unit);
  held.status = STATUS.Opened;
  return undefined;
}

/** The outermost item an item is in, or itself. */
export function rootOf(model: Model, item: string): string {
  const within = model.items.get(item)?.within;
  return within === undefined ? item : rootOf(model, within);
}

/** A unit's name in the model's sets. */
export function unitName(batch: string, number: number): string {
  return `${batch} ${number}`;
}

/** Custody of somebody's, sound and whole. */
export function inCustody(holder: string): Held {
  return { holder, status: STATUS.InCustody, condition: CONDITION.Sound, heldBy: AUTHORITY.None, height: 0, items: 0 };
}

function unitsOf({ batch, first, count }: Parcel): string[] {
  return Array.from({ length: count }, (_, place) => unitName(batch, first + place));
}

function batchesOf(item: Item): readonly string[] {
  return "first" in item ? [item.batch] : item.batches;
}

function mayMove({ status, holder }: Held, by: string): Outcome {
  if (status !== STATUS.InCustody) return "ItemStatusInvalid";
  return holder === by ? undefined : "ItemNotHeldBy";
}

function isSound({ condition }: Held): Outcome {
  return condition === CONDITION.Sound ? undefined : "ItemNotSound";
}

function isSafeBatch({ now }: Model, { recall: status, held, expiry }: BatchModel): boolean {
  return status === 0 && !held && now < expiry;
}

function trades({ licences }: Model, organisation: string, role: Roles): boolean {
  return TRADES.includes(role) && licences.get(organisation) === role;
}

function isRegulator({ licences }: Model, actor: string, organisation: string): boolean {
  return actor === organisation && licences.get(organisation) === "Regulator";
}

function hasAuthority(model: Model, actor: string, held: Held, item: Item, by: Judged): boolean {
  if (by.authority === AUTHORITY.Regulator) return isRegulator(model, actor, by.organisation);
  if (by.authority === AUTHORITY.None || actor !== by.organisation) return false;
  if (by.authority === AUTHORITY.Holder) return held.status !== STATUS.InTransit && held.holder === by.organisation;
  return batchesOf(item).every((batch) => model.batches.get(batch)!.manufacturer === by.organisation);
}

function arrive(model: Model, items: readonly string[], from: string, to: string, holder: string): Outcome {
  if (items.length === 0) return "ItemsMissing";
  const changed = new Map(model.items);
  for (const item of items) {
    const held = changed.get(item);
    if (held === undefined) return "ItemUnknown";
    if (held.status !== STATUS.InTransit || held.holder !== from || held.to !== to) return "ShipmentUnknown";
    const { to: _, ...rest } = held;
    changed.set(item, { ...rest, status: STATUS.InCustody, holder });
  }
  model.items = changed;
  return undefined;
}
