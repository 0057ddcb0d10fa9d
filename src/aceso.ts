/**
 * The connection every function of the SDK takes: a chain, a deployment, an account, a vault and a key.
 *
 * @module
 */
import type { Provider, Signer } from "ethers";

import { toAddress, type Address } from "./crypto/address.js";
import type { EncryptionKey } from "./crypto/encryptionKey.js";
import { deploymentOn, type Deployment } from "./deployment.js";
import { AcesoError } from "./errors.js";
import {
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
  type Accreditation,
  type BatchLedger,
  type ClaimEscrow,
  type ConsentRegistry,
  type EmergencyAccess,
  type KeyDirectory,
  type PlanRegistry,
  type PrescriptionRegistry,
  type ProductRegistry,
  type RecordRegistry,
  type RewardDistributor,
  type RewardToken,
  type StudyRewards,
} from "./generated/index.js";
import { chainIdOf } from "./provider.js";
import type { Vault } from "./vault/vault.js";

/** The typed bindings of a deployment's contracts. */
export type Contracts = {
  accreditation: Accreditation;
  consents: ConsentRegistry;
  emergencies: EmergencyAccess;
  records: RecordRegistry;
  keys: KeyDirectory;
  products: ProductRegistry;
  batches: BatchLedger;
  prescriptions: PrescriptionRegistry;
  plans: PlanRegistry;
  escrow: ClaimEscrow;
  studies: StudyRewards;
  distributor: RewardDistributor;
  rewardToken: RewardToken;
};

/** A connection. Make it with {@link connect}. */
export type Aceso = {
  chainId: bigint;
  provider: Provider;
  deployment: Deployment;
  contracts: Contracts;
  /** Who signs, when connected with a signer. */
  signer?: Signer;
  /** The signer's address. */
  account?: Address;
  /** Where ciphertext and wrapped keys live. */
  vault?: Vault;
  /** The key that opens what was wrapped for the account, or for the organisation it acts for. */
  encryptionKey?: EncryptionKey;
};

/** What a connection may be given besides a signer or provider. */
export type ConnectOptions = {
  /** The contracts' addresses; by default those this package knows on the chain. */
  deployment?: Deployment;
  vault?: Vault;
  encryptionKey?: EncryptionKey;
};

/**
 * Connects to a deployment: with a signer to write, with a provider to read.
 *
 * @example
 * const aceso = await connect(await new BrowserProvider(window.ethereum).getSigner(), { vault: memoryVault() });
 *
 * @throws {@link NoProviderError} when the signer has no provider.
 * @throws {@link RpcUnreachableError} when the chain does not answer.
 * @throws {@link NoDeploymentError} when none is known on the chain, or {@link NotDeployedError} when there is no
 * contract at its address.
 */
export async function connect(runner: Signer | Provider, options: ConnectOptions = {}): Promise<Aceso> {
  const signer = isSigner(runner) ? runner : undefined;
  const provider = isSigner(runner) ? runner.provider : runner;
  if (provider === null) throw new NoProviderError();
  const chainId = await chainIdOf(provider);
  const deployment = options.deployment ?? deploymentOn(chainId);
  if ((await provider.getCode(deployment.consentRegistry)) === "0x") {
    throw new NotDeployedError(deployment.consentRegistry, chainId);
  }
  return {
    chainId,
    provider,
    deployment,
    contracts: {
      accreditation: Accreditation__factory.connect(deployment.accreditation, runner),
      consents: ConsentRegistry__factory.connect(deployment.consentRegistry, runner),
      emergencies: EmergencyAccess__factory.connect(deployment.emergencyAccess, runner),
      records: RecordRegistry__factory.connect(deployment.recordRegistry, runner),
      keys: KeyDirectory__factory.connect(deployment.keyDirectory, runner),
      products: ProductRegistry__factory.connect(deployment.productRegistry, runner),
      batches: BatchLedger__factory.connect(deployment.batchLedger, runner),
      prescriptions: PrescriptionRegistry__factory.connect(deployment.prescriptionRegistry, runner),
      plans: PlanRegistry__factory.connect(deployment.planRegistry, runner),
      escrow: ClaimEscrow__factory.connect(deployment.claimEscrow, runner),
      studies: StudyRewards__factory.connect(deployment.studyRewards, runner),
      distributor: RewardDistributor__factory.connect(deployment.rewardDistributor, runner),
      rewardToken: RewardToken__factory.connect(deployment.rewardToken, runner),
    },
    ...(signer && { signer, account: toAddress(await signer.getAddress()) }),
    ...(options.vault && { vault: options.vault }),
    ...(options.encryptionKey && { encryptionKey: options.encryptionKey }),
  };
}

/**
 * The account of a connection.
 *
 * @throws {@link NoSignerError} when it only reads.
 */
export function accountOf(aceso: Aceso): Address {
  if (aceso.account === undefined) throw new NoSignerError();
  return aceso.account;
}

/**
 * The signer of a connection.
 *
 * @throws {@link NoSignerError} when it only reads.
 */
export function signerOf(aceso: Aceso): Signer {
  if (aceso.signer === undefined) throw new NoSignerError();
  return aceso.signer;
}

/**
 * The vault of a connection.
 *
 * @throws {@link NoVaultError} when it has none.
 */
export function vaultOf(aceso: Aceso): Vault {
  if (aceso.vault === undefined) throw new NoVaultError();
  return aceso.vault;
}

/**
 * The encryption key of a connection.
 *
 * @throws {@link NoEncryptionKeyError} when it has none.
 */
export function encryptionKeyOf(aceso: Aceso): EncryptionKey {
  if (aceso.encryptionKey === undefined) throw new NoEncryptionKeyError();
  return aceso.encryptionKey;
}

function isSigner(runner: Signer | Provider): runner is Signer {
  return "signTypedData" in runner;
}

/** A signer is not connected to a chain. */
export class NoProviderError extends AcesoError {
  override name = "NoProviderError";
  constructor() {
    super("The signer has no provider.", "Connect the signer to a provider first: signer.connect(provider).");
  }
}

/** A write was asked of a connection that only reads. */
export class NoSignerError extends AcesoError {
  override name = "NoSignerError";
  constructor() {
    super("This connection has no account.", "Connect with a signer instead of a provider.");
  }
}

/** The connection has no vault. */
export class NoVaultError extends AcesoError {
  override name = "NoVaultError";
  constructor() {
    super("This connection has no vault.", "Pass `vault` to connect: where ciphertext and wrapped keys live.");
  }
}

/** The connection has no encryption key. */
export class NoEncryptionKeyError extends AcesoError {
  override name = "NoEncryptionKeyError";
  constructor() {
    super("This connection has no encryption key.", "Pass `encryptionKey` to connect, unlocked with unlockKey.");
  }
}

/** There is no contract at the deployment's address. */
export class NotDeployedError extends AcesoError {
  override name = "NotDeployedError";
  constructor(
    readonly address: Address,
    readonly chainId: bigint,
  ) {
    super(
      `There is no contract at ${address} on chain ${chainId}.`,
      "Check that the deployment belongs to this chain, and that a local chain was not restarted since.",
    );
  }
}
