import { expect } from "chai";
import { encodeBytes32String, id } from "ethers";

import { HostileToken__factory, TestToken__factory } from "../../src/generated/index.js";
import { ethers, FAR, loadFixture, time } from "../fixtures.js";
import { MANNERS, type Manner, REFUSALS } from "../hostileToken.js";
import { acknowledged, benefit, claimId, claimOf, COLLATERAL, LAB, line, market, pending } from "./escrow.js";
import { planId, policyFor, policyId, publishPlan, quoted, RESERVE, STATUS, submission, submitted } from "./escrow.js";
import { termsOf, usd, WINDOWS, type Market } from "./escrow.js";

/** What the plan pays for a visit. */
const VISIT_PAID = usd(100);

/** {@link market} whose money is a token that is told how to behave: two insurers' plans in it, and a policy of the first. */
async function hostile() {
  const house = await market();
  const { admin, insurer, rival, employer, hospital, clinic, patient } = house;
  const deployed = await new HostileToken__factory(admin).deploy();
  const token = TestToken__factory.connect(await deployed.getAddress(), admin) as Market["token"];
  for (const account of [insurer, rival, employer, hospital, clinic, patient]) {
    await token.mint(account, usd(1_000_000));
  }
  const rivalKey = { insurer: rival.address, name: encodeBytes32String("Rival 2026") };
  const market2 = { ...house, token };
  await publishPlan(market2);
  await publishPlan(market2, {}, rivalKey);
  const policy = await policyFor(house);
  await house.escrow.connect(insurer).issue(policy);
  const behave = (manner: Manner, refused: { address: string } = hospital) =>
    deployed.behave(MANNERS.indexOf(manner), refused.address);
  return { ...market2, hostile: deployed, behave, policy, policyId: policyId(policy), rivalPlan: planId(rivalKey) };
}

type House = Awaited<ReturnType<typeof hostile>>;

/** Expects that the escrow holds what it owes and not a unit more: free, bound to these claims, credited to the hospital. */
async function expectBalanced({ escrow, token, plan, rivalPlan, hospital }: House, claims: readonly string[] = []) {
  let owed = await escrow.creditOf(token, hospital);
  for (const each of [plan, rivalPlan]) owed += (await escrow.reserveOf(each)).free;
  for (const claim of claims) {
    const { status, unfunded, benefit, disputed } = await escrow.claimOf(claim);
    if (!unfunded && status === BigInt(STATUS.Pending)) owed += benefit + disputed;
  }
  expect(await token.balanceOf(escrow)).to.equal(owed);
  expect(await escrow.reserveOf(rivalPlan)).to.deep.equal([RESERVE, 0n, 0n]);
}

/** A quote for a second policy, which the employer may buy. */
async function quote(house: House) {
  const policy = await policyFor(house, { document: id("another"), holder: house.employer.address });
  return [policy, ...(await quoted(house, policy))] as const;
}

