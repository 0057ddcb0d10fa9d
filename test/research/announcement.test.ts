import { expect } from "chai";

import type { Hex } from "../../src/crypto/bytes.js";
import { sha256 } from "../../src/crypto/digest.js";
import {
  AnnouncementError,
  AnnouncementMismatchError,
  newStudySalts,
  readAnnouncement,
  requireApproved,
  sealStudy,
  type Announcement,
} from "../../src/research/announcement.js";
import { NotStudyJsonError, readStudyFile, type StudyFile } from "../../src/research/studyFile.js";
import type { StudyTerms } from "../../src/research/studyTerms.js";
import { changed, STEWARD, studyFile } from "./studies.js";

const SPONSOR = STEWARD;
const SALTS = { form: `0x${"1".repeat(64)}` as Hex, protocol: `0x${"2".repeat(64)}` as Hex };

function sealed(file: StudyFile = studyFile(), salts = SALTS) {
  return sealStudy(readStudyFile(file), SPONSOR, salts);
}

async function mismatch(announcement: Announcement, terms: StudyTerms): Promise<readonly string[]> {
  try {
    await requireApproved(readAnnouncement(JSON.stringify(announcement)), terms);
  } catch (error) {
    expect(error).to.be.instanceOf(AnnouncementMismatchError);
    return (error as AnnouncementMismatchError).terms;
  }
  return [];
}

describe("sealStudy", () => {
  it("gives the terms to propose, and an announcement without the protocol or its salt", async () => {
    const { terms, announcement } = await sealed();
    expect(terms).to.deep.include(readStudyFile(studyFile()).terms);
    expect(announcement).to.have.all.keys("sponsor", "salt", "study");
    const shared = JSON.stringify(announcement);
    expect(shared).not.to.contain(SALTS.protocol.slice(2));
    expect(shared).not.to.contain(studyFile().protocol.document.slice(2));
  });

  it("seals protocol and plan as sha256(salt || canonical JSON)", async () => {
    const { terms } = await sealed();
    const { document, analysisPlan } = studyFile().protocol;
    const text = `{"analysisPlan":"${analysisPlan}","document":"${document}"}`;
    expect(terms.protocol).to.equal(
      await sha256(Buffer.concat([Buffer.from("2".repeat(64), "hex"), Buffer.from(text)])),
    );
  });

  it("gives the same digests however the file was written, and others under other salts", async () => {
    const { terms } = await sealed();
    const again = await sealed(changed(["/rewards/cap", "200"], ["/endsAt", "2027-12-31T16:00:00Z"]));
    expect(again.terms).to.deep.equal(terms);
    const salted = await sealed(studyFile(), newStudySalts());
    expect(salted.terms.form).not.to.equal(terms.form);
    expect(salted.terms.protocol).not.to.equal(terms.protocol);
  });

  it("gives another form for every other thing that is announced, and the same for another protocol", async () => {
    const { terms } = await sealed();
    for (const change of [
      ["/title", "Another"],
      ["/registration", "NCT01234568"],
      ["/criteria/0/age/min", 21],
      ["/criteria/2/exclude", undefined],
      ["/milestones/0", "First visit"],
      ["/consentForm", `0x${"e".repeat(64)}`],
      ["/rewards/cap", "200.000001"],
      ["/decimals", 7],
      ["/resultsDue", "2029-01-01"],
    ] as [string, unknown][]) {
      expect((await sealed(changed(change))).terms.form, change[0]).not.to.equal(terms.form);
    }
    const replanned = await sealed(changed(["/protocol/analysisPlan", `0x${"e".repeat(64)}`]));
    expect(replanned.terms.form).to.equal(terms.form);
    expect(replanned.terms.protocol).not.to.equal(terms.protocol);
  });
});

describe("newStudySalts", () => {
  it("is two salts nobody has seen", () => {
    const { form, protocol } = newStudySalts();
    expect(form).to.match(/^0x[0-9a-f]{64}$/);
    expect(form).not.to.equal(protocol);
    expect(newStudySalts().form).not.to.equal(form);
  });
});

describe("readAnnouncement", () => {
  it("reads what sealing gives", async () => {
    const { announcement } = await sealed();
    const { protocol: _, ...study } = readStudyFile(studyFile());
    const read = { sponsor: SPONSOR, salt: SALTS.form, study };
    expect(readAnnouncement(announcement)).to.deep.equal(read);
    expect(readAnnouncement(`\uFEFF${JSON.stringify(announcement)}`)).to.deep.equal(read);
  });

  it("names everything that is wrong, the study's places within it", async () => {
    const { announcement } = await sealed();
    const problems = (input: unknown): string[] => {
      try {
        readAnnouncement(input);
      } catch (error) {
        return (error as AnnouncementError).problems.map(({ path }) => path).sort();
      }
      return [];
    };
    expect(
      problems({ ...announcement, sponsor: SPONSOR.replace("0x5aA", "0x5AA"), salt: "0x1", url: "" }),
    ).to.deep.equal(["/salt", "/sponsor", "/url"]);
    expect(problems({})).to.deep.equal(["/salt", "/sponsor", "/study"]);
    expect(problems([])).to.deep.equal([""]);
    const study = { ...announcement.study, title: 5, criteria: [{ text: "It", fhirPath: "resolve()" }] };
    expect(problems({ ...announcement, study })).to.deep.equal(["/study/criteria/0/fhirPath", "/study/title"]);
    expect(problems({ ...announcement, study: studyFile() })).to.deep.equal(["/study/protocol"]);
    expect(problems({ ...announcement, study: null })).to.deep.equal(["/study"]);
    expect(() => readAnnouncement("{")).to.throw(NotStudyJsonError);
    expect(() => readAnnouncement({})).to.throw(AnnouncementError, "/study is missing: write what is announced");
  });
});

describe("requireApproved", () => {
  it("passes what a board approved, in whatever case the chain's answers come", async () => {
    const { terms, announcement } = await sealed();
    expect(await mismatch(announcement, terms)).to.deep.equal([]);
    const lower = { ...terms, steward: terms.steward.toLowerCase() as `0x${string}` };
    expect(await mismatch(announcement, lower)).to.deep.equal([]);
  });

  it("refuses other criteria, another title, another salt", async () => {
    const { terms, announcement } = await sealed();
    const { study } = announcement;
    expect(await mismatch({ ...announcement, study: { ...study, criteria: [] } }, terms)).to.deep.equal(["form"]);
    expect(await mismatch({ ...announcement, study: { ...study, title: "Other" } }, terms)).to.deep.equal(["form"]);
    expect(await mismatch({ ...announcement, salt: SALTS.protocol }, terms)).to.deep.equal(["form"]);
  });

  it("names each term the chain has otherwise, even under the same form", async () => {
    const { terms, announcement } = await sealed();
    for (const name of Object.keys(terms).filter((each) => each !== "protocol") as (keyof StudyTerms)[]) {
      const value = terms[name];
      const other = typeof value === "bigint" ? value + 1n : value.replace(/.$/, (last) => (last === "1" ? "2" : "1"));
      expect(await mismatch(announcement, { ...terms, [name]: other }), name).to.deep.equal([name]);
    }
  });
});
