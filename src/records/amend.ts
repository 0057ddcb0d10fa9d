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
import { envelopesOf, putEnvelope, recordOf, type Envelope } from "./envelope.js";
import type { RecordKey } from "./key.js";

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
 * on sending {@link ContractError} `RecordIsErased` or `RecordUnauthorized`.
 */
export async function amend(
  aceso: Aceso,
  {
    patient,
    record,
    bundle,
    author: named,
    role = "Provider",
  }: { patient: Address; record: Hex; bundle: Bundle; author?: Address; role?: Role },
): Promise<Prepared<Amendment>> {
  const author = toAddress(named ?? accountOf(aceso));
  const vault = vaultOf(aceso);
  const [found] = await envelopesOf(vault, encryptionKeyOf(aceso), { patient, reader: author, record });
  if (found === undefined) throw new RecordKeyMissingError(record);
  if ("error" in found) throw found.error;
  const earlier = found.envelope;
  const { categories, salt } = earlier;
  const outside = fullEntriesOf(bundle)
    .flatMap(({ resource }) => categoriesOf(resource))
    .filter((category) => !categories.includes(category));
  if (outside.length > 0) throw new CategoriesWidenedError([...new Set(outside)]);

  const sealed = await sealRecord({ categories, bundle }, { patient, author, salt });
  const { digest } = sealed;
  const envelope = { ...earlier, versions: [...earlier.versions, ...sealed.envelope.versions] };
  const keepers = [...new Set([patient, author])];
  const keys = await publishedKeys(aceso, keepers);
  const put = async (content: Envelope): Promise<void> => {
    for (const account of keepers) await putEnvelope(vault, content, { account, key: keys.get(account)! });
  };

  return prepare(aceso, aceso.contracts.records, await amendmentOf(aceso, role, envelope, digest), {
    // The envelopes hold the keys of both versions, so nothing is lost whether the transaction gets through or not.
    before: async () => {
      await vault.putBlob(digest, sealed.ciphertext);
      await put(envelope);
    },
    undo: async () => {
      await put(earlier);
      await vault.deleteBlob(digest);
    },
    after: async () => {
      const held = await vault.listKeys({ patient, record });
      const readersToRenew = held.map(({ reader }) => reader).filter((reader) => !keepers.includes(reader));
      for (const reader of readersToRenew) await vault.deleteKey(record, reader);
      return { record, digest, readersToRenew };
    },
  });
}

async function amendmentOf(aceso: Aceso, role: Role, envelope: Envelope, digest: Hex): Promise<string> {
  const { records } = aceso.contracts;
  const call: [number, RecordKey, Hex] = [roleNumber(role), keyOf(envelope), digest];
  // A record under a root has no slot of its own until it is amended.
  const hasSlot = (await records.digestOf(recordOf(envelope))) !== ZeroHash;
  return hasSlot
    ? records.interface.encodeFunctionData("amend", call)
    : records.interface.encodeFunctionData("anchor", call);
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
