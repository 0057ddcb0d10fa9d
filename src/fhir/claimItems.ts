/**
 * A claim's items, details and sub-details as they stand: which of them is a line, and what each says of itself.
 *
 * @module
 */
import type { ClaimItem, ClaimItemDetail, Coding, Money, Quantity } from "fhir/r4.js";
import { AcesoError } from "../errors.js";
import { exactDecimal, isExact, multiply, roundDecimal, type Decimal } from "./claimMoney.js";
import { applied, type AppliedRule, type ClaimRule, type UnbillableReason } from "./claimRules.js";

/** What one item, detail or sub-detail asks for. */
export type Ask = {
  sequence: string;
  /** The item it is or belongs to. */
  item: ClaimItem;
  coding?: { system: string; code: string; display?: string };
  /** In thousandths. */
  quantity: bigint;
  /** In the currency's minor units. */
  price?: bigint;
  /** Why the price or quantity it states can't be billed. */
  fault?: UnbillableReason;
  rules: AppliedRule[];
};

/** The currency amounts are in, and its places. */
export type Currency = { currency: string | undefined; decimals: number };

type Part = ClaimItem | ClaimItemDetail;

const ONE: Decimal = { digits: 1n, places: 0 };
// As a line's on chain: 100,000, in thousandths.
const MAX_QUANTITY = 100_000_000n;

/**
 * The lines of a claim, each once: the innermost parts, or the part around them where their prices are not all billable
 * or don't add up to its own.
 *
 * @throws {@link MalformedClaimError} when a list is none, or a number is none.
 */
export function asksOf(items: readonly ClaimItem[], money: Currency): Ask[] {
  return numbered(items).flatMap(({ part, sequence, rules }) => linesOf(part, part, sequence, rules, money));
}

/** The currency of the first amount in the items, or undefined when none names one. */
export function currencyIn(parts: readonly Part[]): string | undefined {
  for (const part of parts) {
    const own = part.net?.currency ?? part.unitPrice?.currency ?? currencyIn(partsIn(part));
    if (own !== undefined) return own;
  }
  return undefined;
}

/** A coding with both system and code: the first, or undefined when there is none. */
export function codingOf(codings: Coding[] | undefined): Ask["coding"] {
  for (const { system, code, display } of elements(codings, "coding")) {
    if (isText(system) && isText(code)) return { system, code, ...(isText(display) && { display }) };
  }
  return undefined;
}

/**
 * The elements of a list, none when it is absent.
 *
 * @throws {@link MalformedClaimError} when it is no list of objects.
 */
export function elements<T>(list: T[] | undefined, name: string): T[] {
  const isFine = Array.isArray(list) && list.every((each) => typeof each === "object" && each !== null);
  if (list !== undefined && !isFine) throw new MalformedClaimError(name);
  return list ?? [];
}

/**
 * An amount, also in the currency's minor units; undefined when there is none.
 *
 * @throws {@link MalformedClaimError} when it is no number.
 */
export function amountOf(money: Money | undefined, name: string, { currency, decimals }: Currency) {
  const value = valueIn(money, name);
  if (value === undefined) return undefined;
  const isForeign = money?.currency !== undefined && money.currency !== currency;
  return { value, units: roundDecimal(value, decimals), isForeign, isAssumed: money?.currency === undefined };
}

function linesOf(part: Part, item: ClaimItem, sequence: string, rules: AppliedRule[], money: Currency): Ask[] {
  const own = askOf(part, item, sequence, rules, money);
  const inner = numbered(partsIn(part), sequence);
  if (inner.length === 0) return [own];
  const lines = inner.flatMap((each) => linesOf(each.part, item, each.sequence, each.rules, money));
  if (!hasPrice(own)) return lines.some(hasPrice) ? lines : [own];
  const areBillable = lines.every(({ coding, fault, price }) => coding && !fault && price !== undefined);
  const sum = lines.reduce((total, { price = 0n }) => total + price, 0n);
  if (areBillable && sum === own.price) return lines;
  return [{ ...own, rules: [...own.rules, applied("whole-line", sequence)] }];
}

// A price that is negative or foreign is one all the same.
const hasPrice = ({ price, fault }: Ask) =>
  price !== undefined || fault === "negative-price" || fault === "foreign-currency";

function askOf(part: Part, item: ClaimItem, sequence: string, above: AppliedRule[], money: Currency): Ask {
  const rules = [...above];
  const note = (rule: ClaimRule) => rules.push(applied(rule, sequence));
  const coding = codingOf(part.productOrService?.coding);
  const stated = valueIn(part.quantity, `item ${sequence} quantity`);
  const quantity = roundDecimal(stated ?? ONE, 3);
  if (stated === undefined) note("quantity-one");
  else if (!isExact(stated, 3)) note("quantity-rounded");
  const ask = { sequence, item, ...(coding && { coding }), quantity, rules };

  const factor = numberOf(part.factor, `item ${sequence} factor`) ?? ONE;
  const unit = amountOf(part.unitPrice, `item ${sequence} unitPrice`, money);
  const net = amountOf(part.net, `item ${sequence} net`, money);
  if (unit?.isForeign || net?.isForeign) return { ...ask, fault: "foreign-currency" };
  if ([net?.value, unit?.value, factor].some((each) => each !== undefined && each.digits < 0n)) {
    return { ...ask, ...(net && { price: net.units }), fault: "negative-price" };
  }
  if (quantity <= 0n || quantity > MAX_QUANTITY) {
    return { ...ask, ...(net && { price: net.units }), fault: "bad-quantity" };
  }

  const product = unit && multiply(multiply(unit.value, stated ?? ONE), factor);
  const exact = net?.value ?? product;
  if (exact === undefined) return ask;
  const price = roundDecimal(exact, money.decimals);
  if (!net) note("net-computed");
  if (product && roundDecimal(product, money.decimals) !== price) note("net-differs");
  if ((net ?? unit)?.isAssumed) note("currency-assumed");
  if (!isExact(exact, money.decimals)) note("rounded");
  return { ...ask, price };
}

function partsIn(part: Part): ClaimItemDetail[] {
  const inner = "detail" in part ? part.detail : (part as ClaimItemDetail).subDetail;
  return elements(inner, "detail");
}

/** Parts with their sequence numbers below that of the part around them. */
function numbered<T extends Part>(parts: readonly T[], above?: string) {
  const isNumbered =
    parts.every(({ sequence }) => Number.isInteger(sequence)) &&
    new Set(parts.map(({ sequence }) => sequence)).size === parts.length;
  return parts.map((part, place) => {
    const number = isNumbered ? part.sequence : place + 1;
    const sequence = above === undefined ? `${number}` : `${above}.${number}`;
    return { part, sequence, rules: isNumbered ? [] : [applied("renumbered", sequence)] };
  });
}

function valueIn(element: Money | Quantity | undefined, name: string): Decimal | undefined {
  const [{ value } = {}] = elements(element && [element], name);
  return numberOf(value, name);
}

function numberOf(value: unknown, name: string): Decimal | undefined {
  if (value === undefined) return undefined;
  const decimal = exactDecimal(value);
  if (decimal === undefined) throw new MalformedClaimError(name);
  return decimal;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** A list or number of a claim is none. */
export class MalformedClaimError extends AcesoError {
  override name = "MalformedClaimError";
  constructor(readonly element: string) {
    super(`The claim's ${element} is not what FHIR R4 says it is.`, "Check the claim with a FHIR validator.");
  }
}
