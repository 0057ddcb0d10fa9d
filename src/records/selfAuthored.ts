/**
 * Records patients write about themselves, anchored by signature, so that they need no gas.
 *
 * @module
 */
import { ZeroHash } from "ethers";
import type { Bundle } from "fhir/r4.js";

import { accountOf, vaultOf, type Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { recordsOf } from "../fhir/bundle.js";
import { publishedKey } from "../keys/keys.js";
import { prepare, type Prepared } from "../prepare.js";
import { authorizationOf, sign, type Signed } from "../signing.js";
import { sealRecord } from "./add.js";
import { keyOf } from "./anchored.js";
import { putEnvelope, recordOf } from "./envelope.js";
import type { RecordKey } from "./key.js";
import { ANCHOR } from "./messages.js";

/** An anchoring's message, as signed. `previous` is the digest it replaces; zero when the record is new. */
export type AnchorMessage = { id: Hex; digest: Hex; previous: Hex };

/** A signed anchoring: the message, and the key the contract hashes to its id. */
export type SignedAnchor = Signed<AnchorMessage> & { key: RecordKey };

/**
 * Encrypts and stores what the connection's account writes about itself, and signs its anchoring for anybody to relay,
 * a message a record. Until it is relayed the record is stored but not anchored, so nobody can open it.
 *
 * @throws {@link NoVaultError}, {@link KeyNotPublishedError}.
 */
export async function signAdd(
  aceso: Aceso,
  { bundle, deadline }: { bundle: Bundle; deadline?: number },
): Promise<SignedAnchor[]> {
  const patient = accountOf(aceso);
  const vault = vaultOf(aceso);
  const key = await publishedKey(aceso, patient);
  const signed: SignedAnchor[] = [];
  for (const record of recordsOf(bundle)) {
    const { envelope, ciphertext, digest } = await sealRecord(record, { patient, author: patient });
    const message = { id: recordOf(envelope), digest, previous: ZeroHash as Hex };
    const anchoring = await sign(aceso, aceso.contracts.records, ANCHOR, message, deadline);
    await vault.putBlob(digest, ciphertext);
    await putEnvelope(vault, envelope, { account: patient, key });
    signed.push({ ...anchoring, key: keyOf(envelope) });
  }
  return signed;
}

/**
 * Prepares the relay of a signed anchoring.
 *
 * @throws {@link SignedForElsewhereError}; on sending {@link ContractError} `RecordStale`, `RecordNotSelfAuthored`,
 * `RecordIsErased`, `SignatureExpired` or `SignatureInvalid`.
 */
export function anchorBySig(aceso: Aceso, signed: SignedAnchor): Prepared {
  const { records } = aceso.contracts;
  const authorization = authorizationOf(aceso, records, ANCHOR, signed);
  const { digest, previous } = signed.message;
  const call = [signed.key, digest, previous, authorization, signed.signature] as const;
  return prepare(aceso, records, records.interface.encodeFunctionData("anchorBySig", [...call]));
}
