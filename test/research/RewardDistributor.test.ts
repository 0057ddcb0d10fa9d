import { expect } from "chai";
import { id, MaxUint256, ZeroAddress, ZeroHash } from "ethers";

import { TestToken__factory } from "../../src/generated/index.js";
import { ethers, loadFixture, time } from "../fixtures.js";
import { cohort, FUNDS, leavesOf, leftIn, MIN_CLAIM_WINDOW, published, sumOf, treeOf } from "./rounds.js";
import type { Leaf, Payout } from "./rounds.js";

const ROOT = id("a root");
const MAX_UINT96 = 2n ** 96n - 1n;
const MAX_UINT40 = 2 ** 40 - 1;

/** {@link cohort} with a round of three payees, the patient twice among them. */
async function round() {
  const house = await cohort();
  const { patient, guardian, third } = house;
  const leaves: Leaf[] = [
    [0n, patient, 100n],
    [1n, guardian, 200n],
    [2n, third, 300n],
    [3n, patient, 50n],
  ];
  return { ...house, leaves, ...(await published(house, leaves)) };
}

/** {@link round} once it expired, of which only the guardian was paid. */
async function expired() {
  const house = await loadFixture(round);
  await house.distributor.claim(house.guardian, [house.payout(1)]);
  await time.increaseTo(house.expiry);
  return house;
}

