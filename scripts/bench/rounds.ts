/**
 * Payout rounds for the bench: real ones of many payees, and small ones whose proofs are as long as those of 1,024.
 *
 * @module
 */
import { AbiCoder, keccak256, concat } from "ethers";

import type { Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { buildRound } from "../../src/research/payouts.js";
import type { Bench } from "./bench.js";
import { denseAddress, denseBytes, FAR, isDense } from "./hardInputs.js";
import type { Call } from "./operation.js";

/** How deep a proof is in a round of 1,024 payees. */
const DEPTH = 10;

const TOTAL = 0x11_11_11_11_11_11_11_11n;

// Of one word of the bitmap.
const INDEX = 0x11;
const NEIGHBOUR = 0x12;

const coder = AbiCoder.defaultAbiCoder();

/** A payout as the contract takes it. */
type BenchPayout = { round: number; index: number; amount: bigint; proof: Hex[] };

/** A publisher of rounds, of whose token the distributor holds some. */
export function payouts({ contracts, send }: Bench, publisher: Address) {
  const { distributor, token } = contracts;
  const to = distributor.target as Address;
  const publishing = (root: Hex): Call => {
    const call = [token.target as string, root, TOTAL, FAR] as const;
    return { from: publisher, to, data: distributor.interface.encodeFunctionData("publish", [...call]) };
  };
  const claiming = (from: Address, account: Address, payouts: BenchPayout[]): Call => {
    return { from, to, data: distributor.interface.encodeFunctionData("claim", [account, payouts]) };
  };
  /** An account's payout of a round of its own, whose neighbour's was claimed. */
  const payout = async (account: Address): Promise<BenchPayout> => {
    const { root, amount, proofs } = neighbours(account);
    await send(publishing(root));
    const round = Number(await distributor.roundCount());
    const [its, other] = [INDEX, NEIGHBOUR].map((index, place) => {
      return { round, index, amount, proof: proofs[place]! };
    });
    await send(claiming(account, account, [other!]));
    return its!;
  };
  return { publishing, claiming, payout };
}

/** The root of a round of so many payees, with no zero byte. */
export async function rootOf(payees: number): Promise<Hex> {
  const share = TOTAL / BigInt(payees);
  const list = Array.from({ length: payees }, (_, index) => {
    return { account: denseAddress(), amount: index === 0 ? TOTAL - share * BigInt(payees - 1) : share };
  });
  const { root } = await buildRound({ payees: list });
  return isDense(root) ? root : rootOf(payees);
}

/** Two neighbouring leaves of one account, and a proof of each; the nodes above them stand for the rest of a round. */
function neighbours(account: Address): { root: Hex; amount: bigint; proofs: Hex[][] } {
  const amount = BigInt(denseBytes(7));
  const leafOf = (index: number): Hex => {
    const inner = keccak256(coder.encode(["uint256", "address", "uint256"], [index, account, amount]));
    return keccak256(inner) as Hex;
  };
  const [one, other] = [leafOf(INDEX), leafOf(NEIGHBOUR)];
  // Hashing takes a little more one way round than the other, so every pair is the same way round.
  if (!isDense(one) || !isDense(other) || one > other) return neighbours(account);
  const above = Array.from({ length: DEPTH - 1 }, () => concat(["0xffffffff", denseBytes(28)]) as Hex);
  const proofs = [other, one].map((beside) => [beside, ...above]);
  return { root: above.reduce(paired, paired(one, other)), amount, proofs };
}

function paired(one: Hex, other: Hex): Hex {
  return keccak256(concat(BigInt(one) < BigInt(other) ? [one, other] : [other, one])) as Hex;
}
