/**
 * Advice on the errors of `RewardDistributor` and `RewardToken`.
 *
 * @module
 */
import { date, type AdviceByError } from "./words.js";

export const PAYOUTS: AdviceByError = {
  RoundInvalid: ({ total, expiry }) => ({
    message: `A round of ${total} token units that ends at ${date(expiry)} cannot be published.`,
    advice: "It needs a root and a total, and an end at least 30 days from now.",
  }),
  RoundUnknown: ({ round }) => ({
    message: `Round ${round} was never published.`,
    advice: "Check its number, and the chain and the deployment.",
  }),
  RoundExpired: ({ round, expiry }) => ({
    message: `Round ${round} paid until ${date(expiry)}.`,
    advice: "Ask its publisher for a new round.",
  }),
  RoundOpen: ({ round, expiry }) => ({
    message: `Round ${round} pays until ${date(expiry)}.`,
    advice: "Take back what nobody claimed then.",
  }),
  RoundNotYours: ({ round, publisher }) => ({
    message: `Nothing is left of round ${round}, or it goes to ${publisher}, its publisher, alone.`,
    advice: "Use the publisher's account, and check what is left: it may be claimed, or taken back already.",
  }),
  TokensMixed: ({ token, other }) => ({
    message: `Some payouts are in ${token}, others in ${other}.`,
    advice: "Claim those of each token by themselves.",
  }),
  NoPayouts: () => ({
    message: "There is no payout to claim.",
    advice: "Give at least one, with its proof.",
  }),
  PayoutSpent: ({ round, index }) => ({
    message: `Payout ${index} of round ${round} was claimed already.`,
    advice: "There is nothing to do: its account was paid.",
  }),
  PayoutUnproven: ({ round, index, account, amount }) => ({
    message: `Round ${round} does not promise ${account} ${amount} token units as payout ${index}.`,
    advice: "Take index, amount and proof from the file of this very round.",
  }),
  RoundOverspent: ({ round, left, amount }) => ({
    message: `Round ${round} has ${left} token units left, less than the ${amount} it promises here.`,
    advice: "Its publisher promised more than it paid in; ask it for a new round.",
  }),
  ERC20ExceededCap: ({ increasedSupply, cap }) => ({
    message: `There would be ${increasedSupply} token units, more than the ${cap} there may ever be.`,
    advice: "Mint less.",
  }),
  ERC20InvalidReceiver: ({ receiver }) => ({
    message: `${receiver} cannot hold tokens.`,
    advice: "Name the account they are for.",
  }),
};
