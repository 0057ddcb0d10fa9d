/**
 * Handovers: shipped by one licensed partner, received by another.
 *
 * @module
 */
import { roleNumber, type Role } from "../accreditation/role.js";
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { itemsOf, type Item } from "./item.js";
import { idsOf } from "./parcel.js";

/** A role that trades in medical products. */
export type TradingRole = Extract<Role, "Manufacturer" | "Distributor" | "Pharmacy" | "Provider">;

/** Items on their way, by their keys or ids, and between whom. */
export type Shipment = { items: readonly (Item | Hex)[]; from: Address; to: Address };

/**
 * Prepares a shipment; the sender stays answerable until it is received. Unsafe goods (recalled, held, suspect,
 * illegitimate or expired) ship only to their manufacturer or a Distributor, for returns.
 *
 * @example
 * const document = await documentDigest(despatchAdvice);
 * await ship(aceso, { items: [parcel], fromRole: "Manufacturer", to: wholesaler, toRole: "Distributor", document }).send();
 *
 * @param items what is shipped: whole, in the sender's custody.
 * @param from the organisation the connection's account is, or acts for.
 * @param document digest of the shipping document, from `documentDigest`.
 * @throws {@link MalformedAddressError}, {@link UnknownRoleError}, {@link MalformedDigestError}; on sending
 * {@link ContractError} `PartnerInvalid`, `ConsigneeIsConsignor`, `CustodyUnauthorized`, `ItemsMissing`, `ItemUnknown`,
 * `ItemStatusInvalid`, `ItemNotHeldBy` or `GoodsUnsafe`.
 */
export function ship(
  aceso: Aceso,
  {
    items,
    from = accountOf(aceso),
    fromRole,
    to,
    toRole,
    document,
  }: {
    items: readonly Item[];
    from?: Address;
    fromRole: TradingRole;
    to: Address;
    toRole: TradingRole;
    document: Hex;
  },
): Prepared {
  const { batches } = aceso.contracts;
  const handover = {
    from: toAddress(from),
    fromRole: roleNumber(fromRole),
    to: toAddress(to),
    toRole: roleNumber(toRole),
  };
  const call = [itemsOf(items), handover, toDigest(document)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("ship", [...call]));
}

/**
 * Prepares the receipt of shipped items, unsafe ones too.
 *
 * @param to the organisation the connection's account is, or acts for.
 * @param role what it is licensed as.
 * @throws {@link MalformedAddressError}, {@link UnknownRoleError}; on sending {@link ContractError} `PartnerInvalid`,
 * `ItemsMissing`, `ItemUnknown` or `ShipmentUnknown`.
 */
export function receive(
  aceso: Aceso,
  {
    items,
    from,
    to = accountOf(aceso),
    role,
  }: Omit<Shipment, "to"> & Partial<Pick<Shipment, "to">> & { role: TradingRole },
): Prepared {
  const { batches } = aceso.contracts;
  const call = [idsOf(items), toAddress(from), toAddress(to), roleNumber(role)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("receiveItems", [...call]));
}

/**
 * Prepares the refusal of shipped items; they are the sender's again.
 *
 * @param to the organisation the connection's account is, or acts for.
 * @throws {@link MalformedAddressError}; on sending {@link ContractError} `CustodyUnauthorized`, `ItemsMissing`,
 * `ItemUnknown` or `ShipmentUnknown`.
 */
export function reject(
  aceso: Aceso,
  { items, from, to = accountOf(aceso) }: Omit<Shipment, "to"> & Partial<Pick<Shipment, "to">>,
): Prepared {
  const { batches } = aceso.contracts;
  const call = [idsOf(items), toAddress(from), toAddress(to)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("reject", [...call]));
}

/**
 * Prepares taking a shipment back before it is received.
 *
 * @param from the organisation the connection's account is, or acts for.
 * @throws as {@link reject}.
 */
export function cancelShipment(
  aceso: Aceso,
  { items, from = accountOf(aceso), to }: Omit<Shipment, "from"> & Partial<Pick<Shipment, "from">>,
): Prepared {
  const { batches } = aceso.contracts;
  const call = [idsOf(items), toAddress(from), toAddress(to)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("cancelShipment", [...call]));
}
