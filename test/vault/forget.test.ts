import { expect } from "chai";
import { id } from "ethers";

import type { Address } from "../../src/crypto/address.js";
import { toAddress } from "../../src/crypto/address.js";
import { utf8, type Hex } from "../../src/crypto/bytes.js";
import { sha256 } from "../../src/crypto/digest.js";
import { forget, forgetRecord } from "../../src/vault/forget.js";
import { EMPTY, testVault } from "../sdk.js";

const [PATIENT, NEIGHBOUR, HOSPITAL, CLINIC, DOCTOR] = ["01", "02", "03", "04", "05"].map((byte) =>
  toAddress(`0x${byte.repeat(20)}`),
) as [Address, Address, Address, Address, Address];

const RECORD = id("the hospital's record") as Hex;
const DIARY = id("the patient's diary") as Hex;
const OTHERS = id("the neighbour's record") as Hex;

/** The hospital's record, the patient's own and another patient's, each read by clinic and doctor. */
async function filled() {
  const vault = testVault();
  const files: [Hex, Address, Address][] = [
    [RECORD, PATIENT, HOSPITAL],
    [DIARY, PATIENT, PATIENT],
    [OTHERS, NEIGHBOUR, HOSPITAL],
  ];
  for (const [record, patient, author] of files) {
    for (const reader of new Set([patient, author, CLINIC, DOCTOR])) {
      await vault.putKey({ patient, author, record, reader, jwe: "a.b.c.d.e" });
    }
  }
  const readers = async (record: Hex) => (await vault.listKeys({ record })).map(({ reader }) => reader);
  return { vault, readers };
}

describe("forget", () => {
  it("deletes a reader's keys to a patient's records, and nobody else's", async () => {
    const { vault, readers } = await filled();
    await forget(vault, { patient: PATIENT, reader: CLINIC });
    expect(await readers(RECORD)).to.deep.equal([PATIENT, HOSPITAL, DOCTOR]);
    expect(await readers(DIARY)).to.deep.equal([PATIENT, DOCTOR]);
    expect(await readers(OTHERS)).to.deep.equal([NEIGHBOUR, HOSPITAL, CLINIC, DOCTOR]);
  });

  it("deletes every reader's keys when none is named", async () => {
    const { vault, readers } = await filled();
    await forget(vault, { patient: PATIENT });
    expect(await readers(RECORD)).to.deep.equal([PATIENT, HOSPITAL]);
    expect(await readers(DIARY)).to.deep.equal([PATIENT]);
    expect(await readers(OTHERS)).to.deep.equal([NEIGHBOUR, HOSPITAL, CLINIC, DOCTOR]);
  });

  it("leaves authors the keys to what they wrote, and patients their own", async () => {
    const { vault, readers } = await filled();
    await forget(vault, { patient: PATIENT, reader: HOSPITAL });
    await forget(vault, { patient: PATIENT, reader: PATIENT });
    expect(await readers(RECORD)).to.deep.equal([PATIENT, HOSPITAL, CLINIC, DOCTOR]);
  });

  it("deletes an author's keys to what others wrote", async () => {
    const { vault, readers } = await filled();
    await vault.putKey({ patient: PATIENT, author: PATIENT, record: DIARY, reader: HOSPITAL, jwe: "a.b.c.d.e" });
    await forget(vault, { patient: PATIENT, reader: HOSPITAL });
    expect(await readers(DIARY)).to.deep.equal([PATIENT, CLINIC, DOCTOR]);
  });

  it("does nothing where there is no vault or no key", async () => {
    const { vault } = await filled();
    const before = await vault.contents();
    await forget(undefined, { patient: PATIENT });
    await forget(vault, { patient: DOCTOR });
    expect(await vault.contents()).to.deep.equal(before);
  });
});

describe("forgetRecord", () => {
  it("deletes every key but the author's own copy, and keeps what that opens", async () => {
    const { vault, readers } = await filled();
    const ciphertext = utf8("ciphertext");
    const digest = await sha256(ciphertext);
    await vault.putBlob(digest, ciphertext);
    await forgetRecord(vault, { patient: PATIENT, record: RECORD, digests: [digest] });
    expect(await readers(RECORD)).to.deep.equal([HOSPITAL]);
    expect(await readers(DIARY)).to.deep.equal([PATIENT, CLINIC, DOCTOR]);
    expect(await vault.getBlob(digest)).to.deep.equal(ciphertext);
  });

  it("deletes patients' own records whole, the ciphertext of every version with them", async () => {
    const { vault, readers } = await filled();
    const versions = ["first", "second"].map((version) => utf8(version));
    const digests = await Promise.all(versions.map((version) => sha256(version)));
    for (const [place, digest] of digests.entries()) await vault.putBlob(digest, versions[place]!);
    await forgetRecord(vault, { patient: PATIENT, record: DIARY, digests });
    expect(await readers(DIARY)).to.deep.equal([]);
    expect((await vault.contents()).blobs).to.deep.equal([]);
  });

  it("deletes the ciphertext where nobody held a key", async () => {
    const vault = testVault();
    const ciphertext = utf8("ciphertext");
    const digest = await sha256(ciphertext);
    await vault.putBlob(digest, ciphertext);
    await forgetRecord(vault, { patient: PATIENT, record: RECORD, digests: [digest] });
    expect(await vault.contents()).to.deep.equal(EMPTY);
  });
});
