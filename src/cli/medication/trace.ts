/**
 * `aceso trace`: the whole way of a pack, a parcel or a container.
 *
 * @module
 */
import { isHexString } from "ethers";
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { blockTimes, inOrder } from "../../events.js";
import { isParcel, type Item } from "../../medication/item.js";
import { itemsById } from "../../medication/lineage.js";
import { standingsOf } from "../../medication/standing.js";
import { trace, type Step } from "../../medication/trace.js";
import { itemSteps } from "../../medication/traceItems.js";
import { verify } from "../../medication/verify.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { answer, tableOf, timeText } from "../output.js";
import { reading } from "../session.js";
import { UsageError } from "../usage.js";
import { isParcelText, item } from "./arguments.js";
import { barcode } from "./barcode.js";
import { ContainerAmbiguousError, findItems, type PackerOption } from "./items.js";
import { LOT, PRODUCT } from "./options.js";
import { itemNames } from "./naming.js";
import { readTrees, withTrees, type TreesOption } from "./treeFiles.js";

type TraceOptions = TreesOption & PackerOption & { lot?: string };

/** What happened, and to units of which batches. */
type Way = { title: string; batches: readonly Hex[]; steps: Step[] };

/** Adds the verb that traces. */
export function traceVerb(program: Command, io: Io): void {
  withTrees(program.command("trace"))
    .description("tell everything that happened to a pack, a parcel or a container, the oldest first")
    .argument("<barcode-or-item>", "the barcode of a pack, case or pallet; product/lot#first+count; or an item's id")
    .option("--lot <lot>", "the lot as printed, when the barcode has none")
    .option("--packer <address>", "who packed the container first, where several bear one label", address("--packer"))
    .addHelpText(
      "after",
      `\nExample:\n  $ aceso trace '(01)${PRODUCT}(10)${LOT}(21)7Q2M9VXK4TRC' --tree shipment.tree.json
  $ aceso trace ${PRODUCT}/${LOT}#0+200`,
    )
    .action(acting(io, traceOne));
}

async function traceOne(context: Context, text: string, options: TraceOptions): Promise<void> {
  const { trees, cases } = await readTrees(context, options);
  const aceso = await reading(context);
  const way = await wayOf(aceso, text, { ...options, trees });
  const { title, steps } = way;
  const names = await namesIn(aceso, way, cases);
  const rows = steps.map((step) => [timeText(step.at), step.what, detailOf(step, names)]);
  answer(context, steps, `${title}\n${tableOf(["when", "what", "detail"], rows, "Nothing happened to it.")}`);
}

async function wayOf(
  aceso: Aceso,
  text: string,
  { trees, lot, packer }: Omit<TraceOptions, "tree"> & Pick<Awaited<ReturnType<typeof readTrees>>, "trees">,
): Promise<Way> {
  if (isParcelText(text) || isHexString(text.trim(), 20)) {
    const [found] = await findItems(aceso, [item(text)], packer === undefined ? {} : { packer });
    return wayOfItem(aceso, { ...found!, title: found!.name });
  }
  const found = await verify(aceso, barcode(text), { trees, ...(lot !== undefined && { lot }) });
  if (found.kind === "container") {
    const asked = found.containers.filter((container) => packer === undefined || container.packer === packer);
    if (asked.length > 1) throw new ContainerAmbiguousError(asked);
    const [container] = asked;
    if (container === undefined) throw new UsageError(found.findings[0]!.message, found.findings[0]!.advice);
    return { title: `Container ${container.id}`, batches: [], steps: await timed(aceso, container.id) };
  }
  const { batch, unit } = found;
  if (batch === undefined || unit === undefined) {
    const { message, advice } = found.findings[0]!;
    throw new UsageError(message, `${advice} Its serial tree is named with --tree.`);
  }
  return { title: `Unit ${unit} of batch ${batch}`, batches: [batch], steps: await trace(aceso, { batch, unit }) };
}

/** The way of a parcel is that of its first unit, without what happened to that unit alone. */
async function wayOfItem(aceso: Aceso, { id, item, title }: { id: Hex; item: Item; title: string }): Promise<Way> {
  if (!isParcel(item)) return { title, batches: [], steps: await timed(aceso, id) };
  const steps = await trace(aceso, { batch: item.batch, unit: item.first });
  const isOfUnit = ({ what }: Step) => ["dispensed", "returned to stock", "reported"].includes(what);
  return { title, batches: [item.batch], steps: item.count === 1 ? steps : steps.filter((step) => !isOfUnit(step)) };
}

async function timed(aceso: Aceso, id: Hex): Promise<Step[]> {
  const steps = (await itemSteps(aceso, [{ id }])).sort((a, b) => inOrder(a.event, b.event));
  const timeOf = blockTimes(aceso);
  return Promise.all(
    steps.map(async ({ event, ...step }) => ({
      ...step,
      at: await timeOf(event.blockNumber),
      block: event.blockNumber,
      transaction: event.transactionHash as Hex,
    })),
  );
}

async function namesIn(
  aceso: Aceso,
  { steps, batches }: Way,
  cases: Parameters<typeof itemNames>[1],
): Promise<(id: Hex) => string> {
  const ids = [...new Set(steps.flatMap(({ item, container }) => [item, container]).filter((id) => id !== undefined))];
  const items = await itemsById(aceso, ids, { batches });
  const names = itemNames([...(await standingsOf(aceso, batches)).values()], cases);
  return (id) => names(items.get(id)!);
}

function detailOf(step: Step, names: (id: Hex) => string): string {
  const { item, container, by, from, to, condition, reason, authority, report, prescription, document } = step;
  const parts: [title: string, value: Address | string | undefined][] = [
    ["into", step.what === "packed" ? names(container!) : undefined],
    ["out of", step.what === "unpacked" ? names(container!) : undefined],
    ["", condition && `${condition} (${reason}, ${authority}'s authority)`],
    ["", report],
    ["by", by],
    ["from", from],
    ["to", to],
    ["item", item && names(item)],
    ["prescription", prescription],
    ["document", document],
  ];
  return parts.flatMap(([title, value]) => (value === undefined ? [] : [`${title} ${value}`.trim()])).join(", ");
}
