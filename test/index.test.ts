import { expect } from "chai";

import * as accreditations from "../src/accreditation/accreditation.js";
import * as roles from "../src/accreditation/role.js";
import * as categories from "../src/consent/category.js";
import * as consents from "../src/consent/consent.js";
import * as delegates from "../src/consent/delegate.js";
import * as standing from "../src/consent/history.js";
import * as purposes from "../src/consent/purpose.js";
import * as terms from "../src/consent/terms.js";
import * as emergencies from "../src/emergency/emergency.js";
import * as preferences from "../src/emergency/preference.js";
import * as codeInfos from "../src/fda/codeInfo.js";
import * as recallNotices from "../src/fda/recall.js";
import * as accountings from "../src/fhir/accounting.js";
import * as auditEvents from "../src/fhir/auditEvent.js";
import * as bundles from "../src/fhir/bundle.js";
import * as resourceCategories from "../src/fhir/categories.js";
import * as fhirClaims from "../src/fhir/claim.js";
import * as claimContexts from "../src/fhir/claimContext.js";
import * as claimResponses from "../src/fhir/claimResponse.js";
import * as claimRules from "../src/fhir/claimRules.js";
import * as fhirConsents from "../src/fhir/consent.js";
import * as coverages from "../src/fhir/coverage.js";
import * as eligibilityGroups from "../src/fhir/eligibilityGroup.js";
import * as explanations from "../src/fhir/explanationOfBenefit.js";
import * as histories from "../src/fhir/history.js";
import * as pseudonyms from "../src/fhir/pseudonym.js";
import * as researchStudies from "../src/fhir/researchStudy.js";
import * as resources from "../src/fhir/resource.js";
import * as safeHarbors from "../src/fhir/safeHarbor.js";
import * as safeHarborReports from "../src/fhir/safeHarborReport.js";
import * as settlements from "../src/fhir/settlement.js";
import * as characters from "../src/gs1/characters.js";
import * as checkDigits from "../src/gs1/checkDigit.js";
import * as dates from "../src/gs1/date.js";
import * as digitalLinks from "../src/gs1/digitalLink.js";
import * as elements from "../src/gs1/elements.js";
import * as elementStrings from "../src/gs1/elementString.js";
import * as epcs from "../src/gs1/epc.js";
import * as epcisChecks from "../src/gs1/epcis/check.js";
import * as epcisDocuments from "../src/gs1/epcis/document.js";
import * as epcisJson from "../src/gs1/epcis/json.js";
import * as epcisTexts from "../src/gs1/epcis/parse.js";
import * as epcisVocabularies from "../src/gs1/epcis/vocabulary.js";
import * as epcisWriting from "../src/gs1/epcis/write.js";
import * as epcisXml from "../src/gs1/epcis/xml.js";
import * as glns from "../src/gs1/gln.js";
import * as gtins from "../src/gs1/gtin.js";
import * as ndcs from "../src/gs1/ndc.js";
import * as productIds from "../src/gs1/productId.js";
import * as scans from "../src/gs1/scan.js";
import * as ssccs from "../src/gs1/sscc.js";
import * as udis from "../src/gs1/udi.js";
import * as aceso from "../src/index.js";
import * as acknowledgements from "../src/insurance/acknowledgement.js";
import * as adjudicatedClaims from "../src/insurance/adjudicated.js";
import * as appeals from "../src/insurance/appeal.js";
import * as claims from "../src/insurance/claim.js";
import * as claimFiles from "../src/insurance/claimFile.js";
import * as claimKeys from "../src/insurance/claimKey.js";
import * as serviceDays from "../src/insurance/day.js";
import * as decisions from "../src/insurance/decision.js";
import * as estimates from "../src/insurance/estimate.js";
import * as listings from "../src/insurance/listed.js";
import * as numberings from "../src/insurance/numbering.js";
import * as plans from "../src/insurance/plan.js";
import * as planFiles from "../src/insurance/planFile.js";
import * as planTerms from "../src/insurance/planTerms.js";
import * as policies from "../src/insurance/policy.js";
import * as policyKeys from "../src/insurance/policyKey.js";
import * as policyStates from "../src/insurance/policyState.js";
import * as preauthorizations from "../src/insurance/preauthorization.js";
import * as quantities from "../src/insurance/quantity.js";
import * as quotes from "../src/insurance/quote.js";
import * as reversals from "../src/insurance/reversal.js";
import * as services from "../src/insurance/service.js";
import * as simulations from "../src/insurance/simulate.js";
import * as statements from "../src/insurance/statement.js";
import * as submissions from "../src/insurance/submission.js";
import * as directory from "../src/keys/keys.js";
import * as affects from "../src/medication/affected.js";
import * as alarms from "../src/medication/alerts.js";
import * as batches from "../src/medication/batch.js";
import * as codes from "../src/medication/codes.js";
import * as conditions from "../src/medication/condition.js";
import * as dispensing from "../src/medication/dispense.js";
import * as dispensings from "../src/medication/dispensed.js";
import * as documents from "../src/medication/document.js";
import * as epcisConflicts from "../src/medication/epcis/conflict.js";
import * as epcisExports from "../src/medication/epcis/export.js";
import * as epcisImports from "../src/medication/epcis/import.js";
import * as epcisParties from "../src/medication/epcis/parties.js";
import * as epcisPlans from "../src/medication/epcis/plan.js";
import * as excerpts from "../src/medication/excerpt.js";
import * as shipments from "../src/medication/handover.js";
import * as items from "../src/medication/item.js";
import * as lineages from "../src/medication/lineage.js";
import * as losses from "../src/medication/loss.js";
import * as parcels from "../src/medication/parcel.js";
import * as prescriptions from "../src/medication/prescription.js";
import * as productRegistry from "../src/medication/product.js";
import * as queues from "../src/medication/queue.js";
import * as recalls from "../src/medication/recall.js";
import * as recallPlans from "../src/medication/recallNotice.js";
import * as routes from "../src/medication/route.js";
import * as scannedPacks from "../src/medication/scanned.js";
import * as offlineScans from "../src/medication/scanOffline.js";
import * as queueSending from "../src/medication/sendQueue.js";
import * as serials from "../src/medication/serials.js";
import * as slips from "../src/medication/slip.js";
import * as snapshots from "../src/medication/snapshot.js";
import * as standings from "../src/medication/standing.js";
import * as states from "../src/medication/states.js";
import * as stocks from "../src/medication/stock.js";
import * as traces from "../src/medication/trace.js";
import * as trees from "../src/medication/tree.js";
import * as units from "../src/medication/unit.js";
import * as verdicts from "../src/medication/verdict.js";
import * as verifications from "../src/medication/verify.js";
import * as whereabouts from "../src/medication/whereabouts.js";
import * as accesses from "../src/records/access.js";
import * as actor from "../src/records/actor.js";
import * as additions from "../src/records/add.js";
import * as amendments from "../src/records/amend.js";
import * as anchors from "../src/records/anchored.js";
import * as erasures from "../src/records/erase.js";
import * as recordKeys from "../src/records/key.js";
import * as openings from "../src/records/open.js";
import * as selfAuthored from "../src/records/selfAuthored.js";
import * as handovers from "../src/records/share.js";
import * as sweeping from "../src/records/sweep.js";
import * as reasons from "../src/records/withheld.js";
import * as announcements from "../src/research/announcement.js";
import * as authoredRecords from "../src/research/authored.js";
import * as contributions from "../src/research/contribution.js";
import * as credits from "../src/research/credit.js";
import * as criteria from "../src/research/criteria.js";
import * as csvRows from "../src/research/csvRows.js";
import * as datasets from "../src/research/dataset.js";
import * as eligibilities from "../src/research/eligibility.js";
import * as enrolments from "../src/research/enrolment.js";
import * as feasibilities from "../src/research/feasibility.js";
import * as anonymities from "../src/research/kAnonymity.js";
import * as payees from "../src/research/payee.js";
import * as payoutFiles from "../src/research/payoutCsv.js";
import * as payoutRounds from "../src/research/payouts.js";
import * as recruiting from "../src/research/recruit.js";
import * as rewards from "../src/research/reward.js";
import * as rounds from "../src/research/round.js";
import * as roundFiles from "../src/research/roundFile.js";
import * as studies from "../src/research/study.js";
import * as studyFiles from "../src/research/studyFile.js";
import * as studyKeys from "../src/research/studyKey.js";
import * as studyStates from "../src/research/studyState.js";
import * as studyTerms from "../src/research/studyTerms.js";
import * as amounts from "../src/token/amount.js";
import * as minting from "../src/token/mint.js";
import * as tokens from "../src/token/token.js";

