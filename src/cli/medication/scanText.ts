/**
 * The answer to a scan, in words a pharmacist acts on.
 *
 * @module
 */
import { isParcel } from "../../medication/item.js";
import type { OfflineAnswer } from "../../medication/scanOffline.js";
import type { Recall } from "../../medication/standing.js";
import { lastDay, type Finding, type Verdict } from "../../medication/verdict.js";
import type { Answer, PackAnswer } from "../../medication/verify.js";
import type { ContainerAnswer } from "../../medication/verifyContainer.js";
import { timeText } from "../output.js";
import { whereaboutsText, type ItemNames } from "./naming.js";

/** An answer, whether what was scanned is held by others than who asked, and the outermost container a pack is in. */
export type Told = { answer: Answer | OfflineAnswer; isOthers: boolean; names: ItemNames; around?: string };

/** Verdicts that a connection, a serial tree or a receipt may still lift. */
const NOT_YET: readonly Verdict[] = ["unverified", "in transit"];

const OTHERS: Pick<Finding, "message" | "advice"> = {
  message: "Somebody else holds it, by the ledger.",
  advice: "Do not dispense it: it was not delivered to you, or it is a copy. Ask your supplier.",
};

const REPORTABLE: readonly Verdict[] = ["dispensed", "unknown"];

/** An answer as text: the verdict, each finding with what to do, and what is known of it. */
export function scanText({ answer, isOthers, names, around }: Told): string {
  const findings = [...(isOthers ? [OTHERS] : []), ...answer.findings];
  const isReportable = answer.kind === "unit" && (isOthers || REPORTABLE.includes(answer.verdict));
  return [
    headline(answer, isOthers),
    ...("asOf" in answer ? [ageText(answer)] : []),
    ...findings.map(({ message, advice }) => `- ${message} ${advice}`),
    ...(isReportable ? ["- Put it on record: scan it again with --report FILE, which keeps the evidence."] : []),
    "",
    ...(answer.kind === "container" ? containerLines(answer, names) : packLines(answer, around)),
  ].join("\n");
}

function headline(answer: Answer, isOthers: boolean): string {
  const { verdict } = answer;
  const recall = answer.kind === "container" ? undefined : answer.recall;
  if (verdict === "recalled" && recall !== undefined) return `DO NOT DISPENSE: recalled (${recallText(recall)})`;
  if (verdict !== "genuine") return `DO NOT DISPENSE${NOT_YET.includes(verdict) ? " YET" : ""}: ${verdict}`;
  return isOthers ? "DO NOT DISPENSE: genuine, but somebody else's" : "GENUINE";
}

function recallText({ class: danger, depth, status, at }: Recall): string {
  const isClassified = danger !== "unclassified";
  return `${isClassified ? `class ${danger}` : danger}, ${depth} level, ${status}, since ${timeText(at)}`;
}

function ageText({ asOf, ageSeconds }: OfflineAnswer): string {
  const hours = Math.floor(ageSeconds / 3600);
  const age = hours >= 48 ? `${Math.floor(hours / 24)} days` : hours >= 1 ? `${hours} h` : "less than an hour";
  return `Offline: by a snapshot of ${timeText(asOf)}, ${age} old. What happened since, such as a recall, is not known.`;
}

function packLines(answer: PackAnswer, around: string | undefined = answer.custody?.container): string[] {
  const { product, lot, serial, unit, expiry, prescriptionOnly, manufacturer, custody, dispensed, isReturned } = answer;
  return rows([
    ["product", product.replace(/^gtin:/, "") + (prescriptionOnly ? ", prescription only" : "")],
    ["lot", lot],
    [
      "serial",
      serial === undefined ? undefined : `${serial}${unit === undefined ? "" : `, unit ${unit} of its batch`}`,
    ],
    ["expiry", expiry && `last day ${expiry.date}`],
    ["maker", manufacturer],
    ["where", custody && whereaboutsText(custody)],
    ["inside", around && `${around}: unpack it before dispensing`],
    ["dispensed", dispensed && `by ${dispensed.pharmacy}, ${timeText(dispensed.at)}`],
    ["returned", isReturned ? "it was dispensed once and came back to stock" : undefined],
  ]);
}

function containerLines(answer: ContainerAnswer, names: ItemNames): string[] {
  const scanned = "sscc" in answer ? `SSCC ${answer.sscc}` : `case sgtin:${answer.gtin}.${answer.serial}`;
  const lines = answer.containers.flatMap(({ packer, custody, batches, contents, units, id }) => [
    ...rows([
      ["holds", `${units} units`],
      ...batches.map(({ product, lot, expiry, recall, held }): Row => {
        const against = [
          ...(recall ? [`recalled (${recallText(recall)})`] : []),
          ...(held ? ["held by a regulator"] : []),
        ];
        return [
          "lot",
          [`${lot} of ${product.replace(/^gtin:/, "")}, last day ${lastDay(expiry)}`, ...against].join(", "),
        ];
      }),
      ["packed by", packer],
      ["where", whereaboutsText(custody)],
      ["inside", custody.container && `container ${custody.container}`],
    ]),
    ...inside(contents, id, names, 1),
  ]);
  return [scanned, ...lines];
}

type Contents = ContainerAnswer["containers"][number]["contents"];

function inside(contents: Contents, within: string, names: ItemNames, depth: number): string[] {
  return contents
    .filter(({ container }) => container === within)
    .flatMap(({ id, item }) => {
      const count = isParcel(item) ? `${item.count} unit${item.count === 1 ? "" : "s"}` : "case";
      return [`${"  ".repeat(depth)}${count} ${names(item)}`, ...inside(contents, id, names, depth + 1)];
    });
}

type Row = [title: string, text: string | undefined];

function rows(all: readonly Row[]): string[] {
  return all.flatMap(([title, text]) => (text === undefined ? [] : [`${title.padEnd(10)} ${text}`]));
}
