/**
 * What is wrong with a pack or container, and which of it is the worst.
 *
 * @module
 */
import type { Expiry } from "../gs1/date.js";
import type { BatchStanding } from "./standing.js";
import type { Whereabouts } from "./whereabouts.js";

/** What a scan comes to, the worst first. */
export const VERDICTS = [
  "unknown",
  "illegitimate",
  "destroyed",
  "missing",
  "recalled",
  "suspect",
  "contradicted",
  "dispensed",
  "expired",
  "held",
  "unverified",
  "in transit",
  "genuine",
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One thing that is wrong, or not known. */
export type Finding = {
  name: FindingName;
  verdict: Verdict;
  /** What was found, in a sentence. */
  message: string;
  /** What to do about it. */
  advice: string;
};

const QUARANTINE = "Do not dispense or use it. Set it apart as suspect product and ask the manufacturer.";
const RETURN = "Do not dispense or use it. Send it back as the recall notice says.";
const ASK = "Ask whoever shipped it, or the manufacturer, for the serial tree with this unit.";

const TEXTS = {
  BatchUnknown: ["unknown", "No batch of this product and lot was commissioned.", QUARANTINE],
  SerialUnknown: ["unknown", "The batch has no unit with this serial number.", QUARANTINE],
  ContainerUnknown: ["unknown", "No container was ever packed under this label.", QUARANTINE],
  ContainerEmptied: ["unknown", "The container was emptied, and is no more.", "Scan what was in it instead."],
  Illegitimate: ["illegitimate", "It is illegitimate product.", "Do not dispense it. Keep it apart, as evidence."],
  Destroyed: ["destroyed", "It was destroyed, by the ledger.", QUARANTINE],
  Missing: ["missing", "It was reported lost or stolen.", QUARANTINE],
  Recalled: ["recalled", "Its batch is recalled.", RETURN],
  RecallTerminated: [
    "recalled",
    "Its batch was recalled; the recall is closed, but nothing of it may be sold.",
    RETURN,
  ],
  Suspect: ["suspect", "It is suspect product.", "Do not dispense it until whoever suspects it has cleared it."],
  ExpiryDiffers: ["contradicted", "The expiry date in the barcode is not the one of its batch.", QUARANTINE],
  LabelTwice: [
    "contradicted",
    "Several containers bear this label.",
    "Look at who packed each, and open the right one.",
  ],
  Dispensed: ["dispensed", "It is dispensed.", "If it was not this very pack, another bears its serial: report it."],
  Expired: ["expired", "It is expired.", "Do not dispense or use it. Send it back or have it destroyed."],
  BatchHeld: ["held", "A regulator holds its whole batch.", "Do not dispense it until the regulator has released it."],
  OnHold: ["held", "It is on hold.", "Do not dispense it until whoever holds it has released it."],
  SerialUnlisted: ["unverified", "Its serial number is not in the parts of the serial tree at hand.", ASK],
  TreeMissing: ["unverified", "Without the serial tree of its batch, its serial number proves nothing.", ASK],
  SerialMissing: [
    "unverified",
    "The barcode has no serial number, so this is about the lot only.",
    "Scan the pack's 2D code.",
  ],
  NotInSnapshot: ["unverified", "It is in nothing the snapshot tells of.", "Verify it again with a connection."],
  InTransit: ["in transit", "It is on its way, and not received yet.", "Receive the shipment first."],
} as const satisfies Record<string, readonly [Verdict, string, string]>;

/** What can be found. */
export type FindingName = keyof typeof TEXTS;

/** How the scanned serial number stands to the serial tree. */
export type SerialFact =
  "proven" | Extract<FindingName, "SerialUnknown" | "SerialUnlisted" | "TreeMissing" | "SerialMissing">;

/** What is known of a pack. */
export type PackFacts = {
  /** Unix seconds. */
  now: number;
  /** None when no such batch was commissioned. */
  standing?: BatchStanding | undefined;
  serial: SerialFact;
  isDispensed: boolean;
  custody?: Whereabouts | undefined;
  /** As the barcode has it. */
  printed?: Expiry | undefined;
};

/** A finding by its name. */
export function finding(name: FindingName): Finding {
  const [verdict, message, advice] = TEXTS[name];
  return { name, verdict, message, advice };
}

/** The worst of some findings, and all of them, the worst first. */
export function judged(names: Iterable<FindingName>): { verdict: Verdict; findings: Finding[] } {
  const rank = ({ verdict }: Finding): number => VERDICTS.indexOf(verdict);
  const findings = [...new Set(names)].map(finding).sort((a, b) => rank(a) - rank(b));
  return { verdict: findings[0]?.verdict ?? "genuine", findings };
}

/** What is to be found about a pack. */
export function packFindings({ now, standing, serial, isDispensed, custody, printed }: PackFacts): FindingName[] {
  if (standing === undefined) return ["BatchUnknown"];
  const isOther = printed !== undefined && printed.date !== lastDay(standing.expiry);
  return [
    ...(serial === "proven" ? [] : [serial]),
    ...(isOther ? (["ExpiryDiffers"] as const) : []),
    ...(isDispensed ? (["Dispensed"] as const) : []),
    ...batchFindings(standing, now),
    ...custodyFindings(custody),
  ];
}

/** What is to be found about a whole batch. */
export function batchFindings({ recall, held, expiry }: BatchStanding, now: number): FindingName[] {
  const found: FindingName[] = [];
  if (recall !== undefined) found.push(recall.status === "ongoing" ? "Recalled" : "RecallTerminated");
  if (held) found.push("BatchHeld");
  if (now >= expiry) found.push("Expired");
  return found;
}

/** What is to be found from where an item is. */
export function custodyFindings(custody: Whereabouts | undefined): FindingName[] {
  const found: FindingName[] = [];
  if (custody?.status === "destroyed") found.push("Destroyed");
  if (custody?.status === "missing") found.push("Missing");
  if (custody?.status === "in transit") found.push("InTransit");
  if (custody?.condition === "illegitimate") found.push("Illegitimate");
  if (custody?.condition === "suspect") found.push("Suspect");
  if (custody?.condition === "on hold") found.push("OnHold");
  return found;
}

/** The last day on which something is usable, as `YYYY-MM-DD`, from the first second it is expired. */
export function lastDay(expiry: number): string {
  return new Date((expiry - 1) * 1000).toISOString().slice(0, 10);
}
