/**
 * Accreditation: who is licensed to act in which role, and who is an organisation's staff.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { eventsOf, inOrder } from "../events.js";
import { prepare, type Prepared } from "../prepare.js";
import { now } from "../signing.js";
import { roleNumber, roleOf, type Role } from "./role.js";

/** A participant in a role. */
export type Participation = { participant: Address; role: Role };

/** A licence as it stands. */
export type Licence = Participation & {
  accreditor: Address;
  /** The first second it no longer counts, in Unix seconds. */
  validUntil: number;
  status: "live" | "suspended" | "over" | "accreditor dismissed";
};

/**
 * Prepares a licence, or its renewal, by the connection's account as accreditor of the role.
 *
 * @param validUntil the first second it no longer counts, in Unix seconds.
 * @throws on sending {@link ContractError} `AccreditorNotAllowed`, `LicenceEndPast` or `LicenceNotYours`.
 */
export function accredit(
  aceso: Aceso,
  { participant, role, validUntil }: Participation & { validUntil: number },
): Prepared {
  const { accreditation } = aceso.contracts;
  const call = [toAddress(participant), roleNumber(role), validUntil] as const;
  return prepare(aceso, accreditation, accreditation.interface.encodeFunctionData("accredit", [...call]));
}

/** Prepares the suspension of a licence the connection's account issued; `LicenceNotYours` on sending otherwise. */
export function suspend(aceso: Aceso, { participant, role }: Participation): Prepared {
  return prepareOwn(aceso, "suspend", participant, role);
}

/** Prepares the end of a suspension; `LicenceNotYours` on sending when another issued the licence. */
export function reinstate(aceso: Aceso, { participant, role }: Participation): Prepared {
  return prepareOwn(aceso, "reinstate", participant, role);
}

/** Prepares the removal of a licence; `LicenceNotYours` on sending when another issued it. */
export function revokeLicence(aceso: Aceso, { participant, role }: Participation): Prepared {
  return prepareOwn(aceso, "revoke", participant, role);
}

/**
 * Prepares a membership of the staff of the connection's account.
 *
 * @param until the first second the member no longer acts for it, in Unix seconds; 0 ends the membership.
 */
export function setMember(aceso: Aceso, { member, until }: { member: Address; until: number }): Prepared {
  const { accreditation } = aceso.contracts;
  const data = accreditation.interface.encodeFunctionData("setMember", [toAddress(member), until]);
  return prepare(aceso, accreditation, data);
}

/**
 * Prepares the appointment or dismissal of an accreditor. Under an admin delay, schedule the call (`to`, `data`) with
 * the `AccessManager` first.
 *
 * @throws on sending {@link ContractError} `AccessManagedUnauthorized` or `AccessManagerNotReady`.
 */
export function setAccreditor(
  aceso: Aceso,
  { role, accreditor, allowed }: { role: Role; accreditor: Address; allowed: boolean },
): Prepared {
  const { accreditation } = aceso.contracts;
  const call = [roleNumber(role), toAddress(accreditor), allowed] as const;
  return prepare(aceso, accreditation, accreditation.interface.encodeFunctionData("setAccreditor", [...call]));
}

/** Whether a participant's licence counts now. */
export async function isLive(aceso: Aceso, { participant, role }: Participation): Promise<boolean> {
  return aceso.contracts.accreditation.isLive(participant, roleNumber(role));
}

/** Whether an actor acts for an organisation that is licensed in a role. */
export async function mayAct(
  aceso: Aceso,
  { actor, organisation, role }: { actor: Address; organisation: Address; role: Role },
): Promise<boolean> {
  return aceso.contracts.accreditation.mayAct(actor, organisation, roleNumber(role));
}

/** Every licence that was issued, and not revoked, in the order of first issue; of one participant when given. */
export async function licences(aceso: Aceso, { participant }: { participant?: Address } = {}): Promise<Licence[]> {
  const { accreditation } = aceso.contracts;
  const issued = await eventsOf(aceso, accreditation, accreditation.filters.Accredited(participant));
  const keys = new Map(issued.sort(inOrder).map(({ args }) => [`${args.participant} ${args.role}`, args] as const));
  const time = await now(aceso);
  const all = await Promise.all(
    [...keys.values()].map(async ({ participant: holder, role }) => {
      const licence = await accreditation.licenceOf(holder, role);
      const isAllowed = await accreditation.isAccreditor(role, licence.accreditor);
      return {
        participant: holder as Address,
        role: roleOf(role),
        accreditor: licence.accreditor as Address,
        validUntil: Number(licence.validUntil),
        status: statusOf(licence, isAllowed, time),
      };
    }),
  );
  return all.filter(({ validUntil }) => validUntil > 0);
}

function statusOf(
  licence: { validUntil: bigint; suspended: boolean },
  isAccreditorAllowed: boolean,
  time: number,
): Licence["status"] {
  if (time >= licence.validUntil) return "over";
  if (licence.suspended) return "suspended";
  return isAccreditorAllowed ? "live" : "accreditor dismissed";
}

function prepareOwn(
  aceso: Aceso,
  verb: "suspend" | "reinstate" | "revoke",
  participant: Address,
  role: Role,
): Prepared {
  const { accreditation } = aceso.contracts;
  const call: [Address, number] = [toAddress(participant), roleNumber(role)];
  const encode = {
    suspend: () => accreditation.interface.encodeFunctionData("suspend", call),
    reinstate: () => accreditation.interface.encodeFunctionData("reinstate", call),
    revoke: () => accreditation.interface.encodeFunctionData("revoke", call),
  };
  return prepare(aceso, accreditation, encode[verb]());
}
