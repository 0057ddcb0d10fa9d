/**
 * Dispensing without prescription, and what partners find when they check a unit.
 *
 * @module
 */
import { roleNumber } from "../accreditation/role.js";
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { toBytes32 } from "../gs1/characters.js";
import { prepare, type Prepared } from "../prepare.js";
import { codeOf } from "./codes.js";
import type { TradingRole } from "./handover.js";
import { REPORTS } from "./states.js";
import { unitIn, type Pack } from "./unit.js";

/**
 * Prepares dispensing a unit that needs no prescription, from a parcel the pharmacy holds unpacked. The connection's
 * account is the pharmacy, or its staff.
 *
 * @example
 * await dispense(aceso, { parcel, tree, serial: "7Q2M9VXK4TRC8HWN3PZF" }).send();
 *
 * @throws {@link WrongTreeError}, {@link SerialNotInTreeError}, {@link UnitNotInTreeError}; on sending
 * {@link ContractError} `UnitAlreadyDispensed`, `SerialNotCommitted`, `PrescriptionRequired`, `PharmacyInvalid`,
 * `BatchUnknown`, `BatchIsRecalled`, `BatchIsHeld`, `BatchExpired`, `ItemUnknown`, `ItemStatusInvalid`, `ItemNotSound`
 * or `UnitNotInParcel`.
 */
export function dispense(aceso: Aceso, pack: Pack): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("dispense", [unitIn(pack)]));
}

/**
 * Prepares taking back to stock a unit that was dispensed without prescription and never left the pharmacy: once. The
 * connection's account is the pharmacy that holds its parcel, or its staff.
 *
 * @throws as {@link dispense}, but on sending `UnitNotDispensed` and `UnitReturnedBefore` for `UnitAlreadyDispensed`,
 * and whatever is known against the batch or parcel meanwhile does not matter.
 */
export function returnToStock(aceso: Aceso, pack: Pack): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("returnToStock", [unitIn(pack)]));
}

/**
 * Prepares letting a prescription service dispense from the stock of the connection's account, or no longer.
 *
 * @param service by default the deployment's prescription registry.
 * @throws {@link MalformedAddressError}; on sending {@link ContractError} `ServiceZero`.
 */
export function setService(
  aceso: Aceso,
  { service = aceso.deployment.prescriptionRegistry, allowed }: { service?: Address; allowed: boolean },
): Prepared {
  const { batches } = aceso.contracts;
  const data = batches.interface.encodeFunctionData("setService", [toAddress(service), allowed]);
  return prepare(aceso, batches, data);
}

/**
 * Prepares putting on record what a partner found when it checked a unit.
 *
 * @param batch the batch's id.
 * @param unit its number within the batch; of no meaning when the serial number is unknown.
 * @param serial its serial number, as scanned.
 * @param evidence digest of the evidence, such as the scan and where it was made, from `documentDigest`.
 * @param role what the organisation is licensed as.
 * @param organisation the organisation the connection's account is, or acts for.
 * @throws {@link UnknownWordError}, {@link NotBytes32TextError}, {@link MalformedDigestError}, {@link UnknownRoleError};
 * on sending {@link ContractError} `PartnerInvalid` or `BatchUnknown`.
 */
export function report(
  aceso: Aceso,
  {
    batch,
    unit = 0,
    serial,
    finding,
    evidence,
    role,
    organisation = accountOf(aceso),
  }: {
    batch: Hex;
    unit?: number;
    serial: string;
    finding: (typeof REPORTS)[number];
    evidence: Hex;
    role: TradingRole | "Regulator";
    organisation?: Address;
  },
): Prepared {
  const { batches } = aceso.contracts;
  const found = {
    batch,
    number: unit,
    serial: toBytes32(serial),
    finding: codeOf(REPORTS, finding),
    evidence: toDigest(evidence),
  };
  const call = [found, toAddress(organisation), roleNumber(role)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("report", [...call]));
}
