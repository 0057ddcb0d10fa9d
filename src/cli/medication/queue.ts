/**
 * `aceso queue`: packs handed out without a connection.
 *
 * @module
 */
import { resolve } from "node:path";

import type { Command } from "commander";

import { AcesoError } from "../../errors.js";
import { EMPTY_QUEUE, enqueue, openQueue, saveQueue, type Queue, type QueueEntry } from "../../medication/queue.js";
import { sendQueue } from "../../medication/sendQueue.js";
import { count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { readText, replaceFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { withProgress } from "../progress.js";
import { signing } from "../session.js";
import { exists } from "../settings.js";
import { UsageError } from "../usage.js";
import { barcode } from "./barcode.js";
import { LOT, PHARMACY, PRODUCT } from "./options.js";
import { snapshotNamed, withSnapshot, type SnapshotOptions } from "./scan.js";
import { readSlip } from "./slip.js";

type QueueOption = { queue: string };
type AddOptions = QueueOption & SnapshotOptions & { lot?: string; slip?: string; doses?: number };

/** Adds the verbs of queues. */
export function queueVerbs(program: Command, io: Io): void {
  const domain = program
    .command("queue")
    .description("packs handed out without a connection, sent to the ledger later");

  withSnapshot(withQueue(domain.command("add")))
    .description("check a pack against a snapshot and queue its dispense: do it before handing out the pack")
    .argument("<barcode>", "the pack's barcode", barcode)
    .option("--lot <lot>", "the lot as printed, when the barcode has none")
    .option("--slip <file>", "the prescription it is handed out on; - for stdin")
    .option("--doses <count>", "with --slip: how many doses the pack counts for", count)
    .addHelpText(
      "after",
      `\nThe queue is made if it is not there. It holds serial numbers and prescriptions. Give each counter a queue of its own.

Example:
  $ aceso queue add '(01)${PRODUCT}(10)${LOT}(21)7Q2M9VXK4TRC' --queue counter.queue --snapshot monday.snapshot \\
      --signer ${PHARMACY}`,
    )
    .action(acting(io, add));

  withQueue(domain.command("show"))
    .description("list what is queued, and what became of it")
    .addHelpText("after", "\nExample:\n  $ aceso queue show --queue counter.queue")
    .action(acting(io, show));

  withQueue(domain.command("send"))
    .description("send what is queued; run it again whenever it was interrupted")
    .addHelpText("after", "\nExample:\n  $ aceso queue send --queue counter.queue")
    .action(acting(io, send));
}

function withQueue(command: Command): Command {
  return command.requiredOption("--queue <file>", "the queue's file");
}

async function add(
  context: Context,
  scan: string,
  { queue: path, slip, doses, lot, ...options }: AddOptions,
): Promise<void> {
  if ((slip === undefined) !== (doses === undefined)) {
    throw new UsageError("A prescription is filled by so many doses.", "Pass --slip and --doses together.");
  }
  const { io } = context;
  const fill = slip === undefined ? undefined : { ...(await readSlip(io, { slip })), doses: doses! };
  const { snapshot, now } = await snapshotNamed(context, options);
  const before = (await exists(resolve(io.cwd, path))) ? await readQueue(io, path) : EMPTY_QUEUE;
  const queue = enqueue(before, snapshot, { scan, now, ...(lot !== undefined && { lot }), ...(fill && { fill }) });
  await replaceFile(io, path, saveQueue(queue));
  const { product, lot: ofLot, unit, serial } = queue.entries.at(-1)!;
  answer(
    context,
    { product, lot: ofLot, unit, serial, queued: queue.entries.length, snapshotTime: snapshot.content.time },
    `Queued: hand it out. ${nameOf(queue.entries.at(-1)!)}, by a snapshot of ${timeText(snapshot.content.time)}.`,
  );
}

async function show(context: Context, { queue: path }: QueueOption): Promise<void> {
  tell(context, await readQueue(context.io, path));
}

async function send(context: Context, { queue: path }: QueueOption): Promise<void> {
  const { io } = context;
  const queue = await readQueue(io, path);
  const aceso = await signing(context);
  const total = queue.entries.length;
  const isOpen = ({ state }: QueueEntry) => state === "waiting" || state === "sending";
  const sent = await withProgress(context, "Sending the queue", (report) =>
    sendQueue(aceso, queue, {
      save: async (saved) => {
        await replaceFile(io, path, saveQueue(saved));
        report(1 - saved.entries.filter(isOpen).length / total);
      },
    }),
  );
  tell(context, sent);
  const left = sent.entries.filter(({ state }) => state !== "sent").length;
  if (left > 0) throw new QueueNotSentError(left, total);
}

function tell(context: Context, { entries }: Queue): void {
  const rows = entries.map((entry) => {
    const { at, state, transaction, error } = entry;
    return [timeText(at), state, nameOf(entry), error ? `${error.message} ${error.advice}` : (transaction ?? "")];
  });
  // What opens a prescription, and the proofs, are nothing to show.
  const told = entries.map(({ fill: _, proof: __, ...entry }) => entry);
  answer(context, told, tableOf(["handed out", "state", "pack", "detail"], rows, "Nothing is queued."));
}

function nameOf({ product, lot, serial }: QueueEntry): string {
  return `${product.replace(/^gtin:/, "")}/${lot} serial ${serial}`;
}

async function readQueue(io: Io, path: string): Promise<Queue> {
  return openQueue(await readText(io, path));
}

/** Some of a queue is not on the ledger. */
export class QueueNotSentError extends AcesoError {
  override name = "QueueNotSentError";
  constructor(left: number, total: number) {
    super(
      `${left} of ${total} dispenses are not on the ledger.`,
      "See to what each says, then send the queue again. A clash is never sent: report it.",
    );
  }
}
