import { expect } from "chai";

import { categoryMask } from "../../src/consent/category.js";
import { ALL_CATEGORIES, FAR, LABORATORY, time } from "../fixtures.js";
import { itTakesOnlyTheSignersWord } from "../sign.js";
import {
  amended,
  appointed,
  approved,
  booksIn,
  CAP,
  contribute,
  contributed,
  enrol,
  enrolled,
  expectBalanced,
  funded,
  inSecond,
  MILESTONE,
  NEXT_FORM,
  openStudy,
  PARTICIPATION,
  PROMISED,
  proposed,
  REASONS,
  refuses,
  REWARD,
  termsHash,
  unlicense,
  usd,
  withdrawalSigned,
} from "./rewards.js";

const RESEARCH_DATA = categoryMask(["research"]);

describe("StudyRewards", () => {
  describe("claim", () => {
    it("pays a participant what is owed, whoever asks", async () => {
      const house = await contributed();
      const { studies, token, stranger, patient, study } = house;
      await expect(studies.connect(stranger).claim(study, patient))
        .to.emit(studies, "RewardPaid")
        .withArgs(study, patient, REWARD);
      expect(await token.balanceOf(patient)).to.equal(REWARD);
      expect(await token.balanceOf(stranger)).to.equal(0);
      const { earned, paid } = await studies.participantOf(study, patient);
      expect([earned, paid]).to.deep.equal([REWARD, REWARD]);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, REWARD, 1n]);
      await expectBalanced(house, [patient]);
    });

    it("pays once, and later only what was earned since", async () => {
      const house = await contributed();
      const { studies, token, steward, patient, study } = house;
      await studies.claim(study, patient);
      await refuses(house, studies.claim(study, patient), "NothingOwed", study, patient);
      await studies.connect(steward).recordMilestone(study, patient, 0);
      await expect(studies.claim(study, patient)).to.emit(studies, "RewardPaid").withArgs(study, patient, MILESTONE);
      expect(await token.balanceOf(patient)).to.equal(REWARD + MILESTONE);
      await expectBalanced(house, [patient]);
    });

    it("refuses who earned nothing", async () => {
      const house = await contributed();
      const { studies, sponsor, patient, study, rivalStudy } = house;
      await refuses(house, studies.connect(sponsor).claim(study, sponsor), "NothingOwed", study, sponsor);
      await refuses(house, studies.claim(rivalStudy, patient), "NothingOwed", rivalStudy, patient);
    });

    it("is never stopped: not by withdrawal, suspension, amendment, lost licences, the end or the refund", async () => {
      const house = await contributed();
      const { studies, token, sponsor, board, patient, key, study, terms } = house;
      await studies.connect(patient).withdraw(study, patient);
      await studies.connect(sponsor).close(key);
      const next = { ...terms, form: NEXT_FORM, cap: 2n * CAP };
      await studies.connect(sponsor).propose(key, next);
      await studies.connect(board).approve(study, board, termsHash(next), FAR);
      await studies.connect(board).setSuspended(study, true, REASONS);
      await unlicense(house, board, "EthicsBoard");
      await unlicense(house, sponsor, "Researcher");
      await studies.endApproval(study);
      await time.increaseTo(terms.refundAt);
      await studies.connect(sponsor).refund(key);
      expect(await token.balanceOf(studies)).to.equal(REWARD);
      await time.increaseTo(FAR);
      await studies.claim(study, patient);
      expect(await token.balanceOf(patient)).to.equal(REWARD);
    });

    it("pays from the participant's own study", async () => {
      const house = await contributed();
      const { studies, token, patient, rivalKey } = house;
      const other = await openStudy(house, rivalKey);
      await enrol(other, patient);
      await contribute(other, patient, { salt: "another" });
      await studies.claim(other.study, patient);
      expect(await token.balanceOf(patient)).to.equal(REWARD);
      expect((await studies.participantOf(house.study, patient)).paid).to.equal(0);
      await expectBalanced(house, [patient], [house.key, rivalKey]);
    });
  });

  describe("refund", () => {
    it("gives the sponsor what nobody earned, from the second the terms name", async () => {
      const house = await contributed();
      const { studies, token, sponsor, patient, key, study, terms } = house;
      const before = await token.balanceOf(sponsor);
      const own = studies.connect(sponsor);
      const free = PROMISED - REWARD;
      await inSecond(terms.refundAt - 1, () =>
        refuses(house, own.refund(key), "RefundInvalid", study, terms.refundAt, free),
      );
      await expect(inSecond(terms.refundAt, () => own.refund(key)))
        .to.emit(studies, "StudyRefunded")
        .withArgs(study, sponsor, free);
      expect(await token.balanceOf(sponsor)).to.equal(before + free);
      expect(await booksIn(studies, study)).to.deep.equal([REWARD, REWARD, 1n]);
      await expectBalanced(house, [patient]);
      await studies.claim(study, patient);
      expect(await token.balanceOf(studies)).to.equal(0);
    });

    it("gives it once, paid out or not", async () => {
      const house = await contributed();
      const { studies, sponsor, patient, key, study, terms } = house;
      await studies.claim(study, patient);
      await time.increaseTo(terms.refundAt + 1);
      await studies.connect(sponsor).refund(key);
      const call = studies.connect(sponsor).refund(key);
      await refuses(house, call, "RefundInvalid", study, terms.refundAt, 0);
      await expectBalanced(house, [patient]);
    });

    it("gives back what was paid in part, of a study that never began", async () => {
      const house = await approved();
      const { studies, sponsor, key, study, terms } = house;
      await studies.connect(sponsor).fund(study, usd(1));
      await time.increaseTo(terms.refundAt);
      await expect(studies.connect(sponsor).refund(key))
        .to.emit(studies, "StudyRefunded")
        .withArgs(study, sponsor, usd(1));
    });

    it("is for the sponsor's staff to ask, licensed or not, and goes to the sponsor", async () => {
      const house = await funded();
      const { studies, accreditation, token, sponsor, nurse, key, study, terms } = house;
      await accreditation.connect(sponsor).setMember(nurse, FAR);
      await unlicense(house, sponsor, "Researcher");
      await time.increaseTo(terms.refundAt);
      await expect(studies.connect(nurse).refund(key))
        .to.emit(studies, "StudyRefunded")
        .withArgs(study, sponsor, PROMISED);
      expect(await token.balanceOf(nurse)).to.equal(0);
    });

    it("refuses everybody else", async () => {
      const house = await funded();
      const { studies, sponsor, rival, steward, board, key, terms } = house;
      await time.increaseTo(terms.refundAt);
      for (const caller of [rival, steward, board]) {
        await refuses(house, studies.connect(caller).refund(key), "RefundUnauthorized", sponsor, caller);
      }
    });

    it("refuses a study no board has approved, or nobody paid", async () => {
      const house = await proposed();
      const { studies, sponsor, rival, board, key, rivalKey, study, rivalStudy, terms } = house;
      await refuses(house, studies.connect(sponsor).refund(key), "StudyNotApproved", study);
      await refuses(house, studies.connect(rival).refund(rivalKey), "StudyNotApproved", rivalStudy);
      await studies.connect(board).approve(study, board, termsHash(terms), FAR);
      await time.increaseTo(terms.refundAt);
      const call = studies.connect(sponsor).refund(key);
      await refuses(house, call, "RefundInvalid", study, terms.refundAt, 0);
    });

    it("waits for the terms in force, not for those that wait", async () => {
      const house = await funded();
      const { studies, sponsor, key, study, terms } = house;
      const refundAt = terms.refundAt + 100;
      await amended(house, { refundAt });
      await time.increaseTo(terms.refundAt);
      const own = studies.connect(sponsor);
      await refuses(house, own.refund(key), "RefundInvalid", study, refundAt, PROMISED);
      await time.increaseTo(refundAt - 50);
      await own.propose(key, { ...terms, form: terms.protocol, endsAt: refundAt, refundAt: refundAt });
      await refuses(house, own.refund(key), "RefundInvalid", study, refundAt, PROMISED);
      await inSecond(refundAt, () => own.refund(key));
    });

    it("leaves a study that goes on by amendment to be paid anew", async () => {
      const house = await contributed();
      const { studies, sponsor, patient, second, key, study, terms } = house;
      await time.increaseTo(terms.refundAt);
      await studies.connect(sponsor).refund(key);
      const [enrolUntil, endsAt, refundAt] = [terms.refundAt + 100, terms.refundAt + 100, terms.refundAt + 100];
      const next = await amended(house, { enrolUntil, endsAt, refundAt });
      await refuses(house, enrol(next, second), "StudyUnderfunded", study, REWARD, 2);
      await expect(studies.connect(sponsor).fund(study, usd(1_000)))
        .to.emit(studies, "StudyFunded")
        .withArgs(study, sponsor, PROMISED - REWARD, true);
      await enrol(next, second);
      await contribute(next, second);
      await expectBalanced(next, [patient, second]);
    });
  });

  describe("withdraw", () => {
    it("ends what is contributed, keeps what was earned, and opens no seat", async () => {
      const house = await contributed();
      const { studies, patient, study } = house;
      await expect(studies.connect(patient).withdraw(study, patient))
        .to.emit(studies, "ParticipantWithdrawn")
        .withArgs(study, patient, patient);
      expect(await studies.participantOf(study, patient)).to.deep.equal([
        ...[REWARD, 0n, 0n, BigInt(PARTICIPATION.Withdrawn)],
      ]);
      const { seats, seatsLeft } = await studies.studyOf(study);
      expect([seats, seatsLeft]).to.deep.equal([3n, 2n]);
      await expectBalanced(house, [patient]);
    });

    it("is a delegate's for research, too, as long as it is one", async () => {
      const house = await enrolled();
      const { studies, consents, patient, second, guardian, study } = house;
      await enrol(house, second);
      const until = (await time.latest()) + 100;
      for (const person of [patient, second]) {
        await consents.connect(person).setDelegate(guardian, until, RESEARCH_DATA | LABORATORY);
      }
      const own = studies.connect(guardian);
      await expect(inSecond(until - 1, () => own.withdraw(study, patient)))
        .to.emit(studies, "ParticipantWithdrawn")
        .withArgs(study, patient, guardian);
      await inSecond(until, () =>
        refuses(house, own.withdraw(study, second), "WithdrawalUnauthorized", second, guardian),
      );
    });

    it("refuses everybody else, and a delegate for all but research", async () => {
      const house = await enrolled();
      const { studies, consents, patient, guardian, sponsor, steward, investigator, board, study } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, ALL_CATEGORIES & ~RESEARCH_DATA);
      for (const caller of [guardian, sponsor, steward, investigator, board]) {
        const call = studies.connect(caller).withdraw(study, patient);
        await refuses(house, call, "WithdrawalUnauthorized", patient, caller);
      }
      expect((await studies.participantOf(study, patient)).status).to.equal(PARTICIPATION.Enrolled);
    });

    it("refuses who is not enrolled, or withdrew before", async () => {
      const house = await enrolled();
      const { studies, patient, second, study, rivalStudy } = house;
      const refusal = (id: string, person: typeof patient, status: number) =>
        refuses(house, studies.connect(person).withdraw(id, person), "ParticipantInvalid", id, person, status);
      await refusal(study, second, PARTICIPATION.None);
      await refusal(rivalStudy, patient, PARTICIPATION.None);
      await studies.connect(patient).withdraw(study, patient);
      await refusal(study, patient, PARTICIPATION.Withdrawn);
    });

    it("is possible after the study ended", async () => {
      const { studies, patient, study, terms } = await enrolled();
      await time.increaseTo(terms.refundAt);
      await studies.connect(patient).withdraw(study, patient);
      expect((await studies.participantOf(study, patient)).status).to.equal(PARTICIPATION.Withdrawn);
    });
  });

  describe("withdrawBySig", () => {
    itTakesOnlyTheSignersWord(async (deployment, account) => {
      const house = await appointed(deployment);
      const { studies, consents, patient, relayer, key, study } = house;
      await openStudy(house, key);
      await enrol(house, patient);
      await consents.connect(patient).setDelegate(account, FAR, RESEARCH_DATA);
      return {
        contract: studies,
        message: "WithdrawParticipant",
        words: { study, participant: patient.address },
        send: (...authorized) => studies.connect(relayer).withdrawBySig(study, patient, ...authorized),
        isDone: async () => Number((await studies.participantOf(study, patient)).status) === PARTICIPATION.Withdrawn,
      };
    });

    it("names who decided, not the relayer", async () => {
      const house = await enrolled();
      const { studies, consents, patient, second, guardian, relayer, study } = house;
      const own = await withdrawalSigned(house, patient, { signer: patient });
      await expect(studies.connect(relayer).withdrawBySig(study, patient, ...own))
        .to.emit(studies, "ParticipantWithdrawn")
        .withArgs(study, patient, patient);
      await enrol(house, second);
      await consents.connect(second).setDelegate(guardian, FAR, RESEARCH_DATA);
      const delegates = await withdrawalSigned(house, second, { signer: guardian });
      await expect(studies.connect(relayer).withdrawBySig(study, second, ...delegates))
        .to.emit(studies, "ParticipantWithdrawn")
        .withArgs(study, second, guardian);
    });

    it("counts once, and only for who is enrolled", async () => {
      const house = await enrolled();
      const { studies, patient, second, study } = house;
      const send = async (person: typeof patient, status: number) => {
        const authorized = await withdrawalSigned(house, person, { signer: person });
        const call = studies.withdrawBySig(study, person, ...authorized);
        await refuses(house, call, "ParticipantInvalid", study, person, status);
      };
      await send(second, PARTICIPATION.None);
      await studies.connect(patient).withdraw(study, patient);
      await send(patient, PARTICIPATION.Withdrawn);
    });

    it("refuses who may not decide, and a delegate who was removed meanwhile", async () => {
      const house = await enrolled();
      const { studies, consents, patient, guardian, steward, study } = house;
      await consents.connect(patient).setDelegate(guardian, FAR, RESEARCH_DATA);
      const words = [];
      for (const signer of [guardian, steward]) words.push(await withdrawalSigned(house, patient, { signer }));
      await consents.connect(patient).setDelegate(guardian, 0, 0);
      for (const authorized of words) {
        const call = studies.withdrawBySig(study, patient, ...authorized);
        await refuses(house, call, "WithdrawalUnauthorized", patient, authorized[0].signer);
      }
    });

    it("refuses a withdrawal from another study", async () => {
      const house = await enrolled();
      const { studies, patient, rivalKey, study } = house;
      const other = await openStudy(house, rivalKey);
      await enrol(other, patient);
      const authorized = await withdrawalSigned(other, patient, { signer: patient });
      await refuses(house, studies.withdrawBySig(study, patient, ...authorized), "SignatureInvalid", patient);
      await studies.withdrawBySig(other.study, patient, ...authorized);
    });
  });
});
