import { expect } from "chai";
import { id as digest } from "ethers";

import { loadFixture, POLICY } from "../fixtures.js";
import {
  appealed,
  atDeadline,
  booksBalance,
  consentToBill,
  decided,
  runDry,
  SURGERY_BENEFIT,
  SURGERY_SHARE,
} from "./claims.js";
import {
  claimId,
  claimOf,
  COLLATERAL,
  type Insured,
  insured,
  line,
  type Line,
  pending,
  policyFor,
  REASONS,
  RESPONSE,
  RULING_FEE,
  STATUS,
  submission,
  submitted,
  usd,
  WINDOWS,
} from "./escrow.js";

/** {@link insured}, with no more in the reserve than the policy's collateral. */
async function dry() {
  const house = await loadFixture(insured);
  await runDry(house);
  return house;
}

/** A visit of which the plan pays 500. */
const visit = (changes: Partial<Line> = {}) => line({ quantity: 5_000, billed: usd(520), ...changes });

/** Fills the reserve up until it can bind an amount, and binds it. */
async function fill({ escrow, employer, plan }: Insured, amount: bigint) {
  const { free } = await escrow.reserveOf(plan);
  await escrow.connect(employer).deposit(plan, amount - free);
}

describe("ClaimEscrow", () => {
  describe("a dry reserve", () => {
    it("binds a claim to the last unit, and queues the next", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, plan } = house;
      const last = await submitted(house, [await visit()]);
      expect(await escrow.reserveOf(plan)).to.deep.equal([0n, 0n, 1n]);
      const queued = await submitted(house, [await visit({ number: 1 })]);
      await expect(queued.transaction)
        .to.emit(escrow, "ClaimAdjudicated")
        .withArgs(
          queued.id,
          house.policyId,
          [usd(520), usd(500), usd(20), 0, 0, usd(20)],
          [0, usd(20), usd(500)],
          0,
          true,
        );
      await expect(queued.transaction).not.to.emit(token, "Transfer");
      await expect(queued.transaction).not.to.emit(escrow, "ClaimPaid");
      expect(await escrow.claimOf(queued.id)).to.deep.equal([
        usd(500),
        usd(20),
        0n,
        BigInt(STATUS.Final),
        true,
        true,
        0n,
        0n,
      ]);
      expect(await escrow.reserveOf(plan)).to.deep.equal([0n, usd(500), 1n]);
      await booksBalance(house, [last.claim, queued.claim]);
    });

    it("keeps what it has for claims it can pay", async () => {
      const house = await loadFixture(dry);
      const { escrow, plan } = house;
      const big = await pending(house);
      expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL, SURGERY_BENEFIT, 1n]);
      const small = await submitted(house, [await line({ number: 1 })]);
      expect((await escrow.claimOf(small.id)).unfunded).to.be.false;
      expect((await escrow.reserveOf(plan)).free).to.equal(COLLATERAL - usd(100));
      await booksBalance(house, [big.claim, small.claim]);
    });

    it("lets its insurer neither withdraw nor sell under what is queued", async () => {
      const house = await loadFixture(dry);
      const { escrow, insurer, plan } = house;
      await pending(house);
      const own = escrow.connect(insurer);
      const floor = COLLATERAL + SURGERY_BENEFIT;
      await own.deposit(plan, SURGERY_BENEFIT);
      await expect(own.withdraw(plan, 1n, insurer))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, floor, floor + 1n);
      await own.deposit(plan, COLLATERAL - 1n);
      await expect(own.issue(await policyFor(house, { document: digest("another coverage") })))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, floor + COLLATERAL - 1n, floor + COLLATERAL);
    });
  });

  describe("fund", () => {
    it("binds a claim that waits, without paying it, once all of it is there", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, stranger, plan } = house;
      const { claim, id } = await pending(house);
      await fill(house, SURGERY_BENEFIT - 1n);
      await expect(escrow.connect(stranger).fund(claim))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, SURGERY_BENEFIT - 1n, SURGERY_BENEFIT);
      await fill(house, SURGERY_BENEFIT);
      const before = await escrow.claimOf(id);
      const transaction = escrow.connect(stranger).fund(claim);
      await expect(transaction).to.emit(escrow, "ClaimFunded").withArgs(id, SURGERY_BENEFIT);
      await expect(transaction).not.to.emit(token, "Transfer");
      expect(await escrow.reserveOf(plan)).to.deep.equal([0n, 0n, 1n]);
      expect(await escrow.claimOf(id)).to.deep.equal([...before.slice(0, 4), false, ...before.slice(5)]);
      await booksBalance(house, [claim]);
    });

    it("pays what is due at once, in whatever order", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, hospital, plan } = house;
      const big = await pending(house);
      const [first, second] = [
        await submitted(house, [await visit({ number: 1 })]),
        await submitted(house, [await visit({ number: 2 })]),
      ];
      const third = await submitted(house, [await visit({ number: 3 })]);
      const claims = [big.claim, first.claim, second.claim, third.claim];
      expect(await escrow.reserveOf(plan)).to.deep.equal([0n, SURGERY_BENEFIT + usd(1_000), 1n]);
      await fill(house, usd(1_000));
      for (const { claim, id } of [third, second]) {
        const before = await token.balanceOf(hospital);
        await expect(escrow.fund(claim))
          .to.emit(escrow, "ClaimFunded")
          .withArgs(id, usd(500))
          .and.to.emit(escrow, "ClaimPaid")
          .withArgs(id, hospital, usd(500));
        expect(await token.balanceOf(hospital)).to.equal(before + usd(500));
        await booksBalance(house, claims);
      }
      expect(await escrow.reserveOf(plan)).to.deep.equal([0n, SURGERY_BENEFIT, 1n]);
    });

    it("rejects a claim that is funded, unacknowledged, reversed or not there", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      await consentToBill(house);
      const silent = submission(house, [await line({ number: 1 })]);
      await escrow.connect(hospital).submitOnConsent(silent, POLICY);
      await runDry(house);
      const { claim, submission: presented } = await pending(house);
      await fill(house, SURGERY_BENEFIT);
      await escrow.fund(claim);
      const refuses = (which: ReturnType<typeof claimOf>) =>
        expect(escrow.fund(which)).to.be.revertedWithCustomError(escrow, "ClaimIsFunded").withArgs(claimId(which));
      for (const which of [claim, claimOf(silent), { ...claim, documents: digest("another claim") }]) {
        await refuses(which);
      }
      await escrow.connect(hospital).reverse(claim, presented.lines);
      await refuses(claim);
    });
  });

  describe("an unfunded claim", () => {
    it("is approved, by decision or by silence, and paid once it is funded", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, hospital, insurer, plan } = house;
      const [one, two] = [await pending(house), await pending(house, { day: house.policy.firstDay })];
      const { benefit } = await escrow.claimOf(two.id);
      const before = await token.balanceOf(hospital);
      const approval = escrow.connect(insurer).decide(one.claim, SURGERY_BENEFIT, RESPONSE);
      await expect(approval).to.emit(escrow, "ClaimDecided");
      await expect(approval).not.to.emit(escrow, "ClaimPaid");
      await atDeadline(house, two.id);
      const silence = escrow.finalize(two.claim);
      await expect(silence).to.emit(escrow, "ClaimApprovedBySilence").withArgs(two.id, benefit);
      await expect(silence).not.to.emit(escrow, "ClaimPaid");
      expect((await escrow.reserveOf(plan)).unfunded).to.equal(SURGERY_BENEFIT + benefit);
      await booksBalance(house, [one.claim, two.claim]);
      await fill(house, SURGERY_BENEFIT + benefit);
      for (const { claim } of [two, one]) await escrow.fund(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT + benefit);
      await booksBalance(house, [one.claim, two.claim]);
    });

    it("is reduced: once funded the part is paid and the rest bound", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, hospital, plan } = house;
      const before = await token.balanceOf(hospital);
      const { claim, id } = await decided(house, usd(5_000));
      expect(await token.balanceOf(hospital)).to.equal(before);
      expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL - RULING_FEE, SURGERY_BENEFIT, 1n]);
      await booksBalance(house, [claim]);
      await fill(house, SURGERY_BENEFIT);
      await expect(escrow.fund(claim))
        .to.emit(escrow, "ClaimFunded")
        .withArgs(id, SURGERY_BENEFIT)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, usd(5_000));
      expect((await escrow.claimOf(id)).disputed).to.equal(SURGERY_BENEFIT - usd(5_000));
      await booksBalance(house, [claim]);
    });

    it("is reduced for good, and waits for the part", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, hospital, plan } = house;
      const before = await token.balanceOf(hospital);
      const { claim, id } = await decided(house, usd(5_000));
      await atDeadline(house, id);
      await escrow.finalize(claim);
      expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL, usd(5_000), 1n]);
      expect(await escrow.claimOf(id)).to.deep.equal([
        usd(5_000),
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        true,
        false,
        usd(100),
        0n,
      ]);
      await booksBalance(house, [claim]);
      await fill(house, usd(5_000));
      await escrow.fund(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + usd(5_000));
      await booksBalance(house, [claim]);
    });

    it("is denied for good, and waits for nothing", async () => {
      const house = await loadFixture(dry);
      const { escrow, plan } = house;
      const { claim, id } = await decided(house);
      await atDeadline(house, id);
      await escrow.finalize(claim);
      expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL, 0n, 1n]);
      expect(await escrow.claimOf(id)).to.deep.equal([0n, 0n, 0n, BigInt(STATUS.Final), false, false, 0n, 0n]);
      await booksBalance(house, [claim]);
    });

    it("is ruled on: the arbitrator is paid now, the provider once it is funded", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, arbitrator, hospital, plan } = house;
      const { claim, id } = await appealed(house);
      const before = [await token.balanceOf(hospital), await token.balanceOf(arbitrator)];
      const ruling = escrow.connect(arbitrator).rule(claim, usd(1_000), REASONS);
      await expect(ruling)
        .to.emit(escrow, "ClaimFinal")
        .withArgs(id, usd(1_000), SURGERY_BENEFIT - usd(1_000));
      await expect(ruling).not.to.emit(escrow, "ClaimPaid");
      expect(await token.balanceOf(arbitrator)).to.equal(before[1]! + RULING_FEE);
      expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL - RULING_FEE, usd(1_000), 1n]);
      await booksBalance(house, [claim]);
      await fill(house, usd(1_000));
      await escrow.fund(claim);
      expect(await token.balanceOf(hospital)).to.equal(before[0]! + usd(1_000));
      await booksBalance(house, [claim]);
    });

    it("is won by the arbitrators' silence, also when it was funded while they were silent", async () => {
      const house = await loadFixture(dry);
      const { escrow, token, hospital } = house;
      const [one, two] = [
        await appealed(house),
        await appealed(house, 1n, { day: house.policy.firstDay, billed: usd(1_000) }),
      ];
      const { benefit, disputed } = await escrow.claimOf(two.id);
      const before = await token.balanceOf(hospital);
      await fill(house, benefit + disputed);
      await expect(escrow.fund(two.claim)).to.emit(escrow, "ClaimPaid").withArgs(two.id, hospital, benefit);
      await atDeadline(house, two.id, WINDOWS.ruling);
      for (const { claim } of [one, two]) await escrow.finalize(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + benefit + disputed);
      expect((await escrow.claimOf(one.id)).unfunded).to.be.true;
      await booksBalance(house, [one.claim, two.claim]);
      await fill(house, SURGERY_BENEFIT);
      await escrow.fund(one.claim);
      expect(await token.balanceOf(hospital)).to.equal(before + benefit + disputed + SURGERY_BENEFIT);
      await booksBalance(house, [one.claim, two.claim]);
    });

    for (const [name, bring] of Object.entries({
      pending: (house: Insured) => pending(house),
      reduced: (house: Insured) => decided(house, usd(5_000)),
      appealed: (house: Insured) => appealed(house, usd(5_000)),
      approved: async (house: Insured) => {
        const claim = await pending(house);
        await house.escrow.connect(house.insurer).decide(claim.claim, SURGERY_BENEFIT, RESPONSE);
        return claim;
      },
    })) {
      it(`is reversed when it is ${name}, and nothing is paid back`, async () => {
        const house = await loadFixture(dry);
        const { escrow, token, hospital, plan, policyId } = house;
        const before = await escrow.policyOf(policyId);
        const { claim, id, submission: presented } = await bring(house);
        const transaction = escrow.connect(hospital).reverse(claim, presented.lines);
        await expect(transaction).to.emit(escrow, "ClaimReversed").withArgs(id, policyId, 0, hospital);
        await expect(transaction).not.to.emit(token, "Transfer");
        expect(await escrow.reserveOf(plan)).to.deep.equal([COLLATERAL, 0n, 1n]);
        expect(await escrow.policyOf(policyId)).to.deep.equal(before);
        await booksBalance(house, [claim]);
      });
    }
  });
});
