/**
 * GS1 Digital Link URIs: GS1 keys and attributes as web addresses (GS1 Digital Link: URI Syntax, not compressed).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { elementList, elementsOf, keyOf, type Element, type Elements } from "./elements.js";

// By key, the AIs that may follow it in the path, in their order there.
const QUALIFIERS: ReadonlyMap<string, readonly string[]> = new Map<string, string[]>([
  ["00", []],
  ["01", ["22", "10", "21", "235"]],
  ["414", ["254", "7040"]],
  ["417", ["7040"]],
]);

// The names that version 1.1 of the standard allowed in place of AIs.
const IDENTIFIER_BY_NAME: ReadonlyMap<string, string> = new Map([
  ["sscc", "00"],
  ["gtin", "01"],
  ["gln", "414"],
  ["partyGln", "417"],
  ["cpv", "22"],
  ["lot", "10"],
  ["ser", "21"],
  ["glnx", "254"],
]);

/**
 * Reads a Digital Link, at any domain and below any path. Parameters that are no AI, such as `linkType`, are left out.
 *
 * @example
 * parseDigitalLink("https://example.com/01/09506000134352/10/ABC/21/S1?17=261231");
 *
 * @throws {@link MalformedDigitalLinkError} when it is no web address, or its path names no GS1 key.
 * @throws what {@link elementsOf} throws.
 */
export function parseDigitalLink(uri: string): Elements {
  // URL would resolve lots named `.` and `..` as steps of the path.
  const [, path, query = ""] = /^https?:\/\/[^/?#\s]+\/([^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?$/i.exec(uri) ?? [];
  if (path === undefined) throw new MalformedDigitalLinkError();
  return elementsOf([...elementsInPath(path), ...elementsInQuery(query)]);
}

/**
 * The canonical Digital Link of elements, at `https://id.gs1.org`.
 *
 * @example
 * digitalLink({ gtin: "09506000134352", serial: "S1" }); // "https://id.gs1.org/01/09506000134352/21/S1"
 *
 * @throws {@link NotOneKeyError} when the elements identify nothing, or several things.
 * @throws what {@link elementsOf} throws.
 */
export function digitalLink(elements: Elements): string {
  const key = keyOf(elements);
  const values = new Map(elementList(elements));
  const inPath = [key, ...QUALIFIERS.get(key)!].filter((identifier) => values.has(identifier));
  const inQuery = [...values.keys()].filter((identifier) => !inPath.includes(identifier)).sort();
  const path = inPath.map((identifier) => `/${identifier}/${escaped(values.get(identifier)!)}`).join("");
  const query = inQuery.map((identifier) => `${identifier}=${escaped(values.get(identifier)!)}`).join("&");
  return `https://id.gs1.org${path}${query && `?${query}`}`;
}

function elementsInPath(path: string): Element[] {
  const segments = path.replace(/\/$/, "").split("/");
  for (let at = 0; at < segments.length; at++) {
    const pairs = pairsOf(segments.slice(at));
    const [key, ...qualifiers] = pairs.map(([identifier]) => identifier);
    const allowed = QUALIFIERS.get(key ?? "");
    if (allowed && qualifiers.every((qualifier) => allowed.includes(qualifier))) return pairs;
  }
  throw new MalformedDigitalLinkError();
}

/** The segments two by two, or nothing when one is left over. */
function pairsOf(segments: readonly string[]): Element[] {
  if (segments.length % 2 !== 0) return [];
  return segments.flatMap((segment, at): Element[] =>
    at % 2 === 0 ? [[IDENTIFIER_BY_NAME.get(segment) ?? segment, unescaped(segments[at + 1]!)]] : [],
  );
}

function elementsInQuery(query: string): Element[] {
  return query.split(/[&;]/).flatMap((parameter): Element[] => {
    const [, identifier, value] = /^(\d+)=(.*)$/.exec(parameter) ?? [];
    return identifier === undefined || value === undefined ? [] : [[identifier, unescaped(value)]];
  });
}

function escaped(value: string): string {
  // The standard also escapes the marks encodeURIComponent leaves.
  return encodeURIComponent(value).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function unescaped(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new MalformedDigitalLinkError();
  }
}

/** A text is no Digital Link that can be read. */
export class MalformedDigitalLinkError extends AcesoError {
  override name = "MalformedDigitalLinkError";
  constructor() {
    super(
      "The text is no web address whose path names a GTIN, SSCC or GLN, or it is compressed.",
      "Pass a GS1 Digital Link such as https://id.gs1.org/01/09506000134352/21/S1; have a compressed one resolved first.",
    );
  }
}
