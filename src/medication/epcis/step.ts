/**
 * Ledger steps: the calls that EPCIS events amount to, each with the events it comes from and who sends it.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import type { TradingRole } from "../handover.js";
import type { Container, Item, Parcel } from "../item.js";
import type { Reason } from "../states.js";
import type { SerialTree } from "../tree.js";

/** A batch that events commission. */
export type PlannedBatch = {
  id: Hex;
  /** `gtin:` and 14 digits. */
  product: string;
  lot: string;
  /** The first second its units are expired, in Unix seconds. */
  expiry: number;
  /** By unit. What the caller's tree holds, where it gave one. */
  serials: readonly string[];
  tree?: SerialTree;
};

/** What the ledger is asked. */
export type Call =
  | { call: "commission"; batch: PlannedBatch }
  | { call: "split"; parcel: Parcel; counts: readonly number[] }
  | { call: "pack" | "unpack"; container: Container; items: readonly Item[] }
  | { call: "ship"; items: readonly Item[]; fromRole: TradingRole; to: Address; toRole: TradingRole; document: Hex }
  | { call: "receive"; items: readonly Item[]; from: Address; role: TradingRole }
  | { call: "cancelShipment"; items: readonly Item[]; to: Address }
  | { call: "hold" | "release"; items: readonly Item[]; reason: Extract<Reason, "other" | "damage">; evidence: Hex }
  | { call: "destroy" | "reportMissing" | "recover"; items: readonly Item[]; evidence: Hex }
  | { call: "dispense" | "returnToStock"; parcel: Parcel; number: number }
  | { call: "recall"; batch: Hex; notice: Hex };

/** One call. */
export type PlannedStep = Call & {
  /** The organisation it is for, which sends it. */
  by: Address;
  /** The places in the document's list, from 0, of the events it comes from. */
  events: readonly number[];
};

/** A call of one kind. */
export type CallOf<C extends Call["call"]> = Extract<Call, { call: C }>;
