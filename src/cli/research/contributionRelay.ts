/**
 * Sending the contributions of somebody else, as `aceso relay` does.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { grantBySig, permits } from "../../consent/consent.js";
import { purposeOfBit } from "../../consent/purpose.js";
import { categoriesIn } from "../../consent/category.js";
import { toAddress, type Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import type { Prepared } from "../../prepare.js";
import { StudyNotApprovedError } from "../../research/contribution.js";
import { contribute, RECORDS_AT_ONCE, type Contribution, type Credit } from "../../research/credit.js";
import { termsIn, type StudyTerms } from "../../research/studyTerms.js";
import { tokenDecimals } from "../../token/token.js";
import type { Context } from "../context.js";
import { answer } from "../output.js";
import { withProgress } from "../progress.js";
import { signing } from "../session.js";
import { show, type WriteOptions } from "../write.js";
import { contributionsFrom, type ContributionFile } from "./contributionFile.js";
import { creditsText, toldCredits } from "./contributionText.js";

/** Sends the consent of a file, where none is live, and its contributions; the configured account pays. */
export async function relayContributions(context: Context, json: unknown, { dryRun }: WriteOptions): Promise<void> {
  const file = contributionsFrom(json);
  const { contributions } = file;
  const { study, key } = contributions[0]!;
  const aceso = await signing(context);
  const terms = termsIn(await aceso.contracts.studies.termsOf(study));
  if (terms === undefined) throw new StudyNotApprovedError(study);
  const consent = await consentOf(aceso, file, terms);
  const batches = batchesOf(contributions).map((some) => contribute(aceso, { contributions: some }));
  if (dryRun) return show(context, consent ?? batches[0]!);
  const credits: Credit[] = [];
  const transactions: Hex[] = [];
  const consented = await withProgress(context, "Waiting for the chain", async (report) => {
    const granted = await consent?.send();
    for (const batch of batches) {
      const { result, transaction } = await batch.send();
      credits.push(...result);
      transactions.push(transaction);
      report(transactions.length / batches.length);
    }
    return granted;
  });
  const decimals = await tokenDecimals(aceso, terms.token);
  const participant = toAddress(key.patient);
  const told = { study, participant, credits: toldCredits(credits, decimals), transactions };
  const lines = [
    ...(consented
      ? [`Relayed GrantConsent, signed by ${file.consent!.signer}: transaction ${consented.transaction}.`]
      : []),
    `For ${participant}: ${creditsText(credits, decimals)}`,
    ...transactions.map((transaction) => `Transaction ${transaction}.`),
  ];
  answer(context, { ...told, ...(consented && { consent: consented.transaction }) }, lines.join("\n"));
}

function batchesOf(contributions: readonly Contribution[]): Contribution[][] {
  const count = Math.ceil(contributions.length / RECORDS_AT_ONCE);
  return Array.from({ length: count }, (_, at) =>
    contributions.slice(at * RECORDS_AT_ONCE, (at + 1) * RECORDS_AT_ONCE),
  );
}

/** What is left to be consented to: nothing when the file was sent before, as far as that. */
async function consentOf(
  aceso: Aceso,
  { consent, contributions }: ContributionFile,
  { steward, form, purpose, categories }: StudyTerms,
): Promise<Prepared | undefined> {
  if (consent === undefined) return undefined;
  const asked = { purpose: purposeOfBit(purpose), categories: categoriesIn(categories) };
  const patient: Address = contributions[0]!.key.patient;
  if (await permits(aceso, { patient, grantee: steward, policy: form, ...asked })) return undefined;
  return grantBySig(aceso, consent);
}
