import { expect } from "chai";
import { encodeBytes32String, id as digest } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { categoryMask } from "../../src/consent/category.js";
import { SmartAccount__factory } from "../../src/generated/index.js";
import { APPEAL } from "../../src/insurance/messages.js";
import { FAR, LABORATORY, loadFixture, time } from "../fixtures.js";
import { appealed, atDeadline, booksBalance, deadlineOf, decided, SURGERY_BENEFIT, SURGERY_SHARE } from "./claims.js";
import {
  acknowledged,
  appealSigned,
  type Claim,
  claimId,
  claimOf,
  GROUNDS,
  type Insured,
  insured,
  line,
  pending,
  planId,
  policyFor,
  policyId,
  preauthorized,
  publishPlan,
  REASONS,
  RESERVE,
  RESPONSE,
  RULING_FEE,
  signFor,
  STATUS,
  submission,
  submitted,
  SURGERY,
  usd,
  WINDOWS,
} from "./escrow.js";

const CLAIMS = categoryMask(["claims"]);
const ARBITRATOR = roleNumber("Arbitrator");

/** An operation of somebody's, denied and appealed: who provides and who is insured. */
async function appealedBy(house: Insured, { provider = house.hospital, patient = house.patient }) {
  const { accreditation, escrow, insurer } = house;
  await accreditation.accredit(provider, roleNumber("Provider"), FAR);
  const policy = await policyFor(house, { patient: patient.address, document: digest("another coverage") });
  await escrow.connect(insurer).issue(policy);
  const lines = [await line({ service: SURGERY, billed: usd(8_000) })];
  const bare = submission(house, lines, { policy, provider: provider.address });
  const presented = { ...bare, preauthorizations: [await preauthorized(house, bare, 0)] };
  await escrow.connect(provider).submit(presented, ...(await acknowledged(house, presented, { signer: patient })));
  const claim = claimOf(presented);
  await escrow.connect(insurer).decide(claim, 0, RESPONSE);
  await escrow.connect(provider).appeal(claim, GROUNDS);
  return { claim, id: claimId(claim) };
}

