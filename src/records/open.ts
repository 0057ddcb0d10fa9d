/**
 * Opening a chart: what the reader is permitted, logged once on chain, verified, decrypted, as one FHIR bundle.
 *
 * @module
 */
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { ZeroHash } from "ethers";
import type { Bundle } from "fhir/r4.js";

import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import { categoryMask, DATA_CATEGORIES, type DataCategory } from "../consent/category.js";
import { NO_POLICY } from "../consent/consent.js";
import { purposeBit } from "../consent/purpose.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { textOf } from "../crypto/bytes.js";
import { open as openCiphertext } from "../crypto/contentKey.js";
import { sha256 } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import { historyOf } from "../fhir/history.js";
import { parseBundle } from "../fhir/resource.js";
import { prepare, type Sent } from "../prepare.js";
import { anchoredRecords, currentDigest } from "./anchored.js";
import { contentKeyOf, envelopesOf, type Envelope } from "./envelope.js";
import { permitted, type Basis } from "./permitted.js";
import { withheldOf, type Withheld } from "./withheld.js";

/** Whose chart is opened, for whom and on what basis. */
export type Opening = {
  patient: Address;
  /** Who uses the data: the connection's account when not given, or the organisation it acts for. */
  grantee?: Address;
  /** Keyed digest of the member of staff, 32 bytes; see {@link actorDigest}. */
  actor?: Hex;
  /** Which records; all there are when not given. */
  records?: readonly Hex[];
} & Basis;

/** An opened chart. */
export type OpenedChart = {
  /** One deduplicated history. */
  bundle: Bundle;
  records: Hex[];
  categories: DataCategory[];
  withheld: Withheld[];
  /** The transaction that logged the access; absent when patients open their own chart. */
  access?: Sent;
};

/**
 * Opens a patient's chart for a reader: finds what the reader holds keys to and is permitted, logs the access once on
 * chain, then fetches, verifies and decrypts, and says what was withheld and why. Patients open their own chart without
 * asking or logging.
 *
 * @example
 * const { bundle, withheld } = await open(clinic, { patient, purpose: "TREAT" });
 *
 * @throws {@link NothingToOpenError} when nothing is left to open; then nothing is logged.
 * {@link ContractError} `AccessCallerInvalid` when the account does not act for the grantee, `AccessNotPermitted` when
 * the permission ended meanwhile.
 */
export async function open(aceso: Aceso, opening: Opening): Promise<OpenedChart> {
  const patient = toAddress(opening.patient);
  const grantee = toAddress(opening.grantee ?? accountOf(aceso));
  const { readable, withheld } = await findReadable(aceso, { ...opening, patient, grantee });
  if (readable.length === 0) throw new NothingToOpenError(withheld);
  const access = grantee === patient ? undefined : await logged(aceso, { ...opening, patient, grantee }, readable);

  const opened: { record: Readable; bundle: Bundle }[] = [];
  for (const record of readable) {
    const content = await contentOf(aceso, record);
    if (typeof content === "string") withheld.push(withheldOf(record.record, content, record.envelope.categories));
    else opened.push({ record, bundle: content });
  }
  return {
    bundle: historyOf(opened.map(({ record, bundle }) => ({ bundle, source: record.envelope.author }))),
    records: opened.map(({ record }) => record.record),
    categories: union(opened.map(({ record }) => record)),
    withheld,
    ...(access && { access }),
  };
}

/**
 * The one value that stands for the records of an access: the id of a single one, or the root of an OpenZeppelin
 * `StandardMerkleTree` of `(bytes32 id)`.
 */
export function accessRootOf(records: readonly Hex[]): Hex {
  const [first] = records;
  if (records.length === 1) return first!;
  return StandardMerkleTree.of(
    records.map((record) => [record]),
    ["bytes32"],
  ).root as Hex;
}

type Readable = { record: Hex; envelope: Envelope; digest: Hex };

async function findReadable(
  aceso: Aceso,
  { patient, grantee, purpose, policy, records }: Opening & { grantee: Address },
): Promise<{ readable: Readable[]; withheld: Withheld[] }> {
  const may =
    grantee === patient
      ? () => Promise.resolve(true)
      : permitted(aceso, { patient, grantee, purpose, ...(policy && { policy }) });
  const asked = records && new Set(records.map((record) => record.toLowerCase() as Hex));
  const all = await envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: grantee });
  const held = all.filter(({ record }) => asked?.has(record) ?? true);
  const readable: Readable[] = [];
  const withheld: Withheld[] = [];
  for (const read of held) {
    if ("error" in read) {
      withheld.push(withheldOf(read.record, "key does not open"));
      continue;
    }
    const { record, envelope } = read;
    const digest = await currentDigest(aceso, envelope);
    const reason =
      digest === undefined
        ? "not anchored"
        : digest === "erased"
          ? "erased"
          : (await may(envelope.categories))
            ? undefined
            : "not permitted";
    if (reason === undefined) readable.push({ record, envelope, digest: digest as Hex });
    else withheld.push(withheldOf(record, reason, envelope.categories));
  }
  const known = new Set(held.map(({ record }) => record));
  for (const id of asked ?? (await anchoredRecords(aceso, patient)).map((anchored) => anchored.id)) {
    if (!known.has(id)) {
      const isErased = await aceso.contracts.records.isErased(id);
      withheld.push(withheldOf(id, isErased ? "erased" : "no key"));
    }
  }
  return { readable, withheld };
}

async function logged(
  aceso: Aceso,
  { patient, grantee, purpose, policy = NO_POLICY, actor = ZeroHash as Hex }: Opening & { grantee: Address },
  readable: readonly Readable[],
): Promise<Sent> {
  const { records } = aceso.contracts;
  const access = {
    patient,
    grantee,
    policy,
    purpose: purposeBit(purpose),
    categories: categoryMask(union(readable)),
    records: accessRootOf(readable.map(({ record }) => record)),
    actor,
  };
  return prepare(aceso, records, records.interface.encodeFunctionData("logAccess", [access])).send();
}

async function contentOf(aceso: Aceso, { envelope, digest }: Readable): Promise<Bundle | Withheld["reason"]> {
  const contentKey = contentKeyOf(envelope, digest);
  if (contentKey === undefined) return "amended since";
  const ciphertext = await vaultOf(aceso)
    .getBlob(digest)
    .catch(() => "altered" as const);
  if (ciphertext === undefined) return "ciphertext missing";
  if (ciphertext === "altered" || (await sha256(ciphertext)) !== digest) return "ciphertext altered";
  try {
    const bundle = parseBundle(textOf(await openCiphertext(ciphertext, contentKey)));
    // Whatever an author put in there, one record must not keep the rest of the chart closed.
    historyOf([{ bundle }]);
    return bundle;
  } catch {
    return "content does not open";
  }
}

function union(readable: readonly Readable[]): DataCategory[] {
  const all = new Set(readable.flatMap(({ envelope }) => envelope.categories));
  return DATA_CATEGORIES.filter((category) => all.has(category));
}

/** There is nothing in a chart that the reader may open. */
export class NothingToOpenError extends AcesoError {
  override name = "NothingToOpenError";
  constructor(readonly withheld: readonly Withheld[]) {
    super(
      withheld.length === 0
        ? "There is no record of this patient to open."
        : `Nothing was opened: ${summary(withheld)}.`,
      "Ask the patient for consent and the author to release the records; `withheld` says why, record by record.",
    );
  }
}

function summary(withheld: readonly Withheld[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of withheld) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
}
