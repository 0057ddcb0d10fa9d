import { Wallet, type Signer } from "ethers";
import { network } from "hardhat";

import System from "../../deploy/modules/System.js";
import { connect, type Aceso } from "../../src/aceso.js";
import { generateEncryptionKey } from "../../src/crypto/encryptionKey.js";
import { parseDeployment } from "../../src/deployment.js";
import type { Prepared, Sent } from "../../src/prepare.js";
import { memoryVault } from "../../src/vault/memory.js";

/**
 * An in-process chain with the system on it, one vault, and a voice that tells what happens.
 *
 * @param startsOn when the chain begins; now when left out.
 */
export async function openStage({ startsOn = new Date() }: { startsOn?: Date } = {}) {
  const { ethers, ignition, networkHelpers } = await network.create({
    override: { initialDate: startsOn, allowBlocksWithSameTimestamp: true },
  });
  const contracts = await ignition.deploy(System);
  const addresses = Object.entries(contracts).map(async ([name, contract]) => [name, await contract.getAddress()]);
  const deployment = parseDeployment(Object.fromEntries(await Promise.all(addresses)));
  const vault = memoryVault();
  const signers = await ethers.getSigners();

  const actor = async (signer: Signer): Promise<Aceso> =>
    connect(signer, { deployment, vault, encryptionKey: await generateEncryptionKey() });

  return {
    time: networkHelpers.time,
    contractCount: addresses.length,
    balanceOf: (account: string) => ethers.provider.getBalance(account),
    /** Somebody with ether. */
    funded: async (): Promise<Aceso> => actor(signers.pop()!),
    /** Somebody whose account has never held any. */
    unfunded: async (): Promise<Aceso> => actor(Wallet.createRandom(ethers.provider)),
    /** The account that deployed, and accredits. */
    deployer: async (): Promise<Aceso> => actor(signers[0]!),
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

const WIDTH = 100;

export function chapter(title: string): void {
  console.log(`\n${title}\n${"─".repeat(title.length)}`);
}

/** Tells one step; with what it cost when it was a transaction. */
export function tell(step: string, gas?: bigint): void {
  const price = gas === undefined ? "" : `${gas.toLocaleString("en")} gas`;
  console.log(`  ${step.padEnd(WIDTH - price.length)}${price}`);
}

/** Sends a prepared call and tells it with its gas. */
export async function act<T>(step: string, prepared: Prepared<T>): Promise<Sent<T>> {
  const sent = await prepared.send();
  tell(step, sent.gasUsed);
  return sent;
}

/** Tries what must be refused, and tells the refusal. */
export async function refused(step: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    tell(`${step}: refused`);
    tell(`    ${(error as Error).message}`);
    return;
  }
  throw new Error(`${step} should have been refused, and was not.`);
}
