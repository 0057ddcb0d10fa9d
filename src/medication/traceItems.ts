/**
 * What happened to parcels while a unit was in them, and to containers while those were inside.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import { eventsAbout } from "./ledgerEvents.js";
import type { Place } from "./lineage.js";
import { AUTHORITIES, CONDITIONS, nameAt, REASONS, STATUSES } from "./states.js";
import type { Untimed, What } from "./trace.js";

/** An item, and from after when until when it is looked at; `until` is included. */
type Span = { id: Hex; from?: Place; until?: Place };

type Of<Step> = Step & { item: Hex };

/** What happened to items, and to all containers around them while they were inside, in no order. */
export async function itemSteps(aceso: Aceso, spans: readonly Span[]): Promise<Untimed[]> {
  const steps: Untimed[] = [];
  let level: readonly Span[] = spans;
  while (level.length > 0) {
    const found = await stepsIn(aceso, level);
    steps.push(...found);
    level = ridesIn(found);
  }
  return steps;
}

async function stepsIn(aceso: Aceso, spans: readonly Span[]): Promise<Of<Untimed>[]> {
  const found = await everyStep(aceso, [...new Set(spans.map(({ id }) => id))]);
  return found.filter(({ item, event }) => spans.some((span) => span.id === item && isWithin(span, event)));
}

function isWithin({ from, until }: Span, event: Place): boolean {
  return (from === undefined || inOrder(from, event) < 0) && (until === undefined || inOrder(event, until) <= 0);
}

/** The containers items were packed into, from packing to unpacking. */
function ridesIn(steps: readonly Of<Untimed>[]): Span[] {
  const moves = steps
    .filter(({ what }) => what === "packed" || what === "unpacked")
    .sort((a, b) => inOrder(a.event, b.event));
  return moves.flatMap(({ what, item, container, event: from }, place) => {
    if (what === "unpacked") return [];
    // An item is packed once at a time, so its next move is out of there.
    const out = moves.slice(place + 1).find((move) => move.item === item);
    return [{ id: container!, from, ...(out && { until: out.event }) }];
  });
}

async function everyStep(aceso: Aceso, ids: readonly Hex[]): Promise<Of<Untimed>[]> {
  const { batches } = aceso.contracts;
  const { filters } = batches;
  const [split, packed, unpacked, shipped, received, returned, conditions, statuses] = await Promise.all([
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ParcelSplit(undefined, any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ItemPacked(undefined, any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ItemUnpacked(undefined, any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ItemShipped(any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ItemReceived(any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ItemReturned(any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.ConditionSet(any))),
    eventsAbout(ids, (any) => eventsOf(aceso, batches, filters.StatusSet(any))),
  ]);
  const journey = ({ from, to }: { from: string; to: string }) => ({ from: from as Address, to: to as Address });
  return [
    ...split.map((event) => step("split", event, event.args.parcel)),
    ...packed.map((event) => ({ ...step("packed", event, event.args.item), ...inContainer(event.args) })),
    ...unpacked.map((event) => ({ ...step("unpacked", event, event.args.item), ...inContainer(event.args) })),
    ...shipped.map((event) => ({
      ...step("shipped", event, event.args.item),
      ...journey(event.args),
      document: event.args.document as Hex,
    })),
    ...received.map((event) => ({ ...step("received", event, event.args.item), ...journey(event.args) })),
    ...returned.map((event) => ({
      ...step(event.args.rejected ? "rejected" : "cancelled", event, event.args.item),
      ...journey(event.args),
    })),
    ...conditions.map((event) => ({
      ...step("condition set", event, event.args.item),
      by: event.args.organisation as Address,
      document: event.args.evidence as Hex,
      condition: nameAt(CONDITIONS, event.args.condition),
      authority: nameAt(AUTHORITIES, event.args.authority),
      reason: nameAt(REASONS, event.args.reason),
    })),
    ...statuses.map((event) => ({
      ...step(losses(event.args.status), event, event.args.item),
      by: event.args.holder as Address,
      document: event.args.evidence as Hex,
    })),
  ];
}

function step(what: What, event: Untimed["event"] & { args: { actor: string } }, item: string): Of<Untimed> {
  return { what, event, item: item as Hex, actor: event.args.actor as Address };
}

function inContainer({ container, holder }: { container: string; holder: string }) {
  return { container: container as Hex, by: holder as Address };
}

function losses(status: bigint): What {
  const name = nameAt(STATUSES, status);
  return name === "destroyed" || name === "missing" ? name : "found";
}
