import { mkdir } from "node:fs/promises";

import { expect } from "chai";

import type { Feasibility } from "../../../src/research/feasibility.js";
import type { StudyFile } from "../../../src/research/studyFile.js";
import { actor, ADDRESSES, CHART, errorIn, jsonIn, signer } from "../commandLine.js";
import { ANNOUNCED, refusal, studying, type StudyLine } from "./studies.js";

const { patient } = ADDRESSES;

/** A person's bundle. */
const person = (gender: string): object => ({
  ...CHART,
  entry: [
    { resource: { resourceType: "Patient", id: "p1", gender, name: [{ family: "Unspeakable" }] } },
    CHART.entry[1],
  ],
});

type Told = { studies: { file: string; registration: string; fit: string; criteria: object[] }[]; over: number };

describe("study, before anybody takes part", () => {
  let cli: StudyLine;

  beforeEach(async () => {
    cli = await studying();
  });

  /** Writes an announcement of a study, which nobody proposed. */
  const announce = async (name: string, changes: Partial<StudyFile>): Promise<void> => {
    const { protocol, ...study } = cli.file(changes);
    await cli.write(name, { sponsor: ADDRESSES.sponsor, salt: `0x${"5a".repeat(32)}`, study });
  };

  describe("recruit", () => {
    it("tells for each open study whether a bundle fits, and why, without a chain or an account", async () => {
      await mkdir(cli.path("announced"));
      await announce("announced/women.json", {});
      await announce("announced/men.json", { registration: "NCT2", criteria: [{ text: "Men", sex: "male" }] });
      await announce("announced/adults.json", {
        registration: "NCT3",
        criteria: [{ text: "Adults", age: { min: 18 } }],
      });
      await announce("announced/over.json", { registration: "NCT4", enrolUntil: "2020-01-01" });
      await cli.write("announced/notes.json", "no JSON");
      await cli.write("me.json", person("female"));
      const connect = (): never => {
        throw new Error("asked the chain");
      };
      const { out, err } = await cli.done("study recruit announced --bundle me.json", { connect });
      expect(out).to.contain("FITS: Blood pressure at home (NCT01234567), announced/women.json");
      expect(out).to.contain("DOES NOT FIT: Blood pressure at home (NCT2)");
      expect(out)
        .to.contain("UNKNOWN: Blood pressure at home (NCT3)")
        .and.to.contain("The records hold no birth date.");
      expect(out).not.to.contain("NCT4").and.not.to.contain("Unspeakable");
      expect(err).to.contain("Left out: 1").and.to.contain("announced/notes.json: NotStudyJsonError");
    });

    it("reads the patient's own records in the vault", async () => {
      await announce("women.json", {});
      await cli.write("chart.json", person("female"));
      await cli.done(`record add chart.json --patient ${patient} --role Provider`, actor("hospital"));
      const told = jsonIn<Told>(await cli.done("study recruit women.json --json", actor("patient")));
      expect(told.studies.map(({ file, fit }) => ({ file, fit }))).to.deep.equal([{ file: "women.json", fit: "fits" }]);
    });

    it("refuses files that are no announcements, and folders without any", async () => {
      await cli.write("me.json", person("female"));
      await mkdir(cli.path("empty"));
      const none = await cli.run("study recruit empty --bundle me.json --json");
      expect(refusal(none)).to.deep.equal({ code: 2, error: "NoAnnouncementsError" });
      const wrong = await cli.run("study recruit study.json --bundle me.json --json");
      expect(refusal(wrong)).to.deep.equal({ code: 2, error: "AnnouncementError" });
      await announce("women.json", {});
      const account = await cli.run("study recruit women.json --json", signer("patient"));
      expect(refusal(account)).to.deep.equal({ code: 4, error: "VaultNotFoundError" });
    });
  });

  describe("feasibility", () => {
    const people = async (genders: readonly string[]): Promise<void> => {
      await mkdir(cli.path("people"));
      for (const [at, gender] of genders.entries()) await cli.write(`people/${at}.json`, person(gender));
    };

    it("counts over a folder of bundles, and tells no small number", async () => {
      await people([...Array<string>(12).fill("female"), "male", "male"]);
      const { out } = await cli.done("study feasibility study.json --bundles people");
      expect(out).to.contain("Fit all, as their records say: 11").and.not.to.contain("Unspeakable");
      const told = jsonIn<Feasibility>(
        await cli.done("study feasibility study.json --bundles people --threshold 13 --json"),
      );
      expect(told).to.deep.equal({
        threshold: 13,
        people: 13,
        criteria: [{ text: "Women", excludes: false, left: "<13" }],
        fits: "<13",
      });
    });

    it("counts those an author wrote records of, by an announcement's criteria", async () => {
      await announce(ANNOUNCED, {});
      for (const gender of ["female", "male"]) {
        await cli.write("chart.json", person(gender));
        const whose = gender === "female" ? patient : ADDRESSES.clinic;
        await cli.done(`record add chart.json --patient ${whose} --role Provider`, actor("hospital"));
      }
      const line = `study feasibility ${ANNOUNCED} --threshold 5 --json`;
      const told = jsonIn<Feasibility>(await cli.done(line, actor("hospital")));
      expect(told).to.deep.include({ people: "<5", fits: "<5" });
    });

    it("refuses a threshold that protects nobody, a folder with nobody, and what is no study", async () => {
      await people(["female"]);
      await mkdir(cli.path("empty"));
      for (const [line, error] of [
        ["study.json --bundles people --threshold 4", "FeasibilityThresholdError"],
        ["study.json --bundles people --threshold many", "UsageError"],
        ["study.json --bundles empty", "NoPeopleError"],
        ["people/0.json --bundles people", "StudyFileError"],
      ] as const) {
        const answer = await cli.run(`study feasibility ${line} --json`);
        expect([answer.code, errorIn(answer).error]).to.deep.equal([2, error]);
      }
    });
  });
});
