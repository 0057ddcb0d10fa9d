/**
 * A JSON schema of plan files. Every `description` says what stands there, as the errors quote it.
 *
 * @module
 */
import { CODE, SYSTEM } from "./service.js";

const address = {
  type: "string",
  pattern: "^0x[0-9a-fA-F]{40}$",
  description: "an address: 0x and 40 hex digits",
};
const amount = {
  type: "string",
  pattern: "^(?:0|[1-9]\\d*)(?:\\.\\d+)?$",
  description: 'an amount as text, such as "125.00"',
};
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
const yesOrNo = { type: "boolean", description: "true or false" };

const days = (atLeast: number, atMost: number) => ({
  type: "integer",
  minimum: atLeast,
  maximum: atMost,
  description: `a whole number of days from ${atLeast} to ${atMost}`,
});

const members = (description: string, properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
  properties,
  description,
});

const paid = {
  allowed: amount,
  copay: amount,
  coinsurance: percentage,
  deductibleApplies: yesOrNo,
  needsPreauthorization: yesOrNo,
};

const nothing = { not: {}, description: "left out: the plan does not cover the service" };

const service = {
  ...members(
    "a service and what the plan pays for it",
    {
      system: { type: "string", pattern: SYSTEM.source, description: "the code system's URI, without white space" },
      code: { type: "string", pattern: CODE.source, description: "the service's code, with single spaces at most" },
      display: { type: "string", description: "the service in words" },
      covered: yesOrNo,
      ...paid,
    },
    ["display", ...Object.keys(paid)],
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
  token: address,
  currency: { type: "string", pattern: "^[A-Z]{3}$", description: 'a currency code of ISO 4217, such as "USD"' },
  decimals: { type: "integer", minimum: 0, maximum: 255, description: "the token's decimals: a whole number" },
  deductible: amount,
  outOfPocketMax: amount,
  annualLimit: amountOrNone,
  autoApprove: members("an object with claim and year", { claim: amount, year: amount }),
  windows: members("an object with response, appeal and ruling", {
    response: days(1, 45),
    appeal: days(30, 365),
    ruling: days(3, 60),
  }),
  arbitrators: members("an object with primary and fallback", { primary: address, fallback: address }),
  rulingFee: amount,
  collateral: amount,
  network: { type: "array", items: address, description: "a list of the providers' addresses" },
  benefits: { type: "array", minItems: 1, items: service, description: "a list of at least one service" },
});
