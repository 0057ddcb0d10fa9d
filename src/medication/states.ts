/**
 * The states of batches and items by name, in the order of the contracts' enums: never reorder, only append.
 *
 * @module
 */

/** Where an item is. `none`: never made, split up, or emptied. `opened`: in custody, with units dispensed from it. */
export const STATUSES = ["none", "in custody", "opened", "in transit", "packed", "missing", "destroyed"] as const;
export type Status = (typeof STATUSES)[number];

/** What is known against an item (FD&C Act 581(8) and 581(21)). */
export const CONDITIONS = ["sound", "on hold", "suspect", "illegitimate"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** On whose authority a condition was set, ascending. */
export const AUTHORITIES = ["none", "holder", "manufacturer", "regulator"] as const;
export type Authority = (typeof AUTHORITIES)[number];

/** Why a condition was set. */
export const REASONS = [
  "other",
  "temperature excursion",
  "damage",
  "quality",
  "documents",
  "counterfeit",
  "theft",
] as const;
export type Reason = (typeof REASONS)[number];

/** How far a recall has come. After `terminated` the units stay unsaleable. */
export const RECALL_STATUSES = ["none", "ongoing", "terminated"] as const;

/** How dangerous what is recalled is, ascending (21 CFR 7.3(m)). */
export const RECALL_CLASSES = ["unclassified", "III", "II", "I"] as const;

/** Down to whom a recall goes, ascending (21 CFR 7.42(b)(1)). */
export const RECALL_DEPTHS = ["wholesale", "retail", "consumer"] as const;

/** What a partner found when it checked a unit. */
export const REPORTS = ["verified", "duplicate", "unknown", "misplaced", "notified"] as const;

/** The name at a place of one of these lists. */
export function nameAt<Name extends string>(names: readonly Name[], place: bigint): Name {
  return names[Number(place)]!;
}
