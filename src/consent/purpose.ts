/**
 * Purposes of use: the codes below `PurposeOfUse` in HL7 v3-ActReason, each a bit of the mask a consent carries.
 *
 * @module
 */
import { AcesoError } from "../errors.js";

/** The code system the purpose codes belong to. */
export const PURPOSE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

// Code, parent, display. A code's place is its bit on chain: never reorder, only append.
const CONCEPTS = [
  ["HMARKT", "PurposeOfUse", "healthcare marketing"],
  ["HOPERAT", "PurposeOfUse", "healthcare operations"],
  ["CAREMGT", "HOPERAT", "care management"],
  ["DONAT", "HOPERAT", "donation"],
  ["FRAUD", "HOPERAT", "fraud"],
  ["GOV", "HOPERAT", "government"],
  ["HACCRED", "HOPERAT", "health accreditation"],
  ["HCOMPL", "HOPERAT", "health compliance"],
  ["HDECD", "HOPERAT", "decedent"],
  ["HDIRECT", "HOPERAT", "directory"],
  ["HDM", "HOPERAT", "healthcare delivery management"],
  ["HLEGAL", "HOPERAT", "legal"],
  ["HOUTCOMS", "HOPERAT", "health outcome measure"],
  ["HPRGRP", "HOPERAT", "health program reporting"],
  ["HQUALIMP", "HOPERAT", "health quality improvement"],
  ["HSYSADMIN", "HOPERAT", "health system administration"],
  ["LABELING", "HSYSADMIN", "labeling"],
  ["METAMGT", "HSYSADMIN", "metadata management"],
  ["MEMADMIN", "HOPERAT", "member administration"],
  ["MILCDM", "HOPERAT", "military command"],
  ["PATADMIN", "HOPERAT", "patient administration"],
  ["PATSFTY", "HOPERAT", "patient safety"],
  ["PERFMSR", "HOPERAT", "performance measure"],
  ["RECORDMGT", "HOPERAT", "records management"],
  ["SYSDEV", "HOPERAT", "system development"],
  ["HTEST", "SYSDEV", "test health data"],
  ["TRAIN", "HOPERAT", "training"],
  ["MLTRAINING", "HOPERAT", "machine learning training"],
  ["HPAYMT", "PurposeOfUse", "healthcare payment"],
  ["CLMATTCH", "HPAYMT", "claim attachment"],
  ["COVAUTH", "HPAYMT", "coverage authorization"],
  ["COVERAGE", "HPAYMT", "coverage under policy or program"],
  ["ELIGDTRM", "COVERAGE", "eligibility determination"],
  ["ELIGVER", "COVERAGE", "eligibility verification"],
  ["ENROLLM", "COVERAGE", "enrollment"],
  ["MILDCRG", "COVERAGE", "military discharge"],
  ["REMITADV", "HPAYMT", "remittance advice"],
  ["PMTDS", "HPAYMT", "decision support assisted payment decision"],
  ["HRESCH", "PurposeOfUse", "healthcare research"],
  ["BIORCH", "HRESCH", "biomedical research"],
  ["CLINTRCH", "HRESCH", "clinical trial research"],
  ["CLINTRCHNPC", "CLINTRCH", "clinical trial research without patient care"],
  ["CLINTRCHPC", "CLINTRCH", "clinical trial research with patient care"],
  ["PRECLINTRCH", "CLINTRCH", "preclinical trial research"],
  ["DSRCH", "HRESCH", "disease specific healthcare research"],
  ["POARCH", "HRESCH", "population origins or ancestry healthcare research"],
  ["TRANSRCH", "HRESCH", "translational healthcare research"],
  ["PATRQT", "PurposeOfUse", "patient requested"],
  ["FAMRQT", "PATRQT", "family requested"],
  ["PWATRNY", "PATRQT", "power of attorney"],
  ["SUPNWK", "PATRQT", "support network"],
  ["PUBHLTH", "PurposeOfUse", "public health"],
  ["DISASTER", "PUBHLTH", "disaster"],
  ["THREAT", "PUBHLTH", "threat"],
  ["TREAT", "PurposeOfUse", "treatment"],
  ["CLINTRL", "TREAT", "clinical trial"],
  ["COC", "TREAT", "coordination of care"],
  ["ETREAT", "TREAT", "Emergency Treatment"],
  ["BTG", "ETREAT", "break the glass"],
  ["ERTREAT", "ETREAT", "emergency room treatment"],
  ["POPHLTH", "TREAT", "population health"],
  ["TREATDS", "TREAT", "decision support assisted treatment decision"],
] as const;

