/**
 * Naming a member of staff in the trail, for the grantee alone to resolve.
 *
 * @module
 */
import { hexlify } from "ethers";

import { unshared, utf8, type Hex } from "../crypto/bytes.js";

/**
 * The keyed digest of a member of staff: HMAC-SHA-256, 32 bytes. Who holds the key finds the member by trying the staff
 * list; nobody else learns anything, not even that two organisations name the same person.
 *
 * @example
 * await open(clinic, { patient, purpose: "TREAT", actor: await actorDigest(secret, "nurse-4711") });
 *
 * @param key at least 32 random bytes, kept by the organisation.
 * @param member what the organisation knows the member by.
 */
export async function actorDigest(key: Uint8Array, member: string): Promise<Hex> {
  const hmac = await crypto.subtle.importKey("raw", unshared(key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return hexlify(new Uint8Array(await crypto.subtle.sign("HMAC", hmac, utf8(member)))) as Hex;
}
