import { mkdir, stat } from "node:fs/promises";

import { expect } from "chai";

import type { Hex } from "../../../src/crypto/bytes.js";
import { planFileTemplate, readPlanFile, type PlanFile } from "../../../src/insurance/planFile.js";
import { planId, planOf } from "../../../src/insurance/plan.js";
import { usd } from "../../insurance/escrow.js";
import { CODES, PLAN, SECRET } from "../../insurance/people.js";
import { ADDRESSES, errorIn, insuring, jsonIn, signer } from "../commandLine.js";

const { insurer, patient, stranger } = ADDRESSES;

type Insuring = Awaited<ReturnType<typeof insuring>>;

/** The file of the fixture's plan, under another name. */
function planFile({ people: { house } }: Insuring, changes: Partial<PlanFile> = {}): PlanFile {
  return {
    ...PLAN,
    name: "Gold 2026",
    token: house.token.target as string,
    arbitrators: { primary: house.arbitrator.address, fallback: house.fallback.address },
    network: [house.hospital.address],
    ...changes,
  };
}

/** A FHIR Claim of one visit, and what else it has. */
function claimOf(id: string, changes: object = {}): object {
  return {
    resourceType: "Claim",
    ...{ id, status: "active", use: "claim", created: "2026-03-02" },
    patient: { reference: "Patient/1" },
    provider: { reference: "Organization/1" },
    item: [
      {
        sequence: 1,
        productOrService: { coding: [{ system: CODES, code: "visit" }] },
        servicedDate: "2026-03-01",
        net: { value: 150, currency: "USD" },
      },
    ],
    ...changes,
  };
}

