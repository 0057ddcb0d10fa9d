/**
 * EPCIS documents of a small supply chain, in the typed form.
 *
 * @module
 */
import { withCheckDigit } from "../../../src/gs1/checkDigit.js";
import type { EpcisDocument, EpcisEvent } from "../../../src/gs1/epcis/event.js";

export const MAKER = "urn:epc:id:sgln:030001.111111.0";
export const WHOLESALER = "urn:epc:id:sgln:039999.999999.0";
export const PHARMACY = "0350000000006";

/** An SGTIN of the tablet of `ledger.ts`. */
export const unit = (serial: string | number): string => `urn:epc:id:sgtin:030001.0012345.${serial}`;
/** An SGTIN of a case of it. */
export const crate = (serial: string | number): string => `urn:epc:id:sgtin:030001.1012345.${serial}`;
export const pallet = (serial: number): string =>
  `https://id.gs1.org/00/${withCheckDigit(`0030001${serial}`.padEnd(17, "0"))}`;
/** Several units, by the first and last serial number. */
export const units = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, place) => unit(first + place));

type Members = Partial<Omit<EpcisEvent, "type" | "action">>;

const START = 1_700_000_000;

/** A document of events, each a second after the one before unless it says when. */
export function documentOf(...events: EpcisEvent[]): EpcisDocument {
  return {
    version: "2.0",
    created: START,
    events: events.map((event, place) => (event.time < 0 ? { ...event, time: START + place } : event)),
  };
}

/** An object event. */
export function seen(epcs: string[], members: Members & { action?: "ADD" | "OBSERVE" | "DELETE" }): EpcisEvent {
  const { action = "OBSERVE", ...rest } = members;
  return { ...blank(), type: "ObjectEvent", action, epcs, ...rest };
}

export function commissioned(epcs: string[], ilmd = { lot: "A123", expiry: "2090-01-31" }, at = MAKER): EpcisEvent {
  return seen(epcs, { action: "ADD", bizStep: "commissioning", bizLocation: at, ilmd });
}

export function packed(parent: string, children: string[]): EpcisEvent {
  return { ...blank(), type: "AggregationEvent", action: "ADD", bizStep: "packing", parent, children };
}

export function unpacked(parent: string, children: string[] = []): EpcisEvent {
  return { ...blank(), type: "AggregationEvent", action: "DELETE", bizStep: "unpacking", parent, children };
}

export function shipped(epcs: string[], from: string, to: string): EpcisEvent {
  return seen(epcs, { bizStep: "shipping", disposition: "in_transit", sources: owner(from), destinations: owner(to) });
}

export function received(epcs: string[], at: string): EpcisEvent {
  return seen(epcs, { bizStep: "receiving", bizLocation: at });
}

export function dispensed(epcs: string[]): EpcisEvent {
  return seen(epcs, { bizStep: "dispensing", disposition: "dispensed" });
}

function owner(id: string) {
  return [{ type: "owning_party", id }];
}

function blank() {
  const lists = { bizTransactions: [], sources: [], destinations: [], epcs: [], quantities: [], children: [] };
  return { time: -1, timeText: "2023-11-14T22:13:20Z", timeZoneOffset: "+00:00", ...structuredClone(lists) };
}
