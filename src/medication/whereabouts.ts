/**
 * Where an item is, and what is known against it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf } from "../events.js";
import { AUTHORITIES, CONDITIONS, nameAt, STATUSES, type Authority, type Condition, type Status } from "./states.js";

/** Where an item is: what holds for the outermost container it is in, or for itself. */
export type Whereabouts = {
  /** The outermost container it is in, by id. */
  container?: Hex;
  status: Status;
  condition: Condition;
  /** On whose authority it is not sound. */
  heldBy: Authority;
  /** Who holds it, or last held what is missing or destroyed; nobody in transit. */
  holder?: Address;
  /** Its journey, in transit. */
  shipment?: Shipment;
  /** When it got where it is, in Unix seconds. */
  since: number;
};

/** A journey that has not ended. */
export type Shipment = {
  from: Address;
  to: Address;
  /** Digest of the shipping document. */
  document: Hex;
};

/** Where an item is, by its id. Its status is `none` when it was never made, was split or emptied. */
export async function whereaboutsOf(aceso: Aceso, item: Hex): Promise<Whereabouts> {
  const [root, custody] = await aceso.contracts.batches.rootCustodyOf(item);
  const status = nameAt(STATUSES, custody.status);
  return {
    ...(root !== item.toLowerCase() && { container: root as Hex }),
    status,
    condition: nameAt(CONDITIONS, custody.condition),
    heldBy: nameAt(AUTHORITIES, custody.heldBy),
    ...(status === "in transit"
      ? { shipment: await shipmentOf(aceso, root as Hex) }
      : status !== "none" && { holder: custody.holder as Address }),
    since: Number(custody.since),
  };
}

async function shipmentOf(aceso: Aceso, item: Hex): Promise<Shipment> {
  const { batches } = aceso.contracts;
  const { args } = (await eventsOf(aceso, batches, batches.filters.ItemShipped(item))).at(-1)!;
  return { from: args.from as Address, to: args.to as Address, document: args.document as Hex };
}
