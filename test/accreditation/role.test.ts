import { expect } from "chai";

import { roleNumber, roleOf, ROLES, UnknownRoleError, type Role } from "../../src/accreditation/role.js";
import { refusal, stage } from "../sdk.js";

describe("roleNumber", () => {
  it("is the place in the contract's enum, and back", async () => {
    const { house, doctor } = await stage();
    const { accreditation } = house;
    for (const [number, role] of ROLES.entries()) {
      expect(roleNumber(role)).to.equal(number);
      expect(roleOf(number)).to.equal(role);
      expect(roleOf(BigInt(number))).to.equal(role);
      expect(await accreditation.isLive(doctor.account!, number)).to.equal(role === "Practitioner");
    }
    // The enum has no more members than there are names.
    const beyond = accreditation.isLive(doctor.account!, ROLES.length);
    expect(await beyond.catch(() => "refused")).to.equal("refused");
  });

  it("refuses a name that is no role", async () => {
    for (const name of ["Doctor", "practitioner", ""]) {
      const error = await refusal(() => roleNumber(name as Role), UnknownRoleError);
      expect(error.role).to.equal(name);
      expect(error.advice).to.contain("Practitioner");
    }
  });
});

describe("roleOf", () => {
  it("refuses a number no role has", async () => {
    for (const number of [-1, ROLES.length, 255n, 0.5]) await refusal(() => roleOf(number), UnknownRoleError);
  });
});
