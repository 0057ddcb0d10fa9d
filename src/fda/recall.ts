/**
 * The FDA's recall notices (enforcement reports): the XML of the weekly report, and openFDA's JSON.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { parseXml, type XmlElement } from "../xml.js";
import { readCodeInfo, type RecalledLot } from "./codeInfo.js";

/** Class I may cause serious harm or death, II temporary harm, III none. */
export type RecallClass = "I" | "II" | "III";

/**
 * A recall of one product.
 *
 * `ndcs` are as printed in the description, or where it has none, those openFDA adds. `initiated` is in Unix seconds, at
 * the start of the day in UTC. `lots`, `allLots` and `unread` are what {@link readCodeInfo} makes of its code
 * information: as long as `unread` is not empty, more may be recalled than `lots`.
 */
export type RecallNotice = {
  number: string;
  /** Such as `Ongoing` or `Terminated`. */
  status: string;
  /** Missing until the FDA has classified it. */
  classification?: RecallClass;
  firm: string;
  product: string;
  ndcs: string[];
  reason: string;
  initiated: number;
  lots: RecalledLot[];
  allLots: boolean;
  unread: string[];
};

const MAX_LENGTH = 64 * 1024 * 1024;
// 4-4-2, 5-3-2 and 5-4-1 (21 CFR 207.33), or 5-4-2 as in claims; a product without its package only after its name.
const NDC =
  /\b(?:\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1,2})\b(?!-)|(?<=NDC\W{0,3})\d{4,5}-\d{3,4}\b(?!-)/gi;

const FIELDS = {
  number: "recall_number",
  status: "status",
  firm: "recalling_firm",
  product: "product_description",
  reason: "reason_for_recall",
  codes: "code_info",
  initiated: "recall_initiation_date",
} as const;

type Fields = { [name in keyof typeof FIELDS]: string } & { classification: string; added: string[] };

/**
 * The recall notices of a text: XML with any number of `recall-number` elements, in one root or none, or JSON as
 * openFDA's drug and device enforcement endpoints answer, or one of its results.
 *
 * @example
 * for (const { number, lots, unread } of parseRecalls(text)) …
 *
 * @throws {@link RecallTooLargeError} when the text is longer than the limit, 64 Mi characters unless given.
 * @throws {@link NotARecallError} when it holds no recall notice, or is neither XML nor JSON.
 * @throws {@link RecallIncompleteError} with the fields a notice lacks.
 * @throws as {@link parseXml} does.
 */
export function parseRecalls(text: string, { maxLength = MAX_LENGTH }: { maxLength?: number } = {}): RecallNotice[] {
  if (text.length > maxLength) throw new RecallTooLargeError(maxLength);
  return (/^[\uFEFF\s]*</.test(text) ? fieldsOfXml(text) : fieldsOfJson(text)).map(noticeOf);
}

function noticeOf({ codes, initiated, classification, added, ...fields }: Fields): RecallNotice {
  const printed = fields.product.match(NDC) ?? [];
  const [, recallClass] = /^(?:Class\s+)?(I{1,3})$/i.exec(classification) ?? [];
  return {
    ...fields,
    ...(recallClass !== undefined && { classification: recallClass.toUpperCase() as RecallClass }),
    ndcs: [...new Set(printed.length > 0 ? printed : added)],
    initiated: secondsOf(initiated, fields.number),
    ...readCodeInfo(codes),
  };
}

function fieldsOfXml(text: string): Fields[] {
  const declaration = /^[\uFEFF\s]*(?:<\?xml[^>]*\?>)?/;
  // The report is also cut into notices that stand side by side without a root.
  const notices = noticesIn(parseXml(`<recalls>${text.replace(declaration, "")}</recalls>`));
  if (notices.length === 0) throw new NotARecallError();
  return notices.map((notice) => {
    const valueOf = (name: string) => notice.children.find((child) => child.name === name)?.text;
    return fieldsOf(
      (name) => (name === FIELDS.number ? notice.attributes.get("id") : valueOf(name.replaceAll("_", "-"))),
      [],
    );
  });
}

function noticesIn(element: XmlElement): XmlElement[] {
  return element.name === "recall-number" ? [element] : element.children.flatMap(noticesIn);
}

function fieldsOfJson(text: string): Fields[] {
  const data = jsonOf(text);
  const results = isObject(data) && "results" in data ? data.results : [data];
  if (!Array.isArray(results)) throw new NotARecallError();
  return results.map((result: unknown) => {
    if (!isObject(result) || !(FIELDS.number in result)) throw new NotARecallError();
    const { package_ndc: added } = isObject(result.openfda) ? result.openfda : {};
    const ndcs = Array.isArray(added) ? added.filter((ndc) => typeof ndc === "string") : [];
    return fieldsOf((name) => result[name], ndcs);
  });
}

function fieldsOf(valueOf: (name: string) => unknown, added: string[]): Fields {
  const values = Object.entries(FIELDS).map(([key, name]) => [key, valueOf(name)] as const);
  const lacking = values.filter(([, value]) => typeof value !== "string" || value.trim() === "");
  if (lacking.length > 0) {
    const number = valueOf(FIELDS.number);
    const names = lacking.map(([key]) => FIELDS[key as keyof typeof FIELDS]);
    throw new RecallIncompleteError(names, typeof number === "string" ? number : undefined);
  }
  const classification = valueOf("classification");
  return {
    ...(Object.fromEntries(values) as Omit<Fields, "classification" | "added">),
    classification: typeof classification === "string" ? classification.trim() : "",
    added,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new NotARecallError();
  }
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** `20120206`, `2012-02-06` and `02/06/2012` are the same day. */
function secondsOf(date: string, number: string): number {
  const [, year, month, day] =
    /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(date.trim().replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, "$3$1$2")) ?? [];
  const read = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // Date rolls 30 February over into March.
  if (Number.isNaN(read.getTime()) || read.getUTCDate() !== Number(day)) {
    throw new RecallIncompleteError([FIELDS.initiated], number);
  }
  return read.getTime() / 1000;
}

/** A text holds no recall notice. */
export class NotARecallError extends AcesoError {
  override name = "NotARecallError";
  constructor() {
    super(
      "The text holds no recall notice of the FDA, in XML or JSON.",
      "Pass an enforcement report's XML or an answer of openFDA's drug or device enforcement endpoint.",
    );
  }
}

/** A notice lacks fields, or has them in a form that cannot be read. */
export class RecallIncompleteError extends AcesoError {
  override name = "RecallIncompleteError";
  constructor(
    readonly fields: readonly string[],
    number?: string,
  ) {
    super(
      `The recall notice${number === undefined ? "" : ` ${number.slice(0, 32)}`} lacks a readable ${fields.join(", ")}.`,
      "Get the notice from the FDA again, or read it yourself.",
    );
  }
}

/** A text is longer than the limit. */
export class RecallTooLargeError extends AcesoError {
  override name = "RecallTooLargeError";
  constructor(readonly maxLength: number) {
    super(`The recall notices are longer than ${maxLength} characters.`, "Ask openFDA for fewer at a time.");
  }
}