/** A code below `PurposeOfUse` in HL7 v3-ActReason, such as `TREAT` or `HRESCH`. */
export type Purpose = (typeof CONCEPTS)[number][0];

/** Every purpose code, in the order of its bit. */
export const PURPOSES: readonly Purpose[] = CONCEPTS.map(([code]) => code);

/** The purpose for those who are *not* permitted; no consent ever grants it. */
export const BREAK_THE_GLASS = "BTG" satisfies Purpose;

/** Purposes a broader code never brings along: they are granted only when named. */
export const ONLY_WHEN_NAMED: readonly Purpose[] = ["MLTRAINING", "CLINTRL", "HLEGAL", "MILCDM", "MILDCRG"];

const BITS = new Map<string, number>(PURPOSES.map((code, bit) => [code, bit]));

/** True when `code` is one of the purpose codes. */
export function isPurpose(code: string): code is Purpose {
  return BITS.has(code);
}

/**
 * The bit of a purpose, 0 to 61.
 *
 * @throws {@link UnknownPurposeError} when the code is none of HL7's.
 */
export function purposeBit(code: Purpose): number {
  const bit = BITS.get(code);
  if (bit === undefined) throw new UnknownPurposeError(code);
  return bit;
}

/** True when a purpose has this bit. */
export function isPurposeBit(bit: number | bigint): boolean {
  return bit >= 0 && bit < PURPOSES.length;
}

/**
 * The purpose of a bit.
 *
 * @throws {@link UnknownPurposeError} when no code has that bit.
 */
export function purposeOfBit(bit: number | bigint): Purpose {
  const code = PURPOSES[Number(bit)];
  if (code === undefined) throw new UnknownPurposeError(`bit ${bit}`);
  return code;
}

/** The display text HL7 gives a purpose. */
export function purposeDisplay(code: Purpose): string {
  return concept(code)[2];
}

/** The code above a purpose, or undefined directly below `PurposeOfUse`. */
export function purposeParent(code: Purpose): Purpose | undefined {
  const parent = concept(code)[1];
  return isPurpose(parent) ? parent : undefined;
}

/**
 * What naming a purpose covers: itself and all below it, but neither `BTG` nor the codes that must be named.
 *
 * @example
 * purposeWithDescendants("TREAT"); // ["TREAT", "COC", "ETREAT", "ERTREAT", "POPHLTH", "TREATDS"]
 */
export function purposeWithDescendants(code: Purpose): Purpose[] {
  purposeBit(code);
  return PURPOSES.filter((candidate) => candidate === code || (!mustBeNamed(candidate) && isBelow(candidate, code)));
}

/**
 * The mask of the named purposes and their descendants, as `ConsentRegistry` takes it.
 *
 * @throws {@link UnknownPurposeError} when a code is none of HL7's.
 * @throws {@link BreakTheGlassError} when `BTG` is named.
 */
export function purposeMask(codes: readonly Purpose[]): bigint {
  let mask = 0n;
  for (const code of codes) {
    if (code === BREAK_THE_GLASS) throw new BreakTheGlassError();
    for (const covered of purposeWithDescendants(code)) mask |= 1n << BigInt(purposeBit(covered));
  }
  return mask;
}

/** Every purpose whose bit is set in `mask`, in the order of the bits. */
export function purposesIn(mask: bigint): Purpose[] {
  return PURPOSES.filter((_, bit) => (mask >> BigInt(bit)) & 1n);
}

function concept(code: Purpose): (typeof CONCEPTS)[number] {
  return CONCEPTS[purposeBit(code)]!;
}

function mustBeNamed(code: Purpose): boolean {
  return code === BREAK_THE_GLASS || ONLY_WHEN_NAMED.includes(code);
}

function isBelow(code: Purpose, ancestor: Purpose): boolean {
  const parent = purposeParent(code);
  if (parent === undefined) return false;
  return parent === ancestor || isBelow(parent, ancestor);
}

/** A purpose code is none of those below `PurposeOfUse` in HL7 v3-ActReason. */
export class UnknownPurposeError extends AcesoError {
  override name = "UnknownPurposeError";
  constructor(readonly code: string) {
    super(
      `"${code}" is no purpose of use.`,
      "Use a code below PurposeOfUse in HL7 v3-ActReason, such as TREAT, HPAYMT or HRESCH.",
    );
  }
}

/** `BTG` was named in a consent. */
export class BreakTheGlassError extends AcesoError {
  override name = "BreakTheGlassError";
  constructor() {
    super(
      "BTG (break the glass) cannot be granted: it is for those who are not permitted.",
      "Leave BTG out; emergencies open through EmergencyAccess.",
    );
  }
}
