/**
 * Batches of medical products: commissioned by their manufacturer, brought up to date, and how they stand.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { prepare, type Prepared } from "../prepare.js";
import { batchId, batchKey, type Batch, type Parcel } from "./item.js";
import { nameAt, RECALL_CLASSES, RECALL_DEPTHS, RECALL_STATUSES } from "./states.js";
import type { SerialTree } from "./tree.js";
import { requireTreeOf, WrongTreeError } from "./unit.js";

/** A batch as it stands. */
export type BatchState = {
  manufacturer: Address;
  /** How many units it has. */
  units: number;
  /** The first second its units are expired, in Unix seconds. */
  expiry: number;
  recall: (typeof RECALL_STATUSES)[number];
  /** Of meaning only under a recall, as `recallDepth` is. */
  recallClass: (typeof RECALL_CLASSES)[number];
  recallDepth: (typeof RECALL_DEPTHS)[number];
  /** Whether a regulator holds all of it. */
  held: boolean;
  /** Whether its units are dispensed on prescription only. */
  prescriptionOnly: boolean;
};

/** A commissioned batch: its id, and the one parcel of all its units, in its manufacturer's custody. */
export type Commissioned = { batch: Hex; parcel: Parcel };

/**
 * Prepares the commissioning of a batch, which costs the same for one unit and for a million. The connection's account
 * is the manufacturer the product is authorised to, or acts for it. Keep the tree: nothing on chain brings it back.
 *
 * @example
 * const batch = { product: "gtin:00300010123455", lot: "A123" };
 * const tree = await buildTree({ batch: batchId(batch), serials: generateSerials(1000) });
 * const { result } = await commission(aceso, { ...batch, expiry, tree }).send();
 *
 * @param expiry the first second its units are expired, in Unix seconds.
 * @param tree the serial tree of all its units.
 * @throws {@link WrongTreeError} when the tree is another batch's or an excerpt; what {@link batchId} throws; on
 * sending {@link ContractError} `BatchProductUnauthorised`, `BatchManufacturerInvalid`, `BatchExpired` or `BatchExists`.
 */
export function commission(
  aceso: Aceso,
  { expiry, tree, ...key }: Batch & { expiry: number; tree: SerialTree },
): Prepared<Commissioned> {
  const { batches } = aceso.contracts;
  const batch = batchId(key);
  const { units, root, serials } = tree;
  requireTreeOf(tree, batch);
  if (serials.length !== units) throw new WrongTreeError("it is an excerpt, not the tree of the whole batch");
  const data = batches.interface.encodeFunctionData("commission", [batchKey(key), { expiry, units, root }]);
  return prepare(aceso, batches, data, { after: () => ({ batch, parcel: { batch, first: 0, count: units } }) });
}

/**
 * Prepares bringing a batch up to date when its product has become, or is no longer, prescription-only. Anybody may.
 *
 * @throws what {@link batchId} throws; on sending {@link ContractError} `BatchUnknown`.
 */
export function refresh(aceso: Aceso, key: Batch): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("refresh", [batchKey(key)]));
}

/** A batch as it stands, by its id; undefined when there is none. */
export async function batchOf(aceso: Aceso, batch: Hex): Promise<BatchState | undefined> {
  const state = await aceso.contracts.batches.batchOf(batch);
  if (state.units === 0n) return undefined;
  return {
    manufacturer: state.manufacturer as Address,
    units: Number(state.units),
    expiry: Number(state.expiry),
    recall: nameAt(RECALL_STATUSES, state.recall),
    recallClass: nameAt(RECALL_CLASSES, state.recallClass),
    recallDepth: nameAt(RECALL_DEPTHS, state.recallDepth),
    held: state.held,
    prescriptionOnly: state.prescriptionOnly,
  };
}
