/**
 * The calls that make a draft what its file says, in transactions that fit a block.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { eventsOf, inOrder } from "../events.js";
import type { PlanDraft } from "./planFile.js";
import type { Benefit } from "./planTerms.js";
import { serviceKey } from "./service.js";

/** A call, and how many services or providers it writes. */
export type DraftCall = { data: string; writes: number };

/** How many services and providers one transaction writes: some 30,000 gas each, under any chain's limit. */
const WRITES_AT_ONCE = 200;

// What PlanRegistry keeps for a provider that has not left.
const NO_END = 2n ** 24n - 1n;

const UNLISTED: Benefit = {
  allowed: 0n,
  copay: 0n,
  coinsuranceBps: 0n,
  cover: 0n,
  deductibleApplies: false,
  needsPreauthorization: false,
};

type Drafting = { id: Hex; key: { insurer: Address; name: Hex }; draft: PlanDraft; secret: Hex };

/** The calls that draft a plan, and take out what an earlier draft of it had besides. */
export async function draftCalls(aceso: Aceso, { id, key, draft, secret }: Drafting): Promise<DraftCall[]> {
  const { plans } = aceso.contracts;
  const abi = plans.interface;
  const benefits = new Map(draft.services.map((service) => [serviceKey(secret, service), service.benefit]));
  const earlier = await earlierOf(aceso, id);
  for (const service of earlier.services) if (!benefits.has(service)) benefits.set(service, UNLISTED);
  const named = draft.network.map(toAddress);
  const gone = earlier.providers.filter((provider) => !named.includes(provider));
  const network = (providers: Address[], member: boolean): DraftCall[] =>
    chunks(providers).map((some) => ({
      data: abi.encodeFunctionData("setNetwork", [key, some, member]),
      writes: some.length,
    }));
  return [
    { data: abi.encodeFunctionData("draft", [key, draft.terms]), writes: 0 },
    ...chunks([...benefits]).map((some) => ({
      data: abi.encodeFunctionData("setBenefits", [
        key,
        some.map(([service]) => service),
        some.map(([, each]) => each),
      ]),
      writes: some.length,
    })),
    ...network(named, true),
    ...network(gone, false),
  ];
}

/** Calls in order, as many together as fit one transaction. */
export function packed(calls: readonly DraftCall[]): string[][] {
  const steps: string[][] = [];
  let room = -1;
  for (const { data, writes } of calls) {
    if (writes > room) {
      steps.push([]);
      room = WRITES_AT_ONCE;
    }
    steps.at(-1)!.push(data);
    room -= writes;
  }
  return steps;
}

/** The services a draft lists, and the providers of its network that have not left. */
async function earlierOf(aceso: Aceso, id: Hex): Promise<{ services: Hex[]; providers: Address[] }> {
  const { plans } = aceso.contracts;
  if (BigInt((await plans.insurerOf(id)).insurer) === 0n) return { services: [], providers: [] };
  const listed = new Map<Hex, boolean>();
  for (const { args } of (await eventsOf(aceso, plans, plans.filters.BenefitsSet(id))).sort(inOrder)) {
    args.services.forEach((service, at) => listed.set(service as Hex, args.benefits[at]!.cover > 0n));
  }
  const named = await eventsOf(aceso, plans, plans.filters.NetworkSet(id));
  const providers = [...new Set(named.flatMap(({ args }) => args.providers as Address[]))];
  const ends = await Promise.all(providers.map((provider) => plans.networkEndOf(id, provider)));
  return {
    services: [...listed].filter(([, isListed]) => isListed).map(([service]) => service),
    providers: providers.filter((_, at) => ends[at] === NO_END),
  };
}

function chunks<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / WRITES_AT_ONCE);
  return Array.from({ length: count }, (_, at) => items.slice(at * WRITES_AT_ONCE, (at + 1) * WRITES_AT_ONCE));
}
