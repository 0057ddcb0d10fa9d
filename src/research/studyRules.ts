/**
 * What is wrong with a study file or announcement: all of it, each with its place and what to do.
 *
 * @module
 */
import { firstSecondOf } from "../fhir/time.js";
import { formOf, isChecksummed, listAt, members, oneAPlace, valueAt, type FormProblem } from "../form/form.js";
import { AmountTooLargeError, MAX_UNITS, tokenUnits } from "../token/amount.js";
import { criteriaProblems } from "./criteria.js";
import { ANNOUNCED_MEMBERS, SEALED_MEMBERS } from "./studySchema.js";

/** The times of a study in their order: none is before the one above it. */
const TIMES = ["/enrolUntil", "/endsAt", "/refundAt"];

const REWARDS = ["/rewards/contribution", "/rewards/milestone"];
const CAP = "/rewards/cap";

const announcedForm = formOf(members("what is announced of a study: an object", ANNOUNCED_MEMBERS));
const fileForm = formOf(members("a study: an object", { ...ANNOUNCED_MEMBERS, ...SEALED_MEMBERS }));

/** All that is wrong with a study file, one problem a place, first those of its form. */
export function studyProblems(file: unknown): FormProblem[] {
  return oneAPlace([...fileForm(file), ...ruleProblems(file)]);
}

/** The same for what is announced of a study. */
export function announcedProblems(study: unknown): FormProblem[] {
  return oneAPlace([...announcedForm(study), ...ruleProblems(study)]);
}

// What is not in its form is reported above, so the rules below pass over it.

function* ruleProblems(file: unknown): Generator<FormProblem> {
  yield* addressProblems(file);
  yield* amountProblems(file);
  yield* timeProblems(file);
  const criteria = valueAt(file, "/criteria");
  if (criteria === undefined) return;
  for (const { path, problem } of criteriaProblems(criteria)) yield { path: `/criteria${path}`, problem };
}

function* addressProblems(file: unknown): Generator<FormProblem> {
  for (const path of ["/steward", "/token"]) {
    if (!isChecksummed(valueAt(file, path))) yield { path, problem: "has a wrong checksum: copy the address again" };
  }
}

function* amountProblems(file: unknown): Generator<FormProblem> {
  const units = new Map([...REWARDS, CAP].map((path) => [path, unitsAt(file, path)]));
  for (const [path, amount] of units) {
    if (amount === "too large") {
      yield { path, problem: "is more than the contracts hold: lower it, or check the decimals" };
    } else if (amount === "too exact") {
      yield { path, problem: "has more places than the token's decimals: round it" };
    }
  }
  const cap = units.get(CAP);
  if (typeof cap !== "bigint") return;
  if (cap === 0n) yield { path: CAP, problem: "is zero: write what a participant earns at most" };
  for (const path of REWARDS) {
    const reward = units.get(path);
    if (typeof reward === "bigint" && reward > cap) yield { path, problem: `is above ${CAP}: lower it, or raise that` };
  }
  const capacity = valueAt(file, "/capacity");
  if (Number.isSafeInteger(capacity) && cap * BigInt(capacity as number) > MAX_UNITS) {
    yield { path: CAP, problem: "times /capacity is more than the contracts hold: lower one of them" };
  }
  const milestone = units.get("/rewards/milestone");
  if (typeof milestone === "bigint" && milestone > 0n && listAt(file, "/milestones").length === 0) {
    yield { path: "/rewards/milestone", problem: 'is for no milestone: name milestones, or write "0"' };
  }
}

function* timeProblems(file: unknown): Generator<FormProblem> {
  const seconds = (path: string): number | undefined => {
    const time = valueAt(file, path);
    return typeof time === "string" ? firstSecondOf(time) : undefined;
  };
  for (const path of [...TIMES, "/resultsDue"]) {
    const isText = typeof valueAt(file, path) === "string";
    if (isText && !(seconds(path)! >= 0)) yield { path, problem: "is no day or time since 1970: check the calendar" };
  }
  for (const [at, later] of TIMES.slice(1).entries()) {
    const earlier = TIMES[at]!;
    if (seconds(later)! < seconds(earlier)!) yield { path: later, problem: `is before ${earlier}: name a later time` };
  }
  if (seconds("/resultsDue")! <= seconds("/endsAt")!) {
    yield { path: "/resultsDue", problem: "is not after /endsAt: results come when the study has ended" };
  }
}

function unitsAt(file: unknown, path: string): bigint | "too large" | "too exact" | undefined {
  const [amount, decimals] = [valueAt(file, path), valueAt(file, "/decimals")];
  try {
    const units = tokenUnits(amount as string, decimals as number);
    const [, fraction = ""] = (amount as string).split(".");
    return /[1-9]/.test(fraction.slice(decimals as number)) ? "too exact" : units;
  } catch (error) {
    return error instanceof AmountTooLargeError ? "too large" : undefined;
  }
}
