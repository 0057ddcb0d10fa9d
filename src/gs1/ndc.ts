/**
 * National Drug Codes of the United States (21 CFR 207.33) ↔ GTINs.
 *
 * An NDC has ten digits in three parts (labeler, product, package). Its GTIN is an indicator digit, `03`, the ten digits
 * without their hyphens and a check digit. Bills write eleven digits, 5-4-2, with a zero put before the part that lacks
 * one (45 CFR 162.1002).
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { withCheckDigit } from "./checkDigit.js";
import { toGtin14 } from "./gtin.js";

const NDC_OF_GTIN = /^\d03(\d{10})\d$/;

/**
 * The GTIN-14 of an NDC, in ten digits (4-4-2, 5-3-2 or 5-4-1, or without hyphens) or eleven (5-4-2, or without).
 *
 * @example
 * gtinOfNdc("0777-3105-02"); // "00307773105025"
 *
 * @param indicator the packaging level, 0 (the default) to 8, as the labeler assigned it: an NDC does not tell.
 * @throws {@link MalformedNdcError} when it has no such form.
 * @throws {@link AmbiguousNdcError} when the zero to leave out of eleven digits may be the product's or the package's.
 */
export function gtinOfNdc(ndc: string, indicator = 0): string {
  if (!Number.isInteger(indicator) || indicator < 0 || indicator > 8) throw new MalformedNdcError();
  return withCheckDigit(`${indicator}03${tenDigits(ndc)}`);
}

/**
 * The three NDCs that may stand for a GTIN, which has lost the hyphens: 4-4-2, 5-3-2 and 5-4-1. One of them is the
 * product's; the label or the FDA's directory tells which.
 *
 * @example
 * ndcsOfGtin("00307773105025"); // ["0777-3105-02", "07773-105-02", "07773-1050-2"]
 *
 * @throws {@link NotAnNdcError} when the GTIN holds no NDC.
 * @throws what {@link toGtin14} throws.
 */
export function ndcsOfGtin(gtin: string): [string, string, string] {
  const [, digits] = NDC_OF_GTIN.exec(toGtin14(gtin)) ?? [];
  if (digits === undefined) throw new NotAnNdcError();
  const split = (labeler: number, product: number) =>
    [digits.slice(0, labeler), digits.slice(labeler, labeler + product), digits.slice(labeler + product)].join("-");
  return [split(4, 4), split(5, 3), split(5, 4)];
}

function tenDigits(ndc: string): string {
  if (/^(\d{10}|\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d)$/.test(ndc)) return ndc.replaceAll("-", "");
  const [, labeler, product, pack] = /^(\d{5})(?:-?)(\d{4})(?:-?)(\d{2})$/.exec(ndc) ?? [];
  if (labeler === undefined || product === undefined || pack === undefined) throw new MalformedNdcError();
  // The FDA's labeler codes of five digits start at 10000, so this zero is never a labeler's own.
  if (labeler.startsWith("0")) return labeler.slice(1) + product + pack;
  const candidates = [
    ...(product.startsWith("0") ? [`${labeler}-${product.slice(1)}-${pack}`] : []),
    ...(pack.startsWith("0") ? [`${labeler}-${product}-${pack.slice(1)}`] : []),
  ];
  if (candidates.length > 1) throw new AmbiguousNdcError(candidates);
  if (candidates[0] === undefined) throw new MalformedNdcError();
  return candidates[0].replaceAll("-", "");
}

/** A text is no NDC. */
export class MalformedNdcError extends AcesoError {
  override name = "MalformedNdcError";
  constructor() {
    super(
      "The NDC is neither ten digits (4-4-2, 5-3-2, 5-4-1) nor eleven (5-4-2), or the indicator is not 0 to 8.",
      "Copy the NDC from the label, with its hyphens.",
    );
  }
}

/** An NDC in eleven digits may stand for two products. */
export class AmbiguousNdcError extends AcesoError {
  override name = "AmbiguousNdcError";
  constructor(
    /** The NDCs in ten digits it may stand for. */
    readonly candidates: readonly string[],
  ) {
    super(`The NDC may stand for ${candidates.join(" or ")}.`, "Give the NDC in ten digits, as the label has it.");
  }
}

/** A GTIN holds no NDC. */
export class NotAnNdcError extends AcesoError {
  override name = "NotAnNdcError";
  constructor() {
    super(
      "The GTIN does not hold an NDC: 03 does not follow its first digit.",
      "Use the GTIN itself: only drugs labelled for the United States have an NDC.",
    );
  }
}
