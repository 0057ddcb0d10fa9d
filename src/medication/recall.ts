/**
 * Recalls and holds of whole batches.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { codeOf } from "./codes.js";
import { RECALL_CLASSES, RECALL_DEPTHS } from "./states.js";

/** A regulator's closing of a recall. */
export type RecallEnd = {
  /** The batch's id. */
  batch: Hex;
  /** Digest of the notice, from `documentDigest`. */
  notice: Hex;
  /** The licensed Regulator the connection's account is, or acts for. */
  regulator?: Address;
};

/** A regulator's hold of a batch, or its end. */
export type BatchHold = {
  /** The batch's id. */
  batch: Hex;
  /** Digest of the reason, from `documentDigest`. */
  evidence: Hex;
  /** The licensed Regulator the connection's account is, or acts for. */
  regulator?: Address;
};

/**
 * Prepares the recall of a batch, its raising, or (by a regulator) its classification. It reaches dispensed units too,
 * and opens a terminated recall again.
 *
 * @param batch the batch's id.
 * @param recallClass unclassified when nobody knows yet; a manufacturer raises class and depth only.
 * @param notice digest of the recall notice, from `documentDigest`.
 * @param organisation its manufacturer, or a licensed Regulator, that the connection's account is or acts for.
 * @throws {@link UnknownWordError}, {@link MalformedDigestError}; on sending {@link ContractError} `BatchUnknown`,
 * `BatchUnauthorized` or `RecallLowered`.
 */
export function recall(
  aceso: Aceso,
  {
    batch,
    recallClass = "unclassified",
    depth,
    notice,
    organisation = accountOf(aceso),
  }: {
    batch: Hex;
    recallClass?: (typeof RECALL_CLASSES)[number];
    depth: (typeof RECALL_DEPTHS)[number];
    notice: Hex;
    organisation?: Address;
  },
): Prepared {
  const { batches } = aceso.contracts;
  const [danger, reach] = [codeOf(RECALL_CLASSES, recallClass), codeOf(RECALL_DEPTHS, depth)];
  const call = [batch, toAddress(organisation), danger, reach, toDigest(notice)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("recall", [...call]));
}

/**
 * Prepares the closing of a recall by a regulator; the units stay unsaleable (21 CFR 7.55).
 *
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `BatchUnknown`, `BatchUnauthorized` or
 * `RecallMissing`.
 */
export function terminateRecall(aceso: Aceso, { batch, notice, regulator = accountOf(aceso) }: RecallEnd): Prepared {
  const { batches } = aceso.contracts;
  const call = [batch, toAddress(regulator), toDigest(notice)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("terminateRecall", [...call]));
}

/**
 * Prepares taking back a recall that was declared in error, by a regulator; the units may be sold again.
 *
 * @throws as {@link terminateRecall}.
 */
export function rescindRecall(aceso: Aceso, { batch, notice, regulator = accountOf(aceso) }: RecallEnd): Prepared {
  const { batches } = aceso.contracts;
  const call = [batch, toAddress(regulator), toDigest(notice)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("rescindRecall", [...call]));
}

/**
 * Prepares a regulator's hold of a whole batch: nothing of it is dispensed, and it ships for returns only.
 *
 * @throws {@link MalformedDigestError}; on sending {@link ContractError} `BatchUnknown`, `BatchUnauthorized` or
 * `BatchHoldUnchanged`.
 */
export function holdBatch(aceso: Aceso, { batch, evidence, regulator = accountOf(aceso) }: BatchHold): Prepared {
  const { batches } = aceso.contracts;
  const call = [batch, toAddress(regulator), toDigest(evidence)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("holdBatch", [...call]));
}

/**
 * Prepares the release of a batch that is held, by any licensed Regulator.
 *
 * @throws as {@link holdBatch}.
 */
export function releaseBatch(aceso: Aceso, { batch, evidence, regulator = accountOf(aceso) }: BatchHold): Prepared {
  const { batches } = aceso.contracts;
  const call = [batch, toAddress(regulator), toDigest(evidence)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("releaseBatch", [...call]));
}
