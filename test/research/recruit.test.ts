import { expect } from "chai";

import { fullEntriesOf } from "../../src/fhir/resource.js";
import { newStudySalts, readAnnouncement, sealStudy, type Announced } from "../../src/research/announcement.js";
import { recruit } from "../../src/research/recruit.js";
import { readStudyFile } from "../../src/research/studyFile.js";
import { syntheaBundles } from "../fhir/examples.js";
import { changed, cholesterol, condition, NEW_YEAR, patient, STEWARD } from "./studies.js";

async function announced(...changes: [path: string, value: unknown][]): Promise<Announced> {
  const { announcement } = await sealStudy(readStudyFile(changed(...changes)), STEWARD, newStudySalts());
  return readAnnouncement(announcement);
}

describe("recruit", () => {
  it("tells of each study whether the person fits, and why", async () => {
    const studies = [
      await announced(),
      await announced(["/title", "Of the old"], ["/criteria", [{ text: "Old", age: { min: 80 } }]]),
      await announced(["/title", "Of anybody"], ["/criteria", []]),
    ];
    const person = [patient(), condition(), cholesterol()];
    const [first, old, anybody] = recruit(person, studies, { on: NEW_YEAR });
    expect(first).to.deep.include({ sponsor: STEWARD, registration: "NCT01234567", isOpen: true, fit: "fits" });
    expect(first!.criteria.map(({ reason }) => reason)).to.deep.equal([
      "The age is within these years.",
      "The records hold such a condition.",
      "The latest result is not within these bounds.",
    ]);
    expect(old).to.deep.include({ title: "Of the old", fit: "does not fit" });
    expect(anybody).to.deep.include({ title: "Of anybody", fit: "fits", criteria: [] });
    expect(recruit([], studies, { on: NEW_YEAR }).map(({ fit }) => fit)).to.deep.equal(["unknown", "unknown", "fits"]);
  });

  it("says until when a study is announced as open", async () => {
    const study = await announced();
    const until = Number(study.study.terms.enrolUntil);
    expect(recruit([], [study], { on: until - 1 })[0]!.isOpen).to.equal(true);
    expect(recruit([], [study], { on: until })[0]!.isOpen).to.equal(false);
  });

  it("lets no study's criteria spoil the others", async () => {
    const wrong = await announced(["/criteria", [{ text: "Name", fhirPath: "Patient.birthDate" }]]);
    expect(recruit([patient()], [wrong, await announced()]).map(({ fit }) => fit)).to.deep.equal([
      "unknown",
      "unknown",
    ]);
  });

  it("finds the study for one of Synthea's patients, and not for another", async function () {
    const people = syntheaBundles().map((bundle) => fullEntriesOf(bundle).map(({ resource }) => resource));
    if (people.length === 0) this.skip();
    const study = await announced();
    const on = Date.UTC(2018, 11, 1) / 1000;
    const fits = people.map((person) => recruit(person, [study], { on })[0]!.fit).sort();
    // Obese, hypertensive with a cholesterol of 166, hypertensive without any on record.
    expect(fits).to.deep.equal(["does not fit", "fits", "unknown"]);
  });
});
