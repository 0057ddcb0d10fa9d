/**
 * Insurance: a policy bought, claims paid, decided, appealed, reversed.
 *
 * @module
 */
import type { Address } from "../../../src/crypto/address.js";
import type { Bench } from "../bench.js";
import { insurance, type BenchClaim } from "../claims.js";
import { denseBytes } from "../hardInputs.js";
import type { Call, Operation, WrittenSlot } from "../operation.js";

const LINES: WrittenSlot = {
  contract: "escrow",
  slot: "acceptedLines[policy, provider, day]",
  kind: "fill",
  why: "a bit for each line of the day, so that none is paid twice",
};

const CLAIM: WrittenSlot = {
  contract: "escrow",
  slot: "claims[id]",
  kind: "fill",
  why: "what the plan pays, its part of the out of pocket and of the deductible, to give them back exactly; its status",
};

const WINDOW: WrittenSlot = {
  contract: "escrow",
  slot: "claims[id] + 1",
  kind: "fill",
  why: "the deadline and what is disputed: only of a claim that waits for somebody",
};

const ACCUMULATORS: readonly WrittenSlot[] = [
  { contract: "escrow", slot: "policies[id]", kind: "change", why: "deductible and out of pocket so far" },
  { contract: "escrow", slot: "policies[id] + 1", kind: "change", why: "benefit and what was paid at once so far" },
];

const RESERVE: WrittenSlot = {
  contract: "escrow",
  slot: "reserves[plan]",
  kind: "change",
  why: "the plan's free reserve, what it has yet to fund and its live policies",
};

const TRANSFER: readonly WrittenSlot[] = [
  { contract: "token", slot: "_balances[payer]", kind: "change", why: "the money leaves" },
  { contract: "token", slot: "_balances[payee]", kind: "change", why: "the money arrives" },
];

const STATUS: WrittenSlot = {
  contract: "escrow",
  slot: "claims[id]",
  kind: "change",
  why: "status, deadline, benefit",
};

const FEE: WrittenSlot = {
  contract: "token",
  slot: "_balances[arbitrator]",
  kind: "change",
  why: "the insurer bears the cost of the ruling",
};

const changed = (slot: WrittenSlot): WrittenSlot => ({ ...slot, kind: "change" });

const cleared = (slot: WrittenSlot): WrittenSlot => ({ ...slot, kind: "clear" });

/** Staff act for everybody; every policy had a claim before. */
export async function insuranceOperations(bench: Bench): Promise<Operation[]> {
  const { escrow } = bench.contracts;
  const { interface: abi } = escrow;
  const to = escrow.target as Address;
  const stage = await insurance(bench);
  const { plan, cautious, adjuster, biller, clerk, insurer } = stage;

  const submitting = (of: string, lines: number) => async (): Promise<Call> => {
    return (await stage.claim(await stage.covered(of), lines, 20)).call;
  };
  const pending = async (): Promise<BenchClaim> => {
    const claim = await stage.claim(await stage.covered(cautious), 3, 20);
    await bench.send(claim.call);
    return claim;
  };
  const decision = ({ key }: BenchClaim, benefit: bigint): Call => {
    return { from: adjuster, to, data: abi.encodeFunctionData("decide", [key, benefit, denseBytes(32)]) };
  };
  const denied = async (): Promise<BenchClaim> => {
    const claim = await pending();
    await bench.send(decision(claim, 0n));
    return claim;
  };
  const appealing = ({ key }: BenchClaim): Call => {
    return { from: biller, to, data: abi.encodeFunctionData("appeal", [key, denseBytes(32)]) };
  };
  const benefitOf = async (claim: BenchClaim): Promise<bigint> => (await stage.stateOf(claim)).benefit;

  return [
    {
      name: "insurance.submit",
      slots: [LINES, CLAIM, ...ACCUMULATORS, RESERVE, ...TRANSFER],
      next: submitting(plan, 3),
    },
    {
      name: "insurance.submit1",
      slots: [LINES, CLAIM, ...ACCUMULATORS, RESERVE, ...TRANSFER],
      next: submitting(plan, 1),
    },
    {
      name: "insurance.submit10",
      slots: [LINES, CLAIM, ...ACCUMULATORS, RESERVE, ...TRANSFER],
      next: submitting(plan, 10),
    },
    {
      name: "insurance.submitPending",
      slots: [LINES, CLAIM, WINDOW, ...ACCUMULATORS, RESERVE],
      next: submitting(cautious, 3),
    },
    {
      name: "insurance.decide",
      slots: [STATUS, cleared(WINDOW), ...TRANSFER],
      next: async () => {
        const claim = await pending();
        return decision(claim, await benefitOf(claim));
      },
    },
    {
      name: "insurance.finalize",
      slots: [STATUS, cleared(WINDOW), ...TRANSFER],
      next: async () => {
        const { key } = await pending();
        await stage.pass(1);
        return { from: adjuster, to, data: abi.encodeFunctionData("finalize", [key]) };
      },
    },
    {
      name: "insurance.appeal",
      slots: [STATUS, changed(WINDOW)],
      next: async () => appealing(await denied()),
    },
    {
      name: "insurance.rule",
      slots: [STATUS, cleared(WINDOW), ...TRANSFER, FEE],
      next: async () => {
        const claim = await denied();
        await bench.send(appealing(claim));
        const { disputed } = await stage.stateOf(claim);
        return { from: clerk, to, data: abi.encodeFunctionData("rule", [claim.key, disputed, denseBytes(32)]) };
      },
    },
    {
      name: "insurance.reverse",
      slots: [STATUS, ...ACCUMULATORS, cleared(LINES), RESERVE, ...TRANSFER],
      next: async () => {
        const { key, lines, call } = await stage.claim(await stage.covered(plan), 3, 20);
        await bench.send(call);
        return { from: biller, to, data: abi.encodeFunctionData("reverse", [key, lines]) };
      },
    },
    {
      name: "insurance.purchase",
      slots: [
        { contract: "escrow", slot: "policies[id]", kind: "fill", why: "its last day; the rest is hashed into the id" },
        RESERVE,
        ...TRANSFER,
      ],
      next: () => stage.purchase(plan),
    },
    {
      name: "insurance.deposit",
      slots: [RESERVE, ...TRANSFER],
      next: async () => ({ from: insurer, to, data: abi.encodeFunctionData("deposit", [plan, 0x11_11_11_11n]) }),
    },
  ];
}
