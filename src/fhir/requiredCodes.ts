/**
 * The codes FHIR R4 allows in elements of type `code` (required bindings) of resources about patients and those that
 * support them.
 *
 * @module
 */

const CODES = `
  AC ACD ACM ACV AFT AFT.early AFT.late ASKU Appointment C CD CM CV CommunicationRequest DeviceRequest EVE EVE.early
  EVE.late F HS L M MORN MORN.early MORN.late MedicationRequest N NIGHT NOON NutritionOrder PC PCD PCM PCV PHS R
  ServiceRequest Task U UNK V VisionPrescription WAKE a abandoned aborted accepted active actual
  administratively-completed after after-end after-start all all-or-none allergy alternate amended animal any
  appended appends applicability approved arrived asap at-most-one auth-requirements authoredby available balanced
  barcode base before before-end before-start benefits billable billed biologic biologicalAgent black blue booked
  busy busy-tentative busy-unavailable calculation calibrated calibration-required cancelled candidate card cells
  celsius changes checked-in claim closed-to-accrual closed-to-accrual-and-intervention complete completed concurrent
  concurrent-with-end concurrent-with-start corrected could current cyan d data-collection data-requested
  data-required declined deduction deny dependents derivation device directive disapproved discount discovery display
  down draft eligible entered-in-error environment error exactly-one failed failure farenheit female filler-order
  final finished fluid follow-up food free fulfilled gain green h health-unknown high historical in in-progress
  in-review inactive individual ineligible information-only informational instance instance-order intended
  intolerance issued kelvin kind left legal level1 level2 level3 level4 logical-group low magenta male manual
  manufacturer-name measurement medication mild min mo model-name moderate multiple must must-unless-documented
  needs-action no noshow not-billable not-calibrated not-done not-registered not-started not-taken off off-study
  official offset on on-hold on-study on-study-intervention on-study-observation one-or-more onhold onleave option
  optional order organ original-order other out partial patient-reported-name pending pending-on-study permit person
  personal plan planned potential potential-candidate practitioner preauthorization predetermination preliminary
  preparation print printoper professional proposal proposed queued quotation ready received red refer reflex-order
  registered rejected related removal replaced-by replaces requested required reserved retired revision revoked rfid
  right routine s scheduled screening seealso self-reported sentence-group setting severe signs single snapshot
  source standby start stat stop stopped subject-list substance success summary superseded surcharge suspended tax
  temporarily-closed-to-accrual temporarily-closed-to-accrual-and-intervention tentative tissue transforms triaged
  two-point udi-label-name unable-to-assess unavailable unknown unsatisfactory unspecified up urgent
  user-friendly-name validation visual-group waitlist white withdrawn wk working yellow yes
`;

/** True for a code of a required binding; false for anything else, which no element of type `code` should hold. */
export function isRequiredCode(code: string): boolean {
  return REQUIRED_CODES.has(code);
}

const REQUIRED_CODES = new Set(CODES.trim().split(/\s+/));
