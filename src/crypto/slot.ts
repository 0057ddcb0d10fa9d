/**
 * The slots of a sealed key: each wraps the same key-encryption key for one way to unlock it.
 *
 * @module
 */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { getBytes, hexlify, isHexString, randomBytes, Signature } from "ethers";
import { AcesoError } from "../errors.js";
import { toAddress, type Address } from "./address.js";
import { textOf, unshared, utf8, type Hex } from "./bytes.js";
import { open, seal } from "./contentKey.js";
import { importPrivateKey, type EncryptionKey } from "./encryptionKey.js";
import { unwrap, wrap } from "./wrap.js";

/** PBKDF2 rounds a passphrase costs, unless its slot says otherwise: about half a second on a laptop. */
export const PASSPHRASE_ITERATIONS = 600_000;

/** The most PBKDF2 rounds a slot may ask for: about two seconds, so that a hostile file cannot hang its reader. */
export const MAX_PASSPHRASE_ITERATIONS = 2_400_000;

/**
 * A way to lock a sealed key: a passphrase, a wallet's signature of {@link unlockMessage}, or a guardian's public key.
 * A signature serves only where the wallet signs the same message the same way each time.
 */
export type Slot =
  | { kind: "passphrase"; passphrase: string; iterations?: number }
  | { kind: "signature"; account: Address; signature: Hex }
  | { kind: "guardian"; publicKey: Hex };

/** What opens a slot. `slot` is the id of one slot; without it, every slot of the kind is tried. */
export type Unlock =
  | { kind: "passphrase"; passphrase: string; slot?: string }
  | { kind: "signature"; signature: Hex; slot?: string }
  | { kind: "guardian"; key: EncryptionKey; slot?: string };

/** A slot as it is kept. It holds no secret in clear. */
export type SealedSlot =
  | { id: string; kind: "passphrase"; jwe: string }
  | { id: string; kind: "signature"; account: Address; salt: Hex; jwe: string }
  | { id: string; kind: "guardian"; publicKey: Hex; jwe: string };

const ALGORITHM = "PBES2-HS512+A256KW";
const ENCRYPTION = "A256GCM";
const SALT_BYTES = 32;
const MIN_SIGNATURE_BYTES = 64;
const SIGNATURE_INFO = utf8("aceso sealed key, wallet signature");

/**
 * The message an account signs (EIP-191, `personal_sign`) to lock or unlock a slot with its wallet.
 *
 * @throws {@link MalformedAddressError} when the account is no address.
 */
export function unlockMessage(account: Address): string {
  return [
    "Unlock my Aceso encryption key",
    "",
    `Account: ${toAddress(account)}`,
    "",
    "Whoever holds this signature and the sealed key file can read this account's health data.",
    "Sign only in an application you trust. This sends no transaction and costs nothing.",
  ].join("\n");
}

/**
 * Wraps a key-encryption key in a new slot.
 *
 * @throws {@link EmptyPassphraseError} | {@link IterationsError} | {@link MalformedSignatureError} |
 * {@link MalformedAddressError} | {@link MalformedPublicKeyError} | {@link WeakPublicKeyError} when the slot's part is
 * not usable.
 */
export async function closeSlot(keyEncryptionKey: Uint8Array, slot: Slot): Promise<SealedSlot> {
  const id = crypto.randomUUID();
  switch (slot.kind) {
    case "passphrase":
      return { id, kind: slot.kind, jwe: await lockWithPassphrase(keyEncryptionKey, slot) };
    case "signature": {
      const salt = hexlify(randomBytes(SALT_BYTES)) as Hex;
      const jwe = textOf(await seal(keyEncryptionKey, await signatureKey(slot.signature, salt)));
      return { id, kind: slot.kind, account: toAddress(slot.account), salt, jwe };
    }
    case "guardian": {
      const jwe = await wrap(hexlify(keyEncryptionKey), slot.publicKey);
      return { id, kind: slot.kind, publicKey: slot.publicKey.toLowerCase() as Hex, jwe };
    }
  }
}

/**
 * The key-encryption key from the first of the slots that the unlock opens.
 *
 * @throws {@link NoSuchSlotError} when no slot has the kind, or the id, asked for.
 * @throws {@link WrongPassphraseError} | {@link WrongSignatureError} | {@link WrongGuardianKeyError} when none opens.
 * @throws {@link MalformedSignatureError} when the signature is no hex of at least 64 bytes.
 * @throws {@link IterationsError} when a passphrase slot asks for more than {@link MAX_PASSPHRASE_ITERATIONS}.
 */
export async function openSlot(slots: readonly SealedSlot[], unlock: Unlock): Promise<Uint8Array> {
  await requireUsable(unlock);
  const candidates = slots.filter(({ id, kind }) => kind === unlock.kind && (unlock.slot ?? id) === id);
  if (candidates.length === 0) throw new NoSuchSlotError(unlock.slot ?? unlock.kind);
  for (const slot of candidates) {
    const keyEncryptionKey = await tryOpen(slot, unlock);
    if (keyEncryptionKey !== undefined) return keyEncryptionKey;
  }
  throw wrongUnlock(unlock);
}

async function tryOpen(slot: SealedSlot, unlock: Unlock): Promise<Uint8Array | undefined> {
  try {
    return await openWith(slot, unlock);
  } catch (cause) {
    if (cause instanceof IterationsError) throw cause;
    return undefined;
  }
}