/** Every domain's object, and the modules it puts together. */
const DOMAINS: Readonly<Record<string, readonly object[]>> = {
  accreditation: [accreditations, roles],
  consent: [consents, delegates, standing, terms, purposes, categories],
  emergency: [emergencies, preferences],
  records: [
    actor,
    additions,
    amendments,
    handovers,
    openings,
    selfAuthored,
    erasures,
    accesses,
    anchors,
    recordKeys,
    reasons,
    sweeping,
  ],
  keys: [directory],
  medication: [
    items,
    states,
    codes,
    serials,
    trees,
    excerpts,
    documents,
    productRegistry,
    batches,
    recalls,
    parcels,
    shipments,
    conditions,
    losses,
    units,
    dispensing,
    affects,
    alarms,
    dispensings,
    lineages,
    queues,
    offlineScans,
    queueSending,
    snapshots,
    standings,
    stocks,
    traces,
    verdicts,
    verifications,
    scannedPacks,
    whereabouts,
  ],
  prescription: [slips, prescriptions, routes],
  gs1: [
    characters,
    checkDigits,
    dates,
    elements,
    elementStrings,
    digitalLinks,
    epcs,
    glns,
    gtins,
    ndcs,
    ssccs,
    productIds,
    udis,
    scans,
  ],
  epcis: [
    epcisTexts,
    epcisJson,
    epcisXml,
    epcisDocuments,
    epcisChecks,
    epcisVocabularies,
    epcisWriting,
    epcisParties,
    epcisPlans,
    epcisConflicts,
    epcisImports,
    epcisExports,
  ],
  fda: [recallNotices, codeInfos, recallPlans],
  insurance: [
    acknowledgements,
    adjudicatedClaims,
    appeals,
    claims,
    claimFiles,
    claimKeys,
    serviceDays,
    decisions,
    estimates,
    listings,
    numberings,
    plans,
    planFiles,
    planTerms,
    policies,
    policyKeys,
    policyStates,
    preauthorizations,
    quantities,
    quotes,
    reversals,
    services,
    simulations,
    statements,
    submissions,
  ],
  token: [amounts, minting, tokens],
  study: [
    announcements,
    authoredRecords,
    contributions,
    credits,
    criteria,
    datasets,
    eligibilities,
    enrolments,
    feasibilities,
    anonymities,
    recruiting,
    rewards,
    studies,
    studyFiles,
    studyKeys,
    studyStates,
    studyTerms,
  ],
  payouts: [csvRows, payees, payoutFiles, payoutRounds, rounds, roundFiles],
  fhir: [
    resources,
    resourceCategories,
    bundles,
    histories,
    fhirConsents,
    auditEvents,
    accountings,
    fhirClaims,
    claimContexts,
    claimRules,
    claimResponses,
    coverages,
    explanations,
    settlements,
    eligibilityGroups,
    pseudonyms,
    researchStudies,
    safeHarbors,
    safeHarborReports,
  ],
};

