import { expect } from "chai";
import { encodeBytes32String, id as digest } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { HostileToken__factory } from "../../src/generated/index.js";
import { FAR, loadFixture, POLICY, time } from "../fixtures.js";
import {
  appealed,
  atDeadline,
  booksBalance,
  consentToBill,
  deadlineOf,
  decided,
  runDry,
  SURGERY_BENEFIT,
} from "./claims.js";
import {
  acknowledged,
  type Claim,
  claimId,
  claimOf,
  COLLATERAL,
  GROUNDS,
  type Insured,
  insured,
  LAB,
  line,
  type Line,
  pending,
  planId,
  policyFor,
  policyId,
  preauthorized,
  publishPlan,
  REASONS,
  RESERVE,
  RESPONSE,
  STATUS,
  submission,
  submitted,
  SURGERY,
  today,
  usd,
  WINDOWS,
} from "./escrow.js";

const DAY = 24 * 60 * 60;

/** In the order of `HostileToken`. */
const MANNER = { Plain: 0, TakesFee: 7 } as const;

/** A visit of which the plan pays 500: as much as it pays at once. */
const visit = (changes: Partial<Line> = {}) => line({ quantity: 5_000, billed: usd(520), ...changes });

/** {@link insured}, with a second plan in the same token, of a rival's, and a policy of the same patient under it. */
async function twoPlans() {
  const house = await loadFixture(insured);
  const key = { insurer: house.rival.address, name: encodeBytes32String("Gold 2026") };
  await publishPlan(house, {}, key);
  const other = await policyFor(house, { plan: planId(key) });
  await house.escrow.connect(house.rival).issue(other);
  return { ...house, other };
}

/** {@link insured}, under a plan in a token that behaves as it is told. */
async function hostile() {
  const house = await loadFixture(insured);
  const { admin, escrow, insurer, hospital } = house;
  const token = await new HostileToken__factory(admin).deploy();
  for (const account of [insurer, hospital]) await token.mint(account, usd(1_000_000));
  const key = { insurer: insurer.address, name: encodeBytes32String("Hostile") };
  await publishPlan(house, { token: token.target as string }, key);
  const policy = await policyFor(house, { plan: planId(key) });
  await escrow.connect(insurer).issue(policy);
  return { ...house, token, plan: planId(key), policy, policyId: policyId(policy) };
}

