import { expect } from "chai";
import { id as digest, type TypedDataField, ZeroAddress } from "ethers";

import { type Role, roleNumber } from "../../src/accreditation/role.js";
import { categoryMask } from "../../src/consent/category.js";
import { purposeBit } from "../../src/consent/purpose.js";
import { SmartAccount__factory } from "../../src/generated/index.js";
import { ACKNOWLEDGE } from "../../src/insurance/messages.js";
import { FAR, LABORATORY, loadFixture, POLICY, setAccreditor, time } from "../fixtures.js";
import { hostileAccount } from "../sign.js";
import { atDeadline, BILLING, booksBalance, consentToBill, deadlineOf, SURGERY_BENEFIT } from "./claims.js";
import {
  acknowledged,
  claimId,
  claimOf,
  DOCUMENTS,
  type Insured,
  insured,
  LAB,
  line,
  linesHash,
  type Line,
  policyFor,
  policyId,
  preauthorized,
  RESERVE,
  signFor,
  STATUS,
  submission,
  type Submission,
  submitted,
  SURGERY,
  today,
  UNKNOWN,
  usd,
  WINDOWS,
} from "./escrow.js";

const DAY = 24 * 60 * 60;
const PROVIDER = roleNumber("Provider");
const CLAIMS = categoryMask(["claims"]);

const TYPES = ACKNOWLEDGE as Record<string, TypedDataField[]>;

/** A visit and twice the laboratory. */
async function threeLines(): Promise<Line[]> {
  return [
    await line(),
    await line({ service: LAB, number: 1, billed: usd(100) }),
    await line({ service: LAB, number: 2, billed: usd(100) }),
  ];
}

/** An operation, with the insurer's preauthorisation. */
async function operation(house: Insured, changes: Partial<Line> = {}, amount = usd(9_000)): Promise<Submission> {
  const presented = submission(house, [await line({ service: SURGERY, billed: usd(8_000), ...changes })]);
  return { ...presented, preauthorizations: [await preauthorized(house, presented, 0, { amount })] };
}

/** {@link insured}, with the patient's consent that the hospital bills. */
async function consented() {
  const house = await loadFixture(insured);
  await consentToBill(house);
  return house;
}

/** Submits on standing consent. */
async function presented(house: Insured, lines?: Line[], changes: Partial<Submission> = {}) {
  const claim = submission(house, lines ?? [await line()], changes);
  const transaction = await house.escrow.connect(house.hospital).submitOnConsent(claim, POLICY);
  return { submission: claim, claim: claimOf(claim), id: claimId(claimOf(claim)), transaction };
}

/** A way to submit a claim that lacks only its claim. */
type Act = (house: Insured, claim: Submission, caller?: Insured["hospital"]) => Promise<unknown>;

const submit: Act = async (house, claim, caller = house.hospital) =>
  house.escrow.connect(caller).submit(claim, ...(await acknowledged(house, claim)));

const submitOnConsent: Act = async ({ escrow, hospital }, claim, caller = hospital) =>
  escrow.connect(caller).submitOnConsent(claim, POLICY);

