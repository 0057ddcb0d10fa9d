/**
 * Contributing records to a study in one go: what fits, the consent, the key for the steward, and the credit.
 *
 * @module
 */
import { accountOf, encryptionKeyOf, vaultOf, type Aceso } from "../aceso.js";
import { categoriesIn, categoryMask } from "../consent/category.js";
import { grantBySig, permits, signGrant } from "../consent/consent.js";
import { purposeOfBit } from "../consent/purpose.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import type { Sent } from "../prepare.js";
import { currentDigest, keyOf } from "../records/anchored.js";
import { envelopesOf, type Envelope } from "../records/envelope.js";
import { share } from "../records/share.js";
import type { Withheld } from "../records/withheld.js";
import { contribute, RECORDS_AT_ONCE, type Contribution, type Credit } from "./credit.js";
import { termsIn, type StudyTerms } from "./studyTerms.js";

/** What each reason not to contribute a record means. */
export const UNFIT_REASONS = {
  "other categories": "The study does not ask for all that the record is of.",
  "own record": "The participant wrote it; only an accredited author's earn anything.",
  "sponsor's record": "The study's sponsor wrote it, or who was on its staff before anybody enrolled.",
  "contributed before": "It was credited in this study already.",
  "nothing left to earn": "With the others, the participant earns all that one participant can.",
} as const;

/** A record that is not contributed, and why. */
export type Unfit = { record: Hex; reason: keyof typeof UNFIT_REASONS | Withheld["reason"] };

/** What came of contributing. */
export type Contributed = {
  credits: Credit[];
  unfit: Unfit[];
  /** The consent, when one was needed. */
  consent?: Sent;
  transactions: Hex[];
};

/**
 * Contributes the connection's account's own records in one go: consents to the steward under the study's form where no
 * live consent does, wraps the records' keys for the steward, and has the contract credit each record.
 *
 * @example
 * const { credits } = await contributeRecords(patient, { study, relayer });
 *
 * @param chosen.records which of them; all that fit when not given.
 * @param chosen.validUntil the first second the consent does not count, in Unix seconds; when the study ends if not given.
 * @param chosen.relayer who sends and pays for the transactions: the account itself when not given.
 * @throws {@link StudyNotApprovedError}; {@link NothingToContributeError} when no record fits; then nothing is sent or
 * shared. {@link ContractError} as {@link contribute}: what it would refuse is not shared, but the consent stands.
 * {@link KeyNotPublishedError} when the steward has published none.
 */
export async function contributeRecords(
  aceso: Aceso,
  chosen: { study: Hex; records?: readonly Hex[]; validUntil?: number; relayer?: Aceso },
): Promise<Contributed> {
  const { study, validUntil, relayer = aceso } = chosen;
  const terms = await termsInForce(aceso, study);
  const { contributions, unfit } = await contributionsOf(aceso, chosen);
  if (contributions.length === 0) throw new NothingToContributeError(unfit);
  const consent = await consented(aceso, { terms, relayer, ...(validUntil !== undefined && { validUntil }) });
  const credits: Credit[] = [];
  const transactions: Hex[] = [];
  for (let from = 0; from < contributions.length; from += RECORDS_AT_ONCE) {
    const some = contributions.slice(from, from + RECORDS_AT_ONCE);
    const crediting = contribute(relayer, { contributions: some });
    // The steward gets no key to what the contract would not credit.
    await crediting.simulate();
    await share(aceso, { grantee: terms.steward, records: some.map(({ record }) => record) });
    const { result, transaction } = await crediting.send();
    credits.push(...result);
    transactions.push(transaction);
  }
  return { credits, unfit, transactions, ...(consent && { consent }) };
}

/**
 * The connection's account's own records that a study would credit, ready for anybody to send, and those it would not.
 *
 * @throws {@link StudyNotApprovedError}, {@link NoVaultError}, {@link NoEncryptionKeyError}.
 */
