/**
 * Claim files: a claim with the codes of its lines and the salt of its document, which provider, patient and insurer keep.
 *
 * @module
 */
import { isHexString } from "ethers";

import type { Aceso } from "../aceso.js";
import { toAddress, type Address } from "../crypto/address.js";
import { utf8, type Hex } from "../crypto/bytes.js";
import { newSalt, saltedDigest } from "../crypto/saltedDigest.js";
import { AcesoError } from "../errors.js";
import type { AdjudicatedClaim } from "../fhir/adjudication.js";
import { canonicalJson } from "../fhir/canonicalJson.js";
import { CurrencyCodeError } from "../fhir/settlement.js";
import { tokenDecimals } from "../token/token.js";
import { claimId, type BilledClaim } from "./claimKey.js";
import type { ServiceLine } from "./line.js";
import { listedBenefits } from "./listed.js";
import { linesOf, toLine, type NumberedLine } from "./numbering.js";
import { policyFrom, policyId, policyMessage, type Policy, type PolicyMessage } from "./policyKey.js";
import { serviceKey } from "./service.js";

/** The most lines a claim has. */
export const MAX_LINES = 50;

const TYPES = ["institutional", "oral", "pharmacy", "professional", "vision"] as const;

/**
 * A claim as its parties keep it. Plain JSON, for them alone: it says what was done. Amounts of its lines are decimals in
 * its currency.
 */
export type ClaimFile = {
  /** The claim's id. */
  id: Hex;
  policy: PolicyMessage;
  provider: Address;
  lines: NumberedLine[];
  /** The digest of the claim's document: `sha256(salt || document)`. */
  documents: Hex;
  /** 32 random bytes. */
  salt: Hex;
  /** The ISO 4217 code of the money the plan's token stands for. */
  currency: string;
  /** The token's. */
  decimals: number;
  /** What kind of claim its document says it is. */
  type?: NonNullable<AdjudicatedClaim["type"]>;
};

/**
 * A new claim, ready to be acknowledged and submitted. Nothing is sent: keep it, and hand it to the patient.
 *
 * @example
 * const { lines: services } = claimLines(claim, { context });
 * const file = await draftClaim(hospital, { policy, provider, secret, services, document: claim, currency: "USD" });
 * const acknowledgement = await signAcknowledgement(patient, { file, secret });
 * const { result } = await submit(hospital, { file, acknowledgement }).send();
 *
 * @param secret the plan's.
 * @param services what is billed: at most {@link MAX_LINES} lines; a larger claim is split.
 * @param document the claim's document: a text, its bytes, or a FHIR resource, which counts in canonical JSON (RFC 8785).
 * @param drafted claims that were drafted before and are not submitted yet: the numbers of their lines are not given again.
 * @throws {@link LineCountError}, {@link CurrencyCodeError}, {@link UnlistedServicesError}, {@link DayFullError}; as
 * {@link toLine} and {@link toPolicy} do.
 */
export async function draftClaim(
  aceso: Aceso,
  {
    policy,
    provider,
    secret,
    services,
    document,
    currency,
    type,
    drafted = [],
  }: {
    policy: Policy;
    provider: Address;
    secret: Hex;
    services: readonly ServiceLine[];
    document: string | Uint8Array | object;
    currency: string;
    type?: NonNullable<AdjudicatedClaim["type"]>;
    drafted?: readonly ClaimFile[];
  },
): Promise<ClaimFile> {
  requireLineCount(services.length);
  requireCurrency(currency);
  const id = policyId(policy);
  const by = toAddress(provider);
  const taken = drafted
    .filter((file) => policyId(policyFrom(file.policy)) === id && toAddress(file.provider) === by)
    .flatMap(({ lines }) => lines);
  const numbered = await linesOf(aceso, { secret, services, policy: id, provider: by, taken });
  await listedBenefits(aceso, policy.plan, numbered);
  const { token } = await aceso.contracts.plans.termsOf(policy.plan);
  const salt = newSalt();
  const file = {
    policy: policyMessage(policy),
    provider: by,
    lines: numbered,
    documents: await saltedDigest(bytesOf(document), salt),
    salt,
    currency,
    decimals: await tokenDecimals(aceso, token as Address),
    ...(type !== undefined && { type }),
  };
  return { id: claimId(billedClaim(file)), ...file };
}

/**
 * What a claim file bills: all that the chain is told.
 *
 * @throws as {@link toLine} and {@link policyFrom} do.
 */