async function openWith(slot: SealedSlot, unlock: Unlock): Promise<Uint8Array | undefined> {
  if (slot.kind === "passphrase" && unlock.kind === "passphrase") {
    return unlockWithPassphrase(slot.jwe, unlock.passphrase);
  }
  if (slot.kind === "signature" && unlock.kind === "signature") {
    return open(utf8(slot.jwe), await signatureKey(unlock.signature, slot.salt));
  }
  if (slot.kind === "guardian" && unlock.kind === "guardian") {
    return getBytes((await unwrap(slot.jwe, unlock.key)) as Hex);
  }
  return undefined;
}

async function lockWithPassphrase(
  keyEncryptionKey: Uint8Array,
  { passphrase, iterations = PASSPHRASE_ITERATIONS }: Slot & { kind: "passphrase" },
): Promise<string> {
  requireIterations(iterations);
  return new CompactEncrypt(keyEncryptionKey)
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION })
    .setKeyManagementParameters({ p2c: iterations })
    .encrypt(passphraseBytes(passphrase));
}

async function unlockWithPassphrase(jwe: string, passphrase: string): Promise<Uint8Array> {
  requireIterations(decodeProtectedHeader(jwe)["p2c"]);
  const { plaintext } = await compactDecrypt(jwe, passphraseBytes(passphrase), {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
    maxPBES2Count: MAX_PASSPHRASE_ITERATIONS,
    maxDecompressedLength: 0,
  });
  return plaintext;
}

// Keyboards write the same letters in different code points, so a passphrase is taken in its normal form.
function passphraseBytes(passphrase: string): Uint8Array {
  if (passphrase === "") throw new EmptyPassphraseError();
  return utf8(passphrase.normalize("NFKC"));
}

function requireIterations(iterations: unknown): void {
  const isCount = typeof iterations === "number" && Number.isInteger(iterations) && iterations > 0;
  if (!isCount || iterations > MAX_PASSPHRASE_ITERATIONS) throw new IterationsError();
}

async function signatureKey(signature: Hex, salt: Hex): Promise<Uint8Array> {
  const secret = await crypto.subtle.importKey("raw", signatureBytes(signature), "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: unshared(getBytes(salt)), info: SIGNATURE_INFO };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, secret, 256));
}

// Wallets write the same ECDSA signature with v as 0 or 27, or in 64 bytes (EIP-2098). Contract signatures stay as they are.
function signatureBytes(signature: Hex): Uint8Array<ArrayBuffer> {
  if (!isHexString(signature) || signature.length < 2 + 2 * MIN_SIGNATURE_BYTES) throw new MalformedSignatureError();
  try {
    return unshared(getBytes(Signature.from(signature).serialized));
  } catch {
    return unshared(getBytes(signature));
  }
}

async function requireUsable(unlock: Unlock): Promise<void> {
  switch (unlock.kind) {
    case "passphrase":
      return void passphraseBytes(unlock.passphrase);
    case "signature":
      return void signatureBytes(unlock.signature);
    case "guardian":
      return void (await importPrivateKey(unlock.key.privateKey));
  }
}

function wrongUnlock({ kind }: Unlock): AcesoError {
  switch (kind) {
    case "passphrase":
      return new WrongPassphraseError();
    case "signature":
      return new WrongSignatureError();
    case "guardian":
      return new WrongGuardianKeyError();
  }
}

/** No slot has the id, or the kind, that was asked for. */
export class NoSuchSlotError extends AcesoError {
  override name = "NoSuchSlotError";
  constructor(wanted: string) {
    super(`The sealed key has no slot "${wanted}".`, "Unlock by a slot it has: its slots are listed with id and kind.");
  }
}

/** A passphrase opens none of the slots. */
export class WrongPassphraseError extends AcesoError {
  override name = "WrongPassphraseError";
  constructor() {
    super(
      "The passphrase opens no slot: it is the wrong one, or the file was altered.",
      "Type it again, minding capitals; else unlock by another slot or take an untouched copy of the file.",
    );
  }
}

/** A wallet signature opens none of the slots. */
export class WrongSignatureError extends AcesoError {
  override name = "WrongSignatureError";
  constructor() {
    super(
      "The signature opens no slot: another account or message was signed, the wallet signs differently each time, or " +
        "the file was altered.",
      "Sign the text of unlockMessage with the slot's account; else unlock by another slot.",
    );
  }
}

/** A guardian's key opens none of the slots. */
export class WrongGuardianKeyError extends AcesoError {
  override name = "WrongGuardianKeyError";
  constructor() {
    super(
      "The guardian's key opens no slot: the slot is another guardian's, or the file was altered.",
      "Use the private key that belongs to the slot's publicKey; else unlock by another slot.",
    );
  }
}

/** A passphrase is empty. */
export class EmptyPassphraseError extends AcesoError {
  override name = "EmptyPassphraseError";
  constructor() {
    super("The passphrase is empty.", "Choose a passphrase of several words.");
  }
}

/** A passphrase slot asks for too many PBKDF2 rounds, or for none. */
export class IterationsError extends AcesoError {
  override name = "IterationsError";
  constructor() {
    super(
      `A passphrase slot asks for PBKDF2 rounds outside 1 to ${MAX_PASSPHRASE_ITERATIONS}.`,
      `Seal with the usual ${PASSPHRASE_ITERATIONS}; do not trust a file that asks for more than the limit.`,
    );
  }
}

/** A signature is not hex of at least 64 bytes. */
export class MalformedSignatureError extends AcesoError {
  override name = "MalformedSignatureError";
  constructor() {
    super(
      `The signature is not 0x and at least ${MIN_SIGNATURE_BYTES} bytes in hex.`,
      "Pass what the wallet answers when it signs the text of unlockMessage.",
    );
  }
}
