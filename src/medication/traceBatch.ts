/**
 * What happened to a whole batch, and to one unit of it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf } from "../events.js";
import { nameAt, REPORTS } from "./states.js";
import type { Untimed, What } from "./trace.js";

/** What happened to a whole batch, and to one unit of it, in no order. */
export async function batchSteps(aceso: Aceso, batch: Hex, unit: number): Promise<Untimed[]> {
  const { batches } = aceso.contracts;
  const { filters } = batches;
  const [commissioned, held, recalled, terminated, rescinded, dispensed, returned, reported] = await Promise.all([
    eventsOf(aceso, batches, filters.BatchCommissioned(batch)),
    eventsOf(aceso, batches, filters.BatchHoldSet(batch)),
    eventsOf(aceso, batches, filters.BatchRecalled(batch)),
    eventsOf(aceso, batches, filters.RecallTerminated(batch)),
    eventsOf(aceso, batches, filters.RecallRescinded(batch)),
    eventsOf(aceso, batches, filters.UnitDispensed(batch, unit)),
    eventsOf(aceso, batches, filters.UnitReturned(batch, unit)),
    eventsOf(aceso, batches, filters.UnitReported(batch)),
  ]);
  return [
    ...commissioned.map((event) => step("commissioned", event, event.args.manufacturer)),
    ...held.map((event) => {
      const { regulator, held: isHeld, evidence } = event.args;
      return step(isHeld ? "batch held" : "batch released", event, regulator, evidence);
    }),
    ...recalled.map((event) => step("recalled", event, event.args.organisation, event.args.notice)),
    ...terminated.map((event) => step("recall terminated", event, event.args.regulator, event.args.notice)),
    ...rescinded.map((event) => step("recall rescinded", event, event.args.regulator, event.args.notice)),
    ...dispensed.map((event) => ({ ...step("dispensed", event, event.args.pharmacy), ...onPrescription(event.args) })),
    ...returned.map((event) => ({
      ...step("returned to stock", event, event.args.pharmacy),
      ...onPrescription(event.args),
    })),
    ...reported
      // An unknown serial is no unit's, whatever number stands beside it.
      .filter(({ args }) => Number(args.report.number) === unit && nameAt(REPORTS, args.finding) !== "unknown")
      .map((event) => ({
        ...step("reported", event, event.args.organisation, event.args.report.evidence),
        report: nameAt(REPORTS, event.args.finding),
      })),
  ];
}

function step(
  what: What,
  event: Untimed["event"] & { args: { actor: string } },
  by: string,
  document?: string,
): Untimed {
  const actor = event.args.actor as Address;
  return { what, event, by: by as Address, ...(document !== undefined && { document: document as Hex }), actor };
}

function onPrescription({ prescription }: { prescription: string }): { prescription?: Hex } {
  return BigInt(prescription) === 0n ? {} : { prescription: prescription as Hex };
}
