/**
 * Which steps of a plan are on the ledger already, so that an interrupted import goes on where it stopped.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { itemId, type Item } from "../item.js";
import type { SerialTree } from "../tree.js";
import { ledgerHistory, placeOf, type Happening } from "./ledgerHistory.js";
import type { PlannedStep } from "./step.js";

/** What of a step is still to do: all of it, the items that are left, or nothing. */
type Remaining = (step: PlannedStep) => PlannedStep | undefined;

/**
 * Compares a plan with the ledger. What happened there once counts for one step, in the order of the steps, first of which
 * are those of the documents before.
 *
 * @throws {@link BatchDiffersError} when a batch was commissioned with other serials, or in another order.
 */
export async function remainingOf(
  aceso: Aceso,
  steps: readonly PlannedStep[],
  trees: ReadonlyMap<Hex, SerialTree>,
): Promise<Remaining> {
  const done = new Map<string, number>();
  const seen = new Set<string>();
  for (const [batch, tree] of trees) {
    const root = await aceso.contracts.batches.rootOf(batch);
    if (BigInt(root) === 0n) continue;
    if (root !== tree.root) throw new BatchDiffersError(batch);
    const { happenings } = (await ledgerHistory(aceso, batch))!;
    for (const happening of happenings) {
      // A container of two batches is in the history of both.
      const place = placeOf(happening.event);
      if (seen.has(place)) continue;
      seen.add(place);
      const key = keyOfHappening(batch, happening);
      done.set(key, (done.get(key) ?? 0) + 1);
    }
  }
  const isDone = (key: string): boolean => {
    const times = done.get(key) ?? 0;
    done.set(key, times - 1);
    return times > 0;
  };
  const remaining: Remaining = (step) => {
    if (!("items" in step)) return isDone(keyOfStep(step)) ? undefined : step;
    const items = step.items.filter((item) => !isDone(keyOfStep(step, item)));
    return items.length > 0 ? { ...step, items } : undefined;
  };
  steps.forEach(remaining);
  return remaining;
}

function keyOfHappening(batch: Hex, { what, item, container, by, from, to, condition, number }: Happening): string {
  switch (what) {
    case "commissioned":
    case "recalled":
      return keyOf(what, batch);
    case "packed":
    case "unpacked":
      return keyOf(what, container, item);
    case "shipped":
    case "received":
    case "cancelled":
      return keyOf(what, item, from, to);
    case "condition set":
      return keyOf(condition!, item, by);
    case "dispensed":
    case "returned to stock":
      return keyOf(what, batch, number);
    default:
      return keyOf(what, item, by);
  }
}

function keyOfStep(step: PlannedStep, item?: Item): string {
  const id = item && itemId(item);
  switch (step.call) {
    case "commission":
      return keyOf("commissioned", step.batch.id);
    case "recall":
      return keyOf("recalled", step.batch);
    case "split":
      return keyOf("split", itemId(step.parcel));
    case "pack":
      return keyOf("packed", itemId(step.container), id);
    case "unpack":
      return keyOf("unpacked", itemId(step.container), id);
    case "ship":
      return keyOf("shipped", id, step.by, step.to);
    case "receive":
      return keyOf("received", id, step.from, step.by);
    case "cancelShipment":
      return keyOf("cancelled", id, step.by, step.to);
    case "hold":
      return keyOf("on hold", id, step.by);
    case "release":
      return keyOf("sound", id, step.by);
    case "destroy":
      return keyOf("destroyed", id, step.by);
    case "reportMissing":
      return keyOf("missing", id, step.by);
    case "recover":
      return keyOf("found", id, step.by);
    case "dispense":
      return keyOf("dispensed", step.parcel.batch, step.number);
    case "returnToStock":
      return keyOf("returned to stock", step.parcel.batch, step.number);
  }
}

function keyOf(...parts: readonly (string | number | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .join(" ")
    .toLowerCase();
}

/** A batch is on the ledger with other serials than the documents have, or in another order. */
export class BatchDiffersError extends AcesoError {
  override name = "BatchDiffersError";
  constructor(readonly batch: Hex) {
    super(
      `Batch ${batch} was commissioned with other serial numbers than the documents name, or numbered otherwise.`,
      "Plan again with the batch's serial tree, as saved when it was commissioned, among `trees`.",
    );
  }
}
