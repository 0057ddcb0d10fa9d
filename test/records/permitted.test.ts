import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { permitted } from "../../src/records/permitted.js";
import { altered, stage } from "../sdk.js";

describe("permitted", () => {
  it("asks the chain once for each set of categories", async () => {
    const { clinic, patient } = await stage();
    let asked = 0;
    const counting = altered(clinic, "consents", { permits: async () => ++asked > 1 });
    const may = permitted(counting, { patient: accountOf(patient), grantee: accountOf(clinic), purpose: "TREAT" });
    expect(await Promise.all([may(["laboratory"]), may(["laboratory"])])).to.deep.equal([false, false]);
    expect(await may(["laboratory", "restricted"])).to.be.true;
    expect(await may(["laboratory"])).to.be.false;
    expect(asked).to.equal(2);
  });

  it("asks for an open emergency instead of a consent when the purpose is BTG", async () => {
    const { doctor, patient } = await stage();
    const open = altered(doctor, "emergencies", { isOpen: async () => true });
    const consenting = altered(doctor, "consents", { permits: async () => true });
    const basis = { patient: accountOf(patient), grantee: accountOf(doctor), purpose: "BTG" } as const;
    expect(await permitted(open, basis)(["laboratory"])).to.be.true;
    expect(await permitted(consenting, basis)(["laboratory"])).to.be.false;
    expect(await permitted(open, { ...basis, purpose: "TREAT" })(["laboratory"])).to.be.false;
  });
});
