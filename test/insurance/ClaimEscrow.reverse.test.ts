import { expect } from "chai";
import { id as digest } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { loadFixture, POLICY, time } from "../fixtures.js";
import { appealed, atDeadline, booksBalance, consentToBill, decided, SURGERY_BENEFIT } from "./claims.js";
import {
  acknowledged,
  claimId,
  claimOf,
  type Insured,
  insured,
  LAB,
  line,
  linesHash,
  pending,
  REASONS,
  RESERVE,
  RESPONSE,
  RULING_FEE,
  STATUS,
  submission,
  submitted,
  usd,
  WINDOWS,
} from "./escrow.js";

const DAY = 24 * 60 * 60;

/** A claim nobody but the provider has to do with any more. */
const REVERSED = [0n, 0n, 0n, BigInt(STATUS.Reversed), false, false, 0n, 0n];

/** Every way a claim with its benefit bound may stand, and what of it the provider was paid. */
const STANDINGS = {
  "waits for the insurer": { bring: (house: Insured) => pending(house), paid: 0n },
  "was approved": {
    bring: async (house: Insured) => {
      const claim = await pending(house);
      await house.escrow.connect(house.insurer).decide(claim.claim, SURGERY_BENEFIT, RESPONSE);
      return claim;
    },
    paid: SURGERY_BENEFIT,
  },
  "was approved by silence": {
    bring: async (house: Insured) => {
      const claim = await pending(house);
      await atDeadline(house, claim.id);
      await house.escrow.finalize(claim.claim);
      return claim;
    },
    paid: SURGERY_BENEFIT,
  },
  "was reduced": { bring: (house: Insured) => decided(house, usd(5_000)), paid: usd(5_000) },
  "was denied": { bring: (house: Insured) => decided(house), paid: 0n },
  "was appealed": { bring: (house: Insured) => appealed(house, usd(5_000)), paid: usd(5_000) },
  "was reduced for good": {
    bring: async (house: Insured) => {
      const claim = await decided(house, usd(5_000));
      await atDeadline(house, claim.id);
      await house.escrow.finalize(claim.claim);
      return claim;
    },
    paid: usd(5_000),
  },
  "was denied for good": {
    bring: async (house: Insured) => {
      const claim = await decided(house);
      await atDeadline(house, claim.id);
      await house.escrow.finalize(claim.claim);
      return claim;
    },
    paid: 0n,
  },
  "was ruled on": {
    bring: async (house: Insured) => {
      const claim = await appealed(house, usd(5_000));
      await house.escrow.connect(house.arbitrator).rule(claim.claim, usd(1_000), REASONS);
      return claim;
    },
    paid: usd(6_000),
    fee: RULING_FEE,
  },
  "was won by the arbitrators' silence": {
    bring: async (house: Insured) => {
      const claim = await appealed(house, usd(5_000));
      await atDeadline(house, claim.id, WINDOWS.ruling);
      await house.escrow.finalize(claim.claim);
      return claim;
    },
    paid: SURGERY_BENEFIT,
  },
} satisfies Record<string, { bring: (house: Insured) => ReturnType<typeof pending>; paid: bigint; fee?: bigint }>;

