import { expect } from "chai";
import { id as hashOf } from "ethers";
import type { Bundle, Observation, Patient } from "fhir/r4.js";
import { createHash } from "node:crypto";

import { accountOf, connect, encryptionKeyOf, type Aceso } from "../../src/aceso.js";
import { DATA_CATEGORIES } from "../../src/consent/category.js";
import { revokeBySig, signRevoke } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import type { FhirResource } from "../../src/fhir/resource.js";
import { log } from "../../src/records/access.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { share } from "../../src/records/share.js";
import { contributeRecords, contributionsOf } from "../../src/research/contribution.js";
import { contribute } from "../../src/research/credit.js";
import {
  anchorDataset,
  dataset,
  manifestDigest,
  NothingContributedError,
  type Dataset,
} from "../../src/research/dataset.js";
import { signWithdrawal, withdrawBySig } from "../../src/research/enrolment.js";
import { example, patientExamples, syntheaBundles } from "../fhir/examples.js";
import { survivors } from "../fhir/identifiers.js";
import { added, bundleOf, consented, deploymentOf, GLUCOSE, HIV_TEST, PRESSURE } from "../sdk.js";
import { refusal, revert } from "../sdk.js";
import { charted, contributed, enrolled, everybody, opened, type People } from "./people.js";

/** A study that asks for every category, and pays a cent a record. */
async function wideStudy() {
  const all = await everybody();
  const categories = [...DATA_CATEGORIES];
  const study = await opened(
    all,
    ["/registration", "NCT00000020"],
    ["/categories", categories],
    ["/rewards/contribution", "0.01"],
  );
  return { ...all, ...study };
}

/** Somebody enrols and contributes what the hospital wrote down. */
async function gave(all: People, participant: Aceso, bundle: Bundle): Promise<Hex[]> {
  const { hospital, relayer, id: study } = all;
  await enrolled(all, participant);
  const records = (await added(hospital, participant, bundle)).map(({ record }) => record);
  await contributeRecords(participant, { study, records, relayer });
  return records;
}

/** Somebody ends the consent to the steward, which nobody tells the vault of. */
async function revoked({ relayer: { vault: _, ...elsewhere }, terms }: People, participant: Aceso): Promise<void> {
  const key = { grantee: terms.steward, policy: terms.form };
  await revokeBySig(elsewhere, await signRevoke(participant, key)).send();
}

function bundlesIn({ files }: Dataset): Bundle[] {
  return [...files.values()].map((text) => JSON.parse(text) as Bundle);
}

function resourcesIn(made: Dataset): FhirResource[] {
  return bundlesIn(made).flatMap(({ entry = [] }) => entry.map(({ resource }) => resource as FhirResource));
}

/** All that may be published of a dataset, in small letters. */
function told({ files, manifest }: Dataset): string {
  return JSON.stringify([...files, manifest]).toLowerCase();
}

/** JSON with sorted keys, which for whole numbers and ASCII is RFC 8785's. */
function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${sorted(member)}`).join()}}`;
}

function sha256(text: string): string {
  return `0x${createHash("sha256").update(text).digest("hex")}`;
}

const PATIENT: Patient = {
  resourceType: "Patient",
  id: "pat1",
  name: [{ family: "Quillfeather", given: ["Ottoline"] }],
  gender: "female",
  birthDate: "1962-03-17",
};
const RESULT: Observation = {
  ...GLUCOSE,
  id: "result1",
  code: { text: "Glucose of Ottoline", coding: [{ system: "http://loinc.org", code: "2345-7" }] },
  subject: { reference: "Patient/pat1" },
  valueQuantity: { value: 95, unit: "mg/dL", system: "http://unitsofmeasure.org", code: "mg/dL" },
};

