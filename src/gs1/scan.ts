/**
 * Scans: what any barcode or identifier of the supply chain stands for.
 *
 * @module
 */
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { expiryOfYymmdd, type Expiry } from "./date.js";
import { parseElementString } from "./elementString.js";
import { keyOf, type Elements } from "./elements.js";
import { parseEpc } from "./epc.js";
import { productId } from "./productId.js";
import { parseHibcc, parseIsbt128, type Udi } from "./udi.js";

/** What was scanned. */
export type Scan =
  /** One item with a serial of its own, at any packaging level: a pack, or a case of them. */
  | ({ kind: "unit"; serial: string } & OfProduct)
  /** A product or a lot of it, without a serial. */
  | ({ kind: "product" } & OfProduct)
  /** A logistic unit. */
  | { kind: "container"; sscc: string }
  | { kind: "location"; gln: string };

/** What units and products have in common. */
export type OfProduct = {
  /** The product's identifier on chain. */
  product: Hex;
  /** Its GTIN-14, unless another agency numbered it. */
  gtin?: string;
  lot?: string;
  expiry?: Expiry;
};

/**
 * Reads a scan: a GS1 element string (raw or with its AIs in brackets), a GS1 Digital Link, an EPC URN, or the UDI of a
 * device in the form of HIBCC or ICCBBA. Line ends that scanners type after it do not matter.
 *
 * @example
 * parseScan("]d2010950600013435217261231\x1d21S1", { now });
 * // { kind: "unit", product: "0x6774…", gtin: "09506000134352", serial: "S1", expiry: { date: "2026-12-31", … } }
 *
 * @param options.now Unix seconds, for the century of years of two digits.
 * @throws {@link UnreadableScanError} when it is nothing of these, or wrong in itself; its `cause` is the exact error.
 */
export function parseScan(text: string, { now }: { now: number }): Scan {
  try {
    return read(text.replace(/[\r\n]+$/, ""), now);
  } catch (cause) {
    if (!(cause instanceof AcesoError)) throw cause;
    throw new UnreadableScanError(`The scan cannot be read. ${cause.message}`, cause);
  }
}

function read(text: string, now: number): Scan {
  // HIBCC and ISBT 128 come in any symbology; those of GS1 are checked where element strings are.
  const bare = text.replace(/^\][A-Za-z]\d/, "");
  if (/^\*?\+/.test(bare)) return ofUdi(parseHibcc(bare, now));
  if (/^[=&]/.test(bare)) return ofUdi(parseIsbt128(bare));
  if (/^(https?|urn):/i.test(text)) return ofElements(parseEpc(text), now);
  return ofElements(parseElementString(text), now);
}

function ofElements(elements: Elements, now: number): Scan {
  const { sscc, gtin, gln, lot, serial, expirationDate } = elements;
  // Refuses what identifies several things before one of them is picked.
  if (keyOf(elements) === "417") throw new PartyScannedError();
  if (sscc !== undefined) return { kind: "container", sscc };
  if (gln !== undefined) return { kind: "location", gln };
  return {
    ...(serial === undefined ? { kind: "product" } : { kind: "unit", serial }),
    product: productId({ gtin: gtin! }),
    gtin: gtin!,
    ...(lot !== undefined && { lot }),
    ...(expirationDate !== undefined && { expiry: expiryOfYymmdd(expirationDate, now) }),
  };
}

function ofUdi({ product, serial, ...production }: Udi): Scan {
  const common = { product: productId(product), ...production };
  return serial === undefined ? { kind: "product", ...common } : { kind: "unit", serial, ...common };
}

/** A scan cannot be read. Its `cause` is the exact error. */
export class UnreadableScanError extends AcesoError {
  override name = "UnreadableScanError";
  constructor(
    message: string,
    override readonly cause: AcesoError,
  ) {
    super(message, cause.advice, { cause });
  }
}

/** A scan names a party, where a thing or a place is looked for. */
export class PartyScannedError extends AcesoError {
  override name = "PartyScannedError";
  constructor() {
    super("It names a party (AI 417).", "Scan the barcode of a product, a container or a location.");
  }
}
