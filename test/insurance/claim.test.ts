import { expect } from "chai";
import { encodeBytes32String, id, ZeroHash } from "ethers";

import { accountOf, type Aceso } from "../../src/aceso.js";
import { setDelegateBySig, signSetDelegate } from "../../src/consent/delegate.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import { CurrencyCodeError } from "../../src/fhir/settlement.js";
import { signAcknowledgement } from "../../src/insurance/acknowledgement.js";
import { claimOf, claimsOf } from "../../src/insurance/claim.js";
import {
  billedClaim,
  draftClaim,
  isDocumentOf,
  LineCountError,
  MalformedClaimFileError,
  parseClaimFile,
  requireServices,
  ServiceKeyMismatchError,
  type ClaimFile,
} from "../../src/insurance/claimFile.js";
import { claimId } from "../../src/insurance/claimKey.js";
import { dayNumber, DayOutOfRangeError } from "../../src/insurance/day.js";
import type { ServiceLine } from "../../src/insurance/line.js";
import { UnlistedServicesError } from "../../src/insurance/listed.js";
import { DayFullError } from "../../src/insurance/numbering.js";
import type { Policy } from "../../src/insurance/policyKey.js";
import {
  PreauthorizationUnplacedError,
  preAuthRefKey,
  signPreauthorization,
} from "../../src/insurance/preauthorization.js";
import { AcknowledgementMismatchError, submit } from "../../src/insurance/submission.js";
import { SignedForElsewhereError } from "../../src/signing.js";
import { NegativeAmountError } from "../../src/token/amount.js";
import { FAR } from "../fixtures.js";
import { altered, refusal, revert } from "../sdk.js";
import { claimId as idOf, claimOf as keyOf, usd } from "./escrow.js";
import { DOCUMENT, drafted, everybody, historyOf, pending, promised, SECRET, service, submitted } from "./people.js";

describe("draftClaim", () => {
  it("makes a claim whose id is the contract's", async () => {
    const all = await everybody();
    const file = await drafted(all, service(all), service(all, { sequence: "2", code: "laboratory", quantity: "0.5" }));
    const { policy, provider, documents, lines } = billedClaim(file);
    const numeric = lines.map((line) => ({ ...line, quantity: Number(line.quantity) }));
    const key = keyOf({ policy, provider, documents, lines: numeric, role: 0, preauthorizations: [] });
    expect(file.id)
      .to.equal(idOf(key))
      .and.to.equal(claimId(billedClaim(file)));
    expect(numeric.map(({ number, quantity }) => [number, quantity])).to.deep.equal([
      [0, 1_000],
      [1, 500],
    ]);
  });

  it("salts its document, so that equal claims differ", async () => {
    const all = await everybody();
    const [one, other] = [await drafted(all, service(all)), await drafted(all, service(all))];
    expect(one.documents).not.to.equal(other.documents);
    expect(await isDocumentOf(one, DOCUMENT)).to.be.true;
    expect(await isDocumentOf(one, { id: "a claim", resourceType: "Claim" })).to.be.true;
    expect(await isDocumentOf(one, { ...DOCUMENT, id: "another" })).to.be.false;
  });

  it("numbers lines after those of the day that were accepted, and names a day that is full", async () => {
    const all = await everybody();
    await submitted(all, service(all), service(all, { sequence: "2" }));
    expect((await drafted(all, service(all))).lines[0]).to.include({ number: 2 });
    const all256 = async () => 2n ** 256n - 1n;
    const { day } = await refusal(
      drafted({ ...all, hospital: altered(all.hospital, "escrow", { acceptedLinesOf: all256 }) }, service(all)),
      DayFullError,
    );
    expect(day).to.equal(all.yesterday);
    await refusal(drafted(all), LineCountError);
    await refusal(drafted(all, ...Array.from({ length: 51 }, () => service(all))), LineCountError);
  });

  it("gives no number again that a draft of the same policy, provider and day has", async () => {
    const all = await everybody();
    const { policy, hospital, clinic, patient } = all;
    const draft = (by: Aceso, under: Policy, drafted: ClaimFile[]) => {
      const claim = {
        policy: under,
        provider: accountOf(by),
        secret: SECRET,
        services: [service(all)],
        currency: "USD",
      };
      return draftClaim(by, { ...claim, document: DOCUMENT, drafted });
    };
    const first = await draft(hospital, policy, []);
    const second = await draft(hospital, policy, [first]);
    const numbers = [first, second].map(({ lines }) => lines[0]!.number);
    expect(numbers).to.deep.equal([0, 1]);
    for (const file of [second, first]) {
      await submit(hospital, { file, acknowledgement: await signAcknowledgement(patient, { file }) }).send();
    }
    expect((await draft(clinic, policy, [first, second])).lines[0]).to.include({ number: 0 });
    const other = { ...policy, document: id("another coverage") as Hex };
    expect((await draft(hospital, other, [first, second])).lines[0]).to.include({ number: 0 });
    const longAgo = { ...first, lines: first.lines.map((line) => ({ ...line, day: "2001-01-01", number: 2 })) };
    expect((await draft(hospital, policy, [longAgo])).lines[0]).to.include({ number: 2 });
  });

  it("refuses a currency that is no ISO 4217 code", async () => {
    const all = await everybody();
    const { policy, hospital } = all;
    const claim = { policy, provider: accountOf(hospital), secret: SECRET, services: [service(all)] };
    await refusal(draftClaim(hospital, { ...claim, document: DOCUMENT, currency: "usd" }), CurrencyCodeError);
  });

  it("refuses services the plan does not list, by their lines", async () => {
    const all = await everybody();
    const lines = [service(all), service(all, { sequence: "2.1", code: "unheard of" })];
    const { sequences } = await refusal(drafted(all, ...lines), UnlistedServicesError);
    expect(sequences).to.deep.equal(["2.1"]);
    const { policy, hospital } = all;
    const claim = { policy, provider: accountOf(hospital), services: lines.slice(0, 1), currency: "USD" };
    await refusal(draftClaim(hospital, { ...claim, document: "text", secret: ZeroHash as Hex }), UnlistedServicesError);
  });
});

