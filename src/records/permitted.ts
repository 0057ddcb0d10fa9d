/**
 * Asking the chain whether a grantee may use a patient's data.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { DataCategory } from "../consent/category.js";
import { NO_POLICY, permits } from "../consent/consent.js";
import { BREAK_THE_GLASS, type Purpose } from "../consent/purpose.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { isOpen } from "../emergency/emergency.js";

/** On what basis data is used: a consent's policy and purpose, or `BTG` for an open emergency. */
export type Basis = {
  purpose: Purpose;
  /** {@link NO_POLICY} when not given. */
  policy?: Hex;
};

/** A function that tells whether a grantee may use categories on a basis, asking once for each set of categories. */
export function permitted(
  aceso: Aceso,
  { patient, grantee, purpose, policy = NO_POLICY }: { patient: Address; grantee: Address } & Basis,
): (categories: readonly DataCategory[]) => Promise<boolean> {
  const answers = new Map<string, Promise<boolean>>();
  return (categories) => {
    const question = categories.join();
    const answer =
      answers.get(question) ??
      (purpose === BREAK_THE_GLASS
        ? isOpen(aceso, { patient, clinician: grantee, categories })
        : permits(aceso, { patient, grantee, policy, purpose, categories }));
    answers.set(question, answer);
    return answer;
  };
}
