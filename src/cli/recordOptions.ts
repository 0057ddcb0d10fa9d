/**
 * What the verbs of records have in common.
 *
 * @module
 */
import type { Command } from "commander";

import type { Role } from "../accreditation/role.js";
import type { Purpose } from "../consent/purpose.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { WITHHELD_REASONS, type Withheld } from "../records/withheld.js";
import { address, purpose, role, word } from "./arguments.js";
import { tableOf } from "./output.js";
import { UsageError } from "./usage.js";

/** Accounts for examples. */
export const PATIENT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const CLINIC = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";

/** Whose records. */
export type PatientOption = { patient: Address };

/** On what basis data is used. */
export type BasisOptions = { purpose?: Purpose; policy?: Hex };

/** Who writes records. */
export type AuthorOptions = { role?: Role; author?: Address };

/** Adds the option that says whose records. */
export function ofPatient(command: Command): Command {
  return command.requiredOption("--patient <address>", "whose records", address("--patient"));
}

/** Adds the options that say on what basis data is used. */
export function onBasis(command: Command): Command {
  return command
    .option("--purpose <code>", "the purpose of use, such as TREAT; BTG in an open emergency", purpose)
    .option("--policy <digest>", "the consent's policy (default: none)", word("--policy"));
}

/** Adds the options that say who writes. */
export function byAuthor(command: Command): Command {
  return command
    .option("--role <role>", "the role the author is licensed in (default: Provider)", role)
    .option("--author <address>", "the author (default: the configured account)", address("--author"));
}

/** Refuses the use of another's data without a purpose. */
export function purposeMissing(): never {
  throw new UsageError("Another's data is used for a purpose.", "Pass --purpose, such as TREAT.");
}

/** What was withheld and why, as a table. */
export function withheldTable(withheld: readonly Withheld[]): string {
  return tableOf(
    ["record", "why", "what it means"],
    withheld.map(({ record, reason }) => [record, reason, WITHHELD_REASONS[reason]]),
    "",
  );
}

/** A number of records in words. */
export function counted(records: number): string {
  return records === 1 ? "1 record" : `${records} records`;
}
