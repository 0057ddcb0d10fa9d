/**
 * FHIR Consent ↔ the terms a consent has on chain.
 *
 * The chain says who (one grantee), for what (purposes), which data (categories) and until when, and nothing else. A
 * Consent that says more is refused with every reason at once, because dropping a rule would grant what the patient
 * withheld.
 *
 * @module
 */
import type { CodeableConcept, Coding, Consent, ConsentProvision, Period, Reference } from "fhir/r4.js";
import { isDataCategory, type DataCategory } from "../consent/category.js";
import { BREAK_THE_GLASS, isPurpose, PURPOSE_SYSTEM, purposeDisplay, type Purpose } from "../consent/purpose.js";
import type { Terms } from "../consent/terms.js";
import type { Hex } from "../crypto/bytes.js";
import { AcesoError } from "../errors.js";
import { categoryCoding, DATA_CATEGORY_SYSTEM, isZero, policyUri, URI_SYSTEM } from "./account.js";
import { canonicalJson } from "./canonicalJson.js";
import { defaultCategoriesOf, isPatientData, isResourceType, type ResourceType } from "./resourceTypes.js";
import { dateTimeOf, firstSecondOf, secondAfter } from "./time.js";

const ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope";
const PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
// The same code systems as FHIR versions before R4 and CDA name them.
const PURPOSE_SYSTEMS = [PURPOSE_SYSTEM, "http://hl7.org/fhir/v3/ActReason", "urn:oid:2.16.840.1.113883.5.8"];
const TYPE_SYSTEMS = ["http://hl7.org/fhir/resource-types", "http://hl7.org/fhir/fhir-types"];

// Consents about data. `treatment` agrees to a treatment and `adr` is an advance directive.
const SCOPES = ["patient-privacy", "research"];
// Custodians and authors would narrow the consent to data they hold or wrote, which masks cannot say.
const RECIPIENTS = ["PRCP", "IRCP", "GRANTEE"];
// A grantee reads and uses. Passing on and correcting are rights no purpose or category can give.
const ACTIONS = ["access", "use", "collect"];
// Types whose content decides their category, so naming one names no category.
const SPANNING: readonly ResourceType[] = [
  "Basic",
  "Binary",
  "Bundle",
  "Composition",
  "Consent",
  "DiagnosticReport",
  "DocumentManifest",
  "DocumentReference",
  "List",
  "Media",
  "Observation",
  "Parameters",
  "QuestionnaireResponse",
  "ServiceRequest",
];

/** What a FHIR Consent says, in the terms of the chain. */
export type ConsentTerms = {
  terms: Terms;
  /** Each recipient: a FHIR reference, a URI, or `system|value`. Each needs a grant of its own. */
  grantees: string[];
  /** The patient, in the same form. */
  patient: string;
  /** The canonical JSON of the Consent, whose salted digest is the policy. */
  policyDocument: string;
};

/** Why a Consent has no terms: `path` is the element's FHIRPath. */
export type ConsentReason = { path: string; reason: string };

/** What a FHIR Consent is made of. `patient` and `grantee` take the form they have in {@link ConsentTerms}. */
export type ConsentParts = { patient: string; grantee: string; policy: Hex; terms: Terms; dateTime?: string };

// The elements of R4 that are read here or cannot change what is permitted. What other versions of FHIR add, such as
// `except` or `decision`, may.
const FRAME =
  `resourceType id meta implicitRules language text contained extension modifierExtension identifier status scope
  category patient dateTime performer organization sourceAttachment sourceReference policy policyRule verification
  provision`.split(/\s+/);
const PROVISION =
  `id extension modifierExtension type period actor action securityLabel purpose class code dataPeriod data
  provision`.split(/\s+/);

type Refuse = (path: string, reason: string) => void;

/**
 * The terms of a FHIR Consent.
 *
 * Expressible is one permit: `provision.type` permit, or none under policyRule OPTIN. Purposes must be v3-ActReason
 * codes. Classes are codes of {@link DATA_CATEGORY_SYSTEM}, or resource types that belong to one category, which then
 * stands for them (MedicationRequest: all `medications`); only the category code `restricted` covers restricted data.
 * Dates without a time zone are taken in UTC; the end of the period is inclusive, as FHIR has it.
 *
 * @throws {@link ConsentNotExpressibleError} when the Consent says anything else, with all the reasons.
 */
export function termsOf(consent: Consent): ConsentTerms {
  const reasons: ConsentReason[] = [];
  const refuse: Refuse = (path, reason) => void reasons.push({ path, reason });
  checkFrame(consent, refuse);
  const provision = consent.provision ?? {};
  checkLimits(provision, refuse);
  const patient = partyOf(consent.patient);
  if (patient === undefined) refuse("Consent.patient", "names no patient");
  const grantees = granteesOf(provision, refuse);
  const terms = {
    purposes: purposesOf(provision.purpose, refuse),
    categories: categoriesOf(provision, refuse),
    ...periodOf(provision.period, refuse),
  };
  if (reasons.length > 0) throw new ConsentNotExpressibleError(reasons);
  return { terms: terms as Terms, grantees, patient: patient!, policyDocument: canonicalJson(consent) };
}

