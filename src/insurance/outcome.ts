/**
 * What becomes of a claim, as the contracts answer it.
 *
 * @module
 */
import type { ClaimStateStructOutput, OutcomeStructOutput } from "../generated/contracts/insurance/ClaimEscrow.js";
import type { LineOutcomeStructOutput } from "../generated/contracts/insurance/PlanRegistry.js";
import type { LineOutcome } from "./line.js";

/** How far a claim has come, in the order of the contract's enum: never reorder, only append. */
const CLAIM_STATUSES = ["None", "Unacknowledged", "Pending", "Decided", "Appealed", "Final", "Reversed"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** The sums of a claim's lines by the plan's rules, in token units. */
export type ClaimOutcome = {
  billed: bigint;
  benefit: bigint;
  patientShare: bigint;
  writeOff: bigint;
  deductible: bigint;
  /** Copay, deductible and coinsurance: what counts towards the out-of-pocket maximum. */
  outOfPocket: bigint;
};

/** What a policy's claims came to, in token units. */
export type Accumulators = { deductible: bigint; outOfPocket: bigint; benefit: bigint };

/** A claim as it stands, with the exact amounts it counts for, in token units. */
export type ClaimState = {
  status: ClaimStatus;
  /** What the plan pays, as far as the claim has come. */
  benefit: bigint;
  /** What the insurer took off and is not final yet. */
  disputed: bigint;
  deductible: bigint;
  outOfPocket: bigint;
  /** The first second the insurer, appellant or arbitrator is too late, in Unix seconds; 0 when nobody is waited for. */
  deadline: number;
  /** Whether the reserve could bind nothing for it yet. */
  unfunded: boolean;
  /** Whether it was approved by the plan's limits. */
  automatic: boolean;
};

/** The name of a status on chain. */
export function statusOf(status: bigint): ClaimStatus {
  return CLAIM_STATUSES[Number(status)]!;
}

/** A claim's state by its members' names, without their places. */
export function stateFrom(state: ClaimStateStructOutput): ClaimState {
  return {
    status: statusOf(state.status),
    benefit: state.benefit,
    disputed: state.disputed,
    deductible: state.deductible,
    outOfPocket: state.outOfPocket,
    deadline: Number(state.deadline),
    unfunded: state.unfunded,
    automatic: state.automatic,
  };
}

/** A claim's sums by their names, without their places. */
export function outcomeFrom(outcome: OutcomeStructOutput): ClaimOutcome {
  const { billed, benefit, patientShare, writeOff, deductible, outOfPocket } = outcome;
  return { billed, benefit, patientShare, writeOff, deductible, outOfPocket };
}

/** A line's outcome by its members' names, without their places. */
export function lineOutcomeFrom(outcome: LineOutcomeStructOutput): LineOutcome {
  const { eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff } = outcome;
  return { eligible, copay, deductible, coinsurance, benefit, patientShare, writeOff };
}

/** What several claims come to together. */
export function summedOutcomes(outcomes: readonly ClaimOutcome[]): ClaimOutcome {
  const sum = (name: keyof ClaimOutcome): bigint => outcomes.reduce((total, outcome) => total + outcome[name], 0n);
  return {
    billed: sum("billed"),
    benefit: sum("benefit"),
    patientShare: sum("patientShare"),
    writeOff: sum("writeOff"),
    deductible: sum("deductible"),
    outOfPocket: sum("outOfPocket"),
  };
}
