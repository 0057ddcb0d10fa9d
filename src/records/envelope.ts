/**
 * What is wrapped for a reader of a record: the content key, and what proves which record it opens.
 *
 * @module
 */
import { getBytes, isHexString } from "ethers";

import { isDataCategory, type DataCategory } from "../consent/category.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import type { EncryptionKey } from "../crypto/encryptionKey.js";
import { unwrap, wrap } from "../crypto/wrap.js";
import { AcesoError } from "../errors.js";
import type { Vault, WrappedKey } from "../vault/vault.js";
import { commitmentOf, recordIdOf } from "./key.js";

/** No tree is deeper, and a longer proof would only exhaust who checks it. */
const MAX_PROOF = 64;

/** Where a record under a root stands: the digest it was anchored with, and its proof. */
export type RootProof = { root: Hex; digest: Hex; proof: Hex[] };

/** The content key of one version of a record: the digest of its ciphertext, and the 32 bytes that open it. */
export type Version = { digest: Hex; contentKey: Hex };

/** The content of a wrapped key. */
export type Envelope = {
  patient: Address;
  author: Address;
  categories: DataCategory[];
  /** 32 bytes. */
  salt: Hex;
  /** Oldest first. Authors and patients keep every version's key; readers get the current one's. */
  versions: Version[];
  /** Only for a record anchored under a root. */
  root?: RootProof;
};

/** A wrapped key, and what is in it or why it cannot be read. */
export type ReadEnvelope = { record: Hex } & ({ envelope: Envelope } | { error: AcesoError });

/** The id of the record an envelope opens. */
export function recordOf({ patient, author, categories, salt }: Envelope): Hex {
  return recordIdOf({ patient, author, commitment: commitmentOf(categories, salt) });
}

/** Stores an envelope, wrapped for a reader's published key. */
export async function putEnvelope(
  vault: Vault,
  envelope: Envelope,
  reader: { account: Address; key: Hex },
): Promise<void> {
  const { patient, author } = envelope;
  const jwe = await wrap(envelope, reader.key);
  await vault.putKey({ patient, author, record: recordOf(envelope), reader: reader.account, jwe });
}

type Asked = { patient: Address; reader: Address; record?: Hex };

/** Reads every wrapped key a reader holds to a patient's records. */
export async function envelopesOf(vault: Vault, key: EncryptionKey, filter: Asked): Promise<ReadEnvelope[]> {
  const found = (await vault.listKeys(filter)).map((wrapped) => readEnvelope(wrapped, key));
  // A vault may lie, so what was asked for is checked as well as what it answers.
  return (await Promise.all(found)).map((read) =>
    "envelope" in read && !isAskedFor(read, filter) ? { record: read.record, error: new ForeignEnvelopeError() } : read,
  );
}

async function readEnvelope({ patient, author, record, jwe }: WrappedKey, key: EncryptionKey): Promise<ReadEnvelope> {
  try {
    const envelope = parseEnvelope(await unwrap(jwe, key));
    // The id binds patient, author and categories, so nobody can pass off a record as another or as less sensitive.
    const isFiledRight = envelope.patient === patient && envelope.author === author && recordOf(envelope) === record;
    if (!isFiledRight) throw new ForeignEnvelopeError();
    return { record, envelope };
  } catch (error) {
    if (error instanceof AcesoError) return { record, error };
    throw error;
  }
}

function isAskedFor({ record, envelope }: { record: Hex; envelope: Envelope }, asked: Asked): boolean {
  const isRecord = asked.record === undefined || asked.record.toLowerCase() === record;
  return isRecord && envelope.patient === toAddress(asked.patient);
}

function parseEnvelope(payload: unknown): Envelope {
  if (typeof payload !== "object" || payload === null) throw new MalformedEnvelopeError();
  const { patient, author, categories, salt, versions, root } = payload as Record<string, unknown>;
  if (!isListOf(categories, isCategory) || !isListOf(versions, isVersion) || !isWord(salt)) {
    throw new MalformedEnvelopeError();
  }
  return {
    patient: toAddress(String(patient)),
    author: toAddress(String(author)),
    categories,
    salt,
    versions,
    ...(root !== undefined && { root: parseRoot(root) }),
  };
}

function parseRoot(payload: unknown): RootProof {
  if (typeof payload !== "object" || payload === null) throw new MalformedEnvelopeError();
  const { root, digest, proof } = payload as Record<string, unknown>;
  if (!isWord(root) || !isWord(digest) || !Array.isArray(proof) || proof.length > MAX_PROOF || !proof.every(isWord)) {
    throw new MalformedEnvelopeError();
  }
  return { root, digest, proof };
}

function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.length > 0 && value.every(isItem);
}

function isVersion(value: unknown): value is Version {
  if (typeof value !== "object" || value === null) return false;
  const { digest, contentKey } = value as Record<string, unknown>;
  return isWord(digest) && isWord(contentKey);
}

function isCategory(value: unknown): value is DataCategory {
  return typeof value === "string" && isDataCategory(value);
}

function isWord(value: unknown): value is Hex {
  return isHexString(value, 32);
}

/** The content key of the version with this digest, or undefined when the envelope has none for it. */
export function contentKeyOf({ versions }: Envelope, digest: Hex): Uint8Array | undefined {
  const version = versions.find((candidate) => candidate.digest === digest);
  return version && getBytes(version.contentKey);
}

/** The envelope with the key of one version only, as a reader gets it. */
export function onlyVersion(envelope: Envelope, digest: Hex): Envelope {
  return { ...envelope, versions: envelope.versions.filter((version) => version.digest === digest) };
}

/** A wrapped key holds something else than an envelope. */
export class MalformedEnvelopeError extends AcesoError {
  override name = "MalformedEnvelopeError";
  constructor() {
    super("The wrapped key does not hold what opens a record.", "Have the author release the record again.");
  }
}

/** An envelope opens another record than the one it is filed under. */
export class ForeignEnvelopeError extends AcesoError {
  override name = "ForeignEnvelopeError";
  constructor() {
    super("The wrapped key is another record's.", "Have the author release the record again.");
  }
}
