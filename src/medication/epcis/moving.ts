/**
 * Shipping and receiving, planned.
 *
 * @module
 */
import type { Address } from "../../crypto/address.js";
import type { EpcisEvent, SourceOrDestination } from "../../gs1/epcis/event.js";
import { digestOfEvent } from "./digest.js";
import type { RankedEvent } from "./foresight.js";
import { itemOf, type GoodsNode } from "./goods.js";
import type { TradingParty } from "./parties.js";
import { conflict, requireHeld, take, thingsOf, type Turn } from "./turn.js";

/**
 * The identifiers of the parties of an event that ships or receives. The owner counts: whoever only possesses the goods
 * acts for them.
 */
export function partiesNeeded({ event, meanings }: RankedEvent): string[] {
  const ship = meanings.includes("ship") ? [ownerAmong(event.sources), ownerAmong(event.destinations)] : [];
  const receive = meanings.includes("receive") ? [ownerAmong(event.destinations) ?? placeOf(event)] : [];
  return [...ship, ...receive].filter((uri) => uri !== undefined);
}

/** Where an event left its goods, or where it happened. */
export function placeOf({ bizLocation, readPoint }: EpcisEvent): string | undefined {
  return bizLocation ?? readPoint;
}

/** Ships an event's goods; within one organisation nothing moves on the ledger. */
export function ship(turn: Turn): void {
  const { event, parties } = turn;
  const source = partyAt(turn, ownerAmong(event.sources));
  const to = partyAt(turn, ownerAmong(event.destinations));
  if (to === undefined) return turn.leave("It does not name the party it ships to.");
  if (source?.account === to.account) return turn.leave("The goods stay with the organisation that owns them.");
  const taken = take(turn, thingsOf(turn, event.epcs));
  const document = digestOfEvent(event);
  for (const [holder, nodes] of byHolder(taken.keys())) {
    for (const node of nodes) {
      const epc = taken.get(node)!;
      requireHeld(turn, node, epc, source?.account);
      if (holder === to.account) throw conflict(turn, epc, "is held by whom it is shipped to");
      Object.assign(node, { status: "on its way", to: to.account });
    }
    const from = source ?? parties.of(holder);
    if (from === undefined)
      throw conflict(turn, taken.get(nodes[0]!)!, `is shipped by ${holder}, whose role is unknown`);
    const items = nodes.map(itemOf);
    turn.send({ call: "ship", items, fromRole: from.role, to: to.account, toRole: to.role, document }, holder);
  }
}

/** Takes an event's goods back that are on their way. */
export function cancelShipment(turn: Turn): void {
  const taken = take(turn, thingsOf(turn, turn.event.epcs));
  for (const [sender, sent] of byHolder(taken.keys())) {
    for (const [to, nodes] of Map.groupBy(sent, (node) => node.to)) {
      const epc = taken.get(nodes[0]!)!;
      if (to === undefined) throw conflict(turn, epc, "is not on its way");
      nodes.forEach(arrive);
      turn.send({ call: "cancelShipment", items: nodes.map(itemOf), to }, sender);
    }
  }
}

/** Receives an event's goods; what the receiver has already is left. */
export function receive(turn: Turn): void {
  const { event } = turn;
  const to = partyAt(turn, ownerAmong(event.destinations) ?? placeOf(event));
  if (to === undefined) return turn.leave("It does not name the party that receives.");
  const taken = take(turn, thingsOf(turn, event.epcs));
  const isThere = ({ status, holder }: GoodsNode) => status === "in custody" && holder === to.account;
  const there = [...taken].filter(([node]) => isThere(node)).map(([, epc]) => epc);
  if (there.length > 0) turn.leave("The organisation that receives has them already.", there);
  const coming = [...taken.keys()].filter((node) => !isThere(node));
  for (const node of coming) {
    if (node.to !== to.account) throw conflict(turn, taken.get(node)!, `is not on its way to ${to.account}`);
  }
  for (const [from, nodes] of byHolder(coming)) {
    nodes.forEach((node) => {
      arrive(node);
      node.holder = to.account;
    });
    turn.send({ call: "receive", items: nodes.map(itemOf), from, role: to.role }, to.account);
  }
}

function arrive(node: GoodsNode): void {
  node.status = "in custody";
  delete node.to;
}

function byHolder(nodes: Iterable<GoodsNode>): Map<Address, GoodsNode[]> {
  return Map.groupBy(nodes, ({ holder }) => holder);
}

function partyAt({ parties }: Turn, uri: string | undefined): TradingParty | undefined {
  return uri === undefined ? undefined : parties.at(uri);
}

function ownerAmong(ends: readonly SourceOrDestination[]): string | undefined {
  const byType = (type: string) => ends.find((end) => end.type === type)?.id;
  return byType("owning_party") ?? byType("possessing_party") ?? byType("location");
}