describe("RewardDistributor", () => {
  describe("publish", () => {
    it("takes the total in and keeps the round", async () => {
      const { distributor, token, sponsor, expiry } = await loadFixture(cohort);
      const publish = distributor.connect(sponsor).publish;
      expect(await publish.staticCall(token, ROOT, 700n, expiry)).to.equal(1n);
      const publishing = publish(token, ROOT, 700n, expiry);
      await expect(publishing)
        .to.emit(distributor, "RoundPublished")
        .withArgs(1n, sponsor.address, token.target, ROOT, 700n, expiry);
      await expect(publishing).to.changeTokenBalances(ethers, token, [sponsor, distributor], [-700n, 700n]);
      expect(await distributor.roundOf(1)).to.deep.equal([token.target, 700n, sponsor.address, expiry, ROOT]);
      expect(await distributor.roundCount()).to.equal(1);
    });

    it("takes an expiry exactly the least window ahead, and none a second nearer", async () => {
      const { distributor, token, sponsor } = await loadFixture(cohort);
      expect(await distributor.MIN_CLAIM_WINDOW()).to.equal(MIN_CLAIM_WINDOW);
      const now = (await time.latest()) + 100;
      await time.setNextBlockTimestamp(now);
      const early = now + MIN_CLAIM_WINDOW - 1;
      await expect(distributor.connect(sponsor).publish(token, ROOT, 1n, early))
        .to.be.revertedWithCustomError(distributor, "RoundInvalid")
        .withArgs(ROOT, 1n, early);
      await time.setNextBlockTimestamp(now + 1);
      await distributor.connect(sponsor).publish(token, ROOT, 1n, now + 1 + MIN_CLAIM_WINDOW);
    });

    it("refuses a round without root, total or time to come", async () => {
      const { distributor, token, sponsor, expiry } = await loadFixture(cohort);
      const now = await time.latest();
      for (const [root, total, end] of [
        [ZeroHash, 1n, expiry],
        [ROOT, 0n, expiry],
        [ROOT, 1n, 0],
        [ROOT, 1n, now],
        [ZeroHash, 0n, 0],
      ] as const) {
        await expect(distributor.connect(sponsor).publish(token, root, total, end))
          .to.be.revertedWithCustomError(distributor, "RoundInvalid")
          .withArgs(root, total, end);
      }
      expect(await distributor.roundCount()).to.equal(0);
    });

    it("refuses a deposit that is not approved, or not there", async () => {
      const { distributor, token, sponsor, stranger, expiry } = await loadFixture(cohort);
      await expect(distributor.connect(stranger).publish(token, ROOT, 5n, expiry))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(distributor.target, 0n, 5n);
      await expect(distributor.connect(sponsor).publish(token, ROOT, FUNDS + 1n, expiry))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
        .withArgs(sponsor.address, FUNDS, FUNDS + 1n);
      expect(await distributor.roundCount()).to.equal(0);
      expect(await distributor.roundOf(1)).to.deep.equal([ZeroAddress, 0n, ZeroAddress, 0n, ZeroHash]);
    });

    it("holds the largest total and the last expiry there are", async () => {
      const house = await loadFixture(cohort);
      const { distributor, token, sponsor, patient } = house;
      await token.mint(sponsor, MAX_UINT96);
      const leaf: Leaf = [MaxUint256, patient, MAX_UINT96];
      const { payout } = await published(house, [leaf], { expiry: MAX_UINT40 });
      await published(house, [[0n, patient, 1n]], { expiry: MAX_UINT40 });
      await distributor.claim(patient, [payout(0)]);
      expect(await token.balanceOf(patient)).to.equal(MAX_UINT96);
      expect((await distributor.roundOf(1)).left).to.equal(0);
      expect((await distributor.roundOf(2)).left).to.equal(1);
    });

    it("costs the same for any number of payees", async () => {
      const house = await loadFixture(cohort);
      await published(house, leavesOf(1));
      const costs: bigint[] = [];
      for (const count of [1, 16, 1_024]) {
        const { transaction } = await published(house, leavesOf(count));
        costs.push((await transaction.wait())!.gasUsed);
      }
      // But for the zero bytes of a root and of a total, which a transaction carries cheaper.
      for (const cost of costs) expect(cost).to.be.closeTo(costs[0]!, 500n);
    });

    it("counts the same root published twice as two rounds, each paying by itself", async () => {
      const house = await loadFixture(round);
      const { distributor, token, patient, leaves, payout } = house;
      const second = await published(house, leaves);
      expect(second.root).to.equal(house.root);
      expect([house.round, second.round]).to.deep.equal([1n, 2n]);
      await distributor.claim(patient, [payout(0)]);
      expect(await distributor.isClaimed(2, 0)).to.be.false;
      expect((await distributor.roundOf(2)).left).to.equal(650n);
      await distributor.claim(patient, [second.payout(0)]);
      expect(await token.balanceOf(patient)).to.equal(200n);
      expect((await distributor.roundOf(1)).left).to.equal(550n);
      expect((await distributor.roundOf(2)).left).to.equal(550n);
    });
  });

  describe("claim", () => {
    it("pays a leaf to its account, whoever asks", async () => {
      const { distributor, token, patient, stranger, payout } = await loadFixture(round);
      const claiming = distributor.connect(stranger).claim(patient, [payout(0)]);
      await expect(claiming).to.emit(distributor, "PayoutClaimed").withArgs(1n, patient.address, 0n, 100n);
      await expect(claiming).to.changeTokenBalances(ethers, token, [distributor, patient, stranger], [-100n, 100n, 0n]);
      expect((await distributor.roundOf(1)).left).to.equal(550n);
      expect(await distributor.isClaimed(1, 0)).to.be.true;
      for (const index of [1, 2, 3, 256]) expect(await distributor.isClaimed(1, index)).to.be.false;
    });

    it("pays rounds of several publishers, and two leaves of one, in one transfer", async () => {
      const house = await loadFixture(round);
      const { distributor, token, sponsor, rival, patient, guardian, payout } = house;
      const theirs = await published(
        house,
        [
          [0n, guardian, 5n],
          [7n, patient, 7n],
        ],
        { publisher: rival },
      );
      const third = await published(house, [[MaxUint256, patient, 11n]], { publisher: sponsor });
      const payouts = [payout(3), theirs.payout(1), third.payout(0), payout(0)];
      const claiming = await distributor.claim(patient, payouts);
      const receipt = (await claiming.wait())!;
      const transfers = await token.queryFilter(token.filters.Transfer(), receipt.blockNumber, receipt.blockNumber);
      expect(transfers.map(({ args }) => [...args])).to.deep.equal([[distributor.target, patient.address, 168n]]);
      const claims = await distributor.queryFilter(distributor.filters.PayoutClaimed(), receipt.blockNumber);
      expect(claims.map(({ args }) => [...args])).to.deep.equal(
        payouts.map(({ round, index, amount }) => [round, patient.address, index, amount]),
      );
      expect((await distributor.roundOf(1)).left).to.equal(500n);
      expect((await distributor.roundOf(2)).left).to.equal(5n);
      expect((await distributor.roundOf(3)).left).to.equal(0n);
      expect(await token.balanceOf(distributor)).to.equal(await leftIn(house, token));
    });

    it("pays from 1,024 leaves, the first and the last", async () => {
      const house = await loadFixture(round);
      const { distributor, token } = house;
      const leaves = leavesOf(1_024);
      const { round: number, payout, total } = await published(house, leaves);
      for (const place of [0, 1_023]) {
        const [, account, amount] = leaves[place]!;
        expect(payout(place).proof).to.have.length(10);
        await distributor.claim(account.address, [payout(place)]);
        expect(await token.balanceOf(account.address)).to.equal(amount);
      }
      expect((await distributor.roundOf(number)).left).to.equal(total - 1n - 1_024n);
      expect(await distributor.isClaimed(number, 1_022)).to.be.false;
    });

    it("pays a round of one, whose proof is empty", async () => {
      const house = await loadFixture(round);
      const { payout } = await published(house, [[9n, house.patient, 4n]]);
      expect(payout(0).proof).to.be.empty;
      await house.distributor.claim(house.patient, [payout(0)]);
      expect(await house.token.balanceOf(house.patient)).to.equal(4n);
    });

    it("pays in the last second, and not in the one a round expires", async () => {
      const { distributor, patient, guardian, payout, expiry } = await loadFixture(round);
      await time.setNextBlockTimestamp(expiry - 1);
      await distributor.claim(patient, [payout(0)]);
      await time.setNextBlockTimestamp(expiry);
      await expect(distributor.claim(guardian, [payout(1)]))
        .to.be.revertedWithCustomError(distributor, "RoundExpired")
        .withArgs(1n, expiry);
    });

    it("spends a leaf of nothing once", async () => {
      const house = await loadFixture(round);
      const { distributor, patient } = house;
      const { round: number, payout } = await published(house, [[0n, patient, 0n]], { total: 5n });
      await distributor.claim(patient, [payout(0)]);
      await expect(distributor.claim(patient, [payout(0)])).to.be.revertedWithCustomError(distributor, "PayoutSpent");
      expect((await distributor.roundOf(number)).left).to.equal(5n);
    });

    it("refuses an empty list", async () => {
      const { distributor, patient } = await loadFixture(round);
      await expect(distributor.claim(patient, [])).to.be.revertedWithCustomError(distributor, "NoPayouts").withArgs();
    });

    it("refuses a round nobody published, in whichever place", async () => {
      const { distributor, patient, payout } = await loadFixture(round);
      for (const unknown of [0n, 2n, MaxUint256]) {
        for (const payouts of [[{ ...payout(0), round: unknown }], [payout(0), { ...payout(3), round: unknown }]]) {
          await expect(distributor.claim(patient, payouts))
            .to.be.revertedWithCustomError(distributor, "RoundUnknown")
            .withArgs(unknown);
        }
      }
      expect(await distributor.isClaimed(1, 0)).to.be.false;
    });

    it("refuses rounds of two tokens at once", async () => {
      const house = await loadFixture(round);
      const { distributor, token, admin, sponsor, patient, payout } = house;
      const other = await new TestToken__factory(admin).deploy("A euro", "EURX", 6);
      await other.mint(sponsor, FUNDS);
      await other.connect(sponsor).approve(distributor, FUNDS);
      const second = await published(house, [[0n, patient, 1_000n]], { token: other });
      const refused = (payouts: Payout[], its: unknown[]) =>
        expect(distributor.claim(patient, payouts))
          .to.be.revertedWithCustomError(distributor, "TokensMixed")
          .withArgs(...its);
      await refused([payout(0), second.payout(0)], [token.target, other.target]);
      await refused([second.payout(0), payout(0)], [other.target, token.target]);
      expect([await leftIn(house, token), await leftIn(house, other)]).to.deep.equal([650n, 1_000n]);
    });
  });

  describe("multicall", () => {
    it("pays many people in one transaction", async () => {
      const house = await loadFixture(round);
      const { distributor, token, stranger } = house;
      const leaves = leavesOf(64);
      const { payout } = await published(house, leaves);
      const calls = leaves.map(([, { address }], place) =>
        distributor.interface.encodeFunctionData("claim", [address, [payout(place)]]),
      );
      await distributor.connect(stranger).multicall(calls);
      for (const [, { address }, amount] of leaves) expect(await token.balanceOf(address)).to.equal(amount);
      expect(await leftIn(house, token)).to.equal(650n);
      expect(await token.balanceOf(distributor)).to.equal(650n);
    });

    it("pays nobody when one of them cannot be paid", async () => {
      const house = await loadFixture(round);
      const { distributor, token, patient, guardian, payout } = house;
      await distributor.claim(guardian, [payout(1)]);
      const calls = [
        distributor.interface.encodeFunctionData("claim", [patient.address, [payout(0)]]),
        distributor.interface.encodeFunctionData("claim", [guardian.address, [payout(1)]]),
      ];
      await expect(distributor.multicall(calls))
        .to.be.revertedWithCustomError(distributor, "PayoutSpent")
        .withArgs(1n, 1n);
      expect(await token.balanceOf(patient)).to.equal(0);
      expect(await distributor.isClaimed(1, 0)).to.be.false;
    });

    it("publishes several rounds of the caller's and pays at once", async () => {
      const { distributor, token, sponsor, patient, expiry } = await loadFixture(round);
      const rounds: Leaf[][] = [[[0n, patient, 3n]], [[0n, patient, 4n]]];
      const publications = rounds.map((leaves) =>
        distributor.interface.encodeFunctionData("publish", [
          token.target as string,
          treeOf(leaves).root,
          sumOf(leaves),
          expiry,
        ]),
      );
      const payouts = rounds.map(([leaf], place) => ({
        round: BigInt(place + 2),
        index: leaf![0],
        amount: leaf![2],
        proof: [],
      }));
      const claim = distributor.interface.encodeFunctionData("claim", [patient.address, payouts]);
      await distributor.connect(sponsor).multicall([...publications, claim]);
      expect(await token.balanceOf(patient)).to.equal(7n);
      expect((await distributor.roundOf(3)).publisher).to.equal(sponsor.address);
    });

    it("is nobody's way to take back what another published", async () => {
      const { distributor, stranger, sponsor } = await expired();
      const call = distributor.interface.encodeFunctionData("reclaim", [1]);
      await expect(distributor.connect(stranger).multicall([call]))
        .to.be.revertedWithCustomError(distributor, "RoundNotYours")
        .withArgs(1n, sponsor.address, stranger.address);
      await expect(distributor.connect(sponsor).multicall([call, call])).to.be.revertedWithCustomError(
        distributor,
        "RoundNotYours",
      );
    });
  });

  describe("reclaim", () => {
    it("gives the publisher back what nobody claimed, once", async () => {
      const { distributor, token, sponsor } = await expired();
      const reclaiming = distributor.connect(sponsor).reclaim(1);
      await expect(reclaiming).to.emit(distributor, "RoundReclaimed").withArgs(1n, sponsor.address, 450n);
      await expect(reclaiming).to.changeTokenBalances(ethers, token, [distributor, sponsor], [-450n, 450n]);
      expect((await distributor.roundOf(1)).left).to.equal(0);
      await expect(distributor.connect(sponsor).reclaim(1))
        .to.be.revertedWithCustomError(distributor, "RoundNotYours")
        .withArgs(1n, sponsor.address, sponsor.address);
      expect(await token.balanceOf(sponsor)).to.equal(FUNDS - 200n);
    });

    it("is refused a second before the round expires, and taken in that second", async () => {
      const { distributor, sponsor, expiry } = await loadFixture(round);
      await time.setNextBlockTimestamp(expiry - 1);
      await expect(distributor.connect(sponsor).reclaim(1))
        .to.be.revertedWithCustomError(distributor, "RoundOpen")
        .withArgs(1n, expiry);
      await time.setNextBlockTimestamp(expiry);
      await distributor.connect(sponsor).reclaim(1);
    });

    it("leaves other rounds of the same token and publisher alone", async () => {
      const house = await loadFixture(round);
      const { distributor, token, sponsor, rival, patient, expiry } = house;
      const longer = await published(house, [[0n, patient, 40n]], { expiry: expiry + 1_000 });
      const theirs = await published(house, [[0n, patient, 2n]], { publisher: rival });
      await time.increaseTo(expiry);
      await distributor.connect(sponsor).reclaim(1);
      expect(await token.balanceOf(distributor)).to.equal(42n);
      await distributor.claim(patient, [longer.payout(0)]);
      await distributor.connect(rival).reclaim(theirs.round);
      expect(await token.balanceOf(rival)).to.equal(FUNDS);
      expect(await token.balanceOf(distributor)).to.equal(0);
    });

    it("is refused to everybody else, to the payees and the admin as well", async () => {
      const { distributor, sponsor, rival, admin, patient, stranger } = await expired();
      for (const caller of [rival, admin, patient, stranger]) {
        await expect(distributor.connect(caller).reclaim(1))
          .to.be.revertedWithCustomError(distributor, "RoundNotYours")
          .withArgs(1n, sponsor.address, caller.address);
      }
      expect((await distributor.roundOf(1)).left).to.equal(450n);
    });

    it("is refused of a round nobody published", async () => {
      const { distributor, sponsor } = await expired();
      for (const unknown of [0n, 2n, MaxUint256]) {
        await expect(distributor.connect(sponsor).reclaim(unknown))
          .to.be.revertedWithCustomError(distributor, "RoundUnknown")
          .withArgs(unknown);
      }
    });

    it("is refused of a round that was paid out", async () => {
      const { distributor, sponsor, leaves, payout, expiry } = await loadFixture(round);
      for (const [place, [, account]] of leaves.entries()) await distributor.claim(account.address, [payout(place)]);
      await time.increaseTo(expiry);
      await expect(distributor.connect(sponsor).reclaim(1))
        .to.be.revertedWithCustomError(distributor, "RoundNotYours")
        .withArgs(1n, sponsor.address, sponsor.address);
    });

    it("leaves nothing to claim, nor does the expiry before it", async () => {
      const house = await expired();
      const { distributor, token, sponsor, rival, patient, payout, expiry } = house;
      await published(house, [[0n, patient, 500n]], { publisher: rival, expiry: expiry + 2 * MIN_CLAIM_WINDOW });
      const refused = () =>
        expect(distributor.claim(patient, [payout(0)]))
          .to.be.revertedWithCustomError(distributor, "RoundExpired")
          .withArgs(1n, expiry);
      await refused();
      await distributor.connect(sponsor).reclaim(1);
      await refused();
      expect(await token.balanceOf(distributor)).to.equal(500n);
    });
  });

  describe("roundOf and isClaimed", () => {
    it("know nothing of a round nobody published", async () => {
      const { distributor } = await loadFixture(round);
      for (const unknown of [0n, 2n, MaxUint256]) {
        expect(await distributor.roundOf(unknown)).to.deep.equal([ZeroAddress, 0n, ZeroAddress, 0n, ZeroHash]);
        expect(await distributor.isClaimed(unknown, 0)).to.be.false;
      }
    });
  });
});
