/**
 * EPCIS documents → ledger steps.
 *
 * @module
 */
import type { EpcisDocument, EpcisEvent } from "../../gs1/epcis/event.js";
import { canonicalJson } from "../../fhir/canonicalJson.js";
import type { SerialTree } from "../tree.js";
import { foresee, type RankedEvent } from "./foresight.js";
import { dispense, hold, recall, release, reportMissing, returnToStock, destroy } from "./findings.js";
import { noGoods, type Goods } from "./goods.js";
import { lotsIn, unitsIn } from "./lots.js";
import { meaningsOf, type Meaning } from "./meaning.js";
import { cancelShipment, partiesNeeded, placeOf, receive, ship } from "./moving.js";
import { commission, pack, unpack } from "./packaging.js";
import { readParties, UnknownPartyError, type Parties, type PartyBook } from "./parties.js";
import type { PlannedStep } from "./step.js";
import { keyOfThing, thingOf } from "./thing.js";
import { conflict, MAX_ITEMS, type Turn } from "./turn.js";

/** What of an event has no meaning to the ledger: all of it, or these EPCs. */
export type Unmapped = { event: number; reason: string; epcs?: readonly string[] };

/** What a document amounts to on the ledger. */
export type Plan = {
  steps: PlannedStep[];
  /** In the document's order. */
  unmapped: Unmapped[];
  /** The steps of the documents before, which were sent then. */
  earlier: PlannedStep[];
  /** All cases by their SGTIN, as their labels on the ledger are hashes: what `exportEpcis` names them by. */
  cases: { gtin: string; serial: string }[];
};

/** What planning needs besides the document. */
export type PlanOptions = {
  parties: PartyBook;
  /** The documents imported before this one, in their order: where they left the goods. */
  before?: readonly EpcisDocument[];
  /**
   * Serial trees of batches of which the documents commission only some units, such as those shipped to one buyer, or that
   * were numbered otherwise. A batch without one has the units its documents name.
   */
  trees?: readonly SerialTree[];
};

const HANDLERS: Record<Meaning, (turn: Turn) => void> = {
  ...{ commission, pack, unpack, ship, cancelShipment, receive },
  ...{ hold, release, dispense, returnToStock, destroy, reportMissing, recall },
};

/**
 * Plans a document's events, in their order in time, as steps on the ledger. Nothing is sent, and no event is dropped: what
 * the ledger has no word for is listed.
 *
 * Instances of trade items are units, unless the document packs into one of the same GTIN: then they are cases. All
 * units that the document commissions of a lot are one batch, numbered so that what is packed together is together.
 *
 * @example
 * const { steps, unmapped } = planEpcis(parseEpcis(text), { parties });
 *
 * @throws {@link EpcisConflictError} when the events contradict each other, naming the first that does.
 * @throws {@link UnknownPartyError} with all parties that the book lacks, or {@link MalformedPartyError}.
 */
export function planEpcis(document: EpcisDocument, { parties: book, before = [], trees = [] }: PlanOptions): Plan {
  const parties = readParties(book);
  const goods = noGoods();
  const seen = new Set<string>();
  const plans = [...before, document].map((each) => planOne(each, { goods, parties, seen, trees }));
  const earlier = plans.slice(0, -1).flatMap(({ steps }) => steps);
  const cases = new Map(plans.flatMap((plan) => plan.cases.map((each) => [keyOfThing(each), each] as const)));
  return { ...plans.at(-1)!, earlier, cases: [...cases.values()] };
}

type World = { goods: Goods; parties: Parties; seen: Set<string>; trees: readonly SerialTree[] };

