/**
 * The rules by which gaps in FHIR claims are filled, and the reasons why a line can't be billed.
 *
 * @module
 */

/** The rules, each with the sentence that tells a billing office what was done. None quotes the claim's content. */
export const CLAIM_RULES = {
  "net-computed": "The line has no net: it is the unit price times quantity and factor, one where absent.",
  "net-differs": "The line's net is not its unit price times quantity and factor: the net is billed.",
  rounded: "The amount has more places than the currency: it is rounded half up.",
  "currency-assumed": "The amount names no currency: the claim's is taken.",
  "whole-line": "The details' prices are missing, can't be billed or don't add up to the line's: it is billed as one.",
  "price-from-eob": "The line has no price: what the ExplanationOfBenefit says was submitted for it is billed.",
  "price-from-total": "It is the only line without a price: the rest of the claim's total is billed.",
  "eob-price-ignored": "The ExplanationOfBenefit's prices disagree, or go beyond the claim's total: none is taken.",
  "total-differs": "The claim's total is not the sum of its lines' prices: the lines are billed.",
  "code-from-prescription": "The claim fills a prescription and its line only says the visit: the medicine is billed.",
  "quantity-one": "The line has no quantity: it is one.",
  "quantity-rounded": "The quantity has more than three places: it is rounded half up.",
  "first-day": "The service lasted several days: it is billed on the first.",
  "date-from-eob": "The line has no day: the ExplanationOfBenefit's is taken.",
  "eob-date-ignored": "The day in the ExplanationOfBenefit lies outside the claim's billable period: it is not taken.",
  "date-from-encounter": "The line has no day: the first day of its encounter is taken.",
  "date-from-billable-period": "The line has no day: the first day of the claim's billable period is taken.",
  "date-from-created": "The line has no day: the day the claim was created is taken.",
  renumbered: "Sequence numbers are missing or repeated: the lines are numbered as they stand.",
  "focal-coverage": "The claim names several coverages: only the focal one is billed.",
  "first-coverage": "The claim names several coverages and not one as focal: the first is billed.",
  "preauthorization-unassigned": "The claim names several preauthorisations and not for which line: no line has one.",
} as const;

/** The reasons, each with its sentence. */
export const UNBILLABLE_REASONS = {
  "not-active": "The claim is cancelled, a draft or entered in error.",
  "not-for-payment": "The claim asks for a preauthorisation or predetermination, not for payment.",
  diagnosis: "The line names a diagnosis, not a service.",
  "no-code": "The line has no code with its code system.",
  "no-medicine": "The claim fills a prescription, and which medicine its line is for can't be told.",
  "no-price": "Neither the line, nor its ExplanationOfBenefit, nor the claim's total gives its price.",
  "no-charge": "The line's price is zero.",
  "negative-price": "The line's price, unit price or factor is negative.",
  "foreign-currency": "The line's price is in another currency than the claim's.",
  "bad-quantity": "The quantity is zero, negative or beyond 100,000.",
  "no-date": "Nothing in the claim gives the day of the service.",
} as const;

export type ClaimRule = keyof typeof CLAIM_RULES;
export type UnbillableReason = keyof typeof UNBILLABLE_REASONS;

/** A rule that was applied: to a line, or without a sequence to the claim. */
export type AppliedRule = { rule: ClaimRule; sequence?: string; sentence: string };

/** A line that can't be billed. The amount is what it asked for, where it said so in the claim's currency. */
export type Unbillable = { sequence: string; reason: UnbillableReason; sentence: string; amount?: string };

/** A rule as applied to a line, or to the claim. */
export function applied(rule: ClaimRule, sequence?: string): AppliedRule {
  return { rule, ...(sequence !== undefined && { sequence }), sentence: CLAIM_RULES[rule] };
}
