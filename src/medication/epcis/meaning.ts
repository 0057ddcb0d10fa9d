/**
 * What EPCIS events mean to the ledger, by their type, action, business step and disposition.
 *
 * @module
 */
import type { EpcisEvent } from "../../gs1/epcis/event.js";

/** What the ledger does at an event. */
export type Meaning =
  | "commission"
  | "pack"
  | "unpack"
  | "ship"
  | "cancelShipment"
  | "receive"
  | "hold"
  | "release"
  | "dispense"
  | "returnToStock"
  | "destroy"
  | "reportMissing"
  | "recall";

const STEPS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["shipping", "ship"],
  ["void_shipping", "cancelShipment"],
  ["receiving", "receive"],
  ["holding", "hold"],
  ["dispensing", "dispense"],
  ["retail_selling", "dispense"],
  ["destroying", "destroy"],
  ["decommissioning", "destroy"],
]);

// Where the business step alone says nothing.
const DISPOSITIONS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["non_sellable_other", "hold"],
  ["damaged", "hold"],
  ["dispensed", "dispense"],
  ["retail_sold", "dispense"],
  ["destroyed", "destroy"],
  ["stolen", "reportMissing"],
  ["recalled", "recall"],
]);

const COUNTING = ["stock_taking", "cycle_counting"];

/** Why an event has no meaning to the ledger. */
type Unmeant = { reason: string };

/** What an event means to the ledger, in turn. */
export function meaningsOf(event: EpcisEvent): Meaning[] | Unmeant {
  switch (event.type) {
    case "TransactionEvent":
      return { reason: "Tying goods to business documents moves nothing on the ledger." };
    case "AssociationEvent":
      return { reason: "What goods are attached to is not on the ledger." };
    case "TransformationEvent":
      return { reason: "The ledger begins with finished batches: what they are made of is not on it." };
    case "AggregationEvent":
      if (event.action === "OBSERVE") return { reason: "It only observes what is packed already." };
      return event.action === "ADD" ? ["pack"] : ["unpack"];
    case "ObjectEvent":
      return event.action === "ADD" ? meaningsOfAdding(event) : meaningsOfSeeing(event);
  }
}

function meaningsOfAdding({ bizStep }: EpcisEvent): Meaning[] | Unmeant {
  return bizStep === undefined || bizStep === "commissioning" ? ["commission"] : unmeantStep(bizStep);
}

function meaningsOfSeeing({ bizStep = "", disposition = "" }: EpcisEvent): Meaning[] | Unmeant {
  if (disposition === "partially_dispensed") return { reason: "The ledger dispenses whole units." };
  // Of what came back or is fit for sale again, the step says only what was done to find so.
  if (disposition === "returned" && bizStep === "stocking") return ["returnToStock"];
  if (disposition === "sellable_accessible" && bizStep === "inspecting") return ["release"];
  if (disposition === "unknown" && COUNTING.includes(bizStep)) return ["reportMissing"];
  const byStep = STEPS.get(bizStep);
  const byDisposition = DISPOSITIONS.get(disposition);
  if (byDisposition === "recall") return byStep === undefined ? ["recall"] : ["recall", byStep];
  if (byStep === "receive" && byDisposition === "hold") return ["receive", "hold"];
  const meaning = byStep ?? byDisposition;
  return meaning === undefined ? unmeantStep(bizStep) : [meaning];
}

function unmeantStep(bizStep: string): Unmeant {
  return { reason: bizStep === "" ? "It names no business step." : `The ledger knows no ${bizStep}.` };
}
