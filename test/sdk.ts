/**
 * The SDK on the chain of the contract tests: who takes part, connected, and what they write.
 *
 * @module
 */
import { expect } from "chai";
import {
  AbstractSigner,
  id,
  makeError,
  type Provider,
  type Signer,
  type TypedDataDomain,
  type TypedDataField,
} from "ethers";
import type { Bundle, MedicationRequest, Observation } from "fhir/r4.js";

import { accountOf, connect, encryptionKeyOf, signerOf, type Aceso, type Contracts } from "../src/aceso.js";
import { UNRESTRICTED } from "../src/consent/category.js";
import { grantBySig, signGrant } from "../src/consent/consent.js";
import type { Terms } from "../src/consent/terms.js";
import type { Address } from "../src/crypto/address.js";
import type { Hex } from "../src/crypto/bytes.js";
import { generateEncryptionKey } from "../src/crypto/encryptionKey.js";
import { parseDeployment } from "../src/deployment.js";
import { AcesoError } from "../src/errors.js";
import type { FhirResource } from "../src/fhir/resource.js";
import { publishBySig, signPublish } from "../src/keys/keys.js";
import { add, type AddedRecord } from "../src/records/add.js";
import { ContractError } from "../src/revert.js";
import { memoryVault } from "../src/vault/memory.js";
import { ethers, FAR, licensed, loadFixture, type Deployment as House } from "./fixtures.js";

/** The deployment of {@link licensed}, as the SDK knows one. */
export function deploymentOf(house: House) {
  const { accessManager, accreditation, consents, emergencies, records, keys } = house;
  return parseDeployment({
    accessManager: accessManager.target,
    accreditation: accreditation.target,
    consentRegistry: consents.target,
    emergencyAccess: emergencies.target,
    recordRegistry: records.target,
    keyDirectory: keys.target,
    productRegistry: house.products.target,
    batchLedger: house.batches.target,
    prescriptionRegistry: house.prescriptions.target,
    planRegistry: house.plans.target,
    claimEscrow: house.escrow.target,
    studyRewards: house.studies.target,
    rewardDistributor: house.distributor.target,
    rewardToken: house.rewardToken.target,
  });
}

/** An account that never held ether: its owner signs, and others send. */
export function unfunded(name: string) {
  return new ethers.Wallet(id(name), ethers.provider);
}

/** Everybody of {@link licensed}, connected, with encryption keys; those who read records have published theirs. */
async function everybody() {
  const house = await licensed();
  const deployment = deploymentOf(house);
  const joined = async (signer: Signer): Promise<Aceso> =>
    connect(signer, { deployment, encryptionKey: await generateEncryptionKey() });
  const hospital = await joined(house.hospital);
  const people = {
    admin: await joined(house.admin),
    patient: await joined(unfunded("a patient")),
    neighbour: await joined(unfunded("another patient")),
    guardian: await joined(house.guardian),
    hospital,
    // Staff read with the key of the organisation.
    nurse: await connect(house.nurse, { deployment, encryptionKey: encryptionKeyOf(hospital) }),
    clinic: await joined(house.clinic),
    doctor: await joined(house.doctor),
    colleague: await joined(house.colleague),
    officer: await joined(house.officer),
    relayer: await joined(house.relayer),
    stranger: await joined(house.stranger),
  };
  const { patient, neighbour, clinic, doctor, relayer } = people;
  for (const reader of [patient, neighbour, hospital, clinic, doctor]) await published(reader, relayer);
  return { house, deployment, people };
}

/** Publishes a reader's key, paid for by another. */
export async function published(reader: Aceso, relayer: Aceso): Promise<void> {
  const { publicKey } = encryptionKeyOf(reader);
  await publishBySig(relayer, await signPublish(reader, { key: publicKey })).send();
}

/** Everybody, connected to one vault of the test's own. */
export async function stage() {
  const { house, deployment, people } = await loadFixture(everybody);
  const vault = testVault();
  const withVault = Object.entries<Aceso>(people).map(([name, aceso]) => [name, { ...aceso, vault }]);
  const connected = Object.fromEntries(withVault) as Record<keyof typeof people, Aceso & { vault: TestVault }>;
  return { ...connected, house, deployment, vault };
}

/** What {@link stage} gives. */
export type Stage = Awaited<ReturnType<typeof stage>>;

/** A vault in memory that tells what is in it, and refuses to store from a given put on. */
export function testVault() {
  const vault = memoryVault();
  const blobs = new Set<Hex>();
  let putsLeft = Infinity;
  const put = () => {
    if (putsLeft-- === 0) throw new Error("The disk is full.");
  };
  return {
    ...vault,
    putBlob: async (digest: Hex, bytes: Uint8Array) => {
      put();
      await vault.putBlob(digest, bytes);
      blobs.add(digest);
    },
    deleteBlob: async (digest: Hex) => {
      await vault.deleteBlob(digest);
      blobs.delete(digest);
    },
    putKey: async (key: Parameters<typeof vault.putKey>[0]) => {
      put();
      await vault.putKey(key);
    },
    /** Fails one put, after so many that get through. */
    failAfter: (puts: number) => {
      putsLeft = puts;
    },
    /** Everything it holds: the digests of its blobs, and record and reader of each wrapped key. */
    contents: async () => ({
      blobs: [...blobs].sort(),
      keys: (await vault.listKeys({})).map(({ record, reader }) => `${record} ${reader}`),
    }),
    /** Who holds keys, by name in the order of `people`. */
    readersOf: async (record: Hex, people: readonly Aceso[]) => {
      const readers = (await vault.listKeys({ record })).map(({ reader }) => reader);
      return people.filter(({ account }) => readers.includes(account!));
    },
  };
}

