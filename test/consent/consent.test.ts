import { expect } from "chai";
import { id, ZeroAddress } from "ethers";

import { accountOf, NoSignerError } from "../../src/aceso.js";
import { UnknownCategoryError, UNRESTRICTED, type DataCategory } from "../../src/consent/category.js";
import {
  grant,
  grantBySig,
  NO_POLICY,
  permits,
  revoke,
  revokeAll,
  revokeAllBySig,
  revokeBySig,
  signGrant,
  signRevoke,
  signRevokeAll,
} from "../../src/consent/consent.js";
import { setDelegate } from "../../src/consent/delegate.js";
import { BreakTheGlassError, UnknownPurposeError, type Purpose } from "../../src/consent/purpose.js";
import { EmptyTermsError, TermsTimeError, type Terms } from "../../src/consent/terms.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { share } from "../../src/records/share.js";
import { SignerMismatchError } from "../../src/signing.js";
import { FAR, time } from "../fixtures.js";
import { added, bundleOf, consented, GLUCOSE, PRESSURE, published, refusal, revert, stage } from "../sdk.js";

const TERMS: Terms = { purposes: ["TREAT"], categories: ["laboratory", "medications"], validUntil: FAR };
const POLICY = id("a study's consent form") as Hex;

/** A patient who pays for its own transactions, and what is asked of a consent to the clinic. */
async function paying() {
  const all = await stage();
  const { guardian: patient, clinic } = all;
  const asked = { patient: accountOf(patient), grantee: accountOf(clinic), purpose: "TREAT" } as const;
  return { ...all, patient, asked, key: { grantee: accountOf(clinic) } };
}

/** Clinic and doctor hold keys to a record of the hospital's and to the patient's own diary. */
async function shared() {
  const all = await paying();
  const { patient, hospital, clinic, doctor, relayer, vault } = all;
  await published(patient, relayer);
  const [record] = await added(hospital, patient, bundleOf(GLUCOSE));
  const [diary] = await added(patient, patient, bundleOf(PRESSURE));
  for (const grantee of [clinic, doctor, hospital]) await share(patient, { grantee: accountOf(grantee) });
  const people = [patient, hospital, clinic, doctor];
  const readers = async () => ({
    record: await vault.readersOf(record!.record, people),
    diary: await vault.readersOf(diary!.record, people),
  });
  return { ...all, readers };
}

