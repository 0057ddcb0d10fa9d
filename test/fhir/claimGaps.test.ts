import { expect } from "chai";
import { benefitOf, billedIn, claimOf, coded, CPT, item, read, refusedIn, rulesOf, usd } from "./claims.js";

const ICD = "http://hl7.org/fhir/sid/icd-10-cm";
const RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm";
const SNOMED = "http://snomed.info/sct";

describe("claimLines, prices from beside the line", () => {
  it("takes what the ExplanationOfBenefit says was submitted: its net, or the submitted amount", () => {
    const submitted = { category: { coding: [{ code: "submitted" }] }, amount: usd(30) };
    const paid = { category: { coding: [{ code: "benefit" }] }, amount: usd(7) };
    const benefit = benefitOf([item(1, { net: usd(20) }), item(2, { adjudication: [paid, submitted] })]);
    const claim = read(claimOf([item(1), item(2)]), [benefit]);
    expect(billedIn(claim)).to.deep.equal(["1 20.00", "2 30.00"]);
    expect(rulesOf(claim)).to.deep.equal(["price-from-eob"]);
  });

  it("takes nothing that was paid or allowed, nor of another service", () => {
    const paid = { category: { coding: [{ code: "benefit" }] }, amount: usd(7) };
    const benefit = benefitOf([
      item(1, { adjudication: [paid] }),
      item(2, { net: usd(5), productOrService: coded("1") }),
    ]);
    expect(refusedIn(read(claimOf([item(1), item(2)]), [benefit]))).to.deep.equal(["1 no-price", "2 no-price"]);
  });

  it("takes no price on which two disagree, that is negative or foreign", () => {
    const foreign = { value: 20, currency: "EUR" };
    const cases = [[usd(20), usd(21)], [usd(-20)], [foreign]].map((nets) =>
      nets.map((net) => benefitOf([item(1, { net })])),
    );
    for (const benefits of cases) {
      const claim = read(claimOf([item(1), item(2, { net: usd(1) })]), benefits);
      expect(refusedIn(claim)).to.deep.equal(["1 no-price"]);
    }
  });

  it("takes none that would go beyond the claim's total", () => {
    const benefit = benefitOf([item(1, { net: usd(20) })]);
    const asked = (total: number) =>
      read(claimOf([item(1), item(2, { net: usd(10) })], { total: usd(total) }), [benefit]);
    expect(billedIn(asked(30))).to.deep.equal(["1 20.00", "2 10.00"]);
    const beyond = asked(29.99);
    expect(billedIn(beyond)).to.deep.equal(["1 19.99", "2 10.00"]);
    expect(rulesOf(beyond)).to.deep.equal(["eob-price-ignored", "price-from-total"]);
  });

  it("takes none by numbers the claim itself repeats", () => {
    const benefit = benefitOf([item(1, { net: usd(20) })]);
    const claim = read(claimOf([item(1), item(1)]), [benefit]);
    expect(refusedIn(claim)).to.deep.equal(["1 no-price", "2 no-price"]);
  });

  it("gives the rest of the total to the only line without a price", () => {
    const claim = read(claimOf([item(1), item(2, { net: usd(140.52) })], { total: usd(265.52) }));
    expect(billedIn(claim)).to.deep.equal(["1 125.00", "2 140.52"]);
    expect(rulesOf(claim)).to.deep.equal(["price-from-total"]);
  });

  it("gives it to none of two, and nothing where nothing is left", () => {
    const two = read(claimOf([item(1), item(2)], { total: usd(10) }));
    expect(refusedIn(two)).to.deep.equal(["1 no-price", "2 no-price"]);
    for (const total of [10, 9]) {
      const none = read(claimOf([item(1), item(2, { net: usd(10) })], { total: usd(total) }));
      expect(refusedIn(none)).to.deep.equal(["1 no-price"]);
    }
  });

  it("gives no price to a line without a code, which still counts as one", () => {
    const uncoded = item(1, { productOrService: {} });
    const benefit = benefitOf([item(1, { net: usd(4) })]);
    expect(read(claimOf([uncoded], { total: usd(10) }), [benefit]).unbillable[0]).not.to.have.property("amount");
    expect(read(claimOf([uncoded, item(2)], { total: usd(10) })).lines).to.deep.equal([]);
  });

  it("gives it to none where another line's price is in doubt", () => {
    const others = [
      { net: usd(-4) },
      { net: { value: 4, currency: "EUR" } },
      { quantity: { value: 0 }, unitPrice: usd(4) },
    ];
    for (const other of others) {
      const claim = read(claimOf([item(1), item(2, other)], { total: usd(10) }));
      expect(refusedIn(claim)[0]).to.equal("1 no-price");
      expect(claim.lines).to.deep.equal([]);
    }
  });
});

