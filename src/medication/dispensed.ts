/**
 * Units that are dispensed: those that came back to stock since are not.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf, inOrder } from "../events.js";
import { eventsAbout, happened, type Happened } from "./ledgerEvents.js";

/** A unit that is dispensed. */
export type Dispensed = Happened & {
  batch: Hex;
  unit: number;
  pharmacy: Address;
  /** The prescription's id, when it was on one. */
  prescription?: Hex;
  /** Who acted for the pharmacy: its staff, or a prescription service. */
  actor: Address;
};

/**
 * The numbers of the units of some batches that are dispensed.
 *
 * @returns by batch; each batch asked for has a set.
 */
export async function dispensedUnits(aceso: Aceso, batches: readonly Hex[]): Promise<Map<Hex, Set<number>>> {
  const units = new Map(batches.map((batch) => [batch, new Set<number>()]));
  for (const { args } of await dispenses(aceso, batches)) units.get(args.batch as Hex)!.add(Number(args.number));
  return units;
}

/**
 * The units of some batches that are dispensed, in the order they were.
 *
 * @param options.unit only the one of this number.
 */
export async function dispensedOf(
  aceso: Aceso,
  batches: readonly Hex[],
  { unit }: { unit?: number } = {},
): Promise<Dispensed[]> {
  const timeOf = blockTimes(aceso);
  const events = await dispenses(aceso, batches, unit);
  return Promise.all(
    events.map(async (event) => {
      const { batch, number, pharmacy, prescription, actor } = event.args;
      return {
        batch: batch as Hex,
        unit: Number(number),
        pharmacy: pharmacy as Address,
        ...(BigInt(prescription) !== 0n && { prescription: prescription as Hex }),
        actor: actor as Address,
        ...(await happened(event, timeOf)),
      };
    }),
  );
}

async function dispenses(aceso: Aceso, ids: readonly Hex[], unit?: number) {
  const { batches } = aceso.contracts;
  const [dispensed, returned] = await Promise.all([
    eventsAbout(ids, (any) => eventsOf(aceso, batches, batches.filters.UnitDispensed(any, unit))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, batches.filters.UnitReturned(any, unit))),
  ]);
  const lastReturn = new Map(returned.map((event) => [unitOf(event.args), event]));
  return dispensed.filter((event) => {
    const back = lastReturn.get(unitOf(event.args));
    return back === undefined || inOrder(back, event) < 0;
  });
}

function unitOf({ batch, number }: { batch: string; number: bigint }): string {
  return `${batch} ${number}`;
}
