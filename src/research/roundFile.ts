/**
 * Rounds as files: what a publisher keeps and gives to payees, who find their proofs in it.
 *
 * It lists who is paid how much, which the chain shows only as each payee claims.
 *
 * @module
 */
import { isHexString } from "ethers";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { NODE_BYTES, type OnProgress } from "../crypto/merkleTree.js";
import { AcesoError } from "../errors.js";
import { requireDecimals } from "../token/amount.js";
import type { Payee } from "./payee.js";
import { buildRound, type PayoutRound } from "./payouts.js";

/** A round, and what it is paid in. */
export type RoundFile = {
  round: PayoutRound;
  /** The ERC-20. */
  token: Address;
  /** The token's, so that people can read the amounts. */
  decimals: number;
  /** Where it is published, when that is known. */
  chainId?: bigint;
  /** The `RewardDistributor` there. */
  distributor?: Address;
  /** The rounds it was published as, oldest first: more than one where the same payees were paid again. */
  published?: readonly Publication[];
};

/** A round's number, and the first second nothing is claimed of it any more, in Unix seconds. */
export type Publication = { round: number; expiry: number };

const FORMAT = "aceso payout round";
// Token units: 2^96 - 1 has 29 digits.
const UNITS = /^[1-9]\d{0,28}$/;

/**
 * Writes a round as JSON, one payee a line: its account and amount, in token units. Its nodes follow from them.
 *
 * @throws {@link MalformedAddressError} or {@link TokenDecimalsError}.
 */
export function saveRound({ round, token, decimals, chainId, distributor, published }: RoundFile): string {
  requireDecimals(decimals);
  const head = JSON.stringify({
    format: FORMAT,
    version: 1,
    ...(chainId !== undefined && { chainId: chainId.toString() }),
    ...(distributor !== undefined && { distributor: toAddress(distributor) }),
    ...(published !== undefined && { published }),
    token: toAddress(token),
    decimals,
    root: round.root,
    total: round.total.toString(),
  });
  const rows = round.payees.map(({ account, amount }) => `["${account}","${amount}"]`);
  return `${head.slice(0, -1)},"payees":[\n${rows.join(",\n")}\n]}\n`;
}

/**
 * Reads a round, and computes its root and its total again.
 *
 * The root is what the file says of itself: the round is the published one when `RewardDistributor` has the same.
 *
 * @throws {@link MalformedRoundError} or {@link MalformedAddressError} when the text is no such file.
 * @throws what {@link buildRound} throws of its payees.
 * @throws {@link RoundTotalError} or {@link RoundRootError} when the payees do not give what the file says.
 */
export async function openRound(text: string, onProgress?: OnProgress): Promise<RoundFile> {
  const { payees, root, total, ...rest } = parsed(text);
  const sum = payees.reduce((all, { amount }) => all + amount, 0n);
  if (sum !== total) throw new RoundTotalError(total, sum);
  const round = await buildRound({ payees, ...(onProgress && { onProgress }) });
  if (round.root !== root) throw new RoundRootError(root, round.root);
  return { round, ...rest };
}

type Parsed = Omit<RoundFile, "round"> & Pick<PayoutRound, "root" | "total"> & { payees: Payee[] };

function parsed(text: string): Parsed {
  const { format, version, chainId, distributor, published, token, decimals, root, total, payees } = objectIn(text);
  requireThat(format === FORMAT && version === 1, `it is no ${FORMAT} of version 1`);
  requireThat(isHexString(root, NODE_BYTES), "root is not 0x and 64 hex digits");
  requireThat(isUnits(total), "total is no whole number of token units in text");
  requireThat(isDecimals(decimals), "decimals is no whole number from 0 to 255");
  requireThat(chainId === undefined || isChainId(chainId), "chainId is no whole number in text");
  requireThat(published === undefined || isPublished(published), "published is no list of rounds and their expiries");
  const hasPlace = chainId !== undefined && distributor !== undefined;
  requireThat(published === undefined || hasPlace, "it is published, and does not say where");
  requireThat(Array.isArray(payees), "payees is no list");
  return {
    payees: payees.map(payeeIn),
    root: root.toLowerCase() as Hex,
    total: BigInt(total),
    token: addressIn("token", token),
    decimals,
    ...(chainId !== undefined && { chainId: BigInt(chainId) }),
    ...(distributor !== undefined && { distributor: addressIn("distributor", distributor) }),
    ...(published !== undefined && { published: published.map(({ round, expiry }) => ({ round, expiry })) }),
  };
}

function objectIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    throw new MalformedRoundError("it is no JSON");
  }
}

function payeeIn(row: unknown, index: number): Payee {
  const isPair = Array.isArray(row) && row.length === 2 && typeof row[0] === "string" && isUnits(row[1]);
  requireThat(isPair, `the payee at index ${index} is no account and token units in text`);
  return { account: row[0] as Address, amount: BigInt(row[1] as string) };
}

function addressIn(field: string, value: unknown): Address {
  requireThat(isHexString(value, 20), `${field} is no address`);
  return toAddress(value);
}

function isUnits(value: unknown): value is string {
  return typeof value === "string" && UNITS.test(value);
}

function isChainId(value: unknown): value is string {
  return typeof value === "string" && /^[1-9]\d{0,77}$/.test(value);
}

function isPublished(value: unknown): value is Publication[] {
  return Array.isArray(value) && value.length > 0 && value.every(isPublication);
}

function isPublication(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { round, expiry } = value as Partial<Record<keyof Publication, unknown>>;
  return [round, expiry].every((number) => Number.isSafeInteger(number) && (number as number) > 0);
}

function isDecimals(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

function requireThat(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new MalformedRoundError(fault);
}

/** A text is no round. */
export class MalformedRoundError extends AcesoError {
  override name = "MalformedRoundError";
  constructor(fault: string) {
    super(`The file is no round of payouts: ${fault}.`, "Take an untouched copy of the file that saveRound wrote.");
  }
}

/** The payees of a round do not sum to the total it claims. */
export class RoundTotalError extends AcesoError {
  override name = "RoundTotalError";
  constructor(
    readonly claimed: bigint,
    readonly computed: bigint,
  ) {
    super(
      `The round says it pays ${claimed} token units in all, but its payees sum to ${computed}.`,
      "Do not publish or trust it: take an untouched copy, or build the round again.",
    );
  }
}

/** The payees of a round do not lead to the root it claims. */
export class RoundRootError extends AcesoError {
  override name = "RoundRootError";
  constructor(
    readonly claimed: Hex,
    readonly computed: Hex,
  ) {
    super(
      `The round says its root is ${claimed}, but its payees lead to ${computed}: something in it was altered.`,
      "Do not publish or trust it: take an untouched copy, or build the round again.",
    );
  }
}
