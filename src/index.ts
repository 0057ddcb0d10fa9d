/**
 * Aceso: health data that belongs to the patient, on any EVM chain.
 *
 * One object a domain, under the names the contracts and the CLI use; every type by its own name. The vault in a folder
 * needs Node.js and has an entry of its own: `aceso/vault/folder`.
 *
 * @example
 * import { connect, consent, records } from "aceso";
 *
 * const aceso = await connect(signer, { vault, encryptionKey });
 * await consent.grant(aceso, { grantee: clinic, terms: { purposes: ["TREAT"], categories: ["laboratory"], validUntil } }).send();
 *
 * @module
 */
import * as licences from "./accreditation/accreditation.js";
import * as roles from "./accreditation/role.js";
import * as categories from "./consent/category.js";
import * as grants from "./consent/consent.js";
import * as delegates from "./consent/delegate.js";
import * as standing from "./consent/history.js";
import * as purposes from "./consent/purpose.js";
import * as terms from "./consent/terms.js";
import * as emergencies from "./emergency/emergency.js";
import * as preferences from "./emergency/preference.js";
import * as codeInfos from "./fda/codeInfo.js";
import * as recallNotices from "./fda/recall.js";
import * as accountings from "./fhir/accounting.js";
import * as auditEvents from "./fhir/auditEvent.js";
import * as bundles from "./fhir/bundle.js";
import * as resourceCategories from "./fhir/categories.js";
import * as fhirClaims from "./fhir/claim.js";
import * as claimContexts from "./fhir/claimContext.js";
import * as claimResponses from "./fhir/claimResponse.js";
import * as claimRules from "./fhir/claimRules.js";
import * as fhirConsents from "./fhir/consent.js";
import * as coverages from "./fhir/coverage.js";
import * as eligibilityGroups from "./fhir/eligibilityGroup.js";
import * as explanations from "./fhir/explanationOfBenefit.js";
import * as histories from "./fhir/history.js";
import * as pseudonyms from "./fhir/pseudonym.js";
import * as researchStudies from "./fhir/researchStudy.js";
import * as resources from "./fhir/resource.js";
import * as safeHarbors from "./fhir/safeHarbor.js";
import * as safeHarborReports from "./fhir/safeHarborReport.js";
import * as settlements from "./fhir/settlement.js";
import * as characters from "./gs1/characters.js";
import * as checkDigits from "./gs1/checkDigit.js";
import * as dates from "./gs1/date.js";
import * as digitalLinks from "./gs1/digitalLink.js";
import * as elements from "./gs1/elements.js";
import * as elementStrings from "./gs1/elementString.js";
import * as epcs from "./gs1/epc.js";
import * as epcisChecks from "./gs1/epcis/check.js";
import * as epcisDocuments from "./gs1/epcis/document.js";
import * as epcisJson from "./gs1/epcis/json.js";
import * as epcisTexts from "./gs1/epcis/parse.js";
import * as epcisVocabularies from "./gs1/epcis/vocabulary.js";
import * as epcisWriting from "./gs1/epcis/write.js";
import * as epcisXml from "./gs1/epcis/xml.js";
import * as glns from "./gs1/gln.js";
import * as gtins from "./gs1/gtin.js";
import * as ndcs from "./gs1/ndc.js";
import * as productIds from "./gs1/productId.js";
import * as scans from "./gs1/scan.js";
import * as ssccs from "./gs1/sscc.js";
import * as udis from "./gs1/udi.js";
import * as acknowledgements from "./insurance/acknowledgement.js";
import * as adjudicatedClaims from "./insurance/adjudicated.js";
import * as appeals from "./insurance/appeal.js";
import * as claims from "./insurance/claim.js";
import * as claimFiles from "./insurance/claimFile.js";
import * as claimKeys from "./insurance/claimKey.js";
import * as serviceDays from "./insurance/day.js";
import * as decisions from "./insurance/decision.js";
import * as estimates from "./insurance/estimate.js";
import * as listings from "./insurance/listed.js";
import * as numberings from "./insurance/numbering.js";
import * as plans from "./insurance/plan.js";
import * as planFiles from "./insurance/planFile.js";
import * as planTerms from "./insurance/planTerms.js";
import * as policies from "./insurance/policy.js";
import * as policyKeys from "./insurance/policyKey.js";
import * as policyStates from "./insurance/policyState.js";
import * as preauthorizations from "./insurance/preauthorization.js";
import * as quantities from "./insurance/quantity.js";
import * as quotes from "./insurance/quote.js";
import * as reversals from "./insurance/reversal.js";
import * as services from "./insurance/service.js";
import * as simulations from "./insurance/simulate.js";
import * as statements from "./insurance/statement.js";
import * as submissions from "./insurance/submission.js";
import * as directory from "./keys/keys.js";
import * as affects from "./medication/affected.js";
import * as alarms from "./medication/alerts.js";
import * as batches from "./medication/batch.js";
import * as codes from "./medication/codes.js";
import * as conditions from "./medication/condition.js";
import * as dispensing from "./medication/dispense.js";
import * as dispensings from "./medication/dispensed.js";
import * as documents from "./medication/document.js";
import * as epcisConflicts from "./medication/epcis/conflict.js";
import * as epcisExports from "./medication/epcis/export.js";
import * as epcisImports from "./medication/epcis/import.js";
import * as epcisParties from "./medication/epcis/parties.js";
import * as epcisPlans from "./medication/epcis/plan.js";
import * as excerpts from "./medication/excerpt.js";
import * as shipments from "./medication/handover.js";
import * as items from "./medication/item.js";
import * as lineages from "./medication/lineage.js";
import * as losses from "./medication/loss.js";
import * as parcels from "./medication/parcel.js";
import * as prescriptions from "./medication/prescription.js";
import * as productRegistry from "./medication/product.js";
import * as queues from "./medication/queue.js";
import * as recalls from "./medication/recall.js";
import * as recallPlans from "./medication/recallNotice.js";
import * as routes from "./medication/route.js";
import * as scannedPacks from "./medication/scanned.js";
import * as offlineScans from "./medication/scanOffline.js";
import * as queueSending from "./medication/sendQueue.js";
import * as serials from "./medication/serials.js";
import * as slips from "./medication/slip.js";
import * as snapshots from "./medication/snapshot.js";
import * as standings from "./medication/standing.js";
import * as states from "./medication/states.js";
import * as stocks from "./medication/stock.js";
import * as traces from "./medication/trace.js";
import * as trees from "./medication/tree.js";
import * as units from "./medication/unit.js";
import * as verdicts from "./medication/verdict.js";
import * as verifications from "./medication/verify.js";
import * as whereabouts from "./medication/whereabouts.js";
import * as accesses from "./records/access.js";
import * as actors from "./records/actor.js";
import * as additions from "./records/add.js";
import * as amendments from "./records/amend.js";
import * as anchors from "./records/anchored.js";
import * as erasures from "./records/erase.js";
import * as recordKeys from "./records/key.js";
import * as openings from "./records/open.js";
import * as selfAuthored from "./records/selfAuthored.js";
import * as handovers from "./records/share.js";
import * as sweeping from "./records/sweep.js";
import * as reasons from "./records/withheld.js";
import * as announcements from "./research/announcement.js";
import * as authoredRecords from "./research/authored.js";
import * as contributions from "./research/contribution.js";
import * as credits from "./research/credit.js";
import * as criteria from "./research/criteria.js";
import * as csvRows from "./research/csvRows.js";
import * as datasets from "./research/dataset.js";
import * as eligibilities from "./research/eligibility.js";
import * as enrolments from "./research/enrolment.js";
import * as feasibilities from "./research/feasibility.js";
import * as anonymities from "./research/kAnonymity.js";
import * as payees from "./research/payee.js";
import * as payoutFiles from "./research/payoutCsv.js";
import * as payoutRounds from "./research/payouts.js";
import * as recruiting from "./research/recruit.js";
import * as rewards from "./research/reward.js";
import * as rounds from "./research/round.js";
import * as roundFiles from "./research/roundFile.js";
import * as studies from "./research/study.js";
import * as studyFiles from "./research/studyFile.js";
import * as studyKeys from "./research/studyKey.js";
import * as studyStates from "./research/studyState.js";
import * as studyTerms from "./research/studyTerms.js";
import * as amounts from "./token/amount.js";
import * as minting from "./token/mint.js";
import * as tokens from "./token/token.js";

