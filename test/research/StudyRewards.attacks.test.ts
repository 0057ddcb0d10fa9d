import { expect } from "chai";
import { encodeBytes32String, id as digest } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ethers, FAR, LABORATORY, loadFixture, MEDICATIONS, time } from "../fixtures.js";
import type { Manner } from "../hostileToken.js";
import {
  amended,
  anchored,
  approved,
  booksIn,
  CAP,
  consent,
  contribute,
  contributed,
  contribution,
  countersigned,
  enrol,
  enrolled,
  enrolment,
  expectBalanced,
  fieldName,
  FORM,
  funded,
  institute,
  type Institute,
  MILESTONE,
  NEXT_FORM,
  openStudy,
  PARTICIPATION,
  PROMISED,
  proposed,
  REASONS,
  recordOf,
  refuses,
  REWARD,
  termsHash,
  unlicense,
  usd,
  withHostileToken,
} from "./rewards.js";

/** Has a participant contribute until the cap, and be paid. */
async function earnAll(house: Institute, person: Institute["patient"]) {
  const { studies, token, study, terms } = house;
  const before = await token.balanceOf(person);
  const { earned, paid } = await studies.participantOf(study, person);
  for (let earning = earned; earning < terms.cap; earning += terms.reward) {
    await contribute(house, person, { salt: `at ${earning} of ${study}` });
  }
  await studies.claim(study, person);
  expect(await token.balanceOf(person)).to.equal(before + terms.cap - paid);
}

/** Everything a sponsor may do by itself, short of the refund. */
const SPONSORS_ACTS: Record<string, (house: Institute) => Promise<unknown>> = {
  "closes recruiting": ({ studies, sponsor, key }) => studies.connect(sponsor).close(key),
  "publishes results": ({ studies, sponsor, key }) => studies.connect(sponsor).publishResults(key, REASONS),
  "proposes an earlier end": ({ studies, sponsor, key, terms }) => {
    const endsAt = terms.enrolUntil + 1;
    return studies.connect(sponsor).propose(key, { ...terms, form: NEXT_FORM, endsAt, refundAt: endsAt });
  },
  "gives up its licence": async (house) => {
    await unlicense(house, house.sponsor, "Researcher");
    await house.studies.endApproval(house.study);
  },
  "proposes another study in the same token": ({ studies, sponsor, key, terms }) =>
    studies.connect(sponsor).propose({ ...key, registration: encodeBytes32String("NCT76543210") }, terms),
};