describe("ClaimEscrow", () => {
  describe("submit", () => {
    itTakesSoundClaimsOnly(insured, submit);

    it("adjudicates a claim line by line and pays it in the same transaction, to the unit", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, nurse, patient, policy, policyId: policyOf, plan } = house;
      const claim = submission(house, await threeLines());
      const id = claimId(claimOf(claim));
      const [before, held] = [await token.balanceOf(hospital), await token.balanceOf(escrow)];
      const state = [usd(148), usd(132), 0, STATUS.Final, false, true, usd(100), 0];
      await expect(escrow.connect(nurse).submit(claim, ...(await acknowledged(house, claim))))
        .to.emit(escrow, "ClaimSubmitted")
        .withArgs(
          id,
          policyOf,
          hospital,
          claim.lines.map((each) => Object.values(each)),
          DOCUMENTS,
          patient,
          nurse,
        )
        .and.to.emit(escrow, "ClaimAdjudicated")
        .withArgs(id, policyOf, [usd(350), usd(148), usd(132), usd(70), usd(100), usd(132)], [0, 0, 0], 0, false)
        .and.to.emit(escrow, "ClaimPaid")
        .withArgs(id, hospital, usd(148));
      expect(await token.balanceOf(hospital)).to.equal(before + usd(148));
      expect(await token.balanceOf(escrow)).to.equal(held - usd(148));
      expect(await escrow.claimOf(id)).to.deep.equal(
        state.map((word) => (typeof word === "number" ? BigInt(word) : word)),
      );
      expect(await escrow.policyOf(policyOf)).to.deep.equal([
        usd(100),
        usd(132),
        BigInt(policy.endDay),
        false,
        false,
        usd(148),
        usd(148),
      ]);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - usd(148));
      await booksBalance(house, [claimOf(claim)]);
    });

    it("pays a claim of exactly the limit for one claim at once, and puts one unit more before the insurer", async () => {
      const house = await loadFixture(insured);
      const { escrow, token, hospital, plan } = house;
      const at = await submitted(house, [await line({ quantity: 5_000, billed: usd(520) })]);
      expect((await escrow.claimOf(at.id)).automatic).to.be.true;
      const before = await token.balanceOf(hospital);
      const above = await submitted(house, [await line({ number: 1, quantity: 5_000, billed: usd(520) + 1n })]);
      const now = await time.latest();
      expect(await escrow.claimOf(above.id)).to.deep.equal([
        usd(500) + 1n,
        usd(20),
        BigInt(now + WINDOWS.response),
        BigInt(STATUS.Pending),
        false,
        false,
        0n,
        0n,
      ]);
      await expect(above.transaction)
        .to.emit(escrow, "ClaimAdjudicated")
        .withArgs(
          above.id,
          house.policyId,
          [usd(520) + 1n, usd(500) + 1n, usd(20), 0, 0, usd(20)],
          [0, usd(20), usd(500)],
          now + WINDOWS.response,
          false,
        );
      await expect(above.transaction).not.to.emit(escrow, "ClaimPaid");
      expect(await token.balanceOf(hospital)).to.equal(before);
      expect((await escrow.reserveOf(plan)).free).to.equal(RESERVE - usd(1_000) - 1n);
      expect((await escrow.policyOf(house.policyId)).autoApproved).to.equal(usd(500));
      await booksBalance(house, [at.claim, above.claim]);
    });

    it("pays claims of exactly the limit for a year at once, and puts one unit more before the insurer", async () => {
      const house = await loadFixture(insured);
      const { escrow, policyId: policyOf } = house;
      const paid = async (number: number, billed: bigint) => {
        const claim = await submitted(house, [await line({ number, quantity: 5_000, billed })]);
        return escrow.claimOf(claim.id);
      };
      for (let number = 0; number < 3; ++number) await paid(number, usd(520));
      const beyond = await paid(3, usd(520) + 1n);
      expect(beyond.automatic).to.be.false;
      const nearly = await paid(4, usd(519));
      expect(nearly.automatic).to.be.true;
      const above = await paid(5, usd(21) + 1n);
      expect([above.automatic, above.status, above.benefit]).to.deep.equal([
        false,
        BigInt(STATUS.Pending),
        usd(1) + 1n,
      ]);
      expect((await paid(6, usd(21))).automatic).to.be.true;
      expect((await escrow.policyOf(policyOf)).autoApproved).to.equal(usd(2_000));
      expect((await paid(7, usd(20) + 1n)).automatic).to.be.false;
    });

    it("tells what the plan's own adjudication is asked with, to learn of each line later", async () => {
      const house = await loadFixture(insured);
      const { escrow, plans, plan, hospital } = house;
      const first = await submitted(house, [await line({ service: LAB, number: 9, billed: usd(80) })]);
      const { submission: claim, transaction } = await submitted(house, await threeLines());
      const [event] = await escrow.queryFilter(escrow.filters.ClaimAdjudicated(), transaction.blockNumber!);
      const { before, outcome } = event!.args;
      expect(before).to.deep.equal([usd(80), usd(80), 0n]);
      const [again, lines] = await plans.adjudicate(plan, hospital, [...before] as never, claim.lines, [0, 0, 0]);
      expect(again).to.deep.equal(outcome);
      expect(lines.map(({ deductible, benefit }) => [deductible, benefit])).to.deep.equal([
        [0n, usd(100)],
        [usd(20), usd(48)],
        [0n, usd(64)],
      ]);
      await booksBalance(house, [first.claim, claimOf(claim)]);
    });

    it("counts a claim the plan pays nothing of, and moves no money", async () => {
      const house = await loadFixture(insured);
      const { escrow, token } = house;
      const free = await submitted(house, [await line({ service: LAB, billed: usd(50) })]);
      await expect(free.transaction).not.to.emit(token, "Transfer");
      await expect(free.transaction).not.to.emit(escrow, "ClaimPaid");
      expect((await escrow.claimOf(free.id)).status).to.equal(STATUS.Final);
      expect((await escrow.policyOf(house.policyId)).deductible).to.equal(usd(50));
      await booksBalance(house, [free.claim]);
    });

    it("adjudicates after all that the policy's earlier claims came to", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer, plan, hospital } = house;
      await escrow.connect(insurer).deposit(plan, usd(100_000));
      const lab = async (changes: Partial<Line>) => {
        const claim = await submitted(house, [await line({ service: LAB, ...changes })]);
        return (await escrow.claimOf(claim.id)).benefit;
      };
      // The deductible of 100, then a fifth.
      expect(await lab({ number: 0, billed: usd(80) })).to.equal(0n);
      expect(await lab({ number: 1, billed: usd(80) })).to.equal(usd(48));
      // 888 are left to the out-of-pocket maximum, and 49,952 to the annual limit.
      const huge = await operation(house, { number: 2, quantity: 6_000, billed: usd(54_000) }, usd(54_000));
      await escrow.connect(hospital).submit(huge, ...(await acknowledged(house, huge)));
      expect((await escrow.claimOf(claimId(claimOf(huge)))).benefit).to.equal(usd(49_952));
      expect((await escrow.policyOf(house.policyId)).outOfPocket).to.equal(usd(1_000));
      expect(await lab({ number: 3, billed: usd(80) })).to.equal(0n);
    });

    it("keeps a policy's accumulators from another's, of the same patient too", async () => {
      const house = await loadFixture(insured);
      const { escrow, insurer } = house;
      const other = await policyFor(house, { document: digest("another coverage") });
      await escrow.connect(insurer).issue(other);
      const lab = await line({ service: LAB, billed: usd(80) });
      const first = await submitted(house, [lab]);
      const second = await submitted(house, [lab], { policy: other });
      expect((await escrow.claimOf(second.id)).deductible).to.equal(usd(80));
      await booksBalance(house, [first.claim, second.claim]);
    });

    it("takes the acknowledgement of a delegate for claims, and names the delegate", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, hospital, patient, guardian } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, CLAIMS | LABORATORY);
      const claim = submission(house, [await line()]);
      const { args } = await only(
        escrow.connect(hospital).submit(claim, ...(await acknowledged(house, claim, { signer: guardian }))),
        house,
      );
      expect(args.acknowledgedBy).to.equal(guardian.address);
    });

    it("rejects who is no delegate, one for other data, one whose time is over, and the provider itself", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, hospital, patient, guardian, stranger, insurer } = house;
      const claim = submission(house, [await line()]);
      const refuses = async (signer: typeof patient) =>
        expect(escrow.connect(hospital).submit(claim, ...(await acknowledged(house, claim, { signer }))))
          .to.be.revertedWithCustomError(escrow, "AcknowledgementInvalid")
          .withArgs(patient, signer);
      for (const signer of [guardian, stranger, insurer, hospital]) await refuses(signer);
      await consents.connect(patient).setDelegate(guardian, FAR, LABORATORY);
      await refuses(guardian);
      const until = (await time.latest()) + 100;
      await consents.connect(patient).setDelegate(guardian, until, CLAIMS);
      const authorized = await acknowledged(house, claim, { signer: guardian });
      await time.setNextBlockTimestamp(until);
      await expect(escrow.connect(hospital).submit(claim, ...authorized))
        .to.be.revertedWithCustomError(escrow, "AcknowledgementInvalid")
        .withArgs(patient, guardian);
    });

    it("rejects an acknowledgement of other lines, documents, another provider or policy", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, clinic, insurer, patient } = house;
      const other = await policyFor(house, { document: digest("another coverage") });
      await escrow.connect(insurer).issue(other);
      const [first, second] = [await line(), await line({ number: 1 })];
      const claim = submission(house, [first, second]);
      for (const signed of [
        { lines: [first] },
        { lines: [first, second, second] },
        { lines: [second, first] },
        { lines: [{ ...first, service: LAB }, second] },
        { lines: [{ ...first, day: first.day - 1 }, second] },
        { lines: [{ ...first, number: 7 }, second] },
        { lines: [first, { ...second, quantity: 2_000 }] },
        { lines: [first, { ...second, billed: second.billed + 1n }] },
        { documents: digest("another claim") },
        { provider: clinic.address },
        { policy: other },
      ]) {
        const authorized = await acknowledged(house, { ...claim, ...signed });
        await expect(escrow.connect(hospital).submit(claim, ...authorized))
          .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
          .withArgs(patient);
      }
    });

    it("rejects an acknowledgement signed as another message, for another contract or with another deadline", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital, patient, plans, stranger } = house;
      const claim = submission(house, [await line()]);
      const message = { ...claim, policy: house.policyId, deadline: FAR };
      const { AcknowledgeClaim, Line } = ACKNOWLEDGE;
      const { name, version, chainId, verifyingContract } = await escrow.eip712Domain();
      const elsewhere = (domain: object) =>
        patient.signTypedData({ name, version, chainId, verifyingContract, ...domain }, TYPES, message);
      for (const signature of [
        await signFor(house, patient, { AcceptClaim: AcknowledgeClaim!, Line: Line! }, message),
        await signFor(house, stranger, ACKNOWLEDGE, message),
        await signFor(house, patient, ACKNOWLEDGE, { ...message, deadline: FAR + 1 }),
        await elsewhere({ verifyingContract: plans.target }),
        await elsewhere({ chainId: 1 }),
        "0x",
      ]) {
        await expect(escrow.connect(hospital).submit(claim, { signer: patient, deadline: FAR }, signature))
          .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
          .withArgs(patient);
      }
    });

    it("takes an acknowledgement in the second of its deadline, and rejects it a second later", async () => {
      const house = await loadFixture(insured);
      const { escrow, hospital } = house;
      const deadline = (await time.latest()) + 100;
      const [first, second] = [submission(house, [await line()]), submission(house, [await line({ number: 1 })])];
      const [one, two] = [
        await acknowledged(house, first, { deadline }),
        await acknowledged(house, second, { deadline }),
      ];
      await time.setNextBlockTimestamp(deadline);
      await escrow.connect(hospital).submit(first, ...one);
      await time.setNextBlockTimestamp(deadline + 1);
      await expect(escrow.connect(hospital).submit(second, ...two))
        .to.be.revertedWithCustomError(escrow, "SignatureExpired")
        .withArgs(deadline);
    });

    it("takes the word of an ERC-1271 patient, and no one else's for it", async () => {
      const house = await loadFixture(insured);
      const { admin, escrow, hospital, insurer, patient, stranger } = house;
      const wallet = await new SmartAccount__factory(admin).deploy(patient);
      const hostile = await hostileAccount(house, "AnswersTrue");
      const claims = [];
      for (const account of [wallet.target as string, hostile]) {
        const policy = await policyFor(house, { patient: account });
        await escrow.connect(insurer).issue(policy);
        claims.push(submission(house, [await line()], { policy }));
      }
      const [claim, refused] = claims as [Submission, Submission];
      const [, forged] = await acknowledged(house, claim, { signer: stranger });
      const [, signature] = await acknowledged(house, claim);
      const mine = escrow.connect(hospital);
      await expect(mine.submit(claim, { signer: wallet, deadline: FAR }, forged))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(wallet);
      await expect(mine.submit(refused, { signer: hostile, deadline: FAR }, signature))
        .to.be.revertedWithCustomError(escrow, "SignatureInvalid")
        .withArgs(hostile);
      await mine.submit(claim, { signer: wallet, deadline: FAR }, signature);
      expect((await escrow.claimOf(claimId(claimOf(claim)))).status).to.equal(STATUS.Final);
    });

    it("takes practitioners, organisations, laboratories and pharmacies, and no other role", async () => {
      const house = await loadFixture(insured);
      const { accreditation, escrow, hospital } = house;
      for (const [number, name] of (["Practitioner", "Provider", "Laboratory", "Pharmacy"] as const).entries()) {
        const role = roleNumber(name);
        await accreditation.accredit(hospital, role, FAR);
        const claim = submission(house, [await line({ number })], { role });
        await submit(house, claim);
        expect((await escrow.claimOf(claimId(claimOf(claim)))).status).not.to.equal(STATUS.None);
      }
      const others: Role[] = ["Manufacturer", "Insurer", "Arbitrator", "PrescriptionService"];
      for (const role of others.map(roleNumber)) {
        await accreditation.accredit(hospital, role, FAR);
        const claim = submission(house, [await line({ number: 9 })], { role });
        await expect(submit(house, claim))
          .to.be.revertedWithCustomError(escrow, "ProviderUnauthorized")
          .withArgs(hospital, role, hospital);
      }
    });

    it("takes one to fifty lines", async () => {
      const house = await loadFixture(insured);
      const template = await line({ billed: usd(1) });
      const many = (count: number) => Array.from({ length: count }, (_, number) => ({ ...template, number }));
      for (const count of [0, 51]) {
        await expect(submit(house, submission(house, many(count))))
          .to.be.revertedWithCustomError(house.escrow, "ClaimLinesInvalid")
          .withArgs(count, 50);
      }
      await submit(house, submission(house, many(50)));
      expect(await house.escrow.acceptedLinesOf(house.policyId, house.hospital, template.day)).to.equal(2n ** 50n - 1n);
    });
  });

  describe("submitOnConsent", () => {
    itTakesSoundClaimsOnly(consented, submitOnConsent);

    it("takes the lines, reserves and counts nothing, and waits for the insurer", async () => {
      const house = await loadFixture(consented);
      const { escrow, hospital, nurse, policyId: policyOf, plan } = house;
      const [before, reserve] = [await escrow.policyOf(policyOf), await escrow.reserveOf(plan)];
      const claim = submission(house, await threeLines());
      const id = claimId(claimOf(claim));
      const transaction = escrow.connect(nurse).submitOnConsent(claim, POLICY);
      await expect(transaction)
        .to.emit(escrow, "ClaimSubmitted")
        .withArgs(
          id,
          policyOf,
          hospital,
          claim.lines.map((each) => Object.values(each)),
          DOCUMENTS,
          ZeroAddress,
          nurse,
        );
      await expect(transaction).not.to.emit(escrow, "ClaimAdjudicated");
      const deadline = BigInt((await time.latest()) + WINDOWS.response);
      expect(await escrow.claimOf(id)).to.deep.equal([
        0n,
        0n,
        deadline,
        BigInt(STATUS.Unacknowledged),
        false,
        false,
        0n,
        0n,
      ]);
      expect(await escrow.policyOf(policyOf)).to.deep.equal(before);
      expect(await escrow.reserveOf(plan)).to.deep.equal(reserve);
      expect(await escrow.acceptedLinesOf(policyOf, hospital, claim.lines[0]!.day)).to.equal(0b111n);
      await booksBalance(house, [claimOf(claim)]);
    });

    it("rejects no consent, one to another, for another purpose or other data, under another policy, or over", async () => {
      const house = await loadFixture(insured);
      const { consents, escrow, hospital, clinic, patient } = house;
      const claim = submission(house, [await line()]);
      const refuses = (consent = POLICY) =>
        expect(escrow.connect(hospital).submitOnConsent(claim, consent))
          .to.be.revertedWithCustomError(escrow, "ClaimUnpermitted")
          .withArgs(patient, hospital, consent);
      const own = consents.connect(patient);
      await refuses();
      await own.grant(patient, clinic, POLICY, BILLING);
      await refuses();
      for (const purpose of ["TREAT", "COVERAGE"] as const) {
        await own.grant(patient, hospital, POLICY, { ...BILLING, purposes: 1n << BigInt(purposeBit(purpose)) });
        await refuses();
      }
      await own.grant(patient, hospital, POLICY, { ...BILLING, categories: categoryMask(["coverage"]) });
      await refuses();
      await own.grant(patient, hospital, POLICY, BILLING);
      await refuses(digest("another policy"));
      await own.revoke(patient, hospital, POLICY);
      await refuses();
    });

    it("rejects now what could never be adjudicated", async () => {
      const house = await loadFixture(consented);
      const { plans, plan, hospital, escrow } = house;
      const claim = submission(house, [await line({ service: UNKNOWN })]);
      await expect(escrow.connect(hospital).submitOnConsent(claim, POLICY))
        .to.be.revertedWithCustomError(plans, "ServiceUnknown")
        .withArgs(plan, UNKNOWN);
    });

    it("gives a claim that is taken back its id again, so that it comes with an acknowledgement", async () => {
      const house = await loadFixture(consented);
      const { escrow, hospital } = house;
      const { submission: claim, id } = await presented(house);
      await expect(submit(house, claim)).to.be.revertedWithCustomError(escrow, "ClaimExists").withArgs(id);
      await escrow.connect(hospital).reverse(claimOf(claim), claim.lines);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.None);
      await submit(house, claim);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
      await booksBalance(house, [claimOf(claim)]);
    });
  });

  describe("accept", () => {
    it("adjudicates and pays what nobody acknowledged, by the insurer's staff", async () => {
      const house = await loadFixture(consented);
      const { escrow, token, hospital, adjuster } = house;
      const { submission: claim, id } = await presented(house);
      const before = await token.balanceOf(hospital);
      const transaction = escrow.connect(adjuster).accept(claim);
      await expect(transaction).to.emit(escrow, "ClaimAccepted").withArgs(id, adjuster);
      await expect(transaction)
        .to.emit(escrow, "ClaimAdjudicated")
        .withArgs(id, house.policyId, [usd(150), usd(100), usd(20), usd(30), 0, usd(20)], [0, 0, 0], 0, false);
      await expect(transaction).to.emit(escrow, "ClaimPaid").withArgs(id, hospital, usd(100));
      await expect(transaction).not.to.emit(escrow, "ClaimSubmitted");
      expect(await token.balanceOf(hospital)).to.equal(before + usd(100));
      await booksBalance(house, [claimOf(claim)]);
    });

    it("puts what is beyond the limits before the insurer, for a new response window", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer, token } = house;
      const surgery = await operation(house);
      const { id } = await presented(house, surgery.lines);
      await time.increase(10 * DAY);
      // The preauthorisation may come with the acceptance.
      const transaction = escrow.connect(insurer).accept(surgery);
      await expect(transaction).not.to.emit(token, "Transfer");
      const { status, benefit, deadline } = await escrow.claimOf(id);
      expect([status, benefit]).to.deep.equal([BigInt(STATUS.Pending), SURGERY_BENEFIT]);
      expect(deadline).to.equal((await time.latest()) + WINDOWS.response);
      await booksBalance(house, [claimOf(surgery)]);
    });

    it("adjudicates as of now, after what came in between", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer } = house;
      const { submission: claim, id } = await presented(house, [await line({ service: LAB, billed: usd(80) })]);
      const between = await submitted(house, [await line({ service: LAB, number: 1, billed: usd(80) })]);
      await escrow.connect(insurer).accept(claim);
      const { deductible, benefit } = await escrow.claimOf(id);
      expect([deductible, benefit]).to.deep.equal([usd(20), usd(48)]);
      await booksBalance(house, [claimOf(claim), between.claim]);
    });

    it("accepts after the consent was revoked and the provider's licence too", async () => {
      const house = await loadFixture(consented);
      const { accreditation, consents, escrow, hospital, insurer, patient } = house;
      const { submission: claim, id } = await presented(house);
      await consents.connect(patient).revokeAll();
      await accreditation.revoke(hospital, PROVIDER);
      await escrow.connect(insurer).accept(claim);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Final);
    });

    it("rejects who does not act for the plan's insurer", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer, rival, hospital, patient, stranger, admin } = house;
      const { submission: claim } = await presented(house);
      for (const caller of [rival, hospital, patient, stranger, admin]) {
        await expect(escrow.connect(caller).accept(claim))
          .to.be.revertedWithCustomError(escrow, "InsurerUnauthorized")
          .withArgs(insurer, caller);
      }
    });

    it("accepts in the window's last second, and not in the second it is over", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer } = house;
      const [first, second] = [await presented(house), await presented(house, [await line({ number: 1 })])];
      await atDeadline(house, first.id, -1);
      await escrow.connect(insurer).accept(first.submission);
      const deadline = await deadlineOf(house, second.id);
      await atDeadline(house, second.id);
      await expect(escrow.connect(insurer).accept(second.submission))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOver")
        .withArgs(second.id, deadline);
    });

    it("rejects a claim that is not there, of other lines, accepted already or acknowledged", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer } = house;
      const { submission: claim, id } = await presented(house);
      const refuses = (which: Submission, status: number) =>
        expect(escrow.connect(insurer).accept(which))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claimOf(which)), status);
      await refuses({ ...claim, lines: [await line({ billed: usd(160) })] }, STATUS.None);
      await refuses({ ...claim, documents: digest("another claim") }, STATUS.None);
      await escrow.connect(insurer).accept(claim);
      await refuses(claim, STATUS.Final);
      expect((await escrow.claimOf(id)).benefit).to.equal(usd(100));
      const surgery = await operation(house, { number: 1 });
      await submit(house, surgery);
      await refuses(surgery, STATUS.Pending);
    });
  });

  describe("lapse", () => {
    it("ends what the insurer was silent on, in the second the window is over, and frees its lines", async () => {
      const house = await loadFixture(consented);
      const { escrow, hospital, stranger } = house;
      const { submission: claim, id } = await presented(house, await threeLines());
      const { day } = claim.lines[0]!;
      const deadline = await deadlineOf(house, id);
      await atDeadline(house, id, -1);
      await expect(escrow.connect(stranger).lapse(claimOf(claim), claim.lines))
        .to.be.revertedWithCustomError(escrow, "ClaimWindowOpen")
        .withArgs(id, deadline);
      await atDeadline(house, id);
      await expect(escrow.connect(stranger).lapse(claimOf(claim), claim.lines))
        .to.emit(escrow, "ClaimLapsed")
        .withArgs(id);
      expect(await escrow.claimOf(id)).to.deep.equal([0n, 0n, 0n, 0n, false, false, 0n, 0n]);
      expect(await escrow.acceptedLinesOf(house.policyId, hospital, day)).to.equal(0n);
      await presented(house, claim.lines);
      expect((await escrow.claimOf(id)).status).to.equal(STATUS.Unacknowledged);
    });

    it("leaves the lines of other claims alone", async () => {
      const house = await loadFixture(consented);
      const { escrow, hospital } = house;
      const { submission: claim, id } = await presented(house);
      const other = await submitted(house, [await line({ number: 1 })]);
      await atDeadline(house, id);
      await escrow.lapse(claimOf(claim), claim.lines);
      expect(await escrow.acceptedLinesOf(house.policyId, hospital, claim.lines[0]!.day)).to.equal(0b10n);
      await booksBalance(house, [claimOf(claim), other.claim]);
    });

    it("rejects other lines than the claim's", async () => {
      const house = await loadFixture(consented);
      const { escrow } = house;
      const { submission: claim, id } = await presented(house, await threeLines());
      await atDeadline(house, id);
      for (const lines of [[], claim.lines.slice(1), [...claim.lines].reverse(), [await line({ number: 9 })]]) {
        await expect(escrow.lapse(claimOf(claim), lines))
          .to.be.revertedWithCustomError(escrow, "LinesMismatch")
          .withArgs(linesHash(claim.lines));
      }
    });

    it("rejects a claim that is not there, acknowledged or accepted", async () => {
      const house = await loadFixture(consented);
      const { escrow, insurer } = house;
      const refuses = async (claim: Submission, status: number) =>
        expect(escrow.lapse(claimOf(claim), claim.lines))
          .to.be.revertedWithCustomError(escrow, "ClaimStatusInvalid")
          .withArgs(claimId(claimOf(claim)), status);
      await refuses(submission(house, [await line()]), STATUS.None);
      const surgery = await operation(house);
      await presented(house, surgery.lines);
      await escrow.connect(insurer).accept(surgery);
      await time.increase(WINDOWS.response);
      await refuses(surgery, STATUS.Pending);
    });
  });
});