describe("parseClaimFile", () => {
  it("reads what was kept, and refuses what was changed or is none", async () => {
    const all = await everybody();
    const file = await drafted(all, service(all, { display: "A visit" }));
    expect(parseClaimFile(JSON.stringify(file))).to.deep.equal(file);
    const changes = [
      { lines: [{ ...file.lines[0], billed: "151.00" }] },
      { lines: [{ ...file.lines[0], code: 7 }] },
      { lines: "none" },
      { provider: accountOf(all.clinic) },
      { provider: "nobody" },
      { policy: { ...file.policy, premium: "1" } },
      { salt: "0x12" },
      { currency: 840 },
      { decimals: "6" },
      { decimals: 2 },
      { type: "veterinary" },
    ];
    for (const change of changes) {
      await refusal(() => parseClaimFile(JSON.stringify({ ...file, ...change })), MalformedClaimFileError);
    }
    for (const currency of ["points", "usd", "US$", ""]) {
      await refusal(() => parseClaimFile(JSON.stringify({ ...file, currency })), CurrencyCodeError);
    }
    await refusal(() => parseClaimFile("{"), MalformedClaimFileError);
    await refusal(() => parseClaimFile("null"), MalformedClaimFileError);
  });
});

describe("signAcknowledgement", () => {
  it("does not sign for services under other names", async () => {
    const all = await everybody();
    const file = await drafted(all, service(all));
    const disguised = { ...file, lines: [{ ...file.lines[0]!, code: "laboratory" }] };
    const { sequences } = await refusal(
      signAcknowledgement(all.patient, { file: disguised, secret: SECRET }),
      ServiceKeyMismatchError,
    );
    expect(sequences).to.deep.equal(["1"]);
    expect(() => requireServices(file, SECRET)).not.to.throw();
  });

  it("may be a delegate's for claims", async () => {
    const all = await everybody();
    const { patient, guardian, relayer, hospital } = all;
    const terms = { delegate: accountOf(guardian), until: FAR, categories: ["claims"] } as const;
    await setDelegateBySig(relayer, await signSetDelegate(patient, terms)).send();
    const file = await drafted(all, service(all));
    await submit(hospital, { file, acknowledgement: await signAcknowledgement(guardian, { file }) }).send();
    expect(await historyOf(all, { file })).to.include({ acknowledgedBy: accountOf(guardian) });
  });
});

