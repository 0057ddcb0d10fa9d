/**
 * The file that says who accounts are.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import type { RecipientName } from "../fhir/accounting.js";
import { address } from "./arguments.js";
import { readJson } from "./files.js";
import type { Io } from "./io.js";

/**
 * Recipients by account, from a JSON file: `{"0x…": {"name": "…", "address": "…"}}`.
 *
 * @throws {@link RecipientsFileError}; {@link AddressArgumentError}; what reading throws.
 */
export async function recipientNames(io: Io, path: string): Promise<Map<Address, RecipientName>> {
  const names = await readJson(io, path);
  if (typeof names !== "object" || names === null || Array.isArray(names)) throw new RecipientsFileError(path);
  return new Map(
    Object.entries(names).map(([account, name]: [string, unknown]) => {
      if (!isName(name)) throw new RecipientsFileError(path);
      return [address(`An account in ${path}`)(account), name];
    }),
  );
}

function isName(value: unknown): value is RecipientName {
  if (typeof value !== "object" || value === null) return false;
  const { name, address } = value as Record<string, unknown>;
  return typeof name === "string" && (address === undefined || typeof address === "string");
}

/** A file does not say who accounts are. */
export class RecipientsFileError extends AcesoError {
  override name = "RecipientsFileError";
  constructor(readonly path: string) {
    super(
      `${path} does not name recipients by account.`,
      'Write {"0x…": {"name": "Good Health Clinic", "address": "1 Main Street"}}; the postal address may be left out.',
    );
  }
}