describe("claimLines, codes", () => {
  const condition = { resourceType: "Condition", id: "d", code: coded("38341003", SNOMED) };
  const diagnosis = [{ sequence: 1, diagnosisReference: { reference: "Condition/d" } }];

  it("takes the first coding with system and code", () => {
    const productOrService = { coding: [{ code: "1200" }, { system: CPT, code: "2" }, { system: CPT, code: "3" }] };
    const [line] = read(claimOf([item(1, { net: usd(1), productOrService })])).lines;
    expect(line).to.include({ system: CPT, code: "2" });
  });

  it("bills no diagnosis, however it is given and whether it has a price or not, nor counts it among those without", () => {
    const asDiagnosis = { productOrService: coded("38341003", SNOMED) };
    const claim = read(claimOf([item(1), item(2, asDiagnosis)], { total: usd(9), diagnosis }), [condition]);
    expect(billedIn(claim)).to.deep.equal(["1 9.00"]);
    expect(refusedIn(claim)).to.deep.equal(["2 diagnosis"]);
    const inline = [{ sequence: 1, diagnosisCodeableConcept: condition.code }];
    const priced = read(claimOf([item(1, { ...asDiagnosis, net: usd(9) })], { diagnosis: inline }));
    expect(refusedIn(priced)).to.deep.equal(["1 diagnosis"]);
    expect(refusedIn(read(claimOf([item(1, { productOrService: coded("I10", ICD) })])))).to.deep.equal(["1 diagnosis"]);
    expect(JSON.stringify([claim, priced])).not.to.contain("38341003");
  });

  const visit = { resourceType: "Encounter", id: "e", type: [coded("185349003", SNOMED)] };
  const asVisit = { productOrService: coded("185349003", SNOMED), encounter: [{ reference: "Encounter/e" }] };
  const request = { resourceType: "MedicationRequest", id: "m", medicationCodeableConcept: coded("316049", RXNORM) };
  const rx = { prescription: { reference: "MedicationRequest/m" }, total: usd(255) };

  it("bills a prescription's medicine where the only line just names the visit, or nothing", () => {
    for (const given of [asVisit, { productOrService: { text: "as prescribed" } }]) {
      const claim = read(claimOf([item(1, given)], rx), [visit, request]);
      expect(claim.lines[0]).to.include({ system: RXNORM, code: "316049", billed: "255.00" });
      expect(rulesOf(claim)).to.include("code-from-prescription");
    }
  });

  it("finds the medicine in a Medication too", () => {
    const medication = { resourceType: "Medication", id: "x", code: coded("316049", RXNORM) };
    const referring = {
      resourceType: "MedicationRequest",
      id: "m",
      medicationReference: { reference: "#x" },
      contained: [medication],
    };
    expect(read(claimOf([item(1, asVisit)], rx), [visit, referring]).lines[0]).to.include({ code: "316049" });
  });

  it("bills nothing where visit and medicine can't be told apart", () => {
    for (const beside of [[visit], [request], []]) {
      expect(refusedIn(read(claimOf([item(1, asVisit)], rx), beside))).to.deep.equal(["1 no-medicine"]);
    }
  });

  it("leaves lines that have a price of their own, or name another service, or are several", () => {
    const codes = (items: object[]) => read(claimOf(items, rx), [visit, request]).lines.map(({ code }) => code);
    expect(codes([item(1, { ...asVisit, net: usd(255) })])).to.deep.equal(["185349003"]);
    expect(codes([item(1, { ...asVisit, productOrService: coded("7") })])).to.deep.equal(["7"]);
    expect(codes([item(1)])).to.deep.equal(["99213"]);
    expect(codes([item(1, asVisit), item(2, { net: usd(5) })])).to.deep.equal(["185349003", "99213"]);
  });
});

describe("claimLines, days", () => {
  const undated = item(1, { net: usd(1), servicedDate: undefined, encounter: [{ reference: "Encounter/e" }] });
  const billablePeriod = { start: "2026-03-02T08:00:00-05:00", end: "2026-03-04" };
  const visit = { resourceType: "Encounter", id: "e", period: { start: "2026-03-03T23:30:00-05:00" } };
  const serviced = (servicedDate: string) => benefitOf([item(1, { servicedDate })]);
  const dayOf = (more: object, beside: object[] = []) => {
    const claim = read(claimOf([undated], more), beside);
    return [claim.lines[0]?.day, ...rulesOf(claim)];
  };

  it("takes the calendar day as written, the first of several", () => {
    const servicedPeriod = { start: "2026-03-02T23:30:00-05:00", end: "2026-03-05" };
    const claim = read(claimOf([{ ...undated, servicedPeriod }]));
    expect(claim.lines[0]!.day).to.equal("2026-03-02");
    expect(rulesOf(claim)).to.deep.equal(["first-day"]);
  });

  it("takes the ExplanationOfBenefit's, within the billable period", () => {
    expect(dayOf({ billablePeriod }, [visit, serviced("2026-03-04")])).to.deep.equal(["2026-03-04", "date-from-eob"]);
    expect(dayOf({}, [serviced("2026-05-04")])).to.deep.equal(["2026-05-04", "date-from-eob"]);
  });

  it("ignores the ExplanationOfBenefit's outside the period, and where two disagree", () => {
    const rules = ["eob-date-ignored", "date-from-encounter"];
    for (const day of ["2026-03-01", "2026-03-05"]) {
      expect(dayOf({ billablePeriod }, [visit, serviced(day)])).to.deep.equal(["2026-03-03", ...rules]);
    }
    const two = [visit, serviced("2026-03-02"), serviced("2026-03-04")];
    expect(dayOf({ billablePeriod }, two)).to.deep.equal(["2026-03-03", ...rules]);
  });

  it("takes the encounter's, else the billable period's, else the day of creation", () => {
    expect(dayOf({ billablePeriod }, [visit])).to.deep.equal(["2026-03-03", "date-from-encounter"]);
    expect(dayOf({ billablePeriod })).to.deep.equal(["2026-03-02", "date-from-billable-period"]);
    expect(dayOf({})).to.deep.equal(["2026-03-09", "date-from-created"]);
  });

  it("takes no month for a day, nor a day there is not", () => {
    for (const created of ["2026-03", "2026-02-30", undefined]) {
      expect(refusedIn(read(claimOf([undated], { created })))).to.deep.equal(["1 no-date"]);
    }
  });
});
