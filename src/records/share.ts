/**
 * Handing a record's content key to a reader: by the patient who shares, or by the author who releases.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { DataCategory } from "../consent/category.js";
import { publishedKey } from "../keys/keys.js";
import { currentDigest } from "./anchored.js";
import { envelopesOf, onlyVersion, putEnvelope, type Envelope, type ReadEnvelope } from "./envelope.js";
import { permitted, type Basis } from "./permitted.js";
import { WITHHELD_REASONS, withheldOf, type Withheld } from "./withheld.js";

/** Whose wrapped keys were made, to which records, and which records were withheld, and why. */
export type Handover = { reader: Address; records: Hex[]; withheld: Withheld[] };

/**
 * Wraps the content keys of the connection's account's own records for a grantee. It gives the key, not the
 * permission: without a consent the grantee cannot log an access, and an author's gateway serves nothing.
 *
 * @param records which of them; all when not given.
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}, {@link KeyNotPublishedError}, {@link KeyUnusableError}.
 */
export async function share(
  aceso: Aceso,
  { grantee, records }: { grantee: Address; records?: readonly Hex[] },
): Promise<Handover> {
  const patient = accountOf(aceso);
  const candidates = await heldBy(aceso, { patient, holder: patient });
  const wanted = records?.map((record) => record.toLowerCase() as Hex);
  const chosen = candidates.filter(({ record }) => wanted === undefined || wanted.includes(record));
  const handover = await handOver(aceso, toAddress(grantee), chosen, () => Promise.resolve(true));
  const unknown = (wanted ?? []).filter((record) => !candidates.some((candidate) => candidate.record === record));
  return { ...handover, withheld: [...handover.withheld, ...unknown.map((record) => withheldOf(record, "no key"))] };
}

/**
 * The author's side of a read: asks the chain whether the reader is permitted (by a consent, or for `BTG` by an open
 * emergency), and only then wraps the author's records of the patient for the reader.
 *
 * @param author the connection's account when not given.
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}, {@link KeyNotPublishedError}, {@link KeyUnusableError}.
 */
export async function release(
  aceso: Aceso,
  { reader, author, ...asked }: { patient: Address; reader: Address; author?: Address } & Basis,
): Promise<Handover> {
  const holder = toAddress(author ?? accountOf(aceso));
  const [patient, grantee] = [toAddress(asked.patient), toAddress(reader)];
  const candidates = await heldBy(aceso, { patient, holder });
  const written = candidates.filter((read) => "error" in read || read.envelope.author === holder);
  // Each pass asks the chain anew.
  const may = () => permitted(aceso, { ...asked, patient, grantee });
  const handover = await handOver(aceso, grantee, written, may());
  return withoutEnded(aceso, handover, written, may());
}

function heldBy(aceso: Aceso, { patient, holder }: { patient: Address; holder: Address }): Promise<ReadEnvelope[]> {
  return envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: holder });
}

type May = (categories: readonly DataCategory[]) => Promise<boolean>;

async function handOver(
  aceso: Aceso,
  reader: Address,
  candidates: readonly ReadEnvelope[],
  may: May,
): Promise<Handover> {
  const key = await publishedKey(aceso, reader);
  const handover: Handover = { reader, records: [], withheld: [] };
  for (const read of candidates) {
    const digest = "error" in read ? "key does not open" : await handedDigest(aceso, read.envelope, may);
    if ("error" in read || isReason(digest)) {
      const categories = "error" in read ? undefined : read.envelope.categories;
      handover.withheld.push(withheldOf(read.record, digest as Withheld["reason"], categories));
      continue;
    }
    // Patient and author hold the keys of every version, which the current one's must not replace.
    const isKeeper = reader === read.envelope.patient || reader === read.envelope.author;
    if (!isKeeper) await putEnvelope(vaultOf(aceso), onlyVersion(read.envelope, digest), { account: reader, key });
    handover.records.push(read.record);
  }
  return handover;
}

async function handedDigest(aceso: Aceso, envelope: Envelope, may: May): Promise<Hex | Withheld["reason"]> {
  if (!(await may(envelope.categories))) return "not permitted";
  return (await currentDigest(aceso, envelope)) ?? "not anchored";
}

function isReason(found: Hex | Withheld["reason"]): found is Withheld["reason"] {
  return found in WITHHELD_REASONS;
}

/** Takes back what a permission that ended meanwhile no longer covers, so that no revocation leaves a key behind. */
async function withoutEnded(
  aceso: Aceso,
  { reader, records, withheld }: Handover,
  candidates: readonly ReadEnvelope[],
  may: May,
): Promise<Handover> {
  const kept: Handover = { reader, records: [], withheld: [...withheld] };
  for (const read of candidates) {
    if ("error" in read || !records.includes(read.record)) continue;
    const { patient, author, categories } = read.envelope;
    if (await may(categories)) kept.records.push(read.record);
    else {
      if (reader !== patient && reader !== author) await vaultOf(aceso).deleteKey(read.record, reader);
      kept.withheld.push(withheldOf(read.record, "not permitted", categories));
    }
  }
  return kept;
}
