/**
 * What stands in files people write: shapes more than one of them has. Every `description` is what the errors quote.
 *
 * @module
 */

export const ADDRESS = {
  type: "string",
  pattern: "^0x[0-9a-fA-F]{40}$",
  description: "an address: 0x and 40 hex digits",
};

export const AMOUNT = {
  type: "string",
  pattern: "^(?:0|[1-9]\\d*)(?:\\.\\d+)?$",
  description: 'an amount as text, such as "125.00"',
};

export const YES_OR_NO = { type: "boolean", description: "true or false" };

export const TOKEN_DECIMALS = {
  type: "integer",
  minimum: 0,
  maximum: 255,
  description: "the token's decimals: a whole number",
};
