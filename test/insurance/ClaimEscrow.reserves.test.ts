import { expect } from "chai";
import { encodeBytes32String, id, ZeroAddress, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { categoryMask } from "../../src/consent/category.js";
import { purposeMask } from "../../src/consent/purpose.js";
import { HostileToken__factory, TestToken__factory } from "../../src/generated/index.js";
import { ADMIN_DELAY, FAR, loadFixture, time } from "../fixtures.js";
import { claimId, claimOf, COLLATERAL, draftPlan, GROUNDS, insured, line, pending, planId } from "./escrow.js";
import {
  policyFor,
  publishPlan,
  quoted,
  REASONS,
  RESERVE,
  RESPONSE,
  RULING_FEE,
  STATUS,
  submission,
} from "./escrow.js";
import { submitted, today, usd, WINDOWS, type Insured } from "./escrow.js";

const DAY = 24 * 60 * 60;
const RUN_OFF = 180;
const MAX = 2n ** 96n - 1n;

async function freeOf({ escrow, plan }: Insured, of = plan) {
  return (await escrow.reserveOf(of)).free;
}

/** Expects that a plan's reserve cannot be brought under what it binds, and can be brought to it. */
async function expectFloor(house: Insured, floor: bigint) {
  const { escrow, plan, insurer } = house;
  const free = await freeOf(house);
  const own = escrow.connect(insurer);
  await expect(own.withdraw(plan, free - floor + 1n, insurer))
    .to.be.revertedWithCustomError(escrow, "ReserveShort")
    .withArgs(plan, free, free + 1n);
  await own.withdraw(plan, free - floor, insurer);
  expect(await freeOf(house)).to.equal(floor);
}

/** Operations on three days, each waiting for the insurer: the reserve binds the first two, and not the third. */
async function operations(house: Insured) {
  const day = await today();
  const claims = [];
  for (const ago of [3, 2, 1]) claims.push(await pending(house, { day: day - ago }));
  return claims as [Operation, Operation, Operation];
}

type Operation = Awaited<ReturnType<typeof pending>>;

/** What {@link operations} come to, in turn. */
const OWED = [usd(7_110), usd(7_890), usd(8_000)] as const;

/** Does something as the admin must: scheduled, waited for, executed. */
async function asAdmin({ accessManager, escrow }: Insured, action: "pause" | "unpause") {
  const call = escrow.interface.encodeFunctionData(action as "pause");
  await accessManager.schedule(escrow, call, 0);
  await time.increase(ADMIN_DELAY);
  return accessManager.execute(escrow, call);
}

describe("ClaimEscrow", () => {
  describe("deposit", () => {
    it("puts anybody's money into a plan's reserve", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, employer } = house;
      const [held, owned] = [await token.balanceOf(escrow), await token.balanceOf(employer)];
      await expect(escrow.connect(employer).deposit(plan, 7n))
        .to.emit(escrow, "ReserveDeposited")
        .withArgs(plan, employer.address, 7n);
      expect(await escrow.reserveOf(plan)).to.deep.equal([RESERVE + 7n, 0n, 1n]);
      expect(await token.balanceOf(escrow)).to.equal(held + 7n);
      expect(await token.balanceOf(employer)).to.equal(owned - 7n);
    });

    it("rejects a draft, and a plan nobody drafted", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
      await draftPlan(house, {}, key);
      for (const plan of [planId(key), ZeroHash]) {
        await expect(escrow.connect(insurer).deposit(plan, 1n))
          .to.be.revertedWithCustomError(escrow, "PlanNotPublished")
          .withArgs(plan);
      }
    });

    it("takes a reserve to all that 96 bits hold, and rejects a unit more", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, employer } = house;
      await token.mint(employer, MAX);
      await token.connect(employer).approve(escrow, 2n * MAX);
      const own = escrow.connect(employer);
      await own.deposit(plan, MAX - RESERVE);
      expect(await freeOf(house)).to.equal(MAX);
      await expect(own.deposit(plan, 1n)).to.be.revertedWithCustomError(escrow, "ReserveTooLarge").withArgs(plan);
      await own.deposit(plan, 0n);
    });

    it("lets every exit through, however full the reserve is", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, insurer, hospital, token } = house;
      const { claim } = await pending(house);
      await escrow.connect(insurer).decide(claim, 0, RESPONSE);
      await escrow.connect(hospital).appeal(claim, GROUNDS);
      await token.mint(insurer, MAX);
      await token.connect(insurer).approve(escrow, MAX);
      await escrow.connect(insurer).deposit(plan, MAX - (await freeOf(house)));
      await time.increase(2 * WINDOWS.ruling);
      await escrow.finalize(claim);
      expect(await freeOf(house)).to.equal(MAX + RULING_FEE);
    });

    it("rejects who has not the money, or has not approved it", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, stranger, employer } = house;
      await token.connect(stranger).approve(escrow, MAX);
      await expect(escrow.connect(stranger).deposit(plan, 1n)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientBalance",
      );
      await token.connect(employer).approve(escrow, 0n);
      await expect(escrow.connect(employer).deposit(plan, 1n)).to.be.revertedWithCustomError(
        token,
        "ERC20InsufficientAllowance",
      );
      expect(await freeOf(house)).to.equal(RESERVE);
    });
  });

  describe("withdraw", () => {
    it("takes free money out, to whom the insurer's staff says", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, adjuster, stranger } = house;
      const held = await token.balanceOf(escrow);
      await expect(escrow.connect(adjuster).withdraw(plan, usd(3), stranger))
        .to.emit(escrow, "ReserveWithdrawn")
        .withArgs(plan, stranger.address, usd(3), adjuster.address);
      expect(await freeOf(house)).to.equal(RESERVE - usd(3));
      expect(await token.balanceOf(stranger)).to.equal(usd(3));
      expect(await token.balanceOf(escrow)).to.equal(held - usd(3));
    });

    it("leaves the collateral of each live policy, to the unit", async () => {
      const house = await loadFixture(insured);
      await house.escrow.connect(house.insurer).issue(await policyFor(house, { document: id("another") }));
      await expectFloor(house, 2n * COLLATERAL);
    });

    it("leaves what unfunded claims are owed too, and cannot touch what is bound", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, token } = house;
      await operations(house);
      expect(await escrow.reserveOf(plan)).to.deep.equal([RESERVE - OWED[0] - OWED[1], OWED[2], 1n]);
      await expect(escrow.connect(house.insurer).withdraw(plan, 1n, house.insurer))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, RESERVE - OWED[0] - OWED[1], COLLATERAL + OWED[2] + 1n);
      await escrow.connect(house.employer).deposit(plan, usd(5_000));
      await expectFloor(house, COLLATERAL + OWED[2]);
      expect(await token.balanceOf(escrow)).to.equal(COLLATERAL + OWED[0] + OWED[1] + OWED[2]);
    });

    it("leaves nothing of a plan whose policies are closed", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, policy } = house;
      await time.increaseTo((policy.endDay + RUN_OFF) * DAY);
      await escrow.close(policy);
      await expectFloor(house, 0n);
      expect(await token.balanceOf(escrow)).to.equal(0);
    });

    it("keeps a policy that was ended bound until it is closed", async () => {
      const house = await loadFixture(insured);
      await house.escrow.connect(house.patient).terminate(house.policy, (await today()) + 1);
      await expectFloor(house, COLLATERAL);
    });

    it("lets an insurer without licence take out what is free", async () => {
      const house = await loadFixture(insured);
      await house.accreditation.revoke(house.insurer, roleNumber("Insurer"));
      await expectFloor(house, COLLATERAL);
    });

    it("rejects everybody else, for a plan nobody drafted too", async () => {
      const { escrow, accreditation, plan, insurer, rival, patient, hospital, stranger, admin } =
        await loadFixture(insured);
      await accreditation.connect(stranger).setMember(insurer, FAR);
      for (const caller of [rival, patient, hospital, stranger, admin]) {
        await expect(escrow.connect(caller).withdraw(plan, 1n, caller))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer.address, caller.address);
      }
      await expect(escrow.connect(insurer).withdraw(ZeroHash, 0n, insurer))
        .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
        .withArgs(ZeroAddress, insurer.address);
    });

    it("leaves another plan's money alone, the same insurer's in the same token", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer } = house;
      const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
      await publishPlan(house, {}, key);
      await expectFloor({ ...house, plan: planId(key) }, 0n);
      expect(await freeOf(house)).to.equal(RESERVE);
      await expect(escrow.connect(insurer).withdraw(planId(key), 1n, insurer))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(planId(key), 0n, 1n);
      expect(await token.balanceOf(escrow)).to.equal(RESERVE);
    });
  });

  describe("the floor, on issue", () => {
    it("takes a policy whose collateral is just there, and rejects it for a unit", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, insurer, employer } = house;
      await escrow.connect(insurer).withdraw(plan, RESERVE - 2n * COLLATERAL + 1n, insurer);
      const policy = await policyFor(house, { document: id("another") });
      await expect(escrow.connect(insurer).issue(policy))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, 2n * COLLATERAL - 1n, 2n * COLLATERAL);
      await escrow.connect(employer).deposit(plan, 1n);
      await escrow.connect(insurer).issue(policy);
      await expectFloor(house, 2n * COLLATERAL);
    });

    it("rejects a policy while claims are unfunded", async () => {
      const house = await loadFixture(insured);
      const { escrow, plan, insurer, employer } = house;
      await operations(house);
      const free = RESERVE - OWED[0] - OWED[1];
      const needed = 2n * COLLATERAL + OWED[2];
      const policy = await policyFor(house, { document: id("another") });
      await expect(escrow.connect(insurer).issue(policy))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, free, needed);
      await escrow.connect(employer).deposit(plan, needed - free);
      await escrow.connect(insurer).issue(policy);
    });

    it("counts another plan's policies and claims for nothing", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
      await publishPlan(house, {}, key);
      await operations(house);
      const gold = { ...house, plan: planId(key) };
      await escrow.connect(insurer).withdraw(gold.plan, RESERVE - COLLATERAL, insurer);
      await escrow.connect(insurer).issue(await policyFor(gold));
      await expectFloor(gold, COLLATERAL);
    });
  });

  describe("withdrawCredit", () => {
    it("rejects who is owed nothing", async () => {
      const { escrow, token, hospital } = await loadFixture(insured);
      await expect(escrow.withdrawCredit(token, hospital))
        .to.be.revertedWithCustomError(escrow, "CreditMissing")
        .withArgs(token.target, hospital.address);
      expect(await escrow.creditOf(token, hospital)).to.equal(0);
    });
  });

  describe("pause", () => {
    it("stops issue and purchase, and unpause lets them go on", async () => {
      const house = await loadFixture(insured);
      const { escrow, accessManager, insurer, patient } = house;
      const policy = await policyFor(house, { document: id("another") });
      const authorized = await quoted(house, policy);
      await expect(asAdmin(house, "pause")).to.emit(escrow, "Paused").withArgs(accessManager.target);
      await expect(escrow.connect(insurer).issue(policy)).to.be.revertedWithCustomError(escrow, "EnforcedPause");
      await expect(escrow.connect(patient).purchase(policy, ...authorized)).to.be.revertedWithCustomError(
        escrow,
        "EnforcedPause",
      );
      await expect(asAdmin(house, "unpause")).to.emit(escrow, "Unpaused").withArgs(accessManager.target);
      await escrow.connect(patient).purchase(policy, ...authorized);
      await escrow.connect(insurer).issue({ ...policy, document: id("a third") });
    });

    it("rejects a second one, and an unpause of what goes on", async () => {
      const house = await loadFixture(insured);
      await expect(asAdmin(house, "unpause")).to.be.revertedWithCustomError(house.escrow, "ExpectedPause");
      await asAdmin(house, "pause");
      await expect(asAdmin(house, "pause")).to.be.revertedWithCustomError(house.escrow, "EnforcedPause");
    });

    it("rejects everybody but the admin, and the admin without the delay", async () => {
      const house = await loadFixture(insured);
      const { escrow, accessManager, admin, insurer, stranger } = house;
      for (const action of ["pause", "unpause"] as const) {
        for (const caller of [insurer, stranger]) {
          await expect(escrow.connect(caller)[action]())
            .to.be.revertedWithCustomError(escrow, "AccessManagedUnauthorized")
            .withArgs(caller.address);
        }
        await expect(escrow.connect(admin)[action]()).to.be.revertedWithCustomError(
          accessManager,
          "AccessManagerNotScheduled",
        );
      }
      expect(await escrow.paused()).to.be.false;
    });

    it("leaves every exit open", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, consents, plan, insurer, patient, hospital, arbitrator, employer, stranger } = house;
      const consent = id("a privacy notice");
      const terms = { purposes: purposeMask(["HPAYMT"]), categories: categoryMask(["claims"]) };
      await consents.connect(patient).grant(patient, hospital, consent, { ...terms, validFrom: 0, validUntil: FAR });
      const [ruled, silent, unfunded] = await operations(house);
      const owed = await creditedTo(house);
      await asAdmin(house, "pause");

      const [own, care] = [escrow.connect(insurer), escrow.connect(hospital)];
      await own.decide(ruled.claim, usd(7_000), RESPONSE);
      await escrow.connect(patient).appeal(ruled.claim, GROUNDS);
      await escrow.connect(arbitrator).rule(ruled.claim, usd(110), REASONS);
      await escrow.connect(employer).deposit(plan, usd(20_000));
      await escrow.fund(unfunded.claim);
      await own.decide(unfunded.claim, 0n, RESPONSE);

      const visit = await submitted(house, [await line()]);
      await care.reverse(visit.claim, visit.submission.lines);
      const accepted = submission(house, [await line({ number: 1 })]);
      await care.submitOnConsent(accepted, consent);
      await own.accept(accepted);
      const lapsed = submission(house, [await line({ number: 2 })]);
      await care.submitOnConsent(lapsed, consent);
      await time.increase(WINDOWS.response);
      await escrow.lapse(claimOf(lapsed), lapsed.lines);
      await escrow.finalize(silent.claim);
      await time.increase(WINDOWS.appeal);
      await escrow.finalize(unfunded.claim);

      const states = [ruled.id, unfunded.id, visit.id, claimId(claimOf(accepted)), claimId(claimOf(lapsed)), silent.id];
      const statuses = await Promise.all(states.map(async (id) => (await escrow.claimOf(id)).status));
      const { Final, Reversed, None } = STATUS;
      expect(statuses).to.deep.equal([Final, Final, Reversed, Final, None, Final].map(BigInt));
      // The operations used up the patient's part of the year, so the visit is paid without copay.
      const paid = RULING_FEE + OWED[0] + OWED[1] + usd(120);
      expect(await token.balanceOf(escrow)).to.equal(RESERVE + usd(20_000) - paid);

      await escrow.withdrawCredit(owed, hospital);
      expect(await escrow.creditOf(owed, hospital)).to.equal(0);
      const endDay = (await today()) + 1;
      await escrow.connect(patient).terminate(house.policy, endDay);
      await time.increaseTo((endDay + RUN_OFF) * DAY);
      await escrow.connect(stranger).close(house.policy);
      await own.withdraw(plan, await freeOf(house), insurer);
      expect(await token.balanceOf(escrow)).to.equal(0);
    });
  });
});

/** Owes the hospital a visit in a token that would not pay it; gives the token, which would by now. */
async function creditedTo(house: Insured) {
  const hostile = await new HostileToken__factory(house.admin).deploy();
  const token = TestToken__factory.connect(await hostile.getAddress(), house.admin) as Insured["token"];
  await token.mint(house.insurer, RESERVE);
  const key = { ...house.key, name: encodeBytes32String("Gold 2026") };
  await publishPlan({ ...house, token }, {}, key);
  const policy = await policyFor(house, { plan: planId(key) });
  await house.escrow.connect(house.insurer).issue(policy);
  await hostile.behave(5, house.hospital);
  await submitted({ ...house, policy }, [await line()]);
  await hostile.behave(0, ZeroAddress);
  expect(await house.escrow.creditOf(token, house.hospital)).to.equal(usd(100));
  return token;
}
