import { expect } from "chai";
import { ZeroHash } from "ethers";

import { accountOf } from "../../src/aceso.js";
import { grant } from "../../src/consent/consent.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { claimResponse } from "../../src/fhir/claimResponse.js";
import { explanationOfBenefit } from "../../src/fhir/explanationOfBenefit.js";
import { adjudicatedClaim, ClaimUnknownError } from "../../src/insurance/adjudicated.js";
import { decide, finalize, lapse } from "../../src/insurance/decision.js";
import { dateOf } from "../../src/insurance/day.js";
import { estimate, ServiceDayOutsideError, UnknownPolicyError } from "../../src/insurance/estimate.js";
import { UnlistedServicesError } from "../../src/insurance/listed.js";
import { nameProviders, withdraw } from "../../src/insurance/plan.js";
import { reverse } from "../../src/insurance/reversal.js";
import { statement } from "../../src/insurance/statement.js";
import { submit, submitOnConsent } from "../../src/insurance/submission.js";
import { billedClaim, draftClaim, LineCountError } from "../../src/insurance/claimFile.js";
import { signAcknowledgement } from "../../src/insurance/acknowledgement.js";
import { FAR, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { usd } from "./escrow.js";
import {
  DOCUMENT,
  drafted,
  everybody,
  pending,
  promised,
  RESPONSE,
  SECRET,
  service,
  submitted,
  type People,
} from "./people.js";

const DAY = 24 * 60 * 60;

function asked({ policy, hospital }: People) {
  return { policy, provider: accountOf(hospital), secret: SECRET };
}

describe("estimate", () => {
  it("tells what the claim then comes to, line by line", async () => {
    const all = await everybody();
    await submitted(all, service(all, { code: "laboratory", billed: "60.00" }));
    const services = [
      service(all),
      service(all, { sequence: "2", code: "laboratory", quantity: "2", billed: "200.00" }),
      service(all, { sequence: "3", code: "cosmetic", billed: "30.00" }),
      service(all, { sequence: "4", code: "surgery", billed: "70.00" }),
    ];
    const { outcome, lines, settlement, reserveDry, decimals } = await estimate(all.stranger, {
      ...asked(all),
      services,
    });
    const { result } = await submitted(all, ...services);
    expect(outcome).to.deep.equal(result.outcome);
    expect({ settlement, reserveDry, decimals }).to.deep.equal({
      settlement: "at once",
      reserveDry: false,
      decimals: 6,
    });
    // 60 of the deductible's 100 is met already: of 160 allowed, 40 deductible and a fifth of 120.
    expect(lines[1]!.outcome).to.include({ deductible: usd(40), coinsurance: usd(24), writeOff: usd(40) });
    expect(lines.map(({ inNetwork, cover, preauthorization }) => [inNetwork, cover, preauthorization])).to.deep.equal([
      [true, "Covered", "notNeeded"],
      [true, "Covered", "notNeeded"],
      [true, "Excluded", "notNeeded"],
      [true, "Covered", "missing"],
    ]);
    const reasons = lines.map(({ entries }) => entries.flatMap(({ reason }) => reason?.code ?? []));
    expect(reasons).to.deep.equal([["45", "3"], ["45", "1", "2"], ["204"], ["197"]]);
  });

  it("knows what waits for the insurer, and a dry reserve", async () => {
    const all = await everybody();
    const services = [service(all, { code: "surgery", billed: "8000.00", preAuthRef: "PA-1" })];
    const preauthorizations = [await promised(all)];
    await withdraw(all.insurer, { plan: all.plan, amount: usd(15_000) }).send();
    const operation = await estimate(all.stranger, { ...asked(all), services, preauthorizations });
    expect(operation).to.include({ settlement: "insurer decides", reserveDry: true });
    expect(operation.outcome).to.include({ benefit: usd(7_110), patientShare: usd(890) });
    const visits = [service(all, { quantity: "5", billed: "600.00" })];
    expect(await estimate(all.stranger, { ...asked(all), services: visits })).to.include({
      ...{ settlement: "insurer decides", reserveDry: false },
    });
  });

  it("is within the year's limit", async () => {
    const all = await everybody();
    const visits = service(all, { quantity: "4", billed: "480.00" });
    for (let at = 0; at < 4; at++) await submitted(all, visits);
    const at = async (billed: string) =>
      (await estimate(all.stranger, { ...asked(all), services: [{ ...visits, billed }] })).settlement;
    // 1,840 of 2,000 was paid at once; copay is 20.
    expect([await at("180.00"), await at("180.01")]).to.deep.equal(["at once", "insurer decides"]);
  });

  it("is out of network where the provider is", async () => {
    const all = await everybody();
    const { clinic, stranger } = all;
    const { outcome, lines } = await estimate(stranger, {
      ...{ ...asked(all), provider: accountOf(clinic), services: [service(all)] },
    });
    expect(outcome).to.include({ patientShare: usd(50), writeOff: 0n });
    expect(lines[0]!.inNetwork).to.be.false;
  });

  it("refuses what no claim could be", async () => {
    const all = await everybody();
    const { policy, stranger } = all;
    const ask = async (changes: Parameters<typeof service>[1], terms = policy) =>
      estimate(stranger, { ...asked(all), policy: terms, services: [service(all, changes)] });
    await refusal(ask({ code: "unheard of" }), UnlistedServicesError);
    await refusal(ask({}, { ...policy, premium: 1n }), UnknownPolicyError);
    const { sequences } = await refusal(ask({ day: dateOf(policy.endDay) }), ServiceDayOutsideError);
    expect(sequences).to.deep.equal(["1"]);
    await refusal(ask({ day: dateOf(policy.firstDay - 1) }), ServiceDayOutsideError);
    const huge = service(all, { billed: "60000000000000000000000.00" });
    await revert(estimate(stranger, { ...asked(all), services: [huge, huge] }), "ClaimTooLarge");
    const services = Array.from({ length: 51 }, () => service(all));
    const { lines } = await refusal(estimate(stranger, { ...asked(all), services }), LineCountError);
    expect(lines).to.equal(51);
    expect((await estimate(stranger, { ...asked(all), services: services.slice(1) })).lines).to.have.length(50);
    expect((await ask({ day: dateOf(policy.firstDay) })).outcome.benefit).to.equal(usd(100));
    expect((await ask({ day: dateOf(policy.endDay - 1) })).outcome.benefit).to.equal(usd(100));
  });
});

describe("statement", () => {
  it("is the year so far: claims, accumulators and what is left", async () => {
    const all = await everybody();
    const one = await submitted(all, service(all), service(all, { sequence: "2", code: "laboratory" }));
    const two = await pending(all);
    await decide(all.insurer, { claim: two.claim, benefit: usd(7_000), response: RESPONSE }).send();
    const denied = await drafted(all, service(all, { quantity: "10", billed: "1200.00" }));
    const acknowledgement = await signAcknowledgement(all.patient, { file: denied });
    await submit(all.hospital, { file: denied, acknowledgement }).send();
    const { claims, policy, left, totals, plan } = await statement(all.stranger, { policy: all.policyId });
    expect(claims.map(({ id, status }) => [id, status])).to.deep.equal([
      [one.file.id, "Final"],
      [two.file.id, "Decided"],
      [denied.id, "Pending"],
    ]);
    expect(plan).to.include({ id: all.plan, decimals: 6 });
    // The laboratory: 80 allowed, all of it deductible; then 20 deductible and a tenth of 7,980 for the operation.
    expect(policy).to.include({ deductible: usd(100), outOfPocket: usd(20 + 80 + 20 + 798 + 20) });
    expect(left).to.deep.equal({
      deductible: 0n,
      outOfPocket: usd(62),
      benefit: usd(50_000 - 100 - 7_182 - 1_180),
      autoApproved: usd(1_900),
    });
    expect(totals).to.deep.equal({
      billed: usd(150 + 150 + 8_000 + 1_200),
      benefit: usd(100 + 7_000 + 1_180),
      patientShare: usd(938),
      writeOff: usd(30 + 70),
      disputed: usd(182),
      paid: usd(7_100),
    });
  });

  it("leaves out of its sums what counts for nothing", async () => {
    const all = await everybody();
    const { claim } = await submitted(all, service(all));
    await reverse(all.hospital, { claim }).send();
    const denied = await pending(all);
    await decide(all.insurer, { claim: denied.claim, benefit: 0n, response: RESPONSE }).send();
    await time.increase(60 * DAY);
    await finalize(all.stranger, { claim: denied.claim }).send();
    const { claims, totals, left } = await statement(all.stranger, { policy: all.policyId });
    expect(claims.map(({ status }) => status)).to.deep.equal(["Reversed", "Final"]);
    expect(Object.values(totals)).to.deep.equal([0n, 0n, 0n, 0n, 0n, 0n]);
    expect(left).to.include({ deductible: usd(100), outOfPocket: usd(1_000), benefit: usd(50_000) });
    await refusal(statement(all.stranger, { policy: ZeroHash as Hex }), UnknownPolicyError);
  });
});

describe("adjudicatedClaim", () => {
  it("feeds the ExplanationOfBenefit and the ClaimResponse", async () => {
    const all = await everybody();
    await submitted(all, service(all, { code: "laboratory", billed: "60.00" }));
    const { file, result } = await submitted(
      all,
      service(all, { display: "A visit" }),
      service(all, { sequence: "2", code: "laboratory", billed: "70.00" }),
    );
    const claim = await adjudicatedClaim(all.stranger, { file });
    const { payment, total, item } = explanationOfBenefit(claim);
    expect(payment!.amount).to.deep.equal({ value: 124, currency: "USD" });
    expect(result.paid).to.equal(usd(124));
    expect(total!.at(-1)!.amount.value).to.equal(124);
    expect(item![0]!.productOrService.coding![0]).to.include({ code: "visit", display: "A visit" });
    expect(claim.lines.map(({ outcome }) => outcome!.benefit)).to.deep.equal([usd(100), usd(24)]);
    expect(claimResponse(claim).item).to.have.length(2);
  });

  it("tells a decision with the insurer's reason, and a preauthorisation", async () => {
    const all = await everybody();
    const { file, claim } = await pending(all);
    await decide(all.insurer, { claim, benefit: usd(7_000), response: RESPONSE }).send();
    const told = await adjudicatedClaim(all.stranger, { file, reasonCode: "50", text: "Not necessary." });
    expect(told.decision).to.include({ response: RESPONSE, reasonCode: "50", text: "Not necessary." });
    expect(told.lines[0]).to.include({ preauthorization: "given", preAuthRef: "PA-1", inNetwork: true });
    expect(explanationOfBenefit(told).adjudication![0]!.amount!.value).to.equal(110);
  });

  it("knows a provider out of network that was named after the claim was paid", async () => {
    const all = await everybody();
    const { clinic, patient, policy, insurer } = all;
    const terms = { policy, provider: accountOf(clinic), secret: SECRET, currency: "USD", document: DOCUMENT };
    const file = await draftClaim(clinic, { ...terms, services: [service(all)], type: "professional" });
    await submit(clinic, { file, acknowledgement: await signAcknowledgement(patient, { file }) }).send();
    await nameProviders(insurer, { name: all.draft.name, providers: [accountOf(clinic)] }).send();
    const claim = await adjudicatedClaim(all.stranger, { file });
    expect(claim).to.include({ type: "professional" });
    expect(claim.lines[0]).to.deep.include({ inNetwork: false });
    expect(claim.lines[0]!.outcome).to.include({ patientShare: usd(50), writeOff: 0n });
    const later = await draftClaim(clinic, { ...terms, services: [service(all)] });
    await submit(clinic, { file: later, acknowledgement: await signAcknowledgement(patient, { file: later }) }).send();
    expect((await adjudicatedClaim(all.stranger, { file: later })).lines[0]).to.deep.include({ inNetwork: true });
  });

  it("knows nothing of a claim that was never submitted", async () => {
    const all = await everybody();
    await refusal(adjudicatedClaim(all.stranger, { file: await drafted(all, service(all)) }), ClaimUnknownError);
  });

  it("is not adjudicated while nobody acknowledged it, and is no more when it lapsed", async () => {
    const all = await everybody();
    const { hospital, patient, stranger } = all;
    const terms = { purposes: ["HPAYMT"], categories: ["claims"], validUntil: FAR } as const;
    await grant(patient, { grantee: accountOf(hospital), terms }).send();
    const file = await drafted(all, service(all));
    await submitOnConsent(hospital, { file }).send();
    const claim = await adjudicatedClaim(stranger, { file });
    expect(claim.lines[0]).not.to.have.property("outcome");
    expect(explanationOfBenefit(claim).outcome).to.equal("queued");
    await time.increase(15 * DAY);
    await lapse(stranger, { claim: billedClaim(file) }).send();
    await refusal(adjudicatedClaim(stranger, { file }), ClaimUnknownError);
    expect((await statement(stranger, { policy: all.policyId })).totals.billed).to.equal(0n);
  });
});
