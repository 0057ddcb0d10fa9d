/**
 * FHIR Groups that describe who may take part ↔ a study's eligibility criteria.
 *
 * Age, sex, conditions and laboratory results are characteristics as FHIR codes them; what those cannot say is a
 * FHIRPath expression in HL7's extension for them.
 *
 * @module
 */
import type { CodeableConcept, Coding, Extension, Group, GroupCharacteristic, Quantity, Range } from "fhir/r4.js";
import { criteriaProblems, fhirPathOf, type Criterion, type CriterionKind } from "../research/criteria.js";

const LOINC = "http://loinc.org";
const SNOMED_CT = "http://snomed.info/sct";
const UCUM = "http://unitsofmeasure.org";
const GENDER = "http://hl7.org/fhir/administrative-gender";
const EXPRESSION = "http://hl7.org/fhir/StructureDefinition/cqf-expression";
const FHIRPATH = "text/fhirpath";

const AGE: Coding = { system: LOINC, code: "30525-0", display: "Age" };
const SEX: Coding = { system: LOINC, code: "46098-0", display: "Sex" };
const DISEASE: Coding = { system: SNOMED_CT, code: "64572001", display: "Disease" };
// Other codes that stand for the same.
const AGES = [AGE, { system: LOINC, code: "21612-7" }, { system: SNOMED_CT, code: "397669002" }];
const SEXES = [SEX, { system: LOINC, code: "76689-9" }, { system: SNOMED_CT, code: "263495000" }];
const DISEASES = [DISEASE, { system: LOINC, code: "29308-4" }, { system: SNOMED_CT, code: "404684003" }];

const MAX_DIGITS = 15;
const YEARS = ["a", "a_j", "a_g", "a_t"];

/** Something of a Group that no criterion says, with its FHIRPath. */
export type Unread = { path: string; reason: string };

/**
 * The criteria a Group's characteristics give, and those of them that say nothing a machine could ask of records.
 *
 * @param group of people, described rather than listed; of any other nothing is read.
 */
export function criteriaOfGroup(group: Group): { criteria: Criterion[]; unread: Unread[] } {
  const whole = (reason: string) => ({ criteria: [], unread: [{ path: "Group", reason }] });
  if (group.type !== "person") return whole(`is a group of type ${group.type}, not of people`);
  if (group.actual) return whole("lists people instead of describing them");
  const criteria: Criterion[] = [];
  const unread: Unread[] = [];
  (group.characteristic ?? []).forEach((characteristic, at) => {
    const path = `Group.characteristic[${at}]`;
    const kinds = characteristic.period === undefined ? kindsOf(characteristic) : [];
    // An excluded range is not two excluded bounds, which would exclude everybody.
    const several = kinds.length > 1 && characteristic.exclude;
    const read = kinds.map((kind) => criterionOf(characteristic, kind));
    if (read.length > 0 && !several && criteriaProblems(read).length === 0) criteria.push(...read);
    else unread.push({ path, reason: `(${wordsOf(characteristic)}) is nothing a machine reads: write it in FHIRPath` });
  });
  return { criteria, unread };
}

/** The Group that criteria describe. */
export function groupOfCriteria(criteria: readonly Criterion[]): Group {
  return {
    resourceType: "Group",
    type: "person",
    actual: false,
    ...(criteria.length > 0 && { characteristic: criteria.map(characteristicOf) }),
  };
}

function kindsOf(characteristic: GroupCharacteristic): CriterionKind[] {
  const { code, valueCodeableConcept: concept, valueQuantity: quantity, valueRange: range } = characteristic;
  const expression = expressionIn(characteristic._valueBoolean?.extension);
  if (expression !== undefined) return [{ fhirPath: expression }];
  if (isAnyOf(code, AGES)) return range === undefined ? [] : ageIn(range);
  if (isAnyOf(code, SEXES)) return sexIn(concept);
  if (isAnyOf(code, DISEASES)) return conditionIn(concept);
  const loinc = code.coding?.find(({ system }) => system === LOINC)?.code;
  if (loinc === undefined) return [];
  if (quantity !== undefined) return resultIn(loinc, quantity);
  return [
    ...(range?.low === undefined ? [] : resultIn(loinc, { ...range.low, comparator: ">=" })),
    ...(range?.high === undefined ? [] : resultIn(loinc, { ...range.high, comparator: "<=" })),
  ];
}

