import { expect } from "chai";
import { encodeBytes32String, id as hashOf, ZeroHash } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { revokeLicence } from "../../src/accreditation/accreditation.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import { NotBytes32TextError } from "../../src/gs1/characters.js";
import { readAnnouncement, requireApproved, AnnouncementMismatchError } from "../../src/research/announcement.js";
import { claim, MilestoneNumberError, recordMilestone } from "../../src/research/reward.js";
import {
  approve,
  close,
  endApproval,
  fund,
  propose,
  publishResults,
  refund,
  reinstate,
  suspend,
} from "../../src/research/study.js";
import { studyId, studyKeyFrom, toStudyKey } from "../../src/research/studyKey.js";
import { participantOf, participantsOf, status } from "../../src/research/studyState.js";
import { termsHash, termsIn } from "../../src/research/studyTerms.js";
import { AmountTooLargeError, NegativeAmountError } from "../../src/token/amount.js";
import { balanceOf } from "../../src/token/token.js";
import { signWithdrawal, withdrawBySig } from "../../src/research/enrolment.js";
import { ethers, FAR, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { approved, CAP, contributed, enrolled, everybody, MILESTONE, opened } from "./people.js";
import { CAPACITY, PROMISED, REWARD, sealed, termsOf, usd, type People } from "./people.js";

const RESULTS = `0x${"ee".repeat(32)}` as Hex;
const REASONS = `0x${"dd".repeat(32)}` as Hex;
const NEXT = ["/registration", "NCT07654321"] as [string, unknown];

/** Another study of the sponsor's, which waits for the board. */
async function waiting(all: People) {
  const study = await sealed(all, NEXT);
  const { result } = await propose(all.sponsor, { study: study.key, terms: study.terms }).send();
  return { ...study, ...result };
}

function balance(all: People, account: Aceso): Promise<bigint> {
  return balanceOf(all.stranger, { token: all.token, account: accountOf(account) });
}

describe("studyId", () => {
  it("is the contract's, whatever the case of the sponsor's address", async () => {
    const { house, key, id } = await everybody();
    const [proposal] = await house.studies.queryFilter(house.studies.filters.StudyProposed());
    expect(studyId(key)).to.equal(id).and.to.equal(proposal!.args.id);
    expect(studyId({ ...key, sponsor: key.sponsor.toLowerCase() as Address })).to.equal(id);
    expect(studyId({ ...key, registration: "NCT01234568" })).not.to.equal(id);
    expect(studyKeyFrom(toStudyKey(key))).to.deep.equal(key);
    expect(toStudyKey(key).registration).to.equal(encodeBytes32String("NCT01234567"));
  });

  it("refuses a number no registry gives, and what is no address", async () => {
    const { key } = await everybody();
    for (const registration of ["x".repeat(33), "NCT\n", "étude"]) {
      await refusal(() => studyId({ ...key, registration }), NotBytes32TextError);
    }
    await refusal(() => studyId({ ...key, sponsor: "0x12" }), MalformedAddressError);
  });
});

describe("termsHash", () => {
  it("is the contract's, of the terms that wait and of those in force", async () => {
    const all = await everybody();
    const { id, terms, house, stranger } = all;
    expect(await termsOf(stranger, id)).to.deep.equal(terms);
    const next = await waiting(all);
    expect(await house.studies.proposedHashOf(next.id))
      .to.equal(termsHash(next.terms))
      .and.to.equal(next.termsHash);
    const [approval] = await house.studies.queryFilter(house.studies.filters.StudyApproved(id));
    expect(termsHash(await termsOf(stranger, id))).to.equal(approval!.args.termsHash);
  });

  it("tells apart terms that differ in anything", async () => {
    const { terms } = await everybody();
    const others = Object.entries(terms).map(([name, value]) => {
      const other =
        typeof value === "bigint"
          ? value + 1n
          : value.toLowerCase().replace(/.$/, (last) => (last === "0" ? "1" : "0"));
      return termsHash({ ...terms, [name]: other });
    });
    expect(new Set([termsHash(terms), ...others]).size).to.equal(1 + 15);
  });
});

describe("termsIn", () => {
  it("is undefined before the first approval", async () => {
    const all = await everybody();
    const { id } = await waiting(all);
    expect(termsIn(await all.house.studies.termsOf(id))).to.be.undefined;
  });
});

describe("propose", () => {
  it("gives the study's id and the hash its board decides on", async () => {
    const all = await everybody();
    const next = await waiting(all);
    expect(next.id).to.equal(studyId(next.key));
    expect(await status(all.stranger, next.id)).to.deep.equal({
      id: next.id,
      study: next.key,
      status: "proposed",
      approvedUntil: 0,
      version: 0,
      closed: false,
      enrolled: 0,
      withdrawn: 0,
      seatsLeft: 0,
      proposed: next.terms,
      money: { funded: 0n, credited: 0n, paid: 0n, owed: 0n, free: 0n, missing: 0n },
    });
  });

  it("is refused to who does not act for the sponsor, of terms that are not sound, and in another token", async () => {
    const all = await everybody();
    const { sponsor, associate, stranger, key: study, terms } = all;
    const own = await sealed(all, NEXT);
    await propose(associate, { study: own.key, terms: own.terms }).send();
    await revert(propose(stranger, { study, terms }).send(), "SponsorUnauthorized");
    const unsound = await revert(
      propose(sponsor, { study, terms: { ...terms, capacity: 0n } }).send(),
      "StudyTermsInvalid",
    );
    expect(unsound).to.deep.equal({ field: encodeBytes32String("capacity") });
    const amended = { ...terms, form: RESULTS, token: all.house.rewardToken.target as Address };
    expect(await revert(propose(sponsor, { study, terms: amended }).send(), "StudyTokenFixed")).to.deep.equal({
      token: all.token,
    });
  });
});

describe("approve", () => {
  it("puts the announced terms in force, as whoever reads the announcement can check", async () => {
    const all = await everybody();
    const next = await waiting(all);
    await approve(all.board, { ...next, until: FAR }).send();
    const announced = readAnnouncement(JSON.stringify(next.announcement));
    const inForce = await termsOf(all.stranger, studyId({ ...announced.study, sponsor: announced.sponsor }));
    await requireApproved(announced, inForce);
    const { study } = next.announcement;
    for (const [change, differing] of [
      [{ criteria: study.criteria.slice(1) }, ["form"]],
      [{ capacity: study.capacity + 1 }, ["capacity", "form"]],
      [{ rewards: { ...study.rewards, contribution: "50.00" } }, ["reward", "form"]],
    ] as const) {
      const other = readAnnouncement({ ...next.announcement, study: { ...study, ...change } });
      const { terms } = await refusal(requireApproved(other, inForce), AnnouncementMismatchError);
      expect(terms).to.have.members(differing);
    }
    // What was announced before an amendment is not what is in force after it.
    await approved(all, NEXT, ["/title", "Blood pressure, longer"]);
    const amended = await termsOf(all.stranger, next.id);
    const { terms } = await refusal(requireApproved(announced, amended), AnnouncementMismatchError);
    expect(terms).to.include("form");
  });

  it("takes exactly the terms that wait, from a board that may", async () => {
    const all = await everybody();
    const { board, secondBoard, stranger } = all;
    const next = await waiting(all);
    const decision = { id: next.id, termsHash: next.termsHash, until: FAR };
    const mismatch = await revert(approve(board, { ...decision, termsHash: all.termsHash }).send(), "ApprovalMismatch");
    expect(mismatch).to.deep.equal({ proposed: next.termsHash, approved: all.termsHash });
    await revert(approve(board, { ...decision, id: ZeroHash as Hex }).send(), "StudyUnknown");
    await revert(approve(stranger, decision).send(), "BoardUnauthorized");
    await revert(approve(stranger, { ...decision, board: accountOf(board) }).send(), "BoardUnauthorized");
    await revert(approve(board, { ...decision, until: 1 }).send(), "ApprovalEndPast");
    await refusal(() => approve(board, { ...decision, termsHash: "0x12" }), MalformedDigestError);
    await revert(
      approve(secondBoard, { ...decision, id: all.id, termsHash: all.termsHash }).send(),
      "ApprovalOfAnother",
    );
  });

  it("lets a board's staff decide in its name, and prolongs what is in force", async () => {
    const all = await everybody();
    const { board, stranger, house, id } = all;
    await house.accreditation.connect(await ethers.getSigner(accountOf(board))).setMember(accountOf(stranger), FAR);
    await approve(stranger, { id, board: accountOf(board), termsHash: all.termsHash, until: FAR - 1 }).send();
    const state = (await status(stranger, id))!;
    expect(state).to.include({ approvedUntil: FAR - 1, version: 1, board: accountOf(board) });
  });
});

describe("suspend and reinstate", () => {
  it("stop and let go on what the board decided on, and nobody else", async () => {
    const all = await everybody();
    const { board, stranger, id } = all;
    await revert(suspend(stranger, { id, reasons: REASONS }).send(), "BoardUnauthorized");
    await revert(reinstate(board, { id, reasons: REASONS }).send(), "StudyStatusInvalid");
    await suspend(board, { id, reasons: REASONS }).send();
    expect(await status(stranger, id)).to.include({ status: "suspended" });
    await revert(suspend(board, { id, reasons: REASONS }).send(), "StudyStatusInvalid");
    await revert(approve(board, { id, termsHash: all.termsHash, until: FAR }).send(), "StudyStatusInvalid");
    await reinstate(board, { id, reasons: REASONS }).send();
    expect(await status(stranger, id)).to.include({ status: "approved" });
    await refusal(() => suspend(board, { id, reasons: "0x" }), MalformedDigestError);
  });
});

describe("endApproval", () => {
  it("ends what stands on a licence that is over, by anybody", async () => {
    const all = await everybody();
    const { admin, board, stranger, id } = all;
    await revert(endApproval(stranger, { id }).send(), "ApprovalStands");
    await revert(endApproval(stranger, { id: ZeroHash as Hex }).send(), "StudyUnknown");
    await revokeLicence(admin, { participant: accountOf(board), role: "EthicsBoard" }).send();
    await endApproval(stranger, { id }).send();
    expect((await status(stranger, id))!.approvedUntil).to.equal(await time.latest());
    await revert(endApproval(stranger, { id }).send(), "ApprovalEndPast");
  });
});

describe("close", () => {
  it("ends recruiting, by the sponsor and its staff", async () => {
    const all = await everybody();
    const { associate, stranger, id, key: study } = all;
    await revert(close(stranger, { study }).send(), "SponsorUnauthorized");
    await revert(close(associate, { study: { ...study, registration: "none" } }).send(), "StudyUnknown");
    await close(associate, { study }).send();
    expect(await status(stranger, id)).to.include({ closed: true, status: "approved" });
    await revert(enrolled(all, all.ann), "StudyNotRecruiting");
  });
});

describe("publishResults", () => {
  it("says when, what and how late", async () => {
    const all = await everybody();
    const { sponsor, stranger, id, key: study, terms } = all;
    await revert(publishResults(stranger, { study, results: RESULTS }).send(), "SponsorUnauthorized");
    const { key: unapproved } = await waiting(all);
    await revert(publishResults(sponsor, { study: unapproved, results: RESULTS }).send(), "StudyStatusInvalid");
    await refusal(() => publishResults(sponsor, { study, results: "results" as Hex }), MalformedDigestError);
    expect((await status(stranger, id))!.results).to.be.undefined;
    const due = Number(terms.resultsDue);
    await time.setNextBlockTimestamp(due + 5);
    await publishResults(sponsor, { study, results: RESULTS }).send();
    expect((await status(stranger, id))!.results).to.deep.equal({ at: due + 5, lateBy: 5, digest: RESULTS });
    await revert(publishResults(sponsor, { study, results: REASONS }).send(), "ResultsExist");
  });

  it("is not late before the results are due", async () => {
    const all = await everybody();
    await publishResults(all.sponsor, { study: all.key, results: RESULTS }).send();
    expect((await status(all.stranger, all.id))!.results).to.include({ lateBy: 0, at: await time.latest() });
  });
});

describe("fund", () => {
  it("takes what is missing and no more, and tells what is missing until then", async () => {
    const all = await everybody();
    const { sponsor, stranger } = all;
    const { id } = await approved(all, NEXT);
    const before = await balance(all, sponsor);
    expect((await status(stranger, id))!.money).to.include({ funded: 0n, missing: PROMISED });
    await fund(sponsor, { id, amount: PROMISED - 1n }).send();
    expect(await status(stranger, id)).to.include({ seatsLeft: 0 });
    expect((await status(stranger, id))!.money).to.include({ funded: PROMISED - 1n, missing: 1n });
    await fund(sponsor, { id, amount: usd(900) }).send();
    expect(await status(stranger, id)).to.include({ seatsLeft: Number(CAPACITY), enrolled: 0 });
    expect((await status(stranger, id))!.money).to.include({ funded: PROMISED, free: PROMISED, missing: 0n });
    expect(await balance(all, sponsor)).to.equal(before - PROMISED);
    await revert(fund(sponsor, { id, amount: 1n }).send(), "StudyFundedAlready");
  });

  it("is refused before an approval, without the token's, and of an amount that is none", async () => {
    const all = await everybody();
    const { sponsor, stranger } = all;
    const { id } = await waiting(all);
    await revert(fund(sponsor, { id, amount: 1n }).send(), "StudyNotApproved");
    const other = await approved(all, ["/registration", "NCT00000001"]);
    await revert(fund(stranger, { id: other.id, amount: 1n }).send(), "ERC20InsufficientAllowance");
    await refusal(() => fund(sponsor, { id, amount: -1n }), NegativeAmountError);
    await refusal(() => fund(sponsor, { id, amount: 2n ** 96n }), AmountTooLargeError);
  });

  it("asks for an amendment's difference, and for the seats of those who enrolled", async () => {
    const all = await everybody();
    const { sponsor, stranger, id } = all;
    await enrolled(all, all.ann, all.ben);
    await approved(all, ["/title", "Another"], ["/capacity", 1], ["/rewards/cap", "100.00"]);
    const state = (await status(stranger, id))!;
    expect(state).to.include({ version: 2, enrolled: 2, seatsLeft: 0 });
    // Two have enrolled, so the one seat of the amendment does not say what is owed at most.
    expect(state.money).to.include({ funded: PROMISED, missing: usd(200) - PROMISED });
    await fund(sponsor, { id, amount: state.money.missing }).send();
    expect((await status(stranger, id))!).to.include({ enrolled: 2, seatsLeft: 0 });
    expect((await status(stranger, id))!.money).to.include({ missing: 0n, funded: usd(200) });
    // Less than is there already: nothing is missing, though it is to be funded still.
    await approved(all, ["/title", "A third"], ["/capacity", 1], ["/rewards/cap", "100.00"]);
    expect((await status(stranger, id))!.money).to.include({ missing: 0n });
  });
});

describe("refund", () => {
  it("gives the sponsor back what nobody earned, once all is over", async () => {
    const all = await everybody();
    const { sponsor, stranger, id, key: study, terms, ann } = all;
    await contributed(all, ann);
    await revert(refund(sponsor, { study }).send(), "RefundInvalid");
    await revert(refund(stranger, { study }).send(), "RefundUnauthorized");
    const { key: unapproved } = await waiting(all);
    await revert(refund(sponsor, { study: unapproved }).send(), "StudyNotApproved");
    await time.increaseTo(terms.refundAt);
    const before = await balance(all, sponsor);
    await refund(sponsor, { study }).send();
    expect(await balance(all, sponsor)).to.equal(before + PROMISED - REWARD);
    expect((await status(stranger, id))!.money).to.deep.equal({
      ...{ funded: REWARD, credited: REWARD, paid: 0n, owed: REWARD, free: 0n, missing: 0n },
    });
    // What was earned is there still.
    await claim(stranger, { study: id, participant: accountOf(ann) }).send();
    expect(await balance(all, ann)).to.equal(REWARD);
  });
});

describe("recordMilestone", () => {
  it("credits a milestone once, by the steward's staff, up to the cap", async () => {
    const all = await everybody();
    const { investigator, stranger, ann, ben, id: study } = all;
    await enrolled(all, ann);
    const reached = { study, participant: accountOf(ann), milestone: 1 };
    await revert(recordMilestone(stranger, reached).send(), "StewardUnauthorized");
    await recordMilestone(investigator, reached).send();
    await revert(recordMilestone(investigator, reached).send(), "MilestoneInvalid");
    await revert(recordMilestone(investigator, { ...reached, milestone: 2 }).send(), "MilestoneInvalid");
    const nobody = { ...reached, participant: accountOf(ben) };
    await revert(recordMilestone(investigator, nobody).send(), "ParticipantInvalid");
    await recordMilestone(investigator, { ...reached, milestone: 0 }).send();
    expect(await participantOf(stranger, reached)).to.deep.equal({
      participant: accountOf(ann),
      status: "enrolled",
      earned: CAP,
      paid: 0n,
      milestones: [0, 1],
    });
    expect(MILESTONE * 2n > CAP).to.be.true;
  });

  it("refuses a number no milestone has", async () => {
    const { investigator, ann, id: study } = await everybody();
    for (const milestone of [-1, 0.5, 32, NaN]) {
      const reached = { study, participant: accountOf(ann), milestone };
      await refusal(() => recordMilestone(investigator, reached), MilestoneNumberError);
    }
  });
});

describe("claim", () => {
  it("pays a participant what is owed, whoever asks, though the study is suspended", async () => {
    const all = await everybody();
    const { board, ann, stranger, id: study } = all;
    const owed = { study, participant: accountOf(ann) };
    await revert(claim(stranger, owed).send(), "NothingOwed");
    await contributed(all, ann);
    await suspend(board, { id: study, reasons: REASONS }).send();
    await claim(stranger, owed).send();
    expect(await balance(all, ann)).to.equal(REWARD);
    expect(await participantOf(stranger, owed)).to.include({ earned: REWARD, paid: REWARD });
    await revert(claim(stranger, owed).send(), "NothingOwed");
  });
});

describe("status", () => {
  it("shows enrolment, spend and liabilities", async () => {
    const all = await everybody();
    const { board, stranger, relayer, ann, ben, cleo, id, terms, key } = all;
    await contributed(all, ann);
    await contributed(all, ben);
    await enrolled(all, cleo);
    await claim(stranger, { study: id, participant: accountOf(ann) }).send();
    await withdrawBySig(relayer, await signWithdrawal(ben, { study: id })).send();
    expect(await status(stranger, id)).to.deep.equal({
      id,
      study: key,
      status: "approved",
      board: accountOf(board),
      approvedUntil: FAR,
      version: 1,
      closed: false,
      enrolled: 3,
      withdrawn: 1,
      seatsLeft: 0,
      terms,
      money: {
        funded: PROMISED,
        credited: 2n * REWARD,
        paid: REWARD,
        owed: REWARD,
        free: PROMISED - 2n * REWARD,
        missing: 0n,
      },
    });
    expect(await participantsOf(stranger, id)).to.deep.equal([ann, ben, cleo].map(accountOf));
    expect(await participantOf(stranger, { study: id, participant: accountOf(ben) })).to.include({
      status: "withdrawn",
      earned: REWARD,
    });
    expect(await participantOf(stranger, { study: id, participant: accountOf(stranger) })).to.include({
      status: "not enrolled",
    });
  });

  it("keeps the terms in force beside those that wait, of which the newest counts", async () => {
    const all = await everybody();
    const { sponsor, board, stranger, id, key: study, terms } = all;
    const first = await sealed(all, ["/title", "First"]);
    const second = await sealed(all, ["/title", "Second"], ["/capacity", 5]);
    await propose(sponsor, { study, terms: first.terms }).send();
    await propose(sponsor, { study, terms: second.terms }).send();
    expect(await status(stranger, id)).to.deep.include({ terms, proposed: second.terms, version: 1 });
    await approve(board, { id, termsHash: termsHash(second.terms), until: FAR }).send();
    const state = (await status(stranger, id))!;
    expect(state).to.deep.include({ terms: second.terms, version: 2, seatsLeft: 0 });
    expect(state.proposed).to.be.undefined;
  });

  it("mixes up no studies, and knows none that was never proposed", async () => {
    const all = await everybody();
    const { stranger, ann, id } = all;
    const other = await opened(all, NEXT);
    await contributed(all, ann);
    await enrolled({ ...all, ...other }, ann);
    await withdrawBySig(all.relayer, await signWithdrawal(ann, { study: id })).send();
    const state = (await status(stranger, other.id))!;
    expect(state).to.include({ enrolled: 1, withdrawn: 0 });
    expect(state.money).to.include({ credited: 0n, owed: 0n });
    expect(await participantsOf(stranger, other.id)).to.deep.equal([accountOf(ann)]);
    expect(await status(stranger, hashOf("no study") as Hex)).to.be.undefined;
  });
});