/** What a dapp developer finds under each name, as the documentation speaks of it. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  accreditation: [
    "accredit",
    "suspend",
    "reinstate",
    "revokeLicence",
    "setMember",
    "setAccreditor",
    "licences",
    "ROLES",
  ],
  consent: [
    ...["grant", "signGrant", "grantBySig", "revoke", "signRevoke", "revokeBySig"],
    ...["revokeAll", "signRevokeAll", "revokeAllBySig", "setDelegate", "signSetDelegate", "setDelegateBySig"],
    ...["permits", "mayDecide", "list", "at", "explain", "purposeMask", "categoryMask", "UNRESTRICTED", "NO_POLICY"],
  ],
  emergency: [
    ...["open", "signCountersignature", "openCountersigned", "review", "contest", "signContest", "contestBySig"],
    ...["isOpen", "cases", "setPreference", "signSetPreference", "setPreferenceBySig", "coveredCategories"],
  ],
  records: [
    ...["add", "addMany", "signAdd", "anchorBySig", "amend", "share", "release", "open", "log"],
    ...["erase", "signErase", "eraseBySig", "sweep", "WITHHELD_REASONS", "NothingToOpenError"],
  ],
  keys: ["publish", "signPublish", "publishBySig", "publishedKey", "publishedKeys"],
  medication: [
    ...["authorise", "withdraw", "setAvailability", "productOf", "supplyOf", "products"],
    ...["commission", "refresh", "batchOf", "recall", "terminateRecall", "rescindRecall", "holdBatch", "releaseBatch"],
    ...["split", "pack", "unpack", "ship", "receive", "reject", "cancelShipment", "documentDigest"],
    ...["hold", "release", "suspect", "clear", "condemn", "destroy", "reportMissing", "recover"],
    ...["dispense", "returnToStock", "setService", "report", "unitIn", "buildTree", "excerptOf", "batchId", "itemId"],
  ],
  prescription: [
    ...["issue", "cancel", "fill", "returnToStock", "prescriptionOf"],
    ...["route", "signRoute", "routeBySig", "parseSlip", "prescriptionId"],
  ],
  gs1: ["parseScan", "parseElementString", "parseDigitalLink", "toGtin14", "gtinOfNdc", "productId", "expiryOfIsoDate"],
  epcis: ["parseEpcis", "writeEpcis", "checkEpcis"],
  fda: ["parseRecalls", "readCodeInfo"],
  insurance: [
    ...["readPlanFile", "create", "publish", "deposit", "withdraw", "planOf", "simulate"],
    ...[
      "issue",
      "signQuote",
      "purchase",
      "terminate",
      "signTerminate",
      "terminateBySig",
      "close",
      "policyOf",
      "statement",
    ],
    ...["estimate", "draftClaim", "signAcknowledgement", "signPreauthorization", "submit", "submitOnConsent", "accept"],
    ...["decide", "finalize", "lapse", "fund", "appeal", "signAppeal", "appealBySig", "rule", "reverse", "claimOf"],
  ],
  study: [
    ...["propose", "approve", "suspend", "reinstate", "endApproval", "close", "publishResults", "fund", "refund"],
    ...["signEnrolment", "enrol", "withdraw", "signWithdrawal", "withdrawBySig", "contributeRecords", "contribute"],
    ...["recordMilestone", "claim", "status", "participantOf", "readStudyFile", "sealStudy", "requireApproved"],
    ...["recruit", "feasibility", "eligibility", "dataset", "anchorDataset", "kAnonymity", "studyId", "termsHash"],
  ],
  payouts: ["build", "payoutOf", "verifyPayout", "saveRound", "openRound", "publish", "claim", "payOut", "reclaim"],
  token: ["mint", "balanceOf", "approve", "tokenDecimals", "tokenUnits", "decimalOf"],
  fhir: [
    "claimLines",
    "explanationOfBenefit",
    "claimResponse",
    "coverageOf",
    "parseBundle",
    "recordsOf",
    "historyOf",
    "categoriesOf",
    "auditEventOf",
    "deidentify",
    "studyPartsOf",
    "researchStudyOf",
  ],
};

describe("the package", () => {
  for (const [domain, modules] of Object.entries(DOMAINS)) {
    it(`has everything of its modules under ${domain}, and no name of one hides another's`, () => {
      const found = aceso[domain as keyof typeof aceso] as unknown as Readonly<Record<string, unknown>>;
      const names = modules.flatMap((module) => Object.keys(module));
      expect(
        names.filter((name, place) => names.indexOf(name) !== place),
        "in two modules",
      ).to.deep.equal([]);
      expect(Object.keys(found).sort()).to.deep.equal([...names].sort());
      for (const module of modules)
        for (const [name, value] of Object.entries(module)) expect(found[name]).to.equal(value);
      expect(found).to.include.all.keys(PROMISED[domain]!);
    });
  }

  it("has nothing else at its top but connecting, keys, vaults and errors", () => {
    const others = Object.keys(aceso).filter((name) => !(name in DOMAINS));
    expect(others.filter((name) => !name.endsWith("Error")).sort()).to.deep.equal([
      "addSlot",
      "connect",
      "deploymentOn",
      "encryptionKeyFrom",
      "generateEncryptionKey",
      "memoryVault",
      "parseDeployment",
      "removeSlot",
      "rpcProvider",
      "sealKey",
      "unlockKey",
    ]);
  });

  it("has only errors that are Aceso's", () => {
    const everything = [aceso, ...Object.keys(DOMAINS).map((domain) => aceso[domain as keyof typeof aceso])];
    const errors = everything.flatMap((each) => Object.entries(each)).filter(([name]) => /Error$/.test(name));
    expect(errors).to.have.length.greaterThan(20);
    for (const [name, error] of errors) {
      expect(error.prototype instanceof aceso.AcesoError || error === aceso.AcesoError, name).to.be.true;
      expect(error).to.have.property("name", name);
    }
  });
});
