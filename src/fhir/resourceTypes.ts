/**
 * The resource types of FHIR R4: whether each is about a patient, and the data categories it holds by default.
 *
 * @module
 */
import type { FhirResource } from "fhir/r4.js";
import type { DataCategory } from "../consent/category.js";

/** The name of a FHIR R4 resource type, such as `Observation`. */
export type ResourceType = FhirResource["resourceType"];

// patient: about somebody. supporting: people, places and products care is given by and with, which can betray why
// (a psychiatric ward, an HIV medicine). definition: says how things are done, about nobody.
type Kind = "patient" | "supporting" | "definition";

// The 148 types of R4 but the abstract Resource and DomainResource. An empty list stands for DIRECTORY.
const TYPES: Record<ResourceType, readonly [Kind, ...DataCategory[]]> = {
  Account: ["patient", "claims"],
  ActivityDefinition: ["definition"],
  AdverseEvent: ["patient", "conditions"],
  AllergyIntolerance: ["patient", "allergies"],
  Appointment: ["patient", "encounters"],
  AppointmentResponse: ["patient", "encounters"],
  AuditEvent: ["patient", "encounters"],
  Basic: ["patient", "clinicalNotes"],
  Binary: ["patient", "clinicalNotes"],
  BiologicallyDerivedProduct: ["patient", "procedures"],
  BodyStructure: ["patient", "conditions"],
  Bundle: ["patient", "clinicalNotes"],
  CapabilityStatement: ["definition"],
  CarePlan: ["patient", "carePlans"],
  CareTeam: ["patient", "carePlans"],
  CatalogEntry: ["definition"],
  ChargeItem: ["patient", "claims"],
  ChargeItemDefinition: ["definition"],
  Claim: ["patient", "claims"],
  ClaimResponse: ["patient", "claims"],
  ClinicalImpression: ["patient", "conditions", "clinicalNotes"],
  CodeSystem: ["definition"],
  Communication: ["patient", "clinicalNotes"],
  CommunicationRequest: ["patient", "clinicalNotes"],
  CompartmentDefinition: ["definition"],
  Composition: ["patient", "clinicalNotes"],
  ConceptMap: ["definition"],
  Condition: ["patient", "conditions"],
  Consent: ["patient", "demographics"],
  Contract: ["patient", "coverage"],
  Coverage: ["patient", "coverage"],
  CoverageEligibilityRequest: ["patient", "coverage"],
  CoverageEligibilityResponse: ["patient", "coverage"],
  DetectedIssue: ["patient", "conditions"],
  Device: ["patient", "deviceReadings"],
  DeviceDefinition: ["definition"],
  DeviceMetric: ["patient", "deviceReadings"],
  DeviceRequest: ["patient", "deviceReadings"],
  DeviceUseStatement: ["patient", "deviceReadings"],
  DiagnosticReport: ["patient", "laboratory"],
  DocumentManifest: ["patient", "clinicalNotes"],
  DocumentReference: ["patient", "clinicalNotes"],
  EffectEvidenceSynthesis: ["definition"],
  Encounter: ["patient", "encounters"],
  Endpoint: ["supporting"],
  EnrollmentRequest: ["patient", "coverage"],
  EnrollmentResponse: ["patient", "coverage"],
  EpisodeOfCare: ["patient", "encounters"],
  EventDefinition: ["definition"],
  Evidence: ["definition"],
  EvidenceVariable: ["definition"],
  ExampleScenario: ["definition"],
  ExplanationOfBenefit: ["patient", "claims"],
  FamilyMemberHistory: ["patient", "familyHistory"],
  Flag: ["patient", "conditions"],
  Goal: ["patient", "carePlans"],
  GraphDefinition: ["definition"],
  Group: ["patient", "demographics"],
  GuidanceResponse: ["patient", "carePlans"],
  HealthcareService: ["supporting"],
  ImagingStudy: ["patient", "imaging"],
  Immunization: ["patient", "immunizations"],
  ImmunizationEvaluation: ["patient", "immunizations"],
  ImmunizationRecommendation: ["patient", "immunizations"],
  ImplementationGuide: ["definition"],
  InsurancePlan: ["definition"],
  Invoice: ["patient", "claims"],
  Library: ["definition"],
  Linkage: ["patient", "demographics"],
  List: ["patient", "clinicalNotes"],
  Location: ["supporting"],
  Measure: ["definition"],
  MeasureReport: ["patient", "carePlans"],
  Media: ["patient", "imaging"],
  Medication: ["supporting", "medications"],
  MedicationAdministration: ["patient", "medications"],
  MedicationDispense: ["patient", "medications"],
  MedicationKnowledge: ["definition"],
  MedicationRequest: ["patient", "medications"],
  MedicationStatement: ["patient", "medications"],
  MedicinalProduct: ["definition"],
  MedicinalProductAuthorization: ["definition"],
  MedicinalProductContraindication: ["definition"],
  MedicinalProductIndication: ["definition"],
  MedicinalProductIngredient: ["definition"],
  MedicinalProductInteraction: ["definition"],
  MedicinalProductManufactured: ["definition"],
  MedicinalProductPackaged: ["definition"],
  MedicinalProductPharmaceutical: ["definition"],
  MedicinalProductUndesirableEffect: ["definition"],
  MessageDefinition: ["definition"],
  MessageHeader: ["supporting"],
  MolecularSequence: ["patient", "genomics"],
  NamingSystem: ["definition"],
  NutritionOrder: ["patient", "carePlans"],
  Observation: ["patient", "clinicalNotes"],
  ObservationDefinition: ["definition"],
  OperationDefinition: ["definition"],
  OperationOutcome: ["supporting"],
  Organization: ["supporting"],
  OrganizationAffiliation: ["supporting"],
  Parameters: ["patient", "demographics"],
  Patient: ["patient", "demographics"],
  PaymentNotice: ["patient", "claims"],
  PaymentReconciliation: ["patient", "claims"],
  Person: ["patient", "demographics"],
  PlanDefinition: ["definition"],
  Practitioner: ["supporting"],
  PractitionerRole: ["supporting"],
  Procedure: ["patient", "procedures"],
  Provenance: ["patient", "encounters"],
  Questionnaire: ["definition"],
  QuestionnaireResponse: ["patient", "clinicalNotes"],
  RelatedPerson: ["patient", "demographics"],
  RequestGroup: ["patient", "carePlans"],
  ResearchDefinition: ["definition"],
  ResearchElementDefinition: ["definition"],
  ResearchStudy: ["patient", "research"],
  ResearchSubject: ["patient", "research"],
  RiskAssessment: ["patient", "conditions"],
  RiskEvidenceSynthesis: ["definition"],
  Schedule: ["supporting"],
  SearchParameter: ["definition"],
  ServiceRequest: ["patient", "procedures"],
  Slot: ["supporting"],
  Specimen: ["patient", "laboratory"],
  SpecimenDefinition: ["definition"],
  StructureDefinition: ["definition"],
  StructureMap: ["definition"],
  Subscription: ["supporting"],
  Substance: ["supporting", "medications"],
  SubstanceNucleicAcid: ["definition"],
  SubstancePolymer: ["definition"],
  SubstanceProtein: ["definition"],
  SubstanceReferenceInformation: ["definition"],
  SubstanceSourceMaterial: ["definition"],
  SubstanceSpecification: ["definition"],
  SupplyDelivery: ["patient", "carePlans"],
  SupplyRequest: ["patient", "carePlans"],
  Task: ["patient", "carePlans"],
  TerminologyCapabilities: ["definition"],
  TestReport: ["definition"],
  TestScript: ["definition"],
  ValueSet: ["definition"],
  VerificationResult: ["supporting"],
  VisionPrescription: ["patient", "deviceReadings"],
};

