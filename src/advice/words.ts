/**
 * What advice is made of: the arguments of errors in words, and sentences more than one needs.
 *
 * @module
 */
import { roleOf } from "../accreditation/role.js";
import { categoriesIn } from "../consent/category.js";
import { isPurposeBit, purposeOfBit } from "../consent/purpose.js";
import { fromBytes32 } from "../gs1/characters.js";
import { nameAt } from "../medication/states.js";

/** A sentence on what was wrong, and one on what to do. */
export type Advice = { message: string; advice: string };

/** An error's arguments by name. */
export type ErrorArgs = Readonly<Record<string, unknown>>;

/** The advice on each error of some contracts, by the error's name. */
export type AdviceByError = Readonly<Record<string, (args: ErrorArgs) => Advice>>;

export const SIGN_AGAIN = "Sign a new message; signing reads the current state from the chain.";
export const ASK_ACCREDITOR = "Ask an accreditor of the role to accredit or reinstate the participant.";

/** A role of the contracts' enum. */
export function roleName(role: unknown): string {
  return roleOf(role as bigint);
}

/** A mask of data categories. */
export function categoryNames(mask: unknown): string {
  return categoriesIn(mask as bigint).join(", ") || "anything";
}

/** A purpose of use by its bit. */
export function purposeName(bit: unknown): string {
  return isPurposeBit(bit as bigint) ? purposeOfBit(bit as bigint) : `unknown purpose ${bit}`;
}

/** Unix seconds as a time people read. */
export function date(seconds: unknown): string {
  const milliseconds = Number(seconds) * 1000;
  return milliseconds <= 8.64e15 ? new Date(milliseconds).toISOString() : `second ${seconds}`;
}

/** A day counted from 1970-01-01 as people read it. */
export function day(number: unknown): string {
  return date(BigInt(number as bigint) * 86_400n).replace("T00:00:00.000Z", "");
}

/** A span in seconds, in days where it is whole ones. */
export function span(seconds: unknown): string {
  const days = Number(seconds) / 86_400;
  return Number.isInteger(days) ? `${days} days` : `${seconds} seconds`;
}

/** A value of a contract's enum, by the names in its order. */
export function wordFor(names: readonly string[], place: unknown): string {
  return nameAt(names, place as bigint);
}

/** A product as its identifier reads, or as it stands on chain when it is no text. */
export function productName(product: unknown): string {
  try {
    return fromBytes32(String(product));
  } catch {
    return String(product);
  }
}
