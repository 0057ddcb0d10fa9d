import { expect } from "chai";
import { id } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { consent, emergency, fhir, records, type Hex } from "../../src/index.js";
import { time } from "../fixtures.js";
import { added, AMOXICILLIN, bundleOf, GLUCOSE, HIV_TEST, idsIn, PRESSURE, refusal, revert } from "../sdk.js";
import { stage, treatment, type Stage } from "../sdk.js";

const DAY = 24 * 60 * 60;
const NOTICE = id("the clinic's notice of privacy practices, salted") as Hex;

/** A patient's consent to a reader, signed and relayed. */
async function granted({ patient, relayer }: Stage, grantee: Aceso, days: number): Promise<void> {
  const validUntil = (await time.latest()) + days * DAY;
  const terms = { purposes: ["TREAT"], categories: consent.UNRESTRICTED, validUntil } as const;
  const signed = await consent.signGrant(patient, { grantee: accountOf(grantee), policy: NOTICE, terms });
  await consent.grantBySig(relayer, signed).send();
}

/** What a reader reads of the patient's, after the hospital released what it may. */
async function read({ hospital, patient }: Stage, reader: Aceso): Promise<string[]> {
  const basis = { ...treatment(patient), policy: NOTICE };
  await records.release(hospital, { ...basis, reader: accountOf(reader) });
  return idsIn((await records.open(reader, basis)).bundle);
}

describe("a patient's year", () => {
  it("goes from admission to erasure, and every use of the data can be told afterwards", async () => {
    const all = await stage();
    const { patient, guardian, hospital, clinic, nurse, doctor, officer, relayer, house, vault } = all;
    await house.keys.connect(house.guardian).publish(guardian.encryptionKey!.publicKey);
    const of = { patient: accountOf(patient) };

    // January: the hospital admits the patient; a nurse writes the chart in the hospital's name.
    const bundle = bundleOf(GLUCOSE, PRESSURE, HIV_TEST);
    const adding = await records.add(nurse, { ...of, author: accountOf(hospital), bundle });
    const { result: chart } = await adding.send();
    expect(chart).to.have.length(3);

    // The clinic hears nothing before the patient, who has no ether, consents.
    await refusal(records.open(clinic, { ...treatment(patient), policy: NOTICE }), records.NothingToOpenError);
    await granted(all, clinic, 90);
    expect(await read(all, clinic)).to.deep.equal(["glucose", "pressure"]);
    const march = await time.latest();

    // The patient keeps a diary, and shares it with the clinic.
    for (const each of await records.signAdd(patient, { bundle: bundleOf(AMOXICILLIN) })) {
      await records.anchorBySig(relayer, each).send();
    }
    await records.share(patient, { grantee: accountOf(clinic) });
    expect(await read(all, clinic)).to.deep.equal(["amoxicillin", "glucose", "pressure"]);

    // A guardian decides on laboratory results, for as long as the patient said, and on nothing else.
    const until = (await time.latest()) + 100 * DAY;
    const delegation = { delegate: accountOf(guardian), categories: ["laboratory"], until } as const;
    await consent.setDelegateBySig(relayer, await consent.signSetDelegate(patient, delegation)).send();
    const terms = { purposes: ["TREAT"], categories: ["laboratory"], validUntil: until } as const;
    const specialist = { ...of, grantee: accountOf(doctor), policy: NOTICE };
    await consent.grant(guardian, { ...specialist, terms }).send();
    const wider = { ...terms, categories: ["laboratory", "restricted"] } as const;
    await revert(consent.grant(guardian, { ...specialist, terms: wider }).send(), "ConsentUnauthorized");
    expect(await read(all, doctor)).to.deep.equal(["glucose"]);

    // Summer: the clinic's consent is over. It keeps no key.
    await time.increase(91 * DAY);
    const withheld = await refusal(
      records.open(clinic, { ...treatment(patient), policy: NOTICE }),
      records.NothingToOpenError,
    );
    expect(new Set(withheld.withheld.map(({ reason }) => reason))).to.deep.equal(new Set(["not permitted"]));
    const swept = await records.sweep(hospital, of);
    expect(swept.every(({ reader }) => reader === clinic.account)).to.be.true;
    await records.sweep(patient, of);
    expect(await vault.listKeys({ ...of, reader: accountOf(clinic) })).to.deep.equal([]);

    // An accident: the emergency room breaks the glass for four hours, and answers for it.
    const evidence = id("unconscious, no companion") as Hex;
    const { result: opened } = await emergency.open(doctor, { ...of, evidence }).send();
    const glass = { ...of, purpose: "BTG" } as const;
    await records.release(hospital, { ...glass, reader: accountOf(doctor) });
    expect(idsIn((await records.open(doctor, glass)).bundle)).to.deep.equal(["glucose", "pressure"]);
    await time.increaseTo(opened.until);
    await refusal(records.open(doctor, glass), records.NothingToOpenError);
    await emergency.review(officer, { ...opened, justified: true, evidence: id("the admission report") as Hex }).send();

    // December: the patient erases the test, ends everything, and still reads the rest.
    const hiv = chart.find(({ categories }) => categories.includes("restricted"))!;
    await records.eraseBySig(relayer, await records.signErase(patient, { records: [hiv.record] })).send();
    await consent.revokeAllBySig(relayer, await consent.signRevokeAll(patient)).send();
    expect(await consent.list(patient, of)).to.deep.equal([]);
    const readers = (await vault.listKeys(of)).map(({ reader }) => reader);
    expect(new Set(readers)).to.deep.equal(new Set([patient.account, hospital.account]));
    const own = await records.open(patient, { ...of, purpose: "PATRQT" });
    expect(idsIn(own.bundle)).to.deep.equal(["amoxicillin", "glucose", "pressure"]);
    expect(own.withheld).to.deep.equal([{ record: hiv.record, reason: "erased" }]);

    // What happened can be told from the chain alone, to anybody.
    const accesses = await records.log(relayer, of);
    expect(accesses.map(({ grantee, purpose }) => [grantee, purpose])).to.deep.equal([
      [clinic.account, "TREAT"],
      [clinic.account, "TREAT"],
      [doctor.account, "TREAT"],
      [doctor.account, "BTG"],
    ]);
    for (const access of accesses) expect(fhir.auditEventOf(access).resourceType).to.equal("AuditEvent");
    const inMarch = await consent.at(relayer, { ...of, time: march });
    expect(inMarch.map(({ grantee, policy }) => [grantee, policy])).to.deep.equal([[clinic.account, NOTICE]]);
    expect(await consent.at(relayer, { ...of, time: await time.latest() })).to.deep.equal([]);
    expect(await emergency.cases(relayer, of)).to.have.nested.property("[0].verdict", "justified");
    expect(await patient.provider.getBalance(of.patient)).to.equal(0n);
  });

  it("begins anew after everything was revoked", async () => {
    const all = await stage();
    const { hospital, patient, clinic, relayer } = all;
    await added(hospital, patient, bundleOf(GLUCOSE));
    await granted(all, clinic, 90);
    expect(await read(all, clinic)).to.deep.equal(["glucose"]);
    await consent.revokeAllBySig(relayer, await consent.signRevokeAll(patient)).send();
    await refusal(read(all, clinic), records.NothingToOpenError);
    await granted(all, clinic, 90);
    expect(await read(all, clinic)).to.deep.equal(["glucose"]);
  });
});