/** Who is licensed to act in which role, and who is on whose staff. */
export const accreditation = { ...licences, ...roles };

/** Who may use a patient's data, for what and until when. */
export const consent = {
  ...grants,
  ...delegates,
  ...standing,
  ...terms,
  ...purposes,
  ...categories,
};

/** Breaking the glass, and answering for it. */
export const emergency = { ...emergencies, ...preferences };

/** Encrypted records: add, share, release, open, amend, erase, and the trail of who opened them. */
export const records = {
  ...actors,
  ...additions,
  ...amendments,
  ...handovers,
  ...openings,
  ...selfAuthored,
  ...erasures,
  ...accesses,
  ...anchors,
  ...recordKeys,
  ...reasons,
  ...sweeping,
};

/** The directory of public encryption keys. */
export const keys = { ...directory };

/** Medicine from factory to patient: products, batches, custody, dispensing. */
export const medication = {
  ...items,
  ...states,
  ...codes,
  ...serials,
  ...trees,
  ...excerpts,
  ...documents,
  ...productRegistry,
  ...batches,
  ...recalls,
  ...parcels,
  ...shipments,
  ...conditions,
  ...losses,
  ...units,
  ...dispensing,
  ...affects,
  ...alarms,
  ...dispensings,
  ...lineages,
  ...queues,
  ...offlineScans,
  ...queueSending,
  ...snapshots,
  ...standings,
  ...stocks,
  ...traces,
  ...verdicts,
  ...verifications,
  ...scannedPacks,
  ...whereabouts,
};

