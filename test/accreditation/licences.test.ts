import { expect } from "chai";
import { ZeroAddress } from "ethers";

import {
  accredit,
  isLive,
  licences,
  mayAct,
  reinstate,
  revokeLicence,
  setAccreditor,
  setMember,
  suspend,
} from "../../src/accreditation/accreditation.js";
import { ROLES, UnknownRoleError, type Role } from "../../src/accreditation/role.js";
import { accountOf } from "../../src/aceso.js";
import { MalformedAddressError, type Address } from "../../src/crypto/address.js";
import { ADMIN_DELAY, FAR, setAccreditor as appoint, time } from "../fixtures.js";
import { refusal, revert, stage } from "../sdk.js";

/** The stranger holds a licence as a laboratory, besides those of `licensed`. */
async function laboratory() {
  const all = await stage();
  const licence = { participant: accountOf(all.stranger), role: "Laboratory" } as const;
  await accredit(all.admin, { ...licence, validUntil: FAR }).send();
  return { ...all, licence };
}

describe("accredit", () => {
  it("licenses a participant in one role until a time", async () => {
    const { admin, stranger, clinic, licence } = await laboratory();
    expect(await isLive(clinic, licence)).to.be.true;
    for (const role of ROLES) {
      const expected = role === "Laboratory";
      expect(await isLive(clinic, { participant: accountOf(stranger), role }), role).to.equal(expected);
    }
    const validUntil = (await time.latest()) + 1000;
    await accredit(admin, { ...licence, validUntil }).send();
    await time.increaseTo(validUntil);
    expect(await isLive(clinic, licence)).to.be.false;
  });

  it("is refused to who is no accreditor of the role", async () => {
    const { stranger, licence } = await laboratory();
    const args = await revert(accredit(stranger, { ...licence, validUntil: FAR }).send(), "AccreditorNotAllowed");
    expect(args).to.deep.equal({ role: 2n, caller: stranger.account });
  });

  it("refuses an end that is not in the future", async () => {
    const { admin, licence } = await laboratory();
    const validUntil = await time.latest();
    const args = await revert(accredit(admin, { ...licence, validUntil }).send(), "LicenceEndPast");
    expect(args).to.deep.equal({ validUntil: BigInt(validUntil) });
  });

  it("refuses what is no role, no address, and the zero address", async () => {
    const { admin, licence } = await laboratory();
    const wanted = { ...licence, validUntil: FAR };
    await refusal(() => accredit(admin, { ...wanted, role: "Doctor" as Role }), UnknownRoleError);
    await refusal(() => accredit(admin, { ...wanted, participant: "0x12" }), MalformedAddressError);
    const nobody = accredit(admin, { ...wanted, participant: ZeroAddress as Address });
    await revert(nobody.send(), "AccreditationAddressZero");
  });
});

describe("suspend, reinstate and revokeLicence", () => {
  it("end a licence, give it back, and remove it", async () => {
    const { admin, licence } = await laboratory();
    await suspend(admin, licence).send();
    expect(await isLive(admin, licence)).to.be.false;
    await reinstate(admin, licence).send();
    expect(await isLive(admin, licence)).to.be.true;
    await revokeLicence(admin, licence).send();
    expect(await isLive(admin, licence)).to.be.false;
    await revert(reinstate(admin, licence).send(), "LicenceNotYours");
  });

  it("are refused to who did not issue the licence, the holder included", async () => {
    const { admin, clinic, stranger, licence } = await laboratory();
    for (const change of [suspend, reinstate, revokeLicence]) {
      for (const caller of [clinic, stranger]) {
        const args = await revert(change(caller, licence).send(), "LicenceNotYours");
        expect(args).to.deep.equal({ participant: stranger.account, role: 2n, accreditor: admin.account });
      }
    }
    expect(await isLive(admin, licence)).to.be.true;
  });
});

