import { expect } from "chai";
import { AbiCoder, concat, id, keccak256, MaxUint256 } from "ethers";

import { HostileToken__factory, TestToken__factory } from "../../src/generated/index.js";
import { ethers, loadFixture, time } from "../fixtures.js";
import { MANNERS, type Manner, REFUSALS } from "../hostileToken.js";
import { cohort, FUNDS, impersonated, leftIn, MIN_CLAIM_WINDOW, published, treeOf } from "./rounds.js";
import type { Cohort, Leaf, Payout } from "./rounds.js";

/**
 * {@link cohort} with a round of four leaves, two of them the patient's, one of the same people in other amounts, and a
 * rival's deposit that nobody of them has a claim to.
 */
async function rounds() {
  const house = await cohort();
  const { patient, guardian, third, stranger, rival } = house;
  const leaves: Leaf[] = [
    [0n, patient, 100n],
    [1n, guardian, 200n],
    [2n, third, 300n],
    [3n, patient, 50n],
  ];
  const first = await published(house, leaves);
  const second = await published(
    house,
    leaves.map(([index, account, amount]): Leaf => [index, account, amount + 1n]),
  );
  await published(house, [[0n, stranger, 500_000n]], { publisher: rival });
  return { ...house, leaves, first, second };
}

/** {@link cohort} whose money is a token that is told how to behave, with a round for three payees and a rival's. */
async function hostile() {
  const plain = await cohort();
  const { admin, sponsor, rival, patient, guardian, third, stranger } = plain;
  const deployed = await new HostileToken__factory(admin).deploy();
  const token = TestToken__factory.connect(await deployed.getAddress(), admin) as Cohort["token"];
  const house = { ...plain, token };
  for (const publisher of [sponsor, rival]) await token.mint(publisher, FUNDS);
  const { payout } = await published(house, [
    [0n, patient, 100n],
    [1n, guardian, 200n],
    [2n, third, 300n],
  ]);
  await published(house, [[0n, stranger, 5_000n]], { publisher: rival });
  const behave = (manner: Manner, refused: { address: string } = patient) =>
    deployed.behave(MANNERS.indexOf(manner), refused.address);
  return { ...house, hostile: deployed, behave, payout };
}

/** Expects that the distributor holds what is left of all rounds in its token and not a unit more. */
async function expectBalanced(house: Cohort) {
  expect(await house.token.balanceOf(house.distributor)).to.equal(await leftIn(house, house.token));
}

const claimOf = ({ distributor }: Cohort, account: { address: string }, payouts: Payout[]) =>
  distributor.interface.encodeFunctionData("claim", [account.address, payouts]);

