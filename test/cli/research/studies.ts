/**
 * A study on the command line, at each stage it comes through.
 *
 * @module
 */
import { cp } from "node:fs/promises";

import { studyFileTemplate } from "../../../src/cli/research/studyTemplate.js";
import type { StudyFile } from "../../../src/research/studyFile.js";
import { studyId } from "../../../src/research/studyKey.js";
import { loadFixture, time } from "../../fixtures.js";
import { DAY } from "../../research/people.js";
import { actor, ADDRESSES, CHART, commandLineOn, errorIn, researching, signer, type Answer } from "../commandLine.js";

export const REGISTRATION = "NCT01234567";

/** The files of a study. */
export const ANNOUNCED = "study.announcement.json";
export const SECRET = "study.secret.json";

/** The command where a study may be proposed: its file is `study.json`. */
export const studying = () => loadFixture(written).then(again);

/** {@link studying}, with the study proposed, approved and funded. */
export const recruiting = () => loadFixture(open).then(again);

/** {@link recruiting}, and the hospital has records of the pauper, who has a published key and no ether, and enrolled. */
export const participating = () => loadFixture(joined).then(again);

/** The exit code and the error's name, of a run with `--json`. */
export function refusal(answer: Answer): { code: number; error: string } {
  return { code: answer.code, error: errorIn(answer).error };
}

/** What {@link studying} gives. */
export type StudyLine = Awaited<ReturnType<typeof again>>;

type Written = Pick<Awaited<ReturnType<typeof researching>>, "house" | "folder">;

/** A stage again, with its files in a new folder. */
async function again({ house, folder }: Written) {
  const cli = await commandLineOn(house);
  await cp(folder, cli.folder, { recursive: true });
  const file = await cli.readJson<StudyFile>("study.json");
  const id = studyId({ sponsor: ADDRESSES.sponsor, registration: REGISTRATION });
  return {
    ...cli,
    ...{ house, id },
    /** The study file, changed. */
    file: (changes: Partial<StudyFile> = {}): StudyFile => ({ ...file, ...changes }),
    proposed: () => cli.done("study propose study.json --secret new", signer("sponsor")),
    approve: (announcement = ANNOUNCED) => cli.done(`study approve ${announcement} --until 2y`, signer("board")),
    fund: () => cli.done(`study fund ${id}`, signer("sponsor")),
  };
}

async function written() {
  const cli = await researching();
  const present = await time.latest();
  const day = (days: number): string => `${new Date((present + days * DAY) * 1000).toISOString().slice(0, 19)}Z`;
  const file: StudyFile = {
    ...studyFileTemplate(),
    steward: ADDRESSES.steward,
    token: cli.house.token.target as string,
    rewards: { contribution: "25.00", milestone: "40.00", cap: "90.00" },
    capacity: 2,
    ...{ enrolUntil: day(30), endsAt: day(90), refundAt: day(120), resultsDue: day(365) },
    criteria: [{ text: "Women", sex: "female" }],
  };
  await cli.write("study.json", file);
  return cli;
}

async function open() {
  const cli = await again(await written());
  await cli.proposed();
  await cli.approve();
  await cli.fund();
  return cli;
}

async function joined() {
  const cli = await open();
  await cli.done("keys publish --sign key.json", actor("pauper"));
  await cli.done("relay key.json", signer("relayer"));
  await cli.write("chart.json", CHART);
  await cli.done(`record add chart.json --patient ${ADDRESSES.pauper} --role Provider`, actor("hospital"));
  await cli.done(`study enrol ${ANNOUNCED} --sign consent.json`, signer("pauper"));
  await cli.done("relay consent.json", signer("relayer"));
  const line = `study countersign ${ANNOUNCED} --participant ${ADDRESSES.pauper} --sign enrolment.json`;
  await cli.done(line, signer("investigator"));
  await cli.done("relay enrolment.json", signer("relayer"));
  return cli;
}
