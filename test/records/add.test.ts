import { expect } from "chai";

import { setMember } from "../../src/accreditation/accreditation.js";
import { accountOf, NoVaultError, signerOf } from "../../src/aceso.js";
import { categoryMask } from "../../src/consent/category.js";
import { MalformedAddressError } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { sha256 } from "../../src/crypto/digest.js";
import { KeyNotPublishedError } from "../../src/keys/keys.js";
import { add, addMany, NoRecordsError, ROOT_FROM } from "../../src/records/add.js";
import { anchoredRecords } from "../../src/records/anchored.js";
import { open } from "../../src/records/open.js";
import { FAR } from "../fixtures.js";
import { added, AMOXICILLIN, bundleOf, EMPTY, GLUCOSE, HIV_TEST, idsIn, PRESSURE } from "../sdk.js";
import { refusal, revert, stage, treatment, type Stage } from "../sdk.js";

const THREE = bundleOf(GLUCOSE, PRESSURE, AMOXICILLIN);

/** The name of the function a prepared call calls, and its arguments. */
function called({ house }: Stage, data: string) {
  const { name, args } = house.records.interface.parseTransaction({ data })!;
  return { name, args };
}

/** One result for each of so many patients, all of them the neighbour or the patient. */
function charts({ patient, neighbour }: Stage, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    patient: accountOf(index % 2 === 0 ? patient : neighbour),
    bundle: bundleOf({ ...GLUCOSE, id: `glucose-${index}` }),
  }));
}

