/**
 * Which announced studies a patient's own records fit, told privately: everything happens on the patient's machine.
 *
 * @module
 */
import type { Address } from "../crypto/address.js";
import type { FhirResource } from "../fhir/resource.js";
import type { Announced } from "./announcement.js";
import { screenOf, type Eligibility, type EligibilityOptions } from "./eligibility.js";

/** A study, and whether a patient fits. */
export type Recruited = Eligibility & {
  sponsor: Address;
  registration: string;
  title: string;
  /** Whether its announcement still lets people enrol. The chain says whether it does: a board may have stopped it. */
  isOpen: boolean;
};

/**
 * For each study whether a patient fits, and why, as far as their records tell. It decides nothing: the investigator
 * does, who knows what records do not say.
 *
 * @example
 * recruit(resources, announcements.map(readAnnouncement)).filter(({ isOpen, fit }) => isOpen && fit !== "does not fit");
 *
 * @param resources all of one patient's, each in its newest version.
 */
export function recruit(
  resources: readonly FhirResource[],
  announcements: readonly Announced[],
  { on = Math.floor(Date.now() / 1000) }: EligibilityOptions = {},
): Recruited[] {
  return announcements.map(({ sponsor, study: { registration, title, criteria, terms } }) => ({
    sponsor,
    registration,
    title,
    isOpen: on < terms.enrolUntil,
    ...screenOf(criteria, { on })(resources),
  }));
}
