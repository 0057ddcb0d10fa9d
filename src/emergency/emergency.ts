/**
 * Breaking the glass: a clinician opens a patient's records without consent, and answers for it.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { accountOf } from "../aceso.js";
import { categoriesIn, categoryMask, type DataCategory } from "../consent/category.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf } from "../events.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { forget } from "../vault/forget.js";
import { CONTEST, COUNTERSIGN } from "./messages.js";

/** What identifies a case: patient, clinician and the second it was opened, in Unix seconds. */
export type CaseKey = { patient: Address; clinician: Address; openedAt: number };

/** An emergency that was opened. */
export type EmergencyCase = CaseKey & {
  /** The second Practitioner, when one was needed. */
  countersigner?: Address;
  /** The first second access was to end by itself, in Unix seconds. */
  until: number;
  categories: DataCategory[];
  evidence: Hex;
  verdict: "pending" | "justified" | "unjustified";
  contested: boolean;
};

/** What was opened. */
export type Opened = CaseKey & { until: number; categories: DataCategory[] };

/** A countersignature's message, as signed. `version` counts what happened between the two, so it is used once. */
export type CountersignMessage = { patient: Address; clinician: Address; version: number; evidence: Hex };

/** A contest's message, as signed. */
export type ContestMessage = CaseKey;

/**
 * Prepares the opening of a patient's records to the connection's account, a Practitioner, for four hours.
 *
 * @param evidence salted digest of what the clinician wrote down, 32 bytes.
 * @throws on sending {@link ContractError} `EmergencyNotPractitioner`, `EmergencyOptedOut` or
 * `EmergencyNeedsCountersignature`.
 */
export function open(aceso: Aceso, { patient, evidence }: { patient: Address; evidence: Hex }): Prepared<Opened> {
  const { emergencies } = aceso.contracts;
  const data = emergencies.interface.encodeFunctionData("open", [toAddress(patient), evidence]);
  return prepare(aceso, emergencies, data, { after: () => opened(aceso, patient) });
}

/** Signs, as a second Practitioner, that a clinician opens a patient's records; it counts for one opening. */
export async function signCountersignature(
  aceso: Aceso,
  {
    patient,
    clinician,
    evidence,
    deadline,
  }: { patient: Address; clinician: Address; evidence: Hex; deadline?: number },
): Promise<Signed<CountersignMessage>> {
  const { emergencies } = aceso.contracts;
  const { version } = await emergencies.emergencyOf(patient, clinician);
  const message = {
    patient: toAddress(patient),
    clinician: toAddress(clinician),
    version: Number(version),
    evidence,
  };
  return sign(aceso, emergencies, COUNTERSIGN, message, deadline);
}

/**
 * Prepares an opening that a second Practitioner countersigned.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link open}, or
 * `EmergencyCountersignedByOpener`, `SignatureExpired`, `SignatureInvalid`.
 */
export function openCountersigned(aceso: Aceso, signed: Signed<CountersignMessage>): Prepared<Opened> {
  const { emergencies } = aceso.contracts;
  const authorization = authorizationOf(aceso, emergencies, COUNTERSIGN, signed);
  const { patient, evidence } = signed.message;
  const call = [patient, evidence, authorization, signed.signature] as const;
  const data = emergencies.interface.encodeFunctionData("openCountersigned", [...call]);
  return prepare(aceso, emergencies, data, { after: () => opened(aceso, patient) });
}

/**
 * Prepares a privacy officer's verdict on a case: justified once the access has ended, unjustified at any time, which
 * closes it and, on sending, deletes the clinician's wrapped keys from the connection's vault.
 *
 * @param evidence salted digest of the reasons, 32 bytes.
 * @throws on sending {@link ContractError} `EmergencyReviewerInvalid`, `EmergencyCaseUnknown`, `EmergencyStillOpen`
 * or `EmergencyReviewedAlready`.
 */
