import { network } from "hardhat";

import System from "../deploy/modules/System.js";
import {
  AccessManager__factory,
  Accreditation__factory,
  ConsentRegistry__factory,
  EmergencyAccess__factory,
  KeyDirectory__factory,
  RecordRegistry__factory,
} from "../src/generated/index.js";

/** One in-process chain for the whole test run; fixtures snapshot it. */
export const { ethers, ignition, networkHelpers, provider } = await network.create();

export const { loadFixture, time } = networkHelpers;

/** A comfortable end for licences and consents, in Unix seconds. */
export const FAR = 4_000_000_000;

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
    ...{ admin, patient, guardian, clinic, nurse, hospital, registrar, doctor, colleague, officer, relayer, stranger },
  };
}

type Tuple<T, N extends number, R extends T[] = []> = R["length"] extends N ? R : Tuple<T, N, [...R, T]>;