describe("attacks on the claim escrow", () => {
  describe("by a provider who bills strangers and waits", () => {
    it("gets nothing in without the patient's word or consent, whatever it signs or declares itself", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, patient, hospital, nurse } = house;
      const claim = submission(house, [await line()]);
      await accreditation.connect(hospital).setMember(patient, FAR);
      for (const signer of [hospital, nurse]) {
        const [authorization, signature] = await acknowledged(house, claim, { signer });
        await expect(escrow.connect(hospital).submit(claim, authorization, signature))
          .to.be.revertedWithCustomError(escrow, "AcknowledgementInvalid")
          .withArgs(patient, signer);
        await expect(escrow.connect(hospital).submit(claim, { ...authorization, signer: patient.address }, signature))
          .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
          .withArgs(patient);
      }
      await expect(escrow.connect(hospital).submitOnConsent(claim, POLICY)).to.be.revertedWithCustomError(
        escrow,
        "ClaimUnpermitted",
      );
    });

    it("gets nothing by waiting, with a consent too", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, plan, hospital } = house;
      await consentToBill(house);
      const before = await token.balanceOf(hospital);
      const claim = submission(house, [await visit()]);
      const id = claimId(claimOf(claim));
      await escrow.connect(hospital).submitOnConsent(claim, POLICY);
      await atDeadline(house, id, 365 * DAY);
      await expect(escrow.finalize(claimOf(claim)))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(id, STATUS.Unacknowledged);
      await expect(escrow.fund(claimOf(claim)))
        .to.be.revertedWithCustomError(escrow, "ClaimIsFunded")
        .withArgs(id);
      await escrow.lapse(claimOf(claim), claim.lines);
      expect(await token.balanceOf(hospital)).to.equal(before);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE);
      await booksBalance(house, [claimOf(claim)]);
    });

    it("gets no claim appealed that nobody acknowledged", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      await consentToBill(house);
      const claim = submission(house, [await line()]);
      await escrow.connect(hospital).submitOnConsent(claim, POLICY);
      await expect(escrow.connect(hospital).appeal(claimOf(claim), GROUNDS))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(claimId(claimOf(claim)), STATUS.Unacknowledged);
    });
  });

  describe("by providers who structure claims under the limit", () => {
    it("pays a policy's claims at once up to the year's limit, however many, of however many providers", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, clinic } = house;
      const before = (await token.balanceOf(hospital)) + (await token.balanceOf(clinic));
      const claims: Claim[] = [];
      for (let number = 0; number < 8; ++number) {
        const provider = number % 2 ? clinic : hospital;
        claims.push((await submitted(house, [await visit({ number })], { provider: provider.address })).claim);
      }
      expect((await token.balanceOf(hospital)) + (await token.balanceOf(clinic))).to.equal(before + usd(2_000));
      expect((await escrow.policyOf(house.policyId)).autoApproved).to.equal(usd(2_000));
      await booksBalance(house, claims);
    });

    it("gives the limit back only for money that comes back", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital } = house;
      const before = await token.balanceOf(hospital);
      const claims: Claim[] = [];
      for (let round = 0; round < 3; ++round) {
        for (let number = 0; number < 4; ++number) {
          const documents = digest(`claim ${round} ${number}`);
          const { claim, id, submission: presented } = await submitted(house, [await visit({ number })], { documents });
          expect((await escrow.claimOf(id)).automatic).to.be.true;
          claims.push(claim);
          if (round < 2) await escrow.connect(hospital).reverse(claim, presented.lines);
        }
      }
      expect(await token.balanceOf(hospital)).to.equal(before + usd(2_000));
      await booksBalance(house, claims);
    });

    it("does not count a claim the insurer approved towards what is paid at once", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer } = house;
      const { claim, submission: presented } = await pending(house);
      await escrow.connect(insurer).decide(claim, SURGERY_BENEFIT, RESPONSE);
      const small = await submitted(house, [await line({ number: 1 })]);
      await escrow.connect(hospital).reverse(claim, presented.lines);
      expect((await escrow.policyOf(house.policyId)).autoApproved).to.equal(usd(100));
      await booksBalance(house, [claim, small.claim]);
    });
  });

  describe("by an insurer who stalls", () => {
    it("pays by its silence", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, stranger } = house;
      const before = await token.balanceOf(hospital);
      const { claim, id } = await pending(house);
      await atDeadline(house, id);
      await escrow.connect(stranger).finalize(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
    });

    it("can't decide once the window is over, also before anybody ends it", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const { claim, id } = await pending(house);
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id, 100 * DAY);
      await expect(escrow.connect(insurer).decide(claim, 0, RESPONSE))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
        .withArgs(id, deadline);
    });

    it("gains nothing by naming both arbitrators its staff: their silence pays", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, token, insurer, hospital, arbitrator, fallback } = house;
      const before = await token.balanceOf(hospital);
      const { claim, id } = await appealed(house);
      for (const each of [arbitrator, fallback]) await accreditation.connect(insurer).setMember(each, FAR);
      await expect(escrow.connect(arbitrator).rule(claim, 0, REASONS)).to.be.revertedWithCustomError(
        escrow,
        "RulingUnauthorized",
      );
      await atDeadline(house, id);
      await expect(escrow.connect(fallback).rule(claim, 0, REASONS)).to.be.revertedWithCustomError(
        escrow,
        "RulingUnauthorized",
      );
      await atDeadline(house, id, WINDOWS.ruling);
      await escrow.finalize(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
      await booksBalance(house, [claim]);
    });
  });

  describe("by an insurer who runs dry", () => {
    it("can't take out what is bound to claims, disputed, set aside for rulings or collateral", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, insurer, plan } = house;
      const [one, two] = [await pending(house), await decided(house, usd(1_000), { day: house.policy.firstDay })];
      const { free } = await escrow.reserveOf(plan);
      const own = escrow.connect(insurer);
      await expect(own.withdraw(plan, free - COLLATERAL + 1n, insurer))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, free, free + 1n);
      await own.withdraw(plan, free - COLLATERAL, insurer);
      await booksBalance(house, [one.claim, two.claim]);
      await atDeadline(house, one.id);
      await expect(escrow.finalize(one.claim)).to.emit(token, "Transfer");
    });

    it("can't deny what it can't pay for the ruling on", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, plan } = house;
      await runDry(house);
      const last = await submitted(house, [await visit()]);
      const { claim, id } = await pending(house, { number: 1 });
      await expect(escrow.connect(insurer).decide(claim, 0, RESPONSE))
        .to.be.revertedWithCustomError(escrow, "RulingFeeUnfunded")
        .withArgs(plan, 0, usd(75));
      await atDeadline(house, id);
      await escrow.finalize(claim);
      expect((await escrow.claimOf(id)).unfunded).to.be.true;
      await booksBalance(house, [last.claim, claim]);
    });

    it("takes nothing from another insurer's plan, in the same token too", async () => {
      const house = await loadFixture(twoPlans);
      const { escrow, token, hospital, rival, other, plan } = house;
      await runDry(house);
      const reserve = await escrow.reserveOf(other.plan);
      const before = await token.balanceOf(hospital);
      const queued = await pending(house);
      await atDeadline(house, queued.id);
      await escrow.finalize(queued.claim);
      await expect(escrow.fund(queued.claim))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, COLLATERAL, SURGERY_BENEFIT);
      expect(await token.balanceOf(hospital)).to.equal(before);
      expect(await escrow.reserveOf(other.plan)).to.deep.equal(reserve);
      await escrow.connect(rival).withdraw(other.plan, RESERVE - COLLATERAL, rival);
      await booksBalance(house, [queued.claim], [other.plan]);
    });

    it("can't sell new policies instead of paying old claims", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, plan } = house;
      await runDry(house);
      await pending(house);
      await expect(escrow.connect(insurer).issue(await policyFor(house, { document: digest("another coverage") })))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, COLLATERAL, 2n * COLLATERAL + SURGERY_BENEFIT);
    });
  });

  describe("by an insurer who closes early", () => {
    it("waits for the run-off, and then still owes what came before", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, insurer, plan, policy } = house;
      await runDry(house);
      const { claim, id } = await pending(house);
      await atDeadline(house, id);
      await escrow.finalize(claim);
      const over = policy.endDay + 180;
      await time.setNextBlockTimestamp(over * DAY - 1);
      await expect(escrow.connect(insurer).close(policy))
        .to.be.revertedWithCustomError(escrow, "PolicyRunningOff")
        .withArgs(house.policyId, over);
      await time.setNextBlockTimestamp(over * DAY);
      await escrow.connect(insurer).close(policy);
      await expect(escrow.connect(insurer).withdraw(plan, 1n, insurer))
        .to.be.revertedWithCustomError(escrow, "ReserveShort")
        .withArgs(plan, COLLATERAL, SURGERY_BENEFIT + 1n);
      const before = await token.balanceOf(hospital);
      await escrow.connect(insurer).deposit(plan, SURGERY_BENEFIT);
      await escrow.fund(claim);
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
      await booksBalance(house, [claim]);
    });
  });

  describe("by an insurer who terminates the ill", () => {
    it("gives thirty days' notice, covers them, and pays what was before", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, policy } = house;
      const { claim, id } = await pending(house);
      const own = escrow.connect(insurer);
      const now = await today();
      const earliest = now + 30;
      for (const endDay of [policy.firstDay, now - 1, now, now + 1, earliest - 1]) {
        await expect(own.terminate(policy, endDay))
          .to.be.revertedWithCustomError(escrow, "TerminationDayInvalid")
          .withArgs(house.policyId, endDay, earliest, policy.endDay);
      }
      await own.terminate(policy, earliest);
      await time.increaseTo((earliest + 100) * DAY);
      const within = await submitted(house, [await line({ day: earliest - 1, number: 1 })]);
      expect((await escrow.claimOf(within.id)).benefit).to.equal(usd(100));
      await escrow.finalize(claim);
      expect((await escrow.claimOf(id)).benefit).to.equal(SURGERY_BENEFIT);
      await booksBalance(house, [claim, within.claim]);
    });
  });

  describe("by replaying what was signed", () => {
    it("counts an acknowledgement once, also after a reversal, on consent and in one transaction", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      await consentToBill(house);
      const claim = submission(house, [await line()]);
      const id = claimId(claimOf(claim));
      const authorized = await acknowledged(house, claim);
      const own = escrow.connect(hospital);
      const submit = escrow.interface.encodeFunctionData("submit", [claim, ...authorized]);
      const reverse = escrow.interface.encodeFunctionData("reverse", [claimOf(claim), claim.lines]);
      for (const calls of [
        [submit, submit],
        [submit, reverse, submit],
      ]) {
        await expect(own.multicall(calls)).to.be.revertedWithCustomError(escrow, "ClaimExists").withArgs(id);
      }
      await own.submit(claim, ...authorized);
      await own.reverse(claimOf(claim), claim.lines);
      await expect(own.submit(claim, ...authorized))
        .to.be.revertedWithCustomError(escrow, "ClaimExists")
        .withArgs(id);
      await expect(own.submitOnConsent(claim, POLICY))
        .to.be.revertedWithCustomError(escrow, "ClaimExists")
        .withArgs(id);
      await booksBalance(house, [claimOf(claim)]);
    });

    it("does not bring a reversed claim back that the insurer accepted", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer } = house;
      await consentToBill(house);
      const claim = submission(house, [await line()]);
      const id = claimId(claimOf(claim));
      const own = escrow.connect(hospital);
      await own.submitOnConsent(claim, POLICY);
      await escrow.connect(insurer).accept(claim);
      await own.reverse(claimOf(claim), claim.lines);
      await expect(own.submitOnConsent(claim, POLICY))
        .to.be.revertedWithCustomError(escrow, "ClaimExists")
        .withArgs(id);
      await expect(escrow.connect(insurer).accept(claim))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(id, STATUS.Reversed);
    });
  });

  describe("by confusing policies and plans", () => {
    it("knows no claim by another policy, plan or provider than it was made with", async () => {
      const house = await loadFixture(twoPlans);
      const { escrow, insurer, rival, hospital, patient, arbitrator, policy, other, clinic } = house;
      const { claim, submission: presented } = await decided(house);
      for (const forged of [
        { ...claim, policy: other },
        { ...claim, policy: { ...policy, plan: other.plan } },
        { ...claim, provider: clinic.address },
      ]) {
        for (const call of [
          () => escrow.connect(insurer).decide(forged, 0, RESPONSE),
          () => escrow.connect(rival).decide(forged, 0, RESPONSE),
          () => escrow.connect(patient).appeal(forged, GROUNDS),
          () => escrow.connect(arbitrator).rule(forged, 0, REASONS),
          () => escrow.connect(clinic).reverse(forged, presented.lines),
          () => escrow.connect(hospital).reverse(forged, presented.lines),
          () => escrow.finalize(forged),
          () => escrow.lapse(forged, presented.lines),
        ]) {
          await expect(call())
            .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
            .withArgs(claimId(forged), STATUS.None);
        }
      }
      await booksBalance(house, [claim], [other.plan]);
    });

    it("takes neither an acknowledgement nor a preauthorisation under another plan", async () => {
      const house = await loadFixture(twoPlans);
      const { escrow, hospital, patient, insurer, other } = house;
      const bare = submission(house, [await line({ service: SURGERY, billed: usd(8_000) })]);
      const authorized = await acknowledged(house, bare);
      const promise = await preauthorized(house, { ...bare, policy: other }, 0);
      const elsewhere = { ...bare, policy: other };
      await expect(escrow.connect(hospital).submit(elsewhere, ...authorized))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(patient);
      const presented = { ...elsewhere, preauthorizations: [promise] };
      await expect(escrow.connect(hospital).submit(presented, ...(await acknowledged(house, presented))))
        .to.be.revertedWithCustomError(escrow, "PreauthorizationInvalid")
        .withArgs(0, insurer);
    });

    it("keeps claims, accumulators and reserves of two plans apart", async () => {
      const house = await loadFixture(twoPlans);
      const { escrow, hospital, rival, other, plan } = house;
      const lab = [await line({ service: LAB, number: 1, billed: usd(80) })];
      const [here, there] = [await submitted(house, lab), await submitted(house, lab, { policy: other })];
      const visits = await submitted(house, [await visit()], { policy: other });
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE);
      expect((await escrow.reserveOf(other.plan)).free).to.equal(RESERVE - usd(500));
      await booksBalance(house, [here.claim, there.claim, visits.claim]);
      await escrow.connect(hospital).reverse(here.claim, lab);
      expect((await escrow.policyOf(policyId(other))).deductible).to.equal(usd(80));
      await booksBalance(house, [here.claim, there.claim, visits.claim]);
      await escrow.connect(rival).withdraw(other.plan, 1n, rival);
    });
  });

  describe("by way of multicall", () => {
    it("gives nobody another's rights, and undoes all when one call fails", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, insurer, stranger } = house;
      const { claim, id } = await pending(house);
      const decide = escrow.interface.encodeFunctionData("decide", [claim, 0, RESPONSE]);
      for (const caller of [stranger, hospital]) {
        await expect(escrow.connect(caller).multicall([decide]))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer, caller);
      }
      await expect(escrow.connect(insurer).multicall([decide, decide]))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(id, STATUS.Decided);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Pending);
    });

    it("pays nothing twice", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator } = house;
      await runDry(house);
      const queued = await pending(house);
      await escrow.connect(house.employer).deposit(house.plan, SURGERY_BENEFIT);
      await atDeadline(house, queued.id);
      await escrow.finalize(queued.claim);
      const fund = escrow.interface.encodeFunctionData("fund", [queued.claim]);
      await expect(escrow.multicall([fund, fund]))
        .to.be.revertedWithCustomError(escrow, "ClaimIsFunded")
        .withArgs(queued.id);
      await escrow.fund(queued.claim);
      const disputed = await appealed(house, 0n, { day: house.policy.firstDay });
      const rule = escrow.interface.encodeFunctionData("rule", [disputed.claim, 1n, REASONS]);
      await expect(escrow.connect(arbitrator).multicall([rule, rule]))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(disputed.id, STATUS.Final);
      await booksBalance(house, [queued.claim, disputed.claim]);
    });
  });

  describe("by way of the token", () => {
    it("takes nothing back of a provider when less arrives than was paid", async () => {
      const house = await loadFixture(hostile);
      const { escrow, token, hospital } = house;
      const { claim, id, submission: presented } = await submitted(house as unknown as Insured, [await line()]);
      await token.behave(MANNER.TakesFee, hospital);
      await expect(escrow.connect(hospital).reverse(claim, presented.lines))
        .to.be.revertedWithCustomError(escrow, "TokenTookFee")
        .withArgs(token, usd(100), usd(100) - 1n);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
      await token.behave(MANNER.Plain, hospital);
      await escrow.connect(hospital).reverse(claim, presented.lines);
    });

    it("pays once when the token calls back in the middle of it", async () => {
      const house = (await loadFixture(hostile)) as unknown as Insured;
      const token = HostileToken__factory.connect(house.token.target as string, house.admin);
      const { escrow, hospital, insurer, plan } = house;
      const { claim, id } = await pending(house);
      const before = await token.balanceOf(hospital);
      await atDeadline(house, id);
      await token.reenter(escrow, escrow.interface.encodeFunctionData("finalize", [claim]));
      await escrow.finalize(claim);
      expect(await token.entered()).to.be.false;
      expect(await token.balanceOf(hospital)).to.equal(before + SURGERY_BENEFIT);
      const { free } = await escrow.reserveOf(plan);
      await escrow.connect(insurer).withdraw(plan, free - COLLATERAL, insurer);
      const queued = await submitted(house, [await visit({ number: 1 }), await visit({ number: 2 })]);
      expect((await escrow.claimOf(queued.id)).unfunded).to.be.true;
      await escrow.connect(insurer).deposit(plan, usd(1_000));
      await atDeadline(house, queued.id);
      await escrow.finalize(queued.claim);
      await token.reenter(escrow, escrow.interface.encodeFunctionData("fund", [queued.claim]));
      const held = await token.balanceOf(hospital);
      await escrow.fund(queued.claim);
      expect(await token.entered()).to.be.false;
      expect(await token.balanceOf(hospital)).to.equal(held + (await escrow.claimOf(queued.id)).benefit);
      await booksBalance(house, [claim, queued.claim]);
    });

    it("counts no deposit made in the middle of a reversal", async () => {
      const house = (await loadFixture(hostile)) as unknown as Insured;
      const token = HostileToken__factory.connect(house.token.target as string, house.admin);
      const { escrow, hospital, plan } = house;
      const { claim, submission: presented } = await submitted(house, [await line()]);
      await token.mint(token, usd(100));
      await token.reenter(escrow, escrow.interface.encodeFunctionData("deposit", [plan, usd(100)]));
      await escrow.connect(hospital).reverse(claim, presented.lines);
      expect(await token.entered()).to.be.false;
      await booksBalance(house, [claim]);
    });
  });

  describe("by way of roles", () => {
    it("lets no one bill as what does not bill, licensed or not", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, arbitrator } = house;
      for (const [provider, name] of [
        [insurer, "Insurer"],
        [arbitrator, "Arbitrator"],
      ] as const) {
        const claim = submission(house, [await line()], { provider: provider.address, role: roleNumber(name) });
        await expect(escrow.connect(provider).submit(claim, ...(await acknowledged(house, claim))))
          .to.be.revertedWithCustomError(escrow, "ProviderUnauthorized")
          .withArgs(provider, claim.role, provider);
      }
    });
  });
});
