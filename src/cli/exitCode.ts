/**
 * The exit code an error ends the command with.
 *
 * @module
 */
import { isError, type ErrorCode } from "ethers";

import { NoEncryptionKeyError, NotDeployedError } from "../aceso.js";
import { KeyMismatchError, LastSlotError, MalformedSealedKeyError, TooManySlotsError } from "../crypto/sealedKey.js";
import {
  EmptyPassphraseError,
  IterationsError,
  NoSuchSlotError,
  WrongGuardianKeyError,
  WrongPassphraseError,
  WrongSignatureError,
} from "../crypto/slot.js";
import { AcesoError } from "../errors.js";
import { KeyNotPublishedError, KeyUnusableError } from "../keys/keys.js";
import { NotMinedError, TransactionFailedError } from "../prepare.js";
import { RpcUnreachableError } from "../provider.js";
import { RecordKeyMissingError } from "../records/amend.js";
import { NothingToOpenError } from "../records/open.js";
import { NothingToContributeError } from "../research/contribution.js";
import { NothingContributedError } from "../research/dataset.js";
import { ContractError, InsufficientFundsError, UnknownRevertError } from "../revert.js";
import {
  DamagedBlobError,
  DamagedKeyError,
  VaultFolderError,
  VaultReadError,
  VaultWriteError,
} from "../vault/folder.js";
import {
  KeystoreMalformedError,
  KeystorePassphraseError,
  NoAccountError,
  PrivateKeyMalformedError,
} from "./accounts.js";
import { ChainCallError } from "./chainCall.js";
import { FileExistsError, OutputFileError } from "./files.js";
import { PlanSecretFileError } from "./insurance/planSecret.js";
import { AnswerMissingError } from "./io.js";
import { KeyFileLockedError, NoKeyFileError, PassphrasesDifferError } from "./keyFile.js";
import { PartyKeyMissingError } from "./medication/partyFile.js";
import { QueueNotSentError } from "./medication/queue.js";
import { PassphraseMissingError } from "./passphrase.js";
import { NothingHandedOverError } from "./recordHandover.js";
import { NothingToClaimError } from "./research/payoutClaim.js";
import { PayoutsRefusedError } from "./research/payoutEveryone.js";
import {
  PayoutFundsError,
  RoundFileBehindError,
  RoundPublishedError,
  TransactionsPendingError,
} from "./research/payoutPublish.js";
import { StudySecretFileError } from "./research/studySecret.js";
import { DeploymentNotFoundError, VaultNotFoundError } from "./session.js";
import { MintTooEarlyError } from "./token.js";

/** What the command ends with. */
export const EXIT = {
  done: 0,
  refused: 1,
  badInput: 2,
  chainMissing: 3,
  keysOrDisk: 4,
  defect: 5,
  /** A scan was answered, and what was scanned is not to be dispensed. */
  doNotDispense: 6,
} as const;

type ErrorClass = abstract new (...args: never[]) => Error;

const CLASSES: readonly (readonly [number, readonly ErrorClass[]])[] = [
  [
    EXIT.refused,
    [
      ...[ContractError, UnknownRevertError, TransactionFailedError, InsufficientFundsError],
      ...[NothingToOpenError, NothingHandedOverError, NothingToContributeError, NothingContributedError],
      ...[QueueNotSentError],
      ...[RoundPublishedError, TransactionsPendingError, PayoutFundsError, NothingToClaimError, PayoutsRefusedError],
      ...[MintTooEarlyError],
    ],
  ],
  [EXIT.chainMissing, [RpcUnreachableError, NotDeployedError, DeploymentNotFoundError, NotMinedError]],
  [
    EXIT.keysOrDisk,
    [
      ...[VaultFolderError, VaultReadError, VaultWriteError, VaultNotFoundError, DamagedBlobError, DamagedKeyError],
      ...[FileExistsError, OutputFileError, AnswerMissingError, PassphraseMissingError, PassphrasesDifferError],
      ...[NoAccountError, PrivateKeyMalformedError, KeystoreMalformedError, KeystorePassphraseError],
      ...[NoKeyFileError, KeyFileLockedError, NoEncryptionKeyError, KeyNotPublishedError, KeyUnusableError],
      ...[RecordKeyMissingError, PartyKeyMissingError, PlanSecretFileError, StudySecretFileError],
      ...[RoundFileBehindError],
      ...[MalformedSealedKeyError, KeyMismatchError, LastSlotError, TooManySlotsError, NoSuchSlotError],
      ...[EmptyPassphraseError, IterationsError, WrongPassphraseError, WrongSignatureError, WrongGuardianKeyError],
    ],
  ],
];

// What ethers calls the refusals of a node; the rest of its codes mean that the node did not answer properly.
const REFUSALS: readonly ErrorCode[] = [
  "CALL_EXCEPTION",
  "INSUFFICIENT_FUNDS",
  "NONCE_EXPIRED",
  "REPLACEMENT_UNDERPRICED",
  "TRANSACTION_REPLACED",
];

/** The exit code of an error: what is no {@link AcesoError} is a defect of the command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ChainCallError) {
    return REFUSALS.some((code) => isError(error.cause, code)) ? EXIT.refused : EXIT.chainMissing;
  }
  for (const [code, classes] of CLASSES) {
    if (classes.some((errorClass) => error instanceof errorClass)) return code;
  }
  return error instanceof AcesoError ? EXIT.badInput : EXIT.defect;
}
