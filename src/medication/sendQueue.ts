/**
 * Sending queued dispenses to the ledger.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { toBytes32 } from "../gs1/characters.js";
import { NotMinedError, prepare, type Prepared } from "../prepare.js";
import { ContractError } from "../revert.js";
import { dispensedOf } from "./dispensed.js";
import { batchKey } from "./item.js";
import { parcelWith } from "./lineage.js";
import type { Queue, QueueEntry } from "./queue.js";

/**
 * Sends what is queued, one by one, in order. What is refused stays, with its error, and the others go on; what was
 * interrupted may be sent again: the ledger takes a unit once.
 *
 * @param options.save called before and after each one, so that nothing is lost when the connection is.
 * @returns the same entries, with what became of them; the input is left as it is.
 * @throws {@link NoSignerError}; what `save` throws.
 */
export async function sendQueue(
  aceso: Aceso,
  queue: Queue,
  { save }: { save?: (queue: Queue) => Promise<void> | void } = {},
): Promise<Queue> {
  accountOf(aceso);
  let entries = [...queue.entries];
  const put = async (place: number, entry: QueueEntry): Promise<void> => {
    entries = entries.with(place, entry);
    await save?.({ ...queue, entries });
  };
  for (const [place, entry] of queue.entries.entries()) {
    if (entry.state === "sent" || entry.state === "clash") continue;
    const { error: _, ...tried } = entry;
    await put(place, { ...tried, state: "sending" });
    await put(place, await sent(aceso, entry));
  }
  return { ...queue, entries };
}

async function sent(aceso: Aceso, entry: QueueEntry): Promise<QueueEntry> {
  const { error: _, ...tried } = entry;
  try {
    const done = await ownDispense(aceso, entry);
    const transaction = done ?? (await (await dispense(aceso, entry)).send()).transaction;
    return { ...tried, state: "sent", transaction };
  } catch (cause) {
    const error = described(cause);
    // It may have been sent, or get through yet.
    if (!(cause instanceof AcesoError) || cause instanceof NotMinedError) return { ...tried, state: "sending", error };
    const done = await ownDispense(aceso, entry).catch(() => undefined);
    if (done !== undefined) return { ...tried, state: "sent", transaction: done };
    const isClash = await aceso.contracts.batches.isDispensed(entry.batch, entry.unit).catch(() => false);
    return { ...tried, state: isClash ? "clash" : "failed", error };
  }
}

async function dispense(
  aceso: Aceso,
  { batch, product, lot, unit, serial, proof, fill }: QueueEntry,
): Promise<Prepared> {
  const { batches, prescriptions } = aceso.contracts;
  const parcel = await parcelWith(aceso, batch, unit);
  const proven = { parcel, number: unit, serial: toBytes32(serial), proof };
  if (fill === undefined) {
    return prepare(aceso, batches, batches.interface.encodeFunctionData("dispense", [proven]));
  }
  const opening = { ...batchKey({ product, lot }), salt: fill.opening.salt };
  const call = [fill.prescription, fill.doses, proven, opening] as const;
  return prepare(aceso, prescriptions, prescriptions.interface.encodeFunctionData("fill", [...call]));
}

/** The transaction of the account's own that dispensed the unit, when sending was interrupted. */
async function ownDispense(aceso: Aceso, { state, batch, unit, block }: QueueEntry): Promise<Hex | undefined> {
  if (state !== "sending") return undefined;
  const last = (await dispensedOf(aceso, [batch], { unit })).at(-1);
  if (last === undefined || last.block <= block) return undefined;
  const transaction = await aceso.provider.getTransaction(last.transaction);
  return transaction?.from === accountOf(aceso) ? last.transaction : undefined;
}

function described(cause: unknown): { name: string; message: string; advice: string } {
  if (!(cause instanceof AcesoError)) {
    return { name: "Error", message: "The wallet or the chain did not answer.", advice: "Send the queue again." };
  }
  const { message, advice } = cause;
  return { name: cause instanceof ContractError ? cause.error : cause.name, message, advice };
}
