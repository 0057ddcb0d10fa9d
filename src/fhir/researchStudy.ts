/**
 * FHIR ResearchStudy ↔ studies.
 *
 * A ResearchStudy says what a study is about, and little of what a study promises and pays: what it lacks is listed for
 * whoever proposes the study to add, never made up.
 *
 * @module
 */
import type { CodeableConcept, FhirResource, Group, Identifier, Reference, ResearchStudy } from "fhir/r4.js";
import type { Address } from "../crypto/address.js";
import { AcesoError } from "../errors.js";
import type { Hex } from "../crypto/bytes.js";
import type { AnnouncedStudy, StudyFile } from "../research/studyFile.js";
import { ANNOUNCED_MEMBERS, SEALED_MEMBERS } from "../research/studySchema.js";
import { accountIdentifier, policyUri, URI_SYSTEM } from "./account.js";
import { criteriaOfGroup, groupOfCriteria, type Unread } from "./eligibilityGroup.js";
import { dateTimeOf, secondAfter } from "./time.js";

const REGISTRATION = new RegExp(ANNOUNCED_MEMBERS.registration.pattern);
// ClinicalTrials.gov, the EU's Clinical Trials Information System and EudraCT, ISRCTN, the WHO's UTN.
const REGISTRY = /^(?:NCT\d{8}|20\d\d-5\d{5}-\d\d(?:-\d\d)?|20\d\d-\d{6}-\d\d|ISRCTN\d{8}|U1111-\d{4}-\d{4})$/;

const GROUP_ID = "eligibility";

/** The statuses of studies that are yet to begin, or that are brought here while they run. */
const PROPOSABLE: readonly ResearchStudy["status"][] = ["active", "approved", "in-review"];

/** What a ResearchStudy gives for a study file. */
export type StudyParts = {
  /** The parts of the file it gives; dates that FHIR includes are the first second after. */
  file: Partial<StudyFile>;
  /** What the file needs and it does not give. */
  lacking: { part: keyof StudyFile; advice: string }[];
  /** What it says of matters the file needs, for whoever fills them in. */
  hints: { path: string; text: string }[];
  /** What its Groups say that no criterion does. */
  unread: Unread[];
};

/** Where a study stands. Times in Unix seconds. */
export type StudyStanding = {
  chainId: bigint;
  sponsor: Address;
  now: number;
  status: "proposed" | "approved" | "suspended";
  /** The first second its approval no longer counts. */
  approvedUntil: number;
  /** Whether the sponsor ended recruiting. */
  closed: boolean;
  /** Whether results were published. */
  hasResults: boolean;
  /** The policy of every consent. */
  form: Hex;
};

/**
 * What a ResearchStudy gives for a study file, and what is left to add.
 *
 * @param groups the Groups it names as its enrollment that it does not contain.
 * @throws {@link ResearchStudyStatusError} when its status is not one that a study is proposed in.
 */
export function studyPartsOf(study: ResearchStudy, groups: readonly Group[] = []): StudyParts {
  if (!PROPOSABLE.includes(study.status)) throw new ResearchStudyStatusError(study.status);
  const registration = registrationOf(study.identifier);
  const end = study.period?.end === undefined ? undefined : secondAfter(study.period.end);
  const enrolled = enrollmentOf(study, groups);
  const read = enrolled.groups.map(criteriaOfGroup);
  const criteria = read.flatMap(({ criteria }) => criteria);
  const file: Partial<StudyFile> = {
    ...(registration !== undefined && { registration }),
    ...(study.title !== undefined && { title: study.title }),
    ...(end !== undefined && { endsAt: dateTimeOf(end) }),
    ...(criteria.length > 0 && { criteria }),
  };
  return {
    file,
    lacking: Object.entries({ ...ANNOUNCED_MEMBERS, ...SEALED_MEMBERS })
      .filter(([part]) => !Object.hasOwn(file, part))
      .map(([part, { description }]) => ({ part: part as keyof StudyFile, advice: `write ${description}` })),
    hints: hintsOf(study),
    unread: [...enrolled.unread, ...read.flatMap(({ unread }) => unread)],
  };
}