/** Prescriptions: issued, routed by the patient, filled. */
export const prescription = { ...slips, ...prescriptions, ...routes };

/** GS1 and other device identifiers, barcodes and their dates. */
export const gs1 = {
  ...characters,
  ...checkDigits,
  ...dates,
  ...elements,
  ...elementStrings,
  ...digitalLinks,
  ...epcs,
  ...glns,
  ...gtins,
  ...ndcs,
  ...ssccs,
  ...productIds,
  ...udis,
  ...scans,
};

/** GS1 EPCIS events, read from XML and JSON-LD and written as JSON-LD. */
export const epcis = {
  ...epcisTexts,
  ...epcisJson,
  ...epcisXml,
  ...epcisDocuments,
  ...epcisChecks,
  ...epcisVocabularies,
  ...epcisWriting,
  ...epcisParties,
  ...epcisPlans,
  ...epcisConflicts,
  ...epcisImports,
  ...epcisExports,
};

/** Recalls of the United States Food and Drug Administration. */
export const fda = { ...recallNotices, ...codeInfos, ...recallPlans };

/** Insurance: plans, policies, claims adjudicated on chain and paid from escrow. */
export const insurance = {
  ...acknowledgements,
  ...adjudicatedClaims,
  ...appeals,
  ...claims,
  ...claimFiles,
  ...claimKeys,
  ...serviceDays,
  ...decisions,
  ...estimates,
  ...listings,
  ...numberings,
  ...plans,
  ...planFiles,
  ...planTerms,
  ...policies,
  ...policyKeys,
  ...policyStates,
  ...preauthorizations,
  ...quantities,
  ...quotes,
  ...reversals,
  ...services,
  ...simulations,
  ...statements,
  ...submissions,
};

/** The ERC-20 that benefits and rewards are paid in, and its amounts. */
export const token = { ...amounts, ...minting, ...tokens };

