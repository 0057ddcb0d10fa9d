/**
 * All that chain and vault know of a patient's records.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { DataCategory } from "../consent/category.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { anchoredRecords, currentDigest } from "../records/anchored.js";
import { envelopesOf, type Envelope } from "../records/envelope.js";

/** A record as chain and vault know it. */
export type KnownRecord = {
  record: Hex;
  /** `in the vault`: nothing on chain is its own; it may be under a root, which only a key to it tells. */
  status: "anchored" | "erased" | "in the vault";
  author?: Address;
  /** Whose wrapped keys the vault holds. */
  readers: Address[];
  /** Known where the connection's key opens it. */
  categories?: DataCategory[];
};

/** Every record of a patient that the chain has anchored by itself or the connection's vault holds a key to. */
export async function recordsKnown(aceso: Aceso, patient: Address): Promise<KnownRecord[]> {
  const readers = new Map<Hex, Address[]>();
  for (const { record, reader } of (await aceso.vault?.listKeys({ patient })) ?? []) {
    readers.set(record, [...(readers.get(record) ?? []), reader]);
  }
  const authors = new Map((await anchoredRecords(aceso, patient)).map(({ id, author }) => [id, author]));
  const envelopes = await ownEnvelopes(aceso, patient);
  return Promise.all(
    [...new Set([...authors.keys(), ...readers.keys()])].map(async (record) => {
      const envelope = envelopes.get(record);
      const author = authors.get(record) ?? envelope?.author;
      return {
        record,
        status: await statusOf(aceso, { record, envelope, isOnChain: authors.has(record) }),
        ...(author && { author }),
        readers: readers.get(record) ?? [],
        ...(envelope && { categories: envelope.categories }),
      };
    }),
  );
}

async function statusOf(
  aceso: Aceso,
  { record, envelope, isOnChain }: { record: Hex; envelope: Envelope | undefined; isOnChain: boolean },
): Promise<KnownRecord["status"]> {
  if (await aceso.contracts.records.isErased(record)) return "erased";
  if (isOnChain) return "anchored";
  const isUnderRoot = envelope !== undefined && (await currentDigest(aceso, envelope)) !== undefined;
  return isUnderRoot ? "anchored" : "in the vault";
}

async function ownEnvelopes(aceso: Aceso, patient: Address): Promise<Map<Hex, Envelope>> {
  const { vault, encryptionKey, account } = aceso;
  if (vault === undefined || encryptionKey === undefined || account === undefined) return new Map();
  const read = await envelopesOf(vault, encryptionKey, { patient, reader: account });
  return new Map(read.flatMap((each) => ("envelope" in each ? [[each.record, each.envelope] as const] : [])));
}
