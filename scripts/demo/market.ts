/**
 * An insurer, its plan and who deals with it, on a chain that begins when the first claim's service was done.
 *
 * @module
 */
import { id } from "ethers";

import * as accreditation from "../../src/accreditation/accreditation.js";
import type { Role } from "../../src/accreditation/role.js";
import { accountOf, signerOf, type Aceso } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { explanationOfBenefit } from "../../src/fhir/explanationOfBenefit.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { expiryOfIsoDate } from "../../src/gs1/date.js";
import { signAcknowledgement } from "../../src/insurance/acknowledgement.js";
import { adjudicatedClaim } from "../../src/insurance/adjudicated.js";
import { billedClaim, draftClaim, type ClaimFile } from "../../src/insurance/claimFile.js";
import { dateOf, dayNumber } from "../../src/insurance/day.js";
import * as plans from "../../src/insurance/plan.js";
import { readPlanFile, type PlanFileService } from "../../src/insurance/planFile.js";
import { issue } from "../../src/insurance/policy.js";
import type { Policy } from "../../src/insurance/policyKey.js";
import { newPlanSecret } from "../../src/insurance/service.js";
import { submit } from "../../src/insurance/submission.js";
import { decimalOf, tokenUnits } from "../../src/token/amount.js";
import { approve } from "../../src/token/token.js";
import type { DatedClaim } from "./claims.js";
import { openStage, tell, type Stage } from "./stage.js";

export const DECIMALS = 6;

const DAY = 24 * 60 * 60;
const FAR = expiryOfIsoDate("2099-12-31").expiresAt;
const NAME = "Silver";

/** Opens a market for claims: the insurer's plan knows their services. */
export async function openMarket(claims: readonly DatedClaim[], services: readonly PlanFileService[]) {
  const stage = await openStage({ startsOn: new Date((dayNumber(claims[0]!.day) + 1) * DAY * 1000) });
  const people = await everybody(stage);
  const { insurer, hospital, arbitrator, fallback } = people;
  const token = await new TestToken__factory(signerOf(people.deployer)).deploy("A dollar", "USDX", DECIMALS);
  const money = (await token.getAddress()) as Address;
  await token.mint(accountOf(insurer), tokenUnits("100000", DECIMALS));

  const secret = newPlanSecret();
  const draft = readPlanFile({
    name: NAME,
    token: money,
    currency: "USD",
    decimals: DECIMALS,
    deductible: "100.00",
    outOfPocketMax: "2000.00",
    annualLimit: "none",
    autoApprove: { claim: "500.00", year: "2000.00" },
    windows: { response: 15, appeal: 60, ruling: 20 },
    arbitrators: { primary: accountOf(arbitrator), fallback: accountOf(fallback) },
    rulingFee: "150.00",
    collateral: "500.00",
    network: [accountOf(hospital)],
    benefits: [...services],
  });
  for (const step of await plans.create(insurer, { draft, secret })) await step.send();
  await plans.publish(insurer, { name: NAME }).send();
  const plan = plans.planId({ insurer: accountOf(insurer), name: NAME });

  const policies: Policy[] = [];
  /** The policy that covers a day, issued when there is none yet. */
  const policyOn = async (day: number): Promise<Policy> => {
    const standing = policies.find(({ firstDay, endDay }) => firstDay <= day && day < endDay);
    if (standing !== undefined) return standing;
    const parties = { patient: accountOf(people.patient), holder: accountOf(people.patient) };
    const policy = {
      plan,
      ...parties,
      firstDay: day,
      endDay: day + 365,
      premium: 0n,
      document: id(`policy ${day}`) as Hex,
    };
    await issue(insurer, { policy }).send();
    policies.push(policy);
    return policy;
  };

  const spender = insurer.contracts.escrow.target as Address;
  return {
    ...{ stage, ...people, plan, token, secret, policies },
    balanceOf: async (owner: string): Promise<bigint> => token.balanceOf(owner),
    /** The insurer pays into the plan's reserve. */
    fund: async (amount: string): Promise<void> => {
      const units = tokenUnits(amount, DECIMALS);
      await approve(insurer, { token: money, spender, amount: units }).send();
      await plans.deposit(insurer, { plan, amount: units }).send();
    },
    /** The hospital pays back, or pays in. */
    approve: async (owner: Aceso, amount: bigint) => approve(owner, { token: money, spender, amount }).send(),
    /** The hospital writes a claim, when its services are done. */
    write: async ({ resource, lines }: Pick<DatedClaim, "resource" | "lines">): Promise<ClaimFile> => {
      const days = lines.map(({ day }) => dayNumber(day));
      const done = (Math.max(...days) + 1) * DAY;
      if ((await stage.time.latest()) < done) await stage.time.increaseTo(done);
      return draftClaim(hospital, {
        policy: await policyOn(Math.min(...days)),
        provider: accountOf(hospital),
        secret,
        services: lines,
        document: resource,
        currency: "USD",
      });
    },
    /** The patient acknowledges a claim, and the hospital submits it. */
    submit: async (file: ClaimFile) => {
      const acknowledgement = await signAcknowledgement(people.patient, { file, secret });
      return submit(hospital, { file, acknowledgement }).send();
    },
  };
}

