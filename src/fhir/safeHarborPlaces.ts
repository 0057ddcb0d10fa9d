/**
 * What HIPAA Safe Harbor leaves of an address: the state, and the first three digits of a ZIP code where more than
 * 20,000 people live (45 CFR 164.514(b)(2)(i)(B)).
 *
 * @module
 */
import type { Address } from "fhir/r4.js";

// Prefixes nobody lives in by the 2020 census, which counts no one by ZIP code in the Pacific islands: not assigned, or
// of the military, of single organisations and of post office boxes.
const EMPTY_PREFIXES =
  "000-005 008 055 090-099 192 213 269 311 332 340 343 345 348 353 375 399 419 428-429 459 509 517-519 529 533 536 " +
  "552 555 568-569 578-579 589 621 632 642-643 649 659 663 682 694-699 702 709 715 732-733 742 771 817-819 839 842 " +
  "848-849 854 858 861-862 866-869 872 876 885-889 892 896 899 901 909 929 938 942 962-966 969 987";
// Of 20,000 people or fewer by the 2020 census (table P1 of its Demographic and Housing Characteristics, summed by the
// first three digits of the ZIP Code Tabulation Areas). The rule asks for the current figures.
const SMALL_PREFIXES = "036 059 102 202-205 369 556 692 753 772 821 823 878-879 884 893";
// Those the guidance of the Department of Health and Human Services lists from the 2000 census. Most have grown since;
// they stay out all the same, because a reviewer will look for them.
const LISTED_PREFIXES = "036 059 063 102 203 556 692 790 821 823 830-831 878-879 884 890 893";

const WITHHELD = new Set([EMPTY_PREFIXES, SMALL_PREFIXES, LISTED_PREFIXES].flatMap(prefixesIn));

const STATES =
  "AL=Alabama AK=Alaska AZ=Arizona AR=Arkansas CA=California CO=Colorado CT=Connecticut DE=Delaware " +
  "DC=District_of_Columbia FL=Florida GA=Georgia HI=Hawaii ID=Idaho IL=Illinois IN=Indiana IA=Iowa KS=Kansas " +
  "KY=Kentucky LA=Louisiana ME=Maine MD=Maryland MA=Massachusetts MI=Michigan MN=Minnesota MS=Mississippi " +
  "MO=Missouri MT=Montana NE=Nebraska NV=Nevada NH=New_Hampshire NJ=New_Jersey NM=New_Mexico NY=New_York " +
  "NC=North_Carolina ND=North_Dakota OH=Ohio OK=Oklahoma OR=Oregon PA=Pennsylvania PR=Puerto_Rico " +
  "RI=Rhode_Island SC=South_Carolina SD=South_Dakota TN=Tennessee TX=Texas UT=Utah VT=Vermont VA=Virginia " +
  "WA=Washington WV=West_Virginia WI=Wisconsin WY=Wyoming";
// By code and by name, in lower case.
const STATE_CODES = new Map(
  STATES.split(" ").flatMap((pair) => {
    const [code, name] = pair.split("=") as [string, string];
    return [code, name.replaceAll("_", " ")].map((word): [string, string] => [word.toLowerCase(), code]);
  }),
);
const UNITED_STATES = new Set(["us", "usa", "united states", "united states of america"]);

/**
 * What may stay of an address: the state's postal code, the ZIP prefix ({@link zipPrefixOf}) and `US`; undefined when
 * that is nothing. Of addresses elsewhere nothing stays, because what counts as a state there is not known here.
 */
export function safeAddress(address: Address): Address | undefined {
  const country = textOf(address.country).toLowerCase();
  if (country !== "" && !UNITED_STATES.has(country)) return undefined;
  const state = STATE_CODES.get(textOf(address.state).toLowerCase());
  if (country === "" && state === undefined) return undefined;
  const postalCode = zipPrefixOf(textOf(address.postalCode));
  return {
    ...(state !== undefined && { state }),
    ...(postalCode !== undefined && { postalCode }),
    country: "US",
  };
}

/**
 * The first three digits of a ZIP code, or `000` where 20,000 people or fewer live in all ZIP codes that share them.
 * Undefined when the text is no ZIP code of five or nine digits.
 *
 * @example
 * zipPrefixOf("02139-4307"); // "021"
 * zipPrefixOf("03601"); // "000"
 */
export function zipPrefixOf(zip: string): string | undefined {
  const [, prefix] = /^(\d{3})\d{2}(?:-?\d{4})?$/.exec(zip) ?? [];
  return prefix !== undefined && WITHHELD.has(prefix) ? "000" : prefix;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}

function prefixesIn(list: string): string[] {
  return list.split(" ").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, at) => String(first + at).padStart(3, "0"));
  });
}
