/**
 * What is wrong with a plan file: all of it, each with its place and what to do.
 *
 * @module
 */
import { formOf, isChecksummed, listAt, oneAPlace, valueAt, type FormProblem } from "../form/form.js";
import { AmountTooLargeError, tokenUnits } from "../token/amount.js";
import { PLAN_SCHEMA } from "./planSchema.js";

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

const formProblems = formOf(PLAN_SCHEMA);

/** All that is wrong with a plan file, one problem a place, first those of its form. */
export function problemsOf(file: unknown): FormProblem[] {
  return oneAPlace([
    ...formProblems(file),
    ...amountProblems(file),
    ...addressProblems(file),
    ...serviceProblems(file),
  ]);
}

// What is not in its form is reported above, so the rules below pass over it.

function* amountProblems(file: unknown): Generator<FormProblem> {
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

function* addressProblems(file: unknown): Generator<FormProblem> {
  const network = listAt(file, "/network").map((_, at) => `/network/${at}`);
  for (const path of ["/token", ...ARBITRATORS, ...network]) {
    if (!isChecksummed(valueAt(file, path))) yield { path, problem: "has a wrong checksum: copy the address again" };
  }
  yield* repeats(file, ARBITRATORS, "two independent arbitrators are needed: name another");
  yield* repeats(file, network, "name each provider once");
}

function* serviceProblems(file: unknown): Generator<FormProblem> {
  const first = new Map<string, number>();
  for (const [at, service] of listAt(file, "/benefits").entries()) {
    const [system, code] = [valueAt(service, "/system"), valueAt(service, "/code")];
    if (typeof system !== "string" || typeof code !== "string") continue;
    const same = first.get(`${system} ${code}`);
    if (same === undefined) first.set(`${system} ${code}`, at);
    else yield { path: `/benefits/${at}`, problem: `is the same service as /benefits/${same}: keep one of them` };
  }
}

function* repeats(file: unknown, paths: readonly string[], advice: string): Generator<FormProblem> {
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
