/**
 * Connections, with as much as a verb needs: a chain, an account, a vault, an encryption key.
 *
 * @module
 */
import { resolve } from "node:path";

import type { Provider, Signer } from "ethers";

import { connect, type Aceso } from "../aceso.js";
import type { Address } from "../crypto/address.js";
import { deploymentOn, NoDeploymentError, parseDeployment, type Deployment } from "../deployment.js";
import { AcesoError } from "../errors.js";
import { folderVault } from "../vault/folder.js";
import type { Vault } from "../vault/vault.js";
import { configuredAccount, NoAccountError, walletOf } from "./accounts.js";
import type { Context } from "./context.js";
import { readJson } from "./files.js";
import { unlockedKey } from "./keyFile.js";
import { exists } from "./settings.js";

/** A connection with an account. */
export type Session = Aceso & { signer: Signer; account: Address };

/** What a verb needs beside chain and account. */
export type Needs = {
  /** `made`: the folder is made if it is not there. `there`: it must be. `if there`: it may be missing. */
  vault?: "made" | "there" | "if there";
  encryptionKey?: boolean;
};

/**
 * A connection that only reads.
 *
 * @throws {@link RpcUnreachableError}; {@link DeploymentNotFoundError}; {@link NotDeployedError}.
 */
export async function reading(context: Context, needs: Pick<Needs, "vault"> = {}): Promise<Aceso> {
  const provider = await context.io.connect(context.settings.rpc);
  const deployment = await deploymentFor(context, provider);
  const vault = await vaultFor(context, needs);
  return connect(provider, { deployment, ...(vault && { vault }) });
}

/**
 * A connection that signs, with what the verb needs.
 *
 * @throws as {@link reading}; {@link VaultNotFoundError} | {@link VaultFolderError}; what {@link walletOf} and
 * {@link unlockedKey} throw.
 */
export async function signing(context: Context, needs: Needs = {}): Promise<Session> {
  const { io, settings } = context;
  if (needs.vault === "there" && !(await exists(settings.vault))) throw new VaultNotFoundError(settings.vault);
  const provider = await io.connect(settings.rpc);
  const deployment = await deploymentFor(context, provider);
  const wallet = await walletOf(context);
  const encryptionKey = needs.encryptionKey ? await unlockedKey(context, wallet) : undefined;
  const aceso = await connect(wallet.connect(provider), { deployment, ...(encryptionKey && { encryptionKey }) });
  const vault = await vaultFor(context, needs);
  return { ...aceso, ...(vault && { vault }) } as Session;
}

/**
 * The account a reading verb is about: the one named, else the configured one.
 *
 * @throws {@link NoAccountError} when there is neither.
 */
export async function accountOr(context: Context, named: Address | undefined): Promise<Address> {
  const account = named ?? (await configuredAccount(context));
  if (account === undefined) throw new NoAccountError();
  return account;
}

async function vaultFor({ settings }: Context, { vault }: Needs): Promise<Vault | undefined> {
  if (vault === undefined) return undefined;
  if (await exists(settings.vault)) return folderVault(settings.vault);
  return vault === "made" ? vaultOnDemand(settings.vault) : undefined;
}

/** A vault whose folder is made when something is first put in it, so that a refused verb leaves none behind. */
function vaultOnDemand(path: string): Vault {
  let opened: Promise<Vault> | undefined;
  const vault = (): Promise<Vault> => (opened ??= folderVault(path));
  return {
    putBlob: async (digest, bytes) => (await vault()).putBlob(digest, bytes),
    getBlob: async (digest) => (await vault()).getBlob(digest),
    deleteBlob: async (digest) => (await vault()).deleteBlob(digest),
    putKey: async (key) => (await vault()).putKey(key),
    getKey: async (record, reader) => (await vault()).getKey(record, reader),
    listKeys: async (filter) => (await vault()).listKeys(filter),
    deleteKey: async (record, reader) => (await vault()).deleteKey(record, reader),
  };
}

async function deploymentFor({ io, settings }: Context, provider: Provider): Promise<Deployment> {
  if (settings.deployment !== undefined) return parseDeployment(await readJson(io, settings.deployment));
  const { chainId } = await provider.getNetwork();
  try {
    return deploymentOn(chainId);
  } catch (error) {
    if (!(error instanceof NoDeploymentError)) throw error;
    const path = resolve(io.cwd, `deploy/deployments/chain-${chainId}/deployed_addresses.json`);
    if (!(await exists(path))) throw new DeploymentNotFoundError(chainId);
    return parseDeployment(await readJson(io, path));
  }
}

/** No deployment is known on the chain, nor found below the working folder. */
export class DeploymentNotFoundError extends AcesoError {
  override name = "DeploymentNotFoundError";
  constructor(readonly chainId: bigint) {
    super(
      `No deployment is known on chain ${chainId}.`,
      "Check --rpc; or pass --deployment with Ignition's deployed_addresses.json; or deploy with `npm run deploy`.",
    );
  }
}

/** There is no vault where the settings say. */
export class VaultNotFoundError extends AcesoError {
  override name = "VaultNotFoundError";
  constructor(readonly folder: string) {
    super(
      `There is no vault at ${folder}.`,
      "Run the command where the vault is, or pass --vault; `aceso record add` makes a vault.",
    );
  }
}