describe("submit", () => {
  it("pays an acknowledged claim within the limits at once, and says what became of it", async () => {
    const all = await everybody();
    const lines = [service(all), service(all, { sequence: "2", code: "laboratory", quantity: "2", billed: "200.00" })];
    const { result, file } = await submitted(all, ...lines);
    // The visit: 120 allowed, 20 copay. The laboratory: 160 allowed, 100 deductible, 12 coinsurance.
    expect(result.outcome).to.deep.include({ billed: usd(350), benefit: usd(148), patientShare: usd(132) });
    expect(result.outcome).to.deep.include({ writeOff: usd(70), deductible: usd(100), outOfPocket: usd(132) });
    expect(result).to.include({ id: file.id, status: "Final", deadline: 0, unfunded: false, paid: usd(148) });
    expect(await all.house.token.balanceOf(accountOf(all.hospital))).to.equal(usd(1_000_148));
  });

  it("reserves a claim beyond the limits, with its preauthorisation at its line", async () => {
    const all = await everybody();
    const { result, file } = await pending(all);
    expect(result).to.include({ status: "Pending", unfunded: false, paid: 0n });
    expect(result.outcome.benefit).to.equal(usd(7_110));
    expect(result.deadline).to.equal((await historyOf(all, { file })).submittedAt + 15 * 24 * 60 * 60);
  });

  it("refuses another claim's acknowledgement, and one for elsewhere", async () => {
    const all = await everybody();
    const file = await drafted(all, service(all));
    const other = await drafted(all, service(all, { billed: "151.00" }));
    const acknowledgement = await signAcknowledgement(all.patient, { file: other });
    await refusal(() => submit(all.hospital, { file, acknowledgement }), AcknowledgementMismatchError);
    const elsewhere = { ...(await signAcknowledgement(all.patient, { file })), chainId: "1" };
    await refusal(() => submit(all.hospital, { file, acknowledgement: elsewhere }), SignedForElsewhereError);
    const late = await signAcknowledgement(all.patient, { file, deadline: 1 });
    await revert(submit(all.hospital, { file, acknowledgement: late }).send(), "SignatureExpired");
    const anothers = await signAcknowledgement(all.stranger, { file });
    await revert(submit(all.hospital, { file, acknowledgement: anothers }).send(), "AcknowledgementInvalid");
  });

  it("refuses a second submission, a provider without licence, and a role nobody bills in", async () => {
    const all = await everybody();
    const { file } = await submitted(all, service(all));
    const acknowledgement = await signAcknowledgement(all.patient, { file });
    await revert(submit(all.hospital, { file, acknowledgement }).send(), "ClaimExists");
    await revert(submit(all.stranger, { file, acknowledgement }).send(), "ProviderUnauthorized");
    await revert(submit(all.hospital, { file, acknowledgement, role: "Pharmacy" }).send(), "ProviderUnauthorized");
  });

  it("places a preauthorisation by its number, and refuses one that is for no line", async () => {
    const all = await everybody();
    const operation = { code: "surgery", billed: "100.00" };
    const lines = [
      service(all, { ...operation, preAuthRef: "PA-2" }),
      service(all, { ...operation, sequence: "2", preAuthRef: "PA-1" }),
    ];
    const file = await drafted(all, ...lines);
    const acknowledgement = await signAcknowledgement(all.patient, { file });
    const given = await promised(all, "PA-1");
    const { result } = await submit(all.hospital, { file, acknowledgement, preauthorizations: [given] }).send();
    expect(result.outcome.writeOff).to.equal(usd(100));
    const { preauthorized } = await historyOf(all, { file });
    expect(preauthorized.map(({ line, amount }) => [line, amount])).to.deep.equal([[1, usd(9_000)]]);

    const visit = await drafted(all, service(all));
    const acknowledged = await signAcknowledgement(all.patient, { file: visit });
    const claim = { file: visit, acknowledgement: acknowledged, preauthorizations: [given] };
    await refusal(() => submit(all.hospital, claim), PreauthorizationUnplacedError);
    const forged = { ...given, contract: accountOf(all.stranger) };
    await refusal(() => submit(all.hospital, { ...claim, preauthorizations: [forged] }), SignedForElsewhereError);
  });
});

