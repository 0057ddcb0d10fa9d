import { stat } from "node:fs/promises";

import { expect } from "chai";
import { id as hashOf } from "ethers";
import type { Coverage } from "fhir/r4.js";

import { accountIdentifier } from "../../../src/fhir/account.js";
import { dateOf } from "../../../src/insurance/day.js";
import {
  policyFrom,
  policyId,
  policyMessage,
  type Policy,
  type PolicyMessage,
} from "../../../src/insurance/policyKey.js";
import { policyOf } from "../../../src/insurance/policyState.js";
import type { SignedQuote } from "../../../src/insurance/quote.js";
import { time } from "../../fixtures.js";
import { today, usd } from "../../insurance/escrow.js";
import { pending, service, submitted } from "../../insurance/people.js";
import { ADDRESSES, errorIn, insuring, jsonIn, signer } from "../commandLine.js";

const { patient, employer, insurer, stranger } = ADDRESSES;

describe("policy", () => {
  let cli: Awaited<ReturnType<typeof insuring>>;
  let plan: string;
  let from: string;
  let to: string;

  beforeEach(async () => {
    cli = await insuring();
    plan = cli.people.plan;
    from = dateOf(await today());
    to = dateOf((await today()) + 364);
  });

  const terms = (options = ""): string =>
    `${plan} --patient ${patient} --from ${from} --to ${to} --premium 400.00 ${options}`.trimEnd();
  const quote = (options = "--out quote.json"): ReturnType<typeof cli.done> =>
    cli.done(`policy quote ${terms(options)}`, signer("insurer"));
  const stateOf = (policy: Policy) => policyOf(cli.people.stranger, policyId(policy));
  const refusal = async (line: string, as: Parameters<typeof signer>[0]): Promise<object> => {
    const answer = await cli.run(`${line} --json`, signer(as));
    return { code: answer.code, out: answer.out, error: errorIn(answer).error };
  };

  /** A Coverage that names its parties by account, unless told otherwise. */
  const coverage = (changes: Partial<Coverage> = {}): Coverage => {
    const { chainId } = cli.people.stranger;
    return {
      resourceType: "Coverage",
      status: "active",
      policyHolder: { identifier: accountIdentifier(chainId, employer) },
      beneficiary: { identifier: accountIdentifier(chainId, patient) },
      period: { start: from, end: to },
      payor: [{ identifier: accountIdentifier(chainId, insurer) }],
      ...changes,
    };
  };

  describe("quote", () => {
    it("signs what the holder may buy, in whole token units, and says how", async () => {
      const { out } = await quote(`--holder ${employer} --out quote.json`);
      expect(out).to.contain("its holder buys with `aceso policy buy quote.json`");
      const { message, signer: by, deadline } = await cli.readJson<SignedQuote>("quote.json");
      expect(by).to.equal(insurer);
      expect(deadline - (await time.latest())).to.equal(3600);
      expect(message).to.include({ plan, patient, holder: employer, premium: "400000000" });
      expect([message.firstDay, message.endDay]).to.deep.equal([await today(), (await today()) + 365]);
    });

    it("counts until a deadline, and is for the patient when it names no holder", async () => {
      await quote("--deadline 14d --out quote.json");
      const { message, deadline } = await cli.readJson<SignedQuote>("quote.json");
      expect(deadline - (await time.latest())).to.equal(14 * 86_400);
      expect(message.holder).to.equal(patient);
    });

    it("makes two equal quotes two policies", async () => {
      await quote("--out one.json");
      await quote("--out two.json");
      const ids = await Promise.all(
        ["one.json", "two.json"].map(async (file) =>
          policyId(policyFrom((await cli.readJson<SignedQuote>(file)).message)),
        ),
      );
      expect(ids[0]).not.to.equal(ids[1]);
    });

    it("takes a FHIR Coverage for parties and days, whose salted digest is the document", async () => {
      await cli.write("coverage.json", coverage());
      const line = `policy quote ${plan} --premium 400.00 --coverage coverage.json --out quote.json --json`;
      const told = jsonIn<{ document: string; salt: string }>(await cli.done(line, signer("insurer")));
      const { message } = await cli.readJson<SignedQuote>("quote.json");
      expect(message).to.include({ patient, holder: employer, firstDay: await today(), document: told.document });
      expect(message.endDay).to.equal((await today()) + 365);
      expect(await cli.readJson("coverage.json.salt.json")).to.include({ digest: told.document, salt: told.salt });
    });

    it("takes accounts for parties that a Coverage names otherwise", async () => {
      const named = { beneficiary: { reference: "Patient/4" }, payor: [{ reference: "Organization/2" }] };
      await cli.write(
        "coverage.json",
        coverage({ ...named, policyHolder: { identifier: { system: "s", value: "v" } } }),
      );
      const line = `policy quote ${plan} --premium 1 --coverage coverage.json --out quote.json`;
      await cli.done(`${line} --patient ${patient} --holder ${employer}`, signer("insurer"));
      expect((await cli.readJson<SignedQuote>("quote.json")).message).to.include({ patient, holder: employer });
    });

    for (const [what, options] of [
      ["patient", `--patient ${stranger}`],
      ["holder", `--holder ${stranger}`],
      ["days", "--to 2099-12-31"],
    ]) {
      it(`refuses a Coverage that says something else about the ${what}`, async () => {
        await cli.write("coverage.json", coverage());
        const line = `policy quote ${plan} --premium 1 --coverage coverage.json --out quote.json ${options}`;
        const { code, err } = await cli.run(line, signer("insurer"));
        expect({ code, err: err.split("\n")[0] }).to.deep.equal({
          code: 2,
          err: `CoverageDiffersError: The Coverage says something else than the command about: ${what}.`,
        });
        expect(await stat(cli.path("quote.json")).catch(() => "none")).to.equal("none");
      });
    }

    it("refuses a Coverage of another plan and another insurer", async () => {
      const { chainId } = cli.people.stranger;
      const type = { coding: [{ system: "http://terminology.hl7.org/CodeSystem/coverage-class", code: "plan" }] };
      const other = [{ identifier: accountIdentifier(chainId, stranger) }];
      await cli.write("coverage.json", coverage({ payor: other, class: [{ type, value: hashOf("another plan") }] }));
      const { err } = await cli.run(
        `policy quote ${plan} --premium 1 --coverage coverage.json --out quote.json`,
        signer("insurer"),
      );
      expect(err).to.contain("about: plan, insurer.");
    });
  });

  describe("buy", () => {
    beforeEach(() => quote(`--holder ${employer} --out quote.json`));

    it("approves exactly the premium, purchases, and writes the policy", async () => {
      const { house } = cli.people;
      const { out } = await cli.done("policy buy quote.json --out policy.json", signer("employer"));
      expect(out)
        .to.contain("Approved the escrow for exactly 400.00")
        .and.to.contain(`covers ${patient} from ${from} to ${to}`);
      const { id, policy } = await cli.readJson<{ id: string; policy: PolicyMessage }>("policy.json");
      expect(policy).to.deep.equal((await cli.readJson<SignedQuote>("quote.json")).message);
      expect(await stateOf(policyFrom(policy))).to.include({ id, closed: false });
      expect((await house.escrow.reserveOf(plan)).free).to.equal(usd(20_400));
      expect(await house.token.allowance(employer, house.escrow)).to.equal(0n);
    });

    it("approves nothing, and writes no policy, when another holds the quote", async () => {
      const { house } = cli.people;
      await house.token.connect(house.patient).approve(house.escrow, 0n);
      expect(await refusal("policy buy quote.json --out policy.json", "patient")).to.deep.equal({
        ...{ code: 1, out: "", error: "QuoteNotYours" },
      });
      expect(await house.token.allowance(patient, house.escrow)).to.equal(0n);
      expect(await stat(cli.path("policy.json")).catch(() => "none")).to.equal("none");
    });

    it("is refused after the quote's deadline, and for a changed quote", async () => {
      const signed = await cli.readJson<SignedQuote>("quote.json");
      await cli.write("cheap.json", { ...signed, message: { ...signed.message, premium: "1" } });
      expect(await refusal("policy buy cheap.json", "employer")).to.include({ code: 1, error: "SignatureInvalid" });
      await time.increase(3601);
      expect(await refusal("policy buy quote.json", "employer")).to.include({ code: 1, error: "SignatureExpired" });
    });

    it("approves nothing for a policy that costs nothing", async () => {
      const free = `policy quote ${terms("--out free.json").replace("400.00", "0")} --holder ${employer}`;
      await cli.done(free, signer("insurer"));
      const told = jsonIn<{ transactions: object[] }>(
        await cli.done("policy buy free.json --json", signer("employer")),
      );
      expect(told.transactions).to.have.length(1);
    });

    it("sends and writes nothing with --dry-run", async () => {
      await cli.done("policy buy quote.json --out policy.json --dry-run", signer("employer"));
      expect(await stat(cli.path("policy.json")).catch(() => "none")).to.equal("none");
      expect(await stateOf(policyFrom((await cli.readJson<SignedQuote>("quote.json")).message))).to.equal(undefined);
    });
  });

  describe("issue", () => {
    it("issues a policy, and writes it for those who claim", async () => {
      const line = `policy issue ${terms("--out policy.json --json")}`;
      const told = jsonIn<{ policy: string; premium: string }>(await cli.done(line, signer("insurer")));
      const { id, policy } = await cli.readJson<{ id: string; policy: PolicyMessage }>("policy.json");
      expect(told).to.include({ policy: id, premium: "400.00", from, to });
      expect(await stateOf(policyFrom(policy))).to.include({ id, endDay: (await today()) + 365 });
      expect((await stat(cli.path("policy.json"))).mode & 0o777).to.equal(0o600);
    });

    it("writes no policy and no salt when it is refused, or only shown", async () => {
      await cli.write("coverage.json", coverage());
      const line = `policy issue ${plan} --premium 1 --coverage coverage.json --out policy.json`;
      expect(await refusal(line, "stranger")).to.include({ code: 1, error: "InsurerUnauthorized" });
      await cli.done(`${line} --dry-run`, signer("insurer"));
      for (const file of ["policy.json", "coverage.json.salt.json"]) {
        expect(await stat(cli.path(file)).catch(() => "none"), file).to.equal("none");
      }
    });
  });

  describe("show", () => {
    it("tells the year so far: what was met, what is left, and every claim", async () => {
      const { people } = cli;
      const paid = await submitted(people, service(people), service(people, { sequence: "2", code: "laboratory" }));
      const waiting = await pending(people);
      const { out } = await cli.done(`policy show ${people.policyId}`);
      expect(out)
        .to.match(/deductible +100\.00 +100\.00 +0\.00/)
        .and.to.match(/plan pays +[\d,.]+ +50,000\.00 +[\d,.]+/);
      expect(out).to.contain(paid.file.id).and.to.contain(waiting.file.id).and.to.contain("Pending");
      const told = jsonIn<{ limits: { deductible: object }; claims: { id: string; status: string; billed: string }[] }>(
        await cli.done(`policy show ${people.policyId} --json`),
      );
      expect(told.limits.deductible).to.deep.equal({ met: "100.00", of: "100.00", left: "0.00" });
      expect(told.claims.map(({ id, status, billed }) => [id, status, billed])).to.deep.equal([
        [paid.file.id, "Final", "300.00"],
        [waiting.file.id, "Pending", "8000.00"],
      ]);
      expect(told).to.include({ id: people.policyId, plan, patient, premium: "400.00", closed: false });
    });

    it("takes a policy by its file or its quote, too", async () => {
      const { policy, policyId: id } = cli.people;
      await cli.write("policy.json", { id, policy: policyMessage(policy) });
      await cli.write("quote.json", { type: "Quote", message: policyMessage(policy) });
      for (const named of ["policy.json", "quote.json", id.toUpperCase().replace("X", "x")]) {
        expect((await cli.done(`policy show ${named}`)).out)
          .to.contain(`Policy ${id}`)
          .and.to.contain("No claim yet.");
      }
    });

    it("writes it as a FHIR Coverage, too", async () => {
      await cli.done(`policy show ${cli.people.policyId} --coverage out.json`);
      const { policy } = cli.people;
      const written = await cli.readJson<Coverage>("out.json");
      expect(written.period).to.deep.equal({ start: dateOf(policy.firstDay), end: dateOf(policy.endDay - 1) });
      expect(written.class![0]).to.include({ value: plan, name: "Silver 2026" });
    });
  });

  describe("terminate", () => {
    it("ends a policy early, by a message of the patient's that anybody relays", async () => {
      const { policy, policyId: id } = cli.people;
      const last = dateOf((await today()) + 9);
      await cli.done(`policy terminate ${id} --to ${last} --sign end.json`, signer("patient"));
      expect(await stateOf(policy)).to.include({ endDay: policy.endDay });
      const { out } = await cli.done("relay end.json", signer("relayer"));
      expect(out).to.contain("Relayed TerminatePolicy");
      expect(await stateOf(policy)).to.include({ endDay: (await today()) + 10 });
      expect((await cli.done(`policy show ${id}`)).out).to.contain(`to ${last}, ended early (was to`);
    });

    it("is sent by the patient, and refused for a day too early", async () => {
      const { policy, policyId: id } = cli.people;
      const early = `policy terminate ${id} --to ${dateOf((await today()) - 1)}`;
      expect(await refusal(early, "patient")).to.include({ code: 1, error: "TerminationDayInvalid" });
      await cli.done(`policy terminate ${id} --to ${from}`, signer("patient"));
      expect(await stateOf(policy)).to.include({ endDay: (await today()) + 1 });
    });
  });

  describe("close", () => {
    it("frees a policy's collateral once no more claims may come", async () => {
      const { policy, policyId: id } = cli.people;
      expect(await refusal(`policy close ${id}`, "stranger")).to.include({ code: 1, error: "PolicyRunningOff" });
      await time.increase(3 * 365 * 86_400);
      expect((await cli.done(`policy close ${id}`, signer("stranger"))).out).to.contain("its collateral is free");
      expect(await stateOf(policy)).to.include({ closed: true });
      expect((await cli.done(`policy show ${id}`)).out).to.contain(`Policy ${id}, closed`);
    });
  });

  const nothing = `0x${"ab".repeat(32)}`;
  for (const [line, error, code = 2] of [
    [`policy quote ${nothing} --premium 1 --out q.json`, "PlanNotDraftedError"],
    ["policy quote PLAN --premium 1 --out q.json", "UsageError"],
    ["policy quote PLAN --premium -1 --out q.json", "NegativeAmountError"],
    ["policy quote PLAN --premium one --out q.json", "NotADecimalError"],
    [
      `policy quote PLAN --premium 1 --patient ${patient} --from 2026-02-30 --to 2026-12-31 --out q.json`,
      "NotADayError",
    ],
    [
      `policy quote PLAN --premium 1 --patient ${patient} --from 2026-01-01 --to 2027-01-02 --out q.json`,
      "PolicyTermError",
    ],
    ["policy quote PLAN --premium 1 --patient 0x12 --out q.json", "AddressArgumentError"],
    ["policy quote PLAN --premium 1 --salt-file s.json --out q.json", "UsageError"],
    ["policy quote PLAN --premium 1 --coverage patient.json --out q.json", "NotACoverageError"],
    ["policy quote PLAN --premium 1 --coverage bare.json --out q.json", "CoverageNotInsurableError"],
    ["policy buy patient.json", "SignedMessageTypeError"],
    ["policy buy absent.json", "InputFileError"],
    [`policy show ${nothing}`, "UnknownPolicyError"],
    ["policy show patient.json", "PolicyFileError"],
    ["policy show changed.json", "PolicyFileError"],
    ["policy show malformed.json", "MalformedDigestError"],
    ["policy terminate changed.json --to 2026-12-31", "PolicyFileError"],
    ["policy terminate POLICY --to tomorrow", "NotADayError"],
    ["policy close absent.json", "InputFileError"],
  ] as const) {
    it(`refuses \`${line.replace(nothing, "0xab…").replace(patient, "0x…")}\` as ${error}`, async () => {
      const { policy, policyId: id } = cli.people;
      await cli.write("patient.json", { resourceType: "Patient" });
      await cli.write("bare.json", { resourceType: "Coverage" });
      await cli.write("changed.json", { id, policy: { ...policyMessage(policy), premium: "1" } });
      await cli.write("malformed.json", { id, policy: { ...policyMessage(policy), plan: 5 } });
      const words = line.replace("PLAN", plan).replace("POLICY", id);
      const answer = await cli.run(`${words} --json`, signer("insurer"));
      expect({ code: answer.code, out: answer.out, error: errorIn(answer).error }).to.deep.equal({
        code,
        out: "",
        error,
      });
    });
  }
});
