import { expect } from "chai";
import { ZeroHash } from "ethers";

import {
  accountOf,
  encryptionKeyOf,
  NoEncryptionKeyError,
  NoVaultError,
  signerOf,
  type Aceso,
} from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import { textOf, type Hex } from "../../src/crypto/bytes.js";
import { open as openCiphertext } from "../../src/crypto/contentKey.js";
import { UnwrapError } from "../../src/crypto/wrap.js";
import { KeyNotPublishedError } from "../../src/keys/keys.js";
import { addMany, ROOT_FROM } from "../../src/records/add.js";
import { amend, CategoriesWidenedError, RecordKeyMissingError } from "../../src/records/amend.js";
import { anchoredRecords } from "../../src/records/anchored.js";
import { contentKeyOf, envelopesOf } from "../../src/records/envelope.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { open } from "../../src/records/open.js";
import { share } from "../../src/records/share.js";
import { added, AMOXICILLIN, bundleOf, GLUCOSE, HIV_TEST, idsIn, PRESSURE, refusal, refusing, revert } from "../sdk.js";
import { altered, stage, treatment, type Stage } from "../sdk.js";

const CORRECTED = bundleOf({ ...GLUCOSE, id: "corrected" });

/** A result of the hospital's, which the clinic holds a key to. */
async function shared() {
  const all = await stage();
  const [first] = await added(all.hospital, all.patient, bundleOf(GLUCOSE));
  await share(all.patient, { grantee: accountOf(all.clinic) });
  const { record, digest } = first!;
  return { ...all, record, digest, correction: { patient: accountOf(all.patient), record, bundle: CORRECTED } };
}

/** What a reader reads of every version of a record it holds a key to, oldest first. */
async function versionsRead({ vault, patient }: Stage, reader: Aceso, record: Hex): Promise<string[][]> {
  const own = { patient: accountOf(patient), reader: accountOf(reader), record };
  const [read] = await envelopesOf(vault, encryptionKeyOf(reader), own);
  if (read === undefined || "error" in read) return [];
  return Promise.all(
    read.envelope.versions.map(async ({ digest }) => {
      const ciphertext = (await vault.getBlob(digest))!;
      return idsIn(JSON.parse(textOf(await openCiphertext(ciphertext, contentKeyOf(read.envelope, digest)!))));
    }),
  );
}

