import { expect } from "chai";
import { id } from "ethers";

import { setMember } from "../../src/accreditation/accreditation.js";
import { accountOf, encryptionKeyOf, NoEncryptionKeyError, NoSignerError, type Aceso } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { add, addMany, ROOT_FROM } from "../../src/records/add.js";
import { amend } from "../../src/records/amend.js";
import { erase, eraseBySig, RecordNotFoundError, signErase } from "../../src/records/erase.js";
import { ERASE } from "../../src/records/messages.js";
import { NothingToOpenError, open } from "../../src/records/open.js";
import { share } from "../../src/records/share.js";
import { sign } from "../../src/signing.js";
import { memoryVault } from "../../src/vault/memory.js";
import { added, bundleOf, EMPTY, GLUCOSE, idsIn, PRESSURE, published, refusal, revert } from "../sdk.js";
import { stage, treatment } from "../sdk.js";

/** Two records of the hospital, which the clinic holds keys to. */
async function shared() {
  const all = await stage();
  const records = await added(all.hospital, all.patient, bundleOf(GLUCOSE, PRESSURE));
  await share(all.patient, { grantee: accountOf(all.clinic) });
  const [glucose, pressure] = records.map(({ record }) => record) as [Hex, Hex];
  return { ...all, glucose, pressure, digest: records[0]!.digest };
}

/** A patient with ether, who wrote a record. */
async function diary() {
  const all = await stage();
  const { guardian: writer, relayer } = all;
  await published(writer, relayer);
  const [own] = (await (await add(writer, { patient: accountOf(writer), bundle: bundleOf(GLUCOSE) })).send()).result;
  return { ...all, writer, own: own! };
}

/** Relays what a patient signed to be erased. */
async function erased(patient: Aceso, relayer: Aceso, records: readonly Hex[]): Promise<void> {
  await eraseBySig(relayer, await signErase(patient, { records })).send();
}

