/**
 * Planned ledger steps, sent by the organisations they are for.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import type { Prepared } from "../../prepare.js";
import { commission } from "../batch.js";
import { hold, release } from "../condition.js";
import { dispense, returnToStock } from "../dispense.js";
import { cancelShipment, receive, ship } from "../handover.js";
import { destroy, recover, reportMissing } from "../loss.js";
import { pack, split, unpack } from "../parcel.js";
import { recall } from "../recall.js";
import { buildTree, type SerialTree } from "../tree.js";
import type { Plan } from "./plan.js";
import { remainingOf } from "./resume.js";
import type { PlannedStep } from "./step.js";

/** Finds the connection that acts for an organisation. */
export type ConnectionOf = (organisation: Address) => Aceso | Promise<Aceso>;

/** How far an import has come: so many steps are done, this one last. */
export type ImportProgress = { done: number; total: number; step: PlannedStep };

/** What an import did. */
export type Imported = {
  /** What was sent, in order. */
  sent: { step: PlannedStep; transaction: Hex }[];
  /** What was on the ledger already. */
  skipped: PlannedStep[];
  /** The serial tree of every batch, to save with `saveTree`: nothing on chain brings it back. */
  trees: SerialTree[];
};

/**
 * Sends a plan's steps one after another. Steps that are on the ledger already are skipped, so that an interrupted
 * import, planned again from the same documents, goes on where it stopped.
 *
 * @example
 * const { trees } = await importEpcis((account) => connections.get(account)!, planEpcis(document, { parties }));
 *
 * @throws {@link BatchDiffersError} when a batch is on the ledger with other serials; {@link WrongTreeError} when one that
 * is not has an excerpt only; what the steps' functions throw.
 */
export async function importEpcis(
  connectionOf: ConnectionOf,
  { steps, earlier }: Pick<Plan, "steps" | "earlier">,
  { onProgress }: { onProgress?: (progress: ImportProgress) => void } = {},
): Promise<Imported> {
  const trees = await treesOf([...earlier, ...steps]);
  const imported: Imported = { sent: [], skipped: [], trees: [...trees.values()] };
  const [first] = steps;
  if (first === undefined) return imported;
  const remaining = await remainingOf(await connectionOf(first.by), earlier, trees);
  for (const [place, step] of steps.entries()) {
    const rest = remaining(step);
    if (rest === undefined) imported.skipped.push(step);
    else {
      const { transaction } = await prepared(await connectionOf(step.by), rest, trees).send();
      imported.sent.push({ step: rest, transaction });
    }
    onProgress?.({ done: place + 1, total: steps.length, step });
  }
  return imported;
}

async function treesOf(steps: readonly PlannedStep[]): Promise<Map<Hex, SerialTree>> {
  const trees = new Map<Hex, SerialTree>();
  for (const step of steps) {
    if (step.call !== "commission") continue;
    const { id, serials, tree } = step.batch;
    trees.set(id, tree ?? (await buildTree({ batch: id, serials })));
  }
  return trees;
}

function prepared(aceso: Aceso, step: PlannedStep, trees: ReadonlyMap<Hex, SerialTree>): Prepared<unknown> {
  const { by } = step;
  switch (step.call) {
    case "commission": {
      const { id, product, lot, expiry } = step.batch;
      return commission(aceso, { product, lot, expiry, tree: trees.get(id)! });
    }
    case "split":
      return split(aceso, step);
    case "pack":
      return pack(aceso, { ...step, holder: by });
    case "unpack":
      return unpack(aceso, { ...step, holder: by });
    case "ship":
      return ship(aceso, { ...step, from: by });
    case "receive":
      return receive(aceso, { ...step, to: by });
    case "cancelShipment":
      return cancelShipment(aceso, { ...step, from: by });
    case "hold":
      return hold(aceso, { ...step, organisation: by });
    case "release":
      return release(aceso, { ...step, organisation: by });
    case "destroy":
      return destroy(aceso, { ...step, holder: by });
    case "reportMissing":
      return reportMissing(aceso, { ...step, holder: by });
    case "recover":
      return recover(aceso, { ...step, holder: by });
    case "dispense":
      return dispense(aceso, { parcel: step.parcel, unit: step.number, tree: trees.get(step.parcel.batch)! });
    case "returnToStock":
      return returnToStock(aceso, { parcel: step.parcel, unit: step.number, tree: trees.get(step.parcel.batch)! });
    case "recall":
      return recall(aceso, { ...step, depth: "wholesale", organisation: by });
  }
}
