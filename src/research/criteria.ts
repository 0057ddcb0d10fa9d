/**
 * Eligibility criteria that a machine can read: who a study asks to take part.
 *
 * Age, sex, conditions and laboratory results have a short form that stands for a FHIRPath expression; anything else is
 * written in FHIRPath itself. Each is an inclusion criterion, or an exclusion criterion with `exclude`.
 *
 * @module
 */
import { AcesoError } from "../errors.js";
import { formOf, listed, oneAPlace, valueAt, type FormProblem } from "../form/form.js";
import { CRITERIA_SCHEMA } from "./criteriaSchema.js";
import { expressionProblem, isUcum, literal } from "./expression.js";

const LOINC = "http://loinc.org";
const UCUM = "http://unitsofmeasure.org";

// An Observation whose code and value count, by FHIR's ObservationStatus.
const STANDING = "status in ('final' | 'amended' | 'corrected')";
// The day an Observation is about, as it was written there.
const DAY = "(effective.ofType(dateTime) | effective.ofType(instant) | effective.ofType(Period).start).dateOf()";

/** A code of a code system, such as SNOMED CT's. Only exactly this code counts, none below it. */
export type CriterionCode = { system: string; code: string; display?: string };

/** What a criterion is about, exactly one of these. */
export type CriterionKind =
  /** Whole years at the day asked about, both included: with `max` 75 a person fits until their 76th birthday. */
  | { age: { min?: number; max?: number } }
  /** The administrative gender of FHIR's Patient. */
  | { sex: "female" | "male" | "other" }
  /** A Condition of any of the codes: active, recurring or relapsed; or, with `ever`, resolved ones too. */
  | { condition: { codes: CriterionCode[]; ever?: boolean } }
  /** The latest result, compared in any unit UCUM converts to `unit`; with `withinDays` no older than that. */
  | {
      laboratory: {
        loinc: string;
        comparator: "<" | "<=" | ">=" | ">";
        value: string;
        unit: string;
        withinDays?: number;
      };
    }
  /** An expression over all of a person's resources: true, false, or nothing when the data do not answer. */
  | { fhirPath: string };

/** A criterion. */
export type Criterion = {
  /** What it asks for, in words that participants understand. */
  text: string;
  /** Whether those whom it describes may not take part. */
  exclude?: boolean;
} & CriterionKind;

/** A criterion as FHIRPath. */
export type CriterionPath = {
  /** True, false, or nothing when the data do not answer. */
  expression: string;
  /** Whether there is data to answer from, right or wrong. */
  evidence?: string;
};

const KINDS = ["age", "sex", "condition", "laboratory", "fhirPath"];

const formProblems = formOf(CRITERIA_SCHEMA);

/** All that is wrong with criteria, one problem a place. */
export function criteriaProblems(criteria: unknown): FormProblem[] {
  const list = Array.isArray(criteria) ? criteria : [];
  return oneAPlace([...formProblems(criteria), ...list.flatMap((each, at) => [...criterionProblems(each, `/${at}`)])]);
}

/**
 * Criteria, checked.
 *
 * @throws {@link CriteriaError} with everything that is wrong, each with its place and what to do.
 */
export function requireCriteria(criteria: unknown): Criterion[] {
  const problems = criteriaProblems(criteria);
  if (problems.length > 0) throw new CriteriaError(problems);
  return criteria as Criterion[];
}

/**
 * The FHIRPath expression a criterion stands for. Whether it excludes is no part of it.
 *
 * @example
 * fhirPathOf({ text: "Adults", age: { min: 18 } }).expression;
 * // "iif(Patient.birthDate.distinct().count() = 1, Patient.birthDate.first() <= today() - 18 years, {})"
 */
export function fhirPathOf(criterion: CriterionKind): CriterionPath {
  if ("fhirPath" in criterion) return { expression: criterion.fhirPath };
  if ("age" in criterion) return agePath(criterion.age);
  if ("sex" in criterion) return sexPath(criterion.sex);
  if ("condition" in criterion) return conditionPath(criterion.condition);
  return laboratoryPath(criterion.laboratory);
}

