/**
 * What came of contributing records, in words.
 *
 * @module
 */
import { UNFIT_REASONS, type Unfit } from "../../research/contribution.js";
import type { Credit } from "../../research/credit.js";
import { WITHHELD_REASONS } from "../../records/withheld.js";
import { decimalOf } from "../../token/amount.js";
import { amountText } from "../amounts.js";
import { tableOf } from "../output.js";
import { counted } from "../recordOptions.js";

const EXPLANATIONS: Readonly<Record<Unfit["reason"], string>> = { ...WITHHELD_REASONS, ...UNFIT_REASONS };

/** What each record earned, and all of them. */
export function creditsText(credits: readonly Credit[], decimals: number): string {
  const total = credits.reduce((sum, { reward }) => sum + reward, 0n);
  const rows = credits.map(({ record, reward }) => [record, amountText(reward, { decimals })]);
  return `Credited ${counted(credits.length)}: ${amountText(total, { decimals })}.\n${tableOf(["record", "earned"], rows, "")}`;
}

/** The same for programs. */
export function toldCredits(credits: readonly Credit[], decimals: number): { record: string; reward: string }[] {
  return credits.map(({ record, reward }) => ({ record, reward: decimalOf(reward, decimals) }));
}

/** Which records are not contributed, and why. */
export function unfitText(unfit: readonly Unfit[]): string {
  return tableOf(
    ["record", "why not", "what it means"],
    unfit.map(({ record, reason }) => [record, reason, EXPLANATIONS[reason]]),
    "",
  );
}

/** The same for programs. */
export function toldUnfit(unfit: readonly Unfit[]): object[] {
  return unfit.map((each) => ({ ...each, explanation: EXPLANATIONS[each.reason] }));
}
