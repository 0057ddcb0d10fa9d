/**
 * The chain the bench runs on: the whole system, deployed as anywhere else, and accounts without number.
 *
 * @module
 */
import type { Provider } from "ethers";
import { network } from "hardhat";

import System from "../../deploy/modules/System.js";
import { roleNumber, type Role } from "../../src/accreditation/role.js";
import { connect, type Contracts } from "../../src/aceso.js";
import { toAddress, type Address } from "../../src/crypto/address.js";
import type { Hex } from "../../src/crypto/bytes.js";
import { parseDeployment } from "../../src/deployment.js";
import { TestToken__factory, type TestToken } from "../../src/generated/index.js";
import { denseAddress, FAR } from "./hardInputs.js";
import type { Call } from "./operation.js";
import type { Request } from "./trace.js";

/** The system's contracts, and money of 18 decimals. */
export type BenchContracts = Contracts & { token: TestToken };

/** A deployed system, and the means to use it. */
export type Bench = {
  contracts: BenchContracts;
  provider: Provider;
  chainId: bigint;
  /** May license anybody in any role. */
  accreditor: Address;
  request: Request;
  /** Sends a call from any account, in a block of its own; gives the transaction's hash. */
  send: (call: Call) => Promise<Hex>;
  close: () => Promise<void>;
};

/** Under the cap of EIP-7825; what is not used is not charged. */
const GAS_LIMIT = "0xf00000";

/** Starts an in-process chain and deploys the system on it. */
export async function startBench(): Promise<Bench> {
  const { ethers, ignition, provider, close } = await network.create();
  const deployed = Object.entries(await ignition.deploy(System));
  const addresses = await Promise.all(deployed.map(async ([name, contract]) => [name, await contract.getAddress()]));
  const { contracts: system, chainId } = await connect(ethers.provider, {
    deployment: parseDeployment(Object.fromEntries(addresses)),
  });
  const [deployer] = await ethers.getSigners();
  const token = await new TestToken__factory(deployer!).deploy("A dollar", "USDX", 18);
  await token.waitForDeployment();
  const contracts = { ...system, token };

  const request: Request = (method, params) => provider.request({ method, params });
  // Gas costs nothing from here on, so that fresh accounts need no funds.
  await request("hardhat_setNextBlockBaseFeePerGas", ["0x0"]);
  const send = async (call: Call): Promise<Hex> => {
    await request("hardhat_impersonateAccount", [call.from]);
    return (await request("eth_sendTransaction", [{ ...call, gas: GAS_LIMIT, gasPrice: "0x0" }])) as Hex;
  };
  const accreditor = toAddress(deployer!.address);
  return { contracts, provider: ethers.provider, chainId, accreditor, request, send, close };
}

/** A new account licensed in a role. */
export async function participant({ contracts, accreditor, send }: Bench, role: Role): Promise<Address> {
  const account = denseAddress();
  const { target, interface: abi } = contracts.accreditation;
  const data = abi.encodeFunctionData("accredit", [account, roleNumber(role), FAR]);
  await send({ from: accreditor, to: target as Address, data });
  return account;
}

/** A new member of an organisation's staff. */
export async function staffOf({ contracts, send }: Bench, organisation: Address): Promise<Address> {
  const member = denseAddress();
  const { target, interface: abi } = contracts.accreditation;
  await send({ from: organisation, to: target as Address, data: abi.encodeFunctionData("setMember", [member, FAR]) });
  return member;
}
