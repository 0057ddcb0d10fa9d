/**
 * Advice on the errors of `ClaimEscrow` that are about claims.
 *
 * @module
 */
import { statusOf } from "../insurance/outcome.js";
import { date, day, roleName, type AdviceByError } from "./words.js";

export const CLAIMS: AdviceByError = {
  ProviderUnauthorized: ({ provider, role, caller }) => ({
    message: `${provider} holds no live ${roleName(role)} licence to bill with, or ${caller} does not act for it.`,
    advice: "Bill as a licensed Practitioner, Provider, Laboratory or Pharmacy, by its own account or its staff.",
  }),
  ClaimNotYours: ({ id, provider, caller }) => ({
    message: `Claim ${id} is ${provider}'s, for which ${caller} does not act.`,
    advice: "Use the provider's account or that of its staff.",
  }),
  PolicyRanOff: ({ id, endDay }) => ({
    message: `Policy ${id} ended on ${day(endDay)}, and takes no more claims.`,
    advice: "Claims come within 180 days after a policy's end; settle this one outside.",
  }),
  ClaimLinesInvalid: ({ lines, atMost }) => ({
    message: `A claim has 1 to ${atMost} lines, not ${lines}.`,
    advice: "Split it into several claims.",
  }),
  QuantityInvalid: ({ line, quantity }) => ({
    message: `The quantity of line ${Number(line) + 1}, ${quantity} thousandths, is zero or above 100,000.`,
    advice: "Check the quantity and its unit.",
  }),
  ServiceDayInvalid: ({ line, day: on, firstDay, endDay }) => ({
    message: `Line ${Number(line) + 1} is of ${day(on)}; the policy covers ${day(firstDay)} until before ${day(endDay)}.`,
    advice: "Check the day, and that it is not in the future (UTC); bill it under the policy of that time.",
  }),
  LineUsed: ({ day: on, number }) => ({
    message: `Line ${number} of ${day(on)} was accepted already.`,
    advice: "If it was not billed before, draft the claim again: other claims of the day came first.",
  }),
  ClaimExists: ({ id }) => ({
    message: `Claim ${id} was submitted already.`,
    advice: "A corrected claim has another document: draft it again.",
  }),
  AcknowledgementInvalid: ({ patient, signer }) => ({
    message: `${signer}, who acknowledged the claim, is neither ${patient}, the patient, nor a delegate for claims.`,
    advice: "Have the patient or a delegate acknowledge it.",
  }),
  ClaimUnpermitted: ({ patient, provider }) => ({
    message: `${patient} gave ${provider} no consent to bill (HPAYMT, claims), or it is over.`,
    advice: "Name the consent's policy, or have the patient acknowledge the claim.",
  }),
  PreauthorizationInvalid: ({ line, signer }) => ({
    message: `The preauthorisation for line ${Number(line) + 1} is not the insurer's by ${signer}, is over, or was used.`,
    advice: "Leave it out, or ask the insurer for one for this policy, provider, service and day.",
  }),
  LinesMismatch: () => ({
    message: "These are not the claim's lines.",
    advice: "Take them from the claim's file, or from its submission on chain.",
  }),
  ClaimStatusInvalid: ({ id, status }) => ({
    message: `Claim ${id} stands as ${statusOf(status as bigint)}, which does not allow it.`,
    advice: "Look at the claim (claimOf): None was never submitted or lapsed, and Final leaves nothing to decide.",
  }),
  ClaimWindowOver: ({ id, deadline }) => ({
    message: `The window of claim ${id} ended at ${date(deadline)}.`,
    advice: "Anybody may now end it: finalize, or lapse where nobody acknowledged the claim.",
  }),
  ClaimWindowOpen: ({ id, deadline }) => ({
    message: `The window of claim ${id} is open until ${date(deadline)}.`,
    advice: "Wait until then.",
  }),
  AmountAboveClaim: ({ id, amount, atMost }) => ({
    message: `Of claim ${id} at most ${atMost} token units can be decided, not ${amount}.`,
    advice: "Approve no more than was adjudicated, and award no more than was taken off.",
  }),
  RulingFeeUnfunded: ({ plan, free, fee }) => ({
    message: `To take something off, ${fee} token units are set aside for a ruling; plan ${plan} has ${free} free.`,
    advice: "Pay into the reserve first, or approve the claim in full.",
  }),
  AppealUnauthorized: ({ id, appellant }) => ({
    message: `${appellant} is neither the patient of claim ${id}, nor a delegate for claims, nor acts for its provider.`,
    advice: "Have the patient appeal, or sign the appeal (signAppeal) for anybody to relay, or the provider.",
  }),
  RulingUnauthorized: ({ id, arbitrator, caller }) => ({
    message: `${arbitrator} rules on claim ${id} now; ${caller} does not act for it, or it is not licensed or not impartial.`,
    advice: "Let the plan's arbitrator rule in its window and the fallback after it; neither may be a party's staff.",
  }),
  ClaimIsFunded: ({ id }) => ({
    message: `The reserve binds what claim ${id} is owed already.`,
    advice: "There is nothing to fund; a funded claim is paid when it is decided.",
  }),
};
