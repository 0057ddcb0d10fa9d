/**
 * Payout rounds on chain: published, claimed, taken back.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { eventsOf, inOrder } from "../events.js";
import { prepare, type Prepared } from "../prepare.js";
import type { PayoutRound, Payout } from "./payouts.js";

/** A round as it stands. Amounts in token units, times in Unix seconds. */
export type RoundState = {
  /** Its number, from 1. */
  round: number;
  publisher: Address;
  token: Address;
  root: Hex;
  total: bigint;
  /** What nobody claimed yet, or zero once its publisher took it back. */
  left: bigint;
  /** The first second nothing is claimed any more. */
  expiry: number;
};

/** A payout of a round, as it is claimed. */
export type RoundPayout = Payout & { round: number };

/**
 * Prepares the publication of a round, which pays its total in. Nobody can change it from then on. Its result is the
 * round's number.
 *
 * @example
 * const { round } = await build(csv, { decimals: 6 });
 * await approve(aceso, { token, spender: aceso.contracts.distributor.target, amount: round.total }).send();
 * const { result: number } = await publish(aceso, { token, round, expiry }).send();
 *
 * @param published.round as {@link build} gives it.
 * @param published.expiry the first second nothing is claimed any more, in Unix seconds: at least 30 days from now.
 * @throws on sending {@link ContractError} `RoundInvalid` or `TokenTookFee`, or the token's own.
 */
export function publish(
  aceso: Aceso,
  { token, round, expiry }: { token: Address; round: Pick<PayoutRound, "root" | "total">; expiry: number },
): Prepared<number> {
  const { distributor } = aceso.contracts;
  const call = [toAddress(token), round.root, round.total, expiry] as const;
  return prepare(aceso, distributor, distributor.interface.encodeFunctionData("publish", [...call]), {
    after: ({ logs }) => {
      const event = logs
        .filter(({ address }) => address === distributor.target)
        .map((log) => distributor.interface.parseLog(log))
        .find((parsed) => parsed?.name === "RoundPublished");
      return Number(event!.args.round);
    },
  });
}

/**
 * Prepares the payment of an account's payouts, of any number of rounds of one token, in one transfer. By anybody.
 *
 * @param claimed.account who is paid; the connection's account when not given.
 * @throws on sending {@link ContractError} `NoPayouts`, `RoundUnknown`, `TokensMixed`, `RoundExpired`, `PayoutSpent`,
 * `PayoutUnproven` or `RoundOverspent`, or the token's own.
 */
export function claim(
  aceso: Aceso,
  { account = accountOf(aceso), payouts }: { account?: Address; payouts: readonly RoundPayout[] },
): Prepared {
  const { distributor } = aceso.contracts;
  return prepare(aceso, distributor, claimData(aceso, account, payouts));
}

/**
 * Prepares the payment of many accounts' payouts in one transaction: some 60,000 gas each. By anybody, so that nobody
 * who is paid needs any gas. One that is refused stops all, so leave out what was claimed ({@link claimedIn}).
 *
 * @throws on sending {@link ContractError} as {@link claim}.
 */
export function payOut(
  aceso: Aceso,
  { claims }: { claims: readonly { account: Address; payouts: readonly RoundPayout[] }[] },
): Prepared {
  const { distributor } = aceso.contracts;
  const calls = claims.map(({ account, payouts }) => claimData(aceso, account, payouts));
  return prepare(aceso, distributor, distributor.interface.encodeFunctionData("multicall", [calls]));
}

/**
 * Prepares the return of what nobody claimed of an expired round to the connection's account, its publisher.
 *
 * @throws on sending {@link ContractError} `RoundUnknown`, `RoundOpen` or `RoundNotYours`, or the token's own.
 */
export function reclaim(aceso: Aceso, { round }: { round: number }): Prepared {
  const { distributor } = aceso.contracts;
  return prepare(aceso, distributor, distributor.interface.encodeFunctionData("reclaim", [round]));
}

/**
 * A round as it stands.
 *
 * @throws {@link NoRoundError} when there is none of that number.
 */
export async function roundOf(aceso: Aceso, round: number): Promise<RoundState> {
  const { distributor } = aceso.contracts;
  const [published] = await eventsOf(aceso, distributor, distributor.filters.RoundPublished(round));
  if (published === undefined) throw new NoRoundError(round);
  return stateOf(aceso, published.args);
}

/** The rounds of a publisher, or those with a root, as they stand; oldest first. */
export async function roundsOf(
  aceso: Aceso,
  { publisher, root }: { publisher?: Address; root?: Hex },
): Promise<RoundState[]> {
  const { distributor } = aceso.contracts;
  const filter = distributor.filters.RoundPublished(undefined, publisher && toAddress(publisher));
  const published = (await eventsOf(aceso, distributor, filter)).sort(inOrder);
  const asked = published.filter(({ args }) => root === undefined || args.root === root.toLowerCase());
  return Promise.all(asked.map(({ args }) => stateOf(aceso, args)));
}

/** The indexes of a round's payouts that were claimed. */
export async function claimedIn(aceso: Aceso, round: number): Promise<Set<number>> {
  const { distributor } = aceso.contracts;
  const claimed = await eventsOf(aceso, distributor, distributor.filters.PayoutClaimed(round));
  return new Set(claimed.map(({ args }) => Number(args.index)));
}

function claimData({ contracts }: Aceso, account: Address, payouts: readonly RoundPayout[]): string {
  return contracts.distributor.interface.encodeFunctionData("claim", [toAddress(account), [...payouts]]);
}

type Published = { round: bigint; publisher: string; token: string; root: string; total: bigint; expiry: bigint };

async function stateOf(aceso: Aceso, published: Published): Promise<RoundState> {
  const { left } = await aceso.contracts.distributor.roundOf(published.round);
  return {
    round: Number(published.round),
    publisher: toAddress(published.publisher),
    token: toAddress(published.token),
    root: published.root as Hex,
    total: published.total,
    left,
    expiry: Number(published.expiry),
  };
}

/** There is no round of a number. */
export class NoRoundError extends AcesoError {
  override name = "NoRoundError";
  constructor(readonly round: number) {
    super(`There is no round ${round}.`, "Check its number, and the chain and the deployment.");
  }
}