function planOne({ events }: EpcisDocument, world: World): Omit<Plan, "earlier"> {
  const { goods, parties, seen, trees } = world;
  const steps: PlannedStep[] = [];
  const unmapped: Unmapped[] = [];
  const leave = (event: number, reason: string, epcs?: readonly string[]) =>
    unmapped.push({ event, reason, ...(epcs && { epcs }) });
  const ranked = rankedEvents(events, seen, leave);
  const cases = casesIn(ranked);
  for (const { gtin } of cases) goods.cases.add(gtin);
  requireParties(ranked, world);
  const makerAt = (event: EpcisEvent) => parties.at(placeOf(event) ?? "")!.account;
  const sight = foresee(ranked, lotsIn(ranked, goods, trees, makerAt), goods);
  for (const [rank, { event, place, meanings }] of ranked.entries()) {
    const turn: Turn = {
      ...{ event, place, rank, goods, sight, parties },
      send: (call, by, from = [place]) => steps.push(...inParts({ ...call, by, events: from })),
      leave: (reason, epcs) => leave(place, reason, epcs),
    };
    for (const meaning of meanings) HANDLERS[meaning](turn);
    if (event.quantities.length > 0 && !meanings.includes("recall")) {
      const classes = event.quantities.map(({ epcClass }) => epcClass);
      turn.leave("It counts goods of a class: the ledger has each unit by its serial number.", classes);
    }
  }
  return { steps, unmapped: unmapped.sort((a, b) => a.event - b.event), cases };
}

// In their order in time; those of one second in that of the document.
function rankedEvents(
  events: readonly EpcisEvent[],
  seen: Set<string>,
  leave: (event: number, reason: string) => void,
): RankedEvent[] {
  const wrong = new Set(events.filter(({ errorDeclaration }) => errorDeclaration).map(identityOf));
  return [...events.entries()]
    .sort(([, a], [, b]) => a.time - b.time)
    .flatMap(([place, event]) => {
      const identity = identityOf(event);
      if (event.errorDeclaration) leave(place, "It declares another event wrong.");
      else if (wrong.has(identity)) leave(place, "It is declared wrong.");
      else if (seen.has(identity)) leave(place, "It repeats an event.");
      else {
        seen.add(identity);
        const meanings = meaningsOf(event);
        if ("reason" in meanings) leave(place, meanings.reason);
        else return [{ event, place, meanings, ...keysOf(event) }];
      }
      return [];
    });
}

function identityOf({ eventId, errorDeclaration: _, ...rest }: EpcisEvent): string {
  return eventId ?? canonicalJson(rest);
}

function keysOf({ epcs, children, parent }: EpcisEvent): Pick<RankedEvent, "keys" | "parent"> {
  const container = parent === undefined ? undefined : thingOf(parent);
  return {
    keys: [...epcs, ...children].flatMap((epc) => thingOf(epc)?.key ?? []),
    ...(container && { parent: container.key }),
  };
}

function requireParties(events: readonly RankedEvent[], { goods, parties }: World): void {
  const needed = events.flatMap((ranked) => {
    const { event, place, meanings } = ranked;
    const units = meanings.includes("commission") ? unitsIn(event, place, goods) : [];
    const [made] = units.filter(({ batch }) => !goods.stocks.has(batch));
    if (made === undefined) return partiesNeeded(ranked);
    const location = placeOf(event);
    if (location === undefined)
      throw conflict({ place }, made.epc, "is commissioned at no location that could tell by whom");
    return [location];
  });
  const unknown = [...new Set(needed)].filter((uri) => parties.at(uri) === undefined);
  if (unknown.length > 0) throw new UnknownPartyError(unknown);
}

function casesIn(events: readonly RankedEvent[]): Plan["cases"] {
  const parents = events.flatMap(({ event, meanings }) => (meanings.includes("pack") ? (event.parent ?? []) : []));
  const things = new Map(parents.flatMap((epc) => thingOf(epc) ?? []).map(({ key, thing }) => [key, thing]));
  return [...things.values()].filter((thing) => "gtin" in thing);
}

function inParts(step: PlannedStep): PlannedStep[] {
  if (!("items" in step) || step.items.length <= MAX_ITEMS) return [step];
  const { items } = step;
  const starts = Array.from({ length: Math.ceil(items.length / MAX_ITEMS) }, (_, part) => part * MAX_ITEMS);
  return starts.map((start) => ({ ...step, items: items.slice(start, start + MAX_ITEMS) }));
}
