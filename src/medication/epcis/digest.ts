/**
 * Digests of what EPCIS events document: shipments, findings, notices.
 *
 * @module
 */
import { decodeBase64, encodeBase64, hexlify, sha256 } from "ethers";
import { utf8, type Hex } from "../../crypto/bytes.js";
import { canonicalJson } from "../../fhir/canonicalJson.js";
import type { EpcisEvent } from "../../gs1/epcis/event.js";

const NAMED_INFORMATION = /^ni:\/\/\/sha-256;([\w-]{43})$/;

/**
 * The digest an event's document has on the ledger: the one that a business transaction names by its `ni` URI (RFC 6920),
 * or the sha-256 of the event's canonical JSON in the typed form, its time in seconds and its lists in order.
 */
export function digestOfEvent(event: EpcisEvent): Hex {
  for (const { id } of event.bizTransactions) {
    const [, digest] = NAMED_INFORMATION.exec(id) ?? [];
    if (digest !== undefined)
      return hexlify(decodeBase64(`${digest.replaceAll("-", "+").replaceAll("_", "/")}=`)) as Hex;
  }
  const { timeText: _, ...rest } = event;
  const sorted = Object.entries(rest).map(([name, value]) => [name, Array.isArray(value) ? inOrder(value) : value]);
  return sha256(utf8(canonicalJson(Object.fromEntries(sorted)))) as Hex;
}

/** The URI that names a document by its sha-256 digest. */
export function documentUri(digest: string): string {
  const text = encodeBase64(digest).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `ni:///sha-256;${text}`;
}

function inOrder(values: readonly unknown[]): unknown[] {
  return [...values].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}