// Nearly every consent covers demographics, so what is about nobody goes there: it bars no reader from what it explains.
const DIRECTORY: readonly DataCategory[] = ["demographics"];

/** Every concrete FHIR R4 resource type, in alphabetical order. */
export const RESOURCE_TYPES = Object.keys(TYPES) as readonly ResourceType[];

/** True when `name` is a concrete FHIR R4 resource type. */
export function isResourceType(name: string): name is ResourceType {
  return Object.hasOwn(TYPES, name);
}

/**
 * True when resources of this type are about somebody.
 *
 * False for what only supports records (Practitioner, Organization, Location, Medication, …) and for definitions
 * (StructureDefinition, ValueSet, Questionnaire, …). In a bundle those stay with the records: supporting resources that
 * only restricted ones refer to become restricted with them, see `recordsOf`.
 */
export function isPatientData(type: ResourceType): boolean {
  return TYPES[type][0] === "patient";
}

/** True when resources of this type only say how things are done, so that their words betray nothing about anybody. */
export function isDefinition(type: ResourceType): boolean {
  return TYPES[type][0] === "definition";
}

/** The categories of a type before its content is looked at; never empty, never `restricted`. */
export function defaultCategoriesOf(type: ResourceType): readonly DataCategory[] {
  const [, ...categories] = TYPES[type];
  return categories.length > 0 ? categories : DIRECTORY;
}
