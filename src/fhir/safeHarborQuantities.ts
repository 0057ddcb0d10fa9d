/**
 * What HIPAA Safe Harbor leaves of numbers and quantities.
 *
 * @module
 */
import type { Quantity } from "fhir/r4.js";
import { safeCoding } from "./safeHarborCodes.js";
import { inYears, LONGEST_LIFE, OLDEST } from "./safeHarborDates.js";
import { unitOf } from "./units.js";

// A measurement without a unit is a score, a count, a ratio. What has seven digits and more is a number of something:
// a telephone, a record, a person.
const LONG = 1_000_000;

const COMPARATORS = new Set<unknown>(["<", "<=", ">=", ">"]);
const UCUM = "http://unitsofmeasure.org";

/**
 * A number without a unit, or undefined when it could be somebody's number.
 *
 * @param yearsSince when the number is an age in years, told so many years ago: over 89 it becomes 90, and it goes when
 * that person would be over 89 by now, or it is no age at all, such as a year of birth.
 */
export function safeNumber(value: unknown, yearsSince?: number): number | undefined {
  if (typeof value !== "number" || !(Math.abs(value) < LONG)) return undefined;
  if (yearsSince === undefined || value + yearsSince < OLDEST) return value;
  return value >= OLDEST && value <= LONGEST_LIFE ? OLDEST : undefined;
}

/**
 * A quantity with a known unit, written in UCUM, or with none; undefined when it has another, whose meaning may be
 * anything. A time of 90 years and more, whatever is measured, becomes `>= 90 a`; one longer than a life goes.
 *
 * @param yearsSince when the quantity is an age, told so many years ago: it goes when that person would be over 89
 * by now.
 */
export function safeQuantity(quantity: Quantity, yearsSince?: number): Quantity | undefined {
  const { value, comparator } = quantity;
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const measure = measureOf(quantity);
  if (measure === undefined) return undefined;
  const unit = measure.code ?? measure.unit;
  const years = unit === undefined && yearsSince !== undefined ? value : inYears(value, unit ?? "");
  if (years !== undefined && years > LONGEST_LIFE) return undefined;
  if (years !== undefined && years >= OLDEST) {
    return { value: OLDEST, comparator: ">=", unit: "a", system: UCUM, code: "a" };
  }
  if (yearsSince !== undefined && !((years ?? OLDEST) + yearsSince < OLDEST)) return undefined;
  if (unit === undefined && safeNumber(value) === undefined) return undefined;
  return { value, ...(COMPARATORS.has(comparator) && { comparator }), ...measure } as Quantity;
}

type Measure = Pick<Quantity, "unit" | "system" | "code">;

function measureOf({ unit, system, code }: Quantity): Measure | undefined {
  if (code !== undefined && system !== undefined && system !== UCUM) return safeCoding({ system, code });
  const text: unknown = code ?? unit;
  if (text === undefined) return {};
  const known = typeof text === "string" ? unitOf(text) : undefined;
  if (known === undefined) return undefined;
  return code !== undefined && system === UCUM ? { system, code: known } : { unit: known };
}
