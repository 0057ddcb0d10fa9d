/**
 * Claims for the demo: HL7's examples or a bundle's, moved to this year, and a plan that knows their services.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { Bundle } from "fhir/r4.js";

import { claimLines, type ReadClaim } from "../../src/fhir/claim.js";
import { claimContext } from "../../src/fhir/claimContext.js";
import { fullEntriesOf, parseResource, type FhirResource } from "../../src/fhir/resource.js";
import { dateOf, dayNumber } from "../../src/insurance/day.js";
import type { ServiceLine } from "../../src/insurance/line.js";
import type { PlanFileService } from "../../src/insurance/planFile.js";
import { thousandths } from "../../src/insurance/quantity.js";
import { decimalOf, tokenUnits } from "../../src/token/amount.js";

/** A claim with lines to bill, the newest of them on `day`. */
export type DatedClaim = { resource: FhirResource; lines: ServiceLine[]; day: string };

/** Claims in the order of their days, how gaps were filled, and what can't be billed, with the reason. */
export type Claims = {
  billable: DatedClaim[];
  /** By how many days all were moved, and the newest day as it was. */
  moved: number;
  newest: string;
  notes: string[];
};

const CENTS = 2;

/** HL7's R4 examples of claims, by their ids. */
export async function exampleClaims(ids: readonly string[]): Promise<Claims> {
  const folder = dirname(createRequire(import.meta.url).resolve("hl7.fhir.r4.examples/package.json"));
  const texts = await Promise.all(ids.map((id) => readFile(join(folder, `Claim-${id}.json`), "utf8")));
  return recent(texts.map((text) => read(parseResource(text), {})));
}

/** The claims of a bundle; undefined when it has none. */
export function claimsIn(bundle: Bundle): Claims | undefined {
  const claims = fullEntriesOf(bundle).flatMap(({ resource }) => (resource.resourceType === "Claim" ? [resource] : []));
  if (claims.length === 0) return undefined;
  const context = claimContext(bundle);
  return recent(claims.map((claim) => read(claim, { context })));
}

/**
 * A plan that pays 90 % of what was asked: visits, the cheapest, with a copay, the rest after the deductible with a
 * coinsurance of 20 %.
 */
export function servicesOf(claims: readonly DatedClaim[]): PlanFileService[] {
  const prices = new Map<string, { line: ServiceLine; price: bigint }>();
  for (const line of claims.flatMap(({ lines }) => lines)) {
    const key = `${line.system}|${line.code}`;
    const price = (tokenUnits(line.billed, CENTS) * 1000n) / thousandths(line.quantity);
    if (price > (prices.get(key)?.price ?? 0n)) prices.set(key, { line, price });
  }
  return [...prices.values()].map(({ line: { system, code }, price }) => {
    const isVisit = price <= 12_500n;
    return {
      system,
      code,
      covered: true,
      allowed: decimalOf((price * 9n) / 10n, CENTS),
      copay: isVisit ? "10.00" : "0.00",
      coinsurance: isVisit ? "0%" : "20%",
      deductibleApplies: !isVisit,
      needsPreauthorization: false,
    };
  });
}

type Read = { resource: FhirResource; read: ReadClaim };

function read(resource: FhirResource, options: Parameters<typeof claimLines>[1]): Read {
  return { resource, read: claimLines(resource, { ...options, currency: "USD" }) };
}

/** Moves all claims by the same number of days, so that the newest service was done a week ago. */
function recent(claims: readonly Read[]): Claims {
  const days = claims.flatMap(({ read: { lines } }) => lines.map(({ day }) => dayNumber(day)));
  const newest = Math.max(...days);
  const moved = Math.floor(Date.now() / (24 * 60 * 60 * 1000)) - 7 - newest;
  const billable = claims
    .filter(({ read: { lines } }) => lines.length > 0)
    .map(({ resource, read: { lines } }) => {
      const shifted = lines.map((line) => ({ ...line, day: dateOf(dayNumber(line.day) + moved) }));
      return {
        resource,
        lines: shifted,
        day: shifted
          .map(({ day }) => day)
          .sort()
          .at(-1)!,
      };
    })
    .sort((a, b) => a.day.localeCompare(b.day));
  return { billable, moved, newest: dateOf(newest), notes: notesOf(claims) };
}

/** Each rule with how many claims it was applied to, and each line that can't be billed with its reason. */
function notesOf(claims: readonly Read[]): string[] {
  const counts = new Map<string, number>();
  for (const { read } of claims) {
    for (const sentence of new Set(read.applied.map((rule) => rule.sentence))) {
      counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
    }
  }
  const unbilled = claims.flatMap(({ resource, read: { unbillable } }) =>
    unbillable.map(
      ({ sequence, sentence }) => `not billed, line ${sequence} of Claim/${resource.id!.slice(0, 8)}: ${sentence}`,
    ),
  );
  return [
    ...[...counts].map(([sentence, count]) => `in ${count} of ${claims.length} claims: ${sentence}`),
    ...unbilled,
  ];
}
