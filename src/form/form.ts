/**
 * Checking JSON that people write against a schema whose `description`s say what stands where.
 *
 * @module
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

import { toAddress } from "../crypto/address.js";

/** Something wrong in a file. */
export type FormProblem = {
  /** A JSON pointer, such as `/criteria/3/age`; empty for the whole file. */
  path: string;
  /** What is wrong there and what to do, such as `is missing: write …`. */
  problem: string;
};

type Described = { description?: string; properties?: Record<string, Described> };

/** How many problems an error's message lists. */
const MAX_LISTED = 20;

/** The schema of an object of these members and no others; all but the optional ones are required. */
export function members<Properties extends Record<string, object>>(
  description: string,
  properties: Properties,
  optional: readonly (keyof Properties)[] = [],
) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", required, additionalProperties: false, properties, description };
}

/** A check of the form of data: all that is wrong with it. The schema is compiled when it is first asked. */
export function formOf(schema: object): (data: unknown) => FormProblem[] {
  let validate: ValidateFunction | undefined;
  return (data) => {
    validate ??= new Ajv({ allErrors: true, verbose: true, strict: false }).compile(schema);
    validate(data);
    // What an `if` leads to is told by itself.
    return (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(formProblem);
  };
}

/** The problems, the first of each place. */
export function oneAPlace(problems: readonly FormProblem[]): FormProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ path }) => !seen.has(path) && seen.add(path));
}

/** The problems as an error's message lists them: up to 20. */
export function listed(problems: readonly FormProblem[], whole: string): string {
  const shown = problems.slice(0, MAX_LISTED).map(({ path, problem }) => `${path || whole} ${problem}`);
  const more = problems.length > MAX_LISTED ? `; and ${problems.length - MAX_LISTED} more` : "";
  return `${shown.join("; ")}${more}`;
}

/** JSON from its text, with a byte order mark or without; undefined when it is none. What is no text is returned. */
export function jsonOf(input: unknown): unknown {
  if (typeof input !== "string") return input;
  try {
    return JSON.parse(input.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
}

/** What stands at a JSON pointer of plain names; undefined where nothing does. */
export function valueAt(data: unknown, path: string): unknown {
  const names = path.split("/").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], data);
}

/** The list at a JSON pointer; empty where there is none. */
export function listAt(data: unknown, path: string): unknown[] {
  const list = valueAt(data, path);
  return Array.isArray(list) ? list : [];
}

/** Whether an address has the checksum of ERC-55, or none; what is no text is another problem. */
export function isChecksummed(address: unknown): boolean {
  if (typeof address !== "string") return true;
  try {
    return toAddress(address) !== undefined;
  } catch {
    return false;
  }
}

function formProblem({ instancePath, params, parentSchema }: ErrorObject): FormProblem {
  const { description, properties } = parentSchema as Described;
  const { missingProperty: missing, additionalProperty: foreign } = params as Record<string, string>;
  if (missing !== undefined) {
    return { path: `${instancePath}/${missing}`, problem: `is missing: write ${properties?.[missing]?.description}` };
  }
  if (foreign !== undefined) {
    const path = `${instancePath}/${foreign.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return {
      path,
      problem: `does not belong there: remove it, or write one of ${Object.keys(properties!).join(", ")}`,
    };
  }
  return { path: instancePath, problem: `must be ${description}` };
}
