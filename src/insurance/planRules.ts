/**
 * What is wrong with a plan file: all of it, each with its place and what to do.
 *
 * @module
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";

import { toAddress } from "../crypto/address.js";
import { AmountTooLargeError, tokenUnits } from "../token/amount.js";
import { PLAN_SCHEMA } from "./planSchema.js";

/** Something wrong in a plan file. */
export type PlanProblem = {
  /** A JSON pointer, such as `/benefits/3/copay`; empty for the whole file. */
  path: string;
  /** What is wrong there and what to do, such as `is missing: write …`. */
  problem: string;
};

type Described = { description?: string; properties?: Record<string, Described> };

const AMOUNTS = [
  "/deductible",
  "/outOfPocketMax",
  "/autoApprove/claim",
  "/autoApprove/year",
  "/rulingFee",
  "/collateral",
];

/** In each pair the first must not be above the second, as `PlanRegistry` asks for. */
const ORDERED = [
  ["/deductible", "/outOfPocketMax"],
  ["/autoApprove/claim", "/autoApprove/year"],
] as const;

const ARBITRATORS = ["/arbitrators/primary", "/arbitrators/fallback"];

let validate: ValidateFunction | undefined;

/** All that is wrong with a plan file, one problem a place, first those of its form. */
export function problemsOf(file: unknown): PlanProblem[] {
  const all = [...formProblems(file), ...amountProblems(file), ...addressProblems(file), ...serviceProblems(file)];
  const seen = new Set<string>();
  return all.filter(({ path }) => !seen.has(path) && seen.add(path));
}

function formProblems(file: unknown): PlanProblem[] {
  validate ??= new Ajv({ allErrors: true, verbose: true, strict: false }).compile(PLAN_SCHEMA);
  validate(file);
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(formProblem);
}

function formProblem({ instancePath, params, parentSchema }: ErrorObject): PlanProblem {
  const { description, properties } = parentSchema as Described;
  const { missingProperty: missing, additionalProperty: foreign } = params as Record<string, string>;
  if (missing !== undefined) {
    return { path: `${instancePath}/${missing}`, problem: `is missing: write ${properties?.[missing]?.description}` };
  }
  if (foreign !== undefined) {
    const path = `${instancePath}/${foreign.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return { path, problem: `is no part of a plan: remove it, or write one of ${Object.keys(properties!).join(", ")}` };
  }
  return { path: instancePath, problem: `must be ${description}` };
}

// What is not in its form is reported above, so the rules below pass over it.

function* amountProblems(file: unknown): Generator<PlanProblem> {
  const services = listAt(file, "/benefits");
  const paths = [...AMOUNTS, ...services.flatMap((_, at) => [`/benefits/${at}/allowed`, `/benefits/${at}/copay`])];
  const limit = "/annualLimit";
  const units = new Map([...paths, limit].map((path) => [path, unitsAt(file, path)]));
  for (const [path, amount] of units) {
    if (amount === "too large") {
      yield { path, problem: "is more than the contracts hold: lower it, or check the decimals" };
    }
  }
  for (const [lower, upper] of ORDERED) {
    const [low, high] = [units.get(lower), units.get(upper)];
    if (typeof low === "bigint" && typeof high === "bigint" && low > high) {
      yield { path: lower, problem: `is above ${upper}: lower it, or raise that` };
    }
  }
  if (units.get(limit) === 0n) yield { path: limit, problem: 'is zero: write "none", or what the plan pays at most' };
}

function* addressProblems(file: unknown): Generator<PlanProblem> {
  const network = listAt(file, "/network").map((_, at) => `/network/${at}`);
  for (const path of ["/token", ...ARBITRATORS, ...network]) {
    if (!isChecked(valueAt(file, path))) yield { path, problem: "has a wrong checksum: copy the address again" };
  }
  yield* repeats(file, ARBITRATORS, "two independent arbitrators are needed: name another");
  yield* repeats(file, network, "name each provider once");
}

function* serviceProblems(file: unknown): Generator<PlanProblem> {
  const first = new Map<string, number>();
  for (const [at, service] of listAt(file, "/benefits").entries()) {
    const [system, code] = [valueAt(service, "/system"), valueAt(service, "/code")];
    if (typeof system !== "string" || typeof code !== "string") continue;
    const same = first.get(`${system} ${code}`);
    if (same === undefined) first.set(`${system} ${code}`, at);
    else yield { path: `/benefits/${at}`, problem: `is the same service as /benefits/${same}: keep one of them` };
  }
}

function* repeats(file: unknown, paths: readonly string[], advice: string): Generator<PlanProblem> {
  const first = new Map<string, string>();
  for (const path of paths) {
    const address = valueAt(file, path);
    if (typeof address !== "string") continue;
    const same = first.get(address.toLowerCase());
    if (same === undefined) first.set(address.toLowerCase(), path);
    else yield { path, problem: `is the same as ${same}: ${advice}` };
  }
}

function unitsAt(file: unknown, path: string): bigint | "too large" | undefined {
  try {
    return tokenUnits(valueAt(file, path) as string, valueAt(file, "/decimals") as number);
  } catch (error) {
    return error instanceof AmountTooLargeError ? "too large" : undefined;
  }
}

function isChecked(address: unknown): boolean {
  if (typeof address !== "string") return true;
  try {
    return toAddress(address) !== undefined;
  } catch {
    return false;
  }
}

function listAt(file: unknown, path: string): unknown[] {
  const list = valueAt(file, path);
  return Array.isArray(list) ? list : [];
}

/** What stands at a JSON pointer of plain names; undefined where nothing does. */
function valueAt(file: unknown, path: string): unknown {
  const names = path.split("/").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], file);
}