describe("StudyRewards against", () => {
  describe("a sponsor that wants its money back", () => {
    for (const [act, does] of Object.entries(SPONSORS_ACTS)) {
      it(`gets none before its time when it ${act}, and never what is owed`, async () => {
        const house = await contributed();
        const { studies, token, sponsor, patient, key, study, terms } = house;
        await does(house);
        const own = studies.connect(sponsor);
        for (const second of [terms.enrolUntil, terms.endsAt, terms.refundAt - 1]) {
          await time.setNextBlockTimestamp(second);
          const refusal = [study, terms.refundAt, PROMISED - REWARD] as const;
          await refuses(house, own.refund(key), "RefundInvalid", ...refusal);
          await refuses(house, own.claim(study, sponsor), "NothingOwed", study, sponsor);
        }
        await time.increaseTo(terms.refundAt);
        const refund = studies.interface.encodeFunctionData("refund", [key]);
        await refuses(house, own.multicall([refund, refund]), "RefundInvalid", study, terms.refundAt, 0);
        await own.refund(key);
        expect(await token.balanceOf(studies)).to.equal(REWARD);
        await studies.claim(study, patient);
        await expectBalanced(house, [patient]);
      });
    }

    it("never gets another study's", async () => {
      const house = await contributed();
      const { studies, token, sponsor, rival, patient, second, key, rivalKey, rivalStudy, terms } = house;
      const early = terms.enrolUntil;
      const other = await openStudy(house, rivalKey, { enrolUntil: early, endsAt: early, refundAt: early });
      await enrol(other, second);
      await contribute(other, second);
      await time.increaseTo(early);
      await refuses(house, studies.connect(rival).refund(key), "RefundUnauthorized", sponsor, rival);
      await studies.connect(rival).refund(rivalKey);
      await refuses(house, studies.connect(rival).refund(rivalKey), "RefundInvalid", rivalStudy, early, 0);
      expect(await token.balanceOf(studies)).to.equal(PROMISED + REWARD);
      await expectBalanced(house, [patient, second], [key, rivalKey]);
      await studies.claim(rivalStudy, second);
      await earnAll(house, patient);
    });

    it("cannot take the places of those enrolled with people it made up", async () => {
      const house = await funded();
      const { studies, token, sponsor, patient, second, third, stranger, study, key, terms } = house;
      const own = { ...house, terms: { ...terms, steward: sponsor.address } };
      await amended(own, { steward: sponsor.address, form: NEXT_FORM });
      const puppeteer = { ...own, terms: { ...own.terms, form: NEXT_FORM }, investigator: sponsor };
      await studies.connect(sponsor).fund(study, 0n);
      await enrol(puppeteer, patient);
      for (const puppet of [second, third]) {
        await enrol(puppeteer, puppet);
        for (const milestone of [0, 1, 2]) await studies.connect(sponsor).recordMilestone(study, puppet, milestone);
        await studies.claim(study, puppet);
        expect(await token.balanceOf(puppet)).to.equal(CAP);
        for (const milestone of [0, 3]) {
          const call = studies.connect(sponsor).recordMilestone(study, puppet, milestone);
          await refuses(house, call, "MilestoneInvalid", study, puppet, milestone);
        }
      }
      await consent(puppeteer, stranger);
      await refuses(house, enrolment(puppeteer, stranger), "StudyFull", study, 3);
      await earnAll(puppeteer, patient);
      await time.increaseTo(terms.refundAt);
      const call = studies.connect(sponsor).refund(key);
      await refuses(house, call, "RefundInvalid", study, terms.refundAt, 0);
    });

    it("cannot enrol without the person's consent, or by its own word", async () => {
      const house = await funded();
      const { studies, sponsor, patient, second, steward, study } = house;
      await refuses(house, enrolment(house, patient), "ConsentMissing", patient, steward, FORM);
      await consent(house, second);
      const authorized = await countersigned(house, second, { signer: sponsor });
      await refuses(house, studies.enrol(study, second, ...authorized), "StewardUnauthorized", steward, sponsor);
    });
  });

  describe("a sponsor that wants other terms", () => {
    it("can pay nothing in and enrol nobody before a board approved", async () => {
      const house = await proposed();
      const { studies, sponsor, stranger, patient, study, terms } = house;
      const own = studies.connect(sponsor);
      await consent(house, patient);
      await refuses(house, own.fund(study, PROMISED), "StudyNotApproved", study);
      await refuses(house, enrolment(house, patient), "StudyNotRecruiting", study);
      for (const board of [sponsor, stranger]) {
        const call = studies.connect(board).approve(study, board, termsHash(terms), FAR);
        await refuses(house, call, "BoardUnauthorized", board, board);
      }
    });

    it("cannot have terms approved that it swapped under the board's hand", async () => {
      const house = await approved();
      const { studies, sponsor, board, key, study, terms } = house;
      const shown = { ...terms, form: NEXT_FORM, reward: 2n * REWARD };
      const meant = { ...shown, reward: 1n };
      await studies.connect(sponsor).propose(key, shown);
      await studies.connect(sponsor).propose(key, meant);
      const call = studies.connect(board).approve(study, board, termsHash(shown), FAR);
      await refuses(house, call, "ApprovalMismatch", termsHash(meant), termsHash(shown));
      expect((await studies.termsOf(study)).reward).to.equal(REWARD);
    });

    it("cannot switch the form on those who consented to another", async () => {
      const house = await enrolled();
      const { studies, sponsor, patient, second, steward, study } = house;
      const former = await countersigned(house, second);
      await consent(house, second);
      const next = await amended(house);
      await studies.connect(sponsor).fund(study, 0n);
      const record = await anchored(next, patient);
      await refuses(house, contribution(next, record), "ConsentMissing", patient, steward, NEXT_FORM);
      await refuses(house, enrolment(next, second), "ConsentMissing", second, steward, NEXT_FORM);
      await consent(next, second);
      const call = studies.enrol(study, second, ...former);
      await refuses(house, call, "SignatureInvalid", former[0].signer);
    });

    it("can lower no cap and change no token, however many amendments it takes", async () => {
      const house = await amended(await contributed(), { cap: CAP + 2n });
      const { studies, rewardToken, sponsor, token, key, terms } = house;
      const form = digest("a third form");
      const propose = (changes: object) => studies.connect(sponsor).propose(key, { ...terms, form, ...changes });
      await refuses(house, propose({ cap: CAP + 1n }), "StudyTermsInvalid", fieldName("cap"));
      await refuses(house, propose({ token: rewardToken.target }), "StudyTokenFixed", token.target);
      for (const used of [FORM, NEXT_FORM]) {
        await refuses(house, propose({ form: used }), "StudyTermsInvalid", fieldName("form"));
      }
    });

    it("cannot have one participant credited by unpaid terms out of the others' promise", async () => {
      const house = await enrolled();
      const { studies, steward, patient, second, third, study } = house;
      for (const person of [second, third]) await enrol(house, person);
      const next = await amended(house, { cap: PROMISED, reward: PROMISED, milestoneReward: PROMISED });
      await consent(next, patient);
      const record = await anchored(next, patient);
      await refuses(house, contribution(next, record), "StudyUnderfunded", study, PROMISED, 2);
      const call = studies.connect(steward).recordMilestone(study, patient, 0);
      await refuses(house, call, "StudyUnderfunded", study, PROMISED, 2);
      await expectBalanced(next, [patient, second, third]);
    });

    it("pays everybody in whole, whatever was amended and withdrawn", async () => {
      const house = await enrolled();
      const { studies, sponsor, patient, second, third, key, study, terms } = house;
      const people = [patient, second, third];
      await contribute(house, patient);
      await enrol(house, second);
      await contribute(house, second);
      await studies.connect(second).withdraw(study, second);
      const next = await amended(house, { cap: 2n * CAP, capacity: 2, reward: usd(60) });
      await studies.connect(sponsor).fund(study, usd(1_000));
      await consent(next, patient);
      await earnAll(next, patient);
      const last = await amended(next, { form: digest("a third form"), cap: 3n * CAP, capacity: 4 });
      await studies.connect(sponsor).fund(study, usd(1_000));
      await enrol(last, third);
      await earnAll(last, third);
      await studies.claim(study, second);
      await time.increaseTo(terms.refundAt);
      await studies.connect(sponsor).refund(key);
      await expectBalanced(last, people);
      expect(await house.token.balanceOf(studies)).to.equal(0);
    });
  });

  describe("a board whose licence ends midway", () => {
    it("stops the study until another board takes it on as it is", async () => {
      const house = await contributed();
      const { studies, sponsor, board, secondBoard, patient, second, key, study, terms } = house;
      const other = studies.connect(secondBoard);
      await unlicense(house, board, "EthicsBoard");
      await contribute(house, patient, { salt: "before anybody says so" });
      await studies.endApproval(study);
      const record = await anchored(house, patient, { salt: "after" });
      await refuses(house, contribution(house, record), "StudyNotRunning", study);
      const changed = termsHash({ ...terms, reward: 1n });
      const call = other.approve(study, secondBoard, changed, FAR);
      await refuses(house, call, "ApprovalMismatch", ethers.ZeroHash, changed);
      await other.approve(study, secondBoard, termsHash(terms), FAR);
      await contribution(house, record);
      await enrol(house, second);
      await studies.connect(sponsor).close(key);
      await expectBalanced(house, [patient, second]);
    });
  });

  describe("a patient who wants to be paid twice", () => {
    it("gets nothing for the same record again, by whatever call", async () => {
      const house = await contributed();
      const { studies, patient, result, study } = house;
      const { key, opening } = result;
      const again = studies.interface.encodeFunctionData("contribute", [study, key, ...opening]);
      const claim = studies.interface.encodeFunctionData("claim", [study, patient.address]);
      const own = studies.connect(patient);
      await refuses(house, own.contribute(study, key, ...opening), "RecordContributedBefore", study, result.id);
      await refuses(house, own.multicall([claim, again]), "RecordContributedBefore", study, result.id);
      await refuses(house, own.multicall([claim, claim]), "NothingOwed", study, patient);
      await expectBalanced(house, [patient]);
    });

    it("gets nothing for the record under another commitment, author or patient", async () => {
      const house = await contributed();
      const { studies, patient, second, clinic, result, study } = house;
      await enrol(house, second);
      for (const record of [
        recordOf(patient, house.hospital, { salt: "another" }),
        recordOf(patient, house.hospital, { categories: MEDICATIONS }),
        recordOf(patient, clinic),
        recordOf(second, house.hospital),
      ]) {
        await refuses(house, contribution(house, record), "RecordNotAnchored", record.id);
      }
      const call = studies.contribute(study, { ...result.key, patient: second.address }, ...result.opening);
      await refuses(house, call, "RecordNotAnchored", recordOf(second, house.hospital).id);
    });

    it("gets no more than the cap for records an author anchors over and over", async () => {
      const house = await enrolled();
      const { patient, study } = house;
      await earnAll(house, patient);
      const record = await anchored(house, patient, { salt: "one more" });
      await refuses(house, contribution(house, record), "ParticipantCapReached", study, patient);
      await expectBalanced(house, [patient]);
    });

    it("gets nothing for a record erased and anchored anew", async () => {
      const house = await contributed();
      const { records, hospital, patient, result } = house;
      await records.connect(patient).erase([result.key]);
      const anchor = [roleNumber("Provider"), result.key, digest("a ciphertext")] as const;
      await expect(records.connect(hospital).anchor(...anchor))
        .to.be.revertedWithCustomError(records, "RecordIsErased")
        .withArgs(result.id);
      await refuses(house, contribution(house, result), "RecordNotAnchored", result.id);
    });

    it("gets nothing for somebody else's record: who is paid is whose it is", async () => {
      const house = await enrolled();
      const { studies, patient, second, study } = house;
      const record = await anchored(house, second);
      await consent(house, second);
      const call = studies.connect(patient).contribute(study, record.key, ...record.opening);
      await refuses(house, call, "ParticipantInvalid", study, second, PARTICIPATION.None);
      await enrolment(house, second);
      await studies.connect(patient).contribute(study, record.key, ...record.opening);
      expect((await studies.participantOf(study, patient)).earned).to.equal(0);
      expect((await studies.participantOf(study, second)).earned).to.equal(REWARD);
    });

    it("gets nothing as its own author", async () => {
      const house = await enrolled();
      const { patient } = house;
      const own = await anchored(house, patient, { author: patient, role: "Practitioner" });
      await refuses(house, contribution(house, own), "RecordAuthorInvalid", own.id, patient);
    });

    it("neither comes back nor contributes after withdrawing", async () => {
      const house = await contributed();
      const { studies, patient, study } = house;
      const word = await countersigned(house, patient);
      const record = await anchored(house, patient, { salt: "another" });
      await studies.connect(patient).withdraw(study, patient);
      const withdrawn = [study, patient, PARTICIPATION.Withdrawn] as const;
      await refuses(house, studies.enrol(study, patient, ...word), "ParticipantKnown", ...withdrawn);
      await refuses(house, contribution(house, record), "ParticipantInvalid", ...withdrawn);
      await studies.claim(study, patient);
      await refuses(house, studies.claim(study, patient), "NothingOwed", study, patient);
      await expectBalanced(house, [patient]);
    });
  });

  describe("a token that", () => {
    /** {@link contributed} with two participants and a study of a rival's, in a token that is told how to behave. */
    async function hostile() {
      const house = await withHostileToken(await loadFixture(institute));
      const own = await openStudy(house, house.key);
      for (const person of [house.patient, house.second]) {
        await enrol(own, person);
        await contribute(own, person);
      }
      await openStudy(house, house.rivalKey);
      return { ...house, ...own, hostile: house.hostile, behave: house.behave };
    }

    type Hostile = Awaited<ReturnType<typeof hostile>>;

    const balances = (house: Hostile) =>
      expectBalanced(house, [house.patient, house.second], [house.key, house.rivalKey]);

    for (const manner of ["AnswersFalse", "AnswersTwo", "AnswersMuch", "Reverts", "RevertsWithMuch"] as Manner[]) {
      it(`refuses a participant (${manner}) keeps its reward owed, and pays everybody else`, async () => {
        const house = await hostile();
        const { studies, token, sponsor, patient, second, key, study, terms, behave } = house;
        await behave(manner, patient);
        await expect(studies.claim(study, patient)).to.revert(ethers);
        await studies.claim(study, second);
        await time.increaseTo(terms.refundAt);
        await studies.connect(sponsor).refund(key);
        await balances(house);
        await behave("Plain");
        await studies.claim(study, patient);
        expect(await token.balanceOf(patient)).to.equal(REWARD);
        await balances(house);
      });
    }

    it("refuses the sponsor keeps the refund there, and pays everybody else", async () => {
      const house = await hostile();
      const { studies, sponsor, patient, key, study, terms, behave } = house;
      await behave("Reverts", sponsor);
      await time.increaseTo(terms.refundAt);
      await expect(studies.connect(sponsor).refund(key)).to.revert(ethers);
      await studies.claim(study, patient);
      await balances(house);
      await behave("Plain");
      await studies.connect(sponsor).refund(key);
      await balances(house);
    });

    it("answers nothing is taken for every transfer, as old tokens are", async () => {
      const house = await hostile();
      const { studies, sponsor, patient, key, study, terms, behave } = house;
      await behave("AnswersNothing");
      const next = await amended(house, { capacity: 4 });
      await studies.connect(sponsor).fund(study, CAP);
      await enrol(next, house.third);
      await studies.claim(study, patient);
      await time.increaseTo(terms.refundAt);
      await studies.connect(sponsor).refund(key);
      await balances(house);
    });

    it("takes a fee pays out as it will: the fee is the payee's, never another's", async () => {
      const house = await hostile();
      const { studies, token, patient, study, behave } = house;
      await behave("TakesFee");
      await studies.claim(study, patient);
      expect(await token.balanceOf(patient)).to.equal(REWARD - 1n);
      await balances(house);
    });

    it("fails on the way in leaves the study unpaid", async () => {
      const house = await hostile();
      const { studies, token, sponsor, study, behave } = house;
      await amended(house, { capacity: 4 });
      await behave("AnswersFalse", sponsor);
      await expect(studies.connect(sponsor).fund(study, CAP))
        .to.be.revertedWithCustomError(studies, "SafeERC20FailedOperation")
        .withArgs(token.target);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, 2n * REWARD, 1n]);
    });

    describe("reenters", () => {
      /** {@link hostile} after its end, amended and not paid for, with the token acting for everybody who may do something. */
      async function poised() {
        const house = await hostile();
        const { studies, accreditation, sponsor, patient, key, study, terms, hostile: token } = house;
        await accreditation.connect(sponsor).setMember(token, FAR);
        await token.mint(token, usd(1_000_000));
        await amended(house, { cap: 2n * CAP });
        await time.increaseTo(terms.refundAt);
        const calls = {
          fund: studies.interface.encodeFunctionData("fund", [study, usd(1)]),
          claim: studies.interface.encodeFunctionData("claim", [study, patient.address]),
          refund: studies.interface.encodeFunctionData("refund", [key]),
        };
        return { ...house, calls };
      }

      /** Makes one call, in the middle of whose transfer the token makes another. */
      async function within(outer: "fund" | "claim" | "refund", inner: typeof outer) {
        const house = await poised();
        const { studies, sponsor, hostile: token, calls } = house;
        await token.reenter(studies, calls[inner]);
        const call = sponsor.sendTransaction({ to: studies, data: calls[outer] });
        const answer = async () => studies.interface.parseError(await token.answer())?.name;
        return { ...house, call, answer };
      }

      it("cannot have one payment counted twice", async () => {
        const house = await within("fund", "fund");
        await house.call;
        expect(await house.answer()).to.equal("ReentrancyGuardReentrantCall");
        await balances(house);
      });

      for (const inner of ["claim", "refund"] as const) {
        it(`cannot have paid out what comes in (${inner})`, async () => {
          const house = await within("fund", inner);
          const before = await house.studies.booksOf(house.study);
          await expect(house.call).to.revert(ethers);
          expect(await house.studies.booksOf(house.study)).to.deep.equal(before);
          await balances(house);
        });
      }

      for (const [outer, error] of [
        ["claim", "NothingOwed"],
        ["refund", "RefundInvalid"],
      ] as const) {
        it(`gains nothing while it is paid (${outer})`, async () => {
          for (const inner of ["fund", "claim", "refund"] as const) {
            const house = await within(outer, inner);
            await house.call;
            expect(await house.hostile.entered(), inner).to.equal(inner !== outer);
            if (inner === outer) expect(await house.answer()).to.equal(error);
            await balances(house);
          }
        });
      }
    });
  });

  it("a steward that credits itself what others were promised", async () => {
    const house = await enrolled();
    const { studies, steward, second, patient, study } = house;
    await enrol(house, steward);
    const own = studies.connect(steward);
    for (const milestone of [0, 1, 2]) await own.recordMilestone(study, steward, milestone);
    await studies.claim(study, steward);
    await enrol(house, second);
    for (const person of [patient, second]) await earnAll(house, person);
    expect(await booksIn(studies, study)).to.deep.equal([PROMISED, PROMISED, 1n]);
    expect((await studies.participantOf(study, steward)).earned).to.equal(CAP);
    expect(3n * MILESTONE).to.be.above(CAP);
    await expectBalanced(house, [steward, second, patient]);
  });

  it("a record whose categories are more than it says", async () => {
    const house = await enrolled();
    const { studies, patient, study } = house;
    const { key, id, opening } = await anchored(house, patient, { categories: LABORATORY | (1n << 20n) });
    await refuses(house, studies.contribute(study, key, LABORATORY, opening[1]), "RecordCommitmentMismatch", id);
    await refuses(house, studies.contribute(study, key, ...opening), "RecordCategoriesOutside", id, opening[0]);
  });
});
