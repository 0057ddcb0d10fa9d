/**
 * What is known against items: held, suspect, illegitimate, or sound again.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { toDigest } from "../crypto/digest.js";
import { prepare, type Prepared } from "../prepare.js";
import { codeOf } from "./codes.js";
import { itemsOf, type Item } from "./item.js";
import { AUTHORITIES, CONDITIONS, REASONS, type Authority, type Condition, type Reason } from "./states.js";

/** What an organisation finds of items, why, and on what authority. */
export type Judgement = {
  /** The items; a packed one is judged through its outermost container. */
  items: readonly Item[];
  /** Holder when left out; a manufacturer's counts when all batches in the items are its own. */
  authority?: Exclude<Authority, "none">;
  /** The organisation the connection's account is, or acts for. */
  organisation?: Address;
  /** Other when left out. */
  reason?: Reason;
  /** Digest of the evidence, such as a temperature log, from `documentDigest`. */
  evidence: Hex;
};

/**
 * Prepares the quarantine of items: until released they are not dispensed or packed, and ship for returns only.
 *
 * @example
 * await hold(aceso, { items: [parcel], reason: "temperature excursion", evidence: await documentDigest(log) }).send();
 *
 * @throws {@link UnknownWordError}, {@link MalformedDigestError}; on sending {@link ContractError} `AuthorityInvalid`,
 * `AuthorityTooLow`, `ConditionInvalid`, `ItemsMissing`, `ItemUnknown` or `ItemStatusInvalid`.
 */
export function hold(aceso: Aceso, judgement: Judgement): Prepared {
  return prepareCondition(aceso, "on hold", judgement);
}

/**
 * Prepares the end of a quarantine, by the authority that set it, or a Regulator.
 *
 * @throws as {@link hold}.
 */
export function release(aceso: Aceso, judgement: Judgement): Prepared {
  return prepareCondition(aceso, "sound", judgement);
}

/**
 * Prepares items being found suspect product (FD&C Act 581(21)), which are quarantined and investigated.
 *
 * @throws as {@link hold}.
 */
export function suspect(aceso: Aceso, judgement: Judgement): Prepared {
  return prepareCondition(aceso, "suspect", judgement);
}

/**
 * Prepares suspect product being cleared after investigation, by the authority that suspected it, or a Regulator.
 *
 * @throws as {@link hold}.
 */
export function clear(aceso: Aceso, judgement: Judgement): Prepared {
  return prepareCondition(aceso, "sound", judgement);
}

/**
 * Prepares suspect product being found illegitimate (FD&C Act 581(8)), for good. From its block on the FDA and trading
 * partners are to be notified within 24 hours (FD&C Act 582).
 *
 * @throws as {@link hold}.
 */
export function condemn(aceso: Aceso, judgement: Judgement): Prepared {
  return prepareCondition(aceso, "illegitimate", judgement);
}

function prepareCondition(
  aceso: Aceso,
  condition: Condition,
  { items, authority = "holder", organisation = accountOf(aceso), reason = "other", evidence }: Judgement,
): Prepared {
  const { batches } = aceso.contracts;
  const by = { organisation: toAddress(organisation), authority: codeOf(AUTHORITIES, authority) };
  const [found, why] = [codeOf(CONDITIONS, condition), codeOf(REASONS, reason)];
  const call = [itemsOf(items), by, found, why, toDigest(evidence)] as const;
  return prepare(aceso, batches, batches.interface.encodeFunctionData("setCondition", [...call]));
}
