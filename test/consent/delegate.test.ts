import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { accountOf } from "../../src/aceso.js";
import { UnknownCategoryError, type DataCategory } from "../../src/consent/category.js";
import { mayDecide, setDelegate, setDelegateBySig, signSetDelegate } from "../../src/consent/delegate.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { SignerMismatchError } from "../../src/signing.js";
import { FAR, time } from "../fixtures.js";
import { refusal, revert, stage } from "../sdk.js";

/** The colleague is the patient, and the guardian is to decide on laboratory results. */
async function family() {
  const all = await stage();
  const { colleague: patient, guardian } = all;
  const delegation = { delegate: accountOf(guardian), categories: ["laboratory"], until: FAR } as const;
  const asked = { patient: accountOf(patient), actor: accountOf(guardian) };
  return { ...all, patient, delegation, asked };
}

describe("setDelegate", () => {
  it("lets somebody decide within a mask, until a time", async () => {
    const { patient, delegation, asked } = await family();
    expect(await mayDecide(patient, { ...asked, categories: ["laboratory"] })).to.be.false;
    const until = (await time.latest()) + 1000;
    await setDelegate(patient, { ...delegation, until }).send();
    expect(await mayDecide(patient, { ...asked, categories: ["laboratory"] })).to.be.true;
    expect(await mayDecide(patient, { ...asked, categories: ["laboratory", "restricted"] })).to.be.false;
    expect(await mayDecide(patient, { ...asked, categories: [] })).to.be.false;
    await time.increaseTo(until);
    expect(await mayDecide(patient, { ...asked, categories: ["laboratory"] })).to.be.false;
  });

  it("removes a delegate at zero, with or without categories", async () => {
    const { patient, delegation, asked } = await family();
    for (const categories of [["laboratory"], []] as const) {
      await setDelegate(patient, delegation).send();
      await setDelegate(patient, { ...delegation, categories, until: 0 }).send();
      expect(await mayDecide(patient, { ...asked, categories: ["laboratory"] })).to.be.false;
    }
  });

  it("leaves the patient's own right alone", async () => {
    const { patient, delegation, asked } = await family();
    await setDelegate(patient, delegation).send();
    expect(await mayDecide(patient, { ...asked, actor: asked.patient, categories: ["restricted"] })).to.be.true;
  });

  it("refuses the patient, nobody, a past end and no category as the contract names it", async () => {
    const { patient, delegation } = await family();
    for (const delegate of [accountOf(patient), ZeroAddress as Address]) {
      const args = await revert(setDelegate(patient, { ...delegation, delegate }).send(), "DelegateInvalid");
      expect(args).to.deep.equal({ delegate });
    }
    const until = await time.latest();
    const args = await revert(setDelegate(patient, { ...delegation, until }).send(), "DelegateEndPast");
    expect(args).to.deep.equal({ until: BigInt(until) });
    await revert(setDelegate(patient, { ...delegation, categories: [] }).send(), "ConsentCategoriesUnknown");
  });

  it("refuses what is no address or no category, before it is sent or signed", async () => {
    const { patient, delegation } = await family();
    const nobody = { ...delegation, delegate: "guardian.eth" as Address };
    await refusal(() => setDelegate(patient, nobody), MalformedAddressError);
    await refusal(signSetDelegate(patient, nobody), MalformedAddressError);
    const everything = { ...delegation, categories: ["everything" as DataCategory] };
    await refusal(() => setDelegate(patient, everything), UnknownCategoryError);
    await refusal(signSetDelegate(patient, everything), UnknownCategoryError);
  });
});

describe("setDelegateBySig", () => {
  it("is stale once the delegate was set otherwise", async () => {
    const { patient, relayer, delegation, asked } = await family();
    const signed = await signSetDelegate(patient, delegation);
    await setDelegate(patient, { ...delegation, until: 0 }).send();
    const args = await revert(setDelegateBySig(relayer, signed).send(), "ConsentStale");
    expect(args).to.deep.equal({ signed: 0n, current: 1n });
    expect(await mayDecide(patient, { ...asked, categories: ["laboratory"] })).to.be.false;
  });

  it("refuses to relay a message that speaks of another patient than signed it", async () => {
    const { patient, neighbour, relayer, delegation } = await family();
    const signed = await signSetDelegate(patient, delegation);
    const forged = { ...signed, message: { ...signed.message, patient: accountOf(neighbour) } };
    const error = await refusal(() => setDelegateBySig(relayer, forged), SignerMismatchError);
    expect(error).to.include({ signer: patient.account, account: neighbour.account });
  });

  it("lets no delegate name delegates", async () => {
    const { patient, guardian, stranger, relayer, delegation, asked } = await family();
    await setDelegate(patient, delegation).send();
    const own = await signSetDelegate(guardian, { ...delegation, delegate: accountOf(stranger) });
    await setDelegateBySig(relayer, own).send();
    const strangers = { ...asked, actor: accountOf(stranger), categories: ["laboratory"] } as const;
    expect(await mayDecide(patient, strangers)).to.be.false;
  });
});