/** The event of a submission. */
async function only(sent: Promise<{ hash: string }>, { escrow }: Insured) {
  const { hash } = await sent;
  const [event] = await escrow.queryFilter(escrow.filters.ClaimSubmitted(), "latest");
  expect(event!.transactionHash).to.equal(hash);
  return event!;
}

/** What holds for both ways to submit. */
function itTakesSoundClaimsOnly(fixture: () => Promise<Insured>, act: Act) {
  const refuses = (house: Insured, claim: Submission, error: string, args: unknown[], caller = house.hospital) =>
    expect(act(house, claim, caller))
      .to.be.revertedWithCustomError(house.escrow, error)
      .withArgs(...args);

  it("rejects a provider without a live licence in the role it names", async () => {
    const house = await loadFixture(fixture);
    const { accreditation, admin, hospital } = house;
    const claim = submission(house, [await line()]);
    const lacksLicence = () => refuses(house, claim, "ProviderUnauthorized", [hospital, claim.role, hospital]);
    await refuses(house, { ...claim, role: 0 }, "ProviderUnauthorized", [hospital, 0, hospital]);
    await accreditation.suspend(hospital, PROVIDER);
    await lacksLicence();
    const end = (await time.latest()) + 100;
    await accreditation.accredit(hospital, PROVIDER, end);
    await time.increaseTo(end);
    await lacksLicence();
    await accreditation.accredit(hospital, PROVIDER, FAR);
    await setAccreditor(house, "Provider", admin, false);
    await lacksLicence();
  });

  it("takes the provider's staff, and rejects strangers, the patient, the insurer and who left the staff", async () => {
    const house = await loadFixture(fixture);
    const { accreditation, hospital, clinic, nurse, patient, insurer, stranger } = house;
    await act(house, submission(house, [await line()]), nurse);
    await accreditation.connect(hospital).setMember(nurse, 0);
    const claim = submission(house, [await line({ number: 1 })]);
    for (const caller of [nurse, clinic, patient, insurer, stranger]) {
      await refuses(house, claim, "ProviderUnauthorized", [hospital, PROVIDER, caller], caller);
    }
  });

  it("rejects a policy there is not, whatever differs", async () => {
    const house = await loadFixture(fixture);
    const { policy, hospital } = house;
    for (const [change, caller] of [
      [{ firstDay: policy.firstDay - 1 }, hospital],
      [{ endDay: policy.endDay + 1 }, hospital],
      [{ holder: house.employer.address }, hospital],
      [{ plan: digest("another plan") }, hospital],
      [{ document: digest("another coverage") }, hospital],
    ] as const) {
      const other = { ...policy, ...change };
      const claim = submission(house, [await line()], { policy: other });
      await refuses(house, claim, "PolicyUnknown", [policyId(other)], caller);
    }
  });

  it("takes claims to the run-off's last second, and none after", async () => {
    const house = await loadFixture(fixture);
    const { policy } = house;
    const day = policy.endDay - 1;
    const over = (policy.endDay + 180) * DAY;
    const first = submission(house, [await line({ day })]);
    const second = submission(house, [await line({ day, number: 1 })]);
    await time.setNextBlockTimestamp(over - 1);
    await act(house, first);
    await time.setNextBlockTimestamp(over);
    await refuses(house, second, "PolicyRanOff", [house.policyId, policy.endDay]);
    await house.escrow.close(policy);
    await refuses(house, second, "PolicyRanOff", [house.policyId, policy.endDay]);
  });

  it("counts the run-off from the day a policy was ended", async () => {
    const house = await loadFixture(fixture);
    const { escrow, patient, policy } = house;
    const endDay = (await today()) + 1;
    await escrow.connect(patient).terminate(policy, endDay);
    const claim = submission(house, [await line()]);
    await time.setNextBlockTimestamp((endDay + 180) * DAY);
    await refuses(house, claim, "PolicyRanOff", [house.policyId, endDay]);
  });

  it("takes services from the policy's first day to its last, and none before or after", async () => {
    const house = await loadFixture(fixture);
    const { firstDay, endDay } = house.policy;
    await time.increaseTo(endDay * DAY + 100);
    for (const day of [firstDay, endDay - 1]) await act(house, submission(house, [await line({ day })]));
    for (const day of [firstDay - 1, endDay, 0]) {
      const claim = submission(house, [await line({ number: 1 }), await line({ day, number: 2 })]);
      claim.lines[0]!.day = firstDay;
      await refuses(house, claim, "ServiceDayInvalid", [1, day, firstDay, endDay]);
    }
  });

  it("takes services of today, and none of tomorrow", async () => {
    const house = await loadFixture(fixture);
    const { firstDay, endDay } = house.policy;
    const now = await today();
    await time.setNextBlockTimestamp((now + 1) * DAY - 1);
    await refuses(house, submission(house, [await line({ day: now + 1 })]), "ServiceDayInvalid", [
      0,
      now + 1,
      firstDay,
      endDay,
    ]);
    const claim = submission(house, [await line({ day: now + 1 })]);
    await time.increaseTo((now + 1) * DAY);
    await act(house, claim);
  });

  it("takes services up to the day a policy was ended, and none from then on", async () => {
    const house = await loadFixture(fixture);
    const { escrow, patient, policy } = house;
    const endDay = (await today()) + 3;
    await escrow.connect(patient).terminate(policy, endDay);
    await time.increaseTo((endDay + 1) * DAY);
    await act(house, submission(house, [await line({ day: endDay - 1 })]));
    await refuses(house, submission(house, [await line({ day: endDay })]), "ServiceDayInvalid", [
      0,
      endDay,
      policy.firstDay,
      endDay,
    ]);
  });

  it("takes a thousandth of a service to a hundred thousand, and neither none nor more", async () => {
    const house = await loadFixture(fixture);
    for (const quantity of [0, 100_000_001, 2 ** 32 - 1]) {
      const claim = submission(house, [await line(), await line({ number: 1, quantity })]);
      await refuses(house, claim, "QuantityInvalid", [1, quantity]);
    }
    await act(
      house,
      submission(house, [await line({ quantity: 1 }), await line({ number: 1, quantity: 100_000_000 })]),
    );
  });

  it("rejects a line twice, within a claim and across claims, whatever else it says", async () => {
    const house = await loadFixture(fixture);
    const first = await line({ number: 255 });
    await refuses(house, submission(house, [first, { ...first, service: LAB }]), "LineUsed", [first.day, 255]);
    await act(house, submission(house, [first]));
    const second = submission(house, [await line({ number: 1 }), { ...first, service: LAB, quantity: 2_000 }]);
    await refuses(house, second, "LineUsed", [first.day, 255]);
  });

  it("takes the same number of another day, another provider and another policy", async () => {
    const house = await loadFixture(fixture);
    const { escrow, clinic, insurer } = house;
    await consentToBill(house, clinic);
    const policy = await policyFor(house, { document: digest("another coverage") });
    await escrow.connect(insurer).issue(policy);
    const first = await line();
    await act(house, submission(house, [first]));
    await act(house, submission(house, [{ ...first, day: first.day - 1 }]));
    await act(house, submission(house, [first], { provider: clinic.address }), clinic);
    await act(house, submission(house, [first], { policy }));
  });

  it("rejects a service the plan does not know, and more than an amount holds", async () => {
    const house = await loadFixture(fixture);
    const { plans, plan } = house;
    await expect(act(house, submission(house, [await line(), await line({ number: 1, service: UNKNOWN })])))
      .to.be.revertedWithCustomError(plans, "ServiceUnknown")
      .withArgs(plan, UNKNOWN);
    const most = 2n ** 96n - 1n;
    const huge = [await line({ billed: most }), await line({ number: 1, billed: 1n })];
    await expect(act(house, submission(house, huge)))
      .to.be.revertedWithCustomError(plans, "ClaimTooLarge")
      .withArgs(most + 1n);
  });

  it("knows a claim by its policy, provider, lines and documents", async () => {
    const house = await loadFixture(fixture);
    const { escrow } = house;
    const claim = submission(house, [await line()]);
    await act(house, claim);
    await refuses(house, claim, "ClaimExists", [claimId(claimOf(claim))]);
    expect((await escrow.claimOf(claimId({ ...claimOf(claim), documents: digest("another") }))).status).to.equal(0n);
    await refuses(house, { ...claim, documents: digest("another") }, "LineUsed", [claim.lines[0]!.day, 0]);
  });
}
