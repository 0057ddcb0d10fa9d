import { expect } from "chai";
import { hexlify, id } from "ethers";

import { accountOf, encryptionKeyOf, type Aceso } from "../../src/aceso.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { generateContentKey } from "../../src/crypto/contentKey.js";
import { UnwrapError, wrap } from "../../src/crypto/wrap.js";
import type { AcesoError } from "../../src/errors.js";
import {
  contentKeyOf,
  envelopesOf,
  ForeignEnvelopeError,
  MalformedEnvelopeError,
  onlyVersion,
  putEnvelope,
  recordOf,
  type Envelope,
  type Version,
} from "../../src/records/envelope.js";
import { stage, testVault } from "../sdk.js";

/** Two versions of a record of the hospital's, wrapped for the clinic. */
async function wrapped() {
  const { patient, neighbour, hospital, clinic } = await stage();
  const vault = testVault();
  const version = (name: string): Version => ({
    digest: id(name) as Hex,
    contentKey: hexlify(generateContentKey()) as Hex,
  });
  const envelope: Envelope = {
    patient: accountOf(patient),
    author: accountOf(hospital),
    categories: ["laboratory", "restricted"],
    salt: id("salt") as Hex,
    versions: [version("first"), version("second")],
  };
  const reader = { account: accountOf(clinic), key: encryptionKeyOf(clinic).publicKey };
  await putEnvelope(vault, envelope, reader);
  const read = (key: Aceso = clinic, owner = patient) =>
    envelopesOf(vault, encryptionKeyOf(key), { patient: accountOf(owner), reader: accountOf(clinic) });
  /** The error when another payload is wrapped under the record's id. */
  const errorFor = async (payload: unknown): Promise<AcesoError | undefined> => {
    const jwe = await wrap(payload as object, reader.key);
    const { patient: owner, author } = envelope;
    await vault.putKey({ patient: owner, author, record: recordOf(envelope), reader: reader.account, jwe });
    const [found] = await read();
    return found && "error" in found ? found.error : undefined;
  };
  return { patient, neighbour, hospital, clinic, vault, envelope, reader, read, errorFor };
}

