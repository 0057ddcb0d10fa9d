/**
 * Units of measure as UCUM writes them, told from words and numbers that are none.
 *
 * @module
 */

const PREFIX = "(?:da|[YZEPTGMkhdcmunpfazy])?";
const METRIC =
  "(?:m|g|s|L|l|mol|eq|osm|U|\\[IU\\]|\\[iU\\]|kat|J|cal|W|Hz|N|Pa|bar|V|A|Ohm|K|Cel|C|Gy|Bq|lm|m\\[Hg\\]|m\\[H2O\\])";
const OTHER = [
  "min|h|d|wk|mo|a|%",
  "\\[(?:degF|in_i|ft_i|lb_av|oz_av|foz_us|tbs_us|tsp_us|cup_us|pH|ppm|ppb|drp|diop|CFU|arb'U)\\]",
].join("|");
// Of dosage forms and times, found in place of UCUM.
const WORD =
  "years?|yrs?|months?|weeks?|days?|hours?|hr|minutes?|tablets?|tab|TAB|capsules?|cap|CAP|drops?|drop|puffs?|" +
  "mcg|cc|IU|lbs?|inches|in|bpm|mEq|pH";
const FACTOR = `(?:10[*^]-?\\d{1,2}|1|${PREFIX}${METRIC}[23]?|(?:${OTHER})|(?:${WORD}))(?:-[123])?`;
const UNIT = new RegExp(`^/?${FACTOR}(?:[./]${FACTOR}){0,3}$`);

/**
 * A unit without its annotations, which are free text (`{score}`, `mL/min/{1.73_m2}`), or undefined when it is none
 * known. What was only an annotation is `1`.
 *
 * @example
 * unitOf("10*3/uL"); // "10*3/uL"
 * unitOf("mL/min/{1.73_m2}"); // "mL/min"
 * unitOf("{John Smith}"); // "1"
 */
export function unitOf(text: string): string | undefined {
  const bare = text.replace(/\{[^{}]*\}/g, "").replace(/[./]+$/, "") || "1";
  return text !== "" && UNIT.test(bare) ? bare : undefined;
}
