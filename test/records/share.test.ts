import { expect } from "chai";
import { id } from "ethers";

import { accountOf, encryptionKeyOf, NoEncryptionKeyError, NoVaultError } from "../../src/aceso.js";
import { revokeBySig, signRevoke } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { contest, open as openEmergency } from "../../src/emergency/emergency.js";
import { KeyNotPublishedError } from "../../src/keys/keys.js";
import { addMany, ROOT_FROM } from "../../src/records/add.js";
import { amend } from "../../src/records/amend.js";
import { envelopesOf } from "../../src/records/envelope.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { NothingToOpenError, open } from "../../src/records/open.js";
import { release, share } from "../../src/records/share.js";
import { signAdd } from "../../src/records/selfAuthored.js";
import { time } from "../fixtures.js";
import { added, AMOXICILLIN, bundleOf, consented, GLUCOSE, HIV_TEST, idsIn, PRESSURE } from "../sdk.js";
import { altered, refusal, stage, treatment } from "../sdk.js";

/** Three records of the hospital, one of them restricted. */
async function admitted() {
  const all = await stage();
  const records = await added(all.hospital, all.patient, bundleOf(GLUCOSE, PRESSURE, HIV_TEST));
  const [glucose, pressure, hiv] = records.map(({ record }) => record) as [Hex, Hex, Hex];
  return { ...all, glucose, pressure, hiv };
}

describe("share", () => {
  it("takes ids in any case, and names those the patient holds no key to", async () => {
    const { patient, doctor, glucose } = await admitted();
    const upper = `0x${glucose.slice(2).toUpperCase()}` as Hex;
    const strange = id("no record") as Hex;
    const handover = await share(patient, { grantee: accountOf(doctor), records: [upper, strange] });
    expect(handover.records).to.deep.equal([glucose]);
    expect(handover.withheld).to.deep.equal([{ record: strange, reason: "no key" }]);
  });

  it("wraps every record of the patient for a reader, whoever wrote it", async () => {
    const { patient, hospital, clinic, doctor, glucose, pressure, hiv, vault } = await admitted();
    const [own] = await added(clinic, patient, bundleOf(AMOXICILLIN));
    const handover = await share(patient, { grantee: accountOf(doctor) });
    expect(handover.reader).to.equal(doctor.account);
    expect(handover.records).to.have.members([glucose, pressure, hiv, own!.record]);
    expect(handover.withheld).to.deep.equal([]);
    expect(await vault.readersOf(glucose, [patient, hospital, clinic, doctor])).to.deep.equal([
      patient,
      hospital,
      doctor,
    ]);
  });

  it("wraps only the named records", async () => {
    const { patient, clinic, pressure } = await admitted();
    const { records } = await share(patient, { grantee: accountOf(clinic), records: [pressure] });
    expect(records).to.deep.equal([pressure]);
  });

  it("gives the key, not the permission", async () => {
    const { patient, clinic } = await admitted();
    await share(patient, { grantee: accountOf(clinic) });
    const { withheld } = await refusal(open(clinic, treatment(patient)), NothingToOpenError);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(Array(3).fill("not permitted"));
  });

  it("shares no record of another patient", async () => {
    const { patient, neighbour, hospital, clinic, vault } = await admitted();
    const [record] = await added(hospital, neighbour, bundleOf(GLUCOSE));
    await share(patient, { grantee: accountOf(clinic) });
    expect(await vault.readersOf(record!.record, [clinic])).to.deep.equal([]);
  });

  it("withholds what does not open, was erased, or is not anchored", async () => {
    const { patient, hospital, relayer, clinic, vault, glucose, pressure, hiv } = await admitted();
    const { vault: _, ...elsewhere } = relayer;
    await eraseBySig(elsewhere, await signErase(patient, { records: [pressure] })).send();
    const { jwe } = (await vault.getKey(hiv, accountOf(hospital)))!;
    await vault.putKey({ ...(await vault.getKey(hiv, accountOf(patient)))!, jwe });
    const [unsent] = await signAdd(patient, { bundle: bundleOf(AMOXICILLIN) });
    const { records, withheld } = await share(patient, { grantee: accountOf(clinic) });
    expect(records).to.deep.equal([glucose]);
    expect(withheld).to.have.deep.members([
      { record: pressure, reason: "erased", categories: ["vitalSigns"] },
      { record: hiv, reason: "key does not open" },
      { record: unsent!.message.id, reason: "not anchored", categories: ["medications"] },
    ]);
  });

  it("hands over the current version's key only, and its proof where it is under a root", async () => {
    const { patient, hospital, clinic, glucose, vault } = await admitted();
    const charts = Array.from({ length: ROOT_FROM }, () => ({
      patient: accountOf(patient),
      bundle: bundleOf(AMOXICILLIN),
    }));
    const { result } = await (await addMany(hospital, { charts })).send();
    const corrected = bundleOf({ ...GLUCOSE, id: "corrected" });
    await (await amend(hospital, { patient: accountOf(patient), record: glucose, bundle: corrected })).send();
    await share(patient, { grantee: accountOf(clinic), records: [glucose, result[0]!.record] });
    const own = { patient: accountOf(patient), reader: accountOf(clinic) };
    const read = await envelopesOf(vault, encryptionKeyOf(clinic), own);
    const envelopes = read.map((each) => "envelope" in each && each.envelope);
    expect(envelopes.map((each) => each && each.versions.length)).to.deep.equal([1, 1]);
    await consented(patient, hospital, { grantee: clinic });
    expect(idsIn((await open(clinic, treatment(patient))).bundle)).to.deep.equal(["amoxicillin", "corrected"]);
  });

  it("needs the reader's published key, a vault and the patient's key", async () => {
    const { patient, stranger, clinic } = await admitted();
    const error = await refusal(share(patient, { grantee: accountOf(stranger) }), KeyNotPublishedError);
    expect(error.account).to.equal(stranger.account);
    const { vault: _vault, ...withoutVault } = patient;
    await refusal(share(withoutVault, { grantee: accountOf(clinic) }), NoVaultError);
    const { encryptionKey: _key, ...withoutKey } = patient;
    await refusal(share(withoutKey, { grantee: accountOf(clinic) }), NoEncryptionKeyError);
  });
});

