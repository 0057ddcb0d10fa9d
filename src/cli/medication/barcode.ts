/**
 * Barcodes as people type them.
 *
 * @module
 */
import { formatBracketed } from "../../gs1/elementString.js";
import { toGtin14 } from "../../gs1/gtin.js";

const FNC1 = /<GS>|\\x1d|\\u001d|\u241d/gi;

/**
 * A barcode as a scanner sends it. A separator may be typed as `<GS>` or `\x1D`, and what is printed under a bar code
 * stands for it: the 8 to 14 digits of a GTIN, the 18 of an SSCC, `sgtin:` with GTIN, a dot and serial.
 *
 * @throws {@link MalformedGtinError} and what else such digits throw that are wrong in themselves.
 */
export function barcode(text: string): string {
  const typed = text.trim().replace(FNC1, "\x1d");
  if (/^(\d{8}|\d{12,14})$/.test(typed)) return formatBracketed({ gtin: toGtin14(typed) });
  if (/^\d{18}$/.test(typed)) return formatBracketed({ sscc: typed });
  const [, gtin, serial] = /^sgtin:(\d+)\.(.+)$/.exec(typed) ?? [];
  if (gtin === undefined || serial === undefined) return typed;
  return formatBracketed({ gtin: toGtin14(gtin), serial });
}
