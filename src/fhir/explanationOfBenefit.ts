/**
 * Adjudicated claims → FHIR ExplanationOfBenefits, as patients and their apps read them.
 *
 * @module
 */
import type { CodeableConcept, Coding, ExplanationOfBenefit, Quantity } from "fhir/r4.js";
import { isZero, URI_SYSTEM } from "./account.js";
import type { AdjudicatedClaim, AdjudicatedLine } from "./adjudication.js";
import { settlementOf, type SettledItem } from "./settlement.js";

type Item = Pick<SettledItem, "sequence" | "net" | "noteNumber" | "adjudication"> & {
  productOrService: CodeableConcept;
  quantity?: Quantity;
};

/**
 * The FHIR R4 ExplanationOfBenefit of a claim.
 *
 * @example
 * explanationOfBenefit(claim).payment.amount; // { value: 90.5, currency: "USD" }
 *
 * @throws as {@link settlementOf} does.
 */
export function explanationOfBenefit(claim: AdjudicatedClaim): ExplanationOfBenefit {
  const { common, items, claim: document, coverage, provider, payeeType } = settlementOf(claim);
  const preAuthRef = [...new Set(claim.lines.flatMap(({ preAuthRef }) => preAuthRef ?? []))];
  const days = claim.lines.map(({ day }) => day).sort();
  return {
    resourceType: "ExplanationOfBenefit",
    ...common,
    provider,
    claim: document,
    ...responseTo(claim),
    payee: { type: payeeType, party: provider },
    insurance: [{ focal: true, coverage, ...(preAuthRef.length > 0 && { preAuthRef }) }],
    billablePeriod: { start: days[0]!, end: days.at(-1)! },
    item: items.map((item) => ({
      ...itemOf(item),
      ...(item.period.start === item.period.end
        ? { servicedDate: item.period.start }
        : { servicedPeriod: item.period }),
      ...(item.details.length > 0 && {
        detail: item.details.map((detail) => ({
          ...itemOf(detail),
          ...(detail.details.length > 0 && { subDetail: detail.details.map(itemOf) }),
        })),
      }),
    })),
  };
}

/** The insurer's ClaimResponse by the digest on chain. */
function responseTo({ decision }: AdjudicatedClaim): Pick<ExplanationOfBenefit, "claimResponse"> {
  const digest = decision?.response;
  if (digest === undefined || isZero(digest)) return {};
  const identifier = { system: URI_SYSTEM, value: `urn:aceso:claim-response:${digest}` };
  return { claimResponse: { type: "ClaimResponse", identifier } };
}

function itemOf({ sequence, line, net, noteNumber, adjudication }: SettledItem): Item {
  return {
    sequence,
    productOrService: line === undefined ? { text: "Several services" } : serviceOf(line),
    ...(line && { quantity: { value: Number(line.quantity) } }),
    net,
    ...(noteNumber && { noteNumber }),
    adjudication,
  };
}

function serviceOf({ system, code, display }: AdjudicatedLine): CodeableConcept {
  const coding: Coding = { system, code, ...(display !== undefined && { display }) };
  return { coding: [coding] };
}
