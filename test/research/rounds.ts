/**
 * Payout rounds as two publishers pay them in, their trees by OpenZeppelin's library, which has its own hand on the leaves.
 *
 * @module
 */
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
import { MaxUint256 } from "ethers";

import { TestToken__factory } from "../../src/generated/index.js";
import { ethers, system, time } from "../fixtures.js";
import { accountAt } from "./payees.js";

/** The least time a round pays, in seconds. */
export const MIN_CLAIM_WINDOW = 30 * 24 * 60 * 60;

/** A leaf of a round: its index, who is paid, and how much in token units. */
export type Leaf = readonly [index: bigint, account: { address: string }, amount: bigint];

/** What a publisher owns. */
export const FUNDS = 1_000_000n;

/** The contracts, a token, two publishers who own it and have approved the distributor, and three payees. */
export async function cohort() {
  const { hospital: sponsor, clinic: rival, nurse: third, ...house } = await system();
  const { admin, distributor } = house;
  const token = await new TestToken__factory(admin).deploy("A dollar", "USDX", 6);
  for (const publisher of [sponsor, rival]) {
    await token.mint(publisher, FUNDS);
    await token.connect(publisher).approve(distributor, MaxUint256);
  }
  const expiry = (await time.latest()) + 2 * MIN_CLAIM_WINDOW;
  return { ...house, token, sponsor, rival, third, expiry };
}

/** What {@link cohort} gives. */
export type Cohort = Awaited<ReturnType<typeof cohort>>;

/** A claim of one leaf, as the contract takes it. */
export type Payout = { round: bigint; index: bigint; amount: bigint; proof: string[] };

type Publication = {
  publisher?: Cohort["sponsor"];
  token?: Cohort["token"];
  /** What is paid in, when it is not what the leaves sum to. */
  total?: bigint;
  expiry?: number;
};

export function treeOf(leaves: readonly Leaf[]) {
  const values = leaves.map(([index, { address }, amount]): [bigint, string, bigint] => [index, address, amount]);
  return StandardMerkleTree.of(values, ["uint256", "address", "uint256"]);
}

/** Publishes a round of these leaves; `payout` claims the leaf at a place in their list. */
export async function published(
  house: Cohort,
  leaves: readonly Leaf[],
  { publisher = house.sponsor, token = house.token, total = sumOf(leaves), expiry = house.expiry }: Publication = {},
) {
  const tree = treeOf(leaves);
  const { root } = tree;
  const transaction = await house.distributor.connect(publisher).publish(token, root, total, expiry);
  const round = await house.distributor.roundCount();
  const payout = (place: number): Payout => {
    const [index, , amount] = leaves[place]!;
    return { round, index, amount, proof: tree.getProof(place) };
  };
  return { round, root, total, expiry, tree, payout, transaction };
}

/** So many leaves, each of its own account and amount. */
export function leavesOf(count: number): Leaf[] {
  return Array.from({ length: count }, (_, place) => [BigInt(place), { address: accountAt(place) }, BigInt(place + 1)]);
}

export function sumOf(leaves: readonly Leaf[]): bigint {
  return leaves.reduce((sum, [, , amount]) => sum + amount, 0n);
}

/** What is left of every round in a token. */
export async function leftIn({ distributor }: Cohort, token: { target: unknown }): Promise<bigint> {
  let sum = 0n;
  for (let round = await distributor.roundCount(); round > 0n; --round) {
    const { token: its, left } = await distributor.roundOf(round);
    if (its === token.target) sum += left;
  }
  return sum;
}

/** An account that sends transactions and has ether, whatever it is. */
export async function impersonated(address: string) {
  await ethers.provider.send("hardhat_setBalance", [address, "0xde0b6b3a7640000"]);
  return ethers.getImpersonatedSigner(address);
}