describe("add", () => {
  it("refuses a bundle without a resource, and a call without a chart", async () => {
    const { hospital, patient } = await stage();
    const nothing = { resourceType: "Bundle" as const, type: "collection" as const };
    const error = await refusal(add(hospital, { patient: accountOf(patient), bundle: nothing }), NoRecordsError);
    expect(error.advice).to.include("entries");
    await refusal(addMany(hospital, { charts: [] }), NoRecordsError);
  });

  it("anchors a single record by itself, with the digest of its ciphertext in the vault", async () => {
    const all = await stage();
    const { hospital, patient, house, vault } = all;
    const prepared = await add(hospital, { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) });
    expect(called(all, prepared.data).name).to.equal("anchor");
    const { result } = await prepared.send();
    expect(result).to.have.length(1);
    const { record, digest, categories } = result[0]!;
    expect(categories).to.deep.equal(["laboratory"]);
    expect(await house.records.digestOf(record)).to.equal(digest);
    expect(await sha256((await vault.getBlob(digest))!)).to.equal(digest);
  });

  it("stores one wrapped key for the patient and one for the author", async () => {
    const { hospital, patient, clinic, vault } = await stage();
    const [record] = await added(hospital, patient, bundleOf(GLUCOSE));
    expect(await vault.readersOf(record!.record, [patient, hospital, clinic])).to.deep.equal([patient, hospital]);
  });

  it("anchors a record a distinct set of categories in one batch", async () => {
    const all = await stage();
    const { hospital, patient, house } = all;
    const bundle = bundleOf(GLUCOSE, HIV_TEST, PRESSURE, { ...GLUCOSE, id: "glucose-2" });
    const prepared = await add(hospital, { patient: accountOf(patient), bundle });
    expect(called(all, prepared.data).name).to.equal("anchorBatch");
    const { result } = await prepared.send();
    expect(result.map(({ categories }) => categories)).to.deep.equal([
      ["laboratory"],
      ["vitalSigns"],
      ["laboratory", "restricted"],
    ]);
    for (const { record, digest } of result) expect(await house.records.digestOf(record)).to.equal(digest);
  });

  it("gives the patient back everything that was in the bundle", async () => {
    const { hospital, patient } = await stage();
    await added(hospital, patient, bundleOf(GLUCOSE, HIV_TEST, AMOXICILLIN));
    const { bundle, withheld } = await open(patient, treatment(patient));
    expect(idsIn(bundle)).to.deep.equal(["amoxicillin", "glucose", "hiv"]);
    expect(withheld).to.deep.equal([]);
  });

  it("encrypts the same content to another record and digest each time", async () => {
    const { hospital, patient } = await stage();
    const [one] = await added(hospital, patient, bundleOf(GLUCOSE));
    const [other] = await added(hospital, patient, bundleOf(GLUCOSE));
    expect(one!.record).not.to.equal(other!.record);
    expect(one!.digest).not.to.equal(other!.digest);
  });

  it("shows the chain neither the categories nor their mask", async () => {
    const { hospital, patient } = await stage();
    const prepared = await add(hospital, { patient: accountOf(patient), bundle: bundleOf(HIV_TEST) });
    const mask = categoryMask(["laboratory", "restricted"]).toString(16).padStart(64, "0");
    expect(prepared.data).not.to.contain(mask);
  });

  it("lets staff add in the name of their organisation, which then holds the author's key", async () => {
    const { nurse, hospital, patient, vault } = await stage();
    const [author, bundle] = [accountOf(hospital), bundleOf(GLUCOSE)];
    const { result } = await (await add(nurse, { patient: accountOf(patient), author, bundle })).send();
    const readers = await vault.readersOf(result[0]!.record, [patient, hospital, nurse]);
    expect(readers).to.deep.equal([patient, hospital]);
  });

  it("takes the role of another author than a provider", async () => {
    const { doctor, patient } = await stage();
    const chart = { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) };
    const { result } = await (await add(doctor, { ...chart, role: "Practitioner" })).send();
    expect(result).to.have.length(1);
    await revert((await add(doctor, chart)).send(), "RecordUnauthorized");
  });

  it("bundles a patient's own records in a multicall, for which nobody needs a licence", async () => {
    const all = await stage();
    const { guardian, house, vault } = all;
    const self = { ...guardian, vault };
    await house.keys.connect(house.guardian).publish(self.encryptionKey!.publicKey);
    const prepared = await add(self, { patient: accountOf(self), bundle: THREE });
    expect(called(all, prepared.data).name).to.equal("multicall");
    const { result } = await prepared.send();
    expect(result).to.have.length(3);
    for (const { record, digest } of result) {
      expect(await house.records.digestOf(record)).to.equal(digest);
      expect(await vault.readersOf(record, [self])).to.deep.equal([self]);
    }
  });

  it("bundles a patient's own records however many there are", async () => {
    const all = await stage();
    const { guardian, house } = all;
    await house.keys.connect(house.guardian).publish(guardian.encryptionKey!.publicKey);
    const own = charts(all, ROOT_FROM).map(({ bundle }) => ({ patient: accountOf(guardian), bundle }));
    const prepared = await addMany(guardian, { charts: own });
    expect(called(all, prepared.data).name).to.equal("multicall");
    await prepared.simulate();
  });

  it("stores nothing when the chain refuses the author", async () => {
    const { stranger, patient, house, vault } = await stage();
    await house.keys.connect(house.stranger).publish(stranger.encryptionKey!.publicKey);
    const prepared = await add(stranger, { patient: accountOf(patient), bundle: THREE });
    const args = await revert(prepared.send(), "RecordUnauthorized");
    expect(args).to.include({ author: stranger.account, caller: stranger.account });
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });

  it("stores nothing when the role writes no health records", async () => {
    const { officer, patient, house, vault } = await stage();
    await house.keys.connect(house.officer).publish(officer.encryptionKey!.publicKey);
    const chart = { patient: accountOf(patient), bundle: bundleOf(GLUCOSE) };
    await revert((await add(officer, { ...chart, role: "PrivacyOfficer" })).send(), "RecordRoleInvalid");
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });

  for (let puts = 0; puts < 9; ++puts) {
    it(`leaves nothing in vault or chain when put ${puts + 1} of nine fails`, async () => {
      const { hospital, patient, vault } = await stage();
      const prepared = await add(hospital, { patient: accountOf(patient), bundle: THREE });
      vault.failAfter(puts);
      expect(await prepared.send().catch((error: Error) => error.message)).to.equal("The disk is full.");
      expect(await vault.contents()).to.deep.equal(EMPTY);
      expect(await anchoredRecords(hospital, accountOf(patient))).to.deep.equal([]);
    });
  }

  it("can be stored, sent through another wallet, and finished", async () => {
    const { hospital, patient, vault } = await stage();
    const prepared = await add(hospital, { patient: accountOf(patient), bundle: THREE });
    await prepared.store();
    expect((await vault.contents()).keys).to.have.length(6);
    const { hash } = await signerOf(hospital).sendTransaction({ to: prepared.to, data: prepared.data });
    const { result } = await prepared.finish(hash as Hex);
    expect(result).to.have.length(3);
    expect((await open(patient, treatment(patient))).records).to.have.members(result.map(({ record }) => record));
  });

  it("can be sent again after it failed", async () => {
    const { hospital, patient, vault } = await stage();
    const prepared = await add(hospital, { patient: accountOf(patient), bundle: THREE });
    vault.failAfter(4);
    await prepared.send().catch(() => undefined);
    expect((await prepared.send()).result).to.have.length(3);
    expect((await vault.contents()).keys).to.have.length(6);
  });

  it("stores nothing before it is sent", async () => {
    const { hospital, patient, vault } = await stage();
    const prepared = await add(hospital, { patient: accountOf(patient), bundle: THREE });
    await prepared.simulate();
    expect(await prepared.estimate()).to.be.greaterThan(21_000n);
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });

  it("needs a vault", async () => {
    const { hospital, patient } = await stage();
    const { vault: _, ...without } = hospital;
    await refusal(add(without, { patient: accountOf(patient), bundle: THREE }), NoVaultError);
  });

  it("needs the published keys of patient and author", async () => {
    const { hospital, stranger, patient } = await stage();
    const toStranger = add(hospital, { patient: accountOf(stranger), bundle: THREE });
    expect((await refusal(toStranger, KeyNotPublishedError)).account).to.equal(stranger.account);
    const byStranger = add(stranger, { patient: accountOf(patient), bundle: THREE });
    expect((await refusal(byStranger, KeyNotPublishedError)).account).to.equal(stranger.account);
  });

  it("refuses a patient that is no address", async () => {
    const { hospital } = await stage();
    await refusal(add(hospital, { patient: "0x12", bundle: THREE }), MalformedAddressError);
  });
});

