import { expect } from "chai";
import { encodeBytes32String, id, ZeroAddress, ZeroHash, type Result } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { type Deployment, ethers, FAR, loadFixture, time } from "../fixtures.js";
import { itTakesOnlyTheSignersWord } from "../sign.js";
import { COLLATERAL, insured, planId, policyFor, policyId, published, publishPlan, quoted, RESERVE } from "./escrow.js";
import { terminationSigned, termsOf, today, usd, type Insured, type Policy } from "./escrow.js";

const DAY = 24 * 60 * 60;
const MAX_TERM = 366;
const NOTICE = 30;
const RUN_OFF = 180;
const MAX = 2n ** 96n - 1n;

/** Goes to a second of a day, for the next transaction. */
const goTo = (day: number, second = 0) => time.setNextBlockTimestamp(day * DAY + second);

/** For `withArgs`: whether an event's struct is this policy. */
function isPolicy(policy: Policy) {
  return (struct: Result) => policyId(struct.toObject() as Policy) === policyId(policy);
}

/** A second policy: of the employer's, for the patient. */
async function second(house: Insured, changes: Partial<Policy> = {}) {
  const policy = await policyFor(house, { document: id("another"), holder: house.employer.address, ...changes });
  return { policy, id: policyId(policy) };
}

/** What the books say of a plan: free, unfunded, live policies. */
async function books({ escrow, plan }: Insured, of = plan) {
  const { free, unfunded, policies } = await escrow.reserveOf(of);
  return { free, unfunded, policies };
}

/** How a policy is issued, and how it is bought: what both refuse. */
const WAYS = {
  issue: async (house: Insured, policy: Policy) => house.escrow.connect(house.insurer).issue(policy),
  purchase: async (house: Insured, policy: Policy) =>
    house.escrow.connect(house.employer).purchase(policy, ...(await quoted(house, policy))),
};

