/**
 * What the verbs of parcels have in common: items, and who packed a container.
 *
 * @module
 */
import type { Command } from "commander";

import { address } from "../arguments.js";
import { type ActingOptions, acts } from "../write.js";
import { items } from "./arguments.js";
import type { FoundItem, PackerOption } from "./items.js";
import { LOT, PRODUCT } from "./options.js";

/** The options of every verb that names items. */
export type ItemOptions = ActingOptions & PackerOption;

/** Items for examples: a parcel, and a container. */
export const PARCEL = `${PRODUCT}/${LOT}#0+200`;
export const SSCC = "003000100000000015";

/** Adds the argument that names items, and the options of a verb an organisation acts on them with. */
export function onItems(command: Command): Command {
  return acts(
    namingPacker(
      command.argument("<items...>", "parcels as product/lot#first+count, containers as SSCC or sgtin:…", items),
    ),
  );
}

/** Adds the option that tells containers with the same label apart. */
export function namingPacker(command: Command): Command {
  return command.option(
    "--packer <address>",
    "who packed a container first, where several bear its label",
    address("--packer"),
  );
}

/** Items as a program is told of them. */
export function told(found: readonly FoundItem[]): { name: string; id: string }[] {
  return found.map(({ name, id }) => ({ name, id }));
}

/** Items as a person is told of them. */
export function names(found: readonly FoundItem[]): string {
  return found.map(({ name }) => name).join(", ");
}
