/**
 * EPCIS in whichever of its forms.
 *
 * @module
 */
import type { EpcisDocument } from "./event.js";
import { parseEpcisJson, type EpcisLimit } from "./json.js";
import { parseEpcisXml } from "./xml.js";

/**
 * An EPCIS document from its text: XML when that begins with `<`, JSON-LD otherwise.
 *
 * @throws as {@link parseEpcisXml} or {@link parseEpcisJson} does.
 */
export function parseEpcis(text: string, limit: EpcisLimit = {}): EpcisDocument {
  return /^[\uFEFF\s]*</.test(text) ? parseEpcisXml(text, limit) : parseEpcisJson(text, limit);
}
