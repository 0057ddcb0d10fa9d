/**
 * Scans without a connection, answered from a snapshot.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { fromBytes32 } from "../gs1/characters.js";
import { parseScan } from "../gs1/scan.js";
import { sgtinLabel, ssccLabel } from "./item.js";
import { batchOfLot, LocationScannedError, LotAmbiguousError, LotDiffersError, type PackScan } from "./scanned.js";
import type { Snapshot, SnapshotContent } from "./snapshot.js";
import type { BatchStanding } from "./standing.js";
import { batchFindings, custodyFindings, finding, judged, type FindingName, type SerialFact } from "./verdict.js";
import { packAnswer, type Answer, type PackAnswer, type UnitFacts } from "./verify.js";
import type { ContainerAnswer, ContainerScan } from "./verifyContainer.js";

/** An answer, and how old it is. */
export type OfflineAnswer = Answer & {
  /** When the snapshot was taken, in Unix seconds: what happened since is not known. */
  asOf: number;
  ageSeconds: number;
};

/** What was scanned, and when. */
export type OfflineScan = {
  /** Unix seconds. */
  now: number;
  /** The lot as printed, when the barcode has none. */
  lot?: string;
};

// Between the clocks of a chain and a counter.
const SKEW_SECONDS = 5 * 60;

/**
 * Answers a scan from a snapshot, as `verify` does from the ledger. What the snapshot does not tell of is `unverified`.
 *
 * @throws {@link UnreadableScanError}, {@link LocationScannedError}, {@link LotAmbiguousError} or
 * {@link LotDiffersError}.
 * @throws {@link ClockBehindError} when it is earlier than the snapshot by more than five minutes.
 */
export function scanOffline(snapshot: Snapshot, scan: string, { now, lot }: OfflineScan): OfflineAnswer {
  const asOf = snapshot.content.time;
  if (now < asOf - SKEW_SECONDS) throw new ClockBehindError();
  return { ...answered(snapshot, scan, now, lot), asOf, ageSeconds: Math.max(0, now - asOf) };
}

function answered(snapshot: Snapshot, text: string, now: number, given: string | undefined): Answer {
  const index = indexOf(snapshot);
  const scan = parseScan(text, { now });
  if (scan.kind === "location") throw new LocationScannedError();
  if (scan.kind === "container") {
    const { sscc } = scan;
    return containerAnswer(index, ssccLabel(sscc), now, { sscc });
  }
  if (given !== undefined && scan.lot !== undefined && scan.lot !== given) throw new LotDiffersError();
  const lot = scan.lot ?? given;
  const stocked = lot === undefined ? batchBySerial(index, scan) : index.batches.get(batchOfLot(scan, lot));
  if (stocked !== undefined) return stockedAnswer(index, stocked, scan, now);

  if (scan.kind === "unit" && scan.gtin !== undefined) {
    const { gtin, serial } = scan;
    const label = sgtinLabel({ gtin, serial });
    if (index.containers.has(label)) return containerAnswer(index, label, now, { gtin, serial });
  }
  const answer = packAnswer(scan, { now, ...(lot !== undefined && { lot }), serial: "TreeMissing" });
  return { ...answer, verdict: "unverified", findings: [finding("NotInSnapshot")] };
}

function stockedAnswer(index: Index, { standing, isWhole, units }: Stock, scan: PackScan, now: number): PackAnswer {
  const common = { now, lot: standing.lot, standing };
  if (scan.kind === "product") return packAnswer(scan, { ...common, serial: "SerialMissing" });
  const unit = units.get(scan.serial);
  const absent: SerialFact = isWhole ? "SerialUnknown" : units.size === 0 ? "TreeMissing" : "SerialUnlisted";
  if (unit === undefined) return packAnswer(scan, { ...common, serial: absent });
  const dispensed = index.dispensed.get(keyOf(standing.batch, unit.unit));
  return packAnswer(scan, { ...common, serial: "proven", unit: { ...unit, ...(dispensed && { dispensed }) } });
}

function containerAnswer(index: Index, label: Hex, now: number, scan: ContainerScan): ContainerAnswer {
  const containers = (index.containers.get(label) ?? []).map((container) => {
    return { ...container, batches: container.batches.flatMap((batch) => index.batches.get(batch)?.standing ?? []) };
  });
  const found = containers.flatMap(({ custody, batches }) => [
    ...custodyFindings(custody),
    ...batches.flatMap((standing) => batchFindings(standing, now)),
  ]);
  const labels: FindingName | undefined =
    containers.length === 0 ? "NotInSnapshot" : containers.length > 1 ? "LabelTwice" : undefined;
  return { kind: "container", ...judged([...(labels ? [labels] : []), ...found]), ...scan, containers };
}

function batchBySerial(index: Index, scan: PackScan): Stock | undefined {
  if (scan.kind === "product") return undefined;
  const found = index.bySerial.get(keyOf(fromBytes32(scan.product), scan.serial)) ?? [];
  if (found.length > 1) throw new LotAmbiguousError(found.map(({ standing }) => standing.lot));
  return found[0];
}

/** A batch in stock, and the unit of each serial number that is in the snapshot. */
type Stock = { standing: BatchStanding; isWhole: boolean; units: Map<string, UnitFacts> };

type Index = {
  batches: Map<Hex, Stock>;
  bySerial: Map<string, Stock[]>;
  containers: Map<Hex, SnapshotContent["containers"]>;
  dispensed: Map<string, NonNullable<PackAnswer["dispensed"]>>;
};

const indexes = new WeakMap<Snapshot, Index>();

function indexOf(snapshot: Snapshot): Index {
  const index = indexes.get(snapshot) ?? indexed(snapshot);
  indexes.set(snapshot, index);
  return index;
}

function indexed({ content, trees }: Snapshot): Index {
  const stock = (standing: BatchStanding): Stock => ({ standing, isWhole: false, units: new Map() });
  const batches = new Map(content.batches.map((standing) => [standing.batch, stock(standing)]));
  const bySerial = new Map<string, Stock[]>();
  content.parcels.forEach(({ parcel, custody }, place) => {
    const stocked = batches.get(parcel.batch)!;
    for (const [serial, unit] of trees[place]?.unitOfSerial ?? []) {
      stocked.units.set(serial, { unit, parcel, custody });
      const key = keyOf(stocked.standing.product, serial);
      bySerial.set(key, [...(bySerial.get(key) ?? []), stocked]);
    }
  });
  for (const stocked of batches.values()) stocked.isWhole = stocked.units.size === stocked.standing.units;
  const containers = new Map<Hex, SnapshotContent["containers"]>();
  for (const container of content.containers) {
    containers.set(container.label, [...(containers.get(container.label) ?? []), container]);
  }
  const dispensed = content.dispensed.map(({ batch, unit, ...by }) => [keyOf(batch, unit), by] as const);
  return { batches, bySerial, containers, dispensed: new Map(dispensed) };
}

function keyOf(where: string, which: string | number): string {
  return `${where} ${which}`;
}

/** A clock is behind a snapshot. */
export class ClockBehindError extends AcesoError {
  override name = "ClockBehindError";
  constructor() {
    super(
      "The clock is behind the snapshot, so nothing can be said of expiry.",
      "Set this computer's clock, then scan again.",
    );
  }
}
