import {
  accreditation,
  connect,
  consent,
  generateEncryptionKey,
  keys,
  memoryVault,
  parseDeployment,
  records,
} from "aceso";
import type { Signer } from "ethers";
import { network } from "hardhat";

import System from "../deploy/modules/System.js";

// A chain in this process, with the whole system on it. On a testnet, connect() finds the contracts by chain id.
const { ethers, ignition } = await network.create();
const contracts = Object.entries(await ignition.deploy(System));
const addresses = contracts.map(async ([name, contract]) => [name, await contract.getAddress()]);
const deployment = parseDeployment(Object.fromEntries(await Promise.all(addresses)));

// Everybody has an account, an encryption key published for others to wrap keys with, and here one vault.
const vault = memoryVault();
async function join(signer: Signer) {
  const encryptionKey = await generateEncryptionKey();
  const aceso = await connect(signer, { deployment, vault, encryptionKey });
  await keys.publish(aceso, { key: encryptionKey.publicKey }).send();
  return { aceso, account: aceso.account! };
}
const [first, second, third, fourth] = await ethers.getSigners();
const [accreditor, hospital] = [await join(first!), await join(second!)];
const [clinic, patient] = [await join(third!), await join(fourth!)];
const validUntil = Math.floor(Date.now() / 1000) + 365 * 24 * 60 * 60;

// A licensed hospital encrypts, stores and anchors what it knows of a patient.
await accreditation.accredit(accreditor.aceso, { participant: hospital.account, role: "Provider", validUntil }).send();
const bundle = {
  resourceType: "Bundle" as const,
  type: "collection" as const,
  entry: [
    {
      resource: {
        resourceType: "Observation" as const,
        id: "hb",
        status: "final" as const,
        code: { text: "Haemoglobin" },
        category: [{ coding: [{ code: "laboratory" }] }],
      },
    },
  ],
};
await (await records.add(hospital.aceso, { patient: patient.account, role: "Provider", bundle })).send();

// The patient signs a consent; the clinic relays it and pays the gas.
const terms = { purposes: ["TREAT" as const], categories: ["laboratory" as const], validUntil };
const signed = await consent.signGrant(patient.aceso, { grantee: clinic.account, terms });
await consent.grantBySig(clinic.aceso, signed).send();

// The hospital asks the chain and releases the key; the clinic opens the chart, which the chain writes down.
await records.release(hospital.aceso, { patient: patient.account, reader: clinic.account, purpose: "TREAT" });
const chart = await records.open(clinic.aceso, { patient: patient.account, purpose: "TREAT" });
console.log(chart.bundle.entry?.map(({ resource }) => `${resource?.resourceType}/${resource?.id}`));
console.log(await records.log(patient.aceso, { patient: patient.account }));
