import { expect } from "chai";
import fc from "fast-check";

import {
  NotPlanJsonError,
  PlanFileError,
  planFileTemplate,
  readPlanFile,
  type PlanFile,
} from "../../src/insurance/planFile.js";
import type { FormProblem } from "../../src/form/form.js";

const DAY = 86_400n;
const [ONE, TWO, THREE, FOUR] = ["1", "2", "3", "4"].map((digit) => `0x${digit.repeat(40)}`) as [
  string,
  string,
  string,
  string,
];
// An address whose checksum EIP-55 gives, and the same with a wrong one.
const CHECKED = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
const UNCHECKED = "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

/** The template, with the value at a JSON pointer replaced, or taken out when undefined. */
function changed(...changes: [path: string, value: unknown][]): PlanFile {
  const file = planFileTemplate();
  for (const [path, value] of changes) {
    const names = path.split("/").slice(1);
    const last = names.pop()!;
    const parent = names.reduce((each, name) => each[name], file as any);
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return file;
}

function problemsIn(file: unknown): readonly FormProblem[] {
  try {
    readPlanFile(file);
  } catch (error) {
    expect(error).to.be.instanceOf(PlanFileError);
    return (error as PlanFileError).problems;
  }
  return [];
}

/** That these places, and no other, are wrong, each with a problem that says this. */
function expectProblems(file: unknown, expected: Record<string, string | RegExp>): void {
  const problems = problemsIn(file);
  expect(problems.map(({ path }) => path).sort()).to.deep.equal(Object.keys(expected).sort());
  for (const { path, problem } of problems) expect(problem, path).to.match(new RegExp(expected[path]!));
}

describe("planFileTemplate", () => {
  it("is a plan file", () => {
    expect(problemsIn(planFileTemplate())).to.deep.equal([]);
  });

  it("is another object each time", () => {
    planFileTemplate().benefits.pop();
    expect(planFileTemplate().benefits).to.have.length(3);
  });
});

describe("readPlanFile", () => {
  it("reads terms in token units and seconds, addresses checksummed", () => {
    const draft = readPlanFile(changed(["/network", [CHECKED.toLowerCase(), FOUR]], ["/annualLimit", "50000.005"]));
    expect(draft).to.deep.include({ name: "Example Silver 2027", currency: "USD", decimals: 6 });
    expect(draft.network).to.deep.equal([CHECKED, FOUR]);
    expect(draft.terms).to.deep.equal({
      token: ONE,
      deductible: 500_000_000n,
      outOfPocketMax: 4_000_000_000n,
      annualLimit: 50_000_005_000n,
      autoApproveClaim: 500_000_000n,
      autoApproveYear: 2_500_000_000n,
      responseWindow: 15n * DAY,
      appealWindow: 180n * DAY,
      rulingWindow: 45n * DAY,
      arbitrator: TWO,
      fallbackArbitrator: THREE,
      rulingFee: 150_000_000n,
      collateral: 250_000_000n,
    });
  });

  it("reads services with what is paid for them, and those that are not covered", () => {
    const { services } = readPlanFile(
      changed(["/benefits/1/coinsurance", "12.5%"], ["/benefits/1/display", undefined], ["/decimals", 2]),
    );
    const [visit, device, excluded] = services;
    expect(visit).to.deep.equal({
      system: "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
      code: "G0463",
      display: "Visit to a hospital's outpatient clinic",
      benefit: {
        allowed: 12_000n,
        copay: 2_500n,
        coinsuranceBps: 0n,
        cover: 1n,
        deductibleApplies: false,
        needsPreauthorization: false,
      },
    });
    expect(device).not.to.have.property("display");
    expect(device!.benefit).to.include({
      coinsuranceBps: 1_250n,
      deductibleApplies: true,
      needsPreauthorization: true,
    });
    expect(excluded!.benefit).to.deep.equal({
      allowed: 0n,
      copay: 0n,
      coinsuranceBps: 0n,
      cover: 2n,
      deductibleApplies: false,
      needsPreauthorization: false,
    });
  });

  it("takes no annual limit for zero, as the contract does", () => {
    expect(readPlanFile(planFileTemplate()).terms.annualLimit).to.equal(0n);
  });

  it("reads text as it reads what it stands for, with a byte order mark or without", () => {
    const text = JSON.stringify(planFileTemplate());
    expect(readPlanFile(text)).to.deep.equal(readPlanFile(planFileTemplate()));
    expect(readPlanFile(`\uFEFF${text}`)).to.deep.equal(readPlanFile(planFileTemplate()));
  });

  it("reads every percentage with two decimals as that many basis points", () => {
    fc.assert(
      fc.property(fc.nat(10_000), (bps) => {
        const percentage = `${(bps / 100).toFixed(2)}%`;
        const draft = readPlanFile(changed(["/benefits/0/coinsurance", percentage]));
        expect(draft.services[0]!.benefit.coinsuranceBps).to.equal(BigInt(bps));
      }),
      { numRuns: 50 },
    );
  });

  it("refuses text that is no JSON", () => {
    for (const text of ["", "{", "name: Silver"]) expect(() => readPlanFile(text), text).to.throw(NotPlanJsonError);
  });

  it("refuses what is no object", () => {
    for (const file of [null, 5, [], "[]", '"plan"']) expectProblems(file, { "": "^must be a plan: an object$" });
  });

  it("names everything that is missing, and what to write there", () => {
    expectProblems(
      changed(["/deductible", undefined], ["/autoApprove/year", undefined], ["/benefits/0/copay", undefined]),
      {
        "/deductible": '^is missing: write an amount as text, such as "125.00"$',
        "/autoApprove/year": "^is missing: write an amount",
        "/benefits/0/copay": "^is missing: write an amount",
      },
    );
    const all = Object.keys(planFileTemplate()).map((name) => [`/${name}`, "^is missing: write "] as const);
    expectProblems({}, Object.fromEntries(all));
  });

  it("refuses what is no part of a plan, above all its secret, without quoting it", () => {
    const file = { ...changed(["/benefits/0/copays", "1"]), secret: "0xabcdef" };
    expectProblems(file, {
      "/secret": "does not belong there: remove it",
      "/benefits/0/copays": "one of system, code",
    });
    expect(() => readPlanFile(file)).to.throw(PlanFileError, /^(?!.*abcdef)/);
  });

  for (const [path, values, said] of [
    ["/name", ["", " Silver", "Silver ", "x".repeat(33), "Größe", 7], "1 to 32 printable ASCII"],
    ["/token", ["0x12", "vitalik.eth", ONE.slice(2), 7], "an address"],
    ["/currency", ["usd", "US$", "", 840], "ISO 4217"],
    ["/decimals", ["6", -1, 1.5, 256], "decimals: a whole number"],
    ["/deductible", [500, "-1", "1,000.00", "1e3", "", ".5", "none"], "an amount as text"],
    ["/annualLimit", [0, "-1", "None", ""], '"none", or an amount'],
    ["/windows/response", [0, 46, 1.5, "15"], "from 1 to 45"],
    ["/windows/appeal", [29, 366], "from 30 to 365"],
    ["/windows/ruling", [2, 61], "from 3 to 60"],
    ["/arbitrators/fallback", ["", null], "an address"],
    ["/network", [FOUR, null], "a list of the providers"],
    ["/network/0", ["clinic"], "an address"],
    ["/benefits", [[], {}], "at least one service"],
    ["/benefits/0", [null, "G0463"], "a service and what"],
    ["/benefits/0/system", ["", "http://a b", "\ud800"], "the code system's URI"],
    ["/benefits/0/code", ["", " G0463", "G  1", 1], "the service's code"],
    ["/benefits/0/display", [5], "the service in words"],
    ["/benefits/0/allowed", [120, "-1"], "an amount as text"],
    ["/benefits/0/deductibleApplies", ["yes", 1], "true or false"],
    [
      "/benefits/0/coinsurance",
      ["20", "100.01%", "101%", "1000%", "20.555%", "-1%", "05%", 20, "%"],
      'from "0%" to "100%", with at most two decimals',
    ],
  ] as const) {
    it(`says what ${path} must be`, () => {
      for (const value of values) expectProblems(changed([path, value]), { [path]: `^must be .*${said}` });
    });
  }

  it("takes windows at both of their bounds", () => {
    for (const windows of [
      { response: 1, appeal: 30, ruling: 3 },
      { response: 45, appeal: 365, ruling: 60 },
    ]) {
      expect(problemsIn(changed(["/windows", windows]))).to.deep.equal([]);
    }
  });

  it("refuses amounts for what is not covered, and wants to know whether it is", () => {
    expectProblems(changed(["/benefits/2/allowed", "10.00"], ["/benefits/2/deductibleApplies", false]), {
      "/benefits/2/allowed": "^must be left out",
      "/benefits/2/deductibleApplies": "^must be left out",
    });
    expectProblems(changed(["/benefits/0/covered", undefined]), {
      "/benefits/0/covered": "^is missing: write true or false",
    });
    expectProblems(changed(["/benefits/0/covered", "yes"]), { "/benefits/0/covered": "^must be true or false" });
  });

  it("refuses a deductible above the out-of-pocket maximum, but not the same", () => {
    expectProblems(changed(["/deductible", "4000.000001"]), { "/deductible": "^is above /outOfPocketMax" });
    expect(problemsIn(changed(["/deductible", "4000.00"]))).to.deep.equal([]);
  });

  it("refuses to pay one claim at once beyond what a year's are", () => {
    expectProblems(changed(["/autoApprove/claim", "2500.01"]), { "/autoApprove/claim": "^is above /autoApprove/year" });
    expect(problemsIn(changed(["/autoApprove/claim", "2500.00"]))).to.deep.equal([]);
  });

  it("refuses amounts that their field cannot hold", () => {
    const tooMuch = "79228162514264337593544";
    const paths = ["/outOfPocketMax", "/annualLimit", "/autoApprove/year", "/rulingFee", "/collateral"];
    const all = [...paths, "/benefits/1/allowed", "/benefits/1/copay"];
    const file = changed(...all.map((path) => [path, tooMuch] as [string, unknown]));
    expectProblems(file, Object.fromEntries(all.map((path) => [path, "^is more than the contracts hold"])));
    expectProblems(changed(["/deductible", tooMuch]), { "/deductible": "^is more" });
    expectProblems(changed(["/autoApprove/claim", tooMuch]), { "/autoApprove/claim": "^is more" });
  });

  it("refuses an annual limit of zero, which the contract would take for none", () => {
    for (const limit of ["0", "0.00", "0.0000001"])
      expectProblems(changed(["/annualLimit", limit]), { "/annualLimit": '"none"' });
  });

  it("refuses the same arbitrator twice, however written", () => {
    const file = changed(["/arbitrators", { primary: CHECKED, fallback: CHECKED.toLowerCase() }]);
    expectProblems(file, { "/arbitrators/fallback": "^is the same as /arbitrators/primary" });
  });

  it("refuses the same provider twice, however written", () => {
    const file = changed(["/network", [CHECKED, FOUR, CHECKED.toLowerCase()]]);
    expectProblems(file, { "/network/2": "^is the same as /network/0" });
  });

  it("refuses addresses with a wrong checksum", () => {
    const file = changed(["/token", UNCHECKED], ["/arbitrators/primary", UNCHECKED], ["/network/0", UNCHECKED]);
    const said = "^has a wrong checksum";
    expectProblems(file, { "/token": said, "/arbitrators/primary": said, "/network/0": said });
  });

  it("refuses the same service twice, but takes a code of two systems", () => {
    const [visit] = planFileTemplate().benefits;
    expectProblems(changed(["/benefits/3", visit]), { "/benefits/3": "^is the same service as /benefits/0" });
    expect(problemsIn(changed(["/benefits/3", { ...visit, system: "urn:other" }]))).to.deep.equal([]);
  });

  it("says all at once, whatever stands in the way of other rules", () => {
    const [visit] = planFileTemplate().benefits;
    const file = changed(
      ["/windows", 5],
      ["/rulingFee", 150],
      ["/deductible", "5000.00"],
      ["/benefits/1", null],
      ["/benefits/3", visit],
    );
    expectProblems(file, {
      "/windows": "^must be an object",
      "/rulingFee": "^must be an amount",
      "/deductible": "^is above",
      "/benefits/1": "^must be a service",
      "/benefits/3": "^is the same service",
    });
  });

  it("lists up to 20 problems in its message, and all beside it", () => {
    const file = changed(["/network", Array(30).fill("clinic")]);
    expect(() => readPlanFile(file)).to.throw(PlanFileError, /\/network\/19 must.*; and 10 more\.$/);
    expect(problemsIn(file)).to.have.length(30);
  });

  it("never fails in another way, whatever it is given", () => {
    const values = fc.oneof(fc.jsonValue(), fc.constantFrom("125.00", "none", ONE, 6, { covered: true }));
    const paths = fc.constantFrom(
      ...Object.keys(planFileTemplate()).map((name) => `/${name}`),
      "/benefits/0",
      "/network/0",
    );
    fc.assert(
      fc.property(paths, values, (path, value) => {
        problemsIn(changed([path, value]));
      }),
    );
  });
});
