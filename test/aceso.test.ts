import { expect } from "chai";
import type { Provider } from "ethers";

import {
  accountOf,
  connect,
  encryptionKeyOf,
  NoEncryptionKeyError,
  NoProviderError,
  NoSignerError,
  NotDeployedError,
  NoVaultError,
  signerOf,
  vaultOf,
} from "../src/aceso.js";
import { NoDeploymentError } from "../src/deployment.js";
import { RpcUnreachableError } from "../src/provider.js";
import { memoryVault } from "../src/vault/memory.js";
import { ethers } from "./fixtures.js";
import { refusal, stage } from "./sdk.js";

describe("connect", () => {
  it("reads with a provider only, and has no account", async () => {
    const { deployment, house, patient } = await stage();
    const aceso = await connect(ethers.provider, { deployment });
    expect(aceso).to.include({ chainId: 31337n, provider: ethers.provider, deployment });
    expect(aceso).not.to.have.any.keys("signer", "account", "vault", "encryptionKey");
    expect(await aceso.contracts.keys.keyOf(accountOf(patient))).to.equal(encryptionKeyOf(patient).publicKey);
    expect(await aceso.contracts.accreditation.isLive(house.hospital, 1)).to.be.true;
  });

  it("writes with a signer, and knows its account", async () => {
    const { deployment, house } = await stage();
    const aceso = await connect(house.clinic, { deployment });
    expect(aceso.account).to.equal(house.clinic.address);
    expect(aceso.signer).to.equal(house.clinic);
    expect(aceso.provider).to.equal(house.clinic.provider);
  });

  it("keeps the vault and the encryption key it is given", async () => {
    const { deployment, house, clinic } = await stage();
    const vault = memoryVault();
    const encryptionKey = encryptionKeyOf(clinic);
    const aceso = await connect(house.clinic, { deployment, vault, encryptionKey });
    expect(vaultOf(aceso)).to.equal(vault);
    expect(encryptionKeyOf(aceso)).to.equal(encryptionKey);
  });

  it("binds every contract of the deployment", async () => {
    const { deployment } = await stage();
    const { contracts } = await connect(ethers.provider, { deployment });
    const { accreditation, consents, emergencies, records, keys, products, batches, prescriptions, plans, escrow } =
      contracts;
    const { studies, distributor, rewardToken } = contracts;
    const bound = [
      accreditation,
      consents,
      emergencies,
      records,
      keys,
      products,
      batches,
      prescriptions,
      plans,
      escrow,
      studies,
      distributor,
      rewardToken,
    ];
    expect(bound.map(({ target }) => target)).to.deep.equal([
      deployment.accreditation,
      deployment.consentRegistry,
      deployment.emergencyAccess,
      deployment.recordRegistry,
      deployment.keyDirectory,
      deployment.productRegistry,
      deployment.batchLedger,
      deployment.prescriptionRegistry,
      deployment.planRegistry,
      deployment.claimEscrow,
      deployment.studyRewards,
      deployment.rewardDistributor,
      deployment.rewardToken,
    ]);
  });

  it("refuses a signer without a provider", async () => {
    const { deployment } = await stage();
    await refusal(connect(ethers.Wallet.createRandom(), { deployment }), NoProviderError);
  });

  it("refuses a chain it knows no deployment on", async () => {
    const error = await refusal(connect(ethers.provider), NoDeploymentError);
    expect(error.chainId).to.equal(31337n);
  });

  it("refuses the deployment of another chain, where there is no code", async () => {
    const { deployment, house } = await stage();
    const elsewhere = { ...deployment, consentRegistry: accountOf({ account: house.stranger.address } as never) };
    const error = await refusal(connect(ethers.provider, { deployment: elsewhere }), NotDeployedError);
    expect(error).to.include({ address: house.stranger.address, chainId: 31337n });
  });

  it("refuses a chain that does not answer", async () => {
    const { deployment } = await stage();
    const down = { getNetwork: () => Promise.reject(new Error("ECONNREFUSED")) } as unknown as Provider;
    await refusal(connect(down, { deployment }), RpcUnreachableError);
  });
});

describe("a connection that only reads", () => {
  it("has no account, signer, vault or key to give, and says so", async () => {
    const { deployment } = await stage();
    const aceso = await connect(ethers.provider, { deployment });
    await refusal(() => accountOf(aceso), NoSignerError);
    await refusal(() => signerOf(aceso), NoSignerError);
    await refusal(() => vaultOf(aceso), NoVaultError);
    await refusal(() => encryptionKeyOf(aceso), NoEncryptionKeyError);
  });
});

describe("a connection that writes", () => {
  it("gives what it was made with", async () => {
    const { clinic, house, vault } = await stage();
    expect(accountOf(clinic)).to.equal(house.clinic.address);
    expect(signerOf(clinic)).to.equal(house.clinic);
    expect(vaultOf(clinic)).to.equal(vault);
  });
});
