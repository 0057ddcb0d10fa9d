/**
 * Items destroyed, missing, and found again.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import type { Item } from "./item.js";
import { idsOf } from "./parcel.js";

/** Items by their keys or ids, who holds or last held them, and what shows it. */
export type Loss = {
  items: readonly (Item | Hex)[];
  /** The organisation the connection's account is, or acts for. */
  holder?: Address;
  /** Digest of the evidence, such as a certificate of destruction, from `documentDigest`. */
  evidence: Hex;
};

/**
 * Prepares the destruction of items, for good. What a manufacturer or regulator holds or suspects is evidence, and kept.
 *
 * @throws {@link MalformedAddressError}, {@link MalformedDigestError}; on sending {@link ContractError}
 * `CustodyUnauthorized`, `AuthorityTooLow`, `ItemsMissing`, `ItemUnknown`, `ItemStatusInvalid` or `ItemNotHeldBy`.
 */
export function destroy(aceso: Aceso, loss: Loss): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("destroy", argumentsOf(aceso, loss)));
}

/**
 * Prepares the report that items were lost or stolen.
 *
 * @throws {@link MalformedAddressError}, {@link MalformedDigestError}; on sending {@link ContractError}
 * `CustodyUnauthorized`, `ItemsMissing`, `ItemUnknown`, `ItemStatusInvalid` or `ItemNotHeldBy`.
 */
export function reportMissing(aceso: Aceso, loss: Loss): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("reportMissing", argumentsOf(aceso, loss)));
}

/**
 * Prepares taking missing items back into custody. They are suspect product, unless worse was known.
 *
 * @throws as {@link reportMissing}.
 */
export function recover(aceso: Aceso, loss: Loss): Prepared {
  const { batches } = aceso.contracts;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("recover", argumentsOf(aceso, loss)));
}

function argumentsOf(aceso: Aceso, { items, holder = accountOf(aceso), evidence }: Loss): [Hex[], Address, Hex] {
  return [idsOf(items), toAddress(holder), toDigest(evidence)];
}
