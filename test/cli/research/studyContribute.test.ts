import { expect } from "chai";

import { connect } from "../../../src/aceso.js";
import { permits } from "../../../src/consent/consent.js";
import { parseDeployment } from "../../../src/deployment.js";
import { participantOf, status } from "../../../src/research/studyState.js";
import { ethers, time } from "../../fixtures.js";
import { DAY } from "../../research/people.js";
import { usd } from "../../research/rewards.js";
import { actor, ADDRESSES, jsonIn, signer, type Answer } from "../commandLine.js";
import { ANNOUNCED, participating, refusal, SECRET, type StudyLine } from "./studies.js";

const { pauper, patient } = ADDRESSES;

describe("study, contributing", () => {
  let cli: StudyLine;

  const consents = async (): Promise<object[]> => jsonIn(await cli.done("consent list --json", signer("patient")));

  describe("contribute", () => {
    beforeEach(async () => {
      cli = await participating();
    });

    const contributing = (options: string, who: "pauper" | "patient" = "pauper"): Promise<Answer> =>
      cli.run(`study contribute ${ANNOUNCED}${options} --json`, actor(who));

    type File = { contributions: { record: string; salt: string }[]; consent?: object };

    it("says what would be contributed, and what not and why, sharing nothing", async () => {
      const told = jsonIn<{ records: string[]; unfit: { record: string; reason: string }[] }>(
        await contributing(" --dry-run"),
      );
      expect(told.records).to.have.length(1);
      expect(told.unfit.map(({ reason }) => reason)).to.deep.equal(["other categories"]);
      expect((await cli.run(`record list --json --patient ${pauper}`, actor("steward"))).out).not.to.contain(
        ADDRESSES.steward,
      );
      const nothing = await contributing(` --records ${told.unfit[0]!.record}`);
      expect(refusal(nothing)).to.deep.equal({ code: 1, error: "NothingToContributeError" });
      expect(JSON.parse(nothing.err)).to.have.nested.property("unfit[0].reason", "other categories");
    });

    it("is for those who take part", async () => {
      await cli.done(`record add chart.json --patient ${patient} --role Provider`, actor("hospital"));
      expect(refusal(await contributing("", "patient"))).to.deep.equal({ code: 2, error: "NotEnrolledError" });
      expect(await consents()).to.deep.equal([]);
      expect(refusal(await contributing(" --deadline 1h"))).to.deep.equal({ code: 2, error: "UsageError" });
    });

    it("puts a new consent beside the contributions when the one given has ended, and relays both", async () => {
      const [{ grantee, policy }] = jsonIn<[{ grantee: string; policy: string }]>(
        await cli.done("consent list --json", signer("pauper")),
      );
      await cli.done(`consent revoke --grantee ${grantee} --policy ${policy} --sign revoke.json`, signer("pauper"));
      await cli.done("relay revoke.json", signer("relayer"));
      await cli.done(`study contribute ${ANNOUNCED} --sign contributions.json`, actor("pauper"));
      expect(await cli.readJson<File>("contributions.json")).to.have.keys("contributions", "consent");
      const { out } = await cli.done("relay contributions.json", signer("relayer"));
      expect(out).to.contain("Relayed GrantConsent").and.to.contain("Credited 1 record: 25.00");
      const again = await cli.run("relay contributions.json --json", signer("relayer"));
      expect(refusal(again)).to.deep.equal({ code: 1, error: "RecordContributedBefore" });
    });

    it("takes no changed file", async () => {
      await cli.done(`study contribute ${ANNOUNCED} --sign contributions.json`, actor("pauper"));
      const file = await cli.readJson<File>("contributions.json");
      const [only] = file.contributions as [File["contributions"][0]];
      const relayed = async (changed: object): Promise<{ code: number; error: string }> => {
        await cli.write("changed.json", changed);
        return refusal(await cli.run("relay changed.json --json", signer("relayer")));
      };
      const malformed = { code: 2, error: "ContributionFileError" };
      expect(await relayed({ contributions: [] })).to.deep.equal(malformed);
      expect(await relayed({ contributions: [{ ...only, salt: "0x12" }] })).to.deep.equal(malformed);
      expect(await relayed({ contributions: [only, { ...only, study: only.record }] })).to.deep.equal(malformed);
      expect(await relayed({ ...file, consent: { type: "Else" } })).to.deep.equal({
        code: 2,
        error: "SignedMessageTypeError",
      });
      expect(await relayed({ contributions: [{ ...only, salt: only.record }] })).to.deep.equal({
        code: 1,
        error: "RecordCommitmentMismatch",
      });
      expect(await relayed({ contributions: [{ ...only, study: only.record }] })).to.deep.equal({
        code: 2,
        error: "StudyNotApprovedError",
      });
    });
  });

  describe("the whole story, from proposal to refund, with a patient who has no ether", () => {
    it("credits what the patient contributes, pays it, and gives the sponsor back the rest", async () => {
      cli = await participating();
      const { id, house } = cli;
      const deployment = parseDeployment(await cli.readJson("deployment.json"));
      const aceso = await connect(house.stranger, { deployment });
      const { form, steward } = (await status(aceso, id))!.terms!;
      expect(await ethers.provider.getBalance(pauper)).to.equal(0n);

      // The laboratory record is contributed by a file that somebody else sends; the demographics are not asked for.
      const signed = await cli.done(`study contribute ${ANNOUNCED} --sign contributions.json`, actor("pauper"));
      expect(signed.out).to.contain("1 record for the study").and.to.contain("other categories");
      const relayed = await cli.done("relay contributions.json", signer("relayer"));
      expect(relayed.out).to.contain("Credited 1 record: 25.00");

      // A visit is credited up to what is promised, and anybody has it paid.
      const visit = `study milestone ${ANNOUNCED} --participant ${pauper}`;
      expect((await cli.done(`${visit} --number 0`, signer("investigator"))).out).to.contain("Baseline visit");
      expect((await cli.done(`${visit} --number 1`, signer("investigator"))).out).to.contain("credited 25.00");
      const paid = await cli.done(`study claim ${id} --participant ${pauper}`, signer("stranger"));
      expect(paid.out).to.contain("Paid 90.00");
      expect(await house.token.balanceOf(pauper)).to.equal(usd(90));

      // The steward reads what was contributed.
      const line = `record open --patient ${pauper} --purpose CLINTRCH --policy ${form} --out data.json`;
      expect((await cli.done(line, actor("steward"))).out).to.contain("laboratory");

      // The patient leaves for good, and takes the consent back, by a file that somebody else sends.
      await cli.done(`study withdraw ${ANNOUNCED} --yes --sign leaving.json`, signer("pauper"));
      const left = await cli.done("relay leaving.json", signer("relayer"));
      expect(left.out).to.contain("WithdrawParticipant").and.to.contain("RevokeConsent");
      expect((await participantOf(aceso, { study: id, participant: pauper })).status).to.equal("withdrawn");
      const asked = { patient: pauper, grantee: steward, policy: form, purpose: "CLINTRCH", categories: [] } as const;
      expect(await permits(aceso, { ...asked, categories: ["laboratory"] })).to.equal(false);

      // An amendment, which everybody would consent to again.
      await cli.write("study-2.json", cli.file({ capacity: 3 }));
      const amended = await cli.done(`study amend study-2.json --secret ${SECRET}`, signer("sponsor"));
      expect(amended.out).to.contain("at most 2 -> at most 3");
      await cli.approve("study-2.announcement.json");
      expect((await cli.done(`study fund ${id}`, signer("sponsor"))).out).to.contain("Paid 90.00");

      await cli.done(`study close ${id}`, signer("sponsor"));
      await time.increase(400 * DAY);
      await cli.write("results.txt", "It works.");
      const published = await cli.done(`study publish ${id} --results results.txt`, signer("sponsor"));
      expect(published.out).to.contain("days late");
      expect((await cli.done(`study refund ${id}`, signer("sponsor"))).out).to.contain("Paid 180.00");
      expect(await house.token.balanceOf(house.sponsor)).to.equal(usd(1_000_000 - 90));

      const shown = jsonIn<{ enrolled: number; withdrawn: number; money: object; participants: object[] }>(
        await cli.done(`study show ${id} --participants --json`),
      );
      expect(shown).to.include({ enrolled: 1, withdrawn: 1, closed: true });
      expect(shown.money).to.include({ funded: "90.00", credited: "90.00", paid: "90.00", owed: "0.00", free: "0.00" });
      expect(shown.participants).to.deep.equal([
        { participant: pauper, status: "withdrawn", earned: "90.00", paid: "90.00", milestones: [0, 1] },
      ]);
    });
  });
});
