import { expect } from "chai";
import { ZeroHash } from "ethers";

import { accountOf } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { buildRound, payoutOf, type PayoutRound } from "../../src/research/payouts.js";
import {
  claimedIn,
  claim,
  NoRoundError,
  payOut,
  publish,
  reclaim,
  roundOf,
  roundsOf,
  type RoundPayout,
} from "../../src/research/round.js";
import { approve, balanceOf } from "../../src/token/token.js";
import { ethers, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { payeesOf } from "./payees.js";
import { DAY, everybody, usd, type People } from "./people.js";

/** Ann, Ben and eleven others, who are paid this much each. */
function cohort({ ann, ben }: People, amount: number): Promise<PayoutRound> {
  const named = [ann, ben].map((each) => ({ account: accountOf(each), amount: usd(amount) }));
  return buildRound({ payees: [...named, ...payeesOf(11)] });
}

async function published(all: People, round: PayoutRound, { token = all.token } = {}) {
  const expiry = (await time.latest()) + 40 * DAY;
  const { result } = await publish(all.sponsor, { token, round, expiry }).send();
  const payout = (account: Address): RoundPayout => ({ ...payoutOf(round, account), round: result });
  return { ...round, number: result, expiry, payout };
}

function balance({ stranger, token }: People, account: Address): Promise<bigint> {
  return balanceOf(stranger, { token, account });
}

describe("publish", () => {
  it("pays the total in and gives the round's number", async () => {
    const all = await everybody();
    const { sponsor, stranger, token } = all;
    const before = await balance(all, accountOf(sponsor));
    const one = await published(all, await cohort(all, 10));
    const other = await published(all, await cohort(all, 20));
    expect([one.number, other.number]).to.deep.equal([1, 2]);
    expect(await balance(all, accountOf(sponsor))).to.equal(before - one.total - other.total);
    expect(await roundOf(stranger, 2)).to.deep.equal({
      ...{ round: 2, publisher: accountOf(sponsor), token, root: other.root },
      ...{ total: other.total, left: other.total, expiry: other.expiry },
    });
  });

  it("is refused for less than 30 days, without a total or a root, and unpaid", async () => {
    const all = await everybody();
    const { sponsor, stranger, token } = all;
    const round = await cohort(all, 10);
    const far = (await time.latest()) + 40 * DAY;
    for (const wrong of [
      { token, round, expiry: (await time.latest()) + 29 * DAY },
      { token, round: { ...round, total: 0n }, expiry: far },
      { token, round: { ...round, root: ZeroHash as Hex }, expiry: far },
    ]) {
      await revert(publish(sponsor, wrong).send(), "RoundInvalid");
    }
    await revert(publish(stranger, { token, round, expiry: far }).send(), "ERC20InsufficientAllowance");
  });
});

describe("claim", () => {
  it("pays three rounds in one transfer, to an account without ether", async () => {
    const all = await everybody();
    const { ann, relayer, stranger } = all;
    const rounds = [];
    for (const amount of [10, 20, 30]) rounds.push(await published(all, await cohort(all, amount)));
    const payouts = rounds.map(({ payout }) => payout(accountOf(ann)));
    const { transaction } = await claim(relayer, { account: accountOf(ann), payouts }).send();
    expect(await balance(all, accountOf(ann))).to.equal(usd(60));
    const { logs } = (await ethers.provider.getTransactionReceipt(transaction))!;
    expect(logs.filter(({ address }) => address === all.token)).to.have.length(1);
    for (const { number, total } of rounds) {
      expect(await claimedIn(stranger, number)).to.deep.equal(new Set([0]));
      expect((await roundOf(stranger, number)).left).to.equal(total - payouts[number - 1]!.amount);
    }
    const again = await revert(claim(relayer, { account: accountOf(ann), payouts }).send(), "PayoutSpent");
    expect(again).to.deep.equal({ round: 1n, index: 0n });
  });

  it("pays the connection's account when none is named", async () => {
    const all = await everybody();
    const { stranger } = all;
    const round = await buildRound({ payees: [{ account: accountOf(stranger), amount: 7n }] });
    const { payout, number } = await published(all, round);
    await claim(stranger, { payouts: [payout(accountOf(stranger))] }).send();
    expect(await balance(all, accountOf(stranger))).to.equal(7n);
    expect((await roundOf(stranger, number)).left).to.equal(0n);
  });

  it("is refused by name, and then pays nothing", async () => {
    const all = await everybody();
    const { admin, ann, ben, sponsor, relayer, house } = all;
    const account = accountOf(ann);
    const { payout } = await published(all, await cohort(all, 10));
    const other = await new TestToken__factory(house.admin).deploy("Another dollar", "USDY", 6);
    await other.mint(accountOf(sponsor), usd(100));
    const [token, spender] = [other.target as Address, house.distributor.target as Address];
    await approve(sponsor, { token, spender, amount: usd(100) }).send();
    const second = await published(all, await cohort(all, 20), { token });
    // One that pays out more than was paid in.
    const greedy = await published(all, { ...(await cohort(all, 30)), total: usd(29) });
    const cases: [string, RoundPayout[]][] = [
      ["NoPayouts", []],
      ["RoundUnknown", [{ ...payout(account), round: 9 }]],
      ["TokensMixed", [payout(account), second.payout(account)]],
      ["PayoutUnproven", [payout(accountOf(ben))]],
      ["PayoutUnproven", [{ ...payout(account), amount: usd(11) }]],
      ["PayoutUnproven", [{ ...second.payout(account), round: 1 }]],
      ["PayoutSpent", [payout(account), payout(account)]],
      ["RoundOverspent", [greedy.payout(account)]],
    ];
    for (const [name, payouts] of cases) await revert(claim(relayer, { account, payouts }).send(), name);
    expect(await balance(all, account)).to.equal(0n);
    await time.increase(40 * DAY);
    await revert(claim(admin, { account, payouts: [payout(account)] }).send(), "RoundExpired");
  });
});

describe("payOut", () => {
  it("pays a whole cohort in one transaction, and all or none", async () => {
    const all = await everybody();
    const { relayer, stranger, ann } = all;
    const { payees, payout, number, total } = await published(all, await cohort(all, 10));
    const claims = payees.map(({ account }) => ({ account, payouts: [payout(account)] }));
    await claim(relayer, claims[0]!).send();
    await revert(payOut(relayer, { claims }).send(), "PayoutSpent");
    expect(await claimedIn(stranger, number)).to.deep.equal(new Set([0]));
    const claimed = await claimedIn(stranger, number);
    await payOut(relayer, { claims: claims.filter((_, index) => !claimed.has(index)) }).send();
    expect(await claimedIn(stranger, number)).to.deep.equal(new Set(payees.keys()));
    for (const { account, amount } of payees) expect(await balance(all, account)).to.equal(amount);
    expect((await roundOf(stranger, number)).left).to.equal(0n);
    expect(total).to.equal(payees.reduce((sum, { amount }) => sum + amount, 0n));
    expect(await balance(all, accountOf(ann))).to.equal(usd(10));
  });
});

describe("reclaim", () => {
  it("gives the publisher back what nobody claimed, once the round is over", async () => {
    const all = await everybody();
    const { ann, relayer, sponsor, stranger } = all;
    const { payout, number, expiry } = await published(all, await cohort(all, 10));
    await claim(relayer, { account: accountOf(ann), payouts: [payout(accountOf(ann))] }).send();
    const { left } = await roundOf(stranger, number);
    await revert(reclaim(sponsor, { round: number }).send(), "RoundOpen");
    await revert(reclaim(sponsor, { round: 9 }).send(), "RoundUnknown");
    await time.increaseTo(expiry);
    await revert(reclaim(stranger, { round: number }).send(), "RoundNotYours");
    const before = await balance(all, accountOf(sponsor));
    await reclaim(sponsor, { round: number }).send();
    expect(await balance(all, accountOf(sponsor))).to.equal(before + left);
    expect(await roundOf(stranger, number)).to.include({ left: 0n, expiry });
    await revert(reclaim(sponsor, { round: number }).send(), "RoundNotYours");
  });
});

describe("roundOf", () => {
  it("names a round that is none", async () => {
    const { stranger } = await everybody();
    const { round, message } = await refusal(roundOf(stranger, 1), NoRoundError);
    expect(round).to.equal(1);
    expect(message).to.equal("There is no round 1.");
    expect(await claimedIn(stranger, 1)).to.deep.equal(new Set());
  });
});

describe("roundsOf", () => {
  it("finds a publisher's rounds and those with a root, oldest first", async () => {
    const all = await everybody();
    const { sponsor, stranger, relayer, token } = all;
    const ten = await published(all, await cohort(all, 10));
    const twenty = await published(all, await cohort(all, 20));
    const again = await published(all, await cohort(all, 10));
    const numbers = async (asked: Parameters<typeof roundsOf>[1]) =>
      (await roundsOf(stranger, asked)).map(({ round }) => round);
    const publisher = accountOf(sponsor);
    expect(await numbers({ publisher })).to.deep.equal([1, 2, 3]);
    expect(await numbers({ publisher: publisher.toLowerCase() as Address, root: twenty.root })).to.deep.equal([2]);
    expect(await numbers({ root: `0x${ten.root.slice(2).toUpperCase()}` })).to.deep.equal([1, 3]);
    expect(await numbers({ root: ZeroHash as Hex })).to.deep.equal([]);
    expect(await numbers({ publisher: accountOf(relayer) })).to.deep.equal([]);
    const [first] = await roundsOf(stranger, { publisher });
    expect(first).to.deep.equal(await roundOf(stranger, ten.number));
    expect(first).to.include({ token });
    expect(again.root).to.equal(ten.root);
  });
});
