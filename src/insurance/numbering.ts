/**
 * A claim's lines as the contract takes them: services by their keys, and each line's number within its day.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { tokenUnits } from "../token/amount.js";
import { dayNumber } from "./day.js";
import type { Line, ServiceLine } from "./line.js";
import { thousandths } from "./quantity.js";
import { serviceKey } from "./service.js";

/** A line as a billing office writes it, with what the contract knows it by. */
export type NumberedLine = ServiceLine & {
  /** The service's key in the plan. */
  service: Hex;
  /** Its number within policy, provider and day: each is accepted once. */
  number: number;
};

/** How many lines a provider bills under a policy for one day. */
const LINES_A_DAY = 256;

/**
 * A line as the contract takes it.
 *
 * @param decimals the token's.
 * @throws as {@link dayNumber}, {@link thousandths} and {@link tokenUnits} do.
 */
export function toLine({ service, number, ...line }: NumberedLine, decimals: number): Line {
  const { day, quantity, billed } = line;
  return {
    service,
    day: dayNumber(day),
    number,
    quantity: thousandths(quantity),
    billed: tokenUnits(billed, decimals, "billed amount"),
  };
}

/**
 * Lines with the keys of their services and, for each day, numbers no line of the provider has under the policy yet.
 *
 * @param secret the plan's.
 * @param policy the policy's id.
 * @param taken further lines under the policy by the provider, whose numbers are not given again.
 * @throws {@link DayFullError} when a day has more lines than numbers; as {@link serviceKey} and {@link dayNumber} do.
 */
export async function linesOf(
  aceso: Aceso,
  {
    secret,
    services,
    policy,
    provider,
    taken,
  }: {
    secret: Hex;
    services: readonly ServiceLine[];
    policy: Hex;
    provider: Address;
    taken: readonly Pick<NumberedLine, "day" | "number">[];
  },
): Promise<NumberedLine[]> {
  const { escrow } = aceso.contracts;
  const by = toAddress(provider);
  const usedOn = new Map<string, bigint>();
  for (const day of new Set(services.map(({ day }) => day))) {
    const accepted = await escrow.acceptedLinesOf(policy, by, dayNumber(day));
    const others = taken.filter((line) => line.day === day);
    usedOn.set(
      day,
      others.reduce((used, { number }) => used | bit(number), accepted),
    );
  }
  return services.map((line) => {
    const used = usedOn.get(line.day)!;
    const number = firstFree(used);
    if (number === undefined) throw new DayFullError(line.day);
    usedOn.set(line.day, used | bit(number));
    return { ...line, service: serviceKey(secret, line), number };
  });
}

function firstFree(used: bigint): number | undefined {
  for (let number = 0; number < LINES_A_DAY; number++) if ((used & bit(number)) === 0n) return number;
  return undefined;
}

function bit(number: number): bigint {
  return 1n << BigInt(number);
}

/** A provider has billed as many lines for a day as there are numbers. */
export class DayFullError extends AcesoError {
  override name = "DayFullError";
  constructor(readonly day: string) {
    super(
      `A provider bills at most ${LINES_A_DAY} lines under a policy for one day; ${day} has more.`,
      "Sum up equal services of the day in one line with their quantity.",
    );
  }
}
