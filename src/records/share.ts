/**
 * Handing a record's content key to a reader: by the patient who shares, or by the author who releases.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import { permitted, type Basis } from "./permitted.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { publishedKey } from "../keys/keys.js";
import { currentDigest } from "./anchored.js";
import { envelopesOf, onlyVersion, putEnvelope, type Envelope } from "./envelope.js";
import { withheldOf, type Withheld } from "./withheld.js";

/** Whose wrapped keys were made, to which records, and which records were withheld, and why. */
export type Handover = { reader: Address; records: Hex[]; withheld: Withheld[] };

/**
 * Wraps the content keys of the connection's account's own records for a grantee. It gives the key, not the
 * permission: without a consent the grantee cannot log an access, and an author's gateway serves nothing.
 *
 * @param records which of them; all when not given.
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}, {@link KeyNotPublishedError}.
 */
export async function share(
  aceso: Aceso,
  { grantee, records }: { grantee: Address; records?: readonly Hex[] },
): Promise<Handover> {
  const patient = accountOf(aceso);
  return handOver(aceso, { patient, holder: patient, reader: grantee }, async ({ record }) =>
    records === undefined || records.includes(record) ? "share" : "skip",
  );
}

/**
 * The author's side of a read: asks the chain whether the reader is permitted (by a consent, or for `BTG` by an open
 * emergency), and only then wraps the author's records of the patient for the reader.
 *
 * @param author the connection's account when not given.
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}, {@link KeyNotPublishedError}.
 */
export async function release(
  aceso: Aceso,
  { patient, reader, author, ...basis }: { patient: Address; reader: Address; author?: Address } & Basis,
): Promise<Handover> {
  const holder = toAddress(author ?? accountOf(aceso));
  const may = permitted(aceso, { patient: toAddress(patient), grantee: toAddress(reader), ...basis });
  return handOver(aceso, { patient, holder, reader }, async ({ envelope }) =>
    envelope.author === holder ? ((await may(envelope.categories)) ? "share" : "not permitted") : "skip",
  );
}

type Candidate = { record: Hex; envelope: Envelope };

async function handOver(
  aceso: Aceso,
  { patient, holder, reader }: { patient: Address; holder: Address; reader: Address },
  decide: (candidate: Candidate) => Promise<"share" | "skip" | "not permitted">,
): Promise<Handover> {
  const vault = vaultOf(aceso);
  const account = toAddress(reader);
  const key = await publishedKey(aceso, account);
  const handover: Handover = { reader: account, records: [], withheld: [] };
  for (const read of await envelopesOf(vault, encryptionKeyOf(aceso), { patient, reader: holder })) {
    const { record } = read;
    if ("error" in read) {
      handover.withheld.push(withheldOf(record, "key does not open"));
      continue;
    }
    const decision = await decide({ record, envelope: read.envelope });
    if (decision === "skip") continue;
    const digest = await currentDigest(aceso, read.envelope);
    if (decision === "not permitted" || digest === undefined || digest === "erased") {
      const reason = decision === "not permitted" ? decision : (digest ?? "not anchored");
      handover.withheld.push(withheldOf(record, reason as Withheld["reason"], read.envelope.categories));
      continue;
    }
    await putEnvelope(vault, onlyVersion(read.envelope, digest), { account, key });
    handover.records.push(record);
  }
  return handover;
}
