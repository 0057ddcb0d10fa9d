/**
 * Payouts to a cohort: from a CSV file of payees to the round that pays them, and each payee's proof.
 *
 * A round is OpenZeppelin's `StandardMerkleTree` of `(uint256 index, address account, uint256 amount)`, leaves in the
 * order of the payees: what `RewardDistributor` pays by.
 *
 * @module
 */
import { getBytes } from "ethers";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import {
  growNodes,
  hashLeaf,
  isProven,
  NODE_BYTES,
  proofIn,
  type KnownNodes,
  type OnProgress,
} from "../crypto/merkleTree.js";
import { AcesoError } from "../errors.js";
import { MAX_UNITS } from "../token/amount.js";
import type { CsvSource } from "./csvRows.js";
import { accountIn, MAX_PAYEES, TooManyPayeesError, totalOf, type AccountFault, type Payee } from "./payee.js";
import { readPayees, type AmountFault, type BadRow } from "./payoutCsv.js";

/** A round as it is published, with what leads from each payee to its root. */
export type PayoutRound = KnownNodes & {
  root: Hex;
  /** What the payees are paid in all, in token units: the round's deposit. */
  total: bigint;
  /** In the order of their indexes, from 0. */
  payees: readonly Payee[];
  /** The index of each account, which is checksummed. */
  indexOf: ReadonlyMap<Address, number>;
};

/** One payee's leaf of a round and its proof; with the number of the round, what `RewardDistributor` claims. */
export type Payout = {
  index: number;
  /** In token units. */
  amount: bigint;
  proof: Hex[];
};

/** How a round is built from a CSV file. */
export type BuildOptions = {
  /** The token's, as ERC-20 defines them. */
  decimals: number;
  /** How long the source is, in bytes, so that progress counts the reading too; that of text or bytes is known. */
  size?: number;
  /** Pays the others when some rows are bad. Without it, one bad row refuses the file. */
  skipBadRows?: boolean;
  onProgress?: OnProgress;
};

// What reading takes of the work; hashing takes the rest.
const READING = 0.6;

/**
 * Builds a round from a CSV file with the columns `account` and `amount`.
 *
 * @example
 * const { round } = await payouts.build("account,amount\n0x70997970C51812dc3A010C7d01b50e0d17dc79C8,12.50\n", {
 *   decimals: 6,
 * });
 * round.root; // what the round is published with
 * round.total; // 12_500_000n, what is paid in
 *
 * @returns the round, and the rows it leaves out.
 * @throws {@link BadRowsError} with all rows that cannot be paid, unless they are to be skipped.
 * @throws what {@link readPayees} throws of the file as a whole, and {@link NoPayeesError}.
 */
export async function build(
  source: CsvSource,
  { decimals, size, skipBadRows = false, onProgress }: BuildOptions,
): Promise<{ round: PayoutRound; badRows: readonly BadRow[] }> {
  const length = typeof source === "string" || source instanceof Uint8Array ? source.length : size;
  const reading = length === undefined ? 0 : READING;
  const onRead = (read: number): void => {
    if (length !== undefined) onProgress?.(reading * Math.min(1, read / length));
  };
  const { payees, badRows } = await readPayees(source, { decimals, onRead });
  if (badRows.length > 0 && !skipBadRows) throw new BadRowsError(badRows, payees.length + badRows.length);
  const round = await growRound(payees, (done) => onProgress?.(reading + (1 - reading) * done));
  return { round, badRows };
}

/**
 * Builds a round from payees that are known already.
 *
 * @throws {@link InvalidPayeeError} when one cannot be paid, or is there twice.
 * @throws {@link NoPayeesError}, {@link TooManyPayeesError} or {@link RoundTooLargeError}.
 */
export async function buildRound({
  payees,
  onProgress,
}: {
  payees: readonly Payee[];
  onProgress?: OnProgress;
}): Promise<PayoutRound> {
  return growRound(checked(payees), onProgress);
}

/**
 * What a round pays an account.
 *
 * @throws {@link NotAPayeeError} when it pays it nothing, {@link MalformedAddressError}.
 */
export function payoutOf(round: PayoutRound, account: Address): Payout {
  const index = round.indexOf.get(toAddress(account));
  if (index === undefined) throw new NotAPayeeError(account);
  const { amount } = round.payees[index]!;
  return { index, amount, proof: proofIn(round, round.payees.length, index) };
}

/**
 * Whether a round with this root pays an account this payout. As `RewardDistributor` answers on chain, of a round that
 * is open and a leaf that is not spent.
 */
