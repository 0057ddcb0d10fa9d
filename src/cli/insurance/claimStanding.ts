/**
 * How a claim stands after a step.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import type { Hex } from "../../crypto/bytes.js";
import { ClaimUnknownError } from "../../insurance/adjudicated.js";
import { claimOf } from "../../insurance/claim.js";
import { amountText, inDecimals, type Money } from "../amounts.js";

/** How a claim stands, in a sentence. */
export async function standing(aceso: Aceso, id: Hex, money: Money): Promise<string> {
  const { status, benefit, disputed, paid } = await stateOf(aceso, id);
  const open = disputed > 0n ? `, ${amountText(disputed, money)} disputed` : "";
  return `${status}: benefit ${amountText(benefit, money)}${open}, paid ${amountText(paid, money)}.`;
}

/** How a claim stands, for programs. */
export async function standingTold(aceso: Aceso, id: Hex, { decimals }: Money): Promise<object> {
  return inDecimals(await stateOf(aceso, id), decimals);
}

async function stateOf(aceso: Aceso, id: Hex) {
  const found = await claimOf(aceso, id);
  if (found === undefined) throw new ClaimUnknownError(id);
  const { status, state, paid } = found;
  return { status, benefit: state.benefit, disputed: state.disputed, paid };
}
