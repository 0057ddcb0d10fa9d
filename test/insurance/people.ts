/**
 * Everybody an insurance plan concerns, connected with the SDK: a published plan of coded services, and a policy under it.
 *
 * @module
 */
import { id as hashOf, type Signer } from "ethers";

import { accountOf, connect, type Aceso } from "../../src/aceso.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { signAcknowledgement } from "../../src/insurance/acknowledgement.js";
import { claimOf, type ClaimHistory } from "../../src/insurance/claim.js";
import { billedClaim, draftClaim } from "../../src/insurance/claimFile.js";
import { dateOf } from "../../src/insurance/day.js";
import type { ServiceLine } from "../../src/insurance/line.js";
import { create, deposit, planId, publish } from "../../src/insurance/plan.js";
import { readPlanFile, type PlanFile } from "../../src/insurance/planFile.js";
import { issue } from "../../src/insurance/policy.js";
import { signPreauthorization } from "../../src/insurance/preauthorization.js";
import { serviceKey } from "../../src/insurance/service.js";
import { submit } from "../../src/insurance/submission.js";
import { policyId, type Policy } from "../../src/insurance/policyKey.js";
import { loadFixture } from "../fixtures.js";
import { deploymentOf } from "../sdk.js";
import { market, today, usd } from "./escrow.js";

/** The code system of the plan's services. */
export const CODES = "http://example.org/services";

/** The plan's secret. */
export const SECRET = hashOf("a secret") as Hex;

/** Digests of a response, of grounds and of reasons. */
export const RESPONSE = hashOf("a response") as Hex;
export const GROUNDS = hashOf("grounds") as Hex;
export const REASONS = hashOf("reasons") as Hex;

/** The document of most claims here. */
export const DOCUMENT = { resourceType: "Claim", id: "a claim" };

const paid = { system: CODES, covered: true, deductibleApplies: true, needsPreauthorization: false } as const;

/** The plan, but for who is in it. */
export const PLAN = {
  name: "Silver 2026",
  currency: "USD",
  decimals: 6,
  deductible: "100.00",
  outOfPocketMax: "1000.00",
  annualLimit: "50000.00",
  autoApprove: { claim: "500.00", year: "2000.00" },
  windows: { response: 15, appeal: 60, ruling: 20 },
  rulingFee: "75.00",
  collateral: "500.00",
  benefits: [
    { ...paid, code: "visit", allowed: "120.00", copay: "20.00", coinsurance: "0%", deductibleApplies: false },
    { ...paid, code: "laboratory", allowed: "80.00", copay: "0.00", coinsurance: "20%" },
    { ...paid, code: "surgery", allowed: "9000.00", copay: "0.00", coinsurance: "10%", needsPreauthorization: true },
    { system: CODES, code: "cosmetic", covered: false },
  ],
} satisfies Omit<PlanFile, "token" | "arbitrators" | "network">;

/** What the plan's reserve is funded with. */
export const FUNDED = usd(20_000);

async function insuredPeople() {
  const house = await market();
  const deployment = deploymentOf(house);
  const joined = async (signer: Signer): Promise<Aceso> => connect(signer, { deployment });
  const people = {
    admin: await joined(house.admin),
    insurer: await joined(house.insurer),
    /** The insurer's staff. */
    adjuster: await joined(house.adjuster),
    arbitrator: await joined(house.arbitrator),
    fallback: await joined(house.fallback),
    hospital: await joined(house.hospital),
    /** The hospital's staff. */
    nurse: await joined(house.nurse),
    /** A provider out of network. */
    clinic: await joined(house.clinic),
    patient: await joined(house.patient),
    guardian: await joined(house.guardian),
    employer: await joined(house.employer),
    relayer: await joined(house.relayer),
    stranger: await joined(house.stranger),
  };
  const { insurer } = people;
  const draft = readPlanFile({
    ...PLAN,
    token: house.token.target,
    arbitrators: { primary: house.arbitrator.address, fallback: house.fallback.address },
    network: [house.hospital.address],
  });
  for (const step of await create(insurer, { draft, secret: SECRET })) await step.send();
  await publish(insurer, { name: draft.name }).send();
  const plan = planId({ insurer: accountOf(insurer), name: draft.name });
  await deposit(insurer, { plan, amount: FUNDED }).send();
  const firstDay = (await today()) - 100;
  const policy: Policy = {
    plan,
    patient: accountOf(people.patient),
    holder: accountOf(people.patient),
    firstDay,
    endDay: firstDay + 365,
    premium: usd(400),
    document: hashOf("a coverage") as Hex,
  };
  await issue(insurer, { policy }).send();
  return { ...people, house, draft, plan, policy, policyId: policyId(policy), yesterday: dateOf((await today()) - 1) };
}

/** Everybody, with the plan published and funded, and the patient insured. */
export async function everybody() {
  return loadFixture(insuredPeople);
}

/** What {@link everybody} gives. */
export type People = Awaited<ReturnType<typeof everybody>>;

/** A line of yesterday: a visit for 150, unless told otherwise. */
export function service({ yesterday }: People, changes: Partial<ServiceLine> = {}): ServiceLine {
  return { sequence: "1", system: CODES, code: "visit", day: yesterday, quantity: "1", billed: "150.00", ...changes };
}

/** A claim of these lines, drafted by the hospital. */
export async function drafted(all: People, ...services: ServiceLine[]) {
  const { policy, hospital } = all;
  const claim = { policy, provider: accountOf(hospital), secret: SECRET, services, currency: "USD" };
  return draftClaim(hospital, { ...claim, document: DOCUMENT });
}

/** A claim the patient acknowledged, as the hospital submitted it. */
export async function submitted(all: People, ...services: ServiceLine[]) {
  const file = await drafted(all, ...services);
  const acknowledgement = await signAcknowledgement(all.patient, { file, secret: SECRET });
  const { result } = await submit(all.hospital, { file, acknowledgement }).send();
  return { file, claim: billedClaim(file), result };
}

/** The insurer's promise of 9,000 for an operation. */
export async function promised(all: People, preAuthRef = "PA-1") {
  const { insurer, hospital, policyId: policy } = all;
  const key = serviceKey(SECRET, { system: CODES, code: "surgery" });
  const terms = { policy, provider: accountOf(hospital), service: key, amount: usd(9_000), preAuthRef };
  return signPreauthorization(insurer, { ...terms, lastDay: (await today()) + 30 });
}

/** A claim that waits for the insurer: an operation for 8,000, of which the plan pays 7,110. */
export async function pending(all: People) {
  const file = await drafted(all, service(all, { code: "surgery", billed: "8000.00", preAuthRef: "PA-1" }));
  const acknowledgement = await signAcknowledgement(all.patient, { file });
  const preauthorizations = [await promised(all)];
  const { result } = await submit(all.hospital, { file, acknowledgement, preauthorizations }).send();
  return { file, claim: billedClaim(file), result };
}

/** A claim that was submitted, with its history. */
export async function historyOf({ stranger }: People, { file }: { file: { id: Hex } }): Promise<ClaimHistory> {
  return (await claimOf(stranger, file.id))!;
}
