/**
 * The people an author wrote records of, read on the author's own machine, for counting only.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import { textOf } from "../crypto/bytes.js";
import { open } from "../crypto/contentKey.js";
import { sha256 } from "../crypto/digest.js";
import { historyOf } from "../fhir/history.js";
import { fullEntriesOf, parseBundle, type FhirResource } from "../fhir/resource.js";
import { currentDigest } from "../records/anchored.js";
import { contentKeyOf, envelopesOf, type Envelope } from "../records/envelope.js";
import type { Bundle } from "fhir/r4.js";

/** Each person's resources, and how many records could not be read. */
export type AuthoredPeople = { people: FhirResource[][]; unread: number };

/**
 * The resources of everybody the connection's account wrote records of, person by person, in their newest versions. What
 * others wrote is not read: that needs a consent, and is logged.
 *
 * @throws {@link NoVaultError}, {@link NoEncryptionKeyError}.
 */
export async function authoredPeople(aceso: Aceso): Promise<AuthoredPeople> {
  const author = accountOf(aceso);
  const held = await vaultOf(aceso).listKeys({ reader: author });
  const patients = new Set(held.filter((key) => key.author === author).map(({ patient }) => patient));
  const people: FhirResource[][] = [];
  let unread = 0;
  for (const patient of patients) {
    const { bundles, failed } = await authoredBundles(aceso, { patient, author });
    unread += failed;
    if (bundles.length === 0) continue;
    const history = historyOf(bundles.map((bundle) => ({ bundle, source: author })));
    people.push(fullEntriesOf(history).map(({ resource }) => resource));
  }
  return { people, unread };
}

async function authoredBundles(
  aceso: Aceso,
  { patient, author }: { patient: Address; author: Address },
): Promise<{ bundles: Bundle[]; failed: number }> {
  const held = await envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: author });
  const bundles: Bundle[] = [];
  let failed = 0;
  for (const read of held) {
    if ("envelope" in read && read.envelope.author !== author) continue;
    const bundle = "envelope" in read ? await bundleOf(aceso, read.envelope) : undefined;
    if (bundle === undefined) failed++;
    else bundles.push(bundle);
  }
  return { bundles, failed };
}

async function bundleOf(aceso: Aceso, envelope: Envelope): Promise<Bundle | undefined> {
  const digest = await currentDigest(aceso, envelope);
  if (digest === undefined || digest === "erased") return undefined;
  const contentKey = contentKeyOf(envelope, digest);
  if (contentKey === undefined) return undefined;
  try {
    const ciphertext = await vaultOf(aceso).getBlob(digest);
    if (ciphertext === undefined || (await sha256(ciphertext)) !== digest) return undefined;
    return parseBundle(textOf(await open(ciphertext, contentKey)));
  } catch {
    // One record must not keep the others from being counted.
    return undefined;
  }
}
