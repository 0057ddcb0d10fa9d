/**
 * An account's encryption key, kept sealed under one or more slots so that losing one way in loses nothing.
 *
 * A random key-encryption key seals the private key; each slot wraps that key. A slot can come and go without the
 * others. A slot cannot be taken back from a copy of the file made before: whoever kept one, and the means to open it,
 * still can; then publish a new key.
 *
 * @module
 */
import { getBytes, hexlify, isHexString } from "ethers";
import { AcesoError } from "../errors.js";
import { textOf, utf8, type Hex } from "./bytes.js";
import { generateContentKey, open, seal } from "./contentKey.js";
import { encryptionKeyFrom, type EncryptionKey } from "./encryptionKey.js";
import { closeSlot, NoSuchSlotError, openSlot, type SealedSlot, type Slot, type Unlock } from "./slot.js";

/**
 * A sealed key as it is stored, in JSON. Its `publicKey` is only a claim: a file that came from elsewhere is the
 * account's when `KeyDirectory` says the same.
 */
export type SealedKey = {
  version: 1;
  publicKey: Hex;
  /** The private key's bytes under the key-encryption key: a compact JWE, `dir` and `A256GCM`. */
  privateKey: string;
  slots: readonly SealedSlot[];
};

/** The most slots a sealed key has, so that trying them all stays quick. */
export const MAX_SLOTS = 16;

const KEY_BYTES = 32;

/**
 * Seals an encryption key under a first slot.
 *
 * @example
 * const sealed = await sealKey(await generateEncryptionKey(), { kind: "passphrase", passphrase });
 * await writeFile("key.json", JSON.stringify(sealed));
 *
 * @throws {@link KeyMismatchError} when the halves of the key do not belong together.
 * @throws what {@link closeSlot} throws when the slot is not usable.
 */
export async function sealKey(key: EncryptionKey, slot: Slot): Promise<SealedKey> {
  const { publicKey, privateKey } = await requireMatching(key);
  const keyEncryptionKey = generateContentKey();
  return {
    version: 1,
    publicKey,
    privateKey: textOf(await seal(getBytes(privateKey), keyEncryptionKey)),
    slots: [await closeSlot(keyEncryptionKey, slot)],
  };
}

/**
 * Unlocks a sealed key.
 *
 * @throws {@link MalformedSealedKeyError} when the file is no sealed key, or its private key was altered.
 * @throws {@link KeyMismatchError} when the private key inside does not belong to `publicKey`.
 * @throws what {@link openSlot} throws when the unlock opens no slot.
 */
export async function unlockKey(sealed: SealedKey, unlock: Unlock): Promise<EncryptionKey> {
  requireSealedKey(sealed);
  const { publicKey } = sealed;
  const privateKey = await privateKeyIn(sealed, await openSlot(sealed.slots, unlock));
  return requireMatching({ publicKey, privateKey });
}

/**
 * Adds a slot, which takes unlocking by one that is there.
 *
 * @throws {@link TooManySlotsError} when there are {@link MAX_SLOTS} already.
 * @throws what {@link unlockKey} and {@link closeSlot} throw.
 */
export async function addSlot(sealed: SealedKey, unlock: Unlock, slot: Slot): Promise<SealedKey> {
  requireSealedKey(sealed);
  if (sealed.slots.length === MAX_SLOTS) throw new TooManySlotsError();
  const keyEncryptionKey = await openSlot(sealed.slots, unlock);
  // A slot is only worth adding to a file that opens.
  await requireMatching({ publicKey: sealed.publicKey, privateKey: await privateKeyIn(sealed, keyEncryptionKey) });
  return { ...sealed, slots: [...sealed.slots, await closeSlot(keyEncryptionKey, slot)] };
}

/**
 * Removes a slot.
 *
 * @throws {@link MalformedSealedKeyError} when the file is no sealed key.
 * @throws {@link NoSuchSlotError} when no slot has the id.
 * @throws {@link LastSlotError} when it is the only one.
 */
export function removeSlot(sealed: SealedKey, id: string): SealedKey {
  requireSealedKey(sealed);
  const slots = sealed.slots.filter((slot) => slot.id !== id);
  if (slots.length === sealed.slots.length) throw new NoSuchSlotError(id);
  if (slots.length === 0) throw new LastSlotError();
  return { ...sealed, slots };
}

async function privateKeyIn(sealed: SealedKey, keyEncryptionKey: Uint8Array): Promise<Hex> {
  try {
    return hexlify(await open(utf8(sealed.privateKey), keyEncryptionKey)) as Hex;
  } catch {
    throw new MalformedSealedKeyError();
  }
}

async function requireMatching(key: EncryptionKey): Promise<EncryptionKey> {
  const derived = await encryptionKeyFrom(key.privateKey);
  if (derived.publicKey !== key.publicKey.toLowerCase()) throw new KeyMismatchError();
  return derived;
}

// A file is read from JSON, so its type is only what it says of itself.
function requireSealedKey(sealed: unknown): void {
  if (!isSealedKey(sealed)) throw new MalformedSealedKeyError();
}

function isSealedKey(value: unknown): boolean {
  if (!isObject(value) || value["version"] !== 1 || typeof value["privateKey"] !== "string") return false;
  const { publicKey, slots } = value;
  if (!isHexString(publicKey, KEY_BYTES) || !Array.isArray(slots)) return false;
  const ids = new Set(slots.map((slot: unknown) => isObject(slot) && slot["id"]));
  return slots.every(isSealedSlot) && slots.length > 0 && slots.length <= MAX_SLOTS && ids.size === slots.length;
}

function isSealedSlot(slot: unknown): boolean {
  if (!isObject(slot) || typeof slot["id"] !== "string" || typeof slot["jwe"] !== "string") return false;
  switch (slot["kind"]) {
    case "passphrase":
      return true;
    case "signature":
      return isHexString(slot["account"], 20) && isHexString(slot["salt"]);
    case "guardian":
      return isHexString(slot["publicKey"], KEY_BYTES);
    default:
      return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A value is no sealed key. */
export class MalformedSealedKeyError extends AcesoError {
  override name = "MalformedSealedKeyError";
  constructor() {
    super(
      "The file is no sealed key of version 1, or it was altered.",
      "Take an untouched copy of the file that sealKey, addSlot or removeSlot gave.",
    );
  }
}

/** The halves of an encryption key do not belong together. */
export class KeyMismatchError extends AcesoError {
  override name = "KeyMismatchError";
  constructor() {
    super(
      "The private key does not belong to the public key.",
      "Use a key as generateEncryptionKey or unlockKey gave it; if this came from a file, the file was altered.",
    );
  }
}

/** The last slot was to be removed, which would lock the key for ever. */
export class LastSlotError extends AcesoError {
  override name = "LastSlotError";
  constructor() {
    super("The last slot cannot be removed: nothing would open the key any more.", "Add another slot first.");
  }
}

/** A sealed key has as many slots as it may. */
export class TooManySlotsError extends AcesoError {
  override name = "TooManySlotsError";
  constructor() {
    super(`A sealed key has at most ${MAX_SLOTS} slots.`, "Remove a slot nobody uses first.");
  }
}
