import { expect } from "chai";
import { encodeBytes32String, id as digest, parseEther } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ethers, loadFixture, POLICY, time } from "../fixtures.js";
import {
  appealed,
  atDeadline,
  booksBalance,
  consentToBill,
  deadlineOf,
  decided,
  SURGERY_BENEFIT,
  SURGERY_SHARE,
} from "./claims.js";
import {
  benefit,
  claimId,
  claimOf,
  COLLATERAL,
  draftPlan,
  type Insured,
  insured,
  LAB,
  line,
  pending,
  planId,
  policyFor,
  RESERVE,
  RESPONSE,
  RULING_FEE,
  STATUS,
  submission,
  submitted,
  usd,
  WINDOWS,
} from "./escrow.js";

/** Takes the escrow's tokens away, as a token that shrinks would; gives what brings them back. */
async function shrink({ admin, escrow, token, stranger }: Insured) {
  await ethers.provider.send("hardhat_impersonateAccount", [escrow.target]);
  await ethers.provider.send("hardhat_setBalance", [escrow.target, `0x${parseEther("1").toString(16)}`]);
  const held = await token.balanceOf(escrow);
  await token.connect(await ethers.getSigner(escrow.target as string)).transfer(stranger, held);
  return () => token.connect(admin).mint(escrow, held);
}

