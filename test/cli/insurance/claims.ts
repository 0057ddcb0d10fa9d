/**
 * FHIR Claims for the command line, and what becomes of them on the way.
 *
 * @module
 */
import type { Claim, ClaimItem } from "fhir/r4.js";

import { policyText } from "../../../src/cli/insurance/policyFile.js";
import { CODES, promised, SECRET } from "../../insurance/people.js";
import { insuring, signer, type Answer } from "../commandLine.js";

/** The options of how a FHIR Claim is billed. */
export const BILL = "--policy policy.json --secret plan.secret --currency USD";

/** A claim file, and the patient's acknowledgement. */
export const DRAFT = `claim draft claim.json ${BILL} --out claim-file.json`;
export const ACKNOWLEDGE =
  "claim acknowledge claim-file.json --secret plan.secret --deadline 1y --out acknowledgement.json";
export const SUBMIT = "claim submit claim-file.json --acknowledgement acknowledgement.json";

/** An item of a Claim: a visit for 150, unless told otherwise. */
export function item(day: string, code = "visit", value = 150, changes: Partial<ClaimItem> = {}): ClaimItem {
  return {
    sequence: 1,
    productOrService: { coding: [{ system: CODES, code }] },
    servicedDate: day,
    quantity: { value: 1 },
    unitPrice: { value, currency: "USD" },
    ...changes,
  };
}

/** A FHIR Claim of these items. */
export function fhirClaim(items: ClaimItem[], changes: Partial<Claim> = {}): Claim {
  return {
    resourceType: "Claim",
    id: "one",
    status: "active",
    use: "claim",
    type: { coding: [{ system: "http://terminology.hl7.org/CodeSystem/claim-type", code: "professional" }] },
    patient: { reference: "Patient/p1" },
    created: "2026-01-01",
    provider: { reference: "Organization/o1" },
    priority: { coding: [{ code: "normal" }] },
    insurance: [{ sequence: 1, focal: true, coverage: { display: "Silver" } }],
    item: items,
    ...changes,
  };
}

/** The command with the policy, the plan's secret and a Claim of one visit in files. */
export async function billing() {
  const cli = await insuring();
  const { people } = cli;
  await cli.write("policy.json", policyText(people.policy));
  await cli.write("plan.secret", SECRET);
  await cli.write("claim.json", fhirClaim([item(people.yesterday)]));
  return {
    ...cli,
    /** Has a Claim's file drafted and acknowledged. */
    acknowledged: async (claim?: Claim): Promise<void> => {
      if (claim) await cli.write("claim.json", claim);
      await cli.done(DRAFT, signer("hospital"));
      await cli.done(ACKNOWLEDGE, signer("patient"));
    },
    /** Submits an operation the insurer preauthorised: it waits for the insurer. */
    pending: async (): Promise<Answer> => {
      await cli.write("pa.json", await promised(people));
      const insurance = [{ sequence: 1, focal: true, coverage: { display: "Silver" }, preAuthRef: ["PA-1"] }];
      await cli.write("claim.json", fhirClaim([item(people.yesterday, "surgery", 8_000)], { insurance }));
      await cli.done(DRAFT, signer("hospital"));
      await cli.done(ACKNOWLEDGE, signer("patient"));
      return cli.done(`${SUBMIT} --preauthorization pa.json`, signer("hospital"));
    },
  };
}

/** What {@link billing} gives. */
export type BillingLine = Awaited<ReturnType<typeof billing>>;
