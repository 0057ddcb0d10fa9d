/**
 * FHIRPath expressions over one person's resources, evaluated on this machine and nowhere else.
 *
 * The resources are the collection an expression starts from, so `Condition.code` is the codes of all conditions, and
 * Observations come with the latest first. Whoever announces a study writes the expressions and patients evaluate them,
 * so only functions are allowed whose work grows no faster than the data: none that leaves the resources (`resolve`,
 * `memberOf`, `trace`), recurses or multiplies (`repeat`, `descendants`, `select`, `combine`), takes regular
 * expressions, or tells the time but for `today()`, which is the day asked about. An inner expression cannot return to
 * the root either: variables such as `%context` are refused.
 *
 * @module
 */
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4";

import type { FhirResource } from "../fhir/resource.js";
import { dateTimeOf, firstSecondOf } from "../fhir/time.js";

/** The most characters of an expression. */
export const MAX_EXPRESSION = 1000;

const FUNCTIONS = new Set(
  [
    "all allFalse allTrue anyFalse anyTrue as count distinct empty exists extension first getValue hasValue iif is",
    "isDistinct last not ofType single skip tail take today where",
    "abs avg ceiling floor max min round sum truncate",
    "contains endsWith indexOf length lower startsWith substring trim upper",
    "convertsToBoolean convertsToDate convertsToDateTime convertsToDecimal convertsToInteger convertsToQuantity",
    "toBoolean toDate toDateTime toDecimal toInteger toQuantity toString",
    "comparable dateOf dayOf highBoundary lowBoundary monthOf yearOf",
  ].flatMap((names) => names.split(" ")),
);

// Whatever reaches beyond $this, or makes what is not there.
const REFUSED_NODES = new Map([
  ["ExternalConstantTerm", "a variable such as %context"],
  ["InstanceSelectorTerm", "an instance selector"],
  ["TotalInvocation", "$total"],
]);

type Node = { type: string; text?: string; children?: Node[] };

/** What an expression answers about a person; `undefined` when their data answer nothing, or cannot be compared. */
export type Answer = boolean | undefined | "not boolean";

/** What stands in the way of evaluating an expression, as in `is no FHIRPath: …`; undefined when nothing does. */
export function expressionProblem(expression: string): string | undefined {
  if (expression.length > MAX_EXPRESSION) return `has more than ${MAX_EXPRESSION} characters: shorten or split it`;
  let parsed: Node;
  try {
    parsed = fhirpath.parse(expression) as Node;
  } catch (error) {
    const [, column] = /column: (\d+)/.exec(String(error)) ?? [];
    const where = column === undefined ? "" : ` at character ${column}`;
    return `is no FHIRPath: correct it${where}`;
  }
  return refusalIn(parsed);
}

/**
 * An evaluator of an expression that has no {@link expressionProblem}.
 *
 * @param on the second whose day in UTC is `today()`.
 */
export function evaluator(expression: string, on: number): (resources: readonly FhirResource[]) => Answer {
  const options = { async: false, userInvocationTable: { today: todayAt(on) } } as const;
  const evaluate = fhirpath.compile(expression, r4, options);
  return (resources) => {
    let answers: unknown[];
    try {
      answers = evaluate(resources);
    } catch {
      // The library throws where data are not what an expression needs, such as a quantity without a unit.
      return undefined;
    }
    const [answer] = answers;
    if (answer === undefined) return undefined;
    return answers.length === 1 && typeof answer === "boolean" ? answer : "not boolean";
  };
}

/** The resources of a person as expressions take them: Observations with the latest first, those without a time last. */
export function latestFirst(resources: readonly FhirResource[]): FhirResource[] {
  return resources
    .map((resource) => ({ resource, time: timeOf(resource) }))
    .sort((one, other) => other.time - one.time)
    .map(({ resource }) => resource);
}

/** Text as a string literal of FHIRPath. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** True for a unit that UCUM knows; any other compares with nothing. */
export function isUcum(unit: string): boolean {
  return fhirpath.ucumUtils.validateUnitString(unit).status === "valid";
}

function refusalIn(node: Node): string | undefined {
  const foreign = REFUSED_NODES.get(node.type);
  if (foreign !== undefined) return `uses ${foreign}, which is not allowed: start from a resource type`;
  if (node.type === "Functn" && !FUNCTIONS.has(node.text!)) {
    return `uses ${node.text}(), which is not allowed: use ${[...FUNCTIONS].sort().join(", ")}`;
  }
  for (const child of node.children ?? []) {
    const refusal = refusalIn(child);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function todayAt(on: number) {
  const literal = `@${dateTimeOf(on).slice(0, "YYYY-MM-DD".length)}`;
  const [date] = fhirpath.evaluate({}, literal, undefined, r4, { async: false, resolveInternalTypes: false });
  return { fn: () => [date], arity: { 0: [] }, internalStructures: true };
}

function timeOf(resource: FhirResource): number {
  if (resource.resourceType !== "Observation") return -Infinity;
  const { effectiveDateTime, effectiveInstant, effectivePeriod } = resource;
  const time = effectiveDateTime ?? effectiveInstant ?? effectivePeriod?.start;
  return (typeof time === "string" ? firstSecondOf(time) : undefined) ?? -Infinity;
}