describe("addMany", () => {
  it("anchors the charts of many patients in one batch", async () => {
    const all = await stage();
    const prepared = await addMany(all.hospital, { charts: charts(all, ROOT_FROM - 1) });
    expect(called(all, prepared.data).name).to.equal("anchorBatch");
    const { result } = await prepared.send();
    const { patient, neighbour } = all;
    expect(result.filter((each) => each.patient === patient.account)).to.have.length(25);
    expect(result.filter((each) => each.patient === neighbour.account)).to.have.length(25);
  });

  it("anchors one root from 51 records on, and every record opens with its proof", async () => {
    const all = await stage();
    const { hospital, patient, neighbour, house } = all;
    const prepared = await addMany(hospital, { charts: charts(all, ROOT_FROM) });
    const { name, args } = called(all, prepared.data);
    expect(name).to.equal("anchorRoot");
    expect(args.count).to.equal(ROOT_FROM);
    const { result } = await prepared.send();
    for (const { record } of result) expect(await house.records.digestOf(record)).to.equal(`0x${"0".repeat(64)}`);

    for (const each of [patient, neighbour]) {
      const { bundle, records, withheld } = await open(each, treatment(each));
      const own = charts(all, ROOT_FROM).filter((chart) => chart.patient === each.account);
      expect(idsIn(bundle)).to.deep.equal(own.flatMap((chart) => idsIn(chart.bundle)).sort());
      expect(records).to.have.members(result.filter((one) => one.patient === each.account).map(({ record }) => record));
      expect(withheld).to.deep.equal([]);
    }
  });

  it("stores nothing when the chain refuses the root", async () => {
    const all = await stage();
    const { house, hospital, vault } = all;
    const prepared = await addMany(hospital, { charts: charts(all, ROOT_FROM) });
    await house.accreditation.suspend(house.hospital, 1);
    await revert(prepared.send(), "RecordUnauthorized");
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });

  it("refuses staff whose membership ended", async () => {
    const all = await stage();
    const { nurse, hospital, vault } = all;
    await setMember(hospital, { member: accountOf(nurse), until: 0 }).send();
    const prepared = await addMany(nurse, { charts: charts(all, 2), author: accountOf(hospital) });
    await revert(prepared.send(), "RecordUnauthorized");
    expect(await vault.contents()).to.deep.equal(EMPTY);
    await setMember(hospital, { member: accountOf(nurse), until: FAR }).send();
    expect((await prepared.send()).result).to.have.length(2);
  });
});
