/**
 * A study for the demo: HL7's ResearchStudy example with what it lacks, who deals with it, and people with HL7's
 * laboratory results.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import type { Bundle, Observation, Patient, ResearchStudy } from "fhir/r4.js";

import * as accreditation from "../../src/accreditation/accreditation.js";
import type { Role } from "../../src/accreditation/role.js";
import { accountOf, encryptionKeyOf, signerOf, type Aceso } from "../../src/aceso.js";
import type { Address } from "../../src/crypto/address.js";
import { utf8 } from "../../src/crypto/bytes.js";
import { sha256 } from "../../src/crypto/digest.js";
import { parseResource, type FhirResource } from "../../src/fhir/resource.js";
import { studyPartsOf, type StudyParts } from "../../src/fhir/researchStudy.js";
import { dateTimeOf } from "../../src/fhir/time.js";
import { TestToken__factory } from "../../src/generated/index.js";
import * as keys from "../../src/keys/keys.js";
import { add } from "../../src/records/add.js";
import { readStudyFile, type StudyDraft } from "../../src/research/studyFile.js";
import { decimalOf, tokenUnits } from "../../src/token/amount.js";
import { approve } from "../../src/token/token.js";
import { openStage } from "./stage.js";

export const DECIMALS = 6;

export const DAY = 24 * 60 * 60;

/** Days from the beginning: enrolment ends, the study ends, results are due, the refund begins. */
const DAYS = { enrolUntil: 60, endsAt: 90, resultsDue: 100, refundAt: 120 } as const;

const LABORATORY = ["f001", "f002", "f003"] as const;
const PATIENTS = ["f001", "f201", "example"] as const;

/** Everybody a study concerns, on a chain of its own. */
export async function openCohort() {
  const stage = await openStage();
  const deployer = await stage.deployer();
  const join = async (role: Role): Promise<Aceso> => {
    const aceso = await stage.funded();
    const licence = { participant: accountOf(aceso), role, validUntil: (await stage.time.latest()) + 365 * DAY };
    await accreditation.accredit(deployer, licence).send();
    return aceso;
  };
  const people = {
    sponsor: await join("Researcher"),
    board: await join("EthicsBoard"),
    hospital: await join("Provider"),
    steward: await stage.funded(),
    relayer: await stage.funded(),
    patients: await Promise.all(PATIENTS.map(() => stage.unfunded())),
  };
  for (const reader of [people.hospital, people.steward, ...people.patients]) await published(reader, people.relayer);

  const token = await new TestToken__factory(signerOf(deployer)).deploy("A dollar", "USDX", DECIMALS);
  const money = (await token.getAddress()) as Address;
  await token.mint(accountOf(people.sponsor), units("100000"));
  return {
    ...{ stage, ...people, money },
    balanceOf: async (owner: string): Promise<bigint> => token.balanceOf(owner),
    allow: async (spender: string, amount: bigint) =>
      approve(people.sponsor, { token: money, spender: spender as Address, amount }).send(),
  };
}

export type Cohort = Awaited<ReturnType<typeof openCohort>>;

/** The study, from HL7's example, brought back to its beginning, and what was added to it. */
export async function exampleStudy(cohort: Cohort): Promise<{ draft: StudyDraft; lacking: StudyParts["lacking"] }> {
  const example = (await exampleOf("ResearchStudy", "example")) as ResearchStudy;
  const { file, lacking } = studyPartsOf({ ...example, status: "in-review" });
  const start = await cohort.stage.time.latest();
  const on = (days: number): string => dateTimeOf(start + days * DAY);
  const draft = readStudyFile({
    registration: "NCT01234567",
    title: "Glucose in everyday care",
    steward: accountOf(cohort.steward),
    purpose: "CLINTRCH",
    categories: ["demographics", "laboratory"],
    token: cohort.money,
    decimals: DECIMALS,
    rewards: { contribution: "25.00", milestone: "40.00", cap: "100.00" },
    capacity: 5,
    milestones: ["First visit"],
    enrolUntil: on(DAYS.enrolUntil),
    endsAt: on(DAYS.endsAt),
    resultsDue: on(DAYS.resultsDue),
    refundAt: on(DAYS.refundAt),
    consentForm: await sha256(utf8("I agree that …")),
    protocol: { document: await sha256(utf8("Protocol 1.0")), analysisPlan: await sha256(utf8("Analysis plan 1.0")) },
    criteria: [
      { text: "Adults", age: { min: 18 } },
      {
        text: "Glucose of at least 5 mmol/L",
        laboratory: { loinc: "15074-8", comparator: ">=", value: "5", unit: "mmol/L" },
      },
    ],
    ...file,
  });
  return { draft, lacking };
}

/** What the hospital knows of each of three people: one of HL7's patients, with HL7's laboratory results. */
export async function exampleCharts(): Promise<Bundle[]> {
  const results = await Promise.all(LABORATORY.map((id) => exampleOf("Observation", id)));
  const people = await Promise.all(PATIENTS.map((id) => exampleOf("Patient", id)));
  return people.map((person) => ({
    resourceType: "Bundle",
    type: "collection",
    entry: [person as Patient, ...results.map((result) => resultOf(result as Observation, person as Patient))].map(
      (resource) => ({ resource }),
    ),
  }));
}

/** The hospital anchors a chart. */
export async function anchored({ hospital }: Cohort, patient: Aceso, bundle: Bundle): Promise<number> {
  const { result } = await (await add(hospital, { patient: accountOf(patient), role: "Provider", bundle })).send();
  return result.length;
}

export function units(amount: string): bigint {
  return tokenUnits(amount, DECIMALS);
}

export function text(amount: bigint): string {
  return decimalOf(amount, DECIMALS);
}

function resultOf(result: Observation, { id }: Patient): Observation {
  return { ...result, subject: { reference: `Patient/${id}` } };
}

async function exampleOf(type: string, id: string): Promise<FhirResource> {
  const folder = dirname(createRequire(import.meta.url).resolve("hl7.fhir.r4.examples/package.json"));
  return parseResource(await readFile(join(folder, `${type}-${id}.json`), "utf8"));
}

async function published(reader: Aceso, relayer: Aceso): Promise<void> {
  const signed = await keys.signPublish(reader, { key: encryptionKeyOf(reader).publicKey });
  await keys.publishBySig(relayer, signed).send();
}
