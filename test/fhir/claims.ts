/**
 * Claims to test with: one bare item, and what tests put around it.
 *
 * @module
 */
import type { Bundle, Claim, ClaimItem, ExplanationOfBenefit } from "fhir/r4.js";
import { claimLines, type ClaimOptions, type ReadClaim } from "../../src/fhir/claim.js";
import { claimContext } from "../../src/fhir/claimContext.js";

export const CPT = "http://www.ama-assn.org/go/cpt";

export const usd = (value: number) => ({ value, currency: "USD" as const });
export const coded = (code: string, system = CPT) => ({ coding: [{ system, code }] });

/** An item with code, day and quantity, and what else a test gives it; undefined takes away. */
export function item(sequence: number, more: object = {}): ClaimItem {
  const given = {
    sequence,
    productOrService: coded("99213"),
    servicedDate: "2026-03-02",
    quantity: { value: 1 },
    ...more,
  };
  return given as ClaimItem;
}

/** An active claim for payment. */
export function claimOf(items: object[], more: object = {}): Claim {
  return {
    resourceType: "Claim",
    id: "c",
    status: "active",
    use: "claim",
    type: { coding: [{ code: "professional" }] },
    patient: { reference: "Patient/p" },
    provider: { reference: "Organization/o" },
    priority: { coding: [{ code: "normal" }] },
    created: "2026-03-09",
    insurance: [{ sequence: 1, focal: true, coverage: { reference: "Coverage/v" } }],
    item: items,
    ...more,
  } as Claim;
}

/** A processed ExplanationOfBenefit of {@link claimOf}'s claim. */
export function benefitOf(items: object[], more: object = {}): ExplanationOfBenefit {
  return {
    resourceType: "ExplanationOfBenefit",
    status: "active",
    use: "claim",
    outcome: "complete",
    patient: { reference: "Patient/p" },
    claim: { reference: "Claim/c" },
    item: items,
    ...more,
  } as ExplanationOfBenefit;
}

/** A claim as read beside other resources. */
export function read(claim: Claim, others: object[] = [], options: ClaimOptions = {}): ReadClaim {
  const entry = [claim, ...others].map((resource) => ({ resource }));
  return claimLines(claim, {
    context: claimContext({ resourceType: "Bundle", type: "collection", entry } as Bundle),
    ...options,
  });
}

/** The rules applied, each once. */
export const rulesOf = ({ applied }: ReadClaim) => [...new Set(applied.map(({ rule }) => rule))];

/** `sequence reason` of what can't be billed. */
export const refusedIn = ({ unbillable }: ReadClaim) =>
  unbillable.map(({ sequence, reason }) => `${sequence} ${reason}`);

/** `sequence billed` of the lines. */
export const billedIn = ({ lines }: ReadClaim) => lines.map(({ sequence, billed }) => `${sequence} ${billed}`);
