/**
 * Product identifiers on chain: which product, whoever issued its number, in 32 bytes.
 *
 * They are ASCII: `gtin:` and 14 digits, `hibcc:` and a HIBCC device identifier, or `iccbba:` and an ISBT 128 processor
 * product identification code; each number as the FDA's device database holds it, without the issuer's delimiters.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { fromBytes32, toBytes32 } from "./characters.js";
import { toGtin14 } from "./gtin.js";

/** A product, in the numbers of one issuing agency. */
export type Product =
  /** A GTIN of 8, 12, 13 or 14 digits. */
  | { gtin: string }
  /**
   * A HIBCC device identifier: labeler code (a letter and 3 letters or digits), 1 to 18 letters or digits of product,
   * one digit of packaging level. No check character, as nothing tells it from a packaging level.
   */
  | { hibcc: string }
  /** An ISBT 128 processor product identification code: 16 letters and digits. */
  | { iccbba: string };

/**
 * A product as contracts hold it.
 *
 * @example
 * productId({ gtin: "9506000134352" }) === productId("gtin:09506000134352");
 *
 * @param product it, or the text that stands on chain.
 * @throws {@link MalformedProductError} when its number does not have the form its issuer gives it.
 * @throws what {@link toGtin14} throws.
 */
export function productId(product: Product | string): Hex {
  return toBytes32(textOf(typeof product === "string" ? productOf(product) : product));
}

/**
 * The product a bytes32 of the contracts stands for.
 *
 * @throws {@link MalformedProductError} when it is not what {@link productId} writes.
 * @throws what {@link toGtin14} and {@link fromBytes32} throw.
 */
export function parseProductId(id: string): Product {
  const text = fromBytes32(id);
  const product = productOf(text);
  // One product has one identifier: a GTIN-13 that was not filled up, or a HIBCC number with its `+`, is none.
  if (textOf(product) !== text) throw new MalformedProductError();
  return product;
}

function productOf(text: string): Product {
  const [, issuer, number] = /^(gtin|hibcc|iccbba):(.*)$/.exec(text) ?? [];
  if (number === undefined) throw new MalformedProductError();
  return issuer === "gtin" ? { gtin: number } : issuer === "hibcc" ? { hibcc: number } : { iccbba: number };
}

function textOf(product: Product): string {
  if ("gtin" in product) return `gtin:${toGtin14(product.gtin)}`;
  const [issuer, form, number] =
    "hibcc" in product
      ? (["hibcc", /^\+?([A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}\d)$/, product.hibcc] as const)
      : (["iccbba", /^(?:=\/)?([A-Z0-9]{16})$/, product.iccbba] as const);
  const [, bare] = form.exec(number) ?? [];
  if (bare === undefined) throw new MalformedProductError();
  return `${issuer}:${bare}`;
}

/** A product identifier does not have the form its issuing agency gives it. */
export class MalformedProductError extends AcesoError {
  override name = "MalformedProductError";
  constructor() {
    super(
      "The product is no GTIN, HIBCC device identifier or ISBT 128 product identification code.",
      "Pass gtin:, hibcc: or iccbba: with the device identifier after it, in capitals and without a check character.",
    );
  }
}
