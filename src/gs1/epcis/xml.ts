/**
 * EPCIS 1.0 to 1.2 in XML (and 2.0's XML as far as it is alike), read.
 *
 * The XML is put in the form of EPCIS 2.0's JSON first, then checked and read as that is: errors name places in that
 * form, such as `/epcisBody/eventList/3/action`.
 *
 * @module
 */
import { parseXml, type XmlElement } from "../../xml.js";
import { documentOf, UnknownEpcisRootError } from "./document.js";
import type { EpcisDocument } from "./event.js";
import { assertNotTooLarge, type EpcisLimit } from "./json.js";
import { NAMESPACES } from "./names.js";

type Json = Record<string, unknown>;

const SBDH = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader";

/** Where EPCIS 1.x put what later versions of it added; they nest in each other, and mean nothing themselves. */
const WRAPPERS = new Set(["extension", "baseExtension"]);

/**
 * An EPCIS document from its XML.
 *
 * @example
 * const { events, statement } = parseEpcisXml(text);
 *
 * @throws {@link EpcisTooLargeError} when the text is longer than the limit, 64 Mi characters unless given.
 * @throws {@link UnknownEpcisRootError} when its root is no EPCISDocument or EPCISQueryDocument.
 * @throws {@link EpcisInvalidError} with the paths that are not as EPCIS says.
 * @throws as {@link parseXml} does.
 */
export function parseEpcisXml(text: string, limit: EpcisLimit = {}): EpcisDocument {
  assertNotTooLarge(text, limit);
  const root = parseXml(text);
  const { name, attributes } = root;
  if (!isEpcis(root) || !(name === "EPCISDocument" || name === "EPCISQueryDocument")) {
    throw new UnknownEpcisRootError(name);
  }
  const header = child(root, "EPCISHeader");
  const body = child(root, "EPCISBody");
  const sbdh = header?.children.find((each) => each.namespace === SBDH);
  const written = attributes.get("schemaVersion");
  const isFirst = /^1(?:\.[0-2])?$/.test(written ?? "");
  const document = documentOf(
    defined({
      "@context": {},
      type: "EPCISDocument",
      // The schema refuses a version that is neither 1.x nor 2.x.
      schemaVersion: isFirst ? "2.0" : written,
      creationDate: attributes.get("creationDate"),
      sender: partyOf(sbdh, "Sender"),
      receiver: partyOf(sbdh, "Receiver"),
      epcisHeader: header && headerOf(header),
      epcisBody: defined({ eventList: body && eventListOf(body) }),
    }),
  );
  return { ...document, version: isFirst ? "1.2" : "2.0" };
}

/** Of the elements of EPCIS only the root has to be in a namespace, yet some systems put all of them in it. */
function isEpcis({ namespace }: XmlElement): boolean {
  return namespace === "" || namespace.startsWith("urn:epcglobal:epcis");
}

function members(element: XmlElement): XmlElement[] {
  return element.children.flatMap((each) => (isEpcis(each) && WRAPPERS.has(each.name) ? members(each) : [each]));
}

function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element && members(element).find((each) => isEpcis(each) && each.name === name);
}

function partyOf(sbdh: XmlElement | undefined, role: "Sender" | "Receiver"): string | undefined {
  const party = sbdh?.children.find(({ name }) => name === role);
  return party?.children.find(({ name }) => name === "Identifier")?.text;
}

function headerOf(header: XmlElement): Json {
  const vocabularies = child(child(header, "EPCISMasterData"), "VocabularyList");
  return {
    ...(vocabularies && { epcisMasterData: { vocabularyList: vocabularies.children.map(vocabularyOf) } }),
    ...extensionsOf(header, "gs1ushc"),
  };
}

function vocabularyOf(vocabulary: XmlElement): Json {
  const elements = child(vocabulary, "VocabularyElementList")?.children ?? [];
  return defined({
    type: vocabulary.attributes.get("type"),
    vocabularyElementList: elements.map((element) =>
      defined({
        id: element.attributes.get("id"),
        attributes: element.children
          .filter(({ name, children }) => name === "attribute" && children.length === 0)
          .map(({ attributes, text }) => defined({ id: attributes.get("id"), attribute: text })),
      }),
    ),
  });
}

function eventListOf(body: XmlElement): Json[] | undefined {
  const list = child(body, "EventList") ?? child(child(child(body, "QueryResults"), "resultsBody"), "EventList");
  return list && members(list).map(eventOf);
}

function eventOf(event: XmlElement): Json {
  const named = Map.groupBy(members(event).filter(isEpcis), ({ name }) => name);
  // An element given twice becomes a list, which the schema refuses: taking either would lose the other.
  const entries = [...named].map(([name, [first, ...more]]) => [
    name,
    more.length === 0 ? valueOf(first!) : [first!, ...more].map(valueOf),
  ]);
  return { ...Object.fromEntries(entries), type: isEpcis(event) ? event.name : `${event.namespace}:${event.name}` };
}

function valueOf(member: XmlElement): unknown {
  const { name, children, text } = member;
  switch (name) {
    case "epcList":
    case "childEPCs":
    case "inputEPCList":
    case "outputEPCList":
    case "correctiveEventIDs":
      return children.map((each) => each.text);
    case "quantityList":
    case "childQuantityList":
    case "inputQuantityList":
    case "outputQuantityList":
      return children.map(quantityOf);
    case "bizTransactionList":
    case "sourceList":
    case "destinationList":
      return children.map((each) => defined({ type: each.attributes.get("type"), [each.name]: each.text }));
    case "readPoint":
    case "bizLocation":
      return defined({ id: child(member, "id")?.text });
    case "errorDeclaration":
      return Object.fromEntries(members(member).map((each) => [each.name, valueOf(each)]));
    case "ilmd":
      return extensionsOf(member, "cbvmda");
    default:
      return text;
  }
}

function quantityOf(element: XmlElement): Json {
  const quantity = child(element, "quantity")?.text;
  return defined({
    epcClass: child(element, "epcClass")?.text,
    // What is no xsd:decimal stays text, which the schema refuses.
    quantity: quantity !== undefined && /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(quantity) ? Number(quantity) : quantity,
    uom: child(element, "uom")?.text,
  });
}

function extensionsOf(element: XmlElement, prefix: keyof typeof NAMESPACES): Json {
  const own = members(element).filter(({ namespace }) => namespace === NAMESPACES[prefix]);
  return Object.fromEntries(
    own.map((each) => [`${prefix}:${each.name}`, each.children.length > 0 ? extensionsOf(each, prefix) : each.text]),
  );
}

function defined(members: Json): Json {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
