import { expect } from "chai";
import { id } from "ethers";

import { accountOf, encryptionKeyOf, NoEncryptionKeyError, NoVaultError } from "../../src/aceso.js";
import { revokeBySig, signRevoke } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { open as openEmergency } from "../../src/emergency/emergency.js";
import { share } from "../../src/records/share.js";
import { sweep } from "../../src/records/sweep.js";
import { time } from "../fixtures.js";
import { added, bundleOf, consented, GLUCOSE, PRESSURE, refusal, stage } from "../sdk.js";

/** The clinic holds keys to two records, under a consent for an hour. */
async function shared() {
  const all = await stage();
  const { hospital, patient, clinic } = all;
  const records = await added(hospital, patient, bundleOf(GLUCOSE, PRESSURE));
  const [glucose, pressure] = records.map(({ record }) => record) as [Hex, Hex];
  const validUntil = (await time.latest()) + 3600;
  await consented(patient, hospital, { grantee: clinic, validUntil });
  await share(patient, { grantee: accountOf(clinic) });
  return { ...all, glucose, pressure, validUntil, ofPatient: { patient: accountOf(patient) } };
}

describe("sweep", () => {
  it("leaves every key that a live consent covers", async () => {
    const { hospital, vault, ofPatient } = await shared();
    const before = await vault.contents();
    expect(await sweep(hospital, ofPatient)).to.deep.equal([]);
    expect(await vault.contents()).to.deep.equal(before);
  });

  it("deletes the keys of who has no live consent any more, and tells them", async () => {
    const { hospital, clinic, patient, vault, glucose, pressure, validUntil, ofPatient } = await shared();
    await time.increaseTo(validUntil);
    const reader = accountOf(clinic);
    expect(await sweep(hospital, ofPatient)).to.have.deep.members([
      { record: glucose, reader },
      { record: pressure, reader },
    ]);
    expect(await vault.readersOf(glucose, [patient, hospital, clinic])).to.deep.equal([patient, hospital]);
  });

  it("deletes the keys to what a narrower consent no longer covers", async () => {
    const { hospital, clinic, patient, relayer, pressure, ofPatient } = await shared();
    await consented(patient, relayer, { grantee: clinic, categories: ["laboratory"] });
    expect(await sweep(hospital, ofPatient)).to.deep.equal([{ record: pressure, reader: accountOf(clinic) }]);
  });

  it("deletes keys that came back after a revocation", async () => {
    const { hospital, clinic, patient, relayer, ofPatient } = await shared();
    await revokeBySig(relayer, await signRevoke(patient, { grantee: accountOf(clinic) })).send();
    await share(patient, { grantee: accountOf(clinic) });
    expect(await sweep(hospital, ofPatient)).to.have.length(2);
  });

  it("leaves a clinician's keys while an emergency is open, and not longer", async () => {
    const { hospital, doctor, patient, ofPatient } = await shared();
    const opening = openEmergency(doctor, { ...ofPatient, evidence: id("shock") as Hex });
    const { until } = (await opening.send()).result;
    await share(patient, { grantee: accountOf(doctor) });
    expect(await sweep(hospital, ofPatient)).to.deep.equal([]);
    await time.increaseTo(until);
    const swept = await sweep(hospital, ofPatient);
    expect(swept.filter(({ reader }) => reader === doctor.account)).to.have.length(2);
  });

  it("lets the patient sweep, too, and leaves records alone that the holder cannot read", async () => {
    const { hospital, patient, clinic, doctor, vault, glucose, validUntil, ofPatient } = await shared();
    await time.increaseTo(validUntil);
    expect(await sweep(doctor, ofPatient)).to.deep.equal([]);
    expect(await sweep({ ...hospital, encryptionKey: encryptionKeyOf(clinic) }, ofPatient)).to.deep.equal([]);
    expect(await vault.readersOf(glucose, [clinic])).to.deep.equal([clinic]);
    expect(await sweep(patient, ofPatient)).to.have.length(2);
  });

  it("lets staff sweep in the name of their organisation", async () => {
    const { nurse, hospital, validUntil, ofPatient } = await shared();
    await time.increaseTo(validUntil);
    expect(await sweep(nurse, { ...ofPatient, holder: accountOf(hospital) })).to.have.length(2);
  });

  it("touches no other patient's keys", async () => {
    const { hospital, neighbour, clinic, vault, validUntil, ofPatient } = await shared();
    const [others] = await added(hospital, neighbour, bundleOf(GLUCOSE));
    await share(neighbour, { grantee: accountOf(clinic) });
    await time.increaseTo(validUntil);
    await sweep(hospital, ofPatient);
    expect(await vault.readersOf(others!.record, [clinic])).to.deep.equal([clinic]);
  });

  it("needs a vault and an encryption key", async () => {
    const { hospital, ofPatient } = await shared();
    const { vault: _vault, ...withoutVault } = hospital;
    await refusal(sweep(withoutVault, ofPatient), NoVaultError);
    const { encryptionKey: _key, ...withoutKey } = hospital;
    await refusal(sweep(withoutKey, ofPatient), NoEncryptionKeyError);
  });
});
