/**
 * The insurance contracts with somebody in every role, a published plan, a live policy and what providers claim.
 *
 * @module
 */
import {
  AbiCoder,
  encodeBytes32String,
  id,
  keccak256,
  TypedDataEncoder,
  type Signer,
  type TypedDataField,
} from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { TestToken__factory } from "../../src/generated/index.js";
import { ACKNOWLEDGE, APPEAL, PREAUTHORIZE, QUOTE, TERMINATE } from "../../src/insurance/messages.js";
import type { MessageTypes } from "../../src/signing.js";
import { ethers, FAR, system, time } from "../fixtures.js";

const coder = AbiCoder.defaultAbiCoder();

const DAY = 24 * 60 * 60;

/** Places of the contracts' enums. */
export const COVER = { Unlisted: 0, Covered: 1, Excluded: 2 } as const;
export const STATUS = {
  None: 0,
  Unacknowledged: 1,
  Pending: 2,
  Decided: 3,
  Appealed: 4,
  Final: 5,
  Reversed: 6,
} as const;

/** An amount of the plan's token, which has 6 decimals. */
export const usd = (amount: number): bigint => BigInt(Math.round(amount * 1_000_000));

/** Services the plan knows, and one it does not. */
export const VISIT = id("visit");
export const LAB = id("laboratory");
export const SURGERY = id("surgery");
export const COSMETIC = id("cosmetic");
export const UNKNOWN = id("unknown");

/** What the plan pays for them. */
export const BENEFITS = {
  [VISIT]: benefit({ allowed: usd(120), copay: usd(20), coinsuranceBps: 0, deductibleApplies: false }),
  [LAB]: benefit({ allowed: usd(80), copay: 0n, coinsuranceBps: 2_000 }),
  [SURGERY]: benefit({ allowed: usd(9_000), copay: 0n, coinsuranceBps: 1_000, needsPreauthorization: true }),
  [COSMETIC]: benefit({ allowed: 0n, copay: 0n, coinsuranceBps: 0, cover: COVER.Excluded }),
};

export const WINDOWS = { response: 15 * DAY, appeal: 60 * DAY, ruling: 20 * DAY };

export const RULING_FEE = usd(75);
export const COLLATERAL = usd(500);
export const RESERVE = usd(20_000);

/** Digests of what stands behind a claim. */
export const DOCUMENTS = id("a claim");
export const RESPONSE = id("a response");
export const GROUNDS = id("grounds");
export const REASONS = id("reasons");

export function benefit(terms: {
  allowed: bigint;
  copay: bigint;
  coinsuranceBps: number;
  cover?: number;
  deductibleApplies?: boolean;
  needsPreauthorization?: boolean;
}) {
  return { cover: COVER.Covered, deductibleApplies: true, needsPreauthorization: false, ...terms };
}

/** The plan's terms, but for what a test changes. */
export function termsOf(house: { token: string; arbitrator: string; fallbackArbitrator: string }) {
  return {
    deductible: usd(100),
    outOfPocketMax: usd(1_000),
    annualLimit: usd(50_000),
    autoApproveClaim: usd(500),
    autoApproveYear: usd(2_000),
    responseWindow: WINDOWS.response,
    appealWindow: WINDOWS.appeal,
    rulingWindow: WINDOWS.ruling,
    rulingFee: RULING_FEE,
    collateral: COLLATERAL,
    ...house,
  };
}

export type PlanKey = { insurer: string; name: string };
export type Policy = {
  plan: string;
  patient: string;
  holder: string;
  firstDay: number;
  endDay: number;
  premium: bigint;
  document: string;
};
export type Line = { service: string; day: number; number: number; quantity: number; billed: bigint };
export type Preauthorization = {
  line: number;
  amount: bigint;
  lastDay: number;
  preAuthRef: string;
  signer: string;
  signature: string;
};
export type Submission = {
  policy: Policy;
  provider: string;
  role: number;
  documents: string;
  lines: Line[];
  preauthorizations: Preauthorization[];
};
export type Claim = { policy: Policy; provider: string; lines: string; documents: string };

export function planId({ insurer, name }: PlanKey): string {
  return keccak256(coder.encode(["address", "bytes32"], [insurer, name]));
}

const POLICY =
  "tuple(bytes32 plan,address patient,address holder,uint24 firstDay,uint24 endDay,uint96 premium,bytes32 document)";

