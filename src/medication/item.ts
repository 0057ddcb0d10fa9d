/**
 * Batches, parcels and containers by their keys: what the ledger hashes to ids.
 *
 * @module
 */
import { AbiCoder, keccak256, toUtf8Bytes } from "ethers";

import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toBytes32, toLotOrSerial } from "../gs1/characters.js";
import { toGtin14 } from "../gs1/gtin.js";
import { productId } from "../gs1/productId.js";
import { toSscc } from "../gs1/sscc.js";

const coder = AbiCoder.defaultAbiCoder();

/** A batch by name: its product as `gtin:` and 14 digits (or `hibcc:…`, `iccbba:…`), and its lot number (GS1 AI 10). */
export type Batch = { product: string; lot: string };

/** A contiguous range of a batch's units. */
export type Parcel = {
  /** The batch's id. */
  batch: Hex;
  /** The number of its first unit within the batch. */
  first: number;
  /** How many units. */
  count: number;
};

/** A case, pallet or tote: one item whatever it holds. */
export type Container = {
  /** Who packed it first. */
  packer: Address;
  /** What is printed on it, from {@link ssccLabel} or {@link sgtinLabel}. */
  label: Hex;
  /** Every batch that may be inside, by id. */
  batches: readonly Hex[];
};

/** What custody is kept of. */
export type Item = Parcel | Container;

/** True for a parcel, false for a container. */
export function isParcel(item: Item): item is Parcel {
  return "first" in item;
}

/** A batch's key, as the contracts take it. */
export function batchKey({ product, lot }: Batch): { product: Hex; lot: Hex } {
  return { product: productId(product), lot: toBytes32(toLotOrSerial(lot)) };
}

/** A batch's id: the hash of its product and lot. */
export function batchId(batch: Batch): Hex {
  const { product, lot } = batchKey(batch);
  return keccak256(coder.encode(["bytes32", "bytes32"], [product, lot])) as Hex;
}

/** An item's id: the first 20 bytes of the hash of its key, lower case. */
export function itemId(item: Item): Hex {
  const encoded = isParcel(item)
    ? coder.encode(["bytes32", "uint24", "uint24"], [item.batch, item.first, item.count])
    : coder.encode(
        ["tuple(address,bytes32,bytes32[])"],
        [[toAddress(item.packer), item.label, ascending(item.batches)]],
      );
  return keccak256(encoded).slice(0, 42) as Hex;
}

/** The label of a container with a serial shipping container code (GS1 AI 00). */
export function ssccLabel(sscc: string): Hex {
  return toBytes32(`sscc:${toSscc(sscc)}`);
}

/** The label of a case that has a GTIN and serial of its own instead of an SSCC. */
export function sgtinLabel({ gtin, serial }: { gtin: string; serial: string }): Hex {
  return keccak256(toUtf8Bytes(`sgtin:${toGtin14(gtin)}.${toLotOrSerial(serial)}`)) as Hex;
}

/** Items as the contracts take them: parcels, and containers with their batches in order. */
export function itemsOf(items: readonly Item[]): {
  parcels: Parcel[];
  containers: (Container & { batches: Hex[] })[];
} {
  return {
    parcels: items.filter(isParcel),
    containers: items
      .filter((item): item is Container => !isParcel(item))
      .map((container) => ({ ...container, batches: ascending(container.batches) })),
  };
}

function ascending(batches: readonly Hex[]): Hex[] {
  return [...new Set(batches)].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}
