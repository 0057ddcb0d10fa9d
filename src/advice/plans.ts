/**
 * Advice on the errors of `PlanRegistry`.
 *
 * @module
 */
import { span, type AdviceByError } from "./words.js";

export const PLANS: AdviceByError = {
  PlanUnauthorized: ({ insurer, caller }) => ({
    message: `${insurer} holds no live Insurer licence, or ${caller} does not act for it.`,
    advice: "The insurer needs a live licence, and who acts for it a live membership of its staff.",
  }),
  PlanFrozen: ({ id }) => ({
    message: `Plan ${id} is published, so its terms and benefits are frozen.`,
    advice: "Draft a new plan under another name; policies of this one keep its terms.",
  }),
  PlanUnknown: ({ id }) => ({
    message: `Plan ${id} was never drafted.`,
    advice: "Draft it first; check insurer and name, and the chain and the deployment.",
  }),
  PlanTokenMissing: ({ token }) => ({
    message: `There is no contract at ${token}, the plan's token.`,
    advice: "Name the address of an ERC-20 on this chain, and draft the plan again.",
  }),
  PlanDeductibleAboveMax: ({ deductible, outOfPocketMax }) => ({
    message: `The deductible, ${deductible}, is above the out-of-pocket maximum, ${outOfPocketMax} (token units).`,
    advice: "Lower the deductible or raise the maximum, and draft the plan again.",
  }),
  PlanAutoApproveAboveYear: ({ claim, year }) => ({
    message: `A claim would be paid at once up to ${claim}, but a year's only up to ${year} (token units).`,
    advice: "Lower the limit a claim or raise the one a year, and draft the plan again.",
  }),
  PlanWindowOutOfBounds: ({ window, atLeast, atMost }) => ({
    message: `A window of ${span(window)} is not between ${span(atLeast)} and ${span(atMost)}.`,
    advice: "Choose a window within these bounds, and draft the plan again.",
  }),
  ArbitratorNotIndependent: ({ arbitrator }) => ({
    message: `${arbitrator} holds no live Arbitrator licence, or is not independent of the insurer or the other arbitrator.`,
    advice: "Name two licensed arbitrators who are on nobody's staff here, and draft the plan again.",
  }),
  BenefitsMismatch: ({ services, benefits }) => ({
    message: `There are ${benefits} benefits for ${services} services.`,
    advice: "Give each service one benefit.",
  }),
  CoinsuranceAboveAll: ({ service, coinsuranceBps }) => ({
    message: `The coinsurance of service ${service}, ${coinsuranceBps} basis points, is more than all of it.`,
    advice: "Give it in basis points: 2,000 is 20%, 10,000 is all.",
  }),
  NetworkOnlyGrows: ({ id }) => ({
    message: `Plan ${id} is published, so no provider is taken out of its network.`,
    advice: "Providers leave by themselves; a new plan may have another network.",
  }),
  NetworkWasLeft: ({ id, provider }) => ({
    message: `${provider} left the network of plan ${id}.`,
    advice: "Leave it out of the list: only a new plan can name it again.",
  }),
  NetworkNotYours: ({ id, provider, caller }) => ({
    message: `${provider} is not in the network of plan ${id}, or ${caller} does not act for it.`,
    advice: "Use the provider's account or that of its staff, and check the plan.",
  }),
  ServiceUnknown: ({ id, service }) => ({
    message: `Plan ${id} does not list service ${service}.`,
    advice: "Check code system and code as the plan's list writes them and the plan's secret, or leave the line out.",
  }),
  ClaimTooLarge: ({ billed }) => ({
    message: `The claim's lines come to ${billed} token units, more than the contracts hold.`,
    advice: "Check the amounts and the token's decimals.",
  }),
};
