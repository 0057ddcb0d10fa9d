import { stat } from "node:fs/promises";

import { expect } from "chai";
import type { ClaimResponse, ExplanationOfBenefit } from "fhir/r4.js";

import { categoryMask } from "../../../src/consent/category.js";
import { NO_POLICY } from "../../../src/consent/consent.js";
import { purposeBit } from "../../../src/consent/purpose.js";
import { utf8, type Hex } from "../../../src/crypto/bytes.js";
import { saltedDigest } from "../../../src/crypto/saltedDigest.js";
import { signAcknowledgement } from "../../../src/insurance/acknowledgement.js";
import type { ClaimFile } from "../../../src/insurance/claimFile.js";
import type { Signed } from "../../../src/signing.js";
import { time } from "../../fixtures.js";
import { CODES } from "../../insurance/people.js";
import { ADDRESSES, errorIn, jsonIn, signer, type KEYS } from "../commandLine.js";
import { ACKNOWLEDGE, BILL, billing, DRAFT, fhirClaim, item, SUBMIT, type BillingLine } from "./claims.js";

const { hospital, patient } = ADDRESSES;
const DAY = 86_400;
const ESTIMATE = `claim estimate claim.json ${BILL} --provider ${hospital}`;
const CONSENTED = `claim submit bundle.json --consent none ${BILL} --leave-out --out claims.json`;

type Estimated = {
  claims: {
    claim: string;
    settlement?: string;
    outcome?: Record<string, string>;
    lines?: { sequence: string; billed: string; outcome: Record<string, string> }[];
    notBilled: { sequence: string; reason: string; amount?: string }[];
    applied: { rule: string }[];
    id?: string;
    file?: string;
    gas?: number;
  }[];
};
type Shown = { id: string; status: string; benefit: string; disputed: string; paid: string; steps: { kind: string }[] };

