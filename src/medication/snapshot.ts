/**
 * Snapshots: what a pharmacy needs to know of its stock while it has no connection, in one signed file.
 *
 * @module
 */
import { keccak256, verifyTypedData } from "ethers";

import { accountOf, signerOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { utf8, type Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { canonicalJson } from "../fhir/canonicalJson.js";
import { fields } from "../signing.js";
import { dispensedOf } from "./dispensed.js";
import { excerptOf, openTree, saveTree, type SerialTreeFile } from "./excerpt.js";
import { isParcel, type Parcel } from "./item.js";
import { parcelsAmong } from "./lineage.js";
import type { BatchStanding } from "./standing.js";
import { stock, type Stocked } from "./stock.js";
import type { SerialTree } from "./tree.js";
import { requireCommitted, type PackAnswer } from "./verify.js";
import type { ContainerStanding } from "./verifyContainer.js";
import type { Whereabouts } from "./whereabouts.js";

/** A snapshot as it is stored, in JSON. It holds serial numbers: keep it as the trade secret they are. */
export type SnapshotFile = {
  format: typeof FORMAT;
  version: 1;
  content: SnapshotContent;
  signer: Address;
  /** EIP-712, over the digest of the content's canonical JSON (RFC 8785). */
  signature: Hex;
};

/** What a snapshot tells. */
export type SnapshotContent = {
  chainId: string;
  /** The contract it was read from. */
  ledger: Address;
  pharmacy: Address;
  /** The block it stands for. */
  block: number;
  /** When that was, in Unix seconds. */
  time: number;
  batches: BatchStanding[];
  /** What the pharmacy holds, also inside containers; with the serial numbers that were at hand. */
  parcels: { parcel: Parcel; custody: Whereabouts; tree?: SerialTreeFile }[];
  /** The outermost containers it holds. */
  containers: (Omit<ContainerStanding, "batches"> & { batches: readonly Hex[] })[];
  /** Of the units in these parcels. */
  dispensed: ({ batch: Hex; unit: number } & NonNullable<PackAnswer["dispensed"]>)[];
};

/** A snapshot that was opened: what it tells, and who says so. */
export type Snapshot = {
  content: SnapshotContent;
  signer: Address;
  /** The serial trees of its parcels, by place; none where they were not at hand. */
  trees: readonly (SerialTree | undefined)[];
};

const FORMAT = "aceso snapshot";

const TYPES = { Snapshot: fields("address pharmacy", "uint256 block", "uint256 time", "bytes32 content") };

/**
 * Writes what a pharmacy holds into one file, signed by the connection's account.
 *
 * @param options.pharmacy by default the connection's account.
 * @param options.trees the serial trees or excerpts at hand; without them packs are not told from counterfeits.
 * @throws {@link NoSignerError}, {@link MalformedAddressError}, or {@link TreeNotCommittedError} when a tree is not
 * what its batch was commissioned with.
 */
export async function snapshot(
  aceso: Aceso,
  { pharmacy = accountOf(aceso), trees = [] }: { pharmacy?: Address; trees?: readonly SerialTree[] } = {},
): Promise<string> {
  const signer = accountOf(aceso);
  // Read first, so that whatever happens meanwhile is not older than the snapshot says.
  const { number: block, timestamp: time } = (await aceso.provider.getBlock("latest"))!;
  const held = await stock(aceso, pharmacy);
  const standings = new Map(held.flatMap(({ batches }) => batches).map((standing) => [standing.batch, standing]));
  for (const batch of standings.keys()) await requireCommitted(aceso, batch, trees);
  const parcels = held
    .flatMap(parcelsIn)
    .map(({ parcel, custody }) => ({ parcel, custody, ...excerpt(trees, parcel) }));
  const dispensed = await dispensedOf(aceso, [...standings.keys()]);
  const content: SnapshotContent = {
    chainId: aceso.chainId.toString(),
    ledger: aceso.deployment.batchLedger,
    pharmacy: toAddress(pharmacy),
    block,
    time,
    batches: [...standings.values()],
    parcels,
    containers: held.flatMap(({ id, item, custody, contents }) => {
      if (isParcel(item)) return [];
      const units = parcelsAmong(contents).reduce((sum, { count }) => sum + count, 0);
      return [{ id, ...item, custody, contents, units }];
    }),
    dispensed: dispensed
      .filter(({ batch, unit }) => parcels.some(({ parcel }) => parcel.batch === batch && hasUnit(parcel, unit)))
      .map(({ batch, unit, pharmacy: by, at, prescription }) => {
        return { batch, unit, pharmacy: by, at, ...(prescription !== undefined && { prescription }) };
      }),
  };
  const signature = await signerOf(aceso).signTypedData(domainOf(content), TYPES, messageOf(content));
  const file: SnapshotFile = { format: FORMAT, version: 1, content, signer, signature: signature as Hex };
  return JSON.stringify(file);
}

/**
 * Opens a snapshot, and checks that it is what its signer wrote. Who may sign is the reader's to know: pass it.
 *
 * @param options.signer the only account whose snapshots are taken.
 * @throws {@link MalformedSnapshotError}, {@link SnapshotTamperedError} or {@link SnapshotSignerError}; what
 * {@link openTree} throws.
 */
export async function openSnapshot(text: string, { signer: wanted }: { signer?: Address } = {}): Promise<Snapshot> {
  const { content, signer, signature } = parsed(text);
  if (signer !== signerIn(content, signature)) throw new SnapshotTamperedError();
  if (wanted !== undefined && toAddress(wanted) !== signer) throw new SnapshotSignerError(signer, wanted);
  const trees = await Promise.all(content.parcels.map(({ tree }) => tree && openTree(JSON.stringify(tree))));
  return { content, signer, trees };
}

function parcelsIn({ item, custody, contents, id }: Stocked): { parcel: Parcel; custody: Whereabouts }[] {
  if (isParcel(item)) return [{ parcel: item, custody }];
  return parcelsAmong(contents).map((parcel) => ({ parcel, custody: { ...custody, container: id } }));
}

function excerpt(trees: readonly SerialTree[], parcel: Parcel): { tree?: SerialTreeFile } {
  const { batch, first, count } = parcel;
  const tree = trees.find((one) => {
    return one.batch.toLowerCase() === batch && one.first <= first && first + count <= one.first + one.serials.length;
  });
  return tree ? { tree: JSON.parse(saveTree(excerptOf(tree, parcel))) as SerialTreeFile } : {};
}

function hasUnit({ first, count }: Parcel, unit: number): boolean {
  return first <= unit && unit < first + count;
}

function domainOf({ chainId, ledger }: SnapshotContent) {
  return { name: "Aceso snapshot", version: "1", chainId, verifyingContract: ledger };
}

function messageOf(content: SnapshotContent) {
  const { pharmacy, block, time } = content;
  return { pharmacy, block, time, content: keccak256(utf8(canonicalJson(content))) };
}

function signerIn(content: SnapshotContent, signature: string): string {
  try {
    return verifyTypedData(domainOf(content), TYPES, messageOf(content), signature);
  } catch {
    throw new SnapshotTamperedError();
  }
}

function parsed(text: string): SnapshotFile {
  const file = objectIn(text) as Partial<SnapshotFile> | null;
  const isFile = file?.format === FORMAT && file.version === 1;
  if (!isFile || typeof file.content !== "object" || typeof file.signature !== "string") {
    throw new MalformedSnapshotError();
  }
  return file as SnapshotFile;
}

function objectIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedSnapshotError();
  }
}

/** A text is no snapshot. */
export class MalformedSnapshotError extends AcesoError {
  override name = "MalformedSnapshotError";
  constructor() {
    super("The file is no Aceso snapshot of version 1.", "Take an untouched copy of the file that snapshot wrote.");
  }
}

/** A snapshot is not what its signer wrote. */
export class SnapshotTamperedError extends AcesoError {
  override name = "SnapshotTamperedError";
  constructor() {
    super(
      "The snapshot is not what its signer wrote: something in it was altered.",
      "Do not dispense by it; make a new one.",
    );
  }
}

/** A snapshot is by somebody else. */
export class SnapshotSignerError extends AcesoError {
  override name = "SnapshotSignerError";
  constructor(
    readonly signer: Address,
    readonly wanted: Address,
  ) {
    super(
      `The snapshot was signed by ${signer}, not by ${wanted}.`,
      "Use a snapshot of your own pharmacy, or name the account that made this one.",
    );
  }
}
