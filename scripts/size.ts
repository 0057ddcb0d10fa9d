/**
 * Fails when a contract's deployed bytecode is not under 20,000 bytes: `npm run size`.
 */
import { artifacts } from "hardhat";

const LIMIT = 20_000;

const names = await artifacts.getAllFullyQualifiedNames();
const own = [...names].filter((name) => name.startsWith("contracts/") && !name.startsWith("contracts/mocks/"));
const sizes = await Promise.all(
  own.map(async (name) => {
    const { deployedBytecode } = await artifacts.readArtifact(name);
    return { name: name.split(":")[1]!, bytes: (deployedBytecode.length - 2) / 2 };
  }),
);

for (const { name, bytes } of sizes.filter(({ bytes }) => bytes > 100).sort((a, b) => b.bytes - a.bytes)) {
  console.log(`${name.padEnd(24)}${bytes.toLocaleString("en").padStart(8)} bytes${bytes < LIMIT ? "" : "  too large"}`);
}
if (sizes.some(({ bytes }) => bytes >= LIMIT)) process.exitCode = 1;
