import { expect } from "chai";

import { loadFixture, time } from "../fixtures.js";
import {
  amended,
  anchored,
  approved,
  booksIn,
  CAP,
  CAPACITY,
  consent,
  contribute,
  contributed,
  contribution,
  enrol,
  enrolled,
  enrolment,
  expectBalanced,
  funded,
  institute,
  openStudy,
  PROMISED,
  proposed,
  refuses,
  REWARD,
  termsHash,
  usd,
  withHostileToken,
} from "./rewards.js";

describe("StudyRewards", () => {
  describe("fund", () => {
    it("takes in what the terms promise at most, and opens all seats", async () => {
      const house = await approved();
      const { studies, token, sponsor, study } = house;
      await expect(studies.connect(sponsor).fund(study, PROMISED))
        .to.emit(studies, "StudyFunded")
        .withArgs(study, sponsor, PROMISED, true);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, 0n, 1n]);
      const { seats, seatsLeft } = await studies.studyOf(study);
      expect([seats, seatsLeft]).to.deep.equal([BigInt(CAPACITY), BigInt(CAPACITY)]);
      expect(await token.balanceOf(studies)).to.equal(PROMISED);
    });

    it("takes no more than is missing", async () => {
      const { studies, token, sponsor, study } = await approved();
      const before = await token.balanceOf(sponsor);
      await expect(studies.connect(sponsor).fund(study, usd(1_000_000)))
        .to.emit(studies, "StudyFunded")
        .withArgs(study, sponsor, PROMISED, true);
      expect(await token.balanceOf(sponsor)).to.equal(before - PROMISED);
    });

    it("opens no seat a unit short, and the unit may come from anybody", async () => {
      const house = await approved();
      const { studies, token, sponsor, rival, patient, study } = house;
      await expect(studies.connect(sponsor).fund(study, PROMISED - 1n))
        .to.emit(studies, "StudyFunded")
        .withArgs(study, sponsor, PROMISED - 1n, false);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED - 1n, 0n, 0n]);
      expect((await studies.studyOf(study)).seats).to.equal(0);
      await consent(house, patient);
      await refuses(house, enrolment(house, patient), "StudyUnderfunded", study, PROMISED - 1n, 1);
      await expect(studies.connect(rival).fund(study, usd(10)))
        .to.emit(studies, "StudyFunded")
        .withArgs(study, rival, 1n, true);
      expect(await token.balanceOf(studies)).to.equal(PROMISED);
      await enrolment(house, patient);
    });

    it("refuses a study no board has approved", async () => {
      const house = await proposed();
      const { studies, sponsor, study, rivalStudy } = house;
      for (const id of [study, rivalStudy]) {
        await refuses(house, studies.connect(sponsor).fund(id, PROMISED), "StudyNotApproved", id);
      }
    });

    it("refuses money for terms that are paid", async () => {
      const house = await funded();
      const { studies, sponsor, study } = house;
      await refuses(house, studies.connect(sponsor).fund(study, 1n), "StudyFundedAlready", study, 1);
      await refuses(house, studies.connect(sponsor).fund(study, 0n), "StudyFundedAlready", study, 1);
    });

    it("takes nothing without an allowance", async () => {
      const { studies, token, stranger, study } = await approved();
      await token.mint(stranger, PROMISED);
      await expect(studies.connect(stranger).fund(study, PROMISED))
        .to.be.revertedWithCustomError(token, "ERC20InsufficientAllowance")
        .withArgs(studies.target, 0, PROMISED);
      expect(await booksIn(studies, study)).to.deep.equal([0n, 0n, 0n]);
    });

    it("refuses a token that takes a fee, whole or in part", async () => {
      const house = await withHostileToken(await loadFixture(institute));
      const { studies, sponsor, board, token, behave, key, study, terms } = house;
      await studies.connect(sponsor).propose(key, terms);
      await studies.connect(board).approve(study, board, termsHash(terms), terms.endsAt);
      await behave("TakesFee");
      for (const amount of [usd(1), PROMISED]) {
        await expect(studies.connect(sponsor).fund(study, amount))
          .to.be.revertedWithCustomError(studies, "TokenTookFee")
          .withArgs(token.target, amount, amount - 1n);
      }
      expect(await booksIn(studies, study)).to.deep.equal([0n, 0n, 0n]);
    });

    it("keeps two studies' money apart, in one token", async () => {
      const house = await contributed();
      const { studies, sponsor, patient, second, rivalKey, rivalStudy, study } = house;
      const other = await openStudy(house, rivalKey, { capacity: 1 });
      await enrol({ ...other, study: rivalStudy }, second);
      expect(await booksIn(studies, rivalStudy)).to.deep.equal([CAP, 0n, 1n]);
      expect(await booksIn(studies, study)).to.deep.equal([PROMISED, REWARD, 1n]);
      await refuses(house, studies.connect(sponsor).fund(rivalStudy, 1n), "StudyFundedAlready", rivalStudy, 1);
      await expectBalanced(house, [patient, second], [house.key, rivalKey]);
    });

    describe("after an amendment", () => {
      it("takes what the new terms promise beyond what is there, and opens the seats again", async () => {
        const house = await amended(await contributed(), { cap: 2n * CAP, capacity: 5 });
        const { studies, sponsor, patient, second, study } = house;
        await refuses(house, enrol(house, second), "StudyUnderfunded", study, PROMISED, 2);
        const missing = 10n * CAP - PROMISED;
        await expect(studies.connect(sponsor).fund(study, usd(1_000_000)))
          .to.emit(studies, "StudyFunded")
          .withArgs(study, sponsor, missing, true);
        expect(await booksIn(studies, study)).to.deep.equal([10n * CAP, REWARD, 2n]);
        const { seats, seatsLeft } = await studies.studyOf(study);
        expect([seats, seatsLeft]).to.deep.equal([5n, 4n]);
        await enrol(house, second);
        await expectBalanced(house, [patient, second]);
      });

      it("stays closed a unit short, and credits those enrolled as soon as all of them are covered", async () => {
        const house = await amended(await enrolled(), { cap: PROMISED + 2n });
        const { studies, sponsor, steward, patient, second, study } = house;
        const own = studies.connect(sponsor);
        await consent(house, patient);
        const record = await anchored(house, patient);
        const milestone = () => studies.connect(steward).recordMilestone(study, patient, 0);
        for (const short of [2n, 1n]) {
          const refusal = [study, PROMISED + 2n - short, 2] as const;
          await refuses(house, contribution(house, record), "StudyUnderfunded", ...refusal);
          await refuses(house, milestone(), "StudyUnderfunded", ...refusal);
          await own.fund(study, 1n);
        }
        await contribution(house, record);
        await milestone();
        await own.fund(study, 2n * PROMISED + 3n);
        await refuses(house, enrol(house, second), "StudyUnderfunded", study, 3n * PROMISED + 5n, 2);
        await own.fund(study, 1n);
        await enrolment(house, second);
        await expectBalanced(house, [patient, second]);
      });

      it("counts everybody who enrolled as one to be covered, withdrawn or not", async () => {
        const house = await enrolled();
        const { studies, sponsor, patient, second, study } = house;
        await enrol(house, second);
        await studies.connect(second).withdraw(study, second);
        const next = await amended(house, { cap: PROMISED / 2n + 1n });
        await consent(next, patient);
        const record = await anchored(next, patient);
        await refuses(house, contribution(next, record), "StudyUnderfunded", study, PROMISED, 2);
        await studies.connect(sponsor).fund(study, 2n);
        await contribution(next, record);
      });

      it("needs a word, but no money, when nothing more is promised", async () => {
        const house = await amended(await enrolled(), { reward: 2n * REWARD });
        const { studies, stranger, second, study } = house;
        await refuses(house, enrol(house, second), "StudyUnderfunded", study, PROMISED, 2);
        await expect(studies.connect(stranger).fund(study, 0n))
          .to.emit(studies, "StudyFunded")
          .withArgs(study, stranger, 0n, true);
        await enrolment(house, second);
        expect((await studies.studyOf(study)).seatsLeft).to.equal(1);
      });

      it("keeps the places of those who enrolled, where it left room for fewer", async () => {
        const house = await enrolled();
        const { studies, sponsor, patient, second, third, study } = house;
        await enrol(house, second);
        await studies.connect(second).withdraw(study, second);
        const next = await amended(house, { capacity: 1, cap: 2n * CAP });
        await expect(studies.connect(sponsor).fund(study, usd(1_000_000)))
          .to.emit(studies, "StudyFunded")
          .withArgs(study, sponsor, 4n * CAP - PROMISED, true);
        const { seats, seatsLeft } = await studies.studyOf(study);
        expect([seats, seatsLeft]).to.deep.equal([2n, 0n]);
        await refuses(house, enrol(next, third), "StudyFull", study, 2);
        await consent(next, patient);
        await contribute(next, patient);
        await expectBalanced(next, [patient, second]);
      });

      it("keeps what is there beyond a smaller promise for the refund", async () => {
        const house = await amended(await funded(), { capacity: 1 });
        const { studies, sponsor, study } = house;
        await expect(studies.connect(sponsor).fund(study, usd(10)))
          .to.emit(studies, "StudyFunded")
          .withArgs(study, sponsor, 0n, true);
        expect(await booksIn(studies, study)).to.deep.equal([PROMISED, 0n, 2n]);
        expect((await studies.studyOf(study)).seats).to.equal(1);
      });
    });
  });

  describe("openedAt", () => {
    it("is when all was there first, and stays so", async () => {
      const house = await approved();
      const { studies, sponsor, study } = house;
      await studies.connect(sponsor).fund(study, PROMISED - 1n);
      expect((await studies.booksOf(study)).openedAt).to.equal(0);
      await studies.connect(sponsor).fund(study, 1n);
      const opened = await time.latest();
      expect((await studies.booksOf(study)).openedAt).to.equal(opened);
      await amended(house, { capacity: 2 * CAPACITY });
      await studies.connect(sponsor).fund(study, PROMISED);
      expect((await studies.booksOf(study)).openedAt).to.equal(opened);
    });
  });

  describe("booksOf", () => {
    it("answers nothing of a study nobody paid into", async () => {
      const { studies, study } = await approved();
      expect(await booksIn(studies, study)).to.deep.equal([0n, 0n, 0n]);
    });
  });
});
