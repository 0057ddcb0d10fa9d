/**
 * Signed appeals, as `aceso relay` takes them.
 *
 * @module
 */
import type { Aceso } from "../../aceso.js";
import { appealBySig, type SignedAppeal } from "../../insurance/appeal.js";
import { APPEAL } from "../../insurance/messages.js";
import type { Prepared } from "../../prepare.js";
import { fields, type Signed } from "../../signing.js";

const POLICY = fields(
  ...["bytes32 plan", "address patient", "address holder", "uint24 firstDay", "uint24 endDay", "uint96 premium"],
  "bytes32 document",
);

/** How a signed appeal is checked and sent. */
export const APPEAL_RELAY = {
  types: {
    ...APPEAL,
    ClaimKey: fields("Policy policy", "address provider", "bytes32 lines", "bytes32 documents"),
    Policy: POLICY,
  },
  beside: fields("ClaimKey key"),
  prepare: (aceso: Aceso, signed: Signed<unknown>): Prepared => appealBySig(aceso, signed as SignedAppeal),
};
