/**
 * Insurance for the bench: a published plan with money behind it, policies that had claims before, and claims whose
 * every line takes copay, deductible and coinsurance.
 *
 * @module
 */
import { AbiCoder, concat, keccak256, TypedDataEncoder, type TypedDataField, type Wallet } from "ethers";

import { roleNumber } from "../../src/accreditation/role.js";
import { toAddress, type Address } from "../../src/crypto/address.js";
import { ACKNOWLEDGE, QUOTE } from "../../src/insurance/messages.js";
import type { MessageTypes } from "../../src/signing.js";
import { participant, staffOf, type Bench } from "./bench.js";
import { denseBytes, denseWallet, FAR, isDense } from "./hardInputs.js";
import type { Call } from "./operation.js";

const DAY = 24 * 60 * 60;

/** Amounts of an 18-decimals token without a zero byte. */
const ALLOWED = 0x06_11_11_11_11_11_11_11n;
const COPAY = 0x11_11_11_11_11_11_11n;
const BILLED = 0x07_11_11_11_11_11_11_11n;
/** What a line pays is about 4.5e17; claims up to this are paid at once. */
const AT_ONCE = 0x44_11_11_11_11_11_11_11n;
const PLENTY = 10n ** 26n;

const TUPLE = "tuple(bytes32,address,address,uint24,uint24,uint96,bytes32)";

const ACKNOWLEDGEMENTS = encoderOf(ACKNOWLEDGE);
const LINES = encoderOf({ Line: ACKNOWLEDGE["Line"]! });
const QUOTES = encoderOf(QUOTE);

/** The days of the bench's plan year have no zero byte either. */
const PER_CLAIM = 12;

export type BenchPolicy = {
  plan: string;
  patient: Address;
  holder: Address;
  firstDay: number;
  endDay: number;
  premium: bigint;
  document: string;
};

/** A policy and who is insured by it. */
export type Covered = { policy: BenchPolicy; patient: Wallet };

type Line = { service: string; day: number; number: number; quantity: number; billed: bigint };

/** A claim as the contract takes it, to submit and to act on later. */
export type BenchClaim = {
  key: { policy: BenchPolicy; provider: Address; lines: string; documents: string };
  lines: Line[];
  call: Call;
};

