/**
 * Amending a record: a new version under the same id.
 *
 * @module
 */
import { ZeroHash } from "ethers";
import type { Bundle } from "fhir/r4.js";

import { roleNumber, type Role } from "../accreditation/role.js";
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { categoriesOf } from "../fhir/categories.js";
import { fullEntriesOf } from "../fhir/resource.js";
import { publishedKeys } from "../keys/keys.js";
import { prepare, type Prepared } from "../prepare.js";
import { sealRecord } from "./add.js";
import { keyOf } from "./anchored.js";
import { envelopesOf, putEnvelope, recordOf, type Envelope, type Version } from "./envelope.js";

/** What was amended, and whose wrapped keys went because they open the old version: release or share again. */
export type Amendment = { record: Hex; digest: Hex; readersToRenew: Address[] };

/**
 * Prepares a new version of a record: a fresh content key, wrapped for patient and author. Every other reader's wrapped
 * key goes, so that who was revoked since cannot read the new version. Earlier versions stay readable to patient and
 * author, as medical records must.
 *
 * @param patient whose record it is.
 * @param bundle the whole new content; its categories must be within the record's.
 * @throws {@link RecordKeyMissingError} when the author holds no key to the record; {@link CategoriesWidenedError};
 * on sending {@link ContractError} `RecordIsErased`, `RecordUnauthorized`, or `RecordStale` when another amendment came first.
 */
export async function amend(
  aceso: Aceso,
  {
    patient: owner,
    record,
    bundle,
    author: named,
    role = "Provider",
  }: { patient: Address; record: Hex; bundle: Bundle; author?: Address; role?: Role },
): Promise<Prepared<Amendment>> {
  const patient = toAddress(owner);
  const author = toAddress(named ?? accountOf(aceso));
  const vault = vaultOf(aceso);
  const earlier = await ownEnvelope(aceso, { patient, author, record });
  const { categories, salt } = earlier;
  const outside = fullEntriesOf(bundle)
    .flatMap(({ resource }) => categoriesOf(resource))
    .filter((category) => !categories.includes(category));
  if (outside.length > 0) throw new CategoriesWidenedError([...new Set(outside)]);

  const sealed = await sealRecord({ categories, bundle }, { patient, author, salt });
  const { digest } = sealed;
  const [added] = sealed.envelope.versions;
  const keepers = [...new Set([patient, author])];
  const keys = await publishedKeys(aceso, keepers);
  // Versions are added to what is there by then, because another amendment may be under way.
  const change = async (versionsOf: (versions: readonly Version[]) => Version[]): Promise<void> => {
    const current = await ownEnvelope(aceso, { patient, author, record });
    const envelope = { ...current, versions: versionsOf(current.versions) };
    for (const account of keepers) await putEnvelope(vault, envelope, { account, key: keys.get(account)! });
  };
  const without = (versions: readonly Version[]): Version[] => versions.filter((version) => version.digest !== digest);

  return prepare(aceso, aceso.contracts.records, await amendmentOf(aceso, role, earlier, digest), {
    // The envelopes hold the keys of every version, so nothing is lost whether the transaction gets through or not.
    before: async () => {
      await vault.putBlob(digest, sealed.ciphertext);
      await change((versions) => [...without(versions), added!]);
    },
    undo: async () => {
      await change(without);
      await vault.deleteBlob(digest);
    },
    after: async () => {
      await change((versions) => [...without(versions), added!]);
      const held = await vault.listKeys({ patient, record });
      const readersToRenew = held.map(({ reader }) => reader).filter((reader) => !keepers.includes(reader));
      for (const reader of readersToRenew) await vault.deleteKey(record, reader);
      return { record, digest, readersToRenew };
    },
  });
}

async function ownEnvelope(
  aceso: Aceso,
  { patient, author, record }: { patient: Address; author: Address; record: Hex },
): Promise<Envelope> {
  const [found] = await envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: author, record });
  if (found === undefined) throw new RecordKeyMissingError(record);
  if ("error" in found) throw found.error;
  return found.envelope;
}

async function amendmentOf(aceso: Aceso, role: Role, envelope: Envelope, digest: Hex): Promise<string> {
  const { records } = aceso.contracts;
  const previous = (await records.digestOf(recordOf(envelope))) as Hex;
  const key = keyOf(envelope);
  // A record under a root has no slot of its own until it is amended.
  return previous === ZeroHash
    ? records.interface.encodeFunctionData("anchor", [roleNumber(role), key, digest])
    : records.interface.encodeFunctionData("amend", [roleNumber(role), key, digest, previous]);
}

/** The vault holds no wrapped key to a record for this account. */
export class RecordKeyMissingError extends AcesoError {
  override name = "RecordKeyMissingError";
  constructor(readonly record: Hex) {
    super(
      `The vault holds no key to record ${record} for this account.`,
      "Use the vault and account the record was added with, or have its patient or author share it.",
    );
  }
}

/** The new content has categories the record does not. */
export class CategoriesWidenedError extends AcesoError {
  override name = "CategoriesWidenedError";
  constructor(readonly categories: readonly string[]) {
    super(
      `The new version holds ${categories.join(", ")}, which the record does not cover.`,
      "Add that content as a record of its own, so that consents keep meaning what they said.",
    );
  }
}
