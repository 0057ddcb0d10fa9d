/**
 * Prescriptions: issued by practitioners, routed by patients, filled by pharmacies.
 *
 * @module
 */
import { hexlify } from "ethers";

import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { prepare, type Prepared } from "../prepare.js";
import { batchKey } from "./item.js";
import {
  isDoseCount,
  MAX_DOSES,
  prescriptionId,
  productCommitment,
  type Prescription,
  type PrescriptionSlip,
} from "./slip.js";
import { unitIn, type Pack } from "./unit.js";

/** A prescription as it stands. */
export type PrescriptionState = {
  /** Who fills it. */
  pharmacy: Address;
  /** How many doses were dispensed. */
  filled: number;
  /** Moves with every routing. */
  version: number;
  cancelled: boolean;
};

/**
 * Prepares a prescription; its salt is made here. What sending it gives is the slip the patient and the pharmacy need,
 * with the prescription's id: pass it on to them alone, as nothing on chain says what was prescribed.
 *
 * @example
 * const { result } = await issue(aceso, { patient, product: "gtin:00300010123455", doses: 3, validUntil, pharmacy }).send();
 *
 * @param patient the patient's account: one of its own for each prescription, so that nothing links them.
 * @param prescriber the licensed Practitioner the connection's account is, or acts for.
 * @param product such as `gtin:00300010123455`.
 * @param doses how many in all, in units the prescriber and the pharmacy agree on.
 * @param validUntil the first second it is not filled any more, in Unix seconds.
 * @param pharmacy who fills it, until the patient says otherwise.
 * @param keep keeps the slip before anything is sent, so that no prescription is issued that nobody can open.
 * @throws {@link DoseCountError}; what {@link productId} throws; on sending {@link ContractError} `PrescriberInvalid`,
 * `PrescriptionEmpty`, `PrescriptionEndPast` or `RoutePharmacyUnlicensed`.
 */
export function issue(
  aceso: Aceso,
  {
    patient,
    prescriber = accountOf(aceso),
    product,
    doses,
    validUntil,
    pharmacy,
    keep,
  }: {
    patient: Address;
    prescriber?: Address;
    product: string;
    doses: number;
    validUntil: number;
    pharmacy: Address;
    keep?: (slip: PrescriptionSlip & { id: Hex }) => Promise<void> | void;
  },
): Prepared<PrescriptionSlip & { id: Hex }> {
  requireDoses(doses);
  const { prescriptions } = aceso.contracts;
  const opening = { product, salt: hexlify(crypto.getRandomValues(new Uint8Array(32))) as Hex };
  const prescription = {
    patient: toAddress(patient),
    prescriber: toAddress(prescriber),
    product: productCommitment(opening),
    doses,
    validUntil,
  };
  const data = prescriptions.interface.encodeFunctionData("issue", [prescription, toAddress(pharmacy)]);
  const result = { id: prescriptionId(prescription), prescription, opening };
  return prepare(aceso, prescriptions, data, {
    ...(keep && { before: async () => keep(result) }),
    after: () => result,
  });
}

/**
 * Prepares the cancellation of what is left of a prescription. The connection's account is the prescriber, or acts for
 * it.
 *
 * @throws on sending {@link ContractError} `PrescriptionUnknown`, `PrescriberInvalid` or `PrescriptionIsCancelled`.
 */
export function cancel(aceso: Aceso, { prescription }: { prescription: Prescription }): Prepared {
  const { prescriptions } = aceso.contracts;
  return prepare(aceso, prescriptions, prescriptions.interface.encodeFunctionData("cancel", [prescription]));
}

/** A pack on a prescription, and how many doses it counts for. */
export type Fill = Pack & { prescription: Prescription; doses: number };

