/**
 * Digests of what stays off chain: shipping documents, recall notices, evidence.
 *
 * @module
 */
import { utf8, type Hex } from "../crypto/bytes.js";
import { sha256 } from "../crypto/digest.js";
import { canonicalJson } from "../fhir/canonicalJson.js";

/**
 * The sha-256 digest of a document: of a text in UTF-8, of a file's bytes, or of data in canonical JSON (RFC 8785), so
 * that the order of its keys does not matter. What a few guesses would find, such as a form with one name in it, needs
 * a random salt in it: the digest is public.
 *
 * @example
 * const document = await documentDigest(writeEpcis(shipping));
 * await ship(aceso, { items, fromRole: "Manufacturer", to: wholesaler, toRole: "Distributor", document }).send();
 *
 * @param document a text, bytes, or plain data as JSON has it.
 */
export async function documentDigest(document: string | Uint8Array | object): Promise<Hex> {
  if (document instanceof Uint8Array) return sha256(document);
  return sha256(utf8(typeof document === "string" ? document : canonicalJson(document)));
}
