/**
 * Erasing records: by the patient, for good.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { prepare, type Prepared } from "../prepare.js";
import { ownAuthorizationOf, sign, type Signed } from "../signing.js";
import { forgetRecord } from "../vault/forget.js";
import { anchoredRecords, keyOf } from "./anchored.js";
import { envelopesOf } from "./envelope.js";
import { recordIdOf, type RecordKey } from "./key.js";
import { ERASE } from "./messages.js";

/** An erasure's message, as signed. `keys` says what the ids stand for and goes beside the signed part. */
export type EraseMessage = { patient: Address; ids: Hex[] };

/** A signed erasure: the message, and the keys the contract hashes to its ids. */
export type SignedErase = Signed<EraseMessage> & { keys: RecordKey[] };

/**
 * Prepares the erasure of the connection's account's records, for good. Sending it also deletes, from the connection's
 * vault if it has one, every wrapped key to them but the author's, whose copy stays under its legal retention date.
 *
 * @throws {@link RecordNotFoundError} when a record is neither anchored by itself nor in the patient's vault.
 */
export async function erase(aceso: Aceso, { records }: { records: readonly Hex[] }): Promise<Prepared> {
  const found = await findRecords(aceso, records);
  const { records: registry } = aceso.contracts;
  const data = registry.interface.encodeFunctionData("erase", [found.map(({ key }) => key)]);
  return prepare(aceso, registry, data, { after: () => forgetAll(aceso, found) });
}

/**
 * Signs the erasure of records for anybody to relay.
 *
 * @throws {@link RecordNotFoundError} as {@link erase}.
 */
export async function signErase(
  aceso: Aceso,
  { records, deadline }: { records: readonly Hex[]; deadline?: number },
): Promise<SignedErase> {
  const patient = accountOf(aceso);
  const keys = (await findRecords(aceso, records)).map(({ key }) => key);
  const message = { patient, ids: keys.map(recordIdOf) };
  return { ...(await sign(aceso, aceso.contracts.records, ERASE, message, deadline)), keys };
}

/**
 * Prepares the relay of a signed erasure; on sending, wrapped keys go as with {@link erase}.
 *
 * @throws {@link SignedForElsewhereError}, {@link SignerMismatchError}; on sending {@link ContractError} `SignatureExpired`, `SignatureInvalid` or
 * `RecordNotOfPatient`.
 */
export function eraseBySig(aceso: Aceso, signed: SignedErase): Prepared {
  const { records } = aceso.contracts;
  const authorization = ownAuthorizationOf(aceso, records, ERASE, signed, signed.message.patient);
  const data = records.interface.encodeFunctionData("eraseBySig", [signed.keys, authorization, signed.signature]);
  return prepare(aceso, records, data, {
    after: async () => {
      const anchored = await anchoredRecords(aceso, signed.signer);
      // Only digests the chain knows: a message from elsewhere must not name what else is deleted here. Without its
      // keys, the ciphertext of a record under a root is nothing but noise.
      const digestsOf = (id: Hex): Hex[] => anchored.find((record) => record.id === id)?.digests ?? [];
      await forgetAll(
        aceso,
        signed.keys.map((key) => ({ key, digests: digestsOf(recordIdOf(key)) })),
      );
    },
  });
}

type Found = { key: RecordKey; digests: Hex[] };

async function findRecords(aceso: Aceso, ids: readonly Hex[]): Promise<Found[]> {
  const patient = accountOf(aceso);
  const anchored = new Map((await anchoredRecords(aceso, patient)).map((record) => [record.id, record]));
  return Promise.all(
    ids.map(async (id) => {
      const record = anchored.get(id);
      if (record !== undefined) {
        const { author, commitment, digests } = record;
        return { key: { patient, author, commitment }, digests };
      }
      return fromVault(aceso, patient, id);
    }),
  );
}

// A record under a root leaves no trace of its own on chain, but the patient holds its envelope.
async function fromVault(aceso: Aceso, patient: Address, record: Hex): Promise<Found> {
  const [read] = await envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: patient, record });
  if (read === undefined || "error" in read) throw new RecordNotFoundError(record);
  return { key: keyOf(read.envelope), digests: read.envelope.versions.map(({ digest }) => digest) };
}

async function forgetAll(aceso: Aceso, found: readonly Found[]): Promise<void> {
  if (aceso.vault === undefined) return;
  for (const { key, digests } of found) {
    const record = recordIdOf(key);
    // Whoever finishes an erasure names its transaction, which may be another.
    if (!(await aceso.contracts.records.isErased(record))) continue;
    await forgetRecord(aceso.vault, { patient: key.patient, record, digests });
  }
}

/** A record is neither anchored by itself nor in the patient's vault. */
export class RecordNotFoundError extends AcesoError {
  override name = "RecordNotFoundError";
  constructor(readonly record: Hex) {
    super(`Record ${record} of this patient is not known.`, "Take the id from the patient's list of records.");
  }
}
