/**
 * Claims as they are told: in tables for people, in decimals for programs.
 *
 * @module
 */
import type { AppliedRule } from "../../fhir/claimRules.js";
import type { Adjudicated } from "../../insurance/claimHistory.js";
import type { ExplainedLine } from "../../insurance/explained.js";
import type { LineOutcome, ServiceLine } from "../../insurance/line.js";
import type { NotBilled } from "../../insurance/simulate.js";
import { decimalOf } from "../../token/amount.js";
import { amountText, inDecimals, type Money } from "../amounts.js";
import { tableOf, timeText } from "../output.js";

const HEAD = [
  ...["line", "service", "billed", "eligible", "copay", "deductible", "coinsurance", "benefit"],
  ...["patient pays", "provider loses"],
];

/** A line, and what becomes of it. */
export type RuledLine = Pick<ServiceLine, "sequence" | "code"> & { billed: bigint; outcome?: LineOutcome };

/** A text of another's on one line, without what would move a terminal's cursor or turn its letters around. */
export function plain(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "\u00b7");
}

/** Lines with what becomes of each, and their sums. */
export function linesTable(lines: readonly RuledLine[], { decimals }: Money): string {
  const amounts = lines.map(({ billed, outcome }) => {
    if (outcome === undefined) return [billed];
    const { eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff } = outcome;
    return [billed, eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff];
  });
  const sums = amounts[0]?.map((_, column) => amounts.reduce((sum, each) => sum + (each[column] ?? 0n), 0n)) ?? [];
  const rows = lines
    .map(({ sequence, code }, at) => [plain(sequence), plain(code), ...amounts[at]!])
    .concat([["all", "", ...sums]]);
  const width = 2 + sums.length;
  return tableOf(
    HEAD.slice(0, width),
    rows.map((row) => row.map((cell) => (typeof cell === "bigint" ? decimalOf(cell, decimals) : cell))),
    "No lines.",
  );
}

/** Why the plan does not pay all of some lines, line by line. */
export function reasonsText(lines: readonly Pick<ExplainedLine, "sequence" | "entries">[], money: Money): string[] {
  return lines.flatMap(({ sequence, entries }) =>
    entries.flatMap(({ amount, reason }) =>
      reason === undefined ? [] : [`  line ${sequence}: ${amountText(amount, money)}: ${reason.text}`],
    ),
  );
}

/** The rules that filled gaps in a Claim. */
export function appliedText(applied: readonly AppliedRule[]): string[] {
  const rows = applied.map(
    ({ sequence, sentence }) => `  ${sequence === undefined ? "claim" : `line ${sequence}`}: ${sentence}`,
  );
  return rows.length === 0 ? [] : ["Gaps in the Claim were filled:", ...rows];
}

/** What is not billed, and why. */
export function notBilledText(notBilled: readonly NotBilled[]): string[] {
  const rows = notBilled.map(({ sequence, sentence, amount }) => {
    const asked = amount === undefined ? "" : ` It asked for ${amount}.`;
    return `  ${sequence === "" ? "claim" : `line ${sequence}`}: ${sentence}${asked}`;
  });
  return rows.length === 0 ? [] : ["Not billed:", ...rows];
}

/** Lines with what becomes of them and why, for programs. */
export function explainedTold(lines: readonly ExplainedLine[], { decimals }: Money): object[] {
  return lines.map((line) => inDecimals(line, decimals));
}

/** What a claim's submission or acceptance came to, in a sentence. */
export function adjudicatedText({ outcome, status, deadline, unfunded, paid }: Adjudicated, money: Money): string {
  const share = `the patient pays ${amountText(outcome.patientShare, money)}`;
  if (unfunded) {
    return `The plan owes ${amountText(outcome.benefit, money)}, which its reserve does not hold now; ${share}.`;
  }
  if (status === "Final") return `The plan paid ${amountText(paid, money)} at once; ${share}.`;
  return `The plan reserved ${amountText(outcome.benefit, money)}; the insurer decides until ${timeText(deadline)}.`;
}