// Several birth dates or genders are those of several people, or wrong: then the records do not answer.
function agePath({ min, max }: { min?: number; max?: number }): CriterionPath {
  const bounds = [
    ...(min === undefined ? [] : [`Patient.birthDate.first() <= today() - ${min} years`]),
    ...(max === undefined ? [] : [`Patient.birthDate.first() > today() - ${max + 1} years`]),
  ];
  return {
    expression: `iif(Patient.birthDate.distinct().count() = 1, ${bounds.join(" and ")}, {})`,
    evidence: "Patient.birthDate.exists()",
  };
}

function sexPath(sex: string): CriterionPath {
  const known = "Patient.gender.where($this != 'unknown')";
  return {
    expression: `iif(${known}.distinct().count() = 1, ${known}.first() = ${literal(sex)}, {})`,
    evidence: `${known}.exists()`,
  };
}

function conditionPath({ codes, ever = false }: { codes: CriterionCode[]; ever?: boolean }): CriterionPath {
  const isStatus = (element: string, ...statuses: string[]): string =>
    `${element}.coding.exists(code in (${statuses.map(literal).join(" | ")}))`;
  const isWrong = isStatus("verificationStatus", "refuted", "entered-in-error");
  const isUnsure = isStatus("verificationStatus", "unconfirmed", "provisional", "differential");
  const isActive = isStatus("clinicalStatus", "active", "recurrence", "relapse");
  const isOne = codes.map(({ system, code }) => `(system = ${literal(system)} and code = ${literal(code)})`);
  const coded = `Condition.where(code.coding.exists(${isOne.join(" or ")}) and ${isWrong}.not())`;
  const present = ever ? `${isUnsure}.not()` : `${isActive} and ${isUnsure}.not()`;
  const perhaps = ever ? isUnsure : `clinicalStatus.empty() or (${isActive} and ${isUnsure})`;
  const unknown = `Condition.empty() or ${coded}.where(${perhaps}).exists()`;
  return {
    expression: `iif(${coded}.where(${present}).exists(), true, iif(${unknown}, {}, false))`,
    evidence: "Condition.exists()",
  };
}

function laboratoryPath(asked: Extract<CriterionKind, { laboratory: object }>["laboratory"]): CriterionPath {
  const { loinc, comparator, value, unit, withinDays } = asked;
  const isCoded = `code.coding.exists(system = ${literal(LOINC)} and code = ${literal(loinc)})`;
  const isRecent = withinDays === undefined ? "" : ` and ${DAY} >= today() - ${withinDays} days`;
  const latest = `Observation.where(${isCoded} and ${STANDING} and ${DAY} <= today()${isRecent}).first()`;
  // A result such as "less than 5" compares with nothing, nor does one in a unit that is none of UCUM's. One with a
  // space never is, and the library would write it to the console.
  const isMeasured = `comparator.empty() and system = ${literal(UCUM)} and code.contains(' ').not()`;
  const measured = `value.ofType(Quantity).where(${isMeasured})`;
  return {
    expression: `${latest}.${measured} ${comparator} ${value} ${literal(unit)}`,
    evidence: `${latest}.exists()`,
  };
}

function* criterionProblems(criterion: unknown, path: string): Generator<FormProblem> {
  if (typeof criterion !== "object" || criterion === null) return;
  if (KINDS.filter((kind) => Object.hasOwn(criterion, kind)).length !== 1) {
    yield { path, problem: `must be about exactly one of ${KINDS.join(", ")}: write a criterion for each` };
  }
  const [min, max] = [valueAt(criterion, "/age/min"), valueAt(criterion, "/age/max")];
  if (typeof min === "number" && typeof max === "number" && min > max) {
    yield { path: `${path}/age/min`, problem: "is above max: nobody is of such an age" };
  }
  const unit = valueAt(criterion, "/laboratory/unit");
  if (typeof unit === "string" && !/\s|^$/.test(unit) && !isUcum(unit)) {
    yield { path: `${path}/laboratory/unit`, problem: 'is no unit of UCUM: write one as UCUM does, such as "mg/dL"' };
  }
  const expression = valueAt(criterion, "/fhirPath");
  const refusal = typeof expression === "string" ? expressionProblem(expression) : undefined;
  if (refusal !== undefined) yield { path: `${path}/fhirPath`, problem: refusal };
}

/** Criteria cannot be used. `problems` has all that is wrong; the message lists up to 20. */
export class CriteriaError extends AcesoError {
  override name = "CriteriaError";
  constructor(readonly problems: readonly FormProblem[]) {
    super(`The criteria cannot be used: ${listed(problems, "the list")}.`, "Correct these places; /0 is the first.");
  }
}
