/**
 * Deleting readers' wrapped keys when what they were for is over.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { Vault, WrappedKey } from "./vault.js";

/**
 * Deletes a reader's wrapped keys to a patient's records, or every reader's when none is named. The patient's own keys
 * stay, and every author's to what it wrote. Where there is no vault, nothing happens.
 */
export async function forget(
  vault: Vault | undefined,
  { patient, reader }: { patient: Address; reader?: Address },
): Promise<void> {
  const isOwn = (key: WrappedKey): boolean => key.reader === key.patient || key.reader === key.author;
  await deleteWhere(vault, { patient, ...(reader && { reader }) }, (key) => !isOwn(key));
}

/**
 * Deletes every wrapped key to an erased record but its author's own copy, and, when that leaves none, its ciphertext.
 *
 * @param digests every version's.
 */
export async function forgetRecord(
  vault: Vault,
  { patient, record, digests }: { patient: Address; record: Hex; digests: readonly Hex[] },
): Promise<void> {
  await deleteWhere(vault, { patient, record }, (key) => key.reader !== key.author || key.author === patient);
  const isKept = (await vault.listKeys({ patient, record })).length > 0;
  if (isKept) return;
  for (const digest of digests) await vault.deleteBlob(digest);
}

async function deleteWhere(
  vault: Vault | undefined,
  filter: { patient: Address; reader?: Address; record?: Hex },
  goes: (key: WrappedKey) => boolean,
): Promise<void> {
  const going = (await vault?.listKeys(filter))?.filter(goes) ?? [];
  for (const { record, reader } of going) await vault!.deleteKey(record, reader);
}