describe("dataset", () => {
  it("holds what was contributed, in one bundle a participant, and tells of nobody", async () => {
    const all = await wideStudy();
    const { ann, ben, hospital, steward, id: study } = all;
    const records = await gave(all, ann, bundleOf(PATIENT, RESULT));
    records.push(...(await gave(all, ben, bundleOf(PRESSURE))));
    const progress: number[][] = [];
    const made = await dataset(steward, { study, onOpened: (...counts) => progress.push(counts) });
    expect(progress).to.deep.equal([
      [1, 2],
      [2, 2],
    ]);
    expect(made.withheld).to.deep.equal([]);
    const { manifest, files } = made;
    expect(manifest).to.include({ format: "aceso dataset", version: 1, study, participants: 2 });
    expect(manifest.resources).to.deep.equal({ Patient: 1, Observation: 2 });
    expect(manifest.anonymity).to.include({ people: 2, k: 1, unique: 2 });
    expect(manifest.report.kept).to.equal(3);
    expect([...files.keys()]).to.deep.equal([...files.keys()].sort());
    for (const name of files.keys()) expect(name).to.match(/^[a-p]{32}\.json$/);
    const [person] = resourcesIn(made).filter(({ resourceType }) => resourceType === "Patient") as [Patient];
    expect(person).to.deep.include({ gender: "female", birthDate: "1962" });
    const result = resourcesIn(made).find((each) => "valueQuantity" in each) as Observation;
    expect(result.valueQuantity!.value).to.equal(95);
    expect(result.subject!.reference).to.equal(`Patient/${person.id}`);
    expect(survivors([PATIENT, RESULT, PRESSURE], bundlesIn(made))).to.deep.equal([]);
    for (const name of [...records, ...[ann, ben, hospital].map(accountOf)]) {
      expect(told(made)).not.to.include(name.toLowerCase().slice(2));
    }
  });

  it("is opened by the steward's staff, and leaves a trace each patient can see", async () => {
    const all = await everybody();
    const { ann, steward, investigator, stranger, terms, id: study, house, vault } = all;
    const record = await contributed(all, ann);
    expect((await dataset(investigator, { study })).manifest.participants).to.equal(1);
    const [access, ...more] = await log(ann, { patient: accountOf(ann) });
    expect(more).to.deep.equal([]);
    expect(access).to.include({
      ...{ grantee: accountOf(steward), policy: terms.form, purpose: "CLINTRCH", records: record },
      caller: accountOf(investigator),
    });
    const { withheld } = await refusal(dataset(stranger, { study }), NothingContributedError);
    expect(withheld).to.equal(1);
    const options = { deployment: deploymentOf(house), vault, encryptionKey: encryptionKeyOf(steward) };
    const thief = await connect(stranger.signer!, options);
    await revert(dataset(thief, { study }), "AccessCallerInvalid");
  });

  it("leaves out what the steward holds for another reason", async () => {
    const all = await everybody();
    const { ann, ben, hospital, steward, relayer, id: study } = all;
    await contributed(all, ann);
    // The steward treats both, and another of its studies got another record of Ann's.
    await consented(ann, relayer, { grantee: steward });
    await consented(ben, relayer, { grantee: steward });
    await added(hospital, ann, bundleOf(PRESSURE));
    await added(hospital, ben, bundleOf(HIV_TEST));
    for (const patient of [ann, ben]) await share(patient, { grantee: accountOf(steward) });
    const other = await opened(all, ["/registration", "NCT00000021"]);
    await enrolled({ ...all, ...other }, ann);
    const records = (await added(hospital, ann, bundleOf({ ...PRESSURE, id: "second" }))).map(({ record }) => record);
    await contributeRecords(ann, { study: other.id, relayer, records });
    const { manifest, withheld } = await dataset(steward, { study });
    expect(manifest).to.deep.include({ participants: 1, resources: { Observation: 1 } });
    expect(withheld).to.deep.equal([]);
  });

  it("withholds those who withdrew or revoked, and names them only for the steward", async () => {
    const all = await everybody();
    const { ann, ben, cleo, steward, relayer, terms, id: study } = all;
    const [left, ended, kept] = [
      await contributed(all, ann),
      await contributed(all, ben),
      await contributed(all, cleo),
    ];
    await withdrawBySig(relayer, await signWithdrawal(ann, { study })).send();
    await revoked(all, ben);
    const progress: number[] = [];
    const made = await dataset(steward, { study, onOpened: (done) => progress.push(done) });
    expect(progress).to.deep.equal([1, 2, 3]);
    expect(made.manifest.participants).to.equal(1);
    expect(made.withheld).to.deep.equal([
      { record: left, reason: "withdrawn", participant: accountOf(ann) },
      { record: ended, reason: "not permitted", categories: ["laboratory"], participant: accountOf(ben) },
    ]);
    for (const name of [left, ended, kept, ...[ann, ben, cleo].map(accountOf)]) {
      expect(told(made)).not.to.include(name.toLowerCase().slice(2));
    }
    // Of who withdrew nothing is opened either.
    expect(await log(ann, { patient: accountOf(ann) })).to.deep.equal([]);
    const key = { grantee: terms.steward, policy: terms.form };
    await revokeBySig(relayer, await signRevoke(cleo, key)).send();
    const { withheld, message } = await refusal(dataset(steward, { study }), NothingContributedError);
    expect(withheld).to.equal(3);
    expect(message).to.equal("None of the 3 contributed records may be opened now.");
  });

  it("holds what was consented to under an earlier form, and still says what is gone", async () => {
    const all = await everybody();
    const { ann, ben, relayer, steward, id: study, terms } = all;
    await enrolled(all, ann);
    const [erased, kept] = (await charted(all, ann, 2)) as [Hex, Hex];
    await contributeRecords(ann, { study, records: [erased, kept], relayer });
    const { vault: _, ...elsewhere } = relayer;
    await eraseBySig(elsewhere, await signErase(ann, { records: [erased] })).send();
    const amended = await opened(all, ["/title", "Amended"], ["/capacity", 4]);
    const now = { ...all, ...amended };
    await contributed(now, ben);
    const { manifest, withheld } = await dataset(steward, { study });
    expect(manifest).to.deep.include({ participants: 2, resources: { Observation: 2 } });
    expect(withheld).to.deep.equal([
      { record: erased, reason: "erased", categories: ["laboratory"], participant: accountOf(ann) },
    ]);
    const accesses = await log(ann, { grantee: terms.steward });
    expect(accesses.map(({ policy }) => policy)).to.have.members([terms.form, amended.terms.form]);
    // Once revoked, the earlier form permits nothing more.
    await revoked(all, ann);
    const after = await dataset(steward, { study });
    expect(after.manifest.participants).to.equal(1);
    expect(after.withheld.map(({ record, reason }) => [record, reason])).to.have.deep.members([
      [erased, "erased"],
      [kept, "not permitted"],
    ]);
  });

  it("withholds what was credited and never shared", async () => {
    const all = await everybody();
    const { ann, steward, stranger, id: study } = all;
    await enrolled(all, ann);
    const [record] = (await charted(all, ann)) as [Hex];
    await contribute(stranger, { contributions: (await contributionsOf(ann, { study })).contributions }).send();
    await refusal(dataset(steward, { study }), NothingContributedError);
    await share(ann, { grantee: accountOf(steward), records: [record] });
    expect((await dataset(steward, { study })).manifest.participants).to.equal(1);
  });

  it("uses other pseudonyms each time", async () => {
    const all = await wideStudy();
    const { ann, ben, steward, id: study } = all;
    // The same data of two people.
    for (const participant of [ann, ben]) await gave(all, participant, bundleOf(PATIENT, RESULT));
    const [one, other] = [await dataset(steward, { study }), await dataset(steward, { study })];
    const ids = [one, other].flatMap((made) => [
      ...made.files.keys(),
      ...resourcesIn(made).map(({ resourceType, id }) => `${resourceType}/${id}`),
    ]);
    expect(new Set(ids).size).to.equal(2 * (2 + 4));
    expect(one.digest).not.to.equal(other.digest);
    expect(one.manifest.anonymity).to.include({ people: 2, k: 2, unique: 0 });
  });

  it("has a manifest with each file's digest, and a digest of its own", async () => {
    const all = await wideStudy();
    const { ann, ben, steward, id: study } = all;
    await gave(all, ann, bundleOf(PATIENT, RESULT));
    await gave(all, ben, bundleOf(PRESSURE));
    const { files, manifest, digest } = await dataset(steward, { study });
    expect(Object.keys(manifest.files)).to.deep.equal([...files.keys()]);
    for (const [name, text] of files) expect(manifest.files[name]).to.equal(sha256(text));
    const kept = JSON.parse(JSON.stringify(manifest)) as typeof manifest;
    expect(digest)
      .to.equal(sha256(sorted(manifest)))
      .and.to.equal(await manifestDigest(kept));
    expect(await manifestDigest({ ...kept, participants: 3 })).not.to.equal(digest);
  });

  it("names a study nothing was contributed to", async () => {
    const { steward, id: study } = await everybody();
    for (const each of [study, hashOf("no study") as Hex]) {
      const error = await refusal(dataset(steward, { study: each }), NothingContributedError);
      expect(error).to.deep.include({ study: each, withheld: 0, message: "Nothing was contributed to the study." });
    }
  });

  it("lets no identifier of the eighteen survive of HL7's examples", async () => {
    const all = await wideStudy();
    const { ann, ben, steward, id: study } = all;
    // A fourth of them: how each is de-identified has tests of its own.
    const names = patientExamples().filter((_, place) => place % 4 === 0);
    const examples = names.map((name) => example(name));
    const halves = [examples.filter((_, place) => place % 2 === 0), examples.filter((_, place) => place % 2 === 1)];
    await gave(all, ann, bundleOf(...halves[0]!));
    await gave(all, ben, bundleOf(...halves[1]!));
    const made = await dataset(steward, { study });
    expect(made.withheld).to.deep.equal([]);
    // What is a word in one example is a unit in another.
    const found = survivors(examples, bundlesIn(made)).filter((finding) => finding !== "code tells min: mL/min");
    expect(found).to.deep.equal([]);
    expect(made.manifest.report.kept).to.be.above(90);
    expect(resourcesIn(made)).to.have.length.above(90);
  });

  it("lets none survive of Synthea's patients", async function () {
    const bundles = syntheaBundles();
    if (bundles.length === 0) this.skip();
    const all = await wideStudy();
    const { ann, ben, cleo, steward, id: study } = all;
    for (const [place, participant] of [ann, ben, cleo].entries()) await gave(all, participant, bundles[place]!);
    const made = await dataset(steward, { study });
    expect(made.withheld).to.deep.equal([]);
    expect(made.manifest).to.include({ participants: 3 });
    expect(made.manifest.resources).to.include({ Patient: 3 });
    expect(survivors(bundles, bundlesIn(made))).to.deep.equal([]);
    expect(resourcesIn(made)).to.have.length.above(100);
  });
});

describe("anchorDataset", () => {
  it("says on chain that a dataset was made, by the steward and its staff alone", async () => {
    const all = await everybody();
    const { ann, sponsor, steward, investigator, stranger, house, terms, id: study } = all;
    await contributed(all, ann);
    const { digest } = await dataset(steward, { study });
    for (const actor of [steward, investigator]) {
      const { transaction } = await anchorDataset(actor, { study, digest }).send();
      const anchored = await house.studies.queryFilter(house.studies.filters.DatasetAnchored(study));
      const { args } = anchored.find((event) => event.transactionHash === transaction)!;
      expect([args.steward, args.manifest, args.actor]).to.deep.equal([terms.steward, digest, accountOf(actor)]);
    }
    for (const actor of [stranger, sponsor, ann]) {
      const attempt = anchorDataset({ ...actor }, { study, digest }).simulate();
      expect(await revert(attempt, "StewardUnauthorized")).to.include({ signer: accountOf(actor) });
    }
    await refusal(() => anchorDataset(steward, { study, digest: "0x12" }), MalformedDigestError);
  });
});
