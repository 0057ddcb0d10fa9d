/**
 * The trail of who opened a patient's records, on what basis.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import { categoriesIn, type DataCategory } from "../consent/category.js";
import { purposeOfBit, type Purpose } from "../consent/purpose.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf } from "../events.js";

/** One opening of a patient's chart, as the chain recorded it. */
export type Access = {
  patient: Address;
  /** Who used the data. */
  grantee: Address;
  /** The consent's policy; of no meaning when the purpose is `BTG`. */
  policy: Hex;
  /** The purpose of use; `BTG` when an open emergency stood in for a consent. */
  purpose: Purpose;
  categories: DataCategory[];
  /** The Merkle root of the ids of what was opened, or the one id. */
  records: Hex;
  /** Keyed digest of the member of staff, for the grantee to resolve. */
  actor: Hex;
  /** The account that logged it: the grantee, or its staff. */
  caller: Address;
  /** The block's time, in Unix seconds. */
  time: number;
  block: number;
  transaction: Hex;
  logIndex: number;
  chainId: bigint;
  contract: Address;
};

/** Every access of a patient's records, or by a grantee, oldest first. */
export async function log(
  aceso: Aceso,
  { patient, grantee }: { patient?: Address; grantee?: Address },
): Promise<Access[]> {
  const { records } = aceso.contracts;
  const events = await eventsOf(aceso, records, records.filters.AccessLogged(patient, grantee));
  const timeOf = blockTimes(aceso);
  return Promise.all(
    events.map(async ({ args, blockNumber, transactionHash, index, address }) => ({
      patient: args.patient as Address,
      grantee: args.grantee as Address,
      policy: args.policy as Hex,
      purpose: purposeOfBit(args.purpose),
      categories: categoriesIn(args.categories),
      records: args.records as Hex,
      actor: args.actor as Hex,
      caller: args.caller as Address,
      time: await timeOf(blockNumber),
      block: blockNumber,
      transaction: transactionHash as Hex,
      logIndex: index,
      chainId: aceso.chainId,
      contract: address as Address,
    })),
  );
}