/**
 * The FHIR R4 ResearchStudy of a study. It contains the Group its criteria describe.
 *
 * A study whose approval is suspended or lapsed is closed for the time being, to enrolment and to what it does.
 *
 * @throws {@link YearOutOfRangeError} when it ends after the year 9999, which FHIR cannot write.
 */
export function researchStudyOf(announced: AnnouncedStudy, standing: StudyStanding): ResearchStudy {
  const { registration, title, criteria, terms } = announced;
  const { chainId, sponsor, form } = standing;
  const group = { ...groupOfCriteria(criteria), id: GROUP_ID };
  return {
    resourceType: "ResearchStudy",
    contained: [group],
    identifier: [{ use: "official", value: registration }],
    title,
    status: statusOf(announced, standing),
    enrollment: [{ reference: `#${GROUP_ID}` }],
    // The end of a FHIR period is inclusive.
    period: { end: dateTimeOf(Number(terms.endsAt) - 1) },
    sponsor: { type: "Organization", identifier: accountIdentifier(chainId, sponsor) },
    relatedArtifact: [{ type: "documentation", display: "What participants consent to", url: policyUri(form) }],
  };
}

function statusOf({ terms }: AnnouncedStudy, standing: StudyStanding): ResearchStudy["status"] {
  const { now, status, approvedUntil, closed, hasResults } = standing;
  if (status === "proposed") return "in-review";
  if (now >= terms.endsAt) return hasResults ? "completed" : "closed-to-accrual-and-intervention";
  if (status === "suspended" || now >= approvedUntil) return "temporarily-closed-to-accrual-and-intervention";
  return closed || now >= terms.enrolUntil ? "closed-to-accrual" : "active";
}

/** The number of a registry we know, or else the only one that can be a registration. */
function registrationOf(identifiers: readonly Identifier[] = []): string | undefined {
  const values = identifiers.flatMap(({ value, system }) =>
    value !== undefined && system !== URI_SYSTEM && REGISTRATION.test(value) ? value : [],
  );
  const known = values.filter((value) => REGISTRY.test(value));
  const candidates = known.length > 0 ? known : values;
  return candidates.length === 1 ? candidates[0] : undefined;
}

function enrollmentOf(study: ResearchStudy, groups: readonly Group[]): { groups: Group[]; unread: Unread[] } {
  const found: Group[] = [];
  const unread: Unread[] = [];
  (study.enrollment ?? []).forEach(({ reference }, at) => {
    const contained = (study.contained ?? []) as FhirResource[];
    const name = reference?.split("/").slice(-2).join("/");
    const group = contained.find(({ id }) => reference === `#${id}`) ?? groups.find(({ id }) => name === `Group/${id}`);
    if (group?.resourceType === "Group") found.push(group);
    else
      unread.push({ path: `ResearchStudy.enrollment[${at}]`, reason: "names a Group that is not there: pass it too" });
  });
  return { groups: found, unread };
}

function hintsOf(study: ResearchStudy): StudyParts["hints"] {
  const concepts = (path: string, list: readonly CodeableConcept[] = []) =>
    list.map((concept, at) => ({ path: `ResearchStudy.${path}[${at}]`, text: textOf(concept) }));
  const named = (path: string, party: Reference | undefined) => ({
    path: `ResearchStudy.${path}`,
    text: party?.display,
  });
  const all = [
    { path: "ResearchStudy.primaryPurposeType", text: textOf(study.primaryPurposeType) },
    ...concepts("condition", study.condition),
    ...concepts("focus", study.focus),
    named("sponsor", study.sponsor),
    named("principalInvestigator", study.principalInvestigator),
    { path: "ResearchStudy.period.start", text: study.period?.start },
  ];
  return all.flatMap(({ path, text }) => (text === undefined ? [] : { path, text }));
}

function textOf({ text, coding = [] }: CodeableConcept = {}): string | undefined {
  return text ?? coding.map(({ display, code }) => display ?? code).find((each) => each !== undefined);
}

/** A ResearchStudy is in a status in which no study is proposed. */
export class ResearchStudyStatusError extends AcesoError {
  override name = "ResearchStudyStatusError";
  constructor(readonly status: string) {
    super(
      `The ResearchStudy is ${status.slice(0, 64)}, so it is not proposed.`,
      `Pass one that is ${PROPOSABLE.join(", ")}.`,
    );
  }
}