export function billedClaim(file: Omit<ClaimFile, "id">): BilledClaim {
  const { policy, provider, documents, lines, decimals } = file;
  return {
    policy: policyFrom(policy),
    provider,
    documents,
    lines: lines.map((line) => toLine(line, decimals)),
  };
}

/**
 * Reads a claim file, and checks that its id is that of its content.
 *
 * @throws {@link MalformedClaimFileError} when the text is no claim file, or was changed; {@link CurrencyCodeError} when
 * its currency is no ISO 4217 code.
 */
export function parseClaimFile(text: string): ClaimFile {
  const file = parsed(text);
  const { id, salt, currency, decimals, type, lines } = file;
  requireThat(isHexString(salt, 32), "salt is not 0x and 64 hex digits");
  requireThat(typeof currency === "string", "currency is no text");
  requireCurrency(currency);
  requireThat(Number.isInteger(decimals), "decimals is no whole number");
  requireThat(type === undefined || TYPES.includes(type as (typeof TYPES)[number]), "type is no type of claims");
  requireThat(Array.isArray(lines) && lines.every(isLine), "lines is no list of lines");
  requireThat(idOf(file as ClaimFile) === id, "its id is not that of its content");
  return file as ClaimFile;
}

/**
 * Whether a document is the one a claim was made of.
 *
 * @param document as {@link draftClaim} was given it.
 */
export async function isDocumentOf(file: ClaimFile, document: string | Uint8Array | object): Promise<boolean> {
  return (await saltedDigest(bytesOf(document), file.salt)) === file.documents;
}

/**
 * Checks that each line's key is that of the service it names: who acknowledges or decides a claim knows then what for.
 *
 * @param secret the plan's.
 * @throws {@link ServiceKeyMismatchError} when one is another's; as {@link serviceKey} does.
 */
export function requireServices({ lines }: ClaimFile, secret: Hex): void {
  const wrong = lines.filter((line) => serviceKey(secret, line) !== line.service).map(({ sequence }) => sequence);
  if (wrong.length > 0) throw new ServiceKeyMismatchError(wrong);
}

/**
 * Checks that a claim has as many lines as the contract takes.
 *
 * @throws {@link LineCountError}
 */
export function requireLineCount(lines: number): void {
  if (lines === 0 || lines > MAX_LINES) throw new LineCountError(lines);
}

/**
 * Checks that a currency is written as ISO 4217 does.
 *
 * @throws {@link CurrencyCodeError}
 */
export function requireCurrency(currency: string): void {
  if (!/^[A-Z]{3}$/.test(currency)) throw new CurrencyCodeError();
}

function bytesOf(document: string | Uint8Array | object): Uint8Array {
  if (document instanceof Uint8Array) return document;
  return utf8(typeof document === "string" ? document : canonicalJson(document));
}

function isLine(line: unknown): boolean {
  const { sequence, system, code, service, number, preAuthRef = "", display = "" } = (line ?? {}) as NumberedLine;
  const texts: unknown[] = [sequence, system, code, preAuthRef, display];
  return texts.every((text) => typeof text === "string") && isHexString(service, 32) && Number.isInteger(number);
}

function idOf(file: ClaimFile): Hex | undefined {
  try {
    return claimId(billedClaim(file));
  } catch {
    return undefined;
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // What is no JSON is no object either.
  }
  throw new MalformedClaimFileError("it is no JSON object");
}

function requireThat(condition: boolean, fault: string): asserts condition {
  if (!condition) throw new MalformedClaimFileError(fault);
}

/** A claim has no line, or more than fit in one. */
export class LineCountError extends AcesoError {
  override name = "LineCountError";
  constructor(readonly lines: number) {
    super(`A claim has 1 to ${MAX_LINES} lines, not ${lines}.`, "Split a larger one into several claims.");
  }
}

/** A text is no claim file, or one that was changed. */
export class MalformedClaimFileError extends AcesoError {
  override name = "MalformedClaimFileError";
  constructor(fault: string) {
    super(`The text is no claim file: ${fault}.`, "Take the file as it was written when the claim was drafted.");
  }
}

/** A claim's lines name other services than their keys stand for. `sequences` says which. */
export class ServiceKeyMismatchError extends AcesoError {
  override name = "ServiceKeyMismatchError";
  constructor(readonly sequences: readonly string[]) {
    super(
      `The key of line ${sequences.join(", ")} is not that of the service it names.`,
      "Check that the secret is this plan's; if it is, do not acknowledge or pay the claim.",
    );
  }
}
