/**
 * A JSON schema of plan files. Every `description` says what stands there, as the errors quote it.
 *
 * @module
 */
import { CODE, SYSTEM } from "../fhir/code.js";
import { members } from "../form/form.js";
import { ADDRESS, AMOUNT, TOKEN_DECIMALS, YES_OR_NO } from "../form/shapes.js";

const amountOrNone = {
  type: "string",
  pattern: "^(?:none|(?:0|[1-9]\\d*)(?:\\.\\d+)?)$",
  description: '"none", or an amount as text, such as "50000.00"',
};
const percentage = {
  type: "string",
  pattern: "^(?:100(?:\\.0{1,2})?|(?:0|[1-9]\\d?)(?:\\.\\d{1,2})?)%$",
  description: 'a percentage as text from "0%" to "100%", with at most two decimals',
};

const days = (atLeast: number, atMost: number) => ({
  type: "integer",
  minimum: atLeast,
  maximum: atMost,
  description: `a whole number of days from ${atLeast} to ${atMost}`,
});

const paid = {
  allowed: AMOUNT,
  copay: AMOUNT,
  coinsurance: percentage,
  deductibleApplies: YES_OR_NO,
  needsPreauthorization: YES_OR_NO,
};

const nothing = { not: {}, description: "left out: the plan does not cover the service" };

const service = {
  ...members(
    "a service and what the plan pays for it",
    {
      system: { type: "string", pattern: SYSTEM.source, description: "the code system's URI, without white space" },
      code: { type: "string", pattern: CODE.source, description: "the service's code, with single spaces at most" },
      display: { type: "string", description: "the service in words" },
      covered: YES_OR_NO,
      ...paid,
    },
    ["display", ...(Object.keys(paid) as (keyof typeof paid)[])],
  ),
  if: { required: ["covered"], properties: { covered: { const: false } } },
  then: { properties: Object.fromEntries(Object.keys(paid).map((name) => [name, nothing])) },
  else: { required: Object.keys(paid), properties: paid },
};

/** A plan file. The windows' bounds are those of `PlanRegistry`. */
export const PLAN_SCHEMA = members("a plan: an object", {
  name: {
    type: "string",
    pattern: "^[!-~](?:[ -~]{0,30}[!-~])?$",
    description: "the plan's name: 1 to 32 printable ASCII characters, no space at its ends",
  },
  token: ADDRESS,
  currency: { type: "string", pattern: "^[A-Z]{3}$", description: 'a currency code of ISO 4217, such as "USD"' },
  decimals: TOKEN_DECIMALS,
  deductible: AMOUNT,
  outOfPocketMax: AMOUNT,
  annualLimit: amountOrNone,
  autoApprove: members("an object with claim and year", { claim: AMOUNT, year: AMOUNT }),
  windows: members("an object with response, appeal and ruling", {
    response: days(1, 45),
    appeal: days(30, 365),
    ruling: days(3, 60),
  }),
  arbitrators: members("an object with primary and fallback", { primary: ADDRESS, fallback: ADDRESS }),
  rulingFee: AMOUNT,
  collateral: AMOUNT,
  network: { type: "array", items: ADDRESS, description: "a list of the providers' addresses" },
  benefits: { type: "array", minItems: 1, items: service, description: "a list of at least one service" },
});
