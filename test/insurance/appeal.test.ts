import { expect } from "chai";

import { accountOf } from "../../src/aceso.js";
import { grant } from "../../src/consent/consent.js";
import type { Address } from "../../src/crypto/address.js";
import { MalformedDigestError } from "../../src/crypto/digest.js";
import { appeal, appealBySig, rule, signAppeal } from "../../src/insurance/appeal.js";
import { billedClaim } from "../../src/insurance/claimFile.js";
import { decide, finalize, fund, lapse } from "../../src/insurance/decision.js";
import { deposit, withdraw } from "../../src/insurance/plan.js";
import { PreauthorizationUnplacedError } from "../../src/insurance/preauthorization.js";
import { repaymentOf, reverse } from "../../src/insurance/reversal.js";
import { accept, submitOnConsent } from "../../src/insurance/submission.js";
import { SignedForElsewhereError } from "../../src/signing.js";
import { AmountTooLargeError, NegativeAmountError } from "../../src/token/amount.js";
import { approve } from "../../src/token/token.js";
import { FAR, time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { usd } from "./escrow.js";
import {
  drafted,
  everybody,
  GROUNDS,
  historyOf,
  pending,
  promised,
  REASONS,
  RESPONSE,
  service,
  submitted,
  type People,
} from "./people.js";

const DAY = 24 * 60 * 60;

/** An operation for 8,000, of which the insurer pays 1,000 of 7,110. */
async function reduced(all: People) {
  const { file, claim } = await pending(all);
  await decide(all.adjuster, { claim, benefit: usd(1_000), response: RESPONSE }).send();
  return { file, claim };
}

/** A visit the hospital claims on the patient's standing consent. */
async function unacknowledged(all: People) {
  const terms = { purposes: ["HPAYMT"], categories: ["claims"], validUntil: FAR } as const;
  await grant(all.patient, { grantee: accountOf(all.hospital), terms }).send();
  const file = await drafted(all, service(all));
  const { result } = await submitOnConsent(all.hospital, { file }).send();
  expect(result).to.equal(file.id);
  return { file, claim: billedClaim(file) };
}

describe("decide", () => {
  it("approves, reduces or denies a pending claim", async () => {
    const all = await everybody();
    const { file } = await reduced(all);
    const history = await historyOf(all, { file });
    expect(history.state).to.include({ status: "Decided", benefit: usd(1_000), disputed: usd(6_110) });
    expect(history.decision).to.include({ response: RESPONSE, actor: accountOf(all.adjuster) });
    expect(history).to.include({ paid: usd(1_000), paidAt: history.decision!.time });
  });

  it("refuses amounts and digests that are none, more than was adjudicated, and another's decision", async () => {
    const all = await everybody();
    const { claim } = await pending(all);
    const decision = { claim, benefit: usd(1), response: RESPONSE };
    await refusal(() => decide(all.insurer, { ...decision, benefit: -1n }), NegativeAmountError);
    await refusal(() => decide(all.insurer, { ...decision, benefit: 2n ** 96n }), AmountTooLargeError);
    await refusal(() => decide(all.insurer, { ...decision, response: "0x12" }), MalformedDigestError);
    await revert(decide(all.insurer, { ...decision, benefit: usd(7_111) }).send(), "AmountAboveClaim");
    await revert(decide(all.hospital, decision).send(), "InsurerUnauthorized");
    await time.increase(15 * DAY);
    await revert(decide(all.insurer, decision).send(), "ClaimWindowOver");
  });
});

describe("finalize", () => {
  it("approves what the insurer was silent on", async () => {
    const all = await everybody();
    const { file, claim } = await pending(all);
    await revert(finalize(all.stranger, { claim }).send(), "ClaimWindowOpen");
    await time.increase(15 * DAY);
    await finalize(all.stranger, { claim }).send();
    const history = await historyOf(all, { file });
    expect(history).to.include({ status: "Final", paid: usd(7_110) });
    expect(history.steps.map(({ kind }) => kind)).to.deep.equal([
      ...["submitted", "preauthorized", "adjudicated", "approvedBySilence", "paid"],
    ]);
  });
});

describe("appeal", () => {
  it("is the provider's or, relayed, the patient's, and ends with a ruling", async () => {
    const all = await everybody();
    const { file, claim } = await reduced(all);
    await revert(appeal(all.stranger, { claim, grounds: GROUNDS }).send(), "AppealUnauthorized");
    const signed = await signAppeal(all.patient, { claim, grounds: GROUNDS });
    const elsewhere = { ...signed, contract: accountOf(all.stranger) };
    await refusal(() => appealBySig(all.relayer, elsewhere), SignedForElsewhereError);
    await appealBySig(all.relayer, JSON.parse(JSON.stringify(signed)) as typeof signed).send();
    await revert(appeal(all.nurse, { claim, grounds: GROUNDS }).send(), "ClaimStatusInvalid");

    await revert(rule(all.fallback, { claim, award: 0n, reasons: REASONS }).send(), "RulingUnauthorized");
    await revert(rule(all.arbitrator, { claim, award: usd(6_111), reasons: REASONS }).send(), "AmountAboveClaim");
    await refusal(() => rule(all.arbitrator, { claim, award: -1n, reasons: REASONS }), NegativeAmountError);
    await rule(all.arbitrator, { claim, award: usd(2_000), reasons: REASONS }).send();
    const history = await historyOf(all, { file });
    expect(history.state).to.include({ status: "Final", benefit: usd(3_000), disputed: 0n });
    expect(history.paid).to.equal(usd(3_000));
    expect(history.steps.map(({ kind }) => kind)).to.deep.equal([
      ...["submitted", "preauthorized", "adjudicated", "decided", "paid", "appealed", "ruled", "final", "paid"],
    ]);
    const [, , , , , appealed, ruled, final] = history.steps;
    expect(appealed).to.include({ appellant: accountOf(all.patient), grounds: GROUNDS });
    expect(ruled).to.include({ arbitrator: accountOf(all.arbitrator), award: usd(2_000), reasons: REASONS });
    expect(final).to.include({ benefit: usd(3_000), released: usd(4_110) });
  });

  it("is the provider's staff's, too", async () => {
    const all = await everybody();
    const { file, claim } = await reduced(all);
    await appeal(all.nurse, { claim, grounds: GROUNDS }).send();
    expect(await historyOf(all, { file })).to.include({ status: "Appealed" });
  });
});

describe("fund", () => {
  it("pays a claim that found the reserve dry", async () => {
    const all = await everybody();
    const { insurer, plan, house } = all;
    const { free } = await house.escrow.reserveOf(plan);
    await withdraw(insurer, { plan, amount: free - usd(500) }).send();
    const { result } = await submitted(all, service(all, { quantity: "4", billed: "480.00" }));
    expect(result).to.include({ unfunded: false, paid: usd(460) });
    const { file, claim, result: dry } = await submitted(all, service(all));
    expect(dry).to.include({ status: "Final", unfunded: true, paid: 0n });
    await deposit(insurer, { plan, amount: usd(5_000) }).send();
    await fund(all.stranger, { claim }).send();
    const history = await historyOf(all, { file });
    expect(history.steps.map(({ kind }) => kind)).to.deep.equal(["submitted", "adjudicated", "funded", "paid"]);
    expect(history.paid).to.equal(usd(100));
    await revert(fund(all.stranger, { claim }).send(), "ClaimIsFunded");
  });
});

describe("submitOnConsent", () => {
  it("reserves nothing until the insurer accepts", async () => {
    const all = await everybody();
    const { file, claim } = await unacknowledged(all);
    const before = await historyOf(all, { file });
    expect(before).to.include({ status: "Unacknowledged", paid: 0n });
    expect(before).not.to.have.any.keys("acknowledgedBy", "adjudicated", "decision", "paidAt");
    const preauthorizations = [await promised(all)];
    await refusal(() => accept(all.adjuster, { claim, preauthorizations }), PreauthorizationUnplacedError);
    const { result } = await accept(all.adjuster, { claim }).send();
    expect(result).to.include({ id: file.id, status: "Final", paid: usd(100) });
    expect(await historyOf(all, { file })).to.include({ status: "Final", paid: usd(100) });
  });

  it("needs the patient's consent", async () => {
    const all = await everybody();
    const file = await drafted(all, service(all));
    await revert(submitOnConsent(all.hospital, { file }).send(), "ClaimUnpermitted");
  });
});

describe("lapse", () => {
  it("ends what the insurer was silent on, and the same claim may come again", async () => {
    const all = await everybody();
    const { file, claim } = await unacknowledged(all);
    await revert(lapse(all.stranger, { claim }).send(), "ClaimWindowOpen");
    await time.increase(15 * DAY);
    await lapse(all.stranger, { claim }).send();
    expect(await historyOf(all, { file })).to.include({ status: "Lapsed" });
    await submitOnConsent(all.hospital, { file }).send();
    const again = await historyOf(all, { file });
    expect(again).to.include({ status: "Unacknowledged" });
    expect(again.steps).to.have.length(1);
    await reverse(all.hospital, { claim }).send();
    expect(await historyOf(all, { file })).to.include({ status: "Reversed" });
  });
});

describe("reverse", () => {
  it("pays back what repaymentOf says, and frees the lines", async () => {
    const all = await everybody();
    const { file, claim } = await submitted(all, service(all));
    expect(await repaymentOf(all.stranger, file.id)).to.equal(usd(100));
    await approve(all.hospital, {
      token: all.draft.terms.token,
      spender: all.hospital.contracts.escrow.target as Address,
      amount: usd(100),
    }).send();
    await revert(reverse(all.clinic, { claim }).send(), "ClaimNotYours");
    await reverse(all.hospital, { claim }).send();
    const history = await historyOf(all, { file });
    expect(history).to.include({ status: "Reversed", paid: 0n });
    expect((await drafted(all, service(all))).lines[0]).to.include({ number: 0 });
    expect(await repaymentOf(all.stranger, file.id)).to.equal(0n);
  });

  it("pays nothing back for what waits, or was never funded", async () => {
    const all = await everybody();
    const { free } = await all.house.escrow.reserveOf(all.plan);
    await withdraw(all.insurer, { plan: all.plan, amount: free - usd(500) }).send();
    const { file, claim } = await pending(all);
    expect(await repaymentOf(all.stranger, file.id)).to.equal(0n);
    await time.increase(15 * DAY);
    await finalize(all.stranger, { claim }).send();
    expect((await historyOf(all, { file })).state).to.include({ status: "Final", unfunded: true });
    expect(await repaymentOf(all.stranger, file.id)).to.equal(0n);
  });
});