describe("ClaimEscrow", () => {
  describe("appeal", () => {
    it("is the provider's, its staff's, the patient's and a delegate's for claims", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, hospital, nurse, patient, guardian, plan } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, CLAIMS);
      for (const [number, [actor, appellant]] of [
        [hospital, hospital],
        [nurse, hospital],
        [patient, patient],
        [guardian, patient],
      ].entries() as ArrayIterator<[number, [typeof patient, typeof patient]]>) {
        await escrow.connect(house.insurer).deposit(plan, usd(10_000));
        const { claim, id } = await decided(house, 1n, { day: house.policy.firstDay + number, billed: usd(1_000) });
        const { free } = await escrow.reserveOf(plan);
        const state = await escrow.claimOf(id);
        const transaction = await escrow.connect(actor).appeal(claim, GROUNDS);
        const deadline = BigInt((await time.latest()) + WINDOWS.ruling);
        await expect(transaction).to.emit(escrow, "ClaimAppealed").withArgs(id, appellant, GROUNDS, deadline, actor);
        const { benefit, outOfPocket, deductible, disputed } = state;
        expect(await escrow.claimOf(id)).to.deep.equal([
          benefit,
          outOfPocket,
          deadline,
          BigInt(STATUS.Appealed),
          false,
          false,
          deductible,
          disputed,
        ]);
        expect((await escrow.reserveOf(plan)).free).to.equal(free);
      }
    });

    it("is open to a provider whose licence was revoked", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, hospital } = house;
      const { claim, id } = await decided(house);
      await accreditation.revoke(hospital, roleNumber("Provider"));
      await escrow.connect(hospital).appeal(claim, GROUNDS);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Appealed);
    });

    it("rejects strangers, another provider, the insurer, an arbitrator and a delegate for other data", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, patient, guardian, clinic, insurer, adjuster, arbitrator, stranger } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      const { claim, id } = await decided(house);
      for (const caller of [guardian, clinic, insurer, adjuster, arbitrator, stranger]) {
        await expect(escrow.connect(caller).appeal(claim, GROUNDS))
          .to.be.revertedWithCustomError(escrow, "AppealUnauthorized")
          .withArgs(id, caller);
      }
    });

    it("is taken in the window's last second, and not in the second it is over", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient } = house;
      const { claim, id } = await decided(house);
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id);
      await expect(escrow.connect(patient).appeal(claim, GROUNDS))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
        .withArgs(id, deadline);
      await atDeadline(house, id, -1);
      await escrow.connect(patient).appeal(claim, GROUNDS);
    });

    it("rejects a claim that is not there, or not decided against", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, arbitrator } = house;
      const refuses = (claim: Claim, status: number) =>
        expect(escrow.connect(patient).appeal(claim, GROUNDS))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claim), status);
      await refuses(claimOf(submission(house, [await line()])), STATUS.None);
      await refuses((await submitted(house, [await line({ number: 1 })])).claim, STATUS.Final);
      const { claim } = await pending(house);
      await refuses(claim, STATUS.Pending);
      await escrow.connect(house.insurer).decide(claim, 1n, RESPONSE);
      await escrow.connect(patient).appeal(claim, GROUNDS);
      await refuses(claim, STATUS.Appealed);
      await escrow.connect(arbitrator).rule(claim, 0, REASONS);
      await refuses(claim, STATUS.Final);
    });
  });

  describe("appealBySig", () => {
    it("takes the patient's word, a delegate's and the provider's, whoever relays it", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, patient, guardian, nurse, hospital, relayer } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, CLAIMS);
      for (const [number, signer] of [patient, guardian, nurse].entries()) {
        const { claim, id } = await decided(house, 1n, { day: house.policy.firstDay + number, billed: usd(1_000) });
        const transaction = await escrow
          .connect(relayer)
          .appealBySig(claim, GROUNDS, ...(await appealSigned(house, claim, { signer })));
        const deadline = (await time.latest()) + WINDOWS.ruling;
        await expect(transaction)
          .to.emit(escrow, "ClaimAppealed")
          .withArgs(id, signer === nurse ? hospital : patient, GROUNDS, deadline, signer);
      }
    });

    it("takes the word of an ERC-1271 delegate, and no one else's for it", async () => {
      const house = await loadFixture(insured);
      const { admin, consents, escrow, patient, guardian, stranger } = house;
      const wallet = await new SmartAccount__factory(admin).deploy(guardian);
      await consents.connect(patient).setDelegate(wallet, FAR, CLAIMS);
      const { claim, id } = await decided(house);
      const authorization = { signer: wallet, deadline: FAR };
      const [, forged] = await appealSigned(house, claim, { signer: stranger });
      await expect(escrow.appealBySig(claim, GROUNDS, authorization, forged))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(wallet);
      const [, signature] = await appealSigned(house, claim, { signer: guardian });
      await escrow.appealBySig(claim, GROUNDS, authorization, signature);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Appealed);
    });

    it("rejects a stranger's word, in its own name and in the patient's", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, stranger } = house;
      const { claim, id } = await decided(house);
      const [authorization, signature] = await appealSigned(house, claim, { signer: stranger });
      await expect(escrow.appealBySig(claim, GROUNDS, authorization, signature))
        .to.be.revertedWithCustomError(escrow, "AppealUnauthorized")
        .withArgs(id, stranger);
      await expect(escrow.appealBySig(claim, GROUNDS, { ...authorization, signer: patient.address }, signature))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(patient);
    });

    it("rejects other words: another claim, other grounds, deadline, message or contract", async () => {
      const house = await loadFixture(insured);
      const { escrow, patient, plans } = house;
      const { claim, id } = await decided(house);
      const authorization = { signer: patient.address, deadline: FAR };
      const message = { claim: id, grounds: GROUNDS, deadline: FAR };
      const { name, version, chainId } = await escrow.eip712Domain();
      const types = { AppealClaim: [...APPEAL.AppealClaim!] };
      for (const signature of [
        (await appealSigned(house, { ...claim, documents: digest("another claim") }))[1],
        (await appealSigned(house, claim, { grounds: digest("other grounds") }))[1],
        (await appealSigned(house, claim, { deadline: FAR + 1 }))[1],
        await signFor(house, patient, { WithdrawClaim: APPEAL.AppealClaim! }, message),
        await patient.signTypedData(
          { name, version, chainId, verifyingContract: plans.target as string },
          types,
          message,
        ),
        "0x",
      ]) {
        await expect(escrow.appealBySig(claim, GROUNDS, authorization, signature))
          .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
          .withArgs(patient);
      }
    });

    it("takes a message in the second of its deadline, and rejects it a second later", async () => {
      const house = await loadFixture(insured);
      const { escrow } = house;
      const { claim } = await decided(house);
      const deadline = (await time.latest()) + 100;
      const authorized = await appealSigned(house, claim, { deadline });
      await time.setNextBlockTimestamp(deadline + 1);
      await expect(escrow.appealBySig(claim, GROUNDS, ...authorized))
        .to.be.revertedWithCustomError(escrow, "SignatureExpired")
        .withArgs(deadline);
      await time.setNextBlockTimestamp(deadline);
      await escrow.appealBySig(claim, GROUNDS, ...authorized);
    });

    it("comes too late when the window is over, and only once", async () => {
      const house = await loadFixture(insured);
      const { escrow } = house;
      const [first, second] = [
        await decided(house, 1n, { billed: usd(1_000) }),
        await decided(house, 1n, { day: house.policy.firstDay }),
      ];
      const authorized = await appealSigned(house, first.claim);
      await escrow.appealBySig(first.claim, GROUNDS, ...authorized);
      await expect(escrow.appealBySig(first.claim, GROUNDS, ...authorized))
        .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
        .withArgs(first.id, STATUS.Appealed);
      const late = await appealSigned(house, second.claim);
      await atDeadline(house, second.id);
      await expect(escrow.appealBySig(second.claim, GROUNDS, ...late))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
        .withArgs(second.id, await deadlineOf(house, second.id));
    });
  });

  describe("rule", () => {
    it("pays what is awarded and the arbitrator's fee, and frees the rest", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, token, hospital, arbitrator, colleague, plan } = house;
      const { claim, id } = await appealed(house, usd(5_000));
      await accreditation.connect(arbitrator).setMember(colleague, FAR);
      const before = [await token.balanceOf(hospital), await token.balanceOf(arbitrator)];
      const released = SURGERY_BENEFIT - usd(6_000);
      await expect(escrow.connect(colleague).rule(claim, usd(1_000), REASONS))
        .to.emit(escrow, "ClaimRuled")
        .withArgs(id, arbitrator, usd(1_000), REASONS, colleague)
        .and.to.emit(escrow, "ClaimFinal")
        .withArgs(id, usd(6_000), released)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, usd(1_000));
      expect([await token.balanceOf(hospital), await token.balanceOf(arbitrator)]).to.deep.equal([
        before[0]! + usd(1_000),
        before[1]! + RULING_FEE,
      ]);
      expect(await escrow.claimOf(id)).to.deep.equal([
        usd(6_000),
        SURGERY_SHARE,
        0n,
        BigInt(STATUS.Final),
        false,
        false,
        usd(100),
        0n,
      ]);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - usd(6_000) - RULING_FEE);
      expect((await escrow.policyOf(house.policyId)).benefit).to.equal(usd(6_000));
      await booksBalance(house, [claim]);
    });

    it("awards nothing, and a claim denied for good counts for nothing", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator } = house;
      const before = await escrow.policyOf(house.policyId);
      const { claim, id } = await appealed(house);
      const transaction = escrow.connect(arbitrator).rule(claim, 0, REASONS);
      await expect(transaction).to.emit(escrow, "ClaimFinal").withArgs(id, 0, SURGERY_BENEFIT);
      await expect(transaction).not.to.emit(escrow, "ClaimPaid");
      expect(await escrow.claimOf(id)).to.deep.equal([0n, 0n, 0n, BigInt(STATUS.Final), false, false, 0n, 0n]);
      expect(await escrow.policyOf(house.policyId)).to.deep.equal(before);
      await booksBalance(house, [claim]);
    });

    it("moves no money when nothing is awarded and the plan pays no fee", async () => {
      const market = await loadFixture(insured);
      const key = { insurer: market.insurer.address, name: encodeBytes32String("Without a fee") };
      await publishPlan(market, { rulingFee: 0n }, key);
      const policy = await policyFor(market, { plan: planId(key) });
      await market.escrow.connect(market.insurer).issue(policy);
      const house = { ...market, plan: planId(key), policy, policyId: policyId(policy) };
      const { claim } = await appealed(house);
      const ruling = house.escrow.connect(house.arbitrator).rule(claim, 0, REASONS);
      await expect(ruling).to.emit(house.escrow, "ClaimRuled");
      await expect(ruling).not.to.emit(house.token, "Transfer");
      await booksBalance(house, [claim], [market.plan]);
    });

    it("awards all that was taken off, and not a unit more", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator } = house;
      const { claim, id } = await appealed(house, usd(5_000));
      const disputed = SURGERY_BENEFIT - usd(5_000);
      await expect(escrow.connect(arbitrator).rule(claim, disputed + 1n, REASONS))
        .to.be.revertedWithCustomError(escrow, "AmountAboveClaim")
        .withArgs(id, disputed + 1n, disputed);
      await expect(escrow.connect(arbitrator).rule(claim, disputed, REASONS))
        .to.emit(escrow, "ClaimFinal")
        .withArgs(id, SURGERY_BENEFIT, 0);
      await booksBalance(house, [claim]);
    });

    it("is the arbitrator's in its window, from then on the fallback's, and nobody's after both", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, arbitrator, fallback } = house;
      const { claim, id } = await appealed(house);
      const deadline = await deadlineOf(house, id);
      const refuses = (caller: typeof arbitrator, turn: typeof arbitrator) =>
        expect(escrow.connect(caller).rule(claim, 0, REASONS))
          .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
          .withArgs(id, turn, caller);
      const isFor = (caller: typeof arbitrator) => escrow.connect(caller).rule.estimateGas(claim, 0, REASONS);
      await time.setNextBlockTimestamp(deadline - 1);
      await refuses(fallback, arbitrator);
      await time.setNextBlockTimestamp(deadline - 1);
      await isFor(arbitrator);
      await time.setNextBlockTimestamp(deadline);
      await refuses(arbitrator, fallback);
      await time.setNextBlockTimestamp(deadline);
      await isFor(fallback);
      const end = deadline + WINDOWS.ruling;
      for (const caller of [arbitrator, fallback]) {
        await time.setNextBlockTimestamp(end);
        await expect(escrow.connect(caller).rule(claim, 0, REASONS))
          .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
          .withArgs(id, end);
      }
      const before = await token.balanceOf(fallback);
      await time.setNextBlockTimestamp(end - 1);
      await expect(escrow.connect(fallback).rule(claim, usd(1), REASONS))
        .to.emit(escrow, "ClaimRuled")
        .withArgs(id, fallback, usd(1), REASONS, fallback);
      expect(await token.balanceOf(fallback)).to.equal(before + RULING_FEE);
      await booksBalance(house, [claim]);
    });

    it("rejects an arbitrator without a live licence, and everybody else", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, arbitrator, hospital, insurer, patient, stranger } = house;
      const { claim, id } = await appealed(house);
      const refuses = (caller: typeof arbitrator) =>
        expect(escrow.connect(caller).rule(claim, 0, REASONS))
          .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
          .withArgs(id, arbitrator, caller);
      await accreditation.accredit(stranger, ARBITRATOR, FAR);
      for (const caller of [stranger, hospital, insurer, patient]) await refuses(caller);
      await accreditation.suspend(arbitrator, ARBITRATOR);
      await refuses(arbitrator);
      await accreditation.reinstate(arbitrator, ARBITRATOR);
      await escrow.connect(arbitrator).rule(claim, 0, REASONS);
    });

    it("rejects an arbitrator who is the insurer's staff, or whose staff the insurer is", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, insurer, arbitrator } = house;
      const { claim, id } = await appealed(house);
      for (const [organisation, member] of [
        [insurer, arbitrator],
        [arbitrator, insurer],
      ] as const) {
        await accreditation.connect(organisation).setMember(member, FAR);
        await expect(escrow.connect(arbitrator).rule(claim, 0, REASONS))
          .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
          .withArgs(id, arbitrator, arbitrator);
        await accreditation.connect(organisation).setMember(member, 0);
      }
      await escrow.connect(arbitrator).rule(claim, 0, REASONS);
    });

    it("rejects an arbitrator whose staff the provider or the patient is, for them and in person", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, hospital, patient, arbitrator, fallback } = house;
      const { claim, id } = await appealed(house);
      for (const party of [hospital, patient]) {
        await accreditation.connect(arbitrator).setMember(party, FAR);
        for (const caller of [arbitrator, party]) {
          await expect(escrow.connect(caller).rule(claim, usd(1), REASONS))
            .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
            .withArgs(id, arbitrator, caller);
        }
        await accreditation.connect(arbitrator).setMember(party, 0);
      }
      await accreditation.connect(arbitrator).setMember(hospital, FAR);
      await atDeadline(house, id);
      await escrow.connect(fallback).rule(claim, 0, REASONS);
    });

    it("rejects an arbitrator who is the provider or the patient itself", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator, fallback } = house;
      for (const party of [{ provider: arbitrator }, { patient: arbitrator }]) {
        const { claim, id } = await appealedBy(house, party);
        await expect(escrow.connect(arbitrator).rule(claim, usd(1), REASONS))
          .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
          .withArgs(id, arbitrator, arbitrator);
        await atDeadline(house, id);
        await escrow.connect(fallback).rule(claim, 0, REASONS);
      }
    });

    it("rejects staff of an arbitrator who are the insurer's staff too", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, arbitrator, adjuster } = house;
      const { claim, id } = await appealed(house);
      await accreditation.connect(arbitrator).setMember(adjuster, FAR);
      await expect(escrow.connect(adjuster).rule(claim, 0, REASONS))
        .to.be.revertedWithCustomError(escrow, "RulingUnauthorized")
        .withArgs(id, arbitrator, adjuster);
    });

    it("is not silenced by a provider or a patient who names the arbitrator as its staff", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, hospital, patient, arbitrator } = house;
      const { claim, id } = await appealed(house);
      for (const party of [hospital, patient]) await accreditation.connect(party).setMember(arbitrator, FAR);
      await escrow.connect(arbitrator).rule(claim, 0, REASONS);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
    });

    it("rejects a claim that is not there, or not appealed", async () => {
      const house = await loadFixture(insured);
      const { escrow, arbitrator, insurer } = house;
      const refuses = (claim: Claim, status: number) =>
        expect(escrow.connect(arbitrator).rule(claim, 0, REASONS))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claim), status);
      await refuses(claimOf(submission(house, [await line()])), STATUS.None);
      const { claim } = await pending(house);
      await refuses(claim, STATUS.Pending);
      await escrow.connect(insurer).decide(claim, 0, RESPONSE);
      await refuses(claim, STATUS.Decided);
      await atDeadline(house, claimId(claim));
      await escrow.finalize(claim);
      await refuses(claim, STATUS.Final);
    });
  });
});
