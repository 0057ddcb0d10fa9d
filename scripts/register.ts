/**
 * Makes the package know a deployment, so that `connect` finds it by chain id: `npm run register -- CHAIN_ID`.
 */
import { readFile, writeFile } from "node:fs/promises";

import { parseDeployment } from "../src/deployment.js";

const chainId = process.argv[2];
if (chainId === undefined || !/^\d+$/.test(chainId)) {
  throw new Error("Name the chain id: npm run register -- 11155111");
}

const folder = `deploy/deployments/chain-${chainId}`;
const addresses = JSON.parse(await readFile(`${folder}/deployed_addresses.json`, "utf8")) as object;
const journal = await readFile(`${folder}/journal.jsonl`, "utf8");
// No event is older than the first transaction of the deployment.
const blocks = [...journal.matchAll(/"blockNumber":(\d+)/g)].map(([, block]) => Number(block));
const deployment = parseDeployment({ ...addresses, fromBlock: Math.min(...blocks) });

const known = JSON.parse(await readFile("src/deployments.json", "utf8")) as Record<string, unknown>;
await writeFile("src/deployments.json", `${JSON.stringify({ ...known, [chainId]: deployment }, null, 2)}\n`);

// Wallets show a message in words only for contracts they find in its ERC-7730 descriptor.
for (const [contract, key] of [
  ["ConsentRegistry", "consentRegistry"],
  ["EmergencyAccess", "emergencyAccess"],
  ["RecordRegistry", "recordRegistry"],
  ["KeyDirectory", "keyDirectory"],
  ["PrescriptionRegistry", "prescriptionRegistry"],
  ["ClaimEscrow", "claimEscrow"],
  ["StudyRewards", "studyRewards"],
] as const) {
  const file = `deploy/erc7730/${contract}.json`;
  const descriptor = JSON.parse(await readFile(file, "utf8")) as Descriptor;
  const others = descriptor.context.eip712.deployments.filter((other) => other.chainId !== Number(chainId));
  descriptor.context.eip712.deployments = [...others, { chainId: Number(chainId), address: deployment[key] }];
  await writeFile(file, `${JSON.stringify(descriptor, null, 2)}\n`);
}
console.log(`Chain ${chainId} is registered from block ${deployment.fromBlock}.`);

type Descriptor = { context: { eip712: { deployments: { chainId: number; address: string }[] } } };
