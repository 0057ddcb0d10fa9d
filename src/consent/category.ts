/**
 * Data categories: what kind of data a record holds or a consent covers, each a bit of a mask.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** Every data category. A category's place is its bit on chain: never reorder, only append. */
export const DATA_CATEGORIES = [
  "demographics",
  "allergies",
  "conditions",
  "medications",
  "immunizations",
  "laboratory",
  "vitalSigns",
  "imaging",
  "procedures",
  "encounters",
  "clinicalNotes",
  "carePlans",
  "socialHistory",
  "familyHistory",
  "genomics",
  "deviceReadings",
  "coverage",
  "claims",
  "research",
  "advanceDirectives",
  "restricted",
] as const;

/** A kind of health data. `restricted` marks specially protected data of any kind. */
export type DataCategory = (typeof DATA_CATEGORIES)[number];

/** Every category but `restricted`: what an emergency covers unless the patient chose otherwise. */
export const UNRESTRICTED: readonly DataCategory[] = DATA_CATEGORIES.filter((category) => category !== "restricted");

const BITS = new Map<string, bigint>(DATA_CATEGORIES.map((category, bit) => [category, 1n << BigInt(bit)]));

/** True when `name` is a data category. */
export function isDataCategory(name: string): name is DataCategory {
  return BITS.has(name);
}

/**
 * The mask of the named categories, as the contracts take it.
 *
 * @throws {@link UnknownCategoryError} when a name is no data category.
 */
export function categoryMask(categories: readonly DataCategory[]): bigint {
  let mask = 0n;
  for (const category of categories) {
    const bit = BITS.get(category);
    if (bit === undefined) throw new UnknownCategoryError(category);
    mask |= bit;
  }
  return mask;
}

/** Every category whose bit is set in `mask`, in the order of the bits. */
export function categoriesIn(mask: bigint): DataCategory[] {
  return DATA_CATEGORIES.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

/** A name is no data category. */
export class UnknownCategoryError extends AcesoError {
  override name = "UnknownCategoryError";
  constructor(readonly category: string) {
    super(`"${category}" is no data category.`, `Use one of: ${DATA_CATEGORIES.join(", ")}.`);
  }
}
