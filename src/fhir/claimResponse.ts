/**
 * Adjudicated claims → FHIR ClaimResponses, as an insurer answers a billing office.
 *
 * @module
 */
import type { ClaimResponse } from "fhir/r4.js";
import type { AdjudicatedClaim } from "./adjudication.js";
import { settlementOf, type SettledItem } from "./settlement.js";

/**
 * The FHIR R4 ClaimResponse of a claim. `itemSequence`, `detailSequence` and `subDetailSequence` are those of the
 * claim's document.
 *
 * @example
 * claimResponse(claim).total[0].amount; // { value: 125, currency: "USD" }
 *
 * @throws as {@link settlementOf} does.
 */
export function claimResponse(claim: AdjudicatedClaim): ClaimResponse {
  const { common, items, claim: request, coverage, provider, payeeType } = settlementOf(claim);
  return {
    resourceType: "ClaimResponse",
    ...common,
    requestor: provider,
    request,
    payeeType,
    item: items.map((item) => ({
      itemSequence: item.sequence,
      ...explained(item),
      ...(item.details.length > 0 && {
        detail: item.details.map((detail) => ({
          detailSequence: detail.sequence,
          ...explained(detail),
          ...(detail.details.length > 0 && {
            subDetail: detail.details.map((each) => ({ subDetailSequence: each.sequence, ...explained(each) })),
          }),
        })),
      }),
    })),
    insurance: [{ sequence: 1, focal: true, coverage }],
  };
}

function explained({ noteNumber, adjudication }: SettledItem): Pick<SettledItem, "noteNumber" | "adjudication"> {
  return { ...(noteNumber && { noteNumber }), adjudication };
}
