/**
 * Amounts as answers tell them: decimals in a plan's currency, never floats.
 *
 * @module
 */
import { decimalOf } from "../token/amount.js";

/** How to tell a plan's amounts. */
export type Money = {
  /** The token's. */
  decimals: number;
  /** The ISO 4217 code, where a plan file says it: the chain does not. */
  currency?: string;
};

/** What {@link inDecimals} makes of a value: text for every bigint. */
export type Told<Value> = Value extends bigint
  ? string
  : Value extends readonly (infer Item)[]
    ? Told<Item>[]
    : Value extends object
      ? { [Key in keyof Value]: Told<Value[Key]> }
      : Value;

/** A value with its amounts in token units as decimals: every bigint in it must be one. */
export function inDecimals<Value>(value: Value, decimals: number): Told<Value> {
  const told = (member: unknown): unknown => {
    if (typeof member === "bigint") return decimalOf(member, decimals);
    if (Array.isArray(member)) return member.map(told);
    if (typeof member !== "object" || member === null) return member;
    return Object.fromEntries(Object.entries(member).map(([name, each]) => [name, told(each)]));
  };
  return told(value) as Told<Value>;
}

/** An amount as people read it, such as `1,250.00 USD`. */
export function amountText(units: bigint, { decimals, currency }: Money): string {
  const [whole, fraction] = decimalOf(units, decimals).split(".") as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return [fraction === undefined ? grouped : `${grouped}.${fraction}`, ...(currency ? [currency] : [])].join(" ");
}
