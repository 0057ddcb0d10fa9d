/**
 * The directory of public encryption keys.
 *
 * @module
 */
import { accountOf, type Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import type { Hex } from "../crypto/bytes.js";
import { wrap } from "../crypto/wrap.js";
import { AcesoError } from "../errors.js";
import { prepare, type Prepared } from "../prepare.js";
import { ownAuthorizationOf, sign, type Signed } from "../signing.js";
import { PUBLISH } from "./messages.js";

/** A publication's message, as signed. */
export type PublishKeyMessage = { account: Address; key: Hex; previous: Hex; nonce: string };

/**
 * Prepares the publication of the connection's account's public encryption key, replacing the one before. What was
 * wrapped for the earlier key still needs the earlier key.
 *
 * @example
 * const key = await generateEncryptionKey();
 * await publish(aceso, { key: key.publicKey }).send();
 *
 * @param key 32 bytes: an X25519 public key (RFC 7748).
 */
export function publish(aceso: Aceso, { key }: { key: Hex }): Prepared {
  const { keys } = aceso.contracts;
  return prepare(aceso, keys, keys.interface.encodeFunctionData("publish", [key]));
}

/** Signs the publication of a key for anybody to relay. */
export async function signPublish(
  aceso: Aceso,
  { key, deadline }: { key: Hex; deadline?: number },
): Promise<Signed<PublishKeyMessage>> {
  const account = accountOf(aceso);
  const { keys } = aceso.contracts;
  const previous = (await keys.keyOf(account)) as Hex;
  const nonce = (await keys.nonces(account)).toString();
  return sign(aceso, keys, PUBLISH, { account, key, previous, nonce }, deadline);
}

/**
 * Prepares the relay of a signed publication.
 *
 * @throws {@link SignedForElsewhereError}, {@link SignerMismatchError}; on sending {@link ContractError} `KeyStale`, `SignatureExpired` or
 * `SignatureInvalid`.
 */
export function publishBySig(aceso: Aceso, signed: Signed<PublishKeyMessage>): Prepared {
  const { keys } = aceso.contracts;
  const authorization = ownAuthorizationOf(aceso, keys, PUBLISH, signed, signed.message.account);
  const { key, previous } = signed.message;
  const data = keys.interface.encodeFunctionData("publishBySig", [key, previous, authorization, signed.signature]);
  return prepare(aceso, keys, data);
}

/**
 * An account's published encryption key.
 *
 * @throws {@link KeyNotPublishedError} when there is none, {@link KeyUnusableError} when it is no safe X25519 key.
 */
export async function publishedKey(aceso: Aceso, account: Address): Promise<Hex> {
  const key = (await aceso.contracts.keys.keyOf(toAddress(account))) as Hex;
  if (BigInt(key) === 0n) throw new KeyNotPublishedError(account);
  try {
    // A key of low order would make what is wrapped for it everybody's, and shows only in use.
    await wrap(null, key);
  } catch (cause) {
    throw new KeyUnusableError(account, { cause });
  }
  return key;
}

/**
 * The published encryption keys of accounts.
 *
 * @throws {@link KeyNotPublishedError} for the first that has none.
 */
export async function publishedKeys(aceso: Aceso, accounts: readonly Address[]): Promise<Map<Address, Hex>> {
  const unique = [...new Set(accounts)];
  const keys = await Promise.all(unique.map((account) => publishedKey(aceso, account)));
  return new Map(unique.map((account, index) => [account, keys[index]!]));
}

/** An account has published no encryption key. */
export class KeyNotPublishedError extends AcesoError {
  override name = "KeyNotPublishedError";
  constructor(readonly account: Address) {
    super(
      `${account} has published no encryption key.`,
      "Have it publish one first: `aceso keys publish`, or keys.publish in the SDK.",
    );
  }
}

/** An account has published a key nothing can safely be wrapped for. */
export class KeyUnusableError extends AcesoError {
  override name = "KeyUnusableError";
  constructor(
    readonly account: Address,
    options?: ErrorOptions,
  ) {
    super(
      `The encryption key ${account} has published is no safe X25519 key.`,
      "Have it publish a key made with generateEncryptionKey.",
      options,
    );
  }
}
