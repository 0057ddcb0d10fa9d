import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import type { Observation } from "fhir/r4.js";

import { accountOf } from "../../src/aceso.js";
import { records, type Hex } from "../../src/index.js";
import {
  added,
  AMOXICILLIN,
  bundleOf,
  consented,
  GLUCOSE,
  HIV_TEST,
  idsIn,
  PRESSURE,
  stage,
  treatment,
} from "../sdk.js";

/** A pressure a day. */
function readings(count: number): Observation[] {
  return Array.from({ length: count }, (_, day) => ({ ...PRESSURE, id: `pressure-${day}` }));
}

describe("two hospitals' records", () => {
  it("become one history, without loss and without doubles, opened in one logged access", async () => {
    const { hospital, clinic: otherHospital, doctor, patient, relayer } = await stage();
    const of = { patient: accountOf(patient) };

    // The first hospital imports an archive, a record a day, under one root.
    const charts = readings(records.ROOT_FROM).map((reading) => ({ ...of, bundle: bundleOf(reading) }));
    const { result: archive } = await (await records.addMany(hospital, { charts })).send();
    // Both hospitals measured the same, wrote the same name for different things, and prescribed the same.
    const atFirst = { ...GLUCOSE, id: "result", code: { text: "Glucose, fasting" } };
    const atOther = { ...GLUCOSE, id: "result", code: { text: "Potassium" } };
    await added(hospital, patient, bundleOf(atFirst, AMOXICILLIN));
    const atOthers = await added(otherHospital, patient, bundleOf(atOther, AMOXICILLIN, HIV_TEST));
    const { record: potassium } = atOthers.find(({ categories }) => categories.join() === "laboratory")!;

    // A specialist is given access by the patient, who has no ether, and gets keys from all authors.
    await consented(patient, relayer, { grantee: doctor });
    for (const author of [hospital, otherHospital]) {
      await records.release(author, { ...treatment(patient), reader: accountOf(doctor) });
    }
    const first = await records.open(doctor, treatment(patient));
    expect(idsIn(first.bundle)).to.deep.equal(
      ["amoxicillin", "result", "result", ...readings(records.ROOT_FROM).map(({ id }) => id!)].sort(),
    );
    expect(first.categories).to.deep.equal(["medications", "laboratory", "vitalSigns"]);
    expect(first.withheld.map(({ reason }) => reason)).to.deep.equal(["no key"]);

    // One entry in the log stands for all of them, and each can be proven from it.
    const logged = await records.log(patient, of);
    expect(logged).to.have.length(1);
    const tree = StandardMerkleTree.of(
      first.records.map((record) => [record]),
      ["bytes32"],
    );
    expect(logged[0]!.records).to.equal(tree.root);
    expect(tree.getProof([archive[0]!.record])).not.to.be.empty;

    // The other hospital corrects its result: the specialist reads the earlier one no more, nor the new one unasked.
    const correction = { ...of, record: potassium, bundle: bundleOf({ ...atOther, id: "corrected" }) };
    const { result } = await (await records.amend(otherHospital, correction)).send();
    expect(result.readersToRenew).to.deep.equal([accountOf(doctor)]);
    const second = await records.open(doctor, treatment(patient));
    expect(idsIn(second.bundle).filter((name) => name === "result")).to.have.length(1);
    await records.release(otherHospital, { ...treatment(patient), reader: accountOf(doctor) });
    expect(idsIn((await records.open(doctor, treatment(patient))).bundle)).to.include.members(["result", "corrected"]);

    // The patient erases one day of the archive, which the root can no longer prove.
    const day: Hex = archive[3]!.record;
    await records.eraseBySig(relayer, await records.signErase(patient, { records: [day] })).send();
    const last = await records.open(patient, treatment(patient));
    expect(idsIn(last.bundle)).not.to.include("pressure-3");
    expect(idsIn(last.bundle)).to.include.members(["pressure-2", "pressure-4", "hiv", "corrected"]);
    expect(last.records).to.have.length(first.records.length);
  });
});
