/**
 * Insurance claims some way on, and whether the escrow's books balance.
 *
 * @module
 */
import { expect } from "chai";

import { categoryMask } from "../../src/consent/category.js";
import { purposeBit } from "../../src/consent/purpose.js";
import { POLICY, TERMS, time } from "../fixtures.js";
import {
  type Claim,
  claimId,
  COLLATERAL,
  GROUNDS,
  type Insured,
  type Line,
  pending,
  policyId,
  RESERVE,
  RESPONSE,
  STATUS,
} from "./escrow.js";

/** What the plan pays of the operation of `pending`: 8,000 less the deductible of 100 and a tenth of the rest. */
export const SURGERY_BENEFIT = 7_110_000_000n;

/** What the patient pays of it, which counts towards the out-of-pocket maximum. */
export const SURGERY_SHARE = 890_000_000n;

/** What a consent to bill says. */
export const BILLING = {
  ...TERMS,
  purposes: 1n << BigInt(purposeBit("HPAYMT")),
  categories: categoryMask(["claims"]),
};

/** The patient consents that a provider bills, the hospital unless told otherwise. */
export async function consentToBill({ consents, patient, hospital }: Insured, provider = hospital): Promise<void> {
  await consents.connect(patient).grant(patient, provider, POLICY, BILLING);
}

/** {@link pending}, decided by the insurer, who denies it unless told otherwise. */
export async function decided(house: Insured, benefit = 0n, changes: Partial<Line> = {}) {
  const waiting = await pending(house, changes);
  await house.escrow.connect(house.insurer).decide(waiting.claim, benefit, RESPONSE);
  return waiting;
}

/** {@link decided}, and appealed by the provider. */
export async function appealed(house: Insured, benefit = 0n, changes: Partial<Line> = {}) {
  const disputed = await decided(house, benefit, changes);
  await house.escrow.connect(house.hospital).appeal(disputed.claim, GROUNDS);
  return disputed;
}

/** When a claim's window ends, in Unix seconds. */
export async function deadlineOf({ escrow }: Pick<Insured, "escrow">, id: string): Promise<number> {
  return Number((await escrow.claimOf(id)).deadline);
}

/** The next block comes in the second a claim's window ends, or as many later. */
export async function atDeadline(house: Pick<Insured, "escrow">, id: string, later = 0): Promise<void> {
  await time.setNextBlockTimestamp((await deadlineOf(house, id)) + later);
}

/** The insurer takes out all it may. */
export async function runDry({ escrow, insurer, plan }: Insured): Promise<void> {
  await escrow.connect(insurer).withdraw(plan, RESERVE - COLLATERAL, insurer);
}

/**
 * The escrow holds what is free, bound and credited, no more and no less, and every policy's accumulators are the sum of
 * its claims, when these are all there are, of these and the house's plans, all in the house's token.
 */
export async function booksBalance(house: Insured, claims: readonly Claim[], others: readonly string[] = []) {
  const { escrow, plans, token } = house;
  const entries = await Promise.all(
    claims.map(async (claim) => {
      const { benefit, disputed, outOfPocket, deductible, status, unfunded, automatic } = await escrow.claimOf(
        claimId(claim),
      );
      return { ...claim, benefit, disputed, outOfPocket, deductible, status, unfunded, automatic };
    }),
  );
  let held = 0n;
  const payees = new Set(claims.map(({ provider }) => provider));
  for (const plan of new Set([house.plan, ...others, ...claims.map(({ policy }) => policy.plan)])) {
    const { rulingFee, arbitrator, fallbackArbitrator } = await plans.termsOf(plan);
    const { free, unfunded } = await escrow.reserveOf(plan);
    const own = entries.filter(({ policy }) => policy.plan === plan);
    const isDisputed = (status: bigint) => [STATUS.Decided, STATUS.Appealed].includes(Number(status) as 3);
    const bound = own.map(({ status, unfunded: isUnfunded, benefit, disputed }) => {
      const waits = Number(status) === STATUS.Pending ? benefit : disputed;
      return (isUnfunded ? 0n : waits) + (isDisputed(status) ? rulingFee : 0n);
    });
    held += free + sum(bound);
    expect(unfunded).to.equal(sum(own.map((entry) => (entry.unfunded ? entry.benefit + entry.disputed : 0n))));
    payees.add(arbitrator).add(fallbackArbitrator);
  }
  for (const payee of payees) held += await escrow.creditOf(token, payee);
  expect(await token.balanceOf(escrow)).to.equal(held);

  for (const id of new Set([house.policyId, ...claims.map(({ policy }) => policyId(policy))])) {
    const own = entries.filter(({ policy }) => policyId(policy) === id);
    const { deductible, outOfPocket, benefit, autoApproved } = await escrow.policyOf(id);
    expect({ deductible, outOfPocket, benefit, autoApproved }).to.deep.equal({
      deductible: sum(own.map((entry) => entry.deductible)),
      outOfPocket: sum(own.map((entry) => entry.outOfPocket)),
      benefit: sum(own.map((entry) => entry.benefit + entry.disputed)),
      autoApproved: sum(own.map((entry) => (entry.automatic ? entry.benefit : 0n))),
    });
  }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