/**
 * A FHIR R4 Consent for terms on chain: active, scope patient-privacy, one permit. No extensions.
 *
 * `termsOf` gives the same terms back. A policy that is not zero is named in `policy.uri`.
 *
 * @param parts `dateTime` is when the patient agreed, as FHIR writes it.
 * @throws {@link YearOutOfRangeError} when a time lies after the year 9999, which FHIR cannot write.
 * @example
 * consentOf({ patient: "Patient/1", grantee: "did:pkh:eip155:1:0x…", policy, terms });
 */
export function consentOf({ patient, grantee, policy, terms, dateTime }: ConsentParts): Consent {
  const { purposes, categories, validFrom, validUntil } = terms;
  return {
    resourceType: "Consent",
    status: "active",
    scope: { coding: [{ system: CONSENT_SCOPE, code: "patient-privacy" }] },
    category: [{ coding: [{ system: "http://loinc.org", code: "59284-0", display: "Patient Consent" }] }],
    patient: referenceOf(patient),
    ...(dateTime !== undefined && { dateTime }),
    ...(!isZero(policy) && { policy: [{ uri: policyUri(policy) }] }),
    policyRule: { coding: [{ system: ACT_CODE, code: "OPTIN" }] },
    provision: {
      type: "permit",
      // The last second covered, because a FHIR period includes its end.
      period: { ...(validFrom !== undefined && { start: dateTimeOf(validFrom) }), end: dateTimeOf(validUntil - 1) },
      actor: [{ role: { coding: [{ system: PARTICIPATION, code: "IRCP" }] }, reference: referenceOf(grantee) }],
      purpose: purposes.map((code) => ({ system: PURPOSE_SYSTEM, code, display: purposeDisplay(code) })),
      class: categories.map(categoryCoding),
    },
  };
}

function checkFrame(consent: Consent, refuse: Refuse): void {
  const { status, scope, provision, policyRule, implicitRules, modifierExtension } = consent;
  checkElements(consent, FRAME, "Consent", refuse);
  if (status !== "active") refuse("Consent.status", "is not active");
  if (!codesOf(scope).some((code) => SCOPES.includes(code))) refuse("Consent.scope", "is not about the use of data");
  if (implicitRules !== undefined) refuse("Consent.implicitRules", "changes the meaning by rules not known here");
  if (modifierExtension) refuse("Consent.modifierExtension", "changes the meaning");
  if (provision === undefined) return refuse("Consent.provision", "is missing, so nothing is permitted");
  if (provision.type === "deny") refuse("Consent.provision.type", "denies");
  if (provision.type === undefined && !codesOf(policyRule).includes("OPTIN")) {
    refuse("Consent.policyRule", "does not opt in, and the provision does not say permit");
  }
}

function checkLimits(provision: ConsentProvision, refuse: Refuse): void {
  const { action, securityLabel, code, dataPeriod, data, provision: nested, modifierExtension } = provision;
  const path = "Consent.provision";
  checkElements(provision, PROVISION, path, refuse);
  if (modifierExtension) refuse(`${path}.modifierExtension`, "changes the meaning");
  action?.forEach((concept, i) => {
    if (!hasOnly(concept, ACTIONS)) refuse(`${path}.action[${i}]`, "is none of access, use and collect");
  });
  if (securityLabel) refuse(`${path}.securityLabel`, "limits the data by security label");
  code?.forEach((concept, i) => {
    if (!isCategoryConcept(concept)) refuse(`${path}.code[${i}]`, "limits the data to single codes");
  });
  if (dataPeriod) refuse(`${path}.dataPeriod`, "limits the data by its date");
  if (data) refuse(`${path}.data`, "limits the data to single resources");
  nested?.forEach(({ type }, i) =>
    refuse(`${path}.provision[${i}]`, `nests ${type === "deny" ? "a denial" : "a rule"}`),
  );
}

function checkElements(element: object, known: readonly string[], path: string, refuse: Refuse): void {
  for (const name of Object.keys(element)) {
    // An underscore leads to the extensions of a primitive.
    if (!known.includes(name.replace(/^_/, ""))) refuse(`${path}.${name.slice(0, 64)}`, "is no element of R4");
  }
}