describe("erase", () => {
  it("erases the patient's own records, for good", async () => {
    const { writer, own, house } = await diary();
    await (await erase(writer, { records: [own.record] })).send();
    expect(await house.records.isErased(own.record)).to.be.true;
    expect(await house.records.digestOf(own.record)).to.equal(`0x${"00".repeat(32)}`);
    const { withheld } = await refusal(open(writer, treatment(writer)), NothingToOpenError);
    expect(withheld).to.deep.equal([{ record: own.record, reason: "erased" }]);
  });

  it("leaves nothing of what the patient wrote: no key, and no ciphertext of any version", async () => {
    const { writer, clinic, own, vault } = await diary();
    const correction = { patient: accountOf(writer), record: own.record, bundle: bundleOf(GLUCOSE) };
    await (await amend(writer, correction)).send();
    await share(writer, { grantee: accountOf(clinic) });
    expect(await vault.contents())
      .to.have.property("blobs")
      .with.length(2);
    await (await erase(writer, { records: [own.record] })).send();
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });

  it("keeps keys and ciphertext while it is only prepared, and when the chain refuses it", async () => {
    const { writer, own, vault } = await diary();
    const before = await vault.contents();
    const prepared = await erase(writer, { records: [own.record] });
    await prepared.simulate();
    const { signer: _, ...reader } = writer;
    await refusal((await erase(reader, { records: [own.record] })).send(), NoSignerError);
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("keeps keys and ciphertext when it is finished with another transaction", async () => {
    const { writer, own, vault } = await diary();
    const before = await vault.contents();
    const { transaction } = await setMember(writer, { member: accountOf(writer), until: 0 }).send();
    await (await erase(writer, { records: [own.record] })).finish(transaction);
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("needs no vault for records that are anchored by themselves", async () => {
    const { writer, own, house } = await diary();
    const { vault: _, ...withoutVault } = writer;
    await (await erase(withoutVault, { records: [own.record] })).send();
    expect(await house.records.isErased(own.record)).to.be.true;
  });

  it("refuses records the patient does not have, by their id", async () => {
    const { writer, patient, hospital } = await diary();
    const unknown = id("no record") as Hex;
    expect((await refusal(erase(writer, { records: [unknown] }), RecordNotFoundError)).record).to.equal(unknown);
    const [others] = await added(hospital, patient, bundleOf(GLUCOSE));
    await refusal(erase(writer, { records: [others!.record] }), RecordNotFoundError);
    await refusal(signErase(writer, { records: [others!.record] }), RecordNotFoundError);
  });

  it("refuses a record under a root whose key does not open, or without a key", async () => {
    const { hospital, patient } = await stage();
    const chart = { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) };
    const { result } = await (await addMany(hospital, { charts: Array(ROOT_FROM).fill(chart) })).send();
    const records = [result[0]!.record];
    const stolen = { ...patient, encryptionKey: encryptionKeyOf(hospital) };
    await refusal(signErase(stolen, { records }), RecordNotFoundError);
    const { encryptionKey: _, ...withoutKey } = patient;
    await refusal(signErase(withoutKey, { records }), NoEncryptionKeyError);
  });
});

describe("eraseBySig", () => {
  it("erases every named record and no other", async () => {
    const { patient, relayer, house, glucose, pressure } = await shared();
    await erased(patient, relayer, [glucose]);
    expect(await house.records.isErased(glucose)).to.be.true;
    expect(await house.records.isErased(pressure)).to.be.false;
    expect(idsIn((await open(patient, treatment(patient))).bundle)).to.deep.equal(["pressure"]);
  });

  it("deletes every wrapped key but the author's own copy, and keeps its ciphertext", async () => {
    const { patient, hospital, clinic, relayer, vault, glucose, pressure, digest } = await shared();
    await erased(patient, relayer, [glucose]);
    expect(await vault.readersOf(glucose, [patient, hospital, clinic])).to.deep.equal([hospital]);
    expect(await vault.readersOf(pressure, [patient, hospital, clinic])).to.deep.equal([patient, hospital, clinic]);
    expect(await vault.getBlob(digest)).not.to.be.undefined;
  });

  it("deletes the ciphertext of every version from a vault where nobody holds a key any more", async () => {
    const { patient, hospital, relayer, vault, glucose } = await shared();
    const correction = { patient: accountOf(patient), record: glucose, bundle: bundleOf(GLUCOSE) };
    await (await amend(hospital, correction)).send();
    await vault.deleteKey(glucose, accountOf(hospital));
    const { blobs } = await vault.contents();
    await erased(patient, relayer, [glucose]);
    expect(blobs).to.have.length(3);
    expect((await vault.contents()).blobs).to.have.length(1);
  });

  it("erases a record under a root, which leaves no trace of its own, with the patient's envelope", async () => {
    const { patient, hospital, clinic, relayer, house, vault } = await stage();
    const chart = { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) };
    const { result } = await (await addMany(hospital, { charts: Array(ROOT_FROM).fill(chart) })).send();
    const { record } = result[7]!;
    await share(patient, { grantee: accountOf(clinic), records: [record] });
    await erased(patient, relayer, [record]);
    expect(await house.records.isErased(record)).to.be.true;
    expect(await vault.readersOf(record, [patient, hospital, clinic])).to.deep.equal([hospital]);
    const { records } = await open(patient, treatment(patient));
    expect(records)
      .to.have.length(ROOT_FROM - 1)
      .and.not.to.include(record);
  });

  it("takes records that are erased already", async () => {
    const { patient, relayer, house, glucose, pressure } = await shared();
    await erased(patient, relayer, [glucose]);
    await erased(patient, relayer, [glucose, pressure]);
    expect(await house.records.isErased(pressure)).to.be.true;
  });

  it("works for a relayer without a vault, and for one with another", async () => {
    const { patient, relayer, house, vault, glucose, pressure } = await shared();
    const before = await vault.contents();
    const { vault: _, ...withoutVault } = relayer;
    await erased(patient, withoutVault, [glucose]);
    await erased(patient, { ...relayer, vault: memoryVault() }, [pressure]);
    expect(await house.records.isErased(glucose)).to.be.true;
    expect(await house.records.isErased(pressure)).to.be.true;
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("refuses another patient's records beside the signed ones", async () => {
    const { patient, neighbour, hospital, relayer, house, glucose } = await shared();
    const [others] = await added(hospital, neighbour, bundleOf(GLUCOSE));
    const signed = await signErase(patient, { records: [glucose] });
    const { keys } = await signErase(neighbour, { records: [others!.record] });
    await revert(eraseBySig(relayer, { ...signed, keys: [...signed.keys, ...keys] }).send(), "SignatureInvalid");
    await revert(eraseBySig(relayer, { ...signed, keys }).send(), "SignatureInvalid");
    expect(await house.records.isErased(glucose)).to.be.false;
  });

  it("refuses another patient's record in a message the patient did sign", async () => {
    const { patient, hospital, neighbour, relayer, vault } = await shared();
    const [others] = await added(hospital, neighbour, bundleOf(GLUCOSE));
    const { keys } = await signErase(neighbour, { records: [others!.record] });
    const message = { patient: accountOf(patient), ids: [others!.record] };
    const signed = { ...(await sign(patient, patient.contracts.records, ERASE, message)), keys };
    const before = await vault.contents();
    const args = await revert(eraseBySig(relayer, signed).send(), "RecordNotOfPatient");
    expect(args).to.deep.include({ id: others!.record, patient: patient.account });
    expect(await vault.contents()).to.deep.equal(before);
  });
});
