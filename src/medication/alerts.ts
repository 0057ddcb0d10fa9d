/**
 * What the reports of partners point at: clones, packs far from where the ledger has them, notices not given in time.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { blockTimes, eventsOf } from "../events.js";
import type { BatchLedger } from "../generated/index.js";
import { now as clock } from "../signing.js";
import { isParcel, type Item } from "./item.js";
import { itemsById, UnitNotInBatchError } from "./lineage.js";
import { happened, type Happened } from "./ledgerEvents.js";
import { CONDITIONS, nameAt, REPORTS } from "./states.js";
import { trace, type Step } from "./trace.js";

/** A report that calls for somebody's attention. */
export type ReportAlert = Happened & {
  /**
   * `duplicate`: it was dispensed before. `unknown`: its serial was never committed. `misplaced`: it is somebody
   * else's. `far from custody`: who verified it neither held it then nor was a party to its shipment.
   */
  what: "duplicate" | "unknown" | "misplaced" | "far from custody";
  batch: Hex;
  /** The unit's number; none when its serial was never committed. */
  unit?: number;
  organisation: Address;
  /** Digest of the evidence. */
  evidence: Hex;
  /** Who held it then, where that was not the organisation. */
  holder?: Address;
  actor: Address;
};

/** Illegitimate product whose notice (Form FDA 3911) was not reported within 24 hours (FD&C Act 582). */
export type NoticeAlert = Happened & {
  what: "notice missing";
  id: Hex;
  item: Item;
  /** Who condemned it. */
  organisation: Address;
  /** Until when the notice was, or is, to be given, in Unix seconds. */
  due: number;
  isOverdue: boolean;
  /** When it was given, too late. */
  notifiedAt?: number;
};

export type Alert = ReportAlert | NoticeAlert;

const NOTICE_SECONDS = 24 * 60 * 60;

/** Everything that calls for attention, oldest first. */
export async function alerts(aceso: Aceso): Promise<Alert[]> {
  const { batches } = aceso.contracts;
  const reports = await eventsOf(aceso, batches, batches.filters.UnitReported());
  const timeOf = blockTimes(aceso);
  const found = await Promise.all([
    ...reports.map((event) => reportAlert(aceso, event, timeOf)),
    noticeAlerts(aceso, reports, timeOf),
  ]);
  return found.flat().sort((a, b) => a.block - b.block);
}

type Reported = Awaited<ReturnType<BatchLedger["queryFilter"]>>[number] & {
  args: {
    batch: string;
    organisation: string;
    finding: bigint;
    report: { number: bigint; evidence: string };
    actor: string;
  };
};
type TimeOf = (block: number) => Promise<number>;

async function reportAlert(aceso: Aceso, event: Reported, timeOf: TimeOf): Promise<ReportAlert[]> {
  const { batch, organisation, finding, report, actor } = event.args;
  const name = nameAt(REPORTS, finding);
  if (name === "notified") return [];
  const unit = name === "unknown" ? undefined : Number(report.number);
  const parties = unit === undefined ? [] : await partiesAt(aceso, { batch: batch as Hex, unit }, event);
  const isFar = !parties.includes(organisation as Address);
  if (name === "verified" && !isFar) return [];
  return [
    {
      what: name === "verified" ? "far from custody" : name,
      batch: batch as Hex,
      ...(unit !== undefined && { unit }),
      organisation: organisation as Address,
      evidence: report.evidence as Hex,
      ...(isFar && parties.length === 1 && { holder: parties[0]! }),
      actor: actor as Address,
      ...(await happened(event, timeOf)),
    },
  ];
}

/** Who held a unit when something was reported of it; in transit the sender and the consignee. */
async function partiesAt(
  aceso: Aceso,
  unit: { batch: Hex; unit: number },
  { blockNumber }: { blockNumber: number },
): Promise<Address[]> {
  const steps = await trace(aceso, unit).catch((error: unknown) => {
    // A partner may report any number.
    if (error instanceof UnitNotInBatchError) return [];
    throw error;
  });
  return steps.filter(({ block }) => block <= blockNumber).reduce(partiesAfter, [] as Address[]);
}

function partiesAfter(before: Address[], { what, by, from, to }: Step): Address[] {
  if (what === "commissioned") return [by!];
  if (what === "shipped") return [from!, to!];
  if (what === "received") return [to!];
  if (what === "rejected" || what === "cancelled") return [from!];
  return before;
}

async function noticeAlerts(aceso: Aceso, reports: readonly Reported[], timeOf: TimeOf): Promise<NoticeAlert[]> {
  const { batches } = aceso.contracts;
  const illegitimate = CONDITIONS.indexOf("illegitimate");
  const found = await eventsOf(aceso, batches, batches.filters.ConditionSet(undefined, undefined, illegitimate));
  // A higher authority may repeat it; the day began with the first.
  const condemned = found.filter(({ args }, place) => found.findIndex((one) => one.args.item === args.item) === place);
  const items = await itemsById(
    aceso,
    condemned.map(({ args }) => args.item as Hex),
  );
  const notices = reports.filter(({ args }) => nameAt(REPORTS, args.finding) === "notified");
  const now = await clock(aceso);
  const missing = await Promise.all(
    condemned.map(async (event): Promise<NoticeAlert[]> => {
      const id = event.args.item as Hex;
      const item = items.get(id)!;
      const notice = notices.find((one) => one.blockNumber >= event.blockNumber && isAbout(item, one));
      const when = await happened(event, timeOf);
      const due = when.at + NOTICE_SECONDS;
      const notifiedAt = notice && (await timeOf(notice.blockNumber));
      if (notifiedAt !== undefined && notifiedAt <= due) return [];
      const organisation = event.args.organisation as Address;
      const late = notifiedAt !== undefined && { notifiedAt };
      return [{ what: "notice missing", id, item, organisation, due, isOverdue: now > due, ...late, ...when }];
    }),
  );
  return missing.flat();
}

function isAbout(item: Item, { args }: Reported): boolean {
  if (!isParcel(item)) return item.batches.includes(args.batch as Hex);
  const unit = Number(args.report.number);
  return item.batch === args.batch && item.first <= unit && unit < item.first + item.count;
}
