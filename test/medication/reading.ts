/**
 * What the tests of the reading side have in common: connections, barcodes, and a pallet on its way.
 *
 * @module
 */
import { connect, type Aceso } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { deploymentOf } from "../sdk.js";
import {
  batchId,
  commissioned,
  container,
  containerId,
  deliver,
  EVIDENCE,
  handover,
  items,
  unitIn,
  type Container,
  type Parcel,
  type Trade,
} from "./ledger.js";

/** The batch of tablets. */
export const TABLETS = batchId() as Hex;

/** The label of a container of {@link container}. */
export const SSCC = "000000000000000017";

/** Somebody of the trade, connected. */
export function joined(house: Trade, who: Trade["maker"] = house.pharmacy): Promise<Aceso> {
  return connect(who, { deployment: deploymentOf(house) });
}

/** An account's address, as the SDK has it. */
export function addressOf({ address }: { address: string }): Address {
  return address as Address;
}

/** The barcode of a pack of tablets. */
export function barcode(serial: string, { lot = "A123", expiry }: { lot?: string; expiry?: string } = {}): string {
  return `(01)00300010123455${expiry === undefined ? "" : `(17)${expiry}`}(10)${lot}(21)${serial}`;
}

/** A range of the batch of tablets. */
export function range(first: number, count: number): Parcel & { batch: Hex } {
  return { batch: TABLETS, first, count };
}

/**
 * The tablets split: units 0 to 7 in a case on a pallet at the pharmacy, 8 to 11 loose there with unit 9 dispensed, 12
 * to 15 on their way to the branch, 16 to 19 still the maker's. The pallet came by the wholesaler.
 */
export async function distributed() {
  const house = await commissioned();
  const { batches, maker, wholesaler, pharmacy, branch, whole } = house;
  await batches.connect(maker).split(whole, [8, 4, 4, 4]);
  const pallet: Container = container(maker, 17);
  const crate: Container = container(maker, 24);
  await batches.connect(maker).pack(crate, items(range(0, 8)), maker);
  await batches.connect(maker).pack(pallet, items(crate), maker);
  const out = { from: maker, fromRole: "Manufacturer", to: wholesaler, toRole: "Distributor" } as const;
  await deliver(house, [pallet, range(8, 4), range(12, 4)], out);
  const on = { from: wholesaler, fromRole: "Distributor", to: pharmacy, toRole: "Pharmacy" } as const;
  await deliver(house, [pallet, range(8, 4)], on);
  await batches
    .connect(wholesaler)
    .ship(items(range(12, 4)), handover(wholesaler, "Distributor", branch, "Pharmacy"), EVIDENCE);
  await batches.connect(pharmacy).dispense(unitIn(range(8, 4), 9, house.tree));
  return { ...house, pallet, crate, palletId: containerId(pallet) as Hex, crateId: containerId(crate) as Hex };
}
