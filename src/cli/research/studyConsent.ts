/**
 * What a participant consents to: that the study's steward uses the data under its form, as far as its terms say.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { categoriesIn } from "../../consent/category.js";
import { permits, type ConsentKey } from "../../consent/consent.js";
import { purposeOfBit } from "../../consent/purpose.js";
import type { Terms } from "../../consent/terms.js";
import type { Address } from "../../crypto/address.js";
import type { StudyTerms } from "../../research/studyTerms.js";
import { now } from "../../signing.js";
import type { Moment } from "../arguments.js";

/** A consent as it is granted. */
export type StudyConsent = Required<ConsentKey> & { terms: Terms };

/** The consent a study asks for; it ends with the study when nothing else is said. */
export async function consentFor(
  aceso: Aceso,
  patient: Address,
  { steward, form, purpose, categories, endsAt }: StudyTerms,
  until?: Moment,
): Promise<StudyConsent> {
  const validUntil = until === undefined ? Number(endsAt) : until(await now(aceso));
  const terms = { purposes: [purposeOfBit(purpose)], categories: categoriesIn(categories), validUntil };
  return { patient, grantee: steward, policy: form, terms };
}

/** Whether a live consent covers what a study asks for. */
export async function isConsented(aceso: Aceso, { patient, grantee, policy, terms }: StudyConsent): Promise<boolean> {
  const { purposes, categories } = terms;
  return permits(aceso, { patient, grantee, policy, purpose: purposes[0]!, categories });
}
