import { expect } from "chai";
import fc from "fast-check";
import { PURPOSES, purposeWithDescendants, type Purpose } from "../../src/consent/purpose.js";
import type { Access } from "../../src/records/access.js";
import {
  accountingOf as unbounded,
  AccountingPeriodError,
  SeveralSubjectsError,
  type AccountingOptions,
} from "../../src/fhir/accounting.js";
import { access, CLINIC, GATEWAY, PATIENT } from "./accesses.js";

const TO = Date.UTC(2026, 5, 1) / 1000;
const at = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / 1000;
const accountingOf = (accesses: readonly Access[], options: AccountingOptions = {}) =>
  unbounded(accesses, { to: TO, ...options });
const rulesOf = (accesses: readonly Access[], options?: AccountingOptions) =>
  accountingOf(accesses, options).excluded.map(({ rule, count }) => `${rule} ${count}`);

describe("accountingOf", () => {
  it("says when, to whom, what and why", () => {
    const one = access({ categories: ["carePlans", "restricted"], logIndex: 3 });
    const names = { [CLINIC.toLowerCase()]: { name: "County Health Department", address: "1 Main Street" } };
    expect(accountingOf([one], { names })).to.deep.equal({
      patient: PATIENT,
      from: "2020-06-01T00:00:00Z",
      to: "2026-06-01T00:00:00Z",
      disclosures: [
        {
          date: "2026-03-01T12:00:00Z",
          recipient: { account: CLINIC, name: "County Health Department", address: "1 Main Street" },
          description: "care plans, specially protected data",
          categories: ["carePlans", "restricted"],
          purpose: "PUBHLTH",
          statement: "public health",
          count: 1,
          occurrences: [{ date: "2026-03-01T12:00:00Z", transaction: one.transaction, logIndex: 3 }],
        },
      ],
      excluded: [],
    });
  });

  it("takes names from a Map too, in any case", () => {
    const names = new Map([[CLINIC, { name: "County Health Department" }]]);
    const { disclosures } = accountingOf([access({ grantee: CLINIC.toLowerCase() as typeof CLINIC })], { names });
    expect(disclosures[0]!.recipient.name).to.equal("County Health Department");
  });

  it("summarises disclosures to one recipient for one purpose: first, number, last, and all that was disclosed", () => {
    const { disclosures } = accountingOf([
      access({ time: at(2025, 3, 1), categories: ["imaging"] }),
      access({ time: at(2025, 1, 1) }),
      access({ time: at(2025, 2, 1) }),
      access({ time: at(2025, 4, 1), purpose: "HRESCH" }),
      access({ time: at(2025, 5, 1), grantee: GATEWAY }),
    ]);
    expect(disclosures.map(({ count }) => count)).to.deep.equal([3, 1, 1]);
    expect(disclosures[0]).to.deep.include({
      date: "2025-01-01T00:00:00Z",
      last: "2025-03-01T00:00:00Z",
      categories: ["laboratory", "imaging"],
    });
    expect(disclosures[0]!.occurrences.map(({ date }) => date.slice(0, 7))).to.deep.equal([
      "2025-01",
      "2025-02",
      "2025-03",
    ]);
    expect(disclosures[1]).not.to.have.property("last");
  });

  it("counts one log entry once", () => {
    const one = access();
    expect(accountingOf([one, { ...one }]).disclosures[0]!.count).to.equal(1);
    expect(accountingOf([one, { ...one, chainId: 1n }]).disclosures[0]!.count).to.equal(2);
  });

  it("leaves treatment, payment and operations out, unless asked for", () => {
    for (const purpose of ["TREAT", "ETREAT", "COC", "HPAYMT", "ELIGVER", "HOPERAT", "METAMGT"] as const) {
      expect(rulesOf([access({ purpose })]), purpose).to.deep.equal(["164.528(a)(1)(i) 1"]);
    }
    const asked = accountingOf([access({ purpose: "TREAT" })], { includeTreatmentPaymentOperations: true });
    expect(asked.disclosures).to.have.length(1);
  });

  it("lists what HIPAA does not count as treatment, payment or operations, and emergencies", () => {
    const listed = PURPOSES.filter((purpose) => accountingOf([access({ purpose })]).disclosures.length === 1);
    const others: Purpose[] = ["HMARKT", "HRESCH", "PATRQT", "PUBHLTH"];
    expect(listed).to.have.members([
      ...others.flatMap(purposeWithDescendants),
      ...["BTG", "CLINTRL", "DONAT", "GOV", "HDECD", "HDIRECT", "HLEGAL", "MILCDM", "MILDCRG", "MLTRAINING"],
    ]);
  });

  it("leaves out what went to the patient, whatever the case of the address", () => {
    expect(rulesOf([access({ grantee: PATIENT.toLowerCase() as typeof PATIENT })])).to.deep.equal([
      "164.528(a)(1)(ii) 1",
    ]);
  });

  it("leaves out disclosures by the authorisations named", () => {
    const policy = `0x${"ab".repeat(32)}` as const;
    const authorizations = [`0x${"AB".repeat(32)}` as const];
    expect(rulesOf([access({ policy }), access()], { authorizations })).to.deep.equal(["164.528(a)(1)(iv) 1"]);
    expect(rulesOf([access({ policy })])).to.be.empty;
  });

  it("reaches six years back and not a second further", () => {
    const edge = at(2020, 6, 1);
    const { disclosures, excluded } = accountingOf([access({ time: edge }), access({ time: edge - 1 })]);
    expect(disclosures[0]!.count).to.equal(1);
    expect(excluded).to.deep.equal([
      { rule: "164.528(a)(1)", reason: "more than six years before the accounting", count: 1 },
    ]);
    expect(accountingOf([], { from: 0 }).from).to.equal("2020-06-01T00:00:00Z");
    expect(accountingOf([], { to: at(2024, 2, 29) }).from).to.equal("2018-02-28T00:00:00Z");
  });

  it("keeps to a shorter period, its end excluded", () => {
    const times = [at(2025, 1, 1) - 1, at(2025, 1, 1), at(2025, 2, 1) - 1, at(2025, 2, 1)];
    const options = { from: at(2025, 1, 1), to: at(2025, 2, 1) };
    const accesses = times.map((time) => access({ time }));
    expect(rulesOf(accesses, options)).to.deep.equal(["164.528(a)(3) 2"]);
    expect(accountingOf(accesses, options).disclosures[0]!.count).to.equal(2);
  });

  it("ends now by default", () => {
    const seconds = Date.parse(unbounded([]).to) / 1000;
    expect(seconds).to.be.closeTo(Math.round(Date.now() / 1000), 5);
  });

  it("loses no access: each is listed or excluded by a rule", () => {
    const any = fc
      .record({
        purpose: fc.constantFrom(...PURPOSES),
        time: fc.integer({ min: at(2018, 1, 1), max: at(2027, 1, 1) }),
        grantee: fc.constantFrom(CLINIC, GATEWAY, PATIENT),
      })
      .map(access);
    fc.assert(
      fc.property(fc.array(any), fc.boolean(), (accesses, includeTreatmentPaymentOperations) => {
        const { disclosures, excluded } = accountingOf(accesses, { includeTreatmentPaymentOperations });
        const count = [...disclosures, ...excluded].reduce((sum, { count }) => sum + count, 0);
        expect(count).to.equal(accesses.length);
        expect(
          accountingOf([...accesses].reverse(), { includeTreatmentPaymentOperations }).disclosures.length,
        ).to.equal(disclosures.length);
      }),
    );
  });

  it("refuses a period that is empty, turned round or no number", () => {
    for (const options of [{ from: TO }, { from: TO + 1 }, { from: NaN }, { to: NaN }]) {
      expect(() => accountingOf([], options)).to.throw(AccountingPeriodError);
    }
  });

  it("refuses accesses to several patients' data, or to another's than asked for", () => {
    expect(() => accountingOf([access(), access({ patient: CLINIC })])).to.throw(SeveralSubjectsError);
    expect(() => accountingOf([access()], { patient: CLINIC })).to.throw(SeveralSubjectsError);
  });

  it("accounts for nothing, under the patient's name if given", () => {
    expect(accountingOf([], { patient: PATIENT })).to.deep.include({ patient: PATIENT, disclosures: [] });
    expect(accountingOf([])).not.to.have.property("patient");
  });
});