describe("signPreauthorization", () => {
  it("is for a line of its policy, provider, service, days and number", async () => {
    const all = await everybody();
    const operation = service(all, { code: "surgery", billed: "100.00" });
    const given = await promised(all);
    const { clinic, policy, hospital, patient } = all;
    const place = async (line: ServiceLine, promise = given, provider = hospital) => {
      const terms = { policy, provider: accountOf(provider), secret: SECRET, currency: "USD", document: DOCUMENT };
      const file = await draftClaim(provider, { ...terms, services: [line] });
      const acknowledgement = await signAcknowledgement(patient, { file });
      return submit(provider, { file, acknowledgement, preauthorizations: [promise] });
    };
    await refusal(place({ ...operation, preAuthRef: "PA-2" }), PreauthorizationUnplacedError);
    await refusal(place(operation, given, clinic), PreauthorizationUnplacedError);
    const anothers = { ...given, message: { ...given.message, policy: ZeroHash as Hex } };
    await refusal(place(operation, anothers), PreauthorizationUnplacedError);
    const over = { ...given, message: { ...given.message, lastDay: dayNumber(all.yesterday) - 1 } };
    await refusal(place(operation, over), PreauthorizationUnplacedError);
    const forged = await signPreauthorization(all.stranger, {
      ...{ policy: all.policyId, provider: accountOf(hospital), service: given.message.service, amount: 1n },
      ...{ lastDay: given.message.lastDay, preAuthRef: "PA-1" },
    });
    await revert((await place(operation, forged)).send(), "PreauthorizationInvalid");
    const { result } = await (await place(operation)).send();
    expect(result.outcome).to.include({ writeOff: 0n, deductible: usd(100) });
  });

  it("has a number of any length, and no deadline", async () => {
    const all = await everybody();
    expect(preAuthRefKey("PA-1")).to.equal(encodeBytes32String("PA-1"));
    const long = "a number of more than 32 characters";
    expect(preAuthRefKey(long)).to.equal(id(long));
    expect(await promised(all)).not.to.have.any.keys("deadline");
    const terms = { policy: all.policyId, provider: accountOf(all.hospital), service: ZeroHash as Hex, amount: 1n };
    const sign = (changes: object) =>
      signPreauthorization(all.insurer, { ...terms, lastDay: 1, preAuthRef: "PA-1", ...changes });
    await refusal(sign({ lastDay: -1 }), DayOutOfRangeError);
    await refusal(sign({ amount: -1n }), NegativeAmountError);
    await refusal(sign({ service: "0x12" }), MalformedDigestError);
    await refusal(sign({ policy: "0x12" }), MalformedDigestError);
  });
});

describe("claimOf", () => {
  it("tells the whole history", async () => {
    const all = await everybody();
    const { file, claim, result } = await submitted(all, service(all));
    const history = await historyOf(all, { file });
    expect(history.steps.map(({ kind }) => kind)).to.deep.equal(["submitted", "adjudicated", "paid"]);
    expect(history.claim).to.deep.equal(claim);
    expect(history).to.deep.include({ id: file.id, policy: all.policyId, status: "Final", paid: usd(100) });
    expect(history.adjudicated!.outcome).to.deep.equal(result.outcome);
    expect(history.paidAt).to.equal(history.submittedAt);
    expect(await claimOf(all.stranger, ZeroHash as Hex)).to.be.undefined;
  });
});

describe("claimsOf", () => {
  it("lists those of a policy, a provider, or a plan", async () => {
    const all = await everybody();
    const one = await submitted(all, service(all));
    const two = await pending(all);
    const ids = [one.file.id, two.file.id];
    const { stranger, policyId, plan, hospital, clinic } = all;
    const idsIn = async (asked: Parameters<typeof claimsOf>[1]) =>
      (await claimsOf(stranger, asked)).map(({ id }) => id);
    expect(await idsIn({ policy: policyId })).to.deep.equal(ids);
    expect(await idsIn({ provider: accountOf(hospital) })).to.deep.equal(ids);
    expect(await idsIn({ plan })).to.deep.equal(ids);
    expect(await idsIn({ provider: accountOf(clinic) })).to.deep.equal([]);
  });
});
