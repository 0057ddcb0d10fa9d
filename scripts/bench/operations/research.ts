/**
 * Research: people enrol, contribute and are paid; cohorts are paid in rounds.
 *
 * @module
 */
import type { Address } from "../../../src/crypto/address.js";
import type { Bench } from "../bench.js";
import { denseAddress } from "../hardInputs.js";
import type { Operation, WrittenSlot } from "../operation.js";
import { payouts, rootOf } from "../rounds.js";
import { research } from "../studies.js";

const PARTICIPANT: WrittenSlot = {
  contract: "studies",
  slot: "participants[study][participant]",
  kind: "change",
  why: "what was earned and paid, the milestones, whether it takes part",
};

const BOOKS: WrittenSlot = {
  contract: "studies",
  slot: "books[study]",
  kind: "change",
  why: "what the study's participants earned, which nobody takes back",
};

const TRANSFER: readonly WrittenSlot[] = [
  { contract: "token", slot: "_balances[payer]", kind: "change", why: "the money leaves" },
  { contract: "token", slot: "_balances[payee]", kind: "change", why: "the money arrives" },
];

const ROUND: readonly WrittenSlot[] = [
  { contract: "distributor", slot: "roundCount", kind: "change", why: "the number of the next round" },
  { contract: "distributor", slot: "rounds[n]", kind: "fill", why: "its token and what is left of its own deposit" },
  { contract: "distributor", slot: "rounds[n] + 1", kind: "fill", why: "who gets back what nobody claims, and when" },
  { contract: "distributor", slot: "rounds[n] + 2", kind: "fill", why: "the root of its leaves, however many" },
];

const CLAIMED: readonly WrittenSlot[] = [
  { contract: "distributor", slot: "claimed[n][index / 256]", kind: "change", why: "a bit a leaf: paid once" },
  { contract: "distributor", slot: "rounds[n]", kind: "change", why: "what is left of the round's own deposit" },
];

/** Staff of the steward act; every payee holds some of the token already. */
export async function researchOperations(bench: Bench): Promise<Operation[]> {
  const { studies } = bench.contracts;
  const { interface: abi } = studies;
  const to = studies.target as Address;
  const stage = await research(bench);
  const { study, nurse, sponsor } = stage;
  const rounds = payouts(bench, sponsor);
  const [small, large] = [await rootOf(1_000), await rootOf(100_000)];
  // Fills the slots that only a first round does.
  await bench.send(rounds.publishing(small));

  return [
    {
      name: "research.enrol",
      slots: [
        { ...PARTICIPANT, kind: "fill" },
        { contract: "studies", slot: "states[study]", kind: "change", why: "one seat less" },
      ],
      next: () => stage.enrolment(denseAddress()),
    },
    {
      name: "research.contribute",
      slots: [
        {
          contract: "studies",
          slot: "isContributed[study][record]",
          kind: "fill",
          why: "each record earns once a study",
        },
        PARTICIPANT,
        BOOKS,
      ],
      next: async () => stage.contribution(await stage.enrolled()),
    },
    {
      name: "research.milestone",
      slots: [PARTICIPANT, BOOKS],
      next: async () => {
        const data = abi.encodeFunctionData("recordMilestone", [study, await stage.enrolled(), 0x11]);
        return { from: nurse, to, data };
      },
    },
    {
      name: "research.claim",
      slots: [PARTICIPANT, ...TRANSFER],
      next: async () => {
        const person = await stage.enrolled();
        await bench.send(await stage.contribution(person));
        return { from: nurse, to, data: abi.encodeFunctionData("claim", [study, person]) };
      },
    },
    {
      name: "research.publishPayouts1000",
      slots: [...ROUND, ...TRANSFER],
      next: () => Promise.resolve(rounds.publishing(small)),
    },
    {
      name: "research.publishPayouts",
      slots: [...ROUND, ...TRANSFER],
      next: () => Promise.resolve(rounds.publishing(large)),
    },
    {
      name: "research.claimPayout",
      slots: [...CLAIMED, ...TRANSFER],
      next: async () => {
        const account = denseAddress();
        return rounds.claiming(nurse, account, [await rounds.payout(account)]);
      },
    },
    {
      name: "research.claimPayouts3",
      slots: [...CLAIMED, ...CLAIMED, ...CLAIMED, ...TRANSFER],
      next: async () => {
        const account = denseAddress();
        const three = [await rounds.payout(account), await rounds.payout(account), await rounds.payout(account)];
        return rounds.claiming(nurse, account, three);
      },
    },
  ];
}
