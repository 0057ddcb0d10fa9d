/**
 * Advice on the errors of `ClaimEscrow` that are about policies, reserves and money.
 *
 * @module
 */
import { day, type AdviceByError } from "./words.js";

export const POLICIES: AdviceByError = {
  PlanNotPublished: ({ plan }) => ({
    message: `Plan ${plan} is not published.`,
    advice: "Publish it first; check insurer and name, and the chain and the deployment.",
  }),
  InsurerUnauthorized: ({ insurer, caller }) => ({
    message: `${caller} does not act for ${insurer}, the plan's insurer, or this needs a live Insurer licence it lacks.`,
    advice: "Use the insurer's account or that of its staff; to issue policies, its licence must be live.",
  }),
  PolicyUnknown: ({ id }) => ({
    message: `Policy ${id} was never issued or bought.`,
    advice: "Take its key as the insurer handed it over, and check the chain and the deployment.",
  }),
  PolicyExists: ({ id }) => ({
    message: `Policy ${id} was issued or bought already.`,
    advice: "A second one needs another document, whose salt alone makes it differ.",
  }),
  PolicyTermInvalid: ({ firstDay, endDay }) => ({
    message: `A policy cannot cover the days from ${day(firstDay)} until before ${day(endDay)}.`,
    advice: "Cover 1 to 366 days that are not all past, and begin within 366 days.",
  }),
  PolicyPartyZero: () => ({
    message: "The policy names no patient or no holder.",
    advice: "Name both accounts; a patient who pays is the holder, too.",
  }),
  QuoteNotYours: ({ holder, caller }) => ({
    message: `The quote is for ${holder}, for whom ${caller} does not act.`,
    advice: "Have its holder buy, or ask the insurer for a quote of your own.",
  }),
  QuoteSignerUnauthorized: ({ insurer, signer }) => ({
    message: `${signer}, who signed the quote, does not act for ${insurer}, or that holds no live Insurer licence.`,
    advice: "Ask the insurer for a quote signed by its own account or its staff.",
  }),
  TerminationUnauthorized: ({ id, caller }) => ({
    message: `${caller} is neither the patient of policy ${id} nor acts for its insurer.`,
    advice: "Have the patient or the insurer end it, or sign its end (signTerminate) for anybody to relay.",
  }),
  TerminationDayInvalid: ({ endDay, earliest, latest }) => ({
    message: `The policy cannot end on ${day(endDay)}: at the earliest on ${day(earliest)}, and before ${day(latest)}.`,
    advice: "Choose a day within these; patients end it from tomorrow on, insurers with 30 days' notice.",
  }),
  PolicyRunningOff: ({ id, untilDay }) => ({
    message: `Claims for policy ${id} may come until before ${day(untilDay)}.`,
    advice: "Close it then.",
  }),
  PolicyIsClosed: ({ id }) => ({
    message: `Policy ${id} is closed already.`,
    advice: "There is nothing to do.",
  }),
  ReserveShort: ({ plan, free, needed }) => ({
    message: `The reserve of plan ${plan} has ${free} token units free, and ${needed} are needed.`,
    advice: "Pay into the reserve, or take less: live policies and unfunded claims bind a part of it.",
  }),
  ReserveTooLarge: ({ plan }) => ({
    message: `The reserve of plan ${plan} would be more than the contracts hold.`,
    advice: "Pay in less; check the token's decimals.",
  }),
  CreditMissing: ({ token, payee }) => ({
    message: `${payee} has no credit in ${token}.`,
    advice: "Nothing is owed: credits arise only where a payment failed. Check token and payee.",
  }),
  TokenTookFee: ({ token, sent, arrived }) => ({
    message: `Of ${sent} units of ${token} only ${arrived} arrived.`,
    advice: "Tokens that take a fee are not supported: use another token.",
  }),
  SafeERC20FailedOperation: ({ token }) => ({
    message: `${token} refused to move the money, or is no ERC-20.`,
    advice: "Check the balance and what the contract was approved to take.",
  }),
  ERC20InsufficientAllowance: ({ spender, allowance, needed }) => ({
    message: `${spender} is approved to take ${allowance} token units, and ${needed} are needed.`,
    advice: "Approve them first (approve), then send it again.",
  }),
  ERC20InsufficientBalance: ({ sender, balance, needed }) => ({
    message: `${sender} has ${balance} token units, and ${needed} are needed.`,
    advice: "Bring the account the tokens first.",
  }),
  ReentrancyGuardReentrantCall: () => ({
    message: "The token called back while it was moving the money.",
    advice: "Such tokens are not supported: use a plan in another token.",
  }),
  EnforcedPause: () => ({
    message: "New business is paused by the admin.",
    advice: "Wait until it is resumed; claims, decisions, appeals and payments go on meanwhile.",
  }),
  ExpectedPause: () => ({
    message: "Nothing is paused.",
    advice: "There is nothing to resume.",
  }),
};
