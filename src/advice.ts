/**
 * What each error of the contracts means and what to do about it.
 *
 * @module
 */
import { ACCREDITATION } from "./advice/accreditation.js";
import { ADMIN } from "./advice/admin.js";
import { BATCHES } from "./advice/batches.js";
import { CLAIMS } from "./advice/claims.js";
import { CONSENT } from "./advice/consent.js";
import { CUSTODY } from "./advice/custody.js";
import { DISPENSING } from "./advice/dispensing.js";
import { EMERGENCY } from "./advice/emergency.js";
import { PAYOUTS } from "./advice/payouts.js";
import { PLANS } from "./advice/plans.js";
import { POLICIES } from "./advice/policies.js";
import { PRESCRIPTIONS } from "./advice/prescriptions.js";
import { PRODUCTS } from "./advice/products.js";
import { RECORDS } from "./advice/records.js";
import { SIGNING } from "./advice/signing.js";
import { STUDIES } from "./advice/studies.js";
import type { Advice, AdviceByError, ErrorArgs } from "./advice/words.js";

const ADVICE: AdviceByError = {
  ...ACCREDITATION,
  ...CONSENT,
  ...EMERGENCY,
  ...RECORDS,
  ...PRODUCTS,
  ...BATCHES,
  ...CUSTODY,
  ...DISPENSING,
  ...PRESCRIPTIONS,
  ...PLANS,
  ...POLICIES,
  ...CLAIMS,
  ...STUDIES,
  ...PAYOUTS,
  ...SIGNING,
  ...ADMIN,
};

/** Every contract error there is advice on. */
export const ADVISED_ERRORS: readonly string[] = Object.keys(ADVICE);

/** What an error of the contracts means, with its arguments. */
export function adviceOn(error: string, args: ErrorArgs): Advice {
  return (
    ADVICE[error]?.(args) ?? {
      message: "The contract refused the call.",
      advice: "Look the error up in the contract's documentation.",
    }
  );
}
