/**
 * Roles: what a licence allows its holder to act as.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** Every role, in the order of the contracts' enum: never reorder, only append. */
export const ROLES = [
  "Practitioner",
  "Provider",
  "Laboratory",
  "Pharmacy",
  "Manufacturer",
  "Distributor",
  "Insurer",
  "Researcher",
  "EthicsBoard",
  "Regulator",
  "PrivacyOfficer",
  "Arbitrator",
  "DeviceOperator",
  "PrescriptionService",
] as const;

/** What a participant is licensed to act as. */
export type Role = (typeof ROLES)[number];

/**
 * A role's number on chain.
 *
 * @throws {@link UnknownRoleError} when the name is no role.
 */
export function roleNumber(role: Role): number {
  const number = ROLES.indexOf(role);
  if (number < 0) throw new UnknownRoleError(role);
  return number;
}

/**
 * The role of a number on chain.
 *
 * @throws {@link UnknownRoleError} when no role has that number.
 */
export function roleOf(number: number | bigint): Role {
  const role = ROLES[Number(number)];
  if (role === undefined) throw new UnknownRoleError(`number ${number}`);
  return role;
}

/** A name or number stands for no role. */
export class UnknownRoleError extends AcesoError {
  override name = "UnknownRoleError";
  constructor(readonly role: string) {
    super(`"${role}" is no role.`, `Use one of: ${ROLES.join(", ")}.`);
  }
}
