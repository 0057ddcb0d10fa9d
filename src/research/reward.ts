/**
 * What a study's participants earn besides contributions, and how they are paid.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { prepare, type Prepared } from "../prepare.js";

/** The most milestones a study has: a bit each. */
const MAX_MILESTONES = 32;

/**
 * Prepares the record of a milestone a participant reached, such as a visit, which credits the milestone's reward.
 *
 * @param milestone its number in the study file's list, from 0. The connection's account acts for the steward.
 * @throws {@link MilestoneNumberError}; on sending {@link ContractError} `StudyNotRunning`, `StewardUnauthorized`,
 * `ParticipantInvalid`, `MilestoneInvalid`, `ParticipantCapReached` or `StudyUnderfunded`.
 */
export function recordMilestone(
  aceso: Aceso,
  { study, participant, milestone }: { study: Hex; participant: Address; milestone: number },
): Prepared {
  if (!Number.isInteger(milestone) || milestone < 0 || milestone >= MAX_MILESTONES) throw new MilestoneNumberError();
  const { studies } = aceso.contracts;
  const call = [study, toAddress(participant), milestone] as const;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("recordMilestone", [...call]));
}

/**
 * Prepares the payment of what a study owes a participant, to the participant. By anybody; nothing stops it.
 *
 * @throws on sending {@link ContractError} `NothingOwed`, or the token's own.
 */
export function claim(aceso: Aceso, { study, participant }: { study: Hex; participant: Address }): Prepared {
  const { studies } = aceso.contracts;
  return prepare(aceso, studies, studies.interface.encodeFunctionData("claim", [study, toAddress(participant)]));
}

/** No study has a milestone of this number. */
export class MilestoneNumberError extends AcesoError {
  override name = "MilestoneNumberError";
  constructor() {
    super(
      "Milestones are numbered from 0 to 31.",
      "Give the milestone's place in the study file's list, counted from zero.",
    );
  }
}