/** An insurer, a provider, a payer and both arbitrators, each with staff who send. */
export async function insurance(bench: Bench) {
  const { contracts, send } = bench;
  const { plans, escrow, token } = contracts;
  const insurer = await participant(bench, "Insurer");
  const provider = await participant(bench, "Provider");
  const arbitrator = await participant(bench, "Arbitrator");
  const fallback = await participant(bench, "Arbitrator");
  const adjuster = await staffOf(bench, insurer);
  const biller = await staffOf(bench, provider);
  const clerk = await staffOf(bench, arbitrator);
  const signer = denseWallet();
  const seal = contracts.accreditation.interface.encodeFunctionData("setMember", [signer.address, FAR]);
  await send({ from: insurer, to: contracts.accreditation.target as Address, data: seal });

  const funded = async (account: Address): Promise<void> => {
    const mint = token.interface.encodeFunctionData("mint", [account, PLENTY]);
    await send({ from: bench.accreditor, to: token.target as Address, data: mint });
    const approve = token.interface.encodeFunctionData("approve", [escrow.target, 2n ** 256n - 1n]);
    await send({ from: account, to: token.target as Address, data: approve });
  };
  for (const account of [insurer, adjuster, provider, arbitrator]) await funded(account);

  const services = Array.from({ length: PER_CLAIM }, () => denseBytes(32));
  const benefit = {
    allowed: ALLOWED,
    copay: COPAY,
    coinsuranceBps: 1_111,
    cover: 1,
    deductibleApplies: true,
    needsPreauthorization: false,
  };
  /** `atOnce`: up to which benefit a claim is paid at once. */
  const published = async (atOnce: bigint): Promise<string> => {
    const key = { insurer, name: denseBytes(32) };
    const terms = {
      deductible: (ALLOWED * 3n) / 2n,
      outOfPocketMax: PLENTY,
      annualLimit: PLENTY,
      autoApproveClaim: atOnce,
      autoApproveYear: atOnce * 50n,
      responseWindow: DAY,
      appealWindow: 60 * DAY,
      rulingWindow: 20 * DAY,
      rulingFee: COPAY,
      collateral: COPAY,
      token: token.target as string,
      arbitrator,
      fallbackArbitrator: fallback,
    };
    const { interface: abi } = plans;
    const plan = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [key.insurer, key.name]));
    if (!isDense(plan)) return published(atOnce);
    for (const data of [
      abi.encodeFunctionData("draft", [key, terms]),
      abi.encodeFunctionData("setBenefits", [
        key,
        services,
        services.map((_, place) => ({ ...benefit, deductibleApplies: place !== 0 })),
      ]),
      abi.encodeFunctionData("setNetwork", [key, [provider], true]),
      abi.encodeFunctionData("publish", [key]),
    ]) {
      await send({ from: insurer, to: plans.target as Address, data });
    }
    const deposit = escrow.interface.encodeFunctionData("deposit", [plan, PLENTY / 100n]);
    await send({ from: insurer, to: escrow.target as Address, data: deposit });
    return plan;
  };

  let day = Math.floor((await bench.provider.getBlock("latest"))!.timestamp / DAY);
  const { name, version, chainId, verifyingContract } = await escrow.eip712Domain();
  const domain = { name, version, chainId, verifyingContract };
  const domainHash = TypedDataEncoder.hashDomain(domain);
  /** A signature, or nothing when it has a zero byte. Thousands are made, so what they have in common is hashed once. */
  const signed = (wallet: Wallet, encoder: TypedDataEncoder, message: object): string | undefined => {
    const digest = keccak256(concat(["0x1901", domainHash, encoder.hash(message)]));
    const { serialized } = wallet.signingKey.sign(digest);
    return isDense(serialized) ? serialized : undefined;
  };

  const policyOf = (plan: string): Covered => {
    const patient = denseWallet();
    const policy = {
      plan,
      patient: toAddress(patient.address),
      holder: insurer,
      firstDay: denseDay(day - 60),
      endDay: denseDay(day + 200),
      premium: COPAY,
      document: denseBytes(32),
    };
    return isDense(policyId(policy)) ? { policy, patient } : policyOf(plan);
  };
  /** Buying a policy with the insurer's quote. By staff of the holder. */
  const purchase = async (plan: string): Promise<Call> => {
    const { policy } = policyOf(plan);
    const signature = signed(signer, QUOTES, { ...policy, deadline: FAR });
    if (signature === undefined) return purchase(plan);
    const call = [policy, { signer: signer.address, deadline: FAR }, signature] as const;
    return {
      from: adjuster,
      to: escrow.target as Address,
      data: escrow.interface.encodeFunctionData("purchase", [...call]),
    };
  };

  /** A claim of some lines, on a day of its own; the deductible does not apply to the service in place 0. */
  const claim = async (covered: Covered, count: number, ago: number, from = 1): Promise<BenchClaim> => {
    const { policy, patient } = covered;
    // Lines are numbered from anywhere, so that a claim made anew is another.
    const first = 1 + Math.floor(Math.random() * 200);
    const lines = Array.from({ length: count }, (_, place) => ({
      service: services[from + place]!,
      day: denseDay(day - ago),
      number: first + place,
      quantity: 1_001,
      billed: BILLED,
    }));
    const documents = denseBytes(32);
    const message = { policy: policyId(policy), provider, lines, documents, deadline: FAR };
    const signature = signed(patient, ACKNOWLEDGEMENTS, message);
    const key = { policy, provider, lines: linesHash(lines), documents };
    if (signature === undefined || !isDense(key.lines)) return claim(covered, count, ago, from);
    const submission = { policy, provider, role: roleNumber("Provider"), documents, lines, preauthorizations: [] };
    const call = [submission, { signer: patient.address, deadline: FAR }, signature] as const;
    const data = escrow.interface.encodeFunctionData("submit", [...call]);
    return { key, lines, call: { from: biller, to: escrow.target as Address, data } };
  };
  /** A policy that had a claim before. */
  const covered = async (plan: string): Promise<Covered> => {
    const fresh = policyOf(plan);
    const issue = escrow.interface.encodeFunctionData("issue", [fresh.policy]);
    await send({ from: insurer, to: escrow.target as Address, data: issue });
    await send((await claim(fresh, 2, 40, 0)).call);
    return fresh;
  };

  return {
    ...{ insurer, adjuster, provider, biller, arbitrator, clerk },
    plan: await published(AT_ONCE),
    cautious: await published(0x01_01n),
    ...{ purchase, claim, covered },
    /** A claim as it stands. */
    stateOf: async ({ key }: BenchClaim) => escrow.claimOf(claimId(key)),
    /** Lets days pass. */
    pass: async (days: number): Promise<void> => {
      await bench.request("evm_increaseTime", [days * DAY]);
      day += days;
    },
  };
}

/** The nearest day from here on whose number has no zero byte. */
function denseDay(day: number): number {
  return (day & 0xff) === 0 ? day + 1 : day;
}

function encoderOf(types: MessageTypes): TypedDataEncoder {
  return TypedDataEncoder.from(types as Record<string, TypedDataField[]>);
}

function policyId(policy: BenchPolicy): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode([TUPLE], [Object.values(policy)]));
}

function claimId({ policy, provider, lines, documents }: BenchClaim["key"]): string {
  const values = [[Object.values(policy), provider, lines, documents]];
  return keccak256(AbiCoder.defaultAbiCoder().encode([`tuple(${TUPLE},address,bytes32,bytes32)`], values));
}

function linesHash(lines: readonly Line[]): string {
  return keccak256(concat(lines.map((line) => LINES.hash(line))));
}
