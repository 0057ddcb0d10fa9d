/**
 * A JSON schema of study files. Every `description` says what stands there, as the errors quote it.
 *
 * @module
 */
import { DATA_CATEGORIES } from "../consent/category.js";
import { BREAK_THE_GLASS, PURPOSES } from "../consent/purpose.js";
import { members } from "../form/form.js";
import { AMOUNT, TOKEN_DECIMALS } from "../form/shapes.js";

/** How many milestones `StudyRegistry` lets a study have. */
const MAX_MILESTONES = 32;

const address = {
  type: "string",
  pattern: "^0x(?!0{40}$)[0-9a-fA-F]{40}$",
  description: "an address: 0x and 40 hex digits, not all zero",
};
const digest = {
  type: "string",
  pattern: "^0x(?!0{64}$)[0-9a-fA-F]{64}$",
  description: "a document's sha-256 digest: 0x and 64 hex digits, not all zero",
};
const time = {
  type: "string",
  pattern: "^\\d{4}-\\d\\d-\\d\\d(?:T\\S+)?$",
  description: 'a day such as "2027-06-30", for its first second in UTC, or a time such as "2027-06-30T17:00:00+02:00"',
};
const words = (what: string) => ({ type: "string", pattern: "\\S", maxLength: 300, description: `${what}, in words` });

/** What participants are told of a study, but for its criteria, which are checked on their own. */
export const ANNOUNCED_MEMBERS = {
  registration: {
    type: "string",
    pattern: "^[!-~](?:[ -~]{0,30}[!-~])?$",
    description: 'its number in a public registry, such as "NCT01234567": 1 to 32 printable ASCII characters',
  },
  title: words("the study's title"),
  steward: { ...address, description: "the address of the investigator organisation that receives the data" },
  purpose: {
    enum: PURPOSES.filter((purpose) => purpose !== BREAK_THE_GLASS),
    description: 'one purpose of use of HL7 v3-ActReason, such as "CLINTRCH", and never "BTG"',
  },
  categories: {
    type: "array",
    minItems: 1,
    uniqueItems: true,
    items: { enum: DATA_CATEGORIES, description: `one of ${DATA_CATEGORIES.join(", ")}` },
    description: 'a list of data categories, each once, such as ["laboratory"]',
  },
  token: address,
  decimals: TOKEN_DECIMALS,
  rewards: members("an object with contribution, milestone and cap", {
    contribution: AMOUNT,
    milestone: AMOUNT,
    cap: AMOUNT,
  }),
  capacity: {
    type: "integer",
    minimum: 1,
    maximum: 2 ** 24 - 1,
    description: "how many may enrol: a whole number from 1 to 16777215",
  },
  milestones: {
    type: "array",
    maxItems: MAX_MILESTONES,
    uniqueItems: true,
    items: words("what is reached, such as a visit"),
    description: `a list of at most ${MAX_MILESTONES} milestones' names, each once`,
  },
  enrolUntil: time,
  endsAt: time,
  refundAt: time,
  resultsDue: time,
  consentForm: digest,
  criteria: { description: "a list of eligibility criteria, empty when everybody may take part" },
};

/** What a study file says beyond that, which stays sealed. */
export const SEALED_MEMBERS = {
  protocol: members("an object with document and analysisPlan", { document: digest, analysisPlan: digest }),
};
