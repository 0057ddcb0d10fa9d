import { readdir } from "node:fs/promises";

import { expect } from "chai";

import { RpcUnreachableError } from "../../src/provider.js";
import { actor, ADDRESSES, CHART, errorIn, KEYS, staffed, type CommandLine, type Surroundings } from "./commandLine.js";

const { patient, clinic, hospital, stranger } = ADDRESSES;
const WORD = `0x${"ab".repeat(32)}`;
const TERMS = `--grantee ${clinic} --purposes TREAT --categories laboratory --until 90d`;

type Case = [line: string, error: string, code: number, surroundings?: Surroundings];

const FILES: Record<string, unknown> = {
  "chart.json": CHART,
  "text.json": "not JSON",
  "list.json": [],
  "two.json": { ...CHART, entry: [...CHART.entry, { resource: { resourceType: "Patient", id: "p2" } }] },
  "empty.json": { resourceType: "Bundle", type: "collection" },
  "requests.json": { resourceType: "Bundle", type: "batch", entry: [{ request: { method: "GET", url: "Patient" } }] },
  "xml.json": "<Patient/>",
  "alien.json": { resourceType: "Alien" },
  "denying.json": { resourceType: "Consent", status: "active", provision: { type: "deny" } },
  "there.json": {},
};

const as = actor;
const PATIENT_OPTION = `--patient ${patient}`;