describe("ClaimEscrow", () => {
  for (const [way, underwrite] of Object.entries(WAYS)) {
    describe(`${way}, as every way to a policy`, () => {
      /** Expects that a policy with these changes is refused. */
      const refuses = async (house: Insured, changes: Partial<Policy>, error: string, ...values: unknown[]) => {
        const before = await books(house);
        const { policy, id } = await second(house, changes);
        await expect(underwrite(house, policy))
          .to.be.revertedWithCustomError(house.escrow, error)
          .withArgs(...values);
        expect((await house.escrow.policyOf(id)).endDay).to.equal(0);
        expect(await books(house)).to.deep.equal(before);
      };

      it("takes a policy of one day, and of 366", async () => {
        const house = await loadFixture(insured);
        const firstDay = (await today()) + 10;
        for (const endDay of [firstDay + 1, firstDay + MAX_TERM]) {
          const { policy, id } = await second(house, { firstDay, endDay });
          await underwrite(house, policy);
          expect((await house.escrow.policyOf(id)).endDay).to.equal(endDay);
        }
      });

      it("rejects a policy of no day, of less, and of 367", async () => {
        const house = await loadFixture(insured);
        const firstDay = (await today()) + 10;
        for (const endDay of [firstDay, firstDay - 1, firstDay + MAX_TERM + 1]) {
          await refuses(house, { firstDay, endDay }, "PolicyTermInvalid", firstDay, endDay);
        }
      });

      it("takes a policy that covers today to the day's last second, and rejects it then", async () => {
        const house = await loadFixture(insured);
        const endDay = (await today()) + 2;
        const term = { firstDay: endDay - 100, endDay };
        const [early, late] = [await second(house, term), await second(house, { ...term, document: id("late") })];
        await goTo(endDay, -1);
        await underwrite(house, early.policy);
        await goTo(endDay);
        await expect(underwrite(house, late.policy))
          .to.be.revertedWithCustomError(house.escrow, "PolicyTermInvalid")
          .withArgs(term.firstDay, endDay);
      });

      it("takes a policy that begins in 366 days, and rejects one that begins a day later", async () => {
        const house = await loadFixture(insured);
        const day = (await today()) + 1;
        const firstDay = day + MAX_TERM;
        const { policy, id } = await second(house, { firstDay, endDay: firstDay + MAX_TERM });
        await goTo(day, -1);
        await expect(underwrite(house, policy))
          .to.be.revertedWithCustomError(house.escrow, "PolicyTermInvalid")
          .withArgs(firstDay, firstDay + MAX_TERM);
        await goTo(day);
        await underwrite(house, policy);
        expect((await house.escrow.policyOf(id)).endDay).to.equal(firstDay + MAX_TERM);
      });

      it("rejects days at the end of time", async () => {
        const house = await loadFixture(insured);
        const last = 2 ** 24 - 1;
        await refuses(house, { firstDay: last - 1, endDay: last }, "PolicyTermInvalid", last - 1, last);
        await refuses(house, { firstDay: 0, endDay: last }, "PolicyTermInvalid", 0, last);
      });

      it("rejects a policy without a patient", async () => {
        const house = await loadFixture(insured);
        await refuses(house, { patient: ZeroAddress }, "PolicyPartyZero");
      });

      it("rejects a plan nobody published", async () => {
        const house = await loadFixture(insured);
        const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
        const { token, arbitrator, fallback } = house;
        await house.plans.connect(house.insurer).draft(
          key,
          termsOf({
            token: token.target as string,
            arbitrator: arbitrator.address,
            fallbackArbitrator: fallback.address,
          }),
        );
        await refuses(house, { plan: planId(key) }, "PlanNotPublished", planId(key));
      });

      it("rejects the same policy twice, though it was ended or closed", async () => {
        const house = await loadFixture(insured);
        const { escrow, patient } = house;
        const firstDay = await today();
        const { policy, id } = await second(house, { firstDay, endDay: firstDay + MAX_TERM });
        const refuses = () =>
          expect(underwrite(house, policy)).to.be.revertedWithCustomError(escrow, "PolicyExists").withArgs(id);
        await underwrite(house, policy);
        await refuses();
        const end = (await today()) + 1;
        await escrow.connect(patient).terminate(policy, end);
        await refuses();
        await time.increaseTo((end + RUN_OFF) * DAY);
        await escrow.close(policy);
        await refuses();
      });
    });
  }

  describe("issue", () => {
    it("begins a policy, binds collateral, takes no premium, and names who did it", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, patient, insurer, adjuster } = house;
      const { policy, id } = await second(house);
      const held = await token.balanceOf(insurer);
      await expect(escrow.connect(adjuster).issue(policy))
        .to.emit(escrow, "PolicyIssued")
        .withArgs(id, plan, patient.address, isPolicy(policy), adjuster.address);
      expect(await escrow.policyOf(id)).to.deep.equal([0n, 0n, BigInt(policy.endDay), false, false, 0n, 0n]);
      expect(await books(house)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 2n });
      expect(await token.balanceOf(insurer)).to.equal(held);
    });

    it("rejects a policy without a holder", async () => {
      const { escrow, insurer, policy } = await loadFixture(insured);
      await expect(escrow.connect(insurer).issue({ ...policy, holder: ZeroAddress })).to.be.revertedWithCustomError(
        escrow,
        "PolicyPartyZero",
      );
    });

    it("rejects everybody but the plan's insurer and its staff", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, rival, patient, stranger } = house;
      const { policy } = await second(house);
      for (const caller of [rival, patient, stranger]) {
        await expect(escrow.connect(caller).issue(policy))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer.address, caller.address);
      }
    });

    it("rejects an insurer whose licence is gone", async () => {
      const house = await loadFixture(insured);
      const { escrow, accreditation, insurer, adjuster } = house;
      const { policy } = await second(house);
      await accreditation.revoke(insurer, roleNumber("Insurer"));
      for (const caller of [insurer, adjuster]) {
        await expect(escrow.connect(caller).issue(policy))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer.address, caller.address);
      }
    });

    it("rejects a plan nobody drafted", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const { policy } = await second(house, { plan: ZeroHash });
      await expect(escrow.connect(insurer).issue(policy))
        .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
        .withArgs(ZeroAddress, insurer.address);
    });
  });

  describe("purchase", () => {
    it("begins a policy and puts its premium into the plan's reserve, whoever relayed the quote", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, patient, employer } = house;
      const { policy, id } = await second(house);
      const [held, owned] = [await token.balanceOf(escrow), await token.balanceOf(employer)];
      await expect(escrow.connect(employer).purchase(policy, ...(await quoted(house, policy))))
        .to.emit(escrow, "PolicyIssued")
        .withArgs(id, plan, patient.address, isPolicy(policy), employer.address);
      expect(await books(house)).to.deep.equal({ free: RESERVE + policy.premium, unfunded: 0n, policies: 2n });
      expect(await token.balanceOf(escrow)).to.equal(held + policy.premium);
      expect(await token.balanceOf(employer)).to.equal(owned - policy.premium);
      expect((await escrow.policyOf(id)).endDay).to.equal(policy.endDay);
    });

    it("takes the quote of the insurer's staff, and the holder's staff, who pays", async () => {
      const house = await loadFixture(insured);
      const { escrow, accreditation, token, adjuster, employer, clinic } = house;
      const { policy, id } = await second(house);
      await accreditation.connect(employer).setMember(clinic, FAR);
      const owned = await token.balanceOf(clinic);
      await escrow.connect(clinic).purchase(policy, ...(await quoted(house, policy, { signer: adjuster })));
      expect((await escrow.policyOf(id)).endDay).to.equal(policy.endDay);
      expect(await token.balanceOf(clinic)).to.equal(owned - policy.premium);
    });

    it("takes a quote in the second of its deadline, and rejects it a second later", async () => {
      const house = await loadFixture(insured);
      const { escrow, employer } = house;
      const deadline = (await time.latest()) + 100;
      const [early, late] = [await second(house), await second(house, { document: id("late") })];
      const authorized = await quoted(house, early.policy, { deadline });
      const tooLate = await quoted(house, late.policy, { deadline });
      await time.setNextBlockTimestamp(deadline);
      await escrow.connect(employer).purchase(early.policy, ...authorized);
      await expect(escrow.connect(employer).purchase(late.policy, ...tooLate))
        .to.be.revertedWithCustomError(escrow, "SignatureExpired")
        .withArgs(deadline);
    });

    it("asks no money for a policy without premium", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, employer } = house;
      const { policy } = await second(house, { premium: 0n });
      await token.connect(employer).approve(escrow, 0);
      await escrow.connect(employer).purchase(policy, ...(await quoted(house, policy)));
      expect(await books(house)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 2n });
    });

    it("counts the premium towards the collateral", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, insurer, employer } = house;
      await escrow.connect(insurer).withdraw(plan, RESERVE - COLLATERAL, insurer);
      const [enough, short] = [
        await second(house, { premium: COLLATERAL }),
        await second(house, { premium: COLLATERAL - 1n }),
      ];
      await expect(escrow.connect(employer).purchase(short.policy, ...(await quoted(house, short.policy))))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, 2n * COLLATERAL - 1n, 2n * COLLATERAL);
      await escrow.connect(employer).purchase(enough.policy, ...(await quoted(house, enough.policy)));
      expect(await books(house)).to.deep.equal({ free: 2n * COLLATERAL, unfunded: 0n, policies: 2n });
    });

    it("rejects everybody but the holder and its staff, the patient and the insurer too", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, insurer, employer, rival } = house;
      const { policy } = await second(house);
      const authorized = await quoted(house, policy);
      for (const caller of [patient, insurer, rival]) {
        await expect(escrow.connect(caller).purchase(policy, ...authorized))
          .to.be.revertedWithCustomError(escrow, "QuoteNotYours")
          .withArgs(employer.address, caller.address);
      }
    });

    it("rejects a quote signed by anybody but the insurer and its staff", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, employer, rival } = house;
      const { policy } = await second(house);
      for (const signer of [employer, rival]) {
        await expect(escrow.connect(employer).purchase(policy, ...(await quoted(house, policy, { signer }))))
          .to.be.revertedWithCustomError(escrow, "QuoteSignerUnauthorized")
          .withArgs(insurer.address, signer.address);
      }
    });

    it("rejects a quote of a member of staff who left", async () => {
      const house = await loadFixture(insured);
      const { escrow, accreditation, insurer, adjuster, employer } = house;
      const { policy } = await second(house);
      const authorized = await quoted(house, policy, { signer: adjuster });
      await accreditation.connect(insurer).setMember(adjuster, 0);
      await expect(escrow.connect(employer).purchase(policy, ...authorized))
        .to.be.revertedWithCustomError(escrow, "QuoteSignerUnauthorized")
        .withArgs(insurer.address, adjuster.address);
    });

    it("rejects a quote of an insurer whose licence is gone", async () => {
      const house = await loadFixture(insured);
      const { escrow, accreditation, insurer, employer } = house;
      const { policy } = await second(house);
      const authorized = await quoted(house, policy);
      await accreditation.suspend(insurer, roleNumber("Insurer"));
      await expect(escrow.connect(employer).purchase(policy, ...authorized))
        .to.be.revertedWithCustomError(escrow, "QuoteSignerUnauthorized")
        .withArgs(insurer.address, insurer.address);
    });

    it("rejects a quote with any word changed, its deadline too", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, insurer, patient, employer, stranger } = house;
      const other = { ...house.key, name: encodeBytes32String("Gold 2026") };
      await publishPlan(house, {}, other);
      const { policy } = await second(house);
      const [authorization, signature] = await quoted(house, policy);
      const bought = escrow.connect(employer);
      const refuses = (changed: Policy, deadline = authorization.deadline, caller = bought) =>
        expect(caller.purchase(changed, { ...authorization, deadline }, signature))
          .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
          .withArgs(insurer.address);
      await refuses({ ...policy, plan: planId(other) });
      await refuses({ ...policy, patient: stranger.address });
      await refuses({ ...policy, holder: patient.address }, FAR, escrow.connect(patient));
      await refuses({ ...policy, firstDay: policy.firstDay + 1 });
      await refuses({ ...policy, endDay: policy.endDay + 1 });
      await refuses({ ...policy, premium: policy.premium - 1n });
      await refuses({ ...policy, document: id("a third") });
      await refuses(policy, FAR + 1);
      expect(await books(house, plan)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 1n });
    });

    it("rejects who has not the premium, or has not approved it", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, employer } = house;
      const rich = await second(house, { premium: usd(2_000_000) });
      const bought = escrow.connect(employer);
      await token.connect(employer).approve(escrow, MAX);
      await expect(bought.purchase(rich.policy, ...(await quoted(house, rich.policy)))).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientBalance",
      );
      const { policy } = await second(house);
      await token.connect(employer).approve(escrow, policy.premium - 1n);
      await expect(bought.purchase(policy, ...(await quoted(house, policy)))).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientAllowance",
      );
      expect(await books(house)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 1n });
    });

    it("rejects a premium the reserve has no room for", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, employer } = house;
      const { policy } = await second(house, { premium: MAX - RESERVE + 1n });
      await expect(escrow.connect(employer).purchase(policy, ...(await quoted(house, policy))))
        .to.be.revertedWithCustomError(escrow, "ReserveTooLarge")
        .withArgs(plan);
    });
  });

  describe("terminate", () => {
    it("ends a policy, by the patient with tomorrow", async () => {
      const { escrow, patient, policy, policyId } = await loadFixture(insured);
      const day = (await today()) + 1;
      await goTo(day, DAY - 1);
      await expect(escrow.connect(patient).terminate(policy, day + 1))
        .to.emit(escrow, "PolicyTerminated")
        .withArgs(policyId, day + 1, patient.address);
      expect((await escrow.policyOf(policyId)).endDay).to.equal(day + 1);
    });

    it("rejects the patient's end of today, and of any day past", async () => {
      const { escrow, patient, policy, policyId } = await loadFixture(insured);
      const day = (await today()) + 1;
      await goTo(day);
      for (const endDay of [day, day - 1, 0]) {
        await expect(escrow.connect(patient).terminate(policy, endDay))
          .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
          .withArgs(policyId, endDay, day + 1, policy.endDay);
      }
    });

    it("ends a policy, by the insurer's staff with notice, and not a day earlier", async () => {
      const { escrow, adjuster, policy, policyId } = await loadFixture(insured);
      const day = (await today()) + 1;
      await goTo(day);
      await expect(escrow.connect(adjuster).terminate(policy, day + NOTICE - 1))
        .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
        .withArgs(policyId, day + NOTICE - 1, day + NOTICE, policy.endDay);
      await goTo(day, DAY - 1);
      await expect(escrow.connect(adjuster).terminate(policy, day + NOTICE))
        .to.emit(escrow, "PolicyTerminated")
        .withArgs(policyId, day + NOTICE, adjuster.address);
    });

    it("owes the holder the premium of the days an insurer takes away", async () => {
      const house = await loadFixture(published);
      const { escrow, plan, insurer, employer, token } = house;
      const day = await today();
      const policy = await policyFor(house, { holder: employer.address, firstDay: day - 65, endDay: day + 300 });
      await escrow.connect(employer).purchase(policy, ...(await quoted(house, policy)));
      const { free } = await escrow.reserveOf(plan);
      const refund = (policy.premium * 200n) / 365n;
      await expect(escrow.connect(insurer).terminate(policy, day + 100))
        .to.emit(escrow, "PaymentCredited")
        .withArgs(token, employer, refund);
      expect((await escrow.reserveOf(plan)).free).to.equal(free - refund);
      await expect(escrow.withdrawCredit(token, employer)).to.changeTokenBalance(ethers, token, employer, refund);
    });

    it("owes all of it when the policy never begins, and nothing twice", async () => {
      const house = await loadFixture(published);
      const { escrow, insurer, employer, token } = house;
      const day = await today();
      const policy = await policyFor(house, { holder: employer.address, firstDay: day + 60, endDay: day + 400 });
      await escrow.connect(employer).purchase(policy, ...(await quoted(house, policy)));
      await escrow.connect(insurer).terminate(policy, day + 50);
      await escrow.connect(insurer).terminate(policy, day + 40);
      expect(await escrow.creditOf(token, employer)).to.equal(policy.premium);
    });

    it("owes nothing of a premium settled elsewhere, or when the patient ends the policy", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, patient, token, policy } = house;
      await escrow.connect(insurer).terminate(policy, policy.endDay - 1);
      const bought = await second(house, { holder: patient.address });
      await escrow.connect(patient).purchase(bought.policy, ...(await quoted(house, bought.policy)));
      await escrow.connect(patient).terminate(bought.policy, (await today()) + 1);
      expect(await escrow.creditOf(token, patient)).to.equal(0);
    });

    it("takes no refund from what other policies bind", async () => {
      const house = await loadFixture(published);
      const { escrow, plan, insurer, patient } = house;
      const policy = await policyFor(house, { premium: usd(6_000) });
      await escrow.connect(patient).purchase(policy, ...(await quoted(house, policy)));
      // What the floor leaves is the collateral.
      await escrow.connect(insurer).withdraw(plan, RESERVE + usd(6_000) - COLLATERAL, insurer);
      const endDay = (await today()) + 30;
      const refund = (policy.premium * BigInt(policy.endDay - endDay)) / 365n;
      await expect(escrow.connect(insurer).terminate(policy, endDay))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, COLLATERAL, COLLATERAL + refund);
    });

    it("lets an insurer without licence end what it issued", async () => {
      const { escrow, accreditation, insurer, policy, policyId } = await loadFixture(insured);
      await accreditation.revoke(insurer, roleNumber("Insurer"));
      await escrow.connect(insurer).terminate(policy, policy.endDay - 1);
      expect((await escrow.policyOf(policyId)).endDay).to.equal(policy.endDay - 1);
    });

    it("asks no notice of a patient who is the insurer", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const { policy, id } = await second(house, { patient: insurer.address });
      await escrow.connect(insurer).issue(policy);
      const tomorrow = (await today()) + 1;
      await escrow.connect(insurer).terminate(policy, tomorrow);
      expect((await escrow.policyOf(id)).endDay).to.equal(tomorrow);
    });

    it("only ever shortens", async () => {
      const { escrow, patient, policy, policyId } = await loadFixture(insured);
      const tomorrow = (await today()) + 1;
      const own = escrow.connect(patient);
      const refuses = (endDay: number, standing: number) =>
        expect(own.terminate(policy, endDay))
          .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
          .withArgs(policyId, endDay, tomorrow, standing);
      await refuses(policy.endDay, policy.endDay);
      await refuses(2 ** 24 - 1, policy.endDay);
      await own.terminate(policy, policy.endDay - 1);
      await refuses(policy.endDay - 1, policy.endDay - 1);
      await own.terminate(policy, tomorrow);
      await refuses(tomorrow, tomorrow);
    });

    it("leaves the insurer nothing to end when less than its notice is left", async () => {
      const { escrow, insurer, policy, policyId } = await loadFixture(insured);
      const day = policy.endDay - NOTICE;
      await goTo(day);
      await expect(escrow.connect(insurer).terminate(policy, policy.endDay))
        .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
        .withArgs(policyId, policy.endDay, policy.endDay, policy.endDay);
    });

    it("ends a policy before it begins", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, patient } = house;
      const day = await today();
      const { policy, id } = await second(house, { firstDay: day + 100, endDay: day + 200 });
      await escrow.connect(insurer).issue(policy);
      await escrow.connect(patient).terminate(policy, day + 50);
      expect((await escrow.policyOf(id)).endDay).to.equal(day + 50);
    });

    it("leaves the other policies, the collateral and the accumulators alone", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, patient, policy } = house;
      const other = await second(house);
      await escrow.connect(insurer).issue(other.policy);
      await escrow.connect(patient).terminate(policy, policy.endDay - 1);
      expect((await escrow.policyOf(other.id)).endDay).to.equal(other.policy.endDay);
      expect(await books(house)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 2n });
    });

    it("rejects strangers, the holder, another insurer and providers", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, employer, rival, stranger, hospital } = house;
      const { policy, id } = await second(house);
      await escrow.connect(insurer).issue(policy);
      for (const caller of [employer, rival, stranger, hospital]) {
        await expect(escrow.connect(caller).terminate(policy, policy.endDay - 1))
          .to.be.revertedWithCustomError(escrow, "TerminationUnauthorized")
          .withArgs(id, caller.address);
      }
    });

    it("rejects a policy that is not, though the caller be its patient", async () => {
      const house = await loadFixture(insured);
      const { policy, id } = await second(house);
      await expect(house.escrow.connect(house.patient).terminate(policy, policy.endDay - 1))
        .to.be.revertedWithCustomError(house.escrow, "PolicyUnknown")
        .withArgs(id);
    });
  });

  describe("close", () => {
    it("frees the collateral on the first day after the run-off, by anybody", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, stranger, policy, policyId } = house;
      const untilDay = policy.endDay + RUN_OFF;
      await goTo(untilDay, -1);
      await expect(escrow.connect(stranger).close(policy))
        .to.be.revertedWithCustomError(escrow, "PolicyRunningOff")
        .withArgs(policyId, untilDay);
      await goTo(untilDay);
      await expect(escrow.connect(stranger).close(policy)).to.emit(escrow, "PolicyClosed").withArgs(policyId, plan);
      expect(await escrow.policyOf(policyId)).to.deep.equal([0n, 0n, BigInt(policy.endDay), true, false, 0n, 0n]);
      expect(await books(house)).to.deep.equal({ free: RESERVE, unfunded: 0n, policies: 0n });
    });

    it("counts the run-off from the day a policy was ended", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, policy, policyId } = house;
      const endDay = (await today()) + 1;
      await escrow.connect(patient).terminate(policy, endDay);
      await goTo(endDay + RUN_OFF, -1);
      await expect(escrow.close(policy))
        .to.be.revertedWithCustomError(escrow, "PolicyRunningOff")
        .withArgs(policyId, endDay + RUN_OFF);
      await goTo(endDay + RUN_OFF);
      await escrow.close(policy);
      expect((await books(house)).policies).to.equal(0);
    });

    it("counts once", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, policy, policyId } = house;
      await escrow.connect(insurer).issue((await second(house)).policy);
      await time.increaseTo((policy.endDay + RUN_OFF) * DAY);
      await escrow.close(policy);
      await expect(escrow.close(policy)).to.be.revertedWithCustomError(escrow, "PolicyIsClosed").withArgs(policyId);
      expect((await books(house)).policies).to.equal(1);
    });

    it("rejects a policy that is not", async () => {
      const house = await loadFixture(insured);
      const { policy, id } = await second(house);
      await time.increaseTo((policy.endDay + RUN_OFF) * DAY);
      await expect(house.escrow.close(policy))
        .to.be.revertedWithCustomError(house.escrow, "PolicyUnknown")
        .withArgs(id);
    });

    it("leaves nothing to end", async () => {
      const { escrow, patient, policy, policyId } = await loadFixture(insured);
      const day = policy.endDay + RUN_OFF;
      await time.increaseTo(day * DAY);
      await escrow.close(policy);
      for (const endDay of [day + 1, policy.endDay - 1]) {
        await expect(escrow.connect(patient).terminate(policy, endDay))
          .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
          .withArgs(policyId, endDay, day + 1, policy.endDay);
      }
    });
  });

  describe("terminateBySig", () => {
    it("names the patient, not the relayer", async () => {
      const house = await loadFixture(insured);
      const { escrow, relayer, patient, policy, policyId } = house;
      const endDay = (await today()) + 1;
      const authorized = await terminationSigned(house, endDay);
      await expect(escrow.connect(relayer).terminateBySig(policy, endDay, ...authorized))
        .to.emit(escrow, "PolicyTerminated")
        .withArgs(policyId, endDay, patient.address);
    });

    it("counts once, and not at all after the patient ended it earlier", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, policy, policyId } = house;
      const tomorrow = (await today()) + 1;
      const authorized = await terminationSigned(house, tomorrow + 20);
      const refuses = (standing: number) =>
        expect(escrow.terminateBySig(policy, tomorrow + 20, ...authorized))
          .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
          .withArgs(policyId, tomorrow + 20, tomorrow, standing);
      await escrow.terminateBySig(policy, tomorrow + 20, ...authorized);
      await refuses(tomorrow + 20);
      await escrow.connect(patient).terminate(policy, tomorrow + 10);
      await refuses(tomorrow + 10);
    });

    it("rejects a signature relayed too late to end anything before", async () => {
      const house = await loadFixture(insured);
      const { escrow, policy, policyId } = house;
      const endDay = (await today()) + 10;
      const authorized = await terminationSigned(house, endDay);
      await goTo(endDay);
      await expect(escrow.terminateBySig(policy, endDay, ...authorized))
        .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
        .withArgs(policyId, endDay, endDay + 1, policy.endDay);
    });

    it("holds a signer of the insurer's to its notice", async () => {
      const house = await loadFixture(insured);
      const { escrow, adjuster, policy, policyId } = house;
      const day = await today();
      const [short, kept] = [day + NOTICE - 1, day + NOTICE + 1];
      await expect(
        escrow.terminateBySig(policy, short, ...(await terminationSigned(house, short, { signer: adjuster }))),
      )
        .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
        .withArgs(policyId, short, day + NOTICE, policy.endDay);
      await escrow.terminateBySig(policy, kept, ...(await terminationSigned(house, kept, { signer: adjuster })));
      expect((await escrow.policyOf(policyId)).endDay).to.equal(kept);
    });

    it("rejects who signs in their own name, and a signature for another policy", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, patient, rival, stranger, policy, policyId } = house;
      const endDay = policy.endDay - 1;
      for (const signer of [rival, stranger]) {
        await expect(escrow.terminateBySig(policy, endDay, ...(await terminationSigned(house, endDay, { signer }))))
          .to.be.revertedWithCustomError(escrow, "TerminationUnauthorized")
          .withArgs(policyId, signer.address);
      }
      const other = await second(house);
      await escrow.connect(insurer).issue(other.policy);
      await expect(escrow.terminateBySig(other.policy, endDay, ...(await terminationSigned(house, endDay))))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(patient.address);
    });

    itTakesOnlyTheSignersWord(async (house, account) => {
      const { escrow, relayer } = house;
      const { policy, id } = await policyOf(house, account);
      const endDay = policy.endDay - 100;
      return {
        contract: escrow,
        message: "TerminatePolicy",
        words: { policy: id, endDay },
        send: (...authorized) => escrow.connect(relayer).terminateBySig(policy, endDay, ...authorized),
        isDone: async () => Number((await escrow.policyOf(id)).endDay) === endDay,
      };
    });
  });
});

/** A policy for an account, of a plan without collateral of the registrar's, who is an insurer here. */
async function policyOf(
  { accreditation, plans, escrow, admin, registrar, guardian, officer }: Deployment,
  patient: string,
) {
  await accreditation.accredit(registrar, roleNumber("Insurer"), FAR);
  for (const judge of [guardian, officer]) await accreditation.accredit(judge, roleNumber("Arbitrator"), FAR);
  const token = await (await new TestToken__factory(admin).deploy("A dollar", "USDX", 6)).getAddress();
  const key = { insurer: registrar.address, name: encodeBytes32String("Silver 2026") };
  const judges = { arbitrator: guardian.address, fallbackArbitrator: officer.address };
  await plans.connect(registrar).draft(key, { ...termsOf({ token, ...judges }), collateral: 0n });
  await plans.connect(registrar).publish(key);
  const firstDay = await today();
  const term = { firstDay, endDay: firstDay + 365 };
  const policy = { plan: planId(key), patient, holder: patient, ...term, premium: 0n, document: id("a coverage") };
  await escrow.connect(registrar).issue(policy);
  return { policy, id: policyId(policy) };
}