export type Market = Awaited<ReturnType<typeof openMarket>>;

/** Tells what an ExplanationOfBenefit says of a claim's money. */
export async function explain({ patient }: Market, file: ClaimFile): Promise<void> {
  const resource = explanationOfBenefit(await adjudicatedClaim(patient, { file }));
  tell(`    ExplanationOfBenefit: ${resource.outcome}, ${resource.disposition ?? "no disposition"}`);
  for (const { category, amount } of resource.total ?? []) {
    tell(
      `      ${(category.text ?? category.coding![0]!.display ?? category.coding![0]!.code)!}: ${amount.value} ${amount.currency}`,
    );
  }
}

/**
 * Proves the books: what the ExplanationOfBenefits say was paid is what the hospital has, and what the escrow holds is what
 * the plan has free.
 */
export async function balance(market: Market, files: readonly ClaimFile[], funded: bigint): Promise<void> {
  const { patient, hospital, insurer, arbitrator, plan, policies } = market;
  const resources = await Promise.all(
    files.map(async (file) => explanationOfBenefit(await adjudicatedClaim(patient, { file }))),
  );
  const paid = resources
    .filter(({ status }) => status !== "cancelled")
    .reduce((sum, { payment }) => sum + tokenUnits(String(payment?.amount?.value ?? 0), DECIMALS), 0n);
  const moved = await market.balanceOf(accountOf(hospital));
  const fees = await market.balanceOf(accountOf(arbitrator));
  const { free } = (await plans.planOf(insurer, plan))!.reserve;
  const held = await market.balanceOf(insurer.deployment.claimEscrow);
  tell(`the ${resources.length} ExplanationOfBenefits pay ${text(paid)} USD, the hospital received ${text(moved)}`);
  tell(
    `the insurer paid in ${text(funded)}, arbitrators got ${text(fees)}, the escrow holds ${text(held)}, all of it free`,
  );
  tell(
    `policies: ${policies.map(({ firstDay, endDay }) => `${dateOf(firstDay)} to ${dateOf(endDay - 1)}`).join(", ")}`,
  );
  if (paid !== moved || held !== free || held + moved + fees !== funded) throw new Error("The books do not balance.");
  tell("the books balance to the unit");
}

/** The key of a claim, for what comes next. */
export const keyOf = (file: ClaimFile) => ({ claim: billedClaim(file) });

export function text(units: bigint): string {
  return decimalOf(units, DECIMALS);
}

async function everybody(stage: Stage) {
  const deployer = await stage.deployer();
  const join = async (role: Role): Promise<Aceso> => {
    const aceso = await stage.funded();
    await accreditation.accredit(deployer, { participant: accountOf(aceso), role, validUntil: FAR }).send();
    return aceso;
  };
  return {
    deployer,
    insurer: await join("Insurer"),
    hospital: await join("Provider"),
    arbitrator: await join("Arbitrator"),
    fallback: await join("Arbitrator"),
    patient: await stage.unfunded(),
  };
}