export type TestVault = ReturnType<typeof testVault>;

/** A vault's contents when nothing is in it. */
export const EMPTY = { blobs: [], keys: [] };

/** An ERC-1271 wallet as a signer: its owner's signatures in its own name. It sends nothing. */
export class SmartAccountSigner extends AbstractSigner {
  constructor(
    readonly address: string,
    readonly owner: Signer,
    provider: Provider = ethers.provider,
  ) {
    super(provider);
  }
  override getAddress = async (): Promise<string> => this.address;
  override connect = (provider: Provider): Signer => new SmartAccountSigner(this.address, this.owner, provider);
  override signTypedData = (
    domain: TypedDataDomain,
    types: Record<string, TypedDataField[]>,
    value: Record<string, unknown>,
  ): Promise<string> => this.owner.signTypedData(domain, types, value);
  override signMessage = (): never => unsupported();
  override signTransaction = (): never => unsupported();
}

function unsupported(): never {
  throw new Error("This wallet signs typed data only.");
}

/** A connection to which one contract answers otherwise. */
export function altered(aceso: Aceso, name: keyof Contracts, answers: Record<string, () => Promise<unknown>>): Aceso {
  const contract = Object.assign(Object.create(aceso.contracts[name]) as object, answers);
  return { ...aceso, contracts: { ...aceso.contracts, [name]: contract } };
}

/** A connection's signer, but for what it does with transactions. */
export function sending(aceso: Aceso, sendTransaction: Signer["sendTransaction"]): Signer {
  return Object.assign(Object.create(signerOf(aceso)) as Signer, { sendTransaction });
}

/** A connection's signer whose wallet's user says no. */
export function refusing(aceso: Aceso): Signer {
  const info = { action: "sendTransaction", reason: "rejected" } as const;
  return sending(aceso, () => Promise.reject(makeError("The user said no.", "ACTION_REJECTED", info)));
}

/** The error of the SDK that a call is refused with; every one says what to do. */
export async function refusal<E extends AcesoError>(
  attempt: Promise<unknown> | (() => unknown),
  type: abstract new (...args: never[]) => E,
): Promise<E> {
  try {
    await (typeof attempt === "function" ? attempt() : attempt);
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    expect((error as E).name).to.equal(type.name);
    expect((error as E).message).not.to.be.empty;
    expect((error as E).advice).not.to.be.empty;
    return error as E;
  }
  return expect.fail(`It was not refused with ${type.name}.`);
}

/** The arguments of the contract's error that a call is refused with. */
export async function revert(
  attempt: Promise<unknown> | (() => unknown),
  name: string,
): Promise<ContractError["args"]> {
  const { error, message, args } = await refusal(attempt, ContractError);
  expect(error, message).to.equal(name);
  expect(message).to.match(new RegExp(`^${name}: .`));
  return args;
}

/** Grants by signature what a reader asks for: all but restricted data for treatment, unless told otherwise. */
export async function consented(
  patient: Aceso,
  relayer: Aceso,
  { grantee, policy, ...terms }: { grantee: Aceso; policy?: Hex } & Partial<Terms>,
): Promise<void> {
  const whole = { purposes: ["TREAT"], categories: UNRESTRICTED, validUntil: FAR, ...terms } as const;
  const key = { grantee: accountOf(grantee), ...(policy && { policy }) };
  await grantBySig(relayer, await signGrant(patient, { ...key, terms: whole })).send();
}

/** Adds a bundle to a patient's records, as the author. */
export async function added(author: Aceso, patient: Aceso, bundle: Bundle): Promise<AddedRecord[]> {
  return (await (await add(author, { patient: accountOf(patient), bundle })).send()).result;
}

/** What most tests ask for: a patient's data, for treatment. */
export function treatment(patient: Aceso): { patient: Address; purpose: "TREAT" } {
  return { patient: accountOf(patient), purpose: "TREAT" };
}

/** A bundle of these resources. */
export function bundleOf(...resources: FhirResource[]): Bundle {
  return { resourceType: "Bundle", type: "collection", entry: resources.map((resource) => ({ resource })) };
}

/** The ids of a bundle's resources, sorted. */
export function idsIn({ entry = [] }: Bundle): string[] {
  return entry.map(({ resource }) => resource!.id!).sort();
}

/** A laboratory result. */
export const GLUCOSE: Observation = {
  resourceType: "Observation",
  id: "glucose",
  status: "final",
  category: [{ coding: [{ code: "laboratory" }] }],
  code: { text: "Glucose" },
  effectiveDateTime: "2025-01-02",
};

/** A vital sign. */
export const PRESSURE: Observation = {
  resourceType: "Observation",
  id: "pressure",
  status: "final",
  category: [{ coding: [{ code: "vital-signs" }] }],
  code: { text: "Blood pressure" },
  effectiveDateTime: "2025-01-03",
};

/** A medication. */
export const AMOXICILLIN: MedicationRequest = {
  resourceType: "MedicationRequest",
  id: "amoxicillin",
  status: "active",
  intent: "order",
  subject: { display: "a patient" },
  medicationCodeableConcept: { text: "Amoxicillin" },
  authoredOn: "2025-01-04",
};

/** A laboratory result that is specially protected. */
export const HIV_TEST: Observation = {
  resourceType: "Observation",
  id: "hiv",
  status: "final",
  category: [{ coding: [{ code: "laboratory" }] }],
  code: { text: "HIV test" },
  effectiveDateTime: "2025-01-05",
};