describe("grant", () => {
  it("permits what the terms cover: those purposes and below, those categories, no more", async () => {
    const { patient, clinic, asked, key } = await paying();
    await grant(patient, { ...key, terms: TERMS }).send();
    const may = (rest: object) => permits(clinic, { ...asked, categories: ["laboratory"], ...rest });
    expect(await may({})).to.be.true;
    expect(await may({ categories: ["laboratory", "medications"] })).to.be.true;
    expect(await may({ purpose: "COC" })).to.be.true;
    expect(await may({ purpose: "CLINTRL" })).to.be.false;
    expect(await may({ purpose: "HRESCH" })).to.be.false;
    expect(await may({ purpose: "BTG" })).to.be.false;
    expect(await may({ categories: ["laboratory", "restricted"] })).to.be.false;
    expect(await may({ categories: [] })).to.be.false;
    expect(await may({ policy: POLICY })).to.be.false;
  });

  it("replaces what stood under the same policy, and leaves other policies alone", async () => {
    const { patient, clinic, asked, key } = await paying();
    await grant(patient, { ...key, terms: TERMS }).send();
    await grant(patient, { ...key, policy: POLICY, terms: { ...TERMS, purposes: ["HRESCH"] } }).send();
    await grant(patient, { ...key, terms: { ...TERMS, categories: ["allergies"] } }).send();
    expect(await permits(clinic, { ...asked, categories: ["laboratory"] })).to.be.false;
    expect(await permits(clinic, { ...asked, categories: ["allergies"] })).to.be.true;
    const study = { ...asked, policy: POLICY, purpose: "HRESCH", categories: ["laboratory"] } as const;
    expect(await permits(clinic, study)).to.be.true;
    expect(await permits(clinic, { ...asked, policy: NO_POLICY, categories: ["allergies"] })).to.be.true;
  });

  it("starts in the future, and ends, to the second", async () => {
    const { patient, clinic, asked, key } = await paying();
    const validFrom = (await time.latest()) + 1000;
    await grant(patient, { ...key, terms: { ...TERMS, validFrom, validUntil: validFrom + 10 } }).send();
    for (const [second, expected] of [
      [validFrom - 1, false],
      [validFrom, true],
      [validFrom + 9, true],
      [validFrom + 10, false],
    ] as const) {
      await time.increaseTo(second);
      expect(await permits(clinic, { ...asked, categories: ["laboratory"] }), `${second - validFrom}`).to.equal(
        expected,
      );
    }
  });

  it("is refused to strangers, and to delegates outside their mask or beyond their time", async () => {
    const { patient, doctor, stranger, asked } = await paying();
    const wanted = { patient: asked.patient, grantee: asked.grantee };
    const args = await revert(grant(stranger, { ...wanted, terms: TERMS }).send(), "ConsentUnauthorized");
    expect(args).to.deep.include({ patient: patient.account, actor: stranger.account });
    const until = (await time.latest()) + 1000;
    await setDelegate(patient, { delegate: accountOf(doctor), categories: ["laboratory"], until }).send();
    await revert(grant(doctor, { ...wanted, terms: { ...TERMS, validUntil: until } }).send(), "ConsentUnauthorized");
    const within: Terms = { ...TERMS, categories: ["laboratory"] };
    await revert(grant(doctor, { ...wanted, terms: within }).send(), "ConsentOutlivesDelegate");
    await grant(doctor, { ...wanted, terms: { ...within, validUntil: until } }).send();
    expect(await permits(doctor, { ...asked, categories: ["laboratory"] })).to.be.true;
  });

  it("refuses terms that cannot be granted, before it is sent or signed", async () => {
    const { patient, key } = await paying();
    for (const [bad, type] of [
      [{ purposes: [] }, EmptyTermsError],
      [{ categories: [] }, EmptyTermsError],
      [{ purposes: ["CURE" as Purpose] }, UnknownPurposeError],
      [{ purposes: ["BTG"] as const }, BreakTheGlassError],
      [{ categories: ["everything" as DataCategory] }, UnknownCategoryError],
      [{ validFrom: FAR }, TermsTimeError],
    ] as const) {
      const terms = { ...TERMS, ...bad };
      await refusal(() => grant(patient, { ...key, terms }), type);
      await refusal(signGrant(patient, { ...key, terms }), type);
    }
  });

  it("refuses, by the contract's name, a past start or end and the zero address", async () => {
    const { patient, key } = await paying();
    const now = await time.latest();
    const past = grant(patient, { ...key, terms: { ...TERMS, validFrom: now - 1 } });
    expect(await revert(past.send(), "ConsentStartPast")).to.deep.equal({ validFrom: BigInt(now - 1) });
    await revert(grant(patient, { ...key, terms: { ...TERMS, validUntil: now } }).send(), "ConsentEndNotAfterStart");
    const nobody = { grantee: ZeroAddress as Address };
    await revert(grant(patient, { ...nobody, terms: TERMS }).send(), "ConsentGranteeZero");
    await refusal(() => grant(patient, { grantee: "0x12", terms: TERMS }), MalformedAddressError);
  });

  it("needs an account when no patient is named", async () => {
    const { patient, key } = await paying();
    const { signer: _signer, account: _account, ...reader } = patient;
    await refusal(() => grant(reader, { ...key, terms: TERMS }), NoSignerError);
  });
});