describe("ClaimEscrow with a token that", () => {
  describe("takes a fee", () => {
    it("is refused on deposit, purchase and reversal, and nothing moves", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, plan, insurer, employer, hospital, policyId, behave } = house;
      const { claim, id, submission } = await submitted(house, [await line()]);
      const bought = await quote(house);
      await behave("TakesFee");
      const [state, reserve] = [await escrow.policyOf(policyId), await escrow.reserveOf(plan)];
      const refuses = (call: Promise<unknown>, sent: bigint) =>
        expect(call)
          .to.be.revertedWithCustomError(escrow, "TokenTookFee")
          .withArgs(token.target, sent, sent - 1n);
      await refuses(escrow.connect(insurer).deposit(plan, usd(10)), usd(10));
      await refuses(escrow.connect(employer).purchase(...bought), bought[0].premium);
      await refuses(escrow.connect(hospital).reverse(claim, submission.lines), VISIT_PAID);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
      expect([await escrow.policyOf(policyId), await escrow.reserveOf(plan)]).to.deep.equal([state, reserve]);
      await expectBalanced(house);
    });

    it("pays out as it will: the fee is the payee's, never another's", async () => {
      const house = await loadFixture(hostile);
      await house.behave("TakesFee");
      const before = await house.token.balanceOf(house.hospital);
      await submitted(house, [await line()]);
      expect(await house.token.balanceOf(house.hospital)).to.equal(before + VISIT_PAID - 1n);
      await expectBalanced(house);
    });
  });

  describe("answers nothing", () => {
    it("is taken for every transfer, as old tokens are", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, plan, insurer, employer, hospital, behave } = house;
      await behave("AnswersNothing");
      const before = await token.balanceOf(hospital);
      await escrow.connect(insurer).deposit(plan, usd(10));
      await escrow.connect(employer).purchase(...(await quote(house)));
      const { claim, submission } = await submitted(house, [await line()]);
      expect(await token.balanceOf(hospital)).to.equal(before + VISIT_PAID);
      await escrow.connect(hospital).reverse(claim, submission.lines);
      await escrow.connect(insurer).withdraw(plan, usd(10), insurer);
      expect(await token.balanceOf(hospital)).to.equal(before);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE + usd(400));
      await expectBalanced(house);
    });
  });

  for (const manner of REFUSALS) {
    describe(`refuses a payee (${manner})`, () => {
      it("credits what is paid at once, pays others, and pays the credit later, whoever asks", async () => {
        const house = await loadFixture(hostile);
        const { escrow, token, hospital, clinic, stranger, behave } = house;
        await behave(manner);
        const [owned, other] = [await token.balanceOf(hospital), await token.balanceOf(clinic)];
        const refused = await submitted(house, [await line()]);
        await expect(refused.transaction)
          .to.emit(escrow, "PaymentCredited")
          .withArgs(token.target, hospital.address, VISIT_PAID);
        await expect(refused.transaction)
          .to.emit(escrow, "ClaimPaid")
          .withArgs(refused.id, hospital.address, VISIT_PAID);
        await submitted(house, [await line()], { provider: clinic.address });
        expect(await token.balanceOf(hospital)).to.equal(owned);
        expect(await token.balanceOf(clinic)).to.be.above(other);
        await submitted(house, [await line({ number: 1 })]);
        expect(await escrow.creditOf(token, hospital)).to.equal(2n * VISIT_PAID);
        await expectBalanced(house);

        await expect(escrow.withdrawCredit(token, hospital)).to.revert(ethers);
        expect(await escrow.creditOf(token, hospital)).to.equal(2n * VISIT_PAID);
        await behave("Plain");
        await expect(escrow.connect(stranger).withdrawCredit(token, hospital))
          .to.emit(escrow, "CreditPaid")
          .withArgs(token.target, hospital.address, 2n * VISIT_PAID);
        expect(await token.balanceOf(hospital)).to.equal(owned + 2n * VISIT_PAID);
        await expect(escrow.withdrawCredit(token, hospital))
          .to.be.revertedWithCustomError(escrow, "CreditMissing")
          .withArgs(token.target, hospital.address);
        await expectBalanced(house);
      });

      it("takes nothing in from whom it refuses, and sends no reserve to it", async () => {
        const house = await loadFixture(hostile);
        const { escrow, plan, insurer, behave } = house;
        await behave(manner, insurer);
        await expect(escrow.connect(insurer).deposit(plan, usd(10))).to.revert(ethers);
        await expect(escrow.connect(insurer).withdraw(plan, usd(10), insurer)).to.revert(ethers);
        await expectBalanced(house);
      });
    });
  }

  describe("refuses a payee of claims in dispute", () => {
    it("lets claims end by decision, ruling and silence all the same", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, insurer, arbitrator, hospital, behave } = house;
      const first = await pending(house);
      const { day } = first.submission.lines[0]!;
      const second = await pending(house, { day: day - 1 });
      await behave("Reverts");
      await escrow.connect(insurer).decide(first.claim, usd(1_000), id("a response"));
      await escrow.connect(hospital).appeal(first.claim, id("grounds"));
      await escrow.connect(arbitrator).rule(first.claim, usd(500), id("reasons"));
      expect(await escrow.creditOf(token, hospital)).to.equal(usd(1_500));
      expect(await token.balanceOf(arbitrator)).to.equal(usd(75));
      await time.increase(WINDOWS.response);
      await escrow.finalize(second.claim);
      for (const { id } of [first, second]) expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
      await expectBalanced(house, [first.id, second.id]);
    });
  });

  describe("answers what is not true", () => {
    it("is named, where money comes in", async () => {
      const { escrow, token, plan, insurer, behave } = await loadFixture(hostile);
      for (const manner of ["AnswersFalse", "AnswersTwo", "AnswersMuch"] as const) {
        await behave(manner, insurer);
        await expect(escrow.connect(insurer).deposit(plan, 1n))
          .to.be.revertedWithCustomError(escrow, "SafeERC20FailedOperation")
          .withArgs(token.target);
      }
    });
  });

  describe("rebases down", () => {
    it("has payments credited until its balance covers them, and leaves other tokens alone", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, admin, hospital, clinic, insurer, hostile: shrinking } = house;
      const sound = await new TestToken__factory(admin).deploy("A dollar", "USDX", 6);
      await sound.mint(insurer, RESERVE);
      await sound.connect(insurer).approve(escrow, RESERVE);
      const key = { ...house.key, name: encodeBytes32String("Sound 2026") };
      await publishPlan({ ...house, token: sound }, {}, key);
      const policy = await policyFor(house, { plan: planId(key) });
      await escrow.connect(insurer).issue(policy);

      await shrinking.shrink(escrow, 2n * RESERVE - VISIT_PAID + 1n);
      await submitted(house, [await line()]);
      expect(await escrow.creditOf(token, hospital)).to.equal(VISIT_PAID);
      await submitted({ ...house, policy }, [await line()], { policy });
      expect(await sound.balanceOf(hospital)).to.equal(VISIT_PAID);
      expect(await sound.balanceOf(escrow)).to.equal(RESERVE - VISIT_PAID);
      expect(await escrow.creditOf(sound, hospital)).to.equal(0);
      await escrow.connect(insurer).withdraw(planId(key), RESERVE - VISIT_PAID - COLLATERAL, insurer);

      await expect(escrow.withdrawCredit(token, hospital)).to.revert(ethers);
      await shrinking.mint(escrow, 1n);
      const before = await token.balanceOf(hospital);
      await escrow.withdrawCredit(token, hospital);
      expect(await token.balanceOf(hospital)).to.equal(before + VISIT_PAID);
      expect(await escrow.creditOf(token, clinic)).to.equal(0);
    });
  });

  describe("has any decimals", () => {
    for (const decimals of [0, 6, 18]) {
      it(`pays to the unit with ${decimals}`, async () => {
        const house = await loadFixture(hostile);
        const { escrow, plans, admin, insurer, hospital, patient, arbitrator, fallback } = house;
        const token = await new TestToken__factory(admin).deploy("Money", "MON", decimals);
        const whole = (amount: bigint) => amount * 10n ** BigInt(decimals);
        await token.mint(patient, whole(1_000n));
        await token.connect(patient).approve(escrow, whole(1_000n));
        await token.connect(hospital).approve(escrow, whole(1_000n));
        const key = { ...house.key, name: encodeBytes32String("Any 2026") };
        const plan = planId(key);
        const roles = { arbitrator: arbitrator.address, fallbackArbitrator: fallback.address };
        const limits = { outOfPocketMax: whole(100n), autoApproveClaim: whole(50n), autoApproveYear: whole(500n) };
        const terms = { ...termsOf({ token: token.target as string, ...roles }), ...limits };
        await plans.connect(insurer).draft(key, { ...terms, deductible: 0n, annualLimit: 0n, collateral: whole(10n) });
        const third = benefit({ allowed: whole(20n), copay: whole(2n), coinsuranceBps: 3_333 });
        await plans.connect(insurer).setBenefits(key, [LAB], [third]);
        await plans.connect(insurer).publish(key);
        const policy = await policyFor(house, { plan, premium: whole(60n) });
        await escrow.connect(patient).purchase(policy, ...(await quoted(house, policy)));

        const billed = whole(21n);
        const { claim, submission } = await submitted({ ...house, policy }, [await line({ service: LAB, billed })]);
        const paid = whole(18n) - (whole(18n) * 3_333n) / 10_000n;
        expect(await token.balanceOf(hospital)).to.equal(paid);
        expect(await token.balanceOf(escrow)).to.equal(whole(60n) - paid);
        expect((await escrow.reserveOf(plan)).free).to.equal(whole(60n) - paid);
        expect((await escrow.policyOf(policyId(policy))).outOfPocket).to.equal(whole(20n) - paid);
        await escrow.connect(hospital).reverse(claim, submission.lines);
        await escrow.connect(insurer).withdraw(plan, whole(50n), insurer);
        expect(await token.balanceOf(escrow)).to.equal(whole(10n));
      });
    }
  });

  describe("is shared by two insurers' plans", () => {
    it("queues the claims of the one that ran dry, whatever the other has", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, plan, rivalPlan, insurer, hospital, employer } = house;
      await escrow.connect(insurer).withdraw(plan, RESERVE - COLLATERAL, insurer);
      const before = await token.balanceOf(hospital);
      const { id, claim } = await pending(house);
      await time.increase(WINDOWS.response);
      await escrow.finalize(claim);
      const { status, unfunded, benefit } = await escrow.claimOf(id);
      expect([status, unfunded]).to.deep.equal([BigInt(STATUS.Final), true]);
      expect(await token.balanceOf(hospital)).to.equal(before);
      await expect(escrow.fund(claim))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, COLLATERAL, benefit);
      await expectBalanced(house, [id]);
      expect((await escrow.reserveOf(rivalPlan)).free).to.equal(RESERVE);
      await escrow.connect(employer).deposit(plan, benefit - COLLATERAL);
      await escrow.fund(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + benefit);
      await expectBalanced(house, [id]);
    });
  });

  describe("reenters", () => {
    /**
     * A visit that was paid, one that was credited, one to submit, an operation the insurer was silent on, and a quote: the
     * token acts for everybody who may do something with them.
     */
    async function poised() {
      const house = await hostile();
      const { escrow, accreditation, token, insurer, hospital, employer, patient, plan, hostile: deployed } = house;
      for (const account of [insurer, hospital, employer, patient]) {
        await accreditation.connect(account).setMember(deployed, FAR);
      }
      await token.mint(deployed, usd(1_000_000));
      const paid = await submitted(house, [await line()]);
      await house.behave("Reverts");
      await submitted(house, [await line({ number: 1 })]);
      await house.behave("Plain");
      const operation = await pending(house, { number: 9 });
      await time.increase(WINDOWS.response);
      const visit = submission(house, [await line({ number: 2 })]);
      const authorized = await acknowledged(house, visit);
      const bought = await quote(house);
      const escrowed = {
        deposit: [insurer, "deposit", [plan, usd(10)]],
        purchase: [employer, "purchase", bought],
        reverse: [hospital, "reverse", [paid.claim, paid.submission.lines]],
        submit: [hospital, "submit", [visit, ...authorized]],
        finalize: [hospital, "finalize", [operation.claim]],
        withdrawCredit: [hospital, "withdrawCredit", [token.target, hospital.address]],
        withdraw: [insurer, "withdraw", [plan, usd(10), insurer.address]],
      } as const;
      const calls = Object.fromEntries(
        Object.entries(escrowed).map(([name, [caller, method, values]]) => [
          name,
          { caller, data: escrow.interface.encodeFunctionData(method as "deposit", values as never) },
        ]),
      ) as Record<keyof typeof escrowed, { caller: typeof insurer; data: string }>;
      return { ...house, calls, claims: [paid.id, operation.id, claimId(claimOf(visit))] };
    }

    /** Calls that take money in, and that pay it out. */
    const IN = ["deposit", "purchase", "reverse"] as const;
    const OUT = ["submit", "finalize", "withdrawCredit", "withdraw"] as const;

    /** What a call meets when it is repeated within itself. */
    const REPEATED = {
      submit: "ClaimExists",
      finalize: "ClaimStatusInvalid",
      withdrawCredit: "CreditMissing",
    };

    /** Makes one call, in the middle of whose transfer the token makes another. */
    async function within(outer: keyof typeof REPEATED | (typeof IN | typeof OUT)[number], inner: typeof outer) {
      const house = await loadFixture(poised);
      const { escrow, hostile: token, calls } = house;
      await token.reenter(escrow, calls[inner].data);
      const { caller, data } = calls[outer];
      const call = caller.sendTransaction({ to: escrow, data });
      return { ...house, call };
    }

    /** The name of the error the inner call met. */
    const metBy = async ({ escrow, hostile: token }: House) => escrow.interface.parseError(await token.answer())?.name;

    for (const outer of IN) {
      it(`is kept out of whatever takes money in while ${outer} does`, async () => {
        for (const inner of IN) {
          const house = await within(outer, inner);
          await house.call;
          expect(await metBy(house), inner).to.equal("ReentrancyGuardReentrantCall");
          await expectBalanced(house, house.claims);
        }
      });

      it(`cannot have paid out what ${outer} takes in`, async () => {
        for (const inner of OUT) {
          const house = await within(outer, inner);
          const before = await house.escrow.reserveOf(house.plan);
          await expect(house.call, inner).to.revert(ethers);
          expect(await house.escrow.reserveOf(house.plan)).to.deep.equal(before);
          await expectBalanced(house, house.claims);
        }
      });
    }

    for (const outer of OUT) {
      it(`gains nothing while ${outer} pays`, async () => {
        for (const inner of [...IN, ...OUT]) {
          const house = await within(outer, inner);
          await house.call;
          const error = inner === outer && inner in REPEATED ? REPEATED[inner as keyof typeof REPEATED] : undefined;
          expect(await house.hostile.entered(), inner).to.equal(error === undefined);
          if (error !== undefined) expect(await metBy(house)).to.equal(error);
          await expectBalanced(house, house.claims);
        }
      });
    }
  });
});
