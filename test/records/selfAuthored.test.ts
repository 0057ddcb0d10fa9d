import { expect } from "chai";
import { id } from "ethers";

import { accountOf, NoVaultError } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { KeyNotPublishedError } from "../../src/keys/keys.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { ANCHOR } from "../../src/records/messages.js";
import { NothingToOpenError, open } from "../../src/records/open.js";
import { anchorBySig, signAdd } from "../../src/records/selfAuthored.js";
import { share } from "../../src/records/share.js";
import { sign } from "../../src/signing.js";
import { bundleOf, consented, EMPTY, GLUCOSE, HIV_TEST, idsIn, PRESSURE, refusal, revert } from "../sdk.js";
import { stage, treatment } from "../sdk.js";

/** A patient's diary of two records, signed but not sent. */
async function written() {
  const all = await stage();
  const signed = await signAdd(all.patient, { bundle: bundleOf(GLUCOSE, PRESSURE) });
  return { ...all, signed };
}

describe("signAdd", () => {
  it("signs a message a record and stores what nobody can open before it is relayed", async () => {
    const { patient, signed, vault } = await written();
    expect(signed).to.have.length(2);
    expect(await vault.contents())
      .to.have.property("blobs")
      .with.length(2);
    const { withheld } = await refusal(open(patient, treatment(patient)), NothingToOpenError);
    expect(withheld.map(({ reason }) => reason)).to.deep.equal(["not anchored", "not anchored"]);
  });

  it("puts neither categories nor content into the message", async () => {
    const { patient } = await stage();
    const [signed] = await signAdd(patient, { bundle: bundleOf(HIV_TEST) });
    expect(signed!.message).to.have.all.keys("id", "digest", "previous");
    expect(signed!.key).to.have.all.keys("patient", "author", "commitment");
    expect(JSON.stringify(signed)).not.to.match(/HIV|restricted|laboratory/);
  });

  it("needs a vault and the patient's published key", async () => {
    const { patient, stranger, vault } = await stage();
    const { vault: _, ...withoutVault } = patient;
    await refusal(signAdd(withoutVault, { bundle: bundleOf(GLUCOSE) }), NoVaultError);
    await refusal(signAdd(stranger, { bundle: bundleOf(GLUCOSE) }), KeyNotPublishedError);
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });
});

describe("anchorBySig", () => {
  it("anchors what a patient without ether wrote, whoever relays it", async () => {
    const { patient, stranger, signed, house } = await written();
    for (const each of signed) await anchorBySig(stranger, each).send();
    expect(idsIn((await open(patient, treatment(patient))).bundle)).to.deep.equal(["glucose", "pressure"]);
    expect(await house.records.digestOf(signed[0]!.message.id)).to.equal(signed[0]!.message.digest);
    expect(await patient.provider.getBalance(accountOf(patient))).to.equal(0n);
  });

  it("lets the patient share it like any other record", async () => {
    const { patient, relayer, clinic, signed } = await written();
    for (const each of signed) await anchorBySig(relayer, each).send();
    await consented(patient, relayer, { grantee: clinic, categories: ["laboratory"] });
    await share(patient, { grantee: accountOf(clinic) });
    expect(idsIn((await open(clinic, treatment(patient))).bundle)).to.deep.equal(["glucose"]);
  });

  it("counts once", async () => {
    const { relayer, signed } = await written();
    await anchorBySig(relayer, signed[0]!).send();
    const args = await revert(anchorBySig(relayer, signed[0]!).send(), "RecordExists");
    expect(args).to.deep.equal({ id: signed[0]!.message.id });
  });

  it("replaces a version only by a message that names it", async () => {
    const { patient, relayer, house, signed } = await written();
    const [first] = signed;
    await anchorBySig(relayer, first!).send();
    const message = { id: first!.message.id, digest: id("a correction") as Hex, previous: first!.message.digest };
    const { records } = patient.contracts;
    const correction = { ...(await sign(patient, records, ANCHOR, message)), key: first!.key };
    await anchorBySig(relayer, correction).send();
    expect(await house.records.digestOf(message.id)).to.equal(message.digest);
    const args = await revert(anchorBySig(relayer, correction).send(), "RecordStale");
    expect(args).to.deep.equal({ id: message.id, signed: message.previous, current: message.digest });
  });

  it("anchors nothing the patient erased meanwhile", async () => {
    const { patient, relayer, signed } = await written();
    const { id: record } = signed[0]!.message;
    await eraseBySig(relayer, await signErase(patient, { records: [record] })).send();
    await revert(anchorBySig(relayer, signed[0]!).send(), "RecordIsErased");
  });

  it("anchors nothing in the name of another author or patient", async () => {
    const { neighbour, hospital, relayer, signed } = await written();
    for (const key of [
      { ...signed[0]!.key, author: accountOf(hospital) },
      { ...signed[0]!.key, patient: accountOf(neighbour) },
    ]) {
      await revert(anchorBySig(relayer, { ...signed[0]!, key }).send(), "RecordNotSelfAuthored");
    }
  });

  it("anchors no digest or commitment but the signed one", async () => {
    const { relayer, signed } = await written();
    const [{ message, key }] = signed as [(typeof signed)[number]];
    const digest = { ...signed[0]!, message: { ...message, digest: id("other") as Hex } };
    await revert(anchorBySig(relayer, digest).send(), "SignatureInvalid");
    const commitment = { ...signed[0]!, key: { ...key, commitment: id("other") as Hex } };
    await revert(anchorBySig(relayer, commitment).send(), "SignatureInvalid");
  });
});
