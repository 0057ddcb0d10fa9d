/**
 * Verification: everything known of what was scanned, in one answer.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { fromBytes32, toBytes32 } from "../gs1/characters.js";
import { parseScan } from "../gs1/scan.js";
import { now as clock } from "../signing.js";
import { dispensedOf } from "./dispensed.js";
import { itemId, sgtinLabel, ssccLabel, type Parcel } from "./item.js";
import { containersLabelled, parcelWith } from "./lineage.js";
import {
  batchesWith,
  batchOfLot,
  locate,
  LocationScannedError,
  LotAmbiguousError,
  LotDiffersError,
  LotMissingError,
  TreeNotCommittedError,
  type Located,
  type PackScan,
} from "./scanned.js";
import { standingOf, standingsOf, type BatchStanding, type Recall } from "./standing.js";
import { proofOf, serialOf, type SerialTree } from "./tree.js";
import { judged, lastDay, packFindings, type Finding, type SerialFact, type Verdict } from "./verdict.js";
import { verifyContainers, type ContainerAnswer } from "./verifyContainer.js";
import { whereaboutsOf, type Whereabouts } from "./whereabouts.js";

/** What is known of a pack, or of a lot when no serial was scanned. */
export type PackAnswer = {
  kind: "unit" | "lot";
  /** The worst of the findings; `genuine` when there are none. */
  verdict: Verdict;
  /** Everything that is wrong or not known, the worst first. */
  findings: Finding[];
  /** As on chain, such as `gtin:` and 14 digits. */
  product: string;
  gtin?: string;
  lot?: string;
  serial?: string;
  /** The batch's id. */
  batch?: Hex;
  /** The unit's number within the batch. */
  unit?: number;
  /** The parcel the unit is in now. */
  parcel?: Parcel;
  /** By the ledger: the last day it is usable, and the first Unix second it is not. */
  expiry?: { date: string; expiresAt: number };
  manufacturer?: Address;
  prescriptionOnly?: boolean;
  recall?: Recall;
  /** Who dispensed it, and when (Unix seconds). */
  dispensed?: { pharmacy: Address; at: number; prescription?: Hex };
  /** Whether it was dispensed once and came back to stock; not known offline. */
  isReturned?: boolean;
  custody?: Whereabouts;
};

/** The answer to a scan. */
export type Answer = PackAnswer | ContainerAnswer;

/** What helps to read a scan. */
export type VerifyOptions = {
  /** The serial trees at hand, or excerpts: without that of the batch, no serial number is proven. */
  trees?: readonly SerialTree[];
  /** The lot as printed, when the barcode has none. */
  lot?: string;
};

/**
 * Answers a scan: of a pack, a lot, a case or a logistic unit; a GS1 element string (raw or bracketed), a Digital Link,
 * an EPC URN or a UDI.
 *
 * @example
 * const { verdict, findings } = await verify(aceso, "(01)09506000134352(10)L1(21)S7", { trees: [tree] });
 *
 * @throws {@link UnreadableScanError} or {@link LocationScannedError}.
 * @throws {@link LotMissingError}, {@link LotAmbiguousError} or {@link LotDiffersError}.
 * @throws {@link TreeNotCommittedError} when a tree is not what the batch was commissioned with.
 */
export async function verify(aceso: Aceso, scan: string, { trees = [], lot }: VerifyOptions = {}): Promise<Answer> {
  const now = await clock(aceso);
  const read = parseScan(scan, { now });
  if (read.kind === "location") throw new LocationScannedError();
  if (read.kind === "container") {
    const { sscc } = read;
    return verifyContainers(aceso, await containersLabelled(aceso, ssccLabel(sscc)), { now, sscc });
  }
  if (lot !== undefined && read.lot !== undefined && read.lot !== lot) throw new LotDiffersError();
  const standing = await standingOfScan(aceso, read, { trees, lot: read.lot ?? lot });
  if (standing !== undefined) return verifyPack(aceso, read, { standing, trees, now });

  // A case may have a GTIN and serial of its own.
  if (read.kind === "unit" && read.gtin !== undefined) {
    const { gtin, serial } = read;
    const containers = await containersLabelled(aceso, sgtinLabel({ gtin, serial }));
    if (containers.length > 0) return verifyContainers(aceso, containers, { now, gtin, serial });
  }
  const known = read.lot ?? lot;
  if (known === undefined) throw new LotMissingError();
  return packAnswer(read, { now, lot: known, serial: "TreeMissing" });
}

