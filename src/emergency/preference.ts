/**
 * What a patient leaves open to emergencies.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import { toAddress, type Address } from "../crypto/address.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { SET_PREFERENCE } from "./messages.js";

/** What emergencies opened from now on cover. */
export type Preference = {
  /** The connection's account when not given. */
  patient?: Address;
  /** Empty opts out. */
  categories: readonly DataCategory[];
};

/** A preference's message, as signed. */
export type SetPreferenceMessage = { patient: Address; categories: number; revision: string };

/**
 * Prepares what emergencies opened from now on cover: by default everything but `restricted`; nothing opts out.
 *
 * @throws {@link UnknownCategoryError}; on sending {@link ContractError} `EmergencyUnauthorized` when the account is
 * neither the patient nor a delegate for what was and will be covered.
 */
export function setPreference(aceso: Aceso, { patient, categories }: Preference): Prepared {
  const { emergencies } = aceso.contracts;
  const call = [toAddress(patient ?? accountOf(aceso)), categoryMask(categories)] as const;
  return prepare(aceso, emergencies, emergencies.interface.encodeFunctionData("setPreference", [...call]));
}

/** Signs a preference for anybody to relay. */
export async function signSetPreference(
  aceso: Aceso,
  { patient: named, categories, deadline }: Preference & { deadline?: number },
): Promise<Signed<SetPreferenceMessage>> {
  const patient = toAddress(named ?? accountOf(aceso));
  const { emergencies } = aceso.contracts;
  const revision = (await emergencies.preferenceRevisionOf(patient)).toString();
  const message = { patient, categories: Number(categoryMask(categories)), revision };
  return sign(aceso, emergencies, SET_PREFERENCE, message, deadline);
}

/**
 * Prepares the relay of a signed preference.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} `EmergencyPreferenceStale`,
 * `SignatureExpired` or `SignatureInvalid`.
 */
export function setPreferenceBySig(aceso: Aceso, signed: Signed<SetPreferenceMessage>): Prepared {
  const { emergencies } = aceso.contracts;
  const authorization = authorizationOf(aceso, emergencies, SET_PREFERENCE, signed);
  const { patient, categories, revision } = signed.message;
  const call = [patient, categories, revision, authorization, signed.signature] as const;
  return prepare(aceso, emergencies, emergencies.interface.encodeFunctionData("setPreferenceBySig", [...call]));
}

/** What of a patient's data an emergency opened now would cover. */
export async function coveredCategories(aceso: Aceso, { patient }: { patient: Address }): Promise<DataCategory[]> {
  return categoriesIn(await aceso.contracts.emergencies.coveredCategories(patient));
}
