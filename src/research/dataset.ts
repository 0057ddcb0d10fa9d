/**
 * Datasets: what a study's participants contributed, as far as its steward may decrypt it, de-identified.
 *
 * @module
 */
import type { Bundle, Patient } from "fhir/r4.js";

import type { Aceso } from "../aceso.js";
import { purposeOfBit } from "../consent/purpose.js";
import { toAddress, type Address } from "../crypto/address.js";
import { utf8, type Hex } from "../crypto/bytes.js";
import { sha256, toDigest } from "../crypto/digest.js";
import { AcesoError } from "../errors.js";
import { eventsOf, inOrder } from "../events.js";
import { canonicalJson } from "../fhir/canonicalJson.js";
import { generatePseudonymKey, pseudonymOf } from "../fhir/pseudonym.js";
import type { FhirResource } from "../fhir/resource.js";
import { deidentify } from "../fhir/safeHarbor.js";
import { emptyReport, mergedReport, type SafeHarborReport } from "../fhir/safeHarborReport.js";
import { prepare, type Prepared } from "../prepare.js";
import { NothingToOpenError, open, type Opening } from "../records/open.js";
import type { Withheld } from "../records/withheld.js";
import { now } from "../signing.js";
import { kAnonymity, type Anonymity } from "./kAnonymity.js";
import { termsIn, type StudyTerms } from "./studyTerms.js";

/** What a dataset is: it names nobody, so it may be published. Its digest, of its canonical JSON, is anchored. */
export type DatasetManifest = {
  format: "aceso dataset";
  version: 1;
  study: Hex;
  method: "HIPAA Safe Harbor, 45 CFR 164.514(b)(2)";
  /** When it was made, in Unix seconds. */
  asOf: number;
  /** Of how many people. */
  participants: number;
  /** How many resources of each FHIR type. */
  resources: Record<string, number>;
  anonymity: Anonymity;
  report: SafeHarborReport;
  /** The sha-256 digest of each file. */
  files: Record<string, Hex>;
};

/** A dataset. */
export type Dataset = {
  /** A FHIR bundle, of type `collection`, a participant, under its file's name. */
  files: Map<string, string>;
  manifest: DatasetManifest;
  /** What {@link anchorDataset} anchors. */
  digest: Hex;
  /** What was contributed and is not in it. For the steward alone: it names participants. */
  withheld: Excluded[];
};

/** A contributed record that is not in a dataset, and why: `withdrawn` when its participant left the study. */
export type Excluded = Omit<Withheld, "reason"> & { participant: Address; reason: Withheld["reason"] | "withdrawn" };

/**
 * Makes a dataset of what was contributed to a study: opens each participant's contributed records, which logs the
 * access on chain, and de-identifies them. Pseudonyms are made for this dataset alone, and their key is thrown away.
 *
 * How many records an account contributed is public, so the size of a file may tell whose it is.
 *
 * What a participant consented to under an earlier form, and did not revoke, is in it too; nothing of who withdrew.
 *
 * @example
 * const { files, manifest, digest } = await dataset(steward, { study });
 * await anchorDataset(steward, { study, digest }).send();
 *
 * @param asked.onOpened told how many of how many participants were gone through.
 * @throws {@link NothingContributedError} when nothing was contributed that may be opened. {@link NoVaultError},
 * {@link NoEncryptionKeyError}; {@link ContractError} `AccessCallerInvalid` when the account does not act for the steward.
 */
export async function dataset(
  aceso: Aceso,
  { study, onOpened }: { study: Hex; onOpened?: (opened: number, of: number) => void },
): Promise<Dataset> {
  const contributed = await contributedTo(aceso, study);
  const approved = await approvedTerms(aceso, study);
  const asOf = await now(aceso);
  const key = generatePseudonymKey();
  const people: { pseudonym: string; resources: FhirResource[] }[] = [];
  const withheld: Excluded[] = [];
  const withdrawn = await withdrawnFrom(aceso, study);
  let report = emptyReport();
  let done = 0;
  for (const [participant, records] of contributed) {
    const opened = withdrawn.has(participant)
      ? { bundles: [], withheld: records.map((record) => ({ record, reason: "withdrawn" as const })) }
      : await openedOf(aceso, { participant, records, approved });
    withheld.push(...opened.withheld.map((each) => ({ ...each, participant })));
    onOpened?.(++done, contributed.size);
    if (opened.bundles.length === 0) continue;
    const safe = deidentify(opened.bundles, { key, asOf, scope: participant });
    report = mergedReport(report, safe.report);
    people.push({ pseudonym: pseudonymOf(participant, key), resources: safe.resources });
  }
  if (people.length === 0) throw new NothingContributedError(study, withheld.length);
  // By pseudonym, so that the order tells nothing of who enrolled when.
  people.sort((one, other) => (one.pseudonym < other.pseudonym ? -1 : 1));
  const files = new Map(people.map(({ pseudonym, resources }) => [`${pseudonym}.json`, collection(resources)]));
  const digests = [...files].map(async ([name, text]) => [name, await sha256(utf8(text))] as const);
  const manifest: DatasetManifest = {
    format: "aceso dataset",
    version: 1,
    study,
    method: "HIPAA Safe Harbor, 45 CFR 164.514(b)(2)",
    asOf,
    participants: people.length,
    resources: countsOf(people.flatMap(({ resources }) => resources)),
    anonymity: kAnonymity(people.map(personIn)),
    report,
    files: Object.fromEntries(await Promise.all(digests)),
  };
  return { files, manifest, digest: await manifestDigest(manifest), withheld };
}

