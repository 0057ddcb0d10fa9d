/**
 * What happened on the ledger, in EPCIS's words.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { Action, BizTransaction, EpcisEvent, ObjectEvent } from "../../gs1/epcis/event.js";
import { documentUri } from "./digest.js";
import type { Happening } from "./ledgerHistory.js";
import type { Naming } from "./naming.js";

/** What writing an event needs besides what happened. */
export type Writing = {
  /** In Unix seconds. */
  time: number;
  uriOf: (account: Address) => string | undefined;
  naming: Naming;
  /** Of the batch. */
  ilmd: { lot: string; expiry: string };
  units: number;
};

type Words = { action: Action; bizStep?: string; disposition: string };

const HELD: Words = { action: "OBSERVE", bizStep: "holding", disposition: "non_sellable_other" };
const FIT: Words = { action: "OBSERVE", bizStep: "inspecting", disposition: "sellable_accessible" };
const VOID: Words = { action: "OBSERVE", bizStep: "void_shipping", disposition: "in_progress" };

const WORDS: Partial<Record<Happening["what"], Words>> = {
  commissioned: { action: "ADD", bizStep: "commissioning", disposition: "active" },
  packed: { action: "ADD", bizStep: "packing", disposition: "in_progress" },
  unpacked: { action: "DELETE", bizStep: "unpacking", disposition: "in_progress" },
  shipped: { action: "OBSERVE", bizStep: "shipping", disposition: "in_transit" },
  received: { action: "OBSERVE", bizStep: "receiving", disposition: "in_progress" },
  cancelled: VOID,
  rejected: VOID,
  destroyed: { action: "DELETE", bizStep: "destroying", disposition: "destroyed" },
  missing: { action: "OBSERVE", bizStep: "stock_taking", disposition: "unknown" },
  found: HELD,
  dispensed: { action: "OBSERVE", bizStep: "dispensing", disposition: "dispensed" },
  "returned to stock": { action: "OBSERVE", bizStep: "stocking", disposition: "returned" },
  "batch held": HELD,
  "batch released": FIT,
  recalled: { action: "OBSERVE", disposition: "recalled" },
  "recall rescinded": FIT,
};

/** Whether EPCIS has words for it: none for a split, as it has no parcels. */
export function hasWords({ what }: Happening): boolean {
  return what === "condition set" || WORDS[what] !== undefined;
}

/** The organisations of what happened that an event must name; one that judges need not trade. */
export function accountsIn({ what, by, from, to }: Happening): Address[] {
  const isJudged = what === "condition set" || what.startsWith("batch") || what.startsWith("recall");
  return [...(isJudged ? [] : [by]), from, to].filter((account) => account !== undefined);
}

/** The event of what one transaction did to several goods alike. */
export function eventOf(group: readonly Happening[], writing: Writing): EpcisEvent {
  const [first] = group;
  const { what, container } = first!;
  const { naming, ilmd } = writing;
  const things = group.flatMap((each) => thingsOf(each, writing));
  const common = {
    ...commonOf(first!, writing),
    ...(things.length === 0 && { quantities: [{ epcClass: naming.ofLot }] }),
  };
  if (container === undefined) return { ...common, epcs: things, ...(what === "commissioned" && { ilmd }) };
  return { ...common, type: "AggregationEvent", parent: naming.ofItem(container)[0]!, children: things };
}

function commonOf(happening: Happening, { time, uriOf }: Writing): ObjectEvent {
  const { what, by, from, to, document } = happening;
  const doer = by ?? (what === "received" || what === "rejected" ? to : from);
  const place = doer && uriOf(doer);
  const ends = (account: Address | undefined) =>
    account === undefined ? [] : [{ type: "owning_party", id: uriOf(account)! }];
  return {
    type: "ObjectEvent",
    ...{ time, timeText: new Date(time * 1000).toISOString().replace(".000Z", "Z"), timeZoneOffset: "+00:00" },
    ...wordsOf(happening),
    ...(place !== undefined && { readPoint: place, ...(what !== "shipped" && { bizLocation: place }) }),
    ...{ sources: ends(from), destinations: ends(to) },
    bizTransactions:
      document === undefined || BigInt(document) === 0n ? [] : [transactionOf(what, documentUri(document))],
    ...{ epcs: [], quantities: [], children: [] },
  };
}

function wordsOf({ what, condition, reason }: Happening): Words {
  if (what !== "condition set") return WORDS[what]!;
  if (condition === "sound") return FIT;
  return reason === "damage" ? { ...HELD, disposition: "damaged" } : HELD;
}

function transactionOf(what: Happening["what"], id: string): BizTransaction {
  return what === "shipped" ? { type: "desadv", id } : { id };
}

function thingsOf({ what, item, number }: Happening, { naming, units }: Writing): string[] {
  if (what === "commissioned") return Array.from({ length: units }, (_, unit) => naming.ofUnit(unit));
  if (item !== undefined) return naming.ofItem(item);
  return number === undefined ? [] : [naming.ofUnit(number)];
}