describe("claim", () => {
  let cli: BillingLine;

  beforeEach(async () => {
    cli = await billing();
  });

  const refused = async (line: string, name: keyof typeof KEYS): Promise<object> => {
    const answer = await cli.run(`${line} --json`, signer(name));
    expect(answer.out).to.equal("");
    return { error: errorIn(answer).error, code: answer.code };
  };
  const isThere = async (name: string): Promise<boolean> =>
    stat(cli.path(name)).then(
      () => true,
      () => false,
    );
  const show = async (): Promise<Shown> => jsonIn<Shown>(await cli.done("claim show claim-file.json --json"));
  const consent = async (): Promise<void> => {
    const { consents, patient: by, hospital: to } = cli.people.house;
    const terms = { purposes: 1n << BigInt(purposeBit("HPAYMT")), categories: categoryMask(["claims"]) };
    const validUntil = (await time.latest()) + 90 * DAY;
    await consents.connect(by).grant(by, to, NO_POLICY, { ...terms, validFrom: 0, validUntil });
  };
  const bundle = (...claims: object[]): Promise<string> =>
    cli.write("bundle.json", {
      resourceType: "Bundle",
      type: "collection",
      entry: claims.map((resource, at) => ({ fullUrl: `urn:uuid:${at}`, resource })),
    });

  describe("estimate", () => {
    it("tells what becomes of each line, why, and what was filled or not billed", async () => {
      const { yesterday } = cli.people;
      const { quantity: _, ...lab } = item(yesterday, "laboratory", 300, { sequence: 2 });
      const priceless = { sequence: 3, productOrService: { coding: [{ system: CODES, code: "visit" }] } };
      await cli.write("claim.json", fhirClaim([item(yesterday), lab, priceless]));
      const { claims } = jsonIn<Estimated>(await cli.done(`${ESTIMATE} --json`));
      const [estimated] = claims;
      expect(estimated!.outcome).to.deep.include({ billed: "450.00", benefit: "100.00", patientShare: "100.00" });
      expect(estimated!.lines![1]).to.deep.include({ sequence: "2", billed: "300.00" });
      expect(estimated!.lines![1]!.outcome).to.deep.include({ eligible: "80.00", deductible: "80.00" });
      expect(estimated).to.include({ claim: "Claim/one", settlement: "at once" });
      expect(estimated!.notBilled).to.have.length(1);
      expect(estimated!.notBilled[0]).to.include({ sequence: "3", reason: "no-price" });
      expect(estimated!.applied.map(({ rule }) => rule)).to.include("quantity-one");
      const { out } = await cli.done(ESTIMATE);
      expect(out).to.contain("The plan would pay 100.00 USD, the patient 100.00 USD.");
      expect(out).to.contain("line 1: 20.00 USD: The patient pays a copay");
      expect(out).to.contain("line 2: The line has no quantity: it is one.");
      expect(out).to.match(/Not billed:\n {2}line 3: /);
      expect(out).to.match(/all +450\.00 +200\.00 +20\.00 +80\.00 +0\.00 +100\.00 +100\.00 +250\.00/);
    });

    it("takes all Claims of a bundle, or the one that is named", async () => {
      const { yesterday } = cli.people;
      await bundle(fhirClaim([item(yesterday)]), fhirClaim([item(yesterday, "laboratory", 80)], { id: "two" }));
      const line = ESTIMATE.replace("claim.json", "bundle.json");
      const names = async (rest = ""): Promise<string[]> => {
        const { claims } = jsonIn<Estimated>(await cli.done(`${line} --json${rest}`));
        return claims.map(({ claim }) => claim);
      };
      expect(await names()).to.deep.equal(["Claim/one", "Claim/two"]);
      expect(await names(" --claim two")).to.deep.equal(["Claim/two"]);
      expect(await refused(`${line} --claim three`, "patient")).to.deep.equal({
        error: "ClaimNotInFileError",
        code: 2,
      });
      const promise = `${line} --preauthorization pa.json`;
      expect(await refused(promise, "patient")).to.deep.equal({ error: "UsageError", code: 2 });
    });

    it("counts a preauthorisation, without which the line pays nothing", async () => {
      await cli.write("claim.json", fhirClaim([item(cli.people.yesterday, "surgery", 8_000)]));
      const { yesterday } = cli.people;
      const line =
        `claim preauthorize --policy policy.json --secret plan.secret --provider ${hospital} --amount 5000.00 ` +
        `--service ${CODES}|surgery --until ${yesterday} --ref PA-2 --out pa.json`;
      for (const [change, by, error] of [
        ["--ref", `--service ${CODES}|visit --ref`, "UsageError"],
        ["|surgery", "", "ServiceCodeError"],
        [yesterday, "2026-02-30", "NotADayError"],
        ["5000.00", "5,000", "NotADecimalError"],
      ] as const) {
        expect(await refused(line.replace(change, by), "insurer"), error).to.deep.equal({ error, code: 2 });
      }
      expect((await cli.done(line, signer("insurer"))).out).to.contain("up to 5,000.00");
      const benefit = async (rest = ""): Promise<unknown> => {
        const { claims } = jsonIn<Estimated>(await cli.done(`${ESTIMATE} --json${rest}`));
        return claims[0]!.outcome!["benefit"];
      };
      expect(await benefit()).to.equal("0.00");
      expect(await benefit(" --preauthorization pa.json")).to.equal("4410.00");
    });

    it("refuses what the plan does not list or the policy does not cover, or leaves it out and says so", async () => {
      const { yesterday } = cli.people;
      const other = item(yesterday, "massage", 70, { sequence: 2 });
      const past = item("2001-01-01", "visit", 90, { sequence: 3 });
      await cli.write("claim.json", fhirClaim([item(yesterday), other]));
      expect(await refused(ESTIMATE, "patient")).to.deep.equal({ error: "UnlistedServicesError", code: 2 });
      await cli.write("claim.json", fhirClaim([item(yesterday), other, past]));
      expect(await refused(ESTIMATE, "patient")).to.deep.equal({ error: "ServiceDayOutsideError", code: 2 });
      const { claims } = jsonIn<Estimated>(await cli.done(`${ESTIMATE} --leave-out --json`));
      expect(claims[0]!.outcome).to.include({ billed: "150.00" });
      expect(claims[0]!.notBilled.map(({ sequence, reason, amount }) => [sequence, reason, amount])).to.deep.equal([
        ["2", "not-listed", "70.00"],
        ["3", "outside-policy", "90.00"],
      ]);
      await cli.write("claim.json", fhirClaim([past]));
      expect((await cli.done(`${ESTIMATE} --leave-out`)).out).to.contain("Nothing of it can be billed.");
    });

    it("refuses a Claim that is none, is negative or in another currency, by name", async () => {
      const euros = item(cli.people.yesterday, "visit", 1, { unitPrice: { value: 1, currency: "EUR" } });
      for (const [change, error] of [
        [{ item: [euros] }, "ForeignCurrencyError"],
        [{ item: [] }, "MissingItemsError"],
        [{ total: { value: -1, currency: "USD" } }, "NegativeTotalError"],
        [{ resourceType: "Patient" }, "NotAClaimError"],
        [{ resourceType: "Bill" }, "UnknownResourceTypeError"],
      ] as const) {
        await cli.write("claim.json", { ...fhirClaim([item(cli.people.yesterday)]), ...change });
        expect(await refused(ESTIMATE, "patient")).to.deep.equal({ error, code: 2 });
      }
    });

    it("refuses what is no currency, provider, policy, secret or file, by name", async () => {
      for (const [change, by, error, code = 2] of [
        ["USD", "dollars", "CurrencyCodeError"],
        ["--currency USD", "", "UsageError"],
        [` --provider ${hospital}`, "", "UsageError"],
        [hospital, "0x12", "AddressArgumentError"],
        ["policy.json", "claim.json", "PolicyFileError"],
        ["plan.secret", "claim.json", "PlanSecretFileError", 4],
        ["claim.json", "nothing.json", "InputFileError"],
      ] as const) {
        expect(await refused(ESTIMATE.replace(change, by), "patient"), error).to.deep.equal({ error, code });
      }
    });
  });

  describe("draft, acknowledge and submit", () => {
    it("pays a claim in one transaction once the patient signed it", async () => {
      const { claims } = jsonIn<Estimated>(await cli.done(`${DRAFT} --json`, signer("hospital")));
      const drafted = claims[0]!;
      expect(drafted).to.include({ file: "claim-file.json" });
      expect(drafted.outcome).to.include({ benefit: "100.00" });
      const file = await cli.readJson<ClaimFile>("claim-file.json");
      expect(file).to.include({ id: drafted.id, provider: hospital, currency: "USD", type: "professional" });
      expect((await stat(cli.path("claim-file.json"))).mode & 0o777).to.equal(0o600);
      const bill = `${hospital} bills this, 150.00 USD in all`;
      expect((await cli.done(`${ACKNOWLEDGE} --dry-run`, signer("patient"))).out).to.contain(bill);
      expect(await isThere("acknowledgement.json")).to.equal(false);
      expect((await cli.done(ACKNOWLEDGE, signer("patient"))).out).to.contain(bill);
      const told = jsonIn<object>(await cli.done(`${SUBMIT} --json`, signer("hospital")));
      expect(told).to.include({ id: drafted.id, status: "Final", paid: "100.00", unfunded: false });
      expect(await show()).to.include({ status: "Final", benefit: "100.00", paid: "100.00" });
      expect(await refused(SUBMIT, "hospital")).to.deep.equal({ error: "ClaimExists", code: 1 });
    });

    it("tells people what was paid", async () => {
      await cli.acknowledged();
      const { out } = await cli.done(SUBMIT, signer("nurse"));
      expect(out).to.contain("The plan paid 100.00 USD at once; the patient pays 20.00 USD.");
    });

    it("shows the call and stores nothing with --dry-run", async () => {
      await cli.acknowledged();
      await cli.done(`${SUBMIT} --dry-run`, signer("hospital"));
      expect(await refused("claim show claim-file.json", "patient")).to.deep.equal({
        error: "ClaimUnknownError",
        code: 2,
      });
    });

    it("drafts nothing that can't be billed, and overwrites no file", async () => {
      await cli.write("claim.json", fhirClaim([item(cli.people.yesterday)], { status: "draft" }));
      expect(await refused(DRAFT, "hospital")).to.deep.equal({ error: "NothingToBillError", code: 2 });
      expect(await isThere("claim-file.json")).to.equal(false);
      await cli.write("claim.json", fhirClaim([item(cli.people.yesterday)]));
      await cli.done(DRAFT, signer("hospital"));
      expect(await refused(DRAFT, "hospital")).to.deep.equal({ error: "FileExistsError", code: 4 });
    });

    it("drafts every Claim of a bundle, each with its file and line numbers of its own", async () => {
      const { yesterday } = cli.people;
      await bundle(
        fhirClaim([item(yesterday)]),
        fhirClaim([item(yesterday, "massage")], { id: "two" }),
        fhirClaim([item(yesterday)], { id: "three" }),
      );
      const line = `${DRAFT.replace("claim.json", "bundle.json")} --leave-out`;
      const promise = `${line} --preauthorization pa.json`;
      expect(await refused(promise, "hospital")).to.deep.equal({ error: "UsageError", code: 2 });
      const unlisted = line.replace(" --leave-out", "");
      expect(await refused(unlisted, "hospital")).to.deep.equal({ error: "UnlistedServicesError", code: 2 });
      expect(await isThere("claim-file-1.json")).to.equal(false);
      const { claims } = jsonIn<Estimated>(await cli.done(`${line} --json`, signer("hospital")));
      expect(claims.map(({ file }) => file)).to.deep.equal(["claim-file-1.json", undefined, "claim-file-3.json"]);
      for (const part of ["-3", "-1"]) {
        const inPart = (each: string): string => each.replace("claim-file", `claim-file${part}`);
        const acknowledge = inPart(ACKNOWLEDGE).replace("acknowledgement.json", `acknowledgement${part}.json`);
        await cli.done(acknowledge, signer("patient"));
        await cli.done(
          inPart(SUBMIT).replace("acknowledgement.json", `acknowledgement${part}.json`),
          signer("hospital"),
        );
      }
      await cli.done(`${DRAFT.replace("claim.json", "bundle.json")} --claim Claim/three`, signer("hospital"));
    });

    it("gives no line number again that a draft it is shown has", async () => {
      await cli.done(DRAFT, signer("hospital"));
      const line = DRAFT.replace("--out claim-file.json", "--drafted claim-file.json --out later.json");
      await cli.done(line, signer("hospital"));
      const numbers = (await cli.readJson<ClaimFile>("later.json")).lines.map(({ number }) => number);
      expect(numbers).to.deep.equal([1]);
    });

    it("signs nothing whose codes are not those of the keys, nor amounts counted otherwise than the token's", async () => {
      await cli.done(DRAFT, signer("hospital"));
      const file = await cli.readJson<ClaimFile>("claim-file.json");
      const [line] = file.lines;
      await cli.write("claim-file.json", { ...file, lines: [{ ...line, code: "laboratory" }] });
      expect(await refused(ACKNOWLEDGE, "patient")).to.deep.equal({ error: "ServiceKeyMismatchError", code: 2 });
      await cli.write("claim-file.json", { ...file, decimals: 8, lines: [{ ...line, billed: "1.50" }] });
      expect(await refused(ACKNOWLEDGE, "patient")).to.deep.equal({ error: "ClaimDecimalsError", code: 2 });
      await cli.write("claim-file.json", { ...file, currency: "points" });
      expect(await refused(ACKNOWLEDGE, "patient")).to.deep.equal({ error: "CurrencyCodeError", code: 2 });
      await cli.write("claim-file.json", { ...file, lines: [{ ...line, billed: "151.00" }] });
      expect(await refused(ACKNOWLEDGE, "patient")).to.deep.equal({ error: "MalformedClaimFileError", code: 2 });
      expect(await isThere("acknowledgement.json")).to.equal(false);
    });

    it("signs for nobody but the patient or a delegate", async () => {
      await cli.done(DRAFT, signer("hospital"));
      expect(await refused(ACKNOWLEDGE, "hospital")).to.deep.equal({ error: "NotThePatientError", code: 2 });
      expect(await isThere("acknowledgement.json")).to.equal(false);
    });

    it("shows a patient no text that would move the terminal's cursor", async () => {
      await cli.done(DRAFT, signer("hospital"));
      const file = await cli.readJson<ClaimFile>("claim-file.json");
      await cli.write("claim-file.json", { ...file, lines: [{ ...file.lines[0], display: "A visit\u001b[2K\u202e" }] });
      const { out } = await cli.done(ACKNOWLEDGE, signer("patient"));
      expect(out).to.contain("A visit\u00b7[2K\u00b7").and.not.to.contain("\u001b");
    });

    it("refuses an acknowledgement of other lines, by another, changed or too late", async () => {
      await cli.acknowledged();
      await cli.write("claim.json", fhirClaim([item(cli.people.yesterday, "visit", 120)]));
      await cli.done(DRAFT.replace("--out claim-file", "--out other-file"), signer("hospital"));
      const other = SUBMIT.replace("claim-file", "other-file");
      expect(await refused(other, "hospital")).to.deep.equal({ error: "AcknowledgementMismatchError", code: 2 });

      const signed = await cli.readJson<Signed<{ lines: object[] }>>("acknowledgement.json");
      await cli.write("acknowledgement.json", { ...signed, message: { ...signed.message, lines: "none" } });
      expect(await refused(SUBMIT, "hospital")).to.deep.equal({ error: "SignedMessageMalformedError", code: 2 });

      const file = await cli.readJson<ClaimFile>("claim-file.json");
      const deadline = (await time.latest()) + DAY;
      await cli.write("acknowledgement.json", await signAcknowledgement(cli.people.stranger, { file, deadline }));
      expect(await refused(SUBMIT, "hospital")).to.deep.equal({ error: "AcknowledgementInvalid", code: 1 });
      await cli.write("acknowledgement.json", await signAcknowledgement(cli.people.patient, { file, deadline }));
      expect(await refused(SUBMIT, "stranger")).to.deep.equal({ error: "ProviderUnauthorized", code: 1 });
      await time.increaseTo(deadline + 1);
      expect(await refused(SUBMIT, "hospital")).to.deep.equal({ error: "SignatureExpired", code: 1 });
    });

    it("refuses options that do not go together, or are missing", async () => {
      await cli.done(DRAFT, signer("hospital"));
      for (const line of [
        "claim submit claim-file.json",
        `${SUBMIT} --consent none`,
        `claim submit claim.json ${BILL} --acknowledgement a.json`,
        "claim submit claim.json --consent none",
        "claim submit claim-file.json --policy policy.json --consent none",
        "claim submit claim-file.json --leave-out --consent none",
      ]) {
        expect(await refused(line, "hospital"), line).to.deep.equal({ error: "UsageError", code: 2 });
      }
      expect(await refused("claim submit claim-file.json --consent some", "hospital")).to.include({
        error: "WordArgumentError",
      });
    });
  });

  describe("submit on consent", () => {
    it("waits for the insurer, who accepts it", async () => {
      await cli.done(DRAFT, signer("hospital"));
      const line = "claim submit claim-file.json --consent none";
      expect(await refused(line, "hospital")).to.deep.equal({ error: "ClaimUnpermitted", code: 1 });
      await consent();
      await cli.done(line, signer("hospital"));
      expect(await show()).to.include({ status: "Unacknowledged", paid: "0.00" });
      const { out } = await cli.done("claim accept claim-file.json", signer("adjuster"));
      expect(out).to.contain("The plan paid 100.00 USD at once");
      expect(await show()).to.include({ status: "Final", paid: "100.00" });
    });

    it("lapses when the insurer is silent, by anybody, without its file", async () => {
      await consent();
      await cli.done(DRAFT, signer("hospital"));
      const { id } = jsonIn<{ id: string }>(
        await cli.done("claim submit claim-file.json --consent none --json", signer("hospital")),
      );
      expect(await refused(`claim lapse ${id}`, "stranger")).to.deep.equal({ error: "ClaimWindowOpen", code: 1 });
      await time.increase(15 * DAY + 1);
      const { out } = await cli.done(`claim lapse ${id}`, signer("stranger"));
      expect(out).to.contain("lapsed: its lines may be claimed again. Lapsed");
      expect(await show()).to.include({ status: "Lapsed" });
      expect(await refused("claim show claim-file.json --eob eob.json", "patient")).to.include({
        error: "ClaimUnknownError",
      });
    });

    it("submits every Claim of a bundle, each with its file, and lists what it can't", async () => {
      await consent();
      const { yesterday } = cli.people;
      await bundle(
        fhirClaim([item(yesterday)]),
        fhirClaim([item(yesterday, "massage")], { id: "two" }),
        fhirClaim([item(yesterday, "laboratory", 80)], { id: "three" }),
      );
      const dry = jsonIn<Estimated>(await cli.done(`${CONSENTED} --dry-run --json`, signer("hospital")));
      expect(dry.claims[0]!.gas).to.be.greaterThan(21_000);
      expect(await isThere("claims-1.json")).to.equal(false);
      const { claims } = jsonIn<Estimated>(await cli.done(`${CONSENTED} --json`, signer("hospital")));
      expect(claims.map(({ file }) => file)).to.deep.equal(["claims-1.json", undefined, "claims-3.json"]);
      expect(claims[1]!.notBilled[0]).to.include({ reason: "not-listed" });
      expect(await cli.readJson<ClaimFile>("claims-3.json")).to.include({ id: claims[2]!.id });
      const listed = jsonIn<{ status: string }[]>(await cli.done(`claim list --provider ${hospital} --json`));
      expect(listed.map(({ status }) => status)).to.deep.equal(["Unacknowledged", "Unacknowledged"]);
    });

    it("tells the claims before one that is refused, which stand", async () => {
      await consent();
      const { yesterday } = cli.people;
      await bundle(fhirClaim([item(yesterday)]), fhirClaim([item(yesterday, "massage")], { id: "two" }));
      const answer = await cli.run(`${CONSENTED.replace(" --leave-out", "")} --json`, signer("hospital"));
      expect({ code: answer.code, error: errorIn(answer).error }).to.deep.equal({
        code: 2,
        error: "UnlistedServicesError",
      });
      expect(jsonIn<Estimated>(answer).claims.map(({ file }) => file)).to.deep.equal(["claims-1.json"]);
    });

    it("keeps no file of a claim that is refused", async () => {
      await bundle(fhirClaim([item(cli.people.yesterday)]));
      expect(await refused(CONSENTED, "hospital")).to.deep.equal({ error: "ClaimUnpermitted", code: 1 });
      expect(await isThere("claims.json")).to.equal(false);
      await bundle(fhirClaim([item(cli.people.yesterday, "massage")]));
      expect(await refused(CONSENTED, "hospital")).to.deep.equal({ error: "NothingToBillError", code: 2 });
    });
  });

  describe("decide, appeal and rule", () => {
    beforeEach(async () => {
      expect((await cli.pending()).out).to.contain("The plan reserved 7,110.00 USD; the insurer decides until");
      await cli.write("response.json", "{}");
    });

    it("approves all of it", async () => {
      const line = "claim decide claim-file.json --approve --secret plan.secret";
      await cli.write("other.secret", NO_POLICY);
      expect(await refused(line.replace("plan.secret", "other.secret"), "insurer")).to.deep.equal({
        error: "ServiceKeyMismatchError",
        code: 2,
      });
      expect(await refused(line, "stranger")).to.deep.equal({ error: "InsurerUnauthorized", code: 1 });
      const { out } = await cli.done(line, signer("insurer"));
      expect(out).to.contain("Approved 7,110.00 USD").and.to.contain("Final: benefit 7,110.00 USD, paid 7,110.00 USD.");
    });

    it("denies, is appealed by a message somebody relays, ruled on, and told in FHIR", async () => {
      const denied = await cli.done(
        "claim decide claim-file.json --deny --response response.json --json",
        signer("insurer"),
      );
      expect(jsonIn<object>(denied)).to.include({
        status: "Decided",
        benefit: "0.00",
        disputed: "7110.00",
        approved: "0.00",
      });
      await cli.write("grounds.pdf", "grounds");
      const appeal = "claim appeal claim-file.json --grounds grounds.pdf --sign appeal.json";
      expect((await cli.done(appeal, signer("patient"))).err).to.contain("kept in grounds.pdf.salt.json");
      const signed = await cli.readJson<{ key: { policy: object }; message: { grounds: Hex } }>("appeal.json");
      const { salt } = await cli.readJson<{ salt: Hex }>("grounds.pdf.salt.json");
      expect(await saltedDigest(utf8("grounds"), salt)).to.equal(signed.message.grounds);
      const { key } = signed;
      await cli.write("part.json", { ...signed, key: { ...key, policy: { ...key.policy, premium: "-1" } } });
      expect(await refused("relay part.json", "relayer")).to.deep.equal({
        error: "SignedMessageMalformedError",
        code: 2,
      });
      await cli.done("relay appeal.json", signer("relayer"));
      expect(await show()).to.include({ status: "Appealed" });

      const rule = "claim rule claim-file.json --award 7000.00 --reasons grounds.pdf";
      expect(await refused(rule, "patient")).to.deep.equal({ error: "RulingUnauthorized", code: 1 });
      expect(await refused(rule.replace("7000.00", "7110.01"), "arbitrator")).to.include({ error: "AmountAboveClaim" });
      await cli.done(rule, signer("arbitrator"));
      const shown = jsonIn<Shown>(
        await cli.done("claim show claim-file.json --eob eob.json --response out.json --carc 50 --json"),
      );
      expect(shown).to.include({ status: "Final", benefit: "7000.00", disputed: "0.00", paid: "7000.00" });
      expect(shown.steps.map(({ kind }) => kind)).to.include.members(["preauthorized", "appealed", "ruled", "paid"]);
      const eob = await cli.readJson<ExplanationOfBenefit>("eob.json");
      expect(eob.payment?.amount).to.deep.equal({ value: 7_000, currency: "USD" });
      expect(eob.adjudication?.[0]?.reason?.coding?.[1]?.code).to.equal("50");
      expect((await cli.readJson<ClaimResponse>("out.json")).outcome).to.equal("complete");
      const { out } = await cli.done("claim show claim-file.json");
      expect(out).to.contain("awarded").and.to.contain("paid       7,000.00 USD").and.to.contain("surgery");
    });

    it("approves a part, which stands when nobody appeals in time", async () => {
      await cli.done("claim decide claim-file.json --benefit 7100.00 --response response.json", signer("insurer"));
      await cli.write("grounds.pdf", "grounds");
      expect(await refused("claim finalize claim-file.json", "stranger")).to.include({ error: "ClaimWindowOpen" });
      await time.increase(60 * DAY + 1);
      expect(await refused("claim appeal claim-file.json --grounds grounds.pdf", "hospital")).to.deep.equal({
        error: "ClaimWindowOver",
        code: 1,
      });
      const { out } = await cli.done("claim finalize claim-file.json", signer("stranger"));
      expect(out).to.contain("is settled").and.to.contain("Final: benefit 7,100.00 USD, paid 7,100.00 USD.");
    });

    it("refuses a decision that says too little, too much or above what was adjudicated", async () => {
      for (const [options, error, code] of [
        [" --deny", "UsageError", 2],
        ["", "UsageError", 2],
        [" --deny --approve", "UsageError", 2],
        [" --benefit much --response response.json", "NotADecimalError", 2],
        [" --benefit -1 --response response.json", "NegativeAmountError", 2],
        [" --benefit 7110.01 --response response.json", "AmountAboveClaim", 1],
      ] as const) {
        expect(await refused(`claim decide claim-file.json${options}`, "insurer"), options).to.deep.equal({
          error,
          code,
        });
      }
      await time.increase(15 * DAY + 1);
      const late = "claim decide claim-file.json --deny --response response.json";
      expect(await refused(late, "insurer")).to.deep.equal({ error: "ClaimWindowOver", code: 1 });
      expect((await cli.done("claim finalize claim-file.json", signer("stranger"))).out).to.contain(
        "paid 7,110.00 USD",
      );
    });

    it("puts salted digests on chain, and keeps each salt beside its document", async () => {
      await cli.write("grounds.pdf", "grounds");
      await cli.write("ruling.pdf", "ruling");
      const deny = "claim decide claim-file.json --deny --response response.json";
      const appeal = "claim appeal claim-file.json --grounds grounds.pdf";
      const rule = "claim rule claim-file.json --award 0 --reasons ruling.pdf --salt-file ruling.salt";
      const onChain = async (kind: string, member: string): Promise<unknown> => {
        const { steps } = jsonIn<{ steps: Record<string, unknown>[] }>(
          await cli.done("claim show claim-file.json --json"),
        );
        return steps.find((step) => step["kind"] === kind)![member];
      };
      for (const [line, by, kind, member, document, saltFile] of [
        [deny, "insurer", "decided", "response", "{}", "response.json.salt.json"],
        [appeal, "hospital", "appealed", "grounds", "grounds", "grounds.pdf.salt.json"],
        [rule, "arbitrator", "ruled", "reasons", "ruling", "ruling.salt"],
      ] as const) {
        await cli.done(`${line} --dry-run`, signer(by));
        expect(await refused(line, "stranger")).to.include({ code: 1 });
        expect(await isThere(saltFile), saltFile).to.equal(false);
        const told = jsonIn<Record<string, string>>(await cli.done(`${line} --json`, signer(by)));
        const { salt, digest } = await cli.readJson<{ salt: Hex; digest: Hex }>(saltFile);
        expect(told).to.include({ salt, saltFile, [member]: digest });
        expect(await saltedDigest(utf8(document), salt)).to.equal(digest);
        expect(await onChain(kind, member)).to.equal(digest);
      }
    });

    it("takes a salted digest itself, with which no salt file goes", async () => {
      const digest = `0x${"ab".repeat(32)}`;
      const line = `claim decide claim-file.json --deny --response ${digest}`;
      for (const wrong of [`${line} --salt-file s.json`, "claim decide claim-file.json --approve --salt-file s.json"]) {
        expect(await refused(wrong, "insurer")).to.deep.equal({ error: "UsageError", code: 2 });
      }
      const told = jsonIn<object>(await cli.done(`${line} --json`, signer("insurer")));
      expect(told).to.include({ response: digest }).and.not.to.have.any.keys("salt", "saltFile");
    });

    it("is appealed by its provider, by the claim's id", async () => {
      await cli.done("claim decide claim-file.json --deny --response response.json", signer("insurer"));
      await cli.write("grounds.pdf", "grounds");
      const { id } = await show();
      const { out } = await cli.done(`claim appeal ${id} --grounds grounds.pdf`, signer("nurse"));
      expect(out).to.contain(`Appealed claim ${id}`);
      expect(await show()).to.include({ status: "Appealed" });
    });

    it("does not know codes of a claim named by its id", async () => {
      const { id } = await show();
      for (const line of [`claim show ${id} --eob eob.json`, `claim decide ${id} --approve --secret plan.secret`]) {
        expect(await refused(line, "insurer")).to.deep.equal({ error: "UsageError", code: 2 });
      }
      expect((await cli.done(`claim show ${id}`)).out)
        .to.contain("Pending")
        .and.not.to.contain("surgery");
      expect(await refused("claim show claim-file.json --carc 50", "insurer")).to.include({ error: "UsageError" });
      const none = `0x${"00".repeat(32)}`;
      expect(await refused(`claim show ${none}`, "insurer")).to.deep.equal({ error: "ClaimUnknownError", code: 2 });
    });
  });

  describe("reverse", () => {
    it("approves and pays back exactly what was paid, so that a corrected claim may follow", async () => {
      await cli.acknowledged();
      await cli.done(SUBMIT, signer("hospital"));
      const { token, hospital: payer, escrow } = cli.people.house;
      await token.connect(payer).approve(escrow, 0n);
      expect(await refused("claim reverse claim-file.json", "stranger")).to.deep.equal({
        error: "ClaimNotYours",
        code: 1,
      });
      const { out } = await cli.done("claim reverse claim-file.json", signer("hospital"));
      expect(out).to.contain("paid back 100.00 USD").and.to.contain("Approval: ").and.to.contain("Reversal: ");
      expect(await show()).to.include({ status: "Reversed", paid: "0.00" });
      await cli.done(DRAFT.replace("--out claim-file", "--out corrected"), signer("hospital"));
    });

    it("approves nothing from the purse of staff", async () => {
      await cli.acknowledged();
      await cli.done(SUBMIT, signer("hospital"));
      const { out } = await cli.done("claim reverse claim-file.json", signer("nurse"));
      expect(out).to.contain("paid back 100.00 USD").and.not.to.contain("Approval");
    });
  });

  it("is funded when the reserve was dry", async () => {
    const { people } = cli;
    const { escrow, insurer, plan } = { ...people.house, plan: people.plan };
    const { free } = await escrow.reserveOf(plan);
    await escrow.connect(insurer).withdraw(plan, free - 500_000_000n, insurer);
    await cli.pending();
    const { out } = await cli.done("claim show claim-file.json");
    expect(out).to.contain("The plan's reserve does not hold what it owes");
    expect(await refused("claim fund claim-file.json", "stranger")).to.deep.equal({ error: "ReserveShort", code: 1 });
    await escrow.connect(insurer).deposit(plan, 10_000_000_000n);
    expect((await cli.done("claim fund claim-file.json", signer("stranger"))).out).to.contain("has its reserve");
  });

  it("is listed by plan, policy, provider or patient", async () => {
    await cli.acknowledged();
    await cli.done(SUBMIT, signer("hospital"));
    const { plan } = cli.people;
    for (const by of [`--plan ${plan}`, "--policy policy.json", `--provider ${hospital}`, `--patient ${patient}`]) {
      const listed = jsonIn<object[]>(await cli.done(`claim list ${by} --json`));
      expect(listed, by).to.have.length(1);
      expect(listed[0]).to.include({ status: "Final", billed: "150.00", benefit: "100.00", paid: "100.00" });
    }
    expect((await cli.done(`claim list --patient ${hospital}`)).out).to.contain("No claim was submitted.");
    expect((await cli.done(`claim list --plan ${plan} --waiting`)).out).to.contain("No claim waits for the insurer.");
    expect(await refused(`claim list --plan ${plan} --provider ${hospital}`, "patient")).to.include({
      error: "UsageError",
    });
    expect(await refused("claim list", "patient")).to.deep.equal({ error: "UsageError", code: 2 });
  });

  it("is listed as waiting for the insurer, the nearest deadline first, and last what only lacks money", async () => {
    const { house, plan, yesterday } = cli.people;
    const file = async (name: string, submit: string, claim = fhirClaim([item(yesterday)])): Promise<void> => {
      await cli.write("claim.json", claim);
      await cli.done(DRAFT.replace("--out claim-file", `--out ${name}`), signer("hospital"));
      await cli.done(ACKNOWLEDGE.replace("claim-file", name).replace("--out ack", `--out ${name}`), signer("patient"));
      await cli.done(submit.replace("claim-file", name).replace("t ack", `t ${name}`), signer("hospital"));
    };
    await consent();
    const { free } = await house.escrow.reserveOf(plan);
    await house.escrow.connect(house.insurer).withdraw(plan, free - 500_000_000n, house.insurer);
    await file("paid", SUBMIT, fhirClaim([item(yesterday, "visit", 150, { quantity: { value: 4 } })]));
    await file("dry", SUBMIT, fhirClaim([item(yesterday, "visit", 120)]));
    await file("consented", "claim submit claim-file.json --consent none");
    await time.increase(DAY);
    await cli.pending();
    type Listed = { status: string; unfunded: boolean }[];
    const statuses = async (rest = ""): Promise<unknown[]> => {
      const listed = jsonIn<Listed>(await cli.done(`claim list --plan ${plan}${rest} --json`));
      return listed.map(({ status, unfunded }) => [status, unfunded]);
    };
    const final = ["Final", true];
    expect(await statuses()).to.deep.equal([["Final", false], final, ["Unacknowledged", false], ["Pending", true]]);
    expect(await statuses(" --waiting")).to.deep.equal([["Unacknowledged", false], ["Pending", true], final]);
    expect((await cli.done(`claim list --plan ${plan} --waiting`)).out).to.contain("Final, unfunded");
  });
});