describe("revoke", () => {
  it("ends a consent, and only that under its policy", async () => {
    const { patient, clinic, asked, key } = await paying();
    await grant(patient, { ...key, terms: TERMS }).send();
    await grant(patient, { ...key, policy: POLICY, terms: TERMS }).send();
    await revoke(patient, key).send();
    expect(await permits(clinic, { ...asked, categories: ["laboratory"] })).to.be.false;
    expect(await permits(clinic, { ...asked, policy: POLICY, categories: ["laboratory"] })).to.be.true;
  });

  it("deletes the grantee's keys, never the author's own, the patient's or another reader's", async () => {
    const { patient, hospital, doctor, key, readers } = await shared();
    await revoke(patient, key).send();
    expect(await readers()).to.deep.equal({
      record: [patient, hospital, doctor],
      diary: [patient, hospital, doctor],
    });
  });

  it("leaves an author the keys to what it wrote, and takes those to what it did not", async () => {
    const { patient, hospital, clinic, doctor, readers } = await shared();
    await revoke(patient, { grantee: accountOf(hospital) }).send();
    expect(await readers()).to.deep.equal({
      record: [patient, hospital, clinic, doctor],
      diary: [patient, clinic, doctor],
    });
  });

  it("keeps every key when it is refused", async () => {
    const { stranger, patient, asked, readers } = await shared();
    const before = await readers();
    await grant(patient, { grantee: asked.grantee, terms: TERMS }).send();
    const { patient: of, grantee } = asked;
    await revert(revoke(stranger, { patient: of, grantee }).send(), "ConsentUnauthorized");
    expect(await readers()).to.deep.equal(before);
  });

  it("needs no vault", async () => {
    const { patient, clinic, asked, key } = await paying();
    await grant(patient, { ...key, terms: TERMS }).send();
    const { vault: _, ...withoutVault } = patient;
    await revoke(withoutVault, key).send();
    expect(await permits(clinic, { ...asked, categories: ["laboratory"] })).to.be.false;
  });
});

describe("revokeBySig", () => {
  it("deletes the grantee's keys from the vault of who relays it", async () => {
    const { patient, hospital, doctor, relayer, key, readers } = await shared();
    await revokeBySig(relayer, await signRevoke(patient, key)).send();
    expect((await readers()).record).to.deep.equal([patient, hospital, doctor]);
  });

  it("makes grants stale that were signed before it, where no consent stands, too", async () => {
    const { patient, relayer, key } = await paying();
    const signed = await signGrant(patient, { ...key, terms: TERMS });
    await revokeBySig(relayer, await signRevoke(patient, key)).send();
    const args = await revert(grantBySig(relayer, signed).send(), "ConsentStale");
    expect(args).to.deep.equal({ signed: 0n, current: 1n });
  });
});

describe("revokeAll", () => {
  it("ends every consent and delegate, in one write", async () => {
    const { patient, clinic, doctor, relayer, asked, key } = await paying();
    await grant(patient, { ...key, terms: TERMS }).send();
    await grant(patient, { ...key, policy: POLICY, terms: TERMS }).send();
    await setDelegate(patient, { delegate: accountOf(doctor), categories: UNRESTRICTED, until: FAR }).send();
    await revokeAll(patient).send();
    for (const policy of [NO_POLICY, POLICY]) {
      expect(await permits(clinic, { ...asked, policy, categories: ["laboratory"] })).to.be.false;
    }
    const wanted = { patient: asked.patient, grantee: asked.grantee, terms: TERMS };
    await revert(grant(doctor, wanted).send(), "ConsentUnauthorized");
    await consented(patient, relayer, { grantee: clinic });
    expect(await permits(clinic, { ...asked, categories: ["laboratory"] })).to.be.true;
  });

  it("deletes every other reader's keys, never an author's own or the patient's", async () => {
    const { patient, hospital, readers } = await shared();
    await revokeAll(patient).send();
    expect(await readers()).to.deep.equal({ record: [patient, hospital], diary: [patient] });
  });

  it("does the same by signature, in the vault of who relays it", async () => {
    const { patient, hospital, relayer, readers } = await shared();
    await revokeAllBySig(relayer, await signRevokeAll(patient)).send();
    expect(await readers()).to.deep.equal({ record: [patient, hospital], diary: [patient] });
  });

  it("touches no other patient's keys, whatever a relayed message says", async () => {
    const { patient, neighbour, hospital, clinic, relayer, vault } = await paying();
    const [others] = await added(hospital, neighbour, bundleOf(GLUCOSE));
    await share(neighbour, { grantee: accountOf(clinic) });
    const signed = await signRevokeAll(patient);
    const forged = { ...signed, message: { ...signed.message, patient: accountOf(neighbour) } };
    await refusal(() => revokeAllBySig(relayer, forged), SignerMismatchError);
    await revokeAllBySig(relayer, signed).send();
    expect(await vault.readersOf(others!.record, [clinic])).to.deep.equal([clinic]);
  });
});
