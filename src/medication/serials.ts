/**
 * Serial numbers of medicine packs: GS1 application identifier 21.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { toLotOrSerial } from "../gs1/characters.js";

/** The most units a batch has: units are numbered in 24 bits, from 0. */
export const MAX_UNITS = 2 ** 24 - 1;

const MAX_CHARACTERS = 20;

// Digits and capitals without 0, O, 1 and I, which people mix up: 32, so that 5 random bits choose one evenly.
const ALPHABET = new TextEncoder().encode("23456789ABCDEFGHJKLMNPQRSTUVWXYZ");
// Delegated Regulation (EU) 2016/161, Article 4(c): a guess succeeds less often than once in ten thousand.
const GUESSES = 10_000;
// What crypto.getRandomValues gives at once.
const RANDOM_BYTES = 65_536;

/**
 * Generates serial numbers nobody can predict, each once, as Delegated Regulation (EU) 2016/161, Article 4 asks for.
 * Digits and capitals without 0, O, 1 and I.
 *
 * @example
 * generateSerials(2); // ["7Q2M9VXK4TRC8HWN3PZF", "B5LD6YJS2GAE9UQX7MKV"]
 *
 * @param count how many: 1 to {@link MAX_UNITS}.
 * @param options.length how many characters each has: at most 20.
 * @throws {@link UnitCountError} when no batch has so many units.
 * @throws {@link SerialLengthError} when they would be too long, or so short that guessing finds one.
 */
export function generateSerials(count: number, { length = MAX_CHARACTERS }: { length?: number } = {}): string[] {
  requireUnitCount(count);
  const shortest = Math.floor(Math.log(count * GUESSES) / Math.log(ALPHABET.length)) + 1;
  if (!Number.isInteger(length) || length < shortest || length > MAX_CHARACTERS)
    throw new SerialLengthError(length, shortest);
  const serials = new Set<string>();
  const random = new Uint8Array(RANDOM_BYTES - (RANDOM_BYTES % length));
  const decoder = new TextDecoder();
  while (serials.size < count) {
    const text = decoder.decode(crypto.getRandomValues(random).map((byte) => ALPHABET[byte % ALPHABET.length]!));
    for (let at = 0; at < text.length && serials.size < count; at += length) serials.add(text.slice(at, at + length));
  }
  return [...serials];
}

/**
 * The unit each serial number of a batch belongs to.
 *
 * @param serials those of the units from `first` on, in their order.
 * @throws {@link MalformedSerialError} when one is no serial number.
 * @throws {@link DuplicateSerialError} when two are the same.
 * @throws {@link UnitCountError} when there is none, or there are more than {@link MAX_UNITS}.
 */
export async function numberSerials(
  serials: Iterable<string> | AsyncIterable<string>,
  first = 0,
): Promise<Map<string, number>> {
  const units = new Map<string, number>();
  for await (const serial of serials) {
    const unit = first + units.size;
    if (unit === MAX_UNITS) throw new UnitCountError(unit + 1);
    if (!isSerial(serial)) throw new MalformedSerialError(unit, units.size + 1);
    const earlier = units.get(serial);
    if (earlier !== undefined) throw new DuplicateSerialError(earlier, unit);
    units.set(serial, unit);
  }
  requireUnitCount(units.size);
  return units;
}

/** Whether a text is a serial number: 1 to 20 characters of GS1 AI encodable character set 82. */
export function isSerial(text: string): boolean {
  try {
    return toLotOrSerial(text) === text;
  } catch {
    return false;
  }
}

function requireUnitCount(count: number): void {
  if (!Number.isInteger(count) || count < 1 || count > MAX_UNITS) throw new UnitCountError(count);
}

/** A batch has no units, or too many. */
export class UnitCountError extends AcesoError {
  override name = "UnitCountError";
  constructor(readonly count: number) {
    super(
      `A batch has 1 to ${MAX_UNITS} units, not ${count}.`,
      "Give the serial number of every unit, and split a larger batch into lots.",
    );
  }
}

/** A length serial numbers cannot have. */
export class SerialLengthError extends AcesoError {
  override name = "SerialLengthError";
  constructor(
    readonly length: number,
    /** The fewest characters that keep so many serial numbers from being guessed. */
    readonly shortest: number,
  ) {
    super(
      `Serial numbers of ${length} characters were asked for; here they have ${shortest} to ${MAX_CHARACTERS}.`,
      "Choose a length in between: shorter ones are too easily guessed, longer ones are no GS1 serial numbers.",
    );
  }
}

/** A text is no serial number. */
export class MalformedSerialError extends AcesoError {
  override name = "MalformedSerialError";
  constructor(
    readonly unit: number,
    /** Its line in the list, counted from 1. */
    readonly line: number,
  ) {
    super(
      `Line ${line}, of unit ${unit}, is no serial number: 1 to 20 characters of GS1's set 82.`,
      "Use letters, digits and !\"%&'()*+,-./:;<=>?_ without spaces, one serial number a line.",
    );
  }
}

/** Two units of a batch have the same serial number. */
export class DuplicateSerialError extends AcesoError {
  override name = "DuplicateSerialError";
  constructor(
    readonly unit: number,
    readonly duplicate: number,
  ) {
    super(
      `Units ${unit} and ${duplicate} have the same serial number.`,
      "Give every unit of a batch a serial number of its own.",
    );
  }
}
