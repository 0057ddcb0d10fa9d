/**
 * Items named on the command line, found on the ledger.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Address } from "../../crypto/address.js";
import type { Hex } from "../../crypto/bytes.js";
import { AcesoError } from "../../errors.js";
import { fromBytes32 } from "../../gs1/characters.js";
import { isParcel, itemId, type Container, type Item } from "../../medication/item.js";
import { containersLabelled, itemsById } from "../../medication/lineage.js";
import { standingOf } from "../../medication/standing.js";
import { whereaboutsOf, type Whereabouts } from "../../medication/whereabouts.js";
import { UsageError } from "../usage.js";
import type { NamedItem } from "./arguments.js";

/** An item, and what a person is told it is. */
export type FoundItem = { name: string; id: Hex; item: Item };

/** A container that is not emptied, and where it is. */
type LiveContainer = Container & { id: Hex; custody: Whereabouts };

/** Who packed containers first, where several bear one label. */
export type PackerOption = { packer?: Address };

/**
 * The items meant. A parcel is taken as it was typed: whether it is there the chain says.
 *
 * @throws {@link ContainerUnknownError}, {@link ContainerAmbiguousError} or {@link ItemsUnknownError}.
 */
export async function findItems(
  aceso: Aceso,
  named: readonly NamedItem[],
  options: PackerOption,
): Promise<FoundItem[]> {
  return Promise.all(named.map((one) => findItem(aceso, one, options)));
}

/** As {@link findItems}, for a container. */
export async function findContainer(
  aceso: Aceso,
  named: NamedItem,
  options: PackerOption,
): Promise<FoundItem & { item: Container }> {
  const found = await findItem(aceso, named, options);
  const { item } = found;
  if (isParcel(item)) throw notAContainer();
  return { ...found, item };
}

/**
 * The container that items are to be packed into: the one with this label that the holder has, or a new one of its own.
 *
 * @param options.batches those a new one may hold.
 * @throws {@link ContainerUnknownError} when another's was asked for; {@link ContainerAmbiguousError}.
 */
export async function containerToPack(
  aceso: Aceso,
  named: NamedItem,
  { holder, packer, batches }: PackerOption & { holder: Address; batches: readonly Hex[] },
): Promise<FoundItem & { item: Container }> {
  if (named.kind === "parcel") throw notAContainer();
  if (named.kind === "id") return findContainer(aceso, named, {});
  const own = (await liveContainers(aceso, named.label, packer)).filter(({ custody }) => custody.holder === holder);
  if (own.length > 1) throw new ContainerAmbiguousError(own);
  if (own[0] !== undefined) return foundContainer(named.text, own[0]);
  if (packer !== undefined && packer !== holder) throw new ContainerUnknownError();
  const container = { packer: holder, label: named.label, batches };
  return foundContainer(named.text, { ...container, id: itemId(container) });
}

/** What an item is called: as it would be typed, or its id when its label is not to be read. */
export async function nameOf(aceso: Aceso, item: Item): Promise<string> {
  if (isParcel(item)) {
    const { product, lot } = (await standingOf(aceso, item.batch))!;
    return parcelName({ product, lot }, item);
  }
  try {
    return fromBytes32(item.label).replace(/^sscc:/, "");
  } catch {
    // The label of a case with a GTIN and serial of its own is a hash.
    return itemId(item);
  }
}

/** What a parcel is called, as it would be typed. */
export function parcelName(
  { product, lot }: { product: string; lot: string },
  { first, count }: { first: number; count: number },
): string {
  return `${product.replace(/^gtin:/, "")}/${lot}#${first}+${count}`;
}

async function findItem(aceso: Aceso, named: NamedItem, { packer }: PackerOption): Promise<FoundItem> {
  if (named.kind === "parcel") return { name: named.text, id: itemId(named.parcel), item: named.parcel };
  if (named.kind === "id") {
    const found = await itemsById(aceso, [named.id]);
    return { name: named.text, id: named.id, item: found.get(named.id)! };
  }
  const live = await liveContainers(aceso, named.label, packer);
  if (live.length > 1) throw new ContainerAmbiguousError(live);
  if (live[0] === undefined) throw new ContainerUnknownError();
  return foundContainer(named.text, live[0]);
}

function foundContainer(
  name: string,
  { id, packer, label, batches }: Container & { id: Hex },
): FoundItem & { item: Container } {
  return { name, id, item: { packer, label, batches } };
}

async function liveContainers(aceso: Aceso, label: Hex, packer: Address | undefined): Promise<LiveContainer[]> {
  const labelled = await containersLabelled(aceso, label);
  const asked = labelled.filter((container) => packer === undefined || container.packer === packer);
  const found = await Promise.all(
    asked.map(async (container) => ({ ...container, custody: await whereaboutsOf(aceso, container.id) })),
  );
  return found.filter(({ custody }) => custody.status !== "none");
}

function notAContainer(): UsageError {
  return new UsageError(
    "A parcel is no container.",
    "Name the container by its SSCC (18 digits), as sgtin:GTIN.SERIAL, or by its id.",
  );
}

/** No container bears a label now. */
export class ContainerUnknownError extends AcesoError {
  override name = "ContainerUnknownError";
  constructor() {
    super(
      "No container with this label is on the ledger now, or none of this packer's.",
      "Scan the label again; a container that was emptied is no more.",
    );
  }
}

/** Several containers bear one label. */
export class ContainerAmbiguousError extends AcesoError {
  override name = "ContainerAmbiguousError";
  /** Their ids, and who packed each first. */
  readonly containers: readonly { id: Hex; packer: Address }[];

  constructor(containers: readonly { id: Hex; packer: Address }[]) {
    super(
      `Several containers bear this label: ${containers.map(({ id, packer }) => `${id} packed by ${packer}`).join(", ")}.`,
      "Say whose is meant with --packer, or name the container by its id.",
    );
    this.containers = containers.map(({ id, packer }) => ({ id, packer }));
  }
}
