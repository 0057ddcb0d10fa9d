/**
 * Logged accesses → FHIR AuditEvents, as hospitals' audit repositories take them.
 *
 * @module
 */
import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding } from "fhir/r4.js";
import { PURPOSE_SYSTEM, purposeDisplay } from "../consent/purpose.js";
import type { Access } from "../records/access.js";
import { accountIdentifier, categoryCoding, isZero, policyUri, URI_SYSTEM } from "./account.js";
import { dateTimeOf } from "./time.js";

const DICOM = "http://dicom.nema.org/resources/ontology/DCM";
const TERMINOLOGY = "http://terminology.hl7.org/CodeSystem";

/**
 * The AuditEvent of a logged access: DICOM *Patient Record* (110110), read, as in IHE's Basic Audit Log Patterns.
 *
 * Agents are the grantee as recipient, the member of staff by the keyed digest on chain, and the account that sent the
 * transaction. Entities are the patient and the records opened, by their root or id, with confidentiality and data
 * categories as security labels, and the log entry that proves permission as details. Accounts and the observing
 * contract are `did:pkh` identifiers, which hold the chain. A purpose of BTG means the basis was an emergency.
 *
 * @example
 * auditEventOf(access).recorded; // "2026-03-01T09:30:00Z"
 *
 * @throws {@link YearOutOfRangeError} when the time is none FHIR can write.
 */
export function auditEventOf(access: Access): AuditEvent {
  const { chainId, contract, purpose, time } = access;
  const purposes = [{ coding: [{ system: PURPOSE_SYSTEM, code: purpose, display: purposeDisplay(purpose) }] }];
  return {
    resourceType: "AuditEvent",
    type: { system: DICOM, code: "110110", display: "Patient Record" },
    subtype: [{ system: "http://hl7.org/fhir/restful-interaction", code: "read", display: "read" }],
    action: "R",
    recorded: dateTimeOf(time),
    outcome: "0",
    purposeOfEvent: purposes,
    agent: agentsOf(access),
    source: {
      site: `eip155:${chainId}`,
      observer: { type: "Device", identifier: accountIdentifier(chainId, contract) },
      type: [{ system: `${TERMINOLOGY}/security-source-type`, code: "9", display: "Other" }],
    },
    entity: [patientEntity(access), recordsEntity(access)],
  };
}

function agentsOf({ chainId, grantee, policy, actor, caller }: Access): AuditEventAgent[] {
  const recipient = coding(`${TERMINOLOGY}/v3-ParticipationType`, "IRCP", "information recipient");
  const human = coding(`${TERMINOLOGY}/extra-security-role-type`, "humanuser", "human user");
  const sender = coding(DICOM, "110153", "Source Role ID");
  return [
    {
      type: { coding: [recipient] },
      who: { identifier: accountIdentifier(chainId, grantee) },
      // Exactly one agent requested: the member of staff, where the log names one.
      requestor: isZero(actor),
      ...(!isZero(policy) && { policy: [policyUri(policy)] }),
    },
    ...(isZero(actor) ? [] : [{ type: { coding: [human] }, altId: actor, requestor: true }]),
    { type: { coding: [sender] }, who: { identifier: accountIdentifier(chainId, caller) }, requestor: false },
  ];
}

function patientEntity({ chainId, patient }: Access): AuditEventEntity {
  return {
    what: { identifier: accountIdentifier(chainId, patient) },
    type: coding(`${TERMINOLOGY}/audit-entity-type`, "1", "Person"),
    role: coding(`${TERMINOLOGY}/object-role`, "1", "Patient"),
  };
}

function recordsEntity({ records, categories, transaction, block, logIndex }: Access): AuditEventEntity {
  const confidentiality = categories.includes("restricted") ? ["R", "restricted"] : ["N", "normal"];
  return {
    what: { identifier: { system: URI_SYSTEM, value: `urn:aceso:records:${records}` } },
    type: coding(`${TERMINOLOGY}/audit-entity-type`, "2", "System Object"),
    role: coding(`${TERMINOLOGY}/object-role`, "4", "Domain Resource"),
    lifecycle: coding(`${TERMINOLOGY}/dicom-audit-lifecycle`, "6", "Access / Use"),
    securityLabel: [
      coding(`${TERMINOLOGY}/v3-Confidentiality`, confidentiality[0]!, confidentiality[1]!),
      ...categories.map(categoryCoding),
    ],
    detail: [
      { type: "transaction", valueString: transaction },
      { type: "block", valueString: String(block) },
      { type: "logIndex", valueString: String(logIndex) },
    ],
  };
}

function coding(system: string, code: string, display: string): Coding {
  return { system, code, display };
}
