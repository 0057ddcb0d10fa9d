/**
 * Decimals of FHIR, exactly: in integers, never in floats.
 *
 * @module
 */

/** A decimal: `digits` × 10^−`places`. */
export type Decimal = { digits: bigint; places: number };

const NUMBER = /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** The decimal a JSON number stands for, in the fewest digits that give this number, or undefined when it is none. */
export function exactDecimal(value: unknown): Decimal | undefined {
  // An infinite or missing number has no such text.
  const [, whole, fraction = "", exponent = "0"] = NUMBER.exec(typeof value === "number" ? String(value) : "") ?? [];
  if (whole === undefined) return undefined;
  const [digits, places] = [BigInt(whole + fraction), fraction.length - Number(exponent)];
  return places < 0 ? { digits: digits * 10n ** BigInt(-places), places: 0 } : { digits, places };
}

/** The product of two decimals, exactly. */
export function multiply(one: Decimal, other: Decimal): Decimal {
  return { digits: one.digits * other.digits, places: one.places + other.places };
}

/**
 * A decimal in units of 10^−`places`, rounded half up: a half goes away from zero.
 *
 * @example
 * roundDecimal({ digits: 129165n, places: 3 }, 2); // 12917n
 */
export function roundDecimal({ digits, places }: Decimal, to: number): bigint {
  if (places <= to) return digits * 10n ** BigInt(to - places);
  const unit = 10n ** BigInt(places - to);
  return (digits < 0n ? digits - unit / 2n : digits + unit / 2n) / unit;
}

/** Whether a decimal has no more than so many places. */
export function isExact({ digits, places }: Decimal, to: number): boolean {
  return places <= to || digits % 10n ** BigInt(places - to) === 0n;
}