export function policyId(policy: Policy): string {
  return keccak256(coder.encode([POLICY], [policy]));
}

export function claimId(claim: Claim): string {
  return keccak256(coder.encode([`tuple(${POLICY} policy,address provider,bytes32 lines,bytes32 documents)`], [claim]));
}

/** The EIP-712 hash of an array of lines. */
export function linesHash(lines: readonly Line[]): string {
  const { Line } = ACKNOWLEDGE;
  const encoder = TypedDataEncoder.from({ Line: Line as TypedDataField[] });
  const hashes = lines.map((line) => encoder.hash(line));
  return keccak256(`0x${hashes.map((hash) => hash.slice(2)).join("")}`);
}

/** The key of a submitted claim. */
export function claimOf({ policy, provider, lines, documents }: Submission): Claim {
  return { policy, provider, lines: linesHash(lines), documents };
}

/** The day of the newest block, counted from 1970-01-01. */
export async function today(): Promise<number> {
  return Math.floor((await time.latest()) / DAY);
}

/** The system with insurer, arbitrators and providers licensed, a token, and nothing drafted. */
export async function market() {
  const house = await system();
  const signers = await ethers.getSigners();
  const [insurer, adjuster, arbitrator, fallback, employer, rival] = signers.slice(12, 18) as [
    (typeof signers)[number],
    (typeof signers)[number],
    (typeof signers)[number],
    (typeof signers)[number],
    (typeof signers)[number],
    (typeof signers)[number],
  ];
  const { accreditation, admin, hospital, clinic, nurse } = house;
  for (const [account, role] of [
    [insurer, "Insurer"],
    [rival, "Insurer"],
    [arbitrator, "Arbitrator"],
    [fallback, "Arbitrator"],
    [hospital, "Provider"],
    [clinic, "Provider"],
  ] as const) {
    await accreditation.accredit(account, roleNumber(role), FAR);
  }
  await accreditation.connect(insurer).setMember(adjuster, FAR);
  await accreditation.connect(hospital).setMember(nurse, FAR);
  const token = await new TestToken__factory(admin).deploy("A dollar", "USDX", 6);
  for (const account of [insurer, rival, employer, hospital, clinic, house.patient]) {
    await token.mint(account, usd(1_000_000));
    await token.connect(account).approve(house.escrow, usd(1_000_000));
  }
  const key: PlanKey = { insurer: insurer.address, name: encodeBytes32String("Silver 2026") };
  return { ...house, insurer, adjuster, arbitrator, fallback, employer, rival, token, key, plan: planId(key) };
}

/** What {@link market} gives. */
export type Market = Awaited<ReturnType<typeof market>>;

/** Drafts the plan with all its benefits and the hospital in network. */
export async function draftPlan(house: Market, changes: Partial<ReturnType<typeof termsOf>> = {}, key = house.key) {
  const { plans, insurer, rival, token, arbitrator, fallback, hospital } = house;
  const own = plans.connect(key.insurer === rival.address ? rival : insurer);
  const roles = { token: token.target as string, arbitrator: arbitrator.address, fallbackArbitrator: fallback.address };
  await own.draft(key, { ...termsOf(roles), ...changes });
  await own.setBenefits(key, Object.keys(BENEFITS), Object.values(BENEFITS));
  await own.setNetwork(key, [hospital], true);
  return own;
}

/** {@link market} with the plan published and its reserve funded. */
export async function published() {
  const house = await market();
  await publishPlan(house);
  return house;
}

/** Publishes a plan of the insurer's and funds it. */
export async function publishPlan(house: Market, changes: Partial<ReturnType<typeof termsOf>> = {}, key = house.key) {
  const own = await draftPlan(house, changes, key);
  await own.publish(key);
  const funder = key.insurer === house.rival.address ? house.rival : house.insurer;
  await house.escrow.connect(funder).deposit(planId(key), RESERVE);
}

/** A policy of the patient's for the year around now. */
export async function policyFor(house: Market, changes: Partial<Policy> = {}): Promise<Policy> {
  const firstDay = (await today()) - 100;
  return {
    plan: house.plan,
    patient: house.patient.address,
    holder: house.patient.address,
    firstDay,
    endDay: firstDay + 365,
    premium: usd(400),
    document: id("a coverage"),
    ...changes,
  };
}

/** {@link published} with a policy issued to the patient. */
export async function insured() {
  const house = await published();
  const policy = await policyFor(house);
  await house.escrow.connect(house.insurer).issue(policy);
  return { ...house, policy, policyId: policyId(policy) };
}