/** Studies: terms approved by a board, participants credited by contract, data de-identified. */
export const study = {
  ...announcements,
  ...authoredRecords,
  ...contributions,
  ...credits,
  ...criteria,
  ...datasets,
  ...eligibilities,
  ...enrolments,
  ...feasibilities,
  ...anonymities,
  ...recruiting,
  ...rewards,
  ...studies,
  ...studyFiles,
  ...studyKeys,
  ...studyStates,
  ...studyTerms,
};

/** Cohorts paid from a CSV file, in rounds nobody can change. */
export const payouts = {
  ...csvRows,
  ...payees,
  ...payoutFiles,
  ...payoutRounds,
  ...rounds,
  ...roundFiles,
};

/** HL7 FHIR R4 at the edges. */
export const fhir = {
  ...resources,
  ...resourceCategories,
  ...bundles,
  ...histories,
  ...fhirConsents,
  ...auditEvents,
  ...accountings,
  ...fhirClaims,
  ...claimContexts,
  ...claimRules,
  ...claimResponses,
  ...coverages,
  ...explanations,
  ...settlements,
  ...eligibilityGroups,
  ...pseudonyms,
  ...researchStudies,
  ...safeHarbors,
  ...safeHarborReports,
};

export {
  connect,
  NoEncryptionKeyError,
  NoProviderError,
  NoSignerError,
  NotDeployedError,
  NoVaultError,
} from "./aceso.js";
export { deploymentOn, MalformedDeploymentError, NoDeploymentError, parseDeployment } from "./deployment.js";
export { AcesoError } from "./errors.js";
export { NotMinedError, TransactionFailedError } from "./prepare.js";
export { rpcProvider, RpcUnreachableError } from "./provider.js";
export { SignedForElsewhereError, SignerMismatchError } from "./signing.js";
export { ContractError, InsufficientFundsError, UnknownRevertError } from "./revert.js";
export { encryptionKeyFrom, generateEncryptionKey } from "./crypto/encryptionKey.js";
export { addSlot, removeSlot, sealKey, unlockKey } from "./crypto/sealedKey.js";
export { memoryVault } from "./vault/memory.js";