/** The digest of a dataset's manifest: sha-256 of its canonical JSON (RFC 8785). */
export async function manifestDigest(manifest: DatasetManifest): Promise<Hex> {
  return sha256(utf8(canonicalJson(manifest)));
}

/**
 * Prepares the anchor of a dataset: says on chain for good that it was made, and what it is.
 *
 * @param made.digest as {@link dataset} gives it. The connection's account acts for the study's steward.
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `StewardUnauthorized`.
 */
export function anchorDataset(aceso: Aceso, { study, digest }: { study: Hex; digest: Hex }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("anchorDataset", [study, toDigest(digest)]));
}

/** The records each participant contributed, in the order of their first. */
async function contributedTo(aceso: Aceso, study: Hex): Promise<Map<Address, Hex[]>> {
  const { studies } = aceso.contracts;
  const found = new Map<Address, Hex[]>();
  for (const { args } of (await eventsOf(aceso, studies, studies.filters.RecordContributed(study))).sort(inOrder)) {
    const participant = toAddress(args.participant);
    found.set(participant, [...(found.get(participant) ?? []), args.record as Hex]);
  }
  return found;
}

/** Who withdrew from a study. */
async function withdrawnFrom(aceso: Aceso, study: Hex): Promise<Set<Address>> {
  const { studies } = aceso.contracts;
  const withdrawals = await eventsOf(aceso, studies, studies.filters.ParticipantWithdrawn(study));
  return new Set(withdrawals.map(({ args }) => toAddress(args.participant)));
}

/** Every terms a study had in force, newest first. */
async function approvedTerms(aceso: Aceso, study: Hex): Promise<StudyTerms[]> {
  const { studies } = aceso.contracts;
  const [proposals, approvals] = await Promise.all([
    eventsOf(aceso, studies, studies.filters.StudyProposed(study)),
    eventsOf(aceso, studies, studies.filters.StudyApproved(study)),
  ]);
  const hashes = new Set(approvals.sort(inOrder).map(({ args }) => args.termsHash));
  const approved = [...hashes].map((hash) => proposals.find(({ args }) => args.termsHash === hash)!);
  return approved.map(({ args }) => termsIn(args.terms)!).reverse();
}

async function openedOf(
  aceso: Aceso,
  asked: { participant: Address; records: readonly Hex[]; approved: readonly StudyTerms[] },
): Promise<{ bundles: Bundle[]; withheld: Withheld[] }> {
  const bundles: Bundle[] = [];
  const withheld: Withheld[] = [];
  let left: Withheld[] = asked.records.map((record) => ({ record, reason: "not permitted" }));
  for (const { steward, form, purpose } of asked.approved) {
    if (left.length === 0) break;
    const basis = { grantee: steward, policy: form, purpose: purposeOfBit(purpose) };
    const records = left.map(({ record }) => record);
    const opened = await openedOrWithheld(aceso, { patient: asked.participant, records, ...basis });
    if (opened.bundle) bundles.push(opened.bundle);
    // An earlier form may still permit what this one does not.
    left = opened.withheld.filter(({ reason }) => reason === "not permitted");
    withheld.push(...opened.withheld.filter(({ reason }) => reason !== "not permitted"));
  }
  return { bundles, withheld: [...withheld, ...left] };
}

async function openedOrWithheld(
  aceso: Aceso,
  opening: Opening,
): Promise<{ bundle?: Bundle; withheld: readonly Withheld[] }> {
  try {
    return await open(aceso, opening);
  } catch (error) {
    if (error instanceof NothingToOpenError) return { withheld: error.withheld };
    throw error;
  }
}

function collection(resources: readonly FhirResource[]): string {
  const bundle = { resourceType: "Bundle", type: "collection", entry: resources.map((resource) => ({ resource })) };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}

function countsOf(resources: readonly FhirResource[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { resourceType } of resources) counts[resourceType] = (counts[resourceType] ?? 0) + 1;
  return counts;
}

/** A participant as others see it: its Patient resource, or one that tells nothing. */
function personIn({ pseudonym, resources }: { pseudonym: string; resources: readonly FhirResource[] }): Patient {
  const person = resources.find(({ resourceType }) => resourceType === "Patient") as Patient | undefined;
  return { ...person, resourceType: "Patient", id: pseudonym };
}

/** Nothing was contributed to a study that its steward may open. */
export class NothingContributedError extends AcesoError {
  override name = "NothingContributedError";
  constructor(
    readonly study: Hex,
    /** How many contributed records may not be opened, or not any more. */
    readonly withheld: number,
  ) {
    super(
      withheld === 0
        ? "Nothing was contributed to the study."
        : `None of the ${withheld} contributed records may be opened now.`,
      "Ask participants to share their records with the steward, under a consent that is live.",
    );
  }
}
