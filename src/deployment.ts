/**
 * Where the contracts are: addresses by chain.
 *
 * @module
 */
import { toAddress, type Address } from "./crypto/address.js";
import deployments from "./deployments.json" with { type: "json" };
import { AcesoError } from "./errors.js";

/** The addresses of one deployment, and the block from which its events are read. */
export type Deployment = {
  accessManager: Address;
  accreditation: Address;
  consentRegistry: Address;
  emergencyAccess: Address;
  recordRegistry: Address;
  keyDirectory: Address;
  productRegistry: Address;
  batchLedger: Address;
  prescriptionRegistry: Address;
  planRegistry: Address;
  claimEscrow: Address;
  studyRewards: Address;
  rewardDistributor: Address;
  rewardToken: Address;
  /** The first block that can hold an event of these contracts; 0 when not known. */
  fromBlock: number;
};

// Each contract's key in Ignition's deployed_addresses.json: module and contract name.
const IGNITION_KEYS = {
  accessManager: "Admin#AccessManager",
  accreditation: "Accreditation#Accreditation",
  consentRegistry: "Consent#ConsentRegistry",
  emergencyAccess: "Consent#EmergencyAccess",
  recordRegistry: "Records#RecordRegistry",
  keyDirectory: "Records#KeyDirectory",
  productRegistry: "Medication#ProductRegistry",
  batchLedger: "Medication#BatchLedger",
  prescriptionRegistry: "Medication#PrescriptionRegistry",
  planRegistry: "Insurance#PlanRegistry",
  claimEscrow: "Insurance#ClaimEscrow",
  studyRewards: "Research#StudyRewards",
  rewardDistributor: "Research#RewardDistributor",
  rewardToken: "Research#RewardToken",
} as const;

/**
 * The deployment this package knows on a chain.
 *
 * @throws {@link NoDeploymentError} when it knows none.
 */
export function deploymentOn(chainId: bigint): Deployment {
  const known = (deployments as Record<string, unknown>)[chainId.toString()];
  if (known === undefined) throw new NoDeploymentError(chainId);
  return parseDeployment(known);
}

/**
 * Reads a deployment from JSON: either Ignition's `deployed_addresses.json` or the keys of {@link Deployment}.
 *
 * @throws {@link MalformedDeploymentError} when an address is missing or is none.
 */
export function parseDeployment(json: unknown): Deployment {
  if (typeof json !== "object" || json === null) throw new MalformedDeploymentError("accessManager");
  const values = json as Record<string, unknown>;
  const address = (name: keyof typeof IGNITION_KEYS): Address => {
    try {
      return toAddress(String(values[name] ?? values[IGNITION_KEYS[name]]));
    } catch {
      throw new MalformedDeploymentError(name);
    }
  };
  const fromBlock = values["fromBlock"] ?? 0;
  if (typeof fromBlock !== "number" || !Number.isSafeInteger(fromBlock) || fromBlock < 0) {
    throw new MalformedDeploymentError("fromBlock");
  }
  return {
    accessManager: address("accessManager"),
    accreditation: address("accreditation"),
    consentRegistry: address("consentRegistry"),
    emergencyAccess: address("emergencyAccess"),
    recordRegistry: address("recordRegistry"),
    keyDirectory: address("keyDirectory"),
    productRegistry: address("productRegistry"),
    batchLedger: address("batchLedger"),
    prescriptionRegistry: address("prescriptionRegistry"),
    planRegistry: address("planRegistry"),
    claimEscrow: address("claimEscrow"),
    studyRewards: address("studyRewards"),
    rewardDistributor: address("rewardDistributor"),
    rewardToken: address("rewardToken"),
    fromBlock,
  };
}

/** The package knows no deployment on this chain. */
export class NoDeploymentError extends AcesoError {
  override name = "NoDeploymentError";
  constructor(readonly chainId: bigint) {
    super(
      `No deployment is known on chain ${chainId}.`,
      "Pass `deployment` with the addresses (Ignition's deployed_addresses.json), or deploy with `npm run deploy`.",
    );
  }
}

/** A deployment file lacks an address. */
export class MalformedDeploymentError extends AcesoError {
  override name = "MalformedDeploymentError";
  constructor(readonly field: string) {
    super(
      `The deployment has no usable "${field}".`,
      "Pass Ignition's deployed_addresses.json of the System module, or an object with every key of Deployment.",
    );
  }
}
