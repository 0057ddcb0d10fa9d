/**
 * What people type about medical products, as the SDK takes it.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { fromBytes32 } from "../../gs1/characters.js";
import { expiryOfIsoDate } from "../../gs1/date.js";
import { gtinOfNdc } from "../../gs1/ndc.js";
import { productId } from "../../gs1/productId.js";
import { UnknownWordError } from "../../medication/codes.js";
import type { TradingRole } from "../../medication/handover.js";
import { batchId, sgtinLabel, ssccLabel, type Batch, type Parcel } from "../../medication/item.js";
import { MAX_UNITS } from "../../medication/serials.js";
import { count } from "../arguments.js";

/** Roles that trade in medical products. */
export const TRADING_ROLES: readonly TradingRole[] = ["Manufacturer", "Distributor", "Pharmacy", "Provider"];

/** An item as it was typed: a parcel by its batch and units, a container by its label, or either by its id. */
export type NamedItem = { text: string } & (
  { kind: "parcel"; batch: Batch; parcel: Parcel } | { kind: "container"; label: Hex } | { kind: "id"; id: Hex }
);

/** A parcel as it was typed. */
export type NamedParcel = Extract<NamedItem, { kind: "parcel" }>;

const PARCEL = /^([^/]+)\/([^#]+)#(\d{1,8})\+(\d{1,8})$/;

/**
 * A product as the chain has it, from a bare GTIN, an NDC (`ndc:0001-0123-45`), or `gtin:`, `hibcc:` or `iccbba:`.
 *
 * @throws what {@link productId}, {@link toGtin14} and {@link gtinOfNdc} throw.
 */
export function product(text: string): string {
  const trimmed = text.trim();
  const [, ndc] = /^ndc:(.*)$/.exec(trimmed) ?? [];
  const gtin = ndc === undefined ? /^\d+$/.exec(trimmed)?.[0] : gtinOfNdc(ndc);
  return fromBytes32(productId(gtin === undefined ? trimmed : { gtin }));
}

/**
 * A batch as product and lot: `00300010123455/A123`.
 *
 * @throws {@link BatchArgumentError}; what {@link product} throws.
 */
export function batch(text: string): Batch {
  const [, made, lot] = /^([^/]+)\/(.+)$/.exec(text.trim()) ?? [];
  if (made === undefined || lot === undefined) throw new BatchArgumentError();
  return { product: product(made), lot };
}

/** {@link batch}es given one by one. */
export function batches(text: string, earlier: readonly Batch[] = []): Batch[] {
  return [...earlier, batch(text)];
}

/** Whether a text is a parcel rather than a container or a barcode. */
export function isParcelText(text: string): boolean {
  return PARCEL.test(text.trim());
}

/**
 * A parcel as batch, first unit and count: `00300010123455/A123#0+4`.
 *
 * @throws {@link ItemArgumentError}; what {@link product} and {@link batchId} throw.
 */
export function parcel(text: string): NamedParcel {
  const trimmed = text.trim();
  const [, made, lot, first, count] = PARCEL.exec(trimmed) ?? [];
  if (made === undefined || lot === undefined) throw new ItemArgumentError();
  const named = { product: product(made), lot };
  const units = { batch: batchId(named), first: Number(first), count: Number(count) };
  if (units.count < 1 || units.first + units.count > MAX_UNITS) throw new ItemArgumentError();
  return { kind: "parcel", text: trimmed, batch: named, parcel: units };
}

/**
 * A {@link parcel}; a container by its SSCC (18 digits) or as `sgtin:` with GTIN, a dot and serial; or the id of either.
 *
 * @throws {@link ItemArgumentError}; what {@link parcel}, {@link ssccLabel} and {@link sgtinLabel} throw.
 */
export function item(text: string): NamedItem {
  const trimmed = text.trim();
  if (isHexString(trimmed, 20)) return { kind: "id", text: trimmed, id: trimmed.toLowerCase() as Hex };
  if (/^\d+$/.test(trimmed)) return { kind: "container", text: trimmed, label: ssccLabel(trimmed) };
  const [, gtin, serial] = /^sgtin:(\d+)\.(.+)$/.exec(trimmed) ?? [];
  if (gtin === undefined || serial === undefined) return parcel(trimmed);
  return { kind: "container", text: trimmed, label: sgtinLabel({ gtin, serial }) };
}

/** {@link item}s given one by one. */
export function items(text: string, earlier: readonly NamedItem[] = []): NamedItem[] {
  return [...earlier, item(text)];
}

/**
 * A parser of one of some words, in any case, with hyphens for spaces.
 *
 * @throws from the parser {@link UnknownWordError}.
 */
export function oneOf<Word extends string>(words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const typed = text.trim().toLowerCase().replaceAll("-", " ");
    const found = words.find((word) => word.toLowerCase() === typed);
    if (found === undefined) throw new UnknownWordError(text.slice(0, 64), words);
    return found;
  };
}

/** {@link count}s given one by one. */
export function counts(text: string, earlier: readonly number[] = []): number[] {
  return [...earlier, count(text)];
}

/**
 * The first second after the last day a product is usable.
 *
 * @throws {@link MalformedDateError} when it is no `YYYY-MM-DD`.
 */
export function expiry(text: string): number {
  return expiryOfIsoDate(text.trim()).expiresAt;
}

/** A text is no batch. */
export class BatchArgumentError extends AcesoError {
  override name = "BatchArgumentError";
  constructor() {
    super("The batch is not a product and a lot.", "Write it as 00300010123455/A123.");
  }
}

/** A text is no parcel and no container. */
export class ItemArgumentError extends AcesoError {
  override name = "ItemArgumentError";
  constructor() {
    super(
      "The item is no parcel, no container and no id.",
      "Write a parcel as 00300010123455/A123#0+4 (product/lot#first unit+how many), a container as the 18 digits of its " +
        "SSCC or as sgtin:GTIN.SERIAL.",
    );
  }
}
