import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { expect } from "chai";
import { id, ZeroHash } from "ethers";

import { accountOf, NoEncryptionKeyError, NoSignerError, NoVaultError, type Aceso } from "../../src/aceso.js";
import { UNRESTRICTED } from "../../src/consent/category.js";
import { NO_POLICY, revokeBySig, signRevoke } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { open as openEmergency } from "../../src/emergency/emergency.js";
import { log } from "../../src/records/access.js";
import { amend } from "../../src/records/amend.js";
import { accessRootOf, NothingToOpenError, open } from "../../src/records/open.js";
import { release, share } from "../../src/records/share.js";
import { added, AMOXICILLIN, bundleOf, consented, GLUCOSE, HIV_TEST, idsIn, PRESSURE } from "../sdk.js";
import { altered, refusal, revert, stage, treatment } from "../sdk.js";

const SECRET_WARD = bundleOf(GLUCOSE, PRESSURE, HIV_TEST);

/** Three records of the hospital, of which the clinic may read two and holds the keys of all. */
async function shared() {
  const all = await stage();
  const { hospital, patient, clinic } = all;
  const records = await added(hospital, patient, SECRET_WARD);
  await consented(patient, hospital, { grantee: clinic });
  await share(patient, { grantee: accountOf(clinic) });
  const [glucose, pressure, hiv] = records.map(({ record }) => record) as [Hex, Hex, Hex];
  return { ...all, glucose, pressure, hiv };
}

/** How often a patient's records were opened. */
async function accesses(aceso: Aceso, patient: Aceso) {
  return log(aceso, { patient: accountOf(patient) });
}

