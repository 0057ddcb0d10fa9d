/**
 * A JSON schema of eligibility criteria. Every `description` says what stands there, as the errors quote it.
 *
 * @module
 */
import { CODE, SYSTEM } from "../fhir/code.js";
import { members } from "../form/form.js";
import { YES_OR_NO } from "../form/shapes.js";
import { MAX_EXPRESSION } from "./expression.js";

const MAX_CRITERIA = 50;

const years = { type: "integer", minimum: 0, maximum: 150, description: "a whole number of years from 0 to 150" };

const code = members(
  "a code with its system",
  {
    system: { type: "string", pattern: SYSTEM.source, description: "the code system's URI, without white space" },
    code: { type: "string", pattern: CODE.source, description: "the code, with single spaces at most" },
    display: { type: "string", description: "the code in words" },
  },
  ["display"],
);

const kinds = {
  age: {
    ...members("an age: min, max or both, in years", { min: years, max: years }, ["min", "max"]),
    minProperties: 1,
  },
  sex: { enum: ["female", "male", "other"], description: '"female", "male" or "other"' },
  condition: members(
    "a condition: its codes, and ever when it need not be active",
    {
      codes: { type: "array", minItems: 1, maxItems: 100, items: code, description: "a list of 1 to 100 codes" },
      ever: YES_OR_NO,
    },
    ["ever"],
  ),
  laboratory: members(
    "a laboratory result: loinc, comparator, value, unit, and withinDays when it must be recent",
    {
      loinc: { type: "string", pattern: "^\\d{1,7}-\\d$", description: 'a LOINC code, such as "2093-3"' },
      comparator: { enum: ["<", "<=", ">=", ">"], description: '"<", "<=", ">=" or ">"' },
      value: {
        type: "string",
        maxLength: 20,
        pattern: "^-?(?:0|[1-9]\\d*)(?:\\.\\d+)?$",
        description: 'a decimal as text, such as "5.2"',
      },
      unit: { type: "string", pattern: "^\\S+$", maxLength: 50, description: 'a unit of UCUM, such as "mg/dL"' },
      withinDays: {
        type: "integer",
        minimum: 1,
        maximum: 36_500,
        description: "a whole number of days from 1 to 36500",
      },
    },
    ["withinDays"],
  ),
  fhirPath: {
    type: "string",
    minLength: 1,
    maxLength: MAX_EXPRESSION,
    description: `a FHIRPath expression of at most ${MAX_EXPRESSION} characters that answers true or false`,
  },
};

/** Eligibility criteria. That each is about exactly one thing is checked beside the schema. */
export const CRITERIA_SCHEMA = {
  type: "array",
  maxItems: MAX_CRITERIA,
  items: members(
    "a criterion: its text, and one of age, sex, condition, laboratory and fhirPath",
    {
      text: {
        type: "string",
        pattern: "\\S",
        maxLength: 300,
        description: "what it asks for in words, at most 300 characters",
      },
      exclude: YES_OR_NO,
      ...kinds,
    },
    ["exclude", "age", "sex", "condition", "laboratory", "fhirPath"],
  ),
  description: `a list of at most ${MAX_CRITERIA} criteria`,
};
