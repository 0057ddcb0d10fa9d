/**
 * Planned ledger steps, in words.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { EpcisEvent } from "../../gs1/epcis/event.js";
import type { Plan } from "../../medication/epcis/plan.js";
import type { PlannedStep } from "../../medication/epcis/step.js";
import { lastDay } from "../../medication/verdict.js";
import { itemNames } from "./naming.js";
import { parcelName } from "./items.js";

/** An event of a document, and what it became. */
export type ToldEvent = {
  /** Its place in the document, from 1. */
  event: number;
  type: EpcisEvent["type"];
  bizStep?: string;
  time: string;
  /** The ledger calls it became; one of several events is told with the first of them. */
  calls: { call: PlannedStep["call"]; by: Address; text: string; events: number[] }[];
  /** What of it means nothing to the ledger, and why. */
  unmapped: { reason: string; epcs?: readonly string[] }[];
};

/** Each event, with the calls it became. */
export function toldEvents(events: readonly EpcisEvent[], { steps, earlier, unmapped, cases }: Plan): ToldEvent[] {
  const batches = [...earlier, ...steps].flatMap((step) => (step.call === "commission" ? [step.batch] : []));
  const names = itemNames(
    batches.map(({ id, product, lot }) => ({ batch: id, product, lot })),
    cases,
  );
  return events.map(({ type, bizStep, timeText }, place) => ({
    event: place + 1,
    type,
    ...(bizStep !== undefined && { bizStep }),
    time: timeText,
    calls: steps
      .filter(({ events: from }) => from[0] === place)
      .map((step) => {
        const { call, by, events: from } = step;
        return { call, by, text: stepText(step, names), events: from.map((one) => one + 1) };
      }),
    unmapped: unmapped
      .filter(({ event }) => event === place)
      .map(({ reason, epcs }) => ({ reason, ...(epcs && { epcs }) })),
  }));
}

/** Events and calls as lines. */
export function eventsText(told: readonly ToldEvent[], nameOf: (account: Address) => string): string {
  const sharing = new Map<number, number>();
  for (const { event, calls } of told) {
    for (const other of calls.flatMap(({ events }) => events)) if (other !== event) sharing.set(other, event);
  }
  return told.flatMap((one) => linesOf(one, sharing.get(one.event), nameOf)).join("\n");
}

function linesOf(
  { event, type, bizStep, time, calls, unmapped }: ToldEvent,
  sharedWith: number | undefined,
  nameOf: (account: Address) => string,
): string[] {
  const nothing = calls.length === 0 && unmapped.length === 0;
  return [
    `Event ${event}  ${time}  ${type}${bizStep === undefined ? "" : ` ${bizStep}`}`,
    ...calls.map(({ text, by }) => `  -> ${text}, by ${nameOf(by)}`),
    ...(nothing ? [sharedWith === undefined ? "  nothing to do" : `  with event ${sharedWith}`] : []),
    ...unmapped.map(({ reason, epcs = [] }) => `  not on the ledger: ${reason}${listed(epcs)}`),
  ];
}

function listed(epcs: readonly string[]): string {
  if (epcs.length === 0) return "";
  return epcs.length <= 3 ? ` (${epcs.join(", ")})` : ` (${epcs[0]} and ${epcs.length - 1} more)`;
}

function stepText(step: PlannedStep, names: ReturnType<typeof itemNames>): string {
  const items = (all: readonly Parameters<typeof names>[0][]) => all.map(names).join(", ");
  switch (step.call) {
    case "commission": {
      const { product, lot, serials, expiry } = step.batch;
      const made = parcelName({ product, lot }, { first: 0, count: serials.length });
      return `commission ${made}, last day ${lastDay(expiry)}`;
    }
    case "split":
      return `split ${names(step.parcel)} into ${step.counts.join(", ")}`;
    case "pack":
      return `pack ${items(step.items)} into ${names(step.container)}`;
    case "unpack":
      return `unpack ${items(step.items)} from ${names(step.container)}`;
    case "ship":
      return `ship ${items(step.items)} to ${step.to}`;
    case "receive":
      return `receive ${items(step.items)} from ${step.from}`;
    case "dispense":
    case "returnToStock":
      return `${step.call} unit ${step.number} of ${names(step.parcel)}`;
    case "recall":
      return `recall batch ${step.batch}`;
    default:
      return `${step.call} ${items(step.items)}`;
  }
}