function ageIn({ low, high }: Range): CriterionKind[] {
  const bounds = [low, high].filter((bound) => bound !== undefined);
  if (!bounds.every(({ system, code }) => system === UCUM && YEARS.includes(code ?? ""))) return [];
  const [min, max] = [low?.value, high?.value];
  return [{ age: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) } }];
}

function sexIn(concept: CodeableConcept | undefined): CriterionKind[] {
  const sex = concept?.coding?.find(({ system }) => system === GENDER)?.code;
  return sex === "female" || sex === "male" || sex === "other" ? [{ sex }] : [];
}

function conditionIn(concept: CodeableConcept | undefined): CriterionKind[] {
  const codes = (concept?.coding ?? []).flatMap(({ system, code, display }) =>
    system === undefined || code === undefined ? [] : { system, code, ...(display !== undefined && { display }) },
  );
  return codes.length === 0 ? [] : [{ condition: { codes } }];
}

function resultIn(loinc: string, { value, comparator, system, code }: Quantity): CriterionKind[] {
  if (value === undefined || comparator === undefined || system !== UCUM || code === undefined) return [];
  return [{ laboratory: { loinc, comparator, value: String(value), unit: code } }];
}

function criterionOf(characteristic: GroupCharacteristic, kind: CriterionKind): Criterion {
  const text = wordsOf(characteristic);
  return { text, ...(characteristic.exclude && { exclude: true }), ...kind };
}

function wordsOf({ code, valueCodeableConcept: value }: GroupCharacteristic): string {
  const words = (concept: CodeableConcept | undefined) =>
    concept?.text ?? concept?.coding?.map(({ display, code }) => display ?? code).find((each) => each !== undefined);
  const [what, which] = [words(code) ?? "no code", words(value)];
  // Our own text says all of it already.
  return code.text !== undefined && code.coding !== undefined ? what : [what, which].filter(Boolean).join(": ");
}

function characteristicOf(criterion: Criterion): GroupCharacteristic {
  const { text, exclude = false } = criterion;
  const coded = (coding: Coding) => ({ code: { coding: [coding], text }, exclude });
  if ("age" in criterion) {
    const { min, max } = criterion.age;
    const bound = (value: number) => ({ value, unit: "years", system: UCUM, code: "a" });
    const range = { ...(min !== undefined && { low: bound(min) }), ...(max !== undefined && { high: bound(max) }) };
    return { ...coded(AGE), valueRange: range };
  }
  if ("sex" in criterion) {
    return { ...coded(SEX), valueCodeableConcept: { coding: [{ system: GENDER, code: criterion.sex }] } };
  }
  if ("condition" in criterion && criterion.condition.ever !== true) {
    return { ...coded(DISEASE), valueCodeableConcept: { coding: criterion.condition.codes } };
  }
  if ("laboratory" in criterion && canQuantify(criterion.laboratory)) {
    const { loinc, comparator, value, unit } = criterion.laboratory;
    const quantity: Quantity = { value: Number(value), comparator, unit, system: UCUM, code: unit };
    return { ...coded({ system: LOINC, code: loinc }), valueQuantity: quantity };
  }
  const { expression } = fhirPathOf(criterion);
  // The extension stands where the value would: it says how to come by it.
  const extension: Extension[] = [{ url: EXPRESSION, valueExpression: { language: FHIRPATH, expression } }];
  return { code: { text }, _valueBoolean: { extension }, exclude };
}

/** A Quantity says nothing of time, and in JSON not more digits than a number holds. */
function canQuantify({ value, withinDays }: { value: string; withinDays?: number }): boolean {
  return withinDays === undefined && value.replace(/\D/g, "").length <= MAX_DIGITS;
}

function expressionIn(extensions: readonly Extension[] = []): string | undefined {
  const { language, expression } = extensions.find(({ url }) => url === EXPRESSION)?.valueExpression ?? {};
  return language === FHIRPATH ? expression : undefined;
}

function isAnyOf(concept: CodeableConcept, codings: readonly Coding[]): boolean {
  return codings.some(({ system, code }) =>
    (concept.coding ?? []).some((coding) => coding.system === system && coding.code === code),
  );
}