describe("release", () => {
  it("hands over nothing without consent, and says of each record that it is not permitted", async () => {
    const { hospital, patient, clinic, vault, glucose, pressure, hiv } = await admitted();
    const handover = await release(hospital, { ...treatment(patient), reader: accountOf(clinic) });
    expect(handover.records).to.deep.equal([]);
    expect(handover.withheld).to.have.deep.members([
      { record: glucose, reason: "not permitted", categories: ["laboratory"] },
      { record: pressure, reason: "not permitted", categories: ["vitalSigns"] },
      { record: hiv, reason: "not permitted", categories: ["laboratory", "restricted"] },
    ]);
    expect(await vault.listKeys({ reader: accountOf(clinic) })).to.deep.equal([]);
  });

  it("hands over only what of the categories is permitted", async () => {
    const { hospital, patient, clinic, vault, pressure } = await admitted();
    await consented(patient, hospital, { grantee: clinic, categories: ["vitalSigns", "restricted"] });
    const { records, withheld } = await release(hospital, { ...treatment(patient), reader: accountOf(clinic) });
    expect(records).to.deep.equal([pressure]);
    expect(withheld).to.have.length(2);
    expect((await vault.listKeys({ reader: accountOf(clinic) })).map(({ record }) => record)).to.deep.equal([pressure]);
  });

  it("hands over nothing for another purpose or policy, or to another reader than was granted", async () => {
    const { hospital, patient, clinic, doctor } = await admitted();
    await consented(patient, hospital, { grantee: clinic });
    const asked = { ...treatment(patient), reader: accountOf(clinic) };
    for (const refused of [
      { ...asked, purpose: "HRESCH" as const },
      { ...asked, policy: id("another document") as Hex },
      { ...asked, reader: accountOf(doctor) },
      { ...asked, purpose: "BTG" as const },
    ]) {
      expect((await release(hospital, refused)).records).to.deep.equal([]);
    }
    expect((await release(hospital, asked)).records).to.have.length(2);
  });

  it("hands over nothing after the consent was revoked or is over", async () => {
    const { hospital, patient, clinic, relayer } = await admitted();
    const asked = { ...treatment(patient), reader: accountOf(clinic) };
    await consented(patient, relayer, { grantee: clinic });
    await revokeBySig(relayer, await signRevoke(patient, { grantee: accountOf(clinic) })).send();
    expect((await release(hospital, asked)).records).to.deep.equal([]);
    const validUntil = (await time.latest()) + 1000;
    await consented(patient, relayer, { grantee: clinic, validUntil });
    expect((await release(hospital, asked)).records).to.have.length(2);
    await time.increaseTo(validUntil);
    expect((await release(hospital, asked)).records).to.deep.equal([]);
  });

  it("hands over for BTG while an emergency is open, and no longer once it is contested", async () => {
    const { hospital, patient, doctor, guardian, house } = await admitted();
    const own = { ...guardian, encryptionKey: patient.encryptionKey! };
    await house.keys.connect(house.guardian).publish(encryptionKeyOf(patient).publicKey);
    await added(hospital, own, bundleOf(GLUCOSE, HIV_TEST));
    const asked = { patient: accountOf(own), reader: accountOf(doctor), purpose: "BTG" } as const;
    expect((await release(hospital, asked)).records).to.deep.equal([]);
    const { result } = await openEmergency(doctor, { patient: accountOf(own), evidence: id("shock") as Hex }).send();
    const { records, withheld } = await release(hospital, asked);
    expect(records).to.have.length(1);
    expect(withheld.map(({ categories }) => categories)).to.deep.equal([["laboratory", "restricted"]]);
    await contest(own, result).send();
    expect((await release(hospital, asked)).records).to.deep.equal([]);
  });

  it("releases only what the author wrote itself, not what was shared with it", async () => {
    const { hospital, patient, clinic, doctor } = await admitted();
    await consented(patient, hospital, { grantee: doctor });
    await share(patient, { grantee: accountOf(clinic) });
    const handover = await release(clinic, { ...treatment(patient), reader: accountOf(doctor) });
    expect(handover).to.deep.equal({ reader: accountOf(doctor), records: [], withheld: [] });
  });

  it("withholds erased records, of which the author keeps its own copy", async () => {
    const { hospital, patient, clinic, relayer, glucose, pressure } = await admitted();
    await consented(patient, relayer, { grantee: clinic });
    await eraseBySig(relayer, await signErase(patient, { records: [glucose] })).send();
    const { records, withheld } = await release(hospital, { ...treatment(patient), reader: accountOf(clinic) });
    expect(records).to.deep.equal([pressure]);
    expect(withheld).to.deep.include({ record: glucose, reason: "erased", categories: ["laboratory"] });
  });

  it("lets staff release in the name of their organisation", async () => {
    const { hospital, nurse, patient, clinic } = await admitted();
    await consented(patient, hospital, { grantee: clinic });
    const asked = { ...treatment(patient), reader: accountOf(clinic), author: accountOf(hospital) };
    expect((await release(nurse, asked)).records).to.have.length(2);
  });

  it("takes back what a permission that ended meanwhile no longer covers", async () => {
    const { hospital, patient, clinic, vault, glucose, pressure } = await admitted();
    await consented(patient, hospital, { grantee: clinic });
    let answers = 0;
    const ending = altered(hospital, "consents", { permits: async () => ++answers <= 4 });
    const { records, withheld } = await release(ending, { ...treatment(patient), reader: accountOf(clinic) });
    expect(records).to.have.length(1);
    const taken = records[0] === glucose ? pressure : glucose;
    expect(withheld.filter(({ reason }) => reason === "not permitted").map(({ record }) => record)).to.include(taken);
    expect(await vault.readersOf(taken, [patient, hospital, clinic])).to.deep.equal([patient, hospital]);
  });
});

describe("share and release", () => {
  it("leave patient and author the keys of every version", async () => {
    const { hospital, patient, clinic, vault, glucose } = await admitted();
    const corrected = bundleOf({ ...GLUCOSE, id: "corrected" });
    await (await amend(hospital, { patient: accountOf(patient), record: glucose, bundle: corrected })).send();
    await consented(patient, hospital, { grantee: hospital });
    await consented(patient, hospital, { grantee: clinic });
    await share(patient, { grantee: accountOf(hospital) });
    await share(patient, { grantee: accountOf(patient) });
    await release(hospital, { ...treatment(patient), reader: accountOf(patient) });
    await release(hospital, { ...treatment(patient), reader: accountOf(hospital) });
    for (const reader of [patient, hospital]) {
      const asked = { patient: accountOf(patient), reader: accountOf(reader), record: glucose };
      const [read] = await envelopesOf(vault, encryptionKeyOf(reader), asked);
      expect(read).to.have.nested.property("envelope.versions").with.length(2);
    }
  });
});
