import { expect } from "chai";
import { id } from "ethers";

import { accountOf } from "../../src/aceso.js";
import { DATA_CATEGORIES, UnknownCategoryError, UNRESTRICTED, type DataCategory } from "../../src/consent/category.js";
import { revokeAllBySig, signRevokeAll } from "../../src/consent/consent.js";
import { setDelegateBySig, signSetDelegate } from "../../src/consent/delegate.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { isOpen, open } from "../../src/emergency/emergency.js";
import {
  coveredCategories,
  setPreference,
  setPreferenceBySig,
  signSetPreference,
} from "../../src/emergency/preference.js";
import { FAR } from "../fixtures.js";
import { refusal, revert, stage } from "../sdk.js";

const EVIDENCE = id("unconscious") as Hex;

describe("setPreference", () => {
  it("covers what the patient chose, from the next emergency on", async () => {
    const { guardian: patient, doctor } = await stage();
    const asked = { patient: accountOf(patient), clinician: accountOf(doctor) };
    expect(await coveredCategories(doctor, asked)).to.deep.equal(UNRESTRICTED);
    await setPreference(patient, { categories: ["allergies", "restricted"] }).send();
    expect(await coveredCategories(doctor, asked)).to.deep.equal(["allergies", "restricted"]);
    await open(doctor, { ...asked, evidence: EVIDENCE }).send();
    expect(await isOpen(doctor, { ...asked, categories: ["allergies", "restricted"] })).to.be.true;
    expect(await isOpen(doctor, { ...asked, categories: ["medications"] })).to.be.false;
  });

  it("opts out with nothing", async () => {
    const { guardian: patient, doctor } = await stage();
    await setPreference(patient, { categories: [] }).send();
    expect(await coveredCategories(doctor, { patient: accountOf(patient) })).to.deep.equal([]);
    const opening = open(doctor, { patient: accountOf(patient), evidence: EVIDENCE });
    expect(await revert(opening.send(), "EmergencyOptedOut")).to.deep.equal({ patient: patient.account });
  });

  it("is refused to strangers, and to delegates whose mask does not cover what was and will be open", async () => {
    const { patient, guardian, stranger, relayer } = await stage();
    const preference = { patient: accountOf(patient), categories: ["allergies"] } as const;
    const args = await revert(setPreference(stranger, preference).send(), "EmergencyUnauthorized");
    expect(args).to.deep.equal({ patient: patient.account, actor: stranger.account });
    const delegation = { delegate: accountOf(guardian), until: FAR };
    const narrow = { ...delegation, categories: ["allergies"] } as const;
    await setDelegateBySig(relayer, await signSetDelegate(patient, narrow)).send();
    await revert(setPreference(guardian, preference).send(), "EmergencyUnauthorized");
    const wide = { ...delegation, categories: DATA_CATEGORIES };
    await setDelegateBySig(relayer, await signSetDelegate(patient, wide)).send();
    await setPreference(guardian, preference).send();
    expect(await coveredCategories(patient, preference)).to.deep.equal(["allergies"]);
  });

  it("refuses what is no category", async () => {
    const { guardian } = await stage();
    const categories = ["everything" as DataCategory];
    await refusal(() => setPreference(guardian, { categories }), UnknownCategoryError);
    await refusal(signSetPreference(guardian, { categories }), UnknownCategoryError);
  });
});

describe("setPreferenceBySig", () => {
  it("takes a delegate's signature for the patient", async () => {
    const { patient, guardian, relayer } = await stage();
    const delegation = { delegate: accountOf(guardian), until: FAR, categories: DATA_CATEGORIES };
    await setDelegateBySig(relayer, await signSetDelegate(patient, delegation)).send();
    const preference = { patient: accountOf(patient), categories: ["allergies"] } as const;
    const signed = await signSetPreference(guardian, preference);
    expect(signed.signer).to.equal(guardian.account);
    await setPreferenceBySig(relayer, signed).send();
    expect(await coveredCategories(patient, preference)).to.deep.equal(["allergies"]);
  });

  it("is stale once the preference was set otherwise, or everything was revoked", async () => {
    const { patient, relayer } = await stage();
    const signed = await signSetPreference(patient, { categories: ["allergies"] });
    await setPreferenceBySig(relayer, await signSetPreference(patient, { categories: [] })).send();
    await revert(setPreferenceBySig(relayer, signed).send(), "EmergencyPreferenceStale");
    const later = await signSetPreference(patient, { categories: ["allergies"] });
    await revokeAllBySig(relayer, await signRevokeAll(patient)).send();
    await revert(setPreferenceBySig(relayer, later).send(), "EmergencyPreferenceStale");
    expect(await coveredCategories(patient, { patient: accountOf(patient) })).to.deep.equal([]);
  });
});
