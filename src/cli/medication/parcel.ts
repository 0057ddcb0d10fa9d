/**
 * `aceso parcel`: parcels split, containers packed and unpacked, and the verbs of what happens to them.
 *
 * @module
 */
import type { Command } from "commander";

import type { Aceso } from "../../aceso.js";
import { AcesoError } from "../../errors.js";
import { batchId, isParcel, type Batch, type Container } from "../../medication/item.js";
import { contentsOf } from "../../medication/lineage.js";
import { pack, split, unpack } from "../../medication/parcel.js";
import { acting, type Context } from "../context.js";
import type { Io } from "../io.js";
import { signing } from "../session.js";
import { acts, carryOut, type WriteOptions, writes } from "../write.js";
import { batches, counts, item, items, parcel, type NamedItem, type NamedParcel } from "./arguments.js";
import { containerToPack, findContainer, findItems, nameOf, parcelName, type FoundItem } from "./items.js";
import { PRODUCT } from "./options.js";
import { conditionVerbs } from "./parcelCondition.js";
import { handoverVerbs } from "./parcelHandover.js";
import { lossVerbs } from "./parcelLoss.js";
import { names, namingPacker, PARCEL, SSCC, told, type ItemOptions } from "./parcelOptions.js";
import { unitVerbs } from "./parcelUnit.js";

/** Adds the verbs of parcels, containers and packs. */
export function parcelVerbs(program: Command, io: Io): void {
  const domain = program
    .command("parcel")
    .description("parcels, containers and packs: packed, shipped, received, held, dispensed")
    .addHelpText(
      "after",
      `
Items: a parcel is product/lot#first unit+how many (${PARCEL}); a container is its SSCC (18 digits) or
sgtin:GTIN.SERIAL; either may be named by its id.`,
    );

  writes(domain.command("split"))
    .description("split a parcel into smaller ones, in order")
    .argument("<parcel>", "the parcel as product/lot#first+count", parcel)
    .argument("<counts...>", "how many units each new parcel has: together the parcel's", counts)
    .addHelpText("after", `\nExample:\n  $ aceso parcel split ${PARCEL} 150 50`)
    .action(acting(io, splitParcel));

  acts(namingPacker(domain.command("pack")))
    .description("pack items into a container: a new one, or one already in custody")
    .argument("<container>", "what is printed on it: its SSCC, or sgtin:GTIN.SERIAL", item)
    .argument("<items...>", "what goes in", items)
    .option("--batch <batch>", "a batch a new container may hold later on, as product/lot; repeat for more", batches)
    .addHelpText("after", `\nExample:\n  $ aceso parcel pack ${SSCC} ${PARCEL} --batch ${PRODUCT}/B7`)
    .action(acting(io, packItems));

  acts(namingPacker(domain.command("unpack")))
    .description("take items out of a container; an emptied container is no more")
    .argument("<container>", "the container", item)
    .argument("[items...]", "what comes out (default: everything directly inside)", items)
    .addHelpText("after", `\nExample:\n  $ aceso parcel unpack ${SSCC} ${PARCEL}`)
    .action(acting(io, unpackItems));

  handoverVerbs(domain, io);
  conditionVerbs(domain, io);
  lossVerbs(domain, io);
  unitVerbs(domain, io);
}

async function splitParcel(
  context: Context,
  { parcel, batch, text }: NamedParcel,
  counts: readonly number[],
  options: WriteOptions,
): Promise<void> {
  const aceso = await signing(context);
  await carryOut(context, options, {
    prepare: () => split(aceso, { parcel, counts }),
    said: (parts) => [`Split ${text} into:`, ...parts.map((part) => `  ${parcelName(batch, part)}`)].join("\n"),
    told: (parts) => ({ parcels: parts.map((part) => ({ name: parcelName(batch, part), ...part })) }),
  });
}

async function packItems(
  context: Context,
  named: NamedItem,
  contents: readonly NamedItem[],
  { as, packer, batch: later = [], ...options }: ItemOptions & { batch?: Batch[] },
): Promise<void> {
  const aceso = await signing(context);
  const holder = as ?? aceso.account;
  const found = await findItems(aceso, contents, {});
  const inside = found.flatMap(({ item }) => (isParcel(item) ? item.batch : item.batches));
  const batches = [...new Set([...inside, ...later.map(batchId)])];
  const container = await containerToPack(aceso, named, { holder, batches, ...(packer && { packer }) });
  await carryOut(context, options, {
    prepare: () => pack(aceso, { container: container.item, items: found.map(({ item }) => item), holder }),
    said: () => `Packed ${names(found)} into ${container.name}.`,
    told: () => ({ container: told([container])[0], items: told(found) }),
  });
}

async function unpackItems(
  context: Context,
  named: NamedItem,
  contents: readonly NamedItem[],
  { as, packer, ...options }: ItemOptions,
): Promise<void> {
  const aceso = await signing(context);
  const container = await findContainer(aceso, named, packer ? { packer } : {});
  const found = contents.length > 0 ? await findItems(aceso, contents, {}) : await directlyInside(aceso, container);
  await carryOut(context, options, {
    prepare: () =>
      unpack(aceso, {
        container: container.item,
        items: found.map(({ item }) => item),
        ...(as && { holder: as }),
      }),
    said: () => `Took ${names(found)} out of ${container.name}.`,
    told: () => ({ container: told([container])[0], items: told(found) }),
  });
}

async function directlyInside(aceso: Aceso, { id }: FoundItem & { item: Container }): Promise<FoundItem[]> {
  const inside = (await contentsOf(aceso, [id])).filter(({ container }) => container === id);
  if (inside.length === 0) throw new NothingInsideError();
  return Promise.all(inside.map(async ({ id, item }) => ({ id, item, name: await nameOf(aceso, item) })));
}

/** A container has nothing in it. */
export class NothingInsideError extends AcesoError {
  override name = "NothingInsideError";
  constructor() {
    super("There is nothing in the container.", "Check its label; what was unpacked is named by itself.");
  }
}