describe("setMember", () => {
  it("lets a member act for the organisation in its roles, until a time", async () => {
    const { clinic, stranger } = await stage();
    const asked = { actor: accountOf(stranger), organisation: accountOf(clinic), role: "Provider" } as const;
    expect(await mayAct(stranger, asked)).to.be.false;
    const until = (await time.latest()) + 1000;
    await setMember(clinic, { member: accountOf(stranger), until }).send();
    expect(await mayAct(stranger, asked)).to.be.true;
    expect(await mayAct(stranger, { ...asked, role: "Laboratory" })).to.be.false;
    await time.increaseTo(until);
    expect(await mayAct(stranger, asked)).to.be.false;
  });

  it("ends a membership at zero", async () => {
    const { hospital, nurse } = await stage();
    const asked = { actor: accountOf(nurse), organisation: accountOf(hospital), role: "Provider" } as const;
    expect(await mayAct(nurse, asked)).to.be.true;
    await setMember(hospital, { member: accountOf(nurse), until: 0 }).send();
    expect(await mayAct(nurse, asked)).to.be.false;
    expect(await mayAct(nurse, { ...asked, actor: accountOf(hospital) })).to.be.true;
  });

  it("refuses the zero address", async () => {
    const { hospital } = await stage();
    await revert(
      setMember(hospital, { member: ZeroAddress as Address, until: FAR }).send(),
      "AccreditationAddressZero",
    );
  });
});

describe("setAccreditor", () => {
  it("is refused to who is no admin", async () => {
    const { stranger } = await stage();
    const appointment = { role: "Pharmacy", accreditor: accountOf(stranger), allowed: true } as const;
    const args = await revert(setAccreditor(stranger, appointment).send(), "AccessManagedUnauthorized");
    expect(args).to.deep.equal({ caller: stranger.account });
  });

  it("counts once it was scheduled and the delay has passed, and lapses a week later", async () => {
    const { admin, stranger, house } = await stage();
    const appointment = { role: "Pharmacy", accreditor: accountOf(stranger), allowed: true } as const;
    const prepared = setAccreditor(admin, appointment);
    await revert(prepared.send(), "AccessManagerNotScheduled");
    await house.accessManager.schedule(prepared.to, prepared.data, 0);
    await revert(prepared.send(), "AccessManagerNotReady");
    await time.increase(ADMIN_DELAY);
    await prepared.send();
    expect(await house.accreditation.isAccreditor(3, accountOf(stranger))).to.be.true;
    await house.accessManager.schedule(prepared.to, prepared.data, 0);
    await time.increase(ADMIN_DELAY + 7 * 24 * 60 * 60);
    await revert(prepared.send(), "AccessManagerExpired");
  });
});

describe("licences", () => {
  it("tells every licence as it stands, in the order of first issue", async () => {
    const { admin, clinic, stranger, licence } = await laboratory();
    const before = await licences(clinic);
    expect(before.map(({ role }) => role)).to.deep.equal([
      "Practitioner",
      "Practitioner",
      "PrivacyOfficer",
      "Provider",
      "Provider",
      "Laboratory",
    ]);
    expect(before.at(-1)).to.deep.equal({
      ...licence,
      accreditor: accountOf(admin),
      validUntil: FAR,
      status: "live",
    });
    // Renewed, it keeps its place.
    await accredit(admin, { ...before[0]!, validUntil: FAR + 1 }).send();
    const after = await licences(clinic);
    expect(after).to.have.length(6);
    expect(after[0]).to.deep.equal({ ...before[0]!, validUntil: FAR + 1 });
    expect(await licences(clinic, { participant: accountOf(stranger) })).to.deep.equal([before.at(-1)]);
  });

  it("tells why a licence does not count", async () => {
    const { admin, clinic, stranger, house, licence } = await laboratory();
    const own = { participant: accountOf(stranger) };
    const status = async () => (await licences(clinic, own)).map((each) => each.status);
    await suspend(admin, licence).send();
    expect(await status()).to.deep.equal(["suspended"]);
    await reinstate(admin, licence).send();
    expect(await status()).to.deep.equal(["live"]);
    await appoint(house, "Laboratory", { address: accountOf(admin) }, false);
    expect(await status()).to.deep.equal(["accreditor dismissed"]);
    await time.increaseTo(FAR);
    expect(await status()).to.deep.equal(["over"]);
    expect(await isLive(clinic, licence)).to.be.false;
  });

  it("leaves out those that were revoked", async () => {
    const { admin, clinic, stranger, licence } = await laboratory();
    await revokeLicence(admin, licence).send();
    expect(await licences(clinic, { participant: accountOf(stranger) })).to.deep.equal([]);
  });
});