/** What {@link insured} gives. */
export type Insured = Awaited<ReturnType<typeof insured>>;

/** A line of yesterday. */
export async function line(changes: Partial<Line> = {}): Promise<Line> {
  return { service: VISIT, day: (await today()) - 1, number: 0, quantity: 1_000, billed: usd(150), ...changes };
}

/** What the hospital submits. */
export function submission(house: Insured, lines: Line[], changes: Partial<Submission> = {}): Submission {
  return {
    policy: house.policy,
    provider: house.hospital.address,
    role: roleNumber("Provider"),
    documents: DOCUMENTS,
    lines,
    preauthorizations: [],
    ...changes,
  };
}

type Authorized = [authorization: { signer: string; deadline: number }, signature: string];

/** Signs a message of the escrow's. */
export async function signFor(
  { escrow }: Pick<Market, "escrow">,
  signer: Pick<Signer, "signTypedData">,
  types: MessageTypes,
  message: object,
): Promise<string> {
  const { name, version, chainId, verifyingContract } = await escrow.eip712Domain();
  return signer.signTypedData(
    { name, version, chainId, verifyingContract },
    types as Record<string, TypedDataField[]>,
    message as Record<string, unknown>,
  );
}

/** The patient's acknowledgement of a claim. */
export async function acknowledged(
  house: Insured,
  { policy, provider, lines, documents }: Submission,
  { signer = house.patient, deadline = FAR }: { signer?: typeof house.patient; deadline?: number } = {},
): Promise<Authorized> {
  const message = { policy: policyId(policy), provider, lines, documents, deadline };
  return [{ signer: signer.address, deadline }, await signFor(house, signer, ACKNOWLEDGE, message)];
}

/** The patient's appeal. */
export async function appealSigned(
  house: Insured,
  claim: Claim,
  { signer = house.patient, deadline = FAR, grounds = GROUNDS } = {},
): Promise<Authorized> {
  const message = { claim: claimId(claim), grounds, deadline };
  return [{ signer: signer.address, deadline }, await signFor(house, signer, APPEAL, message)];
}

/** The patient's end of a policy. */
export async function terminationSigned(
  house: Insured,
  endDay: number,
  { signer = house.patient, deadline = FAR } = {},
): Promise<Authorized> {
  const message = { policy: house.policyId, endDay, deadline };
  return [{ signer: signer.address, deadline }, await signFor(house, signer, TERMINATE, message)];
}

/** The insurer's quote for a policy. */
export async function quoted(
  house: Market,
  policy: Policy,
  { signer = house.insurer, deadline = FAR } = {},
): Promise<Authorized> {
  return [{ signer: signer.address, deadline }, await signFor(house, signer, QUOTE, { ...policy, deadline })];
}

/** The insurer's promise for one line of a claim. */
export async function preauthorized(
  house: Insured,
  { policy, provider, lines }: Submission,
  place: number,
  changes: { amount?: bigint; lastDay?: number; preAuthRef?: string } = {},
  signer = house.insurer,
): Promise<Preauthorization> {
  const { service, day } = lines[place]!;
  const promise = { amount: usd(9_000), lastDay: day + 30, preAuthRef: id("a reference"), ...changes };
  const message = { policy: policyId(policy), provider, service, ...promise };
  return {
    line: place,
    ...promise,
    signer: signer.address,
    signature: await signFor(house, signer, PREAUTHORIZE, message),
  };
}

/** Submits lines the patient acknowledged; gives the claim's key and id. */
export async function submitted(house: Insured, lines: Line[], changes: Partial<Submission> = {}) {
  const presented = submission(house, lines, changes);
  const by = [house.hospital, house.clinic].find(({ address }) => address === presented.provider) ?? house.hospital;
  const transaction = await house.escrow.connect(by).submit(presented, ...(await acknowledged(house, presented)));
  const claim = claimOf(presented);
  return { submission: presented, claim, id: claimId(claim), transaction };
}

/** A claim beyond the limits up to which claims are paid at once: an operation with preauthorisation. */
export async function pending(house: Insured, changes: Partial<Line> = {}) {
  const lines = [await line({ service: SURGERY, billed: usd(8_000), ...changes })];
  const preauthorizations = [await preauthorized(house, submission(house, lines), 0)];
  return submitted(house, lines, { preauthorizations });
}
