/**
 * Finding the case somebody means.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import { cases, type CaseKey, type EmergencyCase } from "../emergency/emergency.js";
import { AcesoError } from "../errors.js";
import { timeText } from "./output.js";

/** The case of a patient and a clinician: the one opened at a time or, where none is said, the only one that fits. */
export async function caseMeant(
  aceso: Aceso,
  { patient, clinician, openedAt }: { patient: Address; clinician: Address; openedAt: number | undefined },
  fits: (found: EmergencyCase) => boolean,
): Promise<CaseKey> {
  if (openedAt !== undefined) return { patient, clinician, openedAt };
  const fitting = (await cases(aceso, { patient, clinician })).filter(fits);
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) throw new CaseNotClearError(fitting);
  return { patient, clinician, openedAt: only.openedAt };
}

/** Which case is meant cannot be told. */
export class CaseNotClearError extends AcesoError {
  override name = "CaseNotClearError";
  constructor(readonly fitting: readonly EmergencyCase[]) {
    super(
      fitting.length === 0
        ? "There is no such case of this clinician and patient that is still open to it."
        : `Several cases fit: ${fitting.map(({ openedAt }) => `${openedAt} (${timeText(openedAt)})`).join(", ")}.`,
      "Take --opened-at from `aceso emergency list`.",
    );
  }
}
