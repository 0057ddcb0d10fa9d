import { expect } from "chai";

import { CriteriaError, criteriaProblems, fhirPathOf, requireCriteria } from "../../src/research/criteria.js";
import { expressionProblem, MAX_EXPRESSION } from "../../src/research/expression.js";
import { HYPERTENSION } from "./studies.js";

/** That these places, and no other, are wrong, each with a problem that says this. */
function expectProblems(criteria: unknown, expected: Record<string, string | RegExp>): void {
  const problems = criteriaProblems(criteria);
  expect(problems.map(({ path }) => path).sort(), JSON.stringify(criteria)).to.deep.equal(Object.keys(expected).sort());
  for (const { path, problem } of problems) expect(problem, path).to.match(new RegExp(expected[path]!));
}

const laboratory = { loinc: "2093-3", comparator: ">=", value: "5.2", unit: "mmol/L" };

describe("criteriaProblems", () => {
  it("finds nothing wrong with one of each kind, nor with none", () => {
    expectProblems([], {});
    expectProblems(
      [
        { text: "Adults", age: { min: 18 } },
        { text: "Not old", age: { max: 65 }, exclude: false },
        { text: "Women", sex: "female" },
        { text: "Hypertension", condition: { codes: [HYPERTENSION], ever: true } },
        { text: "Cholesterol", exclude: true, laboratory: { ...laboratory, withinDays: 90 } },
        { text: "Base excess", laboratory: { ...laboratory, value: "-2.5" } },
        { text: "No pacemaker", fhirPath: "Device.type.coding.where(code = '14106009').empty()" },
      ],
      {},
    );
  });

  it("refuses what is no list of criteria", () => {
    expectProblems("Adults", { "": "^must be a list of at most 50 criteria$" });
    expectProblems(Array(51).fill({ text: "Adults", age: { min: 18 } }), { "": "at most 50" });
    expectProblems(["Adults", null], { "/0": "^must be a criterion", "/1": "^must be a criterion" });
  });

  it("refuses a criterion about nothing, or about two things", () => {
    const about = "^must be about exactly one of age, sex";
    expectProblems([{ text: "Anybody" }], { "/0": about });
    expectProblems([{ text: "Women", sex: "female", age: { min: 18 } }], { "/0": about });
  });

  it("refuses a criterion without words, or with too many", () => {
    expectProblems([{ age: { min: 18 } }], { "/0/text": "^is missing: write what it asks for in words" });
    expectProblems([{ text: " ", age: { min: 18 } }], { "/0/text": "in words" });
    expectProblems([{ text: "a".repeat(301), age: { min: 18 } }], { "/0/text": "at most 300" });
  });

  it("names every wrong member of each kind", () => {
    const of = (kind: object) => [{ text: "It", ...kind }];
    expectProblems(of({ age: {} }), { "/0/age": "min, max or both" });
    expectProblems(of({ age: { min: 1.5, max: 151 } }), { "/0/age/min": "whole number", "/0/age/max": "0 to 150" });
    expectProblems(of({ age: { min: 66, max: 65 } }), { "/0/age/min": "is above max" });
    expectProblems(of({ sex: "unknown" }), { "/0/sex": '"female", "male" or "other"' });
    expectProblems(of({ condition: { codes: [] } }), { "/0/condition/codes": "1 to 100 codes" });
    expectProblems(of({ condition: { codes: [{ code: "1", system: "a b" }] } }), {
      "/0/condition/codes/0/system": "URI",
    });
    expectProblems(of({ laboratory: { ...laboratory, loinc: "2093" } }), { "/0/laboratory/loinc": "LOINC" });
    expectProblems(of({ laboratory: { ...laboratory, comparator: "=" } }), { "/0/laboratory/comparator": ">=" });
    expectProblems(of({ laboratory: { ...laboratory, value: 5.2 } }), { "/0/laboratory/value": "decimal as text" });
    expectProblems(of({ laboratory: { ...laboratory, withinDays: 0 } }), { "/0/laboratory/withinDays": "1 to" });
    expectProblems(of({ exclude: "no", age: { min: 18 } }), { "/0/exclude": "true or false" });
    expectProblems(of({ excluded: true, age: { min: 18 } }), { "/0/excluded": "^does not belong there" });
  });

  it("refuses a unit that UCUM does not know", () => {
    const unit = (unit: string) => [{ text: "It", laboratory: { ...laboratory, unit } }];
    for (const good of ["mg/dL", "10*3/uL", "%", "{score}", "mL/min/{1.73_m2}"]) expectProblems(unit(good), {});
    for (const bad of ["mgs/dl", "mmol/litre", "'or(true)"]) {
      expectProblems(unit(bad), { "/0/laboratory/unit": "^is no unit of UCUM" });
    }
    for (const bad of ["", "mmol per litre"]) expectProblems(unit(bad), { "/0/laboratory/unit": "^must be a unit" });
  });

  it("says which expression is wrong", () => {
    const problems = criteriaProblems([
      { text: "Fine", fhirPath: "Condition.exists()" },
      { text: "Open", fhirPath: "Condition.where(" },
    ]);
    expect(problems).to.deep.equal([{ path: "/1/fhirPath", problem: "is no FHIRPath: correct it at character 16" }]);
  });
});

