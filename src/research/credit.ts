/**
 * The credit for contributed records, by contract: anybody may ask for it.
 *
 * @module
 */
import type { TransactionReceipt } from "ethers";

import type { Aceso } from "../aceso.js";
import { categoryMask, type DataCategory } from "../consent/category.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import type { RootProof } from "../records/envelope.js";
import type { RecordKey } from "../records/key.js";

/** How many records one transaction contributes: some 100,000 gas each, under any chain's limit. */
export const RECORDS_AT_ONCE = 100;

/** A record to be contributed, as plain JSON: anybody may send it. It opens the record's commitment. */
export type Contribution = {
  study: Hex;
  record: Hex;
  key: RecordKey;
  categories: DataCategory[];
  /** 32 bytes. */
  salt: Hex;
  /** Only for a record anchored under a root. */
  root?: RootProof;
};

/** What a record earned, in token units. */
export type Credit = { record: Hex; reward: bigint };

/**
 * Prepares the contribution of records, at most {@link RECORDS_AT_ONCE} in one transaction; the contract credits each.
 * By anybody. Its result is what each earned.
 *
 * @throws on sending {@link ContractError} `RecordNotAnchored`, `StudyNotRunning`, `RecordCommitmentMismatch`,
 * `RecordCategoriesOutside`, `ConsentMissing`, `RecordAuthorInvalid`, `RecordContributedBefore`, `ParticipantInvalid`,
 * `ParticipantCapReached` or `StudyUnderfunded`; then none of them is credited.
 */
export function contribute(
  aceso: Aceso,
  { contributions }: { contributions: readonly Contribution[] },
): Prepared<Credit[]> {
  const { studies } = aceso.contracts;
  const abi = studies.interface;
  const calls = contributions.map(({ study, key, categories, salt, root }) => {
    const opened = [study, key, categoryMask(categories), salt] as const;
    return root === undefined
      ? abi.encodeFunctionData("contribute", [...opened])
      : abi.encodeFunctionData("contributeUnderRoot", [...opened, root]);
  });
  const data = calls.length === 1 ? calls[0]! : abi.encodeFunctionData("multicall", [calls]);
  return prepare(aceso, studies, data, { after: (receipt) => creditsIn(aceso, receipt) });
}

function creditsIn({ contracts: { studies } }: Aceso, receipt: TransactionReceipt): Credit[] {
  return receipt.logs.flatMap((log) => {
    const event = log.address === studies.target ? studies.interface.parseLog(log) : null;
    if (event?.name !== "RecordContributed") return [];
    return [{ record: event.args.record as Hex, reward: event.args.reward as bigint }];
  });
}
