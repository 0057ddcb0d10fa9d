/**
 * XML from strangers, read without the parts of XML that attack its reader: no DOCTYPE, no entities but the five of XML
 * itself and character references, no deep nesting. Names are resolved to their namespaces, so prefixes do not matter.
 *
 * @module
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { AcesoError } from "./errors.js";

/**
 * An element: its local name, its namespace ("" for none), its attributes that have no prefix, its own text without
 * surrounding space, and the elements in it.
 */
export type XmlElement = {
  name: string;
  namespace: string;
  attributes: ReadonlyMap<string, string>;
  text: string;
  children: XmlElement[];
};

/** How deep elements may nest. EPCIS documents and FDA notices stay below 20. */
const MAX_DEPTH = 64;

const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const TEXT = "#text";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";

/** The prefixes an element declares, "" for none, and those around it. */
type Scope = { declared: ReadonlyMap<string, string>; outer: Scope | undefined };

type Node = Record<string, Node[] | string> & { [ATTRIBUTES]?: Record<string, string> };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
  jPath: false,
});

/**
 * The root element of an XML text. Callers bound the length of the text.
 *
 * @throws {@link XmlEntityError} when it has a DOCTYPE, declares an entity, or refers to one XML itself does not have.
 * @throws {@link XmlTooDeepError} when elements nest deeper than 64.
 * @throws {@link NotXmlError} when it is not well-formed, or uses a prefix it does not declare.
 */
export function parseXml(text: string): XmlElement {
  // Also refused inside comments: nothing this package reads has reason to mention one there.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new XmlEntityError();
  const xml = text.replace(/^\uFEFF/, "").trim();
  const roots = nodesOf(xml).flatMap((node) => elementsOf(node));
  if (roots.length !== 1) throw new NotXmlError();
  return roots[0]!;
}

function nodesOf(xml: string): Node[] {
  let nodes: Node[] | undefined;
  try {
    nodes = parser.parse(xml) as Node[];
  } catch (error) {
    if (error instanceof Error && /nested/i.test(error.message)) throw new XmlTooDeepError();
  }
  // The parser lets some malformed XML pass. It goes first as it stops where the depth is reached.
  const verdict = XMLValidator.validate(xml);
  if (verdict !== true) throw new NotXmlError(verdict.err.line);
  if (nodes === undefined) throw new NotXmlError();
  return nodes;
}

function elementsOf(node: Node, outer?: Scope): XmlElement[] {
  const tag = Object.keys(node).find((key) => key !== ATTRIBUTES)!;
  if (tag === TEXT || tag === CDATA) return [];
  const attributes = Object.entries(node[ATTRIBUTES] ?? {}).map(([key, value]) => [key, decoded(value)] as const);
  const declared = attributes.filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
  const scope = { declared: new Map(declared.map(([key, value]) => [key.slice("xmlns:".length), value])), outer };

  const [name, prefix = ""] = tag.split(":", 2).reverse();
  const namespace = namespaceOf(prefix, scope);
  if (name === undefined || namespace === undefined) throw new NotXmlError();
  const inside = node[tag] as Node[];
  return [
    {
      name,
      namespace,
      attributes: new Map(attributes.filter(([key]) => key !== "xmlns" && !key.includes(":"))),
      text: inside.map(textOf).join("").trim(),
      children: inside.flatMap((child) => elementsOf(child, scope)),
    },
  ];
}

function namespaceOf(prefix: string, scope: Scope | undefined): string | undefined {
  if (scope === undefined) return prefix === "" ? "" : undefined;
  return scope.declared.get(prefix) ?? namespaceOf(prefix, scope.outer);
}

function textOf(node: Node): string {
  if (typeof node[TEXT] === "string") return decoded(node[TEXT]);
  return Array.isArray(node[CDATA]) ? node[CDATA].map((part) => part[TEXT] as string).join("") : "";
}

function decoded(text: string): string {
  return text.replace(/&(?:(\w+)|#(\d{1,7})|#x([\da-fA-F]{1,6}));|&/g, (_, name, decimal, hex) => {
    if (decimal === undefined && hex === undefined) {
      const character = Object.hasOwn(NAMED, name ?? "") ? NAMED[name] : undefined;
      if (character === undefined) throw new XmlEntityError();
      return character;
    }
    const code = decimal !== undefined ? Number(decimal) : parseInt(hex, 16);
    if (!isXmlCharacter(code)) throw new NotXmlError();
    return String.fromCodePoint(code);
  });
}

/** The characters of XML 1.0, production 2. */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}

/** XML has a DOCTYPE or an entity, through which it could read files or grow without bound. */
export class XmlEntityError extends AcesoError {
  override name = "XmlEntityError";
  constructor() {
    super("The XML has a DOCTYPE or an entity of its own.", "Write the characters themselves and drop the DOCTYPE.");
  }
}

/** XML nests too deep. */
export class XmlTooDeepError extends AcesoError {
  override name = "XmlTooDeepError";
  constructor() {
    super(`The XML nests deeper than ${MAX_DEPTH} elements.`, "Check where it comes from: no real document does.");
  }
}

/** A text is not well-formed XML. */
export class NotXmlError extends AcesoError {
  override name = "NotXmlError";
  constructor(readonly line?: number) {
    super(
      `The text is not well-formed XML${line === undefined ? "" : `, as its line ${line} shows`}.`,
      "Ask its sender for the whole, unedited file.",
    );
  }
}