function granteesOf({ actor = [] }: ConsentProvision, refuse: Refuse): string[] {
  if (actor.length === 0) refuse("Consent.provision.actor", "names no recipient");
  const grantees = actor.flatMap(({ role, reference, modifierExtension }, i) => {
    const path = `Consent.provision.actor[${i}]`;
    if (modifierExtension) refuse(`${path}.modifierExtension`, "changes the meaning");
    if (!hasOnly(role, RECIPIENTS)) {
      refuse(`${path}.role`, "is no recipient, so it limits the data by who holds or wrote it");
    }
    const grantee = partyOf(reference);
    if (grantee === undefined) refuse(`${path}.reference`, "names nobody");
    return grantee ?? [];
  });
  return [...new Set(grantees)];
}

function purposesOf(purposes: readonly Coding[] = [], refuse: Refuse): Purpose[] {
  if (purposes.length === 0) refuse("Consent.provision.purpose", "is missing");
  const known = purposes.flatMap(({ system = "", code = "" }, i) => {
    const path = `Consent.provision.purpose[${i}]`;
    if (PURPOSE_SYSTEMS.includes(system) && isPurpose(code)) {
      if (code !== BREAK_THE_GLASS) return code;
      refuse(path, "is BTG, which is for those who are not permitted");
    } else {
      refuse(path, "is no code below PurposeOfUse in HL7 v3-ActReason");
    }
    return [];
  });
  return [...new Set(known)];
}

function categoriesOf({ class: classes = [], code = [] }: ConsentProvision, refuse: Refuse): DataCategory[] {
  const named = code.filter(isCategoryConcept).flatMap(({ coding = [] }) => coding.map(({ code }) => code));
  if (classes.length === 0 && named.length === 0)
    refuse("Consent.provision.class", "is missing, so no category is named");
  const categories = classes.flatMap(({ system = "", code = "" }, i) => {
    const path = `Consent.provision.class[${i}]`;
    if (system === DATA_CATEGORY_SYSTEM && isDataCategory(code)) return code;
    if (!TYPE_SYSTEMS.includes(system) || !isResourceType(code)) {
      refuse(path, "is neither a data category nor a FHIR resource type");
    } else if (SPANNING.includes(code)) {
      refuse(path, `is ${code}, which spans data categories; name the categories`);
    } else if (!isPatientData(code)) {
      refuse(path, `is ${code}, which is no patient data`);
    } else {
      return defaultCategoriesOf(code);
    }
    return [];
  });
  return [...new Set([...categories, ...(named as DataCategory[])])];
}

function periodOf({ start, end }: Period = {}, refuse: Refuse): { validFrom?: number; validUntil?: number } {
  const validFrom = start === undefined ? undefined : firstSecondOf(start);
  const validUntil = end === undefined ? undefined : secondAfter(end);
  if (start !== undefined && validFrom === undefined) refuse("Consent.provision.period.start", "is no date");
  if (end === undefined) refuse("Consent.provision.period.end", "is missing");
  else if (validUntil === undefined) refuse("Consent.provision.period.end", "is no date");
  if (validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom) {
    refuse("Consent.provision.period", "ends before it starts");
  }
  return { ...(validFrom !== undefined && { validFrom }), ...(validUntil !== undefined && { validUntil }) };
}

function isCategoryConcept({ coding = [] }: CodeableConcept): boolean {
  return (
    coding.length > 0 &&
    coding.every(({ system, code = "" }) => system === DATA_CATEGORY_SYSTEM && isDataCategory(code))
  );
}

function codesOf({ coding = [] }: CodeableConcept = {}): string[] {
  return coding.flatMap(({ code }) => code ?? []);
}

function hasOnly(concept: CodeableConcept, allowed: readonly string[]): boolean {
  const codes = codesOf(concept);
  return codes.length > 0 && codes.every((code) => allowed.includes(code));
}

function partyOf({ reference, identifier }: Reference = {}): string | undefined {
  if (reference !== undefined) return reference;
  if (identifier?.value === undefined) return undefined;
  return identifier.system === URI_SYSTEM ? identifier.value : `${identifier.system ?? ""}|${identifier.value}`;
}

function referenceOf(party: string): Reference {
  const bar = party.indexOf("|");
  if (bar > 0) return { identifier: { system: party.slice(0, bar), value: party.slice(bar + 1) } };
  if (bar === 0) return { identifier: { value: party.slice(1) } };
  return party.startsWith("did:") ? { identifier: { system: URI_SYSTEM, value: party } } : { reference: party };
}

/** A FHIR Consent says what the masks on chain cannot. `reasons` has all that stands against it. */
export class ConsentNotExpressibleError extends AcesoError {
  override name = "ConsentNotExpressibleError";
  constructor(readonly reasons: readonly ConsentReason[]) {
    super(
      `The Consent cannot be said on chain: ${reasons.map(({ path, reason }) => `${path} ${reason}`).join("; ")}.`,
      "Write one permit with recipients, purposes, categories and an end; use one Consent for each rule.",
    );
  }
}
