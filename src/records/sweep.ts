/**
 * Clearing out readers' wrapped keys that nothing permits any longer: consents expire and narrow without anybody at the
 * vault.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import type { DataCategory } from "../consent/category.js";
import { list } from "../consent/history.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { isOpen } from "../emergency/emergency.js";
import { envelopesOf } from "./envelope.js";

/** A wrapped key that went. */
export type SweptKey = { record: Hex; reader: Address };

/**
 * Deletes, from the connection's vault, every reader's wrapped key to the holder's records of a patient that neither a
 * live consent nor an open emergency covers. Run it by the hour, or when a vault is opened.
 *
 * @param holder the author (or patient) whose own keys tell what each record holds; the connection's account when not
 * given. Records it cannot read itself are left alone.
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}.
 */
export async function sweep(
  aceso: Aceso,
  { patient: named, holder }: { patient: Address; holder?: Address },
): Promise<SweptKey[]> {
  const vault = vaultOf(aceso);
  const patient = toAddress(named);
  const reader = toAddress(holder ?? accountOf(aceso));
  const own = await envelopesOf(vault, encryptionKeyOf(aceso), { patient, reader });
  const categoriesOf = new Map(
    own.flatMap((read) => ("error" in read ? [] : [[read.record, read.envelope.categories] as const])),
  );
  const live = (await list(aceso, { patient })).filter(({ status }) => status === "live");
  const isCovered = async (account: Address, categories: readonly DataCategory[]): Promise<boolean> =>
    live.some(({ grantee, terms }) => grantee === account && isSubset(categories, terms.categories)) ||
    isOpen(aceso, { patient, clinician: account, categories });

  const swept: SweptKey[] = [];
  for (const key of await vault.listKeys({ patient })) {
    const categories = categoriesOf.get(key.record);
    const isOwn = key.reader === key.patient || key.reader === key.author;
    if (categories === undefined || isOwn || (await isCovered(key.reader, categories))) continue;
    await vault.deleteKey(key.record, key.reader);
    swept.push({ record: key.record, reader: key.reader });
  }
  return swept;
}

function isSubset(categories: readonly DataCategory[], covered: readonly DataCategory[]): boolean {
  return categories.every((category) => covered.includes(category));
}
