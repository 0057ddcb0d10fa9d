/**
 * Records a reader does not get, and why.
 *
 * @module
 */
import type { DataCategory } from "../consent/category.js";
import type { Hex } from "../crypto/bytes.js";

/** What each reason to withhold a record means, and what to do. */
export const WITHHELD_REASONS = {
  "no key": "The vault holds no key for the reader: the author releases it, or the patient shares it.",
  "key does not open": "The wrapped key is damaged or was made for another key: have it released again.",
  "not permitted": "No consent (or open emergency) covers its categories for this purpose now.",
  erased: "The patient erased it.",
  "not anchored": "The chain does not know it, so nothing proves what it is.",
  "amended since": "The key opens an earlier version: have it released again.",
  "ciphertext missing": "The vault does not hold its ciphertext: fetch it from the author's vault.",
  "ciphertext altered": "The stored bytes are not those that were anchored: fetch it from the author's vault.",
  "content does not open": "The content key does not open it, or it holds no FHIR bundle: have the author amend it.",
} as const;

/** A record that was withheld. The categories are known only when the wrapped key opens. */
export type Withheld = { record: Hex; reason: keyof typeof WITHHELD_REASONS; categories?: readonly DataCategory[] };

/** A withheld record. */
export function withheldOf(record: Hex, reason: Withheld["reason"], categories?: readonly DataCategory[]): Withheld {
  return { record, reason, ...(categories && { categories }) };
}
