import { expect } from "chai";
import { id } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { BREAK_THE_GLASS, purposeBit, type Purpose } from "../../src/consent/purpose.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { open as openEmergency } from "../../src/emergency/emergency.js";
import { prepare } from "../../src/prepare.js";
import { log } from "../../src/records/access.js";
import { ALL_CATEGORIES, LABORATORY, POLICY } from "../fixtures.js";
import { consented, revert, stage } from "../sdk.js";

type Logged = { grantee: Aceso; purpose: Purpose; actor: string; categories: bigint };

/** Prepares the log of an access, as a reader without this SDK could send it. */
function logAccess(
  aceso: Aceso,
  patient: Aceso,
  { grantee = aceso, purpose = "TREAT", ...rest }: Partial<Logged> = {},
) {
  const { records } = aceso.contracts;
  const access = {
    patient: accountOf(patient),
    grantee: accountOf(grantee),
    policy: POLICY,
    purpose: purposeBit(purpose),
    categories: LABORATORY,
    records: id("a record"),
    actor: id("a nurse"),
    ...rest,
  };
  return prepare(aceso, records, records.interface.encodeFunctionData("logAccess", [access]));
}

/** The clinic may use laboratory results for treatment, under a policy. */
async function permitted() {
  const all = await stage();
  const { patient, relayer, clinic, hospital } = all;
  for (const grantee of [clinic, hospital]) {
    await consented(patient, relayer, { grantee, policy: POLICY as Hex, categories: ["laboratory"] });
  }
  return all;
}

describe("log", () => {
  it("tells an access as the chain recorded it, with its block's time", async () => {
    const { clinic, patient, house } = await permitted();
    const { transaction, block } = await logAccess(clinic, patient).send();
    const { timestamp } = (await clinic.provider.getBlock(block))!;
    const [access] = await log(clinic, { patient: accountOf(patient) });
    expect(access).to.deep.equal({
      patient: patient.account,
      grantee: clinic.account,
      policy: POLICY,
      purpose: "TREAT",
      categories: ["laboratory"],
      records: id("a record"),
      actor: id("a nurse"),
      caller: clinic.account,
      time: timestamp,
      block,
      transaction,
      logIndex: 0,
      chainId: 31337n,
      contract: await house.records.getAddress(),
    });
  });

  it("tells every access of a patient, or by a grantee, or both, oldest first", async () => {
    const { clinic, hospital, nurse, patient, neighbour, doctor } = await permitted();
    await logAccess(clinic, patient, { actor: id("first") }).send();
    await logAccess(nurse, patient, { grantee: hospital, actor: id("second") }).send();
    await openEmergency(doctor, { patient: accountOf(neighbour), evidence: id("shock") as Hex }).send();
    await logAccess(doctor, neighbour, { purpose: BREAK_THE_GLASS, actor: id("third") }).send();
    const actors = async (filter: Parameters<typeof log>[1]) => (await log(clinic, filter)).map(({ actor }) => actor);
    expect(await actors({})).to.deep.equal(["first", "second", "third"].map(id));
    expect(await actors({ patient: accountOf(patient) })).to.deep.equal(["first", "second"].map(id));
    expect(await actors({ grantee: accountOf(hospital) })).to.deep.equal([id("second")]);
    expect(await actors({ patient: accountOf(patient), grantee: accountOf(doctor) })).to.deep.equal([]);
    const [emergency] = await log(clinic, { grantee: accountOf(doctor) });
    expect(emergency).to.include({ purpose: "BTG", caller: doctor.account });
  });

  it("holds nothing that was refused", async () => {
    const { clinic, stranger, patient } = await permitted();
    await revert(logAccess(clinic, patient, { categories: ALL_CATEGORIES }).send(), "AccessNotPermitted");
    await revert(logAccess(clinic, patient, { purpose: "HMARKT" }).send(), "AccessNotPermitted");
    await revert(logAccess(stranger, patient, { grantee: clinic }).send(), "AccessCallerInvalid");
    expect(await log(clinic, {})).to.deep.equal([]);
  });
});
