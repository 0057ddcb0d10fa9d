/**
 * A plan that need not be on chain, adjudicated by the chain's own code.
 *
 * @module
 */
import { ZeroHash } from "ethers";

import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import type { AdjudicatedLine } from "../fhir/adjudication.js";
import { MAX_UNITS } from "../token/amount.js";
import { adjudicatedLine } from "./explained.js";
import type { Line, LineOutcome, ServiceLine } from "./line.js";
import { toLine } from "./numbering.js";
import { lineOutcomeFrom, outcomeFrom, type ClaimOutcome } from "./outcome.js";
import type { PlanDraft, PlannedService } from "./planFile.js";

/** What a patient's claims of a year came to, in token units. */
export type MemberYear = { deductible: bigint; outOfPocket: bigint; benefit: bigint; autoApproved: bigint };

/** A line the plan lists, as billed and as the contract takes it. */
export type BillableLine = { line: ServiceLine; taken: Line; service: PlannedService };

/** Lines of one patient and year, and what becomes of them. */
type AdjudicatedPart = {
  lines: (AdjudicatedLine & { outcome: LineOutcome })[];
  outcome: ClaimOutcome;
  atOnce: boolean;
  after: MemberYear;
};

type Refused = { sequence: string; reason: string; sentence: string; amount: string };

const NOTHING: MemberYear = { deductible: 0n, outOfPocket: 0n, benefit: 0n, autoApproved: 0n };

// What the contract refuses as ClaimTooLarge.
const TOO_LARGE = { reason: "too-large", sentence: "The claim's lines come to more than the contracts hold." };

const NEVER_LEFT = 2 ** 24 - 1;

/** The year of a line's service. */
export function yearOf({ line }: BillableLine): number {
  return Number(line.day.slice(0, 4));
}

/** A draft's rules: which lines could be billed under it, and what becomes of them. */
export function planRules(aceso: Aceso, draft: PlanDraft) {
  const { decimals, terms } = draft;
  const services = new Map(draft.services.map((service) => [nameOf(service), service]));
  return {
    /** Lines that could be billed, and the others with the reason. */
    sorted(lines: readonly ServiceLine[]): { billable: BillableLine[]; refused: Refused[] } {
      const billable: BillableLine[] = [];
      const refused: Refused[] = [];
      for (const line of lines) {
        const { sequence, billed: amount } = line;
        const service = services.get(nameOf(line));
        const taken = takenOf(line, decimals);
        if (service === undefined) {
          const sentence = `The plan does not list ${line.system}|${line.code}.`;
          refused.push({ sequence, reason: "not-listed", sentence, amount });
        } else if (taken instanceof AcesoError) {
          refused.push({ sequence, reason: taken.name, sentence: taken.message, amount });
        } else billable.push({ line, taken, service });
      }
      const sum = billable.reduce((total, { taken }) => total + taken.billed, 0n);
      if (sum <= MAX_UNITS) return { billable, refused };
      const tooLarge = billable.map(({ line: { sequence, billed } }) => ({ sequence, ...TOO_LARGE, amount: billed }));
      return { billable: [], refused: [...refused, ...tooLarge] };
    },

    /** What becomes of lines of one patient and year. */
    async adjudicate(
      lines: readonly BillableLine[],
      { inNetwork, before = NOTHING }: { inNetwork: boolean; before?: MemberYear | undefined },
    ): Promise<AdjudicatedPart> {
      const { deductible, outOfPocket, benefit } = before;
      const answer = await aceso.contracts.plans.simulate(
        terms,
        { deductible, outOfPocket, benefit },
        inNetwork ? NEVER_LEFT : 0,
        lines.map(({ service }) => service.benefit),
        lines.map(({ taken }) => taken),
        lines.map(({ line, taken }) => (line.preAuthRef === undefined ? 0n : taken.billed)),
      );
      const outcome = outcomeFrom(answer.outcome);
      const autoApproved = before.autoApproved + outcome.benefit;
      const atOnce = outcome.benefit <= terms.autoApproveClaim && autoApproved <= terms.autoApproveYear;
      return {
        lines: lines.map(({ line, taken, service }, at) => {
          const ruled = { outcome: lineOutcomeFrom(answer.outcomes[at]!) };
          return {
            ...adjudicatedLine(line, { billed: taken.billed, benefit: service.benefit, inNetwork, ...ruled }),
            ...ruled,
          };
        }),
        outcome,
        atOnce,
        after: {
          deductible: deductible + outcome.deductible,
          outOfPocket: outOfPocket + outcome.outOfPocket,
          benefit: benefit + outcome.benefit,
          autoApproved: atOnce ? autoApproved : before.autoApproved,
        },
      };
    },
  };
}

function nameOf({ system, code }: Pick<ServiceLine, "system" | "code">): string {
  // No code system's URI has a space.
  return `${system} ${code}`;
}

/** A line as the contract takes it. Benefits are passed along, so neither key nor number matters. */
function takenOf(line: ServiceLine, decimals: number): Line | AcesoError {
  try {
    return toLine({ ...line, service: ZeroHash as Hex, number: 0 }, decimals);
  } catch (error) {
    if (error instanceof AcesoError) return error;
    throw error;
  }
}