/**
 * Prepares dispensing a pack on a prescription, which counts its doses down. The connection's account is the pharmacy
 * the prescription is routed to, or its staff; the pharmacy lets the registry dispense from its stock (`setService`).
 *
 * @example
 * const { prescription, opening } = parseSlip(text);
 * await fill(aceso, { prescription, opening, doses: 1, lot: "A123", parcel, tree, serial: "7Q2M9VXK4TRC8HWN3PZF" }).send();
 *
 * @param doses how many doses the pack counts for.
 * @param opening what was prescribed, from the slip.
 * @param lot the pack's lot number (GS1 AI 10).
 * @throws {@link DoseCountError}, {@link WrongTreeError}, {@link SerialNotInTreeError}, {@link UnitNotInTreeError};
 * what {@link batchKey} throws; on sending {@link ContractError} `PrescriptionUnknown`, `PrescriptionIsCancelled`,
 * `PrescriptionNotYours`, `PrescriptionExpired`, `PrescriptionSpent`, `PrescriptionProductMismatch`,
 * `PrescriptionBatchMismatch`, `ServiceInvalid`, `ItemNotHeldBy`, or as `medication.dispense`.
 */
export function fill(
  aceso: Aceso,
  { prescription, doses, opening, lot, ...pack }: Fill & Pick<PrescriptionSlip, "opening"> & { lot: string },
): Prepared {
  requireDoses(doses);
  const { prescriptions } = aceso.contracts;
  const opened = { ...batchKey({ product: opening.product, lot }), salt: opening.salt };
  const call = [prescription, doses, unitIn(pack), opened] as const;
  return prepare(aceso, prescriptions, prescriptions.interface.encodeFunctionData("fill", [...call]));
}

/**
 * Prepares taking back to stock the pack of a prescription's last fill, which was never collected: its doses are the
 * patient's again.
 *
 * @param doses how many the fill counted for.
 * @param opening what was prescribed, from the slip.
 * @param lot the pack's lot number (GS1 AI 10).
 * @param pharmacy who dispensed it: the connection's account, or the organisation it acts for.
 * @throws {@link DoseCountError}, {@link WrongTreeError}, {@link SerialNotInTreeError}, {@link UnitNotInTreeError}; on
 * sending {@link ContractError} `FillUnknown`, `PrescriptionProductMismatch`, `PrescriptionBatchMismatch`, `PrescriptionUnknown`, `PrescriptionNotYours`, `UnitNotDispensed`,
 * `UnitReturnedBefore`, `ServiceInvalid`, `PharmacyInvalid`, `ItemNotHeldBy` or `ItemStatusInvalid`.
 */
export function returnToStock(
  aceso: Aceso,
  {
    prescription,
    doses,
    opening,
    lot,
    pharmacy = accountOf(aceso),
    ...pack
  }: Fill & Pick<PrescriptionSlip, "opening"> & { lot: string; pharmacy?: Address },
): Prepared {
  requireDoses(doses);
  const { prescriptions } = aceso.contracts;
  const opened = { ...batchKey({ product: opening.product, lot }), salt: opening.salt };
  const call = [prescription, doses, unitIn(pack), opened, toAddress(pharmacy)] as const;
  return prepare(aceso, prescriptions, prescriptions.interface.encodeFunctionData("returnToStock", [...call]));
}

/** A prescription as it stands, by its id; undefined when there is none. */
export async function prescriptionOf(aceso: Aceso, id: Hex): Promise<PrescriptionState | undefined> {
  const { issued, pharmacy, filled, version, cancelled } = await aceso.contracts.prescriptions.prescriptionOf(id);
  if (!issued) return undefined;
  return { pharmacy: pharmacy as Address, filled: Number(filled), version: Number(version), cancelled };
}

function requireDoses(doses: number): void {
  if (!isDoseCount(doses)) throw new DoseCountError(doses);
}

/** A prescription, or a fill, cannot be of so many doses. */
export class DoseCountError extends AcesoError {
  override name = "DoseCountError";
  constructor(readonly doses: number) {
    super(
      `Doses are counted in whole numbers from 1 to ${MAX_DOSES}, not ${doses}.`,
      "Count in smaller units, such as tablets, or in larger ones, such as packs.",
    );
  }
}