const CASES: Case[] = [
  // Files with data.
  [`record add missing.json ${PATIENT_OPTION}`, "InputFileError", 2, as("hospital")],
  [`record add . ${PATIENT_OPTION}`, "InputFileError", 2, as("hospital")],
  [`record add text.json ${PATIENT_OPTION}`, "NotJsonError", 2, as("hospital")],
  [`record add xml.json ${PATIENT_OPTION}`, "NotJsonError", 2, as("hospital")],
  [`record add list.json ${PATIENT_OPTION}`, "NotFhirError", 2, as("hospital")],
  [`record add alien.json ${PATIENT_OPTION}`, "UnknownResourceTypeError", 2, as("hospital")],
  [`record add empty.json ${PATIENT_OPTION}`, "EmptyBundleError", 2, as("hospital")],
  [`record add requests.json ${PATIENT_OPTION}`, "EmptyBundleError", 2, as("hospital")],
  [`record add two.json ${PATIENT_OPTION}`, "SeveralPatientsError", 2, as("hospital")],
  [`record add - ${PATIENT_OPTION}`, "NotUtf8Error", 2, { ...as("hospital"), stdin: new Uint8Array([0xff, 0xfe]) }],
  [`record add chart.json`, "UsageError", 2, as("hospital")],
  [`record add chart.json --patient 0x12`, "AddressArgumentError", 2, as("hospital")],
  [`record add chart.json ${PATIENT_OPTION} --role Nurse`, "UnknownRoleError", 2, as("hospital")],
  // Refused by the chain.
  [`record add chart.json ${PATIENT_OPTION}`, "RecordUnauthorized", 1, as("clinic")],
  [`record add chart.json --patient ${stranger}`, "KeyNotPublishedError", 4, as("hospital")],
  [`accredit ${hospital} --role Provider --until 1y`, "AccreditorNotAllowed", 1, as("stranger")],
  [`accredit ${hospital} --role Provider --until 2001-01-01`, "LicenceEndPast", 1, as("admin")],
  [`accredit revoke ${hospital} --role Provider`, "LicenceNotYours", 1, as("stranger")],
  [`consent grant ${TERMS} --patient ${hospital}`, "ConsentUnauthorized", 1, as("patient")],
  [`consent grant ${TERMS} --from 2001-01-01`, "ConsentStartPast", 1, as("patient")],
  [`consent delegate ${patient} --categories all --until 1y`, "DelegateInvalid", 1, as("patient")],
  [`emergency open ${PATIENT_OPTION} --evidence ${WORD}`, "EmergencyNotPractitioner", 1, as("clinic")],
  [`emergency contest --clinician ${clinic} --opened-at 1800000000`, "EmergencyCaseUnknown", 1, as("patient")],
  // Terms.
  [`accredit ${hospital} --role Provider`, "UsageError", 2, as("admin")],
  [`accredit ${hospital} --role Provider --until soon`, "TimeArgumentError", 2, as("admin")],
  [`accredit member ${clinic}`, "UsageError", 2, as("hospital")],
  [`accredit member ${clinic} --until 1y --remove`, "UsageError", 2, as("hospital")],
  [`consent grant --purposes TREAT --categories all --until 1d`, "UsageError", 2, as("patient")],
  [`consent grant --grantee ${clinic}`, "UsageError", 2, as("patient")],
  [`consent grant --grantee ${clinic} --purposes TREAT --until 1d`, "UsageError", 2, as("patient")],
  [`consent grant --grantee ${clinic} --purposes , --categories all --until 1d`, "EmptyTermsError", 2, as("patient")],
  [
    `consent grant --grantee ${clinic} --purposes BTG --categories all --until 1d`,
    "BreakTheGlassError",
    2,
    as("patient"),
  ],
  [`consent grant ${TERMS} --from 91d`, "TermsTimeError", 2, as("patient")],
  [`consent grant ${TERMS} --policy 0x12`, "WordArgumentError", 2, as("patient")],
  [`consent grant ${TERMS} --deadline 1h`, "UsageError", 2, as("patient")],
  [`consent grant ${TERMS} --salt-file x`, "UsageError", 2, as("patient")],
  [`consent grant ${TERMS} --sign out.json --dry-run`, "UsageError", 2, as("patient")],
  [`consent grant ${TERMS} --sign there.json`, "FileExistsError", 4, as("patient")],
  [`consent grant ${TERMS} --sign nowhere/out.json`, "OutputFileError", 4, as("patient")],
  [`consent grant --fhir denying.json --grantee ${clinic}`, "ConsentNotExpressibleError", 2, as("patient")],
  [`consent grant --fhir chart.json --grantee ${clinic}`, "NotAConsentError", 2, as("patient")],
  [`consent grant --fhir denying.json ${TERMS}`, "UsageError", 2, as("patient")],
  [`consent revoke`, "UsageError", 2, as("patient")],
  [`consent delegate ${clinic} --until 1y`, "UsageError", 2, as("patient")],
  [`consent delegate ${clinic} --remove --until 1y`, "UsageError", 2, as("patient")],
  [`consent at yesterday`, "TimeArgumentError", 2, as("patient")],
  [`consent explain`, "UsageError", 2, as("patient")],
  [`consent explain --grantee ${clinic}`, "ConsentNotFoundError", 2, as("patient")],
  // Records.
  [`record open ${PATIENT_OPTION} --purpose TREAT`, "VaultNotFoundError", 4, as("clinic")],
  [`record share --grantee ${clinic}`, "VaultNotFoundError", 4, as("patient")],
  [`record erase ${WORD}`, "RecordNotFoundError", 2, as("patient")],
  [`record erase ${WORD}`, "RecordNotAnchoredError", 2, { as: KEYS.patient }],
  [`record erase 0x12`, "WordArgumentError", 2, as("patient")],
  [`record release ${PATIENT_OPTION} --reader ${clinic}`, "UsageError", 2, as("hospital")],
  [`record open ${PATIENT_OPTION} --purpose CURE --out x`, "UnknownPurposeError", 2, as("clinic")],
  [`record accounting --names list.json`, "RecipientsFileError", 2, as("patient")],
  [`record accounting --from 1d --to 2d`, "AccountingPeriodError", 2, as("patient")],
  // Emergencies.
  [`emergency open ${PATIENT_OPTION}`, "UsageError", 2, as("doctor")],
  [`emergency open --evidence ${WORD}`, "UsageError", 2, as("doctor")],
  [`emergency open ${PATIENT_OPTION} --note missing.txt`, "InputFileError", 2, as("doctor")],
  [`emergency open ${PATIENT_OPTION} --note -`, "UsageError", 2, as("doctor")],
  [`emergency open ${PATIENT_OPTION} --note there.json --evidence ${WORD}`, "UsageError", 2, as("doctor")],
  [`emergency open --countersignature text.json`, "JsonFileError", 2, as("doctor")],
  [`emergency review ${PATIENT_OPTION} --clinician ${clinic} --evidence ${WORD}`, "UsageError", 2, as("officer")],
  [
    `emergency review ${PATIENT_OPTION} --clinician ${clinic} --evidence ${WORD} --justified`,
    "CaseNotClearError",
    2,
    as("officer"),
  ],
  [`emergency contest --clinician ${clinic}`, "CaseNotClearError", 2, as("patient")],
  [`emergency preference --sign x.json`, "UsageError", 2, as("patient")],
  // Accounts, keys and the chain.
  [`consent revoke-all`, "NoAccountError", 4],
  [`consent list`, "NoAccountError", 4],
  [`consent list`, "PrivateKeyMalformedError", 4, { as: "0x12" }],
  [`consent list --keystore missing.json`, "InputFileError", 2],
  [`consent list --keystore chart.json`, "KeystoreMalformedError", 4],
  [`consent list --keystore text.json`, "KeystoreMalformedError", 4],
  [`consent revoke-all --keystore text.json`, "KeystoreMalformedError", 4],
  [`keys publish`, "NoKeyFileError", 4, { as: KEYS.patient }],
  [`keys publish --encryption-key missing.json`, "InputFileError", 2, as("patient")],
  [`keys publish --encryption-key chart.json`, "MalformedSealedKeyError", 4, as("patient")],
  [`keys publish --encryption-key list.json`, "MalformedSealedKeyError", 4, as("patient")],
  [`keys publish --encryption-key patient.key`, "PassphraseMissingError", 4, { as: KEYS.patient }],
  [
    `keys publish --encryption-key patient.key`,
    "WrongPassphraseError",
    4,
    { as: KEYS.patient, env: { ACESO_KEY_PASSPHRASE: "wrong" } },
  ],
  [`keys show`, "UsageError", 2],
  [`keys create --out there.json`, "FileExistsError", 4, as("patient")],
  [`keys create --out new.key`, "PassphraseMissingError", 4],
  [`keys add-slot patient.key`, "UsageError", 2, as("patient")],
  [`keys add-slot patient.key --guardian ${stranger}`, "KeyNotPublishedError", 4, as("patient")],
  [`keys add-slot patient.key --wallet --passphrase`, "UsageError", 2, as("patient")],
  [`keys remove-slot nosuch patient.key`, "NoSuchSlotError", 4],
  [`relay missing.json`, "InputFileError", 2, as("relayer")],
  [`consent list --deployment list.json`, "MalformedDeploymentError", 2, as("patient")],
  [`consent list --deployment missing.json`, "InputFileError", 2, as("patient")],
  [`consent list`, "DeploymentNotFoundError", 3, { as: KEYS.patient, env: { ACESO_DEPLOYMENT: "" } }],
  [
    `consent list`,
    "RpcUnreachableError",
    3,
    { as: KEYS.patient, connect: () => Promise.reject(new RpcUnreachableError("http://127.0.0.1:9")) },
  ],
];

describe("bad input", () => {
  let cli: CommandLine;

  before(async () => {
    cli = await staffed();
    for (const [name, content] of Object.entries(FILES)) await cli.write(name, content);
  });

  for (const [line, error, code, surroundings = {}] of CASES) {
    it(`\`aceso ${line.replaceAll(/(0x[0-9a-fA-F]{4})[0-9a-fA-F]{30,}/g, "$1…")}\` is a ${error}`, async () => {
      const files = await readdir(cli.folder);
      const answer = await cli.run(`${line} --json`, surroundings);
      expect(errorIn(answer)).to.include({ error }, answer.err);
      expect({ code: answer.code, out: answer.out }).to.deep.equal({ code, out: "" });
      expect(errorIn(answer).message).to.not.equal("");
      expect(errorIn(answer).advice).to.not.equal("");
      expect(await readdir(cli.folder), "nothing written").to.deep.equal(files);
    });
  }
});
