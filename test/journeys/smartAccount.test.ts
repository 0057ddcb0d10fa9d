import { expect } from "chai";
import { id } from "ethers";

import { accountOf, connect } from "../../src/aceso.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import { SmartAccount__factory } from "../../src/generated/index.js";
import { consent, emergency, keys, records, type Hex } from "../../src/index.js";
import { ethers, FAR } from "../fixtures.js";
import { added, AMOXICILLIN, bundleOf, GLUCOSE, idsIn, revert, SmartAccountSigner } from "../sdk.js";
import { stage, treatment, unfunded } from "../sdk.js";

const EVIDENCE = id("unconscious") as Hex;

/** A patient whose account is an ERC-1271 wallet, connected through its owner's key. Neither holds ether. */
async function walletPatient() {
  const all = await stage();
  const { house, deployment, vault } = all;
  const owner = unfunded("a wallet's owner");
  const wallet = await new SmartAccount__factory(house.admin).deploy(owner);
  const address = await wallet.getAddress();
  const encryptionKey = await generateEncryptionKey();
  const connected = (signer: typeof owner) =>
    connect(new SmartAccountSigner(address, signer), { deployment, vault, encryptionKey });
  return { ...all, wallet, owner, connected, patient: await connected(owner), address };
}

describe("a patient with a smart account", () => {
  it("decides everything by signature, and reads its own chart", async () => {
    const { patient, address, hospital, clinic, guardian, doctor, relayer } = await walletPatient();
    expect(accountOf(patient)).to.equal(address);
    const of = { patient: accountOf(patient) };

    await keys.publishBySig(relayer, await keys.signPublish(patient, { key: patient.encryptionKey!.publicKey })).send();
    const [glucose] = await added(hospital, patient, bundleOf(GLUCOSE));
    for (const each of await records.signAdd(patient, { bundle: bundleOf(AMOXICILLIN) })) {
      await records.anchorBySig(relayer, each).send();
    }
    const own = await records.open(patient, treatment(patient));
    expect(idsIn(own.bundle)).to.deep.equal(["amoxicillin", "glucose"]);

    const terms = { purposes: ["TREAT"], categories: consent.UNRESTRICTED, validUntil: FAR } as const;
    const key = { grantee: accountOf(clinic) };
    await consent.grantBySig(relayer, await consent.signGrant(patient, { ...key, terms })).send();
    await records.share(patient, key);
    expect(idsIn((await records.open(clinic, treatment(patient))).bundle)).to.deep.equal(["amoxicillin", "glucose"]);
    await consent.revokeBySig(relayer, await consent.signRevoke(patient, key)).send();
    expect(await consent.list(patient, of)).to.deep.equal([]);

    const delegation = { delegate: accountOf(guardian), categories: consent.UNRESTRICTED, until: FAR };
    await consent.setDelegateBySig(relayer, await consent.signSetDelegate(patient, delegation)).send();
    expect(await consent.mayDecide(patient, { ...of, actor: accountOf(guardian), categories: ["claims"] })).to.be.true;

    const { result: opened } = await emergency.open(doctor, { ...of, evidence: EVIDENCE }).send();
    await emergency.contestBySig(relayer, await emergency.signContest(patient, opened)).send();
    expect(await emergency.isOpen(doctor, { ...opened, categories: ["claims"] })).to.be.false;
    const optOut = await emergency.signSetPreference(patient, { categories: [] });
    await emergency.setPreferenceBySig(relayer, optOut).send();
    expect(await emergency.coveredCategories(patient, of)).to.deep.equal([]);

    const { record } = glucose!;
    await records.eraseBySig(relayer, await records.signErase(patient, { records: [record] })).send();
    await consent.revokeAllBySig(relayer, await consent.signRevokeAll(patient)).send();
    expect(idsIn((await records.open(patient, treatment(patient))).bundle)).to.deep.equal(["amoxicillin"]);
    expect(await ethers.provider.getBalance(address)).to.equal(0n);
  });

  it("survives the loss of its owner's key: the new owner decides, and the old one no longer", async () => {
    const { patient, connected, wallet, owner, house, clinic, relayer } = await walletPatient();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: FAR } as const;
    const key = { grantee: accountOf(clinic) };
    const asked = { ...key, patient: accountOf(patient), purpose: "TREAT", categories: ["laboratory"] } as const;
    const early = await consent.signGrant(patient, { ...key, terms });

    const rescuer = unfunded("a new owner");
    await house.admin.sendTransaction({ to: owner.address, value: ethers.parseEther("1") });
    await wallet.connect(owner).setOwner(rescuer);
    await revert(consent.grantBySig(relayer, early).send(), "SignatureInvalid");
    const thief = await consent.signGrant(patient, { ...key, terms });
    await revert(consent.grantBySig(relayer, thief).send(), "SignatureInvalid");

    const recovered = await connected(rescuer);
    await consent.grantBySig(relayer, await consent.signGrant(recovered, { ...key, terms })).send();
    expect(await consent.permits(clinic, asked)).to.be.true;
  });

  it("acts as a delegate for somebody else", async () => {
    const { patient: guardian, neighbour, clinic, relayer } = await walletPatient();
    const delegation = { delegate: accountOf(guardian), categories: ["laboratory"], until: FAR } as const;
    await consent.setDelegateBySig(relayer, await consent.signSetDelegate(neighbour, delegation)).send();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: FAR } as const;
    const key = { patient: accountOf(neighbour), grantee: accountOf(clinic) };
    const signed = await consent.signGrant(guardian, { ...key, terms });
    expect(signed.signer).to.equal(accountOf(guardian));
    await consent.grantBySig(relayer, signed).send();
    const [standing] = await consent.list(clinic, key);
    expect(standing).to.deep.include({ ...key, actor: accountOf(guardian) });
  });
});