export function review(
  aceso: Aceso,
  { patient, clinician, openedAt, justified, evidence }: CaseKey & { justified: boolean; evidence: Hex },
): Prepared {
  const { emergencies } = aceso.contracts;
  const call = [toAddress(patient), toAddress(clinician), openedAt, justified, evidence] as const;
  const data = emergencies.interface.encodeFunctionData("review", [...call]);
  return prepare(aceso, emergencies, data, {
    after: () => (justified ? undefined : forget(aceso.vault, { patient, reader: clinician })),
  });
}

/**
 * Prepares the contest of a case by the patient or a delegate, which closes the clinician's access at once and, on
 * sending, deletes the clinician's wrapped keys from the connection's vault.
 *
 * @throws on sending {@link ContractError} `EmergencyUnauthorized`, `EmergencyCaseUnknown` or
 * `EmergencyContestedAlready`.
 */
export function contest(aceso: Aceso, { patient, clinician, openedAt }: CaseKey): Prepared {
  const { emergencies } = aceso.contracts;
  const call = [toAddress(patient), toAddress(clinician), openedAt] as const;
  const data = emergencies.interface.encodeFunctionData("contest", [...call]);
  return prepare(aceso, emergencies, data, { after: () => forget(aceso.vault, { patient, reader: clinician }) });
}

/** Signs the contest of a case for anybody to relay. */
export async function signContest(
  aceso: Aceso,
  { patient, clinician, openedAt, deadline }: CaseKey & { deadline?: number },
): Promise<Signed<ContestMessage>> {
  const message = { patient: toAddress(patient), clinician: toAddress(clinician), openedAt };
  return sign(aceso, aceso.contracts.emergencies, CONTEST, message, deadline);
}

/**
 * Prepares the relay of a signed contest.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} as {@link contest}.
 */
export function contestBySig(aceso: Aceso, signed: Signed<ContestMessage>): Prepared {
  const { emergencies } = aceso.contracts;
  const authorization = authorizationOf(aceso, emergencies, CONTEST, signed);
  const { patient, clinician, openedAt } = signed.message;
  const call = [patient, clinician, openedAt, authorization, signed.signature] as const;
  const data = emergencies.interface.encodeFunctionData("contestBySig", [...call]);
  return prepare(aceso, emergencies, data, { after: () => forget(aceso.vault, { patient, reader: clinician }) });
}

/** Whether a clinician, still licensed, has an emergency open that covers all these categories now. */
export async function isOpen(
  aceso: Aceso,
  { patient, clinician, categories }: { patient: Address; clinician: Address; categories: readonly DataCategory[] },
): Promise<boolean> {
  return aceso.contracts.emergencies.isOpen(patient, clinician, categoryMask(categories));
}

/** Every case of a patient or a clinician, oldest first, with what became of it. */
export async function cases(
  aceso: Aceso,
  { patient, clinician }: { patient?: Address; clinician?: Address },
): Promise<EmergencyCase[]> {
  const { emergencies } = aceso.contracts;
  const events = await eventsOf(aceso, emergencies, emergencies.filters.EmergencyOpened(patient, clinician));
  return Promise.all(
    events.map(async ({ args }) => {
      const found = await emergencies.caseOf(args.patient, args.clinician, args.openedAt);
      return {
        patient: args.patient as Address,
        clinician: args.clinician as Address,
        openedAt: Number(args.openedAt),
        ...(BigInt(args.countersigner) !== 0n && { countersigner: args.countersigner as Address }),
        until: Number(args.until),
        categories: categoriesIn(args.categories),
        evidence: args.evidence as Hex,
        verdict: VERDICTS[Number(found.verdict)]!,
        contested: found.contested,
      };
    }),
  );
}

// In the order of the contract's Verdict; a case that was opened never has the first.
const VERDICTS = ["pending", "pending", "justified", "unjustified"] as const;

async function opened(aceso: Aceso, patient: Address): Promise<Opened> {
  const clinician = accountOf(aceso);
  const emergency = await aceso.contracts.emergencies.emergencyOf(patient, clinician);
  return {
    patient: toAddress(patient),
    clinician,
    openedAt: Number(emergency.openedAt),
    until: Number(emergency.until),
    categories: categoriesIn(emergency.categories),
  };
}
