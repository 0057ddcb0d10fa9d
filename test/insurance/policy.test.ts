import { expect } from "chai";
import { ZeroHash } from "ethers";

import { accountOf } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { DayOutOfRangeError } from "../../src/insurance/day.js";
import { close, issue, signTerminate, terminate, terminateBySig } from "../../src/insurance/policy.js";
import {
  policyFrom,
  policyId,
  policyMessage,
  PolicyPremiumError,
  PolicyTermError,
  type Policy,
} from "../../src/insurance/policyKey.js";
import { policiesOf, policyOf } from "../../src/insurance/policyState.js";
import { purchase, signQuote } from "../../src/insurance/quote.js";
import { SignedForElsewhereError } from "../../src/signing.js";
import { AmountTooLargeError } from "../../src/token/amount.js";
import { approve } from "../../src/token/token.js";
import { time } from "../fixtures.js";
import { refusal, revert } from "../sdk.js";
import { policyId as idOf, today, usd } from "./escrow.js";
import { everybody, FUNDED, submitted, service } from "./people.js";

const DAY = 24 * 60 * 60;

/** The policy as another, told apart by its document. */
function another({ policy }: { policy: Policy }, changes: Partial<Policy> = {}): Policy {
  return { ...policy, document: `0x${"d0".repeat(32)}`, ...changes };
}

describe("policyId", () => {
  it("is the contract's, and the same for a policy that went through JSON", async () => {
    const { policy } = await everybody();
    const copy = policyFrom(JSON.parse(JSON.stringify(policyMessage(policy))) as ReturnType<typeof policyMessage>);
    expect(policyId(copy)).to.equal(policyId(policy)).and.to.equal(idOf(policy));
  });

  it("refuses a term that is none, and a premium that is none", async () => {
    const { policy } = await everybody();
    const { firstDay } = policy;
    expect(policyId({ ...policy, endDay: firstDay + 366 })).to.match(/^0x/);
    for (const endDay of [firstDay, firstDay + 367]) {
      await refusal(() => policyId({ ...policy, endDay }), PolicyTermError);
    }
    for (const endDay of [firstDay + 0.5, 2 ** 24]) {
      await refusal(() => policyId({ ...policy, endDay }), DayOutOfRangeError);
    }
    await refusal(() => policyId({ ...policy, firstDay: -1, endDay: 1 }), DayOutOfRangeError);
    await refusal(() => policyId({ ...policy, premium: 2n ** 96n }), AmountTooLargeError);
    await refusal(() => policyFrom({ ...policyMessage(policy), premium: "400.00" }), PolicyPremiumError);
  });
});

describe("issue", () => {
  it("gives the policy's id, under which it stands", async () => {
    const all = await everybody();
    const policy = another(all);
    const { result } = await issue(all.adjuster, { policy }).send();
    expect(result).to.equal(policyId(policy));
    const nothing = { deductible: 0n, outOfPocket: 0n, benefit: 0n, autoApproved: 0n };
    expect(await policyOf(all.stranger, result)).to.deep.equal({
      ...{ id: result, policy, endDay: policy.endDay, closed: false },
      ...nothing,
    });
    await revert(issue(all.adjuster, { policy }).send(), "PolicyExists");
    await revert(issue(all.hospital, { policy: another(all, { premium: 1n }) }).send(), "InsurerUnauthorized");
  });
});