describe("amend", () => {
  it("anchors a new version under the same id, with a fresh ciphertext", async () => {
    const { hospital, patient, house, correction, record, digest } = await shared();
    const { result } = await (await amend(hospital, correction)).send();
    expect(result.record).to.equal(record);
    expect(result.digest).not.to.equal(digest);
    expect(await house.records.digestOf(record)).to.equal(result.digest);
    const [anchored] = await anchoredRecords(hospital, accountOf(patient));
    expect(anchored!.digests).to.deep.equal([digest, result.digest]);
    expect(idsIn((await open(patient, treatment(patient))).bundle)).to.deep.equal(["corrected"]);
  });

  it("keeps every earlier version readable to author and patient", async () => {
    const all = await shared();
    const { hospital, patient, correction, record } = all;
    await (await amend(hospital, correction)).send();
    await (await amend(hospital, { ...correction, bundle: bundleOf({ ...GLUCOSE, id: "third" }) })).send();
    for (const reader of [patient, hospital]) {
      expect(await versionsRead(all, reader, record)).to.deep.equal([["glucose"], ["corrected"], ["third"]]);
    }
  });

  it("drops every other reader's key, and names those who need another", async () => {
    const { hospital, patient, clinic, vault, correction, record } = await shared();
    const { result } = await (await amend(hospital, correction)).send();
    expect(result.readersToRenew).to.deep.equal([accountOf(clinic)]);
    expect(await vault.readersOf(record, [patient, hospital, clinic])).to.deep.equal([patient, hospital]);
  });

  it("keeps the patient's key when the patient is named in lower case", async () => {
    const { hospital, patient, clinic, vault, correction, record } = await shared();
    const lower = correction.patient.toLowerCase() as Address;
    const { result } = await (await amend(hospital, { ...correction, patient: lower })).send();
    expect(result.readersToRenew).to.deep.equal([accountOf(clinic)]);
    expect(await vault.readersOf(record, [patient, hospital])).to.deep.equal([patient, hospital]);
  });

  it("lets staff amend in the name of their organisation", async () => {
    const { nurse, hospital, patient, correction } = await shared();
    await (await amend(nurse, { ...correction, author: accountOf(hospital) })).send();
    expect(idsIn((await open(patient, treatment(patient))).bundle)).to.deep.equal(["corrected"]);
  });

  it("gives a record under a root a slot of its own", async () => {
    const all = await stage();
    const { hospital, patient, house } = all;
    const chart = { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) };
    const { result } = await (await addMany(hospital, { charts: Array(ROOT_FROM).fill(chart) })).send();
    const { record } = result[0]!;
    const correction = { patient: accountOf(patient), record, bundle: CORRECTED };
    const { result: first } = await (await amend(hospital, correction)).send();
    expect(await house.records.digestOf(record)).to.equal(first.digest);
    const { result: second } = await (await amend(hospital, correction)).send();
    expect(await house.records.digestOf(record)).to.equal(second.digest);
    expect(await versionsRead(all, patient, record)).to.deep.equal([["glucose"], ["corrected"], ["corrected"]]);
  });

  it("takes content of the record's categories, or fewer", async () => {
    const { hospital, patient } = await stage();
    const [hiv] = await added(hospital, patient, bundleOf(HIV_TEST));
    const correction = { patient: accountOf(patient), record: hiv!.record, bundle: CORRECTED };
    await (await amend(hospital, correction)).send();
    const [envelope] = await envelopesOf(hospital.vault, encryptionKeyOf(hospital), {
      patient: accountOf(patient),
      reader: accountOf(hospital),
    });
    expect(envelope).to.have.nested.property("envelope.categories").deep.equal(["laboratory", "restricted"]);
  });

  it("refuses content of other categories, by name and once each", async () => {
    const { hospital, correction } = await shared();
    const bundle = bundleOf(GLUCOSE, PRESSURE, HIV_TEST, AMOXICILLIN, { ...PRESSURE, id: "pressure-2" });
    const error = await refusal(amend(hospital, { ...correction, bundle }), CategoriesWidenedError);
    expect(error.categories).to.have.members(["vitalSigns", "restricted", "medications"]);
    expect(error.message).to.contain("vitalSigns, restricted, medications");
  });

  it("refuses who holds no key to the record, or one that does not open", async () => {
    const { hospital, doctor, patient, correction } = await shared();
    const error = await refusal(amend(doctor, correction), RecordKeyMissingError);
    expect(error.record).to.equal(correction.record);
    await refusal(amend({ ...hospital, encryptionKey: encryptionKeyOf(patient) }, correction), UnwrapError);
  });

  it("refuses the patient and other readers, who are not the author", async () => {
    const { clinic, patient, hospital, vault, correction } = await shared();
    const before = await vault.contents();
    for (const reader of [clinic, patient]) {
      const args = await revert((await amend(reader, correction)).send(), "RecordUnauthorized");
      expect(args).to.include({ author: hospital.account, caller: reader.account });
    }
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("refuses an erased record", async () => {
    const { hospital, patient, relayer, correction } = await shared();
    await eraseBySig(relayer, await signErase(patient, { records: [correction.record] })).send();
    await revert((await amend(hospital, correction)).send(), "RecordIsErased");
  });

  it("refuses the later of two amendments at a time, and keeps the earlier one's key", async () => {
    const all = await shared();
    const { hospital, patient, correction, record } = all;
    const [one, other] = [await amend(hospital, correction), await amend(hospital, correction)];
    await one.send();
    await revert(other.send(), "RecordStale");
    for (const reader of [patient, hospital]) {
      expect(await versionsRead(all, reader, record)).to.deep.equal([["glucose"], ["corrected"]]);
    }
    expect(idsIn((await open(patient, treatment(patient))).bundle)).to.deep.equal(["corrected"]);
  });

  it("keeps the new version's key when another write put earlier keys back meanwhile", async () => {
    const all = await shared();
    const { hospital, patient, vault, correction, record } = all;
    const earlier = await vault.listKeys({ record });
    const prepared = await amend(hospital, correction);
    await prepared.store();
    for (const key of earlier) await vault.putKey(key);
    const { hash } = await signerOf(hospital).sendTransaction({ to: prepared.to, data: prepared.data });
    await prepared.finish(hash as Hex);
    for (const reader of [patient, hospital]) {
      expect(await versionsRead(all, reader, record)).to.deep.equal([["glucose"], ["corrected"]]);
    }
  });

  it("leaves vault and versions as they were when the wallet refuses to send", async () => {
    const all = await shared();
    const { hospital, patient, vault, correction, record } = all;
    const before = await vault.contents();
    const prepared = await amend({ ...hospital, signer: refusing(hospital) }, correction);
    expect(await prepared.send().catch((error: Error) => error)).to.have.property("code", "ACTION_REJECTED");
    expect(await vault.contents()).to.deep.equal(before);
    for (const reader of [patient, hospital]) {
      expect(await versionsRead(all, reader, record)).to.deep.equal([["glucose"]]);
    }
  });

  for (let puts = 0; puts < 3; ++puts) {
    it(`leaves vault and versions as they were when put ${puts + 1} of three fails`, async () => {
      const all = await shared();
      const { hospital, patient, vault, correction, record } = all;
      const before = await vault.contents();
      const prepared = await amend(hospital, correction);
      vault.failAfter(puts);
      expect(await prepared.send().catch((error: Error) => error.message)).to.equal("The disk is full.");
      expect(await vault.contents()).to.deep.equal(before);
      for (const reader of [patient, hospital]) {
        expect(await versionsRead(all, reader, record)).to.deep.equal([["glucose"]]);
      }
    });
  }

  it("changes nothing before it is sent", async () => {
    const { hospital, vault, correction } = await shared();
    const before = await vault.contents();
    await (await amend(hospital, correction)).simulate();
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("needs a vault, an encryption key and the patient's published key", async () => {
    const { hospital, correction } = await shared();
    const { vault: _vault, ...withoutVault } = hospital;
    await refusal(amend(withoutVault, correction), NoVaultError);
    const { encryptionKey: _key, ...withoutKey } = hospital;
    await refusal(amend(withoutKey, correction), NoEncryptionKeyError);
    const unpublished = altered(hospital, "keys", { keyOf: async () => ZeroHash });
    await refusal(amend(unpublished, correction), KeyNotPublishedError);
  });
});
