/**
 * What happened to a claim, told.
 *
 * @module
 */
import type { ClaimStep } from "../../insurance/claimHistory.js";
import { amountText, inDecimals, type Money } from "../amounts.js";
import { tableOf, timeText } from "../output.js";

/** Steps of a claim as a table. */
export function stepsTable(steps: readonly ClaimStep[], money: Money): string {
  const rows = steps.map((step) => [timeText(step.time), stepText(step, money), step.transaction]);
  return tableOf(["time", "what happened", "transaction"], rows, "Nothing happened.");
}

/** A step of a claim for programs. */
export function stepTold(step: ClaimStep, decimals: number): object {
  if (step.kind !== "submitted") return inDecimals(step, decimals);
  const { lines: _told, ...rest } = step;
  return rest;
}

function stepText(step: ClaimStep, money: Money): string {
  const amount = (units: bigint): string => amountText(units, money);
  switch (step.kind) {
    case "submitted":
      return step.acknowledgedBy ? `submitted, acknowledged by ${step.acknowledgedBy}` : "submitted on consent";
    case "preauthorized":
      return `preauthorised up to ${amount(step.amount)}`;
    case "accepted":
      return "accepted by the insurer";
    case "adjudicated":
      return `adjudicated: benefit ${amount(step.outcome.benefit)} of ${amount(step.outcome.billed)}`;
    case "decided":
      return `decided: benefit ${amount(step.benefit)}, ${amount(step.disputed)} taken off`;
    case "approvedBySilence":
      return `approved by the insurer's silence: ${amount(step.benefit)}`;
    case "lapsed":
      return "lapsed";
    case "appealed":
      return `appealed by ${step.appellant}`;
    case "ruled":
      return `ruled by ${step.arbitrator}: ${amount(step.award)} awarded`;
    case "final":
      return `final: benefit ${amount(step.benefit)}`;
    case "funded":
      return `reserve bound: ${amount(step.amount)}`;
    case "paid":
      return `paid ${amount(step.amount)}`;
    case "reversed":
      return `taken back, ${amount(step.repaid)} paid back`;
  }
}
