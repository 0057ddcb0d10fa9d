import { createRequire } from "node:module";

import hardhatToolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import warningsAsErrors from "hardhat-ignore-warnings";

// The compiler comes from npm, so a build downloads nothing.
const solc = createRequire(import.meta.url).resolve("solc/soljson.js");

// `npm run test:deep` searches longer.
const isDeep = process.env.ACESO_DEEP === "1";

export default defineConfig({
  plugins: [hardhatToolbox, warningsAsErrors],
  warnings: {
    "*": "error",
    // The guard clears its slot when the call ends, as the warning asks.
    "@openzeppelin/contracts/utils/TransientSlot.sol": { "transient-storage": "off" },
  },
  solidity: {
    version: "0.8.35",
    path: solc,
    npmFilesToBuild: ["@openzeppelin/contracts/access/manager/AccessManager.sol"],
    settings: {
      evmVersion: "prague",
      optimizer: { enabled: true, runs: 10_000 },
    },
  },
  paths: {
    ignition: "deploy",
    tests: { mocha: "test", solidity: "test" },
  },
  typechain: { outDir: "src/generated" },
  test: {
    mocha: { timeout: 60_000 },
    solidity: isDeep
      ? { fuzz: { runs: 20_000 }, invariant: { runs: 512, depth: 256, failOnRevert: true } }
      : { fuzz: { runs: 256 }, invariant: { runs: 24, depth: 64, failOnRevert: true } },
  },
  networks: {
    localhost: { type: "http", url: "http://127.0.0.1:8545" },
    sepolia: {
      type: "http",
      url: configVariable("SEPOLIA_RPC_URL"),
      accounts: [configVariable("DEPLOYER_PRIVATE_KEY")],
    },
  },
});
