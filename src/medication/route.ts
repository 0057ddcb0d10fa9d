/**
 * Routing: the patient chooses the pharmacy, with or without gas.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { ownAuthorizationOf, sign, type Signed } from "../signing.js";
import { ROUTE } from "./messages.js";
import { prescriptionId, type Prescription } from "./slip.js";

/** A patient's choice of the pharmacy that fills a prescription. */
export type Route = { prescription: Prescription; pharmacy: Address };

/** A routing's message, as signed. */
export type RouteMessage = { id: Hex; pharmacy: Address; version: number };

/** A signed routing: the message, and the key the contract hashes to its id. */
export type SignedRoute = Signed<RouteMessage> & { prescription: Prescription };

/**
 * Prepares the choice of another pharmacy by the connection's account, the patient.
 *
 * @throws {@link MalformedAddressError}; on sending {@link ContractError} `PatientInvalid`, `PrescriptionUnknown`,
 * `PrescriptionIsCancelled` or `RoutePharmacyUnlicensed`.
 */
export function route(aceso: Aceso, { prescription, pharmacy }: Route): Prepared {
  const { prescriptions } = aceso.contracts;
  const data = prescriptions.interface.encodeFunctionData("route", [prescription, toAddress(pharmacy)]);
  return prepare(aceso, prescriptions, data);
}

/**
 * Signs the choice of another pharmacy for anybody to relay. It counts until the next routing.
 *
 * @param deadline the last second the message counts, in Unix seconds; an hour from now when not given.
 */
export async function signRoute(
  aceso: Aceso,
  { prescription, pharmacy, deadline }: Route & { deadline?: number },
): Promise<SignedRoute> {
  const { prescriptions } = aceso.contracts;
  const id = prescriptionId(prescription);
  const { version } = await prescriptions.prescriptionOf(id);
  const message = { id, pharmacy: toAddress(pharmacy), version: Number(version) };
  return { ...(await sign(aceso, prescriptions, ROUTE, message, deadline)), prescription };
}

/**
 * Prepares the relay of a signed routing.
 *
 * @throws {@link SignedForElsewhereError}; {@link SignerMismatchError} when another than the patient signed; on sending
 * {@link ContractError} as {@link route}, `SignatureExpired`, or `SignatureInvalid`, also when it was routed since.
 */
export function routeBySig(aceso: Aceso, signed: SignedRoute): Prepared {
  const { prescriptions } = aceso.contracts;
  const { prescription, message, signature } = signed;
  const authorization = ownAuthorizationOf(aceso, prescriptions, ROUTE, signed, toAddress(prescription.patient));
  const call = [prescription, message.pharmacy, authorization, signature] as const;
  return prepare(aceso, prescriptions, prescriptions.interface.encodeFunctionData("routeBySig", [...call]));
}