describe("requireCriteria", () => {
  it("returns criteria, and throws all that is wrong", () => {
    const criteria = [{ text: "Adults", age: { min: 18 } }];
    expect(requireCriteria(criteria)).to.equal(criteria);
    expect(() => requireCriteria([{ text: "Open", fhirPath: "(" }])).to.throw(CriteriaError, "/0/fhirPath is no");
  });
});

describe("expressionProblem", () => {
  it("allows navigation, filters, comparison, dates and quantities", () => {
    for (const expression of [
      "Patient.deceased.exists().not()",
      "Observation.where(status = 'final').value.ofType(Quantity).first() > 5 'mmol/L'",
      "Condition.onset.ofType(dateTime).first().dateOf() > today() - 2 years",
      "iif(Patient.birthDate.exists(), Patient.birthDate < @2000-01-01, {})",
      "AllergyIntolerance.code.coding.exists($this.code in ('1' | '2') and $index < 3)",
    ]) {
      expect(expressionProblem(expression), expression).to.equal(undefined);
    }
  });

  it("refuses what leaves the resources, recurses, multiplies, matches or tells another time", () => {
    for (const name of [
      "resolve() trace('a') memberOf('http://a') weight() ordinal() conformsTo('a') subsumes('a')",
      "repeat(a) descendants() children() select(a) combine(a) union(a) aggregate(a) defineVariable('a') join(',')",
      "matches('(a+)+$') matchesFull('a') replaceMatches('a','b') replace('a','b') split(',') toChars() encode('hex')",
      "now() timeOfDay() power(9) exp() sort() intersect(a) exclude(a) subsetOf(a) coalesce(a) nosuch()",
    ].flatMap((names) => names.split(" "))) {
      const [bare] = name.split("(");
      expect(expressionProblem(`Condition.where(code.${name}.exists())`), name).to.match(
        new RegExp(`^uses ${bare}\\(\\), which is not allowed: use abs, `),
      );
    }
    expect(expressionProblem("Condition.`resolve`()"), "in backticks").not.to.equal(undefined);
  });

  it("refuses variables, which would lead back to the root, and made-up resources", () => {
    for (const variable of [
      "%context",
      "%resource",
      "%rootResource",
      "%factory",
      "%terminologies",
      "%`vs-a`",
      "%ucum",
    ]) {
      expect(expressionProblem(`Condition.where(${variable}.exists())`), variable).to.match(/^uses a variable/);
    }
    expect(expressionProblem("Quantity { value: 1 }.exists()")).to.match(/^uses an instance selector/);
    expect(expressionProblem("$total = 1")).to.match(/^uses \$total/);
  });

  it("refuses what is no FHIRPath, too long or nested past any use, in good time", () => {
    for (const bad of ["", " ", "1 +", "a b", "Condition.where(", "a; b", "-".repeat(MAX_EXPRESSION)]) {
      expect(expressionProblem(bad), bad.slice(0, 20)).to.match(/^is no FHIRPath: correct it/);
    }
    expect(expressionProblem(`'${"a".repeat(MAX_EXPRESSION - 1)}'`)).to.match(/^has more than 1000 characters/);
    expect(expressionProblem(`'${"a".repeat(MAX_EXPRESSION - 2)}'`)).to.equal(undefined);
  });
});

describe("fhirPathOf", () => {
  it("quotes codes and units, so that none ends its literal", () => {
    const codes = [{ system: "http://a", code: "x' or true or '\\" }];
    const { expression } = fhirPathOf({ condition: { codes } });
    expect(expression).to.contain("code = 'x\\' or true or \\'\\\\')");
    expect(expressionProblem(expression)).to.equal(undefined);
  });

  it("compares no result that is itself a bound, whatever engine evaluates it", () => {
    const { expression } = fhirPathOf({ laboratory: { loinc: "2093-3", comparator: "<", value: "5", unit: "mmol/L" } });
    expect(expression).to.contain("ofType(Quantity).where(comparator.empty() and system = 'http://unitsofmeasure.org'");
  });

  it("writes what its own rules allow", () => {
    for (const kind of [
      { age: { min: 18, max: 75 } },
      { sex: "male" as const },
      { condition: { codes: [HYPERTENSION] } },
      { condition: { codes: [HYPERTENSION], ever: true } },
      { laboratory: { loinc: "2093-3", comparator: "<" as const, value: "-5.2", unit: "mmol/L", withinDays: 30 } },
    ]) {
      const { expression, evidence } = fhirPathOf(kind);
      expect(expressionProblem(expression), expression).to.equal(undefined);
      expect(expressionProblem(evidence!), evidence).to.equal(undefined);
    }
  });
});
