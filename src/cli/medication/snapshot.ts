/**
 * `aceso snapshot`: what a counter needs while it has no connection.
 *
 * @module
 */
import type { Command } from "commander";

import type { Address } from "../../crypto/address.js";
import { snapshot, type SnapshotFile } from "../../medication/snapshot.js";
import { address } from "../arguments.js";
import { acting, type Context } from "../context.js";
import { fillingFile } from "../files.js";
import type { Io } from "../io.js";
import { answer, note, timeText } from "../output.js";
import { signing } from "../session.js";
import { readTrees, withTrees, type TreesOption } from "./treeFiles.js";

type Options = TreesOption & { out: string; as?: Address };

/** Adds the verb that takes a snapshot. */
export function snapshotVerb(program: Command, io: Io): void {
  withTrees(program.command("snapshot"))
    .description("write what a pharmacy holds into one signed file, for `scan --offline` and `queue`")
    .requiredOption("--out <file>", "where it goes: a new file; it holds serial numbers")
    .option("--as <pharmacy>", "the pharmacy this account works for (default: itself)", address("--as"))
    .addHelpText("after", "\nExample:\n  $ aceso snapshot --tree trees --out monday.snapshot")
    .action(acting(io, take));
}

async function take(context: Context, { as, out, ...options }: Options): Promise<void> {
  const { trees } = await readTrees(context, options);
  const aceso = await signing(context);
  const { content, signer } = await fillingFile(context.io, out, async (fill) => {
    const text = await snapshot(aceso, { trees, ...(as && { pharmacy: as }) });
    await fill(text);
    return JSON.parse(text) as SnapshotFile;
  });
  const { pharmacy, block, time, parcels, containers } = content;
  const bare = parcels.filter(({ tree }) => tree === undefined).length;
  if (bare > 0) {
    note(context, `${bare} of ${parcels.length} parcels have no serial tree here: their packs will be unverified.`);
  }
  answer(
    context,
    { out, pharmacy, signer, block, time, parcels: parcels.length, withoutTree: bare, containers: containers.length },
    `${out} has ${parcels.length} parcels and ${containers.length} containers of ${pharmacy}, as of ${timeText(time)}.`,
  );
}
