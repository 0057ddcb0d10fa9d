import { expect } from "chai";

import { ADDRESSES, errorIn, jsonIn, signer, type Answer } from "../commandLine.js";
import { ANNOUNCED, recruiting, refusal, SECRET, studying, type StudyLine } from "./studies.js";

const { patient, clinic } = ADDRESSES;

describe("study, joining and leaving", () => {
  let cli: StudyLine;

  const countersigned = (participant: string, file: string): Promise<Answer> =>
    cli.done(`study countersign ${ANNOUNCED} --participant ${participant} --sign ${file}`, signer("investigator"));

  const enrolling = (options: string, who: "patient" | "clinic" = "patient"): Promise<Answer> =>
    cli.run(`study enrol ${ANNOUNCED} ${options} --json`, signer(who));

  const consents = async (): Promise<object[]> => jsonIn(await cli.done("consent list --json", signer("patient")));

  describe("countersign", () => {
    it("refuses an announcement that is not of the terms in force", async () => {
      cli = await studying();
      await cli.proposed();
      const line = `study countersign ${ANNOUNCED} --participant ${patient} --sign enrolment.json --json`;
      const early = await cli.run(line, signer("investigator"));
      expect(refusal(early)).to.deep.equal({ code: 2, error: "StudyNotApprovedError" });
      await cli.approve();
      const announcement = await cli.readJson<{ study: object }>(ANNOUNCED);
      await cli.write(ANNOUNCED, { ...announcement, study: { ...announcement.study, title: "Another" } });
      const changed = await cli.run(line, signer("investigator"));
      expect(refusal(changed)).to.deep.equal({ code: 2, error: "AnnouncementMismatchError" });
    });

    it("signs for one participant, and says how it is used", async () => {
      cli = await recruiting();
      const foreign = `study countersign ${ANNOUNCED} --participant ${patient} --sign foreign.json --json`;
      expect(refusal(await cli.run(foreign, signer("sponsor")))).to.deep.equal({ code: 2, error: "NotStewardError" });
      const { out } = await countersigned(patient, "enrolment.json");
      expect(out).to.contain("Signed EnrolParticipant").and.to.contain("once the patient consented");
    });
  });

  describe("enrol", () => {
    it("consents to nothing before the study is funded, or when it is full", async () => {
      cli = await studying();
      await cli.write("study.json", cli.file({ capacity: 1 }));
      await cli.proposed();
      await cli.approve();
      await countersigned(patient, "patient.json");
      await countersigned(clinic, "clinic.json");
      const early = await enrolling("--countersigned patient.json");
      expect(refusal(early)).to.deep.equal({ code: 2, error: "NoSeatError" });
      expect(errorIn(early).message).to.contain("funded");
      await cli.fund();
      await cli.done(`study enrol ${ANNOUNCED} --countersigned clinic.json`, signer("clinic"));
      const late = await enrolling("--countersigned patient.json");
      expect(errorIn(late)).to.include({ error: "NoSeatError", message: "Every seat of the study is taken." });
      expect(await consents()).to.deep.equal([]);
    });

    it("shows what is agreed to, consents, and enrols by the countersignature", async () => {
      cli = await recruiting();
      await countersigned(patient, "enrolment.json");
      const shown = await cli.done(
        `study enrol ${ANNOUNCED} --countersigned enrolment.json --dry-run`,
        signer("patient"),
      );
      for (const words of [
        "Blood pressure at home",
        "90.00 a participant",
        "Women",
        "Baseline visit",
        "BTG: break the glass",
      ]) {
        expect(shown.err).to.contain(words);
      }
      expect(await consents()).to.deep.equal([]);
      const { out } = await cli.done(`study enrol ${ANNOUNCED} --countersigned enrolment.json`, signer("patient"));
      expect(out).to.contain("You take part in NCT01234567").and.to.contain("Consent: transaction");
      expect(out).to.contain("Enrolment: transaction");
      const again = await enrolling("--countersigned enrolment.json");
      expect(refusal(again)).to.deep.equal({ code: 1, error: "ParticipantKnown" });
    });

    it("consents first and enrols later, without consenting twice", async () => {
      cli = await recruiting();
      const { out } = await cli.done(`study enrol ${ANNOUNCED} --until 10d`, signer("patient"));
      expect(out).to.contain("You take part once");
      await countersigned(patient, "enrolment.json");
      const { transactions } = jsonIn<{ transactions: object[] }>(await enrolling("--countersigned enrolment.json"));
      expect(transactions).to.have.length(1);
    });

    it("consents to nothing where the enrolment would be refused", async () => {
      cli = await recruiting();
      await countersigned(patient, "patient.json");
      await countersigned(clinic, "clinic.json");
      expect(refusal(await enrolling("--countersigned clinic.json"))).to.deep.equal({
        code: 2,
        error: "CountersignatureMismatchError",
      });
      const forged = { ...(await cli.readJson<object>("patient.json")), signer: ADDRESSES.stranger };
      await cli.write("forged.json", forged);
      expect(refusal(await enrolling("--countersigned forged.json"))).to.deep.equal({
        code: 1,
        error: "StewardUnauthorized",
      });
      await cli.done(`study close ${cli.id}`, signer("sponsor"));
      expect(refusal(await enrolling("--countersigned patient.json"))).to.deep.equal({
        code: 1,
        error: "StudyNotRecruiting",
      });
      expect(await consents()).to.deep.equal([]);
    });

    it("refuses a countersignature for terms that were amended, and one beside --sign", async () => {
      cli = await recruiting();
      await countersigned(patient, "enrolment.json");
      expect(refusal(await enrolling("--countersigned enrolment.json --sign consent.json"))).to.deep.equal({
        code: 2,
        error: "UsageError",
      });
      expect(refusal(await enrolling("--deadline 1h"))).to.deep.equal({ code: 2, error: "UsageError" });
      await cli.write("study-2.json", cli.file({ title: "Blood pressure at work" }));
      await cli.done(`study amend study-2.json --secret ${SECRET}`, signer("sponsor"));
      await cli.approve("study-2.announcement.json");
      const anew = `study countersign study-2.announcement.json --participant ${patient} --sign anew.json`;
      await cli.done(anew, signer("investigator"));
      const enrolAnew = "study enrol study-2.announcement.json --countersigned anew.json --json";
      const unfunded = await cli.run(enrolAnew, signer("patient"));
      expect(errorIn(unfunded).message).to.equal("Nobody enrols before the study is funded for its terms.");
      await cli.fund();
      expect(refusal(await enrolling("--countersigned enrolment.json"))).to.deep.equal({
        code: 2,
        error: "AnnouncementMismatchError",
      });
      const line = "study enrol study-2.announcement.json --countersigned enrolment.json --json";
      const amended = await cli.run(line, signer("patient"));
      expect(errorIn(amended)).to.include({ error: "CountersignatureMismatchError" });
      expect(errorIn(amended).message).to.contain("another form");
    });
  });

  describe("withdraw", () => {
    const leaving = (options: string, ask?: () => Promise<string>): Promise<Answer> =>
      cli.run(`study withdraw ${cli.id}${options} --json`, { ...signer("patient"), ...(ask && { ask }) });

    beforeEach(async () => {
      cli = await recruiting();
      await countersigned(patient, "enrolment.json");
      await cli.done(`study enrol ${ANNOUNCED} --countersigned enrolment.json`, signer("patient"));
    });

    it("leaves only when it is confirmed, and revokes the consent", async () => {
      expect(refusal(await leaving(""))).to.deep.equal({ code: 2, error: "UsageError" });
      expect(refusal(await leaving("", async () => "no"))).to.deep.equal({ code: 2, error: "UsageError" });
      expect(refusal(await leaving(" --yes --deadline 1h"))).to.deep.equal({ code: 2, error: "UsageError" });
      expect(jsonIn<{ calls: object[] }>(await leaving(" --dry-run")).calls).to.have.length(2);
      expect(await consents()).to.have.length(1);
      const left = await leaving("", async () => " Yes ");
      expect(left.code).to.equal(0);
      expect(await consents()).to.deep.equal([]);
      expect(refusal(await leaving(" --yes"))).to.deep.equal({ code: 1, error: "ParticipantInvalid" });
    });

    it("revokes the consent under an earlier form, too", async () => {
      await cli.write("study-2.json", cli.file({ title: "Blood pressure at work" }));
      await cli.done(`study amend study-2.json --secret ${SECRET}`, signer("sponsor"));
      await cli.approve("study-2.announcement.json");
      const { out } = await cli.done("study withdraw study-2.announcement.json --yes", signer("patient"));
      expect(out).to.contain("The consent to it is revoked");
      expect(await consents()).to.deep.equal([]);
    });

    it("is relayed message by message, so that what was sent before keeps nothing back", async () => {
      await cli.done(`study withdraw ${cli.id} --yes --sign leaving.json`, signer("patient"));
      expect(
        jsonIn<{ calls: object[] }>(await cli.done("relay leaving.json --dry-run --json", signer("relayer"))).calls,
      ).to.have.length(2);
      const [withdrawal, ...revocations] = await cli.readJson<object[]>("leaving.json");
      await cli.write("foreign.json", [withdrawal, ...revocations, { ...withdrawal, type: "EnrolParticipant" }]);
      const foreign = await cli.run("relay foreign.json --json", signer("relayer"));
      expect(refusal(foreign)).to.deep.equal({ code: 2, error: "SignedMessageTypeError" });
      await cli.write("withdrawal.json", withdrawal);
      await cli.done("relay withdrawal.json", signer("relayer"));
      const rest = await cli.run("relay leaving.json --json", signer("relayer"));
      expect(refusal(rest)).to.deep.equal({ code: 1, error: "ParticipantInvalid" });
      expect(jsonIn<{ relayed: { type: string }[] }>(rest).relayed.map(({ type }) => type)).to.deep.equal([
        "RevokeConsent",
      ]);
      expect(await consents()).to.deep.equal([]);
    });

    it("is for a participant, or a delegate for research", async () => {
      const line = `study withdraw ${cli.id} --participant ${patient} --yes --json`;
      expect(refusal(await cli.run(line, signer("clinic")))).to.deep.equal({
        code: 1,
        error: "WithdrawalUnauthorized",
      });
      await cli.done(`consent delegate ${clinic} --categories all --until 1y`, signer("patient"));
      await cli.done(line, signer("clinic"));
      expect(await consents()).to.deep.equal([]);
    });
  });
});
