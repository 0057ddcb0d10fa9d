/**
 * Adding records: encrypt, store, wrap for patient and author, anchor.
 *
 * @module
 */
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { hexlify, randomBytes } from "ethers";
import type { Bundle } from "fhir/r4.js";

import { roleNumber, type Role } from "../accreditation/role.js";
import { accountOf, vaultOf, type Aceso } from "../aceso.js";
import type { DataCategory } from "../consent/category.js";
import { generateContentKey, seal } from "../crypto/contentKey.js";
import { toAddress, type Address } from "../crypto/address.js";
import { utf8, type Hex } from "../crypto/bytes.js";
import { sha256 } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import { recordsOf, type FhirRecord } from "../fhir/bundle.js";
import { publishedKeys } from "../keys/keys.js";
import { prepare, type Prepared } from "../prepare.js";
import { putEnvelope, recordOf, type Envelope } from "./envelope.js";
import { keyOf } from "./anchored.js";

/** A patient's data to be added. */
export type Chart = { patient: Address; bundle: Bundle };

/** Who adds: an author licensed in a role, by itself or its staff; or a patient, who needs no role. */
export type Authorship = {
  /** The connection's account when not given. */
  author?: Address;
  /** The role the author is licensed in; not needed when the patient is the author. */
  role?: Role;
};

/** A record that was added. */
export type AddedRecord = { record: Hex; patient: Address; categories: DataCategory[]; digest: Hex };

/** From this many records on, one root is anchored instead of a slot each. */
export const ROOT_FROM = 51;

/**
 * Prepares records from a patient's bundle: one a distinct set of categories, each encrypted with a key of its own that
 * is wrapped for the patient and the author. Sending stores them in the vault, then anchors them in one transaction; if
 * that fails nothing stays in the vault.
 *
 * @example
 * const { result } = await (await add(hospital, { patient, role: "Provider", bundle })).send();
 *
 * @throws {@link NoRecordsError} when the bundle holds no resource; {@link NoVaultError}; {@link KeyNotPublishedError} when patient or author has no key; on sending
 * {@link ContractError} `RecordUnauthorized` or `RecordRoleInvalid`.
 */
export async function add(
  aceso: Aceso,
  { patient, bundle, ...authorship }: Chart & Authorship,
): Promise<Prepared<AddedRecord[]>> {
  return addMany(aceso, { charts: [{ patient, bundle }], ...authorship });
}

/** As {@link add}, for many patients at once; from {@link ROOT_FROM} records on, one Merkle root is anchored. */
export async function addMany(
  aceso: Aceso,
  { charts, author: named, role = "Provider" }: { charts: readonly Chart[] } & Authorship,
): Promise<Prepared<AddedRecord[]>> {
  const author = toAddress(named ?? accountOf(aceso));
  const vault = vaultOf(aceso);
  const sealed = await Promise.all(
    charts.flatMap(({ patient, bundle }) =>
      recordsOf(bundle).map((record) => sealRecord(record, { patient: toAddress(patient), author })),
    ),
  );
  if (sealed.length === 0) throw new NoRecordsError();
  const anchoring = anchoringOf(aceso, { sealed, author, role });
  const keys = await publishedKeys(aceso, [author, ...sealed.map(({ envelope }) => envelope.patient)]);

  return prepare(aceso, aceso.contracts.records, anchoring, {
    before: async () => {
      for (const { envelope, ciphertext, digest } of sealed) {
        await vault.putBlob(digest, ciphertext);
        for (const reader of new Set([envelope.patient, author])) {
          await putEnvelope(vault, envelope, { account: reader, key: keys.get(reader)! });
        }
      }
    },
    undo: async () => {
      for (const { envelope, digest } of sealed) {
        for (const reader of [envelope.patient, author]) await vault.deleteKey(recordOf(envelope), reader);
        await vault.deleteBlob(digest);
      }
    },
    after: () =>
      sealed.map(({ envelope, digest }) => ({
        record: recordOf(envelope),
        patient: envelope.patient,
        categories: envelope.categories,
        digest,
      })),
  });
}

/** A record as it is stored: its envelope, ciphertext and digest. */
export type SealedRecord = { envelope: Envelope; ciphertext: Uint8Array; digest: Hex };

/** Encrypts a record with a fresh key; `salt` is fresh, too, unless the record exists already. */
export async function sealRecord(
  { categories, bundle }: FhirRecord,
  { patient, author, salt = hexlify(randomBytes(32)) as Hex }: { patient: Address; author: Address; salt?: Hex },
): Promise<SealedRecord> {
  const contentKey = generateContentKey();
  const ciphertext = await seal(utf8(JSON.stringify(bundle)), contentKey);
  const digest = await sha256(ciphertext);
  const versions = [{ digest, contentKey: hexlify(contentKey) as Hex }];
  return { envelope: { patient, author, categories, salt, versions }, ciphertext, digest };
}

/** The call that anchors: a slot, a batch, or one root, whose proofs go into the envelopes. */
function anchoringOf(
  aceso: Aceso,
  { sealed, author, role }: { sealed: readonly SealedRecord[]; author: Address; role: Role },
): string {
  const abi = aceso.contracts.records.interface;
  const [first] = sealed;
  if (sealed.length === 1)
    return abi.encodeFunctionData("anchor", [roleNumber(role), keyOf(first!.envelope), first!.digest]);
  const isSelfAuthored = sealed.every(({ envelope }) => envelope.patient === author);
  const anchors = sealed.map(({ envelope, digest }) => ({ ...keyOf(envelope), digest }));
  // A patient has no licence for a batch or a root, so the calls are bundled instead.
  if (isSelfAuthored) {
    const calls = anchors.map(({ digest, ...key }) =>
      abi.encodeFunctionData("anchor", [roleNumber(role), key, digest]),
    );
    return abi.encodeFunctionData("multicall", [calls]);
  }
  if (sealed.length < ROOT_FROM) return abi.encodeFunctionData("anchorBatch", [roleNumber(role), author, anchors]);
  const tree = StandardMerkleTree.of(
    sealed.map(({ envelope, digest }) => [recordOf(envelope), digest]),
    ["bytes32", "bytes32"],
  );
  const root = tree.root as Hex;
  sealed.forEach(({ envelope, digest }, index) => {
    envelope.root = { root, digest, proof: tree.getProof(index) as Hex[] };
  });
  return abi.encodeFunctionData("anchorRoot", [roleNumber(role), author, root, sealed.length]);
}

/** There is nothing to add. */
export class NoRecordsError extends AcesoError {
  override name = "NoRecordsError";
  constructor() {
    super("The bundle holds no resource, so there is no record to add.", "Pass a FHIR bundle with entries.");
  }
}