describe("envelopesOf", () => {
  it("reads what was put", async () => {
    const { envelope, read } = await wrapped();
    expect(await read()).to.deep.equal([{ record: recordOf(envelope), envelope }]);
  });

  it("reads the proof of a record under a root", async () => {
    const { envelope, errorFor, read } = await wrapped();
    const root = { root: id("root") as Hex, digest: id("first") as Hex, proof: [id("sibling") as Hex] };
    expect(await errorFor({ ...envelope, root })).to.be.undefined;
    expect(await read()).to.deep.equal([{ record: recordOf(envelope), envelope: { ...envelope, root } }]);
  });

  it("reads none of another patient or reader", async () => {
    const { neighbour, vault, hospital, patient, read, clinic } = await wrapped();
    expect(await read(clinic, neighbour)).to.deep.equal([]);
    const filter = { patient: accountOf(patient), reader: accountOf(hospital) };
    expect(await envelopesOf(vault, encryptionKeyOf(hospital), filter)).to.deep.equal([]);
  });

  it("names why another's key does not open it", async () => {
    const { hospital, read } = await wrapped();
    const [found] = await read(hospital);
    expect(found).to.have.property("error").instanceOf(UnwrapError);
  });

  it("refuses an envelope that says otherwise than its record's id", async () => {
    const { envelope, neighbour, clinic, errorFor } = await wrapped();
    for (const lie of [
      { categories: ["laboratory"] },
      { categories: ["vitalSigns", "restricted"] },
      { salt: id("another salt") },
      { patient: accountOf(neighbour) },
      { author: accountOf(clinic) },
    ]) {
      expect(await errorFor({ ...envelope, ...lie }), JSON.stringify(lie)).to.be.instanceOf(ForeignEnvelopeError);
    }
  });

  it("refuses another patient's record that is filed under this patient", async () => {
    const { envelope, neighbour, vault, reader, read } = await wrapped();
    const theirs = { ...envelope, patient: accountOf(neighbour) };
    const jwe = await wrap(theirs, reader.key);
    const { patient, author } = envelope;
    await vault.putKey({ patient, author, record: recordOf(theirs), reader: reader.account, jwe });
    const found = (await read()).find(({ record }) => record === recordOf(theirs));
    expect(found).to.have.property("error").instanceOf(ForeignEnvelopeError);
  });

  it("refuses a record that is filed under another author, whose own copies outlive revocation", async () => {
    const { envelope, clinic, vault, reader, read } = await wrapped();
    const { jwe } = (await vault.getKey(recordOf(envelope), reader.account))!;
    const { patient } = envelope;
    const author = accountOf(clinic);
    await vault.putKey({ patient, author, record: recordOf(envelope), reader: reader.account, jwe });
    const [found] = await read();
    expect(found).to.have.property("error").instanceOf(ForeignEnvelopeError);
  });

  it("refuses what a lying vault answers that was not asked for", async () => {
    const { envelope, neighbour, clinic, vault, reader } = await wrapped();
    const theirs = { ...envelope, patient: accountOf(neighbour) };
    await putEnvelope(vault, theirs, reader);
    const lying = { ...vault, listKeys: () => vault.listKeys({}) };
    const key = encryptionKeyOf(clinic);
    const own = { patient: envelope.patient, reader: reader.account };
    const found = await envelopesOf(lying, key, own);
    expect(found).to.have.length(2);
    for (const read of found) {
      expect("envelope" in read, read.record).to.equal(read.record === recordOf(envelope));
      if ("error" in read) expect(read.error).to.be.instanceOf(ForeignEnvelopeError);
    }
    const [other] = await envelopesOf(lying, key, { ...own, record: id("another record") as Hex });
    expect(other).to.have.property("error").instanceOf(ForeignEnvelopeError);
  });

  it("takes addresses and ids in any case", async () => {
    const { envelope, clinic, vault, reader } = await wrapped();
    const asked = {
      patient: envelope.patient.toLowerCase() as Address,
      reader: reader.account.toLowerCase() as Address,
      record: recordOf(envelope).toUpperCase().replace("0X", "0x") as Hex,
    };
    const found = await envelopesOf(vault, encryptionKeyOf(clinic), asked);
    expect(found).to.deep.equal([{ record: recordOf(envelope), envelope }]);
  });

  it("takes proofs of trees as deep as any, and no longer ones", async () => {
    const { envelope, errorFor } = await wrapped();
    const rootWith = (length: number) => ({
      root: id("root"),
      digest: id("first"),
      proof: Array(length).fill(id("node")),
    });
    expect(await errorFor({ ...envelope, root: rootWith(64) })).to.be.undefined;
    expect(await errorFor({ ...envelope, root: rootWith(65) })).to.be.instanceOf(MalformedEnvelopeError);
  });

  it("refuses what is no envelope", async () => {
    const { envelope, errorFor } = await wrapped();
    const [version] = envelope.versions;
    const root = { root: id("root"), digest: id("first"), proof: [] };
    const malformed = [
      {},
      [],
      { ...envelope, categories: [] },
      { ...envelope, categories: "laboratory" },
      { ...envelope, categories: ["everything"] },
      { ...envelope, categories: [1] },
      { ...envelope, salt: "0x12" },
      { ...envelope, salt: 7 },
      { ...envelope, versions: [] },
      { ...envelope, versions: [null] },
      { ...envelope, versions: ["first"] },
      { ...envelope, versions: [{ ...version, digest: "0x12" }] },
      { ...envelope, versions: [{ ...version, contentKey: "0x12" }] },
      { ...envelope, root: null },
      { ...envelope, root: "root" },
      { ...envelope, root: { ...root, root: 1 } },
      { ...envelope, root: { ...root, digest: "0x" } },
      { ...envelope, root: { ...root, proof: "none" } },
      { ...envelope, root: { ...root, proof: ["0x12"] } },
    ];
    for (const payload of malformed) {
      expect(await errorFor(payload), JSON.stringify(payload)).to.be.instanceOf(MalformedEnvelopeError);
    }
    for (const part of ["patient", "author"]) {
      expect(await errorFor({ ...envelope, [part]: "nobody" })).to.be.instanceOf(MalformedAddressError);
    }
  });
});

describe("recordOf", () => {
  it("depends on patient, author, categories and salt, not on versions or root", async () => {
    const { envelope, neighbour, clinic } = await wrapped();
    const root = { root: id("root") as Hex, digest: id("first") as Hex, proof: [] };
    expect(recordOf({ ...envelope, versions: [], root })).to.equal(recordOf(envelope));
    const others: Partial<Envelope>[] = [
      { patient: accountOf(neighbour) },
      { author: accountOf(clinic) },
      { categories: ["laboratory"] },
      { salt: id("another salt") as Hex },
    ];
    for (const other of others) expect(recordOf({ ...envelope, ...other })).not.to.equal(recordOf(envelope));
  });
});

describe("contentKeyOf", () => {
  it("is the key of the version with the digest, and undefined for others", async () => {
    const { envelope } = await wrapped();
    for (const { digest, contentKey } of envelope.versions) {
      expect(hexlify(contentKeyOf(envelope, digest)!)).to.equal(contentKey);
    }
    expect(contentKeyOf(envelope, id("third") as Hex)).to.be.undefined;
  });
});

describe("onlyVersion", () => {
  it("leaves the key of one version, and the envelope it was taken from alone", async () => {
    const { envelope } = await wrapped();
    const second = onlyVersion(envelope, id("second") as Hex);
    expect(second.versions).to.deep.equal([envelope.versions[1]]);
    expect(recordOf(second)).to.equal(recordOf(envelope));
    expect(envelope.versions).to.have.length(2);
  });
});