describe("plan", () => {
  let cli: Insuring;

  beforeEach(async () => {
    cli = await insuring();
  });

  const secretFile = (): Promise<string> => cli.write("silver.secret.json", { secret: SECRET });

  describe("template", () => {
    it("prints a plan file", async () => {
      const { out } = await cli.done("plan template");
      expect(JSON.parse(out)).to.deep.equal(planFileTemplate());
    });
  });

  describe("create", () => {
    beforeEach(async () => {
      await cli.write("gold.json", planFile(cli));
    });

    it("drafts what the file says, with a new secret only its owner may read", async () => {
      const told = jsonIn<object>(await cli.done("plan create gold.json --secret new --json", signer("insurer")));
      const id = planId({ insurer, name: "Gold 2026" });
      expect(told).to.include({ plan: id, name: "Gold 2026", insurer, services: 4, secretFile: "gold.secret.json" });
      expect((await stat(cli.path("gold.secret.json"))).mode & 0o777).to.equal(0o600);
      const { secret } = await cli.readJson<{ secret: Hex }>("gold.secret.json");
      const { services } = readPlanFile(planFile(cli));
      const plan = await planOf(cli.people.stranger, id, { secret, services });
      expect(plan).to.deep.include({ published: false, terms: readPlanFile(planFile(cli)).terms });
      expect(plan!.services.map(({ benefit }) => benefit)).to.deep.equal(services.map(({ benefit }) => benefit));
    });

    it("never prints the secret", async () => {
      const { out, err } = await cli.done("plan create gold.json --secret new", signer("insurer"));
      const { secret } = await cli.readJson<{ secret: Hex }>("gold.secret.json");
      expect(out + err)
        .to.contain("gold.secret.json")
        .and.not.to.contain(secret.slice(2));
    });

    it("changes a draft with the secret it has, and makes no second one over it", async () => {
      await cli.done("plan create gold.json --secret new", signer("insurer"));
      await cli.write("gold.json", planFile(cli, { deductible: "250.00" }));
      const again = await cli.run("plan create gold.json --secret new --json", signer("insurer"));
      expect({ code: again.code, error: errorIn(again).error }).to.deep.equal({ code: 4, error: "FileExistsError" });
      await cli.done("plan create gold.json --secret gold.secret.json", signer("insurer"));
      const plan = await planOf(cli.people.stranger, planId({ insurer, name: "Gold 2026" }));
      expect(plan!.terms.deductible).to.equal(usd(250));
    });

    it("is done by the insurer's staff with --as, and not without", async () => {
      const refused = await cli.run("plan create gold.json --secret new --json", signer("adjuster"));
      expect({ code: refused.code, error: errorIn(refused).error }).to.deep.equal({
        code: 1,
        error: "PlanUnauthorized",
      });
      expect(await stat(cli.path("gold.secret.json")).catch(() => "none")).to.equal("none");
      await cli.done(`plan create gold.json --secret new --as ${insurer}`, signer("adjuster"));
    });

    it("sends and stores nothing with --dry-run", async () => {
      const line = "plan create gold.json --secret new --dry-run --json";
      const { calls } = jsonIn<{ calls: object[] }>(await cli.done(line, signer("insurer")));
      expect(calls).to.have.length(1);
      expect(calls[0]).to.include({ step: "Draft 1 of 1", to: cli.contracts.plans.target });
      expect(await planOf(cli.people.stranger, planId({ insurer, name: "Gold 2026" }))).to.equal(undefined);
      expect(await stat(cli.path("gold.secret.json")).catch(() => "none")).to.equal("none");
    });
  });

  describe("publish", () => {
    it("freezes a draft", async () => {
      await cli.write("gold.json", planFile(cli));
      await cli.done("plan create gold.json --secret new", signer("insurer"));
      const id = planId({ insurer, name: "Gold 2026" });
      expect((await cli.done(`plan publish ${id}`, signer("insurer"))).out).to.contain("Published Gold 2026");
      expect((await planOf(cli.people.stranger, id))!.published).to.equal(true);
      const again = await cli.run(`plan publish ${id} --json`, signer("insurer"));
      expect({ code: again.code, error: errorIn(again).error }).to.deep.equal({ code: 1, error: "PlanFrozen" });
    });
  });

  describe("fund", () => {
    it("approves exactly the amount and deposits it, and says both", async () => {
      const { plan, house } = cli.people;
      const { out } = await cli.done(`plan fund ${plan} --amount 1234.5`, signer("employer"));
      expect(out).to.contain("Approved the escrow for exactly 1,234.50").and.to.contain("Approval: transaction");
      expect(out).to.contain("Deposit: transaction");
      expect((await house.escrow.reserveOf(plan)).free).to.equal(usd(21_234.5));
      expect(await house.token.allowance(ADDRESSES.employer, house.escrow)).to.equal(0n);
    });

    it("approves nothing for a deposit that would be refused", async () => {
      await cli.write("gold.json", planFile(cli));
      await cli.done("plan create gold.json --secret new", signer("insurer"));
      const { house } = cli.people;
      await house.token.connect(house.insurer).approve(house.escrow, 0n);
      const line = `plan fund ${planId({ insurer, name: "Gold 2026" })} --amount 1 --json`;
      const refused = await cli.run(line, signer("insurer"));
      expect({ code: refused.code, error: errorIn(refused).error }).to.deep.equal({
        code: 1,
        error: "PlanNotPublished",
      });
      expect(await house.token.allowance(insurer, house.escrow)).to.equal(0n);
    });

    it("shows both calls with --dry-run", async () => {
      const line = `plan fund ${cli.people.plan} --amount 20 --dry-run --json`;
      const { calls } = jsonIn<{ calls: { step: string; to: string }[] }>(await cli.done(line, signer("insurer")));
      const { house } = cli.people;
      expect(calls.map(({ step, to }) => [step, to])).to.deep.equal([
        ["Approval", house.token.target],
        ["Deposit", house.escrow.target],
      ]);
    });
  });

  describe("withdraw", () => {
    it("pays out of the reserve to whom it is told", async () => {
      const { plan, house } = cli.people;
      const before = await house.token.balanceOf(stranger);
      await cli.done(`plan withdraw ${plan} --amount 100.25 --to ${stranger}`, signer("insurer"));
      expect((await house.token.balanceOf(stranger)) - before).to.equal(usd(100.25));
    });

    it("is refused beyond what is free", async () => {
      const line = `plan withdraw ${cli.people.plan} --amount 19500.01 --to ${stranger} --json`;
      const refused = await cli.run(line, signer("insurer"));
      expect({ code: refused.code, error: errorIn(refused).error }).to.deep.equal({ code: 1, error: "ReserveShort" });
    });
  });

  describe("show", () => {
    it("tells terms, reserve and policies in amounts", async () => {
      const { out } = await cli.done(`plan show ${cli.people.plan}`);
      for (const text of ["Silver 2026, published", "deductible     100.00", "20,000.00 free", patient, "1 live"]) {
        expect(out).to.contain(text);
      }
      expect(out).not.to.contain("PREAUTHORISATION");
    });

    it("tells what it pays for services, with its file and its secret", async () => {
      await secretFile();
      await cli.write("silver.json", planFile(cli, { name: "Silver 2026" }));
      const line = `plan show ${cli.people.plan} --file silver.json --secret silver.secret.json`;
      const { out } = await cli.done(line);
      expect(out)
        .to.contain("100.00 USD")
        .and.to.match(/surgery +9,000\.00 USD +0\.00 USD +10% +applies +needed/);
      const told = jsonIn<{ services: object[] }>(await cli.done(`${line} --json`));
      expect(told).to.deep.include({ currency: "USD", decimals: 6 });
      expect(told.services.at(-1)).to.deep.equal({ system: CODES, code: "cosmetic", cover: "excluded" });
    });

    it("tells what it pays for a service that is asked for, with its secret alone", async () => {
      await secretFile();
      const line = `plan show ${cli.people.plan} --secret silver.secret.json --service ${CODES}|visit --service ${CODES}|spa`;
      const { services } = jsonIn<{ services: object[] }>(await cli.done(`${line} --json`));
      expect(services).to.deep.equal([
        {
          ...{ system: CODES, code: "visit", cover: "covered", allowed: "120.00", copay: "20.00" },
          ...{ coinsurance: "0%", deductibleApplies: false, needsPreauthorization: false },
        },
        { system: CODES, code: "spa", cover: "unlisted" },
      ]);
    });
  });

  describe("simulate", () => {
    beforeEach(async () => {
      await cli.write("silver.json", planFile(cli));
      await mkdir(cli.path("claims"));
    });

    it("tells line by line what would have been paid and why, and what could not be billed", async () => {
      const cosmetic = { coding: [{ system: CODES, code: "cosmetic" }] };
      const [visit] = (claimOf("1") as { item: object[] }).item;
      const item = [visit, { ...visit, sequence: 2, productOrService: cosmetic }, { sequence: 3, net: { value: 5 } }];
      await cli.write("claims/one.json", claimOf("1", { item }));
      const { out } = await cli.done("plan simulate silver.json claims");
      expect(out).to.contain("Claim/1 of Patient/1 by Organization/1: the plan pays 100.00 USD of 300.00 USD at once");
      expect(out).to.contain("20.00: The patient pays a copay for the service.");
      expect(out).to.contain("30.00: The charge is above what the plan allows");
      expect(out).to.contain("150.00: The plan does not cover the service");
      expect(out).to.contain("Line 3 not billed (5.00): The line has no code");
      expect(out)
        .to.match(/plan pays {4}100\.00 USD/)
        .and.to.match(/claims {7}1: 1 billed, 1 of them/);
    });

    it("counts limits for each patient, over bundles and files, in decimals for a program", async () => {
      const code = { coding: [{ system: CODES, code: "laboratory" }] };
      const [visit] = (claimOf("1") as { item: object[] }).item;
      const laboratory = { item: [{ ...visit, productOrService: code, net: { value: 80, currency: "USD" } }] };
      const entry = ["1", "2"].map((id) => ({ resource: claimOf(id, laboratory) }));
      await cli.write("claims/bundle.json", { resourceType: "Bundle", type: "collection", entry });
      await mkdir(cli.path("claims/more"));
      await cli.write("claims/more/4.JSON", claimOf("4", { status: "draft" }));
      await cli.write("other.json", claimOf("3", { ...laboratory, patient: { reference: "Patient/2" } }));
      const told = jsonIn<{ claims: { outcome: { deductible: string } }[]; totals: object }>(
        await cli.done("plan simulate silver.json claims other.json --json"),
      );
      expect(told).to.include({ plan: "Gold 2026", currency: "USD" });
      expect(told.claims.map(({ outcome }) => outcome.deductible)).to.deep.equal(["0.00", "80.00", "20.00", "80.00"]);
      expect(told.totals).to.include({ claims: 4, billed: "240.00", benefit: "48.00", patientShare: "192.00" });
    });

    it("says once what was done to several lines", async () => {
      const [visit] = (claimOf("1") as { item: object[] }).item;
      await cli.write("claims/one.json", claimOf("1", { item: [visit, { ...visit, sequence: 2 }] }));
      const { out } = await cli.done("plan simulate silver.json claims");
      expect(out).to.contain("Line 1, 2: The line has no quantity: it is one.");
    });

    it("takes providers that are not named with --network to be out of network", async () => {
      await cli.write("claims/one.json", claimOf("1"));
      const writtenOff = async (options: string): Promise<string> => {
        const answer = await cli.done(`plan simulate silver.json claims --json ${options}`.trim());
        return jsonIn<{ totals: { writeOff: string } }>(answer).totals.writeOff;
      };
      expect(await writtenOff("--network Organization/1")).to.equal("30.00");
      expect(await writtenOff("--network Organization/2")).to.equal("0.00");
    });

    it("lists files of a folder it can't read, and refuses them when they are named", async () => {
      await cli.write("claims/one.json", claimOf("1"));
      await cli.write("claims/two.json", "{");
      await cli.write("claims/notes.txt", "{");
      const { unread } = jsonIn<{ unread: object[] }>(await cli.done("plan simulate silver.json claims --json"));
      expect(unread).to.deep.equal([
        { file: "claims/two.json", error: "NotJsonError", message: "The text is not JSON." },
      ]);
      expect((await cli.done("plan simulate silver.json claims")).out).to.contain("claims/two.json: The text is not");
      const refused = await cli.run("plan simulate silver.json claims/two.json --json");
      expect({ code: refused.code, error: errorIn(refused).error }).to.deep.equal({ code: 2, error: "NotJsonError" });
    });
  });

  const nothing = `0x${"ab".repeat(32)}`;
  for (const [line, error, code = 2] of [
    ["plan create absent.json --secret new", "InputFileError"],
    ["plan create text.json --secret new", "NotPlanJsonError"],
    ["plan create wrong.json --secret new", "PlanFileError"],
    ["plan create decimals.json --secret new", "PlanDecimalsError"],
    ["plan create - --secret new", "UsageError"],
    ["plan create good.json --secret wrong.json", "PlanSecretFileError", 4],
    ["plan create good.json --secret text.json", "PlanSecretFileError", 4],
    ["plan create good.json", "UsageError"],
    ["plan publish 0x12", "WordArgumentError"],
    [`plan publish ${nothing}`, "PlanNotDraftedError"],
    [`plan fund ${nothing} --amount 5`, "PlanNotDraftedError"],
    ["plan fund PLAN --amount 1e3", "NotADecimalError"],
    ["plan fund PLAN --amount=-5", "NegativeAmountError"],
    ["plan fund PLAN --amount 99999999999999999999999999", "AmountTooLargeError"],
    ["plan withdraw PLAN --amount 5 --to 0x12", "AddressArgumentError"],
    ["plan withdraw PLAN --amount 5", "UsageError"],
    [`plan show ${nothing}`, "PlanNotDraftedError"],
    ["plan show PLAN --service visit", "ServiceCodeError"],
    ["plan show PLAN --service s|visit", "UsageError"],
    ["plan show PLAN --secret absent.json", "InputFileError"],
    ["plan show PLAN --file good.json", "OtherPlanFileError"],
    ["plan show PLAN --file token.json", "OtherPlanFileError"],
    ["plan simulate wrong.json good.json", "PlanFileError"],
    ["plan simulate good.json good.json", "NotFhirError"],
    ["plan simulate good.json patient.json", "NoClaimsError"],
  ] as const) {
    it(`refuses \`${line.replace(nothing, "0xab…")}\` as ${error}`, async () => {
      await cli.write("good.json", planFile(cli));
      await cli.write("wrong.json", planFile(cli, { deductible: "much" }));
      await cli.write("decimals.json", planFile(cli, { decimals: 18 }));
      await cli.write("token.json", planFile(cli, { name: "Silver 2026", token: stranger }));
      await cli.write("text.json", "plan");
      await cli.write("patient.json", { resourceType: "Patient" });
      const answer = await cli.run(`${line.replace("PLAN", cli.people.plan)} --json`, {
        ...signer("insurer"),
        stdin: JSON.stringify(planFile(cli)),
      });
      expect({ code: answer.code, out: answer.out, error: errorIn(answer).error }).to.deep.equal({
        code,
        out: "",
        error,
      });
    });
  }
});
