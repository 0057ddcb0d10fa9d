/**
 * What the chain says of a record: whether it is anchored, with which digest.
 *
 * @module
 */
import { ZeroHash } from "ethers";

import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import { recordOf, type Envelope } from "./envelope.js";
import { commitmentOf, type RecordKey } from "./key.js";

/** A record that is anchored by itself, as its events tell. */
export type AnchoredRecord = RecordKey & {
  id: Hex;
  /** Every digest it ever had, oldest first. */
  digests: Hex[];
};

/** A record's current digest, `erased`, or undefined when the chain does not know it. */
export async function currentDigest(aceso: Aceso, envelope: Envelope): Promise<Hex | "erased" | undefined> {
  const { records } = aceso.contracts;
  const id = recordOf(envelope);
  const digest = (await records.digestOf(id)) as Hex;
  if (digest !== ZeroHash) return digest;
  if (await records.isErased(id)) return "erased";
  const { root } = envelope;
  if (root === undefined) return undefined;
  const isUnderRoot = await records.isAnchored(keyOf(envelope), root.digest, root.root, root.proof);
  return isUnderRoot ? root.digest : undefined;
}

/** Every record of a patient that was ever anchored by itself, oldest first. Those under roots leave no such trace. */
export async function anchoredRecords(aceso: Aceso, patient: Address): Promise<AnchoredRecord[]> {
  const { records } = aceso.contracts;
  const [anchored, amended] = await Promise.all([
    eventsOf(aceso, records, records.filters.RecordAnchored(undefined, patient)),
    eventsOf(aceso, records, records.filters.RecordAmended(undefined, patient)),
  ]);
  const found = new Map<string, AnchoredRecord>();
  for (const { args } of anchored) {
    const { id, author, commitment, digest } = args;
    found.set(id, {
      id: id as Hex,
      patient,
      author: author as Address,
      commitment: commitment as Hex,
      digests: [digest as Hex],
    });
  }
  for (const { args } of amended.sort(inOrder)) found.get(args.id)?.digests.push(args.digest as Hex);
  return [...found.values()];
}

/** The key of the record an envelope opens. */
export function keyOf({ patient, author, categories, salt }: Envelope): RecordKey {
  return { patient, author, commitment: commitmentOf(categories, salt) };
}
