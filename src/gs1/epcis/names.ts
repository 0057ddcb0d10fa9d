/**
 * Names with a namespace in EPCIS JSON-LD (`cbvmda:lotNumber`), whatever prefix the document gave the namespace.
 *
 * @module
 */

/** Namespaces of attributes and extensions, without the separator that JSON-LD adds. */
export const NAMESPACES = { cbvmda: "urn:epcglobal:cbv:mda", gs1ushc: "http://epcis.gs1us.org/hc/ns" } as const;

/** What an extension of an EPCIS object is to be found by. */
export type ExtensionReader = (object: unknown, prefix: keyof typeof NAMESPACES, name: string) => unknown;

/**
 * Finds members of a namespace in objects under a document's JSON-LD context. Our own prefixes need none.
 *
 * @example
 * extensionReader(document["@context"])(event.ilmd, "cbvmda", "lotNumber");
 */
export function extensionReader(context: unknown): ExtensionReader {
  const prefixes = new Map<string, unknown>(Object.entries(NAMESPACES));
  for (const terms of [context].flat()) {
    if (typeof terms !== "object" || terms === null) continue;
    for (const [prefix, term] of Object.entries(terms)) {
      prefixes.set(prefix, typeof term === "object" && term !== null && "@id" in term ? term["@id"] : term);
    }
  }
  return (object, prefix, name) => {
    const iris = ["", ":", "#", "/"].map((separator) => NAMESPACES[prefix] + separator + name);
    return Object.entries(object ?? {}).find(([key]) => {
      const colon = key.indexOf(":");
      const namespace = prefixes.get(key.slice(0, Math.max(colon, 0)));
      return iris.includes(typeof namespace === "string" ? namespace + key.slice(colon + 1) : key);
    })?.[1];
  };
}