describe("purchase", () => {
  it("takes the quote's premium into the reserve, once, from its holder alone", async () => {
    const all = await everybody();
    const policy = another(all, { holder: accountOf(all.employer) });
    const quote = await signQuote(all.adjuster, { policy });
    const received = JSON.parse(JSON.stringify(quote)) as typeof quote;
    await revert(purchase(all.patient, received).send(), "QuoteNotYours");
    await approve(all.employer, {
      token: all.draft.terms.token,
      spender: all.employer.contracts.escrow.target as Address,
      amount: policy.premium,
    }).send();
    const { result } = await purchase(all.employer, received).send();
    expect(result).to.equal(policyId(policy));
    expect((await all.house.escrow.reserveOf(all.plan)).free).to.equal(FUNDED + policy.premium);
    await revert(purchase(all.employer, received).send(), "PolicyExists");
  });

  it("refuses a quote that was changed, is another's, over, or unpaid", async () => {
    const all = await everybody();
    const policy = another(all);
    const quote = await signQuote(all.insurer, { policy });
    const cheaper = { ...quote, message: { ...quote.message, premium: "1" } };
    await revert(purchase(all.patient, cheaper).send(), "SignatureInvalid");
    await revert(purchase(all.patient, await signQuote(all.stranger, { policy })).send(), "QuoteSignerUnauthorized");
    await revert(
      purchase(all.patient, await signQuote(all.insurer, { policy, deadline: 1 })).send(),
      "SignatureExpired",
    );
    await refusal(() => purchase(all.patient, { ...quote, type: "AppealClaim" }), SignedForElsewhereError);
    await approve(all.patient, {
      token: all.draft.terms.token,
      spender: all.patient.contracts.escrow.target as Address,
      amount: 5n,
    }).send();
    const owed = await revert(purchase(all.patient, quote).send(), "ERC20InsufficientAllowance");
    expect(owed).to.deep.include({ allowance: 5n, needed: policy.premium });
  });
});

describe("terminate", () => {
  it("ends a policy earlier, for patient and insurer", async () => {
    const all = await everybody();
    const { policy, policyId: id } = all;
    const now = await today();
    await revert(terminate(all.stranger, { policy, endDay: now + 40 }).send(), "TerminationUnauthorized");
    await revert(terminate(all.insurer, { policy, endDay: now + 29 }).send(), "TerminationDayInvalid");
    await terminate(all.insurer, { policy, endDay: now + 40 }).send();
    await terminate(all.patient, { policy, endDay: now + 1 }).send();
    expect(await policyOf(all.stranger, id)).to.include({ endDay: now + 1 });
    await refusal(() => terminate(all.patient, { policy, endDay: 1.5 }), DayOutOfRangeError);
  });

  it("is relayed when signed", async () => {
    const all = await everybody();
    const endDay = (await today()) + 1;
    const signed = await signTerminate(all.patient, { policy: all.policy, endDay });
    await terminateBySig(all.relayer, JSON.parse(JSON.stringify(signed)) as typeof signed).send();
    expect(await policyOf(all.stranger, all.policyId)).to.include({ endDay });
    const changed = { ...signed, message: { ...signed.message, endDay: endDay + 1 } };
    await revert(terminateBySig(all.relayer, changed).send(), "SignatureInvalid");
  });
});

describe("close", () => {
  it("frees the collateral after the run-off", async () => {
    const all = await everybody();
    const { policy } = all;
    await revert(close(all.stranger, { policy }).send(), "PolicyRunningOff");
    await time.increaseTo((policy.endDay + 180) * DAY);
    await close(all.stranger, { policy }).send();
    expect(await policyOf(all.stranger, all.policyId)).to.include({ closed: true });
    await revert(close(all.stranger, { policy }).send(), "PolicyIsClosed");
  });
});

describe("policiesOf", () => {
  it("lists a patient's and a plan's, with their accumulators", async () => {
    const all = await everybody();
    const policy = another(all, { patient: accountOf(all.employer) });
    await issue(all.insurer, { policy }).send();
    await submitted(all, service(all));
    const [first, second] = await policiesOf(all.stranger, { plan: all.plan });
    expect(first).to.deep.include({ policy: all.policy, benefit: usd(100), autoApproved: usd(100) });
    expect(first).to.include({ outOfPocket: usd(20), deductible: 0n });
    expect(second).to.deep.include({ id: policyId(policy), policy });
    expect(await policiesOf(all.stranger, { patient: policy.patient })).to.deep.equal([second]);
    expect(await policyOf(all.stranger, ZeroHash as Hex)).to.be.undefined;
  });
});