export type { Aceso, ConnectOptions, Contracts } from "./aceso.js";
export type { Deployment } from "./deployment.js";
export type { Around, Prepared, Sent } from "./prepare.js";
export type { MessageTypes, Signed } from "./signing.js";
export type { Licence, Participation } from "./accreditation/accreditation.js";
export type { Role } from "./accreditation/role.js";
export type { DataCategory } from "./consent/category.js";
export type { ConsentKey, GrantMessage, RevokeAllMessage, RevokeMessage } from "./consent/consent.js";
export type { Delegation, SetDelegateMessage } from "./consent/delegate.js";
export type { StandingConsent } from "./consent/history.js";
export type { Purpose } from "./consent/purpose.js";
export type { Explanation, Terms, TermsMessage } from "./consent/terms.js";
export type { Address } from "./crypto/address.js";
export type { Hex } from "./crypto/bytes.js";
export type { OnProgress } from "./crypto/merkleTree.js";
export type { EncryptionKey } from "./crypto/encryptionKey.js";
export type { SealedKey } from "./crypto/sealedKey.js";
export type { SealedSlot, Slot, Unlock } from "./crypto/slot.js";
export type { CaseKey, ContestMessage, CountersignMessage, EmergencyCase, Opened } from "./emergency/emergency.js";
export type { Preference, SetPreferenceMessage } from "./emergency/preference.js";
export type { CodeInfo, RecalledLot } from "./fda/codeInfo.js";
export type { RecallExpiry } from "./fda/expiry.js";
export type { RecallClass, RecallNotice } from "./fda/recall.js";
export type { Accounting, AccountingOptions, AccountingRule, Disclosure, RecipientName } from "./fhir/accounting.js";
export type { EmptyEntry, FhirRecord } from "./fhir/bundle.js";
export type { ConsentParts, ConsentReason, ConsentTerms } from "./fhir/consent.js";
export type { HistoryPart } from "./fhir/history.js";
export type { FullEntry } from "./fhir/resource.js";
export type { DayParts, Expiry } from "./gs1/date.js";
export type { Element, Elements, Key } from "./gs1/elements.js";
export type {
  Action,
  AggregationEvent,
  AssociationEvent,
  BizTransaction,
  EpcisDocument,
  EpcisEvent,
  MasterData,
  ObjectEvent,
  Quantity,
  SourceOrDestination,
  TransactionEvent,
  TransactionStatement,
  TransformationEvent,
} from "./gs1/epcis/event.js";
export type { PlannedStep } from "./medication/epcis/step.js";
export type { ConnectionOf, Imported, ImportProgress } from "./medication/epcis/import.js";
export type { ExportOptions } from "./medication/epcis/export.js";
export type { PartyBook, TradingParty } from "./medication/epcis/parties.js";
export type { Plan, PlanOptions, Unmapped } from "./medication/epcis/plan.js";
export type { PlannedRecall, RecallPlan } from "./medication/recallNotice.js";
export type { EpcisLimit } from "./gs1/epcis/json.js";
export type { Product } from "./gs1/productId.js";
export type { OfProduct, Scan } from "./gs1/scan.js";
export type { Udi } from "./gs1/udi.js";
export type { AdjudicatedClaim, AdjudicatedLine, InsurerDecision } from "./fhir/adjudication.js";
export type { ClaimOptions, ReadClaim } from "./fhir/claim.js";
export type { ClaimContext } from "./fhir/claimContext.js";
export type { AppliedRule, ClaimRule, Unbillable, UnbillableReason } from "./fhir/claimRules.js";
export type { AccountBook, CoveredPolicy, PolicyDraft, PolicyStanding } from "./fhir/coverage.js";
export type { AcknowledgeMessage, SignedAcknowledgement } from "./insurance/acknowledgement.js";
export type { Appeal, AppealMessage, SignedAppeal } from "./insurance/appeal.js";
export type { ClaimHistory } from "./insurance/claim.js";
export type { ClaimFile } from "./insurance/claimFile.js";
export type { Adjudicated, AskedClaims, ClaimEvent, ClaimStep } from "./insurance/claimHistory.js";
export type { BilledClaim, ClaimKey, ClaimKeyMessage } from "./insurance/claimKey.js";
export type { Estimate } from "./insurance/estimate.js";
export type { ExplainedLine } from "./insurance/explained.js";
export type { Line, LineOutcome, ServiceLine } from "./insurance/line.js";
export type { NumberedLine } from "./insurance/numbering.js";
export type { Accumulators, ClaimOutcome, ClaimState, ClaimStatus } from "./insurance/outcome.js";
export type { Plan as InsurancePlan, PlanKey, Reserve } from "./insurance/plan.js";
export type { PlanDraft, PlanFile, PlanFileService, PlannedService } from "./insurance/planFile.js";
export type { Benefit, Cover, PlanTerms } from "./insurance/planTerms.js";
export type { SignedTermination, TerminateMessage, Termination } from "./insurance/policy.js";
export type { Policy, PolicyMessage } from "./insurance/policyKey.js";
export type { PolicyState } from "./insurance/policyState.js";
export type { PreauthorizationMessage, SignedPreauthorization } from "./insurance/preauthorization.js";
export type { SignedQuote } from "./insurance/quote.js";
export type { Service } from "./insurance/service.js";
export type { NotBilled, PastClaim, SimulatedClaim, Simulation } from "./insurance/simulate.js";
export type { Statement } from "./insurance/statement.js";
export type { BillingRole, Presented } from "./insurance/submission.js";
export type { PublishKeyMessage } from "./keys/keys.js";
export type { Affected } from "./medication/affected.js";
export type { Alert, NoticeAlert, ReportAlert } from "./medication/alerts.js";
export type { BatchState, Commissioned } from "./medication/batch.js";
export type { Availability, ProductKind } from "./medication/codes.js";
export type { Judgement } from "./medication/condition.js";
export type { Dispensed } from "./medication/dispensed.js";
export type { SerialTreeFile } from "./medication/excerpt.js";
export type { Shipment, TradingRole } from "./medication/handover.js";
export type { Batch, Container, Item, Parcel } from "./medication/item.js";
export type { Inside } from "./medication/lineage.js";
export type { Loss } from "./medication/loss.js";
export type { Fill, PrescriptionState } from "./medication/prescription.js";
export type { AuthorisedProduct, ProductAuthorisation, Supply } from "./medication/product.js";
export type { Queue, QueueEntry } from "./medication/queue.js";
export type { BatchHold, RecallEnd } from "./medication/recall.js";
export type { Route, RouteMessage, SignedRoute } from "./medication/route.js";
export type { Prescription, PrescriptionOpening, PrescriptionSlip } from "./medication/slip.js";
export type { Snapshot } from "./medication/snapshot.js";
export type { BatchStanding } from "./medication/standing.js";
export type { Stocked } from "./medication/stock.js";
export type { Step } from "./medication/trace.js";
export type { Finding, FindingName, Verdict } from "./medication/verdict.js";
export type { Answer, PackAnswer } from "./medication/verify.js";
export type { Whereabouts } from "./medication/whereabouts.js";
export type { Authority, Condition, Reason, Status } from "./medication/states.js";
export type { SerialTree } from "./medication/tree.js";
export type { Pack, ProvenUnit } from "./medication/unit.js";
export type { Access } from "./records/access.js";
export type { AddedRecord, Authorship, Chart, SealedRecord } from "./records/add.js";
export type { Amendment } from "./records/amend.js";
export type { AnchoredRecord } from "./records/anchored.js";
export type { Envelope, ReadEnvelope, RootProof, Version } from "./records/envelope.js";
export type { EraseMessage, SignedErase } from "./records/erase.js";
export type { RecordKey } from "./records/key.js";
export type { OpenedChart, Opening } from "./records/open.js";
export type { Basis } from "./records/permitted.js";
export type { AnchorMessage, SignedAnchor } from "./records/selfAuthored.js";
export type { Handover } from "./records/share.js";
export type { SweptKey } from "./records/sweep.js";
export type { Withheld } from "./records/withheld.js";
export type { Deidentification, Deidentified } from "./fhir/safeHarbor.js";
export type { IdentifierClass, SafeHarborReport } from "./fhir/safeHarborReport.js";
export type { Announced, Announcement, StudySalts } from "./research/announcement.js";
export type { Contributed, Unfit } from "./research/contribution.js";
export type { Contribution, Credit } from "./research/credit.js";
export type { Criterion, CriterionCode, CriterionKind } from "./research/criteria.js";
export type { CsvSource } from "./research/csvRows.js";
export type { Dataset, DatasetManifest, Excluded } from "./research/dataset.js";
export type { CriterionFit, Eligibility, Fit } from "./research/eligibility.js";
export type { EnrolmentMessage, Leaving, WithdrawalMessage } from "./research/enrolment.js";
export type { Feasibility } from "./research/feasibility.js";
export type { Anonymity, QuasiIdentifier } from "./research/kAnonymity.js";
export type { Payee } from "./research/payee.js";
export type { BadRow } from "./research/payoutCsv.js";
export type { BuildOptions, Payout, PayoutRound } from "./research/payouts.js";
export type { RoundPayout, RoundState } from "./research/round.js";
export type { Publication, RoundFile } from "./research/roundFile.js";
export type { Proposal } from "./research/study.js";
export type { AnnouncedFile, AnnouncedStudy, StudyDraft, StudyFile } from "./research/studyFile.js";
export type { StudyKey } from "./research/studyKey.js";
export type { ParticipantState, StudyMoney, StudyState } from "./research/studyState.js";
export type { StudyTerms } from "./research/studyTerms.js";
export type { Minting } from "./token/mint.js";
export type { KeyFilter, Vault, WrappedKey } from "./vault/vault.js";
