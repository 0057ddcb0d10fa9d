import { hexlify, keccak256, randomBytes, toUtf8Bytes } from "ethers";
import type { Bundle } from "fhir/r4.js";

import * as accreditation from "../../src/accreditation/accreditation.js";
import { accountOf, encryptionKeyOf, type Aceso } from "../../src/aceso.js";
import * as consent from "../../src/consent/consent.js";
import { UNRESTRICTED } from "../../src/consent/category.js";
import type { Hex } from "../../src/crypto/bytes.js";
import * as emergency from "../../src/emergency/emergency.js";
import { auditEventOf } from "../../src/fhir/auditEvent.js";
import * as keys from "../../src/keys/keys.js";
import { log } from "../../src/records/access.js";
import { add, type AddedRecord } from "../../src/records/add.js";
import { eraseBySig, signErase } from "../../src/records/erase.js";
import { open, type OpenedChart } from "../../src/records/open.js";
import { release } from "../../src/records/share.js";
import { act, chapter, refused, tell, type Stage } from "./stage.js";

const YEAR = 365 * 24 * 60 * 60;

/** A patient's records, consents and emergencies. */
export async function foundation(stage: Stage, bundle: Bundle): Promise<void> {
  const accreditor = await stage.deployer();
  const [hospital, clinic, doctor, officer] = [
    await stage.funded(),
    await stage.funded(),
    await stage.funded(),
    await stage.funded(),
  ];
  const patient = await stage.unfunded();
  const until = (await stage.time.latest()) + YEAR;

  chapter("1. A hospital, a clinician and a privacy officer are accredited; everybody publishes a key");
  for (const [participant, role] of [
    [hospital, "Provider"],
    [doctor, "Practitioner"],
    [officer, "PrivacyOfficer"],
  ] as const) {
    const licence = { participant: accountOf(participant), role, validUntil: until };
    await act(`licence as ${role}`, accreditation.accredit(accreditor, licence));
  }
  for (const account of [hospital, clinic, doctor]) {
    const key = encryptionKeyOf(account).publicKey;
    await act("encryption key published", keys.publish(account, { key }));
  }
  const signedKey = await keys.signPublish(patient, { key: encryptionKeyOf(patient).publicKey });
  await act("the patient's key, signed by a patient without ether, relayed", keys.publishBySig(hospital, signedKey));

  chapter("2. The hospital anchors the patient's encrypted records");
  const added = await anchored(hospital, patient, bundle);

  const treatment = { patient: accountOf(patient), grantee: accountOf(clinic), purpose: "TREAT" } as const;
  chapter("3. A clinic asks without consent");
  const handover = await release(hospital, { ...treatment, reader: accountOf(clinic) });
  tell(`the hospital asks the chain and releases ${handover.records.length} of ${added.length} records`);
  await refused("the clinic opens the chart", () => open(clinic, treatment));

  chapter("4. The patient consents by signature, holding no ether");
  const terms = { purposes: ["TREAT"], categories: UNRESTRICTED, validUntil: until } as const;
  const grant = { grantee: accountOf(clinic), policy: policy("notice of privacy practices"), terms };
  await act(
    "consent for treatment, all but restricted data",
    consent.grantBySig(clinic, await consent.signGrant(patient, grant)),
  );
  tell(`the patient's balance: ${await stage.balanceOf(accountOf(patient))} wei`);

  chapter("5. The clinic opens the chart, and the access stands in the trail");
  const underPolicy = { ...treatment, policy: grant.policy };
  await release(hospital, { ...underPolicy, reader: accountOf(clinic) });
  told("the clinic", await open(clinic, underPolicy));
  await trail(hospital, patient);

  chapter("6. An emergency room breaks the glass, and answers for it");
  const evidence = policy("unconscious, no companion");
  const { result: opened } = await act(
    "a clinician opens an emergency for four hours",
    emergency.open(doctor, { patient: accountOf(patient), evidence }),
  );
  const glass = { patient: accountOf(patient), purpose: "BTG" } as const;
  await release(hospital, { ...glass, reader: accountOf(doctor) });
  told("the emergency room", await open(doctor, glass));
  const verdict = { ...opened, justified: true, evidence: policy("admission report") };
  await stage.time.increaseTo(opened.until);
  await act("when it has ended, the privacy officer reviews it: justified", emergency.review(officer, verdict));

  chapter("7. The patient revokes; what was signed before counts no longer");
  const unsent = await consent.signGrant(patient, grant);
  tell("the patient signs another consent, which nobody sends yet");
  const revocation = await consent.signRevoke(patient, { grantee: accountOf(clinic), policy: grant.policy });
  await act("revocation, signed and relayed; the clinic's keys are deleted", consent.revokeBySig(hospital, revocation));
  await refused("the clinic opens the chart again", () => open(clinic, underPolicy));
  await refused("the consent signed before the revocation is sent", () => consent.grantBySig(clinic, unsent).send());

  chapter("8. The patient erases a record, for good");
  const { record, categories } = added[0]!;
  await act(
    `erasure of the record on ${categories.join(", ")}, signed and relayed`,
    eraseBySig(hospital, await signErase(patient, { records: [record] })),
  );
  const own = await open(patient, { patient: accountOf(patient), purpose: "PATRQT" });
  told("the patient", own);
}

async function anchored(hospital: Aceso, patient: Aceso, bundle: Bundle): Promise<AddedRecord[]> {
  const resources = bundle.entry?.length ?? 0;
  const prepared = await add(hospital, { patient: accountOf(patient), role: "Provider", bundle });
  const { result, gasUsed } = await prepared.send();
  tell(`${resources} FHIR resources in ${result.length} encrypted records, anchored in one transaction`, gasUsed);
  const restricted = result.filter(({ categories }) => categories.includes("restricted")).length;
  tell(`${restricted} of them hold specially protected data; the chain sees neither that nor any category`);
  return result;
}

function told(reader: string, { bundle, records, withheld, access }: OpenedChart): void {
  const what = `${reader} reads ${bundle.entry?.length ?? 0} resources from ${records.length} records`;
  tell(access === undefined ? `${what}, the patient's own` : `${what}, logged once`, access?.gasUsed);
  const counts = Map.groupBy(withheld, ({ reason }) => reason);
  for (const [reason, items] of counts) tell(`    withheld: ${items.length} record(s), ${reason}`);
}

async function trail(aceso: Aceso, patient: Aceso): Promise<void> {
  for (const access of await log(aceso, { patient: accountOf(patient) })) {
    const { agent, recorded } = auditEventOf(access);
    tell(
      `    AuditEvent ${recorded}: ${access.grantee} for ${access.purpose}, ${access.categories.length} categories, ${agent.length} agent(s)`,
    );
  }
}

/** A salted digest, which says nothing of the document to who lacks the salt. */
function policy(document: string): Hex {
  return keccak256(toUtf8Bytes(`${hexlify(randomBytes(32))} ${document}`)) as Hex;
}
