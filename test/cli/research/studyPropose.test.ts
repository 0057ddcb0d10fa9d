import { readdir, stat } from "node:fs/promises";

import { expect } from "chai";

import { readStudyFile } from "../../../src/research/studyFile.js";
import { ADDRESSES, errorIn, jsonIn, signer, type Answer } from "../commandLine.js";
import { ANNOUNCED, refusal, REGISTRATION, SECRET, studying, type StudyLine } from "./studies.js";

const { sponsor, board } = ADDRESSES;

describe("study, until it is approved", () => {
  let cli: StudyLine;

  beforeEach(async () => {
    cli = await studying();
  });

  const proposing = (line: string): Promise<Answer> => cli.run(`${line} --json`, signer("sponsor"));

  describe("template", () => {
    it("prints a study file with nothing wrong", async () => {
      const { out } = await cli.done("study template");
      expect(readStudyFile(out).registration).to.equal(REGISTRATION);
    });
  });

  describe("draft", () => {
    const study = {
      resourceType: "ResearchStudy",
      status: "in-review",
      title: "Blood pressure at home",
      identifier: [{ value: REGISTRATION }],
      enrollment: [{ reference: "Group/adults" }],
    };
    const group = {
      resourceType: "Group",
      id: "adults",
      type: "person",
      actual: false,
      characteristic: [
        {
          code: { coding: [{ system: "http://hl7.org/fhir/administrative-gender", code: "female" }], text: "Women" },
          valueBoolean: true,
          exclude: false,
        },
      ],
    };

    it("prints what a ResearchStudy gives, and lists what is to be added", async () => {
      await cli.write("ResearchStudy.json", study);
      const { out, err } = await cli.done("study draft ResearchStudy.json");
      expect(JSON.parse(out)).to.deep.equal({ registration: REGISTRATION, title: "Blood pressure at home" });
      expect(err).to.contain("Add steward: write the address").and.to.contain("names a Group that is not there");
    });

    it("takes the Groups from the Bundle the study is in", async () => {
      await cli.write("bundle.json", {
        resourceType: "Bundle",
        type: "collection",
        entry: [{ resource: study }, { resource: group }],
      });
      const { out } = await cli.done("study draft bundle.json --json");
      expect(out).not.to.contain("names a Group that is not there");
    });

    it("refuses a file without a ResearchStudy", async () => {
      await cli.write("group.json", group);
      const answer = await cli.run("study draft group.json --json");
      expect(refusal(answer)).to.deep.equal({ code: 2, error: "ResearchStudyCountError" });
    });
  });

  describe("propose", () => {
    it("keeps the salts for its owner, and announces the study without the protocol", async () => {
      const told = jsonIn<object>(await proposing("study propose study.json --secret new"));
      expect(told).to.include({ study: cli.id, sponsor, registration: REGISTRATION, secretFile: SECRET });
      expect((await stat(cli.path(SECRET))).mode & 0o777).to.equal(0o600);
      const secret = await cli.readJson<{ protocol: string; forms: string[] }>(SECRET);
      const announcement = await cli.read(ANNOUNCED);
      expect(JSON.parse(announcement)).to.include({ sponsor, salt: secret.forms[0] });
      expect(announcement).not.to.contain(secret.protocol).and.not.to.contain("analysisPlan");
    });

    it("never prints the protocol's salt", async () => {
      const { out, err } = await cli.proposed();
      const { protocol } = await cli.readJson<{ protocol: string }>(SECRET);
      expect(out + err)
        .to.contain(SECRET)
        .and.not.to.contain(protocol.slice(2));
    });

    it("leaves nothing behind when it is refused, or with --dry-run", async () => {
      const refused = await cli.run("study propose study.json --secret new --json", signer("stranger"));
      expect(refusal(refused)).to.deep.equal({ code: 1, error: "SponsorUnauthorized" });
      await cli.done("study propose study.json --secret new --dry-run", signer("sponsor"));
      expect((await readdir(cli.folder)).filter((name) => name.startsWith("study"))).to.deep.equal(["study.json"]);
    });

    it("proposes again with the salts it kept, before it is approved", async () => {
      await cli.proposed();
      const again = `study propose study.json --secret ${SECRET} --announce second.json`;
      await cli.done(again, signer("sponsor"));
      expect(await cli.readJson("second.json")).to.deep.equal(await cli.readJson(ANNOUNCED));
      expect(refusal(await proposing(`study propose study.json --secret ${SECRET}`))).to.deep.equal({
        code: 4,
        error: "FileExistsError",
      });
    });

    it("refuses other decimals than the token's, and a file that says too little", async () => {
      await cli.write("study.json", cli.file({ decimals: 18 }));
      expect(refusal(await proposing("study propose study.json --secret new"))).to.deep.equal({
        code: 2,
        error: "StudyDecimalsError",
      });
      await cli.write("study.json", { registration: REGISTRATION });
      expect(refusal(await proposing("study propose study.json --secret new"))).to.deep.equal({
        code: 2,
        error: "StudyFileError",
      });
    });

    it("refuses the salts of another study, what holds none, and a study from stdin without a place for them", async () => {
      await cli.proposed();
      await cli.write("other.json", cli.file({ registration: "NCT99999999" }));
      for (const secret of [SECRET, "other.json"]) {
        const answer = await proposing(`study propose other.json --secret ${secret}`);
        expect(refusal(answer)).to.deep.equal({ code: 4, error: "StudySecretFileError" });
      }
      const stdin = JSON.stringify(cli.file());
      const answer = await cli.run("study propose - --secret new --json", { ...signer("sponsor"), stdin });
      expect(refusal(answer)).to.deep.equal({ code: 2, error: "UsageError" });
    });
  });

  describe("amend", () => {
    it("says what changes, under another form, and keeps both forms' salts", async () => {
      await cli.proposed();
      await cli.approve();
      await cli.write(
        "study-2.json",
        cli.file({ rewards: { contribution: "30.00", milestone: "40.00", cap: "100.00" } }),
      );
      const told = jsonIn<{ changes: { term: string }[] }>(
        await proposing(`study amend study-2.json --secret ${SECRET}`),
      );
      expect(told.changes.map(({ term }) => term)).to.have.members(["a record earns", "at most", "form"]);
      const { forms } = await cli.readJson<{ forms: string[] }>(SECRET);
      expect(forms).to.have.length(2);
      expect(forms[1]).to.equal((await cli.readJson<{ salt: string }>("study-2.announcement.json")).salt);
      expect((await cli.done(`study show ${cli.id}`)).out).to.contain("25.00 -> 30.00");
    });

    it("is for approved studies only, which in turn are not proposed again", async () => {
      await cli.proposed();
      const early = await proposing(`study amend study.json --secret ${SECRET} --announce second.json`);
      expect(refusal(early)).to.deep.equal({ code: 2, error: "StudyNotApprovedError" });
      await cli.approve();
      const late = await proposing(`study propose study.json --secret ${SECRET} --announce second.json`);
      expect(refusal(late)).to.deep.equal({ code: 2, error: "StudyInForceError" });
    });
  });

  describe("approve", () => {
    const approving = (line: string, who: "board" | "secondBoard" | "sponsor" = "board"): Promise<Answer> =>
      cli.run(`study approve ${line} --until 1y --json`, signer(who));

    it("approves nothing under another consent form than the one the board read", async () => {
      await cli.write("form.txt", "I agree.");
      await cli.proposed();
      const { consentForm } = cli.file();
      const other = await approving(`${ANNOUNCED} --consent-form form.txt`);
      expect(refusal(other)).to.deep.equal({ code: 2, error: "ConsentFormMismatchError" });
      expect((await approving(`${ANNOUNCED} --consent-form ${consentForm}`)).code).to.equal(0);
    });

    it("shows the terms in words, and checks the protocol the board read", async () => {
      await cli.write("protocol.txt", "What we do.");
      const [document, analysisPlan] = [`0x${"1d".repeat(32)}`, `0x${"2d".repeat(32)}`];
      await cli.write("study.json", cli.file({ protocol: { document, analysisPlan } }));
      await cli.proposed();
      const read = `--secret ${SECRET} --analysis-plan ${analysisPlan}`;
      const other = await approving(`${ANNOUNCED} ${read} --protocol protocol.txt`);
      expect(refusal(other)).to.deep.equal({ code: 2, error: "ProtocolMismatchError" });
      const half = await approving(`${ANNOUNCED} --protocol ${document}`);
      expect(refusal(half)).to.deep.equal({ code: 2, error: "UsageError" });
      const { err, out } = await cli.done(
        `study approve ${ANNOUNCED} --until 1y ${read} --protocol ${document}`,
        signer("board"),
      );
      expect(err).to.contain("90.00 a participant").and.to.contain("  Women").and.not.to.contain("not checked");
      expect(out).to.contain(`Approved ${REGISTRATION}`);
    });

    it("refuses what is not what was proposed", async () => {
      await cli.proposed();
      const announcement = await cli.readJson<{ study: object }>(ANNOUNCED);
      await cli.write("changed.json", { ...announcement, study: { ...announcement.study, capacity: 3, criteria: [] } });
      const answer = await approving("changed.json");
      expect(refusal(answer)).to.deep.equal({ code: 2, error: "ProposalMismatchError" });
      expect(errorIn(answer).message).to.contain("capacity, form differ");
    });

    it("prolongs what is in force by its announcement, whatever waits", async () => {
      await cli.proposed();
      await cli.approve();
      await cli.write("study-2.json", cli.file({ capacity: 3 }));
      await cli.done(`study amend study-2.json --secret ${SECRET}`, signer("sponsor"));
      await cli.done(`study approve ${ANNOUNCED} --until 3y`, signer("board"));
      expect(jsonIn<object>(await cli.done(`study show ${cli.id} --json`))).to.include({
        version: 1,
        status: "approved",
      });
      const { err } = await cli.approve("study-2.announcement.json");
      expect(err).to.contain("at most 2 -> at most 3");
      expect(jsonIn<object>(await cli.done(`study show ${cli.id} --json`))).to.include({ version: 2 });
    });

    it("is by a board that is no part of the sponsor, of a study that was proposed", async () => {
      await cli.proposed();
      expect(refusal(await approving(ANNOUNCED, "sponsor"))).to.deep.equal({ code: 1, error: "BoardUnauthorized" });
      await cli.approve();
      expect(refusal(await approving(ANNOUNCED, "secondBoard"))).to.deep.equal({ code: 1, error: "ApprovalOfAnother" });
      const announcement = await cli.readJson<object>(ANNOUNCED);
      await cli.write("other.json", { ...announcement, sponsor: board });
      expect(refusal(await approving("other.json"))).to.deep.equal({ code: 2, error: "StudyNotFoundError" });
    });
  });
});
