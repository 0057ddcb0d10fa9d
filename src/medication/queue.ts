/**
 * Dispenses made without a connection: queued at the counter, sent to the ledger later.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { productId } from "../gs1/productId.js";
import { scanOffline, type OfflineScan } from "./scanOffline.js";
import type { PrescriptionSlip } from "./slip.js";
import type { Snapshot } from "./snapshot.js";
import { proofOf } from "./tree.js";
import type { Finding } from "./verdict.js";

/** Dispenses to be sent, as plain JSON. It holds serial numbers and prescriptions: keep it as secret as they are. */
export type Queue = {
  format: typeof FORMAT;
  version: 1;
  entries: readonly QueueEntry[];
};

/** One dispense. */
export type QueueEntry = {
  batch: Hex;
  /** As on chain, such as `gtin:` and 14 digits. */
  product: string;
  lot: string;
  /** The unit's number within the batch. */
  unit: number;
  serial: string;
  proof: Hex[];
  /** When the pack was handed out, in Unix seconds. */
  at: number;
  /** The block of the snapshot it was checked against. */
  block: number;
  /** The prescription it was filled on. */
  fill?: QueuedFill;
  /**
   * `sending`: sent, or about to be, when the connection was lost. `failed`: refused; it is tried again. `clash`: the
   * ledger has the unit dispensed already, so another pack bears its serial number, or it was recorded twice: report it.
   */
  state: "waiting" | "sending" | "sent" | "failed" | "clash";
  transaction?: Hex;
  /** Why it was not sent. */
  error?: { name: string; message: string; advice: string };
};

/** The prescription a pack was handed out on, what opens it, and how many doses the pack counts for. */
export type QueuedFill = PrescriptionSlip & { doses: number };

const FORMAT = "aceso dispense queue";

const STATES = ["waiting", "sending", "sent", "failed", "clash"];

/** A queue with nothing in it. */
export const EMPTY_QUEUE: Queue = { format: FORMAT, version: 1, entries: [] };

/**
 * Queues a dispense after checking the scan against a snapshot.
 *
 * @returns the longer queue: save it before handing out the pack.
 * @throws {@link NotDispensableError} when it is no pack, or anything is found about it.
 * @throws {@link PrescriptionNeededError} when the product is dispensed on prescription only.
 * @throws {@link PrescriptionUnfitError} when the prescription is for another product, or over.
 * @throws {@link QueuedBeforeError} when the unit is queued, or was sent after the snapshot was taken.
 * @throws what {@link scanOffline} throws.
 */
export function enqueue(
  queue: Queue,
  snapshot: Snapshot,
  { scan, fill, ...options }: OfflineScan & { scan: string; fill?: QueuedFill },
): Queue {
  const answer = scanOffline(snapshot, scan, options);
  if (answer.kind !== "unit" || answer.verdict !== "genuine") throw new NotDispensableError(answer.findings);
  const { product, prescriptionOnly } = answer;
  const [batch, lot, unit, serial] = [answer.batch!, answer.lot!, answer.unit!, answer.serial!];
  if (prescriptionOnly && fill === undefined) throw new PrescriptionNeededError();
  if (fill !== undefined) requireFit(fill, product, options.now);
  const { block } = snapshot.content;
  const before = queue.entries.find((entry) => entry.batch === batch && entry.unit === unit);
  // The ledger may have it back in stock since; only a later snapshot knows.
  if (before && !(before.state === "sent" && before.block < block)) throw new QueuedBeforeError(before.at);
  const tree = snapshot.trees.find((one) => one?.batch === batch && one.unitOfSerial.has(serial))!;
  const proof = proofOf(tree, unit);
  const common = { batch, product, lot, unit, serial, proof, at: options.now, block };
  return { ...queue, entries: [...queue.entries, { ...common, ...(fill && { fill }), state: "waiting" }] };
}

/** Writes a queue as text. */
export function saveQueue(queue: Queue): string {
  return JSON.stringify(queue);
}

/**
 * Reads what {@link saveQueue} wrote.
 *
 * @throws {@link MalformedQueueError}.
 */
export function openQueue(text: string): Queue {
  const queue = objectIn(text) as Partial<Queue> | null;
  const isQueue = queue?.format === FORMAT && queue.version === 1 && Array.isArray(queue.entries);
  if (!isQueue || !queue.entries!.every(isEntry)) throw new MalformedQueueError();
  return queue as Queue;
}

function requireFit({ prescription, opening }: QueuedFill, product: string, now: number): void {
  if (productId(opening.product) !== productId(product)) throw new PrescriptionUnfitError("is for another product");
  if (now >= prescription.validUntil) throw new PrescriptionUnfitError("is over");
}

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedQueueError();
  }
}

function isEntry(value: unknown): value is QueueEntry {
  const entry = (value ?? {}) as Record<string, unknown>;
  const texts = ["batch", "product", "lot", "serial"].every((name) => typeof entry[name] === "string");
  const numbers = ["unit", "at", "block"].every((name) => Number.isInteger(entry[name]));
  return texts && numbers && Array.isArray(entry["proof"]) && STATES.includes(entry["state"] as string);
}

/** A text is no queue. */
export class MalformedQueueError extends AcesoError {
  override name = "MalformedQueueError";
  constructor() {
    super("The file is no queue of dispenses.", "Take an untouched copy of the file that saveQueue wrote.");
  }
}

/** Something is found about a pack, so it is not handed out. */
export class NotDispensableError extends AcesoError {
  override name = "NotDispensableError";
  constructor(readonly findings: readonly Finding[]) {
    super(
      findings.length === 0 ? "This is no single pack." : findings.map(({ message }) => message).join(" "),
      findings[0]?.advice ?? "Scan the 2D code of the pack itself.",
    );
  }
}

/** A product is dispensed on prescription only. */
export class PrescriptionNeededError extends AcesoError {
  override name = "PrescriptionNeededError";
  constructor() {
    super("The product is dispensed on prescription only.", "Give the prescription it is dispensed on.");
  }
}

/** A prescription is not what a pack is handed out on. */
export class PrescriptionUnfitError extends AcesoError {
  override name = "PrescriptionUnfitError";
  constructor(fault: string) {
    super(`The prescription ${fault}.`, "Take the prescription this pack was prescribed on, or ask the prescriber.");
  }
}

/** A unit is in the queue. */
export class QueuedBeforeError extends AcesoError {
  override name = "QueuedBeforeError";
  constructor(
    /** When the other pack was handed out, in Unix seconds. */
    readonly at: number,
  ) {
    super(
      `This unit was handed out here at ${new Date(at * 1000).toISOString()}.`,
      "If it was not this very pack, another bears its serial number: set both apart and report them.",
    );
  }
}