describe("open", () => {
  it("gives a reader what it holds keys to and is permitted, and withholds the rest", async () => {
    const { clinic, patient, glucose, pressure, hiv } = await shared();
    const chart = await open(clinic, treatment(patient));
    expect(idsIn(chart.bundle)).to.deep.equal(["glucose", "pressure"]);
    expect(chart.records).to.have.members([glucose, pressure]);
    expect(chart.categories).to.deep.equal(["laboratory", "vitalSigns"]);
    const categories = ["laboratory", "restricted"];
    expect(chart.withheld).to.deep.equal([{ record: hiv, reason: "not permitted", categories }]);
  });

  it("logs an opening exactly once, with all its categories and the root of all its records", async () => {
    const { clinic, patient } = await shared();
    const { records, access } = await open(clinic, treatment(patient));
    const logged = await accesses(clinic, patient);
    expect(logged).to.have.length(1);
    expect(logged[0]).to.deep.include({
      patient: patient.account,
      grantee: clinic.account,
      caller: clinic.account,
      policy: NO_POLICY,
      purpose: "TREAT",
      categories: ["laboratory", "vitalSigns"],
      records: StandardMerkleTree.of(
        records.map((record) => [record]),
        ["bytes32"],
      ).root,
      actor: ZeroHash,
      transaction: access!.transaction,
      block: access!.block,
    });
  });

  it("logs each opening anew", async () => {
    const { clinic, patient } = await shared();
    await open(clinic, treatment(patient));
    await open(clinic, treatment(patient));
    expect(await accesses(clinic, patient)).to.have.length(2);
  });

  it("opens restricted data only for who was granted it by name", async () => {
    const { clinic, patient, relayer } = await shared();
    const categories = [...UNRESTRICTED, "restricted" as const];
    await consented(patient, relayer, { grantee: clinic, categories });
    const { bundle, withheld } = await open(clinic, treatment(patient));
    expect(idsIn(bundle)).to.deep.equal(["glucose", "hiv", "pressure"]);
    expect(withheld).to.deep.equal([]);
  });

  it("asks under the policy it is given, and logs it", async () => {
    const { clinic, patient, relayer } = await shared();
    const policy = id("a study's consent form") as Hex;
    const basis = { ...treatment(patient), purpose: "HRESCH" as const, policy };
    await refusal(open(clinic, basis), NothingToOpenError);
    await consented(patient, relayer, { grantee: clinic, policy, purposes: ["HRESCH"], categories: ["vitalSigns"] });
    const { bundle } = await open(clinic, basis);
    expect(idsIn(bundle)).to.deep.equal(["pressure"]);
    expect((await accesses(clinic, patient))[0]).to.deep.include({ policy, purpose: "HRESCH" });
  });

  it("opens nothing for another purpose than was granted", async () => {
    const { clinic, patient } = await shared();
    const { withheld } = await refusal(open(clinic, { ...treatment(patient), purpose: "HPAYMT" }), NothingToOpenError);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(Array(3).fill("not permitted"));
  });

  it("opens nothing once the consent is revoked, even for who kept the keys, and logs nothing", async () => {
    const { clinic, patient, relayer, hiv, glucose, pressure } = await shared();
    // Revoked elsewhere, so this vault's keys stay.
    const { vault: _, ...elsewhere } = relayer;
    await revokeBySig(elsewhere, await signRevoke(patient, { grantee: accountOf(clinic) })).send();
    const error = await refusal(open(clinic, treatment(patient)), NothingToOpenError);
    expect(error.withheld.map(({ record }) => record)).to.have.members([glucose, pressure, hiv]);
    expect(error.message).to.equal("Nothing was opened: 3 not permitted.");
    expect(await accesses(clinic, patient)).to.deep.equal([]);
  });

  it("says so when the patient has no records", async () => {
    const { clinic, neighbour } = await stage();
    const error = await refusal(open(clinic, treatment(neighbour)), NothingToOpenError);
    expect(error.message).to.equal("There is no record of this patient to open.");
    expect(error.withheld).to.deep.equal([]);
  });

  it("opens for a clinician while an emergency is open, all but restricted data, for BTG", async () => {
    const { hospital, doctor, patient } = await stage();
    await added(hospital, patient, SECRET_WARD);
    const glass = { patient: accountOf(patient), purpose: "BTG" } as const;
    await refusal(open(doctor, glass), NothingToOpenError);
    const evidence = id("unconscious") as Hex;
    await openEmergency(doctor, { patient: accountOf(patient), evidence }).send();
    await release(hospital, { ...glass, reader: accountOf(doctor) });
    const { bundle, withheld } = await open(doctor, glass);
    expect(idsIn(bundle)).to.deep.equal(["glucose", "pressure"]);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(["no key"]);
    expect((await accesses(doctor, patient))[0]).to.deep.include({ purpose: "BTG", grantee: doctor.account });
  });

  it("lets staff open for their organisation, and logs the organisation, the member and its digest", async () => {
    const { clinic, hospital, nurse, patient } = await stage();
    await added(clinic, patient, bundleOf(GLUCOSE));
    await consented(patient, clinic, { grantee: hospital });
    await release(clinic, { ...treatment(patient), reader: accountOf(hospital) });
    const actor = id("a nurse, by the hospital's key") as Hex;
    const { bundle } = await open(nurse, { ...treatment(patient), grantee: accountOf(hospital), actor });
    expect(idsIn(bundle)).to.deep.equal(["glucose"]);
    const [access] = await accesses(nurse, patient);
    expect(access).to.include({ grantee: hospital.account, caller: nurse.account, actor });
  });

  it("lets no stranger open for an organisation, even with its key", async () => {
    const { clinic, hospital, stranger, patient } = await stage();
    await added(clinic, patient, bundleOf(GLUCOSE));
    await consented(patient, clinic, { grantee: hospital });
    await release(clinic, { ...treatment(patient), reader: accountOf(hospital) });
    const thief = { ...stranger, encryptionKey: hospital.encryptionKey! };
    const args = await revert(
      open(thief, { ...treatment(patient), grantee: accountOf(hospital) }),
      "AccessCallerInvalid",
    );
    expect(args).to.include({ grantee: hospital.account, caller: stranger.account });
    expect(await accesses(clinic, patient)).to.deep.equal([]);
  });

  it("opens nothing when the permission ends between asking and logging", async () => {
    const { clinic, patient } = await shared();
    const late = altered(clinic, "consents", { permits: async () => true });
    const args = await revert(open(late, treatment(patient)), "AccessNotPermitted");
    expect(args).to.include({ grantee: clinic.account, patient: patient.account });
    expect(await accesses(clinic, patient)).to.deep.equal([]);
  });

  it("opens patients their own chart, restricted data too, without asking or logging", async () => {
    const { hospital, patient } = await stage();
    await added(hospital, patient, SECRET_WARD);
    const chart = await open(patient, { patient: accountOf(patient), purpose: "PATRQT" });
    expect(idsIn(chart.bundle)).to.deep.equal(["glucose", "hiv", "pressure"]);
    expect(chart).not.to.have.property("access");
    expect(await accesses(patient, patient)).to.deep.equal([]);
  });

  it("takes addresses in any case", async () => {
    const { clinic, patient } = await shared();
    const lower = accountOf(patient).toLowerCase() as typeof patient.account & string;
    const grantee = accountOf(clinic).toLowerCase() as typeof lower;
    const { records } = await open(clinic, { patient: lower, grantee, purpose: "TREAT" });
    expect(records).to.have.length(2);
    expect((await open(patient, { patient: lower, purpose: "PATRQT" })).access).to.be.undefined;
  });

  it("opens the current version of an amended record only", async () => {
    const { hospital, clinic, patient, glucose } = await shared();
    const corrected = { ...GLUCOSE, id: "corrected" };
    const bundle = bundleOf(corrected);
    await (await amend(hospital, { patient: accountOf(patient), record: glucose, bundle })).send();
    await release(hospital, { ...treatment(patient), reader: accountOf(clinic) });
    expect(idsIn((await open(clinic, treatment(patient))).bundle)).to.deep.equal(["corrected", "pressure"]);
  });

  it("puts the records of several authors together", async () => {
    const { hospital, clinic, patient } = await stage();
    await added(hospital, patient, bundleOf(GLUCOSE, PRESSURE));
    await added(clinic, patient, bundleOf(PRESSURE, AMOXICILLIN));
    const { bundle } = await open(patient, treatment(patient));
    expect(idsIn(bundle)).to.deep.equal(["amoxicillin", "glucose", "pressure"]);
  });

  it("needs a signer, a vault and an encryption key", async () => {
    const { clinic, patient } = await shared();
    const { signer: _signer, account: _account, ...withoutSigner } = clinic;
    await refusal(open(withoutSigner, treatment(patient)), NoSignerError);
    const { vault: _vault, ...withoutVault } = clinic;
    await refusal(open(withoutVault, treatment(patient)), NoVaultError);
    const { encryptionKey: _key, ...withoutKey } = clinic;
    await refusal(open(withoutKey, treatment(patient)), NoEncryptionKeyError);
  });

  it("withholds what was wrapped for an earlier key of the reader", async () => {
    const { clinic, hospital, patient } = await shared();
    const older = { ...clinic, encryptionKey: hospital.encryptionKey! };
    const { withheld } = await refusal(open(older, treatment(patient)), NothingToOpenError);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(Array(3).fill("key does not open"));
  });
});

describe("accessRootOf", () => {
  it("is the id of a single record", () => {
    expect(accessRootOf([id("a record") as Hex])).to.equal(id("a record"));
  });

  it("is a root that proves each of several records, in any order", () => {
    const records = ["one", "two", "three"].map((name) => id(name) as Hex);
    const tree = StandardMerkleTree.of(
      records.map((record) => [record]),
      ["bytes32"],
    );
    expect(accessRootOf(records)).to.equal(tree.root);
    expect(accessRootOf([...records].reverse())).to.equal(tree.root);
  });
});
