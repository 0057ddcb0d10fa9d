/**
 * `aceso batch commission` and `excerpt`: serial trees made, kept, and what of them travels with a shipment.
 *
 * @module
 */
import { resolve } from "node:path";

import { Option, type Command } from "commander";

import { commission, type Commissioned } from "../../medication/batch.js";
import { excerptOf, saveTree, type SerialTreeFile } from "../../medication/excerpt.js";
import { batchId, type Batch } from "../../medication/item.js";
import type { SerialTree } from "../../medication/tree.js";
import { lastDay } from "../../medication/verdict.js";
import type { Prepared, Sent } from "../../prepare.js";
import { count } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { FileExistsError, fillingFile, readText, writeNewFile, type NewFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, note } from "../output.js";
import { signing, type Session } from "../session.js";
import { exists } from "../settings.js";
import { carryOut, writes, type WriteOptions } from "../write.js";
import { expiry } from "./arguments.js";
import { parcelName } from "./items.js";
import { LOT, PRODUCT } from "./options.js";
import { ofProduct } from "./product.js";
import { newTree, readTree, treeIn, type SerialOptions } from "./serialTree.js";

type CommissionOptions = WriteOptions & SerialOptions & { expiry: number; tree: string };

/** Adds the verb that commissions. */
export function commissionVerb(domain: Command, io: Io): void {
  ofProduct(writes(domain.command("commission")))
    .argument("<lot>", "its lot number (GS1 AI 10)")
    .description("as its manufacturer, commission a batch with the serial number of every unit")
    .requiredOption("--expiry <date>", "the last day its units are usable, as YYYY-MM-DD", expiry)
    .requiredOption("--tree <file>", "where the serial tree is kept: a new file, or the one of an earlier attempt")
    .addOption(
      new Option("--serials <file>", "its serial numbers, one a line in the order of the units").conflicts("units"),
    )
    .option("--units <count>", "generate serial numbers for so many units", count)
    .addHelpText(
      "after",
      `\nThe serial tree is written before anything is sent; without it no unit can be dispensed. Keep it, and keep it to
yourself: whoever reads it can copy genuine serial numbers. Without --serials and --units the tree in --tree is used.

Example:
  $ aceso batch commission ${PRODUCT} ${LOT} --expiry 2030-12-31 --units 1000 --tree A123.tree.json`,
    )
    .action(acting(io, commissionBatch));
}

/** Adds the verb that takes an excerpt. */
export function excerptVerb(domain: Command, io: Io): void {
  domain
    .command("excerpt")
    .description("take the part of a serial tree that travels with a shipment")
    .requiredOption("--tree <file>", "the serial tree, or an excerpt of it")
    .requiredOption("--first <unit>", "the first unit", count)
    .requiredOption("--count <count>", "how many units", count)
    .requiredOption("--out <file>", "where the excerpt goes: a new file")
    .addHelpText(
      "after",
      "\nExample:\n  $ aceso batch excerpt --tree A123.tree.json --first 0 --count 200 --out shipment.tree.json",
    )
    .action(acting(io, excerpt));
}

async function commissionBatch(
  context: Context,
  product: string,
  lot: string,
  options: CommissionOptions,
): Promise<void> {
  const { io } = context;
  const key = { product, lot };
  const id = batchId(key);
  const aceso = await signing(context);
  if (options.serials === undefined && options.units === undefined) {
    return send(context, aceso, { key, tree: await readTree(context, options.tree), options });
  }
  if (options.dryRun) {
    if (await exists(resolve(io.cwd, options.tree))) throw new FileExistsError(options.tree);
    return send(context, aceso, { key, tree: await newTree(context, id, options), options });
  }
  await fillingFile(io, options.tree, async (fill) =>
    send(context, aceso, { key, tree: await newTree(context, id, options), options, fill }),
  );
}

async function send(
  context: Context,
  aceso: Session,
  { key, tree, options, fill }: { key: Batch; tree: SerialTree; options: CommissionOptions; fill?: NewFile["fill"] },
): Promise<void> {
  const keep = async (): Promise<void> => {
    if (fill === undefined) return;
    await fill(saveTree(tree, key));
    note(
      context,
      `The serial tree is in ${options.tree}: keep it. Should sending fail, commission it with --tree alone.`,
    );
  };
  await carryOut(context, options, {
    prepare: () => keepingTree(keep, commission(aceso, { ...key, expiry: options.expiry, tree })),
    said: ({ parcel }) =>
      `Commissioned ${parcelName(key, parcel)}: ${tree.units} units, usable until ${lastDay(options.expiry)}.`,
    told: ({ batch, parcel }) => ({
      ...key,
      batch,
      units: tree.units,
      root: tree.root,
      parcel: parcelName(key, parcel),
      tree: options.tree,
    }),
  });
}

/** A commissioning whose tree is kept before it is sent, but not when it would be refused. */
function keepingTree(keep: () => Promise<void>, prepared: Prepared<Commissioned>): Prepared<Commissioned> {
  const send = async (): Promise<Sent<Commissioned>> => {
    await prepared.simulate();
    await keep();
    return prepared.send();
  };
  return { ...prepared, send };
}

async function excerpt(
  context: Context,
  { tree: path, out, ...units }: { tree: string; first: number; count: number; out: string },
): Promise<void> {
  const text = await readText(context.io, path);
  const part = excerptOf(await treeIn(context, text), units);
  // Opened, so it has them both or neither, and they are those of the batch.
  const { product, lot } = JSON.parse(text) as SerialTreeFile;
  const key = product !== undefined && lot !== undefined ? { product, lot } : undefined;
  await writeNewFile(context.io, out, saveTree(part, key));
  const { batch, root, first } = part;
  answer(
    context,
    { ...key, batch, root, first, count: part.serials.length, out },
    `Units ${first} to ${first + part.serials.length - 1} are in ${out}. Pass it on with them, and to nobody else.`,
  );
}
