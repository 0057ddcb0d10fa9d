import { expect } from "chai";

import { time } from "../../fixtures.js";
import { DAY } from "../../research/people.js";
import { license, unlicense, usd } from "../../research/rewards.js";
import { ADDRESSES, errorIn, jsonIn, signer, type Answer, type KEYS } from "../commandLine.js";
import { ANNOUNCED, recruiting, refusal, SECRET, studying, type StudyLine } from "./studies.js";

const { sponsor, patient } = ADDRESSES;

describe("study, while it runs", () => {
  let cli: StudyLine;

  const refused = async (line: string, who: keyof typeof KEYS): Promise<{ code: number; error: string }> =>
    refusal(await cli.run(`${line} --json`, signer(who)));

  const shown = async (): Promise<string> => (await cli.done(`study show ${ANNOUNCED}`)).out;

  /** Has the patient enrolled, and credited a visit. */
  const visited = async (): Promise<Answer> => {
    const line = `study countersign ${ANNOUNCED} --participant ${patient} --sign enrolment.json`;
    await cli.done(line, signer("investigator"));
    await cli.done(`study enrol ${ANNOUNCED} --countersigned enrolment.json`, signer("patient"));
    return cli.done(`study milestone ${cli.id} --participant ${patient} --number 1`, signer("investigator"));
  };

  describe("show", () => {
    it("names a study by its announcement, its key or its id, and says when there is none", async () => {
      cli = await studying();
      await cli.proposed();
      for (const named of [ANNOUNCED, cli.id, `${sponsor.toLowerCase()}/NCT01234567`]) {
        const told = jsonIn<object>(await cli.done(`study show ${named} --json`));
        expect(told).to.include({ id: cli.id, status: "proposed" });
        expect(told).to.have.nested.property("proposed.cap", "90.00");
      }
      expect(await shown())
        .to.contain("waits for its board")
        .and.to.contain("90.00 a participant");
      for (const [named, error] of [
        [`0x${"77".repeat(32)}`, "StudyNotFoundError"],
        [`${sponsor}/NCT99999999`, "StudyNotFoundError"],
        [`${sponsor.replace(/.$/, "0").toUpperCase().replace("0X", "0x")}/NCT01234567`, "StudyNotFoundError"],
        [`${sponsor}/${"N".repeat(33)}`, "NotBytes32TextError"],
        ["missing.json", "InputFileError"],
        ["study.json", "AnnouncementError"],
      ] as const) {
        const answer = await cli.run(`study show ${named} --json`);
        expect([answer.code, errorIn(answer).error]).to.deep.equal([2, error]);
      }
    });
  });

  describe("fund", () => {
    it("pays part of it, and then exactly what is missing", async () => {
      cli = await studying();
      await cli.proposed();
      expect(await refused(`study fund ${cli.id}`, "sponsor")).to.deep.equal({
        code: 2,
        error: "StudyNotApprovedError",
      });
      await cli.approve();
      const { out } = await cli.done(`study fund ${ANNOUNCED} --amount 100`, signer("sponsor"));
      expect(out).to.contain("Paid 100.00").and.to.contain("80.00 is missing before anybody enrols");
      expect(await shown()).to.contain("80.00 missing");
      expect(await refused(`study fund ${cli.id} --amount 1,5`, "sponsor")).to.deep.equal({
        code: 2,
        error: "NotADecimalError",
      });
      const rest = await cli.done(`study fund ${sponsor}/NCT01234567 --amount 5000 --json`, signer("sponsor"));
      expect(jsonIn<object>(rest)).to.include({ amount: "80.00", missing: "0.00" });
      expect(await cli.house.token.balanceOf(cli.house.studies)).to.equal(usd(180));
      expect(await refused(`study fund ${cli.id}`, "sponsor")).to.deep.equal({ code: 1, error: "StudyFundedAlready" });
    });

    it("pays for an amendment whose money is there already, so that people enrol again", async () => {
      cli = await recruiting();
      await cli.write("study-2.json", cli.file({ title: "Blood pressure at work" }));
      await cli.done(`study amend study-2.json --secret ${SECRET}`, signer("sponsor"));
      await cli.approve("study-2.announcement.json");
      expect((await cli.done(`study show ${cli.id}`)).out).to.contain("nobody enrols");
      expect(await shown()).to.contain("DOES NOT tell the terms in force: form differ");
      const { transactions } = jsonIn<{ transactions: object[] }>(
        await cli.done(`study fund ${cli.id} --json`, signer("sponsor")),
      );
      expect(transactions).to.have.length(1);
      const { out } = await cli.done("study show study-2.announcement.json");
      expect(out).to.contain("recruiting").and.to.contain("tells the terms in force");
    });
  });

  describe("suspend, reinstate and end-approval", () => {
    it("stops a study and lets it go on, for reasons whose salt is kept", async () => {
      cli = await recruiting();
      await cli.write("reasons.txt", "Somebody fell ill.");
      expect(await refused(`study suspend ${cli.id} --reasons reasons.txt`, "sponsor")).to.deep.equal({
        code: 1,
        error: "BoardUnauthorized",
      });
      const { err } = await cli.done(`study suspend ${cli.id} --reasons reasons.txt`, signer("board"));
      expect(err).to.contain("kept in reasons.txt.salt.json");
      expect(await shown()).to.contain("suspended by its board");
      expect(await refused(`study suspend ${cli.id} --reasons reasons.txt`, "board")).to.deep.equal({
        code: 1,
        error: "StudyStatusInvalid",
      });
      await cli.done(`study reinstate ${cli.id} --reasons reasons.txt`, signer("board"));
      expect(await shown()).to.contain("recruiting");
    });

    it("ends the approval of a board that lost its licence, which another board gives anew", async () => {
      cli = await recruiting();
      expect(await refused(`study end-approval ${cli.id}`, "stranger")).to.deep.equal({
        code: 1,
        error: "ApprovalStands",
      });
      await unlicense(cli.house, cli.house.board, "EthicsBoard");
      await cli.done(`study end-approval ${cli.id}`, signer("stranger"));
      expect(await shown()).to.contain("its approval has ended");
      await cli.done(`study approve ${ANNOUNCED} --until 1y`, signer("secondBoard"));
      expect(await shown()).to.contain("recruiting");
      await license(cli.house, cli.house.board, "EthicsBoard");
    });
  });

  describe("milestone and claim", () => {
    it("credits what the study file lists, once, and pays the participant only", async () => {
      cli = await recruiting();
      expect((await visited()).out)
        .to.contain("Milestone 1 of")
        .and.to.contain("credited 40.00");
      const line = `study milestone ${cli.id} --participant ${patient} --number`;
      expect(await refused(`${line} 1`, "investigator")).to.deep.equal({ code: 1, error: "MilestoneInvalid" });
      expect(await refused(`${line} 0`, "sponsor")).to.deep.equal({ code: 1, error: "StewardUnauthorized" });
      expect(await refused(`${line} 32`, "investigator")).to.deep.equal({ code: 2, error: "MilestoneNumberError" });
      expect(await refused(`${line} one`, "investigator")).to.deep.equal({ code: 2, error: "UsageError" });
      const { out } = await cli.done(`study show ${cli.id} --participants`);
      expect(out).to.contain("40.00: 0.00 paid, 40.00 owed").and.to.contain(patient);
      expect(jsonIn<object>(await cli.done(`study claim ${cli.id} --json`, signer("patient")))).to.include({
        amount: "40.00",
        participant: patient,
      });
      expect(await cli.house.token.balanceOf(patient)).to.equal(usd(40));
      expect(await refused(`study claim ${cli.id}`, "patient")).to.deep.equal({ code: 1, error: "NothingOwed" });
    });
  });

  describe("close, publish and refund", () => {
    it("ends recruiting, publishes once and in time, and refunds only when all is over", async () => {
      cli = await recruiting();
      await cli.write("results.txt", "It works.");
      expect(await refused(`study close ${cli.id}`, "stranger")).to.deep.equal({
        code: 1,
        error: "SponsorUnauthorized",
      });
      await cli.done(`study close ${cli.id}`, signer("sponsor"));
      expect(await shown()).to.contain("enrolment is over");
      const { out } = await cli.done(`study publish ${cli.id} --results results.txt`, signer("sponsor"));
      expect(out).to.contain("in time: sha-256 0x");
      expect(await shown()).to.contain("in time: sha-256 0x");
      expect(await refused(`study publish ${cli.id} --results results.txt`, "sponsor")).to.deep.equal({
        code: 1,
        error: "ResultsExist",
      });
      expect(await refused(`study refund ${cli.id}`, "sponsor")).to.deep.equal({ code: 1, error: "RefundInvalid" });
      await time.increase(121 * DAY);
      expect(await shown()).to.contain("over");
      expect(await refused(`study refund ${cli.id}`, "stranger")).to.deep.equal({
        code: 1,
        error: "RefundUnauthorized",
      });
      expect((await cli.done(`study refund ${cli.id}`, signer("sponsor"))).out).to.contain("Paid 180.00");
    });
  });
});