describe("ClaimEscrow", () => {
  describe("decide", () => {
    it("approves, and pays all that was adjudicated", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, adjuster, plan } = house;
      const { claim, id } = await pending(house);
      const before = await token.balanceOf(hospital);
      await expect(escrow.connect(adjuster).decide(claim, SURGERY_BENEFIT, RESPONSE))
        .to.emit(escrow, "ClaimDecided")
        .withArgs(id, SURGERY_BENEFIT, 0, RESPONSE, 0, adjuster)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, SURGERY_BENEFIT);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
      expect(await escrow.claimOf(id)).to.deep.equal([
        SURGERY_BENEFIT,
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        false,
        false,
        usd(100),
        0n,
      ]);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - SURGERY_BENEFIT);
      expect((await escrow.policyOf(house.policyId)).autoApproved).to.equal(0n);
      await booksBalance(house, [claim]);
    });

    it("reduces: pays the part, keeps the rest bound, and the ruling's fee with it", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, insurer, plan } = house;
      const { claim, id } = await pending(house);
      const [before, policy] = [await token.balanceOf(hospital), await escrow.policyOf(house.policyId)];
      const disputed = SURGERY_BENEFIT - usd(5_000);
      const transaction = await escrow.connect(insurer).decide(claim, usd(5_000), RESPONSE);
      const deadline = BigInt((await time.latest()) + WINDOWS.appeal);
      await expect(transaction)
        .to.emit(escrow, "ClaimDecided")
        .withArgs(id, usd(5_000), disputed, RESPONSE, deadline, insurer)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, usd(5_000));
      expect(await token.balanceOf(hospital)).to.equal(before + usd(5_000));
      expect(await escrow.claimOf(id)).to.deep.equal([
        usd(5_000),
        SURGERY_SHARE,
        deadline,
        BigInt(STATUS.Decided),
        false,
        false,
        usd(100),
        disputed,
      ]);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - SURGERY_BENEFIT - RULING_FEE);
      expect(await escrow.policyOf(house.policyId)).to.deep.equal(policy);
      await booksBalance(house, [claim]);
    });

    it("denies: pays nothing, and keeps all bound", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer } = house;
      const { claim, id } = await pending(house);
      const transaction = escrow.connect(insurer).decide(claim, 0, RESPONSE);
      await expect(transaction).to.emit(escrow, "ClaimDecided");
      await expect(transaction).not.to.emit(token, "Transfer");
      const { benefit, disputed, status } = await escrow.claimOf(id);
      expect([benefit, disputed, status]).to.deep.equal([0n, SURGERY_BENEFIT, BigInt(STATUS.Decided)]);
      await booksBalance(house, [claim]);
    });

    it("rejects more than was adjudicated", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const { claim, id } = await pending(house);
      await expect(escrow.connect(insurer).decide(claim, SURGERY_BENEFIT + 1n, RESPONSE))
        .to.be.revertedWithCustomError(escrow, "AmountAboveClaim")
        .withArgs(id, SURGERY_BENEFIT + 1n, SURGERY_BENEFIT);
    });

    it("rejects who does not act for the plan's insurer", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, insurer, adjuster, rival, hospital, patient, arbitrator, admin } = house;
      const { claim } = await pending(house);
      await accreditation.connect(insurer).setMember(adjuster, 0);
      for (const caller of [adjuster, rival, hospital, patient, arbitrator, admin]) {
        await expect(escrow.connect(caller).decide(claim, 0, RESPONSE))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer, caller);
      }
    });

    it("decides in the window's last second, and not in the second it is over", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const { claim, id } = await pending(house);
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id);
      await expect(escrow.connect(insurer).decide(claim, 0, RESPONSE))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
        .withArgs(id, deadline);
      await atDeadline(house, id, -1);
      await escrow.connect(insurer).decide(claim, 0, RESPONSE);
    });

    it("rejects a claim that is not there, or not pending", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer, patient } = house;
      const refuses = (claim: ReturnType<typeof claimOf>, status: number) =>
        expect(escrow.connect(insurer).decide(claim, 0, RESPONSE))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claim), status);
      const absent = submission(house, [await line()]);
      await refuses(claimOf(absent), STATUS.None);
      await refuses((await submitted(house, [await line()])).claim, STATUS.Final);
      await consentToBill(house);
      const silent = submission(house, [await line({ number: 1 })]);
      await escrow.connect(hospital).submitOnConsent(silent, POLICY);
      await refuses(claimOf(silent), STATUS.Unacknowledged);
      const { claim, submission: presented } = await decided(house, usd(1), { number: 2 });
      await refuses(claim, STATUS.Decided);
      await escrow.connect(patient).appeal(claim, RESPONSE);
      await refuses(claim, STATUS.Appealed);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      await refuses(claim, STATUS.Reversed);
    });

    it("takes something off only when the free reserve has the ruling's fee, and approves without", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, plan } = house;
      const { claim, id } = await pending(house);
      await escrow.connect(insurer).withdraw(plan, RESERVE - SURGERY_BENEFIT - COLLATERAL, insurer);
      // What others are paid leaves a unit less than the fee.
      const rest = COLLATERAL - RULING_FEE + 1n;
      const other = await submitted(house, [await line({ number: 1, quantity: 5_000, billed: rest + usd(20) })]);
      const own = escrow.connect(insurer);
      await expect(own.decide(claim, SURGERY_BENEFIT - 1n, RESPONSE))
        .to.be.revertedWithCustomError(escrow, "RulingFeeUnfunded")
        .withArgs(plan, RULING_FEE - 1n, RULING_FEE);
      await own.decide.staticCall(claim, SURGERY_BENEFIT, RESPONSE);
      await own.deposit(plan, 1n);
      await own.decide(claim, SURGERY_BENEFIT - 1n, RESPONSE);
      expect((await escrow.reserveOf(plan)).free).to.equal(0n);
      expect((await escrow.claimOf(id)).disputed).to.equal(1n);
      await booksBalance(house, [claim, other.claim]);
    });

    it("is open to an insurer whose licence was revoked, who withdraws too but sells nothing more", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, insurer, plan } = house;
      const { claim, id } = await pending(house);
      await accreditation.revoke(insurer, roleNumber("Insurer"));
      const own = escrow.connect(insurer);
      await own.decide(claim, usd(5_000), RESPONSE);
      await own.withdraw(plan, usd(1_000), insurer);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Decided);
      await expect(own.issue(await policyFor(house, { document: digest("another coverage") })))
        .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
        .withArgs(insurer, insurer);
    });

    it("goes on while new business is paused", async () => {
      const house = await loadFixture(insured);
      const { accessManager, escrow, insurer } = house;
      const pause = escrow.interface.encodeFunctionData("pause");
      await accessManager.schedule(escrow, pause, 0);
      const { claim, id } = await pending(house);
      await time.increase(3 * 24 * 60 * 60);
      await accessManager.execute(escrow, pause);
      await escrow.connect(insurer).decide(claim, usd(5_000), RESPONSE);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Decided);
    });

    it("keeps amounts of any size, to the last unit of 96 bits", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer, hospital } = house;
      const most = 2n ** 96n - 1n;
      const key = { insurer: insurer.address, name: encodeBytes32String("Without limits") };
      const none = { autoApproveClaim: 0n, autoApproveYear: 0n, annualLimit: 0n, collateral: 0n, rulingFee: 0n };
      const own = await draftPlan(house, { ...none, deductible: 2n ** 90n, outOfPocketMax: most }, key);
      await own.setBenefits(key, [LAB], [benefit({ allowed: most, copay: 0n, coinsuranceBps: 1_000 })]);
      await own.publish(key);
      await token.mint(insurer, most);
      await token.connect(insurer).approve(escrow, most);
      await escrow.connect(insurer).deposit(planId(key), most);
      const policy = await policyFor(house, { plan: planId(key) });
      await escrow.connect(insurer).issue(policy);
      const lines = [await line({ service: LAB, billed: most })];
      const { claim, id } = await submitted(house, lines, { policy });
      const deductible = 2n ** 90n;
      const outOfPocket = deductible + (most - deductible) / 10n;
      const adjudicated = most - outOfPocket;
      const deadline = BigInt(await deadlineOf(house, id));
      expect(await escrow.claimOf(id)).to.deep.equal([
        adjudicated,
        outOfPocket,
        deadline,
        BigInt(STATUS.Pending),
        false,
        false,
        deductible,
        0n,
      ]);
      await escrow.connect(insurer).decide(claim, 2n ** 85n, RESPONSE);
      const { benefit: approved, disputed } = await escrow.claimOf(id);
      expect([approved, disputed]).to.deep.equal([2n ** 85n, adjudicated - 2n ** 85n]);
      await booksBalance(house, [claim], [house.plan]);
      await token.connect(hospital).approve(escrow, most);
      await escrow.connect(hospital).reverse(claim, lines);
      expect((await escrow.reserveOf(planId(key))).free).to.equal(most);
      await booksBalance(house, [claim]);
    });

    it("credits the provider when the token refuses, who is paid once it does not", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, insurer, stranger } = house;
      const { claim } = await pending(house);
      const restore = await shrink(house);
      await expect(escrow.connect(insurer).decide(claim, usd(5_000), RESPONSE))
        .to.emit(escrow, "PaymentCredited")
        .withArgs(token, hospital, usd(5_000));
      expect(await escrow.creditOf(token, hospital)).to.equal(usd(5_000));
      await restore();
      await booksBalance(house, [claim]);
      const before = await token.balanceOf(hospital);
      await escrow.connect(stranger).withdrawCredit(token, hospital);
      expect(await token.balanceOf(hospital)).to.equal(before + usd(5_000));
      await booksBalance(house, [claim]);
    });

    it("adds credits up", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital } = house;
      const restore = await shrink(house);
      const one = await submitted(house, [await line()]);
      const two = await submitted(house, [await line({ number: 1 })]);
      expect(await escrow.creditOf(token, hospital)).to.equal(usd(200));
      await restore();
      await booksBalance(house, [one.claim, two.claim]);
    });
  });

  describe("finalize", () => {
    it("approves and pays what the insurer was silent on, from the second the window is over", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, stranger } = house;
      const { claim, id } = await pending(house);
      const before = await token.balanceOf(hospital);
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id, -1);
      await expect(escrow.connect(stranger).finalize(claim))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOpen")
        .withArgs(id, deadline);
      await atDeadline(house, id);
      const transaction = escrow.connect(stranger).finalize(claim);
      await expect(transaction)
        .to.emit(escrow, "ClaimApprovedBySilence")
        .withArgs(id, SURGERY_BENEFIT)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, SURGERY_BENEFIT);
      await expect(transaction).not.to.emit(escrow, "ClaimFinal");
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
      expect(await escrow.claimOf(id)).to.deep.equal([
        SURGERY_BENEFIT,
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        false,
        false,
        usd(100),
        0n,
      ]);
      await booksBalance(house, [claim]);
    });

    it("frees what was taken off and the fee when nobody appealed, and keeps what the rest counts for", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, stranger, plan } = house;
      const { claim, id } = await decided(house, usd(5_000));
      const released = SURGERY_BENEFIT - usd(5_000);
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id, -1);
      await expect(escrow.connect(stranger).finalize(claim))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOpen")
        .withArgs(id, deadline);
      await atDeadline(house, id);
      const transaction = escrow.connect(stranger).finalize(claim);
      await expect(transaction).to.emit(escrow, "ClaimFinal").withArgs(id, usd(5_000), released);
      await expect(transaction).not.to.emit(token, "Transfer");
      await expect(transaction).not.to.emit(escrow, "ClaimPaid");
      expect(await escrow.claimOf(id)).to.deep.equal([
        usd(5_000),
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        false,
        false,
        usd(100),
        0n,
      ]);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - usd(5_000));
      const { benefit, outOfPocket, deductible } = await escrow.policyOf(house.policyId);
      expect([benefit, outOfPocket, deductible]).to.deep.equal([usd(5_000), SURGERY_SHARE, usd(100)]);
      await booksBalance(house, [claim]);
    });

    it("makes a claim denied for good count for nothing", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan } = house;
      const before = await escrow.policyOf(house.policyId);
      const { claim, id } = await decided(house);
      await atDeadline(house, id);
      await expect(escrow.finalize(claim)).to.emit(escrow, "ClaimFinal").withArgs(id, 0, SURGERY_BENEFIT);
      expect(await escrow.claimOf(id)).to.deep.equal([0n, 0n, 0n, BigInt(STATUS.Final), false, false, 0n, 0n]);
      expect(await escrow.policyOf(house.policyId)).to.deep.equal(before);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE);
      await booksBalance(house, [claim]);
    });

    it("leaves what other claims count for alone", async () => {
      const house = await loadFixture(insured);
      const { escrow } = house;
      const other = await submitted(house, [await line({ number: 1 })]);
      const before = await escrow.policyOf(house.policyId);
      const { claim, id } = await decided(house);
      await atDeadline(house, id);
      await escrow.finalize(claim);
      expect(await escrow.policyOf(house.policyId)).to.deep.equal(before);
      await booksBalance(house, [claim, other.claim]);
    });

    it("pays all that was taken off when both arbitrators were silent, and frees the fee", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, stranger, plan } = house;
      const { claim, id } = await appealed(house, usd(5_000));
      const rest = SURGERY_BENEFIT - usd(5_000);
      const before = await token.balanceOf(hospital);
      const deadline = (await deadlineOf(house, id)) + WINDOWS.ruling;
      await time.setNextBlockTimestamp(deadline - 1);
      await expect(escrow.connect(stranger).finalize(claim))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOpen")
        .withArgs(id, deadline);
      await time.setNextBlockTimestamp(deadline);
      await expect(escrow.connect(stranger).finalize(claim))
        .to.emit(escrow, "ClaimFinal")
        .withArgs(id, SURGERY_BENEFIT, 0)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, rest);
      expect(await token.balanceOf(hospital)).to.equal(before + rest);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - SURGERY_BENEFIT);
      expect(await escrow.claimOf(id)).to.deep.equal([
        SURGERY_BENEFIT,
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        false,
        false,
        usd(100),
        0n,
      ]);
      await booksBalance(house, [claim]);
    });

    it("rejects a claim that is not there, unacknowledged, final or reversed", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const refuses = (claim: ReturnType<typeof claimOf>, status: number) =>
        expect(escrow.finalize(claim))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claim), status);
      await refuses(claimOf(submission(house, [await line()])), STATUS.None);
      const { claim, submission: presented } = await submitted(house, [await line()]);
      await refuses(claim, STATUS.Final);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      await refuses(claim, STATUS.Reversed);
      await consentToBill(house);
      const silent = submission(house, [await line({ number: 1 })]);
      await escrow.connect(hospital).submitOnConsent(silent, POLICY);
      await time.increase(WINDOWS.response);
      await refuses(claimOf(silent), STATUS.Unacknowledged);
    });
  });
});
