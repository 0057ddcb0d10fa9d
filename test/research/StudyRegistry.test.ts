import { expect } from "chai";
import { encodeBytes32String, id as digest, keccak256, ZeroAddress, ZeroHash } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { ALL_CATEGORIES, BTG, FAR, loadFixture, time } from "../fixtures.js";
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
  fieldName,
  FORM,
  funded,
  inSecond,
  institute,
  type Institute,
  license,
  MAX_UINT96,
  NEXT_FORM,
  proposed,
  REASONS,
  refuses,
  RESULTS,
  REWARD,
  STATUS,
  studyId,
  type StudyKey,
  type Terms,
  termsHash,
  termsTuple,
  unlicense,
  usd,
} from "./rewards.js";

/** The study's state as the contract answers it; as proposed, but for what is given. */
function state({ sponsor }: Institute, changes: object = {}) {
  return Object.values({
    sponsor: sponsor.address,
    approvedUntil: 0,
    version: 0,
    status: STATUS.Proposed,
    closed: false,
    seatsLeft: 0,
    board: ZeroAddress,
    resultsAt: 0,
    seats: 0,
    ...changes,
  });
}

const UNKNOWN: StudyKey = { sponsor: ZeroAddress, registration: encodeBytes32String("NCT00000000") };

describe("StudyRegistry", () => {
  describe("constructor", () => {
    it("names the registries it asks", async () => {
      const { studies, accreditation, consents, records } = await loadFixture(institute);
      expect(await studies.ACCREDITATION()).to.equal(accreditation.target);
      expect(await studies.CONSENTS()).to.equal(consents.target);
      expect(await studies.RECORDS()).to.equal(records.target);
    });
  });

  describe("propose", () => {
    it("puts the terms before a board, and nothing in force", async () => {
      const house = await loadFixture(institute);
      const { studies, sponsor, key, study, terms } = house;
      await expect(studies.connect(sponsor).propose(key, terms))
        .to.emit(studies, "StudyProposed")
        .withArgs(study, sponsor, key.registration, termsTuple(terms), termsHash(terms), sponsor);
      expect(await studies.studyOf(study)).to.deep.equal(state(house));
      expect(await studies.proposedHashOf(study)).to.equal(termsHash(terms));
      expect((await studies.termsOf(study)).steward).to.equal(ZeroAddress);
    });

    it("is the sponsor's staff's, too, and names it", async () => {
      const { accreditation, studies, sponsor, nurse, key, study, terms } = await loadFixture(institute);
      await accreditation.connect(sponsor).setMember(nurse, FAR);
      await expect(studies.connect(nurse).propose(key, terms))
        .to.emit(studies, "StudyProposed")
        .withArgs(study, sponsor, key.registration, termsTuple(terms), termsHash(terms), nurse);
    });

    it("replaces what no board has approved", async () => {
      const house = await proposed();
      const { studies, sponsor, board, key, study, terms } = house;
      const others = { ...terms, cap: CAP - 1n };
      await studies.connect(sponsor).propose(key, others);
      expect(await studies.studyOf(study)).to.deep.equal(state(house));
      await refuses(
        house,
        studies.connect(board).approve(study, board, termsHash(terms), FAR),
        "ApprovalMismatch",
        termsHash(others),
        termsHash(terms),
      );
    });

    it("keeps a sponsor's registrations apart, and sponsors of one registration", async () => {
      const house = await proposed();
      const { studies, sponsor, rival, key, rivalKey, rivalStudy, study, terms } = house;
      const other = { ...key, registration: encodeBytes32String("NCT76543210") };
      await studies.connect(sponsor).propose(other, { ...terms, capacity: 1 });
      await studies.connect(rival).propose(rivalKey, { ...terms, capacity: 2 });
      expect(await studies.proposedHashOf(study)).to.equal(termsHash(terms));
      expect(await studies.proposedHashOf(studyId(other))).to.equal(termsHash({ ...terms, capacity: 1 }));
      expect((await studies.studyOf(rivalStudy)).sponsor).to.equal(rival);
    });

    it("refuses who is no licensed researcher or does not act for one", async () => {
      const house = await loadFixture(institute);
      const { studies, accreditation, sponsor, rival, board, steward, key, terms } = house;
      const refusesOf = (by: typeof sponsor, of: StudyKey) =>
        refuses(house, studies.connect(by).propose(of, terms), "SponsorUnauthorized", of.sponsor, by.address);
      await refusesOf(rival, key);
      await refusesOf(board, { ...key, sponsor: board.address });
      await refusesOf(steward, { ...key, sponsor: steward.address });
      await accreditation.suspend(sponsor, roleNumber("Researcher"));
      await refusesOf(sponsor, key);
    });

    for (const [field, wrong, changes] of [
      ["steward", "no steward", { steward: ZeroAddress }],
      ["form", "no consent form", { form: ZeroHash }],
      ["protocol", "no protocol", { protocol: ZeroHash }],
      ["purpose", "break-the-glass", { purpose: BTG }],
      ["purpose", "an unknown purpose", { purpose: 62 }],
      ["categories", "no category", { categories: 0n }],
      ["categories", "an unknown category", { categories: 1n << 21n }],
      ["token", "a token that is no contract", { token: `0x${"2".repeat(40)}` }],
      ["capacity", "room for nobody", { capacity: 0 }],
      ["cap", "a cap of nothing", { cap: 0n, reward: 0n, milestoneReward: 0n }],
      ["cap", "a reward over the cap", { reward: CAP + 1n }],
      ["cap", "a milestone over the cap", { milestoneReward: CAP + 1n }],
      ["cap", "a promise over 96 bits", { cap: MAX_UINT96 / 3n + 1n, capacity: 3 }],
      ["milestones", "more than 32 milestones", { milestones: 33 }],
    ] as [string, string, Partial<Terms>][]) {
      it(`refuses ${wrong}`, async () => {
        const house = await loadFixture(institute);
        const { studies, sponsor, key, terms } = house;
        const call = studies.connect(sponsor).propose(key, { ...terms, ...changes });
        await refuses(house, call, "StudyTermsInvalid", fieldName(field));
      });
    }

    it("takes every limit itself", async () => {
      const { studies, sponsor, key, study, terms } = await loadFixture(institute);
      const cap = MAX_UINT96 / 3n;
      const limits = { purpose: 61, categories: ALL_CATEGORIES, milestones: 32, capacity: 3 };
      const most = { ...terms, ...limits, cap, reward: cap, milestoneReward: cap, resultsDue: 0 };
      await studies.connect(sponsor).propose(key, most);
      expect(await studies.proposedHashOf(study)).to.equal(termsHash(most));
      const least = {
        ...terms,
        purpose: 0,
        categories: 1n,
        milestones: 0,
        capacity: 1,
        reward: 0n,
        milestoneReward: 0n,
      };
      await studies.connect(sponsor).propose(key, { ...least, cap: 1n });
      expect(await studies.proposedHashOf(study)).to.equal(termsHash({ ...least, cap: 1n }));
    });

    it("takes dates in order, each of which may be the next one, and refuses a second less", async () => {
      const house = await loadFixture(institute);
      const { studies, sponsor, key, terms } = house;
      const own = studies.connect(sponsor);
      const { endsAt } = terms;
      const same = { ...terms, enrolUntil: endsAt, refundAt: endsAt };
      await own.propose(key, same);
      const refused = (changes: Partial<Terms>) =>
        refuses(house, own.propose(key, { ...same, ...changes }), "StudyTermsInvalid", fieldName("dates"));
      await refused({ enrolUntil: endsAt + 1 });
      await refused({ refundAt: endsAt - 1 });
      await inSecond(endsAt - 1, () => own.propose(key, same));
      await inSecond(endsAt, () => refused({}));
    });

    describe("of an amendment", () => {
      it("leaves everything in force until a board approves", async () => {
        const house = await enrolled();
        const { studies, sponsor, second, patient, key, study, terms } = house;
        const before = await studies.studyOf(study);
        const next = { ...terms, form: NEXT_FORM, cap: 2n * CAP, reward: 2n * REWARD };
        await expect(studies.connect(sponsor).propose(key, next))
          .to.emit(studies, "StudyProposed")
          .withArgs(study, sponsor, key.registration, termsTuple(next), termsHash(next), sponsor);
        expect(await studies.studyOf(study)).to.deep.equal(before);
        expect(await studies.termsOf(study)).to.deep.equal(termsTuple(terms));
        await enrol(house, second);
        await contribute(house, patient);
        expect((await studies.participantOf(study, patient)).earned).to.equal(REWARD);
      });

      it("refuses another token, the same form and a lower cap", async () => {
        const house = await approved();
        const { studies, sponsor, rewardToken, token, key, terms } = house;
        const amend = (changes: Partial<Terms>) =>
          studies.connect(sponsor).propose(key, { ...terms, form: NEXT_FORM, ...changes });
        await refuses(house, amend({ token: rewardToken.target as string }), "StudyTokenFixed", token.target);
        await refuses(house, amend({ form: FORM }), "StudyTermsInvalid", fieldName("form"));
        await refuses(house, amend({ cap: CAP - 1n }), "StudyTermsInvalid", fieldName("cap"));
        await amend({ cap: CAP });
      });

      it("refuses every form that was ever in force, and takes one that only waited", async () => {
        const house = await amended(await amended(await approved()), { form: REASONS });
        const { studies, sponsor, key, rivalKey, terms } = house;
        const own = studies.connect(sponsor);
        for (const form of [FORM, NEXT_FORM, REASONS]) {
          await refuses(house, own.propose(key, { ...terms, form }), "StudyTermsInvalid", fieldName("form"));
        }
        await own.propose(key, { ...terms, form: RESULTS });
        await own.propose(key, { ...terms, form: digest("yet another form") });
        await own.propose(key, { ...terms, form: RESULTS });
        await studies.connect(house.rival).propose(rivalKey, { ...terms, form: FORM });
      });

      it("compares with what is in force, not with what waits", async () => {
        const house = await approved();
        const { studies, sponsor, key, study, terms } = house;
        const own = studies.connect(sponsor);
        await own.propose(key, { ...terms, form: NEXT_FORM, cap: 2n * CAP });
        const next = { ...terms, form: NEXT_FORM };
        await own.propose(key, next);
        expect(await studies.proposedHashOf(study)).to.equal(termsHash(next));
      });
    });
  });

  describe("approve", () => {
    it("puts exactly the proposed terms in force, until a time", async () => {
      const house = await proposed();
      const { studies, board, study, terms } = house;
      await expect(studies.connect(board).approve(study, board, termsHash(terms), FAR))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, board, termsHash(terms), FAR, 1, board);
      expect(await studies.studyOf(study)).to.deep.equal(
        state(house, { approvedUntil: FAR, version: 1, status: STATUS.Approved, board: board.address }),
      );
      expect(await studies.termsOf(study)).to.deep.equal(termsTuple(terms));
      expect(await studies.proposedHashOf(study)).to.equal(ZeroHash);
    });

    it("is the board's staff's, too, and names it", async () => {
      const { accreditation, studies, board, nurse, study, terms } = await proposed();
      await accreditation.connect(board).setMember(nurse, FAR);
      await expect(studies.connect(nurse).approve(study, board, termsHash(terms), FAR))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, board, termsHash(terms), FAR, 1, nurse);
    });

    it("makes an amendment a version of its own, whose seats wait for its money", async () => {
      const house = await enrolled();
      const { studies, sponsor, board, key, study, terms } = house;
      const next = { ...terms, form: NEXT_FORM, capacity: 5, endsAt: terms.endsAt + 1, refundAt: terms.refundAt + 1 };
      await studies.connect(sponsor).propose(key, next);
      await expect(studies.connect(board).approve(study, board, termsHash(next), FAR - 1))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, board, termsHash(next), FAR - 1, 2, board);
      expect(await studies.termsOf(study)).to.deep.equal(termsTuple(next));
      expect(await studies.proposedHashOf(study)).to.equal(ZeroHash);
      expect(await studies.studyOf(study)).to.deep.equal(
        state(house, {
          ...{ approvedUntil: FAR - 1, version: 2, status: STATUS.Approved, board: board.address, seats: 1 },
        }),
      );
    });

    it("prolongs what the board approved, without another version", async () => {
      const house = await enrolled();
      const { studies, board, study, terms } = house;
      const until = (await time.latest()) + 100;
      const own = studies.connect(board);
      await own.approve(study, board, termsHash(terms), until);
      await time.increaseTo(until);
      await refuses(house, contribute(house, house.patient), "StudyNotRunning", study);
      await expect(own.approve(study, board, termsHash(terms), until + 100))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, board, termsHash(terms), until + 100, 1, board);
      const { approvedUntil, version, seats, seatsLeft } = await studies.studyOf(study);
      expect([approvedUntil, version, seats, seatsLeft]).to.deep.equal([BigInt(until) + 100n, 1n, 3n, 2n]);
      await contribute(house, house.patient, { salt: "another" });
    });

    it("prolongs what is in force while an amendment waits, which waits on", async () => {
      const house = await enrolled();
      const { studies, sponsor, board, key, study, terms } = house;
      const next = { ...terms, form: NEXT_FORM };
      await studies.connect(sponsor).propose(key, next);
      await expect(studies.connect(board).approve(study, board, termsHash(terms), FAR + 1))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, board, termsHash(terms), FAR + 1, 1, board);
      expect(await studies.proposedHashOf(study)).to.equal(termsHash(next));
      expect((await studies.studyOf(study)).seatsLeft).to.equal(2);
    });

    it("refuses terms that are not there", async () => {
      const house = await proposed();
      const { studies, board, study, terms } = house;
      const nothing = keccak256(new Uint8Array(15 * 32));
      const call = studies.connect(board).approve(study, board, nothing, FAR);
      await refuses(house, call, "ApprovalMismatch", termsHash(terms), nothing);
    });

    it("refuses terms that ended since they were proposed", async () => {
      const house = await proposed();
      const { studies, board, study, terms } = house;
      const approve = () => studies.connect(board).approve(study, board, termsHash(terms), FAR);
      for (const late of [0, 1]) {
        await inSecond(terms.endsAt + late, () => refuses(house, approve(), "StudyTermsInvalid", fieldName("dates")));
      }
      const other = await proposed();
      await inSecond(other.terms.endsAt - 1, approve);
    });

    it("refuses a cap that those enrolled would bring over 96 bits", async () => {
      const house = await enrolled();
      const { studies, token, sponsor, board, second, third, key, study, terms } = house;
      for (const person of [second, third]) await enrol(house, person);
      const most = MAX_UINT96 / 3n;
      const propose = (cap: bigint) =>
        studies.connect(sponsor).propose(key, { ...terms, form: NEXT_FORM, capacity: 2, cap });
      const approve = async () =>
        studies.connect(board).approve(study, board, await studies.proposedHashOf(study), FAR);
      await propose(most + 1n);
      await refuses(house, approve(), "StudyTermsInvalid", fieldName("cap"));
      await propose(most);
      await approve();
      await token.mint(sponsor, MAX_UINT96);
      await token.connect(sponsor).approve(studies, MAX_UINT96);
      await studies.connect(sponsor).fund(study, MAX_UINT96);
      expect(await booksIn(studies, study)).to.deep.equal([MAX_UINT96, 0n, 2n]);
    });

    it("refuses a board that is the steward", async () => {
      const house = await proposed();
      const { studies, sponsor, secondBoard, key, study, terms } = house;
      const others = { ...terms, steward: secondBoard.address };
      await studies.connect(sponsor).propose(key, others);
      const call = studies.connect(secondBoard).approve(study, secondBoard, termsHash(others), FAR);
      await refuses(house, call, "BoardUnauthorized", secondBoard.address, secondBoard.address);
    });

    it("refuses a hash of other terms, proposed or in force", async () => {
      const house = await proposed();
      const { studies, sponsor, board, key, study, terms } = house;
      const approve = (hash: string) => studies.connect(board).approve(study, board, hash, FAR);
      const [hash, other] = [termsHash(terms), termsHash({ ...terms, reward: REWARD - 1n })];
      await refuses(house, approve(other), "ApprovalMismatch", hash, other);
      await refuses(house, approve(ZeroHash), "ApprovalMismatch", hash, ZeroHash);
      await approve(hash);
      await refuses(house, approve(other), "ApprovalMismatch", ZeroHash, other);
      await refuses(house, approve(ZeroHash), "ApprovalMismatch", ZeroHash, ZeroHash);
      const next = { ...terms, form: NEXT_FORM };
      await studies.connect(sponsor).propose(key, next);
      await refuses(house, approve(other), "ApprovalMismatch", termsHash(next), other);
      await approve(termsHash(next));
      await refuses(house, approve(hash), "ApprovalMismatch", ZeroHash, hash);
    });

    it("refuses an end that is not ahead", async () => {
      const house = await proposed();
      const { studies, board, study, terms } = house;
      const until = (await time.latest()) + 100;
      const approve = () => studies.connect(board).approve(study, board, termsHash(terms), until);
      await inSecond(until + 1, () => refuses(house, approve(), "ApprovalEndPast", until));
      await inSecond(until, () => refuses(house, approve(), "ApprovalEndPast", until));
      await inSecond(until - 1, approve);
    });

    it("refuses an unknown study", async () => {
      const house = await proposed();
      const { studies, board, terms } = house;
      const unknown = studyId(UNKNOWN);
      const call = studies.connect(board).approve(unknown, board, termsHash(terms), FAR);
      await refuses(house, call, "StudyUnknown", unknown);
    });

    it("refuses a sponsor without a licence", async () => {
      const house = await proposed();
      const { studies, board, sponsor, study, terms } = house;
      await unlicense(house, sponsor, "Researcher");
      const call = studies.connect(board).approve(study, board, termsHash(terms), FAR);
      await refuses(house, call, "SponsorUnauthorized", sponsor.address, sponsor.address);
    });

    it("refuses who is no licensed board or does not act for it", async () => {
      const house = await proposed();
      const { accreditation, studies, board, secondBoard, hospital, stranger, study, terms } = house;
      const refusesOf = (by: typeof board, of: typeof board) =>
        refuses(
          house,
          studies.connect(by).approve(study, of, termsHash(terms), FAR),
          "BoardUnauthorized",
          of.address,
          by.address,
        );
      await refusesOf(hospital, hospital);
      await refusesOf(stranger, board);
      await refusesOf(secondBoard, board);
      const until = (await time.latest()) + 100;
      await accreditation.connect(board).setMember(stranger, until);
      await time.increaseTo(until);
      await refusesOf(stranger, board);
      await unlicense(house, board, "EthicsBoard");
      await refusesOf(board, board);
    });

    it("refuses a board that is the sponsor", async () => {
      const house = await proposed();
      const { studies, sponsor, study, terms } = house;
      await license(house, sponsor, "EthicsBoard");
      const call = studies.connect(sponsor).approve(study, sponsor, termsHash(terms), FAR);
      await refuses(house, call, "BoardUnauthorized", sponsor.address, sponsor.address);
    });

    for (const [relation, relate] of [
      ["is on the sponsor's staff", ({ sponsor, board }) => [sponsor, board]],
      ["has the sponsor on its staff", ({ sponsor, board }) => [board, sponsor]],
      ["sends somebody of the sponsor's staff", ({ sponsor, nurse }) => [sponsor, nurse]],
    ] as [string, (house: Institute) => [Institute["sponsor"], Institute["sponsor"]]][]) {
      it(`refuses a board that ${relation}, as long as that lasts`, async () => {
        const house = await proposed();
        const { accreditation, studies, board, nurse, study, terms } = house;
        await accreditation.connect(board).setMember(nurse, FAR);
        const [organisation, member] = relate(house);
        const until = (await time.latest()) + 100;
        await accreditation.connect(organisation).setMember(member, until);
        const approve = () => studies.connect(nurse).approve(study, board, termsHash(terms), FAR);
        await inSecond(until - 1, () => refuses(house, approve(), "BoardUnauthorized", board.address, nurse.address));
        await inSecond(until, approve);
      });
    }

    it("lets the study's own board prolong, whomever the sponsor calls its staff", async () => {
      const house = await approved();
      const { accreditation, studies, sponsor, board, study, terms } = house;
      await accreditation.connect(sponsor).setMember(board, FAR);
      await studies.connect(board).approve(study, board, termsHash(terms), FAR + 1);
      expect((await studies.studyOf(study)).approvedUntil).to.equal(FAR + 1);
      await studies.connect(sponsor).propose(house.key, { ...terms, form: NEXT_FORM });
      const amendment = termsHash({ ...terms, form: NEXT_FORM });
      const call = studies.connect(board).approve(study, board, amendment, FAR);
      await refuses(house, call, "BoardUnauthorized", board.address, board.address);
    });

    it("refuses a steward that would take over as the board, and another board of the sponsor's", async () => {
      const house = await approved();
      const { accreditation, studies, sponsor, steward, board, secondBoard, study, terms } = house;
      await unlicense(house, board, "EthicsBoard");
      await license(house, steward, "EthicsBoard");
      const own = studies.connect(steward).approve(study, steward, termsHash(terms), FAR);
      await refuses(house, own, "BoardUnauthorized", steward.address, steward.address);
      await accreditation.connect(secondBoard).setMember(sponsor, FAR);
      const related = studies.connect(secondBoard).approve(study, secondBoard, termsHash(terms), FAR);
      await refuses(house, related, "BoardUnauthorized", secondBoard.address, secondBoard.address);
    });

    it("refuses another board while the study's own is licensed", async () => {
      const house = await approved();
      const { studies, sponsor, board, secondBoard, key, study, terms } = house;
      const next = { ...terms, form: NEXT_FORM };
      for (const hash of [termsHash(terms), termsHash(next)]) {
        const call = studies.connect(secondBoard).approve(study, secondBoard, hash, FAR);
        await refuses(house, call, "ApprovalOfAnother", board.address, secondBoard.address);
        await studies.connect(sponsor).propose(key, next);
      }
    });

    it("lets another board take over from one without a licence", async () => {
      const house = await enrolled();
      const { studies, board, secondBoard, study, terms } = house;
      await unlicense(house, board, "EthicsBoard");
      await expect(studies.connect(secondBoard).approve(study, secondBoard, termsHash(terms), FAR))
        .to.emit(studies, "StudyApproved")
        .withArgs(study, secondBoard, termsHash(terms), FAR, 1, secondBoard);
      const { board: present, seatsLeft } = await studies.studyOf(study);
      expect([present, seatsLeft]).to.deep.equal([secondBoard.address, 2n]);
      await license(house, board, "EthicsBoard");
      const call = studies.connect(board).approve(study, board, termsHash(terms), FAR);
      await refuses(house, call, "ApprovalOfAnother", secondBoard.address, board.address);
      await refuses(
        house,
        studies.connect(board).setSuspended(study, true, REASONS),
        "BoardUnauthorized",
        secondBoard.address,
        board.address,
      );
    });

    it("ends no suspension, the board's own or that of one it takes over from", async () => {
      const house = await approved();
      const { studies, sponsor, board, secondBoard, key, study, terms } = house;
      await studies.connect(board).setSuspended(study, true, REASONS);
      const approve = (by: typeof board, hash = termsHash(terms)) => studies.connect(by).approve(study, by, hash, FAR);
      await refuses(house, approve(board), "StudyStatusInvalid", study, STATUS.Suspended);
      const next = { ...terms, form: NEXT_FORM };
      await studies.connect(sponsor).propose(key, next);
      await refuses(house, approve(board, termsHash(next)), "StudyStatusInvalid", study, STATUS.Suspended);
      await unlicense(house, board, "EthicsBoard");
      await approve(secondBoard, termsHash(next));
      const { status, version, board: present } = await studies.studyOf(study);
      expect([status, version, present]).to.deep.equal([BigInt(STATUS.Suspended), 2n, secondBoard.address]);
      await refuses(house, approve(secondBoard, termsHash(next)), "StudyStatusInvalid", study, STATUS.Suspended);
      await studies.connect(secondBoard).setSuspended(study, false, REASONS);
      expect((await studies.studyOf(study)).status).to.equal(STATUS.Approved);
    });
  });

  describe("endApproval", () => {
    for (const [lost, role] of [
      ["board", "EthicsBoard"],
      ["sponsor", "Researcher"],
    ] as const) {
      it(`ends enrolment and contribution when the ${lost} lost its licence, never what is owed`, async () => {
        const house = await contributed();
        const { studies, token, stranger, patient, second, study } = house;
        await consent(house, second);
        const record = await anchored(house, patient, { salt: "another" });
        await unlicense(house, house[lost], role);
        await expect(studies.connect(stranger).endApproval(study))
          .to.emit(studies, "ApprovalEnded")
          .withArgs(study, stranger);
        const { approvedUntil, status } = await studies.studyOf(study);
        expect([approvedUntil, status]).to.deep.equal([BigInt(await time.latest()), BigInt(STATUS.Approved)]);
        await refuses(house, enrolment(house, second), "StudyNotRecruiting", study);
        await refuses(house, contribution(house, record), "StudyNotRunning", study);
        await studies.claim(study, patient);
        expect(await token.balanceOf(patient)).to.equal(REWARD);
      });
    }

    it("leaves the board, licensed again, to approve again", async () => {
      const house = await enrolled();
      const { studies, accreditation, board, patient, study, terms } = house;
      const role = roleNumber("EthicsBoard");
      await accreditation.suspend(board, role);
      await studies.endApproval(study);
      await accreditation.reinstate(board, role);
      await refuses(house, contribute(house, patient), "StudyNotRunning", study);
      await studies.connect(board).approve(study, board, termsHash(terms), FAR);
      await contribute(house, patient, { salt: "another" });
    });

    it("happens once, and to an approval that lasts", async () => {
      const house = await approved();
      const { studies, board, study, terms } = house;
      const until = (await time.latest()) + 100;
      await studies.connect(board).approve(study, board, termsHash(terms), until);
      await unlicense(house, board, "EthicsBoard");
      await inSecond(until, () => refuses(house, studies.endApproval(study), "ApprovalEndPast", until));
      const again = await approved();
      await again.studies.connect(board).approve(study, board, termsHash(again.terms), until);
      await unlicense(again, board, "EthicsBoard");
      await inSecond(until - 1, () => studies.endApproval(study));
      await refuses(again, studies.endApproval(study), "ApprovalEndPast", until - 1);
    });

    it("refuses while both are licensed", async () => {
      const house = await approved();
      const { studies, sponsor, board, study } = house;
      await refuses(house, studies.connect(sponsor).endApproval(study), "ApprovalStands", study, board.address);
      await refuses(house, studies.connect(board).endApproval(study), "ApprovalStands", study, board.address);
    });

    it("refuses a study no board has approved", async () => {
      const house = await proposed();
      const { studies, sponsor, study } = house;
      await unlicense(house, sponsor, "Researcher");
      await refuses(house, studies.endApproval(study), "StudyUnknown", study);
      await refuses(house, studies.endApproval(studyId(UNKNOWN)), "StudyUnknown", studyId(UNKNOWN));
    });
  });

  describe("setSuspended", () => {
    it("stops enrolment and contribution until the board lets it go on, never what is owed", async () => {
      const house = await contributed();
      const { studies, accreditation, board, nurse, token, patient, second, study } = house;
      const own = studies.connect(board);
      await consent(house, second);
      const record = await anchored(house, patient, { salt: "another" });
      await expect(own.setSuspended(study, true, REASONS))
        .to.emit(studies, "StudySuspensionSet")
        .withArgs(study, board, true, REASONS, board);
      expect((await studies.studyOf(study)).status).to.equal(STATUS.Suspended);
      await refuses(house, enrolment(house, second), "StudyNotRecruiting", study);
      await refuses(house, contribution(house, record), "StudyNotRunning", study);
      await refuses(house, studies.connect(house.steward).recordMilestone(study, patient, 0), "StudyNotRunning", study);
      await studies.claim(study, patient);
      expect(await token.balanceOf(patient)).to.equal(REWARD);

      await accreditation.connect(board).setMember(nurse, FAR);
      await expect(studies.connect(nurse).setSuspended(study, false, RESULTS))
        .to.emit(studies, "StudySuspensionSet")
        .withArgs(study, board, false, RESULTS, nurse);
      expect((await studies.studyOf(study)).status).to.equal(STATUS.Approved);
      await enrolment(house, second);
      await contribution(house, record);
    });

    it("lets a participant withdraw meanwhile", async () => {
      const { studies, board, patient, study } = await enrolled();
      await studies.connect(board).setSuspended(study, true, REASONS);
      await expect(studies.connect(patient).withdraw(study, patient)).to.emit(studies, "ParticipantWithdrawn");
    });

    it("does not lengthen the approval", async () => {
      const house = await enrolled();
      const { studies, board, patient, study, terms } = house;
      const until = (await time.latest()) + 100;
      const own = studies.connect(board);
      await own.approve(study, board, termsHash(terms), until);
      await own.setSuspended(study, true, REASONS);
      await time.increaseTo(until);
      await own.setSuspended(study, false, REASONS);
      await refuses(house, contribute(house, patient), "StudyNotRunning", study);
    });

    it("refuses what it is already, and a study that is not approved", async () => {
      const house = await proposed();
      const { studies, board, study, terms } = house;
      const own = studies.connect(board);
      for (const suspended of [true, false]) {
        await refuses(house, own.setSuspended(study, suspended, REASONS), "StudyStatusInvalid", study, STATUS.Proposed);
        const unknown = studyId(UNKNOWN);
        const call = own.setSuspended(unknown, suspended, REASONS);
        await refuses(house, call, "StudyStatusInvalid", unknown, STATUS.None);
      }
      await own.approve(study, board, termsHash(terms), FAR);
      await refuses(house, own.setSuspended(study, false, REASONS), "StudyStatusInvalid", study, STATUS.Approved);
      await own.setSuspended(study, true, REASONS);
      await refuses(house, own.setSuspended(study, true, REASONS), "StudyStatusInvalid", study, STATUS.Suspended);
    });

    it("refuses everybody but the study's board, licensed", async () => {
      const house = await approved();
      const { studies, sponsor, secondBoard, steward, board, study } = house;
      for (const suspended of [true, false]) {
        for (const caller of [sponsor, secondBoard, steward]) {
          const call = studies.connect(caller).setSuspended(study, suspended, REASONS);
          await refuses(house, call, "BoardUnauthorized", board.address, caller.address);
        }
        if (suspended) await studies.connect(board).setSuspended(study, true, REASONS);
      }
      await unlicense(house, board, "EthicsBoard");
      const call = studies.connect(board).setSuspended(study, false, REASONS);
      await refuses(house, call, "BoardUnauthorized", board.address, board.address);
    });
  });

  describe("close", () => {
    it("ends enrolment, and nothing else", async () => {
      const house = await enrolled();
      const { studies, sponsor, steward, patient, second, key, study } = house;
      await consent(house, second);
      await expect(studies.connect(sponsor).close(key)).to.emit(studies, "RecruitingClosed").withArgs(study, sponsor);
      expect((await studies.studyOf(study)).closed).to.be.true;
      await refuses(house, enrolment(house, second), "StudyNotRecruiting", study);
      await contribute(house, patient);
      await studies.connect(steward).recordMilestone(study, patient, 0);
    });

    it("is the sponsor's staff's, licensed or not", async () => {
      const house = await funded();
      const { studies, accreditation, sponsor, nurse, key, study } = house;
      await accreditation.connect(sponsor).setMember(nurse, FAR);
      await unlicense(house, sponsor, "Researcher");
      await expect(studies.connect(nurse).close(key)).to.emit(studies, "RecruitingClosed").withArgs(study, nurse);
    });

    it("outlasts an amendment", async () => {
      const house = await funded();
      const { studies, sponsor, second, key, study } = house;
      await studies.connect(sponsor).close(key);
      const next = await amended(house, { capacity: 4 });
      await studies.connect(sponsor).fund(study, usd(1_000));
      await refuses(house, enrol(next, second), "StudyNotRecruiting", study);
    });

    it("refuses a study no board has approved", async () => {
      const house = await proposed();
      const { studies, sponsor, key, study } = house;
      await refuses(house, studies.connect(sponsor).close(key), "StudyStatusInvalid", study, STATUS.Proposed);
    });

    it("refuses an unknown study and everybody but the sponsor", async () => {
      const house = await funded();
      const { studies, sponsor, rival, board, steward, key, rivalKey, rivalStudy, study } = house;
      await refuses(house, studies.connect(rival).close(rivalKey), "StudyUnknown", rivalStudy);
      for (const caller of [rival, board, steward]) {
        const call = studies.connect(caller).close(key);
        await refuses(house, call, "SponsorUnauthorized", sponsor.address, caller.address);
      }
      expect((await studies.studyOf(study)).closed).to.be.false;
    });
  });

  describe("publishResults", () => {
    for (const [late, when] of [
      [-1, "in time a second before they are due"],
      [0, "in time in the second they are due"],
      [1, "late a second after they are due"],
    ] as const) {
      it(`counts results as ${when}`, async () => {
        const { studies, sponsor, key, study, terms } = await approved();
        const present = terms.resultsDue + late;
        await expect(inSecond(present, () => studies.connect(sponsor).publishResults(key, RESULTS)))
          .to.emit(studies, "ResultsPublished")
          .withArgs(study, RESULTS, Math.max(late, 0), sponsor);
        expect((await studies.studyOf(study)).resultsAt).to.equal(present);
      });
    }

    it("is the sponsor's staff's, licensed or not", async () => {
      const house = await approved();
      const { studies, accreditation, sponsor, nurse, key, study } = house;
      await accreditation.connect(sponsor).setMember(nurse, FAR);
      await unlicense(house, sponsor, "Researcher");
      await expect(studies.connect(nurse).publishResults(key, RESULTS))
        .to.emit(studies, "ResultsPublished")
        .withArgs(study, RESULTS, 0, nurse);
    });

    it("happens once, with a digest", async () => {
      const house = await approved();
      const { studies, sponsor, key, study } = house;
      const own = studies.connect(sponsor);
      await refuses(house, own.publishResults(key, ZeroHash), "ResultsMissing", study);
      await own.publishResults(key, RESULTS);
      await refuses(house, own.publishResults(key, digest("better results")), "ResultsExist", study);
    });

    it("refuses a study no board has approved, an unknown one, and everybody but the sponsor", async () => {
      const house = await proposed();
      const { studies, sponsor, rival, board, steward, key, rivalKey, rivalStudy, study, terms } = house;
      const call = studies.connect(sponsor).publishResults(key, RESULTS);
      await refuses(house, call, "StudyStatusInvalid", study, STATUS.Proposed);
      await refuses(house, studies.connect(rival).publishResults(rivalKey, RESULTS), "StudyUnknown", rivalStudy);
      await studies.connect(board).approve(study, board, termsHash(terms), FAR);
      for (const caller of [rival, board, steward]) {
        const call = studies.connect(caller).publishResults(key, RESULTS);
        await refuses(house, call, "SponsorUnauthorized", sponsor.address, caller.address);
      }
    });
  });

  describe("studyOf, termsOf and proposedHashOf", () => {
    it("answer nothing of an unknown study", async () => {
      const { studies, rivalStudy } = await proposed();
      expect((await studies.studyOf(rivalStudy)).every((each: unknown) => !each || each === ZeroAddress)).to.be.true;
      expect((await studies.termsOf(rivalStudy)).cap).to.equal(0);
      expect(await studies.proposedHashOf(rivalStudy)).to.equal(ZeroHash);
    });
  });

  it("counts its seats as its capacity", async () => {
    const { studies, study } = await funded();
    const { seats, seatsLeft } = await studies.studyOf(study);
    expect([seats, seatsLeft]).to.deep.equal([BigInt(CAPACITY), BigInt(CAPACITY)]);
  });
});
