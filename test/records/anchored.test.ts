import { expect } from "chai";
import { id } from "ethers";

import { accountOf, encryptionKeyOf } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { addMany, ROOT_FROM } from "../../src/records/add.js";
import { amend } from "../../src/records/amend.js";
import { anchoredRecords, currentDigest, keyOf } from "../../src/records/anchored.js";
import { envelopesOf, type Envelope } from "../../src/records/envelope.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { commitmentOf } from "../../src/records/key.js";
import { added, bundleOf, GLUCOSE, PRESSURE, stage, type Stage } from "../sdk.js";

/** The patient's envelope of a record. */
async function envelopeOf({ patient, vault }: Stage, record: Hex): Promise<Envelope> {
  const own = { patient: accountOf(patient), reader: accountOf(patient), record };
  const [found] = await envelopesOf(vault, encryptionKeyOf(patient), own);
  if (found === undefined || "error" in found) throw new Error("The patient holds no such envelope.");
  return found.envelope;
}

/** 51 records under one root; the first of them. */
async function underRoot() {
  const all = await stage();
  const chart = { patient: accountOf(all.patient), bundle: bundleOf(GLUCOSE) };
  const { result } = await (await addMany(all.hospital, { charts: Array(ROOT_FROM).fill(chart) })).send();
  const { record, digest } = result[0]!;
  return { ...all, record, digest, envelope: await envelopeOf(all, record) };
}

describe("currentDigest", () => {
  it("is the newest digest of a record that is anchored by itself", async () => {
    const all = await stage();
    const { hospital, patient } = all;
    const [first] = await added(hospital, patient, bundleOf(GLUCOSE));
    const envelope = await envelopeOf(all, first!.record);
    expect(await currentDigest(hospital, envelope)).to.equal(first!.digest);
    const correction = { patient: accountOf(patient), record: first!.record, bundle: bundleOf(GLUCOSE) };
    const { result } = await (await amend(hospital, correction)).send();
    expect(await currentDigest(hospital, envelope)).to.equal(result.digest);
  });

  it("is undefined of a record the chain does not know, and erased of one the patient erased", async () => {
    const all = await stage();
    const { hospital, patient, relayer } = all;
    const [first] = await added(hospital, patient, bundleOf(GLUCOSE));
    const envelope = await envelopeOf(all, first!.record);
    expect(await currentDigest(hospital, { ...envelope, salt: id("other") as Hex })).to.be.undefined;
    await eraseBySig(relayer, await signErase(patient, { records: [first!.record] })).send();
    expect(await currentDigest(hospital, envelope)).to.equal("erased");
  });

  it("is the proven digest of a record under a root, and undefined where the proof fails", async () => {
    const { hospital, envelope, digest } = await underRoot();
    const root = envelope.root!;
    expect(await currentDigest(hospital, envelope)).to.equal(digest);
    for (const wrong of [
      { root: id("another root") as Hex },
      { digest: id("another digest") as Hex },
      { proof: root.proof.slice(1) },
      { proof: [id("a sibling") as Hex, ...root.proof.slice(1)] },
    ]) {
      expect(await currentDigest(hospital, { ...envelope, root: { ...root, ...wrong } })).to.be.undefined;
    }
  });

  it("is the record's own once it was amended or erased, whatever the root proves", async () => {
    const { hospital, patient, relayer, envelope, record } = await underRoot();
    const correction = { patient: accountOf(patient), record, bundle: bundleOf(GLUCOSE) };
    const { result } = await (await amend(hospital, correction)).send();
    expect(await currentDigest(hospital, envelope)).to.equal(result.digest);
    await eraseBySig(relayer, await signErase(patient, { records: [record] })).send();
    expect(await currentDigest(hospital, envelope)).to.equal("erased");
  });
});

describe("anchoredRecords", () => {
  it("tells every record that was ever anchored by itself, with every digest, oldest first", async () => {
    const { hospital, patient, relayer } = await stage();
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    const [pressure] = await added(hospital, patient, bundleOf(PRESSURE));
    const correction = { patient: accountOf(patient), record: glucose!.record, bundle: bundleOf(GLUCOSE) };
    const digests = [glucose!.digest];
    for (let version = 2; version <= 3; ++version) {
      digests.push((await (await amend(hospital, correction)).send()).result.digest);
    }
    await eraseBySig(relayer, await signErase(patient, { records: [pressure!.record] })).send();
    const anchored = await anchoredRecords(relayer, accountOf(patient));
    expect(anchored.map(({ id: record }) => record)).to.deep.equal([glucose!.record, pressure!.record]);
    expect(anchored[0]).to.include({ patient: patient.account, author: hospital.account });
    expect(anchored[0]!.digests).to.deep.equal(digests);
  });

  it("tells none of another patient, and none under a root that was not amended", async () => {
    const { hospital, patient, neighbour, record } = await underRoot();
    await added(hospital, neighbour, bundleOf(GLUCOSE));
    expect(await anchoredRecords(hospital, accountOf(patient))).to.deep.equal([]);
    const correction = { patient: accountOf(patient), record, bundle: bundleOf(GLUCOSE) };
    const { result } = await (await amend(hospital, correction)).send();
    const [anchored] = await anchoredRecords(hospital, accountOf(patient));
    expect(anchored).to.deep.include({ id: record, digests: [result.digest] });
  });
});

describe("keyOf", () => {
  it("is the key whose commitment hides the categories", async () => {
    const { envelope } = await underRoot();
    const { patient, author, salt } = envelope;
    expect(keyOf(envelope)).to.deep.equal({ patient, author, commitment: commitmentOf(["laboratory"], salt) });
  });
});
