/**
 * What a plan pays for the services of a claim's lines.
 *
 * @module
 */
import type { Aceso } from "../aceso.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { COVERS, type Benefit, type Cover } from "./planTerms.js";

/** A line whose service is told by its key. */
type Served = { sequence: string; service: Hex };

/** What a plan pays for each line's service, in the lines' order; `unlisted` where the plan does not know it. */
export async function benefitsFor(aceso: Aceso, plan: Hex, lines: readonly { service: Hex }[]): Promise<Benefit[]> {
  const asked = new Map<Hex, Promise<Benefit>>();
  for (const { service } of lines) {
    if (!asked.has(service)) asked.set(service, benefitOf(aceso, plan, service));
  }
  return Promise.all(lines.map(({ service }) => asked.get(service)!));
}

/**
 * As {@link benefitsFor}, of lines the plan knows all.
 *
 * @throws {@link UnlistedServicesError} when it does not.
 */
export async function listedBenefits(aceso: Aceso, plan: Hex, lines: readonly Served[]): Promise<Benefit[]> {
  const benefits = await benefitsFor(aceso, plan, lines);
  const unlisted = lines.filter((_, at) => coverOf(benefits[at]!) === "unlisted").map(({ sequence }) => sequence);
  if (unlisted.length > 0) throw new UnlistedServicesError(unlisted);
  return benefits;
}

async function benefitOf(aceso: Aceso, plan: Hex, service: Hex): Promise<Benefit> {
  const { allowed, copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization } =
    await aceso.contracts.plans.benefitOf(plan, service);
  return { allowed, copay, coinsuranceBps, cover, deductibleApplies, needsPreauthorization };
}

/** Whether a plan covers a service. */
export function coverOf({ cover }: Pick<Benefit, "cover">): Cover {
  return COVERS[Number(cover)]!;
}

/** A claim has lines for services its plan does not list. `sequences` says which. */
export class UnlistedServicesError extends AcesoError {
  override name = "UnlistedServicesError";
  constructor(readonly sequences: readonly string[]) {
    super(
      `The plan lists no service for line ${sequences.join(", ")}.`,
      "Check code system and code as the plan's list writes them, and the plan's secret; or leave the lines out.",
    );
  }
}
