/**
 * Which words of a recall notice may be lots.
 *
 * @module
 */

const LOT = /^[A-Z0-9](?:[A-Z0-9._/-]*[A-Z0-9])?$/i;
const AMOUNT = /^\d[\d.]*(?:mg|mcg|g|kg|ml|l|iu|oz|lb|ct|mm|cm|counts?|units?|vials?|tablets?|capsules?)$/i;
const NDC = /^\d{4,5}-\d{3,4}(?:-\d{1,2})?$/;
const YEAR = /^(?:19|20)\d\d$/;
const DATE_WITHIN = /(?:^|\D)\d\d?\/\d/;
// What a code that is no lot is called.
const OTHER_CODE =
  /^(?:ndc|upc|udi(?:-di)?|di|gtin|serial|sn|s\/n|cat(?:alog(?:ue)?)?|model|ref|item|part|product|code|sku|size|qty|quantity|no|numbers?|of)[#.]*$/i;
const NO_LOT = /^(?:all|na|none|unknown|tbd|various|multiple|see|not|any|and|or|exp)$/i;

/** Whether a word has a digit, which all that looks like a code has. */
export function hasDigit(word: string): boolean {
  return /\d/.test(word);
}

/** Whether a word may be a lot where one is expected: no amount, NDC, year, date or range. */
export function isLot(word: string): boolean {
  if (!hasDigit(word) || !LOT.test(word)) return false;
  return ![AMOUNT, NDC, YEAR, DATE_WITHIN, /^exp/i].some((other) => other.test(word)) && !isRange(word);
}

/** Whether a word may be a lot wherever it stands. */
export function isPlainlyLot(word: string): boolean {
  return word.length >= 4 && isLot(word);
}

/** Whether a word of capital letters may be a lot, where only lots are listed. */
export function isLotOfLetters(word: string): boolean {
  return /^[A-Z]{1,8}$/.test(word) && !NO_LOT.test(word) && !isOtherCode(word);
}

/** Whether a word is the name of a code that is no lot. */
export function isOtherCode(word: string): boolean {
  return OTHER_CODE.test(word);
}

/** `24A01-24A45` and `1000-1020` are the ends of a range; `AB12-3` is a lot. */
function isRange(word: string): boolean {
  const [from = "", to = "", ...more] = word.split("-");
  if (more.length > 0 || from.length !== to.length || from.length < 3 || !hasDigit(from) || !hasDigit(to)) return false;
  return from[0] === to[0] || /^\d+-\d+$/.test(word);
}