export async function contributionsOf(
  aceso: Aceso,
  { study, records }: { study: Hex; records?: readonly Hex[] },
): Promise<{ contributions: Contribution[]; unfit: Unfit[] }> {
  const terms = await termsInForce(aceso, study);
  const patient = accountOf(aceso);
  const wanted = records?.map((record) => record.toLowerCase() as Hex);
  const held = await envelopesOf(vaultOf(aceso), encryptionKeyOf(aceso), { patient, reader: patient });
  const chosen = held.filter(({ record }) => wanted === undefined || wanted.includes(record));
  const known = new Set(held.map(({ record }) => record));
  const unfit: Unfit[] = (wanted ?? [])
    .filter((record) => !known.has(record))
    .map((record) => ({ record, reason: "no key" }));

  const contributions: Contribution[] = [];
  const room = await roomFor(aceso, study, terms);
  const { studies } = aceso.contracts;
  const [{ sponsor }, { openedAt }] = await Promise.all([studies.studyOf(study), studies.booksOf(study)]);
  const asked = { study, terms, sponsor, openedAt };
  for (const read of chosen) {
    const { record } = read;
    const reason =
      "error" in read ? "key does not open" : await unfitFor(aceso, asked, { record, envelope: read.envelope });
    if ("error" in read || reason !== undefined) unfit.push({ record, reason: reason! });
    else if (contributions.length >= room) unfit.push({ record, reason: "nothing left to earn" });
    else contributions.push(contributionOf(study, record, read.envelope));
  }
  return { contributions, unfit };
}

/** The terms in force of a study. */
async function termsInForce(aceso: Aceso, study: Hex): Promise<StudyTerms> {
  const terms = termsIn(await aceso.contracts.studies.termsOf(study));
  if (terms === undefined) throw new StudyNotApprovedError(study);
  return terms;
}

/** Consents to the steward for as long as the study goes on, unless a live consent covers it; whoever relays sends it. */
async function consented(
  aceso: Aceso,
  { terms, relayer, validUntil }: { terms: StudyTerms; relayer: Aceso; validUntil?: number },
): Promise<Sent | undefined> {
  const { steward: grantee, form: policy } = terms;
  const purpose = purposeOfBit(terms.purpose);
  const categories = categoriesIn(terms.categories);
  if (await permits(aceso, { patient: accountOf(aceso), grantee, policy, purpose, categories })) return undefined;
  const agreed = { purposes: [purpose], categories, validUntil: validUntil ?? Number(terms.endsAt) };
  return grantBySig(relayer, await signGrant(aceso, { grantee, policy, terms: agreed })).send();
}

/** How many more records earn anything. */
async function roomFor(aceso: Aceso, study: Hex, { reward, cap }: StudyTerms): Promise<number> {
  const { earned } = await aceso.contracts.studies.participantOf(study, accountOf(aceso));
  const left = cap > earned ? cap - earned : 0n;
  if (reward === 0n) return left > 0n ? Infinity : 0;
  return Number((left + reward - 1n) / reward);
}

async function unfitFor(
  aceso: Aceso,
  { study, terms, sponsor, openedAt }: { study: Hex; terms: StudyTerms; sponsor: string; openedAt: bigint },
  { record, envelope }: { record: Hex; envelope: Envelope },
): Promise<Unfit["reason"] | undefined> {
  const { studies, accreditation } = aceso.contracts;
  const { patient, author, categories } = envelope;
  if ((categoryMask(categories) & ~terms.categories) !== 0n) return "other categories";
  if (author === patient) return "own record";
  if (await studies.isContributed(study, record)) return "contributed before";
  if (await accreditation.actedForSince(author, sponsor, openedAt)) return "sponsor's record";
  const digest = await currentDigest(aceso, envelope);
  if (digest === undefined) return "not anchored";
  return digest === "erased" ? "erased" : undefined;
}

function contributionOf(study: Hex, record: Hex, envelope: Envelope): Contribution {
  const { categories, salt, root } = envelope;
  return { study, record, key: keyOf(envelope), categories, salt, ...(root && { root }) };
}

/** A study has no terms in force. */
export class StudyNotApprovedError extends AcesoError {
  override name = "StudyNotApprovedError";
  constructor(readonly study: Hex) {
    super(
      `Study ${study} has no approved terms.`,
      "Check sponsor and registration number, and the chain and the deployment; wait for its board.",
    );
  }
}

/** None of the records is credited by a study. */
export class NothingToContributeError extends AcesoError {
  override name = "NothingToContributeError";
  constructor(readonly unfit: readonly Unfit[]) {
    super(
      unfit.length === 0 ? "There is no record to contribute." : `None of ${unfit.length} records earns anything here.`,
      "`unfit` says why, record by record. Nothing was sent or shared.",
    );
  }
}