export function verifyPayout({
  root,
  account,
  index,
  amount,
  proof,
}: {
  root: Hex;
  account: Address;
  index: number;
  amount: bigint;
  proof: readonly Hex[];
}): boolean {
  const named = accountIn(account);
  if ("reason" in named || !Number.isSafeInteger(index) || index < 0) return false;
  if (amount < 0n || amount > MAX_UNITS) return false;
  return isProven({ root, hash: leafHasher()(index, { account: named.account, amount }), proof });
}

function checked(payees: readonly Payee[]): Payee[] {
  if (payees.length > MAX_PAYEES) throw new TooManyPayeesError();
  const accounts = new Set<Address>();
  return payees.map(({ account: text, amount }, index) => {
    const named = accountIn(text);
    if ("reason" in named) throw new InvalidPayeeError(index, named.reason);
    const { account } = named;
    if (accounts.has(account)) throw new InvalidPayeeError(index, "duplicate");
    if (amount < 0n) throw new InvalidPayeeError(index, "negative");
    if (amount === 0n) throw new InvalidPayeeError(index, "zero");
    if (amount > MAX_UNITS) throw new InvalidPayeeError(index, "tooLarge");
    accounts.add(account);
    return { account, amount };
  });
}

async function growRound(payees: readonly Payee[], onProgress?: OnProgress): Promise<PayoutRound> {
  const count = payees.length;
  if (count === 0) throw new NoPayeesError();
  const total = totalOf(payees);
  const known = { leafCount: count, first: 0, count, hashes: hashesOf(payees), given: [] };
  const { root, layout, nodes } = await growNodes(known, onProgress);
  const indexOf = new Map(payees.map(({ account }, index) => [account, index]));
  return { root, total, payees, indexOf, layout, nodes };
}

function* hashesOf(payees: readonly Payee[]): Iterable<Uint8Array> {
  const hash = leafHasher();
  for (const [index, payee] of payees.entries()) yield hash(index, payee);
}

// abi.encode(uint256 index, address account, uint256 amount), in the same memory for all; an amount has 96 bits.
function leafHasher(): (index: number, payee: Payee) => Uint8Array {
  const encoded = new Uint8Array(3 * NODE_BYTES);
  const words = new DataView(encoded.buffer);
  return (index, { account, amount }) => {
    words.setBigUint64(NODE_BYTES - 8, BigInt(index));
    encoded.set(getBytes(account), 2 * NODE_BYTES - 20);
    words.setUint32(3 * NODE_BYTES - 12, Number(amount >> 64n));
    words.setBigUint64(3 * NODE_BYTES - 8, amount);
    return hashLeaf(encoded);
  };
}

const LINES_NAMED = 10;

/** Rows of a CSV file cannot be paid. */
export class BadRowsError extends AcesoError {
  override name = "BadRowsError";
  constructor(
    /** All of them, in the file's order. */
    readonly badRows: readonly BadRow[],
    /** How many payees the file names, the bad rows among them. */
    readonly rowCount: number,
  ) {
    const named = badRows.slice(0, LINES_NAMED).map(({ line, field, reason }) => `${line} (${field}: ${reason})`);
    const others = badRows.length - named.length;
    super(
      `Of ${rowCount} rows ${badRows.length} cannot be paid, on lines ${named.join(", ")}${others > 0 ? ` and ${others} more` : ""}.`,
      "Correct these rows, or say that bad rows are to be skipped, which pays the others.",
    );
  }
}

/** A round would pay nobody. */
export class NoPayeesError extends AcesoError {
  override name = "NoPayeesError";
  constructor() {
    super("There is nobody to pay.", "Give at least one payee that can be paid.");
  }
}

/** A payee cannot be paid. */
export class InvalidPayeeError extends AcesoError {
  override name = "InvalidPayeeError";
  constructor(
    /** Its place among the payees, from 0. */
    readonly index: number,
    readonly reason: AccountFault | Exclude<AmountFault, "notADecimal" | "tooManyDecimals">,
  ) {
    super(
      `The payee at index ${index} cannot be paid: ${reason}.`,
      "Give each account once, with an amount of 1 to 2^96 - 1 token units.",
    );
  }
}

/** A round does not pay an account. */
export class NotAPayeeError extends AcesoError {
  override name = "NotAPayeeError";
  constructor(readonly account: Address) {
    super(`The round pays nothing to ${account}.`, "Check the account, and ask whoever published it for its round.");
  }
}
