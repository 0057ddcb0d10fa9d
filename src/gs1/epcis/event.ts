/**
 * EPCIS events and documents in one typed form, whichever of the standard's forms they were written in: the XML of
 * EPCIS 1.x or the JSON-LD of EPCIS 2.0.
 *
 * Names of the Core Business Vocabulary are bare (`commissioning`, `in_transit`, `po`, `owning_party`); other words stay
 * the URIs they are. EPCs, EPC classes, locations and parties are URIs, not looked into. Sensor data, persistent
 * dispositions, certifications and vendors' extensions are not kept.
 *
 * @module
 */

/** Whether what an event names was added (created), seen, or taken away (destroyed). */
export type Action = "ADD" | "OBSERVE" | "DELETE";

/** Some of a class of objects; a quantity without a unit of measure (UN/ECE Rec. 20) counts instances. */
export type Quantity = { epcClass: string; quantity?: number; uom?: string };

/** A business document, such as an order (`po`) or a despatch advice (`desadv`). */
export type BizTransaction = { type?: string; id: string };

/** One end of a transfer: `owning_party`, `possessing_party` or `location`. */
export type SourceOrDestination = { type: string; id: string };

/** Instance/lot master data. The expiry is an ISO 8601 date. */
export type Ilmd = { lot?: string; expiry?: string };

/** Says that the event of the same `eventId` is wrong: `did_not_occur`, or `incorrect_data`. Time in Unix seconds. */
export type ErrorDeclaration = { time: number; reason?: string; correctiveEventIds: string[] };

/**
 * What every event has.
 *
 * `epcs` and `quantities` are what an object or transaction event is about, and what a transformation uses up. The
 * objects in or on a parent are `children`; `quantities` of an aggregation or association are in or on it too.
 */
export type CommonEvent = {
  eventId?: string;
  /** Unix seconds, fractions dropped. */
  time: number;
  /** The time as written. */
  timeText: string;
  /** The local time where it happened, such as `-05:00`. */
  timeZoneOffset: string;
  errorDeclaration?: ErrorDeclaration;
  bizStep?: string;
  disposition?: string;
  readPoint?: string;
  bizLocation?: string;
  bizTransactions: BizTransaction[];
  sources: SourceOrDestination[];
  destinations: SourceOrDestination[];
  epcs: string[];
  quantities: Quantity[];
  parent?: string;
  children: string[];
  ilmd?: Ilmd;
};

/** Something happened to objects: they were commissioned, shipped, received, destroyed. */
export type ObjectEvent = CommonEvent & { type: "ObjectEvent"; action: Action };

/** Children were put into, seen in, or taken out of a parent; a DELETE without children takes all out. */
export type AggregationEvent = CommonEvent & { type: "AggregationEvent"; action: Action };

/** Objects were tied to business transactions. */
export type TransactionEvent = CommonEvent & { type: "TransactionEvent"; action: Action };

/** Inputs (`epcs`, `quantities`) were used up and outputs made; `transformationId` joins several such events. */
export type TransformationEvent = CommonEvent & {
  type: "TransformationEvent";
  transformationId?: string;
  outputs: { epcs: string[]; quantities: Quantity[] };
};

/** Children were attached to a parent, or detached from it. */
export type AssociationEvent = CommonEvent & { type: "AssociationEvent"; parent: string; action: Action };

export type EpcisEvent = ObjectEvent | AggregationEvent | TransactionEvent | TransformationEvent | AssociationEvent;

/**
 * What is known of an EPC class, location or party: the vocabularies it is in (`EPCClass`, `Location`, …) and its
 * attributes by name (`regulatedProductName`, `additionalTradeItemIdentification`, `name`, …), each with all its values.
 */
export type MasterData = { vocabularies: string[]; attributes: Record<string, string[]> };

/** A seller's transaction statement (FDCA 581(27)), as the GS1 US DSCSA guideline carries it. */
export type TransactionStatement = { affirmed: boolean; legalNotice?: string };

/** An EPCIS document. `version` is "1.2" for all XML of EPCIS 1.x; `created` is in Unix seconds. */
export type EpcisDocument = {
  version: "1.2" | "2.0";
  created: number;
  sender?: string;
  receiver?: string;
  /** By id: EPC class pattern, GLN, …. */
  masterData?: Record<string, MasterData>;
  statement?: TransactionStatement;
  events: EpcisEvent[];
};