describe("ClaimEscrow", () => {
  describe("reverse", () => {
    it("returns what was paid at once, and accumulators, reserve and lines are as if it never was", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, nurse, plan, policyId } = house;
      const before = [await token.balanceOf(hospital), await escrow.policyOf(policyId), await escrow.reserveOf(plan)];
      const lines = [await line(), await line({ service: LAB, number: 255, billed: usd(150), quantity: 2_000 })];
      const { claim, id } = await submitted(house, lines);
      expect((await escrow.policyOf(policyId)).deductible).to.equal(usd(100));
      const benefit = usd(140);
      await expect(escrow.connect(nurse).reverse(claim, lines))
        .to.emit(escrow, "ClaimReversed")
        .withArgs(id, policyId, benefit, nurse)
        .and.to.emit(token, "Transfer")
        .withArgs(hospital, escrow, benefit);
      expect([
        await token.balanceOf(hospital),
        await escrow.policyOf(policyId),
        await escrow.reserveOf(plan),
      ]).to.deep.equal(before);
      expect(await escrow.claimOf(id)).to.deep.equal(REVERSED);
      expect(await escrow.acceptedLinesOf(policyId, hospital, lines[0]!.day)).to.equal(0n);
      await booksBalance(house, [claim]);
    });

    for (const [name, standing] of Object.entries(STANDINGS)) {
      it(`takes a claim back that ${name}`, async () => {
        const house = await loadFixture(insured);
        const { escrow, token, hospital, plan, policyId } = house;
        const other = await submitted(house, [await line({ number: 1 })]);
        const policy = await escrow.policyOf(policyId);
        const held = await token.balanceOf(hospital);
        const { claim, id, submission: presented } = await standing.bring(house);
        expect(await token.balanceOf(hospital)).to.equal(held + standing.paid);
        await expect(escrow.connect(hospital).reverse(claim, presented.lines))
          .to.emit(escrow, "ClaimReversed")
          .withArgs(id, policyId, standing.paid, hospital);
        expect(await token.balanceOf(hospital)).to.equal(held);
        expect(await escrow.policyOf(policyId)).to.deep.equal(policy);
        const fee = "fee" in standing ? standing.fee : 0n;
        expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - usd(100) - fee);
        expect(await escrow.claimOf(id)).to.deep.equal(REVERSED);
        expect(await escrow.acceptedLinesOf(policyId, hospital, presented.lines[0]!.day)).to.equal(0b10n);
        await booksBalance(house, [claim, other.claim]);
      });
    }

    it("takes back what nobody acknowledged, and leaves nothing of it", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, plan, policyId } = house;
      await consentToBill(house);
      const other = await submitted(house, [await line({ number: 1 })]);
      const before = [await escrow.policyOf(policyId), await escrow.reserveOf(plan)];
      const presented = submission(house, [await line()]);
      const id = claimId(claimOf(presented));
      await escrow.connect(hospital).submitOnConsent(presented, POLICY);
      await expect(escrow.connect(hospital).reverse(claimOf(presented), presented.lines))
        .to.emit(escrow, "ClaimReversed")
        .withArgs(id, policyId, 0, hospital);
      expect(await escrow.claimOf(id)).to.deep.equal([0n, 0n, 0n, 0n, false, false, 0n, 0n]);
      expect([await escrow.policyOf(policyId), await escrow.reserveOf(plan)]).to.deep.equal(before);
      await booksBalance(house, [claimOf(presented), other.claim]);
    });

    it("rejects the same acknowledgement from then on, and takes a corrected claim of the same lines", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const { claim, id, submission: presented } = await submitted(house, [await line()]);
      const authorized = await acknowledged(house, presented);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      await expect(escrow.connect(hospital).submit(presented, ...authorized))
        .to.be.revertedWithCustomError(escrow, "ClaimExists")
        .withArgs(id);
      const corrected = await submitted(house, presented.lines, { documents: digest("corrected") });
      expect((await escrow.claimOf(corrected.id)).benefit).to.equal(usd(100));
      await booksBalance(house, [claim, corrected.claim]);
    });

    it("corrects in one transaction", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital } = house;
      const { claim, submission: wrong } = await submitted(house, [await line()]);
      const right = submission(house, [await line({ billed: usd(100) })], { documents: digest("corrected") });
      const before = await token.balanceOf(hospital);
      await escrow
        .connect(hospital)
        .multicall([
          escrow.interface.encodeFunctionData("reverse", [claim, wrong.lines]),
          escrow.interface.encodeFunctionData("submit", [right, ...(await acknowledged(house, right))]),
        ]);
      expect(await token.balanceOf(hospital)).to.equal(before - usd(20));
      await booksBalance(house, [claim, claimOf(right)]);
    });

    it("takes back exactly what the claim counted for, whatever came after it", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, policyId } = house;
      const first = await submitted(house, [await line({ service: LAB, billed: usd(80) })]);
      const second = await submitted(house, [await line({ service: LAB, number: 1, billed: usd(80) })]);
      await escrow.connect(hospital).reverse(first.claim, first.submission.lines);
      const { deductible, outOfPocket, benefit } = await escrow.policyOf(policyId);
      expect([deductible, outOfPocket, benefit]).to.deep.equal([usd(20), usd(32), usd(48)]);
      const third = await submitted(house, [await line({ service: LAB, number: 2, billed: usd(80) })]);
      expect((await escrow.claimOf(third.id)).deductible).to.equal(usd(80));
      await booksBalance(house, [first.claim, second.claim, third.claim]);
    });

    it("is the provider's and its staff's, licensed or not, and nobody else's", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, hospital, clinic, insurer, patient, stranger, admin } = house;
      const { claim, id, submission: presented } = await submitted(house, [await line()]);
      await accreditation.revoke(hospital, roleNumber("Provider"));
      for (const caller of [clinic, insurer, patient, stranger, admin]) {
        await expect(escrow.connect(caller).reverse(claim, presented.lines))
          .to.be.revertedWithCustomError(escrow, "ClaimNotYours")
          .withArgs(id, hospital, caller);
      }
      await escrow.connect(hospital).reverse(claim, presented.lines);
    });

    it("rejects other lines than the claim's", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const lines = [await line(), await line({ number: 1 })];
      const { claim } = await submitted(house, lines);
      for (const others of [[], lines.slice(1), [...lines].reverse(), [lines[0]!, await line({ number: 2 })]]) {
        await expect(escrow.connect(hospital).reverse(claim, others))
          .to.be.revertedWithCustomError(escrow, "LinesMismatch")
          .withArgs(linesHash(lines));
      }
    });

    it("rejects a claim that is not there, and one reversed already", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const { claim, id, submission: presented } = await submitted(house, [await line()]);
      const own = escrow.connect(hospital);
      const other = { ...claim, documents: digest("another claim") };
      await expect(own.reverse(other, presented.lines))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(claimId(other), STATUS.None);
      await own.reverse(claim, presented.lines);
      await expect(own.reverse(claim, presented.lines))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(id, STATUS.Reversed);
    });

    it("changes nothing when the provider can't pay back", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital } = house;
      const { claim, id, submission: presented } = await submitted(house, [await line()]);
      await token.connect(hospital).approve(escrow, usd(100) - 1n);
      await expect(escrow.connect(hospital).reverse(claim, presented.lines)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientAllowance",
      );
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
      await booksBalance(house, [claim]);
    });

    it("takes back what was paid under a policy that is closed meanwhile", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, plan, policy } = house;
      const { claim, submission: presented } = await submitted(house, [await line()]);
      await time.increaseTo((policy.endDay + 180) * DAY);
      await escrow.close(policy);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      expect(await escrow.reserveOf(plan)).to.deep.equal([RESERVE, 0n, 0n]);
      await booksBalance(house, [claim]);
    });
  });
});