/** The batch that was scanned, as it stands; undefined when it is not commissioned, or not known. */
async function standingOfScan(
  aceso: Aceso,
  scan: PackScan,
  { trees, lot }: { trees: readonly SerialTree[]; lot: string | undefined },
): Promise<BatchStanding | undefined> {
  if (lot !== undefined) return standingOf(aceso, batchOfLot(scan, lot));
  if (scan.kind === "product") return undefined;
  const candidates = [...(await standingsOf(aceso, batchesWith(trees, scan.serial))).values()];
  const own = candidates.filter(({ product }) => product === fromBytes32(scan.product));
  if (own.length > 1) throw new LotAmbiguousError(own.map((standing) => standing.lot));
  return own[0];
}

async function verifyPack(
  aceso: Aceso,
  scan: PackScan,
  { standing, trees, now }: { standing: BatchStanding; trees: readonly SerialTree[]; now: number },
): Promise<PackAnswer> {
  const { batch, lot } = standing;
  await requireCommitted(aceso, batch, trees);
  const located = scan.kind === "unit" ? locate(trees, batch, scan.serial) : "SerialMissing";
  const unit = typeof located === "string" ? undefined : await unitFacts(aceso, batch, located);
  const serial: SerialFact = typeof located === "string" ? located : "proven";
  return packAnswer(scan, { now, lot, standing, serial, unit });
}

/**
 * Checks that the serial trees of a batch are what it was commissioned with.
 *
 * @throws {@link TreeNotCommittedError}.
 */
export async function requireCommitted(aceso: Aceso, batch: Hex, trees: readonly SerialTree[]): Promise<void> {
  const own = trees.filter((tree) => tree.batch.toLowerCase() === batch);
  if (own.length === 0) return;
  const root = await aceso.contracts.batches.rootOf(batch);
  if (own.some((tree) => tree.root.toLowerCase() !== root)) throw new TreeNotCommittedError(batch);
}

/** What is known of one unit. */
export type UnitFacts = Pick<PackAnswer, "dispensed" | "custody" | "isReturned"> & { unit: number; parcel: Parcel };

/** The answer about a pack from what is known of it. */
export function packAnswer(
  scan: PackScan,
  {
    now,
    lot,
    standing,
    serial,
    unit,
  }: { now: number; lot?: string; standing?: BatchStanding; serial: SerialFact; unit?: UnitFacts | undefined },
): PackAnswer {
  const { dispensed, custody } = unit ?? {};
  const isDispensed = dispensed !== undefined;
  return {
    kind: scan.kind === "unit" ? "unit" : "lot",
    ...judged(packFindings({ now, standing, serial, isDispensed, custody, printed: scan.expiry })),
    product: fromBytes32(scan.product),
    ...(scan.gtin !== undefined && { gtin: scan.gtin }),
    ...(lot !== undefined && { lot }),
    ...(scan.kind === "unit" && { serial: scan.serial }),
    ...(standing && {
      batch: standing.batch,
      expiry: { date: lastDay(standing.expiry), expiresAt: standing.expiry },
      manufacturer: standing.manufacturer,
      prescriptionOnly: standing.prescriptionOnly,
      ...(standing.recall && { recall: standing.recall }),
    }),
    ...unit,
  };
}

async function unitFacts(aceso: Aceso, batch: Hex, { tree, unit }: Located): Promise<UnitFacts> {
  const { batches } = aceso.contracts;
  const parcel = await parcelWith(aceso, batch, unit);
  const proof = proofOf(tree, unit);
  const status = await batches.verify({ parcel, number: unit, serial: toBytes32(serialOf(tree, unit)), proof });
  if (!status.isGenuine) throw new TreeNotCommittedError(batch);
  const custody = await whereaboutsOf(aceso, itemId(parcel));
  const [last] = status.isDispensed ? await dispensedOf(aceso, [batch], { unit }) : [];
  return {
    unit,
    parcel,
    isReturned: status.isReturned,
    ...(last && {
      dispensed: {
        pharmacy: last.pharmacy,
        at: last.at,
        ...(last.prescription && { prescription: last.prescription }),
      },
    }),
    custody,
  };
}
