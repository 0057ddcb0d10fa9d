/**
 * Parcels split, containers packed and unpacked.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { itemId, itemsOf, type Container, type Item, type Parcel } from "./item.js";

/**
 * Prepares the split of a parcel into smaller ones, in order, each in the same custody and condition. The connection's
 * account is its holder, or acts for it.
 *
 * @param counts how many units each new parcel has: two or more, none zero, together the parcel's.
 * @returns on sending the new parcels.
 * @throws on sending {@link ContractError} `ItemUnknown`, `ItemStatusInvalid`, `CustodyUnauthorized` or `SplitInvalid`.
 */
export function split(
  aceso: Aceso,
  { parcel, counts }: { parcel: Parcel; counts: readonly number[] },
): Prepared<Parcel[]> {
  const { batches } = aceso.contracts;
  const data = batches.interface.encodeFunctionData("split", [parcel, [...counts]]);
  return prepare(aceso, batches, data, { after: () => partsOf(parcel, counts) });
}

/**
 * Prepares the packing of items into a container, new or already in the holder's custody.
 *
 * @param container whose packer is the holder, when it is new.
 * @param items what goes in: whole, sound, in the holder's custody.
 * @param holder the organisation the connection's account is, or acts for.
 * @throws {@link MalformedAddressError}; on sending {@link ContractError} `ContainerNotYours`, `ContainerInvalid`,
 * `ContainerBatchMissing`, `ContainerInItself`, `ContainerTooDeep`, `ItemsMissing`, `ItemUnknown`, `ItemStatusInvalid`,
 * `ItemNotHeldBy`, `ItemNotSound` or `CustodyUnauthorized`.
 */
export function pack(
  aceso: Aceso,
  { container, items, holder = accountOf(aceso) }: { container: Container; items: readonly Item[]; holder?: Address },
): Prepared {
  const { batches } = aceso.contracts;
  const [outer] = itemsOf([container]).containers;
  const call = [outer!, itemsOf(items), toAddress(holder)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("pack", [...call]));
}

/**
 * Prepares taking items out of a container; they take on its condition. An emptied container is no more, and its label
 * may be packed again by the same packer.
 *
 * @param container it, or its id, as `items`.
 * @param holder the organisation the connection's account is, or acts for.
 * @throws {@link MalformedAddressError}; on sending {@link ContractError} `ItemsMissing`, `ItemUnknown`,
 * `ItemStatusInvalid`, `ItemNotHeldBy`, `ItemNotInside` or `CustodyUnauthorized`.
 */
export function unpack(
  aceso: Aceso,
  {
    container,
    items,
    holder = accountOf(aceso),
  }: { container: Container | Hex; items: readonly (Item | Hex)[]; holder?: Address },
): Prepared {
  const { batches } = aceso.contracts;
  const [outer] = idsOf([container]);
  const call = [outer!, idsOf(items), toAddress(holder)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("unpack", [...call]));
}

/** The ids of items, some of which may be named by them already. */
export function idsOf(items: readonly (Item | Hex)[]): Hex[] {
  return items.map((item) => (typeof item === "string" ? item : itemId(item)));
}

/** Neighbouring parcels, from a parcel's first unit on. */
function partsOf({ batch, first }: Parcel, counts: readonly number[]): Parcel[] {
  let next = first;
  return counts.map((count) => {
    next += count;
    return { batch, first: next - count, count };
  });
}