describe("RewardDistributor against", () => {
  describe("a payee who", () => {
    /** Expects that a payout is not proven, and that nothing moved. */
    async function expectUnproven(house: Cohort, account: { address: string }, payout: Payout) {
      const { distributor } = house;
      const { round, index, amount } = payout;
      await expect(distributor.claim(account.address, [payout]))
        .to.be.revertedWithCustomError(distributor, "PayoutUnproven")
        .withArgs(round, index, account.address, amount);
      await expectBalanced(house);
    }

    it("claims a leaf again, in another transaction, another call or the same list", async () => {
      const house = await loadFixture(rounds);
      const { distributor, token, patient, first } = house;
      const spent = (call: Promise<unknown>) =>
        expect(call).to.be.revertedWithCustomError(distributor, "PayoutSpent").withArgs(1n, 0n);
      const leaf = first.payout(0);
      await spent(distributor.claim(patient, [leaf, leaf]));
      await spent(distributor.claim(patient, [leaf, first.payout(3), leaf]));
      await spent(distributor.multicall([claimOf(house, patient, [leaf]), claimOf(house, patient, [leaf])]));
      expect(await token.balanceOf(patient)).to.equal(0);
      await distributor.claim(patient, [leaf]);
      await spent(distributor.claim(patient, [leaf]));
      await spent(distributor.claim(patient, [first.payout(3), leaf]));
      expect(await token.balanceOf(patient)).to.equal(100n);
      await expectBalanced(house);
    });

    it("brings the proof of another round, or of another leaf", async () => {
      const house = await loadFixture(rounds);
      const { patient, first, second } = house;
      await expectUnproven(house, patient, { ...first.payout(0), round: 2n });
      await expectUnproven(house, patient, { ...second.payout(0), round: 1n });
      await expectUnproven(house, patient, { ...first.payout(0), proof: second.payout(0).proof });
      await expectUnproven(house, patient, { ...first.payout(0), proof: first.payout(3).proof });
    });

    it("says another index or amount than the leaf's", async () => {
      const house = await loadFixture(rounds);
      const { patient, first } = house;
      const leaf = first.payout(0);
      for (const index of [1n, 3n, 256n, MaxUint256]) await expectUnproven(house, patient, { ...leaf, index });
      for (const amount of [0n, 99n, 101n, 2n ** 96n + 100n, MaxUint256]) {
        await expectUnproven(house, patient, { ...leaf, amount });
      }
    });

    it("claims another's leaf for an account of its own, or of anybody", async () => {
      const house = await loadFixture(rounds);
      const { distributor, patient, guardian, stranger, sponsor, first } = house;
      const guardians = first.payout(1);
      for (const account of [patient, stranger, sponsor, { address: distributor.target as string }]) {
        await expectUnproven(house, account, guardians);
      }
      await expect(distributor.connect(patient).claim(patient, [first.payout(0), guardians]))
        .to.be.revertedWithCustomError(distributor, "PayoutUnproven")
        .withArgs(1n, 1n, patient.address, 200n);
      expect(await distributor.isClaimed(1, 0)).to.be.false;
      await distributor.connect(patient).claim(guardian, [guardians]);
      expect(await house.token.balanceOf(guardian)).to.equal(200n);
    });

    it("shortens, lengthens or reorders a proof", async () => {
      const house = await loadFixture(rounds);
      const { patient, first } = house;
      const leaf = first.payout(0);
      const [sibling, uncle] = leaf.proof as [string, string];
      for (const proof of [
        [],
        [sibling],
        [uncle],
        [uncle, sibling],
        [sibling, uncle, uncle],
        [sibling, uncle, first.root],
        [first.root],
      ]) {
        await expectUnproven(house, patient, { ...leaf, proof });
      }
    });

    it("passes a pair of nodes off as a leaf", async () => {
      const house = await loadFixture(cohort);
      const { distributor, patient, stranger } = house;
      const { root, tree } = await published(house, [
        [0n, patient, 100n],
        [1n, stranger, 200n],
      ]);
      const [left, right] = [tree.leafHash([0n, patient.address, 100n]), tree.leafHash([1n, stranger.address, 200n])];
      const pair = [left, right].sort() as [string, string];
      expect(keccak256(concat(pair))).to.equal(root);
      // The 64 bytes whose hash is the root, read as any two of a leaf's three words.
      const [index, amount] = [BigInt(pair[0]), BigInt(pair[1])];
      const account = ethers.getAddress(`0x${pair[1].slice(26)}`);
      for (const proof of [[], pair, [pair[0]], [pair[1]], [root]]) {
        await expectUnproven(house, stranger, { round: 1n, index, amount, proof });
        await expectUnproven(house, { address: account }, { round: 1n, index, amount: 0n, proof });
      }
      expect(await distributor.isClaimed(1, index)).to.be.false;
    });

    it("claims of a tree that hashes its leaves once, or packs them", async () => {
      const house = await loadFixture(cohort);
      const { distributor, token, sponsor, patient, expiry } = house;
      const words = [5n, patient.address, 10n];
      const once = keccak256(AbiCoder.defaultAbiCoder().encode(["uint256", "address", "uint256"], words));
      const packed = keccak256(keccak256(ethers.solidityPacked(["uint256", "address", "uint256"], words)));
      for (const [place, root] of [once, packed].entries()) {
        await distributor.connect(sponsor).publish(token, root, 10n, expiry);
        await expectUnproven(house, patient, { round: BigInt(place + 1), index: 5n, amount: 10n, proof: [] });
      }
      await distributor.connect(sponsor).publish(token, keccak256(once), 10n, expiry);
      await distributor.claim(patient, [{ round: 3n, index: 5n, amount: 10n, proof: [] }]);
    });

    it("claims two amounts under one index", async () => {
      const house = await loadFixture(cohort);
      const { distributor, token, patient, guardian } = house;
      const { payout } = await published(house, [
        [7n, patient, 10n],
        [7n, patient, 90n],
        [7n, guardian, 1n],
      ]);
      await distributor.claim(patient, [payout(1)]);
      for (const [account, place] of [
        [patient, 0],
        [guardian, 2],
      ] as const) {
        await expect(distributor.claim(account, [payout(place)]))
          .to.be.revertedWithCustomError(distributor, "PayoutSpent")
          .withArgs(1n, 7n);
      }
      expect(await token.balanceOf(patient)).to.equal(90n);
      expect((await distributor.roundOf(1)).left).to.equal(11n);
    });
  });

  describe("a publisher who", () => {
    it("promises more than was paid in: those who come first are paid, and nobody from another's deposit", async () => {
      const house = await loadFixture(rounds);
      const { distributor, token, patient, guardian, third } = house;
      const { round, payout } = await published(
        house,
        [
          [0n, patient, 100n],
          [1n, guardian, 100n],
          [2n, third, 51n],
          [3n, patient, 50n],
        ],
        { total: 150n },
      );
      const held = await token.balanceOf(distributor);
      await distributor.claim(patient, [payout(0)]);
      for (const [account, place, amount] of [
        [guardian, 1, 100n],
        [third, 2, 51n],
      ] as const) {
        await expect(distributor.claim(account, [payout(place)]))
          .to.be.revertedWithCustomError(distributor, "RoundOverspent")
          .withArgs(round, 50n, amount);
        expect(await distributor.isClaimed(round, place)).to.be.false;
      }
      await distributor.claim(patient, [payout(3)]);
      await expect(distributor.claim(third, [payout(2)]))
        .to.be.revertedWithCustomError(distributor, "RoundOverspent")
        .withArgs(round, 0n, 51n);
      expect(await token.balanceOf(distributor)).to.equal(held - 150n);
      await expectBalanced(house);
    });

    it("promises more in two leaves of one claim", async () => {
      const house = await loadFixture(rounds);
      const { distributor, token, patient, first } = house;
      const leaves: Leaf[] = [
        [0n, patient, 100n],
        [1n, patient, 51n],
      ];
      const { round, payout } = await published(house, leaves, { total: 150n });
      await expect(distributor.claim(patient, [first.payout(0), payout(0), payout(1)]))
        .to.be.revertedWithCustomError(distributor, "RoundOverspent")
        .withArgs(round, 50n, 51n);
      expect(await token.balanceOf(patient)).to.equal(0);
      await distributor.claim(patient, [first.payout(0), payout(1)]);
      await expectBalanced(house);
    });

    it("promises what does not fit an amount", async () => {
      const house = await loadFixture(rounds);
      const { distributor, patient } = house;
      const amounts = [2n ** 96n, 2n ** 96n + 1n, 2n ** 255n, 2n ** 256n - 1n];
      const leaves = amounts.map((amount, place): Leaf => [BigInt(place), patient, amount]);
      const { round, payout } = await published(house, leaves, { total: 10n });
      for (const [place, amount] of amounts.entries()) {
        await expect(distributor.claim(patient, [payout(place)]))
          .to.be.revertedWithCustomError(distributor, "RoundOverspent")
          .withArgs(round, 10n, amount);
      }
      await expectBalanced(house);
    });

    it("publishes another round over the same root: it takes nothing from the first", async () => {
      const house = await loadFixture(rounds);
      const { distributor, token, rival, patient, leaves, first } = house;
      const copy = await published(house, leaves, { publisher: rival, total: 1n });
      await distributor.claim(patient, [first.payout(0)]);
      await expect(distributor.claim(patient, [copy.payout(0)]))
        .to.be.revertedWithCustomError(distributor, "RoundOverspent")
        .withArgs(copy.round, 1n, 100n);
      expect(await token.balanceOf(patient)).to.equal(100n);
      await expectBalanced(house);
    });

    it("pays tokens in without a round, which no round ever pays", async () => {
      const house = await loadFixture(rounds);
      const { distributor, token, sponsor, expiry } = house;
      await token.connect(sponsor).transfer(distributor, 77n);
      await time.increaseTo(expiry);
      for (const [publisher, round] of [
        [sponsor, 1],
        [sponsor, 2],
        [house.rival, 3],
      ] as const) {
        await distributor.connect(publisher).reclaim(round);
      }
      expect(await leftIn(house, token)).to.equal(0);
      expect(await token.balanceOf(distributor)).to.equal(77n);
    });
  });

  describe("a token that", () => {
    it("takes a fee is refused, and nothing moves", async () => {
      const house = await loadFixture(hostile);
      const { distributor, token, sponsor, expiry, behave } = house;
      await behave("TakesFee");
      const owned = await token.balanceOf(sponsor);
      await expect(distributor.connect(sponsor).publish(token, id("a root"), 10n, expiry))
        .to.be.revertedWithCustomError(distributor, "TokenTookFee")
        .withArgs(token.target, 10n, 9n);
      expect(await token.balanceOf(sponsor)).to.equal(owned);
      expect(await distributor.roundCount()).to.equal(2);
      await expectBalanced(house);
    });

    it("takes a fee from now on costs the payee the fee, and never another", async () => {
      const house = await loadFixture(hostile);
      const { distributor, token, sponsor, patient, payout, behave, expiry } = house;
      await behave("TakesFee");
      await distributor.claim(patient, [payout(0)]);
      expect(await token.balanceOf(patient)).to.equal(99n);
      await expectBalanced(house);
      await time.increaseTo(expiry);
      await distributor.connect(sponsor).reclaim(1);
      expect(await token.balanceOf(sponsor)).to.equal(FUNDS - 600n + 499n);
      await expectBalanced(house);
    });

    it("answers nothing is taken for every transfer, as old tokens are", async () => {
      const house = await loadFixture(hostile);
      const { distributor, token, sponsor, patient, payout, behave, expiry } = house;
      await behave("AnswersNothing");
      const second = await published(house, [[0n, patient, 10n]]);
      await distributor.claim(patient, [payout(0), second.payout(0)]);
      await time.increaseTo(expiry);
      await distributor.connect(sponsor).reclaim(1);
      expect([await token.balanceOf(patient), await token.balanceOf(sponsor)]).to.deep.equal([110n, FUNDS - 110n]);
      await expectBalanced(house);
    });

    for (const manner of REFUSALS) {
      it(`refuses a payee (${manner}) leaves the leaf unspent and others paid`, async () => {
        const house = await loadFixture(hostile);
        const { distributor, token, patient, guardian, third, payout, behave } = house;
        await behave(manner);
        await expect(distributor.claim(patient, [payout(0)])).to.revert(ethers);
        const everybody = [patient, guardian, third].map((account, place) => claimOf(house, account, [payout(place)]));
        await expect(distributor.multicall(everybody)).to.revert(ethers);
        expect(await distributor.isClaimed(1, 0)).to.be.false;
        expect((await distributor.roundOf(1)).left).to.equal(600n);
        await distributor.multicall(everybody.slice(1));
        expect([await token.balanceOf(guardian), await token.balanceOf(third)]).to.deep.equal([200n, 300n]);
        await behave("Plain");
        await distributor.claim(patient, [payout(0)]);
        expect(await token.balanceOf(patient)).to.equal(100n);
        await expectBalanced(house);
      });

      it(`refuses a publisher (${manner}) takes no round in, and gives none back until it relents`, async () => {
        const house = await loadFixture(hostile);
        const { distributor, token, sponsor, payout, guardian, behave, expiry } = house;
        await behave(manner, sponsor);
        await expect(distributor.connect(sponsor).publish(token, id("a root"), 10n, expiry)).to.revert(ethers);
        expect(await distributor.roundCount()).to.equal(2);
        await distributor.claim(guardian, [payout(1)]);
        await time.increaseTo(expiry);
        await expect(distributor.connect(sponsor).reclaim(1)).to.revert(ethers);
        expect((await distributor.roundOf(1)).left).to.equal(400n);
        await behave("Plain");
        await distributor.connect(sponsor).reclaim(1);
        expect(await token.balanceOf(sponsor)).to.equal(FUNDS - 200n);
        await expectBalanced(house);
      });
    }

    it("answers what is not true is named", async () => {
      const { distributor, token, sponsor, patient, payout, behave, expiry } = await loadFixture(hostile);
      const named = (call: Promise<unknown>) =>
        expect(call).to.be.revertedWithCustomError(distributor, "SafeERC20FailedOperation").withArgs(token.target);
      for (const manner of ["AnswersFalse", "AnswersTwo", "AnswersMuch"] as const) {
        await behave(manner, { address: distributor.target as string });
        await named(distributor.claim(patient, [payout(0)]));
        await named(distributor.connect(sponsor).publish(token, id("a root"), 10n, expiry));
      }
    });

    it("has no code is taken for no round", async () => {
      const { distributor, sponsor, stranger, expiry } = await loadFixture(hostile);
      for (const token of [stranger.address, ethers.ZeroAddress]) {
        await expect(distributor.connect(sponsor).publish(token, id("a root"), 10n, expiry)).to.revert(ethers);
      }
      expect(await distributor.roundCount()).to.equal(2);
    });

    it("lost its code spends no leaf", async () => {
      const house = await loadFixture(hostile);
      const { distributor, token, sponsor, patient, payout, expiry } = house;
      await ethers.provider.send("hardhat_setCode", [token.target, "0x"]);
      await expect(distributor.claim(patient, [payout(0)]))
        .to.be.revertedWithCustomError(distributor, "SafeERC20FailedOperation")
        .withArgs(token.target);
      await time.increaseTo(expiry);
      await expect(distributor.connect(sponsor).reclaim(1))
        .to.be.revertedWithCustomError(distributor, "SafeERC20FailedOperation")
        .withArgs(token.target);
      expect(await distributor.isClaimed(1, 0)).to.be.false;
      expect((await distributor.roundOf(1)).left).to.equal(600n);
    });

    it("rebases down pays until it is dry, and leaves other tokens alone", async () => {
      const house = await loadFixture(hostile);
      const { distributor, admin, token, sponsor, patient, guardian, third, payout, hostile: shrinking } = house;
      const sound = await new TestToken__factory(admin).deploy("A euro", "EURX", 6);
      await sound.mint(sponsor, FUNDS);
      await sound.connect(sponsor).approve(distributor, FUNDS);
      const other = await published(house, [[0n, patient, 9n]], { token: sound });
      await shrinking.shrink(distributor, 5_000n + 100n);
      await distributor.claim(third, [payout(2)]);
      await distributor.claim(patient, [payout(0)]);
      await expect(distributor.claim(guardian, [payout(1)])).to.revert(ethers);
      expect(await distributor.isClaimed(1, 1)).to.be.false;
      await distributor.claim(patient, [other.payout(0)]);
      expect(await sound.balanceOf(patient)).to.equal(9n);
      await shrinking.mint(distributor, 100n);
      await distributor.claim(guardian, [payout(1)]);
      expect(await token.balanceOf(distributor)).to.equal(0);
    });
  });

  describe("a token that reenters", () => {
    const DEPOSIT = 30n;

    /**
     * {@link hostile} once the token itself has a round that expired, and is owed a live one: what it does in the middle of
     * a transfer would be done outside of one.
     */
    async function poised() {
      const house = await hostile();
      const { distributor, token, hostile: deployed, sponsor, patient, stranger } = house;
      const own = { address: token.target as string };
      await token.mint(own.address, 10_000n);
      const publication = (expiry: number) =>
        distributor.interface.encodeFunctionData("publish", [
          own.address,
          treeOf([[0n, own, DEPOSIT]]).root,
          DEPOSIT,
          expiry,
        ]);
      await deployed.reenter(distributor, publication(house.expiry));
      await token.connect(stranger).transfer(stranger, 0n);
      const expired = await distributor.roundCount();
      expect((await distributor.roundOf(expired)).publisher).to.equal(token.target);
      await time.increaseTo(house.expiry);
      const expiry = house.expiry + 2 * MIN_CLAIM_WINDOW;
      const live = await published(house, [[0n, patient, 10n]], { expiry });
      const calls = {
        publish: publication(expiry),
        claim: claimOf(house, patient, [live.payout(0)]),
        reclaim: distributor.interface.encodeFunctionData("reclaim", [expired]),
      };
      const callers = { publish: sponsor, claim: stranger, reclaim: await impersonated(own.address) };
      return { ...house, expiry, live, expired, calls, callers };
    }

    type Call = "publish" | "claim" | "reclaim";

    /** Makes one call, in the middle of whose transfer the token makes another. */
    async function within(outer: Call, inner: Call) {
      const house = await loadFixture(poised);
      const { distributor, hostile: token, calls, callers } = house;
      await token.reenter(distributor, calls[inner]);
      const call = callers[outer].sendTransaction({ to: distributor, data: calls[outer] });
      return { ...house, call };
    }

    /** The name of the error the inner call met. */
    const metBy = async ({ distributor, hostile: token }: Awaited<ReturnType<typeof within>>) =>
      distributor.interface.parseError(await token.answer())?.name;

    it("has no transfer counted for two rounds", async () => {
      const house = await within("publish", "publish");
      await house.call;
      expect(await metBy(house)).to.equal("ReentrancyGuardReentrantCall");
      expect(await house.distributor.roundCount()).to.equal(house.live.round + 1n);
      await expectBalanced(house);
    });

    for (const [inner, out] of [
      ["claim", 10n],
      ["reclaim", DEPOSIT],
    ] as const) {
      it(`cannot ${inner} what a publisher pays in`, async () => {
        const house = await within("publish", inner);
        const { distributor, token, call } = house;
        await expect(call)
          .to.be.revertedWithCustomError(distributor, "TokenTookFee")
          .withArgs(token.target, DEPOSIT, DEPOSIT - out);
        await expectBalanced(house);
      });
    }

    it("cannot claim of the round that is being paid in", async () => {
      const house = await loadFixture(poised);
      const { distributor, token, sponsor, patient, hostile: deployed, expiry } = house;
      const leaf: Leaf = [0n, patient, 40n];
      const round = (await distributor.roundCount()) + 1n;
      await deployed.reenter(distributor, claimOf(house, patient, [{ round, index: 0n, amount: 40n, proof: [] }]));
      await expect(distributor.connect(sponsor).publish(token, treeOf([leaf]).root, 40n, expiry))
        .to.be.revertedWithCustomError(distributor, "TokenTookFee")
        .withArgs(token.target, 40n, 0n);
      expect(await token.balanceOf(patient)).to.equal(0);
      await expectBalanced(house);
    });

    for (const [outer, error] of [
      ["claim", "PayoutSpent"],
      ["reclaim", "RoundNotYours"],
    ] as const) {
      it(`is not paid twice by one ${outer}`, async () => {
        const house = await within(outer, outer);
        await house.call;
        expect(await house.hostile.entered()).to.be.false;
        expect(await metBy(house)).to.equal(error);
        await expectBalanced(house);
      });

      it(`gains nothing by anything else while a ${outer} is paid`, async () => {
        for (const inner of ["publish", "claim", "reclaim"] as const) {
          if (inner === outer) continue;
          const house = await within(outer, inner);
          await house.call;
          expect(await house.hostile.entered(), inner).to.be.true;
          await expectBalanced(house);
        }
      });
    }
  });
});
