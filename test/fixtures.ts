import { AbiCoder, id, keccak256 } from "ethers";
import { network } from "hardhat";

import System from "../deploy/modules/System.js";
import { type Role, roleNumber } from "../src/accreditation/role.js";
import { categoryMask, DATA_CATEGORIES } from "../src/consent/category.js";
import { BREAK_THE_GLASS, purposeBit } from "../src/consent/purpose.js";
import {
  AccessManager__factory,
  Accreditation__factory,
  BatchLedger__factory,
  ClaimEscrow__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  KeyDirectory__factory,
  PlanRegistry__factory,
  PrescriptionRegistry__factory,
  ProductRegistry__factory,
  RecordRegistry__factory,
  RewardDistributor__factory,
  RewardToken__factory,
  StudyRewards__factory,
} from "../src/generated/index.js";

/** One in-process chain for the whole test run; fixtures snapshot it. */
const chain = await network.create();

export const { ethers, ignition } = chain;

export const { loadFixture, time } = chain.networkHelpers;

/** A comfortable end for licences and consents, in Unix seconds. */
export const FAR = 4_000_000_000;

/** How long an admin action waits by default, in seconds. */
export const ADMIN_DELAY = 2 * 24 * 60 * 60;

/** Purposes of use, by their bit. */
export const TREAT = purposeBit("TREAT");
export const RESEARCH = purposeBit("HRESCH");
export const BTG = purposeBit(BREAK_THE_GLASS);

/** Masks of data categories. */
export const LABORATORY = categoryMask(["laboratory"]);
export const MEDICATIONS = categoryMask(["medications"]);
export const RESTRICTED = categoryMask(["restricted"]);
export const ALL_CATEGORIES = categoryMask(DATA_CATEGORIES);
export const UNRESTRICTED = ALL_CATEGORIES & ~RESTRICTED;

/** The document most consents here agree to. */
export const POLICY = id("policy");

/** What most consents here say: treatment with laboratory results and medications, from now on. */
export const TERMS = {
  purposes: 1n << BigInt(TREAT),
  categories: LABORATORY | MEDICATIONS,
  validFrom: 0,
  validUntil: FAR,
};

/** The system as its Ignition module deploys it, and the accounts the tests speak of. Nobody is licensed yet. */
export async function system() {
  const deployed = await ignition.deploy(System);
  const [admin, patient, guardian, clinic, nurse, hospital, registrar, doctor, colleague, officer, relayer, stranger] =
    (await ethers.getSigners()) as Tuple<Awaited<ReturnType<typeof ethers.getSigners>>[number], 12>;
  return {
    accessManager: AccessManager__factory.connect(await deployed.accessManager.getAddress(), admin),
    accreditation: Accreditation__factory.connect(await deployed.accreditation.getAddress(), admin),
    consents: ConsentRegistry__factory.connect(await deployed.consentRegistry.getAddress(), admin),
    emergencies: EmergencyAccess__factory.connect(await deployed.emergencyAccess.getAddress(), admin),
    records: RecordRegistry__factory.connect(await deployed.recordRegistry.getAddress(), admin),
    keys: KeyDirectory__factory.connect(await deployed.keyDirectory.getAddress(), admin),
    products: ProductRegistry__factory.connect(await deployed.productRegistry.getAddress(), admin),
    batches: BatchLedger__factory.connect(await deployed.batchLedger.getAddress(), admin),
    prescriptions: PrescriptionRegistry__factory.connect(await deployed.prescriptionRegistry.getAddress(), admin),
    plans: PlanRegistry__factory.connect(await deployed.planRegistry.getAddress(), admin),
    escrow: ClaimEscrow__factory.connect(await deployed.claimEscrow.getAddress(), admin),
    studies: StudyRewards__factory.connect(await deployed.studyRewards.getAddress(), admin),
    distributor: RewardDistributor__factory.connect(await deployed.rewardDistributor.getAddress(), admin),
    rewardToken: RewardToken__factory.connect(await deployed.rewardToken.getAddress(), admin),
    ...{ admin, patient, guardian, clinic, nurse, hospital, registrar, doctor, colleague, officer, relayer, stranger },
  };
}

/** What {@link system} gives. */
export type Deployment = Awaited<ReturnType<typeof system>>;

/**
 * The system with licences: the doctor and the colleague practise, the officer guards privacy, the clinic and the
 * hospital provide care. The nurse is the hospital's staff.
 */
export async function licensed() {
  const deployment = await system();
  const { accreditation, doctor, colleague, officer, clinic, hospital, nurse } = deployment;
  await accreditation.accredit(doctor, roleNumber("Practitioner"), FAR);
  await accreditation.accredit(colleague, roleNumber("Practitioner"), FAR);
  await accreditation.accredit(officer, roleNumber("PrivacyOfficer"), FAR);
  await accreditation.accredit(clinic, roleNumber("Provider"), FAR);
  await accreditation.accredit(hospital, roleNumber("Provider"), FAR);
  await accreditation.connect(hospital).setMember(nurse, FAR);
  return deployment;
}

/** Appoints or dismisses an accreditor as the admin must: scheduled, waited for, executed. */
export async function setAccreditor(
  { accessManager, accreditation }: Deployment,
  role: Role,
  accreditor: { address: string },
  allowed: boolean,
) {
  const action = accreditation.interface.encodeFunctionData("setAccreditor", [
    roleNumber(role),
    accreditor.address,
    allowed,
  ]);
  await accessManager.schedule(accreditation, action, 0);
  await time.increase(ADMIN_DELAY);
  return accessManager.execute(accreditation, action);
}

/** A record's key and id; `name` stands for its category and salt. */
export function record(patient: { address: string }, author: { address: string }, name = "a result") {
  const key = { patient: patient.address, author: author.address, commitment: id(name) };
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["address", "address", "bytes32"],
    [key.patient, key.author, key.commitment],
  );
  return { key, id: keccak256(encoded) };
}

type Tuple<T, N extends number, R extends T[] = []> = R["length"] extends N ? R : Tuple<T, N, [...R, T]>;
